"""Statistics of feeds and watches in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from tuireader.model import Activity
from tuireader.text import feed_name
from tuireader.wording.lines import sparkline
from tuireader.wording.times import until

BARS = 30
ORDERS: Mapping[str, Callable[[Activity], Any]] = {
    "opened": lambda item: (not item.articles, item.opened / (item.articles or 1), -item.articles),
    "articles": lambda item: -item.articles,
    "first": lambda item: (-item.first / (item.stories or 1), -item.stories),
    "name": lambda item: item.name.casefold(),
}


def in_order(items: Iterable[Activity], order: str) -> list[Activity]:
    """Sort feeds, then watches; equal ones stay as in the config."""
    return sorted(items, key=lambda item: (not item.feed_id, ORDERS[order](item)))


def columns(item: Activity) -> dict[str, str]:
    """Return the texts of a table; over many days, each of the `BARS` sums up several."""
    size = -(-len(item.days) // BARS)
    days = [*[0] * (-len(item.days) % size), *item.days]
    share = f"{item.opened / item.articles:.0%}" if item.articles else "–"
    return {
        "name": feed_name(item.name) if item.feed_id else f"◆ {item.name}",
        "a_day": f"{item.articles / len(item.days):.2f}" if item.articles else "–",
        "days": sparkline([sum(days[at : at + size]) for at in range(0, len(days), size)]),
        "weeks": sparkline(item.weeks),
        "opened": "never" if item.never_opened else share,
        "marked": str(item.marked or ""),
        "unread": str(item.unread or ""),
        "first": f"{item.first} of {item.stories}" if item.stories else "",
        "lag": until(item.lag) if item.lag else "",
    }
