"""`adopt` of a package that deckgen built: it becomes the source again from which it was built.

Not an adopted deck, but one of deckgen's own: its lock is the one in the package, and its notes are rendered
to the bytes that learners have. What a package does not say is told.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from deckgen.adopting import our_letters, our_types
from deckgen.adopting.adopt import add_schemas, expect_key
from deckgen.adopting.adoption import Wanted, words
from deckgen.adopting.convert import Markdown, to_markdown
from deckgen.adopting.drafts import PER_FILE, SCHEMA_LINE
from deckgen.adopting.folder import CantAdopt, first, is_free
from deckgen.adopting.names import slug
from deckgen.adopting.our_cards import Card, Writer, absent
from deckgen.adopting.our_texts import Said
from deckgen.adopting.ours import Ours
from deckgen.adopting.report import Folder, LeftOut, Report, StaysHtml
from deckgen.adopting.scalars import listed, quoted, scalar
from deckgen.building import steps
from deckgen.building.steps import Asked, Batch, Opened
from deckgen.building.wishes import Wishes
from deckgen.checks import Craft
from deckgen.deck import RETIRED_TAG, Deck
from deckgen.finding import Finding, Place, Severity, has_errors
from deckgen.kinds import Role
from deckgen.lock.advance import next_lock
from deckgen.lock.dump import dump
from deckgen.lock.held import Held
from deckgen.lock.limits import FILE as LOCK
from deckgen.lock.lines import Lock
from deckgen.notes.render import Rendered
from deckgen.packing.stage import Stage, alone, scratch, staging
from deckgen.reading.load import DECK_FILE, NoDecks, find_folders, load, read_head
from deckgen.reading.media import FOLDER as MEDIA

_GIT = "media/** -text\ndeck.lock text eol=lf\n"
#: What no package has; all of it is only for authors.
_NEVER = (
    "no package has what only authors see: comments, `after:`, `until:`, `hedged:`, `lint:`, the glossary, "
    "where in the source a card stands, what tags mean"
)


@dataclass
class _Draft:
    """The files of a deck by name, and the ids of the cards in each card file."""

    writer: Writer
    texts: dict[str, str] = field(default_factory=dict)
    cards: list[Card] = field(default_factory=list)
    said: dict[tuple[str, str], Said] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    roles: Mapping[str, Mapping[str, Role]] = field(default_factory=dict)
    of_files: dict[str, list[str]] = field(default_factory=dict)


def adopt(decks_dir: Path, ours: Ours, wanted: Wanted) -> Report:
    """Write the source of a package of ours below `decks_dir`. Raises as adopt.adopt does."""
    expect_key(wanted.key)
    target = decks_dir / (wanted.key or ours.key)
    _expect_new(decks_dir, target, ours)
    told = Folder(target.as_posix(), ours.title)
    report = Report([told], dry=wanted.dry)
    held = nullcontext() if wanted.dry else alone(decks_dir)
    with scratch() as spare, held as journal, staging(journal) as stage:
        folder = spare / "decks" / target.name
        (folder / MEDIA).mkdir(parents=True)
        draft = _drafted(ours)
        for name, opener in ours.media.items():
            with opener() as source, (folder / MEDIA / name).open("wb") as file:
                shutil.copyfileobj(source, file)
        _write(draft, ours, folder, report, wanted)
        _tell_texts(draft, told)
        told.remarks += [*draft.remarks, _NEVER]
        _stage(draft, ours, folder, told, stage)
        add_schemas(decks_dir, stage)
        stage.finish()
    return report


def _expect_new(decks_dir: Path, target: Path, ours: Ours) -> None:
    """Raise CantAdopt when this deck is there already, or its folder is taken."""
    try:
        heads = [read_head(folder) for folder in find_folders(decks_dir).values()]
    except NoDecks:
        heads = []
    for head in heads:
        if head is not None and head.key.value == ours.key:
            raise CantAdopt(
                f"{head.folder.as_posix()} is the source of this deck, and says more than a package: nothing "
                "was changed. Take back with git what is lost of it, or only deck.lock with `deckgen lock`"
            )
    if not is_free(target):
        raise CantAdopt(f"{target.as_posix()} exists already: name another folder with `--as`")


def _drafted(ours: Ours) -> _Draft:
    """All files of the deck."""
    said: dict[tuple[str, str], Said] = {}
    writer = Writer(ours, lambda card, key, text: said.update({(card, key): text}))
    draft = _Draft(writer, said=said)
    draft.cards = [writer.card(note) for note in ours.notes]
    missing, forgotten = [], []
    for card, line in ours.gone.items():
        made = absent(card, line, ours)
        if made is not None:
            draft.cards.append(made)
        else:
            forgotten.append(card)
        missing.append(card)
    if missing:
        draft.remarks.append(
            f"{len(missing)} × a retired card that is in no package any more: {_few(missing)}"
        )
    if forgotten:
        draft.remarks.append(
            f"{len(forgotten)} of these could not be kept, and their ids are not to be used again: "
            f"{_few(forgotten)}"
        )
    draft.texts = {LOCK: dump(ours.lock), ".gitattributes": _GIT, **our_types.files(ours, {})}
    draft.texts[DECK_FILE] = _head(ours, writer, draft)
    cited = sum(bool(note.fields.get("Source")) for note in ours.notes)
    if cited and not writer.speakers:
        draft.remarks.append(
            f"{cited} × a line under an answer with a section, or a speaker, or both: it became `section:`"
        )
    if ours.lang:
        draft.remarks.append(
            f"the package has the language `{ours.lang}`; other languages of the deck are in other packages"
        )
    _spread(draft, ours)
    return draft


def _head(ours: Ours, writer: Writer, draft: _Draft) -> str:
    lang = ours.lang
    lines = [f"deck: {ours.key}"] + ([f"seed: {ours.seed}"] if ours.seed else [])
    lines += [f"title: {{{lang}: {quoted(ours.title)}}}" if lang else f"title: {quoted(ours.title)}"]
    lines += [f"languages: [{lang}]"] if lang else []
    made = to_markdown(ours.as_named(ours.description))
    if isinstance(made, Markdown) and made.text.strip():
        text = made.text.strip()
        lines += (
            ["description:", f"  {lang}:{scalar(text, 2)}"] if lang else [f"description:{scalar(text, 0)}"]
        )
    elif ours.description.strip():
        reason = made.reason if not isinstance(made, Markdown) else "it shows nothing"
        draft.remarks.append(f"the description of the deck was left out, because of this: {reason}")
    lines += our_types.head(ours)
    if writer.speakers:
        lines += ["speakers:", *(f"  {key}: {quoted(name)}" for name, key in writer.speakers.items())]
    above = f"{ours.key}::"
    tags = {tag.removeprefix(above) for note in ours.notes for tag in note.tags} - {RETIRED_TAG}
    lines += [listed("tags", sorted(tags))] if tags else []
    return SCHEMA_LINE.format("deck") + "\n".join(lines) + "\n"


def _spread(draft: _Draft, ours: Ours) -> None:
    """Write the cards into files: a new one where the section changes, so that their order stays."""
    runs: list[list[Card]] = []
    for card in draft.cards:
        if not runs or runs[-1][0].section != card.section or len(runs[-1]) == PER_FILE:
            runs.append([])
        runs[-1].append(card)
    digits = max(2, len(str(len(runs))))
    for name in draft.of_files:
        del draft.texts[name]
    draft.of_files = {}
    for number, run in enumerate(runs, start=1):
        section, decks = run[0].section, {card.deck for card in run}
        deck = next(iter(decks)) if len(decks) == 1 else ""
        named = slug(section, 40) or slug(deck.replace("::", " "), 40) or "cards"
        text = SCHEMA_LINE.format("cards")
        for key, value in (("section", section), ("deck", deck)):
            if value:
                text += (
                    f"{key}: {{{ours.lang}: {quoted(value)}}}\n" if ours.lang else f"{key}: {quoted(value)}\n"
                )
        name = f"{number:0{digits}}-{named}.yaml"
        draft.texts[name] = text + "cards:\n" + "\n".join(card.entry(deck, ours.lang) for card in run)
        draft.of_files[name] = [card.id for card in run]


def _write(draft: _Draft, ours: Ours, folder: Path, report: Report, wanted: Wanted) -> None:
    """Write the deck into the spare folder, read and render it; what can't be read is left out and told."""
    while True:
        _put(draft, folder, trusted=True)
        deck, findings = load(folder)
        if deck is None:
            raise CantAdopt(first(findings))
        lock = _known(ours.lock, {card.id for card in draft.cards})
        asked = Asked(folder.parent, folder.parent / "output", wishes=Wishes(craft=Craft.NONE))
        batch = Batch(asked, (Opened(deck, Held(lock), not has_errors(findings)),), list(findings))
        ready = steps.render(steps.inherit(steps.check(batch)))
        bad = _about_cards(draft, ready.findings, folder)
        if bad:
            _leave_out(draft, ours, bad, folder, report)
        elif not _to_the_letter(draft, ours, deck, folder):
            break
    if not ready.decks or not ready.decks[0].rendered:
        raise CantAdopt(first(ready.findings))
    told = report.folders[0]
    told.cards = len(deck.cards)
    _tell_security(told, ready.findings, folder, trusted=wanted.trusted)
    _compare(ours, deck, ready.decks[0].rendered[0], draft, lock, wanted.now)
    _mute(draft, deck, lock, folder)
    _put(draft, folder, trusted=wanted.trusted)


