"""The languages of people: tags, the interface's words in one file per language, and what makes such a file whole."""
