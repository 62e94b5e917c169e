"""The configuration: TOML into frozen values, every problem told with its place, the rest kept working.

The dataclasses below are the one description of the file: what is read, the defaults, the unknown-key check,
`config.example.toml`'s test and the reference in the documentation all follow their fields.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from tuireader.commands import BY_ID, PRESETS, did_you_mean, key_label, normalise_key, resolve_keys
from tuireader.config_values import (
    COLOR,
    DATE,
    FLAG,
    GROUPS,
    HEADERS,
    KEYBOARD,
    LINE,
    LINES,
    NAME,
    RAW,
    WEB_ADDRESS,
    Bad,
    Key,
    Kind,
    choice,
    choices,
    described,
    duration,
    key,
    number,
    quoted,
    same_address,
    size,
    switch,
)
from tuireader.errors import ConfigError
from tuireader.text import cell_len, clean
from tuireader.toml_lines import places

T = TypeVar("T")

_DAY = 86400


def _expression(value: object) -> str | Bad:
    """An expression of the query language, kept as text once it is known to be understood."""
    if not isinstance(value, str):
        return Bad(f"should be an expression in quotes, not {described(value)}")
    from tuireader.query import QueryError, parse  # a config without expressions starts without the parser

    parsed = parse(value)
    if not isinstance(parsed, QueryError):
        return value.strip()
    hint = f"; {parsed.hint}" if parsed.hint else ""
    return Bad(f"{parsed.message}{hint}", _caret(value, parsed.position, parsed.length))


def _caret(source: str, position: int, length: int = 1) -> str:
    """The part of a line around a fault, with marks below the characters that are meant."""
    first = max(0, position - 60)
    line = "".join(char if char.isprintable() else " " for char in source[first : position + 40])
    before, meant = line[: position - first], line[position - first :][:length]
    return f"{line.rstrip()}\n{' ' * cell_len(before)}{'^' * max(1, cell_len(meant))}"


EXPRESSION = Kind("expression", _expression)


def _command(value: object) -> tuple[str, ...] | Bad:
    """A program with its arguments, to the letter; no shell ever reads it."""
    if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
        return Bad(f'should be a list such as ["program", "argument"], not {described(value)}')
    if any("\0" in part for part in value):
        return Bad("has a NUL character, which no program takes")
    return Bad("names no program") if value and not value[0] else tuple(value)


COMMAND = Kind("list of texts: a program and its arguments", _command)


def _one_key(value: object) -> str | Bad:
    """A key as a person writes it, by the name that it has here."""
    name = normalise_key(value) if isinstance(value, str) else None
    return name or Bad(f'should be a key such as "r" or "ctrl+r", not {described(value)}')


ONE_KEY = Kind("key", _one_key)
_HOURS = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\s*[-–]\s*([01]?\d|2[0-3]):([0-5]\d)", re.ASCII)


def _hours(value: object) -> str | Bad:
    """A part of the day, written `HH:MM-HH:MM`; `""` for none."""
    if isinstance(value, str) and not value.strip():
        return ""
    match = _HOURS.fullmatch(value.strip()) if isinstance(value, str) else None
    if not match:
        return Bad(f'should be hours such as "22:00-07:00", not {described(value)}')
    return f"{int(match[1]):02}:{match[2]}-{int(match[3]):02}:{match[4]}"


HOURS = Kind('hours such as "22:00-07:00"', _hours)


# --------------------------------------------------------------------------- what is in the file


@dataclass(frozen=True, slots=True)
class FeedConfig:
    """One `[[feeds]]`: a subscription."""

    url: str = field(metadata=key(WEB_ADDRESS, "Address of the RSS, Atom, RDF or JSON feed.", vital=True))
    title: str = field(default="", metadata=key(LINE, "Name to show instead of the feed's own."))
    folder: str = field(default="", metadata=key(LINE, "Folder of the sidebar to put the feed in."))
    labels: tuple[str, ...] = field(
        default=(), metadata=key(LINES, "Further names to find its articles by, as in label:NAME.")
    )
    interval: int | None = field(
        default=None,
        metadata=key(
            duration(60, 30 * _DAY), "How often to ask this feed; without it, as often as it changes."
        ),
    )
    paused: bool = field(
        default=False, metadata=key(FLAG, "Keep the feed and its articles, but do not fetch it.")
    )
    full_text: bool = field(
        default=False, metadata=key(FLAG, "Fetch the full text of its new articles from their pages.")
    )
    username: str = field(
        default="", metadata=key(RAW, "User name, for a feed that asks for one (HTTP Basic).")
    )
    password: str = field(
        default="",
        metadata=key(
            RAW, "Password; better `env:NAME` or `cmd:pass show feed`, so that it is not in this file."
        ),
    )
    headers: tuple[tuple[str, str], ...] = field(
        default=(), metadata=key(HEADERS, "Further HTTP headers to send to this feed.")
    )


@dataclass(frozen=True, slots=True)
class WatchConfig:
    """One `[[watch]]`: something that must not be missed. At least one of `any`, `all` and `query` is set."""

    name: str = field(metadata=key(NAME, "Name in the sidebar and in `watch:NAME`.", vital=True))
    any: tuple[str, ...] = field(
        default=(),
        metadata=key(LINES, "Words and phrases: one of them is enough. Aliases go here.", vital=True),
    )
    all: tuple[tuple[str, ...], ...] = field(
        default=(),
        metadata=key(GROUPS, "Groups of words and phrases: one of each group must be there.", vital=True),
    )
    none: tuple[str, ...] = field(
        default=(), metadata=key(LINES, "Words and phrases that must not be there.", vital=True)
    )
    query: str = field(
        default="",
        metadata=key(
            EXPRESSION, "An expression as in the search box, that must be true as well.", vital=True
        ),
    )
    fields: tuple[str, ...] = field(
        default=("title", "summary", "body"),
        metadata=key(choices("title", "summary", "body"), "Where to look."),
    )
    feeds: tuple[str, ...] = field(
        default=(),
        metadata=key(LINES, "Only in these feeds, named by address, title or folder.", vital=True),
    )
    exact: bool = field(
        default=False, metadata=key(FLAG, "Take letters as they are typed: case, accents, no plural.")
    )
    color: str = field(
        default="", metadata=key(COLOR, "Colour of the watch's marks; without it, the theme's.")
    )
    notify: str = field(
        default="never",
        metadata=key(
            choice("never", "article", "story"), "Tell of each new article, or once for each story."
        ),
    )
    ends_after_quiet_days: int = field(
        default=0,
        metadata=key(
            number(0, 3650), "After so many days without a hit the watch ends: it hits nothing new. 0: never."
        ),
    )


@dataclass(frozen=True, slots=True)
class MuteConfig:
    """One `[[mute]]`: articles to hide. At least one of `query` and `feed` is set; nothing is deleted."""

    query: str = field(
        default="", metadata=key(EXPRESSION, "Which articles, as in the search box.", vital=True)
    )
    feed: str = field(
        default="", metadata=key(LINE, "Only of this feed, named by address, title or folder.", vital=True)
    )
    until: date | None = field(
        default=None, metadata=key(DATE, "The last day; without it, for good.", vital=True)
    )


@dataclass(frozen=True, slots=True)
class ViewConfig:
    """One `[[view]]`: a search that was saved."""

    name: str = field(metadata=key(NAME, "Name in the sidebar.", vital=True))
    query: str = field(metadata=key(EXPRESSION, "Which articles it shows, as in the search box.", vital=True))


_as = key  # the next table has a key that is named so


@dataclass(frozen=True, slots=True)
class MacroConfig:
    """One `[[macro]]`: what the macro prefix and a key do. At least one of `command` and `run` is set."""

    key: str = field(metadata=_as(ONE_KEY, "The key that starts it, after the prefix `,`.", vital=True))
    name: str = field(default="", metadata=_as(LINE, "What it does, for the help."))
    command: tuple[str, ...] = field(
        default=(),
        metadata=_as(
            COMMAND,
            "A program with its arguments; it gets the article as JSON on stdin, {url} is its address.",
            vital=True,
        ),
    )
    run: tuple[str, ...] = field(
        default=(),
        metadata=_as(LINES, "Ids of commands to do one after the other, as in [keys].", vital=True),
    )


@dataclass(frozen=True, slots=True)
class NotifyConfig:
    """`[notify]`: how the watches that say `notify` tell of new articles. All in one message a refresh."""

    desktop: bool = field(
        default=True,
        metadata=key(FLAG, "Show a notification of the desktop, or of the terminal."),
    )
    terminal: str = field(
        default="auto",
        metadata=key(
            choice("auto", "osc9", "osc777", "osc99", "off"),
            "Notification that the terminal shows where notify-send is not there; auto: what it understands.",
        ),
    )
    bell: bool = field(
        default=False,
        metadata=key(FLAG, "Ring the bell of the terminal, also where a notification is shown."),
    )
    command: tuple[str, ...] = field(
        default=(),
        metadata=key(COMMAND, "A program to run, with arguments; it gets the articles as JSON on stdin."),
    )
    quiet: str = field(
        default="", metadata=key(HOURS, "Hours of the day without any of this; what came is told after them.")
    )


@dataclass(frozen=True, slots=True)
class FetchConfig:
    """`[fetch]`: how feeds are asked for. Times in seconds, sizes in bytes."""

    refresh_on_start: bool = field(
        default=True, metadata=key(FLAG, "Fetch the feeds that are due when the reader opens, and go on.")
    )
    interval: int = field(
        default=1800,
        metadata=key(
            duration(60, 30 * _DAY), "How often a feed is asked at the most; quiet feeds are asked less."
        ),
    )
    concurrency: int = field(
        default=200, metadata=key(number(1, 1000), "Feeds that are fetched at the same time.")
    )
    per_host: int = field(default=2, metadata=key(number(1, 20), "Of these, on one host."))
    timeout: int = field(default=30, metadata=key(duration(1, 600), "Time that one feed may take in all."))
    max_size: int = field(
        default=20_000_000,
        metadata=key(size(10_000, 1_000_000_000), "Size that one feed may have, unpacked."),
    )
    user_agent: str = field(default="", metadata=key(RAW, "Name to tell servers instead of tuireader's own."))
    proxies: bool = field(
        default=True, metadata=key(FLAG, "Use the proxies that HTTP_PROXY, HTTPS_PROXY and ALL_PROXY name.")
    )
    proxy: str = field(
        default="", metadata=key(RAW, "A proxy for all feeds instead, such as `http://localhost:3128`.")
    )
    block_private: bool = field(
        default=False, metadata=key(FLAG, "Refuse redirects that lead into a private network.")
    )


@dataclass(frozen=True, slots=True)
class SaveConfig:
    """`[save]`: where articles are saved to, and how."""

    folder: str = field(
        default="~/Documents/Articles",
        metadata=key(RAW, "Folder to save articles in; a relative path starts from this file's folder."),
    )
    format: str = field(
        default="md", metadata=key(choice("md", "html", "txt"), "Markdown, a web page or plain text.")
    )


@dataclass(frozen=True, slots=True)
class UiConfig:
    """`[ui]`: the look of the reader. Widths in columns."""

    theme: str = field(
        default="tuireader-dark",
        metadata=key(NAME, "Theme: tuireader-dark, tuireader-light or one of Textual's."),
    )
    preset: str = field(
        default="default",
        metadata=key(choice(*PRESETS), "Set of keys; single keys are changed in [keys].", name="keys"),
    )
    width: int = field(
        default=84, metadata=key(number(20, 400), "Width of the text of an article at the most.")
    )
    sidebar: int = field(default=24, metadata=key(number(12, 80), "Width of the sidebar."))
    show_read: bool = field(
        default=True, metadata=key(FLAG, "Show read articles in lists other than Unread.")
    )
    fold_stories: bool = field(
        default=True, metadata=key(FLAG, "Show the articles of one story as one line in lists.")
    )
    read_story: bool = field(
        default=True, metadata=key(FLAG, "Where stories are folded, reading one article reads its story.")
    )
    mark_read: str = field(
        default="open",
        metadata=key(choice("open", "never"), "Mark an article read when it is opened, or only by key."),
    )
    images: str = field(
        default="auto",
        metadata=key(
            switch("auto", "blocks", "kitty", "sixel"),
            "Show pictures in the text; auto: not over SSH and slow connections. The last three say how.",
        ),
    )
    browser: tuple[str, ...] = field(
        default=(),
        metadata=key(
            COMMAND,
            "A program with its arguments to open addresses with, instead of $BROWSER; {url} is the address.",
        ),
    )


@dataclass(frozen=True, slots=True)
class Config:
    """The whole file. `database` is `""` for the usual place; `keys` are the person's own, by command id."""

    feeds: tuple[FeedConfig, ...] = ()
    watches: tuple[WatchConfig, ...] = ()
    mutes: tuple[MuteConfig, ...] = ()
    views: tuple[ViewConfig, ...] = ()
    macros: tuple[MacroConfig, ...] = ()
    save: SaveConfig = SaveConfig()
    notify: NotifyConfig = NotifyConfig()
    fetch: FetchConfig = FetchConfig()
    ui: UiConfig = UiConfig()
    keys: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict,
        metadata=key(KEYBOARD, "Keys of single commands by their ids, as `tuireader keys` lists them."),
    )
    database: str = field(
        default="", metadata=key(RAW, "File of the database; a relative path starts from this file's folder.")
    )


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with the configuration, as one line.

    `path` names the key (`watch[2].query`, counted from 1), `""` when the file is meant; `line` and `column`
    count from 1 where they are known. When it is `fatal` nothing could be read. `detail` holds further lines
    to print below: the text that is meant, and carets.
    """

    path: str
    message: str
    line: int | None = None
    fatal: bool = False
    file: str = "config.toml"
    column: int | None = None
    detail: str = ""

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        return ": ".join(part for part in (place, self.path, self.message) if part)


# --------------------------------------------------------------------------- reading


def load(path: Path) -> tuple[Config, tuple[Problem, ...]]:
    """Read a configuration file; one that does not exist is an empty one. Never raises."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return Config(), ()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return Config(), (Problem("", f"cannot be read: {reason}", fatal=True, file=str(path)),)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - (raw.rfind(b"\n", 0, error.start) + 1) + 1
        message = "is not UTF-8 text; save the file in UTF-8"
        return Config(), (Problem("", message, line, True, str(path), column),)
    config, problems = loads(text, str(path))
    if config.database:
        config = replace(config, database=str(path.parent / _without_tilde(config.database)))
    return config, problems


