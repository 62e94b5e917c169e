"""Search: how long the library takes for the first 50 hits, for the 50 most relevant, and for up to 2,000.

The queries are what people type: frequent and rare words, names, phrases, alternatives, what is left out,
prefixes, Chinese, NEAR, regular expressions, fields, states, and nonsense; and a name letter by letter, as
it is typed. The database is that of `corpus.py`. Milliseconds of wall clock, or with `--cpu` of CPU time,
which is steadier beside other work.

  python benchmarks/search.py [--articles 100000] [--runs 5] [--database FOLDER] [--cpu] [--meaning]

`--database` names a folder that `corpus.py` has filled; else it is filled for the occasion. `--meaning`
measures searches by meaning instead, with the extra: the first one, which loads the encoder, and later ones,
with CPU time and memory of the process that ranks. The vectors are those of titles, with noise.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import corpus
from tuireader.config import Paths, load
from tuireader.library import Library
from tuireader.store import Store

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


LIKE = (
    'like:"licences of software"',
    'like:"licences of software" is:unread',
    'like:"licences" openai',
    "like:@100",
)


def give_vectors(store: Store) -> None:
    """Store a vector for each article: that of one of 256 titles, with noise."""
    from tuireader.subprocesses import encoder

    rows = store.lists.rows(store.meaning.unknown(256))
    titles, _ = encoder.answer(([row.title for row in rows], (), ()))
    noise, values = random.Random(1), []
    for article in store.meaning.unknown(1 << 40):
        vector = bytearray(titles[article % len(titles)])
        for at in range(0, len(vector), 3):
            vector[at] = noise.randrange(256)
        values.append((article, 0, "en", bytes(vector)))
    with store.transaction():
        store.meaning.use(encoder.encoder())
        store.meaning.add(values)


def worker(library: Library) -> tuple[float, float]:
    """CPU seconds of the process that ranks, and its memory in MB at most."""
    ranker = library.meanings.ranker
    assert ranker is not None and ranker.process is not None
    folder = Path(f"/proc/{ranker.process.pid}")
    ticks = (folder / "stat").read_text().rpartition(")")[2].split()[11:13]
    peak = next(line for line in (folder / "status").read_text().splitlines() if line.startswith("VmHWM"))
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK"), int(peak.split()[1]) / 1024


async def measure_meaning(folder: Path, runs: int, clock: Callable[[], float]) -> None:
    """Print what the first search by meaning takes, and later ones."""
    config, _ = load(folder / "config.toml")
    library = await Library.open(config, Paths(folder / "config.toml", folder / "news.db", folder, folder))
    await library.context.pool.write(give_vectors)
    (first,), hits = await timed(library, LIKE[0], 1, clock, likes=True)
    seconds, peak = worker(library)
    print(f"first: {first:,.0f} ms, {seconds:.2f} s of CPU and {peak:,.0f} MB in the process that ranks")
    for query in LIKE:
        before, _ = worker(library)
        taken, hits = await timed(library, query, 10 * runs, clock, likes=True)
        cpu = 1000 * (worker(library)[0] - before) / (10 * runs)
        print(f"{query:<42}{hits:>6} p50 {at(taken, 0.5):.1f} p95 {at(taken, 0.95):.1f}, CPU {cpu:.1f} ms")
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
    parser.add_argument("--meaning", action="store_true")
    options = parser.parse_args()
    run = measure_meaning if options.meaning else measure
    clock = time.process_time if options.cpu else time.perf_counter
    if options.database:
        asyncio.run(run(options.database, options.runs, clock))
        return
    with TemporaryDirectory() as folder:
        corpus.fill(Path(folder), options.articles)
        asyncio.run(run(Path(folder), options.runs, clock))


if __name__ == "__main__":
    main()
