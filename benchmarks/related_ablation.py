"""What each rule of relating is worth: `related_ablation.py SET SET RELATED [NAME ...] [meaning]`.

The folders are background, related2 and related of the judged sets (docs/notes/relating.md). Each rule is
switched off in a process of its own, all of them or those named. Prints for the first two the recall and
precision of earlier articles, then of reports in other languages; then, unless RELATED is `-` as this takes
most of the time, its score and that of young libraries, the right and wrong pairs of the first two in one
row across languages, and the wrong ones of series; and how many lists of the first two differ. With
`meaning`, by meaning, too, but then the series and the young libraries are left out.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import related_languages
import related_young
import serials
from related_crossval import script
from related_ranking import fill_in, rows, save
from tuireader import ingest
from tuireader.store import Store

NOW = 1_796_000_000
SWITCHES = {
    "nothing": "",
    "tables: companies": "del concepts._NAME_TABLES['companies']",
    "tables: products": "del concepts._NAME_TABLES['products']",
    "tables: agencies": "del concepts._NAME_TABLES['agencies']",
    "tables: laws": "del concepts._NAME_TABLES['laws']",
    "tables: people": "del concepts._NAME_TABLES['people']",
    "tables: places": "del concepts._NAME_TABLES['places']",
    "tables: events": "concepts.Concepts.add_lower = without(concepts.EVENT)",
    "expected numbers of frequent names": "concepts._FREQUENT = ' '",
    "names in capitals only": "concepts.Concepts._is_written = lambda *parts: True",
    "parts of compounds": "concepts.Concepts._find_in_compound = lambda *parts: ()",
    "borders without blanks": "concepts._stands_alone = lambda *parts: True",
    "all tables of names": "without_names()",
    "all tables of names, and sounds": "without_names(); mentions.sound_term = lambda name: 0",
    "names that no table has": "mentions._is_unlisted_name = lambda *parts: False; without_words()",
    "names in katakana and Hangul": "without_words()",
    "names by their sounds": "mentions.sound_term = lambda name: 0",
    "names without capitals count less": "mentions._GUESSED = 1.0",
    "days and months are no amounts": "amounts._LAST_OF_MONTH = 0",
    "list of frequencies": "features.frequencies = lambda: frequencies.Frequencies({}, {})",
    "list of common words": "features.COMMON_HASHES = mentions.COMMON_HASHES = frozenset()",
    "pairs of words": "features._pair = lambda first, *others: first",
    "simplified characters": "features.simplified = words.simplified = lambda text: text",
    "Chinese and Japanese by characters": "across.share_characters = lambda *pair: False",
    "second voice": "rank._ASKED = 0",
    "own chance of background": "rank._ALONE = 0.0",
    "penalty for distance in order": "rank._EARLY = 0.0",
    "stored neighbours": "search.STORED = 0",
    "lower threshold of young libraries": "rank._FIRST_YOUNG = rank.FIRST",
    "one vouches for others": "rank.SHOWN = rank.FIRST",
    "own subject": "compare.own_subject = lambda *pair: 0.0",
    "copies by sentences": "relate._fold_copies = lambda *parts: None",
    "items of a series": "series.Series.differ = lambda *parts, strictly=False: False",
    "subjects without capitals": "series.Series._subjects_differ = lambda *parts: False",
    "names of chapters": "compare._CHAPTERS = 1e9",
    "narrowest time": "when.Span.holds = lambda *pair: False",
    "times: months": "drop('_months', '_cjk_months')",
    "times: ago": "drop('_ago')",
    "times: last week": "drop('_fixed')",
    "times: seasons, feasts": "drop('_seasons')",
    "times: years": "drop('_years')",
    "rare amounts": "telling.rare_amounts = lambda text: set()",
    "footers": "telling._FOOTER = re.compile('(?!)')",
    "lead": "telling._LEAD = 0",
    "short items": "telling._TOLD = 0",
    "one reference vouches": "limits(more=-1.0)",
    "worse than the best": "limits(worse=99.0)",
    "rivals in a sentence": "limits(rival=99.0)",
}
"""Python that switches a rule off, by its name."""
_SETUP = """
import re
from tuireader.ingest.relating import relate
from tuireader.related import across, compare, rank, referring, search, series
from tuireader.related.reading import amounts, concepts, features, frequencies, mentions, telling, when, words

def drop(*names):
    for name in ('_READERS', '_ASCII_READERS'):
        kept = [reader for reader in getattr(when, name) if reader[0].__name__ not in names]
        setattr(when, name, kept)

def limits(**off):
    for name in ('_LIMITS', '_LIMITS_MEANT'):
        first, more, worse, rival = getattr(referring, name)
        new = first, off.get('more', more), off.get('worse', worse), off.get('rival', rival)
        setattr(referring, name, new)

def without_names():
    for table in ('companies', 'products', 'agencies', 'laws', 'people'):
        del concepts._NAME_TABLES[table]

