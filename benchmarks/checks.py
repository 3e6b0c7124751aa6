"""What the rules of craft add to a build: `python -m benchmarks.checks`.

Whole processes, cold, in turn: without the rules and with them, the median of seven. The
10,000 cards are made of sentences with fifty subjects and hundreds of words, in both
languages, so that questions are alike as those of a real deck are.
"""

from __future__ import annotations

import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.words import SUBJECTS, THINGS, VERBS

ROOT = Path(__file__).parent.parent
_RUNS = 7
_HAN = "面包酵母潮汐行星桥梁运河机器阀门铁轨冰川细胞神经叶片花粉蜘蛛鲸鱼铜线玻璃纸张丝绸棉花盐糖醋皮钟表透镜磁铁电池"


def write_deck(folder: Path, cards: int) -> None:
    """A deck of that many cards in both languages, in files of 500."""
    chance = random.Random(7)
    folder.mkdir(parents=True)
    head = 'deck: bench\ntitle: {en: "Bench", zh: "测试"}\nlanguages: [en, zh]\nlint: {D: warning}\n'
    (folder / "deck.yaml").write_text(head, encoding="utf-8")
    for number in range(0, cards, 500):
        lines = ["cards:"]
        for index in range(number, min(number + 500, cards)):
            subject, verb, thing, other = (
                chance.choice(words) for words in (SUBJECTS, VERBS, THINGS, THINGS)
            )
            where = "".join(chance.choice("bcdfglmnprst") + chance.choice("aeiou") for _ in range(4))
            han = "".join(chance.sample(_HAN, 8))
            answer = f"It must {chance.choice(VERBS)} **{chance.choice(THINGS)}** first."
            note = f"In {where} the {chance.choice(SUBJECTS)} shows it."
            question = f"Why does the {subject} of {where} {verb} the {thing} of its {other}?"
            lines.append(f"  - id: card-{index}")
            lines.append(f'    en: {{q: "{question}", a: "{answer}", note: "{note}"}}')
            answer = f"**{han[2:4]}**先使{han[6:]}减少。"
            note = f"{han[1:4]}中可以看到。"
            question = f"{han[:5]}为什么能改变{han[5:]}？"
            lines.append(f'    zh: {{q: "{question}", a: "{answer}", note: "{note}"}}')
        (folder / f"{number:06}.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _seconds(command: list[str], folder: Path) -> float:
    start = time.perf_counter()
    result = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    if result.returncode not in (0, 1):
        raise RuntimeError(result.stderr.decode())
    return time.perf_counter() - start


def compare(name: str, folder: Path, runs: int) -> str:
    """A row: the medians without and with the rules, their difference and ratio."""
    deckgen = [sys.executable, "-m", "deckgen", "build"]
    for warm in ([*deckgen, "--no-lint"], deckgen):
        _seconds(warm, folder)
    without, with_rules = [], []
    for _ in range(runs):
        without.append(_seconds([*deckgen, "--no-lint"], folder))
        with_rules.append(_seconds(deckgen, folder))
    plain, full = statistics.median(without), statistics.median(with_rules)
    return f"| {name} | {plain:.3f} s | {full:.3f} s | {(full - plain) * 1000:.0f} ms | {full / plain:.2f} |"


def main() -> None:
    """Print the table."""
    print("| build without a change | without rules | with them | added | ratio |")
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as temporary:
        shipped = Path(temporary) / "shipped"
        for part in ("cards_source", "output"):
            shutil.copytree(ROOT / part, shipped / part)
        print(compare("the shipped deck", shipped, _RUNS))
        big = Path(temporary) / "big"
        write_deck(big / "cards_source" / "bench", 5_000)
        print(compare("10,000 notes: 5,000 cards in two languages", big, 3))


if __name__ == "__main__":
    main()
