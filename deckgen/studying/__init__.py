"""What a deck costs and covers: counts, forecasts, pictures of both.

Imports from `building` and what is before it.
"""
