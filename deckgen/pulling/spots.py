"""Which text of a card each field of its note comes from, and what a learner made of it.

Fields that deckgen itself makes, such as the source and the state, come from no text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Container, Iterator, Mapping
from dataclasses import dataclass
from typing import assert_never

from deckgen.adopting.look import PLAIN, Look
from deckgen.checks.structure.cloze_marks import problems
from deckgen.deck import NO_LANGUAGE, Card, Deck
from deckgen.kinds import ClozeText, ItemList, Occlusion, OwnFields, QuestionAnswer, Role
from deckgen.markup import cloze, markdown
from deckgen.notes.filters import in_brackets
from deckgen.notes.note_types import NoteType
from deckgen.patterns import lazy
from deckgen.pulling.merge import are_alike
from deckgen.written import Text

_Finish = Callable[[str], str]
_Three = tuple[str, str, str]


def _same(html: str) -> str:
    return html


@dataclass(frozen=True, slots=True)
class Spot:
    """A text of a card: the keys that lead to it in the card, as the last one of which it stands.

    `text` is None where the card has none. What was shipped of it and what the learner has is HTML, as a
    build makes it of this text alone, and what it does to that besides (`finish`). With `cloze`, Anki hides
    the deletions in it. A card can do without it if it is `optional`. It stands in a `field` of the note.
    """

    keys: tuple[str, ...]
    text: Text | None
    now: str
    base: str
    theirs: str
    cloze: bool = False
    optional: bool = False
    finish: _Finish = _same
    field: str = ""

    @property
    def name(self) -> str:
        """How findings call it."""
        return ": ".join(self.keys[-2:]) if self.keys[-2:-1] in (("list",), ("masks",)) else self.keys[-1]


@dataclass(frozen=True, slots=True)
class Trouble:
    """An edit that no text can take, and why, in words for people; `hint` says what to do."""

    field: str
    reason: str
    code: str = "P03"
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Sides:
    """The fields of a note by name: as a build makes them now, as they were shipped, and the learner's.

    It is their `own` if it came home as a new note, and is still without what a build makes of it.
    """

    now: Mapping[str, str]
    base: Mapping[str, str]
    theirs: Mapping[str, str]
    own: bool = False

    def edited(self) -> list[str]:
        """The fields that the learner edited, in their order, without those that say now what theirs says."""
        return [
            name for name, theirs in self.theirs.items() if theirs not in (self.base[name], self.now[name])
        ]


def spots(
    deck: Deck,
    card: Card,
    lang: str,
    note_type: NoteType,
    sides: Sides,
    items: Mapping[str, int],
    without: Container[str] = (),
) -> Iterator[Spot | Trouble]:
    """The texts of a card whose fields a learner edited, but fields `without`, and masks.

    `items` are the numbers of its items by key.
    """
    content = card.contents[lang]
    known = {name: (keys, text, kind) for name, keys, text, kind in _texts(deck, card, lang)}
    for name in sides.edited():
        if name in without or (isinstance(content, Occlusion) and name == MASKS):
            continue
        if name == "Typed" and sides.theirs[name] == typed(sides.theirs.get("Answer", "")):
            continue  # it follows the answer
        if isinstance(content, ItemList) and name == LIST:
            yield from _items(content, lang, sides, items)
        elif name not in known:
            if not sides.own:
                yield Trouble(name, *_EMPTY) if name.startswith(_UNSEEN) else Trouble(name, _MADE)
        else:
            keys, text, kind = known[name]
            one = (sides.now[name], sides.base[name], sides.theirs[name])
            is_cloze = kind == "cloze"
            finish: _Finish = _same if is_cloze or not note_type.is_cloze else cloze.finish
            if name in note_type.bracketed:
                one, finish = _without_brackets(one, finish)
            is_optional = kind == "optional"
            yield Spot(keys, text, *one, cloze=is_cloze, optional=is_optional, finish=finish, field=name)


#: At most so many classes and ids are named in a finding.
_MOST_NAMED = 10


def unsaid(spot: Spot, look: Look, comes: str) -> Trouble | None:
    """What a learner added of classes and ids, and is not in the HTML that `comes` home, if anything.

    They count for no edit where no style sheet of the deck has a rule for them, as nobody sees them. But
    Anki's editor adds none: somebody typed them, for a rule that may be in that collection. What Anki's
    editor, a browser or an office program adds by itself, and what has no look, is not told: `data-…` (Anki
    marks shrunk pictures with `data-editor-shrink`), `lang`, `dir`, `aria-…`, `mso-…`, styles that only say
    what is so anyway, and comments (`<!--StartFragment-->`).
    """
    known = {*_named(spot.base), *_named(spot.now), *_named(comes)}
    added = [one for one in dict.fromkeys(_named(spot.theirs)) if one not in known and one not in look.names]
    if not added:
        return None
    names = ", ".join(f"`{one[:80]}`" for one in added[:_MOST_NAMED])
    return Trouble(spot.name, f"the text has no notation for {names}, and keeps the words only")


_WITH_NAMES = lazy(r"""<[a-z](?:"[^"]*+"|'[^']*+'|[^"'<>])*+>""", re.IGNORECASE)
_NAMES = lazy(r"""\s(class|id)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))""", re.IGNORECASE)


