"""Turn card files into cards. `keys` says what a file may contain.

Findings here are about the shape of a file (codes K..); `checks` decides whether the
content makes sense. A card whose shape has a finding is left out, so that one mistake
gives one finding.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache, partial
from typing import assert_never

from deckgen.deck import NO_LANGUAGE, Card, Citation, Deck, Retired, Silence
from deckgen.finding import Place
from deckgen.kinds import (
    BY_KEYS,
    IN_WORDS,
    KIND_KEYS,
    ClozeText,
    Content,
    Item,
    ItemList,
    Kind,
    Occlusion,
    OwnFields,
    QuestionAnswer,
)
from deckgen.reading import masks, own_fields, tree
from deckgen.reading.keys import (
    CARD_KEYS,
    CITATION_KEYS,
    CONTENT_KEYS,
    FILE_KEYS,
    LINT_KEYS,
    MAX_FIND,
    MAX_TAGS,
    RETIRED_KEYS,
    choose,
    in_brackets,
    is_date,
    is_deletion,
)
from deckgen.reading.values import Values
from deckgen.written import Text

# Those keys that tell the kind of a card in all its languages at once.
_SHARED = {*KIND_KEYS} & {*CARD_KEYS}
#: The content of a card in a language from its keys there, and whether one of them is misspelt.
_Reads = Callable[[str, tree.Mapping, bool], Content | None]


def card_file(values: Values, node: tree.Node | None, shown: str, deck: Deck) -> list[Card]:
    """The cards of one card file, in its order."""
    keys = values.keys(node, Place(shown), "a card file", FILE_KEYS)
    if keys is None:
        return []
    section = values.localised(keys, "section", deck.languages)
    place = values.localised(keys, "deck", deck.languages)
    tags = _tags(values, keys)
    listed = keys.get("cards")
    if listed is None:
        values.report(
            keys.place, "K02", "there is no `cards:` in this file", "add `cards:` and a list of cards"
        )
        return []
    if not isinstance(listed, tree.Sequence):
        values.report(listed.place, "K03", "`cards:` must be a list", "start each card with `- id: …`")
        return []
    cards = []
    for entry in listed.items:
        card = _read_card(values, entry, deck)
        if card is not None and (section or tags or place):
            own = {tag.value for tag in card.tags}
            shared = tuple(tag for tag in tags if tag.value not in own)
            tagged, home = shared + card.tags, card.deck or _of(card, place)
            card = replace(card, section=section, tags=tagged, deck=home)
        if card is not None:
            cards.append(card)
    values.card = ""
    return cards


def _of(card: Card, place: Mapping[str, Text]) -> Mapping[str, Text]:
    """A text of the file in the languages of one of its cards."""
    return {lang: text for lang, text in place.items() if lang in card.contents}


def _read_card(values: Values, node: tree.Node, deck: Deck) -> Card | None:
    values.card = ""
    before = values.faults
    languages, multilingual = deck.languages, deck.languages != (NO_LANGUAGE,)
    allowed = CARD_KEYS + (languages if multilingual else CONTENT_KEYS)
    if multilingual and isinstance(node, tree.Mapping) and "type" in node:
        allowed += ("fields",)  # those that are alike in all languages
    keys = values.keys(node, node.place, "a card", allowed)
    if keys is None:
        return None
    misspelt = values.faults > before
    card_id = values.name(keys, "id", "a card's id", missing_code="M08")
    values.card = card_id.value if card_id else ""
    wanted = _only(values, keys, languages)
    contents: dict[str, Content] = {}
    reads = _reads(values, keys, deck, wanted)
    for lang in wanted:
        content = _content_of(values, keys, lang, reads) if multilingual else reads(lang, keys, misspelt)
        if content is not None:
            contents[lang] = content
    if keys.entries.keys() <= {"id", *languages, *CONTENT_KEYS} and card_id and values.faults == before:
        return Card(card_id, contents)  # nothing else is said of most cards
    tags, citation = _tags(values, keys), _citation(values, keys)
    speaker = values.word(keys.get("speaker"), "speaker")
    hedged, reverse, typed = (values.flag(keys, key) for key in ("hedged", "reverse", "typed"))
    after, see = values.words(keys, "after"), values.words(keys, "see")
    was = values.name(keys, "was", "a card's id") if "was" in keys else None
    retired, lint = _retired(values, keys, wanted), _silence(values, keys)
    place = values.localised(keys, "deck", wanted)
    if card_id is None or values.faults > before:
        return None
    return Card(
        id=card_id,
        contents=contents,
        tags=tags,
        citation=citation,
        speaker=speaker,
        after=after,
        see=see,
        was=was,
        retired=retired,
        hedged=hedged,
        reverse=reverse and not all(isinstance(content, OwnFields) for content in contents.values()),
        typed=typed,
        lint=lint,
        deck=place,
    )


def _tags(values: Values, keys: tree.Mapping) -> tuple[Text, ...]:
    """The tags of a file or card. They are limited, because every card of a file gets the file's tags."""
    tags = values.words(keys, "tags")
    if len(tags) > MAX_TAGS:
        message = f"`tags:` names more than {MAX_TAGS} tags"
        values.report(tags[MAX_TAGS].whole, "Y09", message, "keep the few that somebody will search for")
    return tags[:MAX_TAGS]


