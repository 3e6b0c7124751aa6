"""Made-up notes, and how each program wants them written."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.words import SUBJECTS, THINGS, VERBS

_SYLLABLES = [first + second for first in "bcdfglmnprst" for second in "aeiou"]
# A prime that shares no factor with the 60³ places: so every index has a place of its own.
_STEP = 7919
#: All files but anki-yaml-tool's single one hold as many notes as one of deckgen's.
FILES = 20


@dataclass(frozen=True, slots=True)
class Note:
    """A question and its answer in Markdown. `name` is ten letters and digits, as ankcompiler wants it."""

    name: str
    question: str
    answer: str


def notes(count: int) -> list[Note]:
    """That many notes, the same in every run: bold words, code, lists and links in turn.

    No question occurs twice: markdown-anki-decks makes guids of them.
    """
    chance = random.Random(7)
    return [_note(index, chance) for index in range(count)]


def _note(index: int, chance: random.Random) -> Note:
    subject, other = chance.sample(SUBJECTS, 2)
    verb, then = chance.sample(VERBS, 2)
    thing, cause, effect = chance.sample(THINGS, 3)
    place = _place(index)
    answers = (
        f"It must {then} **{cause}** first, and only *then* the {effect} of the {other}.",
        f"Because `{other}.{then}({cause}, {index})` comes before the {effect}.",
        f"For two reasons:\n\n- the **{cause}** has to {then};\n- the {other} needs its {effect}.",
        f"The {other} has to {then} its {cause}, as [the chart](https://example.org/{place}/{index}) shows.",
    )
    question = f"Why does the **{subject}** of {place} {verb} the {thing} of its {effect}?"
    return Note(f"n{index:09}", question, answers[index % len(answers)])


def _place(index: int) -> str:
    """A name that no other index below 216,000 has."""
    number = index * _STEP % len(_SYLLABLES) ** 3
    letters = ""
    for _ in range(3):
        number, syllable = divmod(number, len(_SYLLABLES))
        letters += _SYLLABLES[syllable]
    return letters.capitalize()


def _quoted(text: str) -> str:
    """Text between double quotes, for YAML: what JSON writes, YAML reads."""
    return json.dumps(text, ensure_ascii=False)


def _parts(some: Sequence[Note], files: int) -> Iterator[tuple[int, Sequence[Note]]]:
    size = -(-len(some) // files)
    for number, start in enumerate(range(0, len(some), size)):
        yield number, some[start : start + size]


def write_deckgen(folder: Path, some: Sequence[Note], files: int = FILES) -> None:
    """A folder `cards_source` with one deck, in as many files."""
    deck = folder / "cards_source" / "bench"
    deck.mkdir(parents=True)
    (deck / "deck.yaml").write_text('deck: bench\ntitle: "Bench"\n', encoding="utf-8")
    for number, part in _parts(some, files):
        cards = "\n".join(
            f"  - id: {note.name}\n    q: {_quoted(note.question)}\n    a: {_quoted(note.answer)}\n"
            for note in part
        )
        (deck / f"{number:03}.yaml").write_text(f"cards:\n{cards}", encoding="utf-8")


def write_ankcompiler(folder: Path, some: Sequence[Note]) -> None:
    """Files of blocks between rules: https://pypi.org/project/ankcompiler/0.6.0/"""
    for number, part in _parts(some, FILES):
        blocks = "\n".join(
            f"---\n\n{note.question} ::: {note.answer}\n\n---\n[^uid]: {note.name}\n" for note in part
        )
        (folder / f"{number:03}.md").write_text(f"---\ndeck: Bench\n---\n\n{blocks}", encoding="utf-8")


def write_headings(folder: Path, some: Sequence[Note]) -> None:
    """Files of headings, for markdown-anki-decks: https://pypi.org/project/markdown-anki-decks/1.1.1/"""
    for number, part in _parts(some, FILES):
        cards = "\n".join(f"## {note.question}\n\n{note.answer}\n" for note in part)
        (folder / f"{number:03}.md").write_text(f"# Bench\n\n{cards}", encoding="utf-8")


_CONFIG = """\
config:
  name: "Bench"
  deck-name: "Bench"
  fields: [Front, Back]
  templates:
    - {name: "Card 1", qfmt: "{{Front}}", afmt: "{{FrontSide}}<hr id=answer>{{Back}}"}
data:
"""


