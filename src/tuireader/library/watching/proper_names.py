"""Find names of people, companies and laws in an article, and name watches. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from msgspec import Struct
from msgspec.structs import replace

from tuireader.related.reading.words import COMMON, STOP, apart, is_cjk, phrases
from tuireader.text import cut_characters

_WORD = re.compile(r"[^\W_]+(?:[-–’'.&][^\W_]+)*")
_POSSESSIVE = re.compile(r"['’]s?$")
_ENDS = re.compile(r"[.!?:;…。！？：；\"“”‘«»()\[\]\n•·|–—]")
_JOINS = frozenset({"", " ", "\u00a0"})
_READ = 4000  # maximum characters of a text to read
_LONGEST = 40  # maximum characters of a watch's name
_CALENDAR = """
january february march april may june july august september october november december
monday tuesday wednesday thursday friday saturday sunday
jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun gmt utc am pm
"""
_NO_NAMES = STOP | frozenset(_CALENDAR.split())


class _Word(Struct, frozen=True):
    """A word: `opens` if it begins a sentence, `joined` if only a space precedes it."""

    shown: str
    opens: bool
    joined: bool

    @property
    def folded(self) -> str:
        return self.shown.casefold()

    @property
    def capital(self) -> bool:
        """True for a word written like a name or part of one."""
        big = any(map(str.isupper, self.shown))
        return big and self.folded not in _NO_NAMES and (len(self.shown) > 2 or self.shown[0].isupper())

    @property
    def strong(self) -> bool:
        """True for spellings that only names have: WeChat, AMD, CVE-2026-1, Five9."""
        return any(map(str.isupper, self.shown[1:])) or (
            self.shown[0].isupper() and any(map(str.isdigit, self.shown))
        )


def names_in(title: str, text: str, known: Callable[[str], bool], most: int = 3) -> list[str]:
    """Names that an article is about, best first: those in its title, or repeated in its text.

    A capital at the start of a sentence or in a Headline Of Capitals does not make a name: the word must also
    be a name elsewhere in the text, or `known` from other articles.
    """
    head, body = list(_words(title)), list(_words(text[:_READ]))
    if not any(word.shown.islower() and word.folded not in STOP for word in head):
        head = [replace(word, opens=True) for word in head]  # every word is capitalised
    words = [*head, *body]
    inside = {word.folded for word in words if word.capital and not word.opens}
    lower = {word.folded for word in words if word.shown.islower()}

    def is_name(word: _Word) -> bool:
        if not word.capital or word.folded in lower:
            return False
        return word.strong or word.folded in inside or known(word.shown)

    in_title = Counter(_runs(head, is_name))
    in_text = Counter(_runs(body, is_name))
    counts = in_title + in_text
    again = {name for name in in_text if in_text[name] > 1 and name.split()[0].casefold() in inside}
    names = sorted(
        {*in_title, *again}, key=lambda name: (name not in in_title, -counts[name], -len(name), name)
    )
    return list(islice(apart(names), most))


def phrases_of(title: str, text: str, most: int = 2) -> list[str]:
    """Phrases of a title that its text repeats, most frequent first; for scripts without spaces."""
    if not any(map(is_cjk, title)):
        return []
    text = text[:_READ]
    names = [phrase for phrase in phrases(title, [text]) if phrase in text]
    names.sort(key=lambda phrase: (-text.count(phrase), title.index(phrase)))
    return list(islice(apart(names), most))


def watch_name(terms: Sequence[str], taken: Sequence[str]) -> str:
    """Name a watch after its first term, adding further terms if that name is taken."""
    known = {name.casefold() for name in taken}
    name = ""
    for end in range(1, len(terms) + 1):
        name = cut_characters(", ".join(terms[:end]), _LONGEST)
        if name.casefold() not in known:
            return name
    number, free = 2, name
    while free.casefold() in known:
        free, number = f"{name} {number}", number + 1
    return free


def _words(text: str) -> Iterator[_Word]:
    end, possessive = 0, False
    for match in _WORD.finditer(text):
        between = text[end : match.start()]
        shown = _POSSESSIVE.sub("", match[0])
        opens = end == 0 or _ENDS.search(between) is not None
        yield _Word(shown, opens, between in _JOINS and end > 0 and not possessive)
        end, possessive = match.end(), shown != match[0]


def _runs(words: list[_Word], is_name: Callable[[_Word], bool]) -> Iterator[str]:
    """Yield names of one or more words, which may contain `of`; a single everyday word is not a name."""
    run: list[_Word] = []
    for word in words:
        part = word.capital and (not word.opens or is_name(word))
        if run and not (word.joined and (part or word.shown == "of")):
            yield from _name(run, is_name)
            run = []
        if part or (run and word.shown == "of"):
            run.append(word)
    if run:
        yield from _name(run, is_name)


def _name(run: list[_Word], is_name: Callable[[_Word], bool]) -> Iterator[str]:
    while run[-1].shown == "of":
        run.pop()
    first = run[0]
    if len(run) > 1 or (len(first.shown) > 1 and is_name(first) and first.folded not in COMMON):
        yield " ".join(word.shown for word in run)
