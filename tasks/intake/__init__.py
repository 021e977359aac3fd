"""Anybody's files, read strictly: tables, JSON and packed folders, every fault named by row, nothing guessed."""
