"""Views, numbers, marks and their undo."""

from __future__ import annotations

import itertools

import pytest

from tests.builders import NOW, entry, save
from tuireader import query
from tuireader.commands.sorts import LIST_SORTS
from tuireader.config import FeedConfig
from tuireader.errors import UsageError
from tuireader.ingest import subject
from tuireader.model import Count, Evidence, OutLink, TermHit, View, ViewKind
from tuireader.model.fields import FILES, STATES
from tuireader.store import Store
from tuireader.store.lists import search
from tuireader.store.lists.conditions import Conditions
from tuireader.store.lists.first_page import first_rows
from tuireader.store.schema import VERSION


@pytest.fixture
def store(store: Store) -> Store:
    save(store, 1, entry(1), entry(2), entry(3))
    save(store, 2, entry(4, title="apples"), entry(5, title="Zebras"))
    return store


def mark(store: Store, name: str, ids: list[int], value: bool, *, journal: bool = True) -> tuple[int, ...]:
    with store.transaction():
        return store.marks.set(name, ids, value, now=NOW, journal=journal).ids


def undo(store: Store) -> tuple[str, tuple[int, ...]] | None:
    with store.transaction():
        change = store.marks.undo()
    return (change.what, change.ids) if change else None


def ids(store: Store, kind: ViewKind, key: str = "", **options: object) -> list[int]:
    return list(store.lists.ids(View(kind, key), **options))  # type: ignore[arg-type]


def test_views_and_their_counts_follow_the_marks(store: Store) -> None:
    newest_first = ids(store, ViewKind.ALL)
    assert [row.title for row in store.lists.rows(newest_first)][:2] == ["Title number 1", "Title number 2"]
    mark(store, "read", newest_first[:2], True)
    mark(store, "starred", newest_first[1:3], True)
    assert ids(store, ViewKind.UNREAD) == newest_first[2:]
    assert ids(store, ViewKind.STARRED) == newest_first[1:3]
    assert ids(store, ViewKind.STARRED, show_read=False) == newest_first[2:3]
    assert ids(store, ViewKind.TODAY, today=NOW - 150) == newest_first[:2]
    assert ids(store, ViewKind.FEED, "2") == newest_first[3:]
    assert ids(store, ViewKind.FOLDER, "News") == newest_first
    assert ids(store, ViewKind.FOLDER, "no such folder") == []
    assert list(store.lists.unread_of(newest_first[::-1])) == newest_first[:1:-1]
    counts = store.lists.counts(NOW - 150)
    assert (counts.all, counts.unread) == (Count(3, 5), Count(3, 3))
    assert (counts.starred, counts.today) == (Count(1, 2), Count(0, 2))
    assert counts.feeds == {1: Count(1, 3), 2: Count(2, 2)}


def test_the_first_frame_has_the_order_of_the_list(store: Store) -> None:
    save(store, 1, *(entry(n, published=NOW - 60) for n in range(6, 9)))  # at the same time as another
    for lines, folds, unread in itertools.product((2, 3, 9), (True, False), (True, False)):
        rows = first_rows(str(store.path), VERSION, unread=unread, folds=folds, lines=lines)
        assert rows is not None
        assert [row.id for row in rows] == ids(store, ViewKind.UNREAD if unread else ViewKind.ALL)[:lines]


def test_sorting(store: Store) -> None:
    def titles(sort: str) -> list[str]:
        return [row.title for row in store.lists.rows(store.lists.ids(View(ViewKind.ALL), sort=sort))]

    assert titles("title") == ["apples", "Title number 1", "Title number 2", "Title number 3", "Zebras"]
    assert titles("feed")[0] == "Title number 1"
    for sort in LIST_SORTS:
        assert sorted(titles(sort)) == sorted(titles("date"))
    with pytest.raises(UsageError, match=r"unknown sort order .no such order. .*date, oldest, feed"):
        titles("no such order")
    with pytest.raises(UsageError, match="unknown sort order"):
        store.lists.sorted_ids([1], "relevance")


def test_articles_of_a_feed_that_was_left_are_kept_but_not_asked_to_be_read(store: Store) -> None:
    with store.transaction():
        store.feeds.sync([FeedConfig("https://feed2.example.org/rss", "Feed 2", "News")])
    assert [feed.title for feed in store.feeds.subscribed()] == ["Feed 2"]
    assert len(ids(store, ViewKind.ALL)) == 5
    assert len(ids(store, ViewKind.UNREAD)) == 2
    with store.transaction():
        store.feeds.sync([FeedConfig(f"https://feed{n}.example.org/rss") for n in (1, 2)])
    assert len(ids(store, ViewKind.UNREAD)) == 5


