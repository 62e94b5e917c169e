"""Watches of the config as the matcher wants them, and which have come to their end."""

from __future__ import annotations

from collections.abc import Mapping

from tuireader.config import Config, WatchConfig
from tuireader.watch import WatchRule

_DAY = 86_400


def rule_of(item: WatchConfig) -> WatchRule:
    """A watch of the config as the matcher wants it."""
    return WatchRule(
        item.name, item.any, item.all, item.none, item.query, item.fields, item.feeds, item.exact
    )


def rules(config: Config) -> list[WatchRule]:
    """All watches of the config as the matcher wants them."""
    return [rule_of(item) for item in config.watches]


def quiet_days(config: Config) -> dict[str, int]:
    """The watches that end when their story does, and after how many quiet days each does."""
    return {item.name: item.ends_after_quiet_days for item in config.watches if item.ends_after_quiet_days}


def ended(last: Mapping[str, int], days: Mapping[str, int], now: int) -> frozenset[str]:
    """Those of them that have been quiet for so long; `last` has when each had news last."""
    return frozenset(name for name, count in days.items() if now - last.get(name, now) >= count * _DAY)
