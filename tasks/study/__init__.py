"""Study folders: started, read, checked, written."""
