"""Short texts about the files of articles."""

from __future__ import annotations

from tuireader.model import Download, DownloadState, Enclosure

_BAR = 8


def enclosure_label(enclosure: Enclosure) -> str:
    """Name, type, size and length of a file: `talk.mp3 · audio/mpeg · 48.1 MB · 52:07`."""
    size = f"{enclosure.length / 1_000_000:.1f} MB" if enclosure.length and enclosure.length > 50_000 else ""
    length = f"{enclosure.duration // 60}:{enclosure.duration % 60:02d}" if enclosure.duration else ""
    name = enclosure.title or enclosure.url.rsplit("/", 1)[-1] or "file"
    return " · ".join(fact for fact in (name, enclosure.type, size, length) if fact)


def megabytes(size: int) -> str:
    """Size in decimal megabytes: `0.2 MB`, `48 MB`."""
    return f"{size / 1e6:.1f} MB" if size < 10_000_000 else f"{size / 1e6:,.0f} MB"


def progress(download: Download) -> str:
    """State of a download, with a bar while it runs."""
    if download.state is not DownloadState.RUNNING or download.share is None:
        return download.state.value
    full = round(download.share * _BAR)
    return f"{'█' * full}{'░' * (_BAR - full)} {download.share:.0%}"