def _only(values: Values, keys: tree.Mapping, languages: tuple[str, ...]) -> tuple[str, ...]:
    if "only" not in keys:
        return languages
    chosen = []
    for text in values.words(keys, "only"):
        if text.value in languages and text.value:
            chosen.append(text.value)
        else:
            message = f"`only:` names the language `{text.value}`, which the deck does not have"
            values.report(
                text.whole, "K07", message, in_brackets(text.value) or choose(text.value, languages)
            )
    return tuple(lang for lang in languages if lang in chosen) or languages


def _reads(values: Values, keys: tree.Mapping, deck: Deck, languages: tuple[str, ...]) -> _Reads:
    """How the content of a card is read, with what it says once for all its languages."""
    if "type" in keys:
        own = own_fields.chosen(values, keys, deck)
        return lambda _, inner, misspelt: own_fields.content(values, own, inner, misspelt)
    masked = masks.read(values, keys, languages)
    shared = keys.entries.keys() & _SHARED
    taking = cache(partial(own_fields.taking, values, keys, deck)) if deck.note_types else None

    def read(lang: str, inner: tree.Mapping, misspelt: bool) -> Content | None:
        present = tuple([key for key in KIND_KEYS if key in inner.entries or key in shared])
        if taking is not None and (own := taking(present)) is not None:
            return own_fields.content(values, own, inner, misspelt)
        return _content(values, present, masked, lang, inner, misspelt)

    return read


def _content_of(values: Values, keys: tree.Mapping, lang: str, reads: _Reads) -> Content | None:
    node = keys.get(lang)
    if node is None:
        message = f"the language `{lang}` is missing"
        values.report(
            keys.place, "B01", message, f"add `{lang}:`, or say `only:` with the languages it has", lang
        )
        return None
    values.lang = lang
    before = values.faults
    inner = values.keys(node, node.place, f"`{lang}:`", CONTENT_KEYS)
    # When there is an unknown key, it is clear why a part is missing.
    misspelt = values.faults > before
    content = reads(lang, inner, misspelt) if inner is not None else None
    values.lang = ""
    return content


def _content(
    values: Values,
    present: tuple[str, ...],
    masked: masks.Masked | None,
    lang: str,
    keys: tree.Mapping,
    misspelt: bool,
) -> Content | None:
    def text(key: str) -> Text | None:
        return values.markup(keys.get(key), key)

    others = text("note"), text("hint")
    kind = BY_KEYS.get(present)
    match kind:
        case Kind.QA:
            question, answer = text("q"), text("a")
            return QuestionAnswer(question, answer, *others) if question and answer else None
        case Kind.CLOZE:
            cloze = text("cloze")
            return ClozeText(cloze, *others) if cloze else None
        case Kind.LIST:
            question, items = text("q"), _items(values, keys)
            return ItemList(question, items, *others) if question and items else None
        case Kind.OCCLUSION:
            question = text("q")
            if question is None or masked is None:
                return None
            return Occlusion(question, masked.pictures[lang], masked.masks, *others, alone=masked.alone)
        case Kind.OWN | None:
            if not misspelt:
                _no_kind(values, keys, present)
            return None
        case _:
            assert_never(kind)


