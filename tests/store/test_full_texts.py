"""Full texts and comments in the database: kept beside what the feed says, checked and mended with it."""

from __future__ import annotations

import pytest

from tests.builders import NOW, entry, save
from tuireader.ingest import Rules, record_full_text
from tuireader.ingest.pages import settle
from tuireader.model import Comment, OutLink, Thread
from tuireader.store import Store
from tuireader.store.upkeep import maintenance
from tuireader.store.upkeep.recovery import recover
from tuireader.watch import Matcher

HTML = f"<p>{'What the page says. ' * 40}</p>"
THREAD = Thread(NOW, (Comment("Ada", NOW, "<p>Yes.</p>", "https://a.example/"), Comment("", None, "No.")))


@pytest.fixture
def store(store: Store) -> Store:
    """Three articles; the page and the comments of the first one are known."""
    save(store, 1, *(entry(number) for number in (1, 2, 3)))
    first = ids(store)[0]
    with store.transaction():
        store.index.remove(store.articles.texts([first]))
        store.full_texts.keep(first, HTML, "https://news.example.org/", NOW)
        store.full_texts.keep_comments(first, THREAD)
        store.index.add(store.articles.texts([first]))
    return store


def ids(store: Store) -> list[int]:
    return [row[0] for row in store.conn.execute("SELECT id FROM article ORDER BY id")]


def test_an_article_has_both_texts(store: Store) -> None:
    article = store.articles.get(ids(store)[0])
    assert article is not None and article.full is not None
    assert article.shown == (HTML, "https://news.example.org/") and "The text of article" in article.html
    assert article.comments == THREAD
    (text,) = store.articles.texts([article.id])
    assert text.asked_body.startswith("What the page says.") and "The text of article" in text.asked_summary
    with store.transaction():
        store.full_texts.show(article.id, False)
    article = store.articles.get(article.id)
    assert article is not None and article.shown[0] == article.html
    assert article.shows_full is False, "in JSON false, not 0"


def test_what_is_still_to_be_fetched(store: Store) -> None:
    first, second, third = ids(store)
    pages = store.full_texts
    assert sorted(pages.unplanned([1], 10)) == [second, third]
    assert len(pages.unplanned([1], 2)) == 2 - ({first} <= set(newest(store, 2)))
    with store.transaction():
        pages.expect([first, second, third], NOW)
    assert pages.unplanned([1], 10) == []
    assert sorted(page.article_id for page in pages.due(NOW, 9)) == [second, third]
    assert len(pages.due(NOW, 1)) == 1  # of a feed, the rest later
    assert pages.due(NOW, 9, feeds=[2]) == [] == pages.due(NOW, 9, without=[1])
    assert pages.due(NOW - 1, 9) == []
    assert len(pages.due(NOW - 99 * 86_400, 9)) == 2  # planned while the clock was wrong
    article = store.articles.get(third)
    assert article is not None and article.full is None
    with store.transaction():
        pages.fail(second, "HTTP 500", NOW, NOW + 60)
        store.conn.execute("UPDATE article SET read = 1 WHERE id = ?", (third,))
    assert [page.article_id for page in pages.due(NOW, 9)] == [third]  # also a read one
    assert [(page.article_id, page.tries) for page in pages.due(NOW + 60, 9)] == [(third, 0), (second, 1)]
    with store.transaction():
        store.conn.execute("UPDATE article SET muted = 1 WHERE id = ?", (third,))
        pages.fail(second, "HTTP 500", NOW)
    assert pages.due(NOW + 99, 9) == []
    article = store.articles.get(second)
    assert article is not None and article.full is not None and article.full.error == "HTTP 500"
    with store.transaction():
        pages.fail(first, "HTTP 404", NOW + 9)  # what was had before stays
    article = store.articles.get(first)
    assert article is not None and article.shows_full and article.full is not None and article.full.at == NOW


