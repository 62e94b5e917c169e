"""Print which watches match which articles: `watch_matches.py ENTRIES.json ARTICLES.jsonl`.

An entry of the first file (`id`, `any`, `all`, `none`, `fields`, `feeds`, `exact`) becomes a `[[watch]]`
of the same name, an article of the second (`id`, `title`, `summary` as HTML, `url`, `feed`) is matched as at
its arrival. One JSON object a line: `{"id": ARTICLE, "entries": [WATCH, …]}`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from tuireader.text import plain
from tuireader.watch import Matcher, Subject, WatchRule


def rule(entry: dict[str, Any]) -> WatchRule:
    """The watch that an entry describes."""
    return WatchRule(
        name=entry["id"],
        any=tuple(entry.get("any", ())),
        all=tuple(tuple(group) for group in entry.get("all", ())),
        none=tuple(entry.get("none", ())),
        fields=tuple(entry.get("fields", ("title", "summary"))),
        feeds=tuple(entry.get("feeds", ())),
        exact=entry.get("exact", False),
    )


def main(entries: str, articles: str) -> None:
    """Match every article and print what it is on."""
    matcher = Matcher([rule(entry) for entry in json.loads(Path(entries).read_text("utf-8"))["entries"]])
    for problem in matcher.problems:
        print(f"{problem.watch}: {problem.message}", file=sys.stderr)
    with Path(articles).open(encoding="utf-8") as lines:
        for line in filter(str.strip, lines):
            article = json.loads(line)
            subject = Subject(
                title=plain(article["title"]),
                summary=plain(article["summary"]),
                url=article.get("url") or "",
                feed=article.get("feed") or "",
            )
            found = [evidence.watch for evidence in matcher.match(subject)]
            if found:
                print(json.dumps({"id": article["id"], "entries": found}))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
