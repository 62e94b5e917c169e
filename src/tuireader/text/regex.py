"""Regular expressions that are compiled when they are first used."""

from __future__ import annotations

import re
from functools import cache


@cache
def regex(pattern: str) -> re.Pattern[str]:
    """Compile at first use: the list is on the screen before most of them are needed."""
    return re.compile(pattern)
