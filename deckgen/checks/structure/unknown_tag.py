"""M09: a tag is not in the deck's vocabulary

Tags are for searching, and for studying a part of a deck. A typing error makes a
tag that nobody finds. `tags:` in deck.yaml lists the tags that exist, and says what each
collects.

Bad:   `tags: [post-trainng]`
Good:  `tags: [post-training]`, and in deck.yaml `tags: {post-training: "What …"}`

A tag may lie below another one, as `region::coast` does: Anki shows them as a tree, and a search for
`region` finds both. The one above need not be in the vocabulary, as long as no card has it alone.

Mend:  correct the tag, or add it to deck.yaml.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.checks.proof import Proof
from deckgen.deck import Deck
from deckgen.finding import Finding, Place
from deckgen.reading.keys import Nearest, in_brackets, is_tag, tag_hint

CODE = "M09"


def check(proof: Proof) -> Iterator[Finding]:
    """Find tags that deck.yaml does not list; one that a whole file carries is named once."""
    named: set[Place] = set()
    nearest = Nearest(proof.deck.tags)
    for card in proof.deck.cards:
        for tag in card.tags:
            if tag.value not in proof.deck.tags and tag.place not in named:
                named.add(tag.place)
                near = _near(tag.value, nearest)
                hint = in_brackets(tag.value) or (
                    f"did you mean `{near}`?" if near else _add(proof.deck, tag.value)
                )
                yield Finding(
                    tag.whole, CODE, f"the tag `{tag.value}` is not in deck.yaml", hint, card.id.value
                )


def _near(tag: str, nearest: Nearest) -> str:
    """The tag that was meant, or nothing: what stands above may make two tags alike that have nothing in common."""
    near = nearest.to(tag)
    return near if near and Nearest([near.rpartition("::")[2]]).to(tag.rpartition("::")[2]) else ""


def _add(deck: Deck, tag: str) -> str:
    if not deck.adopted and not is_tag(tag):
        return tag_hint(tag)
    return f"add it to `tags:` in deck.yaml{', where each tag stands by itself' if '::' in tag else ''}"
