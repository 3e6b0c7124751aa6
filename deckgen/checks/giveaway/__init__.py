"""Answers that the card itself, a sibling or the source gives away."""
