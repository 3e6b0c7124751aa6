"""Bring home what a learner edited, from a collection or package."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from deckgen.adopting.look import PLAIN, Look, look_of
from deckgen.building.steps import Asked as BuildAsked
from deckgen.building.steps import Ready, dropped, prepare
from deckgen.building.wishes import Wishes
from deckgen.checks import Craft
from deckgen.deck import Card
from deckgen.editing.author import lock_as_built, lock_text
from deckgen.editing.edit import CantEdit
from deckgen.editing.mend import Change
from deckgen.finding import has_errors
from deckgen.lock.inherit import former_ids, item_numbers
from deckgen.lock.lines import Lock
from deckgen.notes.render import Rendered
from deckgen.packing import collection
from deckgen.packing.collection import Shipped
from deckgen.packing.journal import Journal
from deckgen.packing.stage import alone, scratch, staging
from deckgen.pulling import compared, fresh, languages, learner, made, remember, report, types
from deckgen.pulling.cardfiles import CardFiles
from deckgen.pulling.decide import Judge
from deckgen.pulling.found import Asked, Package, Pulled
from deckgen.pulling.fresh import Fresh
from deckgen.pulling.learner import Held, OwnTags, State
from deckgen.pulling.names import Collected, Names
from deckgen.pulling.sheets import Sheets
from deckgen.reading import media

#: What a pull has of one package: who decides, what a build makes, what the learner has, what becomes of it.
_Found = tuple[Judge, Rendered, Held, Package]


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
    # K29 may also be about a deck that can't be rendered.
    lost = dropped(ready)
    stopping = [one for one in ready.findings if one.code not in made.LOSSES or one in lost]
    if has_errors(stopping):
        return Pulled(stopping)
    report.expect_known(ready.decks, asked)
    # One that was named wrongly is told also when there is nothing to compare.
    shipped = {path: collection.guids(path) for path in asked.shipped}
    files = asked.files(ready.decks, opened.enter_context(scratch()))
    report.expect_given_out(ready.decks, shipped, files)
    there, looks = learner.read(files, ready.decks), types.read(files)
    collected = Collected(files, opened.enter_context(scratch()), opened)
    pulled = Pulled([])
    for item in ready.decks:
        of_deck = _OfDeck(item, asked, collected, ready.asked, there, looks, now)
        for path, text in of_deck.texts(pulled).items():
            old = path.read_bytes().decode("utf-8") if path.exists() else ""
            if text != old:
                pulled.changes.append(Change(path, old, text))
    report.expect_one_deck(pulled.packages, asked)
    pulled.findings += report.nobodys(ready.decks, pulled.packages)
    if ready.asked.memory.is_on_no_branch:
        pulled.findings += report.of_no_branch(ready.decks, pulled.packages)
    pulled.findings += report.useless(shipped, there.notes)
    decisions = [one for package in pulled.packages for one in package.decisions]
    decided = {one.theirs.name for one in decisions if one.restamp or one.writes or not one.is_home}
    pulled.idle = tuple(sorted((asked.theirs | asked.ours) - decided))
    restyled = [kind for package in pulled.packages for kind in package.restyled]
    changed = {name for kind in restyled if kind.files or kind.reason for name in (kind.role, kind.name)}
    pulled.idle_types = tuple(sorted(asked.note_types - changed))
    if journal is not None:
        _write(pulled, journal)
        pulled.are_written()
    pulled.findings += pulled.of_new
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
    build: BuildAsked
    there: Shipped
    looks: Mapping[int, types.Looks]
    now: int

    def texts(self, pulled: Pulled) -> dict[Path, str]:
        """The new texts of the deck's files; what is found is added to `pulled`."""
        files = CardFiles(self.item.deck)
        found: list[_Found] = []
        for rendered in self.item.rendered:
            judge = self._judge(rendered)
            has = learner.compare(self.item, rendered, self.there, judge.own_tags)
            package = self._package(rendered, has, judge)
            found.append((judge, rendered, has, package))
            pulled.packages.append(package)
        sheets = self._take_sheets(found)
        pulled.of_new += sheets.findings
        pulled.stopping |= {one.code for one in sheets.findings}
        decisions = [one for *_, package in found for one in package.decisions]
        languages.compare(decisions, self.asked.theirs)
        for decision in decisions:
            files.want(decision)
        self._take_new(found, files)
        files.make()
        before = lock = lock_as_built(self.item.deck.folder, self.item.deck)
        cards, as_built = self._as_built([one for one in found if one[3].decisions or one[3].fresh], files)
        for judge, rendered, has, package in found:
            if judge.lang in as_built:
                lock = self._settled(judge, package, as_built[judge.lang], lock, pulled)
            pulled.findings += report.findings(self.item, rendered, has, package, judge, self.now)
            new = [one.id for one in package.fresh]
            stops = [*made.stops(self.item, judge, package.decisions, new, cards)]
            stops = [one for one in stops if one not in pulled.findings]  # both languages may have it
            pulled.findings += (one for one in stops if one.card not in new)
            pulled.of_new += [*report.of_new(package, cards), *(one for one in stops if one.card in new)]
            pulled.stopping |= {one.code for one in stops}
        files.refuse_newer()
        sheets.refuse_newer()
        changed = lock != before
        lock_texts = lock_text(self.item.deck.folder, lock) if changed else {}
        return files.texts() | sheets.texts | lock_texts

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
            sum(one.state is State.OTHER_TYPE for one in has.notes),
            [],
            has.gone,
            added={note.guid: "" for note in has.new},
            elsewhere=has.elsewhere,
            restyled=list(
                types.changed(
                    self.item,
                    rendered,
                    self.looks,
                    self.there.note_types,
                    # Only a person knows that somebody went back to what an older build made.
                    self.asked.note_types if self.asked.shipped else (),
                )
            )
            if has.notes
            else [],
        )
        if wanted:
            shipped = compared.shipped(self.item, judge, has, wanted, self.asked, self.build.memory)
            package.trouble = shipped.trouble
            package.decisions += compared.decided(judge, wanted, shipped, package.older)
            package.vanished = compared.leave_vanished(judge, has, package.decisions)
            compared.leave_settled(judge, package.decisions)
        return package

    # -- templates and style sheets ---------------------------------------------------------

    def _take_sheets(self, found: list[_Found]) -> Sheets:
        """Take the templates and style sheets of note types that a person named; forget what is home."""
        sheets = Sheets(self.item, self.item, self.build, self.asked.shipped)
        for judge, rendered, _, package in found:
            compared = [
                sheets.compared(
                    judge,
                    kind,
                    self.looks[rendered.note_types[kind.role].number],
                    is_named=not self.asked.note_types.isdisjoint((kind.role, kind.name)),
                )
                for kind in package.restyled
            ]
            package.restyled = [kind for kind in compared if kind.lines or kind.unlike]
        return sheets

    # -- new notes -----------------------------------------------------------------------

    def _take_new(self, found: list[_Found], files: CardFiles) -> None:
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
            unbound = fresh.Unbound(rendered, self.item.held, writer) if path is not None else None
            for note in notes:
                if note.guid in has.odd:
                    package.added[note.guid] = "its note type has other fields than ours"
                    continue
                known = unbound.take(note) if unbound else None
                card = known or writer.card(note, by_number[note.note_type], taken)
                if not isinstance(card, Fresh):
                    package.added[note.guid] = card
                elif path is not None:
                    del package.added[note.guid]
                    card = replace(card, left=(*card.left, *has.beside[note.guid]))
                    package.fresh.append(card)
                    taken.add(card.id)
                    cards += [card] if card.rows else []
        if path is not None and cards:
            files.add(path, cards)

    # -- what a build makes of it ----------------------------------------------------------

    def _as_built(
        self, found: list[_Found], files: CardFiles
    ) -> tuple[Mapping[str, Card], dict[str, Rendered]]:
        """The cards as they are then, and what a build makes of those about which was decided, by language.

        What no build would take is refused, and what it would make otherwise than the learner has it. Then
        all is made and looked at again: a card that lost an edit in one language may not keep it in another.
        """
        before = {card.id.value: card for card in self.item.deck.cards}
        while True:
            cards, refused = before | files.cards(), False
            writing = {(name, judge.lang) for judge, _, _, package in found for name in package.written}
            for judge, _, _, package in found:
                faults = {
                    card: words
                    for (card, lang), words in files.faults.items()
                    if lang == judge.lang or (card, lang) not in writing
                }
                refused |= made.refuse_unfit(self.item, judge, package.decisions, cards, faults)
                refused |= made.refuse_parted(judge, package.decisions, before, cards)
            if not refused:
                as_built = {one[0].lang: self._rendered(one[0], one[3], cards) for one in found}
                counts = Counter(name for name, _ in writing)
                shared = {name for name, count in counts.items() if count > 1}
                for judge, _, _, package in found:
                    notes = {note.card: note for note in as_built[judge.lang].notes}
                    refused |= made.refuse_unlike(judge, package.decisions, notes, shared)
            if not refused:
                return cards, as_built
            files.make()

    def _rendered(self, judge: Judge, package: Package, cards: Mapping[str, Card]) -> Rendered:
        """The notes of a package about which was decided, as the next build makes them. Raises CantEdit."""
        about = {decision.theirs.name for decision in package.decisions}
        about |= {one.id for one in package.fresh}
        written = (cards[name] for name in sorted(about & cards.keys()))
        numbered = remember.with_numbers(self.item.lock, judge.lang, package.decisions)
        rendered = made.rendered(self.item, judge, written, numbered)
        known = {note.card for note in rendered.notes}
        if lost := [one.id for one in package.fresh if one.id not in known]:
            raise CantEdit(f"the card `{lost[0]}` that the learner added could not be read again")
        return rendered

    def _settled(
        self, judge: Judge, package: Package, rendered: Rendered, lock: Lock, pulled: Pulled
    ) -> Lock:
        """The lock after what was decided; what a build will refuse of it, and new files, go to `pulled`."""
        lang, decisions = judge.lang, package.decisions
        notes = {note.card: note for note in rendered.notes}
        pulled.findings += made.losses(self.item, decisions, rendered)
        came = {path: name for name, path in judge.names.new.items()}
        for path in rendered.media.values():
            if path in came:
                pulled.media[self.item.deck.folder / media.FOLDER / came[path]] = path
        lock = remember.with_numbers(lock, lang, decisions)
        lock = remember.with_pulled(lock, lang, judge, decisions, notes, self.now)
        return fresh.with_lines(lock, lang, [(one, notes[one.id]) for one in package.fresh], self.now)
