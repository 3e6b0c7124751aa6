"""Findings about what a pull could not take, or only tells."""

from __future__ import annotations

import filecmp
import time
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from deckgen.building.steps import Ready
from deckgen.deck import Card
from deckgen.editing.edit import CantEdit
from deckgen.finding import Finding, Place, Severity
from deckgen.lock import held as locks
from deckgen.lock.limits import EARLIEST, LATEST, SKEW
from deckgen.lock.lines import reach
from deckgen.lock.undelivered import shown_ref
from deckgen.markup import markdown
from deckgen.notes.render import Rendered
from deckgen.packing import collection
from deckgen.pulling import told_types
from deckgen.pulling.decide import LACKING, NO_BASE, Judge
from deckgen.pulling.decision import Decision
from deckgen.pulling.found import Asked, Package
from deckgen.pulling.fresh import card_file
from deckgen.pulling.learner import Held, State, Theirs
from deckgen.pulling.told_types import all_of, one_of
from deckgen.terminal import counted

#: At most so many cards are named in one finding, and notes listed by findings of their own.
_NAMED, LISTED = 10, 100
_BY_HAND = "if others are to get it, write it yourself"
#: What `--theirs` takes beside the text in question.
_EMPTY = ", also the empty ones of P07"
_TAKES_AWAY = "an import that changes the note takes it away"
_TAKE_IN = "take such notes in with `--new CARDS.yaml`"
#: So much of a field is looked at to name a note.
_MOST = 2_000


def expect_known(decks: Sequence[Ready], asked: Asked) -> None:
    """Refuse ids that no card has, and a file for new cards that lies in no deck. Raises CantEdit."""
    known = {card.id.value for item in decks for card in item.deck.cards}
    if unknown := sorted({*asked.theirs, *asked.ours} - known):
        raise CantEdit(f"no deck has a card {one_of(unknown)}")
    roles = {note.role for item in decks for rendered in item.rendered for note in rendered.notes}
    kinds = [one for item in decks for rendered in item.rendered for one in rendered.note_types.values()]
    if unknown := sorted(asked.note_types - roles - {one.name for one in kinds}):
        verb = "are" if len(roles) > 1 else "is"
        there = all_of([f"`{role}`" for role in sorted(roles)])
        raise CantEdit(f"no deck has cards of the note type {one_of(unknown)}: there {verb} {there}")
    if both := sorted(asked.theirs & asked.ours):
        verb = "stands" if len(both) == 1 else "stand"
        named = " and ".join(f"`{name}`" for name in both)
        raise CantEdit(f"{named} {verb} behind both `--theirs` and `--ours`: choose one")
    if asked.new is not None and all(card_file(item.deck, asked.new) is None for item in decks):
        folder = decks[0].deck.folder.as_posix() if decks else "the folder of a deck"
        raise CantEdit(f"{asked.new.as_posix()} is no card file of a deck: name one in {folder}")


def expect_one_deck(packages: Sequence[Package], asked: Asked) -> None:
    """Refuse to decide by one id about edits of two decks. Raises CantEdit."""
    decks: dict[str, str] = {}
    for one in (decision.theirs.card.id for package in packages for decision in package.decisions):
        folder = Path(one.file.shown).parent.name
        if one.value in asked.theirs | asked.ours and decks.setdefault(one.value, folder) != folder:
            both = f"{decks[one.value]} and {folder}"
            raise CantEdit(
                f"the learner edited the card `{one.value}` of {both}: "
                f"name the deck that you mean, such as `deckgen pull FILE {folder}`"
            )


def expect_given_out(
    decks: Sequence[Ready], shipped: Mapping[Path, frozenset[str]], files: Iterable[Path]
) -> None:
    """Refuse a file of a learner in the place of a package that was shipped: what is in it counts as ours.

    `shipped` are the guids of each. Packages that were built carry their lock; a deck that was adopted was
    given out by others, too. Raises CantEdit, and collection.Unreadable for what is no package.
    """
    own = {
        note.guid
        for item in decks
        if item.deck.adopted is None
        for rendered in item.rendered
        for note in rendered.notes
    }
    for path, guids in shipped.items():
        if any(filecmp.cmp(path, file, shallow=False) for file in files):
            raise CantEdit(f"{path.as_posix()} is the file that is pulled: what was shipped is another one")
        if own & guids and collection.read_lock(path) is None:
            raise CantEdit(
                f"{path.as_posix()} is not a package that deckgen built; an export has its learner's edits"
            )


