"""From Markdown to HTML, clozes and formulas included. Imports from `reading` and the plain values."""
