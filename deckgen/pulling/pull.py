"""Bring home what a learner edited, from a collection or package."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from deckgen.adopting.look import PLAIN, Look, look_of
from deckgen.building.steps import Asked as BuildAsked
from deckgen.building.steps import Ready, prepare
from deckgen.building.wishes import Wishes
from deckgen.checks import Craft
from deckgen.editing.author import lock_as_built, lock_text
from deckgen.editing.mend import Change
from deckgen.finding import Finding, Place, Severity, has_errors
from deckgen.lock import held as locks
from deckgen.lock.inherit import item_numbers
from deckgen.markup import markdown
from deckgen.notes.render import Rendered
from deckgen.packing.collection import Shipped
from deckgen.packing.journal import Journal
from deckgen.packing.stage import alone, write_texts
from deckgen.pulling import bases, home, learner
from deckgen.pulling.decide import Decision, Judge
from deckgen.pulling.learner import State, Theirs
from deckgen.pulling.names import Names

#: These findings are about what learners would lose at the next build; a pull goes on.
_LOSSES = ("R05", "R11", "R12")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a pull works on: folders, the learner's file, and what the author wishes.

    `theirs` and `ours` are cards whose clashes are decided; `shipped` are packages that learners had.
    """

    decks_dir: Path
    output_dir: Path
    file: Path
    names: tuple[str, ...] = ()
    lang: str | None = None
    theirs: frozenset[str] = frozenset()
    ours: frozenset[str] = frozenset()
    shipped: tuple[Path, ...] = ()
    new: Path | None = None


@dataclass(slots=True)
class Package:
    """What a pull found in the notes of one package."""

    name: str
    lang: str
    there: int
    edited: int
    decisions: list[Decision] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    gone: tuple[str, ...] = ()


@dataclass(slots=True)
class Pulled:
    """Findings, what was found by package, and the files before and after."""

    findings: list[Finding]
    packages: list[Package] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0 all is home, 1 something is for a person to decide."""
        return int(has_errors(self.findings))


def pull(asked: Asked, *, write: bool) -> Pulled:
    """Bring home what a learner edited; without `write`, only tell what would come.

    Raises load.NoDecks, stage.Busy, CantEdit, collection.Unreadable, and OSError when a file can't be
    written: then nothing changed.
    """
    if not write:
        return _pull(asked, None)
    with alone(asked.decks_dir, asked.output_dir) as journal:
        return _pull(asked, journal)


def _pull(asked: Asked, journal: Journal | None) -> Pulled:
    wishes = Wishes(asked.lang, craft=Craft.NONE)
    ready = prepare(BuildAsked(asked.decks_dir, asked.output_dir, asked.names, wishes))
    stopping = [one for one in ready.findings if one.code not in _LOSSES]
    if has_errors(stopping):
        return Pulled(stopping)
    there = learner.read(asked.file, ready.decks)
    pulled = Pulled([])
    texts: dict[Path, str] = {}
    for item in ready.decks:
        texts |= _of_deck(item, asked, there, ready.asked, pulled)
    for path, text in texts.items():
        old = path.read_bytes().decode("utf-8") if path.exists() else ""
        if text != old:
            pulled.changes.append(Change(path, old, text))
    if journal is not None and pulled.changes:
        write_texts({change.path: change.new for change in pulled.changes}, journal)
    pulled.findings.sort()
    return pulled


def _of_deck(item: Ready, asked: Asked, there: Shipped, build: BuildAsked, pulled: Pulled) -> dict[Path, str]:
    """The new texts of a deck's files."""
    sheets = home.Home(item.deck)
    judged: list[tuple[Judge, list[Decision]]] = []
    for rendered in item.rendered:
        has = learner.compare(item, rendered, there)
        wanted = [one for one in has.notes if one.state in (State.EDITED, State.TAGS)]
        stamps = {one.note.guid: one.stamp for one in has.notes if one.state is not State.OTHER_TYPE}
        judge = _judge(item, rendered, asked)
        decisions = list(_decided(item, rendered, asked, build, judge, wanted, stamps))
        for decision in decisions:
            sheets.want(decision, judge)
        judged.append((judge, decisions))
        name = item.deck.package_name(rendered.lang)
        edited = sum(one.state is State.EDITED for one in wanted)
        package = Package(name, rendered.lang, len(has.notes), edited, decisions, gone=has.gone)
        pulled.packages.append(package)
        pulled.findings += _about(item, rendered, has, package)
    sheets.make()
    before = lock = lock_as_built(item.deck.folder, item.deck)
    for judge, decisions in judged:
        cards = {card.id.value: card for card in item.deck.cards}
        cards |= {card.id.value: card for card in sheets.cards()}
        about = {decision.theirs.card.id.value for decision in decisions}
        notes = home.made(item, judge.lang, (cards[name] for name in sorted(about)))
        if home.settle(decisions, notes):
            sheets.make()
        lock = home.with_pulled(lock, judge.lang, judge, decisions, notes)
        pulled.findings += _clashes(judge, decisions)
    return sheets.texts() | (lock_text(item.deck.folder, lock) if lock != before else {})


