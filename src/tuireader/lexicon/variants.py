"""Spell Chinese terms in simplified and in traditional characters: 网信办 and 網信辦 are the same term.

A spelling has all its characters in one script, so a character that stands for several (发 for 發 and 髮)
adds only spellings that no text has. What a Japanese text could have as another word (裏金 for 里金) counts
only outside Japanese. `docs/notes/chinese-variants.md` has the reasons and figures.

The table is from OpenCC (Apache 2.0), packed by `benchmarks/chinese_variants.py`; its licence is in
`variants-licences.txt`.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import chain, combinations, islice, product
from pathlib import Path

from tuireader.text.regex import regex

FILE = Path(__file__).with_name("variants.z")
HAN = r"[\u3400-\u9fff]"
"""Characters in the table (UAX #38): CJK Unified Ideographs and extension A."""
MOST = 64
"""Maximum number of spellings of a term; the likeliest ones come first."""
_AROUND = 120  # characters before and after a term that tell whether its line is Japanese


class _Switch:
    on = True


def use_variants(on: bool) -> None:
    """Switch the spellings on or off for terms that are compiled from now on, in this process."""
    _Switch.on = on


def has_variants(text: str) -> bool:
    """Return whether terms in a text may have other spellings; it does not load the table."""
    return _Switch.on and not text.isascii() and regex(HAN).search(text) is not None


def spellings(text: str) -> list[str]:
    """List the other spellings of a term, likeliest first; none of a character that stands for several."""
    forms = [_forms(char) for char in text]
    if len(regex(HAN).findall(text)) == 1 and any(len(_forms(simple[0])[1]) > 1 for simple, _ in forms):
        return []
    either = chain(
        _ranked([simple for simple, _ in forms]), _ranked([traditional for _, traditional in forms])
    )
    return [spelling for spelling in dict.fromkeys(islice(either, MOST)) if spelling != text]


def _ranked(choices: Sequence[str]) -> Iterator[str]:
    """Yield the combinations of characters, those with the fewest unlikely ones first."""
    places = [place for place, choice in enumerate(choices) if len(choice) > 1]
    letters = [choice[0] for choice in choices]
    for count in range(len(places) + 1):
        for changed in combinations(places, count):
            for others in product(*(choices[place][1:] for place in changed)):
                spelling = letters.copy()
                for place, other in zip(changed, others, strict=True):
                    spelling[place] = other
                yield "".join(spelling)


def may_be_japanese(text: str, spelling: str) -> bool:
    """Return whether a spelling may be another word of Japanese: 裏金 for 里金, but not 國會 for 国会.

    All of its characters are frequent in Japanese, and one of them stands for another frequent one.
    """
    return all(map(_is_frequent, regex(HAN).findall(spelling))) and any(
        char != other and _is_frequent(char) for char, other in zip(text, spelling, strict=True)
    )


def _is_frequent(char: str) -> bool:
    """Return whether a character is one of JIS X 0208, level 1."""
    return b"\x88" <= char.encode("shift_jis", "replace")[:1] < b"\x98"


def in_japanese(text: str, start: int, end: int) -> bool:
    """Return whether the line around `text[start:end]` is Japanese."""
    from tuireader.lexicon.language import language  # few terms need its tables

    before = text[max(0, start - _AROUND) : start].rpartition("\n")[2]
    return language(before + text[start : end + _AROUND].partition("\n")[0]) == "ja"


@lru_cache(maxsize=1 << 10)
def _forms(char: str) -> tuple[str, str]:
    """Return the simplified and the traditional forms of a character, itself if it has no others."""
    _, _, after = _table().partition(f"\n{char} ")
    simple, _, traditional = after.partition("\n")[0].partition(" ") if after else ("", "", "")
    return simple or char, traditional or char


@cache
def _table() -> str:
    """Load the lines of the table: as a dictionary it would take 2.5 MB."""
    return "\n" + zlib.decompress(FILE.read_bytes()).decode("utf-8")
