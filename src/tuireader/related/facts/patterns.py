"""Patterns of numbers, dates, names and quotations in a text."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from tuireader.related.reading.amounts import MAGNITUDES
from tuireader.text.date_words import ENGLISH_MONTHS

_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
DATE = re.compile(
    rf"\b(?P<d1>\d{{1,2}})(?:st|nd|rd|th|\.)?\s+(?:of\s+)?(?P<m1>{_MONTH})(?:,?\s+\d{{4}})?\b"
    rf"|\b(?P<m2>{_MONTH})\s+(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+\d{{4}}\b)?"
    r"|\b\d{4}(?P<iso>[-./])(?P<m3>\d\d)(?P=iso)(?P<d3>\d\d)\b|(?P<m4>\d{1,2})[月월]\s?(?P<d4>\d{1,2})[日일]"
    r"|\b(?P<d5>\d{1,2})(?P<sign>[./])(?P<m5>\d{1,2})(?P=sign)\d{4}\b"
)
_WAYS = range(1, 6)
_UNITS = (
    "thousand k million mn m billion bn b trillion tn t 万 萬 만 亿 億 억"
    " millionen millions mio milliarde milliarden mrd milliard milliards"
)
UNITS = {unit: 10.0 ** MAGNITUDES.get(unit, 12) for unit in _UNITS.split()}
"""Words after a number, with their values."""
NUMBER = re.compile(
    r"(?P<money>[$€£¥₹]\s?)?(?<![A-Za-z0-9.])(?P<digits>\d{1,15}(?:[.,]\d{1,6}){0,5})(?!\d)"
    r"(?:\s?(?P<unit>thousand|million(?:en|s)?|mio|milliarden?|milliards?|mrd|billion|trillion|mn|bn|tn|[kmb]"
    r"|[万萬만亿億억]|(?(money)t|(?!)))(?![a-z]))?"
    r"\s?(?P<share>%|per ?cent\b|prozent\b|procent\b|pour cent\b|por ciento\b)?",
    re.IGNORECASE,
)
QUOTATION = re.compile(
    r"[“„]([^“”„\n]{20,400})[”“]|(?<![\w.,;:!?…])\"(?! )([^\"\n]{20,400})\""
    r"|«([^«»\n]{20,400})»|»([^«»\n]{20,400})«"
    r"|(?<!\w)[‘'](?P<inner>(?:[^‘’'\n]|(?<=\w)[’'](?=\w)){20,400})[’'](?!\w)"
    r"|「([^「」\n]{8,200})」|『([^『』\n]{8,200})』"
)

CAPITALS = "".join(char for char in map(chr, range(0x530)) if char.isupper())
_NAME = re.compile(rf"(?<![\w’'-])[{CAPITALS}][\w’'-]+(?:[ \u00a0][{CAPITALS}][\w’'-]+){{0,5}}")
_SENTENCE_START = re.compile(r"(?:\A|[.!?:;…„“«‘])[\s\"“”„«»‹‘’'(\[]*\Z")
TITLES = frozenset(
    """mr mrs ms miss dr prof gen lt capt sgt sen rep gov rev st supt det am pm est edt pst pdt gmt utc bst
    herr frau monsieur madame""".split()  # noqa: SIM905
)
_AFTER_TITLE = re.compile(r"\b(?:Mrs?|Ms|Dr|Prof|Gen|Lt|Capt|Sgt|Sen|Rep|Gov|Rev|St)\.\s\Z")
NO_NAMES = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday january february march april may june july
    august september october november december""".split()  # noqa: SIM905
)
_SHORT = re.compile("[A-Z]{2}")  # UK, US, EU, AI, IT: too common to be new facts
WORD = re.compile(r"[^\W_]+")
_SOURCE = re.compile(r"\s[|–—-]\s[^|–—]{2,30}\Z")  # the name of a publication after a headline
_BYLINE = re.compile(rf"(?:By|BY|Von|Par|Por)\s+[{CAPITALS}][^.!?]{{1,80}}\Z")
_SMALL_IN_HEADLINES = frozenset("with from over into than amid upon after onto under about".split())  # noqa: SIM905
_HEADLINE_WORDS = 25
# Frequent German words that are rare in other languages; German capitalises every noun.
_GERMAN = frozenset(
    """und das dass nicht eine einen einem für auf dem der mit ist von sich auch aus nach bei zum zur
    wird""".split()  # noqa: SIM905
)
_ROOT = 4
_INFLECTING = "\u0370"  # scripts from here on (Greek, Cyrillic) inflect names: compare first letters


def root(word: str) -> str:
    """Return a casefolded word for comparison; only its first letters if its script inflects names."""
    return word if word < _INFLECTING else word[:_ROOT]


def day_of(match: re.Match[str]) -> tuple[int, int]:
    """Return month and day of a match of `DATE`."""
    way = next(way for way in _WAYS if match[f"d{way}"])
    day, written = int(match[f"d{way}"]), match[f"m{way}"]
    month = int(written) if written.isdigit() else ENGLISH_MONTHS[written[:3].lower()]
    return (day, month) if month > 12 else (month, day)


def names(text: str) -> Iterator[tuple[str, str]]:
    """Yield capitalised words inside sentences, casefolded and as written, not the first of a sentence.

    Bylines and headlines in title case are skipped. In German, which capitalises nouns, one word is no name.
    """
    title, line_feed, body = text.partition("\n")
    least = 2 if is_german(WORD.findall(text)) else 1
    for line in (_SOURCE.sub("", title) + line_feed + body).split("\n"):
        if _is_headline(line) or _BYLINE.match(line):
            continue
        for match in _NAME.finditer(line):
            words = match[0].split()
            before = line[max(0, match.start() - 12) : match.start()]
            if _SENTENCE_START.search(before) and not _AFTER_TITLE.search(before):
                words = words[1:]
            for part in _parts(words):
                name = " ".join(part)
                if len(part) >= least and part[0].casefold() not in NO_NAMES and not _SHORT.fullmatch(name):
                    yield name.casefold(), name


def _parts(words: Sequence[str]) -> Iterator[list[str]]:
    """Split a run of capitalised words into names, without titles before them.

    A possessive ends a name of one word: Ofcom's Jane Doe are two, the National People's Congress is one.
    """
    part: list[str] = []
    for word in words:
        if not part and word.casefold() in TITLES:
            continue
        part.append(word)
        if len(part) == 1 and _bare(word) != word:
            yield [_bare(word)]
            part = []
    if part:
        yield [*part[:-1], _bare(part[-1])]


def _bare(word: str) -> str:
    return word.removesuffix("'s").removesuffix("’s")


def is_german(words: Collection[str]) -> bool:
    """Return whether words come from a German text, where a capital does not mark a name."""
    return len(_GERMAN.intersection(words)) >= 3


def _is_headline(line: str) -> bool:
    """Return whether all longer words are capitalised, as in a Headline in This Style."""
    words = WORD.findall(line)
    if len(words) > _HEADLINE_WORDS:
        return False
    longer = [word for word in words if len(word) > 3 and word.lower() not in _SMALL_IN_HEADLINES]
    return len(longer) > 2 and all(word != word.lower() or not word.isalpha() for word in longer)
