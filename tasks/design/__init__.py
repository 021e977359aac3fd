"""Assignment design: who judges what, in which order, on which side."""