def test_only_what_changed_is_told_and_undone(store: Store) -> None:
    first, *rest = ids(store, ViewKind.ALL)
    mark(store, "read", [first], True)
    assert set(mark(store, "read", [first, *rest], True)) == set(rest)
    what, back = undo(store) or ("", ())
    assert (what, set(back)) == ("4 articles marked read", set(rest))
    assert ids(store, ViewKind.UNREAD) == rest
    mark(store, "starred", rest, True, journal=False)  # as opening an article does
    again = Store.open(store.path)  # the journal survives a restart
    assert undo(again) == ("1 article marked read", (first,))
    assert undo(again) is None and ids(again, ViewKind.UNREAD) == [first, *rest]
    again.close()


def test_places(store: Store) -> None:
    with store.transaction():
        store.marks.set_place(1, 1234)
    article = store.articles.get(1)
    assert article is not None and article.place == 1234


def test_neighbours_stay_within_the_feed(store: Store) -> None:
    newest_first = ids(store, ViewKind.FEED, "1")
    middle = store.articles.get(newest_first[1])
    assert middle is not None and middle.previous is not None and middle.next is not None
    assert (middle.previous.id, middle.next.id) == (newest_first[2], newest_first[0])
    last = store.articles.get(newest_first[2])
    assert last is not None and last.previous is None
    assert store.articles.get(999) is None


def evidence(watch: str) -> Evidence:
    return Evidence(watch, (TermHit("Term", "body", 2),), "A sentence with Term.", ((16, 20),))


def test_watches_and_their_evidence(store: Store) -> None:
    with store.transaction():
        store.watches.sync([("B", "1"), ("A", "1")])
        hits = [(1, "A"), (1, "B"), (2, "A"), (2, "gone")]
        store.watches.record((number, evidence(watch)) for number, watch in hits)
    assert store.watches.is_current([("B", "1"), ("A", "1")])
    assert store.lists.rows([1])[0].watches == ("B", "A")
    assert store.articles.evidence([1])[1] == (evidence("B"), evidence("A"))
    assert set(ids(store, ViewKind.WATCH, "A")) == {1, 2}
    mark(store, "read", [1], True)
    assert store.lists.counts(0).watches == {"B": Count(0, 1), "A": Count(1, 2)}
    with store.transaction():
        assert store.watches.rematch(2, [evidence("A"), evidence("B")]) == ([evidence("B")], [])
        assert store.watches.rematch(2, [evidence("A")]) == ([], ["B"])


def test_a_match_whose_evidence_is_not_in_the_text_is_not_explained_for_ever(store: Store) -> None:
    with store.transaction():
        store.watches.sync([("A", "1"), ("B", "1")])
        store.watches.record([(1, evidence("A")), (1, evidence("B"))])
        store.conn.execute("UPDATE match SET evidence = ''")
        assert store.watches.without_evidence([1]) == {1: ("A", "B")}
        store.watches.add_evidence({1: [evidence("A")]})
    assert store.watches.without_evidence([1]) == {}
    assert store.articles.evidence([1])[1][0] == evidence("A")


def test_a_changed_watch_is_applied_again_and_keeps_its_matches_meanwhile(store: Store) -> None:
    with store.transaction():
        store.watches.sync([("A", "1")])
        store.watches.record([(1, evidence("A")), (5, evidence("A"))])
        store.watches.forget([("A", 1), ("A", 5)])
        store.watches.set_pending(["A"], 0)
    assert store.watches.pending() == {}
    with store.transaction():
        store.watches.record([(1, evidence("A")), (5, evidence("A"))])
        store.watches.sync([("A", "2")])
    assert store.watches.pending() == {"A": 5}
    with store.transaction():
        store.watches.forget([("A", 5)])
        store.watches.record([(4, evidence("A"))])
        store.watches.set_pending(["A"], 3)
    assert set(ids(store, ViewKind.WATCH, "A")) == {1, 4}
    assert list(store.watches.pending().values()) == [3]
    with store.transaction():
        store.watches.sync([])
    assert store.lists.counts(0).watches == {}


