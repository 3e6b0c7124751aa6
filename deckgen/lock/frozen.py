"""Find changes that an import can't bring to learners: findings R02 to R06, R10 to R12, R23, K15, K29."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence

from deckgen.deck import Card, Deck, OwnType
from deckgen.finding import Finding, Place, Severity, first
from deckgen.kinds import Content, Kind, OwnFields, QuestionAnswer
from deckgen.lock.lines import Lock, NoteLine, PackageLine
from deckgen.notes import own_types
from deckgen.notes.identity import guid
from deckgen.notes.note_types import SCHEMA, NoteType
from deckgen.notes.render import Note, Rendered

#: A new card at least so like a lost one (0 to 1) may be that card, renamed; git's default for files is 0.5.
SIMILAR = 0.6
#: At most so many pairs of a lost and a new card are compared, and so many characters of each: difflib
#: takes milliseconds for two texts.
_PAIRS, _BEGINNING = 10_000, 200


def frozen(deck: Deck, lock: Lock, shown: str) -> list[Finding]:
    """Findings (R02, R03, R04, R06, R10, R23) about what was shipped and can't be changed by an import.

    `shown` is the lock's name.
    """
    if lock.deck != deck.identity:
        return [_other_deck(deck, *lock.deck.split(" "))]
    findings = _unknown(deck, lock, shown)
    for lang, package in lock.packages.items():
        findings += _frozen_package(deck, lang, package, shown)
    cards = {card.id.value: card for card in deck.cards}
    kinds = (
        finding
        for (card_id, lang), line in lock.notes.items()
        if card_id in cards and (content := cards[card_id].contents.get(lang)) is not None
        for finding in _frozen_kind(deck, cards[card_id], lang, content, line, shown)
    )
    return findings + _frozen_types(deck, lock) + first(kinds)


def _unknown(deck: Deck, lock: Lock, shown: str) -> list[Finding]:
    """Findings (R23) about what learners had before deckgen, and the lock does not know."""
    hint = "take deck.lock from git, as it was when the deck was adopted"
    if deck.adopted is not None and not lock.packages:
        message = "learners had this deck before deckgen, and no lock says which notes they have"
        return [Finding(deck.adopted.whole, "R23", message, hint)]
    if deck.adopted is None and any(line.adopted for line in lock.notes.values()):
        message = "learners had this deck before deckgen, and `adopted: true` is gone"
        hint = "write it again: without it, each note gets other tags, and overwrites what learners edited"
        return [Finding(deck.key.whole, "R23", message, hint)]
    findings = []
    for lang in deck.languages:
        used = {own_types.of_card(card, lang) for card in deck.cards} if deck.note_types else set()
        for name in sorted(used - {""}):
            own = deck.note_types[name]
            if own.adopted is None or (lang, name) in lock.note_types:
                continue
            other = next((one for one, role in lock.note_types if role == name), None)
            if other is not None:
                findings.append(_in_another_language(own, lang, other))
            else:
                message = f"the lock does not know the adopted note type `{name}`"
                findings.append(Finding(Place(shown), "R23", message, hint, lang=lang))
    return findings


def _in_another_language(own: OwnType, lang: str, other: str) -> Finding:
    message = (
        f"learners have the adopted note type `{own.name}` for the notes in `{other}`, and cards use it in "
        f"`{lang}`: a second package can't have it"
    )
    hint = (
        f"write `only: [{other}]` into these cards, or take `{lang}` out of `languages:`; a translation gets "
        "a folder, a deck.yaml and note types of its own"
    )
    return Finding(own.place, "R23", message, hint, lang=lang)


def never_anew(deck: Deck, lock: Lock) -> Finding | None:
    """The finding (R23) about a deck that is to begin anew though learners had it before deckgen."""
    if deck.adopted is None and not any(line.adopted for line in lock.notes.values()):
        return None
    message = (
        "learners had this deck before deckgen, and it can't begin anew: they would get every note twice"
    )
    hint = "build without `--new-major`; for a deck of new notes, make a folder of its own: `deckgen new`"
    return Finding((deck.adopted or deck.key).whole, "R23", message, hint)


def _frozen_types(deck: Deck, lock: Lock) -> list[Finding]:
    """Findings (K29) about the deck's own note types that Anki would take for others."""
    findings = []
    for name, own in deck.note_types.items():
        told: set[str] = set()
        for lang in deck.languages:
            line = lock.note_types.get((lang, name))
            if line and line.split and not told:
                findings.append(_split(own, deck.folder.name, lang))
            given = line.layout if line is not None else None
            for what, hint in own_types.misfits(own, given) if given is not None else ():
                if what not in told:
                    told.add(what)
                    message = f"the note type `{name}` {what}"
                    # What learners had before deckgen is never begun anew.
                    anew = "" if given is not None and given.number else start_over(deck)
                    findings.append(Finding(own.place, "K29", message, hint + anew))
    return findings


