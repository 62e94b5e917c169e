"""Recognise duplicates: entries that are the same article, names that are the same label.

An entry is recognised by (feed, guid) first, by its canonical address second and by a fingerprint of title
and text third, so that an article stays the same when its feed changes guids, addresses or titles. A wrong
merge hides news, a missed one only shows it twice, so doubtful cases stay two articles.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence, Set
from functools import lru_cache
from hashlib import blake2b
from urllib.parse import urlsplit

from tuireader.model import Keys, ParsedEntry
from tuireader.text import canonical_url, clean, plain

_SOME_PAGE = re.compile(r"https://[a-z0-9.-]+/[A-Za-z0-9]")
_TEXT_MIN = 200  # minimum length of a text whose fingerprint identifies it
_COMPARED = 2_000
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


def hash64(text: str) -> int:
    """Return a signed 64-bit digest, which fits SQLite's integers; `text` may contain lone surrogates."""
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def freed_guid(key: int, article_id: int) -> int:
    """Return another key for a guid that now names another article than this one."""
    return hash64(f"freed {key} {article_id}")


def url_key(url: str) -> int:
    """Return the key of an address; 0 for none and for the home page of a site."""
    if not url:
        return 0
    canonical = canonical_url(url)
    return hash64(canonical) if _SOME_PAGE.match(canonical) or _names_a_page(canonical) else 0


def _names_a_page(canonical: str) -> bool:
    """Return whether an address leads to a page within a site; `_SOME_PAGE` is the fast path for most."""
    try:
        parts = urlsplit(canonical)
    except ValueError:
        return False
    return parts.path not in {"", "/"} or bool(parts.query)


def text_key(title: str, text: str, url: str = "", published: int | None = None) -> int:
    """Return the fingerprint of title and text; 0 if they are too short to identify an article.

    A short text also needs its time of publication, unless the entry has no page to open: a weekly "Open
    thread" repeats its text but is a new article each time.
    """
    if len(text) >= _TEXT_MIN:
        return hash64(title.casefold() + "\0" + text[:2000].casefold())
    if not title or (published is None and url_key(url)):
        return 0
    return hash64(f"{title.casefold()}\0{text.casefold()}\0{'' if published is None else published}")


def guid_key(guid: str) -> int:
    """Return the key of a guid that no other entry of its document has."""
    return hash64(f"g{guid}")


def keys(entries: Sequence[ParsedEntry]) -> list[Keys]:
    """Return the keys of all entries of one feed document.

    If several entries share a guid, their addresses and titles are added to it, and if these are equal, too,
    their texts. An address that several entries share, as in change logs on one page, is not used as a key.
    """
    guids = Counter(entry.guid for entry in entries if entry.guid)
    urls = [url_key(entry.url) for entry in entries]
    shared = Counter(urls)
    names = [
        _name(entry, guids[entry.guid] == 1, url if shared[url] == 1 else 0)
        for entry, url in zip(entries, urls, strict=True)
    ]
    _disambiguate(entries, names)
    results: list[Keys] = []
    for entry, url, name in zip(entries, urls, names, strict=True):
        contents = "\0".join((entry.title, entry.url, entry.author, entry.summary_html, entry.content_html))
        results.append(Keys(hash64(name), url if shared[url] == 1 else 0, hash64(contents)))
    return results


def _name(entry: ParsedEntry, own_guid: bool, own_url: int) -> str:
    """Return an entry's guid or address if no other entry has it, else a combination of fields."""
    if entry.guid and own_guid:
        return f"g{entry.guid}"
    if entry.guid:
        return f"s{entry.guid}\0{entry.url}\0{entry.title}"
    if own_url:
        return f"u{own_url}"
    return f"t{entry.url}\0{entry.title or (entry.content_html or entry.summary_html)[:500]}"


def _disambiguate(entries: Sequence[ParsedEntry], names: list[str]) -> None:
    """Extend the `names` that entries with different texts share.

    Adds times of publication if each text has its own, because edits do not change them, else the words of
    the texts. Neither depends on the order of the entries.
    """
    places: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        places.setdefault(name, []).append(place)
    for alike in places.values():
        if len(alike) == 1:
            continue
        texts = {place: _words_of(entries[place]) for place in alike}
        times = {place: entries[place].published for place in alike}
        different = len(set(texts.values()))
        if different == 1:
            continue
        pairs = {(texts[place], times[place]) for place in alike}
        dated = None not in times.values() and different == len(set(times.values())) == len(pairs)
        for place in alike:
            names[place] += f"\0{times[place] if dated else texts[place]}"


def _words_of(entry: ParsedEntry) -> str:
    html = entry.content_html or entry.summary_html
    return " ".join(plain(html).casefold().split()) or html


def is_by_own_name(entry: ParsedEntry, own: Keys) -> bool:
    """Return whether the guid key of an entry follows from its guid or address alone."""
    return own.guid == (guid_key(entry.guid) if entry.guid else hash64(f"u{own.url}"))


