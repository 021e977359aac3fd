"""One study at the desk: a page for each question that its organiser asks."""
