"""ctrl+z takes back what the dialogs wrote, in one chain with the marks, also after a restart."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders import entry, fill
from tests.ui.demo_library import opened
from tests.ui.running import Running, running
from tests.ui.samples import CONFIG
from tests.ui.shelf import configured
from tuireader.config import loads
from tuireader.config.edit import set_keys
from tuireader.library import Library
from tuireader.model import View, ViewKind
from tuireader.ui.screens.watches import Watches


async def stored(library: Library) -> None:
    await fill(library, 1, *(entry(number, title=f"Toll {number} of the sofas") for number in range(1, 4)))


async def watch(run: Running, name: str) -> None:
    """Make a watch by the dialog, and wait until the dialog is gone."""
    await run.press("W")
    await run.submit(name=name, any=name.lower())
    while run.app.screen is not run.main:
        await run.settle()
    assert "applying watches" not in run.text  # it is done


async def undone(run: Running, what: str, text: str = CONFIG) -> None:
    """Undo says what it took back, and the file is as it was."""
    await run.press("ctrl+z")
    assert f"Undone: {what}" in run.toasts
    assert run.written == text
    run.app.clear_notifications()


@pytest.mark.slow
async def test_every_dialog_is_taken_back(tmp_path: Path) -> None:
    async with configured(tmp_path, CONFIG) as library:
        await stored(library)
        async with running(library) as run:
            before = [label for label in run.labels if label != "Muted"]
            await watch(run, "Sofas")
            assert "◆ Sofas · ^z undoes" in run.toasts and "Sofas" in run.labels
            await undone(run, "watch Sofas added")
            run.select(View(ViewKind.WATCH, "Tolls"))
            await run.press("e")
            await run.submit(name="Fees", none="sofas")
            assert "Fees" in run.labels and await library.lists.ids(View(ViewKind.WATCH, "Fees")) is not None
            await undone(run, "watch Tolls changed")
            run.select(View(ViewKind.WATCH, "Tolls"))
            await run.press("delete", "enter")
            assert "Watch Tolls removed · ^z undoes" in run.toasts
            assert library.config.watches == () and "Tolls" not in run.labels
            await undone(run, "watch Tolls removed")
            await run.press("w")  # the same in the table
            await run.press("d")
            assert "Remove the watch Tolls?" in run.text
            await run.press("enter")
            assert isinstance(run.app.screen, Watches) and "No watches yet. W makes one." in run.text
            assert library.config.watches == () and "[[watch]]" not in run.written
            await undone(run, "watch Tolls removed")
            assert isinstance(run.app.screen, Watches) and "Tolls" in run.text
            await run.press("escape", "M")  # a mute
            await run.submit(query="sofas")
            await undone(run, "mute sofas added")
            await run.press("M", *["tab"] * 4, "d")
            assert library.config.mutes == ()
            await undone(run, "mute weather removed")
            run.select(View(ViewKind.FEED, "1"))  # a feed
            await run.press("e")
            await run.submit(title="The Quay", folder="Docks")
            assert "The Quay saved · ^z undoes" in run.toasts
            await undone(run, "feed https://quay.example/rss changed")
            run.select(View(ViewKind.FEED, "2"))
            await run.press("d", "enter")
            await undone(run, "feed https://tide.example/rss removed")
            run.select(View(ViewKind.FOLDER, "Harbour"))  # a folder
            await run.press("e")
            await run.submit(name="Sea")
            await undone(run, "folder Harbour renamed to Sea")
            run.main.panes.go_to(run.main.articles)  # a saved search
            await run.press("slash")
            await run.write("toll")
            await run.press("ctrl+n")
            await run.submit(name="Fines")
            assert "Fines" in run.labels
            await undone(run, "saved search Fines added")
            await run.press("H")
            await run.press("p")  # the health of the feeds
            assert "paused = true" in run.written
            await undone(run, "feed https://quay.example/rss changed")
            await run.press("escape")
            assert [label for label in run.labels if label != "Muted"] == before
            await run.press("ctrl+z")
            assert "Nothing to undo" in run.toasts


async def test_marks_and_dialogs_are_one_chain_also_after_a_restart(tmp_path: Path) -> None:
    async with configured(tmp_path, CONFIG) as library:
        await stored(library)
        async with running(library) as run:
            await run.press("s")
            await watch(run, "Sofas")
            await run.press("N")
            text = run.written
    async with configured(tmp_path, text) as library, running(library) as run:
        await run.press("ctrl+z")
        assert "marked read" in run.toasts and run.written == text
        run.app.clear_notifications()
        await undone(run, "watch Sofas added")
        assert "Sofas" not in run.labels
        await run.press("ctrl+z")
        assert "Undone: 1 article starred" in run.toasts


async def test_the_look_is_taken_back_at_once(tmp_path: Path) -> None:
    text = CONFIG + '[ui]\ntheme = "nord"\n'
    async with configured(tmp_path, text) as library:
        await library.context.change_config(lambda text: set_keys(text, "ui", {"theme": '"dracula"'}))
        async with running(library) as run:
            assert run.app.theme == "dracula"
            await undone(run, "[ui] changed", text)
            assert run.app.theme == "nord"


async def test_what_was_edited_by_hand_since_is_left_alone(tmp_path: Path) -> None:
    async with configured(tmp_path, CONFIG) as library:
        await stored(library)
        async with running(library) as run:
            await run.press("s")
            await watch(run, "Sofas")
            file = library.paths.config
            text = run.written.replace('any = ["sofas"]', 'any = ["sofas", "chairs"]')
            file.write_text(text)
            await run.press("ctrl+z")
            told = "not undone: watch Sofas added (the watch 'Sofas' was changed since; nothing was changed)"
            assert told in run.toasts and run.written == text
            await run.press("ctrl+z")  # and the chain goes on
            assert "Undone: 1 article starred" in run.toasts
            await watch(run, "Chairs")
            file.write_text(run.written + "\n# by hand\n")
            await run.press("ctrl+z")
            assert "Undone: watch Chairs added" in run.toasts
            assert run.written.rstrip("\n") == text.rstrip("\n") + "\n\n# by hand"
            file.write_text(text + "[")
            await run.press("ctrl+z")
            assert len(loads(run.written)[1]) == 1 and "Nothing to undo" in run.toasts


async def test_the_demo_takes_back_what_it_keeps_to_itself(demo: Running, tmp_path: Path) -> None:
    await demo.press("s")
    await watch(demo, "Sofas")
    assert "Sofas" in demo.labels
    await demo.press("ctrl+z")
    assert "Undone: watch Sofas added" in demo.toasts and "Sofas" not in demo.labels
    await demo.press("ctrl+z")
    assert "Undone: 1 article starred" in demo.toasts
    await watch(demo, "Sofas")
    async with opened(tmp_path) as library:  # the next one begins anew
        assert await library.marks.undo() is None
