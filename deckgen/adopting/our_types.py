"""What the note types of a package of ours say of the deck: its source, its style, its own note types."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape

from deckgen.adopting.foreign import ForeignType
from deckgen.adopting.ours import Ours
from deckgen.adopting.scalars import quoted, word
from deckgen.kinds import Role
from deckgen.markup.markdown import plain
from deckgen.notes import own_types
from deckgen.notes.layouts import Layout
from deckgen.notes.note_types import notations, our_style
from deckgen.reading.look import STYLE as DECK_STYLE
from deckgen.reading.note_type_file import FOLDER
from deckgen.reading.sheets import FILE, STYLE

_SPOKEN = re.compile(r"\{\{tts ([a-z]{2,3}_[A-Z0-9]{2,3}):Answer\}\}")
_SOURCE = re.compile(r"\{\{/Source\}\}(<span.*</span>)</footer>")
_LINK = re.compile(r'<span title="([^"]*)"><a href="([^"]*)">(.*)</a></span>')
_BETWEEN = " · "


def head(ours: Ours) -> list[str]:
    """The lines of deck.yaml that the templates tell: `source:` and `tts:`."""
    qa = ours.types.get("qa")
    back = qa.templates[0].back if qa is not None and qa.templates else ""
    lines = []
    if source := _SOURCE.search(back):
        named = ", ".join(f"{key}: {quoted(text)}" for key, text in _source(source[1]).items())
        lines.append(f"source: {{{named}}}")
    if spoken := _SPOKEN.search(back):
        lines.append(f"tts: {spoken[1]}" if not ours.lang else f"tts: {{{ours.lang}: {spoken[1]}}}")
    return lines


def _source(html: str) -> dict[str, str]:
    """What the deck is drawn from, by key, so that the line is the same again."""
    link = _LINK.fullmatch(html)
    if link is None:
        return {"title": plain(html)}
    title, line = unescape(link[1]), plain(link[3])
    named = {"title": title, "url": unescape(link[2])}
    if line == title:
        return named
    if line.startswith(f"{title}{_BETWEEN}"):
        return named | {"date": line.removeprefix(f"{title}{_BETWEEN}")}
    by, _, date = line.rpartition(_BETWEEN)
    return named | ({"by": by, "date": date} if by else {"by": line})


def files(ours: Ours, roles: Mapping[str, Mapping[str, Role]]) -> dict[str, str]:
    """The files of its own note types and its style sheet, by their paths in the deck's folder.

    `roles` is what fields are for, by note type and field; all others are for something else.
    """
    made = {}
    style = _style(ours)
    if style:
        made[DECK_STYLE] = style + "\n"
    for (_, name), line in ours.lock.note_types.items():
        if line.layout is not None and name in ours.types:
            made |= _own(ours, name, line.layout, roles.get(name, {}))
    return made


def _style(ours: Ours) -> str:
    """What the deck adds to our style sheet."""
    css = ours.types["qa"].css if "qa" in ours.types else ""
    if not css.startswith(our_style()):
        return ""
    return ours.as_named(css.removeprefix(our_style()).removeprefix(notations()).removeprefix("\n"))


def _own(ours: Ours, name: str, laid: Layout, roles: Mapping[str, Role]) -> dict[str, str]:
    """The files of one of its own note types."""
    of = ours.types[name]
    folder = f"{FOLDER}/{name}"
    sides = {one.name: one for one in of.templates}
    there = [one for one in laid.all_templates if one in sides]
    made = {f"{folder}/{FILE}": _described(laid, there, {**roles, **dict.fromkeys(clozes(of), Role.CLOZE)})}
    for number, one in enumerate(there, start=1):
        front = own_types.without_banner(sides[one].front, ours.lang, is_cloze=laid.is_cloze)
        made[f"{folder}/card-{number}.front.html"] = ours.as_named(front) + "\n"
        made[f"{folder}/card-{number}.back.html"] = ours.as_named(sides[one].back) + "\n"
    css = own_types.without_ours(of.css, ours.lang)
    return made if css is None else made | {f"{folder}/{STYLE}": ours.as_named(css) + "\n"}


def clozes(of: ForeignType) -> frozenset[str]:
    """The fields of a cloze type in which it hides something."""
    found = re.findall(r"cloze:([^{}:]+)\}\}", "".join(one.front for one in of.templates))
    return frozenset(name.strip() for name in found) if of.is_cloze else frozenset()


def _described(laid: Layout, templates: list[str], meanings: Mapping[str, Role]) -> str:
    lines = ["kind: cloze"] if laid.is_cloze else []
    lines += ["fields:"]
    lines += [f"  {word(name)}: {meanings.get(name, Role.OTHER)}" for name in laid.all_fields]
    lines += [f"sort: {word(laid.sort)}"] if laid.sort != laid.all_fields[0] else []
    lines += ["templates:"]
    for number, name in enumerate(templates, start=1):
        sides = f"front: card-{number}.front.html, back: card-{number}.back.html"
        lines.append(f"  - {{name: {quoted(name)}, {sides}}}")
    return "\n".join(lines) + "\n"
