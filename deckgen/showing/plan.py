"""A plan for people, as text, and for programs, as plain values."""

from __future__ import annotations

from collections.abc import Mapping

from deckgen.building.against import Group
from deckgen.building.plan import FieldChange, PackagePlan, Plan
from deckgen.terminal import counted, visible


def as_dict(result: Plan) -> Mapping[str, object]:
    """The plan as plain values for JSON."""
    packages = []
    for package in result.packages:
        changes = package.changes
        row: dict[str, object] = {
            "package": package.package,
            "lang": package.lang,
            "new": list(changes.new),
            "changed": list(changes.changed),
            "retired": list(changes.retired),
            "returned": list(changes.returned),
            "left": list(changes.left),
            "let_go": list(changes.let_go),
            "unchanged": changes.unchanged,
            "tombstones": package.tombstones,
            "note_types_changed": list(changes.note_types),
            "warnings": [
                {"code": warning.code, "card": warning.card, "message": warning.message}
                for warning in package.warnings
            ],
        }
        if package.against is not None:
            row["against"] = [
                {"group": group.name, "cards": list(group.cards), "search": group.search}
                for group in package.against
            ]
        packages.append(row)
    return {"packages": packages}


def as_text(result: Plan) -> str:
    """The plan for people, one paragraph a package."""
    return "\n".join(visible(line) for package in result.packages for line in _lines(package))


def _lines(package: PackagePlan) -> list[str]:
    changes = package.changes
    retired = f", {package.tombstones} of them retired and without a card" if package.tombstones else ""
    lines = [
        f"{package.package}  {counted(package.total, 'note')}, {counted(package.cards, 'card')}{retired}"
    ]
    if package.against is not None:
        return lines + against_lines(package.against)
    moved = {*changes.retired, *changes.returned}
    groups = [
        ("+", "new", changes.new),
        ("~", "changed", tuple(card for card in changes.changed if card not in moved)),
        ("-", "retired", changes.retired),
        ("+", "returned", changes.returned),
        ("-", "left the package", changes.left),
        ("-", "left to its learner", changes.let_go),
    ]
    differences: dict[str, list[FieldChange]] = {}
    for difference in package.differences:
        differences.setdefault(difference.card, []).append(difference)
    for sign, name, cards in groups:
        for card in cards:
            lines.append(f"  {sign} {card} ({name})")
            lines += [f"      {one.name}: {one.words}" for one in differences.get(card, ())]
    lines += [f"  ~ {name} (note type: new look)" for name in changes.looks]
    lines += [f"  ! {warning.code}: {warning.message}" for warning in package.warnings]
    lines.append(f"  {changes.unchanged} unchanged" if package.pending else "  nothing to do")
    return lines


def against_lines(groups: tuple[Group, ...]) -> list[str]:
    if [group.name for group in groups] == ["missing"]:
        return ["  none of it is there yet: the import adds all of it as new"]
    lines = []
    for group in groups:
        lines.append(f"  {len(group.cards)} {group.name}: {group.explanation}")
        if group.name != "unchanged":
            shown = ", ".join(group.cards[:10]) + (", …" if len(group.cards) > 10 else "")
            lines.append(f"      {shown}")
            if group.search:
                lines.append(f"      search in Anki: {group.search}")
    return lines
