"""What a brief tells, and the summary after days away: each article once, to the second, and no muted one."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.builders import NOW, entry, save
from tuireader.config import FeedConfig
from tuireader.model import CaseState, Evidence
from tuireader.store import Store
from tuireader.store.lists.briefs import Scope
from tuireader.store.lists.lists import NEWS

HOUR = 3600


@pytest.fixture
def articles(store: Store) -> dict[str, int]:
    """Articles by title: two of a story, one that a watch matches, a muted one, and one of a former feed."""
    titles = ["first", "second", "watched", "muted", "old", "left"]
    for number, title in enumerate(titles):
        feed = 2 if title in ("second", "left") else 1
        published = NOW - NEWS if title == "old" else NOW - number * HOUR
        save(store, feed, entry(number, title=title, published=published))
    ids = dict(store.conn.execute("SELECT title, id FROM article"))
    with store.transaction():
        store.watches.sync([("W", "1")])
        store.watches.record([(ids["watched"], Evidence("W", (), "It says so."))], NOW)
        store.relations.join(ids["second"], ids["first"])
        store.conn.execute("UPDATE article SET muted = 1 WHERE title = 'muted'")
    return ids


def scope(after: int | None = None, since: int = 0, watch: str = "") -> Scope:
    return Scope(since, after, watches=(watch,) if watch else ())


def told(store: Store, *, after: int | None = None, since: int = 0, watch: str = "") -> dict[str, bool]:
    """Titles of a brief, and whether each is new."""
    return {report.title: report.new for report in store.briefs.reports(scope(after, since, watch))}


def test_a_brief_tells_what_is_new_with_the_older_reports_of_its_stories(
    store: Store, articles: dict[str, int]
) -> None:
    everything = dict.fromkeys(("first", "second", "watched", "old", "left"), True)
    assert told(store) == everything
    assert told(store, since=NOW) == {"first": True, "second": False}
    assert told(store, since=NOW - HOUR) == {"first": True, "second": True}
    assert told(store, since=NOW - HOUR + 1) == {"first": True, "second": False}
    assert told(store, since=NOW + 1) == {}
    assert told(store, watch="W") == {"watched": True} and told(store, watch="V") == {}
    (report,) = store.briefs.reports(scope(watch="W"))
    assert [item.sentence for item in report.evidence] == ["It says so."]
    # Since the last brief, articles count by their number, without those that were old when they came.
    assert told(store, after=0) == {title: True for title in everything if title != "old"}
    assert told(store, after=articles["watched"]) == {"left": True}
    bounded = Scope(after=0, last=articles["second"], only=[articles["second"], articles["left"]])
    assert {report.title for report in store.briefs.reports(bounded) if report.new} == {"first", "second"}
    assert store.briefs.reports(replace(bounded, last=articles["first"])) == []
    assert told(store, after=articles["left"]) == {} and store.briefs.newest() == articles["left"]
    assert store.briefs.muted(scope()) == store.briefs.muted(scope(since=NOW - 3 * HOUR)) == 1
    assert store.briefs.muted(scope(since=NOW - 3 * HOUR + 1)) == 0
    assert store.briefs.muted(scope(articles["muted"])) == store.briefs.muted(scope(0, watch="W")) == 0
    with store.transaction():
        store.feeds.sync([FeedConfig("https://feed1.example.org/rss")])
    assert told(store) == {"first": True, "watched": True, "old": True}
    save(store, 1, entry(5, title="left", published=NOW - 5 * HOUR))  # which another feed has, too
    assert told(store) == {"first": True, "watched": True, "old": True, "left": True}
    assert store.conn.execute("SELECT feed_id FROM article WHERE title = 'left'").fetchall() == [(2,)]


def test_what_is_still_open_is_in_no_brief_of_the_same_period(store: Store, articles: dict[str, int]) -> None:
    """All cases that are new or open, without those of muted articles, are in one of both."""

    def still(*, after: int | None = None, since: int = 0, watch: str = "") -> list[tuple[str, str, str]]:
        matches = store.briefs.still_open(scope(after, since, watch))
        return [(match.title, match.watch, match.state) for match in matches]

    with store.transaction():
        store.match_log.record(
            ((text, Evidence("W")) for text in store.articles.texts([*articles.values()])), NOW
        )
    assert still(since=NOW + 1) == []  # nobody handles matches
    with store.transaction():
        numbers = store.cases.ever([*articles.values()])
        store.cases.set_state(numbers, CaseState.NEW, by="", now=NOW)
        store.cases.set_state(store.cases.ever([articles["first"]]), CaseState.DONE, by="", now=NOW)
        store.cases.set_state(store.cases.ever([articles["second"]]), CaseState.OPEN, by="", now=NOW)
    rest = [("old", "W", "new"), ("left", "W", "new"), ("watched", "W", "new"), ("second", "W", "open")]
    assert still(since=NOW + 1) == still(since=NOW + 1, watch="W") == rest
    assert still(since=NOW + 1, watch="V") == still() == []
    assert still(since=NOW - 2 * HOUR) == rest[:2]
    assert still(after=articles["old"]) == [rest[0], *rest[2:]] and still(after=0) == rest[:1]
    store.conn.execute("UPDATE feed SET subscribed = 0 WHERE id = 2")
    assert still() == [rest[1], rest[3]] and "left" not in told(store)


def test_a_brief_of_each_watch_remembers_where_it_ended(store: Store) -> None:
    assert store.briefs.last("") is None
    with store.transaction():
        store.briefs.remember("", 7)
        store.briefs.remember("W", 9)
        store.briefs.remember("", 3, 7)
    assert (store.briefs.last(""), store.briefs.last("W"), store.briefs.last("V")) == (7, 9, None)
    assert (store.briefs.last("", 7), store.briefs.last("", 8)) == (3, None)


def test_the_summary_after_days_away(store: Store, articles: dict[str, int]) -> None:
    away = store.briefs.away(NOW)
    assert (away.articles, away.stories, away.watched) == (5, 4, 1)
    assert store.briefs.away(NOW + 1).articles == 0
    with store.transaction():
        store.marks.set("read", [articles["old"]], True, now=NOW)
        store.watches.record([(articles["second"], Evidence("W"))], NOW)
    away = store.briefs.away(NOW)
    assert (away.articles, away.stories, away.watched) == (4, 3, 2)


def test_when_the_reader_was_last_used(store: Store, articles: dict[str, int]) -> None:
    with store.transaction():
        assert store.briefs.seen(NOW) == (NOW, None)
        assert store.briefs.seen(NOW + 9) == (NOW, articles["left"])
        assert store.briefs.seen(NOW + 99) == (NOW + 9, articles["left"])
