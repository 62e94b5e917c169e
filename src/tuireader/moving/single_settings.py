"""The settings of newsboat's `config` that are one value: what each of them is here."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import field
from urllib.parse import quote

from tuireader.config import MacroConfig, MuteConfig, WatchConfig
from tuireader.moving.lexing import Remark
from tuireader.moving.programs import without_shell
from tuireader.text import clean
from tuireader.values import dataclass

Value = str | int | bool | tuple[str, ...]


@dataclass(slots=True)
class Settings:
    """What a config of newsboat says in our words.

    `values` are keys of our tables by (table, key). `keys` are those commands whose keys differ from our
    preset `newsboat`. `cache` is where the articles lie if the config says so.
    """

    values: dict[tuple[str, str], Value] = field(default_factory=dict)
    keys: dict[str, tuple[str, ...]] = field(default_factory=dict)
    watches: list[WatchConfig] = field(default_factory=list)
    mutes: list[MuteConfig] = field(default_factory=list)
    macros: list[MacroConfig] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    cache: str = ""


class No(Exception):
    """Why a line does not move over."""


def _yes(value: str) -> bool:
    if value not in ("yes", "no", "true", "false"):
        raise No("is neither yes nor no")
    return value in ("yes", "true")


def _number(value: str, least: int, most: int) -> int:
    if not re.fullmatch(r"\d{1,9}", value):
        raise No("is no number")
    if not least <= int(value) <= most:
        raise No(f"is not between {least} and {most}")
    return int(value)


def _reload_time(made: Settings, value: str, said: Mapping[str, str]) -> None:
    made.values["fetch", "interval"] = f"{_number(value, 1, 43_200)}m"


def _auto_reload(made: Settings, value: str, said: Mapping[str, str]) -> None:
    if not _yes(value):
        raise No("the reader fetches what is due while it is open; `tuireader feeds pause` stops a feed")


def _refresh_on_startup(made: Settings, value: str, said: Mapping[str, str]) -> None:
    made.values["fetch", "refresh_on_start"] = _yes(value)


def _browser(made: Settings, value: str, said: Mapping[str, str]) -> None:
    program = without_shell(value)
    if isinstance(program, str):
        raise No(program)
    made.values["ui", "browser"] = program


def _proxy(made: Settings, value: str, said: Mapping[str, str]) -> None:
    if said.get("use-proxy") not in ("yes", "true"):
        raise No("is off there (use-proxy), so it is left out")
    kind = said.get("proxy-type", "http")
    if kind != "http":
        raise No(f"a {clean(kind, 20)} proxy is not supported; name an http one under `[fetch] proxy`")
    name, colon, password = said.get("proxy-auth", "").partition(":")
    login = f"{quote(name, '')}{colon}{quote(password, '')}@" if name else ""
    made.values["fetch", "proxy"] = f"http://{login}{value.removeprefix('http://')}"


def _nothing(made: Settings, value: str, said: Mapping[str, str]) -> None:
    """Said together with another setting."""


def _timeout(made: Settings, value: str, said: Mapping[str, str]) -> None:
    made.values["fetch", "timeout"] = f"{_number(value, 1, 600)}s"


def _user_agent(made: Settings, value: str, said: Mapping[str, str]) -> None:
    made.values["fetch", "user_agent"] = clean(value)


def _show_read(made: Settings, value: str, said: Mapping[str, str]) -> None:
    made.values["ui", "show_read"] = _yes(value)


def _text_width(made: Settings, value: str, said: Mapping[str, str]) -> None:
    if value == "0":
        raise No("the text has a width of its own, see `[ui] width`")
    made.values["ui", "width"] = _number(value, 20, 400)


def _save_path(made: Settings, value: str, said: Mapping[str, str]) -> None:
    made.values["save", "folder"] = clean(value)


def _beep(made: Settings, value: str, said: Mapping[str, str]) -> None:
    made.values["notify", "bell"] = _yes(value)


def _cache(made: Settings, value: str, said: Mapping[str, str]) -> None:
    made.cache = value


def _mark_as_read(made: Settings, value: str, said: Mapping[str, str]) -> None:
    raise No("an article is read once it is opened, see `[ui] mark_read`")


SINGLE: Mapping[str, Callable[[Settings, str, Mapping[str, str]], None]] = {
    "reload-time": _reload_time,
    "auto-reload": _auto_reload,
    "refresh-on-startup": _refresh_on_startup,
    "browser": _browser,
    "proxy": _proxy,
    "proxy-auth": _nothing,
    "proxy-type": _nothing,
    "use-proxy": _nothing,
    "download-timeout": _timeout,
    "user-agent": _user_agent,
    "show-read-articles": _show_read,
    "text-width": _text_width,
    "save-path": _save_path,
    "notify-beep": _beep,
    "cache-file": _cache,
    "mark-as-read-on-hover": _mark_as_read,
}
