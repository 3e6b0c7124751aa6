"""The protocol of the add-on AnkiConnect, version 6: a question in JSON over HTTP, and an answer.

Each question has a time limit of its own. Anki works on questions one after the other, in the thread of its
window: so a question may still be done when nobody waits any more. Silence does not mean that nothing
happened.
"""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from deckgen.finding import Refused, short
from deckgen.terminal import shorten, visible

#: Where the add-on listens unless its settings say otherwise.
ADDRESS = "127.0.0.1:8765"
#: The version of the protocol.
VERSION = 6
#: Seconds for a question that makes Anki do little.
SECONDS = 30.0
#: An answer may have so many bytes, a package that comes back as text, so many cards or notes a list.
_MOST, _MOST_OF_LIST = 2 << 30, 5_000_000
_CHUNK = 1 << 20
#: What the add-on says while no profile is open, and Anki itself while it syncs all of a collection.
_CLOSED = ("collection is not available", "CollectionNotOpen")
_UPDATE = "update it (Tools > Add-ons > Check for Updates)"


class NoAnswer(Refused):
    """Nobody answers, or Anki can't do what was asked; the message says what to do."""


class Silent(NoAnswer):
    """The question arrived, and no answer came: it may be done, or be done later."""


class Denied(NoAnswer):
    """Anki answered that it can't do this; `reason` is what it said."""

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_list(of: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and len(value) <= _MOST_OF_LIST and all(map(of, value))


def _is_dict(of: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, dict) and all(map(of, value.values()))


def _is_truth(value: Any) -> bool:
    return isinstance(value, bool)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_false(value: Any) -> bool:
    return value is False


#: What an answer must be, of those that are looked at: whatever else answers is not the add-on.
_SHAPES: Mapping[str, Callable[[Any], bool]] = {
    "version": _is_number,
    "getActiveProfile": _is_text,
    "getMediaDirPath": _is_text,
    "deckNames": _is_list(_is_text),
    "findCards": _is_list(_is_number),
    "findNotes": _is_list(_is_number),
    "getDecks": _is_dict(_is_list(_is_number)),
    "getDeckConfig": lambda value: _is_false(value) or isinstance(value, dict),
    "exportPackage": _is_truth,
    "retrieveMediaFile": lambda value: _is_false(value) or _is_text(value),
    "getMediaFilesNames": _is_list(_is_text),
    "guiSelectedNotes": _is_list(_is_number),
    "modelNames": _is_list(_is_text),
    "setDeckConfigId": _is_truth,
    "suspend": _is_truth,
}


class Anki:
    """A running Anki at `address`, such as `127.0.0.1:8765`. Raises NoAnswer when that is no address."""

    def __init__(self, address: str = ADDRESS, key: str | None = None) -> None:
        try:
            parts = urlsplit(address if "//" in address else f"//{address}")
            host, port = parts.hostname, parts.port
            is_plain = parts.scheme in ("", "http") and parts.path in ("", "/") and port != 0
        except ValueError:
            host, port, is_plain = None, None, False
        # The name of a machine has at most 253 characters, and 63 between dots (RFC 1035, 2.3.4).
        is_name = host and host.isascii() and host.isprintable() and len(max(host.split("."), key=len)) < 64
        if not host or not is_name or not is_plain or len(host) > 253:
            raise NoAnswer(
                f"{shorten(visible(address), 80)!r} is no address of AnkiConnect, such as {ADDRESS}"
            )
        self._host, self._port, self._key = host, port or 8765, key
        self.shown = f"{host}:{self._port}"

    def ask(self, action: str, seconds: float = SECONDS, /, **params: Any) -> Any:
        """What Anki answers to an action. Raises Silent when no answer comes in time; Denied; NoAnswer."""
        question: dict[str, object] = {"action": action, "version": VERSION, "params": params}
        if self._key:
            question["key"] = self._key
        answer = self._answer(json.dumps(question).encode(), action, seconds)
        try:
            told = json.loads(answer)
            if action == "version" and _is_number(told):  # those of version 4 and less give no more
                return told
            result, error = told["result"], told["error"]
        except (ValueError, TypeError, KeyError, RecursionError):
            raise self._stranger() from None
        if error is not None:
            raise self._denied(action, str(error))
        if action in _SHAPES and not _SHAPES[action](result):
            raise NoAnswer(
                f"what answers at {self.shown} gives no answer to `{action}` that the add-on AnkiConnect "
                f"would give: {_UPDATE}, or give its address by --anki"
            )
        return result

    def _answer(self, body: bytes, action: str, seconds: float) -> bytes:
        # Not `urllib`: it would send this to the proxy that the environment names.
        connection = http.client.HTTPConnection(self._host, self._port, timeout=seconds)
        try:
            connection.connect()
        except OSError as error:
            connection.close()
            raise NoAnswer(
                f"nothing answers at {self.shown} ({error.strerror or error}): open Anki with the add-on "
                "AnkiConnect (Tools > Add-ons > Get Add-ons, code 2055492159), or give its address by --anki"
            ) from None
        try:
            connection.request("POST", "/", body, {"Content-Type": "application/json"})
            with connection.getresponse() as response:
                answer = _read(connection, response, seconds)
            if response.status == HTTPStatus.FORBIDDEN:
                raise NoAnswer(f"AnkiConnect at {self.shown} refuses programs like this one (403)")
            if response.status != HTTPStatus.OK:
                raise self._stranger()
        except TimeoutError:
            raise Silent(
                f"Anki did not answer `{action}` within {seconds:.0f} seconds, and may still do it: see "
                "whether it asks something or syncs, wait until it is done, and try again. A push "
                "looks first at what is there"
            ) from None
        except (OSError, http.client.HTTPException):
            raise Silent(
                f"Anki ended the connection during `{action}`, and may have done it: open it, and "
                "try again. A push looks first at what is there"
            ) from None
        finally:
            connection.close()
        return answer

    def _stranger(self) -> NoAnswer:
        return NoAnswer(f"what answers at {self.shown} is not AnkiConnect: give its address by --anki")

    def _denied(self, action: str, reason: str) -> Denied:
        told = visible(short(reason, 300))
        if "api key" in reason:
            wrong = "has another key, or none" if self._key else "wants its key"
            message = f"AnkiConnect {wrong}: set ANKICONNECT_KEY to the `apiKey` in the add-on's Config"
        elif any(words in reason for words in _CLOSED):
            message = (
                "Anki has no collection open: choose a profile, or wait until it has synced, and try again"
            )
        elif reason == "unsupported action":
            message = f"this AnkiConnect does not know `{action}`: {_UPDATE}"
        else:
            message = f"Anki can't do `{action}`: {told}"
        return Denied(message, reason)


def _read(
    connection: http.client.HTTPConnection, response: http.client.HTTPResponse, seconds: float
) -> bytes:
    """The body of an answer, in `seconds` as a whole. Raises TimeoutError, and what http.client does."""
    end, pieces, room = time.monotonic() + seconds, list[bytes](), _MOST
    while piece := response.read1(min(_CHUNK, room)):
        pieces.append(piece)
        room -= len(piece)
        if room <= 0:
            raise NoAnswer(f"an answer of more than {_MOST >> 20} MB came: that is too large")
        if time.monotonic() > end:
            raise TimeoutError
        if connection.sock is not None:
            connection.sock.settimeout(max(end - time.monotonic(), 0.01))
    if response.length:
        raise http.client.IncompleteRead(b"")
    return b"".join(pieces)


def connect(address: str, key: str | None) -> Anki:
    """A running Anki whose add-on speaks our version of the protocol. Raises NoAnswer."""
    anki = Anki(address, key)
    version = anki.ask("version")
    if not isinstance(version, int) or version < VERSION:
        raise NoAnswer(
            f"AnkiConnect at {anki.shown} speaks version {visible(str(version))} of its protocol, and "
            f"{VERSION} is needed: {_UPDATE}"
        )
    return anki
