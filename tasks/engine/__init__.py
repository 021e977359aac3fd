"""Servers of language models that answer now, asked over the one interface most of them share."""
