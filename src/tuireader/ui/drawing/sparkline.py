"""Numbers as a line of small bars."""

from __future__ import annotations

from collections.abc import Sequence

_BARS = "▁▂▃▄▅▆▇█"


def sparkline(numbers: Sequence[int]) -> str:
    """Return a bar for each number, the tallest for the maximum, the lowest only for 0."""
    most = max(numbers, default=0)
    steps = len(_BARS) - 1
    return "".join(_BARS[-(-number * steps // most) if number > 0 else 0] for number in numbers)
