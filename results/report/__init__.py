"""The report: figures put into sections, and the sections into HTML, Markdown and LaTeX."""
