"""Sync of an account through the library, as a user does it, against every server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

from tests.builders import ALL, opened
from tests.servers.stages import Stage
from tuireader.library import Library
from tuireader.model import AccountSynced


@asynccontextmanager
async def client(folder: Path, stage: Stage) -> AsyncIterator[Library]:
    """A library with the account of a stage, called home."""
    folder.mkdir(exist_ok=True)
    async with opened(folder, f'{stage.account("home")}\n[[watch]]\nname = "W"\nany = ["WeChat"]\n') as made:
        yield made


async def synced(library: Library, *, pull: bool = True, believed: bool = False) -> AccountSynced:
    """Sync the account; return the outcome."""
    events = library.refresh.sync(await library.accounts.all(), pull=pull, believed=believed)
    async with aclosing(events) as found:
        *_, done = [event async for event in found if isinstance(event, AccountSynced)]
    assert done.done
    return done


async def marks(library: Library) -> dict[str, tuple[bool, bool]]:
    """The marks of all articles by title, as (read, starred)."""
    rows = await library.lists.rows(await library.lists.ids(ALL))
    return {row.title: (row.read, row.starred) for row in rows}


async def ids(library: Library) -> dict[str, int]:
    """The articles by title."""
    return {row.title: row.id for row in await library.lists.rows(await library.lists.ids(ALL))}


async def test_the_first_sync_brings_feeds_articles_marks_and_matches(tmp_path: Path, stage: Stage) -> None:
    feed = stage.add_feed("News")
    one, two, three = stage.arrive(feed, "WeChat suspends registration", "Two", "Three")
    stage.mark(two, read=True)
    stage.mark(three, read=True, starred=True)
    async with client(tmp_path, stage) as library:
        done = await synced(library)
        assert (done.new, done.error, done.pending) == (3, "", 0)
        assert await marks(library) == {
            "WeChat suspends registration": (False, False), "Two": (True, False), "Three": (True, True)
        }  # fmt: skip
        (found,) = await library.feeds.all()
        assert (found.title, found.account) == ("News", "home")
        assert [row.title for row in await library.lists.rows(await library.lists.ids(watch("W")))] == [
            "WeChat suspends registration"
        ]
        again = await synced(library)
        assert (again.new, again.changed, again.taken, again.sent, again.pending) == (0, 0, 0, 0, 0)
