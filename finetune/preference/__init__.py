"""Adapters that learn from preferences: pairs of responses, trl's trainers, and what held-out dialogues say of it."""
