"""Text as authors type it, and the HTML that Anki stores. Knows nothing of decks."""
