"""Sections that stand beside the figures of raters, and that no other figure rests on."""
