"""Schema of the configuration (a table per class, a field per key) and its reference."""

from collections.abc import Mapping
from typing import Annotated, Any

from msgspec import Struct

from tuireader.config.account_keys import AccountConfig
from tuireader.config.channel_keys import MESSENGERS, ChannelConfig, DigestConfig, PublishConfig
from tuireader.config.feed_keys import FeedConfig
from tuireader.config.keys import Key, Table, declare
from tuireader.config.kinds import (
    COMMAND,
    COMMAND_NAMES,
    HOURS,
    ONE_KEY,
    PROGRAMS,
)
from tuireader.config.ui_keys import ThemeConfig, UiConfig
from tuireader.config.values import (
    FLAG,
    KEYBOARD,
    LINE,
    LINES,
    RAW,
    choice,
    duration,
    number,
    size,
    switch,
    template,
)
from tuireader.config.watch_keys import (
    MuteConfig,
    ProgramConfig,
    RuleConfig,
    ViewConfig,
    WatchConfig,
    WatchDefaults,
)
from tuireader.text.durations import DAY, MONTH


class MacroConfig(Table):
    """One `[[macro]]`: actions for a key after the prefix. At least one of `command` and `run` is set."""

    key: str = declare(ONE_KEY, "Key that runs the macro, after the prefix `,`.", vital=True)
    name: str = declare(LINE, "Description for the help.", default="")
    command: tuple[str, ...] = declare(
        COMMAND,
        "Program with arguments, with the article as JSON on stdin; {url}, {title} and {feed} are replaced.",
        default=(),
        vital=True,
    )
    run: tuple[str, ...] = declare(
        COMMAND_NAMES, "Commands to run one after the other, by the names in [keys].", default=(), vital=True
    )
    shell: bool = declare(
        FLAG,
        "Let `sh` run `command`, one text without {url}, {title}, {feed}; the article's text is on stdin.",
        default=False,
        vital=True,
    )


class NotifyConfig(Table):
    """`[notify]`: notifications of watches with `notify`, at most one per refresh."""

    desktop: bool = declare(FLAG, "Show a desktop or terminal notification.", default=True)
    terminal: str = declare(
        choice("auto", "osc9", "osc777", "osc99", "off"),
        "Terminal notification where notify-send is missing; auto: detect what the terminal supports.",
        default="auto",
    )
    bell: bool = declare(FLAG, "Ring the terminal bell as well.", default=False)
    command: tuple[str, ...] = declare(
        COMMAND, "Program to run, with arguments; it receives the articles as JSON on stdin.", default=()
    )
    alarms: bool = declare(
        FLAG, "Also notify of alarms: what is silent, fails, moved or has gaps.", default=True
    )
    alarm_channels: tuple[str, ...] = declare(
        MESSENGERS, "Channels for alarms, by name; by default desktop and command as above.", default=()
    )
    quiet: str = declare(HOURS, "Quiet hours; their notifications are sent afterwards.", default="")


COPIED = (
    "“{sentence}”\n{title}\n{feed}, {author}, {published}\n{url}\n"
    "Watch {watch}: {terms}; found {matched}, match {match}"
)


class DeskConfig(Table):
    """`[desk]`: matches as cases, which are new, open, done or false alarms."""

    name: str = declare(
        LINE,
        "Your name in the log of matches, by default that of your login. Matches are cases once it is set, or"
        " once you have handled one.",
        default="",
    )
    template: str = declare(
        template(
            "watch",
            "terms",
            "ids",
            "sentence",
            "title",
            "feed",
            "author",
            "published",
            "matched",
            "url",
            "match",
            "state",
            "note",
            "by",
            lines=True,
        ),
        "Text of a match that is copied; lines, and parts between commas, without a value are left out.",
        default=COPIED,
    )


class FetchConfig(Table):
    """`[fetch]`: settings for fetching feeds. Times in seconds, sizes in bytes."""

    refresh_on_start: bool = declare(
        FLAG, "Fetch feeds that are due when the reader starts and while it runs.", default=True
    )
    interval: int = declare(
        duration(60, MONTH),
        "Shortest time between two fetches of a feed; quiet feeds are fetched less often.",
        default=1800,
    )
    watched_interval: int = declare(
        duration(60, 30 * DAY),
        "Longest time between two fetches of a feed on which a watch depends.",
        default=3600,
    )
    concurrency: int = declare(number(1, 1000), "Number of feeds to fetch at the same time.", default=256)
    per_host: int = declare(
        number(1, 20), "Number of feeds to fetch from one host at the same time.", default=2
    )
    per_own_host: int = declare(
        number(1, 100),
        "The same for your own hosts with over 100 feeds due: local names, private addresses.",
        default=8,
    )
    timeout: int = declare(duration(1, 600), "Time limit for one feed.", default=30)
    max_size: int = declare(
        size(10_000, 1_000_000_000), "Size limit for one feed, uncompressed.", default=20_000_000
    )
    user_agent: str = declare(RAW, "User agent to send instead of tuireader's.", default="")
    proxies: bool = declare(FLAG, "Use the proxies in HTTP_PROXY, HTTPS_PROXY and ALL_PROXY.", default=True)
    proxy: str = declare(RAW, "Proxy for all feeds, such as `http://localhost:3128`.", default="")
    block_private: bool = declare(FLAG, "Refuse redirects that lead into a private network.", default=False)


