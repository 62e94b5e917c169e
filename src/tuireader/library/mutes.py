"""Mutes: saved in the configuration, applied to stored articles."""

from __future__ import annotations

from array import array
from dataclasses import replace
from datetime import date

from tuireader import ingest, query
from tuireader.config import MuteConfig
from tuireader.library.context import Context, UseCases
from tuireader.library.watches import Watches
from tuireader.model import MutePreview
from tuireader.store import Store

_SAMPLES = 3
"""Articles that the preview of a mute names."""


class Mutes(UseCases):
    """Mutes of the configuration and what they hide."""

    def __init__(self, context: Context, watches: Watches) -> None:
        super().__init__(context)
        self._watches = watches

    async def all(self) -> list[tuple[MuteConfig, int]]:
        """Return the mutes of the config, each with the number of articles it hides; 0 after its end."""
        counts = await self._pool.read(lambda store: store.mutes.counts())
        hidden = {item: counts.get(mute.signature, 0) for item, mute in self._context.mutes.items()}
        return [(item, hidden.get(item, 0)) for item in self._context.config.mutes]

    async def add(
        self, query: str = "", feed: str = "", until: date | None = None, *, include_watched: bool = False
    ) -> int:
        """Hide articles by an expression, a feed (title, address or folder) or both, until the end of a day.

        Watched articles stay visible unless `include_watched`. Replaces a mute of the same articles in the
        config. Returns the number of stored articles it hides. Raises ConfigError when the expression is
        invalid.
        """
        from tuireader.config import edit

        mute = MuteConfig(query.strip(), feed.strip(), until, include_watched)
        await self._context.change_config(lambda text: edit.add_mute(text, mute))
        await self._watches.catch_up()
        return dict(await self.all()).get(mute, 0)

    async def preview(self, mute: MuteConfig) -> MutePreview:
        """Return what a mute would hide, and which of it watches keep visible.

        In small steps, so that lists are read in between and it can be cancelled at any time.
        """
        from tuireader.library.watching.advice import for_mute

        now, names = self._now(), self._context.feed_names
        asked = ingest.Mute.of(mute, names, now)
        if asked is None:
            return MutePreview(problem=str(query.parse(mute.query)))
        steps = await self._pool.read(
            lambda store: store.search.find_between(
                asked.wanted, now=now, subject=lambda text: ingest.subject(text, names), feeds=asked.feeds
            )
        )
        ids: array[int] = array("q")
        while (more := await self._pool.read_or_stop(lambda _: next(steps, None))) is not None:
            if trouble := query.disabled_reason(asked.wanted):
                return MutePreview(problem=trouble)
            ids.extend(more)

        def weigh(store: Store) -> MutePreview:
            watched, by_name = store.mutes.watched(ids)
            kept = set() if mute.include_watched else watched
            hidden = [article for article in ids if article not in kept]
            return MutePreview(
                articles=len(ids),
                hidden=len(hidden),
                watched=len(watched),
                watches=tuple(by_name.items()),
                samples=tuple(store.lists.rows((hidden or ids)[:_SAMPLES])),
            )

        preview = await self._pool.read(weigh)
        return replace(preview, advice=await self._context.advised(for_mute, mute))

    async def remove(self, mute: MuteConfig) -> None:
        """Remove a mute from the config; what it hid returns unchanged."""
        from tuireader.config import edit

        await self._context.change_config(lambda text: edit.remove_mute(text, mute))
