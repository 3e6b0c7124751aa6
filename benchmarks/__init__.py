"""How fast deckgen is, as ratios in one run. Nothing here is a test."""