def _no_kind(values: Values, keys: tree.Mapping, present: tuple[str, ...]) -> None:
    """Report a card that is of no kind; `present` are those of its keys that belong to a kind."""
    found = " and ".join(f"`{key}`" for key in present) or "none of them"
    question = keys.get("q")
    others = [f"`{key}:`" for key in present if key not in Kind.OCCLUSION.facts.keys]
    begun = [kind.facts for kind in Kind if present and {*present} < {*kind.facts.keys}]
    fewest = min((len(facts.keys) for facts in begun), default=0)
    begun = [facts for facts in begun if len(facts.keys) == fewest]  # those of which least is missing
    examples = ", ".join(f"`{facts.example}`" for facts in begun or [kind.facts for kind in Kind])
    alone = not values.lang and not keys.flow and len(keys.entries) == 1
    if alone and keys.entries.keys() <= {"id", *CONTENT_KEYS}:
        hint = "the keys of one card share one hyphen: `- id: …`, and below it `q:` and `a:` without one"
    elif isinstance(question, Text) and is_deletion(question.value):
        hint = "a text with `{{c1::…}}` belongs under `cloze:` instead of `q:`"
    elif others and ("occlude" in present or "masks" in present):
        hint = f"remove {' and '.join(others)}: the answer lies under the mask; more may stand in `note:`"
    elif begun:
        lacking = ([f"`{key}:`" for key in facts.keys if key not in present] for facts in begun)
        hint = f"add {', or '.join(map(' and '.join, lacking))}, as in {examples}"
    else:
        hint = f"such as {examples}"
    values.report(keys.place, "K05", f"a card has {IN_WORDS}; here is {found}", hint)


def _items(values: Values, keys: tree.Mapping) -> tuple[Item, ...]:
    node = keys.get("list")
    if not isinstance(node, tree.Mapping) or not node.entries:
        place = node.place if node is not None else keys.place
        hint = 'give each member a key that never changes: `list: {end-users: "…", developers: "…"}`'
        values.report(place, "K03", "`list:` must map keys to texts", hint)
        return ()
    items = []
    for key, value in node.entries.values():
        text = values.markup(value, key.value)
        if values.is_name(key.value, key.place, "a list key") and text is not None:
            items.append(Item(key, text))
    return tuple(items)


def _citation(values: Values, keys: tree.Mapping) -> Citation:
    node = keys.get("source")
    if node is None:
        return Citation()
    inner = values.keys(node, node.place, "`source:` of a card", CITATION_KEYS)
    if inner is None:
        return Citation()
    find = values.text(inner.get("find"), "find")
    if find is not None and len(find.value) > MAX_FIND:
        message = f"the locator `find:` has {len(find.value)} characters, at most {MAX_FIND} are allowed"
        values.report(find.whole, "K08", message, "a few characters are enough to find the passage")
    return Citation(values.text(inner.get("section"), "section"), find)


def _retired(values: Values, keys: tree.Mapping, languages: tuple[str, ...]) -> Retired | None:
    node = keys.get("retired")
    if node is None:
        return None
    inner = values.keys(node, node.place, "`retired:`", RETIRED_KEYS)
    if inner is None:
        return None
    since = values.word(inner.get("since"), "since")
    given = inner.get("reason")
    if isinstance(given, Text):
        text = values.text(given, "reason")
        reason: Mapping[str, Text] = dict.fromkeys(languages, text) if text else {}
    else:
        reason = values.localised(inner, "reason", languages, required=True)
    if "since" not in inner:
        values.report(inner.place, "K02", "`retired:` has no `since:`", 'add the date: `since: "2026-01-31"`')
    if since is None:
        return None
    if not is_date(since.value):
        values.report(since.whole, "K04", f"`{since.value}` is not a date", 'write it as "2026-01-31"')
    until = values.text(inner.get("until"), "until") if "until" in inner else None
    if until is not None and not (is_date(until.value) and until.value >= since.value):
        hint = 'write a day after `since:`, such as "2027-01-31": from then on no package has the note'
        values.report(until.whole, "K04", f"`{until.value}` is no date after `since:`", hint)
    return Retired(since, reason, until)


def _silence(values: Values, keys: tree.Mapping) -> Silence | None:
    node = keys.get("lint")
    if node is None:
        return None
    inner = values.keys(node, node.place, "`lint:` of a card", LINT_KEYS)
    if inner is None:
        return None
    codes, why = values.words(inner, "ignore"), values.text(inner.get("why"), "why")
    if not codes and "ignore" not in inner:
        values.report(inner.place, "K02", "`lint:` has no `ignore:`", "name the codes: `ignore: [L02]`")
    if why is None or not why.value.strip():
        if why is not None or "why" not in inner:
            values.report(inner.place, "K02", "`lint:` gives no reason", 'add it: `why: "…"`')
        return None
    return Silence(codes, why)
