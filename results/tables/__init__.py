"""Tables of judgments as other people keep them: which rows and columns are meant, and what stands in them."""