def _split(own: OwnType, folder: str, lang: str) -> Finding:
    message = (
        f"two branches first built the note type `{own.name}` with different fields or templates: "
        "learners of one of them get no updates of its cards"
    )
    hint = f"if somebody has the packages of both, begin anew with `deckgen build {folder} --new-major`"
    return Finding(own.place, "K29", message, hint, lang=lang, severity=Severity.WARNING)


def other_fronts(deck: Deck, packages: Iterable[Rendered], lock: Lock, delivered: bool) -> Iterator[Finding]:
    """Findings (K29) about changed fronts that may make Anki give a note some of its cards a second time.

    Refused, or a warning when the author has them `delivered` all the same. When a front changes, Anki looks
    for missing cards, and takes the cards of a note for all that it has as long as they follow each other in
    the table (rslib/src/notetype/cardgen.rs, group_generated_cards_by_note). In a small collection that
    was analysed (by Check Database, for instance) SQLite reads them in the order of their ids, so a card that
    Anki made later than its siblings lies elsewhere. Measured with Anki 26.9.3: of 80 cards in a collection
    all were doubled, of 160 none. Check Database takes the newer ones away again.
    """
    told = set()
    for rendered in packages:
        for role, note_type in rendered.note_types.items():
            line = lock.note_types.get((rendered.lang, role))
            if line is None or not line.grown or line.fronts == note_type.fronts_hash or role in told:
                continue
            told.add(role)
            place = deck.note_types[role].place
            if delivered:
                message = (
                    f"other fronts of the note type `{role}` are delivered: in a collection of fewer than "
                    "about 160 cards, Anki may make some of its cards a second time"
                )
                hint = (
                    "tell learners to choose Tools > Check Database after the import: it deletes the newer "
                    "ones, and the older ones keep their history"
                )
                yield Finding(place, "K29", message, hint, severity=Severity.WARNING)
            else:
                message = (
                    f"a front of the note type `{role}` changed, or a picture in one. Its notes got cards "
                    "after learners had them, and in a small collection Anki may now make those cards twice"
                )
                hint = (
                    "take the change back; backs and styles are free to change. "
                    "`deckgen build --fronts` delivers it all the same, and says what learners can do"
                )
                yield Finding(place, "K29", message, hint + start_over(deck))


def _other_deck(deck: Deck, key: str, seed: str = "") -> Finding:
    """The finding about a deck that had another key or seed when it was built."""
    if key != deck.key.value:
        message = f"the deck's key was `{key}` when it was built, and is `{deck.key.value}` now"
        hint = f"write `deck: {key}` again; to make a copied deck independent, use `deckgen fork`"
        hint += start_over(deck)
        return Finding(deck.key.whole, "R02", message, hint)
    now = f"is `{deck.seed.value}` now" if deck.seed else "is missing now"
    message = (
        f"the deck's seed was `{seed}` when it was built, and {now}"
        if seed
        else (f"the deck had no seed when it was built, and {now}")
    )
    hint = f"write `seed: {seed}` again" if seed else "take `seed:` out again"
    return Finding((deck.seed or deck.key).whole, "R02", message, f"{hint}: guids derive from it")


def given_numbers(lock: Lock) -> dict[tuple[str, str], set[int]]:
    """The deletion numbers that learners may have of each cloze, by card and language."""
    clozes = ((key, line) for key, line in lock.notes.items() if line.kind is Kind.CLOZE)
    return {key: {*line.cards, *line.gone} for key, line in clozes}


def _frozen_package(deck: Deck, lang: str, line: PackageLine, shown: str) -> Iterator[Finding]:
    if lang not in deck.languages:
        message = f"the language `{lang}` was built and is not in `languages:` now"
        yield Finding(deck.key.whole, "R06", message, "put it back" + start_over(deck), lang=lang)
        return
    title = deck.title[lang]
    if title.value != line.title:
        message = f"the title was “{line.title}” when it was built, and is “{title.value}” now"
        hint = f"write “{line.title}” again: an import can't rename a deck, learners rename it themselves"
        hint += " (`deckgen push --retitle` does it in a running Anki)"
        hint += start_over(deck)
        yield Finding(title.whole, "R03", message, hint, lang=lang)
    if line.schema != SCHEMA:
        message = f"the deck was built with note types of schema {line.schema}, this deckgen has {SCHEMA}"
        hint = "use the deckgen that built it: Anki would refuse every update of its notes"
        yield Finding(Place(shown), "R10", message, hint, lang=lang)


