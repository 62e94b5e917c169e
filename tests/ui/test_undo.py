"""ctrl+z takes back what the dialogs wrote, in one chain with the marks, also after a restart."""

from __future__ import annotations

import asyncio
from pathlib import Path

from textual.widgets import Input

from tests.builders import entry
from tests.builders import fill as store_articles
from tests.ui.demo_library import opened as demo
from tests.ui.running import Running, running
from tests.ui.test_editing import CONFIG, fill, labels, line, opened
from tuireader.config import load
from tuireader.config.edit import set_values
from tuireader.library import Library
from tuireader.model import View, ViewKind
from tuireader.ui.screens.watches import Watches


def written(folder: Path) -> str:
    return (folder / "config.toml").read_text()


async def stored(library: Library) -> None:
    await store_articles(
        library, 1, *(entry(number, title=f"Toll {number} of the sofas") for number in range(1, 4))
    )


def typed(run: Running, **values: str) -> None:
    for name, value in values.items():
        run.app.screen.query_one(f"#{name}", Input).value = value


async def until_saved(run: Running) -> None:
    """Wait until the dialog is gone."""
    while run.app.screen is not run.main:
        await asyncio.sleep(0)
        await run.settle()


async def undone(run: Running, folder: Path, text: str, what: str) -> None:
    """Undo says what it took back, and the file is as it was."""
    await run.press("ctrl+z")
    await run.settle()
    assert f"Undone: {what}" in run.toasts
    assert written(folder) == text
    run.app.clear_notifications()


async def test_every_dialog_is_taken_back(tmp_path: Path) -> None:
    async with opened(tmp_path) as library:
        await stored(library)
        async with running(library) as run:
            before = [label for label in labels(run) if label != "Muted"]
            await run.press("W")  # a watch
            typed(run, name="Sofas", any="sofas")
            await run.press("enter")
            assert "◆ Sofas · ^z undoes" in run.toasts and "Sofas" in labels(run)
            await undone(run, tmp_path, CONFIG, "watch Sofas added")
            line(run, View(ViewKind.WATCH, "Tolls"))
            await run.press("e")
            typed(run, name="Fees", none="sofas")
            await run.press("enter")
            assert "Fees" in labels(run) and await library.lists.ids(View(ViewKind.WATCH, "Fees")) is not None
            await undone(run, tmp_path, CONFIG, "watch Tolls changed")
            line(run, View(ViewKind.WATCH, "Tolls"))
            await run.press("d", "enter")
            assert "The watch Tolls is removed · ^z undoes" in run.toasts
            await undone(run, tmp_path, CONFIG, "watch Tolls removed")
            await run.press("w")
            await run.press("d", "enter")  # the same in the table
            assert isinstance(run.app.screen, Watches) and "No watches yet" in run.text
            await undone(run, tmp_path, CONFIG, "watch Tolls removed")
            assert isinstance(run.app.screen, Watches) and "Tolls" in run.text
            await run.press("escape", "M")  # a mute
            typed(run, words="sofas")
            await run.press("enter")
            await run.settle()
            await undone(run, tmp_path, CONFIG, "mute sofas added")
            await run.press("M", *["tab"] * 4, "d")
            await run.settle()
            assert library.config.mutes == ()
            await undone(run, tmp_path, CONFIG, "mute weather removed")
            line(run, View(ViewKind.FEED, "1"))  # a feed
            await run.press("e")
            fill(run, title="The Quay", folder="Docks")
            await run.press("enter")
            assert "The Quay is changed · ^z undoes" in run.toasts
            await undone(run, tmp_path, CONFIG, "feed https://quay.example/rss changed")
            line(run, View(ViewKind.FEED, "2"))
            await run.press("d", "enter")
            await undone(run, tmp_path, CONFIG, "feed https://tide.example/rss removed")
            line(run, View(ViewKind.FOLDER, "Harbour"))  # a folder
            await run.press("e")
            fill(run, name="Sea")
            await run.press("enter")
            await undone(run, tmp_path, CONFIG, "folder Harbour renamed to Sea")
            run.main.panes.go_to(run.main.articles)  # a saved search
            await run.press("slash", *"toll", "ctrl+n")
            fill(run, name="Fines")
            await run.press("enter")
            assert "Fines" in labels(run)
            await undone(run, tmp_path, CONFIG, "saved search Fines added")
            await run.press("H")
            await run.press("p")  # the health of the feeds
            await run.settle()
            assert "paused = true" in written(tmp_path)
            await undone(run, tmp_path, CONFIG, "feed https://quay.example/rss changed")
            await run.press("escape")
            assert [label for label in labels(run) if label != "Muted"] == before
            await run.press("ctrl+z")
            assert "Nothing to undo" in run.toasts


