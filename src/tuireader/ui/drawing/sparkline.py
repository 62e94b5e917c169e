"""Numbers of days as a line of small bars. Pure."""

from __future__ import annotations

from collections.abc import Sequence

_BARS = "▁▂▃▄▅▆▇█"


def sparkline(numbers: Sequence[int]) -> str:
    """A bar for each number, the tallest for the greatest; only a day with nothing has the lowest bar."""
    most = max(numbers, default=0)
    steps = len(_BARS) - 1
    return "".join(_BARS[-(-number * steps // most) if number > 0 else 0] for number in numbers)