def test_feeds_and_servers_that_are_not_to_be_asked(store: Store) -> None:
    pages = store.full_texts
    with store.transaction():
        pages.expect(ids(store), NOW)
    for changed in ("state = 'paused'", "fault = 'throttled', next_try = " + str(NOW + 9), "subscribed = 0"):
        store.conn.execute("SAVEPOINT s")
        store.conn.execute(f"UPDATE feed SET {changed} WHERE id = 1")
        assert pages.due(NOW, 9) == []
        store.conn.execute("ROLLBACK TO s")
        store.conn.execute("RELEASE s")
    with store.transaction():
        pages.wait_for_host("a.example", NOW + 60, NOW)
        pages.wait_for_host("b.example", NOW + 90, NOW)
        pages.postpone(ids(store), NOW + 60)
        pages.judged(2, "same")  # of another feed
    assert pages.waiting_hosts(NOW + 60) == {"b.example": NOW + 90}
    assert pages.due(NOW + 59, 9) == [] and len(pages.due(NOW + 60, 9)) == 2
    with store.transaction():
        pages.judged(1, "same")
    assert pages.due(NOW + 60, 9) == [] and pages.kinds([1, 2]) == {1: "same", 2: "same"}


@pytest.mark.parametrize(("kind", "then"), [("full", "full"), ("", ""), ("teasers", "same")])
def test_only_a_feed_of_teasers_is_found_to_have_complete_texts(store: Store, kind: str, then: str) -> None:
    """Else the pages of a feed that turns to teasers would never be fetched."""
    save(store, 2, *(entry(number, content_html=HTML) for number in range(11, 16)))
    with store.transaction():
        for article in store.full_texts.newest(2, 9):
            store.full_texts.keep(article, HTML, "", NOW)
        store.full_texts.judged(2, kind)
        settle(store, [2])
    assert store.full_texts.kinds([2]) == {2: then}


def newest(store: Store, count: int) -> list[int]:
    rows = store.conn.execute("SELECT id FROM article ORDER BY time DESC, id DESC LIMIT ?", (count,))
    return [row[0] for row in rows]


def test_damaged_ones_are_found_and_not_saved(store: Store) -> None:
    first = ids(store)[0]
    store.conn.execute("UPDATE full_text SET html = ? WHERE article_id = ?", (b"\1\2", first))
    store.conn.execute("UPDATE comments SET packed = ?", (b"\1\2",))
    store.close()
    findings = {one.name: one for one in maintenance.check(store.path)}
    assert "cannot be decompressed" in findings["texts"].problem
    kept = recover(store.path, store.path.with_name("new.db"))
    assert (kept["full_text"], kept["comments"], kept["article"]) == (0, 0, 3)


@pytest.mark.parametrize("purged", [False, True])
@pytest.mark.parametrize(
    ("base", "there"),
    [("", "https://news.example.org/next"), ("https://b.example/x/", "https://b.example/x/next")],
)
def test_the_links_of_a_page_are_added_to_those_of_the_feed(
    store: Store, base: str, there: str, purged: bool
) -> None:
    """Also if the feed's text, and with it its own links, has been purged."""
    article = ids(store)[1]
    feed = [OutLink("https://c.example/feed", "Feed", "source"), OutLink(there, "Twice", "source")]
    with store.transaction():
        store.links.record([(article, feed)])
        if purged:
            store.index.remove(store.articles.texts([article]))
            store.conn.execute("DELETE FROM content WHERE article_id = ?", (article,))
        page = '<p>As <a href="next">the next page</a> and <a href="mailto:a@b.example">a mail</a> say.</p>'
        record_full_text(store, article, page, base, Rules(Matcher(()), {}), NOW)
        assert record_full_text(store, 99, page, base, Rules(Matcher(()), {}), NOW) == []
    links = {link.url: link.label for link in store.links.of(article)}
    assert links == {there: "Twice" if purged else "the next page"} | (
        {"https://c.example/feed": "Feed"} if purged else {}
    )


@pytest.mark.parametrize(
    "damage", ["full_text SET html = x'0102'", "comments SET packed = x'0102'", "comments SET packed = x'78'"]
)
def test_each_text_that_cannot_be_read_is_named(store: Store, damage: str) -> None:
    store.conn.execute(f"UPDATE {damage}")
    store.close()
    findings = {one.name: one.problem for one in maintenance.check(store.path)}
    assert findings["texts"].startswith("1 cannot be decompressed, such as that of article ")


def test_sound_ones_are_saved(store: Store) -> None:
    store.close()
    assert all(not one.problem for one in maintenance.check(store.path))
    kept = recover(store.path, store.path.with_name("new.db"))
    assert (kept["full_text"], kept["comments"]) == (1, 1)
    saved = Store.open(store.path.with_name("new.db"))
    saved.conn.execute("INSERT INTO search (search) VALUES ('integrity-check')")
    article = saved.articles.get(ids(saved)[0])
    assert article is not None and article.shows_full and article.comments == THREAD
    saved.close()
