"""What a rater's page asks: where the Rater is, saving, revising, consent, the end."""
