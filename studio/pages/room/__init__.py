"""The room in which client and counsellor talk, and a Rater's list of sessions."""

from pathlib import Path

STATIC = Path(__file__).with_name("static")
