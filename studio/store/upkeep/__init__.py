"""What is done to a whole database or study at once: copied, held against its log, erased."""
