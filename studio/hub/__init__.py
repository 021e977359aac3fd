"""The Hugging Face Hub: the client, and what is published there."""
