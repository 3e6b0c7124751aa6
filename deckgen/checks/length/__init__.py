"""How long texts are."""
