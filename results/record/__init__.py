"""Records: what report.json holds, typed; the code that computes it and everything that reads it share them."""
