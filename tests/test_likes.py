"""Searches by meaning: what is closest comes first, other conditions filter, and a hit stays provable."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.builders import TWO_FEEDS, entry, fill, opened, paths
from tests.ranking import InThisProcess
from tests.ranking import ranking as ranking
from tests.test_meaning import related_store
from tuireader.cli.mcp import tools
from tuireader.config import loads
from tuireader.errors import TuireaderError
from tuireader.library import Library, meaning
from tuireader.subprocesses import encoder
from tuireader.subprocesses.worker import Worker, WorkerDied

pytestmark = pytest.mark.usefixtures("ranking")

TAXIS = entry(
    1,
    title="Capital outlaws taxi apps",
    content_html="<p>The mayor spoke on Monday. Drivers who take rides from Uber or Bolt lose their permit."
    " The council meets again in May.</p>",
)
IN_GERMAN = entry(
    2,
    title="Hauptstadt verbietet Fahrdienste per App",
    content_html="<p>Wer Fahrten über Uber oder Bolt anbietet, verliert seine Lizenz.</p>",
)
SATELLITE = entry(
    3,
    title="Satellite is silent",
    content_html="<p>Engineers have lost contact with a weather satellite.</p>",
)
CAKE = entry(4, title="A cake with plums", content_html="<p>Butter, flour, eggs and ripe plums. Bake it.</p>")
ASKED = 'like:"ban on ride-hailing apps"'


async def found(library: Library, expression: str) -> list[str]:
    ids, trouble = await library.searches.run(expression, likes=True)
    assert not trouble
    return [row.title for row in await library.lists.rows(ids)]


async def test_the_closest_come_first_and_other_conditions_filter(tmp_path: Path) -> None:
    async with opened(tmp_path, TWO_FEEDS) as library:
        await fill(library, 1, TAXIS, SATELLITE, CAKE)
        await fill(library, 2, IN_GERMAN)
        assert await found(library, ASKED) == [IN_GERMAN.title, TAXIS.title]
        assert await found(library, f"{ASKED} lang:de") == [IN_GERMAN.title]
        assert await found(library, f"permit {ASKED}") == [TAXIS.title]
        assert await found(library, f"-permit ({ASKED} is:unread)") == [IN_GERMAN.title]
        assert await found(library, f"{ASKED} is:read") == []
        (_, taxis), _ = await library.searches.run(ASKED, likes=True)
        assert await found(library, f"like:@{taxis}") == [IN_GERMAN.title]  # itself is not like itself
        sentence = "Drivers who take rides from Uber or Bolt lose their permit."
        assert await library.searches.snippets([taxis], ASKED) == [(sentence, ())]
        await library.mutes.add("taxi")
        assert await found(library, ASKED) == [IN_GERMAN.title]
        assert await found(library, f"{ASKED} is:muted") == [TAXIS.title]


async def test_only_new_and_changed_articles_are_sent(tmp_path: Path) -> None:
    async with opened(tmp_path, TWO_FEEDS) as library:
        await fill(library, 1, SATELLITE, CAKE)
        assert await found(library, ASKED) == []
        await fill(library, 2, TAXIS)
        assert await found(library, ASKED) == [TAXIS.title]
        worker = library.meanings.ranker
        assert isinstance(worker, InThisProcess) and worker.jobs.count("add") == 2
        assert await found(library, ASKED) == [TAXIS.title] and worker.jobs.count("add") == 2
        await fill(library, 2, entry(1, title="A pie with plums", content_html="<p>Bake it with butter.</p>"))
        assert await found(library, ASKED) == []
        worker.die()
        assert await found(library, "like:baking") == ["A pie with plums", CAKE.title]


async def test_large_libraries_say_what_is_not_compared_yet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meaning, "LEAST", 3)
    monkeypatch.setattr(meaning, "_NEW", 2)
    async with opened(tmp_path, TWO_FEEDS) as library:
        await fill(library, 1, TAXIS)
        await fill(library, 1, SATELLITE, CAKE)
        assert await found(library, ASKED) == []
        said = "1 of 3 articles are not compared yet; each refresh reads more"
        assert await library.meanings.gap() == said
        assert await found(library, ASKED) == [TAXIS.title]
        assert not await library.meanings.gap()


async def test_programs_do_not_learn_what_private_articles_are_like(tmp_path: Path) -> None:
    text = """[[feeds]]
    url = "https://public.example/feed"
    [[feeds]]
    url = "https://paid.example/feed"
    password = "secret"
    """
    async with opened(tmp_path, text) as library:
        await fill(library, 1, TAXIS)
        await fill(library, 2, IN_GERMAN)
        (private, public), _ = await library.searches.run(ASKED, likes=True)
        config = library.config
    library = await Library.open_read_only(config, paths(tmp_path))
    try:
        assert await found(library, ASKED) == [TAXIS.title]
        assert await found(library, f"like:@{public}") == []
        said = f"like: there is no article {private}"
        assert (await library.searches.run(f"like:@{private}", likes=True))[1] == said
        (article,) = json.loads(await tools.search(library, ASKED))["untrusted"]
        assert article["sentence"] == "Drivers who take rides from Uber or Bolt lose their permit."
    finally:
        await library.close()


async def test_a_sentence_is_harmless(tmp_path: Path) -> None:
    said = "Drivers &#27;[31mwho take&#x202e; rides from Uber lose their permit."
    async with opened(tmp_path, TWO_FEEDS) as library:
        await fill(library, 1, entry(1, title=TAXIS.title, content_html=f"<p>{said}</p>"))
        ids, _ = await library.searches.run(ASKED, likes=True)
        ((sentence, _),) = await library.searches.snippets(ids, ASKED)
        assert sentence == "Drivers [31mwho take rides from Uber lose their permit."


@pytest.mark.parametrize("text", ["article-without-number", "@99", "@x"])
async def test_what_is_not_the_number_of_an_article(text: str, tmp_path: Path) -> None:
    async with opened(tmp_path, TWO_FEEDS) as library:
        await fill(library, 1, CAKE)
        ids, trouble = await library.searches.run(f"like:{text}", likes=True)
        assert not ids and trouble == ("like: there is no article 99" if text == "@99" else "")


async def test_how_to_get_it_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(tmp_path, f"{TWO_FEEDS}\n[related]\nmeaning = false\n") as library:
        assert await trouble(library) == "like: is switched off by meaning = false under [related]"
    monkeypatch.setattr(encoder, "find_spec", lambda name: None)
    async with opened(tmp_path, TWO_FEEDS) as library:
        assert await trouble(library) == "like: needs an extra: pip install 'tuireader[meaning]'"


async def trouble(library: Library) -> str:
    ids, said = await library.searches.run(ASKED, likes=True)
    assert not ids
    return said


async def test_a_broken_encoder_is_reported_and_blames_no_article(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        meaning, "Worker", lambda module, **options: Worker("tuireader.subprocesses.no_such_module")
    )
    async with opened(tmp_path, TWO_FEEDS) as library:
        await fill(library, 1, CAKE)
        failed = "like: the sentence encoder failed (its process ended)"
        assert await trouble(library) == f"{failed}; try again, or reinstall tuireader[meaning]"
        assert await library.searches.snippets([1], ASKED) == [("", ())]
        assert (
            await library.meanings.gap() == "1 of 1 articles are not compared yet; the next search reads more"
        )


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (WorkerDied(9), "was killed, perhaps for lack of memory; close programs, then try again"),
        (
            WorkerDied(11),
            "failed (its process ended by signal 11); try again, or reinstall tuireader[meaning]",
        ),
        (TimeoutError(), "did not answer within 30 seconds; try again later"),
    ],
)
async def test_what_happened_to_the_encoder_and_what_to_do(
    error: Exception,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    async def fails(self: InThisProcess, request: Any, seconds: float) -> Any:
        raise error

    monkeypatch.setattr(InThisProcess, "ask", fails)
    async with opened(tmp_path, TWO_FEEDS) as library:
        await fill(library, 1, CAKE)
        assert await trouble(library) == f"like: the sentence encoder {said}"
        assert f"cannot rank by meaning: the sentence encoder {said}" in capsys.readouterr().err


@pytest.mark.slow  # the encoder loads in a second
async def test_the_process_that_ranks_leaves_when_nothing_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert meaning.IDLE == 300
    monkeypatch.setattr(meaning, "IDLE", 0.5)
    monkeypatch.setattr(meaning, "Worker", Worker)
    async with opened(tmp_path, TWO_FEEDS) as library:
        await fill(library, 1, TAXIS, CAKE)
        assert await found(library, ASKED) == [TAXIS.title]
        worker = library.meanings.ranker
        assert worker is not None and worker.process is not None
        async with asyncio.timeout(10):
            await worker.process.wait()
        assert not library.meanings.is_warm


@pytest.mark.parametrize("damaged", [b"\1\2", b"\1" * 1024, "text"])
async def test_a_damaged_vector_is_left_out(damaged: object, tmp_path: Path) -> None:
    async with opened(tmp_path, TWO_FEEDS) as library:
        await fill(library, 1, TAXIS, CAKE)
        assert await found(library, ASKED) == [TAXIS.title]
    with sqlite3.connect(paths(tmp_path).database) as connection:
        connection.execute("UPDATE meaning SET vector = ? WHERE article = 1", (damaged,))
    async with opened(tmp_path, TWO_FEEDS) as library:
        assert await found(library, ASKED) == [TAXIS.title]


@pytest.mark.parametrize(
    "table",
    [
        f"[[watch]]\nname = 'a'\nquery = '{ASKED}'",
        f"[[mute]]\nquery = '{ASKED}'",
        f"[[rule]]\nname = 'a'\nquery = '{ASKED}'\nactions = ['star']",
        f"[[digest]]\nname = 'a'\nat = '08:00'\nquery = '{ASKED}'",
        f"[[publish]]\nname = 'a'\nquery = '{ASKED}'\nfile = 'a.xml'",
    ],
)
def test_what_acts_on_its_own_refuses_it(table: str) -> None:
    _, problems = loads(f"[[channel]]\nname = 'c'\ncommand = ['true']\n{table}\n")
    messages = [problem.message for problem in problems]
    assert any("like: only ranks the results of a search; use words here:" in each for each in messages), (
        messages
    )


async def test_a_saved_search_has_it_unless_it_is_published(tmp_path: Path) -> None:
    text = f"[[view]]\nname = 'Taxis'\nquery = '{ASKED}'\n"
    text += "[[publish]]\nname = 'p'\nsearch = 'Taxis'\nfile = 'p.xml'\n"
    async with opened(tmp_path, f"{TWO_FEEDS}\n{text}") as library:
        await fill(library, 1, TAXIS)
        assert not library.context.problems
        (view,) = library.searches.saved
        assert await found(library, view.query) == [TAXIS.title]
        with pytest.raises(TuireaderError, match="like: only ranks the results of a search"):
            await library.publishing.content(library.config.publishes[0], "xml")


WATCH = f"""{TWO_FEEDS}
[[watch]]
name = "Taxis"
any = ["Uber"]
none = ["airport"]
"""


async def test_a_watch_proposes_what_its_terms_miss(tmp_path: Path) -> None:
    lifts = "<p>Drivers who take rides from apps lose their permit. The mayor spoke on Monday.</p>"
    missed = entry(5, title="Capital forbids taxi apps", content_html=lifts)
    excluded = entry(6, title="Capital bans Uber at the airport", content_html=lifts)
    again = entry(7, title=f"{missed.title} on Monday", content_html=f"{lifts}<p>Drivers protest.</p>")
    async with opened(tmp_path, WATCH) as library:
        await fill(library, 1, TAXIS, SATELLITE, CAKE, missed, excluded)
        (item,) = library.config.watches
        hits = (await library.watches.preview(item)).hits
        assert len(hits) == 1 and not (await library.watches.missing(item, hits)).count
        await found(library, ASKED)  # from now on all are compared
        proposals = await library.watches.missing(item, hits)
        assert [(row.title, said) for row, said in proposals.shown] == [
            (missed.title, "Drivers who take rides from apps lose their permit.")
        ]
        remarks = [remark.message for remark in await library.watches.lint() if not remark.term]
        assert remarks[0].startswith("1 article you may be missing") and missed.title in remarks[1]
        await fill(library, 2, again)
        await found(library, ASKED)
        remarks = [remark.message for remark in await library.watches.lint() if not remark.term]
        assert remarks[0].startswith("2 articles") and len(remarks) == 2  # they are one story
        assert (await library.watches.stats())[0].count.total == 1  # a proposal is no match


async def test_the_worker_ranks_and_forgets_what_is_replaced() -> None:
    """Under its memory limit, in a process of its own."""
    one, other = bytes([100] * 512), bytes([100, 156] * 256)
    async with Worker("tuireader.subprocesses.ranker", at_once=2, idle=meaning.IDLE) as worker:
        assert await worker.ask(("held", ()), 30) == 0
        ids = (7).to_bytes(8, "little") + (9).to_bytes(8, "little")
        assert await worker.ask(("add", (2, ids, one + other)), 30) == 2
        assert await worker.ask(("nearest", ([one], 0.5, 10)), 30) == [7]
        assert await worker.ask(("nearest", ([one, other], 0.5, 1)), 30) == [7]
        assert await worker.ask(("add", (3, ids[:8], other)), 30) == 3
        assert sorted(await worker.ask(("nearest", ([other], 0.5, 10)), 30)) == [7, 9]
        assert await worker.ask(("nearest", ([one], 0.5, 10)), 30) == []


async def test_of_requests_at_the_same_time_the_last_one_decides_when_the_worker_leaves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    timers: list[asyncio.TimerHandle] = []
    loop = asyncio.get_running_loop()
    call_later = loop.call_later

    def recorded(delay: float, *arguments: Any, **options: Any) -> asyncio.TimerHandle:
        timer = call_later(delay, *arguments, **options)
        timers.extend([timer] if delay == meaning.IDLE else [])
        return timer

    monkeypatch.setattr(loop, "call_later", recorded)
    async with Worker("tuireader.subprocesses.ranker", at_once=2, idle=meaning.IDLE) as worker:
        await asyncio.gather(*(worker.ask(("held", ()), 30) for _ in range(2)))
        assert [timer.cancelled() for timer in timers] == [True, False]


def test_of_a_very_large_library_the_newest_are_held(tmp_path: Path) -> None:
    store, new = related_store(tmp_path, *(entry(n) for n in range(5)))
    with store.transaction():
        store.meaning.use("encoder 1")
        store.meaning.add((article, 0, "en", bytes([article] * 512)) for article in reversed(new))
    row, articles, vectors = store.meaning.since(0, 2, 10)
    assert articles == new[:-3:-1] and vectors[::512] == bytes(articles)
    assert store.meaning.since(row, 2, 10) == (row, [], b"")
    assert store.meaning.missing("encoder 1") == (0, 5) and store.meaning.missing("encoder 2") == (5, 5)
    with store.transaction():
        store.meaning.forget(new[-1])
    assert store.meaning.unknown(9) == [new[-1]]
