"""Keys of `[[watch]]`, `[watch_defaults]`, `[[mute]]`, `[[view]]`, `[[rule]]` and `[[program]]`."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from msgspec.structs import asdict, replace

from tuireader.commands import did_you_mean
from tuireader.config.account_keys import ACCOUNT_NAME
from tuireader.config.channel_keys import CHANNELS, WATCHES
from tuireader.config.keys import Table, TableMeta, declare
from tuireader.config.kinds import ARRIVAL, COMMAND, SAVED
from tuireader.config.problems import caret
from tuireader.config.toml_values import quote, to_toml
from tuireader.config.values import (
    COLOR,
    DATE,
    FLAG,
    GROUPS,
    LINE,
    LINES,
    NAME,
    Invalid,
    Kind,
    choice,
    choices,
    number,
)

if TYPE_CHECKING:
    from tuireader.model import Action

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
        ARRIVAL,
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
        ARRIVAL,
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
        SAVED,
        "Search expression for the articles to show.",
        vital=True,
        label="Search",
        placeholder='words, "a phrase", title:word, is:unread, age:<3d …',
    )


_KINDS = ("label:", "star", "read", "mute", "full_text", "save", "channel:", "run:")
"""Kinds of actions in their order, with a colon if a name follows."""
_ORDER = [kind.rstrip(":") for kind in _KINDS]


def _action(text: str) -> "Action | Invalid":
    from tuireader.dedup import label_name  # most configurations have no rules
    from tuireader.model.rules import Action, ActionKind

    word, colon, name = text.partition(":")
    if f"{word}{colon}" not in _KINDS:
        known, words = word in _ORDER, "takes no name" if colon else "needs a name after a colon"
        words = f"{quote(word)} {words}"
        if not known:
            near = did_you_mean(word, _ORDER)
            words = f"has no action {quote(word)}{near or '; there are ' + ', '.join(_KINDS)}"
        return Invalid(words, caret(text, 0, len(text) if known else len(word)))
    name = label_name(name) if word == "label" else name.strip()
    if colon and not name:
        return Invalid(f"{quote(word)} needs a name after the colon", caret(text, len(text) - 1))
    return Action(ActionKind(word), name)


def _actions(value: object) -> "tuple[Action, ...] | Invalid":
    """Read `["star", "label:law"]` in the order of `_KINDS`."""
    items = LINES.read(value)
    if isinstance(items, Invalid):
        return items
    actions = []
    for item in items:
        action = _action(item)
        if isinstance(action, Invalid):
            return action
        actions.append(action)
    ordered = sorted(dict.fromkeys(actions), key=lambda action: _ORDER.index(action.kind))
    return tuple(ordered) or Invalid("is empty")


ACTIONS = Kind(
    f"list of actions: {', '.join(_KINDS)}",
    _actions,
    lambda actions: to_toml([str(action) for action in actions]),
    typed=LINES.typed,
    shown=lambda actions: ", ".join(map(str, actions)),
)


class ProgramConfig(Table):
    """One `[[program]]`: a program that rules may run, by `run:NAME`."""

    name: str = declare(ACCOUNT_NAME, "Name for `then` of a rule.", vital=True)
    command: tuple[str, ...] = declare(
        COMMAND,
        "Program to run, with arguments; it receives each article as JSON on stdin, and has 20 s.",
        vital=True,
    )


class RuleConfig(Table):
    """One `[[rule]]`: what to do with an article when it arrives. At least one of `query`, `watch` and
    `feeds` is set; all that are set must match."""

    name: str = declare(
        NAME,
        "Name, which its articles show.",
        vital=True,
        label="Name",
        placeholder="which its articles show",
    )
    query: str = declare(
        ARRIVAL,
        "Search expression for its articles.",
        default="",
        vital=True,
        label="Query",
        placeholder='words, "a phrase", title:word, feed:name …',
    )
    watch: tuple[str, ...] = declare(
        WATCHES,
        "Only articles that one of these watches matches.",
        default=(),
        vital=True,
        label="Watches",
        placeholder="any article; or names, separated by commas",
    )
    feeds: tuple[str, ...] = declare(
        LINES,
        "Only articles of these feeds, named by address, title or folder.",
        default=(),
        vital=True,
        label="Feeds",
        placeholder="all; or titles, addresses, folders, separated by commas",
    )
    then: tuple[Any, ...] = declare(  # each an `Action`, of which most configurations have none
        ACTIONS,
        "Actions: `label:NAME`, `star`, `read`, `mute`, `full_text`, `save`, `channel:NAME`, `run:NAME`.",
        default=(),
        vital=True,
        label="Then",
        placeholder="label:law, star, read, mute, full_text, save, channel:phone",
    )
    include_watched: bool = declare(
        FLAG,
        "Also mark as read and mute articles on a watch, which are otherwise spared.",
        default=False,
        label="Watched",
        choices={"": "not read, not muted", "on": "as others"},
    )

    @property
    def spares_watched(self) -> bool:
        """True if it does less with articles on a watch than with others."""
        return not self.include_watched and any(action.spares_watched for action in self.then)


def rule_problem(rule: RuleConfig, names: Mapping[str, Sequence[str]]) -> tuple[str, ...] | None:
    """Return what is wrong with a rule: the key after its table, a message, and where.

    `names` are the channels and the programs of the configuration.
    """
    for action in rule.then:
        noun = {"channel": "channel", "run": "program"}.get(action.kind, "")
        if noun and action.name not in names[noun]:
            text, near = str(action), did_you_mean(action.name, names[noun])
            marked = caret(text, len(text) - len(action.name), len(action.name))
            return ".then", f"names no {noun} {quote(action.name)}{near}", marked
    if not rule.then:
        return "", f"{quote(rule.name)} does nothing: it needs then"
    if rule.query or rule.watch or rule.feeds:
        return None
    return "", f"{quote(rule.name)} matches nothing: it needs query, watch or feeds"
