"""Guids and numbers by which Anki recognises what it already has, derived from names that never change.

Anki's importer finds a note by its guid, a note type by its number, a field or
template by the number in its description (rslib/src/import_export/package/apkg
and rslib/src/notetype/merge.rs). None of them may depend on text, position,
file name or time.
"""

from __future__ import annotations

import hashlib
import secrets

# The pairs of base32 digits (RFC 4648) in small letters. Without them, `base64` takes twice as long.
_DIGITS = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = [first + second for first in _DIGITS for second in _DIGITS]


def guid(deck: str, lang: str, card: str) -> str:
    """The guid of a card's note: 16 characters of a-z and 2-7, 80 bits.

    Anki compares guids byte by byte. Because they have no capitals, quotes or spaces,
    they can be searched for, listed and copied safely.
    """
    bits = int.from_bytes(_digest("note", deck, lang, card)[:10], "big")
    return "".join([_PAIRS[bits >> shift & 1023] for shift in range(70, -1, -10)])


def number(*names: str) -> int:
    """A positive number for a deck, note type, field or template.

    Below 2^53, so that JavaScript keeps it exact, and above 2^40, far from the
    ids 0 and 1 that Anki gives a meaning.
    """
    value = int.from_bytes(_digest(*names)[:8], "big")
    return (1 << 40) + value % ((1 << 53) - (1 << 40))


def new_seed() -> str:
    """A seed that tells a new deck from all others with the same key: 8 random characters, 39 bits.

    It begins with a letter, so that YAML takes it for a text.
    """
    letters = "abcdefghijkmnpqrstuvwxyz"  # without those that look like a digit
    return secrets.choice(letters) + "".join(secrets.choice(letters + "23456789") for _ in range(7))


def short_hash(text: str) -> str:
    """Eight hexadecimal digits that tell texts apart; enough where a mix-up costs no more than a message."""
    return hashlib.blake2b(text.encode(), digest_size=4).hexdigest()


def _digest(*names: str) -> bytes:
    return hashlib.sha256("\x1f".join(("deckgen", *names)).encode()).digest()
