"""The welcome and the dialogs that subscribe."""

from __future__ import annotations

import pytest

from tests.builders import item, rss
from tests.ui.running import Running, running
from tests.ui.shelf import Server, Shelf, failing, replaced
from tests.ui.snap import assert_screen
from tests.web import Web
from tuireader.config import FeedConfig
from tuireader.demo import starter
from tuireader.errors import TuireaderError
from tuireader.model import FoundFeed
from tuireader.ui.dialogs.welcome import FirstRun, StarterFeeds
from tuireader.ui.host import DEMO
from tuireader.ui.widgets.choices import Choices


def followed(run: Running) -> list[str]:
    return [feed.url for feed in run.library.config.feeds]


async def test_starter_list_is_taken_by_one_key_and_fetched(welcome: Running) -> None:
    assert "Welcome to tuireader" in welcome.text
    server = Server(welcome.library)
    await welcome.press("s")
    assert followed(welcome) == [feed.url for feed in starter()]
    assert server.asked == [None]
    await welcome.press("x")  # the tour is closed by any key
    assert welcome.app.screen is welcome.main


async def test_only_what_is_checked_is_taken(welcome: Running) -> None:
    Server(welcome.library)
    await welcome.write("ono-such.opml\r")
    assert "no-such.opml cannot be read" in welcome.text
    await welcome.press("escape")
    assert isinstance(welcome.app.screen, FirstRun)
    await welcome.press("a", "s")
    assert followed(welcome) == [] and "No feed is checked" in welcome.text
    await welcome.press("space", "j", "space", "enter")
    assert followed(welcome) == [starter()[0].url, starter()[2].url]


async def test_keys_move_in_choices_and_space_checks(welcome: Running) -> None:
    Server(welcome.library)
    choices = welcome.app.screen.query_one(StarterFeeds)
    first = next(at for at, option in enumerate(choices.options) if not option.disabled)
    last = choices.option_count - 1
    for key, line in (("G", last), ("g", first), ("end", last), ("home", first)):
        await welcome.press(key)
        assert choices.highlighted == line
    for there, back in (("pagedown", "pageup"), ("ctrl+d", "ctrl+u"), ("down", "up"), ("j", "k")):
        await welcome.press(there)
        far = choices.highlighted
        await welcome.press(back)
        near = choices.highlighted
        assert near is not None and far is not None and first <= near < far
    heading = next(at for at, option in enumerate(choices.options) if option.disabled)
    await welcome.press("a")
    await welcome.click(Choices, (3, heading))
    assert choices.checked == set()
    await welcome.click(Choices, (3, heading + 1))
    await welcome.press("G", "space", "s")
    assert followed(welcome) == [starter()[0].url, starter()[-1].url]


@pytest.mark.parametrize(("key", "left"), [("d", DEMO), ("q", 0)])
async def test_demo_and_quit(welcome: Running, key: str, left: int) -> None:
    await welcome.pilot.press(key)
    assert welcome.app.return_value == left


async def test_an_address_is_looked_at_and_added_with_a_folder(welcome: Running) -> None:
    async with Web() as web:
        Server(welcome.library)
        url = web.serve("/feed", rss("The Quay", [item("1", "Fog")]))
        await welcome.write(f"u{url}\r")
        await welcome.shows("Folder")
        await welcome.write("Harbour")
        await welcome.press("enter")
        assert welcome.library.config.feeds == (FeedConfig(url, folder="Harbour"),)  # by its own title
        await welcome.press("enter")
        assert welcome.app.screen is welcome.main and "127.0.0.1" in welcome.text


async def test_what_is_no_address_is_refused_and_what_is_typed_is_looked_at() -> None:
    asked: list[str] = []

    async def discover(url: str) -> list[FoundFeed]:
        asked.append(url)
        return []

    async with running(Shelf()) as run:
        for text in ("", "no address", "javascript:alert(1)", "file:///etc/passwd"):
            await run.write(f"+{text}\r")
            assert "Not a web address" in run.text
            await run.press("escape")
        with failing(TuireaderError("the server said 503 [/x]"), run.library.feeds.discover):
            await run.write("+a.example\r")
        assert "the server said 503 [/x]" in run.text
        with replaced(run.library.feeds.discover, discover):
            for address in ("a.example:8", "HTTP://a.example/x"):
                await run.press("escape")
                await run.write(f"+{address}\r")
        assert asked == ["a.example:8", "HTTP://a.example/x"]  # who has typed no scheme may mean http
        await run.press("escape")
        assert run.app.screen is run.main


async def test_a_tour_of_the_first_keys_follows_and_is_skipped_by_any_key() -> None:
    async with running(Shelf(more='[keys]\nsearch = "b"'), (80, 24), first_run=True) as run:
        assert_screen(run.app, "welcome-80x24")
        await run.press("escape")
        assert "A few keys to start with" in run.text and "b           search all stored" in run.text
        assert_screen(run.app, "tour-80x24")
        for key in ("escape", "j"):
            await run.press(key)
            assert run.app.screen is run.main and run.focus == "list"
            await run.main.run_command("tour")
            await run.settle()
            assert "A few keys" in run.text
