"""Take values out of YAML; a value that has not the wanted shape gives a finding."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from deckgen.deck import NO_LANGUAGE
from deckgen.finding import MOST, Finding, Place, Severity, more, short
from deckgen.patterns import lazy
from deckgen.reading import tree
from deckgen.reading.advice import quoted
from deckgen.reading.keys import (
    LANGUAGE,
    MAX_ADOPTED_TAG,
    MAX_NESTED,
    choose,
    control_character,
    is_adopted_tag,
    is_deep,
    is_name,
    is_tag,
    misplaced,
    name_hint,
    not_a_text,
    shape_hint,
    tag_hint,
)
from deckgen.written import File, Text

# A comment that looks like more of the text: `#1 hit`, `#hashtag`, a sharp. Real ones have a blank after `#`.
_CUT = lazy(r"\s*(?P<comment>#+(?![\s#]).*|#+\s*$)")
# A comment that may be meant as text if it is the file's only one: `Item # 5 of the list`, `C # minor`.
_MAYBE_CUT = lazy(r" (?P<comment># (?:[0-9].*|\w{1,5}))\s*$")
_COMMENT = lazy(r"\S.*\s#")


@lru_cache(maxsize=4)
def _comments(file: File) -> int:
    """How many lines of a file have a comment after something else, as far as a single line shows that."""
    return sum(1 for line in file.lines if _COMMENT.match(line.lstrip()))


class Enough(Exception):
    """Raised when there are so many findings that the rest of a deck is not read."""


class Values:
    """Takes values out of nodes, and collects `findings` about the current `card` and `lang`.

    Every method raises Enough when there are too many findings; the last one says so.
    """

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        #: How many values were left out; each has a finding, here or among those about the YAML.
        self.faults = 0
        self.card = ""
        self.lang = ""

    def keys(
        self, node: tree.Node | None, place: Place, what: str, allowed: Iterable[str] | None
    ) -> tree.Mapping | None:
        """`node` as a mapping with only the `allowed` keys (None: any), or a finding and None."""
        if node is None:
            self.report(place, "K02", f"{what} is empty", "see docs/format.md, or try `deckgen new`")
            return None
        if not isinstance(node, tree.Mapping):
            self.report(node.place, "K03", f"{what} must be a mapping of keys", shape_hint(what))
            return None
        if allowed is None:
            return node
        known = tuple(allowed)
        for name, (key, value) in node.entries.items():
            if name not in known:
                hint = misplaced(name, value, known) or choose(name, known)
                if "type" in node.entries and "id" in known and name != name.lower():
                    hint = f"a field of its note type stands under `fields:`, as in `fields: {{{name}: …}}`"
                if node.flow and isinstance(value, Text) and value.plain and not value.value:
                    hint = "a comma ends a text inside `{ }`: put the whole text in double quotes"
                self.report(key.whole, "K01", f"{what} has no key `{name}`", hint)
        return node

    def markup(self, node: tree.Node | None, key: str) -> Text | None:
        """`node` as a text of a card: Markdown, or HTML if its author says so."""
        if node is None:
            return None
        read = self._sound(node, key) if isinstance(node, Text) and node.html else self.word(node, key)
        return self._whole(read, key)

    def text(self, node: tree.Node | None, key: str) -> Text | None:
        """`node` as a text that learners read, and no HTML."""
        return self._whole(self.word(node, key), key)

    def _whole(self, text: Text | None, key: str) -> Text | None:
        """The same text; reports a YAML comment that looks like the rest of it."""
        if text is None or text.style or "#" not in text.rest:
            return text
        cut = _CUT.match(text.rest)
        severity = Severity.ERROR if cut else Severity.WARNING
        if cut is None and text.value and _comments(text.file) == 1:
            cut = _MAYBE_CUT.match(text.rest)
        if cut is None:
            return text
        comment = cut["comment"].rstrip()
        place = Place(
            text.file.shown, text.end_line + 1, text.end_column + cut.start("comment") + 1, len(comment)
        )
        whole = quoted(f"{text.value}{text.rest[: cut.start('comment')]}{comment}".strip())
        message = f"YAML takes `{comment}` for a comment: it would not be shown"
        if severity is Severity.WARNING:
            hint = f"if it is text, quote it: {key}: {whole}; or put the comment on a line of its own"
            self.findings.append(Finding(place, "Y11", message, hint, self.card, self.lang, severity))
            return text
        self.report(
            place, "Y11", message, f"quote it: {key}: {whole}; or put a blank after the `#` of a comment"
        )
        return None

    def word(self, node: tree.Node | None, key: str) -> Text | None:
        """`node` as a text of any sort."""
        if node is None:
            return None
        if not isinstance(node, Text):
            self.report(node.place, "K03", f"`{key}:` must be a text", not_a_text(node, key))
            return None
        if node.html:
            message = f"`{key}:` can't be HTML"
            hint = f"remove `{tree.HTML_TAG}`: it stands before texts of cards, which are Markdown without it"
            self.report(node.place, "Y06", message, hint)
            return None
        return self._sound(node, key)

    def _sound(self, node: Text, key: str) -> Text | None:
        """The same text, if there is nothing in it that no text may have."""
        found = control_character(node.value)
        if found and next(tree.swallowed(node), None):
            self.faults += 1  # the finding about the escape says what to do
            return None
        if found:
            name = found if found.startswith("&") else f"U+{ord(found):04X}"
            message = f"`{key}:` has the control character {name}"
            self.report(node.place, "Y07", message, "delete it: Anki drops it or refuses the package")
            return None
        if not node.html and is_deep(node.value):
            message = f"`{key}:` has more than {MAX_NESTED} quotations and lists within each other"
            self.report(node.place, "Y04", message, "write it flatter, or put signs that are meant into code")
            return None
        return node

    def words(self, keys: tree.Mapping, key: str) -> tuple[Text, ...]:
        """A list of words; a single one counts as a list of one."""
        return self._all(keys, key, self.word)

    def texts(self, keys: tree.Mapping, key: str) -> tuple[Text, ...]:
        """A list of texts that learners read; a single one counts as a list of one."""
        return self._all(keys, key, self.text)

    @staticmethod
    def _all(
        keys: tree.Mapping, key: str, take: Callable[[tree.Node | None, str], Text | None]
    ) -> tuple[Text, ...]:
        node = keys.get(key)
        if node is None:
            return ()
        nodes = node.items if isinstance(node, tree.Sequence) else [node]
        texts = (take(item, key) for item in nodes)
        return tuple(text for text in texts if text is not None)

    def localised(
        self, keys: tree.Mapping, key: str, languages: tuple[str, ...], *, required: bool = False
    ) -> Mapping[str, Text]:
        """A text per language; in a deck of one language simply a text."""
        node = keys.get(key)
        if node is None:
            if required:
                self.report(keys.place, "K02", f"there is no `{key}:`", f"add `{key}:`")
            return {}
        if languages == (NO_LANGUAGE,):
            if isinstance(node, tree.Mapping) and node.entries and all(map(LANGUAGE.fullmatch, node.entries)):
                hint = f"declare `languages: [{', '.join(node.entries)}]` in deck.yaml, or write one text"
                self.report(node.place, "K03", f"`{key}:` must be a text: the deck has no languages", hint)
                return {}
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

    def flag(self, keys: tree.Mapping, key: str) -> bool:
        text = self.word(keys.get(key), key)
        if text is None or text.value == "false":
            return False
        if text.value != "true":
            wish = "false" if text.value.lower() in ("no", "off", "n", "0", "false") else "true"
            self.report(text.whole, "K03", f"`{key}:` must be true or false", f"write `{key}: {wish}`")
        return True

    def name(self, keys: tree.Mapping, key: str, what: str, missing_code: str = "K02") -> Text | None:
        text = self.word(keys.get(key), key)
        if text is None:
            if key not in keys:
                self.report(
                    keys.place,
                    missing_code,
                    f"there is no `{key}:`",
                    f"add `{key}:`, such as `my-first-idea`",
                )
            return None
        # The place of a text takes long to find, so look first whether there is anything to report.
        return text if is_name(text.value) or self.is_name(text.value, text.whole, what) else None

    def is_name(self, name: str, place: Place, what: str) -> bool:
        if is_name(name):
            return True
        self.report(place, "K04", f"`{name}` can't be {what}", name_hint(name))
        return False

    def is_tag(self, tag: str, place: Place, what: str) -> bool:
        if is_tag(tag):
            return True
        self.report(place, "K04", f"`{tag}` can't be {what}", tag_hint(tag))
        return False

    def is_adopted_tag(self, tag: str, place: Place, what: str) -> bool:
        if is_adopted_tag(tag):
            return True
        hint = f"a tag of Anki has no blanks, and here at most {MAX_ADOPTED_TAG:,} characters"
        self.report(place, "K04", f"`{short(tag)}` can't be {what}", hint)
        return False

    def report(self, place: Place, code: str, message: str, hint: str, lang: str = "") -> None:
        if len(self.findings) == MOST:
            self.findings.append(more(place))
            raise Enough
        self.faults += 1
        self.findings.append(Finding(place, code, message, hint, self.card, lang or self.lang))
