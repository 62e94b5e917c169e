"""Stored values: feeds with their health, articles with all their parts, and matches."""

from __future__ import annotations

from collections import Counter
from enum import IntEnum, StrEnum
from typing import Annotated

from msgspec import Struct
from msgspec.structs import astuple

from tuireader.model.cases import Case
from tuireader.model.fetching import NAMES_FEEDS, EntryDetails, Fault
from tuireader.model.rules import RuleAction


class TermHit(Struct, frozen=True):
    """The count of one term of a watch in one field (`title`, `summary`, `body`, …)."""

    term: Annotated[str, "The term as written in the configuration."]
    field: Annotated[str, "Where: `title`, `summary`, `body`, `full text` (only in its page), `see also`, …"]
    count: Annotated[int, "Number of times."]
    uncertain: Annotated[int, "How many of them lie across Chinese word boundaries."] = 0
    occurrences: Annotated[dict[str, int], "Counts of texts that a pattern found; `…` is all others."] = {}
    identifies: Annotated[bool, "True if its group `id` captured these texts."] = False


MORE = "…"
"""Key that counts the other texts in `occurrences` and identifiers."""


class Evidence(Struct, frozen=True):
    """Evidence of a match: the terms found, and the best sentence with their positions.

    `spans` are half-open. A watch without terms (such as `is:starred`) has no hits and an empty sentence.
    """

    watch: Annotated[str, "Name of the watch."]
    hits: Annotated[tuple[TermHit, ...], "The terms that were found."] = ()
    sentence: Annotated[str, 'The best sentence, `""` when there is none.'] = ""
    spans: Annotated[
        tuple[tuple[int, int], ...], "Positions of the terms in the sentence: first character, end."
    ] = ()
    feed_id: Annotated[int, "Number of the feed whose text has the sentence, 0 for the displayed text."] = 0
    feed: Annotated[str, 'Title of that feed, `""` for the displayed text.'] = ""
    revision: Annotated[
        int, "Number of the earlier version that has the sentence, 0 for the current one."
    ] = 0
    until: Annotated[int, "When an edit removed the match, 0 while it still matches."] = 0
    uncertain: Annotated[
        bool,
        "True when it matches only by Chinese terms across word boundaries, such as 微信 in 些微信号.",
    ] = False

    @property
    def former(self) -> bool:
        """True if an edit has removed the match."""
        return self.until > 0

    @property
    def count(self) -> int:
        """Number of hits in all fields."""
        return sum(hit.count for hit in self.hits)

    @property
    def terms(self) -> tuple[str, ...]:
        """The terms that were found, each once."""
        return tuple(dict.fromkeys(hit.term for hit in self.hits))

    @property
    def occurrences(self) -> dict[str, int]:
        """Texts that its patterns found, with their counts; `…` counts the others."""
        found = [hit.occurrences for hit in self.hits if hit.occurrences]
        if not found:  # as hardly any pattern
            return {}
        counts = sum(map(Counter, found), Counter[str]())
        return {text: counts[text] for text in sorted(counts, key=MORE.__eq__)}

    @property
    def fields(self) -> tuple[str, ...]:
        """Where the terms were found, each place once."""
        return tuple(dict.fromkeys(hit.field for hit in self.hits))


class Feed(Struct, frozen=True, gc=False):
    """A feed with its health, as the sidebar and `tuireader feeds` show it."""

    id: Annotated[int, "Number of the feed."]
    url: str
    title: Annotated[str, "Its title."]
    folder: Annotated[str, "Its folder."] = ""
    site_url: str = ""
    state: Annotated[str, "`ok`, `paused` or `gone`."] = "ok"
    last_try: Annotated[int | None, "Time of the last request."] = None
    last_success: Annotated[int | None, "Time of the last successful request."] = None
    last_error: Annotated[str, 'Error of the last request, `""` when it succeeded.'] = ""
    error_streak: Annotated[int, "Number of failed requests in a row."] = 0
    next_try: Annotated[int | None, "Time of the next request."] = None
    moved_to: str = ""
    account: Annotated[str, 'Name of the account whose server fetches it, `""` for a local feed.'] = ""
    subscribed: bool = True

    @property
    def address(self) -> str:
        """Its address on the web; `url` has the name of its account before it."""
        return self.url.removeprefix(f"{self.account}+") if self.account else self.url


