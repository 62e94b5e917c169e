"""Find and read the files of a newsboat profile."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from tuireader.config import ViewConfig
from tuireader.config.files import expand_home
from tuireader.errors import TuireaderError
from tuireader.files import is_file, is_folder
from tuireader.newsboat import settings, urls
from tuireader.newsboat.outcomes import Consent, No, Outcome, settled
from tuireader.newsboat.single_settings import CACHE, Settings
from tuireader.newsboat.urls import Subscriptions
from tuireader.text import clean

_MOST_FILES = 50


class Places(Struct, frozen=True):
    """Paths of the files of a profile."""

    urls: Path
    config: Path
    cache: Path


class Profile(Struct, frozen=True):
    """Contents of a profile's files; `cache` is the path of its article database."""

    subscriptions: Subscriptions
    settings: Settings
    cache: Path

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        return (*self.subscriptions.outcomes, *self.settings.outcomes)

    @property
    def views(self) -> tuple[ViewConfig, ...]:
        """Saved searches from query feeds, tags and filters."""
        return (*self.subscriptions.views, *self.settings.views)

    @property
    def asked(self) -> dict[Consent, list[Outcome]]:
        """Lines that need the user's consent."""
        by_consent: dict[Consent, list[Outcome]] = {}
        for outcome in self.outcomes:
            if outcome.consent is not None:
                by_consent.setdefault(outcome.consent, []).append(outcome)
        return by_consent


def places(environ: Mapping[str, str], folder: Path | None = None) -> Places:
    """Locate the files in a folder, or in newsboat's default folders (XDG, else `~/.newsboat`).

    Raises TuireaderError if there is neither `urls` nor `config`, which is enough for feeds of a service.
    """
    home = Path(environ.get("HOME") or "/")
    configs = Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "newsboat"
    data = Path(environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "newsboat"
    where = folder or (configs if is_folder(configs) else home / ".newsboat")
    paths = Places(where / "urls", where / "config", where / "cache.db")
    if not is_file(paths.cache) and where.absolute() == configs.absolute():
        paths = replace(paths, cache=data / "cache.db")
    if not (is_file(paths.urls) or is_file(paths.config)):
        raise TuireaderError(f"there is no newsboat file {paths.urls}", "pass newsboat's folder")
    return paths


def read(
    files: Places,
    text_of: Callable[[Path], str],
    accepted: Collection[Consent] = (),
    subscriptions: Subscriptions | None = None,
) -> Profile:
    """Read newsboat's `urls` and `config`; `subscriptions` are the contents of `urls` if already read.

    `text_of` returns the text of a file, `""` if it is missing, or raises TuireaderError. Programs, proxies
    and folders need to be `accepted`.
    """
    subscriptions = subscriptions or urls.read(text_of(files.urls), accepted=accepted)
    try:
        said = settings.read(
            files.config.name,
            text_of(files.config),
            _Files(files.config, text_of).include,
            feeds=[feed.url for feed in subscriptions.feeds],
            tags=subscriptions.known_tags,
            views={view.name.casefold() for view in subscriptions.views},
            accepted=accepted,
        )
    except No as reason:
        raise TuireaderError(f"{files.config} {reason}", "check that it is newsboat's config") from None
    cache = files.config.parent / expand_home(said.cache) if said.cache else files.cache
    if not is_file(cache):
        cache = files.cache
        said.outcomes = list(settled(said.outcomes, {CACHE: "there is no such file"}))
    return Profile(subscriptions, said, cache)


class _Files:
    """A config and its included files, each read only once."""

    def __init__(self, config: Path, text_of: Callable[[Path], str]) -> None:
        self._text_of = text_of
        self._paths = {config.name: config}
        self._open = {os.path.realpath(config)}

    def include(self, file: str, written: str) -> tuple[str, str]:
        """Return name and text of the file that an `include` line in `file` names. Raises No."""
        if len(self._paths) > _MOST_FILES:
            raise No(f"more than {_MOST_FILES} files are included")
        try:
            path = self._paths[file].parent / expand_home(written)
            real = os.path.realpath(path)
            if real in self._open:
                raise No("the file has already been read")
            if not path.exists():
                raise No("there is no such file")
            text = self._text_of(path)
        except TuireaderError as error:
            raise No(error.message) from None
        except (OSError, ValueError, RuntimeError):
            raise No("is not a path") from None
        name = clean(written, 200) or path.name
        while name in self._paths:
            name += "*"
        self._paths[name] = path
        self._open.add(real)
        return name, text
