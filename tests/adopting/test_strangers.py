"""A stranger's package is adopted or refused in one sentence, within bounds of time and memory."""

from __future__ import annotations

import json
import platform
import re

import pytest

from tests import loaded
from tests.conftest import Project
from tests.whole.hostile import ADOPTED, PACKAGES, REVIEWS, Package

pytestmark = pytest.mark.slow

#: Bytes of address space, beyond what Python and the libraries take, and seconds of a processor.
ROOM, PATIENCE = 200_000_000, 10
#: Reads a package with all its media; prints what there was in it, or why it was refused.
_READ = """
import json, sys, time
from pathlib import Path
import zstandard
from deckgen.adopting import source
from deckgen.finding import Refused
from deckgen.packing import attached
room = int(sys.argv[2])
if room:
    import resource
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    taken = int(status.split("VmPeak:")[1].split()[0]) * 1024
    resource.setrlimit(resource.RLIMIT_AS, (taken + room, taken + room))
begin = time.process_time()
told = {}
try:
    with source.read(Path(sys.argv[1])) as found:
        told = {"notes": len(found.notes), "left": found.left_out, "named": found.named}
    with attached.opened(Path(sys.argv[1])) as media:
        told["media"] = list(media.media)
        for name, opener in media.media.items():
            try:
                with opener() as stream:
                    while stream.read(1 << 20):
                        pass
            except Refused as error:
                told["damaged"] = str(error)
except Refused as error:
    told["refused"] = str(error)
told["seconds"] = time.process_time() - begin
print(json.dumps(told))
"""


def _told(project: Project, package: Package) -> dict[str, object]:
    project.deck().build()
    path = project.root / "strange.apkg"
    package.make(project.package(), path)
    room = ROOM if platform.system() == "Linux" else 0
    done = loaded.run(_READ, str(path), str(room))
    assert done.returncode == 0, done.stderr.decode()
    told: dict[str, object] = json.loads(done.stdout)
    assert float(str(told["seconds"])) < PATIENCE
    refused = str(told.get("refused", ""))
    assert "\n" not in refused
    assert len(refused) < 1_000
    return told


def _name(package: Package) -> str:
    return re.sub(r"\W+", "-", package.told).strip("-")


HERE = [package for package in (*PACKAGES, *REVIEWS) if platform.system() == "Linux" or not package.linux]


@pytest.mark.parametrize("package", HERE, ids=_name)
def test_any_package_is_read_or_refused(project: Project, package: Package) -> None:
    told = _told(project, package)
    assert ("refused" in told) != ("notes" in told)


@pytest.mark.parametrize("package", ADOPTED, ids=_name)
def test_what_only_adopting_reads_is_read_or_refused(project: Project, package: Package) -> None:
    told = _told(project, package)
    assert ("notes" in told) == package.is_read, told
    if package.says.endswith("the file is named and left out"):
        assert told["named"], told
    if "picture is refused" in package.says:
        assert "it unpacks to more than it may" in str(told["damaged"])
    for name in told.get("media", ()):  # type: ignore[attr-defined]
        assert re.fullmatch(r"[\wä]+\.png", name), name
