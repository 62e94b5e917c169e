"""Views of articles, their counts, changes to articles, and statistics of watches and mutes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated

from msgspec import Struct, field

from tuireader.model.articles import ArticleRow


class ViewKind(StrEnum):
    """Selection of articles that a view lists."""

    TODAY = "today"
    UNREAD = "unread"
    STARRED = "starred"
    ALL = "all"
    WATCH = "watch"
    GROUP = "group"
    LABEL = "label"
    FOLDER = "folder"
    ACCOUNT = "account"
    FEED = "feed"
    QUERY = "query"
    NEW = "new"
    TO_DO = "to_do"


class View(Struct, frozen=True):
    """A view of articles.

    `key` is the name of the watch, group of watches, label, folder or account, the feed's id as text, or the
    expression. The store takes the names of a group's watches as JSON instead. For a NEW view, it is the
    newest article id when the reader was last used. An ALL view with a key leaves out articles of
    unsubscribed feeds.
    """

    kind: ViewKind
    key: str = ""


class Count(Struct, frozen=True):
    """Number of unread and of all articles in a view, and how many of each are hidden in folded stories.

    A list that folds stories has `folded` rows, of which `unread_folded` have an unread article.
    """

    unread: Annotated[int, "Unread articles."] = 0
    total: Annotated[int, "All articles."] = 0
    unread_behind: int = 0
    behind: int = 0

    @property
    def unread_folded(self) -> int:
        return self.unread - self.unread_behind

    @property
    def folded(self) -> int:
        return self.total - self.behind

    def unread_rows(self, folded: bool) -> int:
        return self.unread_folded if folded else self.unread

    def rows(self, folded: bool) -> int:
        return self.folded if folded else self.total


class FoldedRows(Struct, frozen=True):
    """Rows of a list that folds stories: its view, the newest article when it was read, unfolded stories.

    `kept` are the articles that were read there; None if the list shows all that are read.
    """

    view: View
    newest: int
    opened: frozenset[int] = frozenset()
    kept: frozenset[int] | None = None


class UnreadRows(Struct, frozen=True):
    """Unread articles of a list, the number of their rows, and how many of these a watch matches."""

    ids: Sequence[int]
    rows: int
    watched: int = 0


class Counts(Struct, frozen=True):
    """Counts for the sidebar: `feeds` by feed id, the other mappings by name; `groups` are of watches.

    Muted articles count only in `muted`. `to_do` counts those with an open match; None before the first use
    of the desk. `newest` has the times of the latest articles of feeds.
    """

    today: Count = Count()
    unread: Count = Count()
    starred: Count = Count()
    all: Count = Count()
    feeds: Mapping[int, Count] = field(default_factory=dict)
    watches: Mapping[str, Count] = field(default_factory=dict)
    groups: Mapping[str, Count] = field(default_factory=dict)
    folders: Mapping[str, Count] = field(default_factory=dict)
    muted: int = 0
    to_do: Count | None = None
    new: Count = Count()
    labels: Mapping[str, Count] = field(default_factory=dict)
    accounts: Mapping[str, Count] = field(default_factory=dict)
    newest: Mapping[int, int] = field(default_factory=dict)


class Label(Struct, frozen=True):
    """A label, the number of articles that have it, and how many of them are selected."""

    name: str
    articles: int
    chosen: int = 0


class Purged(Struct, frozen=True):
    """Texts that a purge deletes, or would delete; `bytes` is their stored size."""

    articles: Annotated[int, "Number of articles whose texts are deleted."]
    feeds: Annotated[int, "Number of their feeds."]
    bytes: Annotated[int, "Size of the texts."]


class StepKind(StrEnum):
    """Kinds of undo steps in the journal."""

    READ = "read"
    STARRED = "starred"
    LABEL = "label"
    """A label given or removed."""
    APART = "apart"
    """An article removed from its story; the other articles follow it in `Change.ids`."""
    CASE = "case"
    """States or notes of matches; its data are those before."""
    FOLLOWED = "followed"
    """A feed followed to another address."""
    RULES = "rules"
    """What rules did with arriving articles; its data are the articles of each action, and the rules."""
    CONFIG = "config"
    """A change of the configuration; its data names a file of `config.edit`."""


LABEL_MARK = f"{StepKind.LABEL}:"
"""Prefix of a mark that is a label; the label's name follows."""


class Change(Struct, frozen=True):
    """The result of a change: the articles that really changed, and a description for the toast.

    `mark` is `read` or `starred` if that mark was set to `value`, `""` for other changes. `step` numbers the
    undo step, 0 if the change cannot be undone. `config` names a change of the configuration, kept by
    `config.edit`; the caller then iterates `Watches.apply`.
    """

    what: Annotated[str, 'Description of the change, `""` when nothing changed.']
    ids: Annotated[tuple[int, ...], "Numbers of the changed articles."]
    mark: str = ""
    value: bool = False
    step: int = 0
    config: bytes | None = None


