"""Base models and what is done with their weights."""
