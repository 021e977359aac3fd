"""Studies of live sessions: what must fit together in them, and a new one to begin from."""
