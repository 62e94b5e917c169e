"""The values that flow through the program, one type for each stage of a thing's life.

A feed document says `ParsedFeed` and `ParsedEntry`; what is kept is an article, seen as `ArticleRow`
(what a list line needs) or `Article` (all that the reading pane shows). Times are whole seconds since
1970-01-01 UTC. All text in these values has passed `text.clean` unless its name ends in `html`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import IntEnum, StrEnum

from tuireader.values import dataclass

# --------------------------------------------------------------------------- fetching


@dataclass(frozen=True, slots=True)
class FetchJob:
    """One feed to ask for, with what is known from the last time.

    `etag` and `last_modified` are sent back as they came (RFC 9110 §13.1); `body_hash` is the digest of
    the last body that was parsed. `headers` and `auth` come from the person's config. `public_only` refuses
    an address in a private network: it was named by somebody outside.
    """

    feed_id: int
    url: str
    etag: str | None = None
    last_modified: str | None = None
    body_hash: bytes | None = None
    headers: tuple[tuple[str, str], ...] = ()
    auth: tuple[str, str] | None = None
    public_only: bool = False


@dataclass(frozen=True, slots=True)
class Fetched:
    """A body that differs from the last one. `moved_to` is set when every hop of the way was permanent."""

    job: FetchJob
    url: str
    body: bytes
    body_hash: bytes
    content_type: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    max_age: int | None = None
    moved_to: str | None = None


@dataclass(frozen=True, slots=True)
class NotModified:
    """The server said 304, or sent the very bytes that were parsed last time (`same_body`)."""

    job: FetchJob
    etag: str | None = None
    last_modified: str | None = None
    max_age: int | None = None
    same_body: bool = False
    moved_to: str | None = None


class Fault(StrEnum):
    """Kinds of trouble with a feed, for exit codes, back-off and sorting by trouble."""

    NETWORK = "network"
    TIMEOUT = "timeout"
    TLS = "tls"
    HTTP = "http"
    GONE = "gone"
    THROTTLED = "throttled"
    TOO_LARGE = "too large"
    REDIRECT = "redirect"
    ADDRESS = "address"
    NOT_A_FEED = "not a feed"
    BROKEN = "broken"
    TOO_SLOW = "too slow"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class FetchFailed:
    """Nothing usable came. `reason` is one line in plain words, safe to print; `retry_after` in seconds."""

    job: FetchJob
    fault: Fault
    reason: str
    status: int | None = None
    retry_after: int | None = None


FetchResult = Fetched | NotModified | FetchFailed


# --------------------------------------------------------------------------- what a feed says


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that belongs to an entry (RSS `<enclosure>`, Atom `rel=enclosure`, `media:content`)."""

    url: str
    type: str = ""
    length: int | None = None
    title: str = ""
    duration: int | None = None


@dataclass(frozen=True, slots=True)
class ParsedEntry:
    """One entry as its feed tells it. Addresses are absolute http(s); `""` where the feed has none.

    `content_html` is the fullest text, `summary_html` a different shorter one or `""`; neither is
    sanitised, `base_url` is what relative links inside them refer to.
    """

    guid: str = ""
    title: str = ""
    url: str = ""
    author: str = ""
    published: int | None = None
    updated: int | None = None
    summary_html: str = ""
    content_html: str = ""
    base_url: str = ""
    comments_url: str = ""
    comments_feed: str = ""
    comments_count: int | None = None
    tags: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    picture_url: str = ""
    picture_credit: str = ""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What `prepare` makes of an entry: plain texts, words for the index, links.

    `words` are those of title, body and author; `links` are address, label and the words before the link.
    """

    title: str
    summary: str
    body: str
    words: tuple[str, str, str]
    links: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Keys:
    """What an entry can be recognised by. 0 stands for "has none".

    `guid` is unique within one feed document and stable from one fetch to the next; `digest` changes when
    anything that a person reads changes.
    """

    guid: int
    url: int
    digest: int


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed document. `ttl` is how long it asks to be left alone, in seconds (RSS `<ttl>`, `sy:*`).

    `prepared` and `keys` are either empty or have one for each of `entries`. `known` are the guid keys of
    entries that were left out because they are stored and still say the same.
    """

    title: str = ""
    site_url: str = ""
    entries: tuple[ParsedEntry, ...] = ()
    ttl: int | None = None
    well_formed: bool = True
    prepared: tuple[Prepared, ...] = ()
    keys: tuple[Keys, ...] = ()
    known: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ParseFailed:
    """The body is no feed. `feeds` are addresses that it advertises, if it is a web page."""

    fault: Fault
    reason: str
    feeds: tuple[str, ...] = ()


ParseResult = ParsedFeed | ParseFailed


# --------------------------------------------------------------------------- watches


