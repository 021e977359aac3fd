"""What sessions of two people say: the client's form, the course of the talk, and how it was held."""
