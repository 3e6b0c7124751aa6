"""What a pull brought home, for people and, as JSON, for programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping

from deckgen.building.plan import word_diff
from deckgen.finding import Place, short
from deckgen.lock.undelivered import shown_ref
from deckgen.pulling.decision import Coming, Decision, Take
from deckgen.pulling.found import Package, Pulled
from deckgen.pulling.spots import Spot
from deckgen.terminal import counted, visible

#: At most so many characters of a text are shown.
_MOST = 2_000
#: Gives the place that something has now.
Where = Callable[[Place], Place]


def as_text(pulled: Pulled, *, written: bool) -> str:
    """A line for each edit that came, its words marked as git marks them; below it the files."""
    lines = [line for package in pulled.packages for line in _lines(package, pulled.where, written=written)]
    lines += [
        f"{name}: the learner has no edit of this card that is not home, so nothing was decided"
        for name in pulled.idle
    ]
    lines += [
        f"{role}: the learner has no change of this note type that is not home, so nothing was taken"
        for role in pulled.idle_types
    ]
    added, edited = ("added", "edited") if written else ("would add", "would edit")
    lines += [f"{added} {path.as_posix()}" for path in sorted(pulled.media)]
    lines += [f"{edited if change.old else added} {change.path.as_posix()}" for change in pulled.changes]
    return "\n".join(map(visible, lines))


def _lines(package: Package, where: Where, *, written: bool) -> Iterator[str]:
    come = {
        "text": sum(len(one.takes) for one in package.decisions),
        "mask": sum(len(one.moves) for one in package.decisions),
        "tag": sum(len(one.tags_come) + len(one.tags_go) for one in package.decisions),
    }
    what = ", ".join(counted(count, name) for name, count in come.items() if count) or "no text"
    what += " came home" if written else " would come home"
    there = f"{counted(package.there, 'note')} there, {package.edited} edited"
    there += f", {package.not_compared} not compared (P07)" if package.not_compared else ""
    there += f": {what}"
    yield f"{package.name}  {there if package.there else 'none of its notes is there'}"
    for decision in package.decisions:
        yield from (f"  {line}" for line in _about(decision, where))
        if decision.restamp:
            shown = f"{_shown(where(decision.theirs.card.id.place))} {decision.theirs.name}"
            verb = "kept yours" if written else "would keep yours"
            yield f"  {shown}: {verb}; the next build sends it to the learner, in place of the edit"
    for card in package.fresh:
        yield f"  new card {card.id}" if card.rows else f"  card {card.id} gets the learner's note"
    for kind in package.restyled:
        if kind.lines:
            came = "came" if written else "would come"
            into = f" {came} into {' and '.join(kind.files)}" if kind.files else ""
            yield f"  note type {kind.name}{into}"
            yield from (f"    {line}" for line in kind.lines)


def _about(decision: Decision, where: Where) -> Iterator[str]:
    name, card = decision.theirs.name, _shown(where(decision.theirs.card.id.place))
    yield from _coming(decision.coming, decision, where)
    for clash in decision.clashes:
        yield f"{_shown(where(_place(clash.spot, decision)))} {name} {clash.spot.name}: {clash.reason}"
        for label, text in _sides(clash.spot).items():
            yield f"    {label:7} {_on_a_line(text)}"
    for field, sides in _fields(decision):
        yield f"{card} {name} {field}: {decision.reason}"
        for label, text in sides.items():
            yield f"    {label:7} {_on_a_line(text)}"
    yield from (f"{line} (waits)" for line in _coming(decision.waiting, decision, where))


def _on_a_line(text: str) -> str:
    return short(" ".join(text.split()), _MOST) or "(nothing)"


def _coming(coming: Coming, decision: Decision, where: Where) -> Iterator[str]:
    name, card = decision.theirs.name, _shown(where(decision.theirs.card.id.place))
    for take in coming.takes:
        yield _changed(take, decision, where)
    for tag in coming.tags_come:
        yield f"{card} {name} tags: {{+{tag}+}}"
    for tag in coming.tags_go:
        yield f"{card} {name} tags: [-{tag}-]"
    for move in coming.moves:
        yield f"{card} {name} masks: mask {move.change}: {move.key}"


def _changed(take: Take, decision: Decision, where: Where) -> str:
    place, old = (
        where(_place(take.spot, decision)),
        take.spot.text.value if take.spot.text is not None else "",
    )
    words = short(word_diff(old, take.value or ""), _MOST)
    retired = " (the card is retired)" if decision.theirs.card.retired else ""
    return f"{_shown(place)} {decision.theirs.name} {take.spot.name}: {words}{retired}"


def _shown(place: Place) -> str:
    return f"{place.path}:{place.line}"


def _place(spot: Spot, decision: Decision) -> Place:
    return spot.text.place if spot.text is not None else decision.theirs.card.id.place


def _sides(spot: Spot) -> Mapping[str, str]:
    ours = spot.text.value if spot.text is not None else ""
    return {"shipped": spot.base, "theirs": spot.theirs, "ours": ours}


def _fields(decision: Decision) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The fields about which a person must decide, as nobody knows from which text the learner made them."""
    one = decision.theirs
    if decision.reason:
        for name, has, now in zip(one.note_type.field_names, one.fields, one.note.fields, strict=True):
            if has != now:
                yield name, {"theirs": has, "ours": now}


