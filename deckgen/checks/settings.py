"""What decks and cards say about the rules: levels, limits, and findings not to be shown.

A rule of craft is a matter of judgement, so an author may overrule it. Its code, or the
letter of its group, stands in `lint:` of deck.yaml with a level; a single card silences
it with a reason. Errors can't be silenced on a card, except where a good card may look
like a bad one (`SILENCEABLE`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from types import ModuleType

from deckgen.deck import Card, Deck, Setting, Text
from deckgen.diagnostic import Diagnostic, Severity

#: Codes whose errors a card may silence.
SILENCEABLE = frozenset({"F02", "F09", "S01"})

_CODE = re.compile(r"[A-Z](\d\d)?")


def settle(deck: Deck, findings: Iterable[Diagnostic], rules: Iterable[ModuleType]) -> list[Diagnostic]:
    """The findings as deck and cards want them, and findings (K17, K18) about what they say."""
    known = {rule.CODE: rule for rule in rules}
    levels = _levels(deck.lint, known)
    silences = {card.id.value: card for card in deck.cards if card.lint is not None}
    used: set[tuple[str, str]] = set()
    refused: dict[tuple[str, str], Diagnostic] = {}
    shown = []
    for finding in findings:
        setting = levels.get(finding.code)
        if setting is not None and setting.off:
            continue
        if setting is not None and setting.level is not None:
            finding = replace(finding, severity=setting.level)  # noqa: PLW2901  # the same finding, settled
        card = silences.get(finding.card)
        key = (finding.card, finding.code)
        if card is None or finding.code not in _ignored(card):
            shown.append(finding)
            continue
        used.add(key)
        if finding.severity is Severity.ERROR and finding.code not in SILENCEABLE:
            shown.append(finding)
            refused[key] = finding
    shown += _bad_settings(deck.lint, known)
    for card in silences.values():
        shown += _idle_silence(card, known, used, refused, levels)
    return shown


def _levels(settings: Iterable[Setting], known: dict[str, ModuleType]) -> dict[str, Setting]:
    """The setting of each code: its own before that of its group."""
    by_code: dict[str, Setting] = {}
    for setting in sorted(settings, key=lambda one: len(one.code.value)):
        for code in known:
            if code.startswith(setting.code.value) and (setting.off or setting.level is not None):
                by_code[code] = setting
    return by_code


def _ignored(card: Card) -> set[str]:
    return {code.value for code in card.lint.codes} if card.lint else set()


def _bad_settings(settings: Iterable[Setting], known: dict[str, ModuleType]) -> Iterator[Diagnostic]:
    for setting in settings:
        code = setting.code.value
        if not any(name.startswith(code) for name in known) or not _CODE.fullmatch(code):
            yield _unknown(setting.code, known)
            continue
        limits = getattr(known.get(code), "LIMITS", None)
        for numbers in setting.limits.values() if limits is None else ():
            if numbers:
                yield Diagnostic(setting.code.whole, "K17", f"`{code}` has no limits", "give only a level")
                break
        if limits is not None and any(len(numbers) > 2 for numbers in setting.limits.values()):
            hint = "write `[30, 50]`: warnings above the first, errors above the second"
            yield Diagnostic(setting.code.whole, "K17", f"`{code}` has at most two limits", hint)


def _idle_silence(
    card: Card,
    known: dict[str, ModuleType],
    used: set[tuple[str, str]],
    refused: dict[tuple[str, str], Diagnostic],
    levels: dict[str, Setting],
) -> Iterator[Diagnostic]:
    """Findings about codes in `ignore:` that don't exist, hide nothing, or may not be hidden."""
    for code in card.lint.codes if card.lint else ():
        key = (card.id.value, code.value)
        if code.value not in known:
            yield replace(_unknown(code, known), card=card.id.value)
        elif key in refused:
            hint = f"mend the card, or lower the rule for the deck: `lint: {{{code.value}: warning}}`"
            message = f"an error of `{code.value}` can't be ignored on a card"
            yield Diagnostic(code.whole, "K17", message, hint, card.id.value)
        elif key not in used and not (code.value in levels and levels[code.value].off):
            message = f"`ignore:` names `{code.value}`, which finds nothing on this card"
            yield Diagnostic(
                code.whole, "K18", message, "remove it", card.id.value, severity=Severity.WARNING
            )


def _unknown(code: Text, known: Iterable[str]) -> Diagnostic:
    groups = ", ".join(sorted({name[0] for name in known}))
    message = f"`{code.value}` is no rule that can be set"
    hint = f"`deckgen explain` lists all; those that begin with {groups} can be set"
    return Diagnostic(code.whole, "K17", message, hint)
