"""Judge whether a feed gives whole texts, or teasers whose articles are on the site. Pure.

A short text is not enough: link blogs, release notes, status notes and forum posts are short and whole. So an
entry counts as a teaser if it is cut off, and as a possible one if it is a plain sentence or two, or only a
title, with a link into the feed's own site. A feed of titles that lead to many other sites is an aggregator:
it promises no more than titles, and the pages belong to others.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from enum import Enum
from pathlib import Path

from msgspec import Struct

from tuireader import dedup
from tuireader.model import EntryDetails
from tuireader.text import plain
from tuireader.text.regex import regex

MOST = 12  # number of newest entries to judge by
_WHOLE = 600  # minimum characters of a text that is not a summary; wide characters count as two
_NOTE = 40  # a shorter text is a note, such as "Bug fixes."
_TAIL = 240
_PARAGRAPHS = 3
_MOST_HTML = 6_000  # maximum characters of HTML to examine; texts with more are whole anyway
_CUT_SHARE = 0.2
_WEAK_SHARE = 0.6
_WEAK_LEAST = 3
_SITES = 3
_PUBLISHER = 0.8  # minimum share of links to one site for it to be the publisher's
_MEDIA = ("audio/", "video/", "application/x-shockwave-flash")
_HOSTS = frozenset(
    # hosts whose pages need JavaScript or only redirect, though their titles look like a site's own
    ("news.google.com", "bing.com", "youtube.com", "reddit.com", "old.reddit.com", "news.ycombinator.com")
)

_WORDS = tomllib.loads(Path(__file__).with_name("teaser_words.toml").read_text("utf-8"))
_APPENDED = rf"\s*(?:{'|'.join(_WORDS['appended'])})[^\n]{{0,120}}$"
_APPENDS = tuple(part for parts in _WORDS["appended"].values() for part in parts)
"""Words that every match of `_APPENDED` contains, for a faster test first."""
_GOES_ON = f"(?:{'|'.join(_WORDS['goes_on'])})"
_PHRASE = rf"(?i)(?:^|[\s.…!?。！？\]\)])[\s(\[]*{_GOES_ON}(?!\s?:)[^\n]{{0,120}}$"
_DOTS = re.compile(r"(?:\[\s*(?:…|\.{3}|&hellip;)\s*\]|\(\s*(?:…|\.{3})\s*\))[\s»→>]*$")
_OPEN = re.compile(r"(?:…|\.{3}|⋯|。。。)[\s»→>]*$")
_LINK = r"""(?is)<a\b[^<>]{0,300}?\bhref\s*=\s*["']?([^"'\s<>]{1,2000})[^<>]{0,300}>(.{0,300}?)</a>"""
_GOES_ON_LINK = rf"(?i)^\W*{_GOES_ON}"
_BUILT = re.compile(r"<(?:li|pre|code|table|blockquote|dl)\b", re.IGNORECASE)
_BREAK = re.compile(r"</p\s*>|<br\b", re.IGNORECASE)
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]")
_WORD = re.compile(r"\w+")
_SHORT_WORD = 3
_FEW_WORDS = 6  # with fewer words a teaser cannot be compared
_SHARED = 5  # a page contains at least one in this many words of its teaser
_TOPIC = re.compile(r"Read full topic\s*$")


class Sample(Struct, frozen=True):
    """The parts of an entry to judge: its own title or `""`, plain text, HTML, address.

    `media` is true if the entry is about a recording.
    """

    title: str
    body: str
    html: str
    url: str
    media: bool = False


def is_media(entry: EntryDetails) -> bool:
    """Return whether an entry is about a recording."""
    return any(file.type.startswith(_MEDIA) for file in entry.enclosures)


class Kind(Enum):
    """Kinds of entries."""

    LONG = "a text of some length"
    CUT = "the beginning of a text"
    SUMMARY = "a plain sentence or two"
    TITLE = "a title that leads into the feed's site"
    SHORT = "short, and whole by its look"


def judge(samples: Sequence[Sample], site: str) -> str:
    """Classify the texts of a feed: `full`, `teasers`, `short` (but complete), or `""` if uncertain.

    `site` is the address of the feed's website, or of the feed.
    """
    site = _publisher([sample.url for sample in samples]) or site
    kinds = Counter(kind_of(sample, site) for sample in samples)
    number = kinds.total()
    weak = kinds[Kind.SUMMARY] + kinds[Kind.TITLE]
    if kinds[Kind.CUT] and kinds[Kind.CUT] >= _CUT_SHARE * number:
        return "teasers"
    if weak >= _WEAK_LEAST and weak >= _WEAK_SHARE * number and kinds[Kind.SHORT] <= weak / 2:
        return "teasers"
    if kinds[Kind.LONG]:
        return "full"
    return "short" if kinds[Kind.SHORT] > weak else ""


