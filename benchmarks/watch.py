"""Watch throughput: how long matching takes at arrival, and over all stored articles, by number of terms.

Articles and terms are made here, the same at every run: Zipf-distributed invented words with some names,
phrases and Chinese among them, about 2 KB of text each, a twelfth of them Chinese. Each term is a watch of
its own, as in the worst case. Times are CPU times on one core; what is measured on fewer articles is scaled.

  python benchmarks/watch.py [--articles 5000] [--terms 10 100 1000 10000] [--stored 100000] [--store N]
  python benchmarks/watch.py --log N
  python benchmarks/watch.py --rules 100 [--articles 5000]

With `--store N` the program's own library re-applies all terms over a database of N such articles instead.
With `--log N`, N such articles arrive, every tenth of which is matched; then a watch is new that matches all
of them, and all are marked as read: how much of that is the chain of records in the log of matches.
With `--rules N`, articles arrive under N rules, one of which acts on every second article: what the rules
take of the transaction, compared with one without rules.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import shutil
import sqlite3
import time
from collections.abc import Callable, Sequence
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec.structs import replace

from tuireader import ingest
from tuireader.config import Config, FeedConfig, Paths, RuleConfig, WatchConfig
from tuireader.ingest.saving import act
from tuireader.lexicon import TOKENIZER, fold, indexed
from tuireader.library import Library
from tuireader.model import Action, ActionKind, ParsedEntry
from tuireader.model.cases import verify
from tuireader.query.tree import phrase
from tuireader.store import Store
from tuireader.store.watches.records import Records
from tuireader.watch import Decided, Matcher, RuleBook, Subject, WatchRule, lookup

_SYLLABLES = "ba ko mi ren tas vol qua ner dis sha lim por ek zun fra get hol iva jum wex".split()  # noqa: SIM905
_HAN = "云图团队发布新手机芯片公司电池网络安全数据平台监管用户支付智能汽车市场研究报告系统服务中国日本开源"
_WORDS = 20_000


def vocabulary(chance: random.Random) -> list[str]:
    """Invented words, the most frequent first and short."""
    found: dict[str, None] = {}
    while len(found) < _WORDS:
        size = 1 + min(3, len(found) // 60) if len(found) < 180 else chance.choice((2, 3, 3, 4))
        found["".join(chance.choices(_SYLLABLES, k=size)) + chance.choice(("", "s", "ed", "y"))] = None
    return list(found)


def articles(count: int, known: Sequence[str], chance: random.Random) -> list[Subject]:
    """Articles of about 2 KB with a title of some words."""
    weights = list(accumulate(1 / (rank + 3) for rank in range(len(known))))
    made = []
    for number in range(count):
        if number % 12 == 11:
            body = "。".join("".join(chance.choices(_HAN, k=chance.randrange(8, 30))) for _ in range(36))
            made.append(Subject(title=body[:18], body=body))
            continue
        text = chance.choices(known, cum_weights=weights, k=310)
        for at in range(0, len(text), 9):
            text[at] = text[at].capitalize()
        sentences = [" ".join(text[at : at + 14]) for at in range(0, len(text), 14)]
        body = "’s. ".join(sentences) if number % 3 else ". ".join(sentences)
        made.append(Subject(title=" ".join(text[3:12]), body=body))
    return made


def terms(count: int, known: Sequence[str], chance: random.Random) -> list[str]:
    """Half are words, a third phrases, the rest Chinese, prefixes, acronyms and names with signs."""
    rare = [*known[12_000:], *(f"{a}{b}" for a, b in zip(known[:9000], known[9000:18_000], strict=True))]
    found: dict[str, None] = {}
    while len(found) < count:
        kind = chance.random()
        word = chance.choice(rare)
        if kind < 0.5:
            found[chance.choice((word, word.capitalize()))] = None
        elif kind < 0.82:
            found[f"{chance.choice(known[1000:6000])} {word}"] = None
        elif kind < 0.9:
            found["".join(chance.choices(_HAN, k=chance.choice((3, 4, 5))))] = None
        elif kind < 0.95 and len(word) > 14:
            found[f"{word[:12]}*"] = None
        elif kind < 0.98:
            found[word[:5].upper()] = None
        else:
            found[f"{word}++"] = None
    return list(found)


def text_of(article: Subject) -> str:
    """Title and body as one text, for the alternatives that know no fields."""
    return f"{article.title}\n{article.body}"


def timed(work: Callable[[], object]) -> tuple[float, object]:
    """CPU seconds of the faster of two runs, and the result."""
    best, result = 1e9, None
    for _ in range(2):
        start = time.process_time()
        result = work()
        best = min(best, time.process_time() - start)
    return best, result


def by_matcher(rules: Sequence[WatchRule], subjects: Sequence[Subject]) -> tuple[float, int]:
    """Our own matcher with evidence: seconds an article, matches."""
    matcher = Matcher(rules)
    matcher.match(subjects[0])
    seconds, found = timed(lambda: sum(len(matcher.match(subject)) for subject in subjects))
    assert isinstance(found, int)
    return seconds / len(subjects), found


def by_index(rules: Sequence[WatchRule], subjects: Sequence[Subject]) -> tuple[float, int]:
    """Re-application as the store does it: the index decides, or names candidates for the matcher."""
    conn = _index(subjects)

    def work() -> int:
        decided, hits = 0, dict[int, list[str]]()
        for rule in rules:
            way = lookup(rule)
            if way.fts is not None:
                found = conn.execute("SELECT rowid FROM search WHERE search MATCH ?", (way.fts,)).fetchall()
                if way.exact:
                    decided += len(found)
                    continue
                for (number,) in found:
                    hits.setdefault(number, []).append(rule.name)
        left = sum(len(matcher.match(subjects[number], names=names)) for number, names in hits.items())
        return decided + left

    matcher = Matcher(rules)
    seconds, found = timed(work)
    assert isinstance(found, int)
    return seconds / len(subjects), found


def _index(subjects: Sequence[Subject]) -> sqlite3.Connection:
    conn = sqlite3.connect(":memory:")
    conn.execute(
        f"CREATE VIRTUAL TABLE search USING fts5(title, body, author, content='', tokenize='{TOKENIZER}')"
    )
    rows = ((n, indexed(item.title), indexed(item.body)) for n, item in enumerate(subjects))
    conn.executemany("INSERT INTO search(rowid, title, body) VALUES (?, ?, ?)", rows)
    conn.execute("INSERT INTO search(search) VALUES ('optimize')")
    return conn


def by_alternation(wanted: Sequence[str], subjects: Sequence[Subject]) -> float:
    """One regular expression of all terms over lower-cased text, without our rules."""
    choices = "|".join(re.escape(fold(term).strip("*")) for term in sorted(wanted, key=len, reverse=True))
    pattern = re.compile(rf"(?<!\w)(?:{choices})")
    few = subjects[: max(20, 100_000 // len(wanted) // 4)]
    seconds, _ = timed(lambda: sum(len(set(pattern.findall(text_of(item).lower()))) for item in few))
    return seconds / len(few)


def by_substring(wanted: Sequence[str], subjects: Sequence[Subject]) -> float:
    """`term in text` for each term, without word boundaries."""
    folded = [fold(term).strip("*") for term in wanted]
    few = subjects[: max(50, 400_000 // len(wanted))]
    seconds, _ = timed(
        lambda: sum(term in text for text in map(str.lower, map(text_of, few)) for term in folded)
    )
    return seconds / len(few)


def by_aho_corasick(wanted: Sequence[str], subjects: Sequence[Subject]) -> float | None:
    """The pyahocorasick library (C), if it is there, without word boundaries."""
    try:
        import ahocorasick  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        return None
    automaton = ahocorasick.Automaton()
    for number, term in enumerate(wanted):
        automaton.add_word(fold(term).strip("*"), number)
    automaton.make_automaton()
    seconds, _ = timed(lambda: sum(len(set(automaton.iter(text_of(item).lower()))) for item in subjects))
    return seconds / len(subjects)


def by_rust_aho_corasick(wanted: Sequence[str], subjects: Sequence[Subject]) -> float | None:
    """The ahocorasick_rs library (Rust), if it is there, without word boundaries."""
    try:
        import ahocorasick_rs  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        return None
    automaton = ahocorasick_rs.AhoCorasick([fold(term).strip("*") for term in wanted])
    found = automaton.find_matches_as_indexes
    seconds, _ = timed(
        lambda: sum(len(set(found(text_of(item).lower(), overlapping=True))) for item in subjects)
    )
    return seconds / len(subjects)


def by_re2(wanted: Sequence[str], subjects: Sequence[Subject]) -> float | None:
    """A set of the google-re2 library, if it is there, without word boundaries."""
    try:
        import re2  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        return None
    options = re2.Options()
    options.max_mem = 1 << 30
    patterns = re2.Set.SearchSet(options)
    for term in wanted:
        patterns.Add(re2.escape(fold(term).strip("*")))
    patterns.Compile()
    seconds, _ = timed(lambda: sum(len(patterns.Match(text_of(item).lower()) or ()) for item in subjects))
    return seconds / len(subjects)


def by_queries(wanted: Sequence[str], subjects: Sequence[Subject]) -> float:
    """One FTS5 query a term over the words as they are, without our rules."""
    conn = sqlite3.connect(":memory:")
    conn.execute("CREATE VIRTUAL TABLE plain USING fts5(body, content='')")
    rows = ((n, text_of(item)) for n, item in enumerate(subjects))
    conn.executemany("INSERT INTO plain(rowid, body) VALUES (?, ?)", rows)
    conn.execute("INSERT INTO plain(plain) VALUES ('optimize')")
    asked = [f'"{term.strip("*")}"' + " *" * term.endswith("*") for term in wanted]
    sql = "SELECT rowid FROM plain WHERE plain MATCH ?"
    seconds, _ = timed(lambda: sum(len(conn.execute(sql, (one,)).fetchall()) for one in asked))
    return seconds / len(subjects)


FEEDS = (FeedConfig("http://127.0.0.1:9/feed"),)


def paths(folder: Path) -> Paths:
    """A home in a folder."""
    return Paths(folder / "config.toml", folder / "news.db", folder, folder)


async def filled(folder: Path, subjects: Sequence[Subject], stored: int) -> None:
    """Make a database of `stored` articles and no watch."""
    library = await Library.open(Config(feeds=FEEDS), paths(folder))
    await library.close()
    store = Store.open(paths(folder).database)
    for start in range(0, stored, 500):
        entries = [
            ParsedEntry(
                guid=str(n), title=f"{item.title} {n}", published=n, content_html=f"<p>{item.body}</p>"
            )
            for n in range(start, min(start + 500, stored))
            for item in [subjects[n % len(subjects)]]
        ]
        with store.transaction():
            store.entries.save(1, entries, stored)
    store.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()


async def reapplied(folder: Path, stored: int, wanted: Sequence[str]) -> None:
    """Print how long new watches take over a filled database, through the library."""
    watches = tuple(WatchConfig(f"w{number}", any=(term,)) for number, term in enumerate(wanted))
    library = await Library.open(Config(feeds=FEEDS, watches=watches), paths(folder))
    started, cpu = time.perf_counter(), time.process_time()
    last, longest, steps = started, 0.0, 0
    async for done, _ in library.watches.apply():
        now = time.perf_counter()
        if done:  # before the first step candidates are read, which keeps no one waiting
            longest, steps = max(longest, now - last), steps + 1
        last = now
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    hits = sum(count.total for count in (await library.lists.counts()).watches.values())
    print(
        f"{len(wanted)} terms over {stored} stored articles: {seconds:.2f} s (CPU {cpu:.2f} s), "
        f"{hits} matches, {steps} writes, the longest write {longest * 1000:.0f} ms",
        flush=True,
    )
    await library.close()


def chain_share(folder: Path, subjects: Sequence[Subject], count: int) -> None:
    """Print which share of an arrival, a new watch and a mark the chain of records has."""
    spent = [0.0]

    def clocked(name: str) -> None:
        job = getattr(Records, name)

        def timed(self: Records, *args: object, **options: object) -> object:
            start = time.process_time()
            try:
                return job(self, *args, **options)
            finally:
                spent[0] += time.process_time() - start

        setattr(Records, name, timed)

    def said(what: str, work: Callable[[], None]) -> None:
        spent[0], start = 0.0, time.process_time()
        work()
        seconds = time.process_time() - start
        share = 100 * spent[0] / seconds
        print(f"{what}: {seconds:.2f} s of CPU, the chain {1000 * spent[0]:.0f} ms ({share:.1f} %)")

    for name in ("append", "append_listed", "append_matches"):
        clocked(name)
    store = Store.open(folder / "news.db")
    rules = ingest.Rules(Matcher([WatchRule("Quokka", any=("quokka",))]), {})
    texts = [
        f"<p>{item.body}</p>{'<p>A quokka.</p>' * (number % 10 == 0)}<p>Marsupial.</p>"
        for number, item in ((number, subjects[number % len(subjects)]) for number in range(count))
    ]

    def arrive() -> None:
        for start in range(0, count, 50):
            with store.transaction():
                entries = [
                    ParsedEntry(guid=str(n), title=f"Number {n}", published=n, content_html=texts[n])
                    for n in range(start, min(start + 50, count))
                ]
                saved = store.entries.save(1, entries, count)
                store.index.add_new(saved.new)
                ingest.record_new(store, saved.new, rules, count)

    def watch() -> None:
        with store.transaction():
            store.watches.fill_from_index("Marsupial", "marsupial", None, 1, count, count)
            store.match_log.record_from_index("Marsupial", 1, count, count)

    def mark() -> None:
        with store.transaction():
            store.marks.set("read", range(1, count + 1), True, now=count)

    with store.transaction():
        store.feeds.sync(FEEDS)
        store.watches.sync([("Quokka", "1"), ("Marsupial", "1")])
        store.cases.begin(1)
    said(f"{count} articles arrive, {-(-count // 10)} matched", arrive)
    said(f"a new watch matches {count}", watch)
    said(f"{count} matched articles are marked", mark)
    start = time.process_time()
    verdict = verify(record for _, record in store.records.all())
    print(f"{verdict.records} records verified: {time.process_time() - start:.2f} s{verdict.fault}")


def rules_share(folder: Path, subjects: Sequence[Subject], known: Sequence[str], count: int) -> None:
    """Print the CPU time that rules take of the arrival of articles."""
    wanted = terms(count, known, random.Random(count))
    marks = (Action(ActionKind.LABEL, "law"), Action(ActionKind.STAR))
    rules = [
        RuleConfig(
            f"r{number}",
            query="" if number % 10 == 9 else f"{('', 'title:', '-weather ')[number % 3]}{phrase(term)}",
            watch=("Quokka",) if number % 10 == 9 else (),
            feeds=("Elsewhere",) if number % 10 == 8 else (),
            then=marks if number % 2 else (Action(ActionKind.READ),),
        )
        for number, term in enumerate(wanted)
    ]
    rules[0] = replace(rules[0], query="marsupial")
    book = RuleBook(rules)
    texts = [replace(item, body=f"{item.body} {'A marsupial.' * (n % 2)}") for n, item in enumerate(subjects)]
    seconds, acted = dict[bool, float](), 0
    for with_rules in (True, False, True, False):  # the faster of two runs
        store = Store.open(folder / f"{len(seconds)}{with_rules}.db")
        watches = ingest.Rules(
            Matcher([WatchRule("Quokka", any=("quokka",))]), {}, book=book if with_rules else None
        )
        spent = _arrival(store, texts, watches)
        seconds[with_rules] = min(seconds.get(with_rules, spent), spent)
        (count_acted,) = store.conn.execute("SELECT count(DISTINCT article_id) FROM rule_action").fetchone()
        acted = max(acted, count_acted)
        store.close()
    print(
        f"{count} rules act on {acted} of {len(texts)} articles: "
        f"{1000 * (seconds[True] - seconds[False]) / len(texts):.3f} ms of CPU an article, "
        f"beside {1000 * seconds[False] / len(texts):.3f} ms of one watch"
    )


def _arrival(store: Store, texts: Sequence[Subject], rules: ingest.Rules) -> float:
    """CPU seconds of matching articles and of what rules do with them, as they arrive in a new store."""
    seconds = 0.0
    with store.transaction():
        store.feeds.sync(FEEDS)
        store.watches.sync([("Quokka", "1")])
    for first in range(0, len(texts), 50):
        entries = [
            ParsedEntry(str(n), title=texts[n].title, published=n, content_html=f"<p>{texts[n].body}</p>")
            for n in range(first, min(first + 50, len(texts)))
        ]
        with store.transaction():
            saved = store.entries.save(1, entries, len(texts))
            start = time.process_time()
            decided: dict[int, Decided] = {}
            ingest.record_new(store, saved.new, rules, len(texts), decided)
            act(store, decided, rules, len(texts))
            seconds += time.process_time() - start
    return seconds


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=5000)
    parser.add_argument("--terms", type=int, nargs="+", default=[10, 100, 1000, 10_000])
    parser.add_argument("--stored", type=int, default=100_000)
    parser.add_argument("--store", type=int, help="re-apply all terms over a real store of so many articles")
    parser.add_argument("--log", type=int, help="let so many articles arrive, and time the chain of records")
    parser.add_argument("--rules", type=int, help="let articles arrive under so many rules")
    options = parser.parse_args()
    chance = random.Random(11)
    known = vocabulary(chance)
    subjects = articles(options.articles, known, chance)
    if options.log:
        with TemporaryDirectory() as folder:
            chain_share(Path(folder), subjects, options.log)
        return
    if options.rules:
        with TemporaryDirectory() as folder:
            rules_share(Path(folder), subjects, known, options.rules)
        return
    if options.store:
        with TemporaryDirectory() as folder:
            first = Path(folder) / "filled"
            first.mkdir()
            asyncio.run(filled(first, subjects, options.store))
            for count in options.terms:
                made = Path(folder) / str(count)
                shutil.copytree(first, made)
                wanted = terms(count, known, random.Random(count))
                asyncio.run(reapplied(made, options.store, wanted))
                shutil.rmtree(made)
        return
    size = sum(len(text_of(item)) for item in subjects) / len(subjects)
    print(
        f"{len(subjects)} articles of {size:.0f} characters; whole store: {options.stored} articles, scaled\n"
    )
    print(f"{'terms':>6}  {'method':<34}{'µs an article':>14}{'whole store':>13}{'hits an article':>17}")
    for count in options.terms:
        wanted = terms(count, known, random.Random(count))
        rules = [WatchRule(f"w{number}", any=(term,)) for number, term in enumerate(wanted)]
        rows: list[tuple[str, float | None, float | None]] = []
        seconds, found = by_matcher(rules, subjects)
        rows.append(("tuireader, arrival (with evidence)", seconds, found / len(subjects)))
        seconds, found = by_index(rules, subjects)
        rows.append(("tuireader, re-application by FTS5", seconds, found / len(subjects)))
        rows.append(("regex alternation", by_alternation(wanted, subjects), None))
        rows.append(("term in text, one by one", by_substring(wanted, subjects), None))
        rows.append(("one FTS5 query a term", by_queries(wanted, subjects), None))
        rows.append(("pyahocorasick", by_aho_corasick(wanted, subjects), None))
        rows.append(("ahocorasick_rs", by_rust_aho_corasick(wanted, subjects), None))
        rows.append(("re2 set", by_re2(wanted, subjects), None))
        for name, each, hits in rows:
            if each is None:
                print(f"{count:>6}  {name:<34}{'not installed':>14}")
            else:
                tail = f"{hits:>17.2f}" if hits is not None else ""
                print(f"{count:>6}  {name:<34}{each * 1e6:>14.1f}{each * options.stored:>11.2f} s{tail}")


if __name__ == "__main__":
    main()
