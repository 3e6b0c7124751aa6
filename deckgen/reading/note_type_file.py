"""`note_types/<name>/` becomes a note type of the deck's own: its YAML, its templates and its style.

Whether Anki can read the templates, and what they would do in it, is for `notes.own_checks`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from deckgen.deck import NO_LANGUAGE, OwnField, OwnTemplate, OwnType, Sheet
from deckgen.finding import Finding, Place, Severity, has_errors
from deckgen.kinds import MEANINGS, Kind, Role
from deckgen.patterns import lazy
from deckgen.reading import anki_json, media, speech, tree, type_keys
from deckgen.reading.keys import (
    MAX_ADOPTED_NAME,
    NOTE_TYPE_KEYS,
    RESERVED,
    TEMPLATE_KEYS,
    choose,
    control_character,
)
from deckgen.reading.sheets import FILE, STYLE, Sheets
from deckgen.reading.type_keys import CODE
from deckgen.reading.values import Values
from deckgen.written import Text

FOLDER = "note_types"

#: Of note types, and of fields and templates of one; people's decks have up to 51 fields and 14 templates.
MAX_TYPES, MAX_FIELDS, MAX_TEMPLATES = 20, 60, 20

#: Names that Anki gives a meaning, and those that deckgen adds behind an author's fields; in small letters.
_TAKEN = frozenset(
    "frontside card cardflag cardid deck subdeck tags type status id spare1 spare2 spare3".split()  # noqa: SIM905
)
# In Anki, deckgen's type of the role `qa` is called `questions`.
_ROLES = frozenset(("questions", *(kind.facts.role for kind in Kind)))
# Of what Anki takes (rslib/src/notetype/fields.rs), that which means nothing in a template or in its search.
_FIELD = lazy(r"(?!c\+?\d+\Z)[^\W\d_](?:[\w -]{0,62}[\w-])?")
_SIDE = lazy(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}\.html")


def read(
    values: Values, folder: Path, languages: tuple[str, ...]
) -> tuple[dict[str, OwnType], list[Finding]]:
    """The note types of the deck in `folder` by name, and findings about files that can't be read.

    One with mistakes is among them as far as it goes, so that its cards are not called wrong, too; what is
    wrong about values goes into `values`. Raises OSError when the folder can't be read.
    """
    home = folder / FOLDER
    types: dict[str, OwnType] = {}
    findings: list[Finding] = []
    _misnamed(values, folder)
    if home.is_symlink():
        hint = "put the folder itself there"
        message = f"is a link; `{FOLDER}/` is a folder of the deck's own"
        return {}, [Finding(Place(home.as_posix()), "Y05", message, hint)]
    for path in media.in_order(home) if home.is_dir() else ():
        if path.name.startswith("."):
            continue
        place = Place(path.as_posix())
        if not path.is_dir():
            hint = "move it into the folder of its note type, or delete it"
            values.report(place, CODE, "is not read: each note type is a folder", hint)
        elif len(types) == MAX_TYPES:
            hint = "let similar cards share a note type"
            values.report(place, CODE, f"the deck has more than {MAX_TYPES} note types", hint)
            break
        elif not _is_name(values, path.name, place):
            types[path.name] = _broken(path.name, place)
        else:
            types[path.name], found = _folder(values, path, languages)
            findings += found
    type_keys.same_keys(values, types.values())
    return types, findings


def _misnamed(values: Values, folder: Path) -> None:
    """Report what only looks like the folder of note types: Windows and macOS may take it for that."""
    for path in folder.iterdir():
        looks = re.sub(r"[-_ ]", "", path.name.casefold()) in ("notetypes", "notetype")
        if looks and path.name != FOLDER and path.is_dir():
            hint = f"call the folder `{FOLDER}`"
            values.report(Place(path.as_posix()), CODE, f"is not read: note types are in `{FOLDER}/`", hint)
        elif looks and path.name == FOLDER and not path.is_dir():
            hint = "make it a folder, with a folder for each note type"
            values.report(Place(path.as_posix()), CODE, f"is no folder; `{FOLDER}/` must be one", hint)


def _is_name(values: Values, name: str, place: Place) -> bool:
    """Whether a note type may be called so, or else a finding."""
    if not values.is_name(name, place, "the name of a note type"):
        return False
    if name in RESERVED:
        values.report(
            place, CODE, f"`{name}` can't be the name of a folder on Windows", "choose another name"
        )
    elif name in _ROLES:
        message = f"`{name}` is the name of one of deckgen's note types"
        values.report(place, CODE, message, "choose another name")
    return name not in RESERVED and name not in _ROLES


def _folder(values: Values, path: Path, languages: tuple[str, ...]) -> tuple[OwnType, list[Finding]]:
    """The note type in a folder, and findings about its files."""
    place, there = Place(path.as_posix()), {one.name for one in path.iterdir()}
    if FILE not in there:
        near = difflib.get_close_matches(FILE, there, n=1, cutoff=0.8) or [
            name for name in there if name.lower() == FILE
        ]
        hint = (
            f"rename `{near[0]}` to `{FILE}`"
            if near
            else "write it, as docs/note-types.md shows, or delete the folder"
        )
        return _broken(path.name, place), [Finding(place, CODE, f"has no file `{FILE}`", hint)]
    node, found = tree.read(path / FILE, f"{path.as_posix()}/{FILE}")
    found = [replace(one, hint=one.hint or "put a file of its own there") for one in found]
    reader = _Reader(values, path, languages, there)
    made = reader.note_type(node) if node is not None or not found else _broken(path.name, place)
    return made, found + reader.findings


class _Reader:
    """Reads one folder; `findings` are about its HTML and CSS."""

    def __init__(
        self, values: Values, folder: Path, languages: tuple[str, ...], there: Collection[str]
    ) -> None:
        self._values, self._folder, self._languages, self._there = values, folder, languages, there
        self._adopted: Text | None = None
        self._sheets = Sheets(folder, there, is_exact=False)

    @property
    def findings(self) -> list[Finding]:
        return self._sheets.findings

    def note_type(self, node: tree.Node | None) -> OwnType:
        values, place = self._values, Place(f"{self._folder.as_posix()}/{FILE}")
        before = values.faults
        if node is None:
            hint = "write `fields:` and `templates:`, as docs/note-types.md shows"
            values.report(place, "K02", f"{FILE} is empty", hint)
            return _broken(self._folder.name, place)
        keys = values.keys(node, place, FILE, NOTE_TYPE_KEYS)
        if keys is None:
            return _broken(self._folder.name, place)
        self._adopted = self._name_in_anki(keys)
        self._sheets = Sheets(self._folder, self._there, is_exact=self._adopted is not None)
        is_cloze = self._is_cloze(keys)
        fields = tuple(self._fields(keys, is_cloze))
        names = tuple(field.name.value for field in fields)
        templates = tuple(self._templates(keys))
        if is_cloze and len(templates) > 1 and self._adopted is None:
            hint = "delete it: Anki makes a card for each number of the deletions"
            values.report(templates[1].name.whole, CODE, "a cloze type has only one template", hint)
        taken = type_keys.read(values, keys, fields, len(templates), is_cloze=is_cloze)
        spoken = speech.of_fields(values, keys, names, self._languages)
        style = self._sheets.get(STYLE) if STYLE in self._there else None
        options = self._options(len(fields), len(templates)) if values.faults == before else {}
        sound = values.faults == before and not has_errors(self.findings)
        if sound:
            self._unused()
        return OwnType(
            name=self._folder.name,
            place=place,
            is_cloze=is_cloze,
            fields=fields,
            templates=templates,
            style=style,
            tts=spoken,
            sound=sound,
            keys=taken.of_cards,
            reverse=taken.reverse,
            adopted=self._adopted,
            options=options,
            **taken.fields,
        )

    def _name_in_anki(self, keys: tree.Mapping) -> Text | None:
        """The name under which learners have the note type already."""
        values = self._values
        name = values.word(keys.get("adopted"), "adopted")
        if name is not None and not 0 < len(name.value.strip()) <= MAX_ADOPTED_NAME:
            hint = f"write the name that the note type has in Anki, of at most {MAX_ADOPTED_NAME} characters"
            values.report(name.whole, CODE, "`adopted:` names no note type of Anki's", hint)
        if name is not None and "tts" in keys:
            hint = "write the language into the template, as in `{{tts en_US:Front}}`"
            message = "`tts:` has no effect: the templates of an adopted type are shipped as they are"
            values.report(keys.entries["tts"][0].whole, CODE, message, hint)
        return name

    def _options(self, fields: int, templates: int) -> Mapping[str, Any]:
        """What else Anki keeps of an adopted type."""
        if self._adopted is None or anki_json.FILE not in self._there:
            return {}
        sheet = self._sheets.get(anki_json.FILE)
        try:
            return anki_json.parse(sheet.text, fields, templates) if sheet is not None else {}
        except anki_json.Unfit as error:
            place = Place(f"{self._folder.as_posix()}/{anki_json.FILE}", error.line)
            hint = "take the file from git: it says what Anki keeps of a type that learners had already"
            self.findings.append(Finding(place, CODE, str(error), hint))
        return {}

    def _is_cloze(self, keys: tree.Mapping) -> bool:
        kind = self._values.word(keys.get("kind"), "kind")
        if kind is not None and kind.value not in ("standard", "cloze"):
            self._values.report(
                kind.whole, CODE, f"`{kind.value}` is not a kind of note type", "write `standard` or `cloze`"
            )
        return kind is not None and kind.value == "cloze"

    def _fields(self, keys: tree.Mapping, is_cloze: bool) -> Iterator[OwnField]:
        values, node = self._values, keys.get("fields")
        if not isinstance(node, tree.Mapping) or not node.entries:
            hint = "write each with its meaning, as in `fields: {Front: question}`; "
            hint += f"the meanings are {_meanings(is_cloze)}"
            self._shapeless(keys, "fields", "must be names of fields with their meanings", hint)
            return
        seen: set[str] = set()
        for name, value in node.entries.values():
            meaning = values.word(value, name.value)
            if fault := (self._fault_of_adopted(name.value) if self._adopted else _fault(name.value, seen)):
                values.report(name.whole, CODE, *fault)
            elif len(seen) == MAX_FIELDS:
                values.report(name.whole, CODE, f"there are more than {MAX_FIELDS} fields", "leave some out")
                return
            elif meaning is not None and not meaning.value:
                hint = f"write one: {_meanings(is_cloze)}"
                values.report(meaning.whole, CODE, f"the field `{name.value}` has no meaning", hint)
            elif meaning is not None:
                if meaning.value in _words(is_cloze):
                    yield OwnField(name, Role(meaning.value))
                else:
                    hint = (
                        f"{choose(meaning.value, _words(is_cloze))}; it decides which checks read the field"
                    )
                    values.report(meaning.whole, CODE, f"`{meaning.value}` is not a meaning of a field", hint)
            seen.add(name.value.casefold())

    def _fault_of_adopted(self, name: str) -> tuple[str, str] | None:
        """What is wrong with the name of a field or template of an adopted type, and what to do."""
        if 0 < len(name) <= MAX_ADOPTED_NAME and not control_character(name):
            return None
        return f"`{name}` can't be a name in Anki", f"use 1 to {MAX_ADOPTED_NAME} characters that can be seen"

    def _shapeless(self, keys: tree.Mapping, key: str, must: str, hint: str) -> None:
        node = keys.get(key)
        if node is None:
            self._values.report(keys.place, "K02", f"{FILE} has no `{key}:`", hint)
        else:
            self._values.report(node.place, "K03", f"`{key}:` {must}", hint)

    def _templates(self, keys: tree.Mapping) -> Iterator[OwnTemplate]:
        values, node = self._values, keys.get("templates")
        if not isinstance(node, tree.Sequence) or not node.items:
            hint = 'write `templates:`, and below it `- {name: "Card", front: front.html, back: back.html}`'
            self._shapeless(keys, "templates", "must be a list", hint)
            return
        seen: set[str] = set()
        for item in node.items[: MAX_TEMPLATES + 1]:
            inner = values.keys(item, item.place, "a template", TEMPLATE_KEYS)
            if inner is None:
                continue
            name = values.text(inner.get("name"), "name")
            front, back = (self._side(inner, key) for key in ("front", "back"))
            if (name is None and "name" not in inner) or (name is not None and not name.value):
                values.report(inner.place, "K02", "a template has no `name:`", 'add it: `name: "Card"`')
            if name is None or not name.value:
                continue
            if fault := self._fault_of_template(name.value, seen):
                values.report(name.whole, CODE, *fault)
            elif len(seen) == MAX_TEMPLATES:
                values.report(
                    name.whole, CODE, f"there are more than {MAX_TEMPLATES} templates", "leave some out"
                )
            elif front and back:
                yield OwnTemplate(name, front, back)
            seen.add(self._same(name.value))

    def _fault_of_template(self, name: str, seen: Collection[str]) -> tuple[str, str] | None:
        """What is wrong with the name of a template, and what to do."""
        if self._adopted is not None:
            fault = self._fault_of_adopted(name)
        elif not 0 < len(name) <= 64 or not name.isprintable() or name.strip() != name:
            fault = "a template's name is one line of at most 64 characters", "shorten it"
        elif name.casefold() == "spare":
            fault = _taken(name)
        else:
            fault = None
        return fault or (_taken(name) if self._same(name) in seen else None)

    def _same(self, name: str) -> str:
        """What names that can't stand beside each other have in common."""
        return name if self._adopted is not None else name.casefold()

    def _side(self, keys: tree.Mapping, key: str) -> Mapping[str, Sheet]:
        """The file of a side for each language: one for all, or one for each."""
        values, node = self._values, keys.get(key)
        if isinstance(node, Text) or node is None:
            name = values.word(node, key)
            if name is None or not name.value:
                if key not in keys or name is not None:
                    values.report(
                        keys.place, "K02", f"a template has no `{key}:`", f"add `{key}: {key}.html`"
                    )
                return {}
            named = dict.fromkeys(self._languages, name)
        elif self._languages == (NO_LANGUAGE,):
            values.report(
                node.place, "K03", f"`{key}:` must be the name of a file", f"write `{key}: {key}.html`"
            )
            return {}
        else:
            named = dict(values.localised(keys, key, self._languages))
        sides = {}
        for lang, name in named.items():
            if not _SIDE.fullmatch(name.value):
                hint = "name an HTML file in the same folder, such as `front.html`"
                values.report(
                    name.whole, CODE, f"`{name.value}` can't be the name of a template's file", hint
                )
                return {}
            sheet = self._sheets.get(name.value, name.whole)
            if sheet is None:
                return {}
            sides[lang] = sheet
        return sides

    def _unused(self) -> None:
        for path in media.in_order(self._folder):
            known = path.name in (*self._sheets, FILE) or path.name.startswith(".")
            if not known and path.suffix.lower() in (".html", ".css", ".yaml", ".yml", ".js", ".json"):
                hint = (
                    f"name it in {FILE}, or delete it"
                    if path.suffix == ".html"
                    else f"the only style sheet is {STYLE}: rename it, or delete it"
                )
                if path.name == anki_json.FILE:
                    hint = f"it is for a type that {FILE} calls `adopted:`; delete it"
                place = Place(path.as_posix())
                self.findings.append(Finding(place, CODE, "is not read", hint, severity=Severity.WARNING))


def _fault(name: str, seen: Collection[str]) -> tuple[str, str] | None:
    """What is wrong with the name of a field, and what to do."""
    if not _FIELD.fullmatch(name):
        hint = "start with a letter, then use letters, digits, spaces and hyphens: 64 characters at most"
        return f"`{name}` can't be the name of a field", hint
    if name.casefold() in _TAKEN:
        hint = "choose another name; `Status` and `Id` are added after your fields"
        return f"`{name}` is taken: Anki or deckgen fills a field of that name", hint
    if name.casefold() in seen:
        return f"`{name}` is there twice: Anki ignores capital letters here", "rename one of them"
    return None


def _taken(name: str) -> tuple[str, str]:
    return f"the template name `{name}` is taken", "give each template a name of its own"


def _broken(name: str, place: Place) -> OwnType:
    return OwnType(name, place, False, (), "", (), sound=False)


def _words(is_cloze: bool) -> tuple[str, ...]:
    return tuple(str(role) for role in MEANINGS if is_cloze or role is not Role.CLOZE)


def _meanings(is_cloze: bool) -> str:
    return ", ".join(f"`{word}`" for word in _words(is_cloze))
