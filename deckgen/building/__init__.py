"""The pipeline, and the plan of what it would do. Imports from `packing` and what is before it."""