def nobodys(decks: Sequence[Ready], packages: Sequence[Package]) -> Iterator[Finding]:
    """A finding about a file that has nothing of these decks: likely it is the wrong one."""
    if decks and not any(one.there or one.added or one.fresh or one.elsewhere for one in packages):
        place = Place(locks.path_of(decks[0].deck).as_posix())
        hint = (
            "is it the right one? Give the collection or export of somebody who has the deck; what came "
            "before a `--new-major` is another deck"
        )
        yield Finding(
            place, "P06", "the learner has no note of these packages", hint, severity=Severity.ERROR
        )


def useless(shipped: Mapping[Path, frozenset[str]], there: Container[str]) -> Iterator[Finding]:
    """Findings about packages that were named, with their guids, and have no note that the learner has."""
    for path, guids in shipped.items():
        if not any(guid in there for guid in guids):
            message = "has no note that the learner has, so it tells nothing of what was edited"
            hint = "name a package of the same deck, in the same language"
            yield Finding(Place(path.as_posix()), "P02", message, hint, severity=Severity.WARNING)


def of_no_branch(decks: Sequence[Ready], packages: Sequence[Package]) -> Iterator[Finding]:
    """A finding about new cards that come home while HEAD is detached."""
    if any(one.fresh for one in packages):
        place = Place(locks.path_of(decks[0].deck).as_posix())
        message = "new cards came home on no branch (HEAD is detached): pulls elsewhere make them again"
        hint = "`git switch -c NAME` before you commit: then pulls on other branches know of them"
        yield Finding(place, "P05", message, hint, severity=Severity.WARNING)


def findings(
    item: Ready, rendered: Rendered, has: Held, package: Package, judge: Judge, now: int
) -> Iterator[Finding]:
    """All that a person should know of one package."""
    yield from _about(item, rendered.lang, has, package)
    yield from _older(rendered.lang, package, now)
    yield from _ahead(item, rendered.lang, has, now)
    for decision in package.decisions:
        yield from _decided(decision, judge, package)


def _about(item: Ready, lang: str, has: Held, package: Package) -> Iterator[Finding]:
    place = item.deck.key.place
    yield from _of_other_types(place, lang, has)
    for kind in package.restyled:
        yield from told_types.findings(item, lang, kind)
    for name, cards in package.vanished.items():
        message = (
            f"`{name}` is empty in {counted(len(cards), 'note')}, as Anki leaves it when its field was "
            f"deleted, or the note had another type for a while: it was not taken out here ({_names(cards)})"
        )
        hint = (
            "`deckgen explain P07` says how the learner gets it back; if it was emptied on purpose, "
            "`--theirs ID` takes it out, unless its card can't do without it"
        )
        yield Finding(place, "P07", message, hint, "", lang, Severity.WARNING)
    fields = {note.guid: note.fields[:2] for note in has.new}
    for guid, reason in list(package.added.items())[:LISTED]:
        words = " / ".join(filter(None, (markdown.words(field[:_MOST]) for field in fields[guid])))
        told = f"the learner added a note: {words[:200]}"
        if reason:
            yield Finding(
                place, "P05", f"{told}; it can't be a card: {reason}", _BY_HAND, "", lang, Severity.WARNING
            )
        else:
            yield Finding(place, "P05", told, _TAKE_IN, "", lang, Severity.INFO)
    if more := list(package.added.values())[LISTED:]:
        message = f"the learner added {counted(len(more), 'more note')}"
        severity = Severity.WARNING if any(more) else Severity.INFO
        yield Finding(place, "P05", message, "" if any(more) else _TAKE_IN, "", lang, severity)
    if package.elsewhere:
        refs = [*dict.fromkeys(shown_ref(ref) for _, ref in package.elsewhere.values())]
        cards = [card for card, _ in package.elsewhere.values()]
        message = (
            f"{counted(len(cards), 'note')} of the learner's came home on {_names(refs)}, so that no card is "
            f"made here: {_names(cards)}"
        )
        it = "that branch" if len(refs) == 1 else "those branches"
        hint = f"merge {it}; or, to give up what came home there, delete {it} and pull again"
        yield Finding(place, "P05", message, hint, "", lang, Severity.INFO)
    yield from _missing(place, lang, has)


