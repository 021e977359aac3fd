"""What a machine judge is worth beside raters, in arrays."""
