"""Papers made of a study: for the ethics board, for raters, for the registration."""