@dataclass(frozen=True, slots=True)
class TermHit:
    """How often one term of a watch stands in one field (`title`, `summary`, `body`, …)."""

    term: str
    field: str
    count: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why an article is on a watch: the terms that hit, and the best sentence with the hits in it.

    `spans` are half-open character ranges in `sentence`. A watch that matched without any term (such as
    `is:starred`) has no hits and an empty sentence.
    """

    watch: str
    hits: tuple[TermHit, ...] = ()
    sentence: str = ""
    spans: tuple[tuple[int, int], ...] = ()

    @property
    def count(self) -> int:
        """All hits in all fields."""
        return sum(hit.count for hit in self.hits)


# --------------------------------------------------------------------------- what is kept


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed with its health, as the sidebar and `tuireader feeds` show it."""

    id: int
    url: str
    title: str
    folder: str = ""
    site_url: str = ""
    subscribed: bool = True
    state: str = "ok"  # ok | paused | gone
    last_try: int | None = None
    last_success: int | None = None
    last_error: str = ""
    error_streak: int = 0
    next_try: int | None = None
    moved_to: str = ""


class Trouble(IntEnum):
    """How much a feed needs a person, worst last."""

    NONE = 0
    PAUSED = 1
    MOVED = 2
    FAILING = 3
    GONE = 4


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """A feed with what a screen of health shows of it.

    `per_week` is the mean of the last four weeks, `newest` the time of its newest article. `moved_to` is the
    address from which it is fetched now, if its server has said twice that it moved for good; `feed.url` is
    the one in the config.
    """

    feed: Feed
    fault: Fault | None = None
    unread: int = 0
    total: int = 0
    per_week: float = 0.0
    newest: int | None = None
    moved_to: str = ""

    @property
    def trouble(self) -> Trouble:
        """The worst that can be said of the feed."""
        if self.feed.state == "gone":
            return Trouble.GONE
        if self.feed.state == "paused":
            return Trouble.PAUSED
        if self.feed.last_error:
            return Trouble.FAILING
        return Trouble.MOVED if self.moved_to else Trouble.NONE

    @property
    def order(self) -> tuple[int, int]:
        """Sorts the feeds by trouble, the worst first."""
        return -self.trouble, -self.feed.error_streak


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """The light columns of one list line. `time` is the sort time: min(published, first seen)."""

    id: int
    feed_id: int
    title: str
    time: int
    read: bool
    starred: bool
    edited: bool = False
    sources: int = 1
    watches: tuple[str, ...] = ()
    url: str = ""
    author: str = ""
    story: int = 0  # the number of its story, 0 when it is alone
    story_size: int = 1  # how many articles its story has
    story_watches: tuple[str, ...] = ()  # what any article of its story is on


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The previous or the next article of the same feed."""

    id: int
    title: str


class Relation(StrEnum):
    """How another article belongs to this one, strongest first."""

    SAME_TEXT = "same text"
    SAME_STORY = "same story"
    ALSO_READ = "also read"
    FOLLOW_UP = "follow-up"
    BACKGROUND = "background"
    CITES = "cites"
    CITED_BY = "cited by"


@dataclass(frozen=True, slots=True)
class Related:
    """A link to another article, with its reason. `article_id` is None when only the address is known."""

    relation: Relation
    title: str
    article_id: int | None = None
    url: str = ""
    feed_title: str = ""
    time: int | None = None
    reason: str = ""
    score: float = 0.0
    read: bool = False


@dataclass(frozen=True, slots=True)
class StoryEntry:
    """One report of a story. `lag` is how many seconds after the first report it came."""

    article_id: int
    title: str
    url: str
    feed_title: str
    time: int
    lag: int
    read: bool


@dataclass(frozen=True, slots=True)
class Story:
    """The reports of one story, the first one first; at least two."""

    id: int
    entries: tuple[StoryEntry, ...]

    @property
    def first(self) -> StoryEntry:
        """Who was first."""
        return self.entries[0]


@dataclass(frozen=True, slots=True)
class Away:
    """What has come since the reader was last used: unread articles, in how many stories, how many of the
    stories are on a watch; `ids` are the articles of the others, which can be cleared."""

    articles: int
    stories: int
    watched: int
    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FullText:
    """What the page of an article says, fetched at a time; `html` is `""` where `error` says why it is not.

    `shown` is whether the person reads it in place of what the feed says.
    """

    html: str
    base_url: str
    at: int
    shown: bool = True
    error: str = ""


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody said below an article. `time` is None where the feed does not tell."""

    author: str
    time: int | None
    html: str
    base_url: str = ""


@dataclass(frozen=True, slots=True)
class Pixels:
    """A picture made to fit: `rgb` has three bytes for each pixel, line after line.

    `speed` is at how many bytes a second it was fetched, None when it was there already or is too small to
    tell.
    """

    width: int
    height: int
    rgb: bytes
    speed: float | None = None


@dataclass(frozen=True, slots=True)
class Thread:
    """The comments of an article in reading order, loaded at a time."""

    at: int
    comments: tuple[Comment, ...] = ()


