"""What an organiser does, from the command line and from the organiser's page alike."""
