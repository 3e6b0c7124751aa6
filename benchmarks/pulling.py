"""How many edits come home, and none wrongly: `python -m benchmarks.pulling`.

Texts of decks and packages are edited as Anki's editor does it, and by their authors; each is merged, and what is
seen of the result is compared with what must be seen (`tests.edited`).
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import cycle, islice
from pathlib import Path
from random import Random

import click

from deckgen.adopting import convert
from deckgen.kinds import ClozeText, Content, ItemList, Occlusion, OwnFields, QuestionAnswer
from deckgen.markup import raw
from deckgen.packing import collection
from deckgen.pulling.merge import Conflict, Making, Merged, made, merge
from deckgen.reading.load import load
from deckgen.written import File, Text
from tests.edited import (
    Edit,
    apply,
    author,
    by_hand,
    in_other_sentences,
    learner_edits,
    lost_or_doubled,
    meet,
    rewritten,
    saved,
    shown,
)

_ROOT = Path(__file__).parent.parent
_NOWHERE = File("-")
#: So many characters of notation may change around an edit; what is more is told.
_NEAR = 16
#: The source is unchanged; both changed it, each in sentences of their own; both did, anywhere; its author moved,
#: took out or rewrote sentences. Of the last two most may be conflicts, but nothing may be wrong.
KINDS = ("source unchanged", "both, other sentences", "both, anywhere", "both, the author rewrote")
EXACT, CONFLICT, WRONG = "exact", "conflict", "WRONG"


@dataclass(frozen=True, slots=True)
class Sample:
    """A text with what a build makes of it."""

    text: Text
    cloze: bool
    html: str


@dataclass(slots=True)
class Tally:
    """What came of some merges: how many of each outcome, and the first of each that is not merged exactly."""

    name: str
    outcomes: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    shown: dict[str, list[str]] = field(default_factory=dict)
    seconds: float = 0

    def note(self, outcome: str, reason: str, *what: object) -> None:
        self.outcomes[outcome] += 1
        if outcome != EXACT:
            self.reasons[f"{outcome}: {reason}"] += 1
            self.shown.setdefault(f"{outcome}: {reason}", []).append("\n      ".join(map(repr, what)))

    def lines(self, most: int) -> Iterator[str]:
        count = sum(self.outcomes.values())
        parts = [f"{number} {what} ({number / count:.2%})" for what, number in self.outcomes.most_common()]
        yield f"{self.name}: {count} merges, {', '.join(parts)}, {1000 * self.seconds / max(count, 1):.2f} ms each"
        for reason, number in self.reasons.most_common():
            yield f"  {number} × {reason}"
            yield from (f"      {one}" for one in self.shown[reason][:most])


def samples(paths: list[Path]) -> list[Sample]:
    """The texts of folders with a deck and of packages; a field of a package as `adopt` would write it."""
    found = []
    for path in paths:
        for text, cloze in _of_deck(path) if path.is_dir() else _of_package(path):
            html = made(text, Making(cloze=cloze))
            if html:
                found.append(Sample(text, cloze, html))
    return found


def _of_deck(folder: Path) -> Iterator[tuple[Text, bool]]:
    deck, _ = load(folder)
    for card in deck.cards if deck else ():
        for content in card.contents.values():
            yield from ((text, cloze) for text, cloze in _texts(content) if text is not None)


def _texts(content: Content) -> Iterator[tuple[Text | None, bool]]:
    match content:
        case QuestionAnswer(question, answer, note, hint):
            yield from ((one, False) for one in (question, answer, note, hint))
        case ClozeText(text, note, hint):
            yield from ((text, True), (note, False), (hint, False))
        case ItemList(question=question, items=items):
            yield from ((one, False) for one in (question, *(item.text for item in items)))
        case Occlusion(question=question, note=note):
            yield from ((one, False) for one in (question, note))
        case OwnFields(texts=texts):
            yield from ((one.text, False) for one in texts)


def _of_package(path: Path) -> Iterator[tuple[Text, bool]]:
    for note in collection.read(path).notes.values():
        for html in filter(None, note.fields):
            cloze = "{{c1::" in html
            found = convert.to_markdown(html, cloze=cloze)
            if isinstance(found, convert.Markdown):
                yield Text(found.text, _NOWHERE), cloze
            elif not raw.faults(html):
                yield Text(html, _NOWHERE, html=True), cloze


def by_hands(every: list[Sample], random: Random) -> Iterator[Sample]:
    """Samples without end, half of them written in another way than ours, as authors do."""
    for sample in cycle(every):
        text = Text(by_hand(sample.text.value, random), _NOWHERE)
        html = None if sample.text.html or random.random() < 0.5 else made(text, Making(cloze=sample.cloze))
        same = html and shown(html) == shown(sample.html)
        yield Sample(text, sample.cloze, html or "") if same else sample


def unchanged(sample: Sample, random: Random, tally: Tally) -> None:
    """The learner edits, the author does not."""
    if edits := learner_edits(sample.html, random):
        _judge(tally, sample, sample.text, edits, apply(sample.html, *edits))


def changed(sample: Sample, random: Random, tally: Tally, *, anywhere: bool) -> None:
    """Both edit: other sentences, or `anywhere`."""
    both = author(sample.text.value, sample.html, random)
    edits = learner_edits(sample.html, random)
    if both is None or not edits:
        return
    typed, same = both
    text = Text(apply(sample.text.value, typed), _NOWHERE, html=sample.text.html)
    ours = made(text, Making(cloze=sample.cloze))
    if ours is None or shown(ours) != shown(apply(sample.html, same)):
        return  # what the author typed is no such edit there
    if not anywhere and not all(in_other_sentences(sample.html, same, edit) for edit in edits):
        return
    expected = None if any(meet(same, edit) for edit in edits) else apply(sample.html, same, *edits)
    _judge(tally, sample, text, edits, expected, same)


def rewrote(sample: Sample, random: Random, tally: Tally) -> None:
    """The author moves, takes out or rewrites sentences: no word may be lost or stand twice."""
    making = Making(cloze=sample.cloze)
    text = replace(sample.text, value=rewritten(sample.text.value, random))
    ours, edits = made(text, making), learner_edits(sample.html, random)
    if not ours or not edits or ours == sample.html:
        return
    theirs = saved(apply(sample.html, *edits))
    found = merge(text, sample.html, theirs, making)
    if isinstance(found, Conflict):
        tally.note(CONFLICT, found.reason, text.value, sample.html, edits, found)
        return
    html = made(replace(text, value=found.text), making) or ""
    wrong = lost_or_doubled(sample.html, ours, theirs, html)
    tally.note(WRONG if wrong else EXACT, str(wrong), text.value, sample.html, edits, found)


def _judge(
    tally: Tally,
    sample: Sample,
    text: Text,
    edits: list[Edit],
    expected: str | None,
    other: Edit | None = None,
) -> None:
    theirs = saved(apply(sample.html, *edits))
    making = Making(cloze=sample.cloze)
    start = time.process_time()
    found = merge(text, sample.html, theirs, making)
    tally.seconds += time.process_time() - start
    what = (text.value, sample.html, edits, other, found)
    kinds = " + ".join(sorted(edit.kind for edit in edits))
    if isinstance(found, Conflict):
        tally.note(CONFLICT, found.reason, *what)
        return
    html = made(Text(found.text, _NOWHERE, html=text.html), making)
    if html is None or expected is None or shown(html) != shown(expected):
        tally.note(WRONG, kinds, *what, html, shown(html or ""), shown(expected or ""))
    elif len(edits) == 1 and _changed_elsewhere(text.value, found, edits[0]):
        tally.note("exact, but notation changed", kinds, *what)
    else:
        tally.note(EXACT, "")


def _changed_elsewhere(before: str, found: Merged, edit: Edit) -> bool:
    """Whether more of the text changed than what was edited and the notation around it."""
    after = found.text
    shorter = min(len(before), len(after))
    start = next((at for at in range(shorter) if before[at] != after[at]), shorter)
    rest = shorter - start
    end = next((at for at in range(rest) if before[-1 - at] != after[-1 - at]), rest)
    return len(before) - start - end > edit.end - edit.start + _NEAR


def tally(name: str, found: list[Sample], merges: int, random: Random) -> Tally:
    """What comes of so many merges of a kind, or of fewer where the texts are too short for it."""
    done = Tally(name)
    every = random.sample(found, len(found))
    for sample in islice(by_hands(every, random), 20 * merges):
        if sum(done.outcomes.values()) >= merges:
            break
        if name == KINDS[0]:
            unchanged(sample, random, done)
        elif name == KINDS[3]:
            rewrote(sample, random, done)
        else:
            changed(sample, random, done, anywhere=name == KINDS[2])
    return done


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--merges", default=20_000, show_default=True, type=click.IntRange(1), help="How many of each.")
@click.option("--seed", default=1, show_default=True)
@click.option("--most", default=3, show_default=True, help="How many of each kind are shown.")
def main(paths: tuple[Path, ...], merges: int, seed: int, most: int) -> None:
    """Edit the texts of the shipped deck, of docs/examples and of PATHS (decks, packages or folders of these)."""
    every = [file.parent for file in sorted(_ROOT.glob("cards_source/*/deck.yaml"))]
    every += [file.parent for file in sorted(_ROOT.glob("docs/examples/*/deck.yaml"))]
    for path in paths:
        every += sorted(path.glob("*.apkg")) or [path]
    found = samples(every)
    html = sum(one.text.html for one in found)
    click.echo(f"{len(found)} texts of {len(every)} decks and packages, {html} of them HTML")
    wrong = 0
    for name in KINDS:
        done = tally(name, found, merges, Random(seed))
        wrong += done.outcomes[WRONG]
        click.echo("\n".join(done.lines(most)))
    raise SystemExit(int(wrong > 0))


if __name__ == "__main__":
    main()
