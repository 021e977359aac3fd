"""Judges: models asked in a rater's place, and the files of what they answered."""
