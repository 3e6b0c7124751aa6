"""What decks and cards say about the rules: levels, limits, and findings not to be shown.

A rule of craft is a matter of judgement, so an author may overrule it. For a whole deck, `lint:` in
deck.yaml gives its code, or the letter of its group, another level. On a single card, `lint:` silences it
with a reason. Errors can't be silenced on a card, except where a good card may look
like a bad one (`SILENCEABLE`). About a card that was adopted nothing is an error.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from deckgen.checks import baseline
from deckgen.checks.rule import CraftRule, Limited
from deckgen.deck import Card, Deck, Setting
from deckgen.finding import SILENCEABLE, Finding, Severity
from deckgen.patterns import lazy
from deckgen.written import Text

#: Codes that are found outside of `checks`, by what the lock knows.
OTHERS = ("B12",)
#: Codes that a deck alone can set: they tell of the deck, and an author may have decided so.
OF_DECK = ("K37", "K39")

_CODE = lazy(r"[A-Z](\d\d)?")


def settle(
    deck: Deck, findings: Iterable[Finding], rules: Iterable[CraftRule], unseen: Collection[str] = ()
) -> list[Finding]:
    """The findings as deck and cards want them, and findings (K17, K18) about what they say.

    `unseen` are codes of rules that could not look: it is not known what they would find.
    """
    known = {rule.CODE: rule for rule in rules}
    codes = {*known, *OTHERS}
    silences = {card.id.value: card for card in deck.cards if card.lint is not None and card.retired is None}
    shown, used, refused = _apply(deck, findings, codes, silences)
    shown += _bad_settings(deck.lint, known)
    levels = _levels(deck.lint, codes)
    for card in silences.values():
        for code in card.lint.codes if card.lint else ():
            setting = levels.get(code.value)
            skip = {*unseen, *OTHERS, *({code.value} if setting is not None and setting.off else ())}
            shown += _idle_silence(card, code, codes, used, refused, skip)
    return shown


def tune(deck: Deck, findings: Iterable[Finding]) -> list[Finding]:
    """Findings of `OTHERS` and `OF_DECK`, which no rule of `checks` makes, as deck and cards want them."""
    silences = {card.id.value: card for card in deck.cards if card.lint is not None}
    return _apply(deck, findings, (*OTHERS, *OF_DECK), silences)[0]


_Found = set[tuple[str, str]]


def _apply(
    deck: Deck, findings: Iterable[Finding], codes: Iterable[str], silences: dict[str, Card]
) -> tuple[list[Finding], _Found, _Found]:
    """What is left of the findings; (card, code) of what was silenced, and of errors that can't be."""
    levels = _levels(deck.lint, codes)
    shown: list[Finding] = []
    used: _Found = set()
    refused: _Found = set()
    for finding in findings:
        setting = levels.get(finding.code)
        if setting is not None and setting.off:
            continue
        if setting is not None and setting.level is not None:
            finding = replace(finding, severity=setting.level)  # noqa: PLW2901  # the same finding, settled
        if finding.severity is Severity.ERROR and baseline.is_of_adopted(deck, finding):
            finding = replace(finding, severity=Severity.WARNING)  # noqa: PLW2901
        card = silences.get(finding.card)
        if card is None or finding.code not in _ignored(card):
            shown.append(finding)
            continue
        used.add((finding.card, finding.code))
        if finding.severity is Severity.ERROR and finding.code not in SILENCEABLE:
            shown.append(finding)
            refused.add((finding.card, finding.code))
    return shown, used, refused


def _levels(settings: Iterable[Setting], known: Iterable[str]) -> dict[str, Setting]:
    """The setting of each code: its own before that of its group."""
    by_code: dict[str, Setting] = {}
    for setting in sorted(settings, key=lambda one: len(one.code.value)):
        for code in known:
            if code.startswith(setting.code.value) and (setting.off or setting.level is not None):
                by_code[code] = setting
    return by_code


def _ignored(card: Card) -> set[str]:
    return {code.value for code in card.lint.codes} if card.lint else set()


def _bad_settings(settings: Iterable[Setting], known: dict[str, CraftRule]) -> Iterator[Finding]:
    for setting in settings:
        code = setting.code.value
        can_be_set = code in OF_DECK or any(name.startswith(code) for name in (*known, *OTHERS))
        if not can_be_set or not _CODE.fullmatch(code):
            yield _unknown(setting.code, known)
            continue
        limited = isinstance(known.get(code), Limited)
        if not limited and any(setting.limits.values()):
            yield Finding(setting.code.whole, "K17", f"`{code}` has no limits", "give only a level")
        if limited and any(len(numbers) > 2 for numbers in setting.limits.values()):
            hint = "write `[30, 50]`: warnings above the first, errors above the second"
            yield Finding(setting.code.whole, "K17", f"`{code}` has at most two limits", hint)


def _idle_silence(  # what is known of a code on a card
    card: Card, code: Text, codes: Collection[str], used: _Found, refused: _Found, skip: Collection[str]
) -> Iterator[Finding]:
    """A finding about a code in `ignore:` that does not exist, hides nothing, or may not be hidden."""
    key = (card.id.value, code.value)
    if code.value not in codes:
        yield replace(_unknown(code, codes), card=card.id.value)
    elif key in refused:
        hint = f"mend the card, or lower the rule for the deck: `lint: {{{code.value}: warning}}`"
        message = f"an error of `{code.value}` can't be ignored on a card"
        yield Finding(code.whole, "K17", message, hint, card.id.value)
    elif key not in used and code.value not in skip:
        message = f"`ignore:` names `{code.value}`, which finds nothing on this card"
        yield Finding(code.whole, "K18", message, "remove it", card.id.value, severity=Severity.WARNING)


def _unknown(code: Text, known: Iterable[str]) -> Finding:
    groups = ", ".join(sorted({name[0] for name in known}))
    message = f"`{code.value}` is not a rule that can be set"
    hint = (
        f"`deckgen explain` lists all; those that begin with {groups} can be set, and {' and '.join(OF_DECK)}"
    )
    hint += " for a whole deck"
    return Finding(code.whole, "K17", message, hint)
