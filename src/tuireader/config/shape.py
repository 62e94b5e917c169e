"""Schema of the configuration (a dataclass per table, a field per key) and its reference."""

from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Annotated, Any

from tuireader.commands import PRESETS
from tuireader.commands.sorts import LIST_SORTS
from tuireader.config.account_keys import AccountConfig
from tuireader.config.feed_keys import FeedConfig
from tuireader.config.kinds import COMMAND, HOURS, LANGUAGE_LIST, ONE_KEY, PROGRAMS, TIME_FORMAT
from tuireader.config.theme_keys import THEMES, USUAL, ThemeConfig, Themes
from tuireader.config.values import (
    FLAG,
    KEYBOARD,
    LINE,
    RAW,
    STEPS,
    Key,
    choice,
    duration,
    duration_or_never,
    number,
    size,
    switch,
    template,
)
from tuireader.config.watch_keys import MuteConfig, ViewConfig, WatchConfig
from tuireader.text.durations import DAY, MONTH


@dataclass(frozen=True, slots=True)
class MacroConfig:
    """One `[[macro]]`: actions for a key after the prefix. At least one of `command` and `run` is set."""

    key: Annotated[str, Key(ONE_KEY, "Key that runs the macro, after the prefix `,`.", vital=True)]
    name: Annotated[str, Key(LINE, "Description for the help.")] = ""
    command: Annotated[
        tuple[str, ...],
        Key(
            COMMAND,
            "Program with arguments; it receives the article as JSON on stdin; {url}, {title} are replaced.",
            vital=True,
        ),
    ] = ()
    run: Annotated[
        tuple[str, ...],
        Key(STEPS, "Commands to run one after the other, by the names in [keys].", vital=True),
    ] = ()


@dataclass(frozen=True, slots=True)
class NotifyConfig:
    """`[notify]`: notifications of watches with `notify`, at most one per refresh."""

    desktop: Annotated[bool, Key(FLAG, "Show a desktop or terminal notification.")] = True
    terminal: Annotated[
        str,
        Key(
            choice("auto", "osc9", "osc777", "osc99", "off"),
            "Terminal notification where notify-send is missing; auto: detect what the terminal supports.",
        ),
    ] = "auto"
    bell: Annotated[bool, Key(FLAG, "Ring the terminal bell as well.")] = False
    command: Annotated[
        tuple[str, ...],
        Key(COMMAND, "Program to run, with arguments; it receives the articles as JSON on stdin."),
    ] = ()
    alarms: Annotated[bool, Key(FLAG, "Also notify of alarms: what is silent, fails, moved or has gaps.")] = (
        True
    )
    quiet: Annotated[str, Key(HOURS, "Quiet hours; their notifications are sent afterwards.")] = ""


@dataclass(frozen=True, slots=True)
class FetchConfig:
    """`[fetch]`: settings for fetching feeds. Times in seconds, sizes in bytes."""

    refresh_on_start: Annotated[
        bool, Key(FLAG, "Fetch feeds that are due when the reader starts and while it runs.")
    ] = True
    interval: Annotated[
        int,
        Key(
            duration(60, MONTH),
            "Shortest time between two fetches of a feed; quiet feeds are fetched less often.",
        ),
    ] = 1800
    watched_interval: Annotated[
        int,
        Key(duration(60, 30 * DAY), "Longest time between two fetches of a feed on which a watch depends."),
    ] = 3600
    concurrency: Annotated[int, Key(number(1, 1000), "Number of feeds to fetch at the same time.")] = 200
    per_host: Annotated[
        int, Key(number(1, 20), "Number of feeds to fetch from one host at the same time.")
    ] = 2
    per_own_host: Annotated[
        int,
        Key(
            number(1, 100),
            "The same for your own hosts with over 100 feeds due: local names, private addresses.",
        ),
    ] = 8
    timeout: Annotated[int, Key(duration(1, 600), "Time limit for one feed.")] = 30
    max_size: Annotated[int, Key(size(10_000, 1_000_000_000), "Size limit for one feed, uncompressed.")] = (
        20_000_000
    )
    user_agent: Annotated[str, Key(RAW, "User agent to send instead of tuireader's.")] = ""
    proxies: Annotated[bool, Key(FLAG, "Use the proxies in HTTP_PROXY, HTTPS_PROXY and ALL_PROXY.")] = True
    proxy: Annotated[str, Key(RAW, "Proxy for all feeds, such as `http://localhost:3128`.")] = ""
    block_private: Annotated[bool, Key(FLAG, "Refuse redirects that lead into a private network.")] = False


