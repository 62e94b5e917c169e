"""Translate the single-valued settings of newsboat's `config`."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from urllib.parse import quote

from msgspec import Struct, field

from tuireader.config import AccountConfig, MacroConfig, MuteConfig, ViewConfig, WatchConfig
from tuireader.newsboat import accounts
from tuireader.newsboat.outcomes import Became, Consent, Group, Made, No, Outcome
from tuireader.newsboat.reasons import why_not
from tuireader.newsboat.values import without_shell
from tuireader.text import clean

CACHE: Made = ("cache-file",)
Value = str | int | bool | tuple[str, ...]


class Settings(Struct):
    """A newsboat config, translated into our settings.

    `values` maps (table, key) to values. `keys` has the commands whose keys differ from our preset
    `newsboat`. `cache` is the path of the article database if the config sets it. `outcomes` has one item per
    line. Settings that need consent are left out unless `accepted`.
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


def _set(settings: Settings, table: str, key: str, value: Value) -> Became:
    settings.values[table, key] = value
    return Became(f"becomes `[{table}] {key}`", ((table, key),))


def _sets(table: str, key: str, read: Callable[[str], Value]) -> Handler:
    return lambda settings, value, said: _set(settings, table, key, read(value))


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


def _auto_reload(settings: Settings, value: str, said: Mapping[str, str]) -> Became:
    if not yes(value):
        raise No("due feeds are always fetched while tuireader is open; `tuireader feeds pause` stops one")
    return Became("matches tuireader's behaviour")


def _browser(settings: Settings, value: str, said: Mapping[str, str]) -> Became:
    program = without_shell(value)
    settings.ask(Consent.PROGRAMS, "would become `[ui] browser`")
    return _set(settings, "ui", "browser", program)


def _proxy(settings: Settings, value: str, said: Mapping[str, str]) -> Became:
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
    settings.ask(Consent.PROXY, "would become `[fetch] proxy`")
    return _set(settings, "fetch", "proxy", f"http://{login}{host}")


def _use_proxy(settings: Settings, value: str, said: Mapping[str, str]) -> Became:
    return _proxy(settings, value, said) if yes(value) else Became("matches tuireader's behaviour")


def _user_agent(settings: Settings, value: str, said: Mapping[str, str]) -> Became:
    agent = clean(value, 300)
    if not agent.isascii():
        raise No("has characters that are not valid in a header; set `[fetch] user_agent`")
    return _set(settings, "fetch", "user_agent", agent)


def _text_width(settings: Settings, value: str, said: Mapping[str, str]) -> Became:
    if value == "0":
        raise No("texts always have a maximum width, see `[ui] width`", group=Group.LOOK)
    return _set(settings, "ui", "width", _number(value, 20, 400))


def _folder(table: str) -> Handler:
    def handle(settings: Settings, value: str, said: Mapping[str, str]) -> Became:
        folder = clean(value, 1_000)
        if not folder:
            raise No("has no value")
        settings.ask(Consent.FOLDERS, f"would become `[{table}] folder`")
        return _set(settings, table, "folder", folder)

    return handle


_IN_NAMES = {
    "%n": "{feed}",
    "%t": "{title}",
    "%F": "{date}",
    "%N": "{name}{ext}",
    "%u": "{name}{ext}",
    ".%e": "{ext}",
}
"""Placeholders of podboat's file names that `[download] name` has, too."""


def _download_name(settings: Settings, value: str, said: Mapping[str, str]) -> Became:
    name = clean(value, 300)
    for mark, ours in _IN_NAMES.items():
        name = name.replace(mark, ours)
    if "%" in name or not name:
        raise No("has parts that names of files cannot have here; see `[download] name`")
    return _set(settings, "download", "name", name if "{ext}" in name else f"{name}{{ext}}")


def _player(settings: Settings, value: str, said: Mapping[str, str]) -> Became:
    program = without_shell(value)
    settings.ask(Consent.PROGRAMS, "would become the programs of `[open]` for sound and video")
    for kind in ("audio/*", "video/*"):
        settings.values["open", kind] = program
    return Became(
        "becomes the programs of `[open]` for sound and video", (("open", "audio/*"), ("open", "video/*"))
    )


def _cache(settings: Settings, value: str, said: Mapping[str, str]) -> Became:
    settings.cache = value
    return Became("its articles are imported", (CACHE,))


_SORTS = {"date": "oldest", "date-asc": "date", "date-desc": "oldest", "title": "title", "title-asc": "title"}
"""Orders as newsboat 2.36 shows them: `date-asc` has the newest article on top, `date` the oldest."""


def _sort(settings: Settings, value: str, said: Mapping[str, str]) -> Became:
    if value not in _SORTS:
        raise No("lists cannot be sorted like that; \\ sorts by time, feed, title, watch or sources")
    return _set(settings, "ui", "sort", _SORTS[value])


def _urls_source(settings: Settings, value: str, said: Mapping[str, str]) -> Became:
    if value == "local":
        return Became("matches tuireader's behaviour")
    if value not in accounts.SERVICES:
        raise No(why_not("urls-source"))
    account = accounts.account(value, said, Consent.PROGRAMS in settings.accepted)
    settings.accounts.append(account)
    return Became(f"becomes the `[[account]]` {value}", (("account", value),))


def _of_account(name: str) -> Handler:
    return lambda settings, value, said: accounts.part(name, said, Consent.PROGRAMS in settings.accepted)


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
    "save-path": _folder("save"),
    "download-path": _folder("download"),
    "download-filename-format": _download_name,
    "player": _player,
    "notify-beep": _sets("notify", "bell", yes),
    "cache-file": _cache,
    "article-sort-order": _sort,
}