def loads(text: str, name: str = "config.toml") -> tuple[Config, tuple[Problem, ...]]:
    """Read a configuration from its text; `name` stands for the file in problems. Never raises."""
    text = text.removeprefix("\ufeff")
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        return Config(), (_syntax_problem(error, text, name),)
    found = _Found()
    config = _config(table, found)
    for trouble in resolve_keys(config.ui.preset, config.keys)[1]:
        found.add(trouble.path, trouble.message)
    lines: dict[str, int] = {}
    if found.problems:
        for where, line in places(text):
            lines.setdefault(where, line)
    placed = [replace(one, line=_line_of(one.path, lines), file=name) for one in found.problems]
    return config, tuple(sorted(placed, key=lambda one: one.line or 0))


class _Found:
    """The problems found so far."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add(self, path: str, message: str, detail: str = "") -> None:
        self.problems.append(Problem(path, message, detail=detail))


def _config(table: dict[str, Any], found: _Found) -> Config:
    own = _KEYS[Config]
    known = {*own, *_TABLES} - {""}
    for name in table:
        if name not in known:
            found.add(_joined("", name), f"is no key that tuireader knows{did_you_mean(name, known)}")
    whole = _filled(Config, {name: table[name] for name in own if name in table}, "", found)
    return replace(
        whole or Config(),
        feeds=tuple(_feeds(table.get("feeds"), found)),
        watches=tuple(_watches(table.get("watch"), found)),
        mutes=tuple(_mutes(table.get("mute"), found)),
        views=tuple(_views(table.get("view"), found)),
        macros=tuple(_macros(table.get("macro"), found)),
        save=_filled(SaveConfig, table.get("save", {}), "save", found) or SaveConfig(),
        notify=_filled(NotifyConfig, table.get("notify", {}), "notify", found) or NotifyConfig(),
        fetch=_filled(FetchConfig, table.get("fetch", {}), "fetch", found) or FetchConfig(),
        ui=_filled(UiConfig, table.get("ui", {}), "ui", found) or UiConfig(),
    )


def _feeds(value: object, found: _Found) -> Iterator[FeedConfig]:
    seen: dict[str, str] = {}
    for path, feed in _each(FeedConfig, value, "feeds", found):
        first = seen.setdefault(same_address(feed.url), path)
        if first != path:
            found.add(f"{path}.url", f"is the same feed as {first}, so this one is left out")
        else:
            yield feed


def _watches(value: object, found: _Found) -> Iterator[WatchConfig]:
    seen: dict[str, str] = {}
    for path, watch in _each(WatchConfig, value, "watch", found):
        first = seen.setdefault(watch.name.casefold(), path)
        if first != path:
            found.add(f"{path}.name", f"{quoted(watch.name)} is the name of {first} too, so this one is off")
        elif not (watch.any or watch.all or watch.query):
            found.add(path, f"{quoted(watch.name)} looks for nothing: it needs any, all or query, and is off")
        else:
            yield watch


def _mutes(value: object, found: _Found) -> Iterator[MuteConfig]:
    for path, mute in _each(MuteConfig, value, "mute", found):
        if mute.query or mute.feed:
            yield mute
        else:
            found.add(path, "mutes nothing: it needs query or feed")


def _views(value: object, found: _Found) -> Iterator[ViewConfig]:
    seen: dict[str, str] = {}
    for path, view in _each(ViewConfig, value, "view", found):
        first = seen.setdefault(view.name.casefold(), path)
        if first != path:
            found.add(f"{path}.name", f"{quoted(view.name)} is the name of {first} too, so this one is off")
        else:
            yield view


def _macros(value: object, found: _Found) -> Iterator[MacroConfig]:
    seen: dict[str, str] = {}
    for path, macro in _each(MacroConfig, value, "macro", found):
        first = seen.setdefault(macro.key, path)
        unknown = [name for name in macro.run if name not in BY_ID or name == "macro"]
        if first != path:
            found.add(
                f"{path}.key", f"{quoted(key_label(macro.key))} is the key of {first} too, so it is off"
            )
        elif unknown:
            near = did_you_mean(unknown[0], BY_ID)
            found.add(f"{path}.run", f"there is no command {quoted(unknown[0])} to run, so it is off{near}")
        elif macro.run or macro.command:
            yield macro
        else:
            found.add(path, "does nothing: it needs run or command")


def _each(kind: type[T], value: object, name: str, found: _Found) -> Iterator[tuple[str, T]]:
    """The tables of an array of tables that can be used, each with its path."""
    if value is None:
        return
    if isinstance(value, dict):  # [watch] for [[watch]]: clear what is meant, as long as there is one
        found.add(name, f"should be written [[{name}]]")
        value = [value]
    if not isinstance(value, list):
        found.add(name, f"should be tables, each under [[{name}]], not {described(value)}")
        return
    for count, table in enumerate(value, 1):
        item = _filled(kind, table, f"{name}[{count}]", found)
        if item is not None:
            yield f"{name}[{count}]", item


def _filled(kind: type[T], table: object, path: str, found: _Found) -> T | None:
    """A value made from a table, without what cannot be used; None when too little is left."""
    if not isinstance(table, dict):
        found.add(path, f"should be a table, not {described(table)}")
        return None
    keys = _KEYS[kind]
    values: dict[str, Any] = {}
    whole = True
    for name, written in table.items():
        if name not in keys:
            found.add(_joined(path, name), f"is no key that tuireader knows{did_you_mean(name, keys)}")
            continue
        field_name, one = keys[name]
        value = one.kind.read(written)
        if isinstance(value, Bad):
            found.add(_joined(path, name), value.message, value.detail)
            whole = whole and not one.vital
        else:
            values[field_name] = value
    missing = [name for name in _required(kind) if name not in table]
    for name in missing:
        found.add(path, f"has no {name}")
    make: Callable[..., T] = kind
    return make(**values) if whole and not missing else None


def _keys_of(kind: type[Any]) -> Mapping[str, tuple[str, Key]]:
    found: dict[str, tuple[str, Key]] = {}
    for one in fields(kind):
        if "key" in one.metadata:
            described_as: Key = one.metadata["key"]
            found[described_as.name or one.name] = (one.name, described_as)
    return found


_TABLES: Mapping[str, type[Any]] = {
    "": Config,
    "feeds": FeedConfig,
    "watch": WatchConfig,
    "mute": MuteConfig,
    "view": ViewConfig,
    "macro": MacroConfig,
    "save": SaveConfig,
    "notify": NotifyConfig,
    "fetch": FetchConfig,
    "ui": UiConfig,
}
# The keys of each table by their names in the file, with the names of their fields.
_KEYS: Mapping[type[Any], Mapping[str, tuple[str, Key]]] = {kind: _keys_of(kind) for kind in _TABLES.values()}


def _required(kind: type[Any]) -> list[str]:
    return [one.name for one in fields(kind) if one.default is MISSING and one.default_factory is MISSING]


# --------------------------------------------------------------------------- places in the file


def _joined(path: str, name: str) -> str:
    """A key's path; its name comes from the person's file, so it is made safe to print."""
    return f"{path}.{clean(name, 80)}" if path else clean(name, 80)


def _line_of(path: str, lines: Mapping[str, int]) -> int | None:
    """The line of a key, else that of the table around it; `watch[1]` may be written `[watch]`."""
    while path:
        for written in (path, path.replace("[1]", "")):
            if written in lines:
                return lines[written]
        path = path.removesuffix("]").rpartition("[" if path.endswith("]") else ".")[0]
    return None


_POSITION = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


def _syntax_problem(error: ValueError | RecursionError, text: str, name: str) -> Problem:
    """Why the text is no TOML. Python 3.11's tomllib has the position only in its message, and not always."""
    if isinstance(error, RecursionError):
        return Problem("", "is not TOML: brackets are nested too deeply", fatal=True, file=name)
    message = str(error)
    if message.startswith("Exceeds the limit"):
        message = "a number is too long"
    lines = text.split("\n")
    line: int | None = None
    column: int | None = None
    if position := _POSITION.search(message):
        message = message[: position.start()]
        line, column = (int(part) if part else None for part in position.groups())
    if message in ("Cannot overwrite a value", "Cannot mutate immutable namespace"):
        twice = _first_twice(text)
        line, column = (twice[1], None) if twice else (line, column)
        message = f"{twice[0] if twice else 'a key'} is set for the second time"
    if position and line is None:
        line = len(text.rstrip().split("\n"))
    if message == "Invalid value":
        message = "there is no value here that TOML knows; text needs quotes"
    source = lines[line - 1] if line else ""
    detail = _caret(source, column - 1) if column else clean(source, 100)
    return Problem("", f"is not TOML: {clean(message)}", line, True, name, column, detail)


