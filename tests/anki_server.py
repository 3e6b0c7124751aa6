"""A small server that speaks AnkiConnect's protocol over a collection of the real Anki, for tests.

What each action does was seen from outside, at the real add-on in the real window (`python -m tests.window`).
Nothing of its source is here.
"""

from __future__ import annotations

import base64
import json
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from anki.collection import DeckIdLimit, ExportAnkiPackageOptions
from anki.errors import BackendIOError

from deckgen.pushing.connection import Anki
from tests.real_anki import Learner

#: What the add-on says of an action that it does not know, and of a wrong key.
UNKNOWN, NO_KEY = "unsupported action", "valid api key must be provided"


@dataclass(frozen=True)
class Lie:
    """An answer that the add-on would never give: `whole` says whether all of it comes."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    whole: bool = True


Trouble = Callable[[str, int], "str | Lie"]


class AnkiWindow:
    """An Anki with the add-on. `address` is where it listens.

    `presses` says after how many further questions the learner presses Import, or None when never.
    `unknown` are actions that this add-on lacks. `trouble(action, count)` may answer "drop" (end the
    connection before anything is done), "done" (do it, then end the connection), "late" (do it, and answer
    too late), "" or a lie for each question. `sees` is false where Anki can't open our paths.
    """

    def __init__(self, learner: Learner, profile: str = "User 1") -> None:
        self.learner, self.profile = learner, profile
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.presses: int | None = 1
        self.unknown = {"getActiveProfile"}
        self.key: str | None = None
        self.version = 6
        self.sees: Path | None = None
        self.trouble: Trouble = lambda *_: ""
        self.open = True
        #: What is said while it is not open: no profile is, or all of the collection is synced.
        self.closed = "collection is not available"
        self.selected: list[int] = []
        self.address = ""
        self.options: dict[str, Any] = {}
        #: What happens when the learner presses Import.
        self.brings: Callable[[Path], object] = lambda path: learner.import_package(path, self.options)
        self._window: tuple[str, int] | None = None
        self._lock = threading.Lock()
        self.late = threading.Event()

    # -- the protocol -----------------------------------------------------------------

    def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        action, params = question["action"], question.get("params", {})
        self.asked.append((action, params))
        if question.get("key") != self.key:
            return {"result": None, "error": NO_KEY}
        do = getattr(self, f"do_{action}", None)
        if do is None or action in self.unknown:
            return {"result": None, "error": UNKNOWN}
        if not self.open and action != "version":
            return {"result": None, "error": self.closed}
        self._maybe_pressed()
        try:
            return {"result": do(**params), "error": None}
        except Exception as error:  # noqa: BLE001  # as the add-on does
            return {"result": None, "error": str(error)}

    def _maybe_pressed(self) -> None:
        if self._window is None or self.presses is None:
            return
        path, count = self._window
        self._window = (path, count + 1)
        if count >= self.presses:
            self._window = None
            with suppress(BackendIOError):  # a file that is gone: Anki shows an error
                self.brings(Path(path))

    @property
    def col(self) -> Any:
        return self.learner.col

    def _path(self, path: str) -> Path:
        """A path as this Anki sees it. Raises FileNotFoundError where it can't."""
        media = Path(self.col.media.dir())
        if self.sees is not None and not (
            Path(path).is_relative_to(self.sees) or Path(path).is_relative_to(media)
        ):
            raise FileNotFoundError(2, "No such file or directory", path)
        return Path(path)

    # -- actions ------------------------------------------------------------------------

    def do_version(self) -> int:
        return self.version

    def do_getActiveProfile(self) -> str:  # noqa: N802  # the protocol's words
        return self.profile

    def do_getMediaDirPath(self) -> str:  # noqa: N802
        return f"/somewhere/{self.profile}/collection.media" if self.sees is None else self.col.media.dir()

    def do_deckNames(self) -> list[str]:  # noqa: N802
        return [deck.name for deck in self.col.decks.all_names_and_ids()]

    def do_findCards(self, query: str) -> list[int]:  # noqa: N802
        return list(map(int, self.col.find_cards(query)))

    def do_findNotes(self, query: str) -> list[int]:  # noqa: N802
        return list(map(int, self.col.find_notes(query)))

    def do_getDecks(self, cards: list[int]) -> dict[str, list[int]]:  # noqa: N802
        found = defaultdict[str, list[int]](list)
        for card in cards:
            found[self.col.decks.name(self.col.get_card(card).did)].append(card)
        return found

    def do_exportPackage(self, deck: str, path: str, includeSched: bool = False) -> bool:  # noqa: N802, N803
        number = self.col.decks.id_for_name(deck)
        if number is None:
            return False
        options = ExportAnkiPackageOptions(
            with_scheduling=includeSched, with_deck_configs=includeSched, with_media=True, legacy=True
        )
        target = self._path(path)
        self.col.export_anki_package(out_path=str(target), options=options, limit=DeckIdLimit(deck_id=number))
        return True

    def do_guiImportFile(self, path: str) -> None:  # noqa: N802
        self._window = (str(self._path(path)), 0)

    def do_importPackage(self, path: str) -> bool:  # noqa: N802
        options = {"merge_notetypes": True, "with_scheduling": True, "with_deck_configs": True}
        self.learner.import_package(self._path(path), options)
        return True

    def do_storeMediaFile(self, filename: str, data: str = "", path: str = "") -> str:  # noqa: N802
        held = base64.b64decode(data) if data else self._path(path).read_bytes()
        return str(self.col.media.write_data(filename, held))

    def do_retrieveMediaFile(self, filename: str) -> str | bool:  # noqa: N802
        path = Path(self.col.media.dir(), filename)
        return base64.b64encode(path.read_bytes()).decode() if path.exists() else False

    def do_getMediaFilesNames(self, pattern: str = "*") -> list[str]:  # noqa: N802
        return [path.name for path in Path(self.col.media.dir()).glob(pattern)]

    def do_deleteMediaFile(self, filename: str) -> None:  # noqa: N802
        self.col.media.trash_files([filename])

    def do_notesInfo(self, notes: list[int]) -> list[dict[str, Any]]:  # noqa: N802
        found = []
        for number in notes:
            note = self.col.get_note(number)
            fields = {
                name: {"value": text, "order": order} for order, (name, text) in enumerate(note.items())
            }
            found.append(
                {
                    "noteId": note.id, "tags": note.tags, "fields": fields,
                    "modelName": note.note_type()["name"], "cards": list(map(int, note.card_ids())),
                }
            )  # fmt: skip
        return found

    def do_modelNames(self) -> list[str]:  # noqa: N802
        return [one.name for one in self.col.models.all_names_and_ids()]

    def do_modelStyling(self, modelName: str) -> dict[str, str]:  # noqa: N802, N803
        return {"css": self.col.models.by_name(modelName)["css"]}

    def do_modelTemplates(self, modelName: str) -> dict[str, dict[str, str]]:  # noqa: N802, N803
        templates = self.col.models.by_name(modelName)["tmpls"]
        return {one["name"]: {"Front": one["qfmt"], "Back": one["afmt"]} for one in templates}

    def do_createDeck(self, deck: str) -> int:  # noqa: N802
        return int(self.col.decks.id(deck))

    def do_changeDeck(self, cards: list[int], deck: str) -> None:  # noqa: N802
        target = self.col.decks.id(deck)
        if self.col.decks.is_filtered(target):  # the add-on puts them there without a home
            for card in cards:
                self.col.db.execute("update cards set did = ? where id = ?", target, card)
        else:
            self.col.set_deck(cards, target)

    def do_getDeckConfig(self, deck: str) -> Any:  # noqa: N802
        number = self.col.decks.id_for_name(deck)
        return False if number is None else self.col.decks.config_dict_for_deck_id(number)

    def do_setDeckConfigId(self, decks: list[str], configId: int) -> bool:  # noqa: N802, N803
        for name in decks:
            deck = self.col.decks.by_name(name)
            if deck is None:
                return False
            self.col.decks.set_config_id_for_deck_dict(deck, configId)
        return True

    def do_deleteDecks(self, decks: list[str], cardsToo: bool = False) -> None:  # noqa: N802, N803
        if not cardsToo:
            raise ValueError("it's not possible to delete decks without deleting cards as well")
        self.col.decks.remove([self.col.decks.id_for_name(name) for name in decks])

    def do_addTags(self, notes: list[int], tags: str) -> None:  # noqa: N802
        self.col.tags.bulk_add(notes, tags)

    def do_removeTags(self, notes: list[int], tags: str) -> None:  # noqa: N802
        self.col.tags.bulk_remove(notes, tags)

    def do_suspend(self, cards: list[int]) -> bool:
        waiting = [card for card in cards if self.col.get_card(card).queue != -1]
        self.col.sched.suspend_cards(waiting)
        return bool(waiting)

    def do_unsuspend(self, cards: list[int]) -> None:
        self.col.sched.unsuspend_cards(cards)

    def do_deleteNotes(self, notes: list[int]) -> None:  # noqa: N802
        self.col.remove_notes(notes)

    def do_guiSelectedNotes(self) -> list[int]:  # noqa: N802
        return self.selected


