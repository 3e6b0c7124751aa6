"""Classes of plain values that are quick: values are made for every text or card, classes at every start."""

from __future__ import annotations

import copyreg
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform

_Class = TypeVar("_Class")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def fixed(of: type[_Class]) -> type[_Class]:
    """A dataclass with slots whose values are equal, and have the same hash, when their fields are equal.

    To the type checker it is frozen, so nobody changes a value. Python does not look: with `frozen=True`
    a value of 17 fields takes 30 times as long to make, and a class four times as long, as Python writes and
    compiles six functions for each (Python 3.11). Here it writes `__init__` alone.
    """
    of.__doc__ = of.__doc__ or of.__name__  # else the dataclass spends a third of its time on making one up
    made: Any = dataclass(slots=True, repr=False, eq=False)(of)
    compared = [one.name for one in fields(made) if one.compare]
    values = attrgetter(*compared) if compared else type

    def equal(self: object, other: object) -> bool:
        return bool(values(self) == values(other)) if other.__class__ is self.__class__ else NotImplemented

    made.__eq__, made.__hash__, made.__repr__ = equal, lambda self: hash(values(self)), _shown
    pickled_by_fields(made)
    return made  # type: ignore[no-any-return]


def pickled_by_fields(of: Any, but: int = 0) -> None:
    """Have values of a dataclass with slots pickled as the class and what their fields hold, in their order.

    Of the last fields, `but` are left out, and get their defaults. No loop in Python runs for it. The usual
    way sets one field after the other, and takes five times as long to read (Python 3.11).
    """
    names = [one.name for one in fields(of)][: -but or None]
    # Of a single name `attrgetter` gives no tuple.
    of.__held__ = property(attrgetter(*names) if len(names) > 1 else lambda one: (getattr(one, *names),))
    copyreg.pickle(of, attrgetter("__class__", "__held__"))


def _shown(self: Any) -> str:
    """`Item(key='a', text='…')`, as dataclasses are shown."""
    shown = ", ".join(f"{one.name}={getattr(self, one.name)!r}" for one in fields(self) if one.repr)
    return f"{type(self).__qualname__}({shown})"
