"""An existing deck becomes source: what a package or collection holds, and its HTML as Markdown.

Nothing here is silently lossy: what Markdown can't say stays HTML, with the reason.
"""
