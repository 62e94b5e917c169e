"""Translate the single-valued settings of newsboat's `config`."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from urllib.parse import quote

from msgspec import Struct, field

from tuireader.config import AccountConfig, MacroConfig, MuteConfig, ViewConfig, WatchConfig
from tuireader.config.kinds import TIME_FORMAT
from tuireader.config.values import Invalid
from tuireader.newsboat import accounts
from tuireader.newsboat.outcomes import BY_SHELL, Became, Consent, Group, Made, No, Outcome
from tuireader.newsboat.reasons import why_not
from tuireader.newsboat.values import command_of
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
_SAME = Became("matches tuireader's behaviour")


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
    return _SAME


def _browser(settings: Settings, value: str, said: Mapping[str, str]) -> Became:
    program, by_shell = command_of(value)
    settings.ask(Consent.PROGRAMS, "would become `[ui] browser`")
    became = _set(settings, "ui", "browser", program)
    return Became(f"{became.note}{BY_SHELL}", became.makes, changed=True) if by_shell else became


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


def _user_agent(settings: Settings, value: str, said: Mapping[str, str]) -> Became:
    agent = clean(value, 300)
    if not agent.isascii():
        raise No("has characters that are not valid in a header; set `[fetch] user_agent`")
    return _set(settings, "fetch", "user_agent", agent)


def _text_width(settings: Settings, value: str, said: Mapping[str, str]) -> Became:
    if value == "0":
        raise No("texts always have a maximum width, see `[ui] width`", group=Group.LOOK)
    return _set(settings, "ui", "width", _number(value, 20, 400))


def _save_path(settings: Settings, value: str, said: Mapping[str, str]) -> Became:
    folder = clean(value, 1_000)
    if not folder:
        raise No("has no value")
    settings.ask(Consent.FOLDERS, "would become `[save] folder`")
    return _set(settings, "save", "folder", folder)


_IN_NAMES = {
    "%?u?%u&%Y-%b-%d-%H%M%S.unknown?": "%u",  # podboat's default
    "%Y-%m-%d": "{date}",
    "%n": "{feed}",
    "%N": "{feed}",
    "%h": "{host}",
    "%t": "{title}",
    "%F": "{date}",
    "%u": "{name}{ext}",
    ".%e": "{ext}",
}
"""Placeholders of podboat's folders and file names that `[download] name` has, too."""


def _placeholders(value: str) -> str:
    name = clean(value, 300)
    for mark, ours in _IN_NAMES.items():
        name = name.replace(mark, ours)
    if "%" in name:
        raise No("has parts that names of files cannot have here; see `[download] name`")
    return name


def _download_path(settings: Settings, value: str, said: Mapping[str, str]) -> Became:
    """Set the folder up to the first placeholder; what follows begins the names of files."""
    path = clean(value, 1_000)
    fixed = path.partition("%")[0]
    folder = fixed if fixed == path else fixed.rpartition("/")[0]
    inner = _placeholders(path[len(folder) :].strip("/"))
    if not folder:
        raise No("names no folder")
    note = "would become `[download] folder`" + (" and `name`" if inner else "")
    settings.ask(Consent.FOLDERS, note)
    became = _set(settings, "download", "folder", folder)
    if not inner:
        return became
    try:
        name = _file_name(said.get(_FILE_NAME, "%u"))
    except No:  # the reason stands at its own line
        name = _file_name("%u")
    settings.values["download", "name"] = f"{inner}/{name}"
    return Became(
        f"{became.note} “{folder}” and `name` “{inner}/{name}”", (*became.makes, ("download", "name"))
    )


_FILE_NAME = "download-filename-format"


def _file_name(value: str) -> str:
    if not (name := _placeholders(value)):
        raise No("has no value")
    return name if "{ext}" in name else f"{name}{{ext}}"


def _download_name(settings: Settings, value: str, said: Mapping[str, str]) -> Became:
    name = _file_name(value)
    if ("download", "name") in settings.values:  # download-path has placeholders, too
        return Became("becomes a part of `[download] name`", (("download", "name"),))
    return _set(settings, "download", "name", name)


