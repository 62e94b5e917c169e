"""Queue screen: downloads that are waiting, running, done or failed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import ClassVar

from tuireader.commands import Scope
from tuireader.model import Download, DownloadState, Enclosure, ViewKind
from tuireader.text import without_password
from tuireader.text.wording import counted
from tuireader.ui.bindings import bindings
from tuireader.ui.controllers.wiring import Controllers
from tuireader.ui.flows.context import Asking, FlowRunner, Outcome
from tuireader.ui.flows.files import open_enclosure
from tuireader.ui.screens.table_screen import TableScreen
from tuireader.ui.widgets.table import Cell, Column, Row, Table
from tuireader.wording.enclosures import megabytes, progress
from tuireader.wording.lines import Line

_EVERY = 1.0
"""Seconds between reloads of the queue while a download is running or waiting."""
_SIGNS = {
    DownloadState.WAITING: ("·", "dim"),
    DownloadState.RUNNING: ("↓", "star"),
    DownloadState.DONE: ("✓", "text"),
    DownloadState.FAILED: ("!", "error"),
    DownloadState.CANCELLED: ("=", "dim"),
}
_UNDER_WAY = (DownloadState.WAITING, DownloadState.RUNNING)
_AGAIN = (DownloadState.FAILED, DownloadState.CANCELLED)


def _size(one: Download) -> str:
    if one.length and one.state is not DownloadState.DONE and one.received:
        return f"{megabytes(one.received)} of {megabytes(one.length)}"
    size = one.length or one.received
    return megabytes(size) if size else ""


def queue_row(one: Download) -> Row:
    """Return the row of a download."""
    sign, style = _SIGNS[one.state]
    return Row(
        str(one.id),
        {
            "sign": Cell(sign, style),
            "title": Cell(one.title, "text"),
            "feed": Cell(one.feed, "dim"),
            "state": Cell(progress(one), style),
            "size": Cell(_size(one), "dim"),
        },
    )


class Queue(TableScreen):
    """Table of downloads, newest first."""

    HEADING = "Queue"
    KIND = ViewKind.ALL
    COLUMNS = (
        Column("sign", "", 1),
        Column("title", "Article"),
        Column("feed", "Feed", 36, least=150),
        Column("feed", "Feed", 22, least=100, most=149),
        Column("state", "State", 13),
        Column("size", "Size", 18, right=True, least=70),
    )
    BINDINGS: ClassVar = [*bindings(Scope.QUEUE)]

    def __init__(self, flows: FlowRunner) -> None:
        super().__init__(flows)
        self._found: dict[str, Download] = {}

    def on_mount(self) -> None:
        """Read the queue now, and again while downloads are under way."""
        super().on_mount()
        self.set_interval(_EVERY, self._look)

    def _look(self) -> None:
        if any(one.state in _UNDER_WAY for one in self._found.values()):
            self.reload()

    async def fetch(self) -> list[Row]:
        """Return the downloads, newest first."""
        found = (await self.library.downloads.all())[::-1]
        self._found = {str(one.id): one for one in found}
        self.table.empty_text = (
            f"Nothing yet. {self.host.key_of('download')} on an article downloads its files."
        )
        return [queue_row(one) for one in found]

    def summary(self) -> str:
        """Return the number of files, and how many are under way or failed."""
        found = self._found.values()
        under_way = sum(one.state in _UNDER_WAY for one in found)
        failed = sum(one.state is DownloadState.FAILED for one in found)
        parts = [counted(len(found), "file")]
        parts += [f"{under_way} under way"] * bool(under_way) + [f"{failed} failed"] * bool(failed)
        return ", ".join(parts)

    def about(self, key: str) -> list[Line]:
        """Return title, file, address and error of a download."""
        one = self._found[key]
        lines: list[Line] = [((one.title, "strong"), (f" · {one.feed}", "dim"))]
        if one.error:
            lines.append((("failed: ", "error"), (one.error, "text")))
        if one.state is DownloadState.DONE:
            lines.append(((one.path, "text"),))
        lines.append(((without_password(one.url), "dim"),))
        return lines

    def keys(self) -> list[tuple[str, str]]:
        """Return the commands for the download under the cursor."""
        one = self._current
        if one is None:
            return []
        if one.state in _UNDER_WAY:
            return [("cancel_download", "Cancel")]
        again = [("refresh_one", "Retry")] if one.state in _AGAIN else [("open", "Open")]
        return [*again, ("remove_this", "Remove")]

    @property
    def _current(self) -> Download | None:
        return self._found.get(self.table.current or "")

    # -- keys

    async def on_table_chosen(self, message: Table.Chosen) -> None:  # type: ignore[override]
        """Open the file."""
        message.prevent_default()  # there is no view of a download
        await self.action_open_file()

    async def action_open_file(self) -> None:
        """Open the file with the program for its type."""
        one = self._current
        if one is None:
            return

        async def open_it(main: Controllers, ask: Asking) -> Outcome | None:
            await open_enclosure(main, Enclosure(one.url, one.type))
            return None

        await self.flows.run(open_it, keys_wait=False)

    async def action_refresh_one(self) -> None:
        """Try a download again."""
        if self._current is not None:
            await self._retry([self._current.id])

    async def action_refresh_failing(self) -> None:
        """Try all failed downloads again."""
        failed = [one.id for one in self._found.values() if one.state is DownloadState.FAILED]
        if failed:
            await self._retry(failed)
        else:
            self.host.say("No download has failed")

    async def _retry(self, ids: list[int]) -> None:
        async def retry() -> None:
            await self.library.downloads.retry(ids)
            await self.library.downloads.start()

        await self._do(retry)

    async def action_cancel_download(self) -> None:
        """Stop a download."""
        if self._current is not None:
            await self._do(partial(self.library.downloads.cancel, [self._current.id]))

    async def action_remove_this(self) -> None:
        """Remove a download from the queue; its file stays."""
        if self._current is not None:
            await self._do(partial(self.library.downloads.remove, [self._current.id]))

    async def _do(self, change: Callable[[], Awaitable[None]]) -> None:
        async def work(main: Controllers, ask: Asking) -> Outcome | None:
            await change()
            self.reload()
            return None

        await self.flows.run(work, keys_wait=False)
