"""Looks of a study that may stop, and how it ended."""
