"""What is in the file: a dataclass for each table, a field for each key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from tuireader.commands import PRESETS, normalise_key
from tuireader.commands.sorts import LIST_SORTS
from tuireader.config.problems import caret
from tuireader.config.values import (
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
    STEPS,
    WEB_ADDRESS,
    Invalid,
    Kind,
    choice,
    choices,
    describe,
    duration,
    key,
    number,
    size,
    switch,
)

_DAY = 86400


def _expression(value: object) -> str | Invalid:
    """An expression of the query language, kept as text once it is known to be understood."""
    if not isinstance(value, str):
        return Invalid(f"should be an expression in quotes, not {describe(value)}")
    from tuireader.query import QueryError, parse  # a config without expressions starts without the parser

    parsed = parse(value)
    if not isinstance(parsed, QueryError):
        return value.strip()
    hint = f"; {parsed.hint}" if parsed.hint else ""
    return Invalid(f"{parsed.message}{hint}", caret(value, parsed.position, parsed.length))


EXPRESSION = Kind("expression", _expression)


def _command(value: object) -> tuple[str, ...] | Invalid:
    """A program with its arguments, to the letter; no shell ever reads it."""
    if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
        return Invalid(f'should be a list such as ["program", "argument"], not {describe(value)}')
    if any("\0" in part for part in value):
        return Invalid("has a NUL character, which no program takes")
    return Invalid("names no program") if value and not value[0] else tuple(value)


COMMAND = Kind("list of texts: a program and its arguments", _command)


def _one_key(value: object) -> str | Invalid:
    """A key as a person writes it, by the name that it has here."""
    name = normalise_key(value) if isinstance(value, str) else None
    return name or Invalid(f'should be a key such as "r" or "ctrl+r", not {describe(value)}')


ONE_KEY = Kind("key", _one_key)
_HOURS = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\s*[-–]\s*([01]?\d|2[0-3]):([0-5]\d)", re.ASCII)


def _hours(value: object) -> str | Invalid:
    """A part of the day, written `HH:MM-HH:MM`; `""` for none."""
    if isinstance(value, str) and not value.strip():
        return ""
    match = _HOURS.fullmatch(value.strip()) if isinstance(value, str) else None
    if not match:
        return Invalid(f'should be hours such as "22:00-07:00", not {describe(value)}')
    return f"{int(match[1]):02}:{match[2]}-{int(match[3]):02}:{match[4]}"


HOURS = Kind('hours such as "22:00-07:00"', _hours)


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
    """One `[[mute]]`: articles to hide. At least one of `query` and `feed` is set; nothing is deleted.

    Articles that are on a watch stay visible.
    """

    query: str = field(
        default="", metadata=key(EXPRESSION, "Which articles, as in the search box.", vital=True)
    )
    feed: str = field(
        default="", metadata=key(LINE, "Only of this feed, named by address, title or folder.", vital=True)
    )
    until: date | None = field(
        default=None, metadata=key(DATE, "The last day; without it, for good.", vital=True)
    )
    include_watched: bool = field(
        default=False,
        metadata=key(FLAG, "Hide articles that are on a watch as well; else these stay visible."),
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
            "A program with arguments; it gets the article as JSON on stdin, {url} and {title} are replaced.",
            vital=True,
        ),
    )
    run: tuple[str, ...] = field(
        default=(),
        metadata=_as(STEPS, "Ids of commands to do one after the other, as in [keys].", vital=True),
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
        metadata=key(
            NAME, "Theme: tuireader-dark, -light, -plain (the terminal's colours) or one of Textual's."
        ),
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
    sort: str = field(
        default="date",
        metadata=key(
            choice(*LIST_SORTS),
            "Order of lists but searches: newest first, oldest first, by feed, title, watch or sources.",
        ),
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