def _to_the_letter(draft: _Draft, ours: Ours, deck: Deck, folder: Path) -> bool:
    """Whether something is to be written otherwise, as the lock's hashes tell."""
    found = our_letters.find(ours, deck)
    chomped, roles = draft.writer.chomped | found.chomped, {**draft.roles, **found.roles}
    if (chomped, roles) == (draft.writer.chomped, draft.roles):
        return False
    draft.writer.chomped, draft.roles = chomped, roles
    notes = {note.id: note for note in ours.notes}
    draft.cards = [draft.writer.card(notes[one.id]) if one.id in notes else one for one in draft.cards]
    draft.texts |= our_types.files(ours, draft.roles)
    for name in draft.of_files:
        (folder / name).unlink()
    _spread(draft, ours)
    return True


def _put(draft: _Draft, folder: Path, *, trusted: bool) -> None:
    for name, text in draft.texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        more = "trusted: true\n" if name == DECK_FILE and trusted else ""
        (folder / name).write_bytes(f"{text}{more}".encode())


def _known(lock: Lock, cards: set[str]) -> Lock:
    return replace(lock, notes={key: line for key, line in lock.notes.items() if key[0] in cards})


def _about_cards(draft: _Draft, findings: Iterable[Finding], folder: Path) -> dict[str, str]:
    """The cards that errors are about, each with what is said. A fault of a file is one of all of them."""
    bad: dict[str, str] = {}
    for one in findings:
        if one.severity is not Severity.ERROR:
            continue
        name = one.place.path.removeprefix(f"{folder.as_posix()}/")
        for card in [one.card] if one.card else draft.of_files.get(name, ()):
            bad.setdefault(card, one.message)
    return bad


