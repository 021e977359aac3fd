"""What stands between a study and its raters, looked at before they come: address, way, disk, database, clock."""
