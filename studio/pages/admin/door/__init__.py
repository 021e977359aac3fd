"""The door on the page: files are sent, what was understood of them is shown, and what only a person knows is asked."""