def _leave_out(draft: _Draft, ours: Ours, bad: dict[str, str], folder: Path, report: Report) -> None:
    notes = {note.id: note for note in ours.notes}
    for card, reason in bad.items():
        fields = " ".join([*notes[card].fields.values()][:2]) if card in notes else card
        report.notes.append(LeftOut(card, words(fields), reason))
    before = len(draft.cards)
    draft.cards = [card for card in draft.cards if card.id not in bad]
    if len(draft.cards) == before or not draft.cards:
        raise CantAdopt(f"none of its notes can become a card: {next(iter(bad.values()))}")
    for name in draft.of_files:
        (folder / name).unlink()
    _spread(draft, ours)


def _compare(ours: Ours, deck: Deck, made: Rendered, draft: _Draft, lock: Lock, now: int) -> None:
    """Say which notes are not the same again, and make the lock that the next build leaves as it is."""
    after, changes = next_lock(lock, deck, [made], now)
    change = changes[ours.lang]
    notes = {note.card: note for note in made.notes}
    order = [note.id for note in ours.notes if note.id in notes] == [note.card for note in made.notes]
    changed = [*change.changed, *change.new]
    same = len(notes) - len(changed)
    draft.remarks.append(f"{same:,} of {len(ours.notes):,} notes are the same again, to the byte")
    typed = sum(
        after.notes[key].authored == line.authored for key, line in lock.notes.items() if not line.left
    )
    draft.remarks.append(f"{typed:,} of them say what their author typed, to the letter")
    types = {role for role in ours.types if role not in draft.roles and deck.note_types.get(role)}
    if types:
        few = _few(sorted(types))
        draft.remarks.append(f"what the fields of {few} are for could not be told: they are `other`")
    if changed:
        draft.remarks.append(
            f"{len(changed)} × a note that the next build changes, with a new stamp: {_few(changed)}"
        )
    if change.note_types:
        draft.remarks.append(
            f"{len(change.note_types)} × a note type that the next build changes, because of its look: "
            f"{_few(change.note_types)}"
        )
    if not order:
        draft.remarks.append("the cards stand in another order than in the package")
    lines = dict(lock.notes)
    for key, line in after.notes.items():
        if key in lines and line.stamp == lines[key].stamp:
            lines[key] = line
    looks = {
        key: line
        for key, line in after.note_types.items()
        if lock.note_types.get(key, line).stamp == line.stamp
    }
    # A card that was left out stays in the lock: the next build says that it is missing.
    left = {(note.id, ours.lang): note.line for note in ours.notes}
    kept = replace(lock, notes={**left, **lines}, note_types={**lock.note_types, **looks})
    draft.texts[LOCK] = dump(kept)


