"""How questions are put."""
