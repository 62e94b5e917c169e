"""Check the CSS selectors of feeds, which a start of the reader skips."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

from tuireader.config.problems import Problem, caret, line_of
from tuireader.config.toml_lines import key_lines
from tuireader.pages.selectors import problem

ITEM_KEYS = ("items", "item_title", "item_link", "item_date", "item_summary", "next_page")
"""Keys of a feed with selectors of the articles of a page, in the order of a form."""
SELECTOR_KEYS = (*ITEM_KEYS, "select")


def selector_problems(text: str, name: str) -> list[Problem]:
    """Describe unusable selectors in a valid configuration; `name` is the file."""
    lines = dict(key_lines(text))
    problems: list[Problem] = []
    for path, selector in _selectors(tomllib.loads(text.removeprefix("\ufeff"))):
        if unusable := problem(selector):
            detail = caret(selector, unusable.position)
            problems.append(Problem(path, str(unusable), line_of(path, lines), file=name, detail=detail))
    return problems


def _selectors(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield pairs such as `feeds[2].items` and `li.news`."""
    tables = data.get("feeds")
    for number, table in enumerate(tables if isinstance(tables, list) else [tables], 1):
        for key in SELECTOR_KEYS:
            if isinstance(table, dict) and isinstance(value := table.get(key), str) and value:
                yield f"feeds[{number}].{key}", value
