"""Out again: the votes of an export in the forms that other tools read."""
