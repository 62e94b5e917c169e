"""Feeds that move to the server of an account and back, with their marks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.builders import item, opened, refreshed, rss, titles
from tests.servers.clients import ids, marks, synced
from tests.servers.fake import TOKEN, Feed, drop
from tests.servers.fake_miniflux import FakeMiniflux
from tests.web import Web
from tuireader.config import load
from tuireader.errors import TuireaderError, UsageError
from tuireader.library import Library
from tuireader.model import View, ViewKind
from tuireader.newsboat.profile import Places
from tuireader.store.upkeep import maintenance


class Server(FakeMiniflux):
    """A Miniflux that has fetched a feed once it is subscribed to."""

    news: str = ""

    def add_feed(self, title: str, category: str = "", url: str = "") -> Feed:
        """Subscribe to a feed; that of the tests has two of the three entries."""
        feed = super().add_feed(title, category, url)
        if url == self.news:
            for number in (1, 2):
                self.add_entry(
                    feed, f"Entry {number}", f"<p>Text {number}</p>"
                ).url = f"https://n.example/{number}"
        return feed


@pytest.fixture
def server(web: Web) -> Iterator[Server]:
    """An empty server."""
    with Server("2.3.2") as server:
        entries = [
            item(str(n), f"Entry {n}", f"<p>Text {n}</p>", url=f"https://n.example/{n}") for n in (1, 2, 3)
        ]
        server.news = web.serve("/news.xml", rss("News", entries))
        web.serve("/other.xml", rss("Other", [item("x", "Fourth", url="https://o.example/4")]))
        yield server


@pytest.fixture
async def library(server: Server, web: Web, tmp_path: Path) -> AsyncIterator[Library]:
    """Two local feeds with their articles, a feed of a program, and an account."""
    text = f"""
        [[feeds]]
        url = "{server.news}"
        folder = "Tech"
        title = "My news"
        labels = ["daily"]
        [[feeds]]
        url = "{web.url}/other.xml"
        folder = "Tech"
        [[feeds]]
        command = ["cat", "feed.xml"]
        [[account]]
        name = "home"
        kind = "miniflux"
        url = "{server.url}"
        token = "{TOKEN}"
        [[watch]]
        name = "W"
        any = ["Entry"]
        feeds = ["Tech", "My news"]
    """
    async with opened(tmp_path, text) as made:
        await refreshed(made)
        here = await ids(made)
        await made.marks.set_read([here["Entry 1"], here["Entry 3"]], True)
        await made.marks.set_starred([here["Entry 2"]], True)
        yield made


async def of_feed(library: Library, title: str) -> list[str]:
    """The titles of a feed's articles."""
    (feed,) = [one for one in await library.feeds.all() if one.title == title]
    return await titles(library, View(ViewKind.FEED, str(feed.id)))


async def places(library: Library) -> dict[str, str]:
    """The folders of feeds by title."""
    return {feed.title: feed.folder for feed in await library.feeds.all()}


BEFORE = {
    "Entry 1": (True, False),
    "Entry 2": (False, True),
    "Entry 3": (True, False),
    "Fourth": (False, False),
}


async def test_feeds_move_with_their_marks(library: Library, server: Server) -> None:
    moved = await library.moving.push("HOME")
    assert server.seen()[-1] == "PUT /v1/entries", "marks are sent without reading the server again"
    assert (sorted(moved.feeds), moved.refused, moved.sent) == (["My news", "other.xml"], [], 2)
    assert [reason for _, reason in moved.kept] == ["comes from a program or a mail folder"]
    assert moved.remarks == ["My news: labels of local feeds were given up"]
    assert {feed.title: feed.category.title for feed in server.feeds} == {
        "My news": "Tech",
        "other.xml": "Tech",
    }
    assert {one.title: (one.read, one.starred) for one in server.entries.values()} == {
        "Entry 1": (True, False), "Entry 2": (False, True),
    }  # fmt: skip
    assert await marks(library) == BEFORE
    folders = await places(library)
    assert (folders["My news"], folders["other.xml"]) == ("home / Tech", "home / Tech") and len(folders) == 3
    assert [feed.command for feed in library.config.feeds] == [("cat", "feed.xml")]
    (watch,) = library.config.watches
    assert watch.feeds == ("home / Tech", "My news")
    assert (await synced(library)).new == 0 and await marks(library) == BEFORE
    assert set(await of_feed(library, "My news")) == {"Entry 1", "Entry 2", "Entry 3"}
    again = await library.moving.push("home")
    assert (again.feeds, again.refused) == ([], [])


