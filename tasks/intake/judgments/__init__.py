"""Anybody's judgments, told by their shape: who said what of which system; what is unsure is asked, never guessed."""
