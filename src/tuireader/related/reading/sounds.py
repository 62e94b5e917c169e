"""Reduce names to their sounds: Veridian, 베리디안, ヴェリディアン and Веридианом are all `BRDN`.

Whoever writes a name in another script keeps its consonants, roughly, and few of its vowels. So the sounds
are classes of consonants: l and r are one and count before a vowel only, h and vowels at the beginning only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from tuireader.lexicon.folding import fold
from tuireader.related.reading.words import term_hash

_SHORTEST = 3  # sounds of a name that is rarely another one's
_ACRONYM = 5  # longest name in capitals that may be spelt letter by letter
_SPELLINGS = {
    **dict.fromkeys(("sch", "sh", "tch", "ch", "zh", "ts", "tz", "dj", "dg", "th"), "s"),
    "chr": "kr",
    "ph": "p",
    "x": "ks",
    "ck": "k",
    "kh": "h",
    "gh": "g",
}
_SPELLING = re.compile(
    f"{'|'.join(sorted(_SPELLINGS, key=len, reverse=True))}|[cgг](?=[eiyеи])|q(?=i)|(?<=[bdfgkmnprstvwz])j"
)
_OF_LETTER = {
    **dict(zip("bcdfghjklmnpqrstvz", "BKDPGHSKRMNPKRSTBS", strict=True)),
    **dict(zip("бвгджзклмнпрстфхцчшщ", "BBGDSSKRMNPRSTPHSSSS", strict=True)),
}
_KANA = (
    "Kカキクケコ Gガギグゲゴ Sサシスセソザジズゼゾチツヂヅ Tタテト Dダデド "
    "Nナニヌネノ Hハヒヘホ Pパピプペポフ Bバビブベボヴ Mマミムメモ Rラリルレロ"
)
_OF_LETTER |= {kana: f"{row[0]}A" for row in _KANA.split() for kana in row[1:]} | {"ン": "N"}
_INITIALS = "GGNDDRMBBSS SSSKTPH"  # of Hangul, in the order of Unicode
_FINALS = " KKKNNNTRRRRRRRRMPPTTNTTKTP "
_SILENT = re.compile(
    "(?<=.)(?:ル(?![ーッァィゥェォアイウエオ])|르)|[ッъь]"  # l or r before a consonant
    "|(?<=..)(?:[оеаыи]м|[ая]ми|[ео]го)$"  # endings of Russian
)
_UNHEARD = re.compile(r"(?<=N)[GK]+|(?<=A)R+(?![AR])|(?<=.)H|(.)(?=\1)")
_FOREIGN = re.compile("[ァ-ヴー]{3,}|[가-힣]{2,}")
_PARTICLE = re.compile("(?<=..)(?:에서|으로|까지|부터|에게|이라고|라고|[은는을를과와로의가이에도만])$")


@lru_cache(maxsize=20_000)
def sounds(name: str) -> str:
    """Return the sounds of a name in Latin, Cyrillic, katakana or Hangul; `""` if they are too few."""
    name = name.removesuffix("'s").removesuffix("’s")
    if not name.isalpha() or (name.isupper() and len(name) <= _ACRONYM):
        return ""
    spelt = _SPELLING.sub(_respell, _SILENT.sub("", fold(name)))
    heard = _UNHEARD.sub("", "".join(map(_hear, spelt)))
    heard = heard[:1] + heard[1:].replace("A", "")
    return heard if len(heard) >= _SHORTEST else ""


def sound_term(name: str) -> int:
    """Return the number of all names with the sounds of this one; 0 if they are too few."""
    heard = sounds(name)
    return term_hash(f"~{heard}") if heard else 0


def _respell(match: re.Match[str]) -> str:
    return _SPELLINGS.get(match[0], "" if match[0] == "j" else "s")


def _hear(letter: str) -> str:
    """Return the sounds of a letter; `A` stands for any vowel."""
    if "가" <= letter <= "힣":
        syllable = ord(letter) - ord("가")
        return f"{_INITIALS[syllable // 588]}A{_FINALS[syllable % 28]}".replace(" ", "")
    return _OF_LETTER.get(letter, "A")


def foreign_words(text: str) -> Iterator[str]:
    """Yield the words that may be foreign names: those in katakana, and in Hangul without particles."""
    for match in () if text.isascii() else _FOREIGN.finditer(text):
        yield _PARTICLE.sub("", match[0])
