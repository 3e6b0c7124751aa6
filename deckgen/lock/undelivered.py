"""What a build can't bring to those who imported another state of the deck: findings R15 to R18.

These are warnings: the build loses nothing, but the author should know. docs/regeneration.md says
what counts as given out.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

from deckgen.finding import Finding, Place, Severity
from deckgen.lock.held import Held
from deckgen.lock.history import DETACHED
from deckgen.lock.limits import LATEST, SKEW
from deckgen.lock.lines import Lock
from deckgen.lock.states import Sight, is_ahead

#: A finding names at most so many cards.
NAMED = 6


def undelivered(lock: Lock, held: Held, clock: int, shown: str) -> list[Finding]:
    """Findings about a deck whose next lock is `lock`, and which is `held` by what was given out before.

    `clock` is the time of this machine in seconds since 1970; `shown` is the lock's name.
    """
    place = Place(shown)
    found = [
        *_elsewhere(lock, held.others, place),
        *_left_behind(lock, held.given, place),
        *_ahead(lock, clock, place),
    ]
    return [*found, not_asked(held.trouble, shown)] if held.trouble else found


def not_asked(trouble: str, shown: str) -> Finding:
    """The finding (R18) that git did not answer."""
    message = f"git does not tell what was given out before: {trouble}"
    hint = (
        "if the deck was taken back to an older state, its learners may not get it; mend git, and build again"
    )
    return Finding(Place(shown), "R18", message, hint, severity=Severity.WARNING)


def _elsewhere(lock: Lock, others: Iterable[tuple[str, Lock]], place: Place) -> Iterator[Finding]:
    """Findings about other texts with stamps that are no older: whoever has those will not get ours."""
    seen = Sight(lock)
    cards: dict[str, None] = {}
    names: dict[str, None] = {}
    look = False
    for name, state in others:
        for key, line in seen.notes(state):
            here = lock.notes.get(key)
            if here is not None and is_ahead(line, here):
                cards[key[0]] = names[shown_ref(name)] = None
        for type_key, other in seen.note_types(state):
            own = lock.note_types.get(type_key)
            if own is not None and is_ahead(other, own):
                look, names[shown_ref(name)] = True, None
    if not names:
        return
    what = _count(len(cards), "card") if cards else ""
    what = " and ".join(filter(None, (what, "the look" if look else "")))
    message = f"{_list(names)} {'has' if len(names) == 1 else 'have'} a newer state of {what}"
    message += f": {_list(cards)}" if cards else ""
    hint = "whoever imported that will not get this one: merge it, or run `deckgen restamp ID…`"
    yield Finding(place, "R15", message, hint, severity=Severity.WARNING)


def _left_behind(lock: Lock, given: Iterable[Lock], place: Place) -> Iterator[Finding]:
    """Languages and majors that were given out, and that this lock does not know."""
    have = {line.namespace for line in lock.packages.values()}
    majors = {_root(namespace): _major(namespace) for namespace in have}
    found: dict[str, None] = {}
    for state in given:
        if state.deck == lock.deck:
            found |= {line.namespace: None for line in state.packages.values() if line.namespace not in have}
    for namespace in found:
        root, major = _root(namespace), _major(namespace)
        if root in majors and major < majors[root]:
            continue  # `--new-major` left it behind and said so
        name = f"the language `{root}`" if root else "the deck"
        if root in majors:
            message = f"major {major} of {name} was given out, and this lock is of major {majors[root]}"
            hint = "take the lock of the newer major, or tell its learners that they get no more updates"
        else:
            message = f"{name} was given out, and this lock does not have it"
            hint = "put it back, or tell its learners that they get no more updates"
        yield Finding(place, "R16", message, hint, severity=Severity.WARNING)


def _ahead(lock: Lock, clock: int, place: Place) -> Iterator[Finding]:
    """Stamps that a wrong clock made; not those that notes had in another unit before they were adopted."""
    soon = range(clock + SKEW + 1, LATEST + 1)
    late = {card: line.stamp for (card, _), line in lock.notes.items() if line.stamp in soon}
    looks = [line.stamp for line in lock.note_types.values() if line.stamp in soon]
    if not late and not looks:
        return
    until = time.strftime("%Y-%m-%d %H:%M", time.gmtime(max(*late.values(), *looks, 0, 0)))
    what = f"{_count(len(late), 'card')} ({_list(late)})" if late else "the look"
    message = f"the stamps of {what} lie ahead of the clock: until {until} UTC, imports overwrite local edits"
    hint = "if this clock is right, `deckgen lock --lower` mends what can be mended; if it is behind, set it"
    yield Finding(place, "R17", message, hint, severity=Severity.WARNING)


def _root(namespace: str) -> str:
    return namespace.partition("#")[0]


def _major(namespace: str) -> int:
    return int(namespace.partition("#")[2] or 1)


def shown_ref(ref: str) -> str:
    """`refs/heads/main` as git shows it: main. What was built here may have been on no branch."""
    if ref == DETACHED:
        return "a detached HEAD"
    for folder in ("refs/heads/", "refs/remotes/", "refs/tags/"):
        ref = ref.removeprefix(folder)
    return f"`{ref}`"


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _list(names: Iterable[str]) -> str:
    every = list(names)
    more = f" and {len(every) - NAMED} more" if len(every) > NAMED else ""
    return ", ".join(every[:NAMED]) + more
