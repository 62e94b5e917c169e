"""Between the processes of a refresh nothing is lost on the way, and what is known stays behind."""

from __future__ import annotations

import asyncio
import gzip
import marshal
import random
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.builders import NOW, entry, open_store
from tests.web import Web
from tests.workers import forked_workers as forked_workers
from tuireader import dedup
from tuireader.document.prepare import drop_known
from tuireader.feeds.http.backpressure import MemoryBudget, Reservation
from tuireader.feeds.http.fetch import Fetcher, FetchLimits
from tuireader.feeds.parse.worker_protocol import pack, unpack
from tuireader.feeds.parse.workers import ParseWorker
from tuireader.feeds.sources import Sources
from tuireader.model import Enclosure, Fault, Fetched, FetchJob, ParsedEntry, ParsedFeed, ParseFailed, Source
from tuireader.store import Store

URL = "https://news.example.org/feed"
ITEMS = "".join(
    f"<item><title>T{n}</title><guid>{n}</guid><description>Text of {n}</description></item>"
    for n in range(6)
)
BODY = f"<rss version='2.0'><channel><title>C</title>{ITEMS}</channel></rss>".encode()

_texts = st.text(max_size=20)
_numbers = st.one_of(st.none(), st.integers(-(2**40), 2**40))
_entries = st.builds(
    ParsedEntry,
    guid=_texts,
    title=_texts,
    url=_texts,
    published=_numbers,
    content_html=_texts,
    comments_count=_numbers,
    tags=st.tuples() | st.tuples(_texts, _texts),
    enclosures=st.lists(st.builds(Enclosure, url=_texts, length=_numbers), max_size=2).map(tuple),
)
_feeds = st.builds(
    ParsedFeed,
    title=_texts,
    entries=st.lists(_entries, max_size=4).map(tuple),
    ttl=_numbers,
    well_formed=st.booleans(),
)
_digests = st.dictionaries(st.integers(-(2**63), 2**63 - 1), st.integers(-(2**63), 2**63 - 1), max_size=4)


