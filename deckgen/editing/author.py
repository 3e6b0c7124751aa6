"""What commands change in a deck for its author, apart from building it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from deckgen.deck import NO_LANGUAGE, Deck
from deckgen.editing import edit
from deckgen.editing.edit import CantEdit
from deckgen.lock import inherit, states, translation
from deckgen.lock.dump import dump, refused
from deckgen.lock.held import packages_of, remembered
from deckgen.lock.history import Memory
from deckgen.lock.limits import FILE, MAX_BYTES
from deckgen.lock.lines import Lock, TypeLine
from deckgen.lock.parse import parse
from deckgen.notes.identity import new_seed
from deckgen.packing import collection
from deckgen.packing.stage import alone, write_texts
from deckgen.reading import files
from deckgen.reading.keys import is_date, is_name
from deckgen.reading.load import DECK_FILE, NoDecks, choose, find_folders, load, read_head

__all__ = [
    "CantEdit",
    "confirm",
    "forget",
    "fork",
    "head_of",
    "lock_as_built",
    "lock_text",
    "lower_stamps",
    "recover_lock",
    "rename",
    "retire",
]


def rename(decks_dir: Path, old: str, new: str, deck: str | None = None) -> list[Path]:
    """Give the card `old` the id `new`; gives the files that changed.

    Raises NoDecks, CantEdit or stage.Busy when that can't be done, OSError when a file
    can't be written. Then nothing changed.
    """
    if not is_name(new):
        raise CantEdit(f"`{new}` can't be a card's id: use a-z, 0-9 and single hyphens")
    with alone(decks_dir) as journal:
        folder = _folder(decks_dir, (old, new), deck)
        lock = _lock(folder)
        built = {card for card, _ in lock.notes}
        if new in built:
            raise CantEdit(f"`{new}` is the id of a card that was built: another card can't take it")
        owner = inherit.former_ids(lock.notes).get(new, old)
        if owner != old:
            raise CantEdit(f"`{owner}` had the id `{new}` before it was renamed: choose another one")
        return write_texts(edit.rename(folder, old, new, built=old in built), journal)


def retire(
    decks_dir: Path,
    card: str,
    since: str,
    reasons: Iterable[str],
    deck: str | None = None,
    until: str | None = None,
) -> list[Path]:
    """Write `retired:` into a card; gives the files that changed.

    `reasons` are the text, or for a card in several languages `LANG=text` for each. From the day
    `until` on, no package has the note. Raises as `rename` does.
    """
    for date in (since, until):
        if date is not None and not is_date(date):
            raise CantEdit(f"`{date}` is not a date: write it as 2026-01-31")
    if until is not None and until < since:
        raise CantEdit(f"the card would leave on {until}, before it is retired on {since}")
    given = list(reasons)
    if not all(reason.strip() and reason.isprintable() for reason in given):
        raise CantEdit("a reason is a line of text")
    with alone(decks_dir) as journal:
        folder = _folder(decks_dir, (card,), deck)
        head = read_head(folder)
        languages = edit.languages(folder, card, head.languages if head is not None else ())
        return write_texts(edit.retire(folder, card, since, _by_language(given, languages), until), journal)


def confirm(decks_dir: Path, cards: Iterable[str], lang: str, deck: str | None = None) -> list[Path]:
    """Say in the lock that the texts of `cards` in `lang` are up to date; gives its path.

    Raises CantEdit when that can't be done, also for a card that does not wait for an edit.
    """
    wanted = tuple(cards)
    with alone(decks_dir) as journal:
        folder = _folder(decks_dir, wanted, deck)
        loaded, _ = load(folder)
        if loaded is None:
            raise CantEdit(f"{folder.as_posix()} can't be read; `deckgen check` tells why")
        lock = lock_as_built(folder, loaded)
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
        return write_texts(lock_text(folder, lock), journal)


def forget(decks_dir: Path, deck: str) -> list[Path]:
    """Begin a deck that nobody has anew: give it another seed, and a lock in which nothing was built.

    Deleting the lock would not do: packages and git still know that there was one (R07). With another
    seed, what git remembers belongs to another deck. Gives the files that changed. Raises as
    `rename` does.
    """
    with alone(decks_dir) as journal:
        folder, head = head_of(decks_dir, deck)
        return write_texts(_begun_anew(folder, head.key.value, {}), journal)


def fork(decks_dir: Path, deck: str, key: str, titles: Iterable[str]) -> list[Path]:
    """Make a copied deck independent: give it another key, seed and title, and a lock with nothing built.

    `deck` is the folder's name. `titles` are texts for all languages, or `LANG=text` for one each. Gives
    the files that changed. Raises as `rename` does.
    """
    if not is_name(key):
        raise CantEdit(f"`{key}` can't be a deck's key: use a-z, 0-9 and single hyphens")
    with alone(decks_dir) as journal:
        folder, head = head_of(decks_dir, deck)
        built = _lock(folder)
        if key == head.key.value and built.deck in ("", head.identity):
            raise CantEdit(f"`{key}` is the deck's key already: choose another one")
        _expect_free_of_title(folder)
        return write_texts(_begun_anew(folder, key, _titles(list(titles), head, built)), journal)


def _expect_free_of_title(folder: Path) -> None:
    """Under another title, a path that begins with the old one would lead elsewhere. Raises CantEdit."""
    deck, _ = load(folder)
    if deck is None:
        return
    for card, lang, text in deck.placed():
        below = deck.subdeck(card, lang)
        if below != text.value:
            place = f"{text.place.path}:{text.place.line}"
            mend = f"write “{below}” alone" if below else "take it out"
            raise CantEdit(
                f"{place}: the deck “{text.value}” begins with the old title: {mend}, and try again"
            )


def head_of(decks_dir: Path, deck: str) -> tuple[Path, Deck]:
    """The folder of a deck by its name, and what its deck.yaml says. Raises NoDecks or CantEdit."""
    (folder,) = choose(find_folders(decks_dir), [deck]).values()
    head = read_head(folder)
    if head is None:
        raise CantEdit(f"{(folder / DECK_FILE).as_posix()} can't be read; `deckgen check` tells why")
    return folder, head


def _begun_anew(folder: Path, key: str, titles: Mapping[str, str]) -> dict[Path, str]:
    head = read_head(folder)
    if head is not None and head.adopted is not None:
        raise CantEdit(
            f"{(folder / DECK_FILE).as_posix()} says `adopted: true`: learners had this deck before deckgen, "
            "and what they have is told by deck.lock alone"
        )
    seed = new_seed()
    texts = edit.fork(folder / DECK_FILE, key, seed, titles)
    # An empty lock, not none: git may remember that there was one.
    return {**texts, **lock_text(folder, Lock(f"{key} {seed}"))}


def _titles(given: list[str], head: Deck, built: Lock) -> Mapping[str, str]:
    """The new titles by language; none may be a title of the deck that this one was copied from."""
    languages = tuple(lang for lang in head.languages if lang)
    titles = _by_language(given, languages, "title")
    titles = dict.fromkeys(head.languages, titles[""]) if "" in titles else titles
    old = [line.title for line in built.packages.values()] or [text.value for text in head.title.values()]
    for text in titles.values():
        if not text.strip() or text.casefold() in map(str.casefold, old):
            raise CantEdit(f"“{text}” is the title of the deck that this is a copy of: choose another one")
    if len(set(map(str.casefold, titles.values()))) < len(titles):
        raise CantEdit("give each language a title of its own: `--title en=… --title zh=…`")
    return titles


def lower_stamps(decks_dir: Path, decks: Iterable[str], clock: int) -> list[Path]:
    """Take back stamps that lie ahead of `clock`, in seconds since 1970 (see `states.lowered`).

    Gives the locks that changed. Raises as `rename` does, also when there is nothing to take back.
    """
    texts: dict[Path, str] = {}
    with alone(decks_dir) as journal:
        memory = Memory(decks_dir)
        for folder in choose(find_folders(decks_dir), decks).values():
            path = folder / FILE
            if path.exists():
                held = remembered(_lock(folder), path.read_bytes().decode("utf-8"), path, memory)
                lowered = states.lowered(held.lock, (*held.given, *held.elsewhere), clock)
                if lowered != held.lock:
                    texts |= lock_text(folder, lowered)
        if not texts:
            raise CantEdit("no stamp that could be taken back lies ahead of the clock")
        return write_texts(texts, journal)


def recover_lock(
    decks_dir: Path, output_dir: Path, packages: Iterable[Path], unbuilt: Iterable[str] = ()
) -> list[Path]:
    """Write the lost lock of a deck anew from packages that carry it; gives its path.

    To `packages` come all others of the deck that lie beside them or in `output_dir`. Of every
    note the newest line counts. Languages in `unbuilt` were never built. Raises CantEdit when there
    is a lock already, when packages have none, don't belong together or leave out a language,
    collection.Unreadable when one can't be read, and OSError.
    """
    with alone(decks_dir, output_dir) as journal:
        given = [(path, _lock_in(path)) for path in packages]
        folder = _folder_without_lock(decks_dir, given[0][1].deck if given else "")
        head = read_head(folder)
        if head is None:
            raise CantEdit(f"{(folder / DECK_FILE).as_posix()} can't be read; `deckgen check` tells why")
        for path, lock in given:
            if lock.deck != head.identity:
                raise CantEdit(f"{path.as_posix()} belongs to the deck `{lock.deck}`, not `{head.identity}`")
        beside = {path.parent for path, _ in given} | {output_dir}
        known = {os.path.realpath(path) for path, _ in given}
        found = [lock for _, lock in given]
        for path in (path for place in sorted(beside) for path in packages_of(head, place)):
            if os.path.realpath(path) not in known:
                known.add(os.path.realpath(path))
                lock = _lock_in(path)
                found += [lock] if lock.deck == head.identity else []
        if not found:
            raise CantEdit(f"no package of the deck `{head.key.value}` lies in {output_dir.as_posix()}")
        return write_texts(lock_text(folder, _joined(found, head, tuple(unbuilt))), journal)


def _lock_in(package: Path) -> Lock:
    text = collection.read_lock(package)
    lock, findings = parse(text, package.as_posix()) if text is not None else (None, [])
    if lock is None:
        raise CantEdit(
            findings[0].message if findings else f"{package.as_posix()} carries no lock of deckgen"
        )
    return lock


def _joined(found: list[Lock], head: Deck, unbuilt: tuple[str, ...]) -> Lock:
    """Join the locks that the packages of a deck carry into one."""
    newest: dict[str, Lock] = {}
    for lock in sorted(found, key=lambda one: max((line.stamp for line in one.notes.values()), default=0)):
        newest |= dict.fromkeys(lock.packages, lock)
    if any(lang and not newest[lang].namespace(lang).partition("#")[0] for lang in newest):
        newest.pop(NO_LANGUAGE, None)  # from before the deck had languages; another one has its guids
    begun = NO_LANGUAGE in newest and head.languages[0]
    missing = [lang for lang in head.languages if lang not in (*newest, *unbuilt, begun)]
    if missing:
        names = " and ".join(head.package_name(lang) for lang in missing)
        raise CantEdit(
            f"{names} is missing, and without it those cards would come a second time: add it with --from, "
            f"or say `--unbuilt {missing[0]}` if that language was never built"
        )
    packages = {lang: lock.packages[lang] for lang, lock in newest.items()}
    lock = states.given_out(Lock(head.identity, packages), found)
    types = {key: replace(line, grown=_may_have_grown(line)) for key, line in lock.note_types.items()}
    return replace(lock, note_types=types)


def _may_have_grown(line: TypeLine) -> bool:
    """Whether Anki may have added cards to notes of a type: there may be a later package than those found."""
    return line.grown or (line.layout is not None and len(line.layout.all_templates) > 1)


def _folder_without_lock(decks_dir: Path, identity: str) -> Path:
    """The folder of a deck that has no lock: that of `identity`, or the only one."""
    folders = {
        head.identity: folder
        for folder in find_folders(decks_dir).values()
        if (head := read_head(folder)) is not None
    }
    if identity and identity not in folders:
        raise NoDecks(f"no deck in {decks_dir.as_posix()} has the key `{identity}`")
    lost = [folder for name, folder in folders.items() if not (folder / FILE).exists()]
    if identity and folders[identity] not in lost:
        path = (folders[identity] / FILE).as_posix()
        raise CantEdit(f"{path} is there; delete it first if it is to be replaced")
    if not identity and len(lost) != 1:
        names = ", ".join(folder.name for folder in lost) or "none"
        raise CantEdit(f"name a package with --from: these decks have no lock: {names}")
    return folders[identity] if identity else lost[0]


def _by_language(reasons: list[str], languages: tuple[str, ...], what: str = "reason") -> Mapping[str, str]:
    pairs = [reason.partition("=") for reason in reasons]
    if len(languages) < 2 and len(reasons) == 1 and pairs[0][0] not in languages:
        return {"": reasons[0]}
    given = {lang: text for lang, _, text in pairs if lang in languages}
    if len(given) != len(reasons) or set(given) != set(languages):
        example = " ".join(f'--{what} "{lang}=…"' for lang in languages if lang) or f'--{what} "…"'
        raise CantEdit(f"give each language a {what} of its own: `{example}`")
    return given


def _folder(decks_dir: Path, cards: tuple[str, ...], deck: str | None) -> Path:
    """The folder of the deck that has one of `cards`."""
    folders = choose(find_folders(decks_dir), [deck] if deck else [])
    holding = [folder for folder in folders.values() if edit.ids(folder) & set(cards)]
    if not holding:
        raise CantEdit(f"no deck has a card `{cards[0]}`")
    if len(holding) > 1:
        names = ", ".join(folder.name for folder in holding)
        raise CantEdit(f"several decks have {' and '.join(cards)}: choose one with --deck: {names}")
    return holding[0]


def lock_as_built(folder: Path, deck: Deck) -> Lock:
    """The lock in a deck's folder, with the lines of renamed cards under their new ids. Raises CantEdit."""
    # A card that was renamed since the last build still has its line under the old id.
    return inherit.rename(inherit.adopt(_lock(folder), deck), deck, FILE)[0]


def lock_text(folder: Path, lock: Lock) -> dict[Path, str]:
    """The text of a lock by its path. Raises CantEdit when the next run would refuse it."""
    path, text = folder / FILE, dump(lock)
    for finding in refused(lock, text, path.as_posix()):
        raise CantEdit(f"{path.as_posix()}: {finding.message}; {finding.hint}")
    return {path: text}


def _lock(folder: Path) -> Lock:
    try:
        text = files.beside(folder / FILE, MAX_BYTES).decode("utf-8")
    except FileNotFoundError:
        return Lock("")
    except UnicodeDecodeError:
        raise CantEdit(f"{(folder / FILE).as_posix()} can't be read; `deckgen check` tells why") from None
    lock, findings = parse(text, (folder / FILE).as_posix())
    if lock is None:
        raise CantEdit(f"{findings[0].place.path}:{findings[0].place.line}: {findings[0].message}")
    return lock
