"""Machine judges beside a study's raters."""
