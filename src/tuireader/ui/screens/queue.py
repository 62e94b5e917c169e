"""Queue screen: downloads that are waiting, running, done or failed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from textual import on

from tuireader.commands import Scope
from tuireader.model import Download, DownloadState, Enclosure
from tuireader.text import without_password
from tuireader.text.wording import counted
from tuireader.ui.controllers.wiring import Controllers
from tuireader.ui.flows.context import Asking, Outcome
from tuireader.ui.flows.files import open_enclosure
from tuireader.ui.screens.table_screen import TableScreen
from tuireader.ui.widgets.table import Cell, Cells, Column, Table
from tuireader.wording.enclosures import megabytes, progress
from tuireader.wording.lines import Line

_EVERY = 1.0  # seconds between reloads of the queue while a download is running or waiting
_SIGNS = {
    DownloadState.WAITING: ("·", "dim"),
    DownloadState.RUNNING: ("↓", "star"),
    DownloadState.DONE: ("✓", "text"),
    DownloadState.FAILED: ("!", "error"),
    DownloadState.CANCELLED: ("=", "dim"),
}
_UNDER_WAY = (DownloadState.WAITING, DownloadState.RUNNING)
_AGAIN = (DownloadState.FAILED, DownloadState.CANCELLED)


def _size(download: Download) -> str:
    if download.length and download.state is not DownloadState.DONE and download.received:
        return f"{megabytes(download.received)} of {megabytes(download.length)}"
    size = download.length or download.received
    return megabytes(size) if size else ""


class Queue(TableScreen[None, Download]):
    """Table of downloads, newest first; enter opens a file."""

    COLUMNS = (
        Column("sign", "", 1),
        Column("title", "Article"),
        Column("feed", "Feed", {150: 36, 100: 22}, least=100),
        Column("state", "State", 13),
        Column("size", "Size", 18, right=True, least=70),
    )
    PLACE = Scope.QUEUE

    def on_mount(self) -> None:
        """Read the queue again while downloads are under way."""
        self.set_interval(_EVERY, self._reload_if_running)

    def _reload_if_running(self) -> None:
        if any(download.state in _UNDER_WAY for download in self.items.values()):
            self.reload()

    async def read(self) -> list[Download]:
        return (await self.library.downloads.all())[::-1]

    def cells(self, download: Download) -> Cells:
        sign, style = _SIGNS[download.state]
        return {
            "sign": Cell(sign, style),
            "title": Cell(download.title, "text"),
            "feed": Cell(download.feed, "dim"),
            "state": Cell(progress(download), style),
            "size": Cell(_size(download), "dim"),
        }

    @property
    def empty_text(self) -> str:
        return f"Nothing yet. {self.host.key_of('download')} on an article downloads its files."

    def summary(self) -> str:
        """Return `4 files, 1 under way, 2 failed`."""
        states = [download.state for download in self.items.values()]
        under_way, failed = sum(state in _UNDER_WAY for state in states), states.count(DownloadState.FAILED)
        parts = [counted(len(states), "file")]
        parts += [f"{under_way} under way"] * bool(under_way) + [f"{failed} failed"] * bool(failed)
        return ", ".join(parts)

    def about(self, download: Download) -> list[Line]:
        lines: list[Line] = [((download.title, "strong"), (f" · {download.feed}", "dim"))]
        if download.error:
            lines.append((("failed: ", "error"), (download.error, "text")))
        if download.state is DownloadState.DONE:
            lines.append(((download.path, "text"),))
        lines.append(((without_password(download.url), "dim"),))
        return lines

    def keys(self) -> list[tuple[str, str]]:
        if self.current is None:
            return []
        if self.current.state in _UNDER_WAY:
            return [("cancel_download", "Cancel")]
        again = [("refresh_one", "Retry")] if self.current.state in _AGAIN else [("open", "Open")]
        return [*again, ("remove_this", "Remove")]

    @on(Table.Chosen)
    async def action_open_file(self) -> None:
        await self.run_here(
            lambda main, _, item: open_enclosure(main, Enclosure(item.url, item.type)), keys_wait=False
        )

    async def action_refresh_one(self) -> None:
        if self.current is not None:
            await self._retry([self.current.id])

    async def action_refresh_failing(self) -> None:
        downloads = self.items.values()
        failed = [download.id for download in downloads if download.state is DownloadState.FAILED]
        if failed:
            await self._retry(failed)
        else:
            self.host.say("No download has failed")

    async def _retry(self, ids: list[int]) -> None:
        async def retry() -> None:
            await self.library.downloads.retry(ids)
            await self.library.downloads.start()

        await self._change(retry)

    async def action_cancel_download(self) -> None:
        if self.current is not None:
            await self._change(partial(self.library.downloads.cancel, [self.current.id]))

    async def action_remove_this(self) -> None:
        """Remove a download from the queue; its file stays."""
        if self.current is not None:
            await self._change(partial(self.library.downloads.remove, [self.current.id]))

    async def _change(self, change: Callable[[], Awaitable[None]]) -> None:
        async def work(main: Controllers, ask: Asking) -> Outcome | None:
            await change()
            self.reload()
            return None

        await self.flows.run(work, keys_wait=False)
