"""Documents: sections of text, tables and pictures, written as HTML, Markdown, LaTeX and CSV."""
