"""Regular expressions compiled on first use."""

from __future__ import annotations

import re
from functools import cache


@cache
def regex(pattern: str) -> re.Pattern[str]:
    """Compile a pattern on first use, as most patterns are not needed to show the first list."""
    return re.compile(pattern)
