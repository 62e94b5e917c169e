"""Judge whether a feed at another site is the one that was subscribed to.

A page may also name a feed about it, of its neighbours or of all sites of a planet. So the new feed has to
list what is stored of the old one, and little else from that time; or it has the old feed's name and site.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from tuireader import dedup
from tuireader.feeds.address import same_site
from tuireader.feeds.find.links import COMMENTS, NO_NAME
from tuireader.model import Keys, ParsedEntry, ParsedFeed
from tuireader.store.feeds.feeds import KnownEntry, KnownFeed
from tuireader.text import cell_len
from tuireader.text.durations import DAY

_NEAR = DAY  # maximum seconds between two times of publication of one article
_LONG = 15  # minimum width of a title that identifies an article without its time
_SHARE = 5  # at least one of this many entries is known
_UNIQUE = re.compile(r"[:/@]|.{20}", re.DOTALL)  # other guids are numbers, which many feeds use
_GENERIC = re.compile(
    r"(?i)(?:[\W_]|\b(?:all|aktuelles|articles?|blogs?|home|index|latest|main|my|nachrichten|news|posts?"
    r"|startseite|the|untitled|updates?|weblog|website)\b)*"
)


def is_same_feed(parsed: ParsedFeed, known: KnownFeed, address: str, sites: Sequence[str]) -> bool:
    """Return whether the feed at `address` is a known one; `sites` are the old feed's own addresses."""
    if COMMENTS.search(parsed.title):
        return False
    return _has_its_entries(parsed, known.entries, address) or _has_its_name(parsed, known.title, sites)


def same_articles(parsed: ParsedFeed, known: KnownFeed) -> dict[int, int]:
    """Map the keys of a document's guids to the stored articles that it lists."""
    entries = list(dedup.unique_entries(parsed.entries).values())
    return {entries[place][1].guid: match.article for place, match in _common(entries, known.entries).items()}


def _has_its_name(parsed: ParsedFeed, title: str, sites: Sequence[str]) -> bool:
    name = _title_key(parsed.title)
    if name != _title_key(title) or NO_NAME.fullmatch(name) or _GENERIC.fullmatch(name):
        return False
    return any(same_site(parsed.site_url, site) for site in sites)


def _has_its_entries(parsed: ParsedFeed, known: Sequence[KnownEntry], address: str) -> bool:
    """Return whether most entries from the time of the known ones are known.

    Newer and older ones may be unknown if they lead to the feed's own site. Most of the known articles have
    to be listed as well, else the document is only a part of the feed.
    """
    entries = list(dedup.unique_entries(parsed.entries).values())
    common = _common(entries, known)
    if not common or _SHARE * len(common) < len(entries):
        return False
    own = (address, parsed.site_url, *(entries[place][0].url for place in common))
    times = [entry.time for entry in known]
    oldest, newest = min(times), max(times)
    foreign = 0
    for place, (entry, _) in enumerate(entries):
        time = _time(entry)
        outside = place < min(common) if time is None else not oldest <= time <= newest
        is_own = not entry.url or any(same_site(entry.url, site) for site in own)
        foreign += place not in common and not (outside and is_own)
    common_times = sorted(entry.time for entry in common.values())
    since = common_times[len(common) // 4]  # a few may be pinned
    expected = sum(time >= since for time in times)
    listed = sum(time >= since for time in common_times)
    return len(common) >= foreign and 2 * listed >= expected


def _common(
    entries: Sequence[tuple[ParsedEntry, Keys]], known: Sequence[KnownEntry]
) -> dict[int, KnownEntry]:
    """Return the known entries in a document by their place: with the same guid, address or title."""
    by_guid = {stored.guid: stored for stored in known}
    by_url = {stored.url: stored for stored in known if stored.url}
    by_title = {_title_key(stored.title): stored for stored in known}
    titles = Counter(_title_key(stored.title) for stored in known)
    listed = Counter(_title_key(entry.title) for entry, _ in entries)
    common: dict[int, KnownEntry] = {}
    used: set[KnownEntry] = set()
    for place, (entry, keys) in enumerate(entries):
        title, time = _title_key(entry.title), _time(entry)
        by_name = by_title.get(title) if title and titles[title] == listed[title] == 1 else None
        link = None if "#" in entry.url else by_url.get(keys.url)  # a comment leads to its article
        guid = by_guid.get(keys.guid)
        if guid and not _UNIQUE.search(entry.guid) and not _near(guid.time, time):
            guid = None
        if by_name and not _near(by_name.time, time, title):
            by_name = None
        same = guid or link or by_name
        if same and same not in used:
            common[place] = same
            used.add(same)
    return common


def _near(known: int, time: int | None, title: str = "") -> bool:
    return cell_len(title) >= _LONG or (time is not None and abs(time - known) <= _NEAR)


def _time(entry: ParsedEntry) -> int | None:
    return entry.published if entry.published is not None else entry.updated


def _title_key(title: str) -> str:
    return " ".join(title.casefold().split())
