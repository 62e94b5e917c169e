"""Things that texts name in several languages: names, words of events, amounts.

Each has one number, whatever the language: 腾讯, テンセント and Tencent are one, and so are 禁止, Verbot and
ban. The bundled tables are our own lists of facts; the user's watches and texts that give a name in two
scripts, as in 腾讯（Tencent）, add further forms.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import islice

from tuireader.related.amounts import amounts
from tuireader.related.words import term_hash

NAME, PLACE, EVENT, AMOUNT, TITLE = 1, 2, 4, 8, 16
_FILES = {
    "companies": NAME,
    "products": NAME,
    "agencies": NAME,
    "laws": NAME,
    "people": NAME,
    "places": PLACE,
}
_MOST_WORDS = 6
_READ = 20_000  # maximum characters of a text to read
_WORD = re.compile(r"[^\W_]+(?:['’.&+-][^\W_]+)*\+*")
_UNSPACED = "\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af"
_IS_UNSPACED = re.compile(f"[{_UNSPACED}]")
_RUN = re.compile(f"[{_UNSPACED}・·]{{2,}}")


@dataclass(frozen=True, slots=True)
class Concept:
    """A thing found in a text: its number, its kind, and the form in which it was found first."""

    hash: int
    kind: int
    shown: str


_Form = tuple[int, int, bool]
"""Number, kind, and whether it needs a capital letter."""


class Concepts:
    """Tables of forms. `add` later ones: the user's own forms win over bundled ones."""

    def __init__(self) -> None:
        self._words: dict[str, dict[tuple[str, ...], _Form]] = {}
        self._runs: dict[str, dict[str, _Form]] = {}

    def add(self, key: str, kind: int, forms: Iterable[str]) -> None:
        """Add the forms of a thing; `key` identifies it."""
        number = term_hash(f"={key}")
        for form in forms:
            entry = (number, kind, kind != EVENT)
            if _IS_UNSPACED.match(form):
                if len(form) > 1:
                    self._runs.setdefault(form[:2], {})[form] = entry
                continue
            words = tuple(_WORD.findall(form.casefold()))
            if 0 < len(words) <= _MOST_WORDS:
                self._words.setdefault(words[0], {})[words] = entry

    def find(self, text: str) -> Iterator[Concept]:
        """Yield the things that a text names, in any order, the longest form at each place."""
        text = text[:_READ]
        yield from self._names(text)
        for run in _RUN.findall(text):
            yield from self._in_run(run)
        for _, amount in amounts(text):
            yield Concept(term_hash(f"#{amount}"), AMOUNT, amount)

    def _names(self, text: str) -> Iterator[Concept]:
        shown = _WORD.findall(text)
        words = [word.casefold() for word in shown]
        skip = 0
        for at, word in enumerate(words):
            if at < skip:
                continue
            forms = self._words.get(word) or self._words.get(word.removesuffix("'s").removesuffix("’s"))
            if forms is None:
                continue
            for size in range(min(_MOST_WORDS, len(words) - at), 0, -1):
                wanted = _plain(words[at : at + size])
                found = forms.get(wanted)
                if found and not (found[2] and shown[at][0].islower()):
                    yield Concept(found[0], found[1], " ".join(shown[at : at + size]))
                    skip = at + size
                    break

    def _in_run(self, run: str) -> Iterator[Concept]:
        at = 0
        while at < len(run) - 1:
            step = 1
            if forms := self._runs.get(run[at : at + 2]):
                longest = max((form for form in forms if run.startswith(form, at)), key=len, default="")
                if longest:
                    number, kind, _ = forms[longest]
                    yield Concept(number, kind, longest)
                    step = len(longest)
            at += step


def _plain(words: Sequence[str]) -> tuple[str, ...]:
    return (*words[:-1], words[-1].removesuffix("'s").removesuffix("’s"))


@cache
def bundled() -> Concepts:
    """Return the bundled tables."""
    concepts = Concepts()
    folder = files(__package__) / "names"
    for line in _lines((folder / "events.txt").read_text("utf-8")):
        key, _, languages = line.partition(" = ")
        for language in languages.split("; "):
            concepts.add(f"~{key}", EVENT, language.partition(": ")[2].split(", "))
    for name, kind in _FILES.items():
        for line in _lines((folder / f"{name}.txt").read_text("utf-8")):
            forms = line.split(" | ")
            concepts.add(forms[0], kind, forms)
    return concepts


def _lines(text: str) -> Iterator[str]:
    return (line for line in text.splitlines() if line and not line.startswith("#"))


_PAIR = re.compile(
    rf"(?P<form>[{_UNSPACED}]{{2,10}})\s?[（(]\s?(?P<name>[A-Z][\w.&+-]*(?: [A-Z][\w.&+-]*){{0,3}})\s?[）)]"
)


def pairs(text: str) -> Mapping[str, str]:
    """Return names that a text has in two scripts, as in 腾讯（Tencent）, the Latin one by the other."""
    found = islice(_PAIR.finditer(text[:_READ]), 20)
    return {match["form"]: match["name"] for match in found}
