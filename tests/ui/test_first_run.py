"""The welcome and the dialogs that subscribe."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.ui.fake_library import FakeLibrary
from tests.ui.running import running
from tests.ui.snap import assert_screen
from tuireader.demo import starter
from tuireader.errors import TuireaderError
from tuireader.model import FoundFeed
from tuireader.ui.dialogs.welcome import FirstRun
from tuireader.ui.host import DEMO
from tuireader.ui.screens.main import MainScreen


async def test_starter_list_is_taken_by_one_key_and_fetched() -> None:
    made = FakeLibrary([], [])
    async with running(made, first_run=True) as run:
        assert "Welcome to tuireader" in run.text
        await run.press("s")
        assert [url for url, _, _ in made.added] == [feed.url for feed in starter()]
        assert made.refreshed == [None]
        await run.press("x")  # the tour is closed by any key
        assert isinstance(run.app.screen, MainScreen)


async def test_only_what_is_checked_is_taken() -> None:
    made = FakeLibrary([], [])
    every = starter()
    async with running(made, first_run=True) as run:
        await run.press("a", "s")
        assert made.added == [] and "Nothing is checked" in run.text
        await run.press("space", "j", "space", "enter")
        assert [url for url, _, _ in made.added] == [every[0].url, every[2].url]


async def test_demo_and_quit() -> None:
    async with running(FakeLibrary([], []), first_run=True) as run:
        await run.pilot.press("d")
        assert run.app.return_value == DEMO
    async with running(FakeLibrary([], []), first_run=True) as run:
        await run.pilot.press("q")
        assert run.app.return_value == 0


async def test_an_address_is_looked_at_and_added_with_a_folder() -> None:
    made = FakeLibrary([], [])
    made.found = [FoundFeed("https://quay.example/rss", "The Quay")]
    async with running(made, first_run=True) as run:
        await run.press("u", *"quay.example", "enter")
        assert "The Quay" in run.text
        await run.press(*"Harbour", "enter")
        assert made.added == [("https://quay.example/rss", "", "Harbour")]  # it goes by its own title
        await run.press("enter")
        assert isinstance(run.app.screen, MainScreen) and "quay.example" in run.text


async def test_one_of_several_feeds_is_chosen() -> None:
    made = FakeLibrary([], [])
    made.found = [FoundFeed("https://a.example/1", "One"), FoundFeed("https://a.example/2", "Two [/x]")]
    async with running(made) as run:
        await run.press("plus", *"https://a.example", "enter")
        assert "2 feeds were found" in run.text and "Two [/x]" in run.text
        await run.press("j", "enter", "enter")
        assert made.added == [("https://a.example/2", "", "")]


@pytest.mark.parametrize("text", ["", "no address", "javascript:alert(1)", "file:///etc/passwd"])
async def test_what_is_no_address_is_refused(text: str) -> None:
    made = FakeLibrary([], [])
    async with running(made) as run:
        await run.press("plus")
        run.app.screen.query_one("Input").value = text  # type: ignore[attr-defined]
        await run.press("enter")
        assert "That is no web address" in run.text


async def test_trouble_while_looking_is_told_and_one_may_try_again() -> None:
    made = FakeLibrary([], [])

    async def discover(url: str) -> list[FoundFeed]:
        raise TuireaderError("the server said 503 [/x]")

    made.feeds.discover = discover
    async with running(made) as run:
        await run.press("plus", *"a.example", "enter")
        assert "the server said 503 [/x]" in run.text
        await run.press("escape")
        assert isinstance(run.app.screen, MainScreen)


async def test_an_address_without_a_scheme_is_looked_at_as_it_was_typed() -> None:
    made = FakeLibrary([], [])
    asked: list[str] = []

    async def discover(url: str) -> list[FoundFeed]:
        asked.append(url)
        return []

    made.feeds.discover = discover
    async with running(made) as run:
        await run.press("plus", *"a.example:8", "enter")
        run.app.screen.query_one("Input").value = "HTTP://a.example/x"  # type: ignore[attr-defined]
        await run.press("enter")
        assert asked == ["a.example:8", "HTTP://a.example/x"]  # who has typed none may mean http


async def test_an_opml_file_that_is_not_there(tmp_path: Path) -> None:
    made = FakeLibrary([], [])

    async def import_opml(path: Path) -> tuple[int, list[str]]:
        raise TuireaderError(f"{path.name} cannot be read")

    made.exchange.import_opml = import_opml
    async with running(made, first_run=True) as run:
        await run.press("o", *"x.opml", "enter")
        assert "x.opml cannot be read" in run.text
        await run.press("escape")
        assert isinstance(run.app.screen, FirstRun)


async def test_welcome_looks() -> None:
    async with running(FakeLibrary([], []), (80, 24), first_run=True) as run:
        assert_screen(run.app, "welcome-80x24")


async def test_a_tour_of_the_first_keys_follows_and_is_skipped_by_any_key() -> None:
    for key in ("escape", "j"):
        made = FakeLibrary([], [])
        made.context.config = replace(made.config, keys={"search": ("b",)})
        async with running(made, (80, 24), first_run=True) as run:
            await run.press("escape")
            assert "A few keys to start with" in run.text and "b           search everything" in run.text
            if key == "j":
                assert_screen(run.app, "tour-80x24")
            await run.press(key)
            assert run.app.screen is run.main and run.focus == "list"
            await run.main.run_command("tour")
            await run.settle()
            assert "A few keys" in run.text
