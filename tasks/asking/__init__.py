"""How a counsellor asks, and how a counsellor leaves the floor: found in one text, by the rules of its language."""
