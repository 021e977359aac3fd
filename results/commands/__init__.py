"""The commands of `python -m results`, one module for each."""
