"""The welcome and the dialogs that subscribe."""

from __future__ import annotations

import os
from pathlib import Path

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
from tuireader.ui.dialogs.import_feeds import ImportPreview
from tuireader.ui.dialogs.pickers import KeyPicker
from tuireader.ui.flows.welcome import FirstWatch
from tuireader.ui.host import DEMO
from tuireader.ui.widgets.choices import Choices

OPML = """<opml version="2.0"><body>
<outline text="Sea"><outline type="rss" text="The Quay [/x]" xmlUrl="https://quay.example/rss"/></outline>
</body></opml>"""


def followed(run: Running) -> list[str]:
    return [feed.url for feed in run.library.config.feeds]


async def test_starter_set_is_taken_by_two_keys_and_fetched(welcome: Running) -> None:
    assert "Where do your feeds come from?" in welcome.text
    server = Server(welcome.library)
    await welcome.press("s")
    assert "Ars Technica" in welcome.text and followed(welcome) == [] and server.asked == []
    await welcome.press("enter")
    assert followed(welcome) == [feed.url for feed in starter()]
    assert server.asked == [None] and "What must you not miss?" in welcome.text  # fetched meanwhile
    await welcome.write("Tencent, 腾讯\r")
    assert [(watch.name, watch.any) for watch in welcome.library.config.watches] == [
        ("Tencent", ("Tencent", "腾讯"))
    ]
    assert "A few keys" in welcome.text and "Watching for Tencent" in welcome.toasts
    await welcome.press("escape")
    assert welcome.app.screen is welcome.main and "Tencent" in welcome.labels


async def test_each_question_fits_any_size(welcome: Running) -> None:
    Server(welcome.library)
    for key, text in (
        ("s", "Where"),
        ("escape", "new feeds"),
        ("n", "Welcome"),
        ("escape", "must you not miss"),
    ):
        for size in ((20, 6), (40, 12), (200, 50), (80, 24)):
            await welcome.resize(*size)
        assert text in welcome.text
        await welcome.press(key)
    assert "A few keys" in welcome.text


async def test_enter_pressed_several_times_imports_once(welcome: Running) -> None:
    server = Server(welcome.library)
    await welcome.write("s\r\ra\r")
    assert len(followed(welcome)) == len(starter()) and server.asked == [None]
    assert isinstance(welcome.app.screen, FirstWatch)


async def test_each_question_is_skipped_by_escape_and_the_one_before_is_a_key_away(welcome: Running) -> None:
    Server(welcome.library)
    await welcome.press("s", "escape")
    assert isinstance(welcome.app.screen, KeyPicker) and followed(welcome) == []
    await welcome.press("n")
    assert isinstance(welcome.app.screen, FirstWatch)
    await welcome.press("enter")
    assert "Enter a word or a name" in welcome.text
    await welcome.press("shift+tab")
    assert "Where do your feeds come from?" in welcome.text
    await welcome.press("s", "enter", "shift+tab")
    assert f"{len(starter())} feeds added. More?" in welcome.text
    await welcome.press("escape", "escape")
    assert "A few keys" in welcome.text and welcome.library.config.watches == ()


async def test_only_what_is_checked_is_taken(welcome: Running) -> None:
    Server(welcome.library)
    await welcome.press("s", "a", "enter")
    assert followed(welcome) == [] and "No feed is checked" in welcome.text
    await welcome.press("space", "j", "space", "enter")
    assert followed(welcome) == [starter()[0].url, starter()[2].url]


async def test_keys_move_in_choices_and_space_checks(welcome: Running) -> None:
    Server(welcome.library)
    await welcome.press("s")
    preview = welcome.screen(ImportPreview)
    choices = preview.query_one(Choices)
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
    assert preview.checked == set()
    await welcome.click(Choices, (3, heading + 1))
    await welcome.press("G", "space", "enter")
    assert followed(welcome) == [starter()[0].url, starter()[-1].url]


@pytest.mark.parametrize(("keys", "left"), [("d", DEMO), ("q", 0), ("jjjjkk", None)])
async def test_demo_and_quit(welcome: Running, keys: str, left: int | None) -> None:
    for key in keys:
        await welcome.pilot.press(key)
    assert welcome.app.return_value == left


async def test_files_nearby_are_offered_by_name_and_read_after_a_yes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "Downloads").mkdir()
    file = tmp_path / "Downloads" / "feeds.opml"
    file.write_text(OPML)
    file.chmod(0)  # its name alone is looked at
    async with running(Shelf(), (80, 24), first_run=True) as run:
        Server(run.library)
        assert "1  ~/Downloads/feeds.opml" in run.text
        if os.access(file, os.R_OK):  # root may read everything
            file.write_text("")
        await run.press("1")
        assert "Where do your feeds come from?" in run.text and "feeds.opml" in run.toasts
        file.chmod(0o600)
        file.write_text(OPML)
        await run.press("1")
        assert "1 new feed in 1 folder" in run.text and "The Quay [/x]" in run.text and followed(run) == []
        await run.press("escape", "1", "enter")
        assert run.library.config.feeds == (FeedConfig("https://quay.example/rss", "The Quay [/x]", "Sea"),)
        assert isinstance(run.app.screen, FirstWatch)


async def test_an_address_is_looked_at_and_added_with_a_folder(welcome: Running) -> None:
    async with Web() as web:
        Server(welcome.library)
        url = web.serve("/feed", rss("The Quay", [item("1", "Fog")]))
        await welcome.write(f"u{url}\r")
        await welcome.shows("Folder")
        await welcome.write("Harbour")
        await welcome.press("enter")
        assert welcome.library.config.feeds == (FeedConfig(url, folder="Harbour"),)  # by its own title
        await welcome.press("escape", "enter")
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
    async with running(Shelf(more='[keys]\nsearch = "f9"'), (80, 24), first_run=True) as run:
        assert_screen(run.app, "welcome-80x24")
        await run.press("escape", "escape")
        assert "A few keys to start with" in run.text and "F9          search all stored" in run.text
        assert_screen(run.app, "tour-80x24")
        for key in ("escape", "j"):
            await run.press(key)
            assert run.app.screen is run.main and run.focus == "list"
            await run.main.run_command("tour")
            await run.settle()
            assert "A few keys" in run.text