def _player(settings: Settings, value: str, said: Mapping[str, str]) -> Became:
    program, by_shell = command_of(value)
    note = f"the programs of `[open]` for sound and video{BY_SHELL if by_shell else ''}"
    settings.ask(Consent.PROGRAMS, f"would become {note}")
    for kind in ("audio/*", "video/*"):
        settings.values["open", kind] = program
    return Became(f"becomes {note}", (("open", "audio/*"), ("open", "video/*")), changed=by_shell)


def _cache(settings: Settings, value: str, said: Mapping[str, str]) -> Became:
    settings.cache = value
    return Became("its articles are imported", (CACHE,))


_SORTS = {"date": "oldest", "date-asc": "date", "date-desc": "oldest", "title": "title", "title-asc": "title"}
"""Orders as newsboat 2.36 shows them: `date-asc` has the newest article on top, `date` the oldest."""


_FEED_SORTS = {
    **dict.fromkeys(("title", "title-desc"), "name"),
    **dict.fromkeys(("lastupdated", "lastupdated-desc"), "date"),
    "none": "config",
    "unreadarticlecount-asc": "unread",
}
"""Orders of feeds as newsboat 2.36 shows them: `title-desc` begins with A, `-asc` with the most unread."""


def _feed_sort(settings: Settings, value: str, said: Mapping[str, str]) -> Became:
    if value not in _FEED_SORTS:
        raise No(
            "feeds cannot be sorted like that; \\ in the sidebar sorts by unread, name or latest article"
        )
    return _set(settings, "ui", "sort_feeds", _FEED_SORTS[value])


def _sort(settings: Settings, value: str, said: Mapping[str, str]) -> Became:
    if value not in _SORTS:
        raise No("lists cannot be sorted like that; \\ sorts by time, feed, title, watch or sources")
    return _set(settings, "ui", "sort", _SORTS[value])


_TIMES = re.compile(r"%(?:R|T|X|r|H[:.]%M(?:[:.]%S)?|[Il][:.]%M(?: ?%[pP])?)")


def _datetime(settings: Settings, value: str, said: Mapping[str, str]) -> Became:
    """Split a format: days are headings here, and times a column."""
    time = _TIMES.search(value)
    day = " ".join(_TIMES.sub(" ", value).split()).strip(" ,-–|")
    parts = {"date": day, "time": time[0] if time else ""}
    if any(isinstance(TIME_FORMAT.read(part), Invalid) for part in parts.values()):
        raise No("has codes that dates cannot have here; see `[ui] date` and `time`", group=Group.LOOK)
    return _look(settings, {name: part for name, part in parts.items() if part})


def _row(settings: Settings, value: str, said: Mapping[str, str]) -> Became:
    """Show the columns that a row of newsboat's list has."""
    shown = re.findall(r"%\??-?[0-9]*([A-Za-z])", value)
    wanted = {"author_column": "a" in shown, "feed_column": "T" in shown, "reading_time_column": "L" in shown}
    return _look(settings, {name: on for name, on in wanted.items() if on != (name == "feed_column")})


def _look(settings: Settings, values: Mapping[str, Value]) -> Became:
    settings.values |= {("ui", name): value for name, value in values.items()}
    made = ", ".join(f"`{name}`" for name in values)
    note = f"becomes {made} of `[ui]`" if made else "lists have these columns"
    return Became(note, tuple(("ui", name) for name in values), changed=True)


def _urls_source(settings: Settings, value: str, said: Mapping[str, str]) -> Became:
    if value == "local":
        return _SAME
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
    "use-proxy": lambda settings, value, said: _proxy(settings, value, said) if yes(value) else _SAME,
    "download-timeout": _sets("fetch", "timeout", lambda value: f"{_number(value, 1, 600)}s"),
    "user-agent": _user_agent,
    "show-read-articles": _sets("ui", "show_read", yes),
    "show-read-feeds": _sets("ui", "show_read_feeds", yes),
    "goto-next-feed": _sets("ui", "goto_next_feed", yes),
    "feed-sort-order": _feed_sort,
    "text-width": _text_width,
    "save-path": _save_path,
    "download-path": _download_path,
    _FILE_NAME: _download_name,
    "player": _player,
    "notify-beep": _sets("notify", "bell", yes),
    "cache-file": _cache,
    "article-sort-order": _sort,
    "datetime-format": _datetime,
    "articlelist-format": _row,
}
