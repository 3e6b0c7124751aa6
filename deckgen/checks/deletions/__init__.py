"""What a cloze hides."""
