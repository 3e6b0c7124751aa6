"""From files to decks: the only room that knows YAML. Imports nothing but the plain values beside it."""