class Trouble(IntEnum):
    """Severity of a feed's problem, worst last."""

    NONE = 0
    PAUSED = 1
    MOVED = 2
    ALARM = 3
    FAILING = 4
    BLOCKED = 5
    GONE = 6


class FeedHealth(Struct, frozen=True, gc=False):
    """A feed with its health; `moved_to` is set once its server has announced the move twice."""

    feed: Feed
    fault: Annotated[Fault | None, "The error as one word for scripts."] = None
    unread: Annotated[int, "Unread articles."] = 0
    total: Annotated[int, "All articles."] = 0
    per_week: Annotated[float, "Articles a week, over the last four weeks."] = 0.0
    newest: Annotated[int | None, "Time of its newest article."] = None
    moved_to: Annotated[str, 'New address that is fetched instead, `""` when it has not moved.'] = ""
    moved_why: Annotated[
        str,
        'Why: `""`: a redirect; `page`: the web page in its place names it; `site`: its home page does.',
    ] = ""
    moved_at: Annotated[int | None, "When a page led to the new address, `null` without one."] = None
    named: Annotated[str, 'Address that its page names, for you to accept, `""` without one.'] = ""
    texts: Annotated[
        str,
        "Its texts: `full`, `teasers`, `short` (and whole), `same` (short, and its pages have no more),"
        ' `""` when unknown.',
    ] = ""
    pages: Annotated[int, "Pages of its articles that were wanted in the last four weeks."] = 0
    full_texts: Annotated[int, "Those of them whose text is stored."] = 0
    requests: Annotated[float | None, "Requests a day, over the last week, `null` when unknown."] = None
    not_modified: Annotated[float | None, "Share of them that found it unchanged (304), from 0 to 1."] = None
    alarm: Annotated[str, 'Reason of its alarm, `""` without one.'] = ""
    waits_until: Annotated[
        int | None, "When it may be fetched, if its host has asked another feed to wait, else `null`."
    ] = None

    @property
    def succeeded_at(self) -> int | None:
        """Time of the last successful request, shown only by the newest article if its server tells none."""
        return self.feed.last_success or (self.newest if self.feed.account else None)

    @property
    def trouble(self) -> Trouble:
        """Most severe problem of the feed."""
        if self.feed.state == "ok" and not (self.feed.last_error or self.alarm or self.moved_to):
            return Trouble.NONE  # as most are
        if self.feed.state == "gone":
            return Trouble.GONE
        if self.feed.state == "paused":
            return Trouble.PAUSED
        if self.feed.last_error:
            return Trouble.BLOCKED if self.fault in (Fault.BLOCKED, Fault.LOGIN) else Trouble.FAILING
        if self.alarm:
            return Trouble.ALARM
        return Trouble.MOVED if self.moved_to else Trouble.NONE

    @property
    def names_feed(self) -> bool:
        """True if a web page may lead to the feed: the one at its address, or its home page."""
        return self.page_names_feed or self.fault is Fault.NOT_A_FEED

    @property
    def page_names_feed(self) -> bool:
        """True if a page is known to lead to it."""
        return bool(self.named) or NAMES_FEEDS in self.feed.last_error

    @property
    def order(self) -> tuple[int, int]:
        """Sort key: most severe problem first, then the longest series of errors."""
        return -self.trouble, -self.feed.error_streak


Detail = tuple[str, tuple[tuple[int, int], ...], str]  # sentence, matches in it, watch; or only a teaser
NO_DETAIL: Detail = ("", (), "")


