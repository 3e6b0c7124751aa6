"""A deck's folder is written somewhere, read by the reader of all decks, and compared with what was meant.

So nothing is lost or changed in silence: a card that does not come back as it was meant is left out and told.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from deckgen.adopting import drafts as writing
from deckgen.adopting.drafts import SCHEMA_LINE, Draft
from deckgen.adopting.forms import Form
from deckgen.adopting.scalars import listed, quoted, scalar
from deckgen.deck import NO_LANGUAGE, Card, Deck
from deckgen.finding import Finding, Refused, Severity, has_errors
from deckgen.kinds import OwnFields
from deckgen.reading import media, note_type_file
from deckgen.reading.load import load
from deckgen.written import Text

# git for Windows would change line ends: in pictures that are text, and in what learners have.
GIT = """\
media/** -text
note_types/** -text
deck.lock text eol=lf
adopted.html text eol=lf
"""


class CantAdopt(Refused):
    """The file can't become a deck; the message says why, and what to do."""


@dataclass
class Plan:
    """What is to be written of a deck: `drafts` are its cards in the order of study.

    `files` are texts that stand besides by their paths in the folder, and `media` open the files of `media/`.
    `cards` are the card files by name, whose numbers go on from `begin`: the text of each, and its cards.
    """

    key: str
    drafts: list[Draft]
    files: dict[str, str]
    media: Mapping[str, Callable[[], IO[bytes]]] = field(default_factory=dict)
    begin: int = 1
    cards: dict[str, tuple[str, list[Draft]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.sort()

    def sort(self) -> None:
        """Spread the cards over files anew."""
        self.cards = writing.files(self.drafts, self.begin)


def head(key: str, seed: str, title: str, description: str, tags: Sequence[str], *, trusted: bool) -> str:
    """The text of deck.yaml."""
    lines = [f"deck: {key}", f"seed: {seed}", f"title: {quoted(title)}"]
    lines += ["adopted: true        # learners have it: deck.lock and adopted.html belong to it"]
    lines += ["trusted: true        # its note types may load what is not in the deck"] if trusted else []
    lines += [f"description:{scalar(description, 0)}"] if description else []
    lines += [listed("tags", tags)] if tags else []
    return SCHEMA_LINE.format("deck") + "\n".join(lines) + "\n"


def is_free(folder: Path) -> bool:
    """Whether a deck may come into a folder: it is not there, or has no file. A stopped run leaves such.

    A link to a folder counts as a file: through it, files would come to elsewhere.
    """
    if not os.path.lexists(folder):
        return True
    if folder.is_symlink() or not folder.is_dir():
        return False
    return not any(path.is_symlink() or not path.is_dir() for path in folder.rglob("*"))


def of_forms(forms: Iterable[Form]) -> dict[str, str]:
    """The files of note types by their paths in the folder."""
    return {name: text for form in forms for name, text in form.files().items()}


def names(plan: Plan) -> list[str]:
    """The files of a plan by their paths in the folder."""
    of_media = (f"{media.FOLDER}/{name}" for name in plan.media)
    return [*plan.files, *plan.cards, *of_media]


def _write(plan: Plan, folder: Path) -> Iterator[tuple[str, str]]:
    """Write all that is meant into `folder`; gives media that have no room there, with the reasons.

    Raises OSError.
    """
    texts = plan.files | {name: text for name, (text, _) in plan.cards.items()}
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    (folder / media.FOLDER).mkdir(exist_ok=True)
    there: dict[str, str] = {}
    for name, opener in plan.media.items():
        twin = there.setdefault(name.casefold(), name)
        if twin != name:
            yield name, f"some systems take it for {twin}"
        elif not (folder / media.FOLDER / name).exists():
            with opener() as source, (folder / media.FOLDER / name).open("wb") as target:
                shutil.copyfileobj(source, target)


def written(
    plan: Plan,
    folder: Path,
    leave: Callable[[Draft, str], object],
    leave_file: Callable[[str, str], object],
) -> Deck:
    """Write the deck and read it again, without cards and files that do not come back as they were meant.

    Those go from `plan`, and to `leave` and `leave_file` with the reason. Raises CantAdopt when it can't be
    read at all, and OSError.
    """
    if not plan.drafts:
        raise CantAdopt("none of its notes can become a card")
    while plan.drafts:
        files = dict(_write(plan, folder))
        deck, findings = load(folder)
        files |= _unread_files(plan, deck, findings, folder, files)
        for name, reason in files.items():
            leave_file(name, reason)
            plan.media = {one: opener for one, opener in plan.media.items() if one != name}
            (folder / media.FOLDER / name).unlink(missing_ok=True)
        bad = dict(_misread(plan, deck, findings, folder))
        if not bad and not files and deck is not None and not has_errors(findings):
            return deck
        if not bad and not files:
            raise CantAdopt(first(findings))
        if bad:
            leave_out(plan, folder, bad, leave)
    raise CantAdopt(none_left(bad))


def none_left(bad: Mapping[str, str]) -> str:
    """What is said when there is no card left, after these had to go with their reasons."""
    return f"none of its notes can become a card: {next(iter(bad.values()))}"


def _unread_files(
    plan: Plan, deck: Deck | None, findings: Iterable[Finding], folder: Path, known: Container[str]
) -> dict[str, str]:
    """Files of `media/` that a deck can't have, with the reasons."""
    if deck is None:
        return {}
    begin = f"{folder.as_posix()}/{media.FOLDER}/"
    told = {one.place.path.removeprefix(begin): one.message for one in findings}
    gone = [name for name in plan.media if name not in deck.media and name not in known]
    return {name: told.get(name, "no folder of every system can hold a file of this name") for name in gone}


def leave_out(
    plan: Plan, folder: Path, bad: Mapping[str, str], leave: Callable[[Draft, str], object]
) -> None:
    """Take the cards with these ids out of a plan, and with them the note types that no other card has.

    What was written of the cards and of these types goes from `folder`.
    """
    for draft in plan.drafts:
        if draft.id in bad:
            leave(draft, bad[draft.id])
    before = {draft.form.name for draft in plan.drafts}
    plan.drafts = [draft for draft in plan.drafts if draft.id not in bad]
    for name in plan.cards:
        (folder / name).unlink()
    plan.sort()
    for name in before - {draft.form.name for draft in plan.drafts}:
        begin = f"{note_type_file.FOLDER}/{name}/"
        if any(path.startswith(begin) for path in plan.files):
            plan.files = {path: text for path, text in plan.files.items() if not path.startswith(begin)}
            shutil.rmtree(folder / begin)


def first(findings: Sequence[Finding]) -> str:
    """Why a deck can't be made, by what was found first."""
    errors = [one for one in findings if one.severity is Severity.ERROR] or [*findings]
    if not errors:
        return "none of its notes can become a card"
    return f"it can't become a deck: {errors[0].message}; {errors[0].hint}"


def _misread(
    plan: Plan, deck: Deck | None, findings: Iterable[Finding], folder: Path
) -> Iterator[tuple[str, str]]:
    """The ids of cards that were not read as they were meant, each with the reason."""
    yield from about_cards(plan, findings, folder)
    if deck is None:
        return
    read = {card.id.value: card for card in deck.cards}
    for draft in plan.drafts:
        card = read.get(draft.id)
        if card is None or not _says(deck, card, draft):
            yield draft.id, "it would not be read as it is"


def about_cards(plan: Plan, findings: Iterable[Finding], folder: Path) -> Iterator[tuple[str, str]]:
    """The ids of cards that errors are about, each with what is said.

    What is wrong with a file or a note type is wrong with all of its cards.
    """
    owners = {name: [one.id for one in of] for name, (_, of) in plan.cards.items()}
    base = folder.as_posix()
    for one in findings:
        if one.severity is not Severity.ERROR:
            continue
        if one.card:
            yield one.card, one.message
            continue
        name = one.place.path.removeprefix(f"{base}/")
        type_name = name.split("/")[1] if name.startswith(f"{note_type_file.FOLDER}/") else ""
        of_type = [draft.id for draft in plan.drafts if type_name and draft.form.name == type_name]
        for card in (*owners.get(name, ()), *of_type):
            yield card, one.message


def _says(deck: Deck, card: Card, draft: Draft) -> bool:
    """Whether a card was read as it was meant: texts, tags and place."""
    content = card.contents.get(NO_LANGUAGE)
    if not isinstance(content, OwnFields) or content.type.value != draft.form.name:
        return False
    got = {one.name.value: (meant(one.text), one.text.html) for one in content.texts}
    want = {one.field: (one.text, one.html) for one in draft.said if one.text}
    tags = {tag.value for tag in card.tags}
    return got == want and tags == set(draft.tags) and deck.subdeck(card, NO_LANGUAGE) == draft.deck


def meant(text: Text) -> str:
    """A text as it was meant: a block of lines ends in a break that is none of it."""
    return text.value.removesuffix("\n") if text.style == "|" else text.value
