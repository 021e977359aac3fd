"""Predicted client feedback and people's ratings, beside the client's own."""
