"""The values that a page is made of: parts that do not yet know how wide the pane is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from tuireader.model import Article

if TYPE_CHECKING:
    from tuireader.document import Link

Highlights = Callable[[str], Sequence[tuple[int, int, str]]]
Keys = Callable[[str], str]


class Mark(NamedTuple):
    """A range of a part's text drawn in a style (a name that `Styles.named` knows)."""

    start: int
    end: int
    style: str


class Hit(NamedTuple):
    """A place in the text that a watch found: range `start`–`end` of the text of head part `part`."""

    part: int
    start: int
    end: int
    watch: str


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the page that is laid out on its own.

    `first` and `rest` stand before its first and other lines (markers, indents, quote bars). `hard` text is
    folded and not wrapped (code, tables); `frame` is drawn around it, with that label; `ground` fills its
    lines. `offset` is where its text begins in the whole text of the article, for the remembered place.
    `target` numbers what `enter` opens here, `picture` is the address of a picture that belongs in its place,
    `language` what code is written in.
    """

    text: str = ""
    style: str = "text"
    marks: tuple[Mark, ...] = ()
    first: str = ""
    rest: str = ""
    gap: int = 0
    hard: bool = False
    frame: str = ""
    ground: bool = False
    offset: int = -1
    target: int = -1
    picture: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """Something below the text that can be opened: an article of the store, or an address."""

    title: str
    article_id: int | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Tail:
    """What stands below the text, and what of it can be opened. `comments` is the part where these begin."""

    parts: tuple[Part, ...] = ()
    targets: tuple[Target, ...] = ()
    comments: int = -1


@dataclass(frozen=True, slots=True)
class Page:
    """An article ready to be laid out.

    `links` are those of the text (`text_links` many), of its files and of its comments; `said` are the
    comments as parts. `tables_for` is the width for which its tables were laid out, 0 where there are none.
    """

    article: Article
    head: tuple[Part, ...]
    hits: tuple[Hit, ...]
    links: tuple[Link, ...]
    text_links: int
    said: tuple[Part, ...] = ()
    tail: Tail = field(default_factory=Tail)
    tables_for: int = 0