@dataclass(frozen=True, slots=True)
class SaveConfig:
    """`[save]`: folder and format of saved articles."""

    folder: Annotated[
        str, Key(RAW, "Folder for saved articles; a relative path starts from this file's folder.")
    ] = "~/Documents/Articles"
    format: Annotated[
        str, Key(choice("md", "html", "txt"), "File format: Markdown, web page or plain text.")
    ] = "md"


@dataclass(frozen=True, slots=True)
class DownloadConfig:
    """`[download]`: folder, name and size of downloaded files, such as podcast episodes."""

    folder: Annotated[
        str, Key(RAW, "Folder for downloaded files; a relative path starts from this file's folder.")
    ] = "~/Downloads/tuireader"
    name: Annotated[
        str,
        Key(
            template("feed", "title", "date", "name", "ext"),
            "Name of a file: {feed}, {title}, {date}, {name} (as on the server) and {ext} are replaced;"
            " / makes folders.",
        ),
    ] = "{feed}/{date} {title}{ext}"
    max_size: Annotated[int, Key(size(1_000_000, 1_000_000_000_000), "Size limit for one file.")] = (
        4_000_000_000
    )


@dataclass(frozen=True, slots=True)
class UiConfig:
    """`[ui]`: look and behaviour of the reader. Widths in columns."""

    theme: Annotated[
        Themes,
        Key(
            THEMES,
            "Theme for a dark and for a light terminal, or one for both: tuireader-dark, -light, -plain"
            " (the terminal's colours), one of Textual's, or a [[theme]].",
        ),
    ] = USUAL
    preset: Annotated[
        str, Key(choice(*PRESETS), "Key preset; change single keys in [keys].", name="keys")
    ] = "default"
    width: Annotated[int, Key(number(20, 400), "Maximum width of an article's text.")] = 84
    sidebar: Annotated[int, Key(number(12, 80), "Width of the sidebar.")] = 24
    show_read: Annotated[bool, Key(FLAG, "Show read articles in lists other than Unread.")] = True
    sort: Annotated[
        str,
        Key(
            choice(*LIST_SORTS),
            "Order of lists other than searches: newest or oldest first, by feed, title, watch or sources.",
        ),
    ] = "date"
    fold_stories: Annotated[bool, Key(FLAG, "Show each story as one line in lists.")] = True
    read_story: Annotated[bool, Key(FLAG, "Mark a whole folded story as read with one of its articles.")] = (
        True
    )
    density: Annotated[
        str,
        Key(
            choice("auto", "compact", "cosy"),
            "Lines of an article in lists: one, or a second one with the sentence that a watch matches or the"
            " beginning of the text; auto: cosy if linear, or from 120 columns and 30 lines on.",
        ),
    ] = "auto"
    date: Annotated[
        str,
        Key(
            TIME_FORMAT,
            "Format of days in lists before yesterday, such as `%a %d %b`; empty: Saturday 28 November.",
        ),
    ] = ""
    time: Annotated[str, Key(TIME_FORMAT, "Format of times in lists, such as `%I:%M %p`.")] = "%H:%M"
    author_column: Annotated[bool, Key(FLAG, "Show authors in lists that are at least 76 columns wide.")] = (
        False
    )
    reading_time_column: Annotated[
        bool, Key(FLAG, "Show reading times in lists that are at least 76 columns wide.")
    ] = False
    languages: Annotated[
        tuple[str, ...],
        Key(
            LANGUAGE_LIST,
            "Languages that you read, best first; a story's line shows a report in one of them.",
        ),
    ] = ()
    mark_read: Annotated[
        str, Key(choice("open", "never"), "Mark articles as read when opened, or only by key.")
    ] = "open"
    mark_read_after: Annotated[
        int,
        Key(duration_or_never(3600), "Mark a previewed article as read after this time; mark_read wins."),
    ] = 0
    layout: Annotated[
        str,
        Key(
            choice("auto", "stacked", "columns"),
            "Article below the list or beside it; auto: beside it on screens of 152 columns and more.",
        ),
    ] = "auto"
    images: Annotated[
        str,
        Key(
            switch("auto", "blocks", "kitty", "sixel"),
            "Show images; auto: not over SSH or slow connections. blocks, kitty and sixel set the method.",
        ),
    ] = "auto"
    bidi: Annotated[
        bool, Key(FLAG, "Reorder right-to-left text for terminals that do not; needs tuireader[bidi].")
    ] = False
    linear: Annotated[bool, Key(FLAG, "For screen readers: one pane, words in place of signs.")] = False
    motion: Annotated[bool, Key(FLAG, "Blinking cursor, smooth scrolling, running counts.")] = True
    browser: Annotated[
        tuple[str, ...],
        Key(COMMAND, "Program with arguments to open addresses, instead of $BROWSER; {url} is the address."),
    ] = ()