class SaveConfig(Table):
    """`[save]`: folder and format of saved articles."""

    folder: str = declare(
        RAW,
        "Folder for saved articles; a relative path starts from this file's folder.",
        default="~/Documents/Articles",
    )
    format: str = declare(
        choice("md", "html", "txt"), "File format: Markdown, web page or plain text.", default="md"
    )


class DownloadConfig(Table):
    """`[download]`: folder, name and size of downloaded files, such as podcast episodes."""

    folder: str = declare(
        RAW,
        "Folder for downloaded files; a relative path starts from this file's folder.",
        default="~/Downloads/tuireader",
    )
    name: str = declare(
        template("feed", "host", "title", "date", "name", "ext"),
        "Name of a file: {feed}, {host} (its server), {title}, {date}, {name} (as on the server) and {ext}"
        " are replaced; / makes folders.",
        default="{feed}/{date} {title}{ext}",
    )
    max_size: int = declare(
        size(1_000_000, 1_000_000_000_000), "Size limit for one file.", default=4_000_000_000
    )


class RelatedConfig(Table):
    """`[related]`: how articles are related."""

    meaning: str = declare(
        switch("auto"),
        "Relate and search by meaning, too, with the extra tuireader[meaning]; auto: if it is installed.",
        default="auto",
    )


class McpConfig(Table):
    """`[mcp]`: what programs see through `tuireader mcp`."""

    include: tuple[str, ...] = declare(
        LINES,
        "Feeds to show although they are mail, come from a program, or need a password, header or cookie;"
        " by title, address or folder.",
        default=(),
    )


class Config(Table):
    """The whole file. `database` is `""` for the default location; `keys` overrides keys by command name."""

    feeds: tuple[FeedConfig, ...] = ()
    watches: tuple[WatchConfig, ...] = ()
    mutes: tuple[MuteConfig, ...] = ()
    views: tuple[ViewConfig, ...] = ()
    macros: tuple[MacroConfig, ...] = ()
    accounts: tuple[AccountConfig, ...] = ()
    themes: tuple[ThemeConfig, ...] = ()
    channels: tuple[ChannelConfig, ...] = ()
    digests: tuple[DigestConfig, ...] = ()
    publishes: tuple[PublishConfig, ...] = ()
    rules: tuple[RuleConfig, ...] = ()
    programs: tuple[ProgramConfig, ...] = ()
    watch_defaults: Any = WatchDefaults()
    save: SaveConfig = SaveConfig()
    download: DownloadConfig = DownloadConfig()
    notify: NotifyConfig = NotifyConfig()
    desk: DeskConfig = DeskConfig()
    fetch: FetchConfig = FetchConfig()
    related: RelatedConfig = RelatedConfig()
    mcp: McpConfig = McpConfig()
    ui: UiConfig = UiConfig()
    keys: Mapping[str, tuple[str, ...]] = declare(
        KEYBOARD, "Keys of single commands, by the names that `tuireader keys` lists.", default_factory=dict
    )
    open: Mapping[str, tuple[str, ...]] = declare(
        PROGRAMS,
        "Programs for files by media type, such as audio/*; {url} is the address or the file.",
        default_factory=dict,
    )
    database: str = declare(RAW, "Database file; a relative path starts from this file's folder.", default="")
    chinese_variants: bool = declare(
        FLAG,
        "Match simplified and traditional Chinese with each other in searches, watches and mutes.",
        default=True,
    )

    def channel(self, name: str) -> ChannelConfig | None:
        """Return the channel of a name, None if there is none."""
        return next((channel for channel in self.channels if channel.name == name), None)

    def program(self, name: str) -> tuple[str, ...]:
        """Return the program of a name with its arguments, empty if there is none."""
        return next((program.command for program in self.programs if program.name == name), ())


PLAIN_TABLES: Mapping[str, type[Any]] = {
    name: type(default)
    for name, default in zip(Config.__struct_fields__, Config.__struct_defaults__, strict=True)
    if isinstance(default, Table)
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
    "channel": ChannelConfig,
    "digest": DigestConfig,
    "publish": PublishConfig,
    "rule": RuleConfig,
    "program": ProgramConfig,
    **PLAIN_TABLES,
}
# Keys of each table by their names in the file.
KEYS: Mapping[type[Any], Mapping[str, Key]] = {kind: kind.declared for kind in TABLES.values()}


_REQUIRED = {kind: [key.field for key in keys.values() if key.is_required] for kind, keys in KEYS.items()}


def required(table: type[Any]) -> list[str]:
    """Names of the keys without a default."""
    return _REQUIRED[table]


class Reference(Struct, frozen=True):
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
            default=key.default_text,
            doc=key.doc,
            required=key_name in required(table),
        )
        for name, table in TABLES.items()
        for key_name, key in KEYS[table].items()
    ]
