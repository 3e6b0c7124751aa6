"""Turn a lock into text. docs/lock.md describes the format word by word."""

from __future__ import annotations

from operator import attrgetter

from deckgen.finding import Finding, Place
from deckgen.lock import words
from deckgen.lock.limits import MAX_BYTES
from deckgen.lock.lines import Lock, NoteLine, TypeLine
from deckgen.lock.parse import goes_on, parse
from deckgen.notes.layouts import Layout

_NAMED, _SWITCHES = attrgetter(*words.NAMED), attrgetter(*words.SWITCHES)


def dump(lock: Lock) -> str:
    """The lock as text, sorted by card.

    Empty lines separate the cards of a deck, so that git can merge branches that changed different cards.
    """
    blocks = [f"{words.HEADER}\ndeck {lock.deck}"]
    for lang, package in sorted(lock.packages.items()):
        namespace, title = words.language(package.namespace), words.title(package.title)
        blocks.append(f"package {words.language(lang)} {package.schema} {namespace} {title}")
    for (lang, role), line in sorted(lock.note_types.items()):
        above = f" above={line.above}" if line.above else ""
        own = "".join(f" {word}" for word in _own(line.layout, line)) if line.layout else ""
        blocks.append(f"notetype {words.language(lang)} {role} {line.stamp} {line.digest}{above}{own}")
    cards: dict[str, list[str]] = {}
    for (card, lang), note in sorted(lock.notes.items()):
        cards.setdefault(card, []).append(_note_line(card, lang, note))
    blocks += ["\n".join(lines) for lines in cards.values()]
    return "\n\n".join(blocks) + "\n"


def _own(layout: Layout, line: TypeLine) -> list[str]:
    """The words that only the line of the deck's own note type has."""
    switches = [word for word, is_so in (("grown", line.grown), ("split", line.split)) if is_so]
    return [*words.layout(layout), f"fronts={line.fronts}", *switches]


def _note_line(card: str, lang: str, note: NoteLine) -> str:
    line = [
        "note", card, words.language(lang), note.kind.value, str(note.stamp), str(note.note_id),
        note.digest, note.authored, ",".join(note.texts) or "-", words.cards(note.cards),
    ]  # fmt: skip
    values = _NAMED(note)
    if any(values):  # as of few notes
        written = zip(words.NAMED.items(), values, strict=True)
        line += [f"{name}={word.write(value)}" for (name, word), value in written if value]
    if any(_SWITCHES(note)):
        line += [name for name in words.SWITCHES if getattr(note, name)]
    return " ".join(line)


def refused(lock: Lock, text: str, shown: str, before: str = "") -> list[Finding]:
    """Findings (R01) when the next run would refuse the text of a lock, so that it must not be written.

    `before` is the text that the run began with; it was read, and most lines stay as they are.
    """
    if before == text or (before and len(text) <= MAX_BYTES // 4 and goes_on(lock, text, before)):
        return []
    if len(text.encode()) > MAX_BYTES:
        message, place = f"the lock would have more than {MAX_BYTES // 1_000_000} MB", Place(shown)
    else:
        _, findings = parse(text, shown)
        if not findings:
            return []
        message, place = findings[0].message, findings[0].place
    hint = "nothing was changed: take the lock back from git, as it was before its stamps or lines went wrong"
    return [Finding(place, "R01", f"the next build could not read it: {message}", hint)]
