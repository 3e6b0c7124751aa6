"""From a deck to the notes, note types and cards that Anki will have.

Imports from `markup` and what is before it.
"""
