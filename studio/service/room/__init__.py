"""Live sessions: who may be in a room, what is said there, how it ends."""
