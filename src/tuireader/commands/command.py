"""Commands and the scopes of their keys."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Struct


class Scope(StrEnum):
    """Scope of a command's keys: any pane of the main screen, one pane, or another screen or dialog."""

    GLOBAL = "global"
    LIST = "list"
    ARTICLE = "article"
    SIDEBAR = "sidebar"
    HEALTH = "feed health"
    WATCHES = "watches"
    QUEUE = "queue"
    ALARMS = "alarms"
    STATISTICS = "statistics"
    MATCHES = "log of matches"
    OUTBOX = "outbox"
    CHANNELS = "channels"
    RULES = "rules"
    SETTINGS = "settings"
    STORY = "story"
    SEARCH = "search line"
    MUTE = "mute dialog"
    WATCH = "watch dialog"
    CHOICES = "choices"


PANES = frozenset({Scope.LIST, Scope.ARTICLE, Scope.SIDEBAR})
TABLES = (
    Scope.HEALTH, Scope.WATCHES, Scope.QUEUE, Scope.ALARMS, Scope.STATISTICS, Scope.MATCHES, Scope.OUTBOX,
    Scope.CHANNELS, Scope.RULES, Scope.SETTINGS,
)  # fmt: skip
MOVING = (*TABLES, Scope.STORY, Scope.CHOICES)


class Group(StrEnum):
    """Headings of the help, in order."""

    MOVE = "Move"
    READ = "Read"
    MARK = "Mark"
    FIND = "Find"
    FEEDS = "Feeds"
    WATCHES = "Watches"
    PROGRAM = "Program"


class Command(Struct, frozen=True):
    """Something the user can do.

    `id` is stable: it names the action in code and in the user's `[keys]`. `title` is short, for footer and
    palette; `help` is a sentence. `keys` are the keys in the preset `default`; they work in `scope` and in
    `also`. The palette finds a command by its `aliases`, too: words that users of other programs type. The
    help of the main screen runs another command `instead` of one of another screen.
    """

    id: Annotated[str, "Name of the command in `[keys]`."]
    title: Annotated[str, "Short title."]
    help: Annotated[str, "Description."]
    keys: tuple[str, ...]
    group: Annotated[Group, "Heading in the help."]
    scope: Annotated[Scope, "Scope of its keys, such as `global`, `list`, `article` or `sidebar`."] = (
        Scope.GLOBAL
    )
    also: tuple[Scope, ...] = ()
    aliases: tuple[str, ...] = ()
    instead: str = ""

    @property
    def places(self) -> frozenset[Scope]:
        """All panes, screens and dialogs in which its keys work."""
        named = {self.scope, *self.also}
        return frozenset(named - {Scope.GLOBAL} | (PANES if Scope.GLOBAL in named else frozenset()))

    @property
    def on_main(self) -> bool:
        """True if the command works on the main screen; palette and help offer it there."""
        return bool(self.places & PANES)
