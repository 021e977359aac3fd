"""Studies that may stop: bounds, and the comparison at each look."""
