"""Bring home what a learner edited, from a collection or package."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from deckgen.adopting.look import PLAIN, Look, look_of
from deckgen.building.steps import Asked as BuildAsked
from deckgen.building.steps import Ready, prepare
from deckgen.building.wishes import Wishes
from deckgen.checks import Craft
from deckgen.editing.author import lock_as_built, lock_text
from deckgen.editing.edit import CantEdit
from deckgen.editing.mend import Change
from deckgen.finding import has_errors
from deckgen.lock.advance import text_hash
from deckgen.lock.history import Memory
from deckgen.lock.inherit import former_ids, item_numbers
from deckgen.lock.lines import MERGED, Lock
from deckgen.lock.states import reach
from deckgen.notes.render import Rendered
from deckgen.packing import collection
from deckgen.packing.collection import Shipped
from deckgen.packing.journal import Journal
from deckgen.packing.stage import alone, scratch, staging
from deckgen.pulling import bases, fresh, learner, made, refused, remember, report, types
from deckgen.pulling.cardfiles import CardFiles
from deckgen.pulling.decide import Judge
from deckgen.pulling.decision import Decision
from deckgen.pulling.found import Asked, Package, Pulled
from deckgen.pulling.fresh import Fresh
from deckgen.pulling.learner import Held, OwnTags, State, Theirs
from deckgen.pulling.names import Collected, Names
from deckgen.reading import media

#: These findings are about what learners would lose at the next build; a pull goes on.
_LOSSES = ("R05", "R11", "R12")


def pull(asked: Asked, *, write: bool, now: int) -> Pulled:
    """Bring home what a learner edited; without `write`, only tell what would come.

    `now` is the time in seconds since 1970. Raises load.NoDecks, stage.Busy, CantEdit,
    collection.Unreadable, what `asked.files` does, and OSError when a file can't be written: then nothing
    changed.
    """
    with ExitStack() as opened:
        journal = opened.enter_context(alone(asked.decks_dir, asked.output_dir)) if write else None
        return _pull(asked, opened, journal, now)


def _pull(asked: Asked, opened: ExitStack, journal: Journal | None, now: int) -> Pulled:
    wishes = Wishes(asked.lang, craft=Craft.NONE)
    ready = prepare(BuildAsked(asked.decks_dir, asked.output_dir, asked.names, wishes))
    stopping = [one for one in ready.findings if one.code not in _LOSSES]
    if has_errors(stopping):
        return Pulled(stopping)
    report.expect_known(ready.decks, asked)
    # One that was named wrongly is told also when there is nothing to compare.
    shipped = {path: collection.guids(path) for path in asked.shipped}
    files = asked.files(ready.decks, opened.enter_context(scratch()))
    there, kinds = learner.read(files, ready.decks), types.read(files)
    collected = Collected(files, opened.enter_context(scratch()), opened)
    pulled = Pulled([])
    for item in ready.decks:
        of_deck = _OfDeck(item, asked, collected, ready.asked.memory, there, kinds, now)
        for path, text in of_deck.texts(pulled).items():
            old = path.read_bytes().decode("utf-8") if path.exists() else ""
            if text != old:
                pulled.changes.append(Change(path, old, text))
    report.expect_one_deck(pulled.packages, asked)
    pulled.findings += report.nobodys(ready.decks, pulled.packages)
    pulled.findings += report.useless(shipped, there.notes)
    decisions = [one for package in pulled.packages for one in package.decisions]
    decided = {one.theirs.card.id.value for one in decisions if one.restamp or one.writes or not one.is_home}
    pulled.idle = tuple(sorted((asked.theirs | asked.ours) - decided))
    if journal is not None:
        _write(pulled, journal)
        pulled.are_written()
    pulled.findings.sort()
    return pulled


def _write(pulled: Pulled, journal: Journal) -> None:
    """Put all files in place, or none. Raises OSError."""

    def writer(text: str) -> Callable[[Path], object]:
        return lambda path: path.write_bytes(text.encode())

    with staging(journal) as stage:
        for target, source in pulled.media.items():
            stage.add(target, lambda path, source=source: shutil.copyfile(source, path), lambda *_: False)  # type: ignore[misc]
        for change in pulled.changes:
            stage.add(change.path, writer(change.new), lambda *_: False)
        stage.finish()


@dataclass(slots=True)
class _OfDeck:
    """The pull of one deck."""

    item: Ready
    asked: Asked
    files: Collected
    memory: Memory
    there: Shipped
    kinds: Mapping[int, types.Looks]
    now: int

    def texts(self, pulled: Pulled) -> dict[Path, str]:
        """The new texts of the deck's files; what is found is added to `pulled`."""
        files = CardFiles(self.item.deck)
        found: list[tuple[Judge, Rendered, Held, Package]] = []
        for rendered in self.item.rendered:
            judge = self._judge(rendered)
            has = learner.compare(self.item, rendered, self.there, judge.own_tags)
            package = self._package(rendered, has, judge)
            for decision in package.decisions:
                files.want(decision)
            found.append((judge, rendered, has, package))
            pulled.packages.append(package)
        self._take_new(found, files)
        files.make()
        before = lock = lock_as_built(self.item.deck.folder, self.item.deck)
        for judge, rendered, has, package in found:
            lock = self._settled(judge, package, files, lock, pulled)
            pulled.findings += report.findings(self.item, rendered, has, package, judge, self.now)
            errors = [*refused.errors(self.item, judge, package, files.cards())]
            pulled.findings += errors
            pulled.stopping |= {one.code for one in errors}
        files.refuse_newer()
        changed = lock != before
        return files.texts() | (lock_text(self.item.deck.folder, lock) if changed else {})

    def _judge(self, rendered: Rendered) -> Judge:
        deck = self.item.deck

        @cache
        def look(role: str) -> Look:
            own = deck.note_types.get(role)
            if own is None:
                return PLAIN
            style = own.style.text if own.style is not None else ""
            sides = [side for one in rendered.note_types[role].templates for side in (one.front, one.back)]
            return look_of(style, sides)

        return Judge(
            deck,
            rendered.lang,
            self._names(rendered),
            item_numbers(deck, rendered.lang, self.item.lock),
            look,
            OwnTags(deck),
            self.asked.theirs,
            self.asked.ours,
        )

    def _names(self, rendered: Rendered) -> Names:
        return Names(self.item.deck.media, rendered.media, self.files)

    def _package(self, rendered: Rendered, has: Held, judge: Judge) -> Package:
        wanted = [one for one in has.notes if one.older or one.state in (State.EDITED, State.TAGS)]
        package = Package(
            self.item.deck.package_name(rendered.lang),
            rendered.lang,
            len(has.notes),
            sum(one.state is State.EDITED for one in wanted),
            [],
            has.gone,
            added={note.guid: "" for note in has.new},
            restyled=tuple(types.changed(self.item, rendered, self.kinds)) if has.notes else (),
        )
        package.decisions += self._decided(has, judge, wanted, package)
        return package

    def _decided(self, has: Held, judge: Judge, wanted: list[Theirs], package: Package) -> Iterator[Decision]:
        """What becomes of the notes; the package gets those that may be back at an older text."""
        if not wanted:
            return
        lang = judge.lang
        notes = {one.note.guid: self._wanted(lang, one, judge) for one in wanted}
        stamps = {one.note.guid: one.stamp for one in has.notes if one.state is not State.OTHER_TYPE}
        shipped = bases.find(
            self.item.deck, lang, self.asked.output_dir, self.memory, notes, stamps, judge.own_tags,
            self.asked.shipped,
        )  # fmt: skip
        package.trouble, package.named = shipped.trouble, bool(self.asked.shipped)
        for one in wanted:
            versions = shipped.of(one.note.guid)
            is_decided = one.card.id.value in judge.theirs | judge.ours
            if one.older and (newer := self._newer(one, shipped)):
                if is_decided:
                    yield judge.decide(one, newer)
                    continue
                package.older.append(one)
            if one.state is State.EDITED:
                lacking = shipped.lacks(one.note.guid, one.stamp, one.line)
                knows_tags = shipped.knows_tags(one.note.guid)
                yield judge.decide(one, versions, lacking=lacking, knows_tags=knows_tags)
            elif one.state is State.TAGS:
                yield from self._tagged(one, versions, shipped, judge, is_decided=is_decided)

    @staticmethod
    def _tagged(
        one: Theirs,
        versions: list[bases.Version],
        shipped: bases.Shipments,
        judge: Judge,
        *,
        is_decided: bool,
    ) -> Iterator[Decision]:
        """What becomes of a note with a text that was shipped, or is home, and with other tags than here."""
        line, guid = one.line, one.note.guid
        is_home = line is not None and text_hash(one.fields) in line.home
        same = [each for each in versions if each.fields == one.fields]
        if not is_decided:
            # Who is to get the author's text was answered, tags and all.
            if is_home and line is not None and line.digest == MERGED and one.stamp <= reach(line):
                return
            # As it was shipped: but tags that the deck lacked then did not go out with the learner's text.
            # Those that the learner lacks were taken out before that, and that was answered.
            if exact := [each for each in same if each.stamp == one.stamp]:
                both = [replace(each, tags=_of_both(each.tags, one.tags)) for each in exact]
                decision = judge.decide(one, both)
                yield from [decision] if decision.writes or decision.tags_unknown else []
                return
        knows_tags = shipped.knows_tags(guid)
        if not same:
            tags = shipped.tags_before(guid, one.stamp, one.fields, one.tags)
            # Where a text is home, so were its tags: the author may have taken them out since.
            knows_tags = knows_tags and tags is not None and not is_home
            same = [bases.Version(0, one.fields, one.note.tags if tags is None else tags)]
        yield judge.decide(one, same, knows_tags=knows_tags)

    @staticmethod
    def _newer(one: Theirs, shipped: bases.Shipments) -> list[bases.Version]:
        """The versions from which a learner may have gone back to an older text."""
        versions = shipped.versions.get(one.note.guid, {})
        if any(each.stamp == one.stamp and each.fields == one.fields for each in versions):
            return []  # as it was shipped
        return shipped.newer(one.note.guid, one.line, one.fields, one.stamp)

    def _wanted(self, lang: str, one: Theirs, judge: Judge) -> bases.Wanted:
        known = one.older or one.state is State.EDITED
        texts = one.line.texts if one.line is not None and known else ()
        given = self.item.deck.past.notes.get((one.card.id.value, lang))
        if given is None or one.line is None:
            return bases.Wanted(one.stamp, texts, judge.own_tags(one.tags))
        had = tuple(
            given.lines[name].value if name in given.lines else "" for name in one.note_type.field_names
        )
        key = one.card.id.value, lang
        before = (lock.notes[key].stamp for lock in self.item.held.given if key in lock.notes)
        begun = min([one.line.stamp, *before])
        return bases.Wanted(one.stamp, texts, judge.own_tags(one.tags), had, begun)

    # -- new notes -----------------------------------------------------------------------

    def _take_new(self, found: list[tuple[Judge, Rendered, Held, Package]], files: CardFiles) -> None:
        """Write the notes that the learner added as cards, where the author names a file for them.

        Else only say which of the first ones can be none.
        """
        path = fresh.card_file(self.item.deck, self.asked.new) if self.asked.new is not None else None
        lines = self.item.lock.notes
        taken = {card.id.value for card in self.item.deck.cards} | {card for card, _ in lines}
        taken |= former_ids(lines).keys()
        cards: list[Fresh] = []
        for judge, rendered, has, package in found:
            by_number = {note_type.number: note_type for note_type in rendered.note_types.values()}
            names = judge.names if path is not None else self._names(rendered)
            writer = fresh.Writer(judge.deck, judge.lang, names, judge.own_tags, judge.look)
            notes = (
                sorted(has.new, key=lambda one: one.note_id) if path is not None else has.new[: report.LISTED]
            )
            for note in notes:
                card = writer.card(note, by_number[note.note_type], taken)
                if isinstance(card, Fresh) and path is None:
                    continue
                if isinstance(card, Fresh):
                    del package.added[note.guid]
                    package.fresh.append(card)
                    taken.add(card.id)
                    cards.append(card)
                else:
                    package.added[note.guid] = card
        if path is not None and cards:
            files.add(path, cards)

    # -- what a build makes of it ----------------------------------------------------------

    def _settled(self, judge: Judge, package: Package, files: CardFiles, lock: Lock, pulled: Pulled) -> Lock:
        """The lock after what was decided, as far as a build would make that of it."""
        lang, decisions = judge.lang, package.decisions
        if not decisions and not package.fresh:
            return lock
        numbered = remember.with_numbers(self.item.lock, lang, decisions)
        before = {card.id.value: card for card in self.item.deck.cards}
        cards = before | files.cards()
        unfit = made.refuse_unfit(self.item, judge, decisions, cards, files.faults)
        if made.refuse_parted(judge, decisions, before, cards) or unfit:
            files.make()
            cards = before | files.cards()
        about = {decision.theirs.card.id.value for decision in decisions}
        about |= {one.id for one in package.fresh}
        written = (cards[name] for name in sorted(about & cards.keys()))
        rendered = made.rendered(self.item, judge, written, numbered)
        notes = {note.card: note for note in rendered.notes}
        if lost := [one.id for one in package.fresh if one.id not in notes]:
            raise CantEdit(f"the card `{lost[0]}` that the learner added could not be read again")
        if made.refuse_unlike(judge, decisions, notes):
            files.make()
        pulled.findings += made.losses(self.item, decisions, rendered)
        came = {path: name for name, path in judge.names.new.items()}
        for path in rendered.media.values():
            if path in came:
                pulled.media[self.item.deck.folder / media.FOLDER / came[path]] = path
        lock = remember.with_numbers(lock, lang, decisions)
        lock = remember.with_pulled(lock, lang, judge, decisions, notes)
        return fresh.with_lines(lock, lang, [(one, notes[one.id]) for one in package.fresh], self.now)


def _of_both(tags: tuple[str, ...] | None, others: tuple[str, ...]) -> tuple[str, ...] | None:
    return tuple(tag for tag in tags if tag in others) if tags is not None else None
