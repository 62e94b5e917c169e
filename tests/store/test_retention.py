"""Purging old texts: what goes, what stays whatever is asked."""

from __future__ import annotations

import random

import pytest
from msgspec.structs import replace

from tests.builders import NOW, entry, save
from tuireader.ingest import Rules, record_full_text
from tuireader.model import Evidence, Purged, View, ViewKind
from tuireader.store import Store
from tuireader.store.upkeep.retention import PurgeRule
from tuireader.watch import Matcher

DAY = 86_400
PAGE = f"<p>{'What the page says. ' * 9}</p>"
RULES = Rules(Matcher([]), {1: ("Feed 1", "News", "https://feed1.example.org/rss")})


@pytest.fixture
def store(store: Store) -> Store:
    """Ten articles a feed, one a day, all read; ids 10..1 and 20..11 from the newest on."""
    for feed in (1, 2):
        texts = [(n, f"<p>Text {feed} {n}.</p>") for n in range(10)]
        days = (entry(10 * feed + n, published=NOW - n * DAY, content_html=text) for n, text in texts)
        save(store, feed, *days)
    mark(store, "read", range(1, 21))
    return store


def mark(store: Store, name: str, ids: range | list[int], value: bool = True) -> None:
    with store.transaction():
        store.marks.set(name, list(ids), value, now=NOW)


def with_text(store: Store) -> set[int]:
    return {row[0] for row in store.conn.execute("SELECT article_id FROM content")}


@pytest.mark.parametrize(
    ("rule", "gone"),
    [
        (PurgeRule(before=NOW - 7 * DAY), {1, 2, 11, 12}),
        (PurgeRule(keep=8), {1, 2, 11, 12}),
        (PurgeRule(before=NOW - 8 * DAY, keep=5), {1, 11}),
        (PurgeRule(before=NOW - 2 * DAY, keep=9), {1, 11}),
        (PurgeRule(before=NOW - 100 * DAY), set()),
    ],
)
def test_by_age_and_by_number(store: Store, rule: PurgeRule, gone: set[int]) -> None:
    assert set(store.retention.candidates(rule)) == gone


def test_what_is_starred_watched_or_unread_keeps_its_text(store: Store) -> None:
    mark(store, "starred", [1])
    mark(store, "read", [2, 3], False)
    with store.transaction():
        store.watches.sync([("W", "1")])
        store.watches.record([(3, Evidence("W")), (4, Evidence("W"))])
    rule = PurgeRule(before=NOW)
    going = store.retention.candidates(rule)
    assert set(going) == {*range(5, 10), *range(11, 20)}
    assert set(store.retention.candidates(PurgeRule(before=NOW, unread=True))) == {2, *going}
    with store.transaction():
        store.retention.drop(range(1, 21), rule)
    assert with_text(store) == {1, 2, 3, 4}


def test_a_star_that_is_set_meanwhile_counts(store: Store) -> None:
    rule = PurgeRule(keep=0)
    ids = store.retention.candidates(rule)
    mark(store, "starred", [7])
    with store.transaction():
        store.retention.drop(ids, rule)
    assert with_text(store) == {7}


def test_the_articles_stay_as_they_were_and_do_not_come_back(store: Store) -> None:
    before = store.lists.rows(store.lists.ids(View(ViewKind.ALL)))
    with store.transaction():
        store.retention.drop(range(1, 21), PurgeRule(keep=0))
    after = [replace(row, reading_time=0) for row in before]  # there is nothing to read
    assert store.lists.rows(store.lists.ids(View(ViewKind.ALL))) == after != before
    article = store.articles.get(5)
    assert article is not None and article.purged and article.html == ""
    assert save(store, 1, entry(15, published=NOW - 5 * DAY, content_html="<p>Text 1 5.</p>")) == ([], [])
    assert save(store, 1, entry(15, guid="new", published=NOW - 5 * DAY))[0] == []
    assert with_text(store) == {5}  # what its feed says anew is kept again


@pytest.mark.parametrize("page", [False, True])
@pytest.mark.parametrize("purged", [False, True])
def test_a_purged_text_that_its_feed_sends_again_is_no_edit(store: Store, purged: bool, page: bool) -> None:
    """Not even if only the article's page was fetched meanwhile; a text that is there is edited."""
    with store.transaction():
        if purged:
            store.retention.drop([5], PurgeRule(keep=0))
        if page:
            record_full_text(store, 5, PAGE, "", RULES, NOW)
    again = "<p>Twelve people were fined on Monday.</p>"
    assert save(store, 1, entry(15, published=NOW - 5 * DAY, content_html=again)) == ([], [5])
    (row,) = store.lists.rows([5])
    assert row.edited is not purged and len(store.revisions.versions(5)) == 2 - purged
    article = store.articles.get(5)
    assert article is not None and article.html == again and (article.full is not None) is page


def test_the_weight_is_that_of_texts_and_old_versions(store: Store) -> None:
    assert store.retention.measure([]) == Purged(0, 0, 0)
    one = store.retention.measure([1])
    assert (one.articles, one.feeds) == (1, 1)
    save(store, 1, entry(19, published=NOW - 9 * DAY, content_html="<p>Now something else is here.</p>"))
    assert store.retention.measure([1, 11]).bytes > store.retention.measure([11]).bytes + one.bytes
    assert store.retention.measure([1, 11]).feeds == 2


def test_the_file_gets_smaller_when_much_has_gone(store: Store) -> None:
    chance = random.Random(1)
    texts = (f"<p>{n} {chance.randbytes(1000).hex()}</p>" for n in range(1000, 2500))
    save(store, 1, *(entry(n, content_html=text) for n, text in enumerate(texts, 1000)))
    mark(store, "read", range(1, 2000))
    store.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    size = store.path.stat().st_size
    assert not store.retention.shrink()
    with store.transaction():
        store.retention.drop(range(1, 2000), PurgeRule(keep=0))
    assert store.retention.shrink()
    assert store.path.stat().st_size < 0.8 * size
    assert store.conn.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
