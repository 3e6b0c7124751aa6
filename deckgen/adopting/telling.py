"""What is told of a deck that was adopted: what became of its texts, and what did not come over."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from deckgen.adopting import division
from deckgen.adopting.convert import Markdown, to_markdown
from deckgen.adopting.division import Division
from deckgen.adopting.folder import Plan
from deckgen.adopting.foreign import Foreign, ForeignType
from deckgen.adopting.report import Folder, StaysHtml
from deckgen.deck import NO_LANGUAGE, Card, Deck
from deckgen.finding import Finding, Place
from deckgen.kinds import OwnFields
from deckgen.lock.limits import LATEST
from deckgen.reading.keys import control_character
from deckgen.reading.load import DECK_FILE
from deckgen.reading.tree import MAX_TEXT

#: What security finds in note types and in HTML; K28 is no error where a deck is not trusted.
_SECURITY, _ONLY_TOLD = ("K27", "K28", "K36"), "K28"


def types(plan: Plan) -> list[ForeignType]:
    """The note types that a plan uses."""
    return [*{draft.form.name: draft.form.of for draft in plan.drafts}.values()]


def description(foreign: Foreign, part: Division) -> tuple[str, list[str]]:
    """The description of a deck as Markdown, and what is to be said where it does not come over."""
    remarks = []
    below = [
        name for name, text in foreign.decks.items() if text.strip() and name.startswith(f"{part.title}::")
    ]
    if below:
        what = "descriptions of subdecks were" if len(below) > 1 else "description of a subdeck was"
        remarks.append(f"{len(below)} {what} left out: only the deck has one")
    html = foreign.decks.get(part.title, "")
    made = Markdown(html, exact=True) if part.title in foreign.markdown else to_markdown(html)
    text = made.text.strip() if isinstance(made, Markdown) else ""
    if not isinstance(made, Markdown):
        remarks.append(f"the description of the deck was left out, because of this: {made.reason}")
    elif len(text) > MAX_TEXT or control_character(text):
        remarks.append("the description of the deck was left out: it is too long, or has control characters")
        text = ""
    return text, remarks


def tell(told: Folder, plan: Plan, deck: Deck, findings: Iterable[Finding], folder: Path) -> None:
    """Count what became of the texts of a deck that was read from `folder`, and say what acts in it."""
    cards = {card.id.value: card for card in deck.cards}
    told.cards = len(plan.drafts)
    for draft in plan.drafts:
        places = _places(cards[draft.id])
        for said in draft.said:
            if said.reason:
                place = _moved(places.get(said.field, cards[draft.id].id.place), folder, told)
                told.html.append(StaysHtml(place, draft.id, said.field, said.reason))
            elif said.exact:
                told.exact += 1
            else:
                told.alike += 1
    for one in findings:
        # That the deck is trusted says nothing: it is so only while it is looked at.
        if one.code in _SECURITY and not one.place.path.endswith(f"/{DECK_FILE}"):
            place = _moved(one.place, folder, told)
            told.security.append(f"{place.path}:{place.line}: {one.code} {one.message}")
            told.needs_trust = told.needs_trust or one.code != _ONLY_TOLD
    told.remarks += _remarks(plan)
    for reason in dict.fromkeys(told.files.values()):
        names = [name for name, why in told.files.items() if why == reason]
        shown = ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
        told.remarks.append(f"left out of media/, {len(names)} × {reason}: {shown}")


def of_part(told: Folder, part: Division, *, trusted: bool) -> None:
    """Say what is to be known of the deck as a whole."""
    told.trusted = trusted
    if not told.again and division.is_default(division.home(part.notes[0])):
        told.remarks.append(
            f"the deck was “{division.DEFAULT}”, which Anki keeps for itself: new learners get “{part.title}”"
        )


def _remarks(plan: Plan) -> list[str]:
    remarks = []
    spread = division.across(draft.note for draft in plan.drafts)
    if spread:
        ids = [draft.id for draft in plan.drafts if draft.note in spread][:8]
        remarks.append(
            f"{len(spread)} × a note with cards in several decks: new learners get all of them where the "
            f"first one is: {', '.join(ids)}{', …' if len(spread) > 8 else ''}"
        )
    for form in {draft.form.name: draft.form for draft in plan.drafts}.values():
        remarks += [
            f"the template “{one.name}” of {form.name} put its cards into “{one.deck}”: new learners get "
            "them where the note is"
            for one in form.of.templates
            if one.deck
        ]
        if form.left:
            left = ", ".join(form.left[:8]) + (", …" if len(form.left) > 8 else "")
            remarks.append(f"left out, settings of add-ons in the note type {form.name}: {left}")
    late = sum(draft.note.stamp > LATEST for draft in plan.drafts)
    if late:
        remarks.append(
            f"{late} × a note with a stamp of the far future, as some programs write it: each update of such "
            "a note overwrites what learners edited in it"
        )
    return remarks


def _moved(place: Place, folder: Path, told: Folder) -> Place:
    """A place in the spare folder as one in the folder where the deck will be."""
    return place._replace(path=f"{told.path}/{place.path.removeprefix(f'{folder.as_posix()}/')}")


def _places(card: Card) -> dict[str, Place]:
    content = card.contents[NO_LANGUAGE]
    return {one.name.value: one.text.place for one in content.texts} if isinstance(content, OwnFields) else {}
