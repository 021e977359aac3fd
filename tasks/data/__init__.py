"""Dialogues: the KokoroChat data set, its splits, and the contexts drawn from it."""
