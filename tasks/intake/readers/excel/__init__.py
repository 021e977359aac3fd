"""Excel workbooks: what their sheets hold, and what a reader of cells alone would not see."""
