"""Translate the single-valued settings of newsboat's `config`."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from tuireader.config import AccountConfig, MacroConfig, MuteConfig, ViewConfig, WatchConfig
from tuireader.newsboat import accounts
from tuireader.newsboat.outcomes import Became, Consent, Group, Made, No, Outcome
from tuireader.newsboat.reasons import why_not
from tuireader.newsboat.values import without_shell
from tuireader.text import clean

CACHE: Made = ("cache-file",)
Value = str | int | bool | tuple[str, ...]


@dataclass(slots=True)
class Settings:
    """A newsboat config, translated into our settings.

    `values` maps (table, key) to values. `keys` has the commands whose keys differ from our preset
    `newsboat`. `cache` is the path of the article database if the config sets it. `outcomes` has one item
    per line. Settings that need consent are left out unless `accepted`.
    """

    accepted: Collection[Consent] = ()
    values: dict[tuple[str, str], Value] = field(default_factory=dict)
    keys: dict[str, tuple[str, ...]] = field(default_factory=dict)
    watches: list[WatchConfig] = field(default_factory=list)
    mutes: list[MuteConfig] = field(default_factory=list)
    views: list[ViewConfig] = field(default_factory=list)
    macros: list[MacroConfig] = field(default_factory=list)
    accounts: list[AccountConfig] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    cache: str = ""

    def ask(self, consent: Consent, note: str) -> None:
        """Raise No unless the user has accepted this; `note` describes what the line would become."""
        if consent not in self.accepted:
            raise No(f"{note} once accepted", consent=consent)


Handler = Callable[[Settings, str, Mapping[str, str]], Became]


def _set(made: Settings, table: str, key: str, value: Value) -> Became:
    made.values[table, key] = value
    return Became(f"becomes `[{table}] {key}`", ((table, key),))


def _sets(table: str, key: str, read: Callable[[str], Value]) -> Handler:
    """Return the handler of a setting that becomes one key."""
    return lambda made, value, said: _set(made, table, key, read(value))


def yes(value: str) -> bool:
    """Read `yes` or `no`."""
    if value not in ("yes", "no", "true", "false"):
        raise No("is neither yes nor no")
    return value in ("yes", "true")


def _number(value: str, least: int, most: int) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", value):
        raise No("is not a number")
    if not least <= int(value) <= most:
        raise No(f"is not between {least} and {most}")
    return int(value)


def _auto_reload(made: Settings, value: str, said: Mapping[str, str]) -> Became:
    if not yes(value):
        raise No("due feeds are always fetched while tuireader is open; `tuireader feeds pause` stops one")
    return Became("matches tuireader's behaviour")


def _browser(made: Settings, value: str, said: Mapping[str, str]) -> Became:
    program = without_shell(value)
    made.ask(Consent.PROGRAMS, "would become `[ui] browser`")
    return _set(made, "ui", "browser", program)


def _proxy(made: Settings, value: str, said: Mapping[str, str]) -> Became:
    if said.get("use-proxy") not in ("yes", "true"):
        raise No("is switched off by use-proxy")
    if "proxy" not in said:
        raise No("has no effect without proxy")
    kind = said.get("proxy-type", "http")
    if kind != "http":
        raise No(f"{clean(kind, 20)} proxies are not supported; set an http proxy under `[fetch] proxy`")
    host = re.sub(r"\s", "", clean(said["proxy"].removeprefix("http://"), 300))
    if not re.fullmatch(r"[^/?#@\\]+", host):
        raise No("is not a valid host and port")
    name, colon, password = said.get("proxy-auth", "").partition(":")
    login = f"{quote(name, '')}{colon}{quote(password, '')}@" if name else ""
    made.ask(Consent.PROXY, "would become `[fetch] proxy`")
    return _set(made, "fetch", "proxy", f"http://{login}{host}")


def _use_proxy(made: Settings, value: str, said: Mapping[str, str]) -> Became:
    return _proxy(made, value, said) if yes(value) else Became("matches tuireader's behaviour")


def _user_agent(made: Settings, value: str, said: Mapping[str, str]) -> Became:
    agent = clean(value, 300)
    if not agent.isascii():
        raise No("has characters that are not valid in a header; set `[fetch] user_agent`")
    return _set(made, "fetch", "user_agent", agent)


def _text_width(made: Settings, value: str, said: Mapping[str, str]) -> Became:
    if value == "0":
        raise No("texts always have a maximum width, see `[ui] width`", group=Group.LOOK)
    return _set(made, "ui", "width", _number(value, 20, 400))


def _save_path(made: Settings, value: str, said: Mapping[str, str]) -> Became:
    folder = clean(value, 1_000)
    if not folder:
        raise No("has no value")
    made.ask(Consent.FOLDERS, "would become `[save] folder`")
    return _set(made, "save", "folder", folder)


_IN_NAMES = {
    "%n": "{feed}",
    "%t": "{title}",
    "%F": "{date}",
    "%N": "{name}{ext}",
    "%u": "{name}{ext}",
    ".%e": "{ext}",
}
"""Placeholders of podboat's file names that `[download] name` has, too."""


