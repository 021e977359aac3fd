"""What a study can show, before anybody is asked."""
