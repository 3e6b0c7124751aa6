"""One deck is adopted: written into a spare folder, looked at as every deck is, and staged."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from deckgen.adopting import again, locking, telling, uses
from deckgen.adopting import folder as writing
from deckgen.adopting.division import Division
from deckgen.adopting.drafts import Converter, Draft, unfit
from deckgen.adopting.folder import CantAdopt, Plan
from deckgen.adopting.foreign import Foreign, ForeignNote
from deckgen.adopting.forms import Form, forms
from deckgen.adopting.names import Unique
from deckgen.adopting.report import Folder, LeftOut, Report
from deckgen.deck import Deck
from deckgen.finding import Finding, has_errors, short
from deckgen.lock import adopted
from deckgen.lock.dump import dump, refused
from deckgen.lock.limits import FILE as LOCK
from deckgen.lock.lines import Lock
from deckgen.markup import markdown
from deckgen.notes.identity import new_seed
from deckgen.packing.stage import Stage
from deckgen.reading.load import DECK_FILE
from deckgen.reading.media import FOLDER as MEDIA
from deckgen.reading.media import content_digest, is_code
from deckgen.reading.note_type_file import FOLDER as TYPES

_CODE = "a script or style sheet, which comes over only where deck.yaml says `trusted: true` (`--trusted`)"


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


@dataclass(frozen=True, slots=True)
class Made:
    """A deck in the spare folder: its lock, its lines of adopted.html by card, and what was found."""

    deck: Deck
    lock: Lock
    lines: Mapping[str, list[str]]
    findings: list[Finding]


class Adoption:
    """Writes one division of a file. `spare` is the folder for what is not in its place yet."""

    def __init__(
        self, decks_dir: Path, foreign: Foreign, wanted: Wanted, report: Report, spare: Path
    ) -> None:
        self._decks_dir, self._foreign, self._wanted = decks_dir, foreign, wanted
        self._report, self._spare = report, spare
        self._told = Folder("", "")

    def of(self, part: Division, there: again.There | None, stage: Stage) -> None:
        """Stage the files of a new deck, or those that change in the one that is `there`.

        Raises CantAdopt, and OSError when a file can't be read or written.
        """
        target = there.deck.folder if there is not None else self._decks_dir / part.key
        if there is None and not writing.is_free(target):
            hint = "name another folder with `--as`"
            raise CantAdopt(f"{target.as_posix()} exists already, and has none of these notes: {hint}")
        if there is not None and self._wanted.key not in (None, there.deck.key.value):
            raise CantAdopt(f"{target.as_posix()} has this deck already: leave out `--as`")
        title = part.title if there is None else there.title
        self._told = Folder(target.as_posix(), title, again=there is not None)
        self._report.folders.append(self._told)
        notes: Sequence[ForeignNote] = part.notes
        if there is not None:
            notes, self._told.differs = again.compare(there, notes, self._foreign)
            self._told.remarks += again.differing(there, part, self._foreign)
        plan = self._plan(part, notes, there)
        if plan.drafts:
            self._write(part, plan, there, stage)
        elif there is None:
            raise CantAdopt(f"none of its notes can become a card: {self._report.notes[0].reason}")

    def _plan(self, part: Division, notes: Sequence[ForeignNote], there: again.There | None) -> Plan:
        """What is to be written."""
        known, changed = again.forms_of(there, self._foreign) if there is not None else ({}, {})
        used = Counter(note.type for note in notes if note.type not in {*known, *changed})
        taken: Container[str] = there.deck.note_types if there is not None else ()
        of_type = forms(self._foreign.types, used, there.deck if there is not None else None) | known
        ids = Unique(there.ids if there is not None else ())
        begin = len(there.deck.cards) if there is not None else 0
        drafts = []
        for number, draft in self._drafts(part, notes, of_type, changed, there):
            drafts.append(replace(draft, id=ids.card(draft.note.fields, begin + number)))
        self._told.remarks += there.outside(drafts) if there is not None else []
        new = {draft.form.name: draft.form for draft in drafts if draft.form.name not in taken}
        key, number = (there.deck.key.value, there.next_file) if there is not None else (part.key, 1)
        return Plan(key, drafts, writing.of_forms(new.values()), begin=number)

    def _drafts(
        self,
        part: Division,
        notes: Sequence[ForeignNote],
        of_type: Mapping[int, Form],
        changed: Mapping[int, str],
        there: again.There | None,
    ) -> Iterator[tuple[int, Draft]]:
        """The cards that can be written, still without ids, by their places from 1; the others are told."""
        convert = Converter()
        key = there.deck.key.value if there is not None else part.key
        for number, note in enumerate(notes, start=1):
            if note.type in changed:
                reason = f"its note type has other fields or templates than `{TYPES}/{changed[note.type]}`"
            elif len(note.fields) != len(of_type[note.type].names):
                reason = f"it has {len(note.fields)} fields, and its note type has another number of them"
            else:
                form = of_type[note.type]
                below = part.below(note) if there is None else there.below(note)
                tags = tuple(dict.fromkeys(note.tags))
                draft = Draft("", note, form, convert.said(form, note.fields), tags, below)
                reason = unfit(draft, key)
                if not reason:
                    yield number, draft
                    continue
            self._leave(note, reason)

    def _leave(self, note: ForeignNote, reason: str) -> None:
        self._report.notes.append(LeftOut(note.guid, words(" ".join(note.fields[:2])), reason))

    def _write(self, part: Division, plan: Plan, there: again.There | None, stage: Stage) -> None:
        """Write into the spare folder, make the lock, and stage what is new."""
        folder, seed = self._spare / "decks" / plan.key, there.seed if there is not None else new_seed()
        folder.mkdir(parents=True)
        if there is not None and (there.deck.folder / TYPES).is_dir():
            shutil.copytree(there.deck.folder / TYPES, folder / TYPES)
        title = part.title if there is None else there.title
        described, remarks = telling.description(self._foreign, part) if there is None else ("", [])
        self._told.remarks += remarks
        tags = sorted({tag for draft in plan.drafts for tag in draft.tags})
        head = partial(writing.head, plan.key, seed, title, described)
        # As long as it is looked at, nothing that acts is an error: it is told.
        plan.files[DECK_FILE] = head(tags, trusted=True)
        used = uses.used(self._foreign.media, telling.types(plan), [draft.note for draft in plan.drafts])
        trusted = self._wanted.trusted if there is None else there.deck.trusted is not None
        code = frozenset() if trusted else frozenset(filter(is_code, used))
        for name in sorted(code):
            self._leave_file(name, _CODE)
        known = there.deck.media if there is not None else {}
        plan.media = {name: self._foreign.media[name] for name in sorted(used - code) if name not in known}
        made = self._locked(plan, folder, there.lock if there is not None else Lock(""))
        texts = {LOCK: dump(made.lock)}
        if refused_lines := refused(made.lock, texts[LOCK], LOCK):
            raise CantAdopt(writing.first(refused_lines))
        if there is None:
            tags = sorted({tag for draft in plan.drafts for tag in draft.tags})
            texts |= {DECK_FILE: head(tags, trusted=self._wanted.trusted), ".gitattributes": writing.GIT}
            texts[adopted.FILE] = adopted.dump(_of_files(made.deck, plan, folder), made.lines.values())
        else:
            lines = _of_files(made.deck, plan, folder, there.deck.note_types)
            texts |= there.with_tags(tags) | {adopted.FILE: there.with_lines(lines, made.lines.values())}
        telling.tell(self._told, plan, made.deck, made.findings, folder)
        telling.of_part(self._told, part, trusted=self._wanted.trusted)
        self._stage(stage, folder, writing.names(plan), texts)

    def _stage(self, stage: Stage, folder: Path, names: Sequence[str], texts: Mapping[str, str]) -> None:
        """Stage files of the spare folder, and `texts` by name instead of what lies there."""
        target = Path(self._told.path)
        for name in sorted({*names, *texts} - ({DECK_FILE} - texts.keys())):
            if name in texts:
                (folder / name).write_bytes(texts[name].encode())
            stage.add(target / name, partial(shutil.copyfile, folder / name), lambda *_: False)
            self._told.paths.append((target / name).as_posix())

    def _locked(self, plan: Plan, folder: Path, before: Lock) -> Made:
        """The deck as it was read from `folder`, and its lock. Cards with errors are left out."""
        while True:
            deck = writing.written(plan, folder, self._leave_out, self._leave_file)
            lines = locking.lines(deck, plan.drafts)
            begun = locking.begun(deck, plan.drafts, lines, before)
            (folder / LOCK).touch()
            text = adopted.dump(_of_files(deck, plan, folder), lines.values())
            (folder / adopted.FILE).write_bytes(text.encode())
            deck, findings = adopted.bind(deck, begun)
            rendered, found = locking.render(deck, begun, folder)
            findings += found
            if rendered is not None and not has_errors(findings):
                lock = locking.finished(deck, plan.drafts, begun, before, rendered, self._wanted.now)
                return Made(deck, lock, lines, findings)
            bad = dict(writing.about_cards(plan, findings, folder))
            if not bad:
                raise CantAdopt(writing.first(findings))
            writing.leave_out(plan, folder, bad, self._leave_out)
            if not plan.drafts:
                raise CantAdopt(writing.none_left(bad))

    def _leave_out(self, draft: Draft, reason: str) -> None:
        self._leave(draft.note, reason)

    def _leave_file(self, name: str, reason: str) -> None:
        self._told.files[name] = reason


def words(html: str) -> str:
    """How a field begins, for people."""
    return short(" ".join(markdown.plain(html[:2000]).split()), 60)


def _of_files(deck: Deck, plan: Plan, folder: Path, known: Container[str] = ()) -> list[str]:
    """The lines of adopted.html about media, and about note types that are not `known` yet."""
    names = {draft.form.name for draft in plan.drafts}
    own = [deck.note_types[name] for name in sorted(names) if name not in known]
    digests = {name: content_digest(folder / MEDIA / name) for name in sorted(plan.media)}
    media = [adopted.media_line(name, digest) for name, digest in digests.items()]
    return media + [adopted.type_line(one) for one in own]
