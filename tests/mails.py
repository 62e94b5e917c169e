"""Mails of newsletters, and folders with them."""

from __future__ import annotations

import os
from pathlib import Path

LETTER = """\
<html><head><style>p {{ color: red }}</style></head><body>
<div style="display:none;max-height:0">Preheader &zwnj;&nbsp;</div>
<table role="presentation"><tr><td><table><tr><td>
<a href="https://letters.example.org/web/1?utm_source=mail&id=7">View this email in your browser</a>
<h1>{subject}</h1>
<p>The council bought <a href="https://site.example.org/f?utm_campaign=x&amp;p=2#top">a ferry</a>.</p>
<p><a href="https://click.example.net/r/abc123">Read on</a></p>
<img src="https://pics.example.org/ferry.jpg" width="600" alt="Ferry">
<img src="https://t.example.net/o.gif" width="1" height="1"><img src="cid:logo">
<img src="data:image/gif;base64,R0">
<img src="https://t.example.net/wf/open?u=1" alt="">
</td></tr></table></td></tr></table></body></html>"""


def mail(
    number: int = 1,
    subject: str = "The ferry",
    *,
    body: str | None = None,
    kind: str = "text/html",
    list_id: str = "Harbour Letters <letters.example.org>",
    more: str = "",
) -> bytes:
    """A mail of a list."""
    text = LETTER.format(subject=subject) if body is None else body
    identity = f"List-Id: {list_id}\n" if list_id else ""
    return (
        f"From: =?utf-8?q?K=C3=A4the_K=C3=BCste?= <k@letters.example.org>\nTo: me@example.org\n"
        f"Subject: {subject}\nDate: Tue, 14 Nov 2023 20:{number // 60 % 60:02}:{number % 60:02} +0000\n"
        f"Message-ID: <{number}@letters.example.org>\n{identity}{more}MIME-Version: 1.0\n"
        f"Content-Type: {kind}; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{text}\n"
    ).encode()


def maildir(path: Path) -> Path:
    """An empty Maildir."""
    for name in ("cur", "new", "tmp"):
        (path / name).mkdir(parents=True, exist_ok=True)
    return path


def deliver(folder: Path, name: str, data: bytes) -> Path:
    """Put a mail into a Maildir as mail programs do."""
    temporary = folder / "tmp" / name
    temporary.write_bytes(data)
    target = folder / "new" / name
    temporary.rename(target)
    return target


def settle(folder: Path, back: int = 10) -> None:
    """Let a folder look as if nothing had been put into it for some seconds."""
    for name in ("cur", "new"):
        seconds = (folder / name).stat().st_mtime - back
        os.utime(folder / name, (seconds, seconds))


def snapshot(folder: Path) -> dict[str, tuple[int, ...]]:
    """All files of a folder, with what a reader could change."""
    found = {path: path.stat() for path in sorted(folder.rglob("*")) if path.is_file()}
    return {
        str(path): (one.st_mode, one.st_size, one.st_mtime_ns, one.st_ctime_ns, one.st_atime_ns)
        for path, one in found.items()
    }
