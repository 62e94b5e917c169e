"""Numbers with their magnitude, the same in all languages: `22亿`, `2,2 Milliarden` and `$2.2bn` are one."""

from __future__ import annotations

import re
from collections.abc import Iterator

MAGNITUDES = {
    "thousand": 3, "thousands": 3, "k": 3, "tausend": 3, "mille": 3, "千": 3, "천": 3, "тыс": 3, "тысяч": 3,
    "万": 4, "萬": 4, "만": 4,
    "mil": 3, "тысячи": 3, "million": 6, "millions": 6, "mn": 6, "m": 6, "mio": 6, "millionen": 6, "mln": 6,
    "millón": 6, "millones": 6, "milhão": 6, "milhões": 6, "milioni": 6, "миллион": 6, "миллиона": 6,
    "миллионов": 6, "млн": 6, "مليون": 6, "crore": 7, "lakh": 5, "亿": 8, "億": 8, "억": 8,
    "mil millones": 9, "bilhão": 9, "bilhões": 9, "миллиард": 9, "миллиарда": 9,
    "billion": 9, "billions": 9, "bn": 9, "b": 9, "milliarde": 9, "milliarden": 9, "mrd": 9, "milliard": 9,
    "milliards": 9, "miliardi": 9, "миллиардов": 9, "млрд": 9, "مليار": 9,
    "trillion": 12, "trillions": 12, "tn": 12, "billionen": 12, "兆": 12, "조": 12,
}  # fmt: skip
"""Words and signs after a number, with the power of ten that each stands for."""
_NAMES = "|".join(sorted(MAGNITUDES, key=len, reverse=True))
_AMOUNT = re.compile(
    r"(?<![A-Za-z0-9])(?<!\d[.,])"
    r"(?P<number>\d{1,15}(?:[.,'’\u00a0\u202f ]\d{3}(?!\d))*(?:[.,]\d{1,9})?)"
    rf"(?:\s?(?P<name>{_NAMES})(?![a-zäöüß])(?:\s?(?P<rest>\d{{1,4}})(?P<less>[万萬만千천])?)?)?"
    r"(?P<share>\s?(?:%|％|per ?cent|prozent|pour cent|パーセント|퍼센트))?",
    re.IGNORECASE,
)
_LEAST = 10
_DATE = re.compile("[日月일월](?!以?[内內間间내간])")  # 12日, but not 30日以内
_LAST_OF_MONTH = 31
_DIGITS = {digit: value for value, digit in enumerate("一二三四五六七八九", 1)} | {"两": 2, "兩": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}
_NUMERAL = "[一二三四五六七八九十百千]"
_CHINESE_SHARE = re.compile(rf"百分之(?:(\d{{1,3}}(?:\.\d{{1,3}})?)|({_NUMERAL}{{1,4}}))")
_CHINESE_NUMBER = re.compile(
    rf"(?<!第){_NUMERAL}{{2,7}}(?=(?P<name>[万萬亿億]?)[个個名人日天年家件台台辆元円])"
)


def amounts(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield position, canonical form (`2.2e+09`, `17%`) and written form of each number of a text.

    Years and numbers below ten are left out, as texts share them by chance.
    """
    if "百分之" in text:
        for share in _CHINESE_SHARE.finditer(text):
            value = float(share[1]) if share[1] else numeral(share[2])
            yield share.start(), f"{value:.4g}%", share.group()
    if "十" in text or "百" in text or "千" in text:
        for number in _CHINESE_NUMBER.finditer(text):
            if (value := numeral(number.group())) >= _LEAST:
                value *= 10 ** MAGNITUDES.get(number["name"], 0)
                yield number.start(), f"{value:.3g}", number.group() + number["name"]
    for match in _AMOUNT.finditer(text):
        name = match["name"]
        value = value_of(match["number"], "" if name else ".,")
        if name:
            value *= 10 ** MAGNITUDES[name.lower()]
            if match["rest"] and not name.isascii():  # 3億4500万
                value += int(match["rest"]) * 10 ** MAGNITUDES.get(match["less"], 0)
        if match["share"]:
            yield match.start(), f"{value:.4g}%", match.group()
        elif value >= _LEAST and (name or not _is_date(match, value)):
            yield match.start(), f"{value:.3g}", match.group()


def _is_date(number: re.Match[str], value: float) -> bool:
    """Return whether a number is a year, or the day or month of a date in a script without blanks."""
    if 1900 <= value < 2100 and number["number"].isdecimal():
        return True
    return value <= _LAST_OF_MONTH and _DATE.match(number.string, number.end()) is not None


def numeral(signs: str) -> float:
    """Return the value of 十五, 三十 or 二百四十."""
    total = digit = 0
    for sign in signs:
        if sign in _DIGITS:
            digit = _DIGITS[sign]
        else:
            total += (digit or 1) * _TENS[sign]
            digit = 0
    return float(total + digit)


def value_of(digits: str, thousands: str = ",") -> float:
    """Return the value of `1,200.5`, `1.200,5`, `10,5`, `1 200`, `1,00,000`; 0 for a version such as `2.1.3`.

    `thousands` are the signs after which three digits are thousands even if the sign is the only one.
    """
    first, *groups = re.split(r"\D", digits)
    signs = re.findall(r"\D", digits)
    if len(signs) > 1 and len(set(signs)) == 1:
        if signs[0] == "." and any(len(group) != 3 for group in groups):
            return 0.0
        is_grouped = True
    else:
        is_grouped = len(signs) == 1 and signs[0] in thousands and len(groups[0]) == 3 >= len(first)
    if is_grouped or not signs or signs[-1] not in ".,":
        return float("".join((first, *groups)))
    return float(f"{first}{''.join(groups[:-1])}.{groups[-1]}")