def _mute(draft: _Draft, deck: Deck, lock: Lock, folder: Path) -> None:
    """Have rules of craft warn that would refuse the next build: `lint:` is in no package."""
    asked = Asked(folder.parent, folder.parent / "output")
    checked = steps.check(Batch(asked, (Opened(deck, Held(lock), True),), []))
    codes = sorted({one.code for one in checked.findings if one.severity is Severity.ERROR})
    codes = [code for code in codes if code not in {one.code for one in _demanded(deck, asked, lock)}]
    if codes:
        draft.texts[DECK_FILE] += f"lint: {{{', '.join(f'{code}: warning' for code in codes)}}}\n"
        draft.remarks.append(
            f"`lint:` of deck.yaml has {', '.join(codes)} as warnings, which would stop the next build"
        )


def _demanded(deck: Deck, asked: Asked, lock: Lock) -> list[Finding]:
    quiet = replace(asked, wishes=Wishes(craft=Craft.NONE))
    return steps.check(Batch(quiet, (Opened(deck, Held(lock), True),), [])).findings


def _tell_security(told: Folder, findings: Sequence[Finding], folder: Path, *, trusted: bool) -> None:
    begin = f"{folder.as_posix()}/"
    for one in findings:
        if one.code in ("K27", "K28") and not one.place.path.endswith(f"/{DECK_FILE}"):
            path = f"{told.path}/{one.place.path.removeprefix(begin)}"
            told.security.append(f"{path}:{one.place.line}: {one.code} {one.message}")
            told.needs_trust = told.needs_trust or one.code != "K28"
    told.trusted = trusted


def _tell_texts(draft: _Draft, told: Folder) -> None:
    """Count what became of the texts."""
    there = {card: name for name, cards in draft.of_files.items() for card in cards}
    for (card, key), said in draft.said.items():
        if card not in there:
            continue
        if said.html:
            place = _place(draft.texts[there[card]], f"{told.path}/{there[card]}", card)
            reason = (
                "Markdown does not say it to the byte" if said.exact else "it is not what we would render"
            )
            told.html.append(StaysHtml(place, card, key, reason))
        elif said.exact:
            told.exact += 1
        else:
            told.alike += 1


def _place(text: str, path: str, card: str) -> Place:
    return Place(path, text[: text.index(f"  - id: {card}\n")].count("\n") + 1)


def _stage(draft: _Draft, ours: Ours, folder: Path, told: Folder, stage: Stage) -> None:
    target = Path(told.path)
    for name in sorted([*draft.texts, *(f"{MEDIA}/{name}" for name in ours.media)]):
        stage.add(target / name, partial(shutil.copyfile, folder / name), lambda *_: False)
        told.paths.append((target / name).as_posix())


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
