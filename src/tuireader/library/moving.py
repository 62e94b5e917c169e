"""Moving in from newsboat: its feeds and settings into the configuration, its articles into the store."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tuireader import later, relating
from tuireader.config_values import same_address
from tuireader.errors import TuireaderError
from tuireader.library.desk import in_transaction
from tuireader.library.exchange import Exchange
from tuireader.library.watches import Watches
from tuireader.model import Keys, ParsedEntry
from tuireader.store import Store
from tuireader.text import without_password
from tuireader.values import dataclass

if TYPE_CHECKING:
    from tuireader import identity, prepare
    from tuireader.feeds.entry import Raw
    from tuireader.moving.lexing import Remark
    from tuireader.moving.profile import Places, Profile
    from tuireader.store.moving import Brought, Incoming, State
    from tuireader.store.newsboat import CachedItem
else:
    identity, prepare = later.modules("identity", "prepare")

_SHOWN = 20
"""Differences that a comparison names one by one."""


@dataclass(slots=True)
class Moved:
    """What an import of newsboat did, or with `dry_run` would do.

    `articles` are those of newsboat's feeds that can be followed here, `new` those that were not stored yet;
    `others` belong to feeds that cannot, or that newsboat does not follow any more. `added` counts new tables
    and keys of the configuration by their names. `marked` are articles stored before that got a mark.
    """

    feeds: int = 0
    articles: int = 0
    new: int = 0
    read: int = 0
    starred: int = 0
    deleted: int = 0
    marked: int = 0
    others: int = 0
    added: dict[str, int] = field(default_factory=dict)
    kept: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Side:
    """One number on both sides."""

    what: str
    there: int
    here: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """newsboat's side and ours. `differences` are lines, `more` how many of them are left out."""

    sides: tuple[Side, ...]
    differences: tuple[str, ...] = ()
    more: int = 0

    @property
    def equal(self) -> bool:
        """Whether both sides are the same."""
        return not self.differences and all(side.there == side.here for side in self.sides)


class Moving(Exchange, Watches):
    """What other programs left behind."""

    async def import_newsboat(
        self, found: Places, *, dry_run: bool = False, progress: Callable[[int, int], None] | None = None
    ) -> Moved:
        """Take over feeds, tags, searches, settings, articles and marks of a newsboat.

        Done twice it is the same as done once; nothing that is here already is changed but for marks that are
        added. `progress` is told (feeds done, all feeds). Raises TuireaderError, ConfigError.
        """
        from tuireader.moving.merge import merge

        self._own_feeds()
        profile = await asyncio.to_thread(_profile, found)
        moved = Moved(feeds=len(profile.subscriptions.feeds), remarks=profile.remarks)
        parts = (profile.subscriptions.feeds, profile.subscriptions.views, profile.settings)

        def edit(text: str) -> str:
            merged = merge(text, *parts)
            moved.added, moved.kept = merged.added, merged.kept
            return merged.text

        if dry_run:
            edit(await asyncio.to_thread(_text, self.paths.config))
        else:
            await self._change_config(edit)
        await self._bring(profile, moved, dry_run, progress)
        if not dry_run:
            async for _ in self.apply_watches():
                pass
        return moved

    async def _bring(
        self, profile: Profile, moved: Moved, dry_run: bool, progress: Callable[[int, int], None] | None
    ) -> None:
        if not profile.cache.is_file():
            return
        ids = self._ids_by_address()
        urls = [feed.url for feed in profile.subscriptions.feeds]
        counts = await asyncio.to_thread(_counts, profile.cache)
        moved.others = sum(count for url, count in counts.items() if url not in set(urls))
        for done, url in enumerate(urls, 1):
            items, title, site = await asyncio.to_thread(_incoming, profile.cache, url)
            feed_id = ids.get(_address(url))
            moved.articles += len(items)
            moved.read += sum(item.read for item, _ in items)
            moved.starred += sum(item.starred for item, _ in items)
            moved.deleted += sum(cached.deleted for _, cached in items)
            job = [item for item, _ in items]
            if feed_id is None:  # a dry run of a feed that is not subscribed to yet
                moved.new += len(job)
            elif dry_run:
                known = await self._pool.read(partial(_known, feed_id=feed_id, items=job))
                moved.new += len(job) - known
            else:
                brought = await self._pool.write(
                    in_transaction(partial(self._store, feed_id=feed_id, items=job, name=(title, site)))
                )
                await self._pool.write(lambda store: store.learn())
                moved.new += len(job) - brought.known
                moved.marked += len({*brought.read, *brought.starred})
            if progress is not None:
                progress(done, len(urls))

    def _store(self, store: Store, *, feed_id: int, items: list[Incoming], name: tuple[str, str]) -> Brought:
        now = int(self._clock())
        store.moving.name(feed_id, *name)
        brought = store.moving.bring(feed_id, items, now)
        # none of it is news: no watch tells of it
        rules = replace(self._rules, tell=())
        relating.record_new(store, brought.new, rules, now)
        before, after = ([pair[side] for pair in brought.carried] for side in (0, 1))
        relating.record_changed(store, after, rules, now, before)
        return brought

    async def compare_newsboat(self, found: Places) -> Comparison:
        """Count feeds, tags, articles, read and flagged ones on both sides, and name what differs."""
        profile = await asyncio.to_thread(_profile, found)
        subscriptions = profile.subscriptions
        ids = self._ids_by_address()
        tags = {_address(feed.url): _tags(feed.folder, feed.labels) for feed in self.config.feeds}
        differences: list[str] = []
        totals = dict.fromkeys(("feeds", "tags", "articles", "read", "unread", "flagged", "flags"), (0, 0))

        def add(what: str, there: int, here: int) -> None:
            before = totals[what]
            totals[what] = (before[0] + there, before[1] + here)

        for feed in subscriptions.feeds:
            feed_id, address = ids.get(_address(feed.url)), _address(feed.url)
            there, here = subscriptions.tags[feed.url], tags.get(address, ())
            add("feeds", 1, int(feed_id is not None))
            add("tags", len(there), len(set(there) & set(here)))
            if feed_id is None:
                differences.append(f"{without_password(feed.url)}: is not subscribed here")
            elif there != here:
                differences.append(
                    f"{without_password(feed.url)}: tags are {', '.join(there)} there, {', '.join(here)} here"
                )
            if not profile.cache.is_file():
                continue
            items, _, _ = await asyncio.to_thread(_incoming, profile.cache, feed.url)
            states = await self._pool.read(partial(_states, feed_id=feed_id)) if feed_id else {}
            for item, _ in items:
                state = states.get(item.keys.guid)
                flags = set(item.labels) & set(state.labels if state else ())
                add("articles", 1, int(state is not None))
                add("read", int(item.read), int(state is not None and state.read))
                add("unread", int(not item.read), int(state is not None and not state.read))
                add("flagged", int(item.starred), int(state is not None and state.starred))
                add("flags", len(item.labels), len(flags))
                where = f"{without_password(feed.url)}: {item.prepared.title}"
                if state is None:
                    differences.append(f"{where}: is not stored here")
                elif state.read != item.read:
                    merged = " (it stands in several feeds here)" if state.sources > 1 else ""
                    differences.append(
                        f"{where}: is {_words(item.read)} there, {_words(state.read)} here{merged}"
                    )
                elif item.starred != state.starred:
                    differences.append(f"{where}: is {'' if item.starred else 'not '}flagged there")
        sides = tuple(Side(what, there, here) for what, (there, here) in totals.items())
        return Comparison(sides, tuple(differences[:_SHOWN]), max(0, len(differences) - _SHOWN))

    def _ids_by_address(self) -> dict[str, int]:
        return {_address(feed.url): feed.id for feed in self._feeds}


