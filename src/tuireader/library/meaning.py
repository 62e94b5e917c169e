"""Relate stored articles by meaning, with the extra `meaning`, in a process of its own."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Sequence
from functools import partial

from tuireader import ingest
from tuireader.library.context import UseCases
from tuireader.store import Store
from tuireader.subprocesses import encoder, priority
from tuireader.subprocesses.worker import Worker, WorkerDied

log = logging.getLogger("tuireader")
LEAST = 1_500
"""Articles of a library for which it is worth to load the encoder, which takes a second."""
_AT_ONCE = 16
"""Articles to encode at once."""
_SECONDS = 60.0
"""Seconds of one refresh; the rest follows in the next one."""
_DEADLINE = 30.0
_PAUSE = 0.03


class Meanings(UseCases):
    """Fill in what articles mean, newest first."""

    async def fill(self) -> AsyncGenerator[tuple[int, int], None]:
        """Compare articles by meaning in small, resumable transactions; yields (done, total).

        Does nothing without the extra, or with `[related] meaning = false`.
        """
        name = encoder.encoder() if self._context.config.related.meaning != "off" else ""
        if not name or await self._pool.read(lambda store: store.relations.article_count()) < LEAST:
            return
        groups = self._context.groups
        filling = await self._transact(lambda store: ingest.ByMeaning(store, name, groups))
        done, end, pause = 0, time.monotonic() + _SECONDS, _PAUSE if priority.is_low() else 0.0
        async with Worker("tuireader.subprocesses.encoder") as worker:
            if not filling.total or await _ask(worker, (("It works.",), (), ())) is None:
                return  # it is broken: no article is to blame
            while time.monotonic() < end and (
                articles := await self._transact(lambda _: filling.next(_AT_ONCE))
            ):
                await self._fill(filling, articles, worker)
                done += len(articles)
                yield done, max(done, filling.total)
                await asyncio.sleep(pause)

    async def _fill(self, filling: ingest.ByMeaning, articles: Sequence[int], worker: Worker) -> None:
        """Fill in some articles. All of it runs in the writer's thread, whose connection `filling` has."""
        missing = await self._pool.write(lambda _: filling.missing(articles))
        answer = await _ask(worker, (missing.texts, (), ()))
        vectors = answer[0] if answer else ()
        await self._transact(lambda _: filling.encoded(missing, vectors))
        for article in articles:
            compared = await self._pool.write(partial(_comparison, filling, article))
            if compared is not None:
                request = compared.sentences, (compared.vector,), (*compared.others.values(),)
                if answer := await _ask(worker, request):
                    await self._transact(partial(_compared, filling, compared, answer[1]))
        await self._transact(lambda _: filling.done(articles))


def _comparison(filling: ingest.ByMeaning, article: int, _: Store) -> ingest.Comparison | None:
    return filling.comparison(article)


def _compared(
    filling: ingest.ByMeaning, comparison: ingest.Comparison, rows: Sequence[bytes], _: Store
) -> None:
    filling.compared(comparison, rows)


async def _ask(worker: Worker, request: encoder.Request) -> encoder.Answer | None:
    """Ask the encoder; None if it cannot answer, as then words alone relate these articles."""
    try:
        answer: encoder.Answer = await worker.ask(request, _DEADLINE)
    except (WorkerDied, TimeoutError, OSError) as error:
        log.warning("cannot relate by meaning: %s", error or type(error).__name__)
        return None
    return answer
