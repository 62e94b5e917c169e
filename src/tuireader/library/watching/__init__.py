"""Rules of the configured watches, watches that have ended, and helpers for `library.watches`.

The modules connect the store to the pure package `watch`. Most are imported where they are used, for a fast
start.
"""

from __future__ import annotations

from collections.abc import Mapping

from tuireader.config import Config, WatchConfig
from tuireader.errors import UsageError
from tuireader.text.durations import DAY
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
    """Rules of all configured watches."""
    return [rule_of(item) for item in config.watches]


def quiet_days(config: Config) -> dict[str, int]:
    """Map each watch that ends with its story to the quiet days after which it ends."""
    return {item.name: item.ends_after_quiet_days for item in config.watches if item.ends_after_quiet_days}


def ended(last: Mapping[str, int], days: Mapping[str, int], now: int) -> frozenset[str]:
    """Watches without news for their number of days; `last` has the times of their latest news."""
    return frozenset(name for name, count in days.items() if now - last.get(name, now) >= count * DAY)
