"""Articles of another reader and marks of another machine: what comes in only adds, and counts once."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.builders import NOW, entry, save
from tuireader import dedup
from tuireader.document.prepare import prepare
from tuireader.model import MarkedArticle, ParsedEntry
from tuireader.store import Store
from tuireader.store.upkeep.exchange import ArticleMarks, ImportedArticle, ImportResult


def imported(one: ParsedEntry, *labels: str, read: bool = False, starred: bool = False) -> ImportedArticle:
    (keys,) = dedup.keys([one])
    return ImportedArticle(one, keys, prepare(one), read=read, starred=starred, labels=labels)


def add(store: Store, feed: int, *items: ImportedArticle) -> ImportResult:
    with store.transaction():
        result = store.exchange.add_articles(feed, items, NOW)
        store.index.add_new(result.new)
    return result


def marks(store: Store, feed: int) -> dict[str, ArticleMarks]:
    titles = dict(
        store.conn.execute("SELECT guid_key, title FROM appearance JOIN article ON id = article_id")
    )
    return {titles[guid]: state for guid, state in store.exchange.states(feed).items()}


def test_known_articles_gain_marks_and_lose_none(store: Store) -> None:
    (first, second, third), _ = save(store, 1, entry(3), entry(2), entry(1))
    with store.transaction():
        store.marks.set("read", [first], True, now=NOW)
        store.marks.label("law", [first], True, now=NOW)
    result = add(
        store,
        1,
        imported(entry(1), "port", starred=True),
        imported(entry(2)),
        imported(entry(3), read=True),
        imported(entry(4), "law", read=True, starred=True),
        imported(entry(5)),
    )
    assert (len(result.new), result.known, result.marked) == (2, 3, 2)
    assert {text.title: (text.read, text.starred, text.labels) for text in result.new} == {
        "Title number 4": (True, True, ("law",)),
        "Title number 5": (False, False, ()),
    }
    assert marks(store, 1) == {
        "Title number 1": ArticleMarks(True, True, 1, ("law", "port")),
        "Title number 2": ArticleMarks(False, False, 1),
        "Title number 3": ArticleMarks(True, False, 1),
        "Title number 4": ArticleMarks(True, True, 1, ("law",)),
        "Title number 5": ArticleMarks(False, False, 1),
    }
    arrived = dict(store.conn.execute("SELECT title, arrived FROM article"))
    assert arrived["Title number 5"] == NOW - 300 and arrived["Title number 1"] == NOW, "it is not news"
    assert second and third


def test_an_imported_article_is_known_by_its_address_and_title(store: Store) -> None:
    """Readers make guids of their own."""
    save(store, 1, entry(1))
    save(store, 2, entry(2))
    for other, known in (
        (entry(1, guid="made", title="TITLE number 1"), 1),
        (entry(1, guid="other", title="Another title"), 0),
        (entry(7, guid="none", url=""), 0),
    ):
        assert add(store, 1, imported(other, read=True)).known == known
    assert marks(store, 1)["Title number 1"].read
    assert add(store, 1, imported(entry(1, guid="made"))).known == 1
    assert add(store, 1, imported(entry(2, guid="theirs"))).known == 0, "the article is another feed's"


def test_what_another_reader_kept_of_an_entry_is_no_old_version(store: Store) -> None:
    """The first text of the feed replaces it silently; what the feed changes after that is an edit."""
    (row,) = add(store, 1, imported(entry(1, content_html="<p>Short.</p>"))).new

    def edited() -> bool:
        return store.lists.rows([row.id])[0].edited

    save(store, 1, entry(1, content_html="<p>All that the feed says of this, much more.</p>"))
    assert not edited()
    save(store, 1, entry(1, content_html="<p>The feed has changed its mind about this article.</p>"))
    assert edited()


def test_the_name_of_a_feed_that_was_never_fetched(store: Store) -> None:
    with store.transaction():
        store.feeds.sync([])
        store.conn.execute("UPDATE feed SET last_success = 1 WHERE id = 2")
        for feed in (1, 2):
            store.exchange.set_feed_name(feed, "Theirs", "https://theirs.example/")
    names = store.conn.execute("SELECT title, site_url FROM feed ORDER BY id").fetchall()
    assert names[0] == ("Theirs", "https://theirs.example/") and names[1] != names[0]
    with store.transaction():
        store.exchange.set_feed_name(1, "", "https://other.example/")
    assert store.conn.execute("SELECT title, site_url FROM feed WHERE id = 1").fetchone() == names[0]


@pytest.fixture
def marked(store: Store) -> list[MarkedArticle]:
    """The marks of one read, one starred and one labelled article; a fourth has none."""
    ids, _ = save(store, 1, *(entry(number) for number in (4, 3, 2, 1)))
    save(store, 2, entry(1, guid="theirs"))
    with store.transaction():
        store.marks.set("read", ids[:1], True, now=NOW)
        store.marks.set("starred", ids[1:2], True, now=NOW)
        store.marks.label("law", ids[2:3], True, now=NOW)
    return list(store.exchange.marked_articles())


def test_articles_with_marks_are_exported_once_a_feed(marked: list[MarkedArticle]) -> None:
    assert [(one.feed, one.title, one.read, one.starred, one.labels) for one in marked] == [
        ("https://feed1.example.org/rss", "Title number 1", True, False, ()),
        ("https://feed1.example.org/rss", "Title number 2", False, True, ()),
        ("https://feed1.example.org/rss", "Title number 3", False, False, ("law",)),
        ("https://feed2.example.org/rss", "Title number 1", True, False, ()),
    ]


def test_marks_of_another_machine_are_set_now_or_when_their_articles_come(
    store: Store, marked: list[MarkedArticle]
) -> None:
    absent = replace(
        marked[0], guid=99, url="https://news.example.org/9", url_key=9, title="To come", read=True
    )
    renamed = replace(marked[2], guid=98, title="TITLE number 3", starred=True, labels=("port",))
    with store.transaction():
        assert store.exchange.set_marks(1, marked[:3], NOW) == (0, 0)
        assert store.exchange.set_marks(1, [absent, renamed, replace(marked[1], read=True)], NOW) == (2, 1)
    states = marks(store, 1)
    assert states["Title number 3"] == ArticleMarks(False, True, 1, ("law", "port"))
    assert states["Title number 2"] == ArticleMarks(True, True, 1)
    assert states["To come"] == ArticleMarks(True, False, 1)
    assert states["Title number 4"] == ArticleMarks(False, False, 1)