@settings(max_examples=settings().max_examples // 2)
@given(_feeds, _digests)
def test_a_feed_or_a_failure_goes_through_the_pipe_unchanged(
    feed: ParsedFeed, stored: dict[int, int]
) -> None:
    failures = [ParseFailed(fault, "why", (URL,)) for fault in Fault]
    for result in (feed, drop_known(feed, stored), None, *failures):
        assert unpack(marshal.loads(marshal.dumps(pack(result)))) == result


class Lying:
    """A worker that a feed has taken over."""

    def __init__(self, answer: object) -> None:
        self._answer = answer

    async def ask(self, *_: object) -> object:
        return self._answer


@pytest.mark.parametrize(
    "answer", [b"", b"anything", 7, pack([1, 2]), pack({"type": "ParsedFeed", "title": 3})]
)
async def test_a_worker_that_answers_anything_breaks_its_feed_alone(answer: object) -> None:
    worker = ParseWorker()  # its processes start when they are needed
    worker.quick, worker.slow = cast(Any, Lying(answer)), cast(Any, Lying(answer))
    fine = await worker.parse(BODY, URL)
    assert isinstance(fine, ParsedFeed) and len(fine.entries) == 6  # parsed here
    failed = await worker.parse(b"<rss><channel><title>", URL)
    assert isinstance(failed, ParseFailed) and failed.fault is Fault.BROKEN


def digests(entries: tuple[ParsedEntry, ...]) -> dict[int, int]:
    return {guid: keys.digest for guid, (_, keys) in dedup.unique_entries(entries).items()}


def test_only_what_is_new_or_changed_is_left() -> None:
    before = tuple(entry(number) for number in range(1, 6))
    now = (entry(7), replace(before[0], title="Another title"), *before[1:])
    left = drop_known(ParsedFeed(entries=now), digests(before))
    assert left.entries == now[:2]
    assert [made.title for made in left.prepared] == ["Title number 7", "Another title"]
    assert [keys.guid for keys in left.keys] == list(digests(now))[:2]
    assert list(left.known) == list(digests(now))[2:]


def test_of_two_entries_with_one_id_the_first_counts_also_when_it_is_known() -> None:
    twice = (entry(1), replace(entry(1), author="Somebody else"))
    left = drop_known(ParsedFeed(entries=twice), digests(twice))
    assert left.entries == ()
    assert len(left.known) == 1


_some = st.lists(
    st.builds(
        lambda number, guid, url, title: entry(
            number,
            guid=f"guid-{guid}" if guid else "",
            url=f"https://news.example.org/{url}" if url else "",
            title=f"Title {title}" if title else "",
            content_html=f"<p>The text of article {number}, as long as it takes.</p>" * 5,
        ),
        st.integers(1, 4),
        st.integers(0, 3),
        st.integers(0, 3),
        st.integers(0, 2),
    ),
    max_size=6,
).map(tuple)


@given(st.lists(_some, min_size=2, max_size=3))
@settings(max_examples=30, deadline=None)
def test_a_document_without_known_entries_is_stored_as_the_whole_one(
    tmp_path_factory: pytest.TempPathFactory, documents: list[tuple[ParsedEntry, ...]]
) -> None:
    states = []
    for dropping in (False, True):
        store = open_store(tmp_path_factory.mktemp("store"))
        for round_, entries in enumerate(documents):
            parsed = ParsedFeed(entries=entries)
            with store.transaction():
                if dropping:
                    parsed = drop_known(parsed, store.entries.digests(1))
                saved = store.entries.save_feed(1, parsed, NOW + round_)
            assert saved.whole
        states.append(everything(store))
        store.close()
    assert states[0] == states[1]


def everything(store: Store) -> list[list[tuple[object, ...]]]:
    return [
        store.conn.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()
        for table in ("article", "content", "appearance", "revision")
    ]


def test_what_was_left_out_as_known_but_is_not_stored_is_told(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    left = drop_known(ParsedFeed(entries=(entry(1),)), digests((entry(1),)))
    with store.transaction():
        saved = store.entries.save_feed(1, left, NOW)
    assert not saved.whole
    store.close()


@pytest.mark.usefixtures("forked_workers")
async def test_the_worker_hands_back_what_is_not_stored() -> None:
    async with ParseWorker(apart=True) as worker:
        worker.start()
        whole = await worker.parse(BODY, URL)
        assert isinstance(whole, ParsedFeed)
        known = digests(whole.entries)
        gone = list(known)[2]
        del known[gone]
        left = await worker.parse(BODY, URL, stored=known)
    assert isinstance(left, ParsedFeed)
    assert [one.title for one in left.entries] == ["T2"]
    assert [one.body for one in left.prepared] == ["Text of 2"]
    assert {gone, *left.known} == set(digests(whole.entries))
    assert (left.title, left.well_formed) == (whole.title, whole.well_formed)


async def test_a_worker_that_is_started_and_never_used_ends() -> None:
    async with ParseWorker(apart=True) as worker:
        worker.start()


@pytest.mark.usefixtures("forked_workers")
async def test_a_worker_that_is_left_while_its_answers_come_ends() -> None:
    chance = random.Random(1)
    texts = ("".join(f"w{chance.getrandbits(60)} " for _ in range(3000)) for _ in range(6))
    items = "".join(
        f"<item><guid>{n}</guid><description>{text}</description></item>" for n, text in enumerate(texts)
    )
    body = f"<rss version='2.0'><channel><title>C</title>{items}</channel></rss>".encode()
    async with asyncio.timeout(20), ParseWorker(apart=True) as worker:
        await worker.parse(BODY, URL)
        assert worker.quick is not None
        process = worker.quick.process
        assert process is not None and process.stdout is not None
        readings = [asyncio.create_task(worker.parse(body, URL, stored={})) for _ in range(8)]
        while len(process.stdout._buffer) < 90_000:  # type: ignore[attr-defined]
            await asyncio.sleep(0)
        for reading in readings:
            reading.cancel()
    assert process.returncode is not None


async def test_no_feed_is_fetched_while_the_budget_is_used_up() -> None:
    async with Web() as web:
        web.serve("/feed", BODY)
        async with Fetcher(FetchLimits(proxies=False)) as fetcher:
            fetcher.budget = MemoryBudget(max_bytes=1000)
            held = fetcher.budget.reserve()
            held.resize(1000)
            waiting = asyncio.create_task(fetcher.fetch(FetchJob(2, f"{web.url}/feed")))
            other = Fetcher(FetchLimits(proxies=False)).fetch(FetchJob(3, f"{web.url}/feed"))
            assert isinstance(await other, Fetched)
            assert not waiting.done()
            assert len(web.requests) == 1
            held.release()
            assert isinstance(await waiting, Fetched)


async def test_feeds_that_waited_for_the_budget_are_not_all_fetched_at_once() -> None:
    async with Web() as web:
        job = FetchJob(1, web.serve("/feed", BODY))
        async with Fetcher(FetchLimits(proxies=False)) as fetcher:
            fetcher.budget = MemoryBudget(max_bytes=1)
            held, first, second = (fetcher.budget.reserve() for _ in range(3))
            held.resize(1)
            waiting = [asyncio.create_task(fetcher.fetch(job, each)) for each in (first, second)]
            held.release()
            assert isinstance(await waiting[0], Fetched)
            assert (len(web.requests), waiting[1].done()) == (1, False)
            first.release()
            assert isinstance(await waiting[1], Fetched)


@pytest.mark.parametrize("status", [304, 404])
async def test_an_answer_without_a_body_takes_nothing_of_the_budget(status: int) -> None:
    async with Web() as web:
        job = FetchJob(1, web.serve("/feed", "", status=status), etag='"1"')
        async with Fetcher(FetchLimits(proxies=False)) as fetcher:
            fetcher.budget = MemoryBudget(max_bytes=1)
            for _ in range(2):
                assert not isinstance(await fetcher.fetch(job, fetcher.budget.reserve()), Fetched)


async def test_a_job_that_is_fetched_twice_counts_twice() -> None:
    """The budget goes by reservations, not by the job: two bodies of one job are two bodies in memory."""
    async with Web() as web:
        job = FetchJob(1, web.serve("/feed", BODY))
        async with Fetcher(FetchLimits(proxies=False)) as fetcher:
            fetcher.budget = MemoryBudget(max_bytes=2 * len(BODY))
            first, second = fetcher.budget.reserve(), fetcher.budget.reserve()
            for reservation in (first, second):
                assert isinstance(await fetcher.fetch(job, reservation), Fetched)
            waiting = asyncio.create_task(fetcher.fetch(job))
            assert isinstance(await Fetcher(FetchLimits(proxies=False)).fetch(job), Fetched)
            assert not waiting.done()
            second.release()
            second.release()
            assert isinstance(await waiting, Fetched)


@pytest.mark.usefixtures("forked_workers")
async def test_further_pages_of_a_source_give_their_memory_back() -> None:
    html = {"Content-Type": "text/html"}
    async with Web() as web, asyncio.timeout(10):
        for number in range(1, 4):
            page = (
                f"<li><a href='/article{number}'>Title {number}</a></li><a class=next href='/{number + 1}'>"
            )
            web.serve(f"/{number}", page, headers=html)
        web.serve("/4", "<li><a href='/article4'>Title 4</a></li>", headers=html)
        job = FetchJob(1, f"{web.url}/1", source=Source(items="li", next_page="a.next"))
        async with (
            Fetcher(FetchLimits(proxies=False)) as fetcher,
            ParseWorker() as parser,
            Sources(fetcher, parser) as sources,
        ):
            fetcher.budget = MemoryBudget(max_bytes=1)
            reservation = sources.reserve()
            fetched = await sources.fetch(job, reservation)
            assert isinstance(fetched, Fetched)
            reservation.release()
            parsed = await sources.parse(fetched, {})
            assert isinstance(parsed, ParsedFeed)
            assert [entry.title for entry in parsed.entries] == [f"Title {number}" for number in range(1, 5)]


async def test_of_many_large_bodies_few_come_at_a_time() -> None:
    large = gzip.compress(bytes(300_000))
    limits = FetchLimits(proxies=False, total=1.0, per_host=20)

    async def fetch(fetcher: Fetcher, number: int) -> Reservation:
        reservation = fetcher.budget.reserve()
        result = await fetcher.fetch(FetchJob(number, f"{web.url}/feed"), reservation)
        assert isinstance(result, Fetched)
        assert len(result.body) == 300_000
        return reservation

    async with Web() as web:
        web.serve("/feed", large, headers={"Content-Encoding": "gzip"})
        async with Fetcher(limits) as fetcher:
            fetcher.budget = MemoryBudget(large=100_000, large_at_once=1)
            waiting = {asyncio.create_task(fetch(fetcher, number)) for number in range(4)}
            while waiting:
                done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                (reservation,) = [task.result() for task in done]
                reservation.release()


async def test_bodies_that_are_not_kept_never_use_up_the_budget() -> None:
    async with Web() as web:
        web.serve("/feed", BODY)
        async with Fetcher(FetchLimits(proxies=False)) as fetcher:
            fetcher.budget = MemoryBudget(max_bytes=len(BODY), large=10, large_at_once=1)
            jobs = [FetchJob(0, f"{web.url}/feed") for _ in range(8)]
            results = await asyncio.gather(*(fetcher.fetch(job) for job in jobs))
        assert all(isinstance(result, Fetched) for result in results)
