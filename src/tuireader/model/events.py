"""What a refresh tells while it runs."""

from __future__ import annotations

from dataclasses import dataclass

from tuireader.model.evidence import Evidence
from tuireader.model.fetching import Fault


@dataclass(frozen=True, slots=True)
class RefreshStarted:
    """The refresh knows what it will ask for."""

    feeds: int


@dataclass(frozen=True, slots=True)
class FeedDone:
    """One feed has been asked and its answer stored. `error` is `""` when all went well.

    `left_out` counts the oldest entries of a document that has too many.
    """

    feed_id: int
    title: str
    new: int = 0
    changed: int = 0
    unchanged: bool = False
    error: str = ""
    fault: Fault | None = None
    done: int = 0
    total: int = 0
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class NewMatch:
    """A new article hit a watch that it had not hit before."""

    article_id: int
    title: str
    feed_title: str
    url: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class RefreshDone:
    """The refresh has ended; `failed` feeds had an error."""

    feeds: int
    failed: int
    new: int
    changed: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Relating:
    """After the refresh: so many of the new articles have been related to those stored before."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Told:
    """New articles on watches that want it were told of, by a command or `notify-send`.

    With `desktop` the desktop has shown it; without, whoever shows these events may. `troubles` are lines.
    """

    title: str
    body: str
    articles: tuple[int, ...]
    desktop: bool = False
    troubles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TextFetched:
    """The page of a new article was asked for; `error` is `""` when its text is stored now."""

    article_id: int
    title: str
    error: str = ""
    done: int = 0
    total: int = 0


Event = RefreshStarted | FeedDone | NewMatch | RefreshDone | Relating | Told | TextFetched
