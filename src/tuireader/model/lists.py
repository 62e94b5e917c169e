"""Views of articles, their counts, changes to articles, and figures about watches and mutes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated

from tuireader.model.articles import ArticleRow


class ViewKind(StrEnum):
    """The kinds of views."""

    TODAY = "today"
    UNREAD = "unread"
    STARRED = "starred"
    ALL = "all"
    WATCH = "watch"
    LABEL = "label"
    FOLDER = "folder"
    FEED = "feed"
    QUERY = "query"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class View:
    """A view of articles. `key` is the name of the watch, label or folder, the feed's id as text, or the
    expression.

    Of a NEW view it is the newest article id when the reader was last closed.
    """

    kind: ViewKind
    key: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """Unread and all articles of a view, and how many of each are behind another of their story.

    A list that folds stories has a row for each of its `stories`; an article in no story counts as one.
    """

    unread: Annotated[int, "Unread articles."] = 0
    total: Annotated[int, "All articles."] = 0
    unread_behind: int = 0
    behind: int = 0

    @property
    def unread_stories(self) -> int:
        """Rows with something unread, in a list that folds stories."""
        return self.unread - self.unread_behind

    @property
    def stories(self) -> int:
        """Rows of a list that folds stories."""
        return self.total - self.behind

    def unread_rows(self, folded: bool) -> int:
        """Rows with something unread: of stories if `folded`, else of articles."""
        return self.unread_stories if folded else self.unread

    def rows(self, folded: bool) -> int:
        """Rows of a list: of stories if `folded`, else of articles."""
        return self.stories if folded else self.total


@dataclass(frozen=True, slots=True)
class Counts:
    """The counts of the sidebar. `feeds` by feed id, `folders`, `watches` and `labels` by name.

    Muted articles are only in `muted`.
    """

    today: Count = Count()
    unread: Count = Count()
    starred: Count = Count()
    all: Count = Count()
    feeds: Mapping[int, Count] = field(default_factory=dict)
    watches: Mapping[str, Count] = field(default_factory=dict)
    folders: Mapping[str, Count] = field(default_factory=dict)
    muted: int = 0
    new: Count = Count()
    labels: Mapping[str, Count] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Label:
    """A label: how many articles have it, and how many of the selected ones."""

    name: str
    articles: int
    chosen: int = 0


@dataclass(frozen=True, slots=True)
class Purged:
    """The texts that a purge deletes, or would delete; `bytes` as stored."""

    articles: Annotated[int, "Articles whose texts are dropped."]
    feeds: Annotated[int, "Feeds of these articles."]
    bytes: Annotated[int, "Size of the texts."]


LABEL_MARK = "label:"
"""Prefix of a mark that is a label, before the name."""


@dataclass(frozen=True, slots=True)
class Change:
    """The result of a change: the articles that really changed, and words for the toast.

    `mark` is `read` or `starred` if such a mark now has the `value`, `""` for other changes. `step` is the
    number of the step for undo, 0 if there is none. `config` is a change of the configuration as
    `config.edit` packs it: the caller then iterates `apply_watches`.
    """

    what: Annotated[str, 'What changed, in words; `""` when nothing did.']
    ids: Annotated[tuple[int, ...], "Numbers of the changed articles."]
    mark: str = ""
    value: bool = False
    step: int = 0
    config: bytes | None = None


@dataclass(frozen=True, slots=True)
class MarkedArticle:
    """The marks of an article in a feed, with the keys to recognise it on another machine.

    `guid` and `url_key` are its keys, see `Keys`.
    """

    feed: str
    guid: int
    url: Annotated[str, "Its address."]
    url_key: int
    title: Annotated[str, "Its title."]
    time: Annotated[int, "When it was published."]
    read: Annotated[bool, "True when it is read."]
    starred: Annotated[bool, "True when it is starred."]
    labels: Annotated[tuple[str, ...], "Labels that you gave it."] = ()


@dataclass(frozen=True, slots=True)
class WatchStats:
    """Statistics of a watch, without muted articles.

    A watch that follows a story `ends` at that time if nothing more comes, or has ended then.
    """

    name: Annotated[str, "Name of the watch."]
    color: Annotated[str, "Its color."] = ""
    count: Count = field(default_factory=Count)
    former: Annotated[int, "Articles that it matched until they were edited."] = 0
    today: Annotated[int, "Matches since midnight: `is:today`."] = 0
    week: Annotated[int, "Matches of the last 7 days: `age:<7d`."] = 0
    month: Annotated[int, "Matches of the last 30 days: `age:<30d`."] = 0
    days: Annotated[tuple[int, ...], "Matches of each of the last 30 days, oldest first."] = (0,) * 30
    newest: Annotated[ArticleRow | None, "The newest article that it matches."] = None
    top_feeds: Annotated[tuple[tuple[str, int], ...], "Matches by title of feed, at most five feeds."] = ()
    quiet: Annotated[str, 'Why nothing matched for a week, `""` when something did.'] = ""
    problem: Annotated[str, 'What is wrong with its rules, `""` when nothing is.'] = ""
    ends: int | None = None
    advice: Annotated[tuple[str, ...], "What in it is probably a mistake."] = ()


@dataclass(frozen=True, slots=True)
class WatchPreview:
    """The matches that a watch would have, before it is saved.

    `added` and `removed` compare with the current matches of the watch that it replaces. If it is not
    `complete`, only the newest articles were matched, and the three numbers are about these. `sentences`
    belong to `samples`, the newest hits; each is the evidence of its article. `advice` lists what may be a
    mistake.
    """

    matches: int = 0
    added: int = 0
    removed: int = 0
    samples: tuple[ArticleRow, ...] = ()
    sentences: tuple[str, ...] = ()
    problem: str = ""
    complete: bool = True
    advice: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MutePreview:
    """The effect that a mute would have, before it is saved.

    Of the `articles` that it hits, including muted ones, it would hide `hidden`. `watched` of them are on a
    watch, `watches` are (name, articles) for each of these. `samples` are the newest that would be hidden, or
    else the newest that stay. With a `problem` nothing is known.
    """

    articles: int = 0
    hidden: int = 0
    watched: int = 0
    watches: tuple[tuple[str, int], ...] = ()
    samples: tuple[ArticleRow, ...] = ()
    problem: str = ""
    advice: tuple[str, ...] = ()
