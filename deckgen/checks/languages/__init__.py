"""Whether the languages of a card say the same."""