def _named(html: str) -> Iterator[str]:
    """The classes (`.x`) and ids (`#x`) in a field."""
    if "=" in html:
        for tag in _WITH_NAMES.findall(html):
            for what, *values in _NAMES.findall(tag):
                sign = "." if what.lower() == "class" else "#"
                yield from (f"{sign}{word}" for word in "".join(values).split())


def typed(answer: str) -> str:
    """What a learner has to type, as a build makes it of an answer."""
    return markdown.literal(markdown.plain(answer))


#: The field of the masks of a picture.
MASKS = "Occlusion"
#: The field of the items of a list.
LIST = "List"
#: How fields begin that no card shows: spare ones, and one that Anki's own type of pictures has.
_UNSEEN = ("Spare", "Comments")
_EMPTY = (
    "no key fills this field, and no card shows it: the text stays there until an import changes the note",
    "P03",
    "if it is worth keeping, write it under a key of the card, such as `note:`",
)
_MADE = "deckgen makes this field, of other keys of the card: change those"


def made_fields(deck: Deck, card: Card, lang: str, note_type: NoteType) -> frozenset[str]:
    """The fields of a note that deckgen itself makes."""
    of_texts = {MASKS, LIST, *(name for name, *_ in _texts(deck, card, lang))}
    return frozenset(
        name for name in note_type.field_names if name not in of_texts and not name.startswith(_UNSEEN)
    )


def _texts(deck: Deck, card: Card, lang: str) -> Iterator[tuple[str, tuple[str, ...], Text | None, str]]:
    """Field, keys, text, and whether that is "cloze", "optional" or neither."""
    content, inside = card.contents[lang], (lang,) if deck.languages != (NO_LANGUAGE,) else ()
    match content:
        case QuestionAnswer(question, answer):
            yield "Question", (*inside, "q"), question, ""
            yield "Answer", (*inside, "a"), answer, ""
        case ClozeText(text):
            yield "Text", (*inside, "cloze"), text, "cloze"
        case ItemList(question):
            yield "Text", (*inside, "q"), question, ""
        case Occlusion(question):
            yield "Header", (*inside, "q"), question, ""
            yield "Back Extra", (*inside, "note"), content.note, "optional"
            yield "Hint", (*inside, "hint"), content.hint, "optional"
            return
        case OwnFields():
            yield from _own(deck, content, inside)
            return
        case _:
            assert_never(content)
    yield "Note", (*inside, "note"), content.note, "optional"
    yield "Hint", (*inside, "hint"), content.hint, "optional"


def _own(
    deck: Deck, content: OwnFields, inside: tuple[str, ...]
) -> Iterator[tuple[str, tuple[str, ...], Text | None, str]]:
    own = deck.note_types[content.type.value]
    texts = {one.name.value: one.text for one in content.texts}
    for field in own.fields:
        name = field.name.value
        if name in (own.source, own.speaker):
            continue
        keys = (*inside, "note") if name == own.note else (*inside, "fields", name)
        yield name, keys, texts.get(name), "cloze" if field.meaning is Role.CLOZE else "optional"


def cloze_fault(text: Text, given: Collection[int] = (), *, own: bool) -> str:
    """What a build would refuse in a cloze, if anything. `given` are numbers that need not be in it.

    The fields of a note of the deck's `own` types count their deletions together, and a field may have none.
    """
    if own and cloze.scan(text.value) == ([], []):
        return ""
    numbers = range(1, cloze.MAX_NUMBER + 1) if own else given
    return next((message for message, _ in problems(text, numbers)), "")


# -- from a field back to the HTML of a text --------------------------------------------------

_COMMENTED = lazy(r"(?<=[{}:])<!-- -->(?=[{}:])")
_NAMED = lazy(r"&#(?:123|125|58);")
_SIGNS = {"&#123;": "{", "&#125;": "}", "&#58;": ":"}
_BRACKETS = lazy(r" ?([^ >\n\[]{1,200}?)\[([^\]]{1,500})\]")