async def test_a_move_that_broke_off_goes_on(library: Library, server: Server) -> None:
    before = library.config.feeds
    for hook in (drop("POST /v1/feeds"), drop("GET /v1/entries"), drop("PUT /v1/entries")):
        server.after = hook
        with pytest.raises(TuireaderError):
            await library.moving.push("home")
        assert library.config.feeds == before and await marks(library) == BEFORE
    moved = await library.moving.push("home")
    assert len(moved.feeds) == 2 and len(server.feeds) == 2 and await marks(library) == BEFORE
    assert [one.starred for one in server.entries.values()] == [False, True]


async def test_a_feed_that_the_server_refuses_stays(library: Library, server: Server, web: Web) -> None:
    server.broken_feeds.add(f"{web.url}/other.xml")
    moved = await library.moving.push("home")
    assert moved.feeds == ["My news"]
    ((title, reason),) = moved.refused
    assert title == "Other" and reason.endswith("fetcher: resource not found (404 status code)")
    assert await places(library) == {"My news": "home / Tech", "Other": "Tech", "exec:cat feed.xml": ""}
    (watch,) = library.config.watches
    assert watch.feeds == ("Tech", "My news", "home / Tech")
    assert any("is now in several places" in remark for remark in moved.remarks)


async def test_chosen_feeds_move_and_undo_brings_them_back(library: Library, server: Server) -> None:
    other = await library.feeds.find("Other")
    await library.feeds.pause(other)
    moved = await library.moving.push("home")
    assert moved.feeds == ["My news"] and ("Other", "is paused; name it to move it") in moved.kept
    moved = await library.moving.push("home", [other])
    assert moved.feeds == ["other.xml"]
    with pytest.raises(UsageError, match="is a feed of the account home already"):
        await library.moving.push("home", [await library.feeds.find("My news")])
    undone = await library.marks.undo()
    assert undone is not None and undone.what == "1 feed moved to home"
    assert "Other" in await places(library)


async def test_a_watch_follows_the_feeds_of_its_folder_to_several_folders(
    library: Library, server: Server
) -> None:
    """One of them was on the server before, in a category of its own."""
    server.add_feed("My news", "Papers", server.news)
    moved = await library.moving.push("home")
    assert await places(library) == {
        "My news": "home / Papers", "other.xml": "home / Tech", "exec:cat feed.xml": "",
    }  # fmt: skip
    (watch,) = library.config.watches
    assert set(watch.feeds) >= {"home / Papers", "home / Tech"}
    assert moved.remarks[-1].startswith("the folder Tech is now in several places")


PROGRAM, SECRET, PAGE = "comes from a program", "needs a password", "is read from a web page"
KEPT = {
    'command = ["cat", "x"]': PROGRAM,
    'url = "http://NEWS?1"\nfilter = ["cat"]': PROGRAM,
    'url = "maildir:/mail"': PROGRAM,
    'url = "imaps://me@mail.example/News"': PROGRAM,
    'url = "http://NEWS?2"\nusername = "me"': SECRET,
    'url = "http://NEWS?3"\npassword = "p"': SECRET,
    'url = "http://NEWS?4"\nheaders = {X = "1"}': SECRET,
    'url = "http://NEWS?5"\ncookies = "c.txt"': SECRET,
    'url = "http://me@NEWS?6"': SECRET,
    'url = "http://me:p@NEWS?7"': SECRET,
    'url = "http://:p@NEWS?8"': SECRET,
    'url = "http://NEWS?9"\nkind = "page"': PAGE,
    'url = "http://NEWS?10"\nitems = "li"': PAGE,
}
"""Settings of feeds that stay, with the reason; NEWS stands for host and path of a feed."""


