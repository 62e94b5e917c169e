"""Import feeds inside the reader: from a file by name, a path, an address, a newsboat profile."""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.newsboat import DATA
from tests.ui.running import Running, running
from tests.ui.shelf import Server, configured
from tests.web import Web
from tests.workers import forked_workers as forked_workers
from tuireader.config import FeedConfig
from tuireader.ui.dialogs.add_feed import AddFeed
from tuireader.ui.dialogs.import_feeds import ImportPreview
from tuireader.ui.widgets.choices import Choices

pytestmark = pytest.mark.usefixtures("forked_workers")
OPML = """<?xml version="1.0"?>
<opml version="2.0"><body>
<outline text="Sea"><outline type="rss" text="Quay [/x] \u202e" xmlUrl="https://quay.example/rss"/>
<outline type="rss" text="Tides" xmlUrl="https://tide.example/rss"/></outline>
<outline type="rss" text="&lt;b&gt;Fog" xmlUrl="https://fog.example/rss"/>
<outline type="rss" text="A program" xmlUrl="exec:rm"/>
</body></opml>"""
KNOWN = '[[feeds]]\nurl = "https://tide.example/rss"\n[fetch]\nrefresh_on_start = false\n'


@asynccontextmanager
async def importing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, text: str = KNOWN, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[Running]:
    """The app, whose home is the folder `home`, with a file `~/Downloads/feeds.opml`."""
    home = folder / "home"
    (home / "Downloads").mkdir(parents=True)
    (home / "Downloads" / "feeds.opml").write_text(OPML)
    monkeypatch.setenv("HOME", str(home))
    async with configured(folder, text) as library, running(library, size) as run:
        Server(library)
        yield run


def urls(run: Running) -> list[str]:
    return [feed.url.split("/")[2] for feed in run.library.config.feeds]


async def test_a_file_nearby_shows_what_it_adds_and_is_undone_in_one_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with importing(tmp_path, monkeypatch) as run:
        await run.press("plus")
        assert "~/Downloads/feeds.opml  OPML" in run.text
        await run.press("enter")
        assert "2 new feeds in 1 folder · 1 already subscribed" in run.text
        assert "skipped: A program: runs a program" in run.text
        assert "Quay [/x]" in run.text and "<b>Fog" in run.text and "\u202e" not in run.text
        assert urls(run) == ["tide.example"]
        await run.press("escape")
        run.screen(AddFeed)
        await run.press("enter", "enter")
        assert urls(run) == ["tide.example", "quay.example", "fog.example"]
        assert run.library.config.feeds[0].folder == "Sea"  # was missing
        assert "Sea" in " ".join(run.labels) and "2 feeds added" in run.toasts and "Imported" in run.toasts
        await run.press("ctrl+z")
        assert run.written == KNOWN and "Sea" not in run.labels


async def test_folders_that_do_not_answer_hold_up_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with importing(tmp_path, monkeypatch) as run:
        answers, scandir = threading.Event(), os.scandir

        def wait(*arguments: str) -> object:
            answers.wait(60)
            return scandir(*arguments)

        monkeypatch.setattr(os, "scandir", wait)
        assert await run.library.exchange.nearby(patience=0.01) == []
        answers.set()
        assert [file.path.name for file in await run.library.exchange.nearby()] == ["feeds.opml"]
        (tmp_path / "gone").mkdir()
        monkeypatch.chdir(tmp_path / "gone")
        (tmp_path / "gone").rmdir()
        assert await run.library.exchange.nearby() == []


async def test_feeds_are_unchecked_before_the_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with importing(tmp_path, monkeypatch) as run:
        await run.press("plus", "enter", "space")
        assert "enter imports 1 feed" in run.text
        await run.press("a")
        assert "enter imports 2 feeds" in run.text
        await run.press("g", "space", "enter")
        assert urls(run) == ["tide.example", "fog.example"]
        await run.press("plus", "enter", "enter")
        await run.press("plus", "enter")
        assert "0 new feeds · 3 already subscribed" in run.text and "Nothing new" in run.text
        await run.press("enter")
        run.screen(ImportPreview)
        await run.press("escape", "escape")
        assert run.app.screen is run.main


