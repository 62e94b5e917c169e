"""Values from request to entries: fetch jobs, results, and parsed feeds."""

from __future__ import annotations

from enum import StrEnum
from hashlib import blake2b
from typing import TYPE_CHECKING, Annotated

from msgspec import Struct
from msgspec.structs import replace

if TYPE_CHECKING:
    from http.cookiejar import Cookie

_FULL = 600  # minimum letters of a full text; teasers are shorter


class Source(Struct, frozen=True):
    """Settings of a feed that needs more than an address.

    `command` prints the document, `filter` changes it; `items` selects the articles of a page, and further
    selectors their parts; `watched` is true for a page watched for changes, where `select` is the part to
    compare. Programs run in `folder`, the base of relative paths.
    """

    command: tuple[str, ...] = ()
    filter: tuple[str, ...] = ()
    watched: bool = False
    select: str = ""
    items: str = ""
    item_title: str = ""
    item_link: str = ""
    item_date: str = ""
    item_summary: str = ""
    next_page: str = ""
    folder: str = ""

    @property
    def digest(self) -> str:
        """Digest of what decides how a document is read; `""` for a feed read as it is."""
        settings = replace(self, folder="")
        return "" if settings == Source() else blake2b(repr(settings).encode(), digest_size=8).hexdigest()


class FetchJob(Struct, frozen=True):
    """A feed to fetch, with the validators of its last response.

    `etag` and `last_modified` are sent back unchanged (RFC 9110 §13.1); `body_hash` is the digest of the last
    parsed body. `headers`, `auth`, `user_agent` and `cookies` come from the user's config. `public_only`
    refuses private networks, for addresses that come from a feed or a web page.
    """

    feed_id: int
    url: str
    etag: str | None = None
    last_modified: str | None = None
    body_hash: bytes | None = None
    headers: tuple[tuple[str, str], ...] = ()
    auth: tuple[str, str] | None = None
    public_only: bool = False
    source: Source | None = None
    user_agent: str = ""
    cookies: tuple[Cookie, ...] = ()


class Fetched(Struct, frozen=True):
    """A body that differs from the last one. `moved_to` is set if all redirects were permanent.

    `requests` counts the HTTP requests, redirects included; 0 for sources that need none.
    """

    job: FetchJob
    url: str
    body: bytes
    body_hash: bytes
    content_type: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    max_age: int | None = None
    moved_to: str | None = None
    requests: int = 0


class NotModified(Struct, frozen=True):
    """The server answered 304, or sent exactly the bytes that were parsed last time (`same_body`)."""

    job: FetchJob
    etag: str | None = None
    last_modified: str | None = None
    max_age: int | None = None
    same_body: bool = False
    moved_to: str | None = None
    requests: int = 0


class Fault(StrEnum):
    """Kind of a feed's error, for exit codes, back-off and sorting.

    `BLOCKED` is a bot check or a consent page, `LOGIN` a page that asks to log in, `PARKED` a domain without
    a site.
    """

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
    BLOCKED = "blocked"
    LOGIN = "login"
    PARKED = "parked"
    BROKEN = "broken"
    TOO_SLOW = "too slow"
    PROGRAM = "program"
    MAIL = "mail"
    SELECTOR = "selector"
    INTERNAL = "internal"


class FetchFailed(Struct, frozen=True):
    """The fetch failed. `reason` is one line in plain words, safe to print; `retry_after` in seconds."""

    job: FetchJob
    fault: Fault
    reason: str
    status: int | None = None
    retry_after: int | None = None
    requests: int = 0


SILENCE = 3600
"""Seconds for which one answer to a feed may keep the other feeds of its host waiting."""

FetchResult = Fetched | NotModified | FetchFailed

FILE_ENDINGS = {
    "audio": ("mp3", "m4a", "m4b", "aac", "ogg", "oga", "opus", "flac", "wav"),
    "video": ("mp4", "m4v", "webm", "mkv", "mov", "avi", "ogv"),
    "image": ("jpg", "jpeg", "png", "gif", "webp", "avif", "svg"),
}
"""Endings of file names by kind, for enclosures whose type does not say."""


class Enclosure(Struct, frozen=True):
    """A file attached to an entry (RSS `<enclosure>`, Atom `rel=enclosure`, `media:content`)."""

    url: Annotated[str, "Its address."]
    type: Annotated[str, 'Its media type, `""` when unknown.'] = ""
    length: Annotated[int | None, "Its size in bytes, `null` when unknown."] = None
    title: Annotated[str, 'Its title, `""` without one.'] = ""
    duration: Annotated[int | None, "Its length in seconds, `null` when unknown."] = None

    @property
    def kind(self) -> str:
        """`audio`, `video`, `image` or `other`, by its type, else by the ending of its address."""
        kind = self.type.partition("/")[0].lower()
        if kind in FILE_ENDINGS:
            return kind
        url = self.url.lower()
        for kind, endings in FILE_ENDINGS.items():
            if any(url.endswith(f".{ending}") or f".{ending}?" in url for ending in endings):
                return kind
        return "other"


