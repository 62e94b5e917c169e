"""Rules of the configured watches, the watches that have ended, and helpers of `library.watches`.

The modules connect the store with the pure `watch`. Most are imported where they are used, for a quick start.
"""

from __future__ import annotations

from collections.abc import Mapping

from tuireader.config import Config, WatchConfig
from tuireader.errors import UsageError
from tuireader.watch import WatchRule

_DAY = 86_400


def named(config: Config, name: str) -> WatchConfig:
    """Return the watch of a name in any case. Raises UsageError without one."""
    for item in config.watches:
        if item.name.casefold() == name.casefold():
            return item
    names = ", ".join(item.name for item in config.watches) or "none"
    raise UsageError(f"there is no watch {name!r}", f"there are: {names}")


def rule_of(item: WatchConfig) -> WatchRule:
    """Return the rule of a configured watch."""
    return WatchRule(
        item.name, item.any, item.all, item.none, item.query, item.fields, item.feeds, item.exact
    )


def rules(config: Config) -> list[WatchRule]:
    """Return the rules of all configured watches."""
    return [rule_of(item) for item in config.watches]


def quiet_days(config: Config) -> dict[str, int]:
    """Return the watches that end with their story, and the number of quiet days."""
    return {item.name: item.ends_after_quiet_days for item in config.watches if item.ends_after_quiet_days}


def ended(last: Mapping[str, int], days: Mapping[str, int], now: int) -> frozenset[str]:
    """Return the watches that have been quiet for that long; `last` is the time of their last news."""
    return frozenset(name for name, count in days.items() if now - last.get(name, now) >= count * _DAY)
