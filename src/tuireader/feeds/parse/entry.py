"""Clean the entries of a document: the only place for these rules.

All readers (fast path, feedparser, JSON Feed) collect a `Raw` for each entry and pass it to `shape`, so that
the result does not depend on the reader. To add a detail of entries, see `model.EntryDetails`.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterable, Sequence
from itertools import islice
from urllib.parse import urljoin

from msgspec import Struct, field

from tuireader.feeds.find import archive
from tuireader.model import Enclosure, ParsedEntry, ParsedFeed
from tuireader.text import clean, plain_title, safe_url
from tuireader.text.durations import DAY, HOUR, MONTH, WEEK, YEAR

MAX_ENTRIES = 10_000
MAX_TAGS = 50
MAX_ENCLOSURES = 50
MAX_AUTHORS = 10
MAX_GUID = 500
MAX_HTML = 2_000_000
MAX_TTL = WEEK
PERIODS = {"hourly": HOUR, "daily": DAY, "weekly": WEEK, "monthly": MONTH, "yearly": YEAR}
MARKUP = re.compile(r"<[a-zA-Z/!]|&#?\w{1,10};")
PLAIN = "text/plain"
HTML = "text/html"
DURATION = re.compile(r"(?:(\d{1,3}):)?(\d{1,4}):(\d{1,2})(?:\.\d+)?")
ADDRESS_AND_NAME = re.compile(r"[^\s@()<>]+@[^\s@()<>]+\s*\(([^()]{1,200})\)")
NAME_AND_ADDRESS = re.compile(r"([^<>()@]{1,200})[<(][^\s@()<>]+@[^\s@()<>]+[>)]")


class Text(Struct):
    """A piece of text with its media type (`text/plain`, `text/html`, …)."""

    value: str
    type: str = HTML


class Medium(Struct):
    """An uncleaned `media:content`, enclosure or JSON attachment."""

    url: str
    type: str = ""
    medium: str = ""
    length: str = ""
    width: str = ""
    title: str = ""
    duration: str = ""


class Raw(Struct):
    """An uncleaned entry of a document.

    `other_texts` and `addresses` are used only for an entry without title, text and web address.
    """

    guid: str = ""
    title: Text | None = None
    link: str = ""
    authors: list[str] = field(default_factory=list)
    published: int | None = None
    updated: int | None = None
    summary: Text | None = None
    contents: list[Text] = field(default_factory=list)
    base: str = ""
    comments_url: str = ""
    comments_feed: str = ""
    comments_count: str = ""
    tags: list[str] = field(default_factory=list)
    enclosures: list[Medium] = field(default_factory=list)
    media: list[Medium] = field(default_factory=list)
    thumbnails: list[str] = field(default_factory=list)
    credits: list[str] = field(default_factory=list)
    picture: str = ""
    duration: str = ""
    other_texts: list[Text] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)

    def take_replies(self, href: str, kind: str, count: str) -> None:
        """Take a link of Atom threading (RFC 4685): a page with the replies, or a feed of them."""
        if kind in ("", HTML):
            self.comments_url = self.comments_url or href
        else:
            self.comments_feed = self.comments_feed or href
        self.comments_count = self.comments_count or count


class RawFeed(Struct):
    """An uncleaned feed document. `url` is the address it came from, `base` its own base address.

    `links` has the addresses of further documents by relation (RFC 5005), see `archive.RELATIONS`.
    """

    url: str
    atom: bool = False
    base: str = ""
    title: Text | None = None
    link: str = ""
    authors: list[str] = field(default_factory=list)
    ttl: str = ""
    period: str = ""
    frequency: str = ""
    entries: Sequence[Raw] = ()
    well_formed: bool = True
    links: dict[str, str] = field(default_factory=dict)
    generator: str = ""


def is_something(raw: Raw) -> bool:
    """Return whether an entry has a title, a text or an address of any kind."""
    texts = (raw.title, raw.summary, *raw.contents, *raw.other_texts)
    return bool(any(text and text.value for text in texts) or raw.link or raw.addresses or raw.enclosures)


def shape(raw: RawFeed) -> ParsedFeed:
    """Clean a whole feed; keep at most the newest 10,000 entries."""
    base = join(raw.url, raw.base)
    site_url = web_url(raw.link, base)
    links = {relation: web_url(link, base) for relation, link in raw.links.items()}
    if not raw.url.startswith("http"):
        raw.url = site_url  # a program's output has no address of its own
    inherited = _people(raw.authors)
    entries = tuple(_entry(entry, raw, site_url, inherited) for entry in _newest(raw.entries))
    return ParsedFeed(
        title=_title(raw.title, raw.atom),
        site_url=site_url,
        entries=entries,
        ttl=_ttl(raw),
        well_formed=raw.well_formed,
        left_out=len(raw.entries) - len(entries),
        older=archive.older(raw.url, links, raw.generator),
        current=links.get("current", ""),
    )


def join(base: str, address: str) -> str:
    """Join an address with `base`; return `base` if that is impossible."""
    if not address:
        return base
    try:
        return urljoin(base, address)
    except ValueError:
        return base


def web_url(address: str, base: str = "") -> str:
    """Make an address absolute; `""` unless it is http or https."""
    url = safe_url(address, base) if address else ""
    return url if url.startswith(("http://", "https://")) else ""


def _newest(entries: Sequence[Raw]) -> Iterable[Raw]:
    if len(entries) <= MAX_ENTRIES:
        return entries
    order = sorted(range(len(entries)), key=lambda at: -(entries[at].published or entries[at].updated or 0))
    return [entries[at] for at in sorted(order[:MAX_ENTRIES])]


def _entry(raw: Raw, feed: RawFeed, site_url: str, inherited: str) -> ParsedEntry:
    base = join(join(feed.url, feed.base), raw.base)
    url = web_url(raw.link, base)
    title = _title(raw.title, feed.atom)
    content, summary = _texts(raw, feed.atom)
    if not (title or url or content or summary):
        content = _stand_in(raw, feed.atom)
    return ParsedEntry(
        guid=_guid(raw.guid),
        title=title,
        url=url,
        author=_people(raw.authors) or inherited,
        published=raw.published if raw.published is not None else raw.updated,
        updated=raw.updated,
        summary_html=summary,
        content_html=content,
        base_url=base if raw.base or feed.base else url or site_url or feed.url,
        comments_url=web_url(raw.comments_url, base),
        comments_feed=web_url(raw.comments_feed, base),
        comments_count=_count(raw.comments_count),
        tags=_tags(raw.tags),
        enclosures=_enclosures(raw, base),
        picture_url=_picture(raw, base),
        picture_credit=clean(next((credit for credit in raw.credits if credit.strip()), ""), 200),
    )


def _guid(guid: str) -> str:
    """Clean an id to one line; a digest replaces the end of a very long one."""
    guid = guid.strip()
    if len(guid) <= MAX_GUID:
        return clean(guid, MAX_GUID)
    digest = hashlib.blake2b(guid.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    return f"{clean(guid[: MAX_GUID - 40], MAX_GUID)}#{digest}"


def _title(title: Text | None, atom: bool) -> str:
    """Clean a title to one line. Plain text is literal in Atom (RFC 4287 §3.1.1.1); RSS has no rule."""
    if title is None:
        return ""
    value = title.value[:20_000]
    return clean(value) if atom and title.type == PLAIN else plain_title(value)


def _people(authors: Iterable[str]) -> str:
    names = dict.fromkeys(filter(None, (person(author) for author in authors)))
    return clean(", ".join(islice(names, MAX_AUTHORS)), 300)


def person(author: str) -> str:
    """Extract the name from `mail@example.org (Name)`, `Name <mail@example.org>` or plain text."""
    author = author[:1_000].strip()
    match = ADDRESS_AND_NAME.fullmatch(author) or NAME_AND_ADDRESS.fullmatch(author)
    return clean(match[1] if match else author, 200)


def as_html(text: Text, atom: bool) -> str:
    """Convert text to HTML. Plain text is literal in Atom; elsewhere only if it does not look like HTML."""
    value = text.value[:MAX_HTML]
    if text.type != PLAIN or not (atom or not MARKUP.search(value)):
        return value
    return html.escape(value, quote=False).replace("\n", "<br>\n")


def _texts(raw: Raw, atom: bool) -> tuple[str, str]:
    """Return the fullest text, and another that differs or `""`."""
    texts = [as_html(text, atom) for text in raw.contents]
    summary = as_html(raw.summary, atom) if raw.summary else ""
    fullest = max([*texts, summary], key=len)
    other = summary if summary != fullest else next((text for text in texts if text != fullest), "")
    return fullest, other


def _stand_in(raw: Raw, atom: bool) -> str:
    """Compose HTML for an entry without title, text and web address.

    Taken from a title that is only an image, a subtitle, the name of its source, or an address (enclosure,
    `urn:`, `tag:`).
    """
    for text in (raw.title, *raw.other_texts):
        if text and (content := as_html(text, atom)).strip():
            return content
    media = (medium.url for medium in (*raw.enclosures, *raw.media))
    address = html.escape(next(filter(None, (raw.link, *raw.addresses, *media, raw.picture)), "").strip())
    return f'<a href="{address}">{address}</a>' if address else ""


def _tags(tags: Iterable[str]) -> tuple[str, ...]:
    names = dict.fromkeys(filter(None, (clean(tag, 100) for tag in tags)))
    return tuple(islice(names, MAX_TAGS))


def _count(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isdecimal() and len(text) < 10 else None


def seconds(text: str) -> int | None:
    """Parse a duration such as `1:02:03`, `62:03` or `3723` into seconds."""
    if (number := _count(text)) is not None:
        return number
    if match := DURATION.fullmatch(text.strip()):
        return int(match[1] or 0) * 3600 + int(match[2]) * 60 + int(match[3])
    return None


def _kind(medium: Medium) -> str:
    """Kind of a medium: image, audio, video, what the feed declares, else a guess from the address."""
    kind = medium.medium.lower() or medium.type.lower().partition("/")[0]
    if kind in ("image", "audio", "video"):
        return kind
    ending = medium.url.lower().partition("?")[0].rpartition(".")[2]
    return "image" if ending in ("jpg", "jpeg", "png", "webp", "gif", "avif") else kind


def _enclosures(raw: Raw, base: str) -> tuple[Enclosure, ...]:
    enclosures: dict[str, Enclosure] = {}
    total = seconds(raw.duration)
    for medium in [*raw.enclosures, *(medium for medium in raw.media if _kind(medium) in ("audio", "video"))]:
        url = web_url(medium.url, base)
        if not url or url in enclosures:
            continue
        duration = seconds(medium.duration)
        if duration is None and not enclosures and _kind(medium) != "image":
            duration = total
        # HTML is feedparser's guess if the feed declares no type
        kind = "" if medium.type == HTML else clean(medium.type, 100)
        title = clean(medium.title, 200)
        enclosures[url] = Enclosure(url, kind, _count(medium.length), title, duration=duration)
        if len(enclosures) == MAX_ENCLOSURES:
            break
    return tuple(enclosures.values())


def _picture(raw: Raw, base: str) -> str:
    """Choose the lead image: the widest `media:content`, else a thumbnail, else an enclosed image."""
    pictures = [medium for medium in raw.media if _kind(medium) == "image"]
    pictures.sort(key=lambda medium: -(_count(medium.width) or 0))
    enclosed = [medium.url for medium in raw.enclosures if _kind(medium) == "image"]
    candidates = [
        *(medium.url for medium in pictures[:5]), *raw.thumbnails[:5], raw.picture, *enclosed[:5],
    ]  # fmt: skip
    return next((url for address in candidates if (url := web_url(address, base))), "")


def _ttl(raw: RawFeed) -> int | None:
    """Seconds that the feed asks for between fetches: the longer of `<ttl>` and `sy:*`, up to a week."""
    minutes = _count(raw.ttl)
    asked = minutes * 60 if minutes else 0
    period = PERIODS.get(raw.period.strip().lower(), 0)
    if period:
        asked = max(asked, period // max(_count(raw.frequency) or 1, 1))
    return min(asked, MAX_TTL) or None
