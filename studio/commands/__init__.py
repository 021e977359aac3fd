"""The commands of `python -m studio`."""