def write_data(folder: Path, some: Sequence[Note]) -> None:
    """One file of settings and data, for anki-yaml-tool: https://pypi.org/project/anki-yaml-tool/0.4.0/"""
    data = "".join(
        f"  - id: {note.name}\n    front: {_quoted(note.question)}\n    back: {_quoted(note.answer)}\n"
        for note in some
    )
    (folder / "deck.yaml").write_text(_CONFIG + data, encoding="utf-8")


def with_pictures(some: Sequence[Note]) -> list[Note]:
    """The notes, each with a picture of its own in the answer."""
    return [
        Note(note.name, note.question, f"{note.answer}\n\n![the {note.name}]({note.name}.jpg)")
        for note in some
    ]


def write_pictures(folder: Path, some: Sequence[Note], size: int) -> None:
    """A file of `size` bytes that don't compress for each note, in the deck's `media`."""
    media = folder / "cards_source" / "bench" / "media"
    media.mkdir()
    chance = random.Random(7)
    for note in some:
        (media / f"{note.name}.jpg").write_bytes(chance.randbytes(size))


def write_clozes(folder: Path, count: int, deletions: int) -> None:
    """A folder `cards_source` with one deck of so many clozes, each of so many deletions."""
    deck = folder / "cards_source" / "bench"
    deck.mkdir(parents=True)
    (deck / "deck.yaml").write_text('deck: bench\ntitle: "Bench"\n', encoding="utf-8")
    chance = random.Random(7)
    size = -(-count // FILES)
    for start in range(0, count, size):
        cards = []
        for index in range(start, min(count, start + size)):
            parts = (
                f"the {chance.choice(SUBJECTS)} {index}-{number} has to {chance.choice(VERBS)} its "
                f"{{{{c{number}::{chance.choice(THINGS)}}}}}"
                for number in range(1, deletions + 1)
            )
            cards.append(f"  - id: n{index:06}\n    cloze: {_quoted(', '.join(parts) + '.')}\n")
        (deck / f"{start:06}.yaml").write_text("cards:\n" + "\n".join(cards), encoding="utf-8")


_MARKED = (
    "It must {then} <b>{cause}</b> first,<br>and only <i>then</i> the {effect}.",
    "<div>For two reasons:</div><ul><li>the {cause} has to {then};</li><li>the {effect} &amp; the rest.</li></ul>",
    '<p>The {effect} has H<sub>2</sub>O, as <span style="color: rgb(255, 0, 0)">{cause}</span> shows.</p>',
)


def write_package(path: Path, count: int, pictures: int, size: int) -> None:
    """A package of basic notes as other people make them: a third of the fields with markup, some with a picture."""
    import genanki

    chance = random.Random(7)
    deck = genanki.Deck(1_500_000_001, "Large")
    model = genanki.Model(
        1_500_000_002, "Large",
        fields=[{"name": "Front"}, {"name": "Back"}],
        templates=[{"name": "Card 1", "qfmt": "{{Front}}", "afmt": "{{FrontSide}}<hr id=answer>{{Back}}"}],
    )  # fmt: skip
    media = path.parent / "media"
    media.mkdir()
    for number in range(count):
        cause, effect = chance.sample(THINGS, 2)
        words = {"then": chance.choice(VERBS), "cause": cause, "effect": effect}
        question = f"Why does the {chance.choice(SUBJECTS)} of {_place(number)} need its {effect}?"
        marked = number % 3 != 2  # two thirds of the answers, which are half of the fields
        answer = (
            _MARKED[number % 2 + number % 5 % 2] if marked else "Because it must {then} the {cause} first."
        )
        answer = answer.format(**words)
        if number % (count // pictures) == 0:
            name = f"p{number:06}.jpg"
            (media / name).write_bytes(chance.randbytes(size))
            answer += f'<br><img src="{name}">'
        deck.add_note(genanki.Note(model, [question, answer], guid=f"g{number:09}"))
    package = genanki.Package(deck)
    package.media_files = [str(one) for one in sorted(media.iterdir())]
    package.write_to_file(str(path), timestamp=1_500_000_000)
