"""Judges: models that are asked about a study's pairs on a server, beside its raters."""
