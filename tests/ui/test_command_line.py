"""The command line: what it suggests, completes, recalls and does."""

from __future__ import annotations

from pathlib import Path

from tests.ui.running import Running, running
from tests.ui.samples import CONFIG, library
from tests.ui.shelf import configured
from tuireader.model import View, ViewKind
from tuireader.ui.dialogs.add_feed import AddFeed
from tuireader.ui.dialogs.import_feeds import ImportPreview
from tuireader.ui.dialogs.palette import Palette


async def lines(run: Running, typed: str) -> list[str]:
    """The names in the command line for what is typed, which is then taken back."""
    await run.press(":")
    await run.write(typed)
    listed = [entry.name for entry in run.screen(Palette).listed]
    await run.press("escape")
    return listed


async def enter(run: Running, typed: str) -> None:
    await run.press(":")
    await run.write(f"{typed}\r")


async def test_what_is_suggested(run: Running) -> None:
    assert (await lines(run, "q"))[0] == "Quit" and (await lines(run, "reload"))[0] == "Refresh all"
    assert await lines(run, "12") == ["12"]
    assert await lines(run, "set show_rea") == ["set ui.show_read", "set ui.show_read_feeds"]
    assert await lines(run, "set theme light") == (await lines(run, "set ui.theme light"))
    assert (await lines(run, "set theme light"))[0] == "set ui.theme tuireader-light"
    assert await lines(run, "set layout ") == [
        "set ui.layout", "set ui.layout auto", "set ui.layout stacked", "set ui.layout columns",
    ]  # fmt: skip
    assert {"set ui.width", "set fetch.interval", "set database"} <= {*await lines(run, "set ")}
    assert await lines(run, "set ui.width 100") == ["set ui.width 100"]
    assert {"open URL", "set NAME VALUE", "import FILE"} <= {*await lines(run, "")}
    assert (await lines(run, "set"))[0] == "Settings"
    await run.press("ctrl+p")  # the palette reads no lines
    await run.write("set theme light")
    assert "set ui.theme tuireader-light" not in [entry.name for entry in run.screen(Palette).listed]


async def test_settings_are_completed_changed_shown_and_taken_back(own: Running) -> None:
    await own.press(":")
    await own.write("set wid\t")
    assert own.screen(Palette).line.value == "set ui.width "
    await own.write("70\r")
    assert own.library.config.ui.width == 70 and "width = 70" in own.written
    assert "ui.width is 70 · ^z undoes" in own.toasts
    await enter(own, "set ui.width")
    assert own.screen(Palette).line.value == "set ui.width "  # completed, not run: a value may follow
    await own.press("enter")
    assert "ui.width is 70\nTakes" in own.toasts
    await enter(own, "set theme light")
    assert own.app.theme == "tuireader-light"
    await enter(own, "set ui.width wide")
    assert "ui.width should be a whole number" in own.toasts
    await enter(own, "set nosuch 1")
    assert "there is no setting" in own.toasts
    await enter(own, "set fetch.proxy http://me:secret@localhost:1")
    assert "a password would stay" in own.toasts and "secret" not in own.written
    await own.press("ctrl+z", "ctrl+z")
    assert own.written == CONFIG


async def test_earlier_lines_come_back(own: Running, tmp_path: Path) -> None:
    await enter(own, "set layout stacked")
    await enter(own, "set fetch.proxy http://me:secret@localhost:1")  # is not kept
    await enter(own, "open https://token@example.org/")
    await enter(own, "go to today")
    async with configured(tmp_path, own.written) as again, running(again) as run:
        await run.press(":")
        recalled = []
        for _ in range(3):
            await run.press("up")
            recalled.append(run.screen(Palette).line.value)
        assert recalled == ["Go to Today", "set ui.layout stacked", ""]
        await run.press("escape", "ctrl+p", "up", "up")  # the palette has no lines to bring back
        assert run.screen(Palette).line.value == ""
        await run.press("up", "enter")
        assert run.main.session.view == View(ViewKind.TODAY)


async def test_a_number_is_a_line_of_the_pane() -> None:
    async with running(library()) as run:
        await enter(run, "3")
        assert run.cursor_id == 3
        await enter(run, "99")
        assert run.cursor_id == 6
        await run.press("h")
        await enter(run, "2")
        assert run.main.sidebar.cursor == 1
    async with running(library('[ui]\nkeys = "newsboat"')) as run:
        await run.press("4")
        assert run.screen(Palette).line.value == "4"
        await run.press("enter")
        assert run.cursor_id == 4
        await run.press("home", "enter", "1")  # in the article, a digit opens a link
        assert run.browsed == ["https://ferry.example/notice"]


async def test_addresses_searches_and_files(own: Running, tmp_path: Path) -> None:
    await enter(own, "open example.org/a")
    await enter(own, "open https://example.org/b")
    await enter(own, "open file:///etc/passwd")
    assert own.browsed == ["https://example.org/a", "https://example.org/b"]
    assert "Not a web address: file:///etc/passwd" in own.toasts
    await enter(own, "search ferry")
    assert own.main.session.query == "ferry" and own.focus == "list"
    await own.press("escape")
    await enter(own, "filter is:starred")
    assert own.main.session.filter == "is:starred"
    file = tmp_path / "feeds.opml"
    file.write_text('<opml><body><outline text="A" xmlUrl="https://a.example/rss"/></body></opml>')
    await own.press(":")
    await own.write(f"import {tmp_path}/fee\t")
    assert own.screen(Palette).line.value == f"import {file}"
    await own.press("enter")
    assert "https://a.example/rss" in own.text or isinstance(own.app.screen, ImportPreview)
    await own.press("escape")
    assert isinstance(own.app.screen, AddFeed)
    await own.press("escape")
    await enter(own, f"import {tmp_path}/missing.opml")
    assert isinstance(own.app.screen, AddFeed) and "missing.opml" in own.text
