"""The rating page: markup served with the first pair in it, the ES module that runs it, and its words."""