def _frozen_kind(
    deck: Deck, card: Card, lang: str, content: Content, line: NoteLine, shown: str
) -> Iterator[Finding]:
    name = card.id.value
    if (is_reverse := _turned(deck, card, content, line)) is not None:
        message = f"the card `{name}` was built with `reverse: true`, and is without it now"
        hint = "put it back; for one card only, retire this one, and write another without it under a new id"
        if is_reverse:
            message = f"the card `{name}` was built without `reverse: true`, and has it now"
            hint = (
                "take it out again, and write a second card, under a new id, that asks the other way round; "
                "or retire this one, and write another with `reverse: true` under a new id"
            )
    elif content.kind != line.kind:
        was, now = line.kind.facts.words, content.kind.facts.words
        message = f"the card `{name}` was built as {was} and is {now} now"
        hint = "take it back, retire it, and write the other kind under a new id"
    elif isinstance(content, OwnFields) and line.type not in ("", content.type.value):
        message = (
            f"the card `{name}` was built with the type `{line.type}` and has `{content.type.value}` now"
        )
        hint = "take it back, retire it, and write the other one under a new id"
    else:
        return
    hint += start_over(deck)
    yield Finding(Place(shown, line.line), "R04", message, hint, name, lang)


def _turned(deck: Deck, card: Card, content: Content, line: NoteLine) -> bool | None:
    """Whether a question of an own type has `reverse: true` now and had not, or the reverse; else None."""
    before = deck.note_types.get(line.type)
    if before is None or "q" not in before.keys:
        return None
    is_question, is_reverse = isinstance(content, QuestionAnswer), card.reverse
    if isinstance(content, OwnFields):
        after = deck.note_types[content.type.value]
        is_question, is_reverse = "q" in after.keys, after.reverse
    return is_reverse if is_question and before.reverse != is_reverse else None


def start_over(deck: Deck) -> str:
    """The end of a hint, for an author whose deck nobody has yet: learners have one that was adopted."""
    if deck.adopted is not None:
        return ""
    return f"; if nobody has the deck yet, `deckgen lock --forget {deck.folder.name}` begins it anew"


def gone(
    deck: Deck,
    rendered: Rendered,
    lock: Lock,
    shown: str,
    shipped: Callable[[Container[str]], Mapping[str, str]],
    unbuilt: Container[str],
    accepted: Container[str],
) -> list[Finding]:
    """Findings (R05) about cards that were built, or came home from a learner, and are gone from the files.

    When a new card looks like one of them, the finding suggests that it was renamed.
    `shipped` gives the texts of these notes in the last package by guid; it is called
    only when there is something to compare. Those that are `unbuilt` came home only, and are passed over if
    their id is in `accepted`.
    """
    lang = rendered.lang
    lost = {
        card: lock.notes[card, lang]
        for card in rendered.lost(card for card, own in lock.notes if own == lang)
        if not (card in unbuilt and card in accepted)
    }
    if not lost:
        return []
    return first(_gone(deck, rendered, lock, shown, lost, shipped, unbuilt))


def _gone(
    deck: Deck,
    rendered: Rendered,
    lock: Lock,
    shown: str,
    lost: Mapping[str, NoteLine],
    shipped: Callable[[Container[str]], Mapping[str, str]],
    unbuilt: Container[str],
) -> Iterator[Finding]:
    lang = rendered.lang
    fresh = [note for note in rendered.notes if (note.card, lang) not in lock.notes]
    same = {note.authored: note.card for note in reversed(fresh)}
    guids: dict[str, str] = {}
    if 0 < len(fresh) * len(lost) <= _PAIRS:
        space = lock.namespace(lang)
        guids = {card: line.guid or guid(lock.deck, space, card) for card, line in lost.items()}
    texts = shipped(set(guids.values())) if guids else {}
    for card, line in lost.items():
        twin = same.get(line.authored) or _twin(line, texts.get(guids.get(card, ""), ""), fresh)
        came = "came home from a learner" if card in unbuilt else "was built"
        message = f"the card `{card}` {came} and is gone from the card files"
        hint = f"put it back under its id; to end it, then retire it: `deckgen retire {card} --reason …`"
        if card in unbuilt:
            hint = (
                f"put it back under its id, or leave it to the learner: `deckgen build --accept {card}`; "
                "from then on only `pull --new` may bring it back"
            )
        if twin:
            message += f"; the new card `{twin}` looks like it"
            hint = (
                f"if it was renamed: `deckgen rename {card} {twin}` writes `was: {card}` into it; else {hint}"
            )
        hint += "" if card in unbuilt else start_over(deck)
        yield Finding(Place(shown, line.line), "R05", message, hint, card, lang)


