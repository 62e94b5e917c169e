"""Files of articles: opened by a program of their type, downloaded in the background, shown in the queue."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import pytest

from tests.builders import entry, fill
from tests.ui.running import Running, running
from tests.ui.shelf import configured, replaced
from tests.ui.snap import assert_screen
from tests.web import Web, then_reset
from tuireader.library import Library
from tuireader.model import Enclosure
from tuireader.ui.screens.queue import Queue

CAST = "https://cast.example"
TITLE = "第七集：微信与个人信息保护法 — an episode on the Personal Information Protection Law"


@asynccontextmanager
async def reading(folder: Path, server: str, more: str = "") -> AsyncIterator[Running]:
    """The app on a podcast of this server: one episode, one with a video and notes, one without files."""
    feed = f"[[feeds]]\nurl = '{server}/feed'\ntitle = 'Law Cast'\n"
    text = f"{feed}[download]\nfolder = 'got'\n{more}\n[fetch]\nrefresh_on_start = false\n"
    async with configured(folder, text) as library:
        await fill(
            library,
            1,
            entry(
                1,
                title=TITLE,
                enclosures=(Enclosure(f"{server}/7.mp3", "audio/mpeg", 48_000_000, "", 1875),),
            ),
            entry(
                2,
                title="Sixth",
                enclosures=(
                    Enclosure(f"{server}/6.mp4", "video/mp4"),
                    Enclosure(f"{server}/notes.pdf", "application/pdf", title="Notes"),
                ),
            ),
            entry(3, title="Only a text"),
        )
        async with running(library) as run:
            yield run


@asynccontextmanager
async def downloading_here(library: Library) -> AsyncIterator[None]:
    """Download in this process, where no second one has to import the program."""
    tasks: list[asyncio.Task[None]] = []

    async def work() -> None:
        async with aclosing(library.downloads.run()) as changes:
            async for _ in changes:
                pass

    async def start() -> None:
        tasks.append(asyncio.create_task(work()))

    with replaced(library.downloads.start, start):
        yield
        await asyncio.gather(*tasks)


async def until(run: Running, true: Callable[[], bool]) -> None:
    """Wait for what a download does, in another process or beside the keys."""
    async with asyncio.timeout(30):
        while not true():
            await asyncio.sleep(0.01)
            await run.settle()


def states(run: Running) -> list[str]:
    return [row["state"] for row in run.rows(Queue)]


async def test_a_download_ends_in_the_queue_and_opens_from_there(tmp_path: Path) -> None:
    got = tmp_path / "opened"
    program = f"[open]\n'audio/*' = ['sh', '-c', 'printf %s \"$1\" > {got}', 'sh', '{{url}}']\n"
    async with Web() as web, reading(tmp_path, web.url, program) as run:
        web.serve("/7.mp3", b"sound" * 99, headers={"Content-Type": "audio/mpeg"})
        await run.press("d")
        assert "Downloading 1 file · B shows the queue" in run.toasts
        await run.press("B")
        await until(run, lambda: states(run) == ["done"])
        assert "Queue   1 file" in run.text and "/7.mp3" in run.text
        (file,) = (tmp_path / "got" / "Law Cast").iterdir()
        await run.press("enter")
        assert got.read_text() == str(file)
        await run.press("escape", "d")
        assert "Already downloaded: " in run.toasts
        await run.press("enter", "P")
        assert got.read_text() == str(file)
        await run.press("B", "d")
        assert states(run) == [] and file.exists()


async def test_what_fails_says_why_and_is_tried_again(tmp_path: Path) -> None:
    async with Web() as web, reading(tmp_path, web.url) as run, downloading_here(run.library):
        await run.press("d", "B")
        await until(run, lambda: states(run) == ["failed"])
        assert "1 file, 1 failed" in run.text and "failed: HTTP 404" in run.text
        web.serve("/7.mp3", b"sound")
        await run.press("R")
        await until(run, lambda: states(run) == ["done"])
        await run.press("R")
        assert "No download has failed" in run.toasts


async def test_what_was_received_goes_with_an_incomplete_download(tmp_path: Path) -> None:
    async with Web() as web, reading(tmp_path, web.url) as run, downloading_here(run.library):
        head = b'HTTP/1.1 200 OK\r\nETag: "1"\r\nContent-Length: 99999\r\n\r\n'
        web.raw("/7.mp3", then_reset(head + b"x" * 9_000))
        await run.press("d", "B")
        await until(run, lambda: states(run) == ["failed"])
        (part,) = (tmp_path / "got").iterdir()
        assert part.stat().st_size > 0
        await run.press("d")
        await until(run, lambda: not part.exists())
        assert states(run) == []


async def test_files_are_listed_and_open_by_number_and_by_choice(tmp_path: Path) -> None:
    async with reading(tmp_path, CAST) as run:
        await run.press("enter")
        assert "7.mp3 · audio/mpeg · 48.0 MB · 31:15" in run.text
        await run.press("1", "P")
        assert run.browsed == [f"{CAST}/7.mp3"] * 2
        await run.press("J", "P")
        assert "6.mp4 · video/mp4" in run.text and "Notes · application/pdf" in run.text
        await run.press("2", "enter")
        assert run.browsed[2:] == [f"{CAST}/notes.pdf"]
        await run.press("J", "P", "d")
        assert run.toasts.count("No files belong to this article") >= 1


@pytest.mark.parametrize("width", [80, 120])
async def test_the_queue_as_it_looks(tmp_path: Path, width: int) -> None:
    async with reading(tmp_path, CAST) as run:
        library = run.library
        await library.downloads.add([3, 2])

        def under_way(store: object) -> None:
            downloads = store.downloads  # type: ignore[attr-defined]
            downloads.take()
            downloads.start(1, "x.part", "", 48_000_000)
            downloads.progress(1, 20_000_000)
            downloads.cancel([2])

        await library.context.pool.transact(under_way)
        await run.pilot.resize_terminal(width, 30)
        await run.press("B", "G")
        assert states(run) == ["cancelled", "███░░░░░ 42%"]
        assert_screen(run.app, f"queue-{width}x30")
        await run.press("x")
        assert states(run) == ["cancelled", "cancelled"]
