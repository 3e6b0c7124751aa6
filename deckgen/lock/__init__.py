"""What was given out and may not change: the lock, what git remembers of it, and what a build takes over.

Imports from `notes` and what is before it.
"""
