"""Turn YAML text into nodes that know their place. The only module that imports yaml.

Scalars stay the text that the author typed: `no`, `1:30` and `2024-05-15` are
text here, whatever YAML 1.1 would make of them.

The tree is put together from libyaml's *events* instead of `yaml.compose()`:
events are read without recursion, so a file with 100,000 open brackets is a
finding (measured: `compose()` of PyYAML 6.0.3 crashes the process), and they
skip the resolver, which takes most of `compose()`'s time.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from deckgen.finding import MOST, Finding, Place, more
from deckgen.reading import advice, files
from deckgen.written import File, Text, lines_of

#: In bytes. 10,000 cards in two languages take 5 MB, and nobody writes them into one file.
MAX_BYTES = 2_000_000
MAX_DEPTH = 20
MAX_ALIASES = 100
#: The most keys and values of a file.
MAX_VALUES = 100_000
#: The most characters of a text; that is five pages of a book.
MAX_TEXT = 10_000

# libyaml's loader is in every wheel of PyYAML; a source build without it still works.
_LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# Characters that an unintended escape in double quotes may have left.
_ESCAPED = re.compile("[\x07\x08\t\n\x0b\x0c\r\x1b]")
#: The one tag that a value may have: it is HTML, and not Markdown.
HTML_TAG = "!html"
# What may stand before a tagged value: the tag, an anchor, blanks.
_PROPERTIES = re.compile(r"(?:!\S*|&\S+|[ \t]+)*+(?:#.*)?")
# Characters that YAML does not allow, https://yaml.org/spec/1.1/#c-printable
_FORBIDDEN = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(slots=True)
class Sequence:
    items: list[Node]
    place: Place
    flow: bool


@dataclass(slots=True)
class Mapping:
    """Keys in the order of the file; a repeated key keeps its first value."""

    entries: dict[str, tuple[Text, Node]]
    place: Place
    flow: bool

    def __contains__(self, key: str) -> bool:
        return key in self.entries

    def get(self, key: str) -> Node | None:
        entry = self.entries.get(key)
        return entry[1] if entry else None


Node = Text | Sequence | Mapping


class _Stop(Exception):
    """Raised when reading a file can't go on; carries the finding that says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


def read(path: Path, shown: str) -> tuple[Node | None, list[Finding]]:
    """Read one YAML file; `shown` is its name in findings.

    Gives the root node, or None for a file that is empty or can't be read, and the findings
    (codes Y01 to Y06 and Y08 to Y10). A file that can't be opened is a finding, too.
    """
    content, findings = taken(path, shown)
    return decoded(content, shown) if content is not None else (None, findings)


def taken(path: Path, shown: str) -> tuple[bytes | None, list[Finding]]:
    """The bytes of a YAML file, or None and a finding (Y05, Y09)."""
    try:
        return files.beside(path, MAX_BYTES), []
    except OSError as error:
        reason = error.strerror or str(error)
        if error.errno == errno.EFBIG:
            hint = "spread its cards over several files"
            return None, [Finding(Place(shown), "Y09", f"is too large: {reason}", hint)]
        return None, [Finding(Place(shown), "Y05", f"can't be read: {reason}")]


