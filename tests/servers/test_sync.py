"""Sync of an account through the library, as a user does it, against every server."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders import titles
from tests.servers.clients import client, ids, marks, synced
from tests.servers.stages import Stage
from tuireader.model import View, ViewKind
from tuireader.sync import servers


@pytest.fixture(autouse=True)
def on_stage(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let accounts lead to the server of the stage."""
    monkeypatch.setattr(servers, "connect", lambda *_, **__: stage.connect())


async def test_the_first_sync_brings_feeds_articles_marks_and_matches(tmp_path: Path, stage: Stage) -> None:
    feed = stage.add_feed("News")
    _, two, three = stage.arrive(feed, "WeChat suspends registration", "Two", "Three")
    stage.mark(two, read=True)
    stage.mark(three, read=True, starred=True)
    async with client(tmp_path) as library:
        done = await synced(library)
        assert (done.new, done.error, done.pending) == (3, "", 0)
        assert await marks(library) == {
            "WeChat suspends registration": (False, False), "Two": (True, False), "Three": (True, True),
        }  # fmt: skip
        (found,) = await library.feeds.all()
        assert (found.title, found.account) == ("News", "home")
        assert await titles(library, View(ViewKind.WATCH, "W")) == ["WeChat suspends registration"]
        again = await synced(library)
        assert (again.new, again.changed, again.taken, again.sent, again.pending) == (0, 0, 0, 0, 0)


async def test_marks_go_both_ways(tmp_path: Path, stage: Stage) -> None:
    feed = stage.add_feed("News")
    one, two, three = stage.arrive(feed, "One", "Two", "Three")
    async with client(tmp_path) as library:
        await synced(library)
        here = await ids(library)
        await library.marks.set_read([here["One"]], True)
        await library.marks.set_starred([here["Two"]], True)
        stage.mark(three, read=True, starred=True)
        done = await synced(library)
        assert (done.sent, done.taken, done.pending) == (2, 2, 0)
        assert (stage.marks(one), stage.marks(two)) == ((True, False), (False, True))
        assert (await marks(library))["Three"] == (True, True)
        await library.marks.undo()  # the star
        await library.marks.undo()
        assert sum([state.pending for state in await library.accounts.all()]) == 2
        assert (await synced(library, pull=False)).sent == 2
        assert (stage.marks(one), stage.marks(two)) == ((False, False), (False, False))


async def test_marks_made_while_the_server_is_away_wait_and_win(tmp_path: Path, stage: Stage) -> None:
    feed = stage.add_feed("News")
    one, two = stage.arrive(feed, "One", "Two")
    async with client(tmp_path) as library:
        await synced(library)
        stage.down()
        here = await ids(library)
        await library.marks.set_read(list(here.values()), True)
        await library.marks.set_starred([here["One"]], True)
        await library.marks.set_starred([here["One"]], False)  # taken back: there is nothing to say
        done = await synced(library)
        assert done.refusal == "away" and done.pending == 2 and done.error
        assert set((await marks(library)).values()) == {(True, False)}
    stage.up()
    stage.mark(two, starred=True)
    async with client(tmp_path) as library:  # after a restart
        done = await synced(library)
        assert (done.sent, done.taken, done.pending, done.error) == (2, 1, 0, "")
        assert (stage.marks(one), stage.marks(two)) == ((True, False), (True, True))
        assert await marks(library) == {"One": (True, False), "Two": (True, True)}


async def test_what_the_server_removes_stays_here(tmp_path: Path, stage: Stage) -> None:
    feed = stage.add_feed("News")
    one, two = stage.arrive(feed, "One", "Two")
    async with client(tmp_path) as library:
        await synced(library)
        stage.remove(one)
        await synced(library)
        await library.marks.set_read(list((await ids(library)).values()), True)
        done = await synced(library)
        assert (done.pending, done.error) == (0, "")
        assert stage.marks(two) == (True, False)
        assert await marks(library) == {"One": (True, False), "Two": (True, False)}
