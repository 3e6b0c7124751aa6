"""What Anki keeps of a note type besides names, templates and style: `anki.json` beside a note_type.yaml.

It has the keys of Anki's JSON of schema 11 (rslib/src/notetype/schema11.rs). Anki refuses a whole package
for one value of another shape, so that each is looked at.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

FILE = "anki.json"


_Fits = Callable[[object], bool]


def _is_text(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        value.encode()  # an escape may be half of a surrogate pair, which no package can hold
    except UnicodeEncodeError:
        return False
    return True


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _up_to(most: int) -> _Fits:
    return lambda value: type(value) is int and 0 <= value <= most


#: The keys of a note type, a field and a template, and what tells whether a value fits.
OF_TYPE: Mapping[str, _Fits] = {
    "latexPre": _is_text,
    "latexPost": _is_text,
    "latexsvg": _is_flag,
    "originalStockKind": _up_to(2**31 - 1),
}
OF_FIELD: Mapping[str, _Fits] = {
    "font": _is_text,
    "size": _up_to(2**16 - 1),
    "rtl": _is_flag,
    "sticky": _is_flag,
    "description": _is_text,
    "plainText": _is_flag,
    "collapsed": _is_flag,
    "excludeFromSearch": _is_flag,
    "preventDeletion": _is_flag,
    "tag": lambda value: value is None or _up_to(2**32 - 1)(value),
}
OF_TEMPLATE: Mapping[str, _Fits] = {
    "bqfmt": _is_text,
    "bafmt": _is_text,
    "bfont": _is_text,
    "bsize": _up_to(2**8 - 1),
}
_LISTS = {"flds": OF_FIELD, "tmpls": OF_TEMPLATE}


class Unfit(Exception):
    """Says what is wrong with the file, and on which line, as far as that is known."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.line = line


def parse(text: str, fields: int, templates: int) -> Mapping[str, Any]:
    """The options of a note type with so many fields and templates. Raises Unfit.

    `flds` and `tmpls` are lists in Anki's order, as long as the note type has fields and templates; both
    may be left out.
    """
    try:
        found = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise Unfit(f"is not JSON: {error.msg}", error.lineno) from None
    except (ValueError, RecursionError):
        raise Unfit("is not JSON of Anki's: a number or its depth is beyond all bounds") from None
    if not isinstance(found, dict):
        raise Unfit("must be a JSON object")
    for message in _misfits(found, {"flds": fields, "tmpls": templates}):
        raise Unfit(message)
    return found


def fitting(options: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """What of a stranger's options can stand in the file, and the keys of the rest, as of add-ons."""
    left: dict[str, None] = {}

    def kept(thing: Mapping[str, Any], known: Mapping[str, _Fits]) -> dict[str, Any]:
        fits = {key: value for key, value in thing.items() if key in known and known[key](value)}
        left.update(dict.fromkeys(key for key in thing if key not in fits))
        return fits

    lists = {key: [kept(one, known) for one in options.get(key, ())] for key, known in _LISTS.items()}
    own = {key: value for key, value in options.items() if key not in _LISTS}
    return kept(own, OF_TYPE) | {key: found for key, found in lists.items() if found}, sorted(left)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Unfit("has a key twice")
    return found


def _no_number(name: str) -> float:
    raise Unfit(f"has `{name}`, which is no value of JSON")


def _misfits(found: Mapping[str, Any], counts: Mapping[str, int]) -> Iterator[str]:
    for key, value in found.items():
        if key not in counts:
            yield from _misfit("", key, value, OF_TYPE)
        elif not isinstance(value, list) or len(value) != counts[key]:
            what = "fields" if key == "flds" else "templates"
            yield f"`{key}` must be a list with an object for each of the {counts[key]} {what}"
        else:
            for place, one in enumerate(value, start=1):
                if not isinstance(one, dict):
                    yield f"`{key}` must be a list of objects"
                    return
                for name, inner in one.items():
                    yield from _misfit(f" in number {place} of `{key}`", name, inner, _LISTS[key])


def _misfit(where: str, key: str, value: object, known: Mapping[str, _Fits]) -> Iterator[str]:
    if key not in known:
        yield f"has the key `{key}`{where}, which is not one of {', '.join(known)}"
    elif not known[key](value):
        yield f"has a value of `{key}`{where} that Anki does not take"


_HEADER = frozenset(
    (
        r"\documentclass[12pt]{article}",
        r"\special{papersize=3in,5in}",
        r"\usepackage[utf8]{inputenc}",
        r"\usepackage{amssymb,amsmath}",
        r"\pagestyle{empty}",
        r"\setlength{\parindent}{0in}",
        r"\begin{document}",
    )
)
_FOOTER = frozenset((r"\end{document}",))


def odd_latex(options: Mapping[str, Any]) -> str:
    """The key of a LaTeX header or footer that has other lines than Anki's own; empty if none has.

    Anki has LaTeX run what stands there, where a learner allows it (rslib/src/notetype/header.tex).
    """
    for key, known in (("latexPre", _HEADER), ("latexPost", _FOOTER)):
        lines = {line.strip() for line in str(options.get(key, "")).split("\n")} - {""}
        if not lines <= known:
            return key
    return ""
