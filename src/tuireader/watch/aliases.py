"""Find aliases for the terms of a watch in texts."""

from __future__ import annotations

import re

from tuireader.lexicon import Folded, Term, fold
from tuireader.watch.rules import WatchRule, parse_item
from tuireader.watch.sentences import cut, line_around, sentences_in, span_of_sentences

_OPEN, _CLOSED = r"\s*[(（]\s*[\"'“‘]?", r"[\"'”’]?\s*[)）]"
_SHORT = r"([A-Z][A-Za-z0-9.&-]{1,11})"
_WORD = r"(?:[A-Z][\w'’]*|of|and|for|the|on|to|in|de|&)"
_SHORT_AFTER = re.compile(rf"[\"'”’」』》]?{_OPEN}{_SHORT}{_CLOSED}")
_SHORT_BEFORE = re.compile(rf"(?<![\w.&-]){_SHORT}{_OPEN}\Z")
_LONG_BEFORE = re.compile(rf"({_WORD}(?:\s+|-)){{1,11}}[(（]\s*[\"'“‘]?\Z")
_LONG_AFTER = re.compile(rf"{_OPEN}({_WORD}(?:(?:\s+|-){_WORD}){{1,11}}){_CLOSED}")
_AFTER_NAME = re.compile(_CLOSED)
_SMALL_WORDS = frozenset(("of", "and", "for", "the", "on", "to", "in", "de", "&"))


def aliases(text: str, rule: WatchRule) -> list[tuple[str, str]]:
    """Return aliases in brackets next to the rule's terms, each once, with its sentence.

    A text with "Personal Information Protection Law (PIPL)" suggests PIPL for a watch with the long name, and
    the long name for a watch with PIPL; so does "PIPL (Personal Information Protection Law)". Terms already
    in the rule are not suggested.
    """
    folded = Folded(text)
    items = [parse_item(name, rule.exact) for group in (rule.any, *rule.all) for name in group]
    known = {fold(name) for group in (rule.any, rule.none, *rule.all) for name in group}
    by_key: dict[str, tuple[str, str]] = {}
    for term in (item for item in items if isinstance(item, Term)):
        for start, end in term.find(folded):
            readers = (_short_after, _short_before, _long_before, _long_after)
            name = next(filter(None, (read(text, start, end) for read in readers)), "")
            if name and fold(name) not in known:
                line = line_around(text, start, end)
                first, last = span_of_sentences(sentences_in(text, *line), start, end)
                by_key.setdefault(fold(name), (name, cut(text, first, last, [(start, end)])[0]))
    return list(by_key.values())


def _short_after(text: str, start: int, end: int) -> str:
    match = _SHORT_AFTER.match(text, end)
    return match[1] if match and _stands_for(match[1], text[start:end]) else ""


def _short_before(text: str, start: int, end: int) -> str:
    match = _SHORT_BEFORE.search(text, max(_line_start(text, start), start - 20), start)
    fits = match and _AFTER_NAME.match(text, end) and _stands_for(match[1], text[start:end])
    return match[1] if match and fits else ""


def _stands_for(short: str, name: str) -> bool:
    """Return whether an abbreviation is mostly upper-case and its letters occur in the name in order."""
    if sum(char.isupper() for char in short) * 2 < len(short):
        return False
    folded = fold(name)
    letters, remaining = [char for char in short.lower() if char.isalpha()], iter(folded)
    return not folded.isascii() or (
        folded[0] == letters[0] and all(letter in remaining for letter in letters)
    )


def _long_before(text: str, start: int, end: int) -> str:
    short = text[start:end]
    match = _LONG_BEFORE.search(text, max(_line_start(text, start), start - 200), start)
    if not match or not short.isupper():
        return ""
    name = re.split(r"\s*[(（]", match[0])[0]
    offsets = [part.start() for part in re.finditer(r"[\w'’&]+", name)]
    return next((name[at:] for at in reversed(offsets) if _initials(name[at:]) == short), "")


def _long_after(text: str, start: int, end: int) -> str:
    match = _LONG_AFTER.match(text, end)
    return match[1] if match and _initials(match[1]) == text[start:end] else ""


def _initials(name: str) -> str:
    """Return the initials of a name except those of small words; `""` if it begins with a small word."""
    words = re.findall(r"[\w'’&]+", name)
    if words[0] in _SMALL_WORDS:
        return ""
    return "".join(word[0] for word in words if word not in _SMALL_WORDS).upper()


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1
