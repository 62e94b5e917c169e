"""Keys of `[[watch]]`, `[watch_defaults]`, `[[mute]]` and `[[view]]`."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from msgspec.structs import asdict, replace

from tuireader.config.channel_keys import CHANNELS
from tuireader.config.keys import Table, TableMeta, declare
from tuireader.config.kinds import EXPRESSION
from tuireader.config.values import COLOR, DATE, FLAG, GROUPS, LINE, LINES, NAME, choice, choices, number

MOST_QUIET_DAYS = 3650
PRIORITIES = ("low", "normal", "high")


class WatchConfig(Table):
    """One `[[watch]]`: a topic that must not be missed. At least one of `any`, `all` and `query` is set."""

    name: str = declare(
        NAME,
        "Name in the sidebar and in `watch:NAME`.",
        vital=True,
        label="Name",
        placeholder="in the sidebar",
    )
    any: tuple[str, ...] = declare(
        LINES,
        "Words and phrases, such as aliases; at least one must occur.",
        default=(),
        vital=True,
        label="Any of",
        placeholder="words, phrases, /regex/, separated by commas",
    )
    all: tuple[tuple[str, ...], ...] = declare(
        GROUPS, "Groups of words and phrases; one of each group must occur.", default=(), vital=True
    )
    none: tuple[str, ...] = declare(
        LINES,
        "Words and phrases that must not occur.",
        default=(),
        vital=True,
        label="None of",
        placeholder="words that rule an article out",
    )
    query: str = declare(
        EXPRESSION,
        "Search expression that must match as well.",
        default="",
        vital=True,
        label="Query",
        placeholder="also required: title:word, a NEAR/8 b, feed:name …",
    )
    fields: tuple[str, ...] = declare(
        choices("title", "summary", "body", "text"),
        "Parts of the article to search; `text` leaves out See also lines, credits, bylines and navigation.",
        default=("title", "summary", "body"),
    )
    feeds: tuple[str, ...] = declare(
        LINES, "Search only these feeds, named by address, title or folder.", default=(), vital=True
    )
    exact: bool = declare(
        FLAG, "Match case, accents and Chinese characters as typed, and no plurals.", default=False
    )
    exact_words: bool = declare(
        FLAG, "Leave out Chinese terms across word boundaries, such as 微信 in 些微信号.", default=False
    )
    group: str = declare(
        LINE,
        "Group in the sidebar; its watches share a colour, except those with their own.",
        default="",
        label="Group",
        placeholder="in the sidebar; none",
    )
    priority: str = declare(
        choice(*PRIORITIES),
        "Priority: what matches a watch of high priority comes first.",
        default="normal",
        label="Priority",
        choices={name: name for name in PRIORITIES},
    )
    color: str = declare(
        COLOR,
        "Colour for the watch's matches; by default that of its group, or the theme's.",
        default="",
        label="Colour",
    )
    notify: str = declare(
        choice("never", "article", "story"),
        "Notify of each new article, or once per story.",
        default="never",
        label="Notify",
        choices={"never": "never", "article": "of each article", "story": "once per story"},
    )
    channels: tuple[str, ...] = declare(
        CHANNELS, "Channels for its notifications, by name; by default those of [notify].", default=()
    )
    ends_after_quiet_days: int = declare(
        number(0, MOST_QUIET_DAYS),
        "End the watch after this many days without a match; 0: never.",
        default=0,
        label="Ends",
        placeholder="never; or: after 14 quiet days",
    )


def by_priority(watches: Iterable[WatchConfig]) -> list[WatchConfig]:
    """Sort watches by priority, high first, and else in the order of the configuration."""
    return sorted(watches, key=lambda watch: -PRIORITIES.index(watch.priority))


def by_group(watches: Iterable[WatchConfig]) -> dict[str, list[WatchConfig]]:
    """Sort watches by priority and map the groups to theirs; `""`, always the first, to those without."""
    groups: dict[str, list[WatchConfig]] = {"": []}
    for watch in by_priority(watches):
        groups.setdefault(watch.group, []).append(watch)
    return groups


def _watch_defaults() -> type[Table]:
    """Table with those keys of a watch that do not say what it searches for."""
    shared = {key.field: key for key in WatchConfig.declared.values() if not key.vital}
    about = {"__doc__": "`[watch_defaults]`: defaults for all watches.", "__module__": __name__}
    types = {name: WatchConfig.__annotations__[name] for name in shared}
    made: type[Table] = TableMeta("WatchDefaults", (Table,), {**about, **shared, "__annotations__": types})
    return made


WatchDefaults = _watch_defaults()


def with_defaults(watch: WatchConfig, defaults: Any) -> WatchConfig:
    """Give a watch that is not in the configuration yet the `WatchDefaults` for what it leaves open."""
    given = asdict(defaults).items()
    unset = {name: value for name, value in given if getattr(watch, name) == getattr(WatchDefaults(), name)}
    return replace(watch, **unset)


class MuteConfig(Table):
    """One `[[mute]]`: articles to hide. At least one of `query` and `feed` is set; nothing is deleted.

    Articles on a watch stay visible.
    """

    query: str = declare(
        EXPRESSION,
        "Search expression for the articles to hide.",
        default="",
        vital=True,
        label="Words",
        placeholder='a word, "a phrase", title:word, author:name …',
    )
    feed: str = declare(
        LINE,
        "Hide only articles of this feed, named by address, title or folder.",
        default="",
        vital=True,
        label="Where",
    )
    until: date | None = declare(
        DATE, "Last day of the mute; by default it never ends.", default=None, vital=True, label="How long"
    )
    include_watched: bool = declare(
        FLAG,
        "Also hide articles on a watch, which otherwise stay visible.",
        default=False,
        label="Watched",
        choices={"": "kept visible", "on": "hidden, too"},
    )


class ViewConfig(Table):
    """One `[[view]]`: a saved search."""

    name: str = declare(NAME, "Name in the sidebar.", vital=True, label="Name", placeholder="in the sidebar")
    query: str = declare(
        EXPRESSION,
        "Search expression for the articles to show.",
        vital=True,
        label="Search",
        placeholder='words, "a phrase", title:word, is:unread, age:<3d …',
    )