def _known(store: Store, *, feed_id: int, items: Sequence[Incoming]) -> int:
    return store.moving.known(feed_id, [item.keys.guid for item in items])


def _states(store: Store, *, feed_id: int) -> dict[int, State]:
    return store.moving.states(feed_id)


def _words(read: bool) -> str:
    return "read" if read else "unread"


def _tags(folder: str, labels: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((folder, *labels) if folder else labels))


def _address(url: str) -> str:
    try:
        return same_address(url)
    except ValueError:
        return url


# --------------------------------------------------------------------------- files of newsboat (in a thread)


def _profile(found: Places) -> Profile:
    from tuireader.moving import profile

    return profile.read(found, _text)


def _text(path: Path) -> str:
    """The text of a file, `""` when there is none. Raises TuireaderError when it cannot be read."""
    if path.exists() and not path.is_file():  # a device may go on for ever
        raise TuireaderError(f"{path} is no plain file", "check the path")
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise TuireaderError(f"{path} cannot be read: {error.strerror}", "check the path") from None


def _counts(cache: Path) -> dict[str, int]:
    from tuireader.store import newsboat

    with newsboat.opened(cache) as opened:
        return opened.counts()


def _incoming(cache: Path, url: str) -> tuple[list[tuple[Incoming, CachedItem]], str, str]:
    """The articles of one feed with their marks, and the feed's title and website."""
    from tuireader.moving.filters import flag_label
    from tuireader.store import newsboat
    from tuireader.store.moving import Incoming
    from tuireader.text import clean, safe_url

    with newsboat.opened(cache) as opened:
        items = opened.items(url)
        title, site = opened.feeds().get(url, ("", ""))
    found: dict[int, tuple[Incoming, CachedItem]] = {}
    for item, entry, keys in _entries(items, url):
        flags = tuple(flag_label(letter) for letter in dict.fromkeys(item.flags) if letter.isalpha())
        incoming = Incoming(
            entry,
            keys,
            prepare.prepare(entry),
            read=not item.unread or item.deleted,
            starred=bool(flags),
            labels=flags,
        )
        found.setdefault(keys.guid, (incoming, item))
    return list(found.values()), clean(title), safe_url(site)


def _entries(items: Sequence[CachedItem], url: str) -> Iterator[tuple[CachedItem, ParsedEntry, Keys]]:
    """The articles as their feed would have told them, cleaned like all that comes in."""
    from tuireader.feeds.entry import MAX_ENTRIES, RawFeed, shape

    entries: list[ParsedEntry] = []
    for start in range(0, len(items), MAX_ENTRIES):
        raws = [_raw(item) for item in items[start : start + MAX_ENTRIES]]
        entries += shape(RawFeed(url, entries=raws)).entries
    yield from zip(items, entries, identity.keys(entries), strict=True)


def _raw(item: CachedItem) -> Raw:
    from tuireader.feeds.entry import Medium, Raw, Text

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


_DATE = re.compile(r"\D*\d.*\d\d:\d\d.*", re.DOTALL)


def _is_made(item: CachedItem) -> bool:
    """Whether newsboat made the id up: of address and date, or of the title, where the feed gave none."""
    if not item.url:
        return item.guid == item.title
    return item.guid.startswith(item.url) and bool(_DATE.fullmatch(item.guid[len(item.url) :]))
