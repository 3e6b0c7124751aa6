"""Values of a YAML file, each with a finding when it has not the wanted shape."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from deckgen import source
from deckgen.deck import NO_LANGUAGE
from deckgen.diagnostic import MOST, Diagnostic, Place, more
from deckgen.keys import (
    MAX_NAME,
    MAX_NESTED,
    choose,
    control_character,
    is_deep,
    is_name,
    misplaced,
    shape_hint,
)
from deckgen.written import Text


class Enough(Exception):
    """There are so many findings that the rest of a deck is not read."""


class Values:
    """Takes values out of nodes; `findings` fills as it goes, about the `card` and `lang` of the moment.

    Every method raises Enough after the finding that says so.
    """

    def __init__(self) -> None:
        self.findings: list[Diagnostic] = []
        self.card = ""
        self.lang = ""

    def keys(
        self, node: source.Node | None, place: Place, what: str, allowed: Iterable[str] | None
    ) -> source.Mapping | None:
        """`node` as a mapping with only the `allowed` keys (None: any), or a finding and None."""
        if node is None:
            self.report(place, "K02", f"{what} is empty", "see docs/format.md, or try `deckgen new`")
            return None
        if not isinstance(node, source.Mapping):
            self.report(node.place, "K03", f"{what} must be a mapping of keys", shape_hint(what))
            return None
        known = tuple(allowed) if allowed is not None else tuple(node.entries)
        for name, (key, value) in node.entries.items():
            if name not in known:
                hint = misplaced(name, value, known) or choose(name, known)
                if node.flow and isinstance(value, Text) and value.plain and not value.value:
                    hint = "a comma ends a text inside `{ }`: put the whole text in double quotes"
                self.report(key.whole, "K01", f"{what} has no key `{name}`", hint)
        return node

    def text(self, node: source.Node | None, key: str) -> Text | None:
        if node is None:
            return None
        if not isinstance(node, Text):
            hint = "put the text in double quotes"
            self.report(node.place, "K03", f"`{key}:` must be a text", hint)
            return None
        found = control_character(node.value)
        if found:
            name = found if found.startswith("&") else f"U+{ord(found):04X}"
            message = f"`{key}:` has the control character {name}"
            self.report(node.place, "Y07", message, "delete it: Anki drops it or refuses the package")
            return None
        if is_deep(node.value):
            message = f"`{key}:` has more than {MAX_NESTED} quotations and lists within each other"
            self.report(node.place, "Y04", message, "write it flatter, or put signs that are meant into code")
            return None
        return node

    def texts(self, keys: source.Mapping, key: str) -> tuple[Text, ...]:
        """A list of texts; a single text counts as a list of one."""
        node = keys.get(key)
        if node is None:
            return ()
        nodes = node.items if isinstance(node, source.Sequence) else [node]
        texts = (self.text(item, key) for item in nodes)
        return tuple(text for text in texts if text is not None)

    def localised(
        self, keys: source.Mapping, key: str, languages: tuple[str, ...], *, required: bool = False
    ) -> Mapping[str, Text]:
        """A text per language; in a deck of one language simply a text."""
        node = keys.get(key)
        if node is None:
            if required:
                self.report(keys.place, "K02", f"there is no `{key}:`", f"add `{key}:`")
            return {}
        if languages == (NO_LANGUAGE,):
            text = self.text(node, key)
            return {NO_LANGUAGE: text} if text else {}
        if isinstance(node, Text):
            example = ", ".join(f'{lang}: "…"' for lang in languages)
            message = f"`{key}:` must have a text for each language"
            self.report(node.place, "K03", message, f"write `{key}: {{{example}}}`")
            return {}
        inner = self.keys(node, node.place, f"`{key}:`", languages)
        if inner is None:
            return {}
        texts = {}
        for lang in languages:
            text = self.text(inner.get(lang), lang)
            if text is not None:
                texts[lang] = text
            elif lang not in inner:
                message = f"`{key}:` lacks the language `{lang}`"
                self.report(node.place, "B01", message, f"add `{lang}:`", lang)
        return texts if len(texts) == len(languages) else {}

    def flag(self, keys: source.Mapping, key: str) -> bool:
        text = self.text(keys.get(key), key)
        if text is None or text.value == "false":
            return False
        if text.value != "true":
            self.report(text.whole, "K03", f"`{key}:` must be true or false", f"write `{key}: true`")
        return True

    def name(self, keys: source.Mapping, key: str, what: str, missing_code: str = "K02") -> Text | None:
        text = self.text(keys.get(key), key)
        if text is None:
            if key not in keys:
                self.report(
                    keys.place,
                    missing_code,
                    f"there is no `{key}:`",
                    f"add `{key}:`, such as `my-first-idea`",
                )
            return None
        # Where a text stands takes longer to tell than whether it will do.
        return text if is_name(text.value) or self.is_name(text.value, text.whole, what) else None

    def is_name(self, name: str, place: Place, what: str) -> bool:
        if is_name(name):
            return True
        near = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:MAX_NAME] or "my-first-idea"
        hint = f"use a-z, 0-9 and single hyphens, at most {MAX_NAME} characters, such as `{near}`"
        self.report(place, "K04", f"`{name}` can't be {what}", hint)
        return False

    def report(self, place: Place, code: str, message: str, hint: str, lang: str = "") -> None:
        if len(self.findings) == MOST:
            self.findings.append(more(place))
            raise Enough
        self.findings.append(Diagnostic(place, code, message, hint, self.card, lang or self.lang))
