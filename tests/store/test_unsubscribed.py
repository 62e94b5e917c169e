"""Articles of feeds that were left, here or on a server: in no list of unread ones, but found."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.builders import NOW, create_database, entry, open_store, save
from tests.store.test_entries import index_is_exact
from tuireader import ingest, query
from tuireader.config import FeedConfig
from tuireader.model import Evidence, View, ViewKind
from tuireader.model.accounts import RemoteFeed
from tuireader.store import Store
from tuireader.store.lists.first_page import first_rows
from tuireader.store.schema import VERSION

LOCAL, REMOTE = 3, 3
ALWAYS = 9  # a list without any known feed would be that of another server


@pytest.mark.parametrize("seed", range(12))
def test_unread_is_what_a_subscribed_feed_has(tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    create_database(tmp_path / "test.db")
    store = Store.open(tmp_path / "test.db")
    with store.transaction():
        store.accounts.sync(["home"])
    carried: dict[str, set[str]] = {}  # the feeds that have an article, by its address
    subscribe(store, range(LOCAL), range(REMOTE))
    for feed in store.feeds.subscribed():
        numbers = [number for number in range(14) if random.random() < 0.4]
        with store.transaction():
            store.entries.save(
                feed.id, [entry(number, guid=f"{feed.id} {number}") for number in numbers], NOW
            )
        for number in numbers:
            carried.setdefault(entry(number).url, set()).add(feed.title)
    everything = ids_of(store, View(ViewKind.ALL))
    url_of = {row.id: row.url for row in store.lists.rows(sorted(everything))}
    with store.transaction():
        some = [article for article in everything if random.random() < 0.4]
        store.marks.set("read", some, True, now=NOW, journal=True)
    for step in range(4):  # leave some feeds, and come back to all of them at the end
        kept = range(REMOTE) if step == 3 else [n for n in range(REMOTE) if random.random() < 0.6]
        here = range(LOCAL) if step == 3 else [n for n in range(LOCAL) if random.random() < 0.6]
        subscribe(store, here, kept)
        followed = {feed.title for feed in store.feeds.subscribed()}
        expected = {article for article in everything if carried[url_of[article]] & followed}
        unread = {article for article in expected if article not in some}
        assert ids_of(store, View(ViewKind.UNREAD)) == unread
        assert ids_of(store, View(ViewKind.ALL, "subscribed")) == expected
        assert store.lists.counts(0).unread.unread == len(unread)
        assert store.lists.counts(0).all.total == len(everything)
        assert found(store, "is:unread is:subscribed") == unread
        assert found(store, "is:unsubscribed") == found(store, "-is:subscribed") == everything - expected
        assert found(store, "is:unsubscribed OR /zzz/") == everything - expected  # read and matched
        assert found(store, "is:unread -is:unsubscribed title:/Title/") == unread
        rows = first_rows(str(store.path), VERSION, unread=True, folds=False, lines=99)
        assert rows is not None and {row.id for row in rows} == unread
    assert found(store, "is:unsubscribed") == set()
    store.close()


def test_an_article_of_a_feed_that_is_left_is_found_by_the_words_of_the_other_one(store: Store) -> None:
    """Its text is then that of the feed which still carries it, and so is what a search finds."""
    words = " ".join(f"word{number}" for number in range(30))
    for feed, word in ((1, "zebra"), (2, "okapi")):
        with store.transaction():
            text = entry(1, guid=f"{feed}", content_html=f"<p>{words} {word}.</p>")
            store.entries.save(feed, [text], NOW)
    urls = {feed.id: feed.url for feed in store.feeds.all()}
    shown = store.articles.get(1)
    assert shown is not None
    (other,) = urls.keys() - {shown.feed_id}
    with store.transaction():
        store.watches.sync([("Own", "1"), ("Other", "2")])
        store.watches.record([(1, Evidence("Own")), (1, Evidence("Other", feed_id=other))], NOW)
        gone = store.feeds.sync([FeedConfig(url) for number, url in urls.items() if number != shown.feed_id])
        assert gone == [shown.feed_id]
        store.appearances.reassign([])
        store.appearances.reassign(gone)
    article = store.articles.get(1)
    assert article is not None and article.feed_id != shown.feed_id
    assert index_is_exact(store) and found(store, "okapi") == found(store, "zebra") == {1}
    assert article.html != shown.html
    texts_of = {item.watch: item.feed_id for item in store.articles.evidence([1])[1]}
    assert texts_of == {"Own": shown.feed_id, "Other": 0}, "each match stays with the text that matched"


def test_a_feed_that_says_the_same_as_the_one_that_is_left_keeps_its_text(tmp_path: Path) -> None:
    """Else what it says could no longer be found, and would be taken for that of the feed now displayed."""
    store = open_store(tmp_path, 3)
    words = " ".join(f"word{number}" for number in range(30))
    for feed, word in ((1, "zebra"), (2, "okapi"), (3, "zebra")):
        save(store, feed, entry(1, guid=f"{feed}", content_html=f"<p>{words} {word}.</p>"))
    first, *others = store.feeds.subscribed()
    with store.transaction():
        store.appearances.reassign(store.feeds.sync([FeedConfig(feed.url) for feed in others]))
    (text,) = store.articles.texts([1])
    assert (first.id, text.feed_id, text.body) == (1, 2, f"{words} okapi.")
    kept = {other.feed_id: other.body for other in text.appearances if not other.same}
    assert kept == dict.fromkeys((1, 3), f"{words} zebra.")
    assert index_is_exact(store) and found(store, "zebra") == {1}
    store.close()


def subscribe(store: Store, local: range | list[int], remote: range | list[int]) -> None:
    """Let the configuration and the server of the account have these feeds."""
    with store.transaction():
        gone = store.feeds.sync([FeedConfig(f"https://here{n}.example/rss", f"Here {n}") for n in local])
        store.appearances.reassign(gone)
        feeds = [RemoteFeed(f"{n}", f"There {n}", f"https://there{n}.example/rss") for n in (*remote, ALWAYS)]
        store.accounts.list_feeds(store.accounts.get("home"), feeds, NOW, believed=True)


def ids_of(store: Store, view: View) -> set[int]:
    return set(store.lists.ids(view))


def found(store: Store, expression: str) -> set[int]:
    parsed = query.parse(expression)
    assert isinstance(parsed, query.Query)
    names = {feed.id: (feed.title, feed.url, "") for feed in store.feeds.all()}
    steps = store.search.find_in_steps(
        parsed, now=NOW, subject=lambda text: ingest.subject(text, names), limit=1000
    )
    return {article for ids in steps for article in ids}
