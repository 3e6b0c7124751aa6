"""Changes to an author's files that leave every other byte as it is.

Imports from `building` and what is before it.
"""
