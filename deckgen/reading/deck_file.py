"""Turn `deck.yaml` into a `Deck` without cards."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from deckgen.deck import NO_LANGUAGE, RETIRED_TAG, Deck, Setting, Source, Term
from deckgen.finding import Place, Severity
from deckgen.reading import speech, tree
from deckgen.reading.keys import (
    CARD_KEYS,
    DECK_KEYS,
    LANGUAGE,
    LEVELS,
    MAX_LANGUAGES,
    MAX_NAME,
    RESERVED,
    SETTING_KEYS,
    SOURCE_KEYS,
    choose,
    in_brackets,
)
from deckgen.reading.look import look
from deckgen.reading.values import Values
from deckgen.written import Text


def head(values: Values, node: tree.Node | None, shown: str, folder: Path) -> Deck | None:
    """`deck.yaml` as a deck without cards, or None when it has no usable key, title or languages."""
    keys = values.keys(node, Place(shown), "deck.yaml", DECK_KEYS)
    if keys is None:
        return None
    key = values.name(keys, "deck", "the deck's key")
    if key is not None and key.value in RESERVED:
        message = f"`{key.value}` can't be the deck's key: Windows has no files of this name"
        values.report(key.whole, "K04", message, "choose another word")
    languages = _languages(values, keys)
    seed = values.name(keys, "seed", "the deck's seed") if "seed" in keys else None
    title = values.localised(keys, "title", languages, required=True)
    description = values.localised(keys, "description", languages)
    speakers = _vocabulary(values, keys, "speakers", languages) if "speakers" in keys else None
    adopted = values.word(keys.get("adopted"), "adopted") if values.flag(keys, "adopted") else None
    tags = _vocabulary(values, keys, "tags", languages, is_adopted=adopted is not None)
    _not_retired(values, keys, tags, f"{key.value}::{RETIRED_TAG}" if adopted and key else RETIRED_TAG)
    if key is None or not title:
        return None
    return Deck(
        key=key,
        seed=seed,
        folder=folder,
        languages=languages,
        title=title,
        description=description,
        source=_source(values, keys),
        speakers=speakers,
        tags={tag: next(iter(meaning.values())) for tag, meaning in tags.items()},
        glossary=_glossary(values, keys, languages),
        lint=_settings(values, keys, languages),
        look=look(values, keys),
        tts=speech.languages(values, keys.get("tts"), "tts", languages),
        trusted=values.word(keys.get("trusted"), "trusted") if values.flag(keys, "trusted") else None,
        adopted=adopted,
    )


def _not_retired(values: Values, keys: tree.Mapping, tags: Iterable[str], taken: str) -> None:
    """Report a tag that only deckgen may set; a search for it finds also what lies below it."""
    if any(f"{tag}::".casefold().startswith(f"{taken}::".casefold()) for tag in tags):
        message = f"the tag `{taken}` is set by deckgen on retired cards"
        values.report(keys.place, "K04", message, "choose another word")


def _languages(values: Values, keys: tree.Mapping) -> tuple[str, ...]:
    if "languages" not in keys:
        return (NO_LANGUAGE,)
    languages: list[str] = []
    named = values.words(keys, "languages")
    for text in named:
        reserved = text.value in CARD_KEYS
        twice = text.value.lower() in (code.lower() for code in languages)
        if len(languages) == MAX_LANGUAGES:
            hint = "make another deck for the others"
            values.report(text.whole, "Y09", f"the deck has more than {MAX_LANGUAGES} languages", hint)
            break
        long = len(text.value) > MAX_NAME  # the code becomes part of a file's name
        if not LANGUAGE.fullmatch(text.value) or reserved or twice or long:
            message = f"`{text.value}` is not a language code, or is listed twice"
            hint = in_brackets(text.value) or "write codes such as `en`, `zh`, `pt-BR`"
            values.report(text.whole, "K04", message, hint)
        else:
            languages.append(text.value)
    if not named:
        hint = "name at least one, such as `[en]`, or leave `languages:` out"
        values.report(keys.entries["languages"][0].whole, "K02", "`languages:` names no language", hint)
    return tuple(languages) or (NO_LANGUAGE,)


def _source(values: Values, keys: tree.Mapping) -> Source | None:
    node = keys.get("source")
    if node is None:
        return None
    inner = values.keys(node, node.place, "`source:`", SOURCE_KEYS)
    if inner is None:
        return None
    title, by, date, url, file = (values.text(inner.get(key), key) for key in SOURCE_KEYS)
    if "title" not in inner:
        values.report(inner.place, "K02", "`source:` has no `title:`", "add `title:`")
    if url is not None and not url.value.startswith(("https://", "http://")):
        values.report(url.whole, "K04", f"`{url.value}` is not a web address", "start it with `https://`")
    return None if title is None else Source(title, by, date, url, file)


def _vocabulary(
    values: Values, keys: tree.Mapping, key: str, languages: tuple[str, ...], *, is_adopted: bool = False
) -> dict[str, Mapping[str, Text]]:
    """`tags:` or `speakers:`: names with what they mean, or a bare list of names."""
    node = keys.get(key)
    of_tags = values.is_adopted_tag if is_adopted else values.is_tag
    fits = of_tags if key == "tags" else values.is_name
    words: dict[str, Mapping[str, Text]] = {}
    if node is None:
        return words
    if isinstance(node, tree.Sequence):
        for text in values.words(keys, key):
            if fits(text.value, text.whole, f"a word of `{key}:`"):
                words[text.value] = dict.fromkeys(languages, text)
        return words
    inner = values.keys(node, node.place, f"`{key}:`", None)
    if inner is None:
        return words
    for word, (name, value) in inner.entries.items():
        if not fits(word, name.place, f"a word of `{key}:`"):
            continue
        if isinstance(value, Text):
            meaning = values.text(value, word)
            words[word] = dict.fromkeys(languages, meaning) if meaning else {}
        else:
            words[word] = values.localised(inner, word, languages)
    return {word: meaning for word, meaning in words.items() if meaning}


def _glossary(values: Values, keys: tree.Mapping, languages: tuple[str, ...]) -> tuple[Term, ...]:
    node = keys.get("glossary")
    if node is None:
        return ()
    if not isinstance(node, tree.Sequence):
        values.report(node.place, "K03", "`glossary:` must be a list", "start each term with a hyphen")
        return ()
    terms = []
    for entry in node.items:
        if languages == (NO_LANGUAGE,):
            word = values.text(entry, "glossary")
            words: dict[str, tuple[Text, ...]] = {NO_LANGUAGE: (word,)} if word else {}
        else:
            inner = values.keys(entry, entry.place, "a term of `glossary:`", languages)
            words = {lang: values.texts(inner, lang) for lang in languages if lang in inner} if inner else {}
        terms.append(Term({lang: texts for lang, texts in words.items() if texts}))
    return tuple(terms)


def _settings(values: Values, keys: tree.Mapping, languages: tuple[str, ...]) -> tuple[Setting, ...]:
    """`lint:`: a level, or level and limits, by code or group of codes."""
    node = keys.get("lint")
    inner = values.keys(node, node.place, "`lint:`", None) if node is not None else None
    settings = []
    for code, value in inner.entries.values() if inner else ():
        if isinstance(value, Text):
            settings.append(_setting(values, code, value, {}))
            continue
        known = SETTING_KEYS + tuple(lang for lang in languages if lang)
        wish = values.keys(value, value.place, f"`{code.value}:`", known)
        if wish is None:
            continue
        limits = {
            "" if key == "limit" else key: _numbers(values, wish, key)
            for key in ("limit", *languages)
            if key in wish
        }
        settings.append(_setting(values, code, wish.get("level"), limits))
    return tuple(settings)


def _setting(
    values: Values, code: Text, node: tree.Node | None, limits: dict[str, tuple[float, ...]]
) -> Setting:
    level = values.word(node, "level")
    if level is None:
        return Setting(code, limits=limits)
    if level.value not in LEVELS:
        number = level.value.replace(".", "", 1).isdigit()
        hint = f"a number is a limit: `{{limit: {level.value}}}`" if number else choose(level.value, LEVELS)
        values.report(level.whole, "K04", f"`{level.value}` is not a level", hint)
    if level.value not in LEVELS or level.value == "off":
        return Setting(code, off=level.value == "off", limits=limits)
    return Setting(code, level=Severity[level.value.upper()], limits=limits)


def _numbers(values: Values, keys: tree.Mapping, key: str) -> tuple[float, ...]:
    numbers = []
    for text in values.words(keys, key):
        if re.fullmatch(r"\d{1,6}(\.\d{1,3})?", text.value):
            numbers.append(float(text.value))
        else:
            hint = "write one number for warnings, or two: `[30, 50]` warns above 30 and fails above 50"
            values.report(text.whole, "K03", f"`{text.value}` is no limit", hint)
    if len(numbers) > 1 and numbers != sorted(numbers):
        hint = "the first is for warnings, the second, larger one for errors"
        values.report(keys.entries[key][0].whole, "K03", "the limits stand in the wrong order", hint)
    return tuple(numbers)
