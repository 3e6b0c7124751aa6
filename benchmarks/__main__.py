"""How fast deckgen is, against its peers and against the least that can be done: `python -m benchmarks`.

For Linux: it reads what a process cost from /proc.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import click

from benchmarks import page, works
from benchmarks.bars import Bar
from benchmarks.measure import Cost, Failed
from benchmarks.peers import PEERS, PLAIN, Peer, install, versions

_RESULTS = Path(__file__).parent / "RESULTS.md"


@click.command()
@click.option(
    "--only", multiple=True, type=click.Choice(list(works.WORKS)), metavar="NAME",
    help=f"Only this: {', '.join(works.WORKS)}.",
)  # fmt: skip
@click.option("--runs", default=5, show_default=True, type=click.IntRange(1), help="Rounds that count.")
@click.option("--quick", is_flag=True, help="Small sizes and no peers: only that it works.")
def main(only: tuple[str, ...], runs: int, quick: bool) -> None:
    """Measure deckgen and its peers; print the results.

    A run of everything in full size also writes benchmarks/RESULTS.md. Peers are
    installed under ~/.cache/deckgen-benchmarks. Needs 5 GB where TMPDIR is.

    \b
    Example:
      python -m benchmarks --only notes --runs 3
    """
    started, load = page.now(), os.getloadavg()[0]
    names = [name for name in works.WORKS if name in only or not only]
    try:
        peers = _peers(quick) if "notes" in names else ()
        bars, costs = _measure(names, runs, quick, peers)
    except (Failed, subprocess.CalledProcessError) as error:
        raise click.ClickException(str(error)) from None
    command = " ".join(["python -m benchmarks", *sys.argv[1:]])
    installed = {} if quick else {peer.name: versions(programs) for peer, programs in peers}
    text = page.page(page.Setting(command, runs, quick, page.commit(), started, load, installed), bars, costs)
    click.echo(text)
    if not only and not quick:
        adopted = page.section_of(_RESULTS.read_text(encoding="utf-8"))
        _RESULTS.write_text(page.with_section(text, adopted), encoding="utf-8")


def _peers(quick: bool) -> tuple[tuple[Peer, Path], ...]:
    """The peers with their programs; in a quick run only the script, with deckgen's own libraries."""
    if quick:
        return ((PLAIN, Path(sys.executable).parent),)
    return tuple((peer, install(peer)) for peer in PEERS)


def _measure(
    names: list[str], runs: int, quick: bool, peers: tuple[tuple[Peer, Path], ...]
) -> tuple[list[Bar], dict[str, Cost]]:
    bars: list[Bar] = []
    costs: dict[str, Cost] = {}
    for name in names:
        click.echo(f"{page.now():%H:%M:%S} {name}", err=True)
        with tempfile.TemporaryDirectory(prefix="deckgen-benchmarks-") as folder:
            sizes = works.QUICK if quick else works.FULL
            outcome = works.WORKS[name](works.Bench(Path(folder), sizes, runs, peers))
        bars += outcome.bars
        costs |= outcome.costs
    return bars, costs


if __name__ == "__main__":
    main()
