"""Addresses of mail folders: `maildir:PATH`, `mbox:PATH`, `imaps://USER@HOST/FOLDER`, each with `?list=`."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from tuireader.feeds.http.errors import Refused
from tuireader.model import Fault

PORTS = {"imap": 143, "imaps": 993}


class MailAddress(Struct, frozen=True):
    """A mail folder; `wanted` is a part of the List-Id of the mails to read, `""` for all.

    `folder` is a path, or the name of the folder on an IMAP server.
    """

    scheme: str
    folder: str
    wanted: str = ""
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = ""

    @property
    def name(self) -> str:
        """Name of the folder, for a feed whose mails come from several lists."""
        if self.wanted:
            return self.wanted
        last = self.folder.rstrip("/").rpartition("/")[2].lstrip(".")
        return last if self.scheme in ("maildir", "mbox") else f"{self.folder} · {self.host}"


def read_address(url: str, base: str) -> MailAddress:
    """Read the address of a mail folder; relative paths start from `base`. Raises Refused."""
    scheme, _, path = url.partition(":")
    path, _, wanted = path.partition("?list=")
    if scheme in ("maildir", "mbox"):
        from tuireader.config.files import expand_home  # not in the process that reads IMAP

        return MailAddress(scheme, str(Path(base) / expand_home(path)), unquote(wanted))
    try:
        parts = urlsplit(f"{scheme}:{path}")
        host, port = parts.hostname or "", parts.port or PORTS[scheme]
    except ValueError:
        raise Refused(Fault.ADDRESS, "the address is not valid; write imaps://USER@HOST/FOLDER") from None
    if not host:
        raise Refused(Fault.ADDRESS, "the address names no server; write imaps://USER@HOST/FOLDER")
    return MailAddress(
        scheme=scheme,
        folder=unquote(parts.path.strip("/")) or "INBOX",
        wanted=unquote(wanted),
        host=host,
        port=port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )
