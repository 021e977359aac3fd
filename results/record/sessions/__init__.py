"""Records of sessions that two people held."""
