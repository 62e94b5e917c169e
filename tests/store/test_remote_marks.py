"""Marks of two accounts whose servers use the same ids: each change reaches its own entries and no other."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest

from tests.builders import NOW, entry
from tuireader.model.accounts import Mark, RefusedMark, RemoteFeed
from tuireader.store import Store
from tuireader.store.accounts.remote import MISSED_FOR, MISSES
from tuireader.sync.states import Compared, store_states

ALL = ["1", "2", "3", "10"]


class Account(NamedTuple):
    """An account with a feed; `articles` are those of its entries `ALL`."""

    id: int
    feed: int
    articles: list[int]


@pytest.fixture
def accounts(store: Store) -> tuple[Account, Account]:
    """Two accounts; on both servers all entries are unread and without a star."""
    both = []
    with store.transaction():
        store.accounts.sync(["home", "work"])
        for name in ("home", "work"):
            account = store.accounts.get(name)
            listed = [RemoteFeed("7", f"News at {name}", f"https://{name}.example/f")]
            (feed,) = store.accounts.list_feeds(account, listed, NOW, believed=True).values()
            texts = [entry(n, guid=f"{name} {n}", url=f"https://{name}.example/{n}") for n in (3, 2, 1, 0)]
            articles = [text.id for text in store.entries.save(feed, texts, NOW).new]
            rows = [
                (remote, article, feed, False, False) for remote, article in zip(ALL, articles, strict=True)
            ]
            store.remote.add(account.id, rows)
            both.append(Account(account.id, feed, articles))
    home, work = both
    return home, work


def rows(store: Store, account: Account) -> dict[str, tuple[object, ...]]:
    """Everything stored about each entry of an account, and about each lost one."""
    sql = "SELECT * FROM remote_entry WHERE account_id = ?"
    lost = "SELECT * FROM lost_entry WHERE account_id = ?"
    there = {row[1]: tuple(row) for row in store.conn.execute(sql, (account.id,))}
    return there | {f"lost {row[1]}": tuple(row) for row in store.conn.execute(lost, (account.id,))}


def star(store: Store, account: Account, *ids: str, value: bool = True) -> None:
    store.marks.set(
        "starred", [account.articles[ALL.index(one)] for one in ids], value, now=NOW, journal=False
    )


def deliver(store: Store, account: Account, *ids: str) -> None:
    """Star entries, and have the server accept that."""
    star(store, account, *ids)
    store.remote.delivered(account.id, Mark.STARRED, True, list(ids))


def lose(store: Store, account: Account, *ids: str) -> None:
    store.remote.forget(account.id, ids)


CHANGES: dict[str, tuple[Callable[..., object], Callable[..., object]]] = {
    "seen": (star, lambda s, a, *ids: s.remote.seen(a.id, Mark.READ, [(one, True, None) for one in ids])),
    "take": (
        lambda s, a, *_: star(s, a, "2"),
        lambda s, a, *_: s.remote.take(a.id, Mark.STARRED, True, 9),
    ),
    "delivered": (star, lambda s, a, *ids: s.remote.delivered(a.id, Mark.STARRED, True, list(ids))),
    "confirm": (
        lambda s, a, *_: deliver(s, a, *ALL),
        lambda s, a, *ids: s.remote.confirm(a.id, {*ids}),
    ),
    "refuse": (
        lambda s, a, *_: star(s, a, *ALL),
        lambda s, a, *ids: s.remote.refuse(a.id, Mark.STARRED, ids, "no"),
    ),
    "forget": (star, lose),
    "recall": (lambda s, a, *_: lose(s, a, *ALL), lambda s, a, *ids: s.remote.recall(a.id, ids)),
    "set missing": (
        lambda s, a, *_: deliver(s, a, "1"),
        lambda s, a, *ids: s.remote.set_missing(a.id, ids, NOW),
    ),
    "met again": (
        lambda s, a, *_: lose(s, a, *ALL),
        lambda s, a, *ids: s.remote.met_again(a.id, [a.articles[ALL.index(one)] for one in ids]),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_an_entry_reaches_no_other_entry_and_no_other_account(
    store: Store, accounts: tuple[Account, Account], name: str
) -> None:
    """Else marks of one account would go to the server of another, or be lost."""
    home, work = accounts
    before, change = CHANGES[name]
    with store.transaction():
        for account in accounts:
            before(store, account, "2")
        mine, theirs = rows(store, home), rows(store, work)
        change(store, home, "2")
    after = rows(store, home)
    assert rows(store, work) == theirs
    assert {place for place in {*mine, *after} if mine.get(place) != after.get(place)} <= {"2", "lost 2"}
    assert mine != after


@pytest.mark.parametrize("renumbered", [False, True])
def test_a_server_whose_ids_mean_nothing_any_more_is_forgotten_alone(
    store: Store, accounts: tuple[Account, Account], renumbered: bool
) -> None:
    home, work = accounts
    with store.transaction():
        for account in accounts:
            store.remote.forget(account.id, ["1"], renumbered=renumbered)
            store.remote.recall(account.id, ["1"])
            assert ("1" in rows(store, account)) is not renumbered, "the id may be that of another article"
            store.remote.forget(account.id, ["1"], renumbered=renumbered)
        theirs = rows(store, work)
        store.accounts.forget(home.id, NOW)
        assert store.remote.all(home.id) == set() and rows(store, work) == theirs
        assert set(rows(store, home)) == {f"lost article {article}" for article in home.articles}
        store.remote.forget_feed(work.feed)
    assert store.remote.all(work.id) == set() and len(rows(store, work)) == len(ALL)


def test_marks_are_recorded_again_in_a_database_that_stopped_recording_them(
    store: Store, accounts: tuple[Account, Account]
) -> None:
    """Else marks would never reach the server; and without need, each start would write."""
    names = ["home", "work"]
    assert store.accounts.is_current(names) and not store.accounts.is_current([])
    store.conn.execute("DROP TRIGGER remote_starred")
    assert not store.accounts.is_current(names)
    with store.transaction():
        store.accounts.sync([])
    assert store.accounts.is_current([])


def test_an_article_of_another_server_does_not_replace_that_with_the_same_id(
    store: Store, accounts: tuple[Account, Account]
) -> None:
    home, work = accounts
    with store.transaction():
        store.accounts.forget(home.id, NOW)
        for account, name in ((home, "home"), (work, "work")):
            other = entry(9, guid=f"{name} 3", url=f"https://{name}.example/9")
            saved = store.entries.save(account.feed, [other], NOW)
            assert (len(saved.new), len(saved.changed)) == ((1, 0) if account is home else (0, 1))


def test_what_the_user_did_is_sent_until_the_server_has_it(
    store: Store, accounts: tuple[Account, Account]
) -> None:
    home, work = accounts
    remote = store.remote
    with store.transaction():
        assert remote.pending_marks(home.id) == []
        star(store, home, "1", "3")
        assert remote.pending_marks(home.id) == [Mark.STARRED] and remote.pending_marks(work.id) == []
        assert remote.take(home.id, Mark.STARRED, False, 9) == remote.take(home.id, Mark.READ, True, 9) == []
        assert len(remote.take(home.id, Mark.STARRED, True, 1)) == 1
        star(store, home, "1", "3", value=False)
        assert sorted(remote.take(home.id, Mark.STARRED, False, 9)) in (["1"], ["3"]), (
            "what was sent is undone"
        )
        star(store, home, "2")
        assert remote.take(home.id, Mark.STARRED, True, 9) == ["2"]
        remote.delivered(home.id, Mark.STARRED, True, ["2"])
        assert remote.rows(home.id, ["2"])["2"].marks[Mark.STARRED] == (True, True, None)
        star(store, home, "2", value=False)
        assert remote.take(home.id, Mark.STARRED, False, 9).count("2") == 1
        assert remote.changed_here(home.id, Mark.STARRED, home.articles) == {home.articles[1]} | {
            home.articles[ALL.index(one)]
            for one in ("1", "3")
            if remote.rows(home.id, [one])[one].marks[Mark.STARRED][2] is not None
        }
        assert remote.changed_here(home.id, Mark.READ, home.articles) == set()
        assert remote.changed_here(work.id, Mark.STARRED, [*home.articles, *work.articles]) == set()


def test_a_refused_mark_waits_until_it_is_retried(store: Store, accounts: tuple[Account, Account]) -> None:
    home, work = accounts
    with store.transaction():
        for account in accounts:
            star(store, account, "1", "2")
            store.remote.refuse(account.id, Mark.STARRED, ["1"], "not yours")
        store.remote.refuse(home.id, Mark.STARRED, ["2"])
        (refusal,) = store.remote.refusals(home.id)
        assert refusal == RefusedMark(home.articles[0], "Title number 0", "not yours")
        assert store.remote.take(home.id, Mark.STARRED, True, 9) == ["2"]
        assert store.remote.pending_marks(home.id) == [Mark.STARRED]
        store.remote.refuse(home.id, Mark.STARRED, ["2"], "no")
        assert store.remote.pending_marks(home.id) == []
        store.remote.retry_refused([home.id])
        assert sorted(store.remote.take(home.id, Mark.STARRED, True, 9)) == ["1", "2"]
        assert len(store.remote.refusals(work.id)) == 1 and store.remote.refusals(home.id) == []


def test_an_entry_is_gone_after_enough_lists_without_it(
    store: Store, accounts: tuple[Account, Account]
) -> None:
    home, work = accounts
    remote = store.remote
    with store.transaction():
        for number in range(MISSES):
            assert remote.missing_for_long(home.id, NOW + MISSED_FOR) == []
            remote.set_missing(home.id, ["1"] if number else ["1", "2"], NOW + number)
            remote.set_missing(work.id, ["1"], NOW)
        assert remote.missing_for_long(home.id, NOW + MISSED_FOR - 1) == []
        assert remote.missing_for_long(home.id, NOW + MISSED_FOR) == ["1"]
        star(store, home, "1", "2")
        assert remote.take(home.id, Mark.STARRED, True, 9) == ["2"], "no mark goes to an entry in doubt"
        assert remote.sample(home.id, 9, pending=True) == ["2"] and remote.sample(home.id, 9) == ALL
        assert remote.feeds_with_missing(home.id) == {"7"}
        remote.set_missing(home.id, [], NOW)
        assert remote.feeds_with_missing(home.id) == set() and remote.feeds_with_missing(work.id) == {"7"}
        remote.doubt_feeds([home.feed], NOW)
        assert remote.feeds_with_missing(home.id) == {"7"}


def test_a_mark_that_an_unreachable_feed_may_not_have_is_sent_again(
    store: Store, accounts: tuple[Account, Account]
) -> None:
    home, work = accounts
    with store.transaction():
        for account in accounts:
            deliver(store, account, "1", "3")
        compared = Compared([], [], (), frozenset(), listed=frozenset({"3"}))
        assert store_states(store, home.id, compared, NOW).marks == 0
        assert store.remote.pending_marks(home.id) == []
        store.remote.send_again([home.feed])
        assert store.remote.take(home.id, Mark.STARRED, True, 9) == ["1"]
        assert store.remote.pending_marks(work.id) == []


def test_entries_of_a_feed_that_vanished_wait(store: Store, accounts: tuple[Account, Account]) -> None:
    home, work = accounts
    with store.transaction():
        for account in accounts:
            star(store, account, "1")
        store.accounts.list_feeds(store.accounts.get("home"), [], NOW, believed=True)
        assert store.remote.pending_marks(home.id) == [] and store.remote.pending_marks(work.id) != []
        assert store.remote.take(home.id, Mark.STARRED, True, 9) == []
        assert store.remote.all(home.id) == set() and store.remote.all(work.id) == {*ALL}
        assert store.remote.sample(home.id, 9) == [] and store.remote.counts(home.id) == {}
        assert store.remote.compare(home.id, Mark.READ, False, []) == ([], [])


def test_what_is_known_of_entries(store: Store, accounts: tuple[Account, Account]) -> None:
    home, work = accounts
    remote = store.remote
    with store.transaction():
        assert remote.counts(home.id) == {"7": (0, 4)}
        remote.seen(home.id, Mark.READ, [("2", True, None)])
        assert remote.counts(home.id) == {"7": (1, 3)} and remote.counts(work.id) == {"7": (0, 4)}
        assert set(remote.rows(home.id, ["2", "x"])) == {"2"}
        row = remote.rows(home.id, ["2"])["2"]
        assert row.marks == {Mark.READ: (False, True, None), Mark.STARRED: (False, False, None)}
        assert remote.unknown(home.id, ["10", "x", "2"]) == ["x"]
        assert remote.places(home.articles[3]) == [(home.id, "10")]
        assert sorted(remote.of_feed(work.feed)) == sorted(ALL)
        assert remote.addresses(home.id, ["3"]) == {"3": ("https://home.example/2", "Title number 2")}
        assert [remote.sample(home.id, number) for number in (2, 3, 4)] == [
            ["1", "10"],
            ["1", "3", "10"],
            ALL,
        ]
        assert remote.replaced(home.id, ALL) == remote.replaced(home.id, ["1"]) == set()
        remote.add(home.id, [("20", home.articles[0], home.feed, False, False)])
        remote.add(work.id, [("20", home.articles[1], work.feed, False, False)])
        assert (
            remote.replaced(home.id, ["1", "2"]) == {"1"} and remote.replaced(home.id, ["1", "20"]) == set()
        )


@pytest.mark.parametrize("vanished", [False, True])
def test_a_feed_that_comes_back_under_another_id_has_other_entries(
    store: Store, accounts: tuple[Account, Account], vanished: bool
) -> None:
    """One that was only renumbered keeps them, and with them the marks to send."""
    home, work = accounts
    with store.transaction():
        if vanished:
            store.accounts.list_feeds(store.accounts.get("home"), [], NOW, believed=True)
        listed = [RemoteFeed("8", "News at home", "https://home.example/f")]
        store.accounts.list_feeds(store.accounts.get("home"), listed, NOW, believed=True)
    assert store.accounts.feeds(home.id) == {"8": home.feed}
    assert store.remote.all(home.id) == (set() if vanished else {*ALL})
    assert store.remote.all(work.id) == {*ALL}
