"""A public address for a while, by Gradio's tunnel."""
