"""The entry point of the command `deckgen` and of `python -m deckgen`.

Little is imported before `run` has set up what Ctrl-C does: in the first moments, too, it ends the run
with one line and not with a traceback of half-imported modules.
"""

from __future__ import annotations

import os
import signal
import sys

from deckgen import INTERRUPTED

TYPE_CHECKING = False  # `typing` takes too long to import
if TYPE_CHECKING:
    from typing import NoReturn

#: The exit code when the output can't be written; the same as for wrong usage.
UNSAID = 2


def run() -> None:
    """Run the command line. Ends with 2 and one line when the output can't be written.

    A build whose output could not be written is complete all the same: its files are written first.
    """
    # A shell makes programs in the background ignore Ctrl-C; that is left as it is.
    interruptible = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if interruptible:
        signal.signal(signal.SIGINT, lambda *_: _end())
    _open_streams()
    from deckgen.commands.main import run as command_line

    if interruptible:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    code: str | int | None = None
    try:
        try:
            command_line()
        except SystemExit as ended:
            code = ended.code
        sys.stdout.flush()
        sys.stderr.flush()
    except KeyboardInterrupt:
        _end()
    except OSError as error:
        if error.filename is not None:
            raise
        _leave(f"can't write the output: {error.strerror}\n", UNSAID)
    finally:
        if interruptible:
            signal.signal(signal.SIGINT, lambda *_: _end())
    if isinstance(code, str):
        raise SystemExit(code)
    # All is written by now. Python would still free what it holds, one value after the other: 4 % of a build.
    os._exit(code or 0)


def _open_streams() -> None:
    """Fill the numbers of closed streams: a file opened under one would get what is meant for the stream."""
    if sys.stderr is None:
        # The lowest free numbers are taken first.
        while os.open(os.devnull, os.O_WRONLY) < 2:  # that of stderr
            pass
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115  # for as long as it runs
    if sys.stdout is None:
        _leave("the output is closed; to discard it, send it to the null device\n", UNSAID)


def _end() -> NoReturn:
    _leave("\nstopped\n", INTERRUPTED)


def _leave(words: str, code: int) -> NoReturn:
    """End at once, without writing what is left: on a full disk that would only fail again."""
    try:  # noqa: SIM105  # contextlib takes too long to import
        os.write(2, words.encode())
    except OSError:
        pass
    os._exit(code)


if __name__ == "__main__":
    run()