def _twin(line: NoteLine, text: str, fresh: Sequence[Note]) -> str:
    """The new card that says nearly the same as a lost one; git finds renamed files in this way."""
    best, twin = SIMILAR, ""
    matcher = difflib.SequenceMatcher(None, b=text[:_BEGINNING], autojunk=False)
    for note in fresh if text else ():
        matcher.set_seq1(note.text[:_BEGINNING])
        likely = note.kind == line.kind and matcher.real_quick_ratio() > best and matcher.quick_ratio() > best
        if likely and matcher.ratio() > best:
            best, twin = matcher.ratio(), note.card
    return twin


def moved(deck: Deck, rendered: Rendered, lock: Lock, accepted: Container[str]) -> list[Finding]:
    """Findings about Anki cards that vanish (R11), or that would ask what another card asked before (R12).

    Cards whose id is in `accepted` are passed over.
    """
    return first(_moved(deck, rendered, lock, accepted))


def _moved(deck: Deck, rendered: Rendered, lock: Lock, accepted: Container[str]) -> Iterator[Finding]:
    ids = {card.id.value: card.id for card in deck.cards}
    for note in rendered.notes:
        line = lock.notes.get((note.card, rendered.lang))
        if line is None or note.retired or note.card in accepted:
            continue
        if line.cards == note.cards and not line.gone:
            continue  # as most are
        card, about = ids[note.card], (note.card, rendered.lang)
        lost = sorted(line.cards.keys() - note.cards.keys())
        if lost:
            facts = note.kind.facts
            names = ", ".join(_name(one, note, line, rendered.note_types[note.role]) for one in lost)
            message = f"the card `{note.card}` was built with the {facts.card} {names}, which is gone now"
            hint = f"put it back, or let learners keep an empty card: `deckgen build --accept {note.card}`"
            known = {*line.cards.values(), *line.gone.values()}
            fresh = [label for label in note.cards.values() if label not in known]
            if facts.named and len(lost) == len(fresh) == 1:
                hint = f"if {fresh[0]} is the same: its key never changes, write {names} again; else {hint}"
            yield Finding(card.whole, "R11", message, hint, *about)
        for number, label in line.gone.items():
            if note.cards.get(number, label) != label:
                message = f"c{number} of `{note.card}` was another deletion once, whose history would return"
                hint = f"take another number, or accept it: `deckgen build --accept {note.card}`"
                yield Finding(card.whole, "R12", message, hint, *about)
        for number, label in line.cards.items():
            other = _moved_to(number, label, note, line)
            if other is not None:
                message = f"what c{number} of `{note.card}` hid is under c{other} now, without its history"
                hint = f"number it {number} again, or accept it: `deckgen build --accept {note.card}`"
                yield Finding(card.whole, "R12", message, hint, *about)


def _name(number: int, note: Note, line: NoteLine, note_type: NoteType) -> str:
    """What an author calls a card that is gone."""
    if note.kind is Kind.OWN:
        return f"c{number}" if note_type.is_cloze else f"`{note_type.template(number - 1).name}`"
    return line.cards[number] if note.kind.facts.named else str(number)


def twice(deck: Deck, rendered: Rendered) -> list[Finding]:
    """Findings (R14) about two notes with one guid: in Anki they would overwrite each other."""
    return first(_twice(deck, rendered))


def _twice(deck: Deck, rendered: Rendered) -> Iterator[Finding]:
    ids = {card.id.value: card.id for card in deck.cards}
    owners: dict[str, str] = {}
    for note in rendered.notes:
        first = owners.setdefault(note.guid, note.card)
        if first != note.card:
            message = f"`{note.card}` has the guid of `{first}`: one of them was renamed from the other"
            yield Finding(
                ids[note.card].whole, "R14", message, "give it another id", note.card, rendered.lang
            )


def _moved_to(number: int, label: str, note: Note, line: NoteLine) -> int | None:
    """The other number under which a note now hides what `number` hid before, if there is one."""
    if note.cards.get(number) == label:
        return None
    others = (other for other, new in note.cards.items() if new == label and line.cards.get(other) != label)
    return next(others, None)
