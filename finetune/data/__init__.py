"""Dialogues as training data: chosen, rendered, tokenised."""
