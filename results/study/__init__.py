"""From an export to figures: what each part of a study's judgments says."""
