"""Digests: briefs that go into the outbox at set times, each article once."""

from __future__ import annotations

import logging
from typing import Annotated

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from tuireader import ingest, query
from tuireader.commands import did_you_mean
from tuireader.config import Config, DigestConfig
from tuireader.config.toml_values import quote
from tuireader.errors import TuireaderError, UsageError
from tuireader.export.brief import Brief
from tuireader.library.context import UseCases
from tuireader.library.lists import Briefs
from tuireader.model import OutboxKind
from tuireader.store import Store
from tuireader.store.lists.briefs import Scope
from tuireader.store.watches.digests import DigestEnd
from tuireader.store.watches.outbox import Draft
from tuireader.timing.digests import last_due, next_due

log = logging.getLogger("tuireader")


class Digest(Struct, frozen=True):
    """A digest, when it is sent next, and since when that one counts."""

    config: DigestConfig
    next: Annotated[int, "When it is sent next."]
    since: Annotated[int, "When the last one was due; a first one counts from the time before that."]


class Digests(UseCases):
    """The digests of the configuration.

    One ends at the newest article when it is put into the outbox, where the next one begins. If several times
    were missed, one digest makes up for all. A new one begins at its last time, and is sent at its next.
    """

    _briefs: Briefs

    async def all(self) -> list[Digest]:
        """List all digests in the order of the configuration."""
        digests, now = self._context.config.digests, self._now()
        ends = await self._pool.read(lambda store: [self._last(store, digest) for digest in digests])
        return [
            Digest(digest, now if _is_due(digest, end, now) else _next(digest, now), end.due_at)
            for digest, end in zip(digests, ends, strict=True)
        ]

    def named(self, name: str) -> DigestConfig:
        """Return a digest by its name. Raises UsageError if there is none."""
        digests = {digest.name: digest for digest in self._context.config.digests}
        if name not in digests:
            hint = "`tuireader digest` lists all"
            raise UsageError(f"there is no digest {quote(name)}{did_you_mean(name, digests)}", hint)
        return digests[name]

    async def build(self, digest: DigestConfig, since: int | None = None) -> Brief:
        """Build what a digest would say now, since its last one or a time. Raises TuireaderError."""
        last = await self._pool.read(lambda store: self._last(store, digest))
        return (await self._build(digest, last, since))[0]

    async def put(self, digest: DigestConfig, since: int | None = None) -> bool:
        """Put a digest into the outbox now; return False if it is empty and therefore skipped.

        Raises TuireaderError.
        """
        self._context.require_network()
        last = await self._pool.read(lambda store: self._last(store, digest))
        return await self._put(digest, last, self._now(), since)

    async def put_due(self) -> None:
        """Put the digests that are due into the outbox."""
        for digest, last in await self._pool.read(self.due):
            try:
                await self._put(digest, last, _before(digest, self._now()))
            except TuireaderError as error:
                log.warning("the digest %s: %s", digest.name, error.message)

    def due(self, store: Store) -> list[tuple[DigestConfig, DigestEnd]]:
        """List the digests that are due or new, each with the end of its last one."""
        ends = [(digest, self._last(store, digest)) for digest in self._context.config.digests]
        return [(digest, end) for digest, end in ends if not end.id or _is_due(digest, end, self._now())]

    def _last(self, store: Store, digest: DigestConfig) -> DigestEnd:
        return store.digests.last(digest.name, _before(digest, self._now()))

    async def _put(
        self, digest: DigestConfig, last: DigestEnd, moment: int, since: int | None = None
    ) -> bool:
        """Put a digest into the outbox that counts for all times up to a moment.

        If that is no later than the last one, it is a new digest, or the clock was wrong, and it only begins.
        """
        text, new, end = "", [], replace(last, due_at=moment)
        if last.due_at < moment or since is not None:
            brief, end = await self._build(digest, last, since)
            stories = [story for section in brief.sections for story in section.stories]
            new = [report.article_id for story in stories for report in story.reports if report.new]
            if new or digest.when_empty == "send":
                text = msgspec.json.encode(brief).decode()

        def put(store: Store) -> None:
            number = store.digests.add(digest.name, last, replace(end, due_at=moment), brief=text)
            if number and text:
                draft = Draft("", OutboxKind.DIGEST, number, notices=store.outbox.take_low(new))
                channels = digest.channels or ("",)
                store.outbox.add([replace(draft, channel=channel) for channel in channels], self._now())

        await self._transact(put)
        return bool(text)

    async def _build(
        self, digest: DigestConfig, last: DigestEnd, since: int | None
    ) -> tuple[Brief, DigestEnd]:
        """Build a digest; return it with its end."""
        await self._context.load_feeds()
        names, now = self._context.feed_names, self._now()
        wanted = query.parse(digest.query) if digest.query else None
        after = last.last_article if since is None else None

        def read(store: Store) -> tuple[Brief, DigestEnd]:
            end, only = store.digests.now(now), None
            if isinstance(wanted, query.Query):
                steps = store.search.find_between(
                    wanted, now=now, subject=lambda text: ingest.subject(text, names), feeds=None,
                    first=(after or 0) + 1, last=end.last_article,
                )  # fmt: skip
                only = [article for step in steps for article in step]
                if trouble := query.disabled_reason(wanted):
                    raise TuireaderError(f"its query cannot be evaluated: {trouble}")
            begin = last.due_at if since is None else since
            late = tuple(store.digests.late(digest.watches, last, end))
            scope = Scope(begin, after, last=end.last_article, late=late, watches=digest.watches, only=only)
            return replace(self._briefs.build(store, scope), name=digest.name, since=begin), end

        return await self._pool.read(read)


def low_waits(config: Config, now: int) -> dict[str, int]:
    """Map watches of low priority to the time of the next digest that has their matches."""
    low = [watch.name for watch in config.watches if watch.priority == "low"]
    times = {name: [_next(each, now) for each in config.digests if each.covers(name)] for name in low}
    return {name: min(moments) for name, moments in times.items() if moments}


def _is_due(digest: DigestConfig, last: DigestEnd, now: int) -> bool:
    """Return whether a time of a digest has come, or its last one is of a time that has not."""
    return last.due_at > now or last.due_at < _before(digest, now)


def _before(digest: DigestConfig, now: int) -> int:
    return last_due(digest.at, digest.days, now)


def _next(digest: DigestConfig, now: int) -> int:
    return next_due(digest.at, digest.days, now)
