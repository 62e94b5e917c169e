"""The simulated week: its world, its servers, its clock, and how readers are judged."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

HERE = Path(__file__).parent.parent.parent / "benchmarks"
SHARED = Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")


@pytest.fixture
def week(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The modules of the benchmark."""
    monkeypatch.syspath_prepend(str(HERE))
    names = ("world", "hazards", "documents", "words", "server", "readers", "figures")
    yield SimpleNamespace(**{name: __import__(f"week_{name}") for name in names})


def base(number: int) -> str:
    return f"http://127.1.0.{number + 1}:80"


def article(week: Any, name: str, at: int, watch: str = "PIPL", **changes: Any) -> Any:
    return week.world.Article(
        name, "plain", at, name, f"<p>{watch}</p>", f"http://h/0/a/{name}", watch, **changes
    )


def made(week: Any, *articles: Any, **changes: Any) -> Any:
    """A world with one feed; the machine is on from 7:00 to 8:00 and at 10:00."""
    start = week.world.START
    calendar = week.world.Calendar(((start + 25_200, start + 28_800), (start + 36_000, start + 36_000)))
    feed = week.world.Feed(0, "plain", "One", base(0), window=2, articles=list(articles), **changes)
    return week.world.World(calendar, start + 36_000, [feed])


def test_a_world_depends_on_its_seed_alone(week: Any) -> None:
    def documents(seed: str) -> list[bytes]:
        world = week.hazards.world(seed, 18, 1, base)
        return [week.documents.document(feed, world.end) for feed in world.feeds]

    assert documents("1") == documents("1") != documents("2")


def test_every_hazard_has_articles_that_can_be_known(week: Any) -> None:
    world = week.hazards.world("2", 19, 5, base)
    watched, known = world.watched(), world.knowable()
    kinds = {one.kind for one in watched.values()}
    assert kinds == {*week.hazards.ROSTER, "copies"} == {watched[name].kind for name in known}
    assert 0.85 * len(watched) < len(known) < len(watched)
    assert all(name in known for name, one in watched.items() if one.kind == "plain")
    final = [(one, one.at(world.end)) for one in watched.values() if not one.teaser]
    assert all(week.words.says(one.watch, one.title + later.html) for one, later in final)


def test_only_what_a_visit_at_some_tick_can_see_is_known(week: Any) -> None:
    start = week.world.START
    burst = [article(week, f"b{n}", start + 29_000 + n) for n in range(4)]  # 8:03, with the machine asleep
    assert set(made(week, *burst).knowable()) == {"b2", "b3"}
    assert set(made(week, *burst, archive="next").knowable()) == {"b0", "b1", "b2", "b3"}
    late = article(week, "late", start, page_from=start + 27_000)
    edited = article(week, "edited", start, edit=(start + 28_000, "PIPL"))
    assert made(week, late, edited).knowable() == {"late": start + 27_000, "edited": start + 28_800}
    out = week.world.Spell(start, start + 28_000, "503")
    assert made(week, article(week, "out", start), spells=[out]).knowable() == {"out": start + 28_800}


def test_delays_count_the_time_in_which_the_machine_is_on(week: Any) -> None:
    one = article(week, "a", week.world.START + 27_000)
    took = week.figures.delays(
        ["a"], {"a": week.world.START + 36_000}, {"a": one}, {"a": one.published}, made(week, one)
    )
    assert (took.on, took.raw) == ((30.0,), (150.0,))


def test_gaps_are_what_two_visits_leave_out(week: Any) -> None:
    start = week.world.START
    names = [article(week, f"a{n}", start + 1000 * n) for n in range(7)]
    world = made(week, *names)

    def sent(at: int, *ids: int, what: str = "feed") -> Any:
        found = frozenset(f"a{n}" for n in ids)
        return week.server.Request("r", start + at, 0, what, 200, ids=found)

    visits = [sent(1500, 0, 1), sent(2500, 1, 2), sent(6500, 5, 6)]
    (gap,) = week.figures.real_gaps("r", world, visits)
    assert (gap.at, gap.missed, gap.unseen) == (start + 6500, {"a3", "a4"}, {"a3", "a4"})
    (filled,) = week.figures.real_gaps("r", world, [*visits, sent(6500, 3, 4, what="archive")])
    assert (filled.missed, filled.unseen) == ({"a3", "a4"}, frozenset())

    def judged(*rows: tuple[int, bool]) -> tuple[float, float]:
        reported = [(f"{base(0)}/0/feed", start + at, closed) for at, closed in rows]
        found = week.figures.judged_gaps([gap], reported)
        return found["recall"], found["precision"]

    assert judged() == (0, 0)
    assert judged((6503, False)) == (1, 1)
    assert judged((6503, True)) == (0, 1)  # closed, but two articles were never seen
    assert judged((6503, False), (2500, False)) == (1, 0.5)


