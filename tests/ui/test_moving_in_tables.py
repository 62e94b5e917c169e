"""Tables and lists of choices: every way to move in them, by keys and by mouse."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.running import running
from tests.ui.samples import library
from tests.ui.shelf import Server, Shelf
from tests.ui.test_health import opened, shown
from tuireader.demo import starter
from tuireader.model import ViewKind
from tuireader.ui.dialogs.welcome import StarterFeeds
from tuireader.ui.screens.main import MainScreen
from tuireader.ui.widgets.choices import Choices
from tuireader.ui.widgets.table import Table


async def test_keys_move_in_a_table(tmp_path: Path) -> None:
    async with opened(tmp_path) as made, running(made) as run:
        table = (await shown(run)).table
        lines = []
        for key in (
            "G",
            "g",
            "pagedown",
            "pageup",
            "ctrl+d",
            "ctrl+u",
            "j",
            "down",
            "up",
            "k",
            "end",
            "home",
        ):
            await run.press(key)
            lines.append(table.cursor)
        assert lines == [4, 0, 4, 0, 4, 0, 1, 2, 1, 0, 4, 0]


async def test_a_click_moves_in_a_table_and_one_more_opens(tmp_path: Path) -> None:
    async with opened(tmp_path) as made, running(made) as run:
        screen = await shown(run)
        await run.pilot.click(Table, offset=(8, 3))
        await run.settle()
        assert screen.table.cursor == 3 and "Quiet Quay" in run.text
        await run.pilot.click(Table, offset=(8, 9))  # below the last line
        await run.settle()
        assert screen.table.cursor == 3 and len(run.app.screen_stack) == 3
        await run.pilot.click(Table, offset=(8, 3))
        await run.settle()
        assert run.app.screen is run.main and run.main.session.view.kind is ViewKind.FEED
        assert made.feeds.title(int(run.main.session.view.key)) == "Quiet Quay"


async def test_enter_opens_the_line_of_a_table(tmp_path: Path) -> None:
    async with opened(tmp_path) as made, running(made) as run:
        await shown(run)
        await run.press("j", "enter")
        assert made.feeds.title(int(run.main.session.view.key)) == "Failing Ferry"


async def test_keys_move_in_choices_and_space_checks() -> None:
    every = starter()
    async with running(Shelf(), first_run=True) as run:
        Server(run.library)
        choices = run.app.screen.query_one(StarterFeeds)
        first = next(at for at, option in enumerate(choices.options) if not option.disabled)
        last = choices.option_count - 1
        for key, line in (("G", last), ("g", first), ("end", last), ("home", first)):
            await run.press(key)
            assert choices.highlighted == line
        for there, back in (("pagedown", "pageup"), ("ctrl+d", "ctrl+u"), ("down", "up"), ("j", "k")):
            await run.press(there)
            far = choices.highlighted
            await run.press(back)
            assert first <= (choices.highlighted or 0) < (far or 0)
        await run.press("a", "G", "space", "s")
        assert [feed.url for feed in run.library.config.feeds] == [every[-1].url]


async def test_a_click_checks_a_choice_but_not_a_heading() -> None:
    every = starter()
    async with running(Shelf(), first_run=True) as run:
        Server(run.library)
        choices = run.app.screen.query_one(StarterFeeds)
        heading = next(at for at, option in enumerate(choices.options) if option.disabled)
        await run.press("a")
        await run.pilot.click(Choices, offset=(3, heading))
        await run.settle()
        assert choices.checked == set()
        await run.pilot.click(Choices, offset=(3, heading + 1))
        await run.settle()
        await run.press("s")
        assert [feed.url for feed in run.library.config.feeds] == [every[0].url]


async def test_a_link_is_chosen_by_arrows_or_a_click() -> None:
    async with running(library()) as run:
        await run.press("enter", "u", "down", "enter")
        await run.press("u")
        await run.pilot.click(Choices, offset=(3, 0))
        await run.settle()
        assert run.browsed == ["https://ferry.example/paper", "https://ferry.example/notice"]


@pytest.mark.parametrize("leave", ["question_mark", "f1", "escape"])
async def test_the_help_is_left_by_the_key_that_opens_it(leave: str) -> None:
    async with running(library()) as run:
        await run.press("question_mark")
        assert "Type to search" in run.text
        await run.press("down", "up", leave)
        assert isinstance(run.app.screen, MainScreen)


async def test_the_help_does_the_command_under_the_cursor() -> None:
    async with running(library()) as run:
        await run.press("question_mark", *"copy address", "enter")
        assert run.app.clipboard == "https://news.example/1"
        await run.press("j", "question_mark", *"copy address")
        await run.pilot.click(Choices, offset=(3, 1))  # below the heading
        await run.settle()
        assert run.app.clipboard == "https://news.example/2"