async def test_feeds_with_a_password_are_known_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = "https://me:pw@tide.example/rss"
    files = (
        (own, "0 new feeds · 1 already subscribed"),
        ("https://tide.example/rss", "0 new feeds · 1 already subscribed"),
        ("https://you:pw@tide.example/rss", "1 new feed"),
    )
    async with importing(tmp_path, monkeypatch, KNOWN.replace("https://tide.example/rss", own)) as run:
        await run.press("plus")
        for url, summary in files:
            (tmp_path / "home" / "a.opml").write_text(
                f'<opml><body><outline type="rss" xmlUrl="{url}"/></body></opml>'
            )
            await run.write("\x15~/a.opml\r")
            assert summary in run.text
            await run.press("escape")
        await run.press("enter", "enter")
        assert len(run.library.config.feeds) == 2


async def test_a_typed_path_is_completed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with importing(tmp_path, monkeypatch) as run:
        await run.main.run_command("import")
        await run.settle()
        dialog = run.screen(AddFeed)
        await run.write("~/D\t")
        assert dialog.line.value == "~/Downloads/" and "~/Downloads/feeds.opml" in run.text
        await run.press("tab", "enter")
        assert "2 new feeds" in run.text
        await run.press("escape")
        await run.write("\x15~/D")
        await run.click(Choices, (3, 0))  # a folder is entered
        assert dialog.line.value == "~/Downloads/" and "~/Downloads/feeds.opml" in run.text
        dialog.line.focus()
        await run.write("\x15~/Down\r")
        assert dialog.line.value == "~/Downloads/"
        await run.press("enter")  # its first file
        assert "2 new feeds" in run.text
        await run.press("escape")
        await run.write("\x15~/Downloads/feeds.opml\r")  # faster than the list follows
        assert "2 new feeds" in run.text
        (tmp_path / "home" / "Downloads" / "more.txt").write_text("https://more.example/rss\n")
        await run.press("escape")
        await run.write("\x15~/Downloads/")
        await run.press("down", "enter")
        assert "1 new feed" in run.text and "more.example" in run.text
        await run.press("escape", "tab")
        await run.write("\x15")
        await run.press("tab", "enter")  # the list of files nearby
        assert "2 new feeds" in run.text


async def test_errors_are_one_line_with_their_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with importing(tmp_path, monkeypatch) as run:
        downloads = tmp_path / "home" / "Downloads"
        (downloads / "broken.opml").write_text(
            '<opml version="2.0">\n<body>\n<outline text="x">\n</body></opml>'
        )
        (downloads / "page.html").write_text("<html><title>[/x]</title></html>")
        (downloads / "notes.txt").write_text("\x1b[31mno feed at all\n")
        (downloads / "large.opml").touch()
        os.truncate(downloads / "large.opml", 50_000_001)
        os.mkfifo(downloads / "pipe")
        await run.press("plus")
        for name, error in (
            ("broken.opml", "the OPML file is damaged at line 4; nothing was imported"),
            ("page.html", "this is a web page"),
            ("notes.txt", "notes.txt contains no feed"),
            ("large.opml", "is larger than 50 MB"),
            ("pipe", "it is not a regular file"),
            ("none", "cannot be read: No such file or directory"),
            ("n" * 300, "File name too long"),
        ):
            await run.write(f"\x15~/Downloads/{name}\r")
            assert error in " ".join(run.text.replace("│", " ").split())
            run.screen(AddFeed)
        assert urls(run) == ["tide.example"] and run.written == KNOWN