async def test_feeds_that_a_server_cannot_fetch_stay(tmp_path: Path, server: Server) -> None:
    text = f'[[account]]\nname = "home"\nkind = "miniflux"\nurl = "{server.url}"\ntoken = "{TOKEN}"\n'
    news = server.news.removeprefix("http://")
    for number, settings in enumerate(KEPT):
        text += f'[[feeds]]\ntitle = "{number}"\n{settings.replace("NEWS", news)}\n'
    async with opened(tmp_path, text) as library:
        moved = await library.moving.push("home")
    assert not moved.feeds and server.feeds == [] == server.calls
    reasons = dict(moved.kept)
    for number, (settings, reason) in enumerate(KEPT.items()):
        assert reason in reasons.get(str(number), "is not kept"), settings


async def test_feeds_come_back_with_their_articles(library: Library, server: Server, tmp_path: Path) -> None:
    await library.moving.push("home")
    server.add_entry(server.feeds[0], "Only there")
    await synced(library)
    moved = await library.moving.pull("home")
    assert sorted(moved.feeds) == ["My news", "other.xml"]
    await library.accounts.remove("home")
    config, problems = load(tmp_path / "config.toml")
    assert problems == () and {(feed.title, feed.folder) for feed in config.feeds} == {
        ("", ""), ("My news", "Tech"), ("other.xml", "Tech"),
    }  # fmt: skip
    assert library.config.watches[0].feeds == ("Tech", "My news")
    everything = {"Entry 1", "Entry 2", "Entry 3", "Only there"}
    for _ in range(2):
        assert await marks(library) == BEFORE | {"Only there": (False, False)}
        assert set(await of_feed(library, "My news")) == everything
        assert set(await of_feed(library, "other.xml")) == {"Fourth"}
        await refreshed(library)
    assert all(not feed.account for feed in await library.feeds.all())
    assert [one for one in maintenance.check(library.paths.database) if one.problem] == []


async def test_rules_of_the_server_become_mutes(library: Library, server: Server, tmp_path: Path) -> None:
    feed = server.add_feed("New")
    feed.rules = {
        "blocklist_rules": "(?i)sponsored",
        "block_filter_entry_rules": "EntryTitle=^Ad:\nEntryDate=future",
        "keep_filter_entry_rules": "",
    }
    await synced(library)
    moved = await library.moving.pull("home")
    assert moved.remarks == [
        "New: EntryDate=future: this rule of the server is not kept",
        "rules of the server that block or keep entries: 1 mute",
    ]
    (mute,) = library.config.mutes
    assert mute.feed == feed.url and "title:/(?i:sponsored)/" in mute.query and "^Ad:" in mute.query
    assert load(tmp_path / "config.toml")[1] == ()
    feed.rules = {"keep_filter_entry_rules": "\n".join([f"EntryTitle={'x' * 9_000}"] * 60)}
    moved = await library.moving.pull("home")
    assert "were not added" in moved.remarks[-1] and library.config.mutes == (mute,)
    server.down()
    moved = await library.moving.pull("home")
    assert "rules of the server for blocking entries were not read" in moved.remarks[0]
    assert library.config.mutes == (mute,) and moved.feeds == ["New"]


async def test_a_feed_without_a_valid_address_stays_on_the_server(library: Library, server: Server) -> None:
    server.add_feed("Old", url="ftp://old.example/feed")
    server.add_feed("New")
    await synced(library)
    moved = await library.moving.pull("home")
    assert moved.feeds == ["New"]
    ((title, reason),) = moved.refused
    assert title == "Old" and reason.startswith("url ")
    assert {feed.title for feed in await library.feeds.all() if feed.account} == {"Old", "New"}


async def test_the_demo_asks_for_no_password_and_changes_no_feeds(tmp_path: Path) -> None:
    text = f'[[account]]\nname = "home"\nkind = "miniflux"\nurl = "https://a.example"\ntoken = "{TOKEN}"\n'
    async with opened(tmp_path, text, offline=True) as library:
        other = replace(library.accounts.config("home"), name="other")
        with pytest.raises(TuireaderError, match="the demo cannot"):
            library.accounts.require_new(other)
        for change in (
            library.accounts.add(other),
            library.moving.push("home"),
            library.moving.pull("home"),
            library.feeds.edit(1, {}),
            library.exchange.import_data(b"https://a.example/feed"),
            library.exchange.import_page("https://a.example/"),
            library.newsboat.import_profile(Places(*[tmp_path / "absent"] * 3)),
        ):
            with pytest.raises(TuireaderError, match="the demo cannot"):
                await change
