"""Reading Anki's files, and writing files whole or not at all. Imports from `lock` and what is before it."""
