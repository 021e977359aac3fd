"""What people read in a study: where its texts stand, templates in any language, drafts that wait for a person."""
