"""Pages about the server itself, whatever studies it holds."""
