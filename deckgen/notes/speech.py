"""What is read aloud on cards: Anki's `{{tts LANG:Field}}`, and what its voices make of a text.

Anki takes elements out of the text and reads what is left (rslib/src/card_rendering/writer.rs): also the
reading above a word, the name of a sound and the signs of a formula. It takes the first voice of its system
that has exactly the language (qt/aqt/tts.py); without one it is silent.

Findings: speech is not heard everywhere (K37); it would not say what is meant (K38).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain
from typing import NamedTuple, assert_never

from deckgen.checks.words.scripts import HAN
from deckgen.deck import Deck, OwnType, Sheet
from deckgen.finding import Finding, Place, Severity, first
from deckgen.kinds import ClozeText, Content, ItemList, Occlusion, OwnFields, QuestionAnswer
from deckgen.markup import cloze, texts
from deckgen.notes.template import FRONT, SPACE, SPECIAL, Replacement, parse, replacements
from deckgen.patterns import lazy
from deckgen.reading.speech import in_anki
from deckgen.written import Text

SPOKEN, SILENT = "K38", "K37"

#: Languages that voices of Windows, of Apple's systems or of Android have.
VOICES = frozenset(
    """
    af_ZA ar_001 ar_AE ar_EG ar_SA bg_BG bn_BD bn_IN bs_BA ca_ES cs_CZ cy_GB da_DK de_AT de_CH de_DE
    el_GR en_AU en_CA en_GB en_HK en_IE en_IN en_NZ en_PH en_SG en_US en_ZA es_AR es_CL es_CO es_ES
    es_MX es_US et_EE eu_ES fa_IR fi_FI fil_PH fr_BE fr_CA fr_CH fr_FR ga_IE gl_ES gu_IN he_IL hi_IN
    hr_HR hu_HU id_ID is_IS it_IT ja_JP jv_ID kk_KZ km_KH kn_IN ko_KR lt_LT lv_LV ml_IN mr_IN ms_MY
    nb_NO ne_NP nl_BE nl_NL pa_IN pl_PL pt_BR pt_PT ro_RO ru_RU si_LK sk_SK sl_SI sq_AL sr_RS su_ID
    sv_SE sw_KE ta_IN te_IN th_TH tr_TR uk_UA ur_IN ur_PK vi_VN yue_HK zh_CN zh_HK zh_TW
    """.split()  # noqa: SIM905
)

# What a template may show besides an author's fields; it has the deck's language.
_OTHERS = (*SPECIAL, FRONT, "Status", "Id")
# `{{tts:Field}}`, of which the deck or the note type says the language; more filters may follow.
_UNNAMED = re.compile(r"\{\{([" + SPACE + r"]*)tts:((?:[^{}]*:)?)([^{}:]+)\}\}")
_NAMED = re.compile(r"\{\{([" + SPACE + r"]*)tts (\w+):((?:[^{}]*:)?)([^{}:]+)\}\}")
# Without one of these signs a text has nothing of what would be read as signs.
_SIGNS = frozenset("|$[<\\")
_SCRIPTS = (
    (lazy("[\u3040-\u30ff]"), "ja_JP"),
    (lazy("[\uac00-\ud7af]"), "ko_KR"),
    (lazy(f"[{HAN}]"), "zh_CN"),
)
_LEAVING = frozenset(("kanji", "kana"))
_READ_AS_SIGNS = (
    ("<ruby", "a reading", "the word and its reading"),
    ("[sound:", "a sound", "the name of its file"),
    ("\\(", "a formula", "its signs"),
    ("\\[", "a formula", "its signs"),
)


def with_languages(side: str, spoken: Mapping[str, str]) -> str:
    """A side on which `{{tts:Field}}` names the language of its field; `spoken` has it by field."""

    def named(found: re.Match[str]) -> str:
        lang = spoken.get(found[3].strip(SPACE))
        return f"{{{{{found[1]}tts {lang}:{found[2]}{found[3]}}}}}" if lang else found[0]

    return _UNNAMED.sub(named, side) if "tts:" in side else side


def without_languages(side: str, spoken: Mapping[str, str]) -> str:
    """The reverse: `{{tts:Field}}` where a side names just the language that its field is spoken in."""

    def unnamed(found: re.Match[str]) -> str:
        is_own = spoken.get(found[4].strip(SPACE)) == found[2]
        return f"{{{{{found[1]}tts:{found[3]}{found[4]}}}}}" if is_own else found[0]

    return _NAMED.sub(unnamed, side) if "tts " in side else side


def named(side: str) -> frozenset[str]:
    """The fields of which a side itself names the language in which they are spoken."""
    return frozenset(found[4].strip(SPACE) for found in _NAMED.finditer(side))


def of_fields(deck: Deck, own: OwnType, lang: str) -> dict[str, str]:
    """The language in which each field of a note type is spoken: its own, or that of the deck."""
    names = (*own.field_names, *_OTHERS)
    spoken = {name: own.tts.get(name, {}).get(lang, deck.tts.get(lang)) for name in names}
    return {name: in_anki(text.value) for name, text in spoken.items() if text is not None}


def of_deck(deck: Deck, lang: str) -> str:
    """The language in which the answers of a deck are spoken; empty when they are not."""
    return in_anki(deck.tts[lang].value) if lang in deck.tts else ""


def findings(deck: Deck) -> Iterator[Finding]:
    """All that there is to say about speech in a deck that was read."""
    # What an adopted type says, learners hear already, or don't.
    said = {
        own.name: list(_said(own)) for own in deck.note_types.values() if own.sound and own.adopted is None
    }
    places = [
        *(text.whole for text in deck.tts.values()),
        *(one.place for parts in said.values() for one in parts),
    ]
    if not places:
        return
    message = "cards read texts aloud, which not every learner hears: Anki on Linux has no voices"
    hint = "elsewhere it needs a voice of the system; ship sounds as files if all must hear them, or write "
    hint += "`lint: {K37: off}` into deck.yaml if speech is only a help"
    yield Finding(places[0], SILENT, message, hint, severity=Severity.INFO)
    yield from _of_languages(deck, said)
    yield from first(_of_texts(deck, said))


# -- languages ---------------------------------------------------------------------


class _Said(NamedTuple):
    """A field that is spoken on a side: where, and in which languages of the deck cards have that side."""

    place: Place
    part: Replacement
    languages: frozenset[str]


def _said(own: OwnType) -> Iterator[_Said]:
    """Each field that is spoken on a side, once a file."""
    sides = [side for one in own.templates for by in (one.front, one.back) for side in by.items()]
    for sheet in own.sheets:
        for part in replacements(parse(sheet.text)) if "tts" in sheet.text else ():
            if any(name == "tts" or name.startswith("tts ") for name in part.filters):
                languages = frozenset(lang for lang, there in sides if there.shown == sheet.shown)
                yield _Said(_place(sheet, part), part, languages)


def _place(sheet: Sheet, part: Replacement) -> Place:
    return sheet.at(part.at, sheet.text.find("}}", part.at) + 2 - part.at)


def _of_languages(deck: Deck, said: Mapping[str, list[_Said]]) -> Iterator[Finding]:
    declared = chain(
        deck.tts.values(), *(by.values() for own in deck.note_types.values() for by in own.tts.values())
    )
    for text in {id(text): text for text in declared}.values():
        yield from _odd(text.whole, in_anki(text.value), text.value)
    for name, parts in said.items():
        for one in parts:
            if "tts" in one.part.filters:
                yield from _without(deck, deck.note_types[name], one)
            for wanted in (word[4:] for word in one.part.filters if word.startswith("tts ")):
                lang = wanted.strip(SPACE).split(" ")[0]
                yield from _odd(one.place, lang, lang)


def _without(deck: Deck, own: OwnType, said: _Said) -> Iterator[Finding]:
    place, part, languages = said
    if part.filters[-1] != "tts":
        hint = f"write it first: `{{{{tts:…:{part.name}}}}}`"
        yield Finding(place, SPOKEN, "`tts:` stands behind another filter", hint)
    elif part.name in own.field_names or part.name in _OTHERS:  # of others K25 tells
        for lang in deck.languages:
            if lang in languages and part.name not in of_fields(deck, own, lang):
                likely = _likely(deck, own, lang, part.name)
                hint = f"add `tts: {{{part.name}: {likely}}}` to {own.place.path}, or `tts:` to deck.yaml"
                yield Finding(
                    place, SPOKEN, f"nothing says in which language `{part.name}` is spoken", hint, lang=lang
                )


def _likely(deck: Deck, own: OwnType, lang: str, name: str) -> str:
    """The language in which a field is likely spoken: most of its texts begin with a letter of its script."""
    contents = [card.contents.get(lang) for card in deck.cards]
    firsts = Counter(
        next((spoken for script, spoken in _SCRIPTS if script.match(text.lstrip("{*")[:1])), "en_US")
        for content in contents
        if isinstance(content, OwnFields) and content.type.value == own.name
        for text in (one.text.value for one in content.texts if one.name.value == name)
    )
    # Japanese begins many words with a Chinese character; Chinese has no kana.
    likely = firsts.most_common(1)[0][0] if firsts else "en_US"
    return "ja_JP" if likely == "zh_CN" and firsts["ja_JP"] else likely


def _odd(place: Place, lang: str, shown: str) -> Iterator[Finding]:
    """A finding about a language that no voice is known to have."""
    if lang not in VOICES:
        from difflib import get_close_matches

        wanted = in_anki(lang) or lang
        near = [wanted] if wanted in VOICES else get_close_matches(wanted, sorted(VOICES), n=1)
        hint = f"did you mean `{near[0]}`?" if near else "write language and region, such as `en_US`"
        message = f"no common voice has the language `{shown[:40]}`"
        yield Finding(place, SPOKEN, message, hint, severity=Severity.WARNING)


# -- texts -------------------------------------------------------------------------


def _of_texts(deck: Deck, said: Mapping[str, list[_Said]]) -> Iterator[Finding]:
    """Spoken texts of which a voice would read what nobody says; readings at their template, once."""
    seen: set[Place] = set()
    for card in deck.cards:
        for lang, content in card.contents.items():
            for text, spoken in _read_aloud(deck, lang, content, said):
                found = _signs(text, spoken.part.filters if spoken is not None else ())
                if found is None:
                    continue
                what, read = found
                if spoken is None or what != "a reading":
                    message = f"this is read aloud, and has {what}: a voice would read {read}, too"
                    hint = "keep it out of what is read aloud, such as in a `note:`"
                    yield Finding(text.whole, SPOKEN, message, hint, card.id.value, lang, Severity.WARNING)
                elif spoken.place not in seen:
                    seen.add(spoken.place)
                    name = spoken.part.name
                    message = f"this reads `{name}` aloud, which has {what} in the card {card.id.value}: "
                    message += f"a voice would read {read}"
                    hint = f"write `{{{{tts:kanji:{name}}}}}`, which leaves readings out"
                    yield Finding(spoken.place, SPOKEN, message, hint, lang=lang, severity=Severity.WARNING)


def _read_aloud(
    deck: Deck, lang: str, content: Content, said: Mapping[str, list[_Said]]
) -> Iterator[tuple[Text, _Said | None]]:
    """The texts that are read aloud, each with the place of a template that reads it, if one does."""
    by_deck: Iterable[Text] = ()
    match content:
        case OwnFields():
            there = [one for one in said.get(content.type.value, ()) if lang in one.languages]
            for one in content.texts:
                here = [spoken for spoken in there if spoken.part.name == one.name.value]
                # Where it is read several times, the one that leaves out least.
                yield from ((one.text, spoken) for spoken in sorted(here, key=_leaves_out)[:1])
            return
        case QuestionAnswer():
            by_deck = (content.answer,)
        case ItemList():
            by_deck = (item.text for item in content.items)
        case ClozeText():
            hidden = " ".join(one.content for one in cloze.scan(content.text.value)[0])
            by_deck = (replace(content.text, value=hidden),)
        case Occlusion():
            pass  # behind a mask there is no text
        case _:
            assert_never(content)
    yield from ((text, None) for text in by_deck if lang in deck.tts)


def _leaves_out(said: _Said) -> bool:
    """Whether only words or only readings are read."""
    return not _LEAVING.isdisjoint(said.part.filters)


def _signs(text: Text, filters: Collection[str]) -> tuple[str, str] | None:
    """What a text has that is read as signs, and what would be read."""
    if _SIGNS.isdisjoint(text.value):
        return None
    html = texts.to_html(text)
    if not _LEAVING.isdisjoint(filters):
        html = html.replace("<ruby", "")
    return next(((what, read) for sign, what, read in _READ_AS_SIGNS if sign in html), None)
