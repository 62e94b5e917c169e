"""Lists of choices: every way to move in them, by keys and by mouse."""

from __future__ import annotations

from tests.ui.running import Running
from tests.ui.shelf import Server
from tuireader.demo import starter
from tuireader.ui.dialogs.welcome import StarterFeeds
from tuireader.ui.widgets.choices import Choices


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
        assert first <= (choices.highlighted or 0) < (far or 0)
    heading = next(at for at, option in enumerate(choices.options) if option.disabled)
    await welcome.press("a")
    await welcome.click(Choices, (3, heading))
    assert choices.checked == set()
    await welcome.click(Choices, (3, heading + 1))
    await welcome.press("G", "space", "s")
    every = starter()
    assert [feed.url for feed in welcome.library.config.feeds] == [every[0].url, every[-1].url]


async def test_a_link_is_chosen_by_arrows_or_a_click(run: Running) -> None:
    await run.press("enter", "u", "down", "enter")
    await run.press("u")
    await run.click(Choices, (3, 0))
    assert run.browsed == ["https://ferry.example/paper", "https://ferry.example/notice"]


async def test_the_help_does_the_command_under_the_cursor_and_is_left(run: Running) -> None:
    for leave in ("question_mark", "f1", "escape"):
        await run.press("question_mark")
        assert "Type to search" in run.text
        await run.press("down", "up", leave)
        assert run.app.screen is run.main
    await run.press("question_mark", *"copy address", "enter")
    assert run.app.clipboard == "https://news.example/1"
    await run.press("j", "question_mark", *"copy address")
    await run.click(Choices, (3, 1))  # below the heading
    assert run.app.clipboard == "https://news.example/2"