def _without_brackets(sides: _Three, finish: _Finish) -> tuple[_Three, _Finish]:
    """Fields with readings as elements instead of brackets, where that can be told of all of them."""
    ruby = tuple(_BRACKETS.sub(r"<ruby>\1<rt>\2</rt></ruby>", html) for html in sides)
    if all(in_brackets(one) == html for one, html in zip(ruby, sides, strict=True)):
        return (ruby[0], ruby[1], ruby[2]), finish
    return sides, lambda html: in_brackets(finish(html))


def unfinished(html: str) -> str:
    """HTML before `cloze.finish`, where that can be told."""
    if "<!-- -->" not in html and "&#" not in html:
        return html
    bare = _NAMED.sub(lambda found: _SIGNS[found[0]], _COMMENTED.sub("", html))
    return bare if cloze.finish(bare) == html else html


# -- lists ---------------------------------------------------------------------------------

_TAG = re.compile(r"(<li>|</li>)")
_ITEM = lazy(r"\s*\{\{c([0-9]{1,3})::(.*)\}\}(?:\s|<br>|&nbsp;)*", re.DOTALL)


def _items(
    content: ItemList, lang: str, sides: Sides, numbers: Mapping[str, int]
) -> Iterator[Spot | Trouble]:
    now, base, theirs = (items_of(fields[LIST]) for fields in (sides.now, sides.base, sides.theirs))
    if now is None or base is None or theirs is None:
        yield Trouble(LIST, "it is no longer a list with a deletion in each item: change `list:` yourself")
        return
    texts = {numbers[item.key.value]: item for item in content.items}
    there = _there_already(theirs, base, now)
    for number in theirs.keys() - base.keys() - there.keys():
        words = theirs[number][:80]
        yield Trouble(LIST, f"the item “{words}” was added: add it to `list:` under a key of its own")
    for number in base.keys() - theirs.keys() - {*there.values()}:
        if number in texts:
            key = texts[number].key.value
            yield Trouble(LIST, f"the item `{key}` was taken out: take it out of `list:` yourself")
    both = [number for number in theirs if number in base]
    if both not in ([one for one in listed if one in theirs and one in base] for listed in (base, now)):
        yield Trouble(LIST, "the items were put into another order: change `list:` yourself")
    inside = (lang, "list") if lang else ("list",)
    for number in both:
        if theirs[number] not in (base[number], now.get(number)):
            item = texts.get(number)
            if item is None or number not in now:
                yield Trouble(LIST, f"the item c{number} is no longer in `list:`")
            elif "::" in _TAGS.sub("", theirs[number]):
                yield Trouble(LIST, f"the item `{item.key.value}` got a hint, which items don't have")
            else:
                keys = (*inside, item.key.value)
                one, two, three = (unfinished(listed[number]) for listed in (now, base, theirs))
                yield Spot(keys, item.text, one, two, three, field=LIST)


def _there_already(
    theirs: Mapping[int, str], base: Mapping[int, str], now: Mapping[int, str]
) -> dict[int, int]:
    """The items that a learner added and the card has now, too: the number that each has there, and here."""
    found: dict[int, int] = {}
    for number in theirs.keys() - base.keys():
        for here in now.keys() - (theirs.keys() - {number}) - {*found.values()}:
            if are_alike(unfinished(now[here]), unfinished(theirs[number]), PLAIN, cloze=False):
                found[number] = here
                break
    return found


# No comments: a build writes one between two colons that begin no hint.
_TAGS = lazy(r"<(?!!)[^<>]*>")


def items_of(html: str) -> dict[int, str] | None:
    """The items of a list field by number, `unfinished` not yet; None when it is no list of deletions."""
    html = html.strip()
    if not (html.startswith("<ul>") and html.endswith("</ul>")):
        return None
    depth, items, current = 0, [], ""
    for part in _TAG.split(html[4:-5]):
        depth += (part == "<li>") - (part == "</li>" and depth > 0)
        if part == "<li>" and depth == 1:
            current = ""
        elif part == "</li>" and depth == 0:
            items.append(current)
        elif depth:
            current += part
        elif part.strip():
            return None
    found: dict[int, str] = {}
    for item in items:
        match = _ITEM.fullmatch(item)
        # Anki ends a deletion at the first of these signs, and a build writes no other ones (`cloze.finish`).
        if match is None or "}}" in match[2] or int(match[1]) in found:
            return None
        found[int(match[1])] = match[2]
    return found if depth == 0 else None
