"""Turn fenced code into HTML with classes. The only module that imports Pygments."""

from __future__ import annotations

from html import escape

#: Longer code gets no colours: the time of some lexers grows with the square of the length.
LONGEST = 2_000


def highlight(code: str, language: str) -> str:
    """`code` as HTML with Pygments' short class names; plain without a known `language`, or when long."""
    if not language or len(code) > LONGEST:
        return escape(code, quote=False)
    # Pygments costs 30 ms to import; most decks have no code.
    from pygments.formatters.html import HtmlFormatter
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        lexer = get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        return escape(code, quote=False)
    import pygments

    return pygments.highlight(code, lexer, HtmlFormatter(nowrap=True))
