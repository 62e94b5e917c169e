"""Tables of `tables.toml`: what newsboat's settings and operations become here, or why nothing."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_TABLES: Mapping[str, Any] = tomllib.loads(Path(__file__).with_name("tables.toml").read_text("utf-8"))


def table(*path: str) -> dict[str, str]:
    """Map the names of a table to their texts; names with the same text share a line of the file."""
    texts: Any = _TABLES
    for key in path:
        texts = texts.get(key, {})
    return {name: text for names, text in texts.items() for name in names.split()}
