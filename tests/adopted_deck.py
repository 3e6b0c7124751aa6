"""A deck that was adopted, for tests: written by hand, as `deckgen adopt` would write it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from deckgen.kinds import OwnFields
from deckgen.lock import adopted
from deckgen.lock.advance import next_lock
from deckgen.lock.dump import dump
from deckgen.lock.inherit import known
from deckgen.lock.lines import Lock
from deckgen.notes.render import render_deck
from deckgen.reading.load import load
from deckgen.reading.media import content_digest
from tests.conftest import Project
from tests.own_deck import PIXEL, write_type

DECK = 'deck: old\ntitle: "Old"\nadopted: true\ntags: [leech]\n'
BASIC = """\
fields: {Front: question, Back: answer}
templates: [{name: "Card 1", front: front.html, back: back.html}]
"""
GAPS = """\
kind: cloze
fields: {Text: cloze, Extra: note}
templates: [{name: "Cloze", front: gap.html, back: gap.html}]
"""
CARDS = """\
cards:
  - id: paris
    tags: [leech]
    type: basic
    fields: {Front: "The **capital** of France?", Back: "![](tower.png)"}
  - id: rome
    type: basic
    fields: {Front: "Yes or no", Back: !html "<center>Rome</center>"}
  - id: sky
    type: gaps
    fields: {Text: "The sky is {{c1::blue}}."}
"""
#: What learners have, by card and field: no build would write it so.
GIVEN = {
    "paris": {
        "Front": "The <b>capital</b>\u00a0of France?<div><br></div>",
        "Back": '<img src="tower.png" class=big>\\(x\\)\n',
    },
    "rome": {"Front": "Yes or no ", "Back": "<center>Rome</center>"},
    "sky": {"Text": "The sky is <i>{{c1::blue</i>}}."},
}
STAMP = 1_234_567_890


def write_adopted(
    project: Project,
    cards: str = CARDS,
    given: Mapping[str, Mapping[str, str]] = GIVEN,
    numbers: Mapping[str, Sequence[int]] | None = None,
    deck: str = DECK,
    files: Mapping[str, str] = {"tower.png": "tower.png"},  # nobody changes it
    is_built: bool = True,
) -> Path:
    """The deck `old` with its lock and adopted.html, built once; gives the folder.

    `files` are their names in Anki by those in `media/`.
    """
    project.write("old/deck.yaml", deck)
    project.write("old/cards.yaml", cards)
    sides = {"front.html": "{{Front}}\n", "back.html": "{{FrontSide}}<hr id=answer>{{Back}}\n"}
    write_type(project, "basic", BASIC, sides, "old")
    write_type(project, "gaps", GAPS, {"gap.html": "{{cloze:Text}} {{Extra}}\n"}, "old")
    folder = project.root / "cards_source/old"
    for name in files:
        project.write(f"old/media/{name}", "").write_bytes(PIXEL)
    bind(folder, given, numbers or {}, files)
    if is_built:
        project.build("old")
    return folder


def bind(
    folder: Path,
    given: Mapping[str, Mapping[str, str]],
    numbers: Mapping[str, Sequence[int]],
    files: Mapping[str, str],
) -> None:
    """Write the lock and adopted.html of a deck whose learners have the HTML of `given`."""
    deck, findings = load(folder)
    assert deck is not None, findings
    lines = {}
    for card in deck.cards:
        (content,) = card.contents.values()
        assert isinstance(content, OwnFields)
        texts = {one.name.value: one.text for one in content.texts}
        fields = [(name, texts[name], html) for name, html in given[card.id.value].items()]
        lines[card.id.value] = adopted.note_lines(card.id.value, fields, numbers.get(card.id.value))
    media = [adopted.media_line(files[name], content_digest(path), name) for name, path in deck.media.items()]
    types = [adopted.type_line(own) for own in deck.note_types.values()]
    text = adopted.dump([*media, *types], lines.values())
    (folder / adopted.FILE).write_bytes(text.encode())
    deck, findings = adopted.fresh(deck, text)
    assert findings == []
    empty = Lock(deck.identity)
    packages = [render_deck(deck, lang, known(deck, lang, empty)) for lang in deck.languages]
    lock, _ = next_lock(empty, deck, packages, 1_790_000_000)
    notes = {
        (card, lang): replace(line, guid=f"G {card}", stamp=STAMP, adopted=adopted.note_hash(lines[card]))
        for (card, lang), line in lock.notes.items()
    }
    (folder / "deck.lock").write_bytes(dump(replace(lock, notes=notes)).encode())
