"""The section of sessions that two people held."""