def unique_entries(
    entries: Sequence[ParsedEntry], known: Sequence[Keys] | None = None
) -> dict[int, tuple[ParsedEntry, Keys]]:
    """Return the entries of a document to store, by guid key; the first one of those with the same key.

    Omits entries with nothing to read or open, such as the last one of a truncated feed.
    """
    by_guid: dict[int, tuple[ParsedEntry, Keys]] = {}
    for entry, entry_keys in zip(entries, known or keys(entries), strict=True):
        if entry.title or entry.url or entry.content_html or entry.summary_html:
            by_guid.setdefault(entry_keys.guid, (entry, entry_keys))
    return by_guid


LONGEST_LABEL = 60
"""Maximum length of a label's name."""
_FLAG = re.compile("flag-[A-Za-z]")


def label_name(text: str) -> str:
    """Clean a label's name for storing: one line without a leading `#`; `""` if nothing is left."""
    return clean(clean(text).lstrip("# "), LONGEST_LABEL)


def label_key(name: str) -> str:
    """Return the key that all spellings of a label share; case matters only in newsboat's flags."""
    return name if is_flag(name) else unicodedata.normalize("NFC", name.casefold())


def is_flag(name: str) -> bool:
    """Return whether a label stands for a flag of newsboat, where `s` and `S` differ."""
    return bool(_FLAG.fullmatch(name))


def same_by_url(title: str, other_title: str, *, same_feed: bool) -> bool:
    """Return whether two entries with the same address are the same article.

    Within a feed, a new guid with a known address is the same article only if the title is unchanged: live
    blogs and weekly columns reuse an address for new articles. Across feeds, the titles must share half of
    the words of the shorter one.
    """
    if title.casefold() == other_title.casefold():
        return True
    if same_feed:
        return False
    return _alike(set(title.casefold().split()), set(other_title.casefold().split()), 2)


_LITTLE = 8  # minimum of long words for a comparison; fewer are a bare title, "Comments", "submitted by"
_MUCH_LONGER = 1.2


def has_few_words(text: str, title: str = "") -> bool:
    """Return whether a text has too few words besides its title to be compared."""
    return len(_long_words(text) - _long_words(title)) < _LITTLE


def are_unlike(text: str, other: str, title: str = "") -> bool:
    """Return whether two texts are long enough to be compared and have different subjects.

    Feeds share an article only if their texts are alike: the first feed to use an address must not replace
    the texts of others. Words of the `title` are ignored.
    """
    words, others = _long_words(text) - _long_words(title), _long_words(other) - _long_words(title)
    return min(len(words), len(others)) >= _LITTLE and not _alike(words, others, 3)


def contains(text: str, part: str, title: str = "") -> bool:
    """Return whether a text has most of the words of a part, such as its teaser."""
    words = _long_words(part) - _long_words(title)
    return bool(words) and 3 * len(words & _long_words(text)) >= 2 * len(words)


def is_better(text: str, other: str, title: str = "", *, home: bool, other_home: bool) -> bool:
    """Return whether the `other` text of an article should replace the displayed one.

    The feed of the site that the link leads to (`home`) is preferred, then the longer text. If the texts are
    unlike, the displayed one stays.
    """
    if has_few_words(other, title) or are_unlike(text, other, title):
        return False
    if has_few_words(text, title):
        return True
    return other_home if home != other_home else len(other) > _MUCH_LONGER * len(text)


_FEED_HOSTS = frozenset(("www", "feeds", "feed", "rss", "m", "amp"))


def is_home(feed_url: str, url: str) -> bool:
    """Return whether a link leads to the feed's own site."""
    feed, site = site_of(feed_url), site_of(url)
    return bool(feed and site) and (feed == site or feed.endswith(f".{site}") or site.endswith(f".{feed}"))


def site_of(url: str) -> str:
    """Return the host of an address without prefixes such as `www.` and `feeds.`."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    first, _, domain = host.partition(".")
    return domain if first in _FEED_HOSTS and "." in domain else host


def is_other_article(title: str, url: str, text: str, new_title: str, new_url: str, new_text: str) -> bool:
    """Return whether an entry with a known guid is another article: both its address and its words differ.

    Some feeds number their entries from the top, or reuse one entry for the latest article.
    """
    before, now = url_key(url), url_key(new_url)
    if not before or not now or before == now:
        return False
    if min(len(text), len(new_text)) >= _TEXT_MIN:
        return not _alike(_long_words(text), _long_words(new_text), 3)
    return not (
        _alike(_long_words(title), _long_words(new_title), 2)
        or _alike(_long_words(text), _long_words(new_text), 2)
    )


def _alike(words: Set[str], others: Set[str], part: int) -> bool:
    return bool(words and others) and part * len(words & others) >= min(len(words), len(others))


def _long_words(text: str) -> Set[str]:
    """Return words that texts rarely share by chance: long ones, or letter pairs in unspaced scripts."""
    return _long_words_of(text[:_COMPARED])


@lru_cache(maxsize=16)  # a text is compared several times in a row
def _long_words_of(text: str) -> frozenset[str]:
    text = text.casefold()
    if _UNSPACED.search(text):
        pairs = (text[at : at + 2] for at in range(len(text) - 1))
        return frozenset(pair for pair in pairs if not pair.isascii())
    return frozenset(word for word in text.split() if len(word) > 3)
