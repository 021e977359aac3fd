"""Statistics of tables of numbers. Nothing here knows what a Study is."""
