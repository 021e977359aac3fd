"""Anybody's records, told by their shape, mapped to Items and Responses; what is unsure is asked, never guessed."""