def decoded(content: bytes, shown: str) -> tuple[Node | None, list[Finding]]:
    """Do the same as `read`, for bytes in memory."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        column = error.start - (error.object.rfind(b"\n", 0, error.start) + 1) + 1
        finding = Finding(
            Place(shown, line, column), "Y05", "is not UTF-8 text", hint="save the file as UTF-8"
        )
        return None, [finding]
    return parse(text, shown)


def parse(text: str, shown: str) -> tuple[Node | None, list[Finding]]:
    """Do the same as `read`, for a text in memory."""
    composer = _Composer(text, shown)
    try:
        root = composer.document()
    except _Stop as stop:
        return None, [*composer.findings, stop.finding]
    except yaml.MarkedYAMLError as error:
        return None, [*composer.findings, _syntax_finding(error, text, shown)]
    except yaml.reader.ReaderError:
        return None, [*composer.findings, _character_finding(text, shown)]
    return root, composer.findings


def swallowed(text: Text) -> Iterator[Finding]:
    """Findings (Y08) about escapes that were surely not meant: YAML reads `\\theta` as a tab and `heta`."""
    if text.style != '"' or not _ESCAPED.search(text.value):
        return
    for number in range(text.line, text.end_line + 1):
        line = text.file.lines[number]
        start = text.column if number == text.line else 0
        end = text.end_column if number == text.end_line else len(line)
        found = advice.swallowed_escape(line[start:end])
        if found:
            place = Place(text.file.shown, number + 1, start + found[0] + 1)
            message = f"`{found[1]}` in double quotes is a control character, not a backslash"
            yield Finding(place, "Y08", message, advice.BACKSLASH)


def _events(text: str) -> Iterator[Event]:
    """The same as `yaml.parse`, without its asking before each event whether there is one."""
    return iter(_LOADER(text).get_event, None)


class _Composer:
    """Puts the events of one document together."""

    def __init__(self, text: str, shown: str) -> None:
        self._file = File(shown, text)
        self.findings: list[Finding] = []
        self._text = text
        self._events: Iterator[Event] = iter(())
        self._anchors: dict[str, Node | None] = {}
        self._unused: dict[str, Place] = {}
        self._aliases = 0
        self._values = 0
        self._refused: Finding | None = None
        for start, (message, hint) in advice.REFUSED_LINES.items():
            if start in text:
                self._refuse(start, message, hint)

    def _refuse(self, start: str, message: str, hint: str) -> None:
        """Refuse lines that begin like this before YAML is read, which might take them for something else."""
        for number, line in enumerate(self._file.lines):
            if line.startswith(start):
                self._refused = Finding(Place(self._file.shown, number + 1), "Y01", message, hint)
                return

    def document(self) -> Node | None:
        if self._refused:
            raise _Stop(self._refused)
        root: Node | None = None
        self._events = _events(self._text)
        for event in self._events:
            if isinstance(event, DocumentStartEvent):
                if root is not None:
                    raise self._stop(event, "Y01", "a second document starts here", "remove the `---` line")
                root = self._node(next(self._events), 0)
        for anchor, place in self._unused.items():
            hint = "an anchor is for aliases, and no alias uses this one: quote a text that begins with `&`"
            self._report(Finding(place, "Y06", f"YAML takes `&{anchor}` for an anchor", hint))
        if isinstance(root, Text) and root.plain and not root.value:
            return None
        return root

    def _stop(self, event: Any, code: str, message: str, hint: str) -> _Stop:
        return _Stop(Finding(self._place(event), code, message, hint=hint))

    def _report(self, finding: Finding) -> None:
        if len(self.findings) == MOST:
            raise _Stop(more(finding.place))
        self.findings.append(finding)

    def _place(self, event: Any) -> Place:
        mark = event.start_mark
        return Place(self._file.shown, mark.line + 1, mark.column + 1)

    def _node(self, event: Any, depth: int) -> Node:
        self._values += 1
        if self._values > MAX_VALUES:
            message = f"more than {MAX_VALUES} keys and values in one file"
            raise self._stop(event, "Y09", message, "spread its cards over several files")
        if isinstance(event, ScalarEvent):  # first, because most of a file is texts
            return self._scalar(event)
        if isinstance(event, AliasEvent):
            return self._alias(event)
        if depth >= MAX_DEPTH:
            message = f"is nested more than {MAX_DEPTH} levels deep"
            raise self._stop(event, "Y04", message, "a card file needs no more than six levels")
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        node = (
            self._sequence(event, depth)
            if isinstance(event, SequenceStartEvent)
            else self._mapping(event, depth)
        )
        self._mark(event, node)
        return node

    def _scalar(self, event: Any) -> Node:
        value, style, first, last = event.value, event.style or "", event.start_mark, event.end_mark
        if len(value) > MAX_TEXT:
            message = f"this text has {len(value)} characters, at most {MAX_TEXT} are allowed"
            raise self._stop(
                event, "Y09", message, "a card asks for one thing: split it, or link to the text"
            )
        text = Text(value, self._file, style, first.line, first.column, last.line, last.column)
        if event.tag == HTML_TAG:
            line, column = self._behind_properties(text.line, text.column)
            text = replace(text, line=line, column=column, html=True)
        if style == '"' and not value.isprintable() and _ESCAPED.search(value):
            for finding in swallowed(text):
                self._report(finding)
        if event.tag is not None or event.anchor is not None:
            self._mark(event, text)
        return text

    def _behind_properties(self, line: int, column: int) -> tuple[int, int]:
        """Where a tagged value begins, behind its tag; the parser gives the place of the tag."""
        for number, row in enumerate(self._file.lines[line:], line):
            found = _PROPERTIES.match(row, column if number == line else 0)
            if found is not None and found.end() < len(row):
                return number, found.end()
        return line, column

    def _mark(self, event: Any, node: Node) -> None:
        """Deal with what stands before a node: a tag or an anchor."""
        if event.tag is not None and event.tag != "!" and not (isinstance(node, Text) and node.html):
            hint = "deckgen reads plain texts only: remove the tag, or quote a text that starts with `!`"
            if event.tag == HTML_TAG:
                hint = f"`{HTML_TAG}` stands before one text of a card: put it there"
            self._report(Finding(node.place, "Y06", f"YAML tag `{event.tag}`", hint=hint))
        if event.anchor is not None:
            self._anchors[event.anchor] = node
            self._unused[event.anchor] = self._place(event)

    def _alias(self, event: Any) -> Node:
        self._aliases += 1
        if self._aliases > MAX_ALIASES:
            message = f"more than {MAX_ALIASES} aliases in one file"
            raise self._stop(event, "Y03", message, "write the values out")
        node = self._anchors.get(event.anchor)
        self._unused.pop(event.anchor, None)
        if node is None:
            message = f"the alias `*{event.anchor}` has no finished `&{event.anchor}` before it"
            hint = f'quote a text that starts with `*`: "*{event.anchor} …"'
            raise self._stop(event, "Y01", message, hint)
        return node

    def _sequence(self, start: SequenceStartEvent, depth: int) -> Sequence:
        items: list[Node] = []
        for event in self._events:
            if isinstance(event, SequenceEndEvent):
                break
            items.append(self._node(event, depth + 1))
        return Sequence(items, self._place(start), bool(start.flow_style))

    def _mapping(self, start: MappingStartEvent, depth: int) -> Mapping:
        entries: dict[str, tuple[Text, Node]] = {}
        for event in self._events:
            if isinstance(event, MappingEndEvent):
                break
            key = self._node(event, depth + 1)
            value = self._node(next(self._events), depth + 1)
            if not isinstance(key, Text):
                message = "braces or brackets stand where a key is expected"
                hint = advice.for_line(self._file.lines, self._place(event).line - 1)
                raise self._stop(event, "Y01", message, hint)
            if key.html:
                hint = f"`{HTML_TAG}` stands before the text, behind the colon: `{key.value}: {HTML_TAG} …`"
                self._report(Finding(key.place, "Y06", f"YAML tag `{HTML_TAG}` before a key", hint))
            if key.value in entries:
                first = entries[key.value][0].place.line
                message = f"the key `{key.value}` is here twice (first on line {first})"
                self._report(Finding(key.place, "Y02", message, hint="keep one of them"))
            else:
                entries[key.value] = (key, value)
        return Mapping(entries, self._place(start), bool(start.flow_style))


def _syntax_finding(error: yaml.MarkedYAMLError, text: str, shown: str) -> Finding:
    """What is wrong with a text that YAML can't read, in our own words.

    The library's words, and what it stumbles over first, change from version to version.
    """
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    lines = lines_of(text)
    deep = _too_deep(lines, line, column, shown)
    if deep is not None:
        return deep
    fault = advice.fault(lines, line, column)
    return Finding(Place(shown, fault.line + 1, fault.column + 1), "Y01", fault.message, fault.hint)


def _too_deep(lines: list[str], line: int, column: int, shown: str) -> Finding | None:
    """The finding (Y04) about a line in which the library gave up, when it opens too many brackets.

    The library reads up to 1,024 characters of a line ahead of its events and, from PyYAML 6.0.4 on,
    refuses 1,000 brackets there. So the line is read again, up to the first bracket too many.
    """
    opened = 0
    row = lines[line][:column] if line < len(lines) else ""
    for at, character in enumerate(row):
        opened += (character in "[{") - (character in "]}")
        if opened > MAX_DEPTH:
            try:
                _Composer("\n".join([*lines[:line], row[: at + 1]]), shown).document()
            except _Stop as stop:
                return stop.finding
            except yaml.YAMLError:
                return None
    return None


def _character_finding(text: str, shown: str) -> Finding:
    found = _FORBIDDEN.search(text)
    if found is None:
        return Finding(Place(shown), "Y05", "has a character that is not allowed in YAML", "delete it")
    start = found.start()
    place = Place(shown, text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start))
    return Finding(place, "Y05", f"the character U+{ord(found[0]):04X} is not allowed in YAML", "delete it")