def _download_path(made: Settings, value: str, said: Mapping[str, str]) -> Became:
    folder = clean(value, 1_000)
    if not folder:
        raise No("has no value")
    made.ask(Consent.FOLDERS, "would become `[download] folder`")
    return _set(made, "download", "folder", folder)


def _download_name(made: Settings, value: str, said: Mapping[str, str]) -> Became:
    name = clean(value, 300)
    for mark, ours in _IN_NAMES.items():
        name = name.replace(mark, ours)
    if "%" in name or not name:
        raise No("has parts that names of files cannot have here; see `[download] name`")
    return _set(made, "download", "name", name if "{ext}" in name else f"{name}{{ext}}")


def _player(made: Settings, value: str, said: Mapping[str, str]) -> Became:
    program = without_shell(value)
    made.ask(Consent.PROGRAMS, "would become the programs of `[open]` for sound and video")
    for kind in ("audio/*", "video/*"):
        made.values["open", kind] = program
    return Became(
        "becomes the programs of `[open]` for sound and video", (("open", "audio/*"), ("open", "video/*"))
    )


def _cache(made: Settings, value: str, said: Mapping[str, str]) -> Became:
    made.cache = value
    return Became("its articles are imported", (CACHE,))


_SORTS = {"date": "date", "date-desc": "date", "date-asc": "oldest", "title": "title", "title-asc": "title"}


def _sort(made: Settings, value: str, said: Mapping[str, str]) -> Became:
    if value not in _SORTS:
        raise No("lists cannot be sorted like that; \\ sorts by time, feed, title, watch or sources")
    return _set(made, "ui", "sort", _SORTS[value])


def _urls_source(made: Settings, value: str, said: Mapping[str, str]) -> Became:
    if value == "local":
        return Became("matches tuireader's behaviour")
    if value not in accounts.SERVICES:
        raise No(why_not("urls-source"))
    found = accounts.account(value, said, Consent.PROGRAMS in made.accepted)
    made.accounts.append(found)
    return Became(f"becomes the `[[account]]` {value}", (accounts.made(value),))


def _of_account(name: str) -> Handler:
    """Return the handler of a setting that becomes part of an account."""
    return lambda made, value, said: accounts.part(name, said, Consent.PROGRAMS in made.accepted)


SINGLE: Mapping[str, Handler] = {
    "urls-source": _urls_source,
    **{name: _of_account(name) for name in accounts.NAMES},
    "reload-time": _sets("fetch", "interval", lambda value: f"{_number(value, 1, 43_200)}m"),
    "auto-reload": _auto_reload,
    "refresh-on-startup": _sets("fetch", "refresh_on_start", yes),
    "browser": _browser,
    "proxy": _proxy,
    "proxy-auth": _proxy,
    "proxy-type": _proxy,
    "use-proxy": _use_proxy,
    "download-timeout": _sets("fetch", "timeout", lambda value: f"{_number(value, 1, 600)}s"),
    "user-agent": _user_agent,
    "show-read-articles": _sets("ui", "show_read", yes),
    "text-width": _text_width,
    "save-path": _save_path,
    "download-path": _download_path,
    "download-filename-format": _download_name,
    "player": _player,
    "notify-beep": _sets("notify", "bell", yes),
    "cache-file": _cache,
    "article-sort-order": _sort,
}
