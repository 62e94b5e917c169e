"""How much feeds publish and watches match, and how much of it is opened."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.builders import NOW, entry, save
from tests.examples import half_as_many
from tuireader.model import Activity, ParsedEntry
from tuireader.store import Store
from tuireader.text.durations import DAY
from tuireader.wording.lines import sparkline
from tuireader.wording.statistics import BARS, ORDERS, columns, in_order

TODAY = NOW - NOW % DAY


def at(number: int, days_ago: int) -> ParsedEntry:
    return entry(number, published=TODAY - days_ago * DAY + 60)


@pytest.fixture
def store(store: Store) -> Store:
    """Feed 1 has an article of today, one of yesterday, one of 40 days ago; feed 2 has three of today."""
    for number, days_ago in enumerate((0, 1, 40), 1):
        save(store, 1, at(number, days_ago))
    save(store, 2, at(4, 0), at(5, 0), at(6, 0))
    return store


def mark(store: Store, mark: str, *ids: int, journal: bool = True) -> None:
    with store.transaction():
        store.marks.set(mark, ids, True, now=NOW, journal=journal)


def figures(store: Store, span: int = 30) -> list[tuple[int, int, int, int, bool]]:
    """Articles, opened, marked, unread and whether nothing was ever opened, of each feed."""
    measured = store.stats.activity(TODAY, span)
    return [(a.articles, a.opened, a.marked, a.unread, a.never_opened) for a in measured]


def test_articles_count_by_day_and_week(store: Store) -> None:
    first, second = store.stats.activity(TODAY, 30)
    assert (first.feed_id, first.articles, first.days) == (1, 2, (*[0] * 28, 1, 1))
    assert first.weeks == (*[0] * 6, 1, 0, 0, 0, 0, 2)  # 40 days ago is in the sixth week before this one
    assert (second.articles, second.days[-1], second.weeks[-1]) == (3, 3, 3)
    assert store.stats.activity(TODAY, 1)[0].days == (1,)
    wide = store.stats.activity(TODAY, 365)[0]
    assert (wide.articles, len(wide.days), wide.days[-41], wide.weeks) == (3, 365, 1, first.weeks)


def test_an_article_from_the_future_counts_today(store: Store) -> None:
    save(store, 1, entry(7, published=TODAY + 9 * DAY))
    with store.transaction():  # entries cannot be from so late
        store.conn.execute("UPDATE article SET time = ? WHERE id = 7", (TODAY + 9 * DAY,))
    assert store.stats.activity(TODAY, 30)[0].days[-2:] == (1, 2)


def opened(store: Store, article_id: int) -> None:
    mark(store, "read", article_id, journal=False)
    with store.transaction():
        store.marks.note_opened([article_id])


def place(store: Store, article_id: int) -> int:
    article = store.articles.get(article_id)
    assert article is not None
    return article.place


def test_marks_are_no_reading(store: Store) -> None:
    assert figures(store) == [(2, 0, 0, 2, True), (3, 0, 0, 3, True)]
    mark(store, "read", 4, 5, 6)
    mark(store, "read", 2)  # alone: a story that is opened marks its other articles like this
    assert figures(store) == [(2, 0, 1, 1, True), (3, 0, 3, 0, True)]
    opened(store, 1)
    assert figures(store)[0] == (2, 1, 1, 0, False)
    mark(store, "starred", 4)
    with store.transaction():
        store.marks.set_place(5, 100)
        store.marks.label("law", [6], True, now=NOW)
    assert figures(store)[1] == (3, 3, 0, 0, False)
    with store.transaction():
        store.marks.set("read", [5], False, now=NOW)
    assert figures(store)[1] == (3, 2, 0, 1, False), "as in the sidebar"


def test_what_was_opened_stays_so(store: Store) -> None:
    """Also when undo has forgotten the marks, and when the text was left at its beginning."""
    opened(store, 1)
    mark(store, "read", 4, 5, 6)
    assert place(store, 1) == 0
    with store.transaction():
        store.marks.set_place(5, 100)
        store.marks.note_opened([5])
    assert place(store, 5) == 100
    with store.transaction():
        store.marks.set_place(5, 0)  # back at the beginning
    assert place(store, 5) == 0
    before = figures(store)
    for _ in range(101):
        mark(store, "starred", 6)
        with store.transaction():
            store.marks.set("starred", [6], False, now=NOW)
    assert figures(store) == before == [(2, 1, 0, 1, False), (3, 1, 2, 0, False)]


def test_an_undone_mark_does_not_count(store: Store) -> None:
    mark(store, "read", 4, 5, 6)
    with store.transaction():
        store.marks.undo()
    assert figures(store)[1] == (3, 0, 0, 3, True)


def test_a_feed_was_opened_if_an_old_article_was(store: Store) -> None:
    opened(store, 3)
    assert figures(store)[0] == (2, 0, 0, 2, False)


def test_muted_articles_and_unsubscribed_feeds_do_not_count(store: Store) -> None:
    with store.transaction():
        store.conn.execute("UPDATE article SET muted = 1 WHERE id = 4")
        store.conn.execute("UPDATE feed SET subscribed = 0 WHERE id = 1")
    assert [(a.feed_id, a.articles) for a in store.stats.activity(TODAY, 30)] == [(2, 2)]


def test_a_carried_article_counts_in_both_feeds(store: Store) -> None:
    with store.transaction():
        store.conn.execute("INSERT INTO appearance VALUES (2, 99, 1, 0, 1), (2, 98, 1, 0, 1)")
    assert [a.articles for a in store.stats.activity(TODAY, 30)] == [2, 4]


def test_matches_of_watches_count_after_the_feeds_in_config_order(store: Store) -> None:
    with store.transaction():
        store.conn.execute("INSERT INTO watch VALUES (1, 'B', '', 0, 0, 0), (2, 'A', '', 1, 0, 0)")
        store.conn.execute("INSERT INTO match (watch_id, article_id, evidence) VALUES (1, 1, ''), (1, 3, '')")
    *_, b, a = store.stats.activity(TODAY, 30)
    assert (b.name, b.feed_id, b.articles, sum(b.weeks), b.never_opened) == ("B", 0, 1, 2, True)
    assert (a.name, a.articles, a.never_opened) == ("A", 0, False)


def test_the_feed_that_reports_first_leads(store: Store) -> None:
    """Stories that began before the first day, or that one feed has alone, do not count."""
    with store.transaction():
        store.conn.execute("UPDATE article SET story = 1 WHERE id IN (1, 4)")
        store.conn.execute("UPDATE article SET story = 5 WHERE id IN (5, 6)")
        store.conn.execute("UPDATE article SET time = time + 3600 WHERE id = 4")
    first, second = store.stats.activity(TODAY, 30)
    assert (first.stories, first.first, first.lag) == (1, 1, 0)
    assert (second.stories, second.first, second.lag) == (1, 0, 3600)
    with store.transaction():
        store.conn.execute("UPDATE article SET time = ? WHERE id = 1", (TODAY - 2 * DAY,))
    assert store.stats.activity(TODAY, 1)[1].stories == 0
    with store.transaction():  # only its day is known: it is neither first nor late
        store.conn.execute(
            "UPDATE article SET time = time + 86400, published = ? WHERE id = 1", (TODAY - DAY,)
        )
    assert not any(item.stories for item in store.stats.activity(TODAY, 30) if item.feed_id)


def test_indexes_answer_without_reading_all_articles(store: Store) -> None:
    from tuireader.store.watches import stats

    args = {"start": 0, "last": 1}
    plans = [
        " ".join(row[3] for row in store.conn.execute(f"EXPLAIN QUERY PLAN {sql}", args))
        for sql in map(stats.BY_DAY.format, ("1", "read = 0", stats.OPENED))
    ]
    assert "COVERING INDEX article_feed_time" in plans[0] and "COVERING INDEX match_article" in plans[0]
    assert "COVERING INDEX article_unread_feed" in plans[1] and "SCAN article USING INTEGER" not in plans[1]
    assert plans[2].startswith("COMPOUND QUERY LEFT-MOST SUBQUERY SCAN article USING INDEX article_label")


ITEM = Activity("Feed", 1, 30, 3, 7, 20, False, (1,) * 30, (0,) * 12, 4, 1, 7200)


def test_columns() -> None:
    texts = columns(ITEM)
    assert (texts["a_day"], texts["opened"], texts["first"], texts["lag"]) == ("1.00", "10%", "1 of 4", "2 h")
    assert columns(replace(ITEM, never_opened=True))["opened"] == "never"
    idle = columns(replace(ITEM, articles=0, opened=0, marked=0, unread=0, stories=0, first=0, lag=0))
    assert (idle["a_day"], idle["opened"], idle["first"], idle["lag"], idle["unread"]) == (
        "–",
        "–",
        "",
        "",
        "",
    )
    assert columns(replace(ITEM, name="https://a.example/rss"))["name"] == "a.example"
    assert columns(replace(ITEM, name="PIPL", feed_id=0))["name"] == "◆ PIPL"


@given(st.lists(st.integers(0, 9), min_size=1, max_size=400))
@half_as_many
def test_bars_never_exceed_their_column_and_keep_the_last_days_together(days: list[int]) -> None:
    bars = columns(replace(ITEM, days=tuple(days)))["days"]
    assert len(bars) <= BARS
    if len(days) <= BARS:
        assert bars == sparkline(days)
    assert (set(bars) == {"▁"}) == (not any(days))


def test_orders() -> None:
    idle = replace(ITEM, name="idle", articles=0, opened=0, stories=0, first=0)
    busy = replace(ITEM, name="Busy", articles=300, opened=3)
    early = replace(ITEM, name="early", opened=30, first=4)
    watch = replace(ITEM, name="A", feed_id=0, articles=999, opened=0)
    items = [watch, idle, early, busy]

    def names(order: str) -> list[str]:
        return [item.name for item in in_order(items, order)]

    assert names("opened") == ["Busy", "early", "idle", "A"]
    assert names("articles") == ["Busy", "early", "idle", "A"]
    assert names("first") == ["early", "Busy", "idle", "A"]
    assert names("name") == ["Busy", "early", "idle", "A"] and set(ORDERS) == {
        "opened", "articles", "first", "name",
    }  # fmt: skip
