"""`adopt`: an existing deck becomes source, whole or not at all, and its learners' history goes on."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Container, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import IO

from deckgen.adopting import again, division, locking, media, uses
from deckgen.adopting import folder as writing
from deckgen.adopting.convert import Markdown, to_markdown
from deckgen.adopting.division import Division
from deckgen.adopting.drafts import Converter, Draft, unfit
from deckgen.adopting.folder import CantAdopt, Plan
from deckgen.adopting.foreign import Foreign, ForeignNote
from deckgen.adopting.forms import forms
from deckgen.adopting.names import Unique
from deckgen.adopting.report import Folder, LeftOut, Report, StaysHtml, Twice
from deckgen.deck import NO_LANGUAGE, Card, Deck
from deckgen.editing.starter import SCHEMAS
from deckgen.finding import Finding, Place, has_errors, short
from deckgen.kinds import OwnFields
from deckgen.lock import adopted
from deckgen.lock.dump import dump
from deckgen.lock.limits import FILE as LOCK
from deckgen.lock.lines import Lock
from deckgen.markup import markdown
from deckgen.notes.identity import new_seed
from deckgen.packing.journal import Journal
from deckgen.packing.stage import Stage, alone, scratch, staging
from deckgen.reading import schema
from deckgen.reading.keys import RESERVED, control_character, is_name, name_hint
from deckgen.reading.load import DECK_FILE
from deckgen.reading.media import FOLDER as MEDIA
from deckgen.reading.media import content_digest
from deckgen.reading.note_type_file import FOLDER as TYPES
from deckgen.reading.tree import MAX_TEXT

Opener = Callable[[], IO[bytes]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the user asks for. `name` is that of the file, without its ending; `now` is in seconds since 1970.

    `key` names the folder; `trusted` says so in deck.yaml; when it is `dry`, nothing is written.
    """

    name: str
    now: int
    key: str | None = None
    trusted: bool = False
    dry: bool = False


def adopt(decks_dir: Path, foreign: Foreign, wanted: Wanted) -> Report:
    """Write what a file holds as decks below `decks_dir`, or what is new of it into the decks that are there.

    Raises CantAdopt when that can't be done, stage.Busy, and OSError when a file can't be read or written;
    then nothing changed.
    """
    _expect_key(wanted.key)
    report = Report(left_out=dict(foreign.left_out), named=dict(foreign.named), dry=wanted.dry)
    report.has_numbers = all(one.number for one in foreign.types.values())
    parts = division.divide(replace(foreign, notes=_once(foreign, report)), wanted.name, wanted.key)
    if wanted.key is not None and len(parts) > 1:
        names = ", ".join(f"“{one.title}”" for one in parts[:8])
        raise CantAdopt(
            f"--as names one folder, and the file has {len(parts)} decks: choose one with --deck: {names}"
        )
    if not parts:
        raise CantAdopt("there is no note with a card in it")
    with (
        scratch() as spare,
        nullcontext() if wanted.dry else alone(decks_dir) as journal,
        staging(journal) as stage,
    ):
        known = again.known(decks_dir)
        for part in parts:
            _Adoption(decks_dir, foreign, wanted, report, spare).of(part, again.find(known, part), stage)
        if any(folder.paths for folder in report.folders):
            _add_schemas(decks_dir, stage)
        stage.finish()
    return report


def _expect_key(key: str | None) -> None:
    if key is not None and not is_name(key):
        raise CantAdopt(f"{key!r} can't be a deck's name: {name_hint(key)}")
    if key in RESERVED:
        raise CantAdopt(
            f"{key!r} can't be a deck's name: Windows has no files of this name; choose another word"
        )