def without_words():
    mentions.foreign_words = lambda text: ()

def without(kind):
    add = concepts.Concepts.add_lower
    return lambda self, key, its, *parts: add(self, key, its, *parts) if its != kind else None
"""


def lists(data: Path, queries: Sequence[str], *, meaning: bool) -> dict[str, list[dict[str, str]]]:
    """What is shown for each query; all articles of the folder are one library."""
    with tempfile.TemporaryDirectory() as folder:
        every = Path(folder) / "articles.jsonl"
        paths = sorted(data.glob("*.articles.jsonl"))
        every.write_text("".join(path.read_text(encoding="utf-8") for path in paths), encoding="utf-8")
        store = Store.open(Path(folder) / "related.db")
        article_of = save(store, every, NOW)
        if meaning:
            fill_in(store)
        ids_of: dict[int, list[str]] = {}
        for row, article in article_of.items():
            ids_of.setdefault(article, []).append(row)
        shown = {}
        for query in queries:
            others = [{"id": row} for row in ids_of[article_of[query]] if row != query]
            for item in ingest.related(store, article_of[query]):
                said = {"type": item.relation.value, "sentence": item.sentence}
                for report in (item.article_id or 0, *item.other_reports):
                    others += [{"id": row, **said} for row in ids_of.get(report, ())]
            shown[query] = others
        store.close()
    return shown


def judged(folders: Sequence[str], *, meaning: bool) -> dict[str, Any]:
    """The figures of all sets, and the lists of the first two."""
    figures: list[float] = []
    every: dict[str, Any] = {}
    for folder in map(Path, folders[:2]):
        judge = script(Path(folders[0]) / "eval_background.py")
        first, second = (list(rows(folder / f"{name}.labels.jsonl")) for name in ("background", "crosslang"))
        queries = [label["id"] for label in first] + [label["id"] for label in second if label.get("story")]
        shown = lists(folder, queries, meaning=meaning)
        background, across = judge.score_background(first, shown)[0], judge.score_crosslang(second, shown)[0]
        figures += [background["R@5"], background["shownP"], across["R@5"], across["prec"]]
        every |= shown
    if folders[2] != "-":
        figures.append(related_score(Path(folders[2]), meaning=meaning))
        if not meaning:
            figures += [young_score(Path(folders[2])), *folds(folders[:2])]
    return {
        "figures": figures,
        "lists": {query: [one["id"] for one in shown] for query, shown in every.items()},
    }


def related_score(data: Path, *, meaning: bool) -> float:
    """The mean score of the collections."""
    judge = script(data / "eval_related.py")
    wanted, ignored = {}, set()
    for path in sorted(data.glob("*.labels.jsonl")):
        articles = list(rows(path.with_name(path.name.replace(".labels.", ".articles."))))
        wanted[path], left_out = judge.qrels(articles, list(rows(path)), 3.0)
        ignored |= left_out
    shown = lists(data, [query for queries in wanted.values() for query in queries], meaning=meaning)
    return statistics.fmean(judge.score(queries, shown, ignored)[0]["score"] for queries in wanted.values())


def young_score(data: Path) -> float:
    """The mean score of young libraries of all sizes."""
    sizes = related_young.SIZES
    return statistics.fmean(related_young.measure(data, size)["ALL"]["score"] for size in sizes)


def folds(folders: Sequence[str]) -> list[int]:
    """Right and wrong pairs in one row across languages, and wrong ones of series, each alone."""
    rows_of = [[*related_languages.folds(Path(folder))][-1] for folder in folders]
    series = [found for when in (False, True) for found in serials.alone(as_published=when)]
    wrong = sum(len(found.folded) + len(found.across) for found in series)
    return [sum(row[1] for row in rows_of), sum(row[3] for row in rows_of), wrong]


def compared(names: Sequence[str], arguments: Sequence[str]) -> Iterator[tuple[str, Mapping[str, Any], int]]:
    """Yield the figures without each rule, and how many lists differ from those with all of them."""
    before: Mapping[str, Any] = {}
    for name in ["nothing", *names]:
        command = [sys.executable, __file__, *arguments, f"without={name}"]
        found = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        before = before or found["lists"]
        yield name, found, sum(found["lists"][query] != shown for query, shown in before.items())


def main(*words: str) -> None:
    """Print a line for each rule."""
    folders, meaning = words[:3], "meaning" in words[3:]
    arguments = [*folders, *(["meaning"] if meaning else [])]
    if words[-1].startswith("without="):
        known: dict[str, Any] = {}
        exec(_SETUP + SWITCHES[words[-1].partition("=")[2]], known)
        print(json.dumps(judged(folders, meaning=meaning)))
        return
    names = [name for name in words[3:] if name != "meaning"] or [*SWITCHES][1:]
    for name, found, changed in compared(names, arguments):
        print(
            f"{name:36s}" + "".join(f"{figure:8.3f}"[:8] for figure in found["figures"]),
            f"{changed:5d}",
            flush=True,
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
