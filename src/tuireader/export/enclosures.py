"""Files of articles: which to download, their names on disk, and the programs that open them."""

from __future__ import annotations

import mimetypes
import time
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from tuireader.model import Article, Enclosure
from tuireader.text import host_of

_ENDING = 12  # maximum characters of a file name extension
_WANTED = ("audio", "video")


def chosen(enclosures: Sequence[Enclosure]) -> list[Enclosure]:
    """Return the files to download: audio and video, or all if there is neither."""
    return [enclosure for enclosure in enclosures if enclosure.kind in _WANTED] or list(enclosures)


def file_path(template: str, article: Article, url: str, kind: str, number: int = 1) -> PurePosixPath:
    """Expand the `[download] name` template to a relative path that cannot leave the folder.

    `kind` is the file's media type. A `number` above 1 is added to the name.
    """
    from tuireader.export.formats import safe_name  # deferred: it imports the document parser

    on_server = PurePosixPath(unquote(urlsplit(url).path)).name
    ending = PurePosixPath(on_server).suffix[:_ENDING]
    if not ending[1:].isalnum() or not ending.isascii():
        ending = mimetypes.guess_extension(kind.partition(";")[0].strip()) or ""
    values = {
        "{feed}": article.feed_title,
        "{host}": host_of(url),
        "{title}": article.title,
        "{date}": time.strftime("%Y-%m-%d", time.localtime(max(0, article.time))),
        "{name}": on_server.removesuffix(ending),
        "{ext}": ending,
    }
    parts = []
    for written in template.split("/"):
        for mark, value in values.items():
            written = written.replace(mark, value.replace("/", " ").replace("{", "(").replace("}", ")"))
        stem, dot, end = written.rpartition(".") if ending and written.endswith(ending) else (written, "", "")
        parts.append((safe_name(stem), dot + end))
    kept = [stem + end for stem, end in parts[:-1] if stem]
    stem, end = parts[-1]
    counted = f" ({number})" if number > 1 else ""
    return PurePosixPath(*kept, (stem or "file") + counted + end)


def program_for(programs: Mapping[str, tuple[str, ...]], kind: str, url: str) -> tuple[str, ...]:
    """Return the program of `[open]` for a file, `()` if there is none.

    The exact media type takes precedence over its family, such as `audio/*`, and that over `*`.
    """
    kind = kind.partition(";")[0].strip().lower()
    family = Enclosure(url, kind).kind if kind in ("", "application/octet-stream") else kind.partition("/")[0]
    for wanted in (kind, f"{family}/*", "*"):
        if wanted in programs:
            return programs[wanted]
    return ()
