"""`python -m tests.write_docs` writes docs/checks.md from the pages of the codes, and the cases in docs/security.md."""

from __future__ import annotations

from tests.whole.hostile import security_document
from tests.whole.test_structure import ROOT, checks_document

if __name__ == "__main__":
    (ROOT / "docs/checks.md").write_text(checks_document(), encoding="utf-8", newline="\n")
    page = ROOT / "docs/security.md"
    page.write_text(security_document(page.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