def as_json(pulled: Pulled, *, written: bool) -> str:
    """All that was found, for programs."""
    found = {
        "written": written,
        "files": [path.as_posix() for path in (*sorted(pulled.media), *(one.path for one in pulled.changes))],
        "nothing_to_decide": [*pulled.idle, *pulled.idle_types],
        "packages": [_package(package, pulled.where) for package in pulled.packages],
        "findings": [
            {
                "path": one.place.path, "line": one.place.line, "column": one.place.column, "code": one.code,
                "severity": str(one.severity), "message": one.message, "hint": one.hint, "card": one.card,
                "lang": one.lang,
            }
            for one in pulled.findings
        ],
    }  # fmt: skip
    return json.dumps(found, ensure_ascii=False, indent=2)


def _package(package: Package, where: Where) -> dict[str, object]:
    return {
        "package": package.name,
        "lang": package.lang,
        "there": package.there,
        "edited": package.edited,
        "not_compared": package.not_compared,
        "texts": [one for decision in package.decisions for one in _texts(decision, decision.takes, where)],
        "waiting": [
            one for decision in package.decisions for one in _texts(decision, decision.waiting.takes, where)
        ],
        "waiting_tags": [one for decision in package.decisions for one in _tags(decision, decision.waiting)],
        "waiting_masks": [
            one for decision in package.decisions for one in _masks(decision, decision.waiting)
        ],
        "conflicts": [one for decision in package.decisions for one in _conflicts(decision, where)],
        "kept": [one.theirs.name for one in package.decisions if one.restamp],
        "tags": [one for decision in package.decisions for one in _tags(decision, decision.coming)],
        "masks": [one for decision in package.decisions for one in _masks(decision, decision.coming)],
        "new": [{"guid": card.note.guid, "card": card.id} for card in package.fresh],
        "not_taken": [*_not_taken(package)],
        "note_types": [
            {"name": kind.name, "note_type": kind.role, "diff": kind.lines, "files": kind.files}
            for kind in package.restyled
        ],
        "absent": package.gone,
    }


def _not_taken(package: Package) -> Iterator[dict[str, object]]:
    for guid, reason in package.added.items():
        yield {"guid": guid, "reason": reason}
    for guid, (card, ref) in package.elsewhere.items():
        yield {"guid": guid, "reason": f"it came home on {shown_ref(ref)} as the card `{card}`"}


def _texts(decision: Decision, takes: Iterable[Take], where: Where) -> Iterator[dict[str, object]]:
    for take in takes:
        place = where(_place(take.spot, decision))
        yield {
            "card": decision.theirs.name, "text": take.spot.name, "path": place.path,
            "line": place.line, "old": take.spot.text.value if take.spot.text is not None else None,
            "new": take.value, "retired": decision.theirs.card.retired is not None,
        }  # fmt: skip


def _tags(decision: Decision, coming: Coming) -> Iterator[dict[str, object]]:
    if coming.tags_come or coming.tags_go:
        yield {
            "card": decision.theirs.name, "added": coming.tags_come, "removed": coming.tags_go
        }  # fmt: skip


def _masks(decision: Decision, coming: Coming) -> Iterator[dict[str, object]]:
    for move in coming.moves:
        yield {"card": decision.theirs.name, "mask": move.key, "change": move.change}


def _conflicts(decision: Decision, where: Where) -> Iterator[dict[str, object]]:
    for clash in decision.clashes:
        place = where(_place(clash.spot, decision))
        yield {
            "card": decision.theirs.name, "text": clash.spot.name, "path": place.path,
            "line": place.line, "reason": clash.reason, **_sides(clash.spot),
        }  # fmt: skip
    if decision.reason:
        fields = [{"field": name, **sides} for name, sides in _fields(decision)]
        yield {"card": decision.theirs.name, "reason": decision.reason, "fields": fields}
