"""Time spans that a sentence states: "in July", "vor drei Wochen", "去年11月", "3か月前".

English, German, French, Chinese, Japanese and Korean. A span is in days before publication, wider than the
words, because outlets round and report late.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from tuireader.related.reading.amounts import numeral
from tuireader.text.date_words import MONTH_NAMES
from tuireader.text.durations import DAY

_FARTHEST = 1_500.0
"""Days; earlier events are history, not background."""
_NEAREST = 0.3
_LATE, _EARLY = 1.5, 2.0  # days by which a report may precede or follow a stated month
_SEASON_LATE, _SEASON_EARLY = 10.0, 5.0


class Span(NamedTuple):
    """Days before publication: the latest and the earliest time of an event."""

    latest: float
    earliest: float

    def holds(self, other: Span) -> bool:
        """Return whether another span lies within this one: of "去年10月", 去年 says nothing more."""
        return self.latest <= other.latest and other.earliest <= self.earliest


_VERBS = frozenset(
    ("may", "march", "mar", "mars", "dec", "sept", "jan", "jun", "jul", "oct", "nov", "feb", "apr", "aug")
)
"""Names of months that are also words: they need a preposition before, or a number after them."""
_NO_MONTH = re.compile(r"\b(?:may|march|Mars)\b(?! (?:of )?20\d\d)")  # "and this may mean", "on Mars"
_SEASONS = {
    "spring": (3, 6), "summer": (6, 9), "autumn": (9, 12), "the fall": (9, 12),
    "last fall": (9, 12), "winter": (12, 15),
    "frühjahr": (2, 6), "frühling": (3, 6), "sommer": (6, 9), "herbst": (9, 12), "wintern": (12, 15),
    "printemps": (3, 6), "été": (6, 9), "automne": (9, 12), "hiver": (12, 15),
    "春": (2, 6), "夏": (6, 9), "秋": (9, 12), "冬": (12, 15), "봄": (2, 6), "여름": (6, 9), "가을": (9, 12),
    "겨울": (12, 15), "advent": (11, 13), "christmas": (12, 13), "weihnachten": (12, 13), "noël": (12, 13),
    "new year": (12, 14), "turn of the year": (12, 14), "the holidays": (12, 14), "easter": (3, 5),
    "thanksgiving": (11, 12), "jahreswechsel": (12, 14), "neujahr": (12, 14), "silvester": (12, 14),
    "ostern": (3, 5), "pfingsten": (5, 7), "nouvel an": (12, 14), "pâques": (3, 5),
}  # fmt: skip
_FEASTS = {
    "春节": (1, 3), "春節": (1, 3), "国庆": (10, 11), "國慶": (10, 11), "中秋": (9, 11), "元旦": (12, 14),
    "圣诞": (12, 13), "聖誕": (12, 13), "クリスマス": (12, 13), "年末年始": (12, 14),
    "ゴールデンウイーク": (4, 6), "大型連休": (4, 6), "お盆": (8, 9), "설 연휴": (1, 3), "추석": (9, 11),
    "성탄절": (12, 13), "크리스마스": (12, 13),
}  # fmt: skip
_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
    "ein": 1, "einem": 1, "einer": 1, "eine": 1, "zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "sechs": 6,
    "sieben": 7, "acht": 8, "neun": 9, "zehn": 10, "elf": 11, "zwölf": 12,
    "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "sept": 7, "huit": 8, "neuf": 9,
    "dix": 10, "onze": 11, "douze": 12,
    "一": 1, "两": 2, "兩": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9,
    "十": 10,
}  # fmt: skip
_UNITS = {
    "day": 1.0, "tag": 1.0, "jour": 1.0, "天": 1.0, "日": 1.0, "일": 1.0,
    "week": 7.0, "woche": 7.0, "semaine": 7.0, "周": 7.0, "週": 7.0, "星期": 7.0, "주": 7.0,
    "fortnight": 14.0,
    "month": 30.4, "monat": 30.4, "moi": 30.4, "月": 30.4, "개월": 30.4,
    "year": 365.0, "jahr": 365.0, "an": 365.0, "année": 365.0, "年": 365.0, "년": 365.0,
}  # fmt: skip
_TOLERANCE = {1.0: 1.5, 7.0: 5.0, 14.0: 6.0, 30.4: 20.0, 365.0: 150.0}
_SAID = {
    r"earlier this week|since monday|this week|diese woche|cette semaine|本周|今週|이번 주": (0.3, 8),
    r"last week\b|week before|(?:letzte|vergangene|vorige)r? woche|la semaine dernière"
    r"|上周|上週|先週|지난주": (2, 15),
    r"(?:earl(?:y|ier) this|(?:start|beginning) of the) month|anfang des monats|diesen monat|début du mois"
    r"|月初|今月|이달": (1, 33),
    r"last month|previous month|(?:letzten|vergangenen|vorigen) monat|le mois dernier"
    r"|上月|上个月|上個月|先月|지난달": (5, 64),
    r"(?:earl(?:y|ier) this|(?:start|beginning) of the) year|anfang des jahres|dieses jahr|début de l'année"
    r"|年初|今年早些|今年|올해": (10, 370),
    r"last year|previous year|(?:letzte|vergangene|vorige)[ns]? jahr|l'an dernier|l'année dernière"
    r"|去年|昨年|지난해|작년": (20, 740),
    r"(?<!half )a year (?:ago|earlier)|vor einem jahr|il y a un an|一年前|1年前": (240, 500),
    r"half a year|halbe[ns]? jahr|six mois|半年": (110, 270),
    r"yesterday|gestern|\bhier\b|昨天|昨日|어제": (0.2, 3),
    r"in recent days|days (?:ago|earlier)|tage zuvor|数日前|几天前|數日前": (1, 20),
    r"in recent weeks|weeks (?:ago|earlier)|wochen zuvor|数周前|几周前|数週間前": (5, 75),
    r"months (?:ago|earlier)|for months|seit monaten|monate zuvor|数月前|数カ月前": (30, 400),
}
_FIXED = [(re.compile(pattern), Span(*days)) for pattern, days in _SAID.items()]

_WORD = re.compile(r"\w+")
_BEFORE_MONTH = re.compile(
    r"(?:\b(?:in|since|by|until|from|of|early|late|mid|last|this|on|im|seit|bis|anfang|mitte|ende|en|début|fin|"
    r"depuis|between|and)[ -]+|\b\d{1,2}\.? )\Z"
)
_REACH = 12  # characters before a month to look at
_AFTER_MONTH = re.compile(
    r"\.?(?P<day> \d{1,2}\b,?)?(?: (?:of )?(?:(?P<last>last year|vorigen jahres|dernier)|(?P<year>20\d\d)))?"
)
_CJK_MONTH = re.compile(
    r"(?:(?P<year>20\d\d)年|(?P<last>去年|昨年)|今年|前年|同年)?(?<!\d)(?P<month>1[0-2]|[1-9])月"
    r"|(?:(?P<year_ko>20\d\d)년 ?|(?P<last_ko>지난해|작년) ?|올해 ?)?(?<!\d)(?P<month_ko>1[0-2]|[1-9])월"
)
_COUNT = "|".join(sorted(_NUMBERS, key=len, reverse=True))
_AGO = re.compile(
    rf"\b(?<!half )(?P<en>\d{{1,3}}|{_COUNT}) (?P<unit_en>day|week|fortnight|month|year)s? "
    r"(?:ago|earlier|before(?! \w)|since)"
    rf"|\bvor (?:gut |knapp |rund |fast |etwa |mehr als )?(?P<de>\d{{1,3}}|{_COUNT}) "
    r"(?P<unit_de>tag|woche|monat|jahr)(?:en|n)?\b"
    rf"|il y a (?:près de |environ |plus de )?(?P<fr>\d{{1,3}}|{_COUNT}) (?P<unit_fr>jour|semaine|moi|an)s?\b"
    r"|(?P<zh>\d{1,3}|[一两兩二三四五六七八九十]{1,3}) ?"
    r"(?:[个個カか箇ヶ]?(?P<unit_zh>月)|(?P<unit_zh2>[天日周週年]|星期)間?)(?:多|余|餘)?(?:之)?前"
    r"|(?P<ko>\d{1,3}) ?(?P<unit_ko>주|개월|년|일) ?전"
)
_LATIN_SEASONS = "|".join(name for name in _SEASONS if name.isascii() or name[0] in "fénp")
_SEASON = re.compile(
    r"\b(?P<last>last |letzten |vergangenen |vorigen )?(?:(?:the|in|this|of) )?"
    rf"(?P<name>{_LATIN_SEASONS})\b(?: (?:of )?(?P<year>20\d\d))?"
    r"|(?:去年|今年|昨年|昨|今|지난해|작년|올해|지난) ?(?P<cjk>[春夏秋冬봄]|여름|가을|겨울)"
    rf"|(?P<last_cjk>去年|昨年|지난해|작년)?의? ?(?P<feast>{'|'.join(_FEASTS)})"
)
_YEAR = re.compile(r"(?<![\d.,$€£])(20[012]\d)(?![\d%]|[.,]\d)")


def spans(sentence: str, published: int) -> list[Span]:
    """Return the time spans that a sentence states, in no order; `published` is in seconds since 1970."""
    text = _NO_MONTH.sub("-", sentence).casefold()
    readers = _ASCII_READERS if text.isascii() else _READERS
    active = [read for read, hints in readers if any(map(text.__contains__, hints))]
    if not active:
        return []
    now = datetime.fromtimestamp(published, UTC)
    stated: set[Span] = set()
    for read in active:
        stated.update(Span(max(_NEAREST, span.latest), span.earliest) for span in read(text, now))
    stated = {span for span in stated if span.latest < span.earliest < _FARTHEST}
    return [span for span in stated if not any(map(span.holds, stated - {span}))]


def _between(now: datetime, year: int, first: int, last: int, late: float, early: float) -> Span:
    """Return the span from month `first` to the start of month `last`; 13 is January of the next year."""
    begin = datetime(year + (first - 1) // 12, (first - 1) % 12 + 1, 1, tzinfo=UTC)
    end = datetime(year + (last - 1) // 12, (last - 1) % 12 + 1, 1, tzinfo=UTC)
    return Span((now - end).total_seconds() / DAY - early, (now - begin).total_seconds() / DAY + late)


def _month(now: datetime, month: int, year: str | None, last: str | None) -> Span:
    """Return the span of a month: in the given year, in the last one, or else its latest occurrence."""
    number = int(year) if year else now.year - bool(last)
    if not year and not last and month > now.month:
        number -= 1
    return _between(now, number, month, month + 1, _LATE, _EARLY)


def _months(text: str, now: datetime) -> Iterator[Span]:
    if MONTH_NAMES.keys().isdisjoint(_WORD.findall(text)):
        return
    end = 0
    for word in _WORD.finditer(text):
        name = word.group()
        if (month := MONTH_NAMES.get(name)) is None:
            continue
        before = _BEFORE_MONTH.search(text, max(end, word.start() - _REACH), word.start())
        match = _AFTER_MONTH.match(text, word.end())
        assert match  # all of it is optional
        end = match.end()
        if match["day"] and month == now.month and int(re.sub(r"\D", "", match["day"])) == now.day:
            continue  # a dateline
        if name not in _VERBS or before or match["day"] or match["year"]:
            yield _month(now, month, match["year"], match["last"])


def _cjk_months(text: str, now: datetime) -> Iterator[Span]:
    for match in _CJK_MONTH.finditer(text):
        digits = match["month"] or match["month_ko"]
        year, last = match["year"] or match["year_ko"], match["last"] or match["last_ko"]
        yield _month(now, int(digits), year, last)


def _ago(text: str, now: datetime) -> Iterator[Span]:
    for match in _AGO.finditer(text):
        groups = match.groupdict()
        count = next(groups[key] for key in ("en", "de", "fr", "zh", "ko") if groups[key])
        unit = _UNITS[next(value for key, value in groups.items() if key.startswith("unit") and value)]
        number = int(count) if count.isdecimal() else _NUMBERS.get(count) or int(numeral(count))
        tolerance = _TOLERANCE[unit] * (1.0 if number < 6 else 1.5)
        yield Span(number * unit - tolerance, number * unit + tolerance)


def _fixed(text: str, now: datetime) -> Iterator[Span]:
    return (span for pattern, span in _FIXED if pattern.search(text))


def _seasons(text: str, now: datetime) -> Iterator[Span]:
    for match in _SEASON.finditer(text):
        name, is_last = match["name"] or match["cjk"], match["last"] or match["last_cjk"]
        first, last = _SEASONS[name] if name else _FEASTS[match["feast"]]
        year = int(match["year"] or now.year)
        if not match["year"] and (first > now.month or (is_last and now.month < last)):
            year -= 1
        yield _between(now, year, first, last, _SEASON_LATE, _SEASON_EARLY)


def _years(text: str, now: datetime) -> Iterator[Span]:
    for match in _YEAR.finditer(text):
        if (year := int(match[1])) <= now.year:
            yield _between(now, year, 1, 13, 0.0, 0.0)


_Reader = tuple[Callable[[str, datetime], Iterable[Span]], Sequence[str]]
_READERS: tuple[_Reader, ...] = (
    (_months, (
        "jan", "feb", "mar", "apr", "may", "mai", "jun", "jul", "jui", "aug", "aoû", "sep", "oct", "okt",
        "nov", "dec", "dez", "déc", "fév", "avr", "mär", "jän",
    )),
    (_cjk_months, ("月", "월")),
    (_ago, (" ago", " earlier", " before", " since", "vor ", "il y a", "前", "전")),
    (_fixed, (
        "week", "month", "year", "yester", "day", "jahr", "woche", "monat", "tage",
        "gestern", "semaine", "mois", "année", "l'an ", "il y a", "hier",
        "周", "週", "月", "年", "天", "昨", "前",
        "이번", "지난", "이달", "올해", "작년", "어제",
    )),
    (_seasons, (
        "spring", "summer", "autumn", "fall", "winter", "früh", "sommer", "herbst", "print", "été", "automne",
        "hiver", "advent", "christm", "weihn", "noël", "春", "夏", "秋", "冬", "봄", "여름", "가을", "겨울",
        "new year", "turn of", "holidays", "easter", "thanksg", "jahresw", "neujahr", "silvester", "ostern",
        "pfings", "nouvel an", "pâques", *_FEASTS,
    )),
    (_years, ("20",)),
)  # fmt: skip
"""Reader for each kind of stated time, with hints: such a time contains at least one of them."""
_ASCII_READERS = [(read, [hint for hint in hints if hint.isascii()]) for read, hints in _READERS]
