"""What the style sheet and the templates of a note type make of the HTML in its fields."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from deckgen.patterns import lazy

_COMMENT = lazy(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_PARTS = lazy(r"[^{}]+|[{}]")
_STYLE = lazy(r"<style[^<>]*>(.*?)(?:</style|\Z)", re.DOTALL | re.IGNORECASE)
_NAME = lazy(r"[.#]?-?[A-Za-z_\u0080-\U0010ffff][\w-]*")
_KEEPS = lazy(r"white-space(?:-collapse)?\s*:\s*(?:pre|break-spaces|preserve)", re.IGNORECASE)
_RAW = lazy(r"<script\b.*?(?:</script|\Z)|<[^<>]*\{\{[^<>]*>", re.DOTALL | re.IGNORECASE)
_FIELD = lazy(r"\{\{(?![#^/!])(?:[^{}:]*:)*([^{}:]+)\}\}")
_WORD = lazy(r"[A-Za-z_][\w-]*")
# What looks at the elements around it, so that it may be another one among `b` than among `strong`.
_BY_PLACE = lazy(r"[+~:\[]")
#: Elements that browsers show alike, with those which our renderer writes for them.
TWINS = {"b": "strong", "i": "em"}
#: Where line breaks are kept anyway.
_CODE = frozenset(("pre", "code", "kbd", "samp", "tt", "textarea"))


@dataclass(frozen=True, slots=True)
class Look:
    """`names` have rules of their own: elements (`b`), classes (`.tone1`) and ids (`#a`).

    With `breaks`, a line break in a field is one for the learner, too (`white-space: pre-wrap`). `rules` are
    the selectors of the first rule for each name, and `same` has the elements that all rules treat as
    another one: `strong` is `b` if each rule that names one of them names the other one as well.
    """

    names: frozenset[str] = frozenset()
    breaks: bool = False
    rules: Mapping[str, str] = field(default_factory=dict)
    same: Mapping[str, str] = field(default_factory=dict)


#: No rules at all, as in a new note type.
PLAIN = Look()


def look_of(css: str, templates: Iterable[str] = ()) -> Look:
    """The look that a style sheet and templates, with their own styles and scripts, give to fields.

    A class that a script may use counts as one with a rule.
    """
    templates = tuple(templates)
    names: set[str] = set()
    breaks = any(
        _KEEPS.search(_STYLE.sub("", template)) or "<pre" in template.lower() for template in templates
    )
    first: dict[str, str] = {}
    every = [rule for sheet in _sheets(css, templates) for rule in _rules(sheet)]
    for selectors, rules in every:
        found = _NAME.findall(selectors)
        named = [name if name[0] in ".#" else name.lower() for name in found]
        names.update(named)
        for name in named:
            first.setdefault(name, " ".join(selectors.split()))
        breaks = breaks or (not _CODE.issuperset(found[-1:]) and _KEEPS.search(rules) is not None)
    for template in templates:
        if "<script" in template.lower():
            names.update(f"{sign}{word}" for word in _WORD.findall(template) for sign in ".#")
    written = [selectors for selectors, _ in every]
    same = {two: one for one, two in TWINS.items() if {one, two} <= names and _are_same(one, two, written)}
    return Look(frozenset(names), breaks, first, same)


def _are_same(one: str, two: str, rules: Iterable[str]) -> bool:
    """Whether each of these rules that names one of two elements names the other one in its place as well."""
    either = re.compile(rf"(?<![\w.#-])(?:({one})|{two})(?![\w-])", re.IGNORECASE)
    for selectors in rules:
        found = {" ".join(part.split()) for part in selectors.split(",")}
        about = {either.sub(lambda match: match[0].lower(), part) for part in found if either.search(part)}
        if any(_BY_PLACE.search(part) for part in about):
            return False
        if about != {either.sub(lambda match: two if match[1] else one, part) for part in about}:
            return False
    return True


def raw_fields(templates: Iterable[str]) -> set[str]:
    """The fields that stand in a script or in a tag: there nothing is alike but the same bytes."""
    raw = (part for template in templates for part in _RAW.findall(template))
    return {name.strip() for part in raw for name in _FIELD.findall(part)}


def _sheets(css: str, templates: Iterable[str]) -> Iterator[str]:
    yield css
    for template in templates:
        yield from _STYLE.findall(template)


def _rules(css: str) -> Iterator[tuple[str, str]]:
    """The selectors and the declarations of each rule, also of those in `@media`."""
    selectors = text = ""
    for part in _PARTS.findall(_COMMENT.sub(" ", css)):
        if part == "{":
            selectors, text = text, ""
        elif part == "}":
            yield selectors, text
            text = ""
        else:
            text = part
