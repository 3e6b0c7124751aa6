"""Cards that are taken for each other."""
