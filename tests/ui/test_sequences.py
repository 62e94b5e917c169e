"""Sequences of keys, counts, jumps to a pane, and the menu of a right click."""

from __future__ import annotations

from tests.ui.running import Running, running
from tests.ui.samples import library
from tests.ui.shelf import many
from tuireader.ui.dialogs.form import Form
from tuireader.ui.dialogs.pickers import KeyPicker
from tuireader.ui.screens.health import Health
from tuireader.ui.widgets.pane import RIGHT

KEYS = """
[keys]
top = ["g g", "home"]
zen = ["ctrl+x z"]
toggle_star = ["g ctrl+x s"]
"""


async def test_a_sequence_shows_what_may_follow_and_waits() -> None:
    async with running(library(KEYS)) as run:
        await run.press("j", "j", "g")
        assert run.cursor_id == 3
        footer = run.text.splitlines()[-1]
        assert "g top" in footer and "^x s star" in footer and footer.rstrip().endswith("g …")
        await run.press("g")
        assert run.cursor_id == 1 and "g …" not in run.text
        await run.press("g", "ctrl+x")
        assert "s star" in run.text.splitlines()[-1] and "g top" not in run.text
        await run.press("s")
        assert 1 in await run.starred()
        await run.press("enter", "ctrl+x", "z")
        assert run.main.panes.is_zen
        await run.press("ctrl+x", "z")


async def test_escape_leaves_a_sequence_and_another_key_does_nothing() -> None:
    async with running(library(KEYS)) as run:
        await run.press("j", "g", "escape")
        assert run.cursor_id == 2 and run.focus == "list" and run.toasts == ""
        await run.press("g", "j")
        assert run.cursor_id == 2 and "g j has no command here" in run.toasts
        await run.press("j")
        assert run.cursor_id == 3
        await run.press("/")
        await run.write("gg")
        assert run.main.session.query == "gg"  # text fields take no sequences
        await run.press("escape", "g")
        await run.pilot.click("#sidebar", offset=(5, 0), button=RIGHT)
        await run.settle()
        await run.press("escape", "/", "g", "escape", "H", "G", "g")
        assert isinstance(run.app.screen, Health) and "g Top" in run.toasts
        await run.press("g")
        assert run.screen(Health).table.cursor == 0


async def test_panes_have_a_letter(run: Running) -> None:
    seen = []
    for letter in "sla":
        await run.press("`", letter)
        seen.append(run.focus)
    assert seen == ["sidebar", "list", "article"] and run.open_id == 1


async def test_a_count_repeats_a_movement_or_names_a_line() -> None:
    async with running(many(40)) as run:
        places = []
        for keys in ("5 j", "1 0 j", "3 k", "2 5 G", "7 g", "2 J", "9 9 9 j", "4 escape k", "2 m"):
            await run.press(*keys.split())
            places.append(run.main.articles.cursor + 1)
        assert places == [6, 16, 13, 25, 7, 9, 40, 39, 39]
        await run.press("g", "3")
        assert run.text.rstrip().endswith("3 …")
        await run.press("n")
        assert run.open_id == run.main.articles.ids[2]
        rows = map(run.main.articles.row, run.main.articles.ids[:3])
        assert [row and row.read for row in rows] == [False, False, True]  # those before it were only passed
        await run.press("h", "4", "n")
        assert run.open_id == run.main.articles.ids[6]
        await run.press("h", "h", "g", "3", "j")
        assert run.main.sidebar.cursor == 3


async def test_a_count_moves_in_tables_as_well() -> None:
    async with running(many(20)) as run:
        await run.press("H")
        table, places = run.screen(Health).table, []
        for keys in ("5 j", "2 k", "7 G", "4 escape j", "1 0 G", "3 i k"):
            await run.press(*keys.split())
            places.append(table.cursor + 1)
        assert places == [6, 4, 7, 8, 10, 9]
        await run.press("3")
        assert "3 …" in run.toasts


async def test_a_right_click_offers_the_commands_of_a_line(run: Running) -> None:
    await run.pilot.click("#list", offset=(10, 2), button=RIGHT)
    await run.settle()
    assert isinstance(run.app.screen, KeyPicker)
    assert run.open_id is None and "Star" in run.text
    await run.press("s")
    assert run.cursor_id in await run.starred()
    await run.press("enter")
    await run.pilot.click("#article", offset=(10, 4), button=RIGHT)
    await run.settle()
    assert "Full text" in run.text
    await run.press("escape")
    await run.pilot.click("#sidebar", offset=(5, 0), button=RIGHT)
    await run.settle()
    assert "Refresh this" in run.text and "Mute" not in run.text


async def test_a_right_click_offers_the_commands_of_a_row(run: Running) -> None:
    await run.press("H")
    health = run.screen(Health)
    await run.pilot.click("#table", offset=(5, 1), button=RIGHT)
    await run.settle()
    assert isinstance(run.app.screen, KeyPicker) and "Commands here" in run.text
    await run.press("escape")
    assert run.screen(Health) is health and health.table.cursor == 1
    await run.pilot.click("#table", offset=(5, 1), button=RIGHT)  # the second time, as well
    await run.settle()
    await run.press("e")
    assert isinstance(run.app.screen, Form)
    await run.press("escape")
    await run.pilot.click("#table", offset=(5, 1), button=RIGHT)
    await run.settle()
    await run.press("down", "down", "down", "enter")  # enter opens only what it is on
    assert isinstance(run.app.screen, Form)
