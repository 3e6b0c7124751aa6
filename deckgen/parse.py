"""Nodes become a `Deck`. What a file may contain is written in `keys`.

Findings here are about the shape of a file (codes K..); whether the content
makes sense is for `checks`. A card with a finding of shape is left out, so that
one mistake gives one finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from deckgen import source
from deckgen.deck import (
    NO_LANGUAGE,
    RETIRED_TAG,
    Card,
    Citation,
    ClozeText,
    Content,
    Deck,
    Item,
    ItemList,
    QuestionAnswer,
    Retired,
    Source,
    Text,
)
from deckgen.diagnostic import Diagnostic, Place
from deckgen.keys import (
    CARD_KEYS,
    CITATION_KEYS,
    CONTENT_KEYS,
    DECK_KEYS,
    FILE_KEYS,
    LANGUAGE,
    MAX_FIND,
    MAX_NAME,
    RETIRED_KEYS,
    SOURCE_KEYS,
    choose,
    control_character,
    in_brackets,
    is_date,
    is_name,
    misplaced,
    shape_hint,
)


class Parser:
    """Reads the files of one deck; `findings` fills as it goes."""

    def __init__(self) -> None:
        self.findings: list[Diagnostic] = []
        self._card = ""
        self._lang = ""

    # -- the files -----------------------------------------------------------------

    def deck(self, node: source.Node | None, shown: str, folder: Path) -> Deck | None:
        """`deck.yaml` as a deck without cards, or None when it has no usable key, title or languages."""
        keys = self._keys(node, Place(shown), "deck.yaml", DECK_KEYS)
        if keys is None:
            return None
        key = self._name(keys, "deck", "the deck's key")
        languages = self._languages(keys)
        title = self._localised(keys, "title", languages, required=True)
        description = self._localised(keys, "description", languages)
        speakers = self._vocabulary(keys, "speakers", languages) if "speakers" in keys else None
        tags = self._vocabulary(keys, "tags", languages)
        if RETIRED_TAG in tags:
            message = f"the tag `{RETIRED_TAG}` is set by deckgen on retired cards"
            self._report(keys.place, "K04", message, "choose another word")
        if key is None or not title:
            return None
        return Deck(
            key=key,
            folder=folder,
            languages=languages,
            title=title,
            description=description,
            source=self._source(keys),
            speakers=speakers,
            tags={tag: next(iter(meaning.values())) for tag, meaning in tags.items()},
        )

    def cards(self, node: source.Node | None, shown: str, deck: Deck) -> list[Card]:
        """The cards of one card file, in its order."""
        keys = self._keys(node, Place(shown), "a card file", FILE_KEYS)
        if keys is None:
            return []
        section = self._localised(keys, "section", deck.languages)
        tags = self._texts(keys, "tags")
        listed = keys.get("cards")
        if listed is None:
            self._report(
                keys.place, "K02", "there is no `cards:` in this file", "add `cards:` and a list of cards"
            )
            return []
        if not isinstance(listed, source.Sequence):
            self._report(listed.place, "K03", "`cards:` must be a list", "start each card with `- id: …`")
            return []
        cards = []
        for entry in listed.items:
            card = self._read_card(entry, deck.languages)
            if card is not None:
                own = {tag.value for tag in card.tags}
                shared = tuple(tag for tag in tags if tag.value not in own)
                cards.append(replace(card, section=section, tags=shared + card.tags))
        self._card = ""
        return cards

    # -- one card ------------------------------------------------------------------

    def _read_card(self, node: source.Node, languages: tuple[str, ...]) -> Card | None:
        self._card = ""
        before = len(self.findings)
        multilingual = languages != (NO_LANGUAGE,)
        allowed = CARD_KEYS + (languages if multilingual else CONTENT_KEYS)
        keys = self._keys(node, node.place, "a card", allowed)
        if keys is None:
            return None
        misspelt = len(self.findings) > before
        card_id = self._name(keys, "id", "a card's id", missing_code="M08")
        self._card = card_id.value if card_id else ""
        wanted = self._only(keys, languages)
        contents: dict[str, Content] = {}
        for lang in wanted:
            content = self._content_of(keys, lang) if multilingual else self._content(keys, misspelt)
            if content is not None:
                contents[lang] = content
        tags, citation = self._texts(keys, "tags"), self._citation(keys)
        speaker = self._text(keys.get("speaker"), "speaker")
        hedged, reverse, typed = (self._flag(keys, key) for key in ("hedged", "reverse", "typed"))
        after, see = self._texts(keys, "after"), self._texts(keys, "see")
        was = self._name(keys, "was", "a card's id") if "was" in keys else None
        retired = self._retired(keys, wanted)
        if card_id is None or len(self.findings) > before:
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
            reverse=reverse,
            typed=typed,
        )

    def _only(self, keys: source.Mapping, languages: tuple[str, ...]) -> tuple[str, ...]:
        if "only" not in keys:
            return languages
        chosen = []
        for text in self._texts(keys, "only"):
            if text.value in languages and text.value:
                chosen.append(text.value)
            else:
                message = f"`only:` names the language `{text.value}`, which the deck does not have"
                self._report(
                    text.place, "K07", message, in_brackets(text.value) or choose(text.value, languages)
                )
        return tuple(lang for lang in languages if lang in chosen) or languages

    def _content_of(self, keys: source.Mapping, lang: str) -> Content | None:
        node = keys.get(lang)
        if node is None:
            message = f"the language `{lang}` is missing"
            self._report(
                keys.place, "B01", message, f"add `{lang}:`, or say `only:` with the languages it has", lang
            )
            return None
        self._lang = lang
        before = len(self.findings)
        inner = self._keys(node, node.place, f"`{lang}:`", CONTENT_KEYS)
        # With an unknown key it is clear why a part is missing.
        misspelt = len(self.findings) > before
        content = self._content(inner, misspelt) if inner is not None else None
        self._lang = ""
        return content

    def _content(self, keys: source.Mapping, misspelt: bool) -> Content | None:
        note = self._text(keys.get("note"), "note")
        present = tuple(key for key in CONTENT_KEYS[:4] if key in keys)
        match present:
            case ("q", "a"):
                question, answer = self._text(keys.get("q"), "q"), self._text(keys.get("a"), "a")
                return QuestionAnswer(question, answer, note) if question and answer else None
            case ("cloze",):
                text = self._text(keys.get("cloze"), "cloze")
                return ClozeText(text, note) if text else None
            case ("q", "list"):
                question, items = self._text(keys.get("q"), "q"), self._items(keys)
                return ItemList(question, items, note) if question and items else None
        if misspelt:
            return None
        found = " and ".join(f"`{key}`" for key in present) or "none of them"
        message = f"a card has `q` and `a`, or `cloze`, or `q` and `list`; here is {found}"
        hint = 'such as `{q: "…", a: "…"}`, `{cloze: "… {{c1::…}}"}`, `{q: "…", list: {key: "…"}}`'
        self._report(keys.place, "K05", message, hint)
        return None

    def _items(self, keys: source.Mapping) -> tuple[Item, ...]:
        node = keys.get("list")
        if not isinstance(node, source.Mapping) or not node.entries:
            place = node.place if node is not None else keys.place
            hint = 'give each member a key that never changes: `list: {end-users: "…", developers: "…"}`'
            self._report(place, "K03", "`list:` must map keys to texts", hint)
            return ()
        items = []
        for key, value in node.entries.values():
            text = self._text(value, key.value)
            if self._is_name(key.value, key.place, "a list key") and text is not None:
                items.append(Item(Text(key.value, key.place), text))
        return tuple(items)

    def _citation(self, keys: source.Mapping) -> Citation:
        node = keys.get("source")
        if node is None:
            return Citation()
        inner = self._keys(node, node.place, "`source:` of a card", CITATION_KEYS)
        if inner is None:
            return Citation()
        find = self._text(inner.get("find"), "find")
        if find is not None and len(find.value) > MAX_FIND:
            message = f"the locator `find:` has {len(find.value)} characters, at most {MAX_FIND} are allowed"
            self._report(find.place, "K08", message, "a few characters are enough to find the passage")
        return Citation(self._text(inner.get("section"), "section"), find)

    def _retired(self, keys: source.Mapping, languages: tuple[str, ...]) -> Retired | None:
        node = keys.get("retired")
        if node is None:
            return None
        inner = self._keys(node, node.place, "`retired:`", RETIRED_KEYS)
        if inner is None:
            return None
        since = self._text(inner.get("since"), "since")
        given = inner.get("reason")
        if isinstance(given, source.Scalar):
            text = self._text(given, "reason")
            reason: Mapping[str, Text] = dict.fromkeys(languages, text) if text else {}
        else:
            reason = self._localised(inner, "reason", languages, required=True)
        if since is None:
            self._report(
                inner.place, "K02", "`retired:` has no `since:`", 'add the date: `since: "2026-01-31"`'
            )
            return None
        if not is_date(since.value):
            self._report(since.place, "K04", f"`{since.value}` is not a date", 'write it as "2026-01-31"')
        return Retired(since, reason)

    # -- parts of deck.yaml --------------------------------------------------------

    def _languages(self, keys: source.Mapping) -> tuple[str, ...]:
        if "languages" not in keys:
            return (NO_LANGUAGE,)
        languages: list[str] = []
        named = self._texts(keys, "languages")
        for text in named:
            reserved = text.value in CARD_KEYS
            twice = text.value.lower() in (code.lower() for code in languages)
            if not LANGUAGE.fullmatch(text.value) or reserved or twice:
                message = f"`{text.value}` is not a language code, or stands here twice"
                hint = in_brackets(text.value) or "write codes such as `en`, `zh`, `pt-BR`"
                self._report(text.place, "K04", message, hint)
            else:
                languages.append(text.value)
        if not named:
            hint = "name at least one, such as `[en]`, or leave `languages:` out"
            self._report(keys.place, "K02", "`languages:` names no language", hint)
        return tuple(languages) or (NO_LANGUAGE,)

    def _source(self, keys: source.Mapping) -> Source | None:
        node = keys.get("source")
        if node is None:
            return None
        inner = self._keys(node, node.place, "`source:`", SOURCE_KEYS)
        if inner is None:
            return None
        title = self._text(inner.get("title"), "title")
        if title is None:
            self._report(inner.place, "K02", "`source:` has no `title:`", "add `title:`")
            return None
        by, date, url = (self._text(inner.get(key), key) for key in ("by", "date", "url"))
        if url is not None and not url.value.startswith(("https://", "http://")):
            self._report(url.place, "K04", f"`{url.value}` is not a web address", "start it with `https://`")
        return Source(title, by, date, url)

    def _vocabulary(
        self, keys: source.Mapping, key: str, languages: tuple[str, ...]
    ) -> dict[str, Mapping[str, Text]]:
        """`tags:` or `speakers:`: names with what they mean, or a bare list of names."""
        node = keys.get(key)
        words: dict[str, Mapping[str, Text]] = {}
        if node is None:
            return words
        if isinstance(node, source.Sequence):
            for text in self._texts(keys, key):
                if self._is_name(text.value, text.place, f"a word of `{key}:`"):
                    words[text.value] = dict.fromkeys(languages, text)
            return words
        inner = self._keys(node, node.place, f"`{key}:`", None)
        if inner is None:
            return words
        for word, (name, value) in inner.entries.items():
            if not self._is_name(word, name.place, f"a word of `{key}:`"):
                continue
            if isinstance(value, source.Scalar):
                meaning = self._text(value, word)
                words[word] = dict.fromkeys(languages, meaning) if meaning else {}
            else:
                words[word] = self._localised(inner, word, languages)
        return {word: meaning for word, meaning in words.items() if meaning}

    # -- values --------------------------------------------------------------------

    def _keys(
        self, node: source.Node | None, place: Place, what: str, allowed: Iterable[str] | None
    ) -> source.Mapping | None:
        """`node` as a mapping with only the `allowed` keys (None: any), or a finding and None."""
        if node is None:
            self._report(place, "K02", f"{what} is empty", "see docs/format.md, or try `deckgen new`")
            return None
        if not isinstance(node, source.Mapping):
            self._report(node.place, "K03", f"{what} must be a mapping of keys", shape_hint(what))
            return None
        known = tuple(allowed) if allowed is not None else tuple(node.entries)
        for name, (key, value) in node.entries.items():
            if name not in known:
                hint = misplaced(name, value, known) or choose(name, known)
                if node.flow and isinstance(value, source.Scalar) and value.plain and not value.value:
                    hint = "a comma ends a text inside `{ }`: put the whole text in double quotes"
                self._report(key.place, "K01", f"{what} has no key `{name}`", hint)
        return node

    def _text(self, node: source.Node | None, key: str) -> Text | None:
        if node is None:
            return None
        if not isinstance(node, source.Scalar):
            hint = "put the text in double quotes"
            self._report(node.place, "K03", f"`{key}:` must be a text", hint)
            return None
        found = control_character(node.value)
        if found:
            name = found if found.startswith("&") else f"U+{ord(found):04X}"
            message = f"`{key}:` has the control character {name}"
            self._report(node.place, "Y07", message, "delete it: Anki drops it or refuses the package")
            return None
        return Text(node.value, node.place)

    def _texts(self, keys: source.Mapping, key: str) -> tuple[Text, ...]:
        """A list of texts; a single text counts as a list of one."""
        node = keys.get(key)
        if node is None:
            return ()
        nodes = node.items if isinstance(node, source.Sequence) else [node]
        texts = (self._text(item, key) for item in nodes)
        return tuple(text for text in texts if text is not None)

    def _localised(
        self, keys: source.Mapping, key: str, languages: tuple[str, ...], *, required: bool = False
    ) -> Mapping[str, Text]:
        """A text per language; in a deck of one language simply a text."""
        node = keys.get(key)
        if node is None:
            if required:
                self._report(keys.place, "K02", f"there is no `{key}:`", f"add `{key}:`")
            return {}
        if languages == (NO_LANGUAGE,):
            text = self._text(node, key)
            return {NO_LANGUAGE: text} if text else {}
        if isinstance(node, source.Scalar):
            example = ", ".join(f'{lang}: "…"' for lang in languages)
            message = f"`{key}:` must have a text for each language"
            self._report(node.place, "K03", message, f"write `{key}: {{{example}}}`")
            return {}
        inner = self._keys(node, node.place, f"`{key}:`", languages)
        if inner is None:
            return {}
        texts = {}
        for lang in languages:
            text = self._text(inner.get(lang), lang)
            if text is not None:
                texts[lang] = text
            elif lang not in inner:
                message = f"`{key}:` lacks the language `{lang}`"
                self._report(node.place, "B01", message, f"add `{lang}:`", lang)
        return texts if len(texts) == len(languages) else {}

    def _flag(self, keys: source.Mapping, key: str) -> bool:
        text = self._text(keys.get(key), key)
        if text is None or text.value == "false":
            return False
        if text.value != "true":
            self._report(text.place, "K03", f"`{key}:` must be true or false", f"write `{key}: true`")
        return True

    def _name(self, keys: source.Mapping, key: str, what: str, missing_code: str = "K02") -> Text | None:
        text = self._text(keys.get(key), key)
        if text is None:
            if key not in keys:
                self._report(
                    keys.place,
                    missing_code,
                    f"there is no `{key}:`",
                    f"add `{key}:`, such as `my-first-idea`",
                )
            return None
        return text if self._is_name(text.value, text.place, what) else None

    def _is_name(self, name: str, place: Place, what: str) -> bool:
        if is_name(name):
            return True
        near = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:MAX_NAME] or "my-first-idea"
        hint = f"use a-z, 0-9 and single hyphens, at most {MAX_NAME} characters, such as `{near}`"
        self._report(place, "K04", f"`{name}` can't be {what}", hint)
        return False

    def _report(self, place: Place, code: str, message: str, hint: str, lang: str = "") -> None:
        self.findings.append(Diagnostic(place, code, message, hint, self._card, lang or self._lang))
