"""Regular expressions compiled on first use."""

from __future__ import annotations

import re
from functools import cache


@cache
def regex(pattern: str) -> re.Pattern[str]:
    """Compile on first use: the list is on the screen before most patterns are needed."""
    return re.compile(pattern)