class ArticleRow(Struct, frozen=True, eq=False):
    """Columns of a line in an article list. `time` is the sort time: min(published, first seen)."""

    id: Annotated[int, "Number of the article, as `show` takes it."]
    feed_id: int
    title: Annotated[str, "Its title."]
    time: Annotated[int, "When it was published or first seen, whichever is earlier."]
    read: Annotated[bool, "True when it is read."]
    starred: Annotated[bool, "True when it is starred."]
    edited: Annotated[bool, "True when its text changed after it arrived."] = False
    sources: Annotated[int, "Number of feeds that carry it."] = 1
    watches: Annotated[tuple[str, ...], "Names of the watches that match it."] = ()
    url: Annotated[str, 'Its address, `""` when it has none.'] = ""
    author: Annotated[str, 'Its author, `""` when unknown.'] = ""
    story: Annotated[int, "Number of its story, 0 without one."] = 0
    story_size: Annotated[int, "Number of articles in the story."] = 1
    fold: int = 0  # number of the row that a list folds it into, 0 for a row of its own
    fold_size: int = 1  # number of articles in that row
    fold_read: int = 0  # number of read ones among them
    fold_watches: tuple[str, ...] = ()  # watches that match any of them
    fold_languages: tuple[str, ...] = ()  # their known languages, the best first
    language: Annotated[str, 'Its language as ISO 639-1 code, `""` when unknown.'] = ""
    reading_time: Annotated[int, "Minutes to read its text, 0 when no text is stored."] = 0
    labels: Annotated[tuple[str, ...], "Labels that you gave it."] = ()
    former: Annotated[
        tuple[tuple[str, int], ...], "Watches that matched it until an edit, with the time of that edit."
    ] = ()
    uncertain: Annotated[
        tuple[str, ...], "Watches that match it only by Chinese terms across word boundaries."
    ] = ()
    detail: Detail = NO_DETAIL

    @property
    def sentence(self) -> str:
        """The sentence that is most like what `like:` asks for, of the first articles; else empty."""
        return self.detail[0]

    def __eq__(self, other: object) -> bool:
        """Compare all but `detail`, which is read only for lists that show it."""
        return isinstance(other, ArticleRow) and astuple(self)[:-1] == astuple(other)[:-1]


class Neighbour(Struct, frozen=True):
    """The previous or the next article of the same feed."""

    id: int
    title: str


class Relation(StrEnum):
    """Relation of another article to this one, strongest first."""

    SAME_TEXT = "same text"
    SAME_STORY = "same story"
    ALSO_READ = "also read"
    FOLLOW_UP = "follow-up"
    BACKGROUND = "background"
    REFERRED_BY = "referred to by"
    CITES = "cites"
    CITED_BY = "cited by"


class Related(Struct, frozen=True):
    """A related article with its reason. `article_id` is None if only the address is known.

    `sentence` is the sentence of this article that refers to an earlier one (`BACKGROUND`), or of a later
    one that refers to this one (`REFERRED_BY`).
    """

    relation: Annotated[
        Relation, "How it is related: `same story`, `follow-up`, `background`, `also read`, …"
    ]
    title: Annotated[str, "Its title."]
    article_id: Annotated[int | None, "Number of the article, `null` when it is not stored."] = None
    url: Annotated[str, "Its address."] = ""
    feed_title: Annotated[str, "Title of its feed."] = ""
    time: Annotated[int | None, "When it was published, `null` when unknown."] = None
    reason: Annotated[str, "Why it is related."] = ""
    score: float = 0.0
    read: bool = False
    sentence: Annotated[str, "Sentence that refers to the earlier one of the two articles, if any does."] = ""
    other_reports: Annotated[
        tuple[int, ...], "Numbers of the other reports of its story, which are not listed."
    ] = ()


class EarlierArticle(Struct, frozen=True):
    """A stored article that `sentence` of a later one refers to; `story` is 0 outside of stories."""

    article_id: int
    title: str
    sentence: str
    story: int = 0


