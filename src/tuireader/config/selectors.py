"""Check the CSS selectors of feeds, which a start of the reader skips."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

from tuireader.config.problems import Problem, caret, line_of
from tuireader.config.toml_lines import key_lines
from tuireader.pages.selectors import problem

KEYS = ("items", "item_title", "item_link", "item_date", "item_summary", "next_page", "select")
"""Keys of a feed with selectors."""


def selector_problems(text: str, name: str) -> list[Problem]:
    """Return problems of unusable selectors in a valid configuration; `name` is the file."""
    lines: dict[str, int] = {}
    for where, line in key_lines(text):
        lines.setdefault(where, line)
    found: list[Problem] = []
    for path, selector in _selectors(tomllib.loads(text.removeprefix("\ufeff"))):
        if bad := problem(selector):
            detail = caret(selector, bad.position)
            found.append(Problem(path, str(bad), line_of(path, lines), file=name, detail=detail))
    return found


def _selectors(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield path and text of each selector."""
    tables = data.get("feeds")
    for number, table in enumerate(tables if isinstance(tables, list) else [tables], 1):
        for key in KEYS:
            if isinstance(table, dict) and isinstance(value := table.get(key), str) and value:
                yield f"feeds[{number}].{key}", value
