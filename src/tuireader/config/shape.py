"""Schema of the configuration: a dataclass for each table, a field for each key."""

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
    """Read an expression of the query language; valid ones are kept as text."""
    if not isinstance(value, str):
        return Invalid(f"should be an expression in quotes, not {describe(value)}")
    from tuireader.query import QueryError, parse  # no expressions, no import of the parser

    parsed = parse(value)
    if not isinstance(parsed, QueryError):
        return value.strip()
    hint = f"; {parsed.hint}" if parsed.hint else ""
    return Invalid(f"{parsed.message}{hint}", caret(value, parsed.position, parsed.length))


EXPRESSION = Kind("expression", _expression)


def _command(value: object) -> tuple[str, ...] | Invalid:
    """Read a program with its arguments, which are passed without a shell."""
    if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
        return Invalid(f'should be a list such as ["program", "argument"], not {describe(value)}')
    if any("\0" in part for part in value):
        return Invalid("has a NUL character, which programs cannot receive")
    return Invalid("does not name a program") if value and not value[0] else tuple(value)


COMMAND = Kind("list of texts: a program and its arguments", _command)


def _one_key(value: object) -> str | Invalid:
    """Read a key as users write it and return its name."""
    name = normalise_key(value) if isinstance(value, str) else None
    return name or Invalid(f'should be a key such as "r" or "ctrl+r", not {describe(value)}')


ONE_KEY = Kind("key", _one_key)
_HOURS = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\s*[-–]\s*([01]?\d|2[0-3]):([0-5]\d)", re.ASCII)


def _hours(value: object) -> str | Invalid:
    """Read a part of the day, written `HH:MM-HH:MM`; `""` for none."""
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
    title: str = field(default="", metadata=key(LINE, "Name to show instead of the feed's title."))
    folder: str = field(default="", metadata=key(LINE, "Folder in the sidebar."))
    labels: tuple[str, ...] = field(
        default=(), metadata=key(LINES, "Labels to find its articles by, as in label:NAME.")
    )
    interval: int | None = field(
        default=None,
        metadata=key(
            duration(60, 30 * _DAY), "How often to fetch this feed; by default as often as it changes."
        ),
    )
    paused: bool = field(
        default=False, metadata=key(FLAG, "Keep the feed and its articles, but do not fetch it.")
    )
    full_text: bool = field(
        default=False, metadata=key(FLAG, "Fetch the full text of new articles from their pages.")
    )
    username: str = field(default="", metadata=key(RAW, "User name for HTTP Basic authentication."))
    password: str = field(
        default="",
        metadata=key(RAW, "Password, or `env:NAME` or `cmd:pass show feed` to keep it out of this file."),
    )
    headers: tuple[tuple[str, str], ...] = field(
        default=(), metadata=key(HEADERS, "Additional HTTP headers for this feed.")
    )


@dataclass(frozen=True, slots=True)
class WatchConfig:
    """One `[[watch]]`: a topic that must not be missed. At least one of `any`, `all` and `query` is set."""

    name: str = field(metadata=key(NAME, "Name in the sidebar and in `watch:NAME`.", vital=True))
    any: tuple[str, ...] = field(
        default=(),
        metadata=key(LINES, "Words and phrases of which one is enough; aliases go here.", vital=True),
    )
    all: tuple[tuple[str, ...], ...] = field(
        default=(),
        metadata=key(GROUPS, "Groups of words and phrases; one of each group must occur.", vital=True),
    )
    none: tuple[str, ...] = field(
        default=(), metadata=key(LINES, "Words and phrases that must not occur.", vital=True)
    )
    query: str = field(
        default="", metadata=key(EXPRESSION, "Search expression that must match as well.", vital=True)
    )
    fields: tuple[str, ...] = field(
        default=("title", "summary", "body"),
        metadata=key(choices("title", "summary", "body"), "Parts of the article to search."),
    )
    feeds: tuple[str, ...] = field(
        default=(),
        metadata=key(LINES, "Search only these feeds, named by address, title or folder.", vital=True),
    )
    exact: bool = field(default=False, metadata=key(FLAG, "Match case and accents as typed, and no plurals."))
    color: str = field(
        default="", metadata=key(COLOR, "Colour of the watch's marks; by default the theme's.")
    )
    notify: str = field(
        default="never",
        metadata=key(choice("never", "article", "story"), "Notify of each new article, or once per story."),
    )
    ends_after_quiet_days: int = field(
        default=0,
        metadata=key(number(0, 3650), "End the watch after this many days without a match; 0: never."),
    )


@dataclass(frozen=True, slots=True)
class MuteConfig:
    """One `[[mute]]`: articles to hide. At least one of `query` and `feed` is set; nothing is deleted.

    Articles on a watch stay visible.
    """

    query: str = field(
        default="", metadata=key(EXPRESSION, "Search expression for the articles to hide.", vital=True)
    )
    feed: str = field(
        default="",
        metadata=key(LINE, "Hide only articles of this feed, named by address, title or folder.", vital=True),
    )
    until: date | None = field(
        default=None, metadata=key(DATE, "Last day of the mute; by default it never ends.", vital=True)
    )
    include_watched: bool = field(
        default=False, metadata=key(FLAG, "Also hide articles on a watch, which otherwise stay visible.")
    )


@dataclass(frozen=True, slots=True)
class ViewConfig:
    """One `[[view]]`: a saved search."""

    name: str = field(metadata=key(NAME, "Name in the sidebar.", vital=True))
    query: str = field(metadata=key(EXPRESSION, "Search expression for the articles to show.", vital=True))


_as = key  # MacroConfig has a field called key


