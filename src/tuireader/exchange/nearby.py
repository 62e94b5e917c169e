"""Files that may list feeds, recognised by their names alone; nothing is opened."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from tuireader.config.files import expand_home

_ENTRIES = 20_000  # maximum entries of a folder that are looked at
_OFFERED = 5
_COMPLETIONS = 200


@dataclass(frozen=True, slots=True)
class Nearby:
    """A file, or the folder of a newsboat profile; `modified` is in seconds since 1970."""

    path: Path
    modified: int
    newsboat: bool = False


def nearby(environ: Mapping[str, str], folder: Path) -> list[Nearby]:
    """List newsboat profiles and OPML files, newest first: at most five.

    Looks into `folder`, newsboat's folders and `~/Downloads`, but into none of their subfolders.
    """
    home = Path(environ.get("HOME") or "/")
    config = Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "newsboat"
    profiles = {place: _times(place, "urls", "config") for place in (config, home / ".newsboat")}
    if folder not in profiles and len(times := _times(folder, "urls", "cache.db")) == 2:
        profiles[folder] = times  # elsewhere, a file with the name `urls` alone may be anything
    offers = [Nearby(place, max(times), newsboat=True) for place, times in profiles.items() if times]
    for place in dict.fromkeys((folder, home / "Downloads")):
        names = [entry.name for entry in _entries(place) if _is_opml(entry.name)]
        offers += [Nearby(place / name, at) for name in names for at in _times(place, name)]
    return sorted(offers, key=lambda offer: -offer.modified)[:_OFFERED]


def completions(typed: str) -> list[str]:
    """Complete a typed path: the exact name first, then OPML files; folders have a slash at the end."""
    lead, slash, start = typed.rpartition("/")
    folder = expand_home(f"{lead}{slash}" or ".")
    names = [entry.name for entry in _entries(folder) if start or not entry.name.startswith(".")]
    names = [name for name in names if name.startswith(start)]
    names.sort(key=lambda name: (name != start, not _is_opml(name), name.casefold()))
    return [f"{lead}{slash}{name}{'/' * is_folder(folder / name)}" for name in names[:_COMPLETIONS]]


def _is_opml(name: str) -> bool:
    name = name.lower()
    return name.endswith(".opml") or ("opml" in name and name.endswith(".xml"))


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    with suppress(OSError), os.scandir(folder) as entries:
        yield from (entry for entry in islice(entries, _ENTRIES) if entry.name.isprintable())


def is_profile(path: Path) -> bool:
    """Return whether a path is the folder of a newsboat profile."""
    return is_folder(path) and (path.name in ("newsboat", ".newsboat") or bool(_times(path, "urls")))


def is_folder(path: Path) -> bool:
    """Return whether a path is a folder; no error for paths that are too long or forbidden."""
    with suppress(OSError):
        return path.is_dir()
    return False


def _times(folder: Path, *names: str) -> list[int]:
    """When those files of a folder that exist and are regular were changed."""
    paths = [folder / name for name in names]
    with suppress(OSError):
        return [int(path.stat().st_mtime) for path in paths if path.is_file()]
    return []