class FullText(Struct, frozen=True):
    """The text of an article's page and when it was fetched.

    If that failed, `html` is `""` and `error` gives the reason. `shown` is True while the text replaces the
    feed's text on screen.
    """

    html: str
    base_url: str
    at: int
    shown: bool = True
    error: str = ""


class Comment(Struct, frozen=True):
    """A comment below an article. `time` is None if the feed does not give it."""

    author: Annotated[str, 'Its author, `""` when unknown.']
    time: Annotated[int | None, "When it was written, `null` when unknown."]
    html: str
    base_url: str = ""


class Pixels(Struct, frozen=True):
    """An image scaled to fit: `rgb` has three bytes for each pixel, row by row.

    `speed` is the download speed in bytes per second, None if the image was cached or is too small to
    measure it.
    """

    width: int
    height: int
    rgb: bytes
    speed: float | None = None


class Thread(Struct, frozen=True):
    """The comments of an article in reading order, and when they were loaded."""

    at: int
    comments: tuple[Comment, ...] = ()


class Article(EntryDetails, frozen=True, kw_only=True):
    """Everything that the reading pane shows of an article, except related articles, which may load later."""

    id: Annotated[int, "Number of the article."]
    feed_id: int
    feed_title: Annotated[str, "Title of its feed."]
    title: Annotated[str, "Its title."]
    url: Annotated[str, "Its address."]
    author: Annotated[str, "Its author."]
    time: Annotated[int, "When it was published or first seen, whichever is earlier."]
    published: Annotated[int | None, "Publication time given by its feed, `null` without one."]
    arrived: Annotated[int, "When it was first seen."]
    read: Annotated[bool, "True when it is read."]
    starred: Annotated[bool, "True when it is starred."]
    edited: Annotated[bool, "True when its text changed after it arrived."]
    html: str
    base_url: str
    other_feeds: Annotated[tuple[str, ...], "Titles of the other feeds that carry it."] = ()
    evidence: Annotated[tuple[Evidence, ...], "Why watches match it."] = ()
    previous: Neighbour | None = None
    next: Neighbour | None = None
    place: int = 0
    purged: bool = False  # its text was purged
    full: FullText | None = None
    comments: Thread | None = None
    labels: Annotated[tuple[str, ...], "Labels that you gave it."] = ()
    language: Annotated[str, 'Its language as ISO 639-1 code, `""` when unknown.'] = ""
    reading_time: Annotated[int, "Minutes to read its text, 0 when no text is stored."] = 0
    languages: tuple[str, ...] = ()  # known languages of the other articles of its story, the best first
    earlier: tuple[EarlierArticle, ...] = ()  # in reading order
    cases: tuple[Case, ...] = ()
    rules: Annotated[tuple[RuleAction, ...], "What rules did with it when it arrived."] = ()

    @property
    def shows_full(self) -> bool:
        """True when the text of its page is displayed."""
        return self.full is not None and self.full.shown and bool(self.full.html)

    @property
    def shown(self) -> tuple[str, str]:
        """The displayed HTML, and the base URL of its links."""
        if self.full is not None and self.shows_full:
            return self.full.html, self.full.base_url
        return self.difference or self.html, self.base_url

    @property
    def first_reports(self) -> dict[int, int]:
        """Map the earlier articles that sentences refer to, to the first one of the same story."""
        stories: dict[int, int] = {}
        return {
            earlier.article_id: stories.setdefault(earlier.story or -earlier.article_id, earlier.article_id)
            for earlier in self.earlier
        }


class Revision(Struct, frozen=True):
    """An article's text until the time `until`, and the word-by-word changes to the next version.

    `title` and `text` are runs of words, each kept, removed or added (see `text.word_diff`). Without the
    added runs they give the old version, without the removed ones the next version. `full` marks a version
    of the page's text, not of the feed's.
    """

    until: int
    title: tuple[tuple[str, str], ...]
    text: tuple[tuple[str, str], ...]
    full: bool = False
