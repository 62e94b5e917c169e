"""Themes: the list that shows them, those of the configuration, and one for dark and light."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import OptionList

from tests.ui.running import Running, running
from tests.ui.samples import CONFIG
from tests.ui.shelf import configured
from tuireader.config import ThemeConfig, Themes, loads
from tuireader.ui.dialogs.pickers import ThemePicker
from tuireader.ui.drawing.themes import available, theme_problem

DUSK = '[[theme]]\nname = "dusk"\nbackground = "#1f1d2b"\nforeground = "#e6e1f0"\naccent = "#d7a6ff"\n'
PAIR = '[ui]\ntheme = {dark = "dusk", light = "tuireader-light"}\n'


async def picker(run: Running) -> list[str]:
    """Open the list of themes; its lines."""
    await run.main.run_command("theme")
    await run.settle()
    assert isinstance(run.app.screen, ThemePicker)
    options = run.app.screen.query_one(OptionList).options
    return [str(option.prompt).replace("■", "").strip() for option in options]


def ground(run: Running) -> str:
    """The background of the lists."""
    color = run.app.theme_styles.base.bgcolor
    return "" if color is None else color.name


async def rest(run: Running, theme: str) -> None:
    """Wait until a theme is shown."""
    while run.app.theme != theme:
        await run.pilot.pause()
    await run.settle()


async def test_themes_are_shown_while_moving_and_esc_takes_them_back(own: Running) -> None:
    before = own.written
    listed = await picker(own)
    assert listed[:5] == [
        "As the terminal is",
        "tuireader",
        "tuireader-dark",
        "tuireader-light",
        "tuireader-plain",
    ]
    assert listed[5:7] == ["Textual", "ansi-dark"] and len(set(listed)) == len(listed)
    await own.press("down", "down")
    await rest(own, "tuireader-light")
    assert ground(own) == "#fbf9f5"
    assert "Ferries" in own.text or "Unread" in own.text  # the list behind stays in view
    await own.press("down")
    await own.press("escape")
    assert own.app.theme == "tuireader-dark" and own.written == before and not own.app.previews


async def test_a_theme_is_used_and_saved_and_undo_takes_it_back(own: Running) -> None:
    await picker(own)
    await own.write("gruv")
    await own.press("enter")
    assert own.app.theme == "gruvbox" and own.written.endswith('[ui]\ntheme = "gruvbox"\n')
    assert own.toasts.endswith(f"Theme gruvbox\nsaved to {own.library.paths.config}")
    await own.press("U")
    assert own.app.theme == "tuireader-dark" and own.written == CONFIG


async def test_a_key_pressed_at_once_chooses_what_it_stands_on(own: Running) -> None:
    await picker(own)
    await own.pilot.press("down", "down", "enter")
    await own.settle()
    assert own.app.theme == "tuireader-light"


async def test_an_answer_of_the_terminal_waits_for_the_list(own: Running) -> None:
    await picker(own)
    await own.write("nord")
    await rest(own, "nord")
    own.app.report_background(False)
    await own.settle()
    assert own.app.theme == "nord"
    await own.press("escape")
    assert own.app.theme == "tuireader-light"


async def test_a_theme_is_chosen_for_the_background_if_the_terminal_tells_of_it(own: Running) -> None:
    own.app.report_background(True)
    await own.settle()
    await picker(own)
    await own.write("nord")
    await own.press("enter")
    assert own.written.endswith('[ui]\ntheme = {dark = "nord", light = "tuireader-light"}\n')
    own.app.report_background(False)
    await own.settle()
    assert own.app.theme == "tuireader-light"
    await picker(own)
    await own.write("dracula")  # which is dark: now always
    await own.press("enter")
    assert own.written.endswith('[ui]\ntheme = "dracula"\n')
    await picker(own)
    await own.write("as the")
    await own.press("enter")
    assert own.app.theme == "tuireader-light" and own.library.config.ui.theme == Themes()
    assert "Theme as the terminal is" in own.toasts
    await own.press("U", "U")
    assert own.library.config.ui.theme == Themes("nord", "tuireader-light")


async def test_the_name_of_a_theme_is_text(tmp_path: Path) -> None:
    ui = '[ui]\ntheme = "[b] 暗 / x.y"\n'
    text = CONFIG + DUSK.replace("dusk", "[b] 暗 / x.y") + ui
    async with configured(tmp_path, text) as made, running(made) as run:
        assert ground(run) == "#1f1d2b"
        assert (await picker(run))[1:3] == ["Yours", "[b] 暗 / x.y"]
        await run.press("escape")


async def test_own_themes_are_used_listed_first_and_reloaded(tmp_path: Path) -> None:
    async with configured(tmp_path, CONFIG + DUSK + PAIR) as made, running(made) as run:
        assert run.app.theme == "dusk"
        assert ground(run) == "#1f1d2b"
        assert (await picker(run))[1:4] == ["Yours", "dusk", "tuireader"]
        await run.press("escape")
        config = made.paths.config
        config.write_text((CONFIG + DUSK + PAIR).replace("1f1d2b", "101010"), encoding="utf-8")
        await made.settings.reload()
        run.app.take_config()
        await run.settle()
        assert ground(run) == "#101010"
        config.write_text(CONFIG + PAIR, encoding="utf-8")
        await made.settings.reload()
        run.app.take_config()
        await run.settle()
        assert run.app.theme == "tuireader-dark" and run.app.theme_problem == "there is no theme 'dusk'"


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ('[ui]\ntheme = {dark = "nord"}\n', []),
        ("[ui]\ntheme = {}\n", ["ui.theme: is empty"]),
        ('[ui]\ntheme = {drak = "nord"}\n', ["ui.theme: has no 'drak'; did you mean 'dark'?"]),
        ('[ui]\ntheme = {dark = ""}\n', ["ui.theme: dark is empty"]),
        ("[ui]\ntheme = 3\n", ["ui.theme: should be a name, or {dark = "]),
        (DUSK, []),
        (DUSK.replace("#1f1d2b", "mauve"), ["theme[1].background: should be a colour such as"]),
        (DUSK.replace("accent", "acent"), ["theme[1]: has no accent", "theme[1].acent: is not a known key"]),
        (DUSK + 'border = "red"\n', ["theme[1].border: should be a colour such as"]),
        (DUSK.replace("dusk", "dusk, dawn"), ["theme[1].name: cannot have a comma"]),
        (DUSK + DUSK, ["theme[2].name: is the same as in theme[1]"]),
    ],
)
def test_what_cannot_be_used_is_told_in_a_line(text: str, problems: list[str]) -> None:
    said = [str(problem).partition(": ")[2] for problem in loads(text)[1]]
    assert len(said) == len(problems)
    assert all(wanted in line for wanted, line in zip(problems, said, strict=True)), said


def test_a_theme_may_replace_another_and_both_of_two_are_checked() -> None:
    mine = ThemeConfig("nord", "#ffffff", "#000000", "#0000ff", surface="#eeeeee")
    themes = available([mine])
    assert next(iter(themes)) == "nord" and themes["nord"].surface == "#EEEEEE".lower()
    assert not themes["nord"].dark and themes["nord"].accent == "#0000ff"
    assert theme_problem(Themes("nord", "nrod"), themes) == "there is no theme 'nrod'; did you mean 'nord'?"
    assert theme_problem(Themes("nord", "tuireader-light"), themes) == ""