async def test_an_address_of_an_opml_file_is_understood(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Web() as web, importing(tmp_path, monkeypatch) as run:
        url = web.serve("/feeds", f"<!-- of today -->{OPML.split('?>')[1]}".encode())
        await run.write(f"+{url}\r")
        await run.shows("2 new feeds in 1 folder")
        await run.press("enter")
        assert urls(run) == ["tide.example", "quay.example", "fog.example"]
        await run.press("ctrl+z")
        assert run.written == KNOWN
        assert [request.path for request in web.requests] == ["/feeds"]  # and no guessed address


async def test_the_dialog_that_adds_a_feed_takes_a_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with importing(tmp_path, monkeypatch) as run:
        monkeypatch.chdir(tmp_path / "home" / "Downloads")
        for path in ("~/Downloads/feeds.opml", "feeds.opml", f"{tmp_path}/home/Downloads/feeds.opml"):
            await run.write(f"+{path}\r")
            assert "2 new feeds in 1 folder" in run.text
            await run.press("escape", "escape")
        await run.write("+./none\r")
        assert "cannot be read" in run.text
        await run.write("\x15~/Downloads/feeds.opml\r")
        await run.press("enter")
        assert urls(run) == ["tide.example", "quay.example", "fog.example"]


async def test_a_path_in_a_folder_is_no_address_and_an_address_no_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with importing(tmp_path, monkeypatch) as run:
        monkeypatch.chdir(tmp_path / "home")
        await run.write("+Downloads/feeds.opml\r")
        assert "2 new feeds in 1 folder" in run.text
        await run.press("escape")
        for address in ("127.0.0.1:1/feeds.opml", "exec:cat feeds.opml"):
            await run.write(f"\x15{address}")
            assert "enter looks for feeds" in run.text


async def test_after_feeds_were_found_a_path_lists_files_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    links = "".join(f'<link rel="alternate" type="application/rss+xml" href="/{name}">' for name in "ab")
    async with Web() as web, importing(tmp_path, monkeypatch) as run:
        page = web.serve("/", f"<head>{links}</head>", headers={"Content-Type": "text/html"})
        await run.write(f"+{page}\r")
        await run.shows("2 feeds found")
        await run.settle()
        await run.press("shift+tab")
        await run.write("\x15~/Downloads/")
        assert "~/Downloads/feeds.opml" in run.text and "tab completes" in run.text


async def test_a_newsboat_profile_comes_with_its_settings_and_goes_in_one_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "[fetch]\nrefresh_on_start = false\n"
    async with importing(tmp_path, monkeypatch, text) as run:
        shutil.copytree(DATA, tmp_path / "home" / ".newsboat")
        await run.press("plus")
        await run.write("~/.newsboat\r")
        assert "A newsboat profile" in run.text and "Lines that start programs are left out" in run.text
        assert run.written == text
        await run.press("enter")
        assert "left out: `tuireader import newsboat` lists them" in run.toasts
        assert len(run.library.config.feeds) > 2 and "Imported" in run.toasts
        assert run.library.config.ui.preset == "newsboat" and "page_or_next_unread" in run.app.keys_of
        assert run.app.keys_of["page_or_next_unread"] == ()  # its keys are in force at once
        assert run.main.articles.ids
        await run.press("ctrl+z")
        assert run.written == text


async def test_marks_are_imported_and_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    marks = {
        "format": "tuireader read state",
        "version": 1,
        "feeds": [{"url": "https://tide.example/rss", "articles": [{"key": "1f", "read": True}]}],
    }
    async with importing(tmp_path, monkeypatch) as run:
        (tmp_path / "home" / "state.json").write_text(json.dumps(marks))
        await run.press("plus")
        await run.write("~/state.json\r")
        assert "marks of 1 article" in run.text
        await run.press("enter")
        assert "1 will be marked when they arrive" in run.toasts


async def test_a_file_without_feeds_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with importing(tmp_path, monkeypatch) as run:
        (tmp_path / "home" / "none.opml").write_text('<opml version="2.0"><body/></opml>')
        await run.write("+~/none.opml\r")
        assert "No feeds" in run.text and "Nothing new · esc goes back" in run.text


async def test_a_long_list_is_imported_without_a_choice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with importing(tmp_path, monkeypatch) as run:
        lines = "".join(f"https://{number}.example/rss\n" for number in range(501))
        (tmp_path / "home" / "urls.txt").write_text(lines)
        await run.press("plus")
        await run.write("~/urls.txt\r")
        assert "501 new feeds" in run.text and not run.app.screen.query(Choices)
        await run.press("enter")
        assert len(run.library.config.feeds) == 502


async def test_the_demo_imports_nothing(demo: Running, tmp_path: Path) -> None:
    (tmp_path / "feeds.opml").write_text(OPML)
    await demo.write(f"+{tmp_path}/feeds.opml\r")
    assert "the demo cannot change its feeds" in demo.text


async def test_a_failed_write_keeps_the_preview_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with importing(tmp_path, monkeypatch) as run:
        await run.press("plus", "enter")
        run.library.paths.config.write_text("[[feeds]\n")
        await run.press("enter")
        run.screen(ImportPreview)
        assert "config.toml" in run.text or "TOML" in run.text
        run.library.paths.config.write_text(KNOWN)
        await run.press("enter")
        assert FeedConfig("https://fog.example/rss", "<b>Fog") in run.library.config.feeds
