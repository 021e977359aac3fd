"""WHERE raters judge: store, service, Gradio pages, access guard, Hub copy, command line."""
