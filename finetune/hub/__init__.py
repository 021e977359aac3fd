"""The Hugging Face Hub for models and adapters."""
