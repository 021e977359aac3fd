"""Rooms in the store: their lines, the questions asked of them, and signals between processes."""