@dataclass(frozen=True, slots=True)
class Article:
    """All that the reading pane shows of one article but its relatives, which may come a moment later."""

    id: int
    feed_id: int
    feed_title: str
    title: str
    url: str
    author: str
    time: int
    published: int | None
    arrived: int
    read: bool
    starred: bool
    edited: bool
    html: str
    base_url: str
    comments_url: str = ""
    comments_feed: str = ""
    comments_count: int | None = None
    tags: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    picture_url: str = ""
    picture_credit: str = ""
    other_feeds: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    previous: Neighbour | None = None
    next: Neighbour | None = None
    place: int = 0
    purged: bool = False  # its text was dropped by a purge
    full: FullText | None = None
    comments: Thread | None = None

    @property
    def shows_full(self) -> bool:
        """Whether the text of its page is what is to be read."""
        return self.full is not None and self.full.shown and bool(self.full.html)

    @property
    def shown(self) -> tuple[str, str]:
        """The HTML that is to be read, and what its relative addresses refer to."""
        if self.full is not None and self.shows_full:
            return self.full.html, self.full.base_url
        return self.html, self.base_url


# --------------------------------------------------------------------------- lists


class ViewKind(StrEnum):
    """What a list can show."""

    TODAY = "today"
    UNREAD = "unread"
    STARRED = "starred"
    ALL = "all"
    WATCH = "watch"
    FOLDER = "folder"
    FEED = "feed"
    QUERY = "query"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class View:
    """What a list shows. `key` names the watch or folder, is the feed's id as text, or the expression.

    Of a NEW view it is the id up to which articles had come when the reader was last left.
    """

    kind: ViewKind
    key: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """Unread and all articles of a view."""

    unread: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Counts:
    """The numbers of the sidebar. `feeds` by feed id, `watches` by name; folders are sums of feeds.

    `twice` has by folder what these sums count more than once: what stands in several feeds of a folder.
    Muted articles are only in `muted`.
    """

    today: Count = Count()
    unread: Count = Count()
    starred: Count = Count()
    all: Count = Count()
    feeds: Mapping[int, Count] = field(default_factory=dict)
    watches: Mapping[str, Count] = field(default_factory=dict)
    twice: Mapping[str, Count] = field(default_factory=dict)
    muted: int = 0
    new: Count = Count()


@dataclass(frozen=True, slots=True)
class Revision:
    """What an article said until the time `until`, and how the version after it differs, word by word.

    `title` and `text` are runs of words with what became of them: same, removed or added (see
    `tuireader.diff`). All but the added ones are the old version, all but the removed ones the next. `full`
    says that it is about the text of its page, not that of its feed.
    """

    until: int
    title: tuple[tuple[str, str], ...]
    text: tuple[tuple[str, str], ...]
    full: bool = False


@dataclass(frozen=True, slots=True)
class Purged:
    """The texts that a purge drops, or would drop; `bytes` as they lie in the database."""

    articles: int
    feeds: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Change:
    """What a state change did: the articles it really changed, and words for the toast."""

    what: str
    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MarkedArticle:
    """The marks of an article in a feed, with all that it can be recognised by on another machine.

    `guid` and `url_key` are its keys, see `Keys`.
    """

    feed: str
    guid: int
    url: str
    url_key: int
    title: str
    time: int
    read: bool
    starred: bool


# --------------------------------------------------------------------------- what watches do


@dataclass(frozen=True, slots=True)
class WatchStats:
    """How a watch is doing. Muted articles do not count.

    `today`, `week` and `month` are the hits of the last 1, 7 and 30 days by the person's clock, `days` those
    of each of the 30, oldest first. `top_feeds` are (title, hits) of at most five feeds. `quiet` says why
    there was nothing for a week (`""` when there was), `problem` what is wrong with its rules. A watch that
    follows a story `ends` at that time if nothing more comes; it has ended when that is past.
    """

    name: str
    color: str = ""
    unread: int = 0
    total: int = 0
    today: int = 0
    week: int = 0
    month: int = 0
    days: tuple[int, ...] = (0,) * 30
    newest: ArticleRow | None = None
    top_feeds: tuple[tuple[str, int], ...] = ()
    quiet: str = ""
    problem: str = ""
    ends: int | None = None


@dataclass(frozen=True, slots=True)
class WatchPreview:
    """What a watch would hit of all that is stored, before it is saved.

    `added` and `removed` compare with what the watch that it replaces hits now. When it is not `complete`,
    only the newest articles were looked at, and the three numbers are about these. `sentences` belong to
    `samples`, the newest hits; each is the evidence of its article.
    """

    matches: int = 0
    added: int = 0
    removed: int = 0
    samples: tuple[ArticleRow, ...] = ()
    sentences: tuple[str, ...] = ()
    problem: str = ""
    complete: bool = True


# --------------------------------------------------------------------------- refresh events


@dataclass(frozen=True, slots=True)
class RefreshStarted:
    """The refresh knows what it will ask for."""

    feeds: int


@dataclass(frozen=True, slots=True)
class FeedDone:
    """One feed has been asked and its answer stored. `error` is `""` when all went well."""

    feed_id: int
    title: str
    new: int = 0
    changed: int = 0
    unchanged: bool = False
    error: str = ""
    fault: Fault | None = None
    done: int = 0
    total: int = 0


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
