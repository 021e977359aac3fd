"""WHAT is judged: vocabulary, the KokoroChat data set, contexts, question detector, study folders, assignment design."""
