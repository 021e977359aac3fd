"""Score prediction: the form, its examples, its loss."""
