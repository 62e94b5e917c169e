"""Where newsboat keeps its files, and what they say together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from tuireader.errors import TuireaderError
from tuireader.moving import settings, urls
from tuireader.moving.lexing import Remark
from tuireader.moving.single_settings import Settings
from tuireader.moving.urls import Subscriptions
from tuireader.values import dataclass

_INCLUDES = 20


@dataclass(frozen=True, slots=True)
class Places:
    """The files of one newsboat."""

    urls: Path
    config: Path
    cache: Path


@dataclass(frozen=True, slots=True)
class Profile:
    """All that a newsboat's files say; `cache` is where its articles are."""

    subscriptions: Subscriptions
    settings: Settings
    cache: Path

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """Each line that does not move over as it is."""
        return (*self.subscriptions.remarks, *self.settings.remarks)


def places(environ: Mapping[str, str], folder: Path | None = None) -> Places:
    """The files in a folder, or where newsboat has them: its XDG folders if it has any, else `~/.newsboat`.

    Raises TuireaderError when there is no `urls`.
    """
    home = Path(environ.get("HOME") or "/")
    configs = Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "newsboat"
    data = Path(environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "newsboat"
    where = folder or (configs if configs.is_dir() else home / ".newsboat")
    found = Places(where / "urls", where / "config", where / "cache.db")
    if not found.cache.exists() and where.absolute() == configs.absolute():
        found = Places(found.urls, found.config, data / "cache.db")
    if not found.urls.is_file():
        raise TuireaderError(f"there is no newsboat file {found.urls}", "name newsboat's folder")
    return found


def read(found: Places, text_of: Callable[[Path], str]) -> Profile:
    """Read a newsboat's `urls` and `config`; `text_of` gives the text of a file, `""` when it has none."""
    subscriptions = urls.read(text_of(found.urls))
    files: list[tuple[str, str]] = []
    waiting = [found.config]
    while waiting and len(files) < _INCLUDES:
        path = waiting.pop(0)
        text = text_of(path)
        files.append((path.name, text))
        waiting += [path.parent / Path(name).expanduser() for name in settings.included(text)]
    tags = {tag for own in subscriptions.tags.values() for tag in own}
    said = settings.read(files, [feed.url for feed in subscriptions.feeds], tags)
    cache = found.config.parent / Path(said.cache).expanduser() if said.cache else found.cache
    return Profile(subscriptions, said, cache if cache.is_file() else found.cache)
