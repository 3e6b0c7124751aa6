"""What the rules know of languages: words of English and Chinese, scripts, and how words stand in a text.

Lists of words are text files, in `english/` and `chinese/`. Nothing here knows of decks, cards or rules.
"""
