"""Where a claim comes from, who holds it, and how sure."""