def _once(foreign: Foreign, report: Report) -> list[ForeignNote]:
    """The notes, without those that share a guid and say different things; of equal ones the first."""
    by_guid: dict[str, list[ForeignNote]] = {}
    for note in foreign.notes:
        if note.guid:
            by_guid.setdefault(note.guid, []).append(note)
    several = {guid: notes for guid, notes in by_guid.items() if len(notes) > 1}
    kept, counts = [], Counter[str]()
    first = {
        id(notes[0]) for notes in several.values() if len({(one.type, one.fields) for one in notes}) == 1
    }
    for note in foreign.notes:
        if note.guid not in several or id(note) in first:
            kept.append(note)
        elif several[note.guid][0] is note:
            texts = tuple(" · ".join(filter(None, map(words, one.fields))) for one in several[note.guid])
            report.twice.append(Twice(note.guid, tuple(short(text, 100) for text in texts)))
        elif len({(one.type, one.fields) for one in several[note.guid]}) == 1:
            counts["notes that are there twice"] += 1
    report.left_out = {**report.left_out, **counts}
    return kept


def words(html: str) -> str:
    """How a field begins, for people."""
    return short(" ".join(markdown.plain(html[:2000]).split()), 60)


def _add_schemas(decks_dir: Path, stage: Stage) -> None:
    """What editors read, beside the decks; those already there may be from a newer deckgen."""
    for name, made in (("deck.json", schema.deck_schema), ("cards.json", schema.cards_schema)):
        path = decks_dir / SCHEMAS / name
        if not path.exists():
            text = schema.as_text(made())
            stage.add(path, partial(_write_text, text), lambda *_: False)


def _write_text(text: str, path: Path) -> None:
    path.write_bytes(text.encode())


