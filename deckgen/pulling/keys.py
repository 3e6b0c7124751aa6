"""The keys of a card that get another text: what was decided, as changes of its mapping in the card file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from deckgen.adopting.scalars import quoted, scalar, word
from deckgen.editing.changes import Add, AddItem, Change, Drop, DropItem, Set
from deckgen.editing.edit import CantEdit
from deckgen.editing.scalars import as_key
from deckgen.pulling.decision import Decision, Take
from deckgen.pulling.shapes import written
from deckgen.pulling.spots import Trouble
from deckgen.reading import tree
from deckgen.reading.keys import CONTENT_KEYS
from deckgen.written import Text


def changes(node: tree.Mapping, decision: Decision) -> list[Change]:
    """The changes of a card's mapping by which it says what was decided. Raises CantEdit.

    Tags that nothing of this card can take out become troubles of the decision.
    """
    _leave_shared_tags(node, decision)
    anew = [take for take in decision.takes if _lacks_fields(node, take)]
    found: list[Change] = [_change(node, take) for take in decision.takes if take not in anew]
    return [*found, *_fields(node, decision, anew), *_tags(node, decision), *_masks(node, decision)]


def _lacks_fields(node: tree.Mapping, take: Take) -> bool:
    """Whether a text is to stand under `fields:` of a card that has only `q`, `a` or `cloze`."""
    *above, inner, _ = ("", *take.spot.keys)
    if take.spot.text is not None or inner != "fields":
        return False
    return "fields" not in _inside(node, above[1:])


def _fields(node: tree.Mapping, decision: Decision, takes: list[Take]) -> Iterator[Change]:
    """The mapping `fields:` with these texts, and `type:`, without which no card may have it."""
    if not takes:
        return
    inner = _inside(node, takes[0].spot.keys[:-2])
    texts = (f"{as_key(take.spot.keys[-1])}: {_written(take)}" for take in takes)
    yield Add(inner, "fields", f"{{{', '.join(texts)}}}", _last_content(inner))
    if "type" not in node:
        yield Add(node, "type", decision.theirs.note.role, "tags" if "tags" in node else "id")


def _change(node: tree.Mapping, take: Take) -> Change:
    """The change of a card's mapping that gives a text its value."""
    text, name = take.spot.text, take.spot.keys[-1]
    if text is None:
        inner = _inside(node, take.spot.keys[:-1])
        if inner.flow:
            return Add(inner, name, _written(take), _last_content(inner))
        column = next(iter(inner.entries.values()))[0].column
        written = scalar(take.value or "", column, html=take.html, chomped=True).removeprefix(" ")
        return Add(inner, name, written, _last_content(inner))
    for inner, key, found, flow in _found(node, flow=node.flow):
        if (found.line, found.column) == (text.line, text.column):
            if take.value is None:
                return Drop(inner, key)
            if found.html != take.html:
                raise CantEdit(f"`{name}:` would become HTML, or no longer be HTML: change it yourself")
            return Set(found, take.value, flow)
    raise CantEdit(f"`{name}:` is written in a way that can't be edited safely")


def _written(take: Take) -> str:
    tag = f"{tree.HTML_TAG} " if take.html else ""
    return f"{tag}{quoted(take.value or '')}"


def _last_content(node: tree.Mapping) -> str:
    return next((key for key in reversed(node.entries) if key in CONTENT_KEYS), "")


def _inside(node: tree.Mapping, keys: Iterable[str]) -> tree.Mapping:
    for key in keys:
        found = node.get(key)
        if not isinstance(found, tree.Mapping):
            raise CantEdit(f"there is no `{key}:` to write into")
        node = found
    return node


def _found(node: tree.Mapping, *, flow: bool) -> Iterator[tuple[tree.Mapping, str, Text, bool]]:
    """The texts in a mapping, and in those below it, each with its key."""
    for key, (_, value) in node.entries.items():
        if isinstance(value, Text):
            yield node, key, value, flow
        elif isinstance(value, tree.Mapping):
            yield from _found(value, flow=flow or value.flow)


def _tags(node: tree.Mapping, decision: Decision) -> Iterator[Change]:
    listed = node.get("tags")
    come = [*decision.tags_come]
    if listed is None and come:
        yield Add(node, "tags", f"[{', '.join(map(word, come))}]", behind="id")
    elif come and not isinstance(listed, tree.Sequence):
        raise CantEdit("`tags:` is written in a way that can't be edited safely")
    if not isinstance(listed, tree.Sequence):
        return
    own = {item.value: item for item in listed.items if isinstance(item, Text)}
    go = [own[tag] for tag in decision.tags_go if tag in own]
    if go and len(go) == len(own) and not come:
        yield Drop(node, "tags")
        return
    both = min(len(go), len(come))  # a list of none could not be written
    yield from (Set(old, new, listed.flow) for old, new in zip(go, come, strict=False))
    if come[both:]:
        yield AddItem(listed, tuple(map(word, come[both:])))
    yield from (DropItem(listed, text.value) for text in go[both:])


def _leave_shared_tags(node: tree.Mapping, decision: Decision) -> None:
    """Tell of tags that went, but that the whole file has: nothing of this card can take them out."""
    listed = node.get("tags")
    items = listed.items if isinstance(listed, tree.Sequence) else ()
    own = {item.value for item in items if isinstance(item, Text)}
    for tag in decision.tags_go:
        if tag not in own:
            reason = f"all cards of the file have the tag `{tag}`, which the learner took out"
            decision.troubles.append(Trouble("Tags", reason, "P04"))
    decision.tags_go = tuple(tag for tag in decision.tags_go if tag in own)


def _masks(node: tree.Mapping, decision: Decision) -> Iterator[Change]:
    if not decision.moves:
        return
    masks = node.get("masks")
    if not isinstance(masks, tree.Mapping):
        raise CantEdit("`masks:` is written in a way that can't be edited safely")
    for move in decision.moves:
        if move.old is None:
            yield Add(masks, move.key, written(move.mask))
            continue
        shapes = masks.get(move.key)
        listed = shapes.get(move.mask.shape) if isinstance(shapes, tree.Mapping) else None
        old = [] if listed is None else list(_texts(listed))
        if len(old) != len(move.mask.numbers):
            raise CantEdit(f"the mask `{move.key}` got another shape: change `masks:` yourself")
        for text, number in zip(old, move.mask.numbers, strict=True):
            if round(float(text.value) * 100) != number:
                yield Set(text, f"{number / 100:g}", True)


def _texts(node: tree.Node) -> Iterator[Text]:
    for item in node.items if isinstance(node, tree.Sequence) else ():
        if isinstance(item, Text):
            yield item
        else:
            yield from _texts(item)
