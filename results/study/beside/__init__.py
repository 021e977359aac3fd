"""What stands beside the figures: items to read, and what is unusual in how raters work."""
