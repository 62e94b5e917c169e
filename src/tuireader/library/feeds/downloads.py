"""Downloads of enclosures: the queue, and the process that works through it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tuireader import files
from tuireader.config.files import expand_home
from tuireader.dedup import hash64
from tuireader.errors import TuireaderError
from tuireader.export.enclosures import chosen, file_path
from tuireader.ingest.queued import results_of
from tuireader.library.context import UseCases
from tuireader.library.feeds.page_tools import fetch_limits
from tuireader.model import Article, Fetched, FetchFailed
from tuireader.subprocesses import processes

if TYPE_CHECKING:
    from tuireader.feeds.http.download import Downloader
    from tuireader.model import Download

AT_ONCE = 3
"""Number of files to download at the same time."""
_SHOW = 0.5  # seconds between two updates of the stored progress
_LOOK = 1.0  # seconds between checks for further downloads
_MOST = 1000  # maximum number of files with one name


class Downloads(UseCases):
    """Queue files of articles and download them."""

    async def all(self, ids: Sequence[int] | None = None) -> list[Download]:
        """List some or all downloads in the order in which they were added."""
        return await self._pool.read(lambda store: store.downloads.all(ids))

    async def add(self, article_ids: Sequence[int]) -> list[Download]:
        """Queue the files of articles: audio and video, or everything if there is neither.

        Failed and cancelled files are queued again; complete ones stay. Returns the downloads.
        """
        self._context.require_network()
        wanted = {number: chosen((await self._context.article(number)).enclosures) for number in article_ids}
        now = self._now()
        added = await self._transact(
            lambda store: [
                download
                for number, enclosures in wanted.items()
                for download in store.downloads.add(number, enclosures, now)
            ]
        )
        return await self.all(added) if added else []

    async def path_of(self, url: str) -> str:
        """Path of the downloaded file of an address, `""` if it no longer exists."""
        paths = await self._pool.read(lambda store: store.downloads.paths(url))
        return await asyncio.to_thread(lambda: next((path for path in paths if Path(path).is_file()), ""))

    async def retry(self, ids: Sequence[int]) -> None:
        """Queue failed and cancelled downloads again."""
        await self._transact(lambda store: store.downloads.retry(ids))

    async def cancel(self, ids: Sequence[int]) -> None:
        """Cancel waiting and running downloads, and keep partial files."""
        await self._transact(lambda store: store.downloads.cancel(ids))

    async def remove(self, ids: Sequence[int]) -> None:
        """Remove downloads that are not running from the queue; complete files stay."""
        incomplete = await self._transact(lambda store: store.downloads.remove(ids))
        with suppress(OSError):
            for url in incomplete:
                self._part(url).unlink(missing_ok=True)

    async def start(self) -> None:
        """Work through the queue in a separate process, which continues when the reader ends."""
        where = ["--config", str(self._context.paths.config), "--database", str(self._context.paths.database)]
        nothing = asyncio.subprocess.DEVNULL
        await asyncio.create_subprocess_exec(
            *processes.command("tuireader", *where, "download", "--queued"),
            stdin=nothing,
            stdout=nothing,
            stderr=nothing,
            start_new_session=True,
        )

    async def run(self) -> AsyncGenerator[Download, None]:
        """Work through the queue unless another process does; yield each download as it changes."""
        self._context.require_network()
        while await self._pool.read(lambda store: store.downloads.any_unfinished()):
            was_free = False
            async with aclosing(self._run_once()) as changes:
                async for download in changes:
                    was_free = True
                    yield download
            if not was_free:
                return

    async def _run_once(self) -> AsyncGenerator[Download, None]:
        with files.locked_or_busy(Path(f"{self._context.paths.database}.downloads")) as free:
            if not free:
                return
            await self._transact(lambda store: store.downloads.interrupted())
            try:
                async with aclosing(results_of(self._work)) as downloads:
                    async for download in downloads:
                        yield download
            finally:
                await self._transact(lambda store: store.downloads.interrupted())

    async def _work(self, put: Callable[[Download], None]) -> None:
        from tuireader.feeds.http.download import Downloader, limits_for_files

        config = self._context.config
        limits = limits_for_files(fetch_limits(config), config.download.max_size)
        fetcher = Downloader(limits, now=self._context.clock)
        running, ended = 0, asyncio.Event()

        async def one_after_another() -> None:
            """Download files until the queue is empty; files may be queued meanwhile."""
            nonlocal running, ended
            while True:
                if taken := await self._transact(lambda store: store.downloads.take()):
                    running += 1
                    put(taken)
                    await self._download(fetcher, taken, put)
                    running -= 1
                    ended.set()
                    ended = asyncio.Event()
                elif running:
                    with suppress(TimeoutError):
                        await asyncio.wait_for(ended.wait(), _LOOK)
                else:
                    return

        async with fetcher, asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(one_after_another())

    async def _download(
        self, fetcher: Downloader, download: Download, put: Callable[[Download], None]
    ) -> None:
        """Download one file; any error is stored with it."""
        from tuireader.feeds.http.download import DownloadJob

        part, shown = self._part(download.url), 0.0

        async def report() -> None:
            for now in await self.all([download.id]):
                put(now)

        async def began(validator: str, size: int | None) -> None:
            await self._transact(lambda store: store.downloads.start(download.id, str(part), validator, size))

        async def received(count: int) -> bool:
            nonlocal shown
            if time.monotonic() - shown < _SHOW:
                return True
            shown = time.monotonic()
            runs = await self._transact(lambda store: store.downloads.progress(download.id, count))
            await report()
            return runs

        try:
            await asyncio.to_thread(files.make_folder, part.parent, files.SHARED)
            article = await self._context.article(download.article_id)
            job = DownloadJob(
                0,
                download.url,
                public_only=not await self._context.home_of(article.id, download.url),
                part=part,
                validator=download.validator,
                total=download.length if download.validator else None,
                began=began,
                received=received,
            )
            answer = await fetcher.fetch(job)
            if isinstance(answer, FetchFailed):
                raise TuireaderError(answer.reason)
            assert isinstance(answer, Fetched)
            path = await self._keep(download, article, part, answer.content_type or download.type)
            size, now = path.stat().st_size, self._now()
            await self._transact(lambda store: store.downloads.finish(download.id, str(path), size, now))
        except TuireaderError as error:
            await self._fail(download, error.message)
        except OSError as error:
            await self._fail(download, f"{self.folder} cannot be written to: {error.strerror or error}")
        await report()

    async def _fail(self, download: Download, reason: str) -> None:
        now = self._now()
        await self._transact(lambda store: store.downloads.fail(download.id, reason, now))

    async def _keep(self, download: Download, article: Article, part: Path, kind: str) -> Path:
        """Move a complete file to its final name; never replaces an existing file."""
        folder, template = self.folder, self._context.config.download.name

        def keep() -> Path:
            for number in range(1, _MOST):
                path = folder / file_path(template, article, download.url, kind, number)
                files.make_folder(path.parent, files.SHARED)
                with suppress(FileExistsError):
                    files.publish(part, path)
                    part.unlink(missing_ok=True)
                    return path
            raise TuireaderError(f"{folder} has too many files with this name")

        return await asyncio.to_thread(keep)

    def _part(self, url: str) -> Path:
        """Path of a partial file; each database has its own."""
        return self.folder / f".{hash64(f'{self._context.paths.database} {url}') & (1 << 63) - 1:x}.part"

    @property
    def folder(self) -> Path:
        """Folder for downloads; a relative path is relative to the folder of the config."""
        folder = self._context.config.download.folder
        return self._context.paths.config.absolute().parent / expand_home(folder)