class _Adoption:
    """Writes one division of a file, first into a spare folder."""

    def __init__(
        self, decks_dir: Path, foreign: Foreign, wanted: Wanted, report: Report, spare: Path
    ) -> None:
        self._decks_dir, self._foreign, self._wanted, self._report, self._spare = (
            decks_dir, foreign, wanted, report, spare,
        )  # fmt: skip
        self._made = Folder("", "")

    def of(self, part: Division, there: again.There | None, stage: Stage) -> None:
        """Stage the files of a new deck, or those that change in the one that is there."""
        target = there.deck.folder if there is not None else self._decks_dir / part.key
        if there is None and target.exists() and not (target.is_dir() and not any(target.iterdir())):
            hint = "name another folder with --as" if self._wanted.key else "name its folder with --as"
            raise CantAdopt(f"{target.as_posix()} exists already, and has none of these notes: {hint}")
        self._made = Folder(target.as_posix(), part.title, again=there is not None)
        self._report.folders.append(self._made)
        notes = part.notes
        if there is not None:
            notes, self._made.differs = again.compare(there, notes, self._foreign)
        if not notes:
            return
        plan, seed = self._plan(part, notes, there)
        if not plan.drafts:
            if there is None:
                raise CantAdopt(f"none of its notes can become a card: {self._report.notes[0].reason}")
            return
        self._write(part, plan, seed, there, stage, target)

    def _plan(
        self, part: Division, notes: Sequence[ForeignNote], there: again.There | None
    ) -> tuple[Plan, str]:
        """What is to be written, and the seed of the deck."""
        known, changed = again.forms_of(there, self._foreign) if there is not None else ({}, {})
        new = Counter(note.type for note in notes if note.type not in {*known, *changed})
        taken = there.deck.note_types if there is not None else ()
        of_type = forms(self._foreign.types, new, taken) | known
        ids = Unique(there.ids if there is not None else ())
        drafts, convert = [], Converter()
        for number, note in enumerate(notes, start=1 + (len(there.deck.cards) if there is not None else 0)):
            if note.type in changed:
                self._leave(note, f"its note type has other fields than `note_types/{changed[note.type]}`")
                continue
            form = of_type[note.type]
            if len(note.fields) != len(form.names):
                self._leave(note, f"it has {len(note.fields)} fields, and its note type {len(form.names)}")
                continue
            tags = tuple(dict.fromkeys(note.tags))
            said = convert.said(form, note.fields)
            draft = Draft(
                "", note, form, said, tags, part.below(note) if there is None else there.below(note)
            )
            reason = unfit(draft)
            if reason:
                self._leave(note, reason)
            else:
                drafts.append(replace(draft, id=ids.card(note.fields[0], number)))
        used = {draft.form.name: draft.form for draft in drafts}
        files = writing.of_forms(form for name, form in used.items() if there is None or name not in taken)
        key, seed = (there.deck.key.value, there.seed) if there is not None else (part.key, new_seed())
        return Plan(key, drafts, files, begin=there.next_file if there is not None else 1), seed

    def _leave(self, note: ForeignNote, reason: str) -> None:
        self._report.notes.append(LeftOut(note.guid, words(" ".join(note.fields[:2])), reason))

    def _write(
        self, part: Division, plan: Plan, seed: str, there: again.There | None, stage: Stage, target: Path
    ) -> None:
        """Write into the spare folder, make the lock, and stage what is new."""
        folder = self._spare / "decks" / plan.key
        folder.mkdir(parents=True)
        if there is not None and (there.deck.folder / TYPES).is_dir():
            shutil.copytree(there.deck.folder / TYPES, folder / TYPES)
        described = self._description(part) if there is None else ""
        tags = sorted({tag for draft in plan.drafts for tag in draft.tags})
        head = partial(writing.head, plan.key, seed, part.title if there is None else there.title, described)
        # While it is looked at, nothing that acts is an error: it is told.
        plan.files[DECK_FILE] = head(tags, trusted=True)
        plan.media = self._media(plan, there)
        before = there.lock if there is not None else Lock("")
        made, names = self._locked(plan, folder, before)
        trusted = self._wanted.trusted
        texts = {name: text for name, text in plan.files.items() if name != DECK_FILE}
        if there is None:
            texts[DECK_FILE] = head(tags, trusted=trusted)
            texts[".gitattributes"] = writing.GIT
            bytes_of = adopted.dump(_of_files(made.deck, plan, folder), made.lines.values())
        else:
            texts |= there.with_tags(tags)
            files = _of_files(made.deck, plan, folder, there.deck.note_types)
            bytes_of = there.with_lines(files, made.lines.values())
        texts |= {LOCK: dump(made.lock), adopted.FILE: bytes_of}
        self._tell(part, plan, made, folder)
        for name in sorted({*names, *texts}):
            if name in texts:
                stage.add(target / name, partial(_write_text, texts[name]), lambda *_: False)
            elif name != DECK_FILE:
                stage.add(target / name, partial(shutil.copyfile, folder / name), lambda *_: False)
            else:
                continue
            self._made.paths.append((target / name).as_posix())

    def _description(self, part: Division) -> str:
        """The description of the deck as Markdown; what can't be said is told."""
        html = self._foreign.decks.get(part.title, "")
        below = [
            name
            for name, text in self._foreign.decks.items()
            if text.strip() and name.startswith(f"{part.title}::")
        ]
        if below:
            self._made.remarks.append(
                f"{len(below)} descriptions of subdecks were left out: only a whole deck has one"
            )
        if not html.strip():
            return ""
        made = Markdown(html, exact=True) if part.title in self._foreign.markdown else to_markdown(html)
        if not isinstance(made, Markdown):
            self._made.remarks.append(f"the description was left out: Markdown can't say {made.reason}")
        elif len(made.text) > MAX_TEXT or control_character(made.text):
            self._made.remarks.append(
                "the description was left out: it is too long, or has control characters"
            )
        else:
            return made.text.strip()
        return ""

    def _media(self, plan: Plan, there: again.There | None) -> dict[str, Opener]:
        """The files of `media/` that these cards use, and that are not there yet."""
        notes = [draft.note for draft in plan.drafts]
        types = {draft.form.name: draft.form.of for draft in plan.drafts}.values()
        good, bad = media.usable(uses.used(self._foreign.media, types, notes))
        for reason, names in _by_reason(bad).items():
            shown = ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
            self._made.remarks.append(f"{len(names)} files were left out, {reason}: {shown}")
        known = there.deck.media if there is not None else {}
        return {name: self._foreign.media[name] for name in good if name not in known}

    def _locked(self, plan: Plan, folder: Path, before: Lock) -> tuple[_Made, list[str]]:
        """The deck as it was read from `folder`, and its lock. Cards with errors are left out."""
        while True:
            deck, names = writing.written(plan, folder, lambda draft, why: self._leave(draft.note, why))
            lines = locking.lines(deck, plan.drafts)
            begun = locking.begun(deck, plan.drafts, lines, before)
            (folder / LOCK).touch()
            _write_text(adopted.dump(_of_files(deck, plan, folder), lines.values()), folder / adopted.FILE)
            deck, findings = adopted.bind(deck, begun)
            rendered, found = locking.render(deck, begun, folder)
            findings += found
            if rendered is not None and not has_errors(findings):
                lock = locking.finished(deck, plan.drafts, begun, before, rendered, self._wanted.now)
                return _Made(deck, lock, lines, findings), names
            bad = dict(writing.about_cards(plan, findings, folder))
            if not bad:
                raise CantAdopt(writing.first(findings))
            writing.leave_out(plan, bad, lambda draft, why: self._leave(draft.note, why))

    def _tell(self, part: Division, plan: Plan, made: _Made, folder: Path) -> None:
        """Count what became of the texts, and say what is to be known."""
        tell, cards = self._made, {card.id.value: card for card in made.deck.cards}
        tell.cards = len(plan.drafts)
        for draft in plan.drafts:
            places = _places(cards[draft.id])
            for one in draft.said:
                if one.reason:
                    place = self._moved(places.get(one.field, cards[draft.id].id.place), folder)
                    tell.html.append(StaysHtml(place, draft.id, one.field, one.reason))
                elif one.exact:
                    tell.exact += 1
                else:
                    tell.alike += 1
        tell.trusted = self._wanted.trusted
        for one in made.findings:
            if one.code in _SECURITY and not one.place.path.endswith(f"/{DECK_FILE}"):
                place = self._moved(one.place, folder)
                tell.security.append(f"{place.path}:{place.line}: {one.code} {one.message}")
                tell.needs_trust = tell.needs_trust or one.code != "K28"
        spread = division.across(draft.note for draft in plan.drafts)
        if spread:
            tell.remarks.append(
                f"{len(spread)} notes have cards in several decks: new learners get them in the deck of the first one"
            )
        tell.remarks += _own_decks(plan)
        if part.title != division.home(part.notes[0]).split("::")[0] and division.is_default(
            division.home(part.notes[0])
        ):
            tell.remarks.append(
                f"the deck was “{division.DEFAULT}”, which Anki keeps for itself: it is called “{part.title}” now"
            )

    def _moved(self, place: Place, folder: Path) -> Place:
        """A place in the spare folder as one in the folder where the deck will be."""
        rest = place.path.removeprefix(f"{folder.as_posix()}/")
        return place._replace(path=f"{self._made.path}/{rest}")


