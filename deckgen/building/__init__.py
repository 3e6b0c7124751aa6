"""The pipeline, and what it would do. Imports from `packing` and what is before it."""
