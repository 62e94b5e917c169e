"""Rules of the configured watches, and helpers for `library.watches`.

The modules connect the store to the pure package `watch`. Most are imported where they are used, for a fast
start.
"""

from __future__ import annotations

from tuireader.config import Config, WatchConfig, by_priority
from tuireader.errors import UsageError
from tuireader.watch import WatchRule


def named(config: Config, name: str) -> WatchConfig:
    """Find a watch by name, ignoring case. Raises UsageError if it does not exist."""
    for item in config.watches:
        if item.name.casefold() == name.casefold():
            return item
    names = ", ".join(item.name for item in config.watches) or "none"
    raise UsageError(f"there is no watch {name!r}", f"choose from: {names}")


def rule_of(item: WatchConfig) -> WatchRule:
    """Convert a configured watch to its rule."""
    return WatchRule(
        *(item.name, item.any, item.all, item.none, item.query, item.fields, item.feeds),
        exact=item.exact,
        exact_words=item.exact_words,
    )


def rules(config: Config) -> list[WatchRule]:
    """Rules of all configured watches by priority, which is also their order in the store."""
    return [rule_of(item) for item in by_priority(config.watches)]