def _judge(item: Ready, rendered: Rendered, asked: Asked) -> Judge:
    @cache
    def look(role: str) -> Look:
        note_type = rendered.note_types[role]
        own = item.deck.note_types.get(role)
        if own is None:
            return PLAIN
        style = own.style.text if own.style is not None else ""
        return look_of(style, [side for one in note_type.templates for side in (one.front, one.back)])

    return Judge(
        item.deck,
        rendered.lang,
        cache(Names(item.deck.media, rendered.media).plain),
        item_numbers(item.deck, rendered.lang, item.lock),
        look,
        asked.theirs,
        asked.ours,
    )


def _decided(
    item: Ready,
    rendered: Rendered,
    asked: Asked,
    build: BuildAsked,
    judge: Judge,
    wanted: list[Theirs],
    stamps: Mapping[str, int],
) -> Iterator[Decision]:
    if not wanted:
        return
    notes = {
        one.note.guid: bases.Wanted(
            one.stamp, one.line.texts if one.line is not None and one.state is State.EDITED else ()
        )
        for one in wanted
    }
    shipped = bases.find(
        item.deck, rendered.lang, asked.output_dir, build.memory, notes, stamps, asked.shipped
    )
    for one in wanted:
        versions = shipped.of(one.note.guid)
        if one.state is State.TAGS:
            if any(each.stamp == one.stamp and each.fields == one.fields for each in versions):
                continue  # as it was shipped
            versions = [each for each in versions if each.fields == one.fields]
            if not versions:
                continue
        yield judge.decide(one, versions)


# -- findings ------------------------------------------------------------------------------


def _about(item: Ready, rendered: Rendered, has: learner.Held, package: Package) -> Iterator[Finding]:
    """What is told of a package besides texts."""
    lang, path = rendered.lang, locks.path_of(item.deck).as_posix()
    for one in has.notes:
        if one.state is State.OTHER_TYPE:
            message = "the learner's note has other fields than ours, so nothing was taken"
            hint = "in Anki, change its note type back, or bring its text over by hand"
            yield _told(one, lang, "P07", message, hint, Severity.WARNING)
    for old in has.new:
        words = " / ".join(markdown.plain(field) for field in old.fields[:2] if field)
        package.new.append(old.guid)
        hint = "take such notes in with `--new FILE`"
        message = f"the learner added a note: {words[:200]}"
        yield Finding(Place(path), "P05", message, hint, "", lang, Severity.INFO)
    if has.gone:
        names = ", ".join(has.gone[:10]) + (", …" if len(has.gone) > 10 else "")
        message = f"the learner does not have {len(has.gone)} of these cards: {names}"
        hint = (
            "they were deleted, or never imported; nothing is deleted here: `deckgen retire` takes a card out"
        )
        yield Finding(Place(path), "P06", message, hint, "", lang, Severity.INFO)


def _clashes(judge: Judge, decisions: Iterable[Decision]) -> Iterator[Finding]:
    lang = judge.lang
    for decision in decisions:
        one, name = decision.theirs, decision.theirs.card.id.value
        take = f"`--theirs {name}` takes the learner's text, `--ours {name}` keeps yours"
        if decision.reason:
            code = "P02" if decision.reason.startswith("no ") else "P01"
            hint = (
                take
                if code == "P01"
                else f"name the package that the learner had: `--shipped FILE`; or {take}"
            )
            yield _told(one, lang, code, f"an edit can't be merged: {decision.reason}", hint)
        for clash in decision.clashes:
            place = (clash.spot.text or one.card.id).whole
            message = f"an edit of `{clash.spot.name}` can't be merged: {clash.reason}"
            yield Finding(place, "P01", message, take, name, lang)
        for trouble in decision.troubles:
            message = f"an edit of the field {trouble.field} was not taken: {trouble.reason}"
            yield _told(one, lang, "P03", message, "", Severity.WARNING)
        for tag in decision.tags_come:
            if tag not in judge.deck.tags:
                message = f"the learner added the tag `{tag}`, which the deck does not have"
                hint = f'add it to `tags:` of deck.yaml, then pull again: `{tag}: "…"`'
                yield _told(one, lang, "P04", message, hint, Severity.WARNING)


def _told(
    one: Theirs, lang: str, code: str, message: str, hint: str, severity: Severity = Severity.ERROR
) -> Finding:
    return Finding(one.card.id.whole, code, message, hint, one.card.id.value, lang, severity)