async def test_marks_and_dialogs_are_one_chain_also_after_a_restart(tmp_path: Path) -> None:
    async with opened(tmp_path) as library:
        await stored(library)
        async with running(library) as run:
            await run.press("s", "W")
            typed(run, name="Sofas", any="sofas")
            await run.press("enter")
            await until_saved(run)
            await run.press("N")
            await run.settle()
    text = written(tmp_path)
    async with opened(tmp_path, text) as library, running(library) as run:
        await run.press("ctrl+z")
        assert "marked read" in run.toasts and written(tmp_path) == text
        run.app.clear_notifications()
        await undone(run, tmp_path, CONFIG, "watch Sofas added")
        assert "Sofas" not in labels(run)
        await run.press("ctrl+z")
        assert "Undone: 1 marked starred" in run.toasts


async def test_the_look_is_taken_back_at_once(tmp_path: Path) -> None:
    async with opened(tmp_path, CONFIG + '[ui]\ntheme = "nord"\n') as library:
        text = written(tmp_path)
        await library.context.change_config(lambda text: set_values(text, "ui", {"theme": "dracula"}))
        async with running(library) as run:
            assert run.app.theme == "dracula"
            await undone(run, tmp_path, text, "[ui] changed")
            assert run.app.theme == "nord"


async def test_what_was_edited_by_hand_since_is_left_alone(tmp_path: Path) -> None:
    async with opened(tmp_path) as library:
        await stored(library)
        async with running(library) as run:
            await run.press("s", "W")
            typed(run, name="Sofas", any="sofas")
            await run.press("enter")
            await until_saved(run)
            file = tmp_path / "config.toml"
            file.write_text(written(tmp_path).replace('any = ["sofas"]', 'any = ["sofas", "chairs"]'))
            text = written(tmp_path)
            await run.press("ctrl+z")
            told = "not undone: watch Sofas added (the watch 'Sofas' was changed since; nothing was changed)"
            assert told in run.toasts and written(tmp_path) == text
            await run.press("ctrl+z")  # and the chain goes on
            assert "Undone: 1 marked starred" in run.toasts
            await run.press("W")
            typed(run, name="Chairs", any="chairs")
            await run.press("enter")
            await until_saved(run)
            file.write_text(written(tmp_path) + "\n# by hand\n")
            await run.press("ctrl+z")
            assert "Undone: watch Chairs added" in run.toasts
            assert written(tmp_path).rstrip("\n") == text.rstrip("\n") + "\n\n# by hand"
            file.write_text(text + "[")
            await run.press("ctrl+z")
            assert len(load(file)[1]) == 1 and "Nothing to undo" in run.toasts


async def test_the_demo_takes_back_what_it_keeps_to_itself(tmp_path: Path) -> None:
    async with demo(tmp_path) as library, running(library) as run:
        await run.press("s", "W")
        typed(run, name="Sofas", any="sofas")
        await run.press("enter")
        await until_saved(run)
        await run.settle()
        assert "Sofas" in labels(run)
        await run.press("ctrl+z")
        assert "Undone: watch Sofas added" in run.toasts and "Sofas" not in labels(run)
        await run.press("ctrl+z")
        assert "Undone: 1 marked starred" in run.toasts
        await run.press("W")
        typed(run, name="Sofas", any="sofas")
        await run.press("enter")
        await until_saved(run)
    async with demo(tmp_path) as library:  # the next one begins anew
        assert await library.marks.undo() is None
