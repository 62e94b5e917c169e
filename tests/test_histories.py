"""Random histories of feeds, edits, pages, purges, watches: no match is lost, the index stays exact."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import NOW, entry, open_store
from tuireader import ingest, query, watch
from tuireader.config import FeedConfig, WatchConfig
from tuireader.library.sending.notifications import claim, items_of
from tuireader.model import ParsedEntry
from tuireader.store import Store
from tuireader.store.articles.articles import StoredText
from tuireader.store.upkeep import maintenance
from tuireader.store.upkeep.retention import PurgeRule
from tuireader.store.watches.outbox import Terms
from tuireader.watch import Matcher, WatchRule

FEEDS = {number: (f"Feed {number}", f"https://feed{number}.example.org/rss", "News") for number in (1, 2, 3)}
RULES = (
    WatchRule("Any", any=("quokka",)),
    WatchRule("One", any=("quokka", "wombat"), feeds=("Feed 1",)),
    WatchRule("None", any=("wombat",), none=("koala",)),
    WatchRule("Text", query="/wom+bat/ NOT koala feed:2"),
)
EXAMPLES = int(os.environ.get("TUIREADER_EXAMPLES", "15"))
"""Each takes a tenth of a second, for a store and an index of its own."""
BASE = " ".join(f"word{number}" for number in range(30))
TEXTS = (
    "",
    "Comments",
    "A quokka came.",
    "A wombat came.",
    f"A quokka came. {BASE}",
    f"A wombat came. {BASE}",
    f"A koala and a quokka. {BASE}",
    f"A koala and a wombat came by. {BASE} {BASE}",
    f"{BASE} {BASE} and nobody came",
    " ".join(f"other{number}" for number in range(30)) + " quokka",
)

EXPRESSIONS = (
    "quokka",
    "wombat NOT koala",
    '"quokka came"',
    "quokka NEAR/2 page",
    "title:more wombat",
    "feed:1 quokka",
    "/wom+bat/ feed:2",
    "title:/more$/",
    "folder:news koala OR other3",
    "watch:Any NOT feed:3",
)
numbers, feeds, texts = st.integers(1, 3), st.integers(1, 3), st.sampled_from(TEXTS)
entries = st.tuples(numbers, texts, st.sampled_from(["", "again"]), st.sampled_from(["", " more"]))
steps = st.one_of(
    st.tuples(st.just("feed"), feeds, st.lists(entries, min_size=1, max_size=3)),
    st.tuples(st.just("feed"), feeds, st.lists(entries, min_size=1, max_size=3)),
    st.tuples(st.just("page"), st.integers(1, 5), texts),
    st.tuples(st.just("read"), st.integers(1, 5)),
    st.tuples(st.just("purge")),
    st.tuples(st.just("again"), st.sampled_from([rule.name for rule in RULES])),
    st.tuples(st.just("leave"), feeds),
)


@dataclass(slots=True)
class History:
    """A store, and what has to be true of it after each step."""

    store: Store
    matcher: Matcher
    rules: ingest.Rules
    now: int = NOW
    ever: dict[tuple[str, int], str] = field(default_factory=dict)
    told: list[tuple[str, int]] = field(default_factory=list)

    def take(self, step: tuple[object, ...]) -> None:
        """Do one step, tell what waits, and check everything."""
        self.now += 60
        with self.store.transaction():
            getattr(self, f"do_{step[0]}")(*step[1:])
            self.tell()
            self.match_pending()
        self.check_matches()
        self.check_index()
        self.check_searches()

    def do_feed(self, feed_id: int, items: list[tuple[int, str, str, str]]) -> None:
        entries = [self.entry(*item) for item in items]
        saved = self.store.entries.save(feed_id, entries, self.now)
        ingest.record_new(self.store, saved.new, self.rules, self.now)
        ingest.record_changed(self.store, saved.changed, self.rules, self.now)
        ingest.record_carried(self.store, saved.carried, self.rules, self.now)

    def entry(self, number: int, text: str, guid: str, title: str) -> ParsedEntry:
        html = text and f"<p>{text}</p>"
        shown = f"Title number {number}{title}"
        return entry(number, guid=f"guid-{number}{guid}", title=shown, content_html=html)

    def do_page(self, article: int, text: str) -> None:
        ingest.record_full_text(self.store, article, f"<p>{text} page</p>", "", self.rules, self.now)

    def do_read(self, article: int) -> None:
        self.store.marks.set("read", [article], True, now=self.now)

    def do_purge(self) -> None:
        rule = PurgeRule(before=self.now)
        self.store.retention.drop(self.store.retention.candidates(rule), rule)

    def do_again(self, name: str) -> None:
        self.store.watches.match_again(name)

    def do_leave(self, feed_id: int) -> None:
        kept = [FeedConfig(url, title) for number, (title, url, _) in FEEDS.items() if number != feed_id]
        self.store.appearances.reassign(self.store.feeds.sync(kept))
        self.store.feeds.sync([FeedConfig(url, title) for title, url, _ in FEEDS.values()])

    def tell(self) -> None:
        wanted = [WatchConfig(rule.name, notify="article") for rule in RULES]
        claim(self.store, wanted, FEEDS, self.matcher, self.now)
        messages = self.store.outbox.pick("", Terms(together=True), "x", self.now)
        items = items_of(self.store, messages, FEEDS, {})
        self.told += [(one.watch, item.article_id) for item in items for one in item.evidence]
        assert len(self.told) == len(set(self.told))

    def match_pending(self) -> None:
        pending = self.store.watches.pending()
        asked = [rule for rule in RULES if rule.name in pending]
        exact = [rule for rule in asked if watch.lookup(rule).exact]
        ingest.ByIndex(exact, pending, FEEDS, self.now).step(self.store, 60.0)
        rest = [rule for rule in asked if rule not in exact]
        if rest:
            filters = {rule.name: watch.prefilter(rule) for rule in rest}
            by_text = ingest.ByText(Matcher(rest), filters, FEEDS, self.now)
            by_text.look_up(self.store, list(filters))
            left = max(pending[rule.name] for rule in rest)
            while left > 0:
                left = by_text.step(self.store, left, 2)

    def check_matches(self) -> None:
        """What holds is what is hit now; all else that was ever hit is there as a former match."""
        conn = self.store.conn
        rows = {
            (name, article): (until, revision)
            for name, article, until, revision in conn.execute(
                """SELECT w.name, m.article_id, m.until, m.revision
                   FROM match m JOIN watch w ON w.id = m.watch_id"""
            )
        }
        every = [row[0] for row in conn.execute("SELECT id FROM article")]
        hit = {
            (one.watch, text.id)
            for text in self.store.articles.texts(every, watches=True)
            for one in ingest.hits(self.matcher, text, FEEDS)
        }
        assert {key for key, (until, _) in rows.items() if not until} == hit
        assert rows.keys() >= self.ever.keys()
        self.ever |= dict.fromkeys(rows, "")
        kept = {one.id for versions in self.store.revisions.by_article(every).values() for one in versions}
        for until, revision in rows.values():
            assert (revision in kept) is bool(until)

    def check_index(self) -> None:
        """A fresh index has the same words, as often, in as many articles."""
        conn = self.store.conn
        conn.execute("INSERT INTO search (search) VALUES ('integrity-check')")
        before = words(conn)
        conn.execute("BEGIN")
        self.store.index.rebuild()
        after = words(conn)
        conn.execute("ROLLBACK")
        assert before == after

    def check_searches(self) -> None:
        """The index, the columns and the texts agree on what an expression finds."""
        every = [row[0] for row in self.store.conn.execute("SELECT id FROM article")]
        texts = list(self.store.articles.texts(every, watches=True))
        for expression in EXPRESSIONS:
            parsed = query.parse(expression)
            assert isinstance(parsed, query.Query)
            steps = self.store.search.find_in_steps(parsed, now=self.now, subject=subject, limit=100)
            hit = {text.id for text in texts if query.matches(parsed, subject(text), self.now)}
            assert set(chain.from_iterable(steps)) == hit, expression


def subject(text: StoredText) -> query.Subject:
    return ingest.subject(text, FEEDS)


def words(conn: sqlite3.Connection) -> list[tuple[str, int, int]]:
    """The words of the index with the numbers of their articles and places."""
    conn.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.spoken USING fts5vocab(main, search, col)")
    return conn.execute("SELECT term, col, doc, cnt FROM spoken ORDER BY term, col").fetchall()


@contextmanager
def history(folder: Path) -> Iterator[History]:
    """A copy of an empty store, which is made once."""
    with TemporaryDirectory() as name:
        shutil.copy(folder / "test.db", name)
        store = Store.open(Path(name) / "test.db")
        matcher = Matcher(RULES)
        yield History(store, matcher, ingest.Rules(matcher, FEEDS, notify=[rule.name for rule in RULES]))
        store.close()
        assert all(not finding.problem for finding in maintenance.check(Path(name) / "test.db"))


def test_no_history_loses_a_match_or_blurs_the_index(tmp_path: Path) -> None:
    store = open_store(tmp_path, feeds=3)
    with store.transaction():
        store.watches.sync([(rule.name, watch.signature(rule)) for rule in RULES])
    store.close()

    @settings(max_examples=EXAMPLES, deadline=None)
    @given(st.lists(steps, max_size=12))
    def check(taken: list[tuple[object, ...]]) -> None:
        with history(tmp_path) as one:
            for step in taken:
                one.take(step)

    check()
