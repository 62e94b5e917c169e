"""Data types of an article page, independent of the width of the pane."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct, field
from msgspec.structs import replace

from tuireader.model import Article, EarlierArticle

if TYPE_CHECKING:
    from tuireader.document import Link

Highlights = Callable[[str], Sequence[tuple[int, int, str]]]
Keys = Callable[[str], str]
"""Function that returns the key of a command, for hints."""


DOT = " · "
"""Separates facts, of which those at the end are left out where there is no room."""


def joined(*facts: str) -> str:
    """Join facts, without empty ones; a separator within a fact does not break it."""
    return DOT.join(fact.replace(DOT, "\u00a0·\u00a0") for fact in facts if fact)


class StyleRange(NamedTuple):
    """A range of a part's text and the name of its style (see `Styles.named`)."""

    start: int
    end: int
    style: str


class Hit(NamedTuple):
    """A match of a watch: the range `start`–`end` in the text of head part number `part`."""

    part: int
    start: int
    end: int
    watch: str


class ReferenceMark(NamedTuple):
    """A mark such as `‹1›` after a sentence that refers to an earlier article; places as in `Hit`."""

    part: int
    start: int
    end: int
    number: int
    article: EarlierArticle


class Part(Struct, frozen=True):
    """A block of the page, laid out independently.

    `first` and `rest` are prefixes of its first and further lines (markers, indents, bars), `lead` is their
    style. `hard` text is folded instead of wrapped (code, tables); `fits` keeps the first line of the text on
    one line, without the facts at its end for which there is no room; a `rule` is a line across the page;
    `filled` lines are painted in the background of the style across the full width. `offset` is the start of
    its text in the text of the article, for the remembered position. `target` is the index of the target that
    `enter` opens, `picture` the URL of an image to show here, `language` that of source code. At most `most`
    lines are shown, 0 for all. `side` stands in a dim column of its own, right of the first line.

    `column` is where the text of a second column starts, 0 without one; on narrow pages it follows the first.
    `caption` is the range of the text below an image; the text after it is a hint for hidden images.
    """

    text: str = ""
    style: str = "text"
    marks: tuple[StyleRange, ...] = ()
    first: str = ""
    rest: str = ""
    lead: str = ""
    gap: int = 0
    hard: bool = False
    fits: bool = False
    rule: bool = False
    filled: bool = False
    offset: int = -1
    target: int = -1
    picture: str = ""
    language: str = ""
    most: int = 0
    side: str = ""
    column: int = 0
    caption: tuple[int, int] = (0, 0)


class Target(Struct, frozen=True):
    """A stored article or a URL that can be opened from below the text."""

    title: str
    article_id: int | None = None
    url: str = ""


class Tail(Struct, frozen=True):
    """The part of a page below the text. `comments` is the index of the part where comments begin, or -1."""

    parts: tuple[Part, ...] = ()
    targets: tuple[Target, ...] = ()
    comments: int = -1


class TailBuilder(Struct):
    """Collects the parts of a tail with their targets."""

    parts: list[Part] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)

    def add(self, *parts: Part, opens: Target | None = None) -> None:
        """Add parts, on which `enter` opens a target."""
        if opens is not None:
            parts = tuple(replace(part, target=len(self.targets)) for part in parts)
            self.targets.append(opens)
        self.parts += parts

    def build(self, comments: int = -1) -> Tail:
        return Tail(tuple(self.parts), tuple(self.targets), comments)


class Page(Struct, frozen=True):
    """An article ready to be laid out.

    `links` holds the links of the text (the first `text_links`), of its files and of its comments.
    `tables_for` is the width for which its tables were laid out, 0 without tables.
    """

    article: Article
    head: tuple[Part, ...]
    hits: tuple[Hit, ...]
    links: tuple[Link, ...]
    text_links: int
    comments: tuple[Part, ...] = ()
    tail: Tail = field(default_factory=Tail)
    tables_for: int = 0
    references: tuple[ReferenceMark, ...] = ()

    @property
    def numbers(self) -> dict[int, int]:
        """Numbers of the earlier articles that marks in the text refer to; those of one story share one."""
        marked = {mark.article.article_id: mark.number for mark in self.references}
        firsts = self.article.first_reports.items()
        return {report: marked[first] for report, first in firsts if first in marked}
