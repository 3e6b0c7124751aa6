"""Read HTML as a browser does, as events. The only module that imports the HTML library.

The library builds the tree of the HTML Standard in C. Its time grows with the square of how deep elements
lie in each other, and its memory with the number of open marks such as `<b>` times the number of elements
(they are opened again in each). So what is larger than any card is refused before it is parsed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from deckgen.adopting.unsayable import Unsayable
from deckgen.patterns import lazy

MOST_TAGS = 4_000
#: The most open marks, times elements, that the parser may open again.
_MOST_AGAIN = 250_000
#: How deep elements may lie in each other; quotations and lists of ours may lie 50 deep.
MOST_DEEP = 100
# The elements that the parser opens again in the next block (https://html.spec.whatwg.org/#formatting).
_AGAIN = lazy(r"<(?:a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)\b", re.IGNORECASE)


class Start(NamedTuple):
    """An element begins. An attribute without a value has an empty one."""

    name: str
    attributes: Mapping[str, str]


class End(NamedTuple):
    """An element ends; each has an end, also `<br>`."""

    name: str


def events(html: str) -> Iterator[Start | End | str]:
    """The elements and texts of a piece of HTML, as they lie in the tree that a browser makes of it.

    Comments are left out. Raises Unsayable for what is too large or too deep.
    """
    tags = html.count("<")
    if tags > MOST_TAGS or len(_AGAIN.findall(html)) * tags > _MOST_AGAIN:
        raise Unsayable("more HTML than a card has")
    # 10 ms to import.
    from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser

    # Without events it copies no parts of the tree, as `<selectedcontent>` asks for.
    parser = LexborHTMLParser(html, is_fragment=True, options=LexborDocumentOptions.WO_EVENTS.value)
    node = parser.root  # of a piece of HTML, the first part
    open_names: list[str] = []
    while node is not None:
        if node.is_text_node:
            yield node.text_content or ""
        elif node.is_element_node:
            name = node.tag or ""
            yield Start(name, {key: value or "" for key, value in node.attributes.items()})
            below = node.child
            if below is not None:
                open_names.append(name)
                if len(open_names) > MOST_DEEP:
                    raise Unsayable(f"elements within each other, more than {MOST_DEEP} deep")
                node = below
                continue
            yield End(name)
        while node.next is None and open_names:
            yield End(open_names.pop())
            node = node.parent or node
        node = node.next
