"""The real Anki as the judge: a collection in a folder of its own, and what a learner does with it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest
from anki.import_export_pb2 import ImportAnkiPackageUpdateCondition as Update

Rows = list[tuple[Any, ...]]

#: What the import dialogue can be set to; the first is what it shows on a new profile.
OPTION_SETS = {
    f"{'merge' if merge else 'no-merge'}-{'progress' if progress else 'no-progress'}-{update}": {
        "merge_notetypes": merge,
        "with_scheduling": progress,
        "with_deck_configs": progress,
        "update_notes": condition,
        "update_notetypes": condition,
    }
    for update, condition in (
        ("if-newer", Update.IMPORT_ANKI_PACKAGE_UPDATE_CONDITION_IF_NEWER),
        ("always", Update.IMPORT_ANKI_PACKAGE_UPDATE_CONDITION_ALWAYS),
    )
    for merge in (False, True)
    for progress in (False, True)
}


@dataclass(frozen=True)
class Log:
    """The counters that Anki shows after an import."""

    new: int
    updated: int
    duplicate: int
    conflicting: int


def next_second() -> None:
    """Wait until a second has passed that Anki and a build tell apart: their stamps are whole seconds."""
    time.sleep(1.02 - time.time() % 1)


class Learner:
    """Somebody with a collection."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.col = Collection(str(folder / "collection.anki2"))

    def __enter__(self) -> Learner:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.col.close()

    def import_package(self, package: Path, options: dict[str, Any] | None = None) -> Log:
        request = ImportAnkiPackageRequest(
            package_path=str(package), options=ImportAnkiPackageOptions(**(options or {}))
        )
        log = self.col.import_anki_package(request).log
        # The Python layer keeps note types; after an import it would show the old ones.
        self.col.models._clear_cache()
        return Log(len(log.new), len(log.updated), len(log.duplicate), len(log.conflicting))

    def study(self, deck: str, count: int, ease: int = 3) -> int:
        """Answer up to `count` cards of `deck`; says how many there were."""
        deck_id = self.col.decks.id_for_name(deck)
        assert deck_id is not None, f"no deck {deck}"
        self.col.decks.select(deck_id)
        for done in range(count):
            card = self.col.sched.getCard()
            if card is None:
                return done
            card.start_timer()
            self.col.sched.answerCard(card, ease)  # type: ignore[arg-type]
            self._agree(card)
        return count

    def study_a_day(self, deck: str, answer: Callable[[Any], tuple[int, float]]) -> int:
        """Answer all that is due today, and begin tomorrow; `answer` gives a button, and how many seconds it took.

        Cards in learning come again until they are learnt. Says how many answers there were.
        """
        deck_id = self.col.decks.id_for_name(deck)
        assert deck_id is not None, f"no deck {deck}"
        self.col.decks.select(deck_id)
        done = 0
        while (card := self.col.sched.getCard()) is not None:
            button, seconds = answer(card)
            card.timer_started = time.time() - seconds
            self.col.sched.answerCard(card, button)  # type: ignore[arg-type]
            self._agree(card)
            done += 1
        self.sleep()
        return done

    def sleep(self, days: int = 1) -> None:
        """Let days pass: all that was done is as many days older."""
        assert self.col.db is not None
        seconds = days * 86_400
        self.col.db.execute("update col set crt = crt - ?", seconds)
        self.col.db.execute("update revlog set id = id - ?", seconds * 1000)
        self.col.db.execute("update cards set due = due - ? where queue = 1", seconds)
        last = "json_extract(data, '$.lrt')"
        self.col.db.execute(
            f"update cards set data = json_set(data, '$.lrt', {last} - ?) where {last}",  # noqa: S608  # our words
            seconds,
        )
        self.col.close()
        self.col.reopen()

    def _agree(self, card: Any) -> None:
        """Let the card have been answered in the second that the log says.

        Anki takes the clock twice, and a full millisecond of the log pushes an answer on: at the turn of a second
        they differ, and Check Database has something to mend that no import did.
        """
        assert self.col.db is not None
        logged = self.col.db.scalar("select max(id) from revlog where cid = ?", card.id) // 1000
        card.load()
        if card.last_review_time != logged:
            card.last_review_time = logged
            self.col.update_card(card)

    def rows(self, table: str) -> Rows:
        assert self.col.db is not None
        query = f"select * from {table} order by id"  # noqa: S608  # our own names
        return [tuple(row) for row in self.col.db.all(query)]

    def progress(self) -> tuple[Rows, Rows]:
        """All that must never change: every row of cards and of the review log."""
        return self.rows("cards"), self.rows("revlog")

    def note(self, card_id: str, query: str = "") -> Any:
        """The note of a card by its id in the source."""
        found = self.col.find_notes(f'"Id:{card_id}" {query}')
        assert len(found) == 1, f"{len(found)} notes for {card_id}"
        return self.col.get_note(found[0])

    def cards(self, card_id: str, query: str = "") -> list[Any]:
        cards = [self.col.get_card(found) for found in self.col.find_cards(f'"Id:{card_id}" {query}')]
        return sorted(cards, key=lambda card: int(card.ord))

    def note_types(self) -> set[str]:
        """The names of all note types."""
        return {item.name for item in self.col.models.all_names_and_ids()}

    def is_sound(self, without_cards: int = 0) -> None:
        """No empty cards, and Check Database has nothing to mend."""
        assert list(self.col.get_empty_cards().notes) == []
        before = self.col.card_count()
        report, ok = self.col.fix_integrity()
        assert ok, report
        assert report == "Database rebuilt and optimized."
        assert self.col.card_count() == before + without_cards
