"""Read values of JSON objects from outside, each of which may have the wrong type."""

from __future__ import annotations

import re
from typing import Any

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


def text_of(data: dict[str, Any], key: str) -> str:
    """Return a text or a number as text, `""` for anything else; characters that XML forbids are replaced."""
    value = data.get(key)
    if isinstance(value, str):
        return _ILLEGAL.sub("\ufffd", value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return ""


def list_of(data: dict[str, Any], key: str) -> list[Any]:
    """Return a list, an empty one for anything else."""
    value = data.get(key)
    return value if isinstance(value, list) else []
