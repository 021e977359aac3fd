"""Readers of file formats: each gives a `Source`, named columns and rows of values with their numbers."""
