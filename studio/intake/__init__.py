"""Responses and studies brought in on the organiser's page."""
