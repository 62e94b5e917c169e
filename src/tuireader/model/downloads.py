"""Downloads of enclosures."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Struct


class DownloadState(StrEnum):
    """State of a download."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Download(Struct, frozen=True):
    """An enclosure to download, or downloaded; `validator` identifies the version of a partial file."""

    id: Annotated[int, "Number of the download."]
    article_id: Annotated[int, "Number of its article."]
    url: Annotated[str, "Address of the file."]
    type: Annotated[str, 'Its media type, `""` when unknown.']
    title: Annotated[str, "Title of its article."]
    feed: Annotated[str, "Title of its feed."]
    state: Annotated[DownloadState, "`waiting`, `running`, `done`, `failed` or `cancelled`."]
    received: Annotated[int, "Bytes received so far."] = 0
    length: Annotated[int | None, "Its size in bytes, `null` when unknown."] = None
    path: Annotated[str, 'The file, `""` until its name is known.'] = ""
    error: Annotated[str, 'Why it failed, `""` when it did not.'] = ""
    time: int = 0
    validator: str = ""

    @property
    def share(self) -> float | None:
        """Share that has been received, from 0 to 1; None if the size is unknown."""
        if self.state is DownloadState.DONE:
            return 1.0
        return min(1.0, self.received / self.length) if self.length else None
