"""WHAT is judged: vocabulary, KokoroChat, contexts, question detector, study folders, assignment design."""