def _older(lang: str, package: Package, now: int) -> Iterator[Finding]:
    """Findings about notes that are back at an older text or tags, or look like it; of others P10 tells."""
    for one in package.older:
        if one.stamp > now + SKEW:
            continue
        name = one.name
        message = "the learner has older tags, and changed the note since"
        back, rest = "them", "if not, the next change of the card sends yours"
        if one.older:
            message = (
                "the learner has an older text, and no import brings the newest: the note was changed since"
            )
            back, rest = "it", f"`--ours {name}` sends yours again, as the next change of the card does"
        hint = f"if the learner went back to {back}, `--theirs {name}` takes {back}; {rest}"
        yield _told(one, lang, "P09", message, hint, Severity.INFO)


def of_new(package: Package, cards: Mapping[str, Card]) -> Iterator[Finding]:
    """Findings about notes that became cards; those are `cards` by id, at their places in the new files."""
    for one in package.fresh:
        about = one.id, package.lang, Severity.WARNING
        if one.left:
            message = f"of the new card `{one.id}` these fields were not taken: {', '.join(one.left)}"
            hint = "write what they say under the keys of the card"
            yield Finding(cards[one.id].id.whole, "P03", message, hint, *about)
        for tag in one.tags_unknown:
            hint = f"{_add_tag(tag)}, and the tag to the card; if not, {_TAKES_AWAY}"
            yield Finding(cards[one.id].id.whole, "P04", _unlisted(tag), hint, *about)


def _unlisted(tag: str) -> str:
    return f"the learner's note has the tag `{tag}`, which `tags:` of deck.yaml does not list"


def _add_tag(tag: str) -> str:
    return f"if the deck is to have it, add `{tag}` to `tags:` of deck.yaml"


def _of_other_types(place: Place, lang: str, has: Held) -> Iterator[Finding]:
    """Findings about notes whose note type has another number, or other fields."""
    others = [one for one in has.notes if not one.is_ours and one.state is not State.OTHER_TYPE]
    if others:
        message = f"no import changes notes whose note type has another number there: {_names_of(others)}"
        hint = "the learner should import once with “Merge note types”"
        yield Finding(place, "P07", message, hint, "", lang, Severity.WARNING)
    others = [one for one in has.notes if one.state is State.OTHER_TYPE]
    lacking = [one for one in others if one.is_ours]
    for one in lacking[:1]:
        message = (
            "nothing was compared or taken of notes that lack fields of ours, or where nobody can tell which "
            f"is which: {_names_of(lacking)}"
        )
        hint = "what the learner edited there comes home once the fields are as in the package, or by hand"
        yield _told(one, lang, "P07", message, hint, Severity.WARNING)
    moved = [one for one in others if not one.is_ours]
    for one in moved[:1]:
        message = f"nothing was compared or taken of notes of other note types than ours: {_names_of(moved)}"
        hint = (
            "no import changes them before the learner gives them our note type again (Change Note Type); "
            "`--ours ID` then brings back what Anki dropped"
        )
        yield _told(one, lang, "P07", message, hint, Severity.WARNING)


def _missing(place: Place, lang: str, has: Held) -> Iterator[Finding]:
    """Findings about cards that only one of both has."""
    if has.left:
        message = (
            "the learner edited cards that are in no package any more, and nothing was taken: "
            f"{_names(has.left)}"
        )
        hint = "to bring such an edit home, put the card back without `retired:`, and pull again"
        yield Finding(place, "P03", message, hint, "", lang, Severity.WARNING)
    if has.gone:
        message = f"the learner lacks {counted(len(has.gone), 'note')} of this package: {_names(has.gone)}"
        hint = "they were deleted there, or never imported; `deckgen retire` takes out a bad card"
        yield Finding(place, "P06", message, hint, "", lang, Severity.INFO)


def _ahead(item: Ready, lang: str, has: Held, now: int) -> Iterator[Finding]:
    """A finding about notes whose stamps lie in the future: Anki takes no note that is older than its own."""
    late = {
        one.name: one.stamp
        for one in has.notes
        if one.stamp > now + SKEW and (one.line is None or one.stamp > reach(one.line))
    }
    if late:
        last = max(late.values())
        until = f"before {_time(last)}" if last <= LATEST else "ever"
        message = (
            f"the learner changed {counted(len(late), 'note')} with a clock that was ahead: {_names([*late])}"
        )
        hint = (
            f"no build {until} brings a new text there, unless the learner sets the clock right and "
            "changes such a note once more, if only by a tag"
        )
        place = item.deck.key.place
        yield Finding(place, "P10", message, hint, "", lang, Severity.WARNING)


