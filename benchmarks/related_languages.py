"""Folding across languages: `related_languages.py [--meaning] DATA [LIBRARY ...]`.

DATA holds `crosslang.articles.jsonl` with `crosslang.labels.jsonl` and `background.articles.jsonl`; each
LIBRARY is a file with further articles, which belong to none of them. Prints how many pairs of reports in
different languages have one story, and one row, and how many of those belong together.
"""

from __future__ import annotations

import itertools
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from related_ranking import fill_in, rows, save
from tuireader.store import Store


def main(data: str, *libraries: str, by_meaning: bool = False) -> None:
    """Print the figures for articles that come feed by feed, and as they are published."""
    for what, right, wanted, wrong in folds(Path(data), map(Path, libraries), by_meaning=by_meaning):
        print(f"{what}: {right} of {wanted} pairs, {wrong} wrong")


def folds(
    data: Path, libraries: Iterable[Path] = (), *, by_meaning: bool = False
) -> Iterator[tuple[str, int, int, int]]:
    """Yield what was counted: the right pairs, all pairs that belong together, and the wrong ones."""
    labels = {row["id"]: row for row in rows(data / "crosslang.labels.jsonl")}
    paths = [data / f"{name}.articles.jsonl" for name in ("crosslang", "background")]
    text = "".join(path.read_text(encoding="utf-8") for path in (*paths, *libraries))
    for as_published in (False, True):
        with tempfile.TemporaryDirectory() as folder:
            every = Path(folder) / "articles.jsonl"
            every.write_text(text, encoding="utf-8")
            store = Store.open(Path(folder) / "related.db")
            article_of = save(store, every, int(time.time()), as_published=as_published)
            if by_meaning:
                fill_in(store)
            articles = sorted(set(article_of.values()))
            languages = store.references.languages(articles)
            story_of = store.relations.stories(articles)
            row_of = {row.id: row.fold or -row.id for row in store.lists.rows(articles)}
            store.close()
        for what, folded in (("story", story_of), ("row", row_of)):
            language_of = {row: languages[article] for row, article in article_of.items()}
            groups = {row: folded[article] for row, article in article_of.items()}
            how = "as published" if as_published else "feed by feed"
            yield f"one {what}, coming {how}", *_counted(groups, language_of, labels)


def _counted(
    group_of: Mapping[str, int], language_of: Mapping[str, str], labels: Mapping[str, Mapping[str, str]]
) -> tuple[int, int, int]:
    members: dict[int, list[str]] = {}
    for row, group in group_of.items():
        members.setdefault(group, []).append(row)
    right = wrong = 0
    for rows_ in members.values():
        for one, other in itertools.combinations(rows_, 2):
            if language_of[one] != language_of[other] and (one in labels or other in labels):
                if _together(labels, one, other):
                    right += 1
                else:
                    wrong += 1
    wanted = sum(
        _together(labels, one, other) and labels[one]["lang"] != labels[other]["lang"]
        for one, other in itertools.combinations(labels, 2)
    )
    return right, wanted, wrong


def _together(labels: Mapping[str, Mapping[str, str]], one: str, other: str) -> bool:
    story = labels.get(one, {}).get("story")
    return bool(story) and story == labels.get(other, {}).get("story")


if __name__ == "__main__":
    words = [word for word in sys.argv[1:] if word != "--meaning"]
    main(*words, by_meaning=len(words) < len(sys.argv) - 1)