@dataclass(frozen=True, slots=True)
class MacroConfig:
    """One `[[macro]]`: actions for a key after the prefix. At least one of `command` and `run` is set."""

    key: str = field(metadata=_as(ONE_KEY, "Key that runs the macro, after the prefix `,`.", vital=True))
    name: str = field(default="", metadata=_as(LINE, "Description for the help."))
    command: tuple[str, ...] = field(
        default=(),
        metadata=_as(
            COMMAND,
            "Program with arguments; it receives the article as JSON on stdin; {url}, {title} are replaced.",
            vital=True,
        ),
    )
    run: tuple[str, ...] = field(
        default=(),
        metadata=_as(STEPS, "Commands to run one after the other, by the names in [keys].", vital=True),
    )


@dataclass(frozen=True, slots=True)
class NotifyConfig:
    """`[notify]`: notifications of watches with `notify`, at most one per refresh."""

    desktop: bool = field(default=True, metadata=key(FLAG, "Show a desktop or terminal notification."))
    terminal: str = field(
        default="auto",
        metadata=key(
            choice("auto", "osc9", "osc777", "osc99", "off"),
            "Terminal notification where notify-send is missing; auto: detect what the terminal supports.",
        ),
    )
    bell: bool = field(default=False, metadata=key(FLAG, "Ring the terminal bell as well."))
    command: tuple[str, ...] = field(
        default=(),
        metadata=key(COMMAND, "Program to run, with arguments; it receives the articles as JSON on stdin."),
    )
    quiet: str = field(
        default="", metadata=key(HOURS, "Quiet hours; their notifications are sent afterwards.")
    )


@dataclass(frozen=True, slots=True)
class FetchConfig:
    """`[fetch]`: how feeds are fetched. Times in seconds, sizes in bytes."""

    refresh_on_start: bool = field(
        default=True,
        metadata=key(FLAG, "Fetch feeds that are due when the reader starts, and keep doing so."),
    )
    interval: int = field(
        default=1800,
        metadata=key(
            duration(60, 30 * _DAY),
            "Shortest time between two fetches of a feed; quiet feeds are fetched less often.",
        ),
    )
    concurrency: int = field(
        default=200, metadata=key(number(1, 1000), "Number of feeds to fetch at the same time.")
    )
    per_host: int = field(
        default=2, metadata=key(number(1, 20), "Number of feeds to fetch from one host at the same time.")
    )
    timeout: int = field(default=30, metadata=key(duration(1, 600), "Time limit for one feed."))
    max_size: int = field(
        default=20_000_000,
        metadata=key(size(10_000, 1_000_000_000), "Size limit for one feed, uncompressed."),
    )
    user_agent: str = field(default="", metadata=key(RAW, "User agent to send instead of tuireader's."))
    proxies: bool = field(
        default=True, metadata=key(FLAG, "Use the proxies in HTTP_PROXY, HTTPS_PROXY and ALL_PROXY.")
    )
    proxy: str = field(default="", metadata=key(RAW, "Proxy for all feeds, such as `http://localhost:3128`."))
    block_private: bool = field(
        default=False, metadata=key(FLAG, "Refuse redirects that lead into a private network.")
    )


@dataclass(frozen=True, slots=True)
class SaveConfig:
    """`[save]`: where and how articles are saved."""

    folder: str = field(
        default="~/Documents/Articles",
        metadata=key(RAW, "Folder for saved articles; a relative path starts from this file's folder."),
    )
    format: str = field(
        default="md",
        metadata=key(choice("md", "html", "txt"), "File format: Markdown, web page or plain text."),
    )


@dataclass(frozen=True, slots=True)
class UiConfig:
    """`[ui]`: look and behaviour of the reader. Widths in columns."""

    theme: str = field(
        default="tuireader-dark",
        metadata=key(
            NAME, "Theme: tuireader-dark, -light, -plain (the terminal's colours) or one of Textual's."
        ),
    )
    preset: str = field(
        default="default",
        metadata=key(choice(*PRESETS), "Key preset; change single keys in [keys].", name="keys"),
    )
    width: int = field(default=84, metadata=key(number(20, 400), "Maximum width of an article's text."))
    sidebar: int = field(default=24, metadata=key(number(12, 80), "Width of the sidebar."))
    show_read: bool = field(
        default=True, metadata=key(FLAG, "Show read articles in lists other than Unread.")
    )
    sort: str = field(
        default="date",
        metadata=key(
            choice(*LIST_SORTS),
            "Order of lists other than searches: newest or oldest first, by feed, title, watch or sources.",
        ),
    )
    fold_stories: bool = field(default=True, metadata=key(FLAG, "Show each story as one line in lists."))
    read_story: bool = field(
        default=True, metadata=key(FLAG, "In folded stories, mark the whole story as read with one article.")
    )
    mark_read: str = field(
        default="open",
        metadata=key(choice("open", "never"), "Mark articles as read when opened, or only by key."),
    )
    images: str = field(
        default="auto",
        metadata=key(
            switch("auto", "blocks", "kitty", "sixel"),
            "Show images; auto: not over SSH or slow connections. The last three set the method.",
        ),
    )
    browser: tuple[str, ...] = field(
        default=(),
        metadata=key(
            COMMAND, "Program with arguments to open addresses, instead of $BROWSER; {url} is the address."
        ),
    )


@dataclass(frozen=True, slots=True)
class Config:
    """The whole file. `database` is `""` for the default place; `keys` overrides keys by command name."""

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
        metadata=key(KEYBOARD, "Keys of single commands, by the names that `tuireader keys` lists."),
    )
    database: str = field(
        default="", metadata=key(RAW, "Database file; a relative path starts from this file's folder.")
    )