def _first_twice(text: str) -> tuple[str, int] | None:
    """The first key that is set a second time, with the line of that."""
    seen: set[str] = set()
    for where, line in places(text):
        if where in seen:
            return where, line
        seen.add(where)
    return None


# --------------------------------------------------------------------------- files


@dataclass(frozen=True, slots=True)
class Paths:
    """Where the program's files are. `database_given` says that the person named the database."""

    config: Path
    database: Path
    state: Path
    cache: Path
    database_given: bool = False


def paths(
    environ: Mapping[str, str],
    config: str | os.PathLike[str] | None = None,
    database: str | os.PathLike[str] | None = None,
) -> Paths:
    """The places of all files by the XDG Base Directory Specification, but for those that are given.

    Makes nothing. As the specification says, variables that are not absolute paths are ignored. Raises
    ConfigError when a place is needed that only HOME could tell, and HOME is missing.
    """

    def base(variable: str, below_home: str) -> Path:
        set_to = Path(environ.get(variable, ""))
        if set_to.is_absolute():
            return set_to / "tuireader"
        home = Path(environ.get("HOME", ""))
        if not home.is_absolute():
            raise ConfigError("there is no home folder: HOME is not set", f"set HOME or {variable}")
        return home / below_home / "tuireader"

    return Paths(
        config=Path(config) if config is not None else base("XDG_CONFIG_HOME", ".config") / "config.toml",
        database=Path(database)
        if database is not None
        else base("XDG_DATA_HOME", ".local/share") / "tuireader.db",
        state=base("XDG_STATE_HOME", ".local/state"),
        cache=base("XDG_CACHE_HOME", ".cache"),
        database_given=database is not None,
    )


def _without_tilde(path: str) -> Path:
    try:
        return Path(path).expanduser()
    except RuntimeError:  # no such user, or no HOME: then it is a name like any other
        return Path(path)


# --------------------------------------------------------------------------- reference


@dataclass(frozen=True, slots=True)
class Reference:
    """One key for the documentation. `path` is as in the file (`watch.any`), `default` as TOML or `""`."""

    path: str
    type: str
    default: str
    doc: str
    required: bool = False


def tables() -> Mapping[str, str]:
    """The tables of the file by name, each with what it is for; `""` is the file itself."""
    return {name: " ".join((kind.__doc__ or "").split()) for name, kind in _TABLES.items()}


def reference() -> list[Reference]:
    """Every key of the file with its kind, its default and what it does, in the order of the file."""
    return [
        Reference(
            f"{table}.{name}" if table else name,
            one.kind.name,
            _default(kind, field_name, one),
            one.doc,
            name in _required(kind),
        )
        for table, kind in _TABLES.items()
        for name, (field_name, one) in _KEYS[kind].items()
    ]


def _default(kind: type[Any], field_name: str, one: Key) -> str:
    default = next(each.default for each in fields(kind) if each.name == field_name)
    if default is MISSING:
        return ""
    return one.kind.write(default)
