"""Texts as YAML, written as our own documents write them: in double quotes, plain, or as a block of lines."""

from __future__ import annotations

import json
from collections.abc import Iterable

from deckgen.patterns import lazy
from deckgen.reading.tree import HTML_TAG

# What YAML takes for the end of a line, or does not allow as it is (https://yaml.org/spec/1.1/#c-printable).
_UNPRINTED = lazy("[^\t\n -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_PLAIN = lazy(r"[A-Za-z\u00c0-\u024f\u4e00-\u9fff(](?:[^:#\n\t]|:(?=[^\s:])|(?<=[^\s#])#(?=\S))*")
#: Names that no quotes are needed for, in brackets neither.
_WORD = lazy(r"[A-Za-z_][A-Za-z0-9_./-]*(?:::[A-Za-z0-9_./-]+)*")
#: What YAML 1.1 takes for something else than a text; deckgen does not, other readers may.
_NO_TEXT = frozenset("y yes n no true false on off null ~".split())  # noqa: SIM905
_WIDTH = 100
_BREAKS = lazy(r"\\.")
_ESCAPES = {r"\t": r"\u0009", r"\n": r"\u000a", r"\r": r"\u000d", r"\f": r"\u000c", r"\b": r"\u0008"}


def scalar(text: str, column: int, *, html: bool = False, chomped: bool = False) -> str:
    """`text` behind the colon of a key that stands `column` characters from the left; HTML with its tag.

    A block of lines ends in a line break, which is none of the text, or is `chomped`.
    """
    tag = f" {HTML_TAG}" if html else ""
    if _UNPRINTED.search(text):
        return f"{tag} {quoted(text)}"
    written = "" if "\n" in text else _on_one_line(text, plain=not html)
    if written:
        return f"{tag} {written}"
    indent = " " * (column + 2)
    lines = "\n".join(f"{indent}{line}" if line else "" for line in text.split("\n"))
    # Where the first line is indented, YAML must be told by how much.
    sign = "|2" if text.lstrip("\n")[:1] in (" ", "\t") else "|"
    sign += "-" if chomped else ""
    return f"{tag} {sign}\n{lines}"


def _on_one_line(text: str, *, plain: bool) -> str:
    """A line of text so that no sign of it need be escaped; nothing if there is no such way."""
    if "\\" not in text and '"' not in text:
        return f'"{text}"'
    if plain and _PLAIN.fullmatch(text) and text == text.strip():
        return text
    if "'" not in text:
        return f"'{text}'"
    return quoted(text) if "\\" not in text else ""


def quoted(text: str) -> str:
    """`text` in double quotes, on one line, with what YAML can't show written as `\\u…`.

    So are tabs and ends of lines: our reader takes `\\t` and `\\n` before letters for LaTeX (Y08).
    """
    made = json.dumps(text, ensure_ascii=False)
    made = _BREAKS.sub(lambda found: _ESCAPES.get(found[0], found[0]), made)
    return _UNPRINTED.sub(_escaped, made)


def _escaped(found: object) -> str:
    sign = ord(found[0])  # type: ignore[index]
    return f"\\u{sign:04x}" if sign < 0x10000 else f"\\U{sign:08x}"


def word(text: str) -> str:
    """A name, such as a tag or the name of a field: plain if that is safe, or in double quotes."""
    safe = _WORD.fullmatch(text) and text.lower() not in _NO_TEXT
    return text if safe else quoted(text)


def listed(key: str, words: Iterable[str], column: int = 0) -> str:
    """A key with a list of names: in brackets if there is room, or one on each line."""
    written = [word(one) for one in words]
    flow = f"{key}: [{', '.join(written)}]"
    if column + len(flow) <= _WIDTH:
        return flow
    indent = " " * (column + 2)
    return f"{key}:" + "".join(f"\n{indent}- {one}" for one in written)