@dataclass(frozen=True, slots=True)
class Config:
    """The whole file. `database` is `""` for the default location; `keys` overrides keys by command name."""

    feeds: tuple[FeedConfig, ...] = ()
    watches: tuple[WatchConfig, ...] = ()
    mutes: tuple[MuteConfig, ...] = ()
    views: tuple[ViewConfig, ...] = ()
    macros: tuple[MacroConfig, ...] = ()
    accounts: tuple[AccountConfig, ...] = ()
    themes: tuple[ThemeConfig, ...] = ()
    save: SaveConfig = SaveConfig()
    download: DownloadConfig = DownloadConfig()
    notify: NotifyConfig = NotifyConfig()
    fetch: FetchConfig = FetchConfig()
    ui: UiConfig = UiConfig()
    keys: Annotated[
        Mapping[str, tuple[str, ...]],
        Key(KEYBOARD, "Keys of single commands, by the names that `tuireader keys` lists."),
    ] = field(default_factory=dict)
    open: Annotated[
        Mapping[str, tuple[str, ...]],
        Key(PROGRAMS, "Programs for files by media type, such as audio/*; {url} is the address or the file."),
    ] = field(default_factory=dict)
    database: Annotated[str, Key(RAW, "Database file; a relative path starts from this file's folder.")] = ""


PLAIN_TABLES: Mapping[str, type[Any]] = {
    "save": SaveConfig,
    "download": DownloadConfig,
    "notify": NotifyConfig,
    "fetch": FetchConfig,
    "ui": UiConfig,
}
TABLES: Mapping[str, type[Any]] = {
    "": Config,
    "feeds": FeedConfig,
    "watch": WatchConfig,
    "mute": MuteConfig,
    "view": ViewConfig,
    "macro": MacroConfig,
    "account": AccountConfig,
    "theme": ThemeConfig,
    **PLAIN_TABLES,
}
# Keys of each table by their names in the file, with the fields.
KEYS: Mapping[type[Any], Mapping[str, tuple[Field[Any], Key]]] = {
    table: {
        key.name or field.name: (field, key)
        for field in fields(table)
        for key in getattr(field.type, "__metadata__", ())
    }
    for table in TABLES.values()
}


def required(table: type[Any]) -> list[str]:
    """Names of the keys without a default."""
    return [
        field.name for field in fields(table) if field.default is MISSING and field.default_factory is MISSING
    ]


@dataclass(frozen=True, slots=True)
class Reference:
    """Reference of a key: `path` as in the file (`watch.any`), `default` as TOML or `""`."""

    path: Annotated[str, "The key, such as `watch.any`."]
    type: Annotated[str, "Kind of value."]
    default: Annotated[str, "Default value as TOML."]
    doc: Annotated[str, "Description."]
    required: Annotated[bool, "True if its table is ignored without it."] = False


def tables() -> Mapping[str, str]:
    """Map table names to descriptions; `""` is the file itself."""
    return {name: " ".join((kind.__doc__ or "").split()) for name, kind in TABLES.items()}


def reference() -> list[Reference]:
    """List every key with its kind, default and description, in the order of the file."""
    return [
        Reference(
            path=f"{name}.{key_name}" if name else key_name,
            type=key.kind.name,
            default="" if field.default is MISSING else key.kind.write(field.default),
            doc=key.doc,
            required=key_name in required(table),
        )
        for name, table in TABLES.items()
        for key_name, (field, key) in KEYS[table].items()
    ]
