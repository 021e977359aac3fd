"""Linear models of few clusters, and the logit."""
