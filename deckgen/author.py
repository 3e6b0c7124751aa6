"""What an author does to a deck by command, apart from building it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from deckgen import carry, edit, files, shipped, translation
from deckgen import lock as locks
from deckgen.edit import CantEdit
from deckgen.keys import is_date, is_name
from deckgen.load import NoDecks, choose, find_folders, load, read_head
from deckgen.stage import alone, write_texts

__all__ = ["CantEdit", "confirm", "forget", "recover_lock", "rename", "retire"]


def rename(source_dir: Path, old: str, new: str, deck: str | None = None) -> list[Path]:
    """Give the card `old` the id `new`; gives the files that changed.

    Raises NoDecks, CantEdit or stage.Busy when that can't be done, OSError when a file
    can't be written. Then nothing changed.
    """
    if not is_name(new):
        raise CantEdit(f"`{new}` can't be a card's id: use a-z, 0-9 and single hyphens")
    with alone(source_dir) as journal:
        folder = _folder(source_dir, (old, new), deck)
        lock = _lock(folder)
        built = {card for card, _ in lock.notes}
        if new in built:
            raise CantEdit(f"the card `{new}` was built itself: another card can't take its id")
        owner = carry.former_ids(lock.notes).get(new, old)
        if owner != old:
            raise CantEdit(f"the id `{new}` was that of `{owner}` before it was renamed: choose another one")
        return write_texts(edit.rename(folder, old, new, built=old in built), journal)


def retire(
    source_dir: Path, card: str, since: str, reasons: Iterable[str], deck: str | None = None
) -> list[Path]:
    """Write `retired:` into a card; gives the files that changed.

    `reasons` are texts for all languages, or `LANG=text` for one each. Raises as
    `rename` does.
    """
    if not is_date(since):
        raise CantEdit(f"`{since}` is not a date: write it as 2026-01-31")
    given = list(reasons)
    if not all(reason.strip() and reason.isprintable() for reason in given):
        raise CantEdit("a reason is a line of text")
    with alone(source_dir) as journal:
        folder = _folder(source_dir, (card,), deck)
        head = read_head(folder)
        languages = head.languages if head is not None else ()
        return write_texts(edit.retire(folder, card, since, _by_language(given, languages)), journal)


def confirm(source_dir: Path, cards: Iterable[str], lang: str, deck: str | None = None) -> list[Path]:
    """Say in the lock that the texts of `cards` in `lang` are up to date; gives its path.

    Raises CantEdit also for a card that does not wait for an edit.
    """
    wanted = tuple(cards)
    with alone(source_dir) as journal:
        folder = _folder(source_dir, wanted, deck)
        loaded, _ = load(folder)
        if loaded is None:
            raise CantEdit(f"{folder.as_posix()} can't be read; `deckgen check` tells why")
        # A card that was renamed since the last build has its line under the old id still.
        lock, _ = carry.rename(carry.adopt(_lock(folder), loaded), loaded, locks.FILE)
        present = {card.id.value: card for card in loaded.cards}
        for name in wanted:
            card = present.get(name)
            if card is None:
                raise CantEdit(f"the card `{name}` can't be read; `deckgen check` tells why")
            if lang not in card.contents:
                raise CantEdit(f"the card `{name}` has no language `{lang}`")
            confirmed = translation.confirm(card, lang, lock)
            if confirmed is None:
                raise CantEdit(f"`{lang}` of the card `{name}` does not wait for an edit")
            lock = confirmed
        return write_texts({folder / locks.FILE: locks.dump(lock)}, journal)


def forget(source_dir: Path, deck: str) -> list[Path]:
    """Write a lock in which nothing was built yet, for a deck that nobody has; gives its path.

    A lock that is only deleted would be missed: by the packages, and by git (R07). Raises as
    `rename` does.
    """
    with alone(source_dir) as journal:
        (folder,) = choose(find_folders(source_dir), [deck]).values()
        head = read_head(folder)
        if head is None:
            raise CantEdit(f"{folder.as_posix()} can't be read; `deckgen check` tells why")
        return write_texts({folder / locks.FILE: locks.dump(locks.Lock(head.key.value))}, journal)


def recover_lock(source_dir: Path, packages: Iterable[Path]) -> list[Path]:
    """Write the lock of a deck anew from packages that carry it; gives its path.

    Raises CantEdit when there is a lock already, or the packages have none or don't
    belong together, shipped.Unreadable when one can't be read, and OSError.
    """
    with alone(source_dir) as journal:
        return write_texts(_recovered_lock(source_dir, packages), journal)


def _recovered_lock(source_dir: Path, packages: Iterable[Path]) -> dict[Path, str]:
    found: locks.Lock | None = None
    for path in packages:
        text = shipped.read_lock(path)
        lock, findings = locks.parse(text, path.as_posix()) if text is not None else (None, [])
        if lock is None:
            raise CantEdit(
                findings[0].message if findings else f"{path.as_posix()} carries no lock of deckgen"
            )
        if found is not None and found.packages.keys() & lock.packages.keys():
            raise CantEdit(
                f"{path.as_posix()} is of a language that was named before: give the newest package only"
            )
        if found is not None and found.deck != lock.deck:
            raise CantEdit(f"{path.as_posix()} is of the deck `{lock.deck}`, not of `{found.deck}`")
        found = lock if found is None else _joined(found, lock)
    if found is None:
        raise CantEdit("name at least one package")
    folder = _folder_of_key(source_dir, found.deck)
    target = folder / locks.FILE
    if target.exists():
        raise CantEdit(f"{target.as_posix()} is there; delete it first if it is to be replaced")
    return {target: locks.dump(found)}


def _joined(left: locks.Lock, right: locks.Lock) -> locks.Lock:
    return replace(
        left,
        packages={**left.packages, **right.packages},
        note_types={**left.note_types, **right.note_types},
        notes={**left.notes, **right.notes},
    )


def _by_language(reasons: list[str], languages: tuple[str, ...]) -> Mapping[str, str]:
    pairs = [reason.partition("=") for reason in reasons]
    if len(reasons) == 1 and pairs[0][0] not in languages:
        return {"": reasons[0]}
    given = {lang: text for lang, _, text in pairs if lang in languages}
    if len(given) != len(reasons) or set(given) != set(languages):
        raise CantEdit(f"give one reason for all, or one for each language: {', '.join(languages)}")
    return given


def _folder(source_dir: Path, cards: tuple[str, ...], deck: str | None) -> Path:
    """The folder of the deck that has one of `cards`."""
    folders = choose(find_folders(source_dir), [deck] if deck else [])
    holding = [folder for folder in folders.values() if edit.ids(folder) & set(cards)]
    if not holding:
        raise CantEdit(f"no deck has a card `{cards[0]}`")
    if len(holding) > 1:
        names = ", ".join(folder.name for folder in holding)
        raise CantEdit(f"several decks have {' and '.join(cards)}: choose one with --deck: {names}")
    return holding[0]


def _folder_of_key(source_dir: Path, key: str) -> Path:
    for folder in find_folders(source_dir).values():
        head = read_head(folder)
        if head is not None and head.key.value == key:
            return folder
    raise NoDecks(f"no deck in {source_dir.as_posix()} has the key `{key}`")


def _lock(folder: Path) -> locks.Lock:
    try:
        text = files.beside(folder / locks.FILE, locks.MAX_BYTES).decode("utf-8")
    except FileNotFoundError:
        return locks.Lock("")
    except UnicodeDecodeError:
        raise CantEdit(
            f"{(folder / locks.FILE).as_posix()} can't be read; `deckgen check` tells why"
        ) from None
    lock, findings = locks.parse(text, (folder / locks.FILE).as_posix())
    if lock is None:
        raise CantEdit(f"{findings[0].place.path}:{findings[0].place.line}: {findings[0].message}")
    return lock
