"""The export: a folder that holds what was judged, without texts, and stands alone."""
