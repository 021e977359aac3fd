"""What can be measured on responses without a rater."""
