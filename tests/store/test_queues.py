"""Downloads, notices and alarms in the store: each is done once, told once, and none is forgotten."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.builders import NOW, entry, open_store, save
from tuireader.model import (
    Alarm,
    AlarmKind,
    DownloadState,
    Enclosure,
    Evidence,
    Fault,
    NewGap,
    OutboxKind,
    Pace,
)
from tuireader.store import Store
from tuireader.store.feeds.feeds import Attempt
from tuireader.store.watches.alarms import Failing, Subject
from tuireader.store.watches.outbox import Draft, Terms
from tuireader.text.durations import DAY, MONTH

FILES = [Enclosure(f"https://a.example/{n}.mp3", "audio/mpeg", length=n) for n in range(1, 4)]


# --------------------------------------------------------------------------- downloads


@pytest.fixture
def queue(store: Store) -> list[int]:
    """Three waiting downloads of an article."""
    (article,), _ = save(store, 1, entry(1))
    with store.transaction():
        return store.downloads.add(article, FILES, NOW)


def states(store: Store) -> list[str]:
    return [str(item.state) for item in store.downloads.all()]


def test_downloads_are_taken_one_by_one_and_again_after_a_crash(store: Store, queue: list[int]) -> None:
    taken = [store.downloads.take() for _ in range(4)]
    assert [item and item.id for item in taken] == [*queue, None]
    assert states(store) == ["running"] * 3 and store.downloads.any_unfinished()
    store.downloads.finish(queue[0], "/a.mp3", 7, NOW)
    store.downloads.interrupted()
    assert states(store) == ["done", "waiting", "waiting"] and store.downloads.any_unfinished()
    assert [item.id for item in store.downloads.all(queue[1:])] == queue[1:]
    again = store.downloads.take()
    assert again is not None and again.id == queue[1]
    assert store.downloads.paths(FILES[0].url) == ["/a.mp3"] and store.downloads.paths(FILES[1].url) == []
    assert store.downloads.remove(queue) == [FILES[2].url], "a running one stays"
    assert [item.id for item in store.downloads.all()] == [queue[1]]


@pytest.mark.parametrize(
    ("state", "after"),
    [
        ("waiting", {"cancel": "cancelled", "retry": "waiting", "add": "waiting", "fail": "waiting"}),
        ("running", {"cancel": "cancelled", "retry": "running", "add": "running", "fail": "failed"}),
        ("failed", {"cancel": "failed", "retry": "waiting", "add": "waiting", "fail": "failed"}),
        ("cancelled", {"cancel": "cancelled", "retry": "waiting", "add": "waiting", "fail": "cancelled"}),
        ("done", {"cancel": "done", "retry": "done", "add": "done", "fail": "done"}),
    ],
)
def test_what_becomes_of_a_download(
    store: Store, queue: list[int], state: str, after: dict[str, str]
) -> None:
    """A complete file is not fetched again, and a cancelled one is not reported as failed."""
    first, *others = queue
    found = {}
    for action in after:
        store.conn.execute("UPDATE download SET state = ? WHERE id = ?", (state, first))
        store.conn.execute("UPDATE download SET state = 'other' WHERE id != ?", (first,))
        match action:
            case "cancel":
                store.downloads.cancel([first])
            case "retry":
                store.downloads.retry([first])
            case "add":
                store.downloads.add(1, FILES[:1], NOW)
            case "fail":
                store.downloads.fail(first, "no room", NOW)
        rows = dict(store.conn.execute("SELECT id, state FROM download"))
        found[action] = rows.pop(first)
        assert set(rows.values()) == {"other"} and [*rows] == others
    assert found == after


def test_a_download_keeps_what_its_server_says_until_it_is_complete(store: Store, queue: list[int]) -> None:
    first, second, _ = queue
    store.downloads.take()
    store.downloads.start(first, "/part", '"v1"', 99)
    assert store.downloads.progress(first, 50) and not store.downloads.progress(second, 50)
    store.downloads.fail(first, "it broke", NOW)
    item, other, _ = store.downloads.all()
    assert (item.received, item.length, item.path, item.validator, item.error) == (
        50,
        99,
        "/part",
        '"v1"',
        "it broke",
    )
    assert (other.received, other.path, other.error, other.title) == (0, "", "", "Title number 1")
    store.downloads.retry([first])
    assert store.downloads.all([first])[0].error == ""
    store.downloads.finish(first, "/file", 120, NOW)
    (item,) = store.downloads.all([first])
    assert (item.state, item.received, item.length, item.path) == (DownloadState.DONE, 120, 120, "/file")
    store.downloads.cancel(queue)
    assert not store.downloads.any_unfinished()


# --------------------------------------------------------------------------- notices


def long(number: int) -> str:
    """A text that only a repost repeats."""
    return f"<p>{' '.join(f'word{number}{place}' for place in range(60))}</p>"


@pytest.fixture
def articles(store: Store) -> list[int]:
    """Articles of two feeds, the newest first; the last one has the text of the first one."""
    first, _ = save(store, 1, *(entry(n, content_html=long(n)) for n in (3, 2, 1)))
    with store.transaction():
        text = entry(8, published=NOW, content_html=long(1), title=entry(1).title)
        second = [text.id for text in store.entries.save(2, [text], NOW).new]
        store.watches.sync([("W", "1"), ("V", "2")])
        store.watches.record(((n, Evidence("W")) for n in first), NOW)
    return sorted(first) + second


def test_a_match_waits_until_it_is_decided_and_then_for_its_channel(
    store: Store, articles: list[int]
) -> None:
    first, second, third, _ = articles
    with store.transaction():
        assert not store.notices.any_waiting()
        store.notices.add([("W", third), ("W", first), ("V", first), ("W", first)])
    waiting = store.notices.waiting()
    assert [(item.article_id, item.watch) for item in waiting] == [(third, "W"), (first, "W"), (first, "V")]
    assert {(item.watch, item.article_id, item.story) for item in waiting} == {
        ("W", third, third), ("W", first, first), ("V", first, first)
    }  # fmt: skip
    ids = {(item.watch, item.article_id): item.id for item in waiting}
    with store.transaction():
        store.notices.decide({ids["W", first]: ("comet", "A comet.")}, {ids["V", first]: "muted"}, NOW)
        store.notices.add([("W", first), ("V", first)])
    assert [item.id for item in store.notices.waiting()] == [ids["W", third]]
    assert store.notices.notified_in_story("W", first) == [first]
    assert store.notices.notified_in_story("V", first) == store.notices.notified_in_story("W", second) == []
    assert store.notices.sentences([first])[first, "W"] == "A comet."
    with store.transaction():
        store.marks.set("read", [third], True, now=NOW)
        assert store.notices.skip_read([first, third], NOW) == {third} and not store.notices.any_waiting()
        draft = Draft("a", OutboxKind.MATCH, first, notices=(ids["W", first],))
        store.outbox.add([draft, replace(draft, channel="b")], NOW)
        assert store.notices.settle([ids["W", first]]) == [], "it will be told"
        one, two = store.outbox.unsent()
        store.outbox.give_up("a", [one.id], "it broke", NOW)
        assert store.notices.notified_in_story("W", first) == [first]
        assert store.outbox.drop([one.id, two.id, 99], "dropped", NOW) == [one.id, two.id]
    assert store.notices.notified_in_story("W", first) == [], "another article of the story is told"
    with store.transaction():
        assert store.outbox.retry([one.id], NOW) == [one.id]
        store.outbox.accept(store.outbox.pick("a", Terms(), "x", NOW), ["a"], NOW + 7)
        assert store.outbox.retry([one.id], NOW) == store.outbox.drop([one.id], "dropped", NOW) == []
    sql = "SELECT state, told_at FROM notice WHERE id = ?"
    assert store.conn.execute(sql, (ids["W", first],)).fetchone() == (1, NOW + 7)


def test_what_a_watch_has_notified_of_a_story_and_of_reposts(store: Store, articles: list[int]) -> None:
    first, second, third, repost = articles
    with store.transaction():
        store.relations.join(second, first)
        store.notices.add([("W", first), ("W", third), ("V", second)])
        ids = {(item.watch, item.article_id): item for item in store.notices.waiting()}
        assert ids["V", second].story == ids["W", first].story
        store.notices.decide({item.id: ("", "") for item in ids.values()}, {}, NOW)
    story = ids["W", first].story
    assert store.notices.notified_in_story("W", story) == [first]
    assert store.notices.notified_in_story("V", story) == [second]
    identity = store.notices.identities([repost, first])
    assert set(identity) == {first, repost} and identity[repost].text_key == identity[first].text_key
    assert not identity[repost].keys.isdisjoint(identity[first].keys)
    assert store.notices.notified_like([repost], DAY) == [("W", identity[first])]
    (other,) = store.notices.identities([second]).values()
    assert other.keys.isdisjoint(identity[first].keys)
    assert store.notices.notified_like([second], DAY) == [("V", other)]
    assert store.notices.notified_like([first], DAY) == [("W", identity[first])]


def test_what_an_article_may_repost(tmp_path: Path) -> None:
    """In another feed only a text, as it is now; in its own also a title, at its address or soon after."""
    store = open_store(tmp_path, feeds=6)
    published = NOW - 2 * DAY
    first, numbers = entry(1, title="The quay", published=published, content_html=long(1)), count(2)
    (told,), _ = save(store, 1, first)
    with store.transaction():
        store.notices.add([("W", told)])
        (item,) = store.notices.waiting()

    def alike(
        feed: int, text: int, title: str = "The quay", *, within: int = DAY, address: bool = False
    ) -> bool:
        new = entry(next(numbers), title=title, content_html=long(text), published=NOW)
        (article,), _ = save(store, feed, new)
        if address:  # as after an edit: a new entry with it would be the same article
            sql = "UPDATE article SET url_key = (SELECT url_key FROM article WHERE id = ?) WHERE id = ?"
            store.conn.execute(sql, (told, article))
        found = store.notices.notified_like([article], within)
        assert {one.article_id for _, one in found} <= {told}
        return bool(found)

    assert not alike(2, 1), "nothing is decided about it"
    with store.transaction():
        store.notices.decide({item.id: ("", "")}, {}, NOW)
    assert alike(3, 1)
    assert not alike(4, 2), "another feed has this title"
    assert not alike(1, 2), "two days later"
    assert alike(1, 3, within=2 * DAY)
    assert alike(1, 4, address=True)
    assert not alike(1, 5, "A bridge", address=True)
    save(store, 1, replace(first, content_html=long(6)))
    assert alike(5, 6)
    assert not alike(6, 1), "it no longer says that"
    store.close()


# --------------------------------------------------------------------------- alarms


def alarm(feed: int = 1, kind: AlarmKind = AlarmKind.FAILING, *, watch: str = "", account: str = "") -> Alarm:
    return Alarm(
        0, kind=kind, feed_id=feed, watch=watch, name="", words="why", raised_at=NOW, account=account
    )


def test_an_alarm_is_told_when_it_begins_and_when_it_ends_if_it_was(store: Store) -> None:
    alarms = store.alarms
    with store.transaction():
        for one in (alarm(), alarm(0, AlarmKind.SILENT, watch="W"), alarm(0, account="home")):
            alarms.raise_(one)
    feed, watch, account = alarms.open()
    assert [(one.name, one.watch, one.account) for one in (feed, watch, account)] == [
        ("Feed 1", "", ""), ("W", "W", ""), ("home", "", "home")
    ]  # fmt: skip
    assert alarms.untold() == alarms.open() == alarms.all() and alarms.count() == 3
    with store.transaction():
        alarms.mark_told([feed.id, watch.id], NOW + 1, over=False)
        alarms.reword(watch.id, "because")
    assert alarms.untold() == [account] and alarms.open()[1].words == "because" != alarms.open()[0].words
    with store.transaction():
        alarms.clear(feed.id, NOW + 2, tell=True)
        alarms.clear(watch.id, NOW + 2, tell=False)
        alarms.clear(account.id, NOW + 2, tell=True)
    assert alarms.open() == [] and alarms.count() == 0 and len(alarms.all()) == 3
    (over,) = alarms.untold()
    assert (over.id, over.cleared_at) == (feed.id, NOW + 2), "of the others nobody has heard"
    with store.transaction():
        store.outbox.add([Draft("", OutboxKind.ALARM, over.id)], NOW)
        assert alarms.untold() == [over], "that was about its beginning"
        store.outbox.add([Draft("", OutboxKind.OVER, over.id)], NOW)
        assert alarms.untold() == []
        alarms.mark_told([over.id], NOW + 3, over=True)
        store.conn.execute("DELETE FROM outbox")
        assert alarms.untold() == []


def test_which_feeds_fail_are_named_or_have_gaps(store: Store) -> None:
    attempts = [
        Attempt(
            1,
            NOW,
            None,
            error="it broke",
            fault=Fault.HTTP,
            moved_to="https://b.example/f",
            moved_why="named",
        ),
        Attempt(2, NOW - 5, NOW + 9),
    ]
    gap = NewGap(after=NOW - 9, before=NOW, missing=7, known=(), dated=True)
    alarms = store.alarms
    with store.transaction():
        for attempt in attempts:
            store.feeds.record(attempt)
        for feed, found in ((1, NOW), (1, NOW - 9), (2, NOW - 10)):
            store.gaps.add(feed, gap, "p", found)
        store.gaps.advance(1, "p", "q", 9)
    assert alarms.failing() == [Failing(1, NOW, NOW, 1, False, Fault.HTTP, "it broke")]
    assert alarms.named() == [(1, "https://b.example/f")]
    assert alarms.last_success() == (2, NOW - 5) and alarms.subscribed() == {1, 2}
    assert alarms.open_gaps(NOW - 9) == [(1, 2, 8)] and alarms.open_gaps_of(2) == 1
    with store.transaction():
        store.gaps.end(3, closed_at=NOW)
        assert alarms.open_gaps_of(2) == 0 and alarms.open_gaps(0) == [(1, 2, 8)]
        store.conn.execute("UPDATE feed SET state = 'paused' WHERE id = 1")
        assert alarms.failing() == [] and alarms.named() == [] and alarms.subscribed() == {2}
        store.conn.execute("UPDATE feed SET state = 'gone' WHERE id = 2")
        assert [(one.feed_id, one.gone, one.tries) for one in alarms.failing()] == [(2, True, 0)]
        store.conn.execute("UPDATE feed SET subscribed = 0")
    assert alarms.failing() == [] and alarms.open_gaps(0) == [] and alarms.last_success() == (0, 0)


def test_the_times_by_which_a_pace_is_judged(store: Store, articles: list[int]) -> None:
    first, second, third, repost = articles
    with store.transaction():
        store.feeds.record(Attempt(1, NOW, NOW + 9))
        store.conn.execute("UPDATE watch SET pending = iif(name = 'W', 9, 0)")
        assert [one.watch for one in store.alarms.watches(["W", "V"])] == ["V"]
        assert store.alarms.watches(["W"]) == []
        (feed,) = store.alarms.feeds()
        assert (feed.feed_id, feed.newest, feed.seen, feed.known) == (1, NOW - 60, NOW, None)
        assert store.alarms.times(feed, 2) == [NOW - 60, NOW - 120]
        pace = Pace(usual=60, alarm_at=NOW + 99)
        store.alarms.remember(feed, feed.newest, pace)
        store.alarms.remember(Subject(0, "V", 0, NOW, "2"), 0, None)
        (feed,) = store.alarms.feeds()
        assert feed.known is not None and (feed.known.newest, feed.known.pace) == (NOW - 60, pace)
        late, early = NOW + DAY + 1, NOW + DAY
        for article, arrived in ((first, late), (second, early)):
            sql = "UPDATE article SET time = ?, arrived = ? WHERE id = ?"
            store.conn.execute(sql, (arrived - MONTH - 1, arrived, article))
        assert sorted(store.alarms.times(feed, 9)) == sorted([NOW - 180, late, early - MONTH - 1])
        store.conn.execute("UPDATE article SET time = arrived - ? WHERE id = ?", (MONTH, first))
        assert late - MONTH in store.alarms.times(feed, 9), "a month is not too old"
        assert third and repost
