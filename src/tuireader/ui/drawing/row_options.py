"""Options that rows of the article list are drawn with, from the configuration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from msgspec import Struct

from tuireader.config import UiConfig
from tuireader.text import cell_len
from tuireader.wording.times import CLOCK, clock_width


class RowOptions(Struct, frozen=True):
    """Options shared by all rows; the first frame saves them as JSON, so they are plain values.

    A new option is a key of `UiConfig`, a field here, and its drawing in `row_parts`. `letters` identify
    watches; with `folds`, a row represents its story. `names` are those of feeds. `clock` and `day` are
    formats, `clock_width` and `feed_width` cells that a time and most names need. The others depend on the
    view, the terminal and the time: `dots` and `feeds` are columns, `by_day` gives days headings, `cosy`
    gives rows a second line.
    """

    letters: Mapping[str, str]
    folds: bool = False
    authors: bool = False
    minutes: bool = False
    names: bool = True
    sources: bool = True
    languages: bool = True
    clock: str = CLOCK
    clock_width: int = 5
    day: str = ""
    dots: bool = True
    feeds: bool = True
    feed_width: int = 24
    by_day: bool = True
    cosy: bool = False
    width: int = 80
    now: int = 0

    @classmethod
    def of(cls, ui: UiConfig, watches: Sequence[str], feeds: tuple[str, ...]) -> RowOptions:
        return cls(
            letters=letters(watches),
            folds=ui.fold_stories,
            authors=ui.author_column,
            minutes=ui.reading_time_column,
            names=ui.feed_column,
            sources=ui.sources_column,
            languages=ui.language_column,
            clock=ui.time,
            clock_width=clock_width(ui.time),
            day=ui.date,
            feed_width=_width_of_most(feeds),
        )


@lru_cache(maxsize=1)
def _width_of_most(names: tuple[str, ...]) -> int:
    widths = sorted(map(cell_len, names)) or [0]
    return widths[len(widths) * 9 // 10]


def letters(watches: Sequence[str]) -> dict[str, str]:
    """Identify each watch by one or two letters; by `""` if there is only one."""
    if len(watches) < 2:
        return dict.fromkeys(watches, "")
    letters_of: dict[str, str] = {}
    for name in watches:
        taken = letters_of.values()
        letters_of[name] = next((mark for mark in _marks_for(name) if mark not in taken), name[:1].upper())
    return letters_of


def _marks_for(name: str) -> Iterator[str]:
    """Abbreviations of a name, the best first: its initial, alone or with another letter or a number."""
    first = name[:1].upper()
    yield first
    others = [letter for letter in name[1:] if letter.isalnum()]
    initials = [after for before, after in pairwise(name) if after.isalnum() and not before.isalnum()]
    yield from (first + letter.upper() for letter in initials)
    yield from (first + letter for letter in others if letter.isupper())
    yield from (first + letter for letter in others)
    yield from (f"{first}{number}" for number in range(2, 10))
