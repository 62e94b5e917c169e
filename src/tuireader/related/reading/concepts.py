"""Things that texts name in several languages: names, words of events, amounts.

Each has one number, whatever the language: 腾讯, テンセント and Tencent are one, and so are 禁止, Verbot and
ban. The bundled tables are our own lists of facts; the user's watches add further forms (`own_forms`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from tuireader.related.reading.amounts import amounts
from tuireader.related.reading.table import Table
from tuireader.related.reading.words import term_hash

NAME, PLACE, EVENT, AMOUNT, TITLE, UNLISTED = 1, 2, 4, 8, 16, 32
"""Kinds of things, as bits; `TITLE` is added to those in a title. `UNLISTED` is a name without a table."""
_NAME_TABLES = {"places": PLACE} | dict.fromkeys(
    ("companies", "products", "agencies", "laws", "people"), NAME
)
_BETWEEN = " | "
_NEXT_LANGUAGE = re.compile("; [a-z]{2}: ")
_READ = 20_000  # maximum characters of a text to read
_MOST_WORDS = 7
_MOST_CHARACTERS = 24  # of a form in a script without blanks
_UNSPACED = "\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af"
_LETTER = rf"[^\W_{_UNSPACED}]"
_WORD = re.compile(rf"{_LETTER}+(?:['’.&+-]{_LETTER}+)*\+*")
_ODD = re.compile('[.,(:/!$"«*’·–—]')  # forms with such characters may not be as their words are joined
_IS_UNSPACED = re.compile(f"[{_UNSPACED}]")
_RUN = re.compile(
    rf"(?:[A-Za-z0-9]{{1,15}})?[{_UNSPACED}](?:[{_UNSPACED}・·A-Za-z0-9.&+-]*[{_UNSPACED}A-Za-z0-9])?"
)
_KATAKANA = re.compile("[\u30a1-\u30fa\u30fc]")
_HANGUL = re.compile("[\uac00-\ud7a3]")
_SLOTS = 1 << 18
_ACRONYM = 5  # longest name in capitals that is only found in capitals: UN, but not "un"
_SHORT_HANGUL = 2  # forms of so few syllables only count at the beginning of a word
_RARE_AMOUNT = 5.0
_EXPECTED = {NAME: 0.5, PLACE: 40.0, EVENT: 30.0}


class Concept(NamedTuple):
    """A thing found in a text: its number, its kind, and the form in which it was found.

    `common` is its expected number in 3,000 articles, for libraries that have not seen enough; `name`, if
    known, its name in Latin letters; `times` how often an article names it.
    """

    hash: int
    kind: int
    shown: str
    common: float = 0.5
    name: str = ""
    times: int = 1


class _Entry(NamedTuple):
    """A line of a table. `capitals` are its forms with capitals, separated as in the file."""

    number: int
    kind: int
    common: float
    name: str
    capitals: str


class Concepts:
    """Tables of forms, consulted before those of `base`.

    Reading 80,000 forms takes some 150 ms, so most details of a form are worked out once it is found. Forms
    are kept as hashes: as strings, they would take a tenth of the reader's memory.
    """

    def __init__(self, base: Concepts | None = None) -> None:
        self._base = base
        self._entries: list[_Entry] = []
        self._forms = Table()  # numbers of entries by form
        # By a part of the hash, so that a few entries too many are looked up: the words of the longest form
        # that begins with a word, and whether a form begins with two characters.
        self._firsts, self._pairs = bytearray(_SLOTS), bytearray(_SLOTS)
        self._capitals: dict[str, int] = {}

    @property
    def has_forms(self) -> bool:
        return bool(self._forms)

    def add(
        self, key: str, kind: int, forms: Sequence[str], common: float = 0.0, number: int | None = None
    ) -> None:
        """Add the forms of a thing; `key` identifies it, unless a `number` does."""
        line = _BETWEEN.join(forms)
        self.add_lower(key, kind, line.lower().split(_BETWEEN), line, common, number)

    def add_lower(
        self, key: str, kind: int, forms: Sequence[str], line: str, common: float, number: int | None = None
    ) -> None:
        """Add forms given in lower case; `line` has them as written, or is empty for any case."""
        number = term_hash(f"={key}") if number is None else number
        capitals = _BETWEEN.join(form for form in line.split(_BETWEEN) if form.lower() != form)
        name = "" if kind == EVENT else key
        common = common or _EXPECTED[kind]
        self._entries.append(_Entry(number, kind=kind, common=common, name=name, capitals=capitals))
        self._index(forms)
        if _ODD.search(line):
            spaced = [form for form in forms if not _IS_UNSPACED.search(form)]
            self._index(list(filter(None, map(_key, spaced))))

    def _index(self, forms: Sequence[str]) -> None:
        self._forms.add(map(hash, forms), len(self._entries) - 1)
        firsts, pairs = self._firsts, self._pairs
        for form in forms:
            spaces = form.count(" ")
            slot = hash(form[: form.index(" ")] if spaces else form) % _SLOTS
            firsts[slot] = max(firsts[slot], min(spaces + 1, _MOST_WORDS))
            if not form.isascii():
                pairs[hash(form[:2]) % _SLOTS] = 1

    def _entry(self, form: str) -> _Entry | None:
        at = self._forms.get(hash(form))
        return self._entries[at] if at >= 0 else None

    def look_up(self, form: str) -> Concept | None:
        entry = self._entry(form.lower()) or self._entry(_key(form))
        if entry is None:
            return self._base.look_up(form) if self._base else None
        return _concept(entry, form)

    def find(self, text: str) -> Iterator[Concept]:
        """Yield the things that a text names, in any order, the longest form at each place."""
        text = text[:_READ]
        yield from self._find_words(text)
        if not text.isascii():
            for run in _RUN.finditer(text):
                yield from self._find_in_run(run.group())
        for _, amount, shown in amounts(text):
            yield Concept(term_hash(f"#{amount}"), AMOUNT, shown, _expected(amount))

    def _find_words(self, text: str) -> Iterator[Concept]:
        shown = _WORD.findall(text)
        words = [word.lower() for word in shown]
        if any(mark in text for mark in _POSSESSIVES):
            words = [_plain(word) for word in words]
        firsts, base_firsts = self._firsts, (self._base or self)._firsts
        end = 0
        for at, word in enumerate(words):
            if at < end:
                continue
            slot = hash(word) % _SLOTS
            if firsts[slot] or base_firsts[slot]:
                longest = self._longest(words, shown, at)
                if longest is not None:
                    concept, size = longest
                    yield concept
                    end = at + size
                    continue
            if not word.isalnum():
                yield from self._find_in_compound(shown[at])

    def _find_in_compound(self, shown: str) -> Iterator[Concept]:
        """Yield what the parts of `EU-Kommission` and `l'Europe` name."""
        for piece in _PARTS.split(shown):
            longest = self._longest([piece.lower()], [piece], 0) if 1 < len(piece) < len(shown) else None
            if longest is not None:
                yield longest[0]

    def _longest(self, words: Sequence[str], shown: Sequence[str], at: int) -> tuple[Concept, int] | None:
        """Find the longest form at a position, here or in `base`; return it with its number of words."""
        first = words[at]
        most = min(self._firsts[hash(first) % _SLOTS], len(words) - at)
        for size in range(most, 0, -1):
            key = first if size == 1 else " ".join(words[at : at + size])
            entry = self._entry(key)
            if entry is not None:
                written = " ".join(shown[at : at + size])
                if self._is_written(key, entry, written):
                    return _concept(entry, written), size
        return self._base._longest(words, shown, at) if self._base else None

    def _is_written(self, key: str, entry: _Entry, shown: str) -> bool:
        if entry.kind == EVENT:
            return True
        capital = self._capitals.get(key)
        if capital is None:
            form = next((form for form in entry.capitals.split(_BETWEEN) if _key(form) == key), key)
            is_acronym = len(form) <= _ACRONYM and form.isupper()
            capital = self._capitals[key] = is_acronym + (form != form.lower())
        if capital == 2:
            return _plain(shown).isupper()
        return not capital or shown != shown.lower()

    def _find_in_run(self, run: str) -> Iterator[Concept]:
        lower = run.lower()
        at, end = 0, len(run) - 1
        while at < end:
            match = self._in_run(lower, at)
            if match is None:
                at += 1
                continue
            entry, size = match
            yield _concept(entry, run[at : at + size])
            at += size

    def _in_run(self, run: str, at: int) -> tuple[_Entry, int] | None:
        if self._pairs[hash(run[at : at + 2]) % _SLOTS]:
            for size in range(min(_MOST_CHARACTERS, len(run) - at), 1, -1):
                entry = self._entry(run[at : at + size])
                if entry is not None and _stands_alone(run, at, at + size):
                    return entry, size
        return self._base._in_run(run, at) if self._base else None


_POSSESSIVES = ("'s", "’s")
_PARTS = re.compile("['’-]")


def _concept(entry: _Entry, shown: str) -> Concept:
    return Concept(hash=entry.number, kind=entry.kind, shown=shown, common=entry.common, name=entry.name)


def _key(form: str) -> str:
    """Join the words of a form as those of a text are joined."""
    return " ".join(_plain(word) for word in _WORD.findall(form.lower()))


def _expected(amount: str) -> float:
    """Estimate how many of 3,000 articles contain an amount: round ones and percentages are frequent."""
    digits = amount.partition("e")[0].rstrip("%").replace(".", "").strip("0")
    return (20.0, 20.0, 5.0)[len(digits)] if len(digits) < 3 else 0.5


def rare_amounts(text: str) -> set[int]:
    """Return the numbers of the amounts that few articles share by chance."""
    return {
        term_hash(f"#{amount}")
        for _, amount, _ in amounts(text)
        if amount[-1] != "%" and _expected(amount) <= _RARE_AMOUNT
    }


def _plain(word: str) -> str:
    return word[:-2] if word.endswith(_POSSESSIVES) else word


def _stands_alone(run: str, start: int, end: int) -> bool:
    """Return whether a form is not part of a longer word: in katakana, in Latin, and short ones in Korean."""
    before, after = run[start - 1 : start], run[end : end + 1]
    if before and _KATAKANA.match(before) and _KATAKANA.match(run[start]):
        return False
    if after and _KATAKANA.match(after) and _KATAKANA.match(run[end - 1]):
        return False
    if _is_latin(before) and _is_latin(run[start]):
        return False
    if not _IS_UNSPACED.search(run, start, end):
        return False  # found as a word
    is_short = end - start <= _SHORT_HANGUL and _HANGUL.match(run[start])
    return not (is_short and before and _HANGUL.match(before))


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


_FREQUENT = """
300 China|United States|Google|Apple|Microsoft|Amazon|European Union|Europe|Germany|France
150 Facebook|Meta|Android|OpenAI|United Kingdom|iPhone|Tesla|Nvidia|Intel|Samsung Electronics|Japan
80 Taiwan|India|Twitter|X|YouTube|California|Huawei|Xiaomi|Tencent|Baidu|Alibaba|South Korea|Russia|ByteDance
40 Sony|Netflix|Instagram|TikTok|WhatsApp|Linux|iPad|iOS|ChatGPT|SpaceX|NASA|IBM|MacBook|PlayStation
40 Xbox|Nintendo|GitHub|Reddit|Anthropic|Alphabet|DeepSeek|Qualcomm|AMD|TSMC|WeChat|Weibo|Douyin
40 General Data Protection Regulation|Volkswagen|BMW|Toyota|Deutsche Telekom|Foxconn|JD.com|SoftBank
15 Oracle|Gmail|Cisco|US Department of Justice|Federal Trade Commission|Securities and Exchange Commission
15 Federal Communications Commission|Federal Bureau of Investigation|JavaScript|Firefox|Mozilla|Spotify
15 Snapchat|LinkedIn|Ford|Boeing|Verizon|Nokia|Lenovo|HP|Dell|Adobe|Salesforce|Uber|Airbus|Renault
15 Stellantis|European Commission|White House|PayPal|Amazon Web Services|Azure|Starlink|Walt Disney|CISA
"""
"""Names by their frequency in 3,000 articles on technology, as a young library cannot know it."""


@cache
def bundled() -> Concepts:
    """Load the bundled tables."""
    concepts = Concepts()
    frequent: dict[str, float] = {}
    for line in _FREQUENT.split("\n")[1:-1]:
        number, _, names = line.partition(" ")
        frequent |= dict.fromkeys(names.split("|"), float(number))
    for line in _lines("events"):  # key = de: Form, Form; en: Form
        key, _, forms = _NEXT_LANGUAGE.sub(", ", line.lower()).partition(" = ")
        concepts.add_lower(f"~{key}", EVENT, forms.partition(": ")[2].split(", "), "", 0.0)
    for table, kind in _NAME_TABLES.items():
        for line in _lines(table):  # Form | Form
            key = line.partition(_BETWEEN)[0]
            concepts.add_lower(key, kind, line.lower().split(_BETWEEN), line, frequent.get(key, 0.0))
    return concepts


def _lines(table: str) -> Iterator[str]:
    """Read a bundled table line by line: its whole text would take memory that is never given back."""
    with (files(__package__) / "names" / f"{table}.txt").open(encoding="utf-8") as file:
        for line in file:
            if line[0] not in "#\n":
                yield line.rstrip("\n")