class MarkedArticle(Struct, frozen=True):
    """The marks of an article in a feed, with the keys that identify it on another machine, see `Keys`."""

    feed: str
    guid: int
    url: Annotated[str, "Its address."]
    url_key: int
    title: Annotated[str, "Its title."]
    time: Annotated[int, "When it was published."]
    read: Annotated[bool, "True when it is read."]
    starred: Annotated[bool, "True when it is starred."]
    labels: Annotated[tuple[str, ...], "Labels that you gave it."] = ()


class WatchStats(Struct, frozen=True):
    """Statistics of a watch, without muted articles.

    `ends` is the time when a watch that follows a story ends or has ended, without further news.
    """

    name: Annotated[str, "Name of the watch."]
    color: Annotated[str, "Its colour."] = ""
    group: Annotated[str, 'Its group, `""` for none.'] = ""
    priority: Annotated[str, "Its priority: `low`, `normal` or `high`."] = "normal"
    count: Count = field(default_factory=Count)
    former: Annotated[int, "Articles that it matched until an edit."] = 0
    today: Annotated[int, "Matches since midnight: `is:today`."] = 0
    week: Annotated[int, "Matches of the last 7 days: `age:<7d`."] = 0
    month: Annotated[int, "Matches of the last 30 days: `age:<30d`."] = 0
    days: Annotated[tuple[int, ...], "Matches of each of the last 30 days, oldest first."] = (0,) * 30
    newest: Annotated[ArticleRow | None, "The newest article that it matches."] = None
    top_feeds: Annotated[tuple[tuple[str, int], ...], "Matches by title of feed, at most five feeds."] = ()
    quiet: Annotated[str, 'Why nothing matched for a week, `""` when something did.'] = ""
    problem: Annotated[str, 'Error in its rules, `""` when there is none.'] = ""
    ends: int | None = None
    advice: Annotated[tuple[str, ...], "Probable mistakes in it."] = ()
    alarm: Annotated[str, 'Reason of its alarm, `""` without one.'] = ""
    cases: Annotated[tuple[tuple[str, int], ...], "Its matches by state, once any was handled."] = ()

    @property
    def place(self) -> str:
        """Group and priority: `Law, high priority`; `""` without a group and of normal priority."""
        priority = "" if self.priority == "normal" else f"{self.priority} priority"
        return ", ".join(filter(None, (self.group, priority)))


class Activity(Struct, frozen=True):
    """Articles of a feed or matches of a watch over some days, and how many of them were opened."""

    name: Annotated[str, "Title of the feed, or name of the watch."]
    feed_id: Annotated[int, "Number of the feed, 0 for a watch."]
    articles: Annotated[int, "Its articles, without muted ones."]
    opened: Annotated[int, "How many are read, and were opened or are starred or labelled."]
    marked: Annotated[int, "How many other ones are read: marked as read without opening them."]
    unread: Annotated[int, "How many are unread."]
    never_opened: Annotated[bool, "True when it has articles, and none was ever opened."]
    days: Annotated[tuple[int, ...], "Articles of each day, oldest first."]
    weeks: Annotated[tuple[int, ...], "Articles of each of the last 12 weeks, oldest first."]
    stories: Annotated[int, "Stories of these days that the feed and others reported."] = 0
    first: Annotated[int, "Stories that it reported first."] = 0
    lag: Annotated[int, "Median seconds after the first report, where it was not first."] = 0


class WatchPreview(Struct, frozen=True):
    """The matches that a watch would have, before it is saved.

    `added` and `removed` compare with the current matches of the watch that it replaces. If the preview is
    not `complete`, only the newest articles were searched, and the three numbers cover only these. `samples`
    are the newest matches, `sentences` the evidence of each, `hits` more of them. `advice` lists probable
    mistakes.
    """

    matches: int = 0
    added: int = 0
    removed: int = 0
    samples: tuple[ArticleRow, ...] = ()
    sentences: tuple[str, ...] = ()
    problem: str = ""
    complete: bool = True
    advice: tuple[str, ...] = ()
    hits: tuple[int, ...] = ()


class MutePreview(Struct, frozen=True):
    """The effect that a mute would have, before it is saved.

    It matches `articles` (including muted ones), of which it would hide `hidden`; `watched` of them match a
    watch, and `watches` pairs each of these watches with its number of articles. `samples` are the newest
    articles to be hidden, or the newest matches if none is. If there is a `problem`, nothing else is set.
    """

    articles: int = 0
    hidden: int = 0
    watched: int = 0
    watches: tuple[tuple[str, int], ...] = ()
    samples: tuple[ArticleRow, ...] = ()
    problem: str = ""
    advice: tuple[str, ...] = ()


class Away(Struct, frozen=True):
    """Counts of unread articles that arrived since the reader was last used, and of their stories.

    `watched` counts the stories that a watch matches.
    """

    articles: int
    stories: int
    watched: int
