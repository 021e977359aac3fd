"""Training runs: planned, run, evaluated."""
