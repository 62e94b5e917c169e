"""Other names that texts give for the terms of a watch."""

from __future__ import annotations

import re

from tuireader.terms import Folded, Term, fold
from tuireader.watch.items import item_of
from tuireader.watch.rules import WatchRule
from tuireader.watch.sentences import around, cut, line_around, sentences_in

_IN_BRACKETS = re.compile(r"\s*[(（]\s*[\"'“‘]?([A-Z][A-Za-z0-9.&-]{1,11})[\"'”’]?\s*[)）]")
_LONG_FORM = re.compile(r"((?:[A-Z][\w'’-]*|of|and|for|the|on|to|in|de|&)(?:\s+|-)){1,11}[(（]\s*[\"'“‘]?\Z")
_SMALL_WORDS = frozenset(("of", "and", "for", "the", "on", "to", "in", "de", "&"))


def aliases(text: str, rule: WatchRule) -> list[tuple[str, str]]:
    """Other names that a text gives in brackets for the rule's terms, each once with its sentence.

    A text with "Personal Information Protection Law (PIPL)" proposes PIPL to a watch for the long name,
    and the long name to a watch for PIPL. What the rule has already is not proposed.
    """
    folded = Folded(text)
    terms = [
        item
        for group in (rule.any, *rule.all)
        for name in group
        if isinstance(item := item_of(name, rule.exact), Term)
    ]
    known = {fold(name) for group in (rule.any, rule.none, *rule.all) for name in group}
    found: dict[str, tuple[str, str]] = {}
    for term in terms:
        for start, end in term.find(folded):
            name = _short_after(text, start, end) or _long_before(text, start, end)
            if name and fold(name) not in known:
                line = line_around(text, start, end)
                first, last = around(sentences_in(text, *line), start, end)
                found.setdefault(fold(name), (name, cut(text, first, last, [(start, end)])[0]))
    return list(found.values())


def _short_after(text: str, start: int, end: int) -> str:
    """The abbreviation in brackets after a name, if it can stand for it."""
    match = _IN_BRACKETS.match(text, end)
    if not match or sum(char.isupper() for char in match[1]) * 2 < len(match[1]):
        return ""
    letters = [char for char in match[1].lower() if char.isalpha()]
    name = iter(fold(text[start:end]))
    if not fold(text[start:end]).isascii():
        return match[1]
    return match[1] if fold(text[start]) == letters[0] and all(letter in name for letter in letters) else ""


def _long_before(text: str, start: int, end: int) -> str:
    """The name before the brackets that an abbreviation stands in, if its initials are the abbreviation."""
    short = text[start:end]
    opening = text.rfind("\n", 0, start) + 1
    match = _LONG_FORM.search(text, max(opening, start - 200), start)
    if not match or not short.isupper():
        return ""
    name = re.split(r"\s*[(（]", match[0])[0]
    parts = [(part.start(), part[0]) for part in re.finditer(r"[\w'’&]+", name)]
    for offset, first in reversed(parts):
        initials = "".join(word[0] for at, word in parts if at >= offset and word not in _SMALL_WORDS)
        if first not in _SMALL_WORDS and initials.upper() == short:
            return name[offset:]
    return ""
