"""Relate stored articles by meaning, and rank them by it, with the extra `meaning`, in other processes."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import signal
import time
from array import array
from collections.abc import AsyncGenerator, Callable, Sequence
from functools import partial
from typing import Any

from msgspec import Struct

from tuireader import ingest
from tuireader.library.context import Context, UseCases
from tuireader.model import ArticleRow
from tuireader.store import Store
from tuireader.subprocesses import encoder, processes, ranker
from tuireader.subprocesses.worker import Worker, WorkerDied

log = logging.getLogger("tuireader")
LEAST = 1_500
"""Articles of a library for which refreshes load the encoder, which takes a second; searches read fewer."""
_SECONDS = 60.0
"""Seconds of one refresh; the rest follows in the next one."""
_DEADLINE = 30.0
IDLE = 300.0
"""Seconds without a request after which the process that ranks ends."""
_CONCURRENT = 4  # requests of a list and its rows
_SENT = 10_000  # vectors to send at once
_NEW = 64  # articles to encode before a search
_FLOOR, _CLOSE = 0.2, 0.55  # least cosine with a text, and with a hit of a watch
_RANKED = 10_000  # articles for other conditions to choose from
_SENTENCES = 24  # sentences of an article to compare
_SHOWN = 3  # proposals for a watch to show
_PAUSE = 0.03
_ARTICLE = re.compile("@([0-9]{1,18})")
_ERRORS = (WorkerDied, TimeoutError, OSError)
Choose = Callable[[Store, list[int]], list[int]]


class Proposals(Struct, frozen=True):
    """Articles that a watch may be missing: their number, and the closest of each story with a sentence."""

    count: int = 0
    shown: tuple[tuple[ArticleRow, str], ...] = ()


class Meanings(UseCases):
    """Fill in what articles mean, newest first; rank articles by it, in a process that stays a while."""

    ranker: Worker | None = None
    _asked: tuple[str, list[bytes]] = ("", [])  # the last text or article, and its vector

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._sending = asyncio.Lock()

    async def fill(self) -> AsyncGenerator[tuple[int, int], None]:
        """Compare articles by meaning in small, resumable transactions; yields (done, total).

        Does nothing without the extra, or with `[related] meaning = false`.
        """
        name = encoder.encoder() if self._context.config.related.meaning != "off" else ""
        if not name or await self._pool.read(lambda store: store.relations.article_count()) < LEAST:
            return
        groups = self._context.groups
        filling = await self._transact(lambda store: ingest.ByMeaning(store, name, groups))
        end, pause = time.monotonic() + _SECONDS, _PAUSE if processes.is_low() else 0.0
        with contextlib.suppress(WorkerDied):  # killed: no article is to blame, and the next refresh goes on
            async with Worker("tuireader.subprocesses.encoder") as worker:
                if not filling.total or await _ask(worker, (("It works.",), (), ())) is None:
                    return  # it is broken: no article is to blame
                answer: encoder.Answer | None = None
                while True:
                    request = await self._advance(filling, answer)
                    yield filling.done, max(filling.done, filling.total)
                    if request is None or time.monotonic() > end:
                        break
                    answer = await _ask(worker, request)
                    await asyncio.sleep(pause)

    async def _advance(
        self, filling: ingest.ByMeaning, answer: encoder.Answer | None
    ) -> encoder.Request | None:
        """Store an answer and return the next request, in the thread whose connection `filling` has."""
        return await self._transact(lambda _: filling.advance(answer))

    @property
    def unavailable(self) -> str:
        """Why nothing can be ranked by meaning, `""` if it can."""
        if self._context.config.related.meaning == "off":
            return "like: is switched off by meaning = false under [related]"
        return "" if encoder.encoder() else "like: needs an extra: pip install 'tuireader[meaning]'"

    @property
    def is_warm(self) -> bool:
        """Return whether the encoder runs, so that an answer takes only a moment."""
        return self.ranker is not None and self.ranker.process is not None

    async def gap(self) -> str:
        """Describe which articles cannot be ranked yet, `""` without any."""
        missing, every = await self._pool.read(lambda store: store.meaning.missing(encoder.encoder()))
        later = "each refresh reads more" if every >= LEAST else "the next search reads more"
        return f"{missing:,} of {every:,} articles are not compared yet; {later}" if missing else ""

    async def nearest(self, like: str) -> tuple[list[int], str]:
        """Return articles by how much they are like a text, or like the article `@1234`, closest first.

        Also returns an error message or `""`.
        """
        if self.unavailable:
            return [], self.unavailable
        try:
            if not self.is_warm:
                await self._catch_up()  # meanwhile, the encoder loads
            vectors = await self._vectors(like)  # first: if the encoder is broken, no article is to blame
            if not vectors:
                return [], f"like: there is no article {like[1:]}"
            await self._catch_up(encode=True)
            ranked = await self._ask("nearest", vectors, _FLOOR, _RANKED)
        except _ERRORS as error:
            log.warning("cannot rank by meaning: %s", _failure(error))
            return [], f"like: {_failure(error)}"
        return [article for article in ranked if f"@{article}" != like], ""

    async def sentences(self, like: str, articles: Sequence[int]) -> dict[int, str]:
        """Map articles to the sentence that is most like a text or an article; none if that fails."""
        try:
            return await self._closest(await self._vectors(like), articles)
        except _ERRORS:
            return {}

    async def proposals(self, hits: Sequence[int], choose: Choose) -> Proposals:
        """Find articles that are most like some hits, of those that `choose` returns."""
        known = await self._pool.read(lambda store: store.meaning.vectors(hits))
        vectors = [vector for vector in known.values() if vector]
        if self.unavailable or not vectors:
            return Proposals()
        try:
            await self._catch_up()
            ranked = await self._ask("nearest", vectors, _CLOSE, _RANKED)
            chosen = await self._pool.read(lambda store: choose(store, ranked))
            story_of = await self._pool.read(lambda store: store.relations.stories(chosen))
            first = {story_of[article]: article for article in reversed(chosen)}
            shown = [article for article in chosen if first[story_of[article]] == article][:_SHOWN]
            closest = await self._closest(vectors, shown)
        except _ERRORS:
            return Proposals()
        rows = await self._pool.read(lambda store: store.lists.rows(shown))
        return Proposals(len(chosen), tuple((row, closest.get(row.id, "")) for row in rows))

    async def close(self) -> None:
        if self.ranker is not None:
            await self.ranker.aclose()

    async def _ask(self, job: str, *arguments: object) -> Any:
        """Ask the ranker. A cancelled request does not end its process, which takes a second to start."""
        if self.ranker is None:
            self.ranker = Worker("tuireader.subprocesses.ranker", at_once=_CONCURRENT, idle=IDLE)
        try:
            return await self.ranker.ask((job, arguments), _DEADLINE)
        except TimeoutError:
            await self.ranker.aclose()
            raise

    async def _catch_up(self, *, encode: bool = False) -> None:
        """Send the ranker the vectors that it lacks; `encode` some articles first that have none."""
        async with self._sending:
            if encode and not self._pool.is_read_only:
                await self._encode_new()
            row = await self._ask("held")
            while True:
                last, articles, vectors = await self._pool.read(partial(_vectors_after, row=row))
                if not articles:
                    break
                row = await self._ask("add", last, articles, vectors)

    async def _encode_new(self) -> None:
        """Encode the newest articles without a vector: all of a small library, which refreshes leave out."""
        name = encoder.encoder()
        missing, every = await self._pool.read(lambda store: store.meaning.missing(name))
        if not missing:
            return
        await self._transact(lambda store: store.meaning.use(name))
        most = LEAST if every < LEAST else _NEW
        articles = await self._pool.read(lambda store: store.meaning.unknown(most))
        for at in range(0, len(articles), _NEW):
            some = articles[at : at + _NEW]
            new = await self._pool.read(partial(ingest.to_encode, articles=some))
            try:
                vectors, _ = await self._ask("answer", (new.texts, (), ()))
            except WorkerDied as error:
                if _is_killed(error):
                    raise
                vectors = [b""] * len(new.texts)
            await self._transact(partial(ingest.add_vectors, missing=new, vectors=vectors))

    async def _vectors(self, like: str) -> list[bytes]:
        """Encode a text, or the article `@1234`; none if it does not exist."""
        if self._asked[0] != like:
            texts = [like]
            if number := _ARTICLE.fullmatch(like):
                stored = [int(number[1])]
                texts = (await self._pool.read(lambda store: ingest.to_encode(store, stored))).texts
            vectors, _ = await self._ask("answer", (texts, (), ()))
            self._asked = like, vectors
        return self._asked[1]

    async def _closest(self, vectors: Sequence[bytes], articles: Sequence[int]) -> dict[int, str]:
        """Map articles to their sentence that is closest to one of some vectors."""
        told = await self._pool.read(lambda store: ingest.sentences_of(store, articles, _SENTENCES))
        _, rows = await self._ask("answer", ([sentence for _, sentence in told], (), vectors))
        best: dict[int, tuple[int, str]] = {}
        for (article, sentence), row in zip(told, rows, strict=False):
            cosine = max(memoryview(row).cast("b"))
            if cosine > best.get(article, (0, ""))[0]:
                best[article] = cosine, sentence
        return {article: sentence for article, (_, sentence) in best.items()}


def _vectors_after(store: Store, row: int) -> tuple[int, bytes, bytes]:
    last, articles, vectors = store.meaning.since(row, ranker.MOST, _SENT)
    return last, array("q", articles).tobytes(), vectors


def _failure(error: Exception) -> str:
    """Describe why the encoder gives no answer, and what to do."""
    if isinstance(error, TimeoutError):
        return f"the sentence encoder did not answer within {_DEADLINE:.0f} seconds; try again later"
    if _is_killed(error):
        return "the sentence encoder was killed, perhaps for lack of memory; close programs, then try again"
    return f"the sentence encoder failed ({error}); try again, or reinstall tuireader[meaning]"


def _is_killed(error: Exception) -> bool:
    return isinstance(error, WorkerDied) and error.signal == signal.SIGKILL


async def _ask(worker: Worker, request: encoder.Request) -> encoder.Answer | None:
    """Ask the encoder; None if it cannot answer, as then words alone relate these articles.

    Raises WorkerDied if it was killed.
    """
    try:
        answer: encoder.Answer = await worker.ask(request, _DEADLINE)
    except (WorkerDied, TimeoutError, OSError) as error:
        log.warning("cannot relate by meaning: %s", _failure(error))
        if _is_killed(error):
            raise
        return None
    return answer
