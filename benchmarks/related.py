"""Relating, measured: `related.py DATA [SIZE ...]`.

DATA holds labelled collections (`<name>.articles.jsonl`, `<name>.labels.jsonl`) and `eval_related.py`, which
scores what `related_ranking.py` shows. Then: which pairs fold into one row, in the program's own
store, and how many of those belong together, for articles that come feed by feed as at a first refresh, and
for articles that come as they are published; and what `serials.py` prints. Then, for each SIZE, what
`related_cost.py` prints.
"""

from __future__ import annotations

import itertools
import shlex
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import related_cost
import serials
from related_ranking import rows, save
from tuireader.store import Store

NEAR = 3 * 86_400


@dataclass(frozen=True, slots=True)
class Judged:
    """What is known of a row of the data. `story` is empty where nothing else is of its story."""

    collection: str
    story: str
    published: float | None


def quality(data: Path) -> None:
    """Score what the reader shows, with the script that comes with the data."""
    here = Path(__file__).parent / "related_ranking.py"
    command = f"{shlex.quote(sys.executable)} {shlex.quote(str(here))} {{articles}} {{queries}} ids"
    subprocess.run([sys.executable, str(data / "eval_related.py"), str(data), "--cmd", command], check=True)


# --------------------------------------------------------------------------- folding


def folding(data: Path, *, as_published: bool) -> None:
    """Let all articles arrive in a store and count the pairs that it folds into one row."""
    judged, background = judgements(data)
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(Path(folder) / "related.db")
        every = Path(folder) / "articles.jsonl"
        names = sorted(data.glob("*.articles.jsonl"))
        every.write_text("".join(path.read_text(encoding="utf-8") for path in names), encoding="utf-8")
        article_of = save(store, every, int(time.time()), as_published=as_published)
        articles = sorted(set(article_of.values()))
        story_of = store.relations.stories(articles)
        row_of = {row.id: row.fold or -row.id for row in store.lists.rows(articles)}
        store.close()
    arrival = "as published" if as_published else "feed by feed"
    _print_folds(f"pairs in one story, coming {arrival}", article_of, story_of, judged, background)
    _print_folds(f"pairs in one row, coming {arrival}", article_of, row_of, judged, background)


def _print_folds(
    what: str,
    article_of: Mapping[str, int],
    story_of: Mapping[int, int],
    judged: Mapping[str, Judged],
    background: Collection[str],
) -> None:
    right, wrong, near = count_pairs(article_of, story_of, judged, background)
    wanted = wanted_pairs(list(judged.values()))
    print(f"\n{what}\n{'':12s}{'right':>8s}{'wrong':>8s}{'precision':>11s}{'recall':>8s}")
    for name in sorted(wanted):
        _print_pairs(name, right[name], wrong[name], near[name], wanted[name])
    _print_pairs("ALL", right.total(), wrong.total(), near.total(), sum(wanted.values()))


def count_pairs(
    article_of: Mapping[str, int],
    story_of: Mapping[int, int],
    judged: Mapping[str, Judged],
    background: Collection[str],
) -> tuple[Counter[str], Counter[str], Counter[str]]:
    """The pairs of one row by collection: those that belong together, those that do not, and of the first
    those of the same days."""
    folded: dict[int, list[str]] = {}
    for row, article in article_of.items():
        if row in judged or row in background:
            folded.setdefault(story_of[article], []).append(row)
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    near: Counter[str] = Counter()
    for members in folded.values():
        for one, other in itertools.combinations(members, 2):
            mine, theirs = judged.get(one), judged.get(other)
            if mine is None or theirs is None or not _together(mine, theirs):
                known = mine or theirs
                wrong[known.collection if known else ""] += 1
            else:
                right[mine.collection] += 1
                near[mine.collection] += _near(mine, theirs)
    del wrong[""]  # of two articles without a label nothing is known
    return right, wrong, near


def judgements(data: Path) -> tuple[dict[str, Judged], set[str]]:
    """The labelled rows by id, without those to be ignored; and the rows of the background."""
    judged: dict[str, Judged] = {}
    background: set[str] = set()
    for path in sorted(data.glob("*.articles.jsonl")):
        name = path.name.removesuffix(".articles.jsonl")
        at = data / f"{name}.labels.jsonl"
        labels = {row["id"]: row for row in rows(at)} if at.exists() else None
        for row in rows(path):
            label = None if labels is None else labels.get(row["id"], {})
            if label is None:
                background.add(row["id"])
            elif not label.get("ignore"):
                when = row.get("published")
                time = datetime.fromisoformat(when).timestamp() if when else None
                judged[row["id"]] = Judged(name, label.get("story") or "", time)
    return judged, background


def _together(one: Judged, other: Judged) -> bool:
    return bool(one.story) and (one.collection, one.story) == (other.collection, other.story)


def _near(one: Judged, other: Judged) -> bool:
    """Whether they are of the same days; what has no date counts as such."""
    if one.published is None or other.published is None:
        return True
    return abs(one.published - other.published) <= NEAR


def wanted_pairs(judged: Sequence[Judged]) -> Mapping[str, int]:
    """How many pairs of one story are of the same days."""
    stories: dict[tuple[str, str], list[Judged]] = {}
    for one in judged:
        if one.story:
            stories.setdefault((one.collection, one.story), []).append(one)
    return Counter(
        name
        for (name, _), members in stories.items()
        for one, other in itertools.combinations(members, 2)
        if _near(one, other)
    )


def _print_pairs(name: str, right: int, wrong: int, near: int, wanted: int) -> None:
    precision, recall = right / max(1, right + wrong), near / max(1, wanted)
    print(f"{name:12s}{right:8d}{wrong:8d}{precision:11.3f}{recall:8.3f}")


def main(data: str, *sizes: str) -> None:
    """Print all figures; those of the costs as one JSON object a line."""
    quality(Path(data))
    folding(Path(data), as_published=False)
    folding(Path(data), as_published=True)
    serials.measure(Path(data))
    related_cost.main(*sizes)


if __name__ == "__main__":
    main(*sys.argv[1:])
