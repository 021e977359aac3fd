"""Agreement between raters: coefficients and their intervals."""