class EntryDetails(Struct, frozen=True):
    """Optional details of an entry that its article keeps.

    To add a detail, add a line in five places: here; in `feeds.parse.entry`, for its value in the document
    and its cleaning; and in each parser, `fastentry`, `feedparser_adapter` and `jsonfeed` beside it. The
    pipe between the processes, the store and `Article` need no change.

    `difference` is the HTML of a change of a watched page. It is shown instead of the text, which has only
    the new lines.
    """

    comments_url: Annotated[str, "Address of the comments."] = ""
    comments_feed: str = ""
    comments_count: int | None = None
    tags: Annotated[tuple[str, ...], "Tags given by its feed."] = ()
    enclosures: Annotated[tuple[Enclosure, ...], "Files that belong to it."] = ()
    picture_url: str = ""
    picture_credit: str = ""
    difference: str = ""


class ParsedEntry(EntryDetails, frozen=True):
    """An entry of a feed document. Addresses are absolute http(s) URLs, or `""`.

    `content_html` is the longest text, `summary_html` a different shorter one or `""`; neither is sanitised,
    and `base_url` is the base of their relative links. For an entry without title, text or web address,
    `content_html` holds a substitute: an image used as the title, an address with another scheme.
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


class OutLink(Struct, frozen=True, array_like=True):
    """A link in an article's text. `kind` is `also` (set by the editor), `source` or `cite`."""

    url: str
    label: str
    kind: str


class Prepared(Struct, frozen=True):
    """An entry prepared for storing: plain texts, words for the index, links, fingerprint.

    `words` are the words of title, body and author.
    """

    title: str
    summary: str
    body: str
    words: tuple[str, str, str]
    links: tuple[OutLink, ...]
    text_key: int


class Keys(Struct, frozen=True):
    """Keys that identify an entry; 0 means none.

    `guid` is unique within one feed document and stable from one fetch to the next; `digest` changes with the
    entry's title, address, author or texts.
    """

    guid: int
    url: int
    digest: int


class ParsedFeed(Struct, frozen=True, tag=True):
    """A feed document. `ttl` is the requested pause in seconds (RSS `<ttl>`, `sy:*`).

    `prepared` and `keys` are either empty or have one item for each entry. `known` holds the guid keys of
    entries that are omitted because they are stored unchanged. If the document has too many entries,
    `left_out` counts the oldest ones, which are omitted. A `partial` document has only entries that are new
    since the last one, so missing entries are not gone.

    `older` is the address of the document with the next older entries, `current` that of the document with
    the newest ones, if it names them. `outline` has guid key and dates (published, updated) of all entries in
    order, if some of them are omitted. `page_text` is the text of a page watched for changes, `page_links`
    its links by their texts; its entries are derived by comparing it with the stored text. `seen` lets
    the next document be read without the entries that it shares with this one, see `feeds.parse.unchanged`.
    """

    title: str = ""
    site_url: str = ""
    entries: tuple[ParsedEntry, ...] = ()
    ttl: int | None = None
    well_formed: bool = True
    prepared: tuple[Prepared, ...] = ()
    keys: tuple[Keys, ...] = ()
    known: tuple[int, ...] = ()
    left_out: int = 0
    partial: bool = False
    older: str = ""
    page_text: str = ""
    page_links: tuple[tuple[str, str], ...] = ()
    current: str = ""
    outline: tuple[tuple[int, int | None, int | None], ...] = ()
    seen: bytes = b""


class ParseFailed(Struct, frozen=True, tag=True):
    """The body is not a feed. `feeds` are the addresses of feeds that it advertises, if it is a web page."""

    fault: Fault
    reason: str
    feeds: tuple[str, ...] = ()


NAMES_FEEDS = "it names these feeds: "
"""Words before the addresses in the error of a page with feeds; the store keeps errors as words only."""

ParseResult = ParsedFeed | ParseFailed


class FeedPreview(Struct, frozen=True):
    """A preview of a feed before subscribing.

    `samples` holds the titles and times of the newest entries. `length` is the median length of its newest
    texts in letters (a wide letter counts as two). `teasers` is true if the full texts are only on the
    articles' pages.
    """

    title: Annotated[str, "Its title."] = ""
    site_url: Annotated[str, "Its website."] = ""
    entries: Annotated[int, "Number of entries."] = 0
    per_week: Annotated[float | None, "Entries a week, over at most four weeks, `null` when unknown."] = None
    newest: Annotated[int | None, "Time of its newest entry."] = None
    samples: tuple[tuple[str, int | None], ...] = ()
    length: int = 0
    teasers: bool = False

    @property
    def texts(self) -> str:
        """Kind of its texts: `full`, `teasers`, `short` (and whole) or `none` (only titles)."""
        if self.teasers:
            return "teasers"
        if not self.length:
            return "none"
        return "full" if self.length >= _FULL else "short"


class FoundArticle(Struct, frozen=True):
    """An article that selectors find on a page."""

    title: Annotated[str, "Its title."]
    url: Annotated[str, "Its address."]
    time: Annotated[int | None, "When it was published, `null` when unknown."] = None


class FoundOnPage(Struct, frozen=True):
    """Findings of selectors on a page without a feed: articles, or the lines of a page to watch.

    `older` is the address of the next page, `missing` names the selectors that find nothing. With `error`,
    one line that says what is wrong, nothing is found.
    """

    title: str = ""
    articles: tuple[FoundArticle, ...] = ()
    lines: tuple[str, ...] = ()
    older: str = ""
    missing: tuple[str, ...] = ()
    error: str = ""


class FoundFeed(Struct, frozen=True):
    """A feed found at an address.

    `page` is the page that advertises it, if any; such a feed has no preview, because it has not been read.
    """

    url: str
    title: str = ""
    page: str = ""
    preview: FeedPreview | None = None
