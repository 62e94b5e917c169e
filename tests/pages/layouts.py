"""Web pages in the layouts of real ones, with the articles that they have."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urljoin

from tuireader.pages.items import Item

DATA = Path(__file__).parent.parent / "data" / "pages"
SITE = "https://site.example/"
NOW = int(datetime(2026, 11, 26, 12, tzinfo=UTC).timestamp())
LAYOUTS = tuple(sorted(path.stem for path in DATA.glob("*.html")))
HELD_OUT = tuple(sorted(f"held-out/{path.stem}" for path in (DATA / "held-out").glob("*.html")))
"""Layouts made when the search for blocks was finished: 8 of 11 were right at once, the others since.

Three later sets of ten, each written before it was measured and corrected after, were right in 7, 6 and 10 of
10 at once. What failed first is among LAYOUTS.
"""

Article = tuple[str, str, str | None]
"""Title, address and day."""


def page(name: str) -> str:
    return (DATA / f"{name}.html").read_text(encoding="utf-8")


def wanted(name: str) -> list[Article]:
    rows = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    return [(title, link, day) for title, link, day in rows]


def articles(items: Sequence[Item]) -> list[Article]:
    return [
        (
            title,
            urljoin(SITE, link),
            None if time is None else f"{datetime.fromtimestamp(time, UTC):%Y-%m-%d}",
        )
        for title, link, time, _ in items
    ]