def test_servers_lie_throttle_and_refuse_at_their_times(week: Any) -> None:
    start, spell = week.world.START, week.world.Spell
    spells = [spell(start + 100, start + 200, "429", 500), spell(start + 300, start + 400, "refused")]
    spells += [spell(start + 500, start + 600, "cloudflare")]
    first, later = article(week, "a", start), article(week, "b", start + 50)

    def make(place: Any) -> Any:
        world = made(week, first, later, spells=spells, validators="lie", lie_from=start + 20)
        world.feeds[0].base = place(0)
        return world

    with week.server.Server(make) as server:
        url = server.scene.world.feeds[0].url

        def ask(at: int, etag: str = "") -> tuple[int, str]:
            server.at(start + at, "r")
            request = urllib.request.Request(url, headers={"If-None-Match": etag} if etag else {})
            try:
                with urllib.request.urlopen(request, timeout=5) as answer:
                    return answer.status, answer.headers["ETag"]
            except urllib.error.HTTPError as error:
                return error.code, str(error.headers.get("cf-mitigated"))

        _, etag = ask(10)
        assert ask(60, etag)[0] == 304  # although there is news
        assert ask(60)[0] == 200
        assert [ask(at)[0] for at in (150, 160)] == [429, 429]
        with pytest.raises(urllib.error.URLError, match="refused"):
            ask(350)
        assert ask(550) == (403, "challenge")
        assert [one.early for one in server.scene.requests] == [False, False, False, False, True, True]


def test_feeds_move_to_other_sites_and_some_of_them_cannot_be_recognised(week: Any) -> None:
    with week.server.Server(lambda place: week.hazards.world("2", 66, 3, place)) as server:
        world, known = server.scene.world, server.scene.world.knowable()
        away = {feed.kept: feed for feed in world.feeds if feed.away}
        assert set(away) == {"guid", "link", "title", "name", "nothing"}
        for kept, feed in away.items():
            watched = [one for one in feed.articles if one.watch]
            assert watched and all((one.id in known) is (kept != "nothing") for one in watched)
            server.at(world.end, "r")
            with urllib.request.urlopen(feed.new_url, timeout=5) as answer:
                document = answer.read().decode()
            assert watched[-1].guid(0) + ("</" if kept == "guid" else "-moved</") in document
            assert (feed.title in document, feed.base in document) == (True, kept in ("link", "name"))
            assert feed.new_url in week.documents.home(feed, world.end).decode()
            try:
                with urllib.request.urlopen(feed.url, timeout=5) as answer:
                    assert feed.new_url in answer.read().decode()
            except urllib.error.HTTPError as error:
                assert error.code in (404, 410) and feed.move in ("dead", "gone", "home")


@pytest.mark.skipif(next(SHARED, None) is None, reason="faketime is not installed")
def test_the_installed_command_tells_at_the_virtual_time(week: Any, tmp_path: Path) -> None:
    start = week.world.START
    clock = week.readers.Clock()
    clock.prove(tmp_path, start)

    def make(place: Any) -> Any:
        world = made(week, article(week, "a", start - 100), article(week, "b", start + 25_000))
        world.feeds[0].base = place(0)
        return world

    with week.server.Server(make) as server:
        reader = week.readers.Tuireader("tuireader", tmp_path, clock)
        reader.prepare(server.scene.world)
        for now in (start, start + 25_200):
            server.at(now, "tuireader")
            reader.refresh(now, due=True)
        assert {one.id: one.at for one in reader.told} == {"a": start, "b": start + 25_200} == reader.stored
        known = server.scene.world.knowable()
        found = week.figures.figures(reader, server.scene.world, server.scene.requests, 1, known)
    assert (found.twice, found.false, found.early, found.gaps["real"]) == (0, 0, 0, 0)
