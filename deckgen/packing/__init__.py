"""Files that Anki reads, and files written whole or not at all. Imports from `lock` and what is before it."""
