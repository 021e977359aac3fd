"""How often systems ask and leave the floor, and the detector of questions against the raters."""
