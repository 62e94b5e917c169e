"""The welcome and the dialogs that subscribe."""

from __future__ import annotations

import pytest

from tests.builders import item, rss
from tests.ui.running import Running, running
from tests.ui.shelf import Server, Shelf, failing
from tests.ui.snap import assert_screen
from tests.web import Web
from tuireader.config import FeedConfig
from tuireader.demo import starter
from tuireader.errors import TuireaderError
from tuireader.model import FoundFeed
from tuireader.ui.dialogs.welcome import FirstRun
from tuireader.ui.host import DEMO
from tuireader.ui.screens.main import MainScreen


def followed(run: Running) -> list[str]:
    return [feed.url for feed in run.library.config.feeds]


async def shown(run: Running, text: str) -> None:
    while text not in run.text:
        await run.settle()


async def test_starter_list_is_taken_by_one_key_and_fetched() -> None:
    async with running(Shelf(), first_run=True) as run:
        assert "Welcome to tuireader" in run.text
        server = Server(run.library)
        await run.press("s")
        assert followed(run) == [feed.url for feed in starter()]
        assert server.asked == [None]
        await run.press("x")  # the tour is closed by any key
        assert isinstance(run.app.screen, MainScreen)


async def test_only_what_is_checked_is_taken() -> None:
    every = starter()
    async with running(Shelf(), first_run=True) as run:
        Server(run.library)
        await run.press("a", "s")
        assert followed(run) == [] and "Nothing is checked" in run.text
        await run.press("space", "j", "space", "enter")
        assert followed(run) == [every[0].url, every[2].url]


async def test_demo_and_quit() -> None:
    async with running(Shelf(), first_run=True) as run:
        await run.pilot.press("d")
        assert run.app.return_value == DEMO
    async with running(Shelf(), first_run=True) as run:
        await run.pilot.press("q")
        assert run.app.return_value == 0


async def test_an_address_is_looked_at_and_added_with_a_folder() -> None:
    async with Web() as web, running(Shelf(), first_run=True) as run:
        Server(run.library)
        url = web.serve("/feed", rss("The Quay", [item("1", "Fog")]))
        await run.press("u", *url, "enter")
        await shown(run, "Folder")
        await run.press(*"Harbour", "enter")
        assert run.library.config.feeds == (FeedConfig(url, folder="Harbour"),)  # it goes by its own title
        await run.press("enter")
        assert isinstance(run.app.screen, MainScreen) and "127.0.0.1" in run.text


@pytest.mark.parametrize("text", ["", "no address", "javascript:alert(1)", "file:///etc/passwd"])
async def test_what_is_no_address_is_refused(text: str) -> None:
    async with running(Shelf()) as run:
        await run.press("plus")
        run.app.screen.query_one("Input").value = text  # type: ignore[attr-defined]
        await run.press("enter")
        assert "Not a web address" in run.text


async def test_trouble_while_looking_is_told_and_one_may_try_again() -> None:
    async with running(Shelf()) as run:
        with failing(TuireaderError("the server said 503 [/x]"), run.library.feeds.discover):
            await run.press("plus", *"a.example", "enter")
        assert "the server said 503 [/x]" in run.text
        await run.press("escape")
        assert isinstance(run.app.screen, MainScreen)


async def test_an_address_without_a_scheme_is_looked_at_as_it_was_typed() -> None:
    asked: list[str] = []

    async def discover(url: str) -> list[FoundFeed]:
        asked.append(url)
        return []

    async with running(Shelf()) as run:
        vars(run.library.feeds)["discover"] = discover
        await run.press("plus", *"a.example:8", "enter")
        run.app.screen.query_one("Input").value = "HTTP://a.example/x"  # type: ignore[attr-defined]
        await run.press("enter")
        assert asked == ["a.example:8", "HTTP://a.example/x"]  # who has typed none may mean http


async def test_an_opml_file_that_is_not_there() -> None:
    async with running(Shelf(), first_run=True) as run:
        await run.press("o", *"no-such.opml", "enter")
        assert "no-such.opml cannot be read" in run.text
        await run.press("escape")
        assert isinstance(run.app.screen, FirstRun)


async def test_welcome_looks() -> None:
    async with running(Shelf(), (80, 24), first_run=True) as run:
        assert_screen(run.app, "welcome-80x24")


async def test_a_tour_of_the_first_keys_follows_and_is_skipped_by_any_key() -> None:
    for key in ("escape", "j"):
        async with running(Shelf(more='[keys]\nsearch = "b"'), (80, 24), first_run=True) as run:
            await run.press("escape")
            assert "A few keys to start with" in run.text and "b           search all stored" in run.text
            if key == "j":
                assert_screen(run.app, "tour-80x24")
            await run.press(key)
            assert run.app.screen is run.main and run.focus == "list"
            await run.main.run_command("tour")
            await run.settle()
            assert "A few keys" in run.text
