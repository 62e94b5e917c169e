"""From request to entries: fetch jobs, results, and parsed feeds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

_FULL = 600  # letters from which a text counts as full: teasers are shorter


@dataclass(frozen=True, slots=True)
class FetchJob:
    """A feed to fetch, with the validators of the last time.

    `etag` and `last_modified` are sent back as they came (RFC 9110 §13.1); `body_hash` is the digest of the
    last parsed body. `headers` and `auth` come from the user's config. `public_only` refuses an address in a
    private network: it came from outside.
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
    """A body that differs from the last one. `moved_to` is set if every redirect was permanent."""

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
    """The server answered 304, or sent exactly the bytes that were parsed last time (`same_body`)."""

    job: FetchJob
    etag: str | None = None
    last_modified: str | None = None
    max_age: int | None = None
    same_body: bool = False
    moved_to: str | None = None


class Fault(StrEnum):
    """Kinds of errors of a feed, for exit codes, back-off and sorting."""

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
    """The fetch failed. `reason` is one line in plain words, safe to print; `retry_after` in seconds."""

    job: FetchJob
    fault: Fault
    reason: str
    status: int | None = None
    retry_after: int | None = None


FetchResult = Fetched | NotModified | FetchFailed


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that belongs to an entry (RSS `<enclosure>`, Atom `rel=enclosure`, `media:content`)."""

    url: str
    type: str = ""
    length: int | None = None
    title: str = ""
    duration: int | None = None


@dataclass(frozen=True, slots=True)
class EntryDetails:
    """Details that an entry may have and that its article keeps.

    A new one needs a line in five places: here; in `feeds.entry` for its value in the document and for how it
    is cleaned; and in each reader, `feeds.fastentry`, `feeds.feedparser_adapter` and `feeds.jsonfeed`. The
    pipe between the processes, the store and `Article` follow by themselves.
    """

    comments_url: Annotated[str, "Address of the comments."] = ""
    comments_feed: str = ""
    comments_count: int | None = None
    tags: Annotated[tuple[str, ...], "Tags given by its feed."] = ()
    enclosures: tuple[Enclosure, ...] = ()
    picture_url: str = ""
    picture_credit: str = ""


@dataclass(frozen=True, slots=True)
class ParsedEntry(EntryDetails):
    """An entry as it is in the feed. Addresses are absolute http(s); `""` if the feed has none.

    `content_html` is the fullest text, `summary_html` a different shorter one or `""`; neither is sanitised,
    `base_url` is the base of their relative links. If a feed has no title, text or web address,
    `content_html` is what it has instead: an image as title, an address of another scheme.
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


@dataclass(frozen=True, slots=True)
class Prepared:
    """An entry prepared for storing: plain texts, words for the index, links, fingerprint of the text.

    `words` are those of title, body and author; `links` are address, label and the words before the link.
    """

    title: str
    summary: str
    body: str
    words: tuple[str, str, str]
    links: tuple[tuple[str, str, str], ...]
    text_key: int


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys by which an entry is recognised; 0 means none.

    `guid` is unique within one feed document and stable from one fetch to the next; `digest` changes with
    anything that is read.
    """

    guid: int
    url: int
    digest: int


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed document. `ttl` is the requested pause in seconds (RSS `<ttl>`, `sy:*`).

    `prepared` and `keys` are either empty or have one for each of `entries`. `known` are the guid keys of
    entries that were left out because they are stored unchanged. `left_out` counts the oldest entries of a
    document that has too many.
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


@dataclass(frozen=True, slots=True)
class ParseFailed:
    """The body is not a feed. `feeds` are addresses that it advertises, if it is a web page."""

    fault: Fault
    reason: str
    feeds: tuple[str, ...] = ()


ParseResult = ParsedFeed | ParseFailed


@dataclass(frozen=True, slots=True)
class FeedPreview:
    """A preview of a feed before subscribing.

    `samples` are title and time of the newest entries. `length` is the median number of letters of its newest
    texts (a wide letter counts as two).
    """

    title: Annotated[str, "Its title."] = ""
    site_url: Annotated[str, "Its website."] = ""
    entries: Annotated[int, "Number of entries."] = 0
    per_week: Annotated[float | None, "Entries a week, over at most four weeks, `null` when unknown."] = None
    newest: Annotated[int | None, "Time of its newest entry."] = None
    samples: tuple[tuple[str, int | None], ...] = ()
    length: int = 0

    @property
    def texts(self) -> str:
        """`full` texts, `short` ones (teasers, notes), or `none` but titles."""
        if not self.length:
            return "none"
        return "full" if self.length >= _FULL else "short"


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """A feed found at an address.

    `page` is the page that names it, `""` if none does; such a feed has not been read, and has no preview.
    """

    url: str
    title: str = ""
    page: str = ""
    preview: FeedPreview | None = None