def test_links_find_their_article_whichever_comes_first(store: Store) -> None:
    with store.transaction():
        address = "http://news.example.org/9/?utm_medium=x"
        store.links.record([(1, [OutLink(address, "The ninth", "also")])])
    (link,) = store.links.outgoing(1)
    assert (link.kind, link.label, link.article_id) == ("also", "The ninth", None)
    (ninth,), _ = save(store, 2, entry(9, title="Number nine"))
    (link,) = store.links.outgoing(1)
    assert (link.article_id, link.title, link.feed_title) == (ninth, "Number nine", "Feed 2")
    (back,) = store.links.incoming(ninth)
    assert back.article_id == 1
    assert store.links.at_url("https://www.news.example.org/9") == ninth
    assert store.links.at_url("https://news.example.org/") is None
    with store.transaction():
        store.links.record([(1, [])])
    assert store.links.outgoing(1) == []


@pytest.mark.parametrize("folded", [False, True])
@pytest.mark.parametrize("show_read", [False, True])
def test_the_head_is_how_the_whole_list_begins(store: Store, show_read: bool, folded: bool) -> None:
    save(store, 1, *(entry(number) for number in range(6, 40)))
    every = ids(store, ViewKind.ALL)
    with store.transaction():
        for number, article_id in enumerate(every):  # stories that reach from the top to the end
            story = every[number % 7] if number % 3 else 0
            store.conn.execute("UPDATE article SET story = ?1, fold = ?1 WHERE id = ?2", (story, article_id))
    mark(store, "read", every[::2], True)
    view = View(ViewKind.ALL)
    whole = store.lists.ids(view, show_read=show_read)
    whole = store.stories.fold(whole) if folded else whole
    for limit in (1, 5, 17, 100):
        head, complete = store.lists.first_ids(view, show_read=show_read, today=0, limit=limit, folded=folded)
        assert head == whole[: len(head)]
        assert complete is (limit == 100)
        assert head == whole or not complete
        assert folded or complete or len(head) == limit


def test_the_base_of_a_text_is_its_address_where_none_is_kept(store: Store) -> None:
    base = "https://news.example.org/other/"
    (first, second), _ = save(store, 1, entry(71, base_url=entry(71).url), entry(72, base_url=base))
    kept = dict(store.conn.execute("SELECT article_id, base_url FROM content").fetchall())
    article, other = store.articles.get(second), store.articles.get(first)
    assert article is not None and other is not None
    assert {kept[first], kept[second]} == {"", base}
    assert {article.base_url, other.base_url} == {entry(71).url, base}
    assert {text.base_url for text in store.articles.texts([first, second])} == {entry(71).url, base}


def test_a_search_that_goes_on_in_older_articles_stops_at_its_limit(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(store, 2, *(entry(number, title="Sun" if number == -3 else "Fog") for number in (-4, -3, -2, -1)))
    monkeypatch.setattr(search, "RECENT", 2)
    parsed = query.parse("title:fog")
    assert isinstance(parsed, query.Query)
    steps = store.search.find_in_steps(parsed, now=NOW, subject=lambda text: subject(text, {}), limit=2)
    assert [article for step in steps for article in step] == [9, 7]


DECIDED = [
    *(f"is:{state}" for state in STATES),
    *(f"has:{kind}" for kind in FILES),
    *(f"{field}:{name}" for field in ("feed", "folder", "watch") for name in ("x", "=x", "/x/")),
    *("label:=law", "enclosure:mp3", "lang:zh", "age:<3d", "age:>3d", "reading_time:<5", "reading_time:>5"),
    *("after:2023-01-01", "before:2023-01-01", "zebra", "title:zebra", '"a phrase"', "-is:read"),
    *("is:read OR lang:zh", "is:read feed:x", "-(is:read feed:x)"),
]
READ = ["/zebra/", "label:law", "url:x", "author:/x/", "a NEAR b", "-/x/", "is:read OR /x/", "is:read url:x"]


@pytest.mark.parametrize(("expressions", "exact"), [(DECIDED, True), (READ, False)])
def test_what_is_decided_without_reading_a_text(store: Store, expressions: list[str], exact: bool) -> None:
    conditions = Conditions(store.conn, NOW)
    for expression in expressions:
        parsed = query.parse(expression)
        assert isinstance(parsed, query.Query)
        assert conditions.of(parsed.root).exact is exact, expression