def kind_of(sample: Sample, site: str) -> Kind:
    """Classify an entry of a feed whose website is `site`."""
    body, tail = sample.body, sample.body[-4 * _TAIL :]
    if any(map(tail.__contains__, _APPENDS)):
        body = body[: -4 * _TAIL] + regex(_APPENDED).sub("", tail).rstrip()
    if not sample.media and _is_cut(body, sample):
        return Kind.CUT
    if _width(body) >= _WHOLE:
        return Kind.LONG
    if not sample.url or sample.media or not sample.title or not _leads_home(sample.url, site):
        return Kind.SHORT
    if _is_only_title(body, sample.title):
        return Kind.TITLE
    if _width(body) < _NOTE or _looks_whole(sample, body):
        return Kind.SHORT
    return Kind.SUMMARY


def needs_page(sample: Sample) -> bool:
    """Return whether an entry of a feed with teasers is less than its article."""
    return bool(sample.url) and not sample.media and kind_of(sample, sample.url) is not Kind.LONG


def is_about(page: str, teaser: str) -> bool:
    """Return whether a page shares words with a teaser: a consent or error page has none.

    True if the teaser is too short to tell.
    """
    teaser = teaser[:_MOST_HTML]
    find = _pairs if _UNSPACED.search(teaser) else _long_words
    wanted = find(teaser)
    return len(wanted) < _FEW_WORDS or _SHARED * len(wanted & find(page)) >= len(wanted)


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1) if _UNSPACED.match(text, at)}


def _long_words(text: str) -> set[str]:
    return {word for word in _WORD.findall(text.casefold()) if len(word) > _SHORT_WORD}


def _is_cut(body: str, sample: Sample) -> bool:
    """Return whether a text ends with an ellipsis or an invitation to read on."""
    if not sample.url:
        return False
    tail = body[-_TAIL:]
    if _DOTS.search(tail) or _ends_with_own_link(sample):
        return True
    if _width(body) >= _WHOLE or _TOPIC.search(tail):
        return False
    return bool(_OPEN.search(tail) or regex(_PHRASE).search(tail))


def _ends_with_own_link(sample: Sample) -> bool:
    """Return whether the last link leads to the article itself and invites the reader to read on."""
    links = regex(_LINK).findall(sample.html[-4 * _TAIL :])
    if not links:
        return False
    address, label = links[-1]
    if not regex(_GOES_ON_LINK).match(plain(label)):
        return False
    own = dedup.url_key(sample.url)
    return dedup.url_key(plain(address).strip()) == own != 0


def _looks_whole(sample: Sample, body: str) -> bool:
    """Return whether a short text looks complete: lists, code, paragraphs, links elsewhere."""
    html = sample.html[:_MOST_HTML]
    if _TOPIC.search(body[-_TAIL:]) or _BUILT.search(html) or len(_BREAK.findall(html)) >= _PARAGRAPHS:
        return True
    return any(
        address.startswith("http") and not dedup.is_home(sample.url, address)
        for address, _ in regex(_LINK).findall(html)
    )


def _is_only_title(body: str, title: str) -> bool:
    words = body.casefold().strip(" .…")
    return not words or words == title.casefold().strip(" .…")


def _leads_home(url: str, site: str) -> bool:
    host = dedup.site_of(url)
    return host not in _HOSTS and dedup.is_home(site, url)


def _publisher(urls: Sequence[str]) -> str:
    """Find the site that most entries lead to, as an address; `""` for an aggregator or a few entries."""
    sites = Counter(filter(None, map(dedup.site_of, urls if len(urls) >= _SITES else ())))
    if sites.total() < _SITES:
        return ""
    site, number = sites.most_common(1)[0]
    return f"https://{site}/" if number >= _PUBLISHER * sites.total() else ""


def _width(text: str) -> int:
    """Count characters, wide ones twice."""
    if len(text) >= _WHOLE or text.isascii():
        return len(text)
    return len(text) + sum("\u2e80" <= character <= "\uffdc" for character in text)
