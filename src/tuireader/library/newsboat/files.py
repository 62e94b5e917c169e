"""Read newsboat's files in threads: its profile, and the articles of its cache as entries."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

from tuireader import dedup, files
from tuireader.document import prepare
from tuireader.errors import TuireaderError
from tuireader.exchange.merge import taken
from tuireader.feeds.parse.entry import Medium, Raw, RawFeed, Text, shape
from tuireader.newsboat import profile
from tuireader.newsboat.filters import flag_label
from tuireader.newsboat.outcomes import Consent, Outcome
from tuireader.newsboat.profile import Places, Profile
from tuireader.store.upkeep.exchange import ImportedArticle
from tuireader.store.upkeep.newsboat import CachedItem, NewsboatCache, open_cache

Batch = list[tuple[ImportedArticle, CachedItem]]
_LARGEST = 4_000_000  # maximum bytes of `urls`, the config, or a file that it includes


def profile_of(places: Places, accepted: Collection[Consent] = (), before: Profile | None = None) -> Profile:
    """Read a profile; `before` is the same profile read with other consents. Raises TuireaderError."""
    same = before is not None and Consent.PROGRAMS not in accepted
    return profile.read(places, text_of, accepted, before.subscriptions if before and same else None)


def asks(places: Places, config: str, plain: Profile | None = None) -> dict[Consent, list[Outcome]]:
    """Lines that need consent and would change a configuration, by consent.

    `plain` is the profile read without consent, if already known.
    """
    plain = plain or profile_of(places)
    if not plain.asked:
        return {}
    makes = {
        (outcome.file, outcome.line): outcome.makes
        for outcome in profile_of(places, plain.asked, plain).outcomes
    }
    there = taken(config)
    return {
        consent: lines
        for consent, lines in plain.asked.items()
        if {key for outcome in lines for key in makes[outcome.file, outcome.line]} - there
    }


def text_of(path: Path) -> str:
    """Read a file, `""` if it does not exist. Raises TuireaderError if it is unreadable."""
    try:
        if path.exists() and not path.is_file():
            raise TuireaderError(f"{path} is not a regular file", "check the path")
        raw = files.read(path, _LARGEST + 1)
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise TuireaderError(f"{path} cannot be read: {error.strerror}", "check the path") from None
    if len(raw) > _LARGEST:
        raise TuireaderError(
            f"{path} has more than {_LARGEST // 1_000_000} MB", "check that it is a file of newsboat"
        )
    return raw.decode("utf-8", "replace").replace("\r\n", "\n")


@asynccontextmanager
async def cache_of(path: Path) -> AsyncIterator[NewsboatCache | None]:
    """Open the cache at a path; yield None if it does not exist. Raises TuireaderError if unreadable."""
    with ExitStack() as stack:
        yield await asyncio.to_thread(
            lambda: stack.enter_context(open_cache(path)) if path.is_file() else None
        )


async def batches(cache: NewsboatCache, url: str) -> AsyncIterator[Batch]:
    """Yield the articles of a feed with their marks, in batches."""
    read = cache.items(url)
    seen: set[int] = set()
    while (items := await asyncio.to_thread(next, read, None)) is not None:
        yield await asyncio.to_thread(_incoming, items, url, seen)


def _incoming(items: Sequence[CachedItem], url: str, seen: set[int]) -> Batch:
    batch: Batch = []
    entries = shape(RawFeed(url, entries=[_raw(item) for item in items])).entries
    for item, entry, keys in zip(items, entries, dedup.keys(entries), strict=True):
        if keys.guid in seen:
            continue
        seen.add(keys.guid)
        labels = flags(item.flags)
        read = not item.unread or item.deleted
        prepared = prepare.prepare(entry)
        batch.append(
            (ImportedArticle(entry, keys, prepared, read=read, starred=bool(labels), labels=labels), item)
        )
    return batch


def flags(letters: str) -> tuple[str, ...]:
    """Name the labels for newsboat's flags, which are letters."""
    return tuple(
        flag_label(letter) for letter in dict.fromkeys(letters) if letter.isascii() and letter.isalpha()
    )


def _raw(item: CachedItem) -> Raw:
    enclosure = [Medium(item.enclosure_url, item.enclosure_type)] if item.enclosure_url else []
    return Raw(
        guid="" if _is_made(item) else item.guid,
        title=Text(item.title),
        link=item.url,
        authors=[item.author] if item.author else [],
        published=item.published or None,
        contents=[Text(item.content, item.content_type or "text/html")] if item.content else [],
        base=item.base,
        enclosures=enclosure,
    )


_DATE = re.compile(r"[^0-9]*[0-9].{0,60}[0-9][0-9]:[0-9][0-9].*", re.DOTALL)


def _is_made(item: CachedItem) -> bool:
    """Recognise a guid that newsboat derived itself, from address and date or from the title."""
    if not item.url:
        return item.guid == item.title
    generated = item.guid[len(item.url) : len(item.url) + 100]
    return item.guid.startswith(item.url) and bool(_DATE.fullmatch(generated))