class Direct(Anki):
    """The same without a connection."""

    def __init__(self, window: AnkiWindow) -> None:
        super().__init__()
        self._window = window

    def _answer(self, body: bytes, action: str, seconds: float) -> bytes:  # noqa: ARG002  # nothing takes time here
        return json.dumps(self._window.answer(json.loads(body))).encode()


@contextmanager
def running(window: AnkiWindow) -> Iterator[AnkiWindow]:
    """Let it listen at a free port of its own."""
    counts = defaultdict[str, int](int)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            action = question["action"]
            with window._lock:
                counts[action] += 1
                trouble = window.trouble(action, counts[action])
                lies = trouble == "drop" or isinstance(trouble, Lie)
                answer = b"" if lies else json.dumps(window.answer(question)).encode()
            if trouble in ("drop", "done"):
                self.close_connection = True
                return
            if trouble == "late":
                window.late.wait(600)
            lie = trouble if isinstance(trouble, Lie) else Lie(answer)
            try:
                self.send_response(lie.status)
                for name, value in {"Content-Type": "application/json", **lie.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(lie.body) if lie.whole else 2 * len(lie.body)))
                self.end_headers()
                self.wfile.write(lie.body)
                self.close_connection = self.close_connection or not lie.whole
            except OSError:  # the client did not wait
                pass

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    window.address = f"127.0.0.1:{server.server_address[1]}"
    try:
        yield window
    finally:
        window.late.set()
        server.shutdown()
        server.server_close()
        thread.join()
