"""Base and adapters behind one address that speaks OpenAI's interface: our own batches, or vLLM's command line."""
