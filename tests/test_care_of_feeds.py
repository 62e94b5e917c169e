"""What becomes of feeds that move, vanish, fail, are edited, paused and removed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders import ALL, Clock, feeds, item, opened, refreshed, rss, titles
from tests.builders import CLOCK as NOW
from tests.newsroom import fetched
from tests.web import Answer, Web
from tuireader.errors import ConfigError, TuireaderError
from tuireader.library import Library
from tuireader.model import Fault, FeedHealth, Trouble

ONE = rss("F", [item("1", "One")])
TWO = rss("F", [item("1", "One"), item("2", "Two")])


HOUR = 3600


async def only(library: Library) -> FeedHealth:
    (health,) = await library.feeds.health()
    return health


def moved(web: Web, to: str) -> Answer:
    return Answer(b"", 301, {"Location": web.url + to})


async def test_a_move_counts_when_said_twice_and_accepting_it_keeps_the_feed(
    tmp_path: Path, web: Web
) -> None:
    old = web.stages("/old", ONE, moved(web, "/new"), moved(web, "/new"), b"never asked for")
    new = web.stages("/new", ONE, ONE, TWO)
    async with fetched(tmp_path, "# mine\n" + feeds(old) + 'folder = "News" # here\n') as library:
        await library.marks.set_read(await library.lists.ids(ALL), True)
        await refreshed(library)
        assert (await only(library)).trouble is Trouble.NONE
        with pytest.raises(TuireaderError, match="has not moved"):
            await library.feeds.accept_move(1)
        await refreshed(library)
        assert (await only(library)).trouble is Trouble.MOVED
        assert len(web.seen("/old")) == 3
        await refreshed(library)
        assert len(web.seen("/old")) == 3 and len(web.seen("/new")) == 3
        health = await only(library)
        assert (health.feed.url, health.moved_to) == (old, new)
        assert await library.feeds.accept_move(health.feed.id) == new
        health = await only(library)
        assert (health.feed.url, health.moved_to, health.total, health.unread) == (new, "", 2, 1)
        assert health.feed.id == 1 and health.feed.folder == "News"
        text = (tmp_path / "config.toml").read_text(encoding="utf-8")
        assert text == "# mine\n" + feeds(new) + 'folder = "News" # here\n'
        await refreshed(library)
        assert len(web.seen("/old")) == 3 and len(await titles(library)) == 2
        change = await library.marks.undo()
        assert change is not None and change.what == f"feed {old} changed"
        health = await only(library)
        assert (health.feed.id, health.feed.url, health.total) == (1, old, 2)


async def test_a_move_written_into_the_config_by_hand_is_the_same_feed(tmp_path: Path, web: Web) -> None:
    old = web.stages("/old", moved(web, "/new"))
    new = web.serve("/new", ONE)
    async with opened(tmp_path, feeds(old)) as library:
        await refreshed(library)
    async with opened(tmp_path, feeds(new)) as library:
        health = await only(library)
        assert (health.feed.id, health.feed.url, health.total) == (1, new, 1)


async def test_a_move_to_a_feed_that_is_there_already_is_refused(tmp_path: Path, web: Web) -> None:
    old, new = web.stages("/old", moved(web, "/new")), web.serve("/new", ONE)
    async with fetched(tmp_path, feeds(old, new)) as library:
        await refreshed(library)
        with pytest.raises(ConfigError, match="already"):
            await library.feeds.accept_move(1)
        assert len(await library.feeds.health()) == 2


@pytest.mark.parametrize(
    "failure",
    [
        Answer(b"<html><body>Domain for sale</body></html>", 200, {"Content-Type": "text/html"}),
        Answer(b"", 404),
        Answer(b"", 410),
        Answer(b"", 500),
    ],
)
async def test_a_move_that_fails_falls_back_to_the_configured_address(
    tmp_path: Path, web: Web, failure: Answer
) -> None:
    old = web.stages("/old", moved(web, "/new"), moved(web, "/new"), TWO)
    web.stages("/new", ONE, ONE, failure)
    async with opened(tmp_path, feeds(old)) as library:
        for _ in range(3):
            await refreshed(library)
        health = await only(library)
        assert health.trouble is Trouble.FAILING and health.moved_to == ""
        assert health.fault is not Fault.GONE
        await refreshed(library)
        assert len(web.seen("/new")) == 3 and len(web.seen("/old")) == 3
        assert (await only(library)).trouble is Trouble.NONE
        assert sorted(await titles(library)) == ["One", "Two"]


async def test_a_moved_server_that_asks_for_patience_is_not_left(tmp_path: Path, web: Web) -> None:
    old = web.stages("/old", moved(web, "/new"))
    web.stages("/new", ONE, ONE, Answer(b"", 429), ONE)
    async with opened(tmp_path, feeds(old)) as library:
        for _ in range(4):
            await refreshed(library)
        assert len(web.seen("/old")) == 2
        assert (await only(library)).moved_to


async def test_secrets_do_not_move_along(tmp_path: Path, web: Web) -> None:
    async with Web() as other:
        new = other.serve("/new", ONE)
        old = web.stages("/old", Answer(b"", 301, {"Location": new}))
        text = feeds(old) + 'username = "me"\npassword = "geheim"\n'
        async with opened(tmp_path, text) as library:
            for _ in range(4):
                await refreshed(library)
            assert (await only(library)).moved_to == new
            assert len(web.seen("/old")) == 4
            assert all("authorization" not in request.headers for request in other.requests)


async def test_a_temporary_redirect_is_no_move(tmp_path: Path, web: Web) -> None:
    old = web.stages("/old", Answer(b"", 302, {"Location": web.url + "/new"}))
    web.serve("/new", ONE)
    async with opened(tmp_path, feeds(old)) as library:
        for _ in range(3):
            await refreshed(library)
        assert (await only(library)).moved_to == "" and len(web.seen("/old")) == 3


async def test_what_is_gone_is_asked_again_only_by_name(tmp_path: Path, web: Web) -> None:
    url = web.stages("/f", ONE, *[Answer(b"", 410)] * 4, TWO)
    clock = Clock()
    async with opened(tmp_path, feeds(url), clock=clock.time) as library:
        for _ in range(4):
            await refreshed(library)
            clock.now += 9 * HOUR
            assert (await only(library)).feed.state == "ok"
        await refreshed(library)
        health = await only(library)
        assert (health.trouble, health.fault, health.total) == (Trouble.GONE, Fault.GONE, 1)
        await refreshed(library)
        assert len(web.seen("/f")) == 5
        await refreshed(library, [health.feed.id])
        health = await only(library)
        assert (health.trouble, health.total) == (Trouble.NONE, 2)


async def test_pausing_resuming_and_removing_are_edits_of_the_config(tmp_path: Path, web: Web) -> None:
    one, two = web.serve("/1", ONE), web.serve("/2", rss("G", [item("9", "Nine")]))
    async with fetched(tmp_path, feeds(one) + "# the second\n" + feeds(two)) as library:
        await library.feeds.pause(1)
        await refreshed(library)
        assert (len(web.seen("/1")), len(web.seen("/2"))) == (1, 2)
        first, second = await library.feeds.health()
        assert (first.trouble, second.trouble) == (Trouble.PAUSED, Trouble.NONE)
        assert sorted([second, first], key=lambda health: health.order)[0] is first
        await library.feeds.resume(1)
        await refreshed(library)
        assert len(web.seen("/1")) == 2
        await library.feeds.remove(2)
        assert [health.feed.id for health in await library.feeds.health()] == [1]
        assert sorted(await titles(library)) == ["Nine", "One"]
        assert (tmp_path / "config.toml").read_text(encoding="utf-8") == feeds(one) + "# the second\n"
        with pytest.raises(TuireaderError, match="no longer exists"):
            await library.feeds.remove(2)


async def test_health_counts_what_a_feed_brings(tmp_path: Path, web: Web) -> None:
    day = 86_400
    items = [item(str(n), f"Title {n}", f"<p>{n}</p>", time=NOW - n * 2 * day) for n in range(30)]
    shared = [
        item(f"x{n}", f"Title {n}", f"<p>{n}</p>", url=f"https://site.example.org/{n}") for n in (3, 20)
    ]
    one, two = web.serve("/1", rss("F", items)), web.serve("/2", rss("G", shared))
    async with opened(tmp_path, feeds(one)) as library:
        await refreshed(library)
    async with fetched(tmp_path, feeds(one, two, web.url + "/none")) as library:
        await library.marks.set_read((await library.lists.ids(ALL))[:3], True)
        first, second, third = await library.feeds.health()
        assert (first.unread, first.total, first.newest) == (27, 30, NOW)
        assert first.per_week == 3.75  # 15 in four weeks
        assert (second.unread, second.total, second.per_week) == (2, 2, 0.25)  # one of them is 40 days old
        assert second.newest == NOW - 6 * day
        assert (third.trouble, third.feed.error_streak) == (Trouble.FAILING, 1)
        assert third.fault is Fault.HTTP and third.newest is None


async def test_a_feed_whose_articles_are_all_in_another_is_asked_as_often_as_it_changes(
    tmp_path: Path, web: Web
) -> None:
    day = 86_400
    items = [
        item(str(n), f"Title {n}", url=f"https://site.example.org/{n}", time=NOW - n * day) for n in range(9)
    ]
    whole, part = web.serve("/all", rss("All", items)), web.serve("/tech", rss("Tech", items[::4]))
    async with opened(tmp_path, feeds(whole)) as library:
        await refreshed(library)
    async with fetched(tmp_path, feeds(whole, part)) as library:
        first, second = await library.feeds.health()
        assert first.feed.next_try is not None and second.feed.next_try is not None
        assert 0 < first.feed.next_try - NOW < day / 3  # a third of the gap
        assert 0.8 * day < second.feed.next_try - NOW <= day  # every fourth day: the longest wait


async def test_an_edit_is_told_word_for_word(tmp_path: Path, web: Web) -> None:
    before = rss("F", [item("1", "Ten fined", "<p>They fined ten people.</p><p>No more is known.</p>")])
    after = rss("F", [item("1", "Twelve fined", "<p>They fined twelve people.</p><p>No more is known.</p>")])
    url = web.stages("/f", before, after)
    async with fetched(tmp_path, feeds(url)) as library:
        assert await library.articles.revisions(1) == ()
        await library.marks.set_read([1], True)
        await refreshed(library)
        (row,) = await library.lists.rows([1])
        assert row.edited and row.read
        (old,) = await library.articles.revisions(1)
        assert old.until == NOW
        assert old.title == (("removed", "Ten "), ("added", "Twelve "), ("same", "fined"))
        assert old.text == (
            ("same", "They fined "),
            ("removed", "ten "),
            ("added", "twelve "),
            ("same", "people.\nNo more is known."),
        )
        assert await library.articles.revisions(99) == ()


async def test_a_purge_first_says_what_it_would_drop(tmp_path: Path, web: Web) -> None:
    day = 86_400
    texts = [
        item(str(n), f"Title {n}", "<p>WeChat</p>" if n == 8 else "<p>x</p>", time=NOW - n * day)
        for n in range(10)
    ]
    url = web.serve("/f", rss("F", texts))
    async with fetched(tmp_path, feeds(url)) as library:
        await library.marks.set_read(await library.lists.ids(ALL), True)
    watch = '[[watch]]\nname = "W"\nany = ["WeChat"]\n'
    async with opened(tmp_path, feeds(url) + watch) as library:
        planned = await library.database.purge(older_than=4 * day, keep=3, dry_run=True)
        assert (planned.articles, planned.feeds) == (4, 1)  # 5, 6, 7, 9: the watch is applied first
        assert await library.database.purge(older_than=4 * day, keep=3) == planned
        assert (await library.database.purge(older_than=4 * day, keep=3)).articles == 0
        assert len(await titles(library)) == 10
        assert len((await library.searches.run("x"))[0]) == 5
        await refreshed(library)
        assert len((await library.searches.run("x"))[0]) == 5
