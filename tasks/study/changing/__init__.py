"""A study that is being set up is changed before it is launched."""
