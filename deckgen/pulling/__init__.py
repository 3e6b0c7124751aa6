"""Edits of learners come home: what somebody changed in Anki is merged into what the author wrote.

A change is taken over whole or not at all: where both changed the same words, or where the result would be
seen otherwise than both meant it, it is a conflict for the author, never a guess.
"""
