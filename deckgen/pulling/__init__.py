"""What learners edited in Anki comes home: fields become texts of the YAML, merged with the author's edits.

Imports from `adopting` and what is before it.
"""
