"""Files that may list feeds, recognised by their names alone; nothing is opened."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from tuireader.config.files import expand_home
from tuireader.files import is_file, is_folder

_ENTRIES = 20_000  # maximum entries of a folder that are looked at
_OFFERED = 5
_COMPLETIONS = 200


class Nearby(NamedTuple):
    """A file, or the folder of a newsboat profile; `modified` is in seconds since 1970."""

    path: Path
    modified: int
    newsboat: bool


def nearby(environ: Mapping[str, str], folder: Path) -> list[Nearby]:
    """List newsboat profiles and OPML files, newest first: at most five.

    Looks into `folder`, newsboat's folders and `~/Downloads`, but into none of their subfolders.
    """
    home = Path(environ.get("HOME") or "/")
    places = [Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "newsboat", home / ".newsboat"]
    if is_file(folder / "cache.db"):  # elsewhere, a file with the name `urls` alone may be anything
        places.append(folder)
    files = {place / name: place for place in places for name in ("urls", "config") if is_profile(place)}
    for place in (folder, *places, home / "Downloads"):
        paths = [place / name for name in _names(place) if _is_opml(name)]
        files |= {path: path for path in paths if is_file(path)}
    offers: dict[Path, Nearby] = {}
    for file, path in files.items():
        with suppress(OSError):
            modified = int(file.stat().st_mtime)
            if path not in offers or modified > offers[path].modified:
                offers[path] = Nearby(path, modified, newsboat=file != path)
    return sorted(offers.values(), key=lambda offer: -offer.modified)[:_OFFERED]


def completions(typed: str) -> list[str]:
    """Complete a typed path: the exact name first, then OPML files; folders to look into end with a slash."""
    lead, slash, start = typed.rpartition("/")
    folder = expand_home(f"{lead}{slash}" or ".")
    if lead and not start and is_profile(folder):
        return [lead]
    names = [name for name in _names(folder) if start or not name.startswith(".")]
    names = [name for name in names if name.startswith(start)]
    names.sort(key=lambda name: (name != start, not _is_opml(name), name.casefold()))
    paths = ((f"{lead}{slash}{name}", folder / name) for name in names[:_COMPLETIONS])
    return [f"{text}{'/' * (is_folder(path) and not is_profile(path))}" for text, path in paths]


def is_profile(folder: Path) -> bool:
    """Return whether a folder is a newsboat profile."""
    is_named = folder.name in ("newsboat", ".newsboat")
    return is_file(folder / "urls") or (is_named and is_file(folder / "config"))


def _is_opml(name: str) -> bool:
    name = name.lower()
    return name.endswith(".opml") or ("opml" in name and name.endswith(".xml"))


def _names(folder: Path) -> Iterator[str]:
    with suppress(OSError), os.scandir(folder) as entries:
        yield from (entry.name for entry in islice(entries, _ENTRIES) if entry.name.isprintable())