def _names_of(notes: Sequence[Theirs]) -> str:
    return _names([one.name for one in notes])


def _names(cards: Sequence[str]) -> str:
    return ", ".join(cards[:_NAMED]) + (", …" if len(cards) > _NAMED else "")


def _decided(decision: Decision, judge: Judge, package: Package) -> Iterator[Finding]:
    one, name, lang = decision.theirs, decision.theirs.name, judge.lang
    take = (
        f"`--theirs {name}` takes the learner's texts of the card{_EMPTY * decision.has_vanished}, "
        f"`--ours {name}` keeps yours, and the next build sends them in place of the learner's"
    )
    late = "; if you do nothing, the next import replaces the learner's note"
    late = late if decision.is_late else ""
    if decision.reason in (NO_BASE, LACKING):
        gone = f"if it is gone, as after a build that you took back: {take}"
        is_unbuilt = one.line is not None and one.line.is_unbuilt
        ways = [take] if is_unbuilt else [package.trouble, _package_of(one), gone]
        hint = f"{'; or '.join(filter(None, ways))}; `--theirs {name} --dry-run` shows them first{late}"
        yield _told(one, lang, "P02", f"an edit can't be merged: {decision.reason}", hint)
    elif decision.reason:
        hint = f"{take}; `--theirs {name} --dry-run` shows them first{late}"
        yield _told(one, lang, "P01", f"an edit can't be merged: {decision.reason}", hint)
    waiting = decision.waiting.names
    names, last = " and ".join(f"`{one}`" for one in waiting), "s" * (len(waiting) == 1)
    rest = f"; the learner's edit of {names} wait{last} for it" if names else ""
    for clash in decision.clashes:
        place = (clash.spot.text or one.card.id).whole
        message = f"an edit of `{clash.spot.name}` can't be merged: {clash.reason}{rest}"
        by_hand = f"write it yourself, then `--ours {name}` brings your text to the learner"
        hint = by_hand if clash.by_hand or name in judge.theirs else take
        yield Finding(place, "P01", message, f"{hint}{late}", name, lang)
    yield from _not_taken(decision, lang, late, is_forced=name in judge.theirs)


def _package_of(one: Theirs) -> str:
    """Which package is missing: one from before the edit, of which git knows nothing."""
    when = f" {_time(one.stamp)}, the time of" if EARLIEST <= one.stamp <= LATEST else ""
    return f"if you have one more package from before{when} the edit, name it: `--shipped FILE`"


def _time(stamp: int) -> str:
    return f"{time.strftime('%Y-%m-%d %H:%M', time.gmtime(stamp))} UTC"


def _not_taken(decision: Decision, lang: str, late: str, *, is_forced: bool) -> Iterator[Finding]:
    """Findings about edits that no text can take."""
    one, name = decision.theirs, decision.theirs.name
    right = f"if the learner is right, change the card yourself; `--ours {name}` brings yours to the learner"
    verb = "can't be taken" if is_forced else "was not taken"
    for trouble in decision.troubles:
        message = f"an edit of the field {trouble.field} {verb}: {trouble.reason}"
        hint = trouble.hint or (right if trouble.code == "P03" else "")
        hint += _EMPTY * (decision.has_vanished and "`--theirs " in hint)
        hint += "; the learner still lacks what you changed since" * decision.is_behind
        hint = f"{hint}{late}" if hint else late.removeprefix("; ")
        yield _told(one, lang, trouble.code, message, hint, Severity.WARNING)
    left = f"leave it: {_TAKES_AWAY} there"
    if decision.is_behind and not late:
        left = (
            f"`--ours {name}` takes it away there, and brings what you changed since, which is still lacking"
        )
    for tag in decision.tags_unknown:
        hint = f"{_add_tag(tag)}, then pull again; if not, such as when you took it out, {left}{late}"
        yield _told(one, lang, "P04", _unlisted(tag), hint, Severity.WARNING)


def _told(
    one: Theirs, lang: str, code: str, message: str, hint: str, severity: Severity = Severity.ERROR
) -> Finding:
    return Finding(one.card.id.whole, code, message, hint, one.name, lang, severity)
