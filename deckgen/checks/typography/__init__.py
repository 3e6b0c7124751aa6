"""How a text is set."""
