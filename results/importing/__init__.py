"""Judgments that were made with other tools become an export."""
