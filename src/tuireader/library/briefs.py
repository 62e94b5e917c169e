"""Briefs: what arrived in a span of time, by story."""

from __future__ import annotations

from dataclasses import replace

from tuireader import ingest, schedule
from tuireader.export import brief
from tuireader.library.articles import completed
from tuireader.library.context import UseCases
from tuireader.library.watching.rules import named
from tuireader.store import Store


class Briefs(UseCases):
    """Overviews of many articles."""

    async def make(self, seconds: int | None, watch: str = "") -> tuple[brief.Brief, int]:
        """Return a brief of the last `seconds`, and the article where it ends; None: since the last brief.

        Without a last brief, None means a day. Raises UsageError when the watch does not exist.
        """
        names = [item.name for item in self._context.config.watches]
        watch = watch and named(self._context.config, watch).name
        since = self._now() - (schedule.DAY if seconds is None else seconds)

        def read(store: Store) -> tuple[brief.Brief, int]:
            after = store.briefs.last(watch) if seconds is None else None
            end = store.briefs.newest()
            reports = store.briefs.reports(after=after, since=since, watch=watch)
            muted = store.briefs.muted(after=after, since=since, watch=watch)
            made = ingest.explain(
                store,
                self._context.matcher,
                self._context.feed_names,
                [report.article_id for report in reports],
            )
            reports = [
                replace(report, evidence=completed(report.evidence, made.get(report.article_id, ())))
                for report in reports
            ]
            span = None if after is not None else seconds or schedule.DAY
            return brief.build(reports, names, seconds=span, muted=muted), end

        return await self._pool.read(read)

    async def end(self, watch: str, end: int) -> None:
        """Remember where a brief ended, for the next one."""
        name = watch and named(self._context.config, watch).name
        await self._transact(lambda store: store.briefs.remember(name, end))
