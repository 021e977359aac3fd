"""A new study in five steps: file, questions, texts, plan, check and launch; each is kept as it is left."""