@dataclass(frozen=True, slots=True)
class _Made:
    """A deck in the spare folder: its lock, its lines of adopted.html by card, and what was found."""

    deck: Deck
    lock: Lock
    lines: Mapping[str, list[str]]
    findings: list[Finding]


#: What security finds in note types and in HTML: it is an error unless the deck is trusted.
_SECURITY = ("K27", "K28", "K36")


def _of_files(deck: Deck, plan: Plan, folder: Path, known: Container[str] = ()) -> list[str]:
    """The lines of adopted.html about media, and about note types that are not `known` yet."""
    names = {draft.form.name for draft in plan.drafts}
    own = [deck.note_types[name] for name in sorted(names) if name not in known]
    paths = {name: folder / MEDIA / name for name in sorted(plan.media)}
    return [
        *(adopted.media_line(name, content_digest(path)) for name, path in paths.items()),
        *(adopted.type_line(one) for one in own),
    ]


def _by_reason(bad: Mapping[str, str]) -> dict[str, list[str]]:
    reasons: dict[str, list[str]] = {}
    for name, reason in bad.items():
        reasons.setdefault(reason, []).append(name)
    return reasons


def _places(card: Card) -> dict[str, Place]:
    content = card.contents[NO_LANGUAGE]
    return {one.name.value: one.text.place for one in content.texts} if isinstance(content, OwnFields) else {}


def _own_decks(plan: Plan) -> list[str]:
    """What is to be said of templates that put their cards into a deck of their own."""
    forms = {draft.form.name: draft.form for draft in plan.drafts}.values()
    return [
        f"the template “{one.name}” of {form.name} put its cards into “{one.deck}”: new learners get them beside the others"
        for form in forms
        for one in form.of.templates
        if one.deck
    ]
