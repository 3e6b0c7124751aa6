"""`note_types/<name>/` becomes a note type of the deck's own: its YAML, its templates and its style.

Whether Anki can read the templates, and what they would do in it, is for `notes.own_checks`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from deckgen.deck import NO_LANGUAGE, OwnField, OwnTemplate, OwnType, Sheet
from deckgen.finding import Finding, Place, Severity, has_errors
from deckgen.kinds import MEANINGS, Kind, Role
from deckgen.patterns import lazy
from deckgen.reading import files, media, speech, tree
from deckgen.reading.keys import NOTE_TYPE_KEYS, RESERVED, TEMPLATE_KEYS, choose, control_character
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
        self._sheets: dict[str, Sheet | None] = {}
        self.findings: list[Finding] = []

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
        is_cloze = self._is_cloze(keys)
        fields = tuple(self._fields(keys, is_cloze))
        names = tuple(field.name.value for field in fields)
        templates = tuple(self._templates(keys))
        if is_cloze and len(templates) > 1:
            hint = "delete it: Anki makes a card for each number of the deletions"
            values.report(templates[1].name.whole, CODE, "a cloze type has only one template", hint)
        named = {key: self._named(keys, key, names) for key in ("note", "source", "speaker", "sort")}
        self._twice(keys, named)
        spoken = speech.of_fields(values, keys, names, self._languages)
        style = self._sheet(STYLE) if STYLE in self._there else None
        sound = values.faults == before and not has_errors(self.findings)
        if sound:
            self._unused()
        return OwnType(
            name=self._folder.name,
            place=place,
            is_cloze=is_cloze,
            fields=fields,
            sort=named["sort"],
            templates=templates,
            style=style,
            note=named["note"],
            source=named["source"],
            speaker=named["speaker"],
            tts=spoken,
            sound=sound,
        )

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
            if not _FIELD.fullmatch(name.value):
                hint = (
                    "start with a letter, then use letters, digits, spaces and hyphens: 64 characters at most"
                )
                values.report(name.whole, CODE, f"`{name.value}` can't be the name of a field", hint)
            elif name.value.casefold() in _TAKEN:
                hint = "choose another name; `Status` and `Id` are added after your fields"
                message = f"`{name.value}` is taken: Anki or deckgen fills a field of that name"
                values.report(name.whole, CODE, message, hint)
            elif name.value.casefold() in seen:
                values.report(
                    name.whole,
                    CODE,
                    f"`{name.value}` is there twice: Anki ignores capital letters here",
                    "rename one of them",
                )
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
                    f"the template name `{name.value}` is taken",
                    "give each template a name of its own",
                )
            elif len(seen) == MAX_TEMPLATES:
                values.report(
                    name.whole, CODE, f"there are more than {MAX_TEMPLATES} templates", "leave some out"
                )
            elif front and back:
                yield OwnTemplate(name, front, back)
            seen.add(name.value.casefold())

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
        if name not in self._there:  # a system that knows no capitals would open another one
            pages = [one for one in sorted(self._there) if one.endswith(".html")]
            near = [one for one in pages if one.lower() == name.lower()]
            near = near or difflib.get_close_matches(name, pages, n=1)
            hint = f"did you mean `{near[0]}`?" if near else "write the file, or mend its name"
            message = f"there is no file `{name}` beside {FILE}"
            self.findings.append(Finding(asked or place, CODE, message, hint))
            return None
        try:
            text = files.beside(path, MAX_BYTES).decode("utf-8-sig")
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
                f"`{key}:` names `{field.value}`, which is not one of its fields",
                choose(field.value, names),
            )
        return field.value

    def _twice(self, keys: tree.Mapping, named: Mapping[str, str]) -> None:
        """Report a field that takes two keys of a card."""
        owners: dict[str, str] = {}
        for key in ("note", "source", "speaker"):
            other = owners.setdefault(named[key], key)
            if named[key] and other != key:
                hint = "give each its own field; without `speaker:`, the speaker goes into that of `source:`"
                self._values.report(
                    keys.entries[key][0].whole, CODE, f"`{key}:` and `{other}:` name the same field", hint
                )

    def _unused(self) -> None:
        for path in media.in_order(self._folder):
            known = path.name in self._sheets or path.name == FILE or path.name.startswith(".")
            if not known and path.suffix.lower() in (".html", ".css", ".yaml", ".yml", ".js"):
                hint = (
                    f"name it in {FILE}, or delete it"
                    if path.suffix == ".html"
                    else f"the only style sheet is {STYLE}: rename it, or delete it"
                )
                place = Place(path.as_posix())
                self.findings.append(Finding(place, CODE, "is not read", hint, severity=Severity.WARNING))


def _broken(name: str, place: Place) -> OwnType:
    return OwnType(name, place, False, (), "", (), sound=False)


def _words(is_cloze: bool) -> tuple[str, ...]:
    return tuple(str(role) for role in MEANINGS if is_cloze or role is not Role.CLOZE)


def _meanings(is_cloze: bool) -> str:
    return ", ".join(f"`{word}`" for word in _words(is_cloze))
