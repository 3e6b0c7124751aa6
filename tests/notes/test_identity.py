"""Guids are what Anki knows notes by: how they are written may never change."""

from __future__ import annotations

import base64
import hashlib

from hypothesis import given
from hypothesis import strategies as st

from deckgen.notes.identity import guid


@given(st.text(), st.text(max_size=8), st.text())
def test_a_guid_is_base32_in_small_letters(deck: str, lang: str, card: str) -> None:
    digest = hashlib.sha256("\x1f".join(("deckgen", "note", deck, lang, card)).encode()).digest()
    assert guid(deck, lang, card) == base64.b32encode(digest[:10]).decode("ascii").lower()
