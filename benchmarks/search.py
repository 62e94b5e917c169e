"""Search: how long the library takes for the first 50 hits, for the 50 most relevant, and for up to 2,000.

The queries are what people type: frequent and rare words, names, phrases, alternatives, what is left out,
prefixes, Chinese, NEAR, regular expressions, fields, states, and nonsense; and a name letter by letter, as
it is typed. The database is that of `corpus.py`. Milliseconds of wall clock, or with `--cpu` of CPU time,
which is steadier beside other work.

  python benchmarks/search.py [--articles 100000] [--runs 5] [--database FOLDER] [--cpu]

`--database` names a folder that `corpus.py` has filled; else it is filled for the occasion.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import corpus
from tuireader.config import Paths, load
from tuireader.library import Library

QUERIES = {
    "frequent word": ("the", "openai", "license"),
    "name": ("OpenAI", "WeChat", "RISC-V", "C++", ".NET"),
    "several words": ("openai license upcoming", "the of to and"),
    "phrase": ('"the upcoming"', '"OpenAI license"', '"million of"'),
    "OR": ("wechat OR quokka", "the OR openai OR license"),
    "NOT": ("-the", "openai -license", "NOT (wechat OR tesla)", "-quokka"),
    "prefix": ("lic*", "t*", "*soft", "*chat*"),
    "Chinese": ("微信", "半导体", "微 信", "発表"),
    "NEAR": ("openai NEAR/5 license", "the NEAR/2 upcoming", "wechat NEAR quokka"),
    "regex": ("/Open[A-Z]I/", "title:/^Why .*\\?$/"),
    "fields": ("title:openai", "author:a", "feed:Daily", "url:news7", "label:ai", "watch:WeChat"),
    "states": ("is:starred", "is:unread openai", "age:<30d the", "after:2025-03-01 license"),
    "nonsense": ("xqzzy", "asdf qwer", "zzz*", '"no such phrase"', "🚀"),
    "as typed": tuple("semiconductor"[:end] + "*" * (end > 1) for end in range(1, 14)),
}


async def timed(
    library: Library, query: str, runs: int, clock: Callable[[], float], **how: object
) -> tuple[list[float], int]:
    """Milliseconds of each run, and how many articles were found."""
    taken, hits = [], 0
    for _ in range(runs):
        start = clock()
        found, problem = await library.searches.run(query, **how)  # type: ignore[arg-type]
        taken.append((clock() - start) * 1000)
        assert not problem, problem
        hits = len(found)
    return taken, hits


def at(values: Sequence[float], share: float) -> float:
    """The value below which this share of the values is."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


async def measure(folder: Path, runs: int, clock: Callable[[], float]) -> None:
    """Print the table."""
    config, _ = load(folder / "config.toml")
    paths = Paths(folder / "config.toml", folder / "news.db", folder, folder)
    library = await Library.open(config, paths)
    print(f"{'':<14}{'query':<28}{'hits':>6}{'first 50':>18}{'50 most relevant':>18}{'up to 2,000':>18}")
    print(f"{'':<48}" + f"{'p50':>9}{'p95':>9}" * 3)
    ways: tuple[dict[str, object], ...] = ({"limit": 50}, {"limit": 50, "ranked": True}, {"limit": 2000})
    all_taken: list[list[float]] = [[] for _ in ways]
    for kind, queries in QUERIES.items():
        for query in queries:
            cells, hits = "", 0
            for way, every in zip(ways, all_taken, strict=True):
                taken, hits = await timed(library, query, runs, clock, **way)
                every += taken
                cells += f"{at(taken, 0.5):>9.1f}{at(taken, 0.95):>9.1f}"
            print(f"{kind:<14}{query:<28}{hits:>6}{cells}")
    print(f"{'all':<48}" + "".join(f"{at(taken, 0.5):>9.1f}{at(taken, 0.95):>9.1f}" for taken in all_taken))
    await library.close()


def main() -> None:
    """Fill a database if none is given, then measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--database", type=Path)
    parser.add_argument("--cpu", action="store_true")
    options = parser.parse_args()
    clock = time.process_time if options.cpu else time.perf_counter
    if options.database:
        asyncio.run(measure(options.database, options.runs, clock))
        return
    with TemporaryDirectory() as folder:
        corpus.fill(Path(folder), options.articles)
        asyncio.run(measure(Path(folder), options.runs, clock))


if __name__ == "__main__":
    main()
