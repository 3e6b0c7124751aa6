"""`note_types/<name>/` becomes a note type of the deck's own: its YAML, its templates and its style.

Whether Anki can read the templates, and what they would do in it, is for `notes.own_checks`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from deckgen.deck import NO_LANGUAGE, OwnField, OwnTemplate, OwnType, Sheet
from deckgen.finding import Finding, Place, Severity, has_errors
from deckgen.kinds import MEANINGS, Kind, Role
from deckgen.reading import files, media, speech, tree
from deckgen.reading.keys import NOTE_TYPE_KEYS, TEMPLATE_KEYS, choose, control_character
from deckgen.reading.values import Values
from deckgen.written import Text

FOLDER = "note_types"
FILE = "note_type.yaml"
STYLE = "style.css"

CODE = "K23"
#: Of a template or style sheet; the largest of 213 public decks has 60 kB.
MAX_BYTES = 200_000
#: Of note types, and of fields and templates of one; people's decks have up to 51 fields and 14 templates.
MAX_TYPES, MAX_FIELDS, MAX_TEMPLATES = 20, 60, 20

#: Names that Anki gives a meaning, and those that deckgen adds behind an author's fields; in small letters.
_TAKEN = frozenset(
    "frontside card cardflag cardid deck subdeck tags type status id spare1 spare2 spare3".split()  # noqa: SIM905
)
_ROLES = frozenset(kind.facts.role for kind in Kind)
# Of what Anki takes (rslib/src/notetype/fields.rs), that which means nothing in a template or in its search.
_FIELD = re.compile(r"(?!c\+?\d+\Z)[^\W\d_](?:[\w -]{0,62}[\w-])?")
_SIDE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}\.html")


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
    if home.is_symlink():
        hint = "put the folder itself there"
        return {}, [
            Finding(
                Place(home.as_posix()), "Y05", f"is a link; `{FOLDER}/` is a folder of the deck's own", hint
            )
        ]
    for path in media.in_order(home) if home.is_dir() else ():
        if path.name.startswith("."):
            continue
        place = Place(path.as_posix())
        if not path.is_dir():
            values.report(place, CODE, "is not read: each note type has a folder", "move it into one")
        elif len(types) == MAX_TYPES:
            values.report(
                place,
                CODE,
                f"the deck has more than {MAX_TYPES} note types",
                "put cards that are alike under one",
            )
            break
        elif not values.is_name(path.name, place, "the name of a note type"):
            continue
        elif path.name in _ROLES:
            values.report(
                place, CODE, f"`{path.name}` is the name of one of deckgen's note types", "choose another one"
            )
        else:
            node, found = tree.read(path / FILE, f"{path.as_posix()}/{FILE}")
            reader = _Reader(values, path, languages)
            made = reader.note_type(node) if node is not None or not found else _broken(path.name, place)
            types[path.name] = made
            findings += found + reader.findings
    return types, findings


class _Reader:
    """Reads one folder; `findings` are about its HTML and CSS."""

    def __init__(self, values: Values, folder: Path, languages: tuple[str, ...]) -> None:
        self._values, self._folder, self._languages = values, folder, languages
        self._sheets: dict[str, Sheet | None] = {}
        self.findings: list[Finding] = []

    def note_type(self, node: tree.Node | None) -> OwnType:
        values, place = self._values, Place(f"{self._folder.as_posix()}/{FILE}")
        before = values.faults
        keys = values.keys(node, place, FILE, NOTE_TYPE_KEYS)
        if keys is None:
            return _broken(self._folder.name, place)
        is_cloze = self._is_cloze(keys)
        fields = tuple(self._fields(keys, is_cloze))
        names = tuple(field.name.value for field in fields)
        templates = tuple(self._templates(keys))
        if is_cloze and len(templates) > 1:
            hint = "a note type of clozes has one template: Anki makes a card of each number"
            values.report(templates[1].name.whole, CODE, "this is a second template", hint)
        named = {key: self._named(keys, key, names) for key in ("note", "source", "speaker", "sort")}
        self._twice(keys, named)
        spoken = speech.of_fields(values, keys, names, self._languages)
        style = self._sheet(STYLE) if (self._folder / STYLE).exists() else None
        self._unused()
        return OwnType(
            name=self._folder.name,
            place=place,
            is_cloze=is_cloze,
            fields=fields,
            sort=named["sort"] or next(iter(names), ""),
            templates=templates,
            style=style,
            note=named["note"],
            source=named["source"],
            speaker=named["speaker"],
            tts=spoken,
            sound=values.faults == before and not has_errors(self.findings),
        )

    def _is_cloze(self, keys: tree.Mapping) -> bool:
        kind = self._values.word(keys.get("kind"), "kind")
        if kind is not None and kind.value not in ("standard", "cloze"):
            self._values.report(
                kind.whole, CODE, f"`{kind.value}` is no kind of note type", "write `standard` or `cloze`"
            )
        return kind is not None and kind.value == "cloze"

    def _fields(self, keys: tree.Mapping, is_cloze: bool) -> Iterator[OwnField]:
        values, node = self._values, keys.get("fields")
        if not isinstance(node, tree.Mapping) or not node.entries:
            place = node.place if node is not None else keys.place
            there = _meanings(is_cloze)
            hint = f"write each with its meaning, as in `fields: {{Front: question}}`; there are: {there}"
            values.report(place, "K03", "`fields:` must map names of fields to what they are for", hint)
            return
        seen: set[str] = set()
        for name, value in node.entries.values():
            meaning = values.word(value, name.value)
            if not _FIELD.fullmatch(name.value):
                hint = "begin with a letter, then use letters, digits, blanks and hyphens, at most 64"
                values.report(name.whole, CODE, f"`{name.value}` can't be a field's name", hint)
            elif name.value.casefold() in _TAKEN:
                hint = "choose another one; `Status` and `Id` are added behind your fields"
                values.report(
                    name.whole, CODE, f"`{name.value}` is a name that Anki or deckgen fills itself", hint
                )
            elif name.value.casefold() in seen:
                values.report(
                    name.whole,
                    CODE,
                    f"`{name.value}` stands twice: Anki knows no capitals here",
                    "rename one",
                )
            elif len(seen) == MAX_FIELDS:
                values.report(
                    name.whole, CODE, f"this is one of more than {MAX_FIELDS} fields", "leave some out"
                )
                return
            elif meaning is not None:
                if meaning.value in _words(is_cloze):
                    yield OwnField(name, Role(meaning.value))
                else:
                    hint = (
                        f"{choose(meaning.value, _words(is_cloze))}; it tells what checks make of its texts"
                    )
                    values.report(meaning.whole, CODE, f"`{meaning.value}` is no meaning of a field", hint)
            seen.add(name.value.casefold())

    def _templates(self, keys: tree.Mapping) -> Iterator[OwnTemplate]:
        values, node = self._values, keys.get("templates")
        if not isinstance(node, tree.Sequence) or not node.items:
            place = node.place if node is not None else keys.place
            hint = 'write `templates:`, and below it `- {name: "Card", front: front.html, back: back.html}`'
            values.report(place, "K03", "`templates:` must be a list", hint)
            return
        seen: set[str] = set()
        for item in node.items[: MAX_TEMPLATES + 1]:
            inner = values.keys(item, item.place, "a template", TEMPLATE_KEYS)
            if inner is None:
                continue
            name = values.text(inner.get("name"), "name")
            front, back = (self._side(inner, key) for key in ("front", "back"))
            if name is None and "name" not in inner:
                values.report(inner.place, "K02", "a template has no `name:`", 'add it: `name: "Card"`')
            if name is None:
                continue
            if (
                not 0 < len(name.value) <= 64
                or not name.value.isprintable()
                or name.value.strip() != name.value
            ):
                values.report(
                    name.whole, CODE, "a template's name is one line of at most 64 characters", "shorten it"
                )
            elif name.value.casefold() in seen or name.value.casefold() == "spare":
                values.report(
                    name.whole,
                    CODE,
                    f"the name `{name.value}` is taken",
                    "each template has a name of its own",
                )
            elif len(seen) == MAX_TEMPLATES:
                values.report(
                    name.whole, CODE, f"this is one of more than {MAX_TEMPLATES} templates", "leave some out"
                )
            elif front and back:
                yield OwnTemplate(name, front, back)
            seen.add(name.value.casefold())

    def _side(self, keys: tree.Mapping, key: str) -> Mapping[str, Sheet]:
        """The file of a side for each language: one for all, or one for each."""
        values, node = self._values, keys.get(key)
        if isinstance(node, Text) or node is None:
            name = values.word(node, key)
            if name is None:
                if key not in keys:
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
                hint = "name a file beside note_type.yaml, such as `front.html`"
                values.report(name.whole, CODE, f"`{name.value}` can't be the file of a template", hint)
                return {}
            sheet = self._sheet(name.value, name.whole)
            if sheet is None:
                return {}
            sides[lang] = sheet
        return sides

    def _sheet(self, name: str, asked: Place | None = None) -> Sheet | None:
        """The text of a file, or a finding once; `asked` is where it is named."""
        if name not in self._sheets:
            self._sheets[name] = self._read(name, asked)
        return self._sheets[name]

    def _read(self, name: str, asked: Place | None) -> Sheet | None:
        path = self._folder / name
        place = Place(path.as_posix())
        try:
            text = files.beside(path, MAX_BYTES).decode("utf-8-sig")
        except FileNotFoundError:
            message = f"there is no file `{name}` beside {FILE}"
            self.findings.append(Finding(asked or place, CODE, message, "write it, or mend its name"))
        except OSError as error:
            self.findings.append(
                Finding(
                    place,
                    "Y05",
                    f"can't be read: {error.strerror or error}",
                    "put a file of at most 200 kB there",
                )
            )
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            at = Place(place.path, line)
            self.findings.append(Finding(at, "Y05", "is not UTF-8 text", "save the file as UTF-8"))
        else:
            sheet = Sheet(place.path, text.replace("\r\n", "\n").rstrip(" \t\n"))
            found = control_character(sheet.text.replace("&#", ""))
            if not found:
                return sheet
            at = sheet.at(sheet.text.index(found), 1)
            self.findings.append(
                Finding(at, "Y07", f"this is the control character U+{ord(found):04X}", "delete it")
            )
        return None

    def _named(self, keys: tree.Mapping, key: str, names: tuple[str, ...]) -> str:
        """The field that a key names; nothing without one."""
        field = self._values.word(keys.get(key), key)
        if field is None:
            return ""
        if field.value not in names:
            self._values.report(
                field.whole,
                CODE,
                f"`{key}:` names `{field.value}`, which is no field here",
                choose(field.value, names),
            )
        return field.value

    def _twice(self, keys: tree.Mapping, named: Mapping[str, str]) -> None:
        """Report a field that takes two keys of a card."""
        owners: dict[str, str] = {}
        for key in ("note", "source", "speaker"):
            other = owners.setdefault(named[key], key)
            if named[key] and other != key:
                hint = (
                    "give each a field of its own; without `speaker:` the speaker stands in that of `source:`"
                )
                self._values.report(
                    keys.entries[key][0].whole, CODE, f"`{key}:` names the field of `{other}:`", hint
                )

    def _unused(self) -> None:
        for path in media.in_order(self._folder):
            known = path.name in self._sheets or path.name == FILE or path.name.startswith(".")
            if not known and path.suffix.lower() in (".html", ".css", ".yaml", ".yml", ".js"):
                hint = (
                    f"name it in {FILE}, or delete it"
                    if path.suffix == ".html"
                    else f"the style is {STYLE}; delete it"
                )
                place = Place(path.as_posix())
                self.findings.append(Finding(place, CODE, "is not read", hint, severity=Severity.WARNING))


def _broken(name: str, place: Place) -> OwnType:
    return OwnType(name, place, False, (), "", (), sound=False)


def _words(is_cloze: bool) -> tuple[str, ...]:
    return tuple(str(role) for role in MEANINGS if is_cloze or role is not Role.CLOZE)


def _meanings(is_cloze: bool) -> str:
    return ", ".join(f"`{word}`" for word in _words(is_cloze))
