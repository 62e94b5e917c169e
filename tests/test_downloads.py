"""Downloads as the library does them: one at work for a database, and nothing queued is forgotten."""

from __future__ import annotations

from contextlib import aclosing, nullcontext
from pathlib import Path

from tests.builders import entry, feeds, fill, opened
from tests.web import Web
from tuireader import files
from tuireader.model import DownloadState, Enclosure


async def test_a_queue_that_another_process_works_through_is_left_to_it(tmp_path: Path) -> None:
    async with (
        Web() as web,
        opened(tmp_path, feeds(f"{web.url}/f") + "[download]\nfolder = 'got'\n") as library,
    ):
        url = web.serve("/1.mp3", b"sound")
        await fill(library, 1, entry(1, enclosures=(Enclosure(url, "audio/mpeg"),)))
        await library.downloads.add([1])
        for is_free in (False, True):
            with nullcontext() if is_free else files.locked_or_busy(tmp_path / "news.db.downloads"):
                async with aclosing(library.downloads.run()) as changes:
                    states = [change.state async for change in changes]
            assert states[-1:] == [DownloadState.DONE] * is_free and len(web.seen("/1.mp3")) == is_free


async def test_what_is_queued_at_the_last_moment_is_downloaded_as_well(tmp_path: Path) -> None:
    async with (
        Web() as web,
        opened(tmp_path, feeds(f"{web.url}/f") + "[download]\nfolder = 'got'\n") as library,
    ):
        for number in range(1, 6):
            web.serve(f"/{number}.mp3", b"sound")
        files = [Enclosure(f"{web.url}/{number}.mp3", "audio/mpeg") for number in range(1, 6)]
        await fill(library, 1, *(entry(at, enclosures=(one,)) for at, one in enumerate(files, 1)))
        await library.downloads.add([1])
        waiting = [2, 3, 4, 5]
        async with aclosing(library.downloads.run()) as changes:
            async for one in changes:
                if one.state is DownloadState.DONE and waiting:
                    async with aclosing(library.downloads.run()) as second:
                        assert [other async for other in second] == []  # the first is at it
                    await library.downloads.add([waiting.pop()])
        assert {one.state for one in await library.downloads.all()} == {DownloadState.DONE}
        assert len(list((tmp_path / "got").rglob("*.mp3"))) == 5


async def test_files_of_one_name_are_all_kept(tmp_path: Path) -> None:
    async with (
        Web() as web,
        opened(
            tmp_path, feeds(f"{web.url}/f") + "[download]\nfolder = 'got'\nname = '{name}{ext}'\n"
        ) as library,
    ):
        bodies = [b"first", b"second", b"third"]
        urls = [web.serve(f"/{number}/talk.mp3", body) for number, body in enumerate(bodies)]
        await fill(library, 1, entry(1, enclosures=tuple(Enclosure(url, "audio/mpeg") for url in urls)))
        await library.downloads.add([1])
        async with aclosing(library.downloads.run()) as changes:
            assert [change.error async for change in changes if change.state is DownloadState.FAILED] == []
        assert sorted(path.name for path in (tmp_path / "got").iterdir()) == [
            "talk (2).mp3",
            "talk (3).mp3",
            "talk.mp3",
        ]
        assert sorted(path.read_bytes() for path in (tmp_path / "got").iterdir()) == bodies
