"""The protocol of the add-on AnkiConnect, version 6: a question in JSON over HTTP, and an answer.

Each question has a time limit of its own. Anki works on questions one after the other, in the thread of its
window: so a question may still be done when nobody waits any more. Silence does not mean that nothing
happened.
"""

from __future__ import annotations

import http.client
import json
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
#: An answer may have so many bytes: a package that comes back as text.
_MOST = 2 << 30
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


class Anki:
    """A running Anki at `address`, such as `127.0.0.1:8765`. Raises NoAnswer when that is no address."""

    def __init__(self, address: str = ADDRESS, key: str | None = None) -> None:
        try:
            parts = urlsplit(address if "//" in address else f"//{address}")
            host, port = parts.hostname, parts.port
        except ValueError:
            host, port = None, None
        # The name of a machine has at most 253 characters, and 63 between dots (RFC 1035, 2.3.4).
        is_name = host and host.isascii() and host.isprintable() and len(max(host.split("."), key=len)) < 64
        if not host or not is_name or parts.scheme not in ("", "http") or len(host) > 253:
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
            result, error = told["result"], told["error"]
        except (ValueError, TypeError, KeyError, RecursionError):
            raise NoAnswer(
                f"what answers at {self.shown} is not AnkiConnect: give its address by --anki"
            ) from None
        if error is not None:
            raise self._denied(action, str(error))
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
            response = connection.getresponse()
            answer = response.read(_MOST)
            if response.status == 403:
                raise NoAnswer(f"AnkiConnect at {self.shown} refuses programs like this one (403)")
        except TimeoutError:
            raise Silent(
                f"Anki did not answer `{action}` within {seconds:.0f} seconds, and may still do it: see "
                "whether it asks something or syncs, wait until it is done, and push again. A push "
                "looks first at what is there"
            ) from None
        except (OSError, http.client.HTTPException):
            raise Silent(
                f"Anki ended the connection during `{action}`, and may have done it: open it, and "
                "push again. A push looks first at what is there"
            ) from None
        finally:
            connection.close()
        return answer

    def _denied(self, action: str, reason: str) -> Denied:
        told = visible(short(reason, 300))
        if "api key" in reason:
            wrong = "has another key" if self._key else "wants its key"
            message = f"AnkiConnect {wrong}: set ANKICONNECT_KEY to the `apiKey` in the add-on's Config"
        elif "collection is not available" in reason:
            message = (
                "Anki has no collection open: choose a profile, or wait until it has synced, and push again"
            )
        elif reason == "unsupported action":
            message = f"this AnkiConnect does not know `{action}`: {_UPDATE}"
        else:
            message = f"Anki can't do `{action}`: {told}"
        return Denied(message, reason)


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
