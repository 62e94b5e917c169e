"""Entries of an account in the store: compared with a server's lists, lost, recalled."""

from __future__ import annotations

from itertools import product

import pytest
from msgspec.structs import replace

from tests.builders import NOW, entry
from tuireader import dedup
from tuireader.document.prepare import prepare
from tuireader.ingest import Rules
from tuireader.ingest.attempts import Setting
from tuireader.model.accounts import Mark, RemoteEntry, RemoteFeed
from tuireader.store import Store
from tuireader.store.accounts.listed_feeds import KnownFeed, address, distinct_addresses, match_feeds
from tuireader.sync.saving import store_entries
from tuireader.timing.schedule import Rates
from tuireader.watch import Matcher

STATES = list(product((False, True), (False, True), (False, True)))
"""Mark of the article here, mark last seen on the server, whether the server lists the entry."""


@pytest.fixture
def account(store: Store) -> int:
    """An account with a feed, and an entry for each of STATES: its number is its id."""
    with store.transaction():
        store.accounts.sync(["home"])
        account = store.accounts.get("home")
        (feed,) = store.accounts.list_feeds(
            account, [RemoteFeed("7", "Theirs", "https://t.example/f")], NOW, believed=True
        ).values()
        articles = [
            text.id for text in store.entries.save(feed, [entry(n) for n in range(len(STATES))], NOW).new
        ]
        store.remote.add(
            account.id,
            [(f"{n}", articles[n], feed, there, False) for n, (_, there, _) in enumerate(STATES)],
        )
        read = [articles[n] for n, (here, *_) in enumerate(STATES) if here]
        store.marks.set("read", read, True, now=NOW, journal=False)
    return account.id


@pytest.mark.parametrize("value", [True, False])
def test_a_list_of_a_server_is_compared_with_what_was_seen_there(
    store: Store, account: int, value: bool
) -> None:
    """Listed entries differ if they had another mark, or if the user's is not sent yet."""
    listed = {f"{n}" for n, (*_, is_listed) in enumerate(STATES) if is_listed}
    changed, gone = store.remote.compare(account, Mark.READ, value, [*listed, "unknown"])
    told = {f"{n}": state for n, state in enumerate(STATES)}
    assert set(changed) == {
        n for n, (here, there, is_listed) in told.items() if is_listed and not here == there == value
    }
    assert set(gone) == {
        n for n, (here, there, is_listed) in told.items() if not is_listed and here == there == value
    }


def test_an_entry_that_comes_back_is_no_longer_a_lost_one(store: Store, account: int) -> None:
    def lost() -> list[str]:
        return [row[0] for row in store.conn.execute("SELECT remote_id FROM lost_entry ORDER BY 1")]

    before = store.remote.rows(account, map(str, range(len(STATES))))
    with store.transaction():
        store.remote.forget(account, ["1", "2", "unknown"])
    assert store.remote.unknown(account, ["3", "2", "1"]) == ["2", "1"] and lost() == ["1", "2"]
    with store.transaction():
        store.remote.recall(account, ["2", "5"])
    assert store.remote.unknown(account, ["2", "1"]) == ["1"] and lost() == ["1"]
    assert store.remote.rows(account, ["2"])["2"].article_id == before["2"].article_id


@pytest.mark.parametrize("apart", [False, True], ids=["here", "in another process"])
def test_entries_are_stored_wherever_they_were_prepared(store: Store, apart: bool) -> None:
    entries = [entry(number, guid=f"{number}") for number in range(1, 4)]
    keys = {sent.guid: keys for sent, keys in dedup.unique_entries(entries).values()}
    remote = [
        RemoteEntry(
            sent.guid,
            "7",
            sent,
            read=False,
            starred=False,
            keys=keys[sent.guid] if apart else None,
            prepared=replace(prepare(sent), words=("quokka", "", "")) if apart else None,
        )
        for sent in entries
    ]
    setting = Setting(Rules(Matcher(()), {}), Rates(), {}, lambda: NOW)
    with store.transaction():
        store.accounts.sync(["home"])
        account = store.accounts.get("home")
        listed = [RemoteFeed("7", "Theirs", "https://t.example/f")]
        feeds = store.accounts.list_feeds(account, listed, NOW, believed=True)
        assert store_entries(store, account.id, feeds, remote, setting, NOW, pages=False).new == 3
    assert set(store.remote.rows(account.id, ["1", "2", "3", "4"])) == {"1", "2", "3"}
    sql = "SELECT count(*) FROM search WHERE search MATCH ?"
    assert store.conn.execute(sql, ("quokka",)).fetchone() == (3 * apart,), "not prepared again"


def known(number: int, remote_id: str, url: str, title: str = "") -> KnownFeed:
    return KnownFeed(number, remote_id, address("home", url), title, False)


A, B = "https://a.example/f", "https://b.example/f"


@pytest.mark.parametrize(
    ("feeds", "stored", "matched"),
    [
        ([("1", "A", A)], [known(9, "1", A, "Old")], {"1": 9}),
        ([("1", "A", B)], [known(9, "1", A, "A")], {"1": 9}),
        ([("2", "A", A)], [known(9, "1", A, "A")], {"2": 9}),  # renumbered
        ([("1", "B", B)], [known(9, "1", A, "A")], {"1": 9}),  # moved, under another title
        ([("2", "B", B)], [known(9, "1", A, "A")], {}),
        # numbers changed places: the addresses say which is which
        ([("2", "A", A), ("1", "B", B)], [known(8, "1", A, "A"), known(9, "2", B, "B")], {"2": 8, "1": 9}),
        # one has the address, the other the number
        ([("1", "X", B), ("2", "Y", A)], [known(9, "1", A, "A")], {"2": 9}),
        ([("1", "A", B), ("2", "A", A)], [known(9, "1", A, "A")], {"1": 9}),
        ([("1", "A", A), ("1", "A", A)], [known(9, "1", A, "A")], {"1": 9}),
    ],
)
def test_feeds_of_a_server_are_recognised(
    feeds: list[tuple[str, str, str]], stored: list[KnownFeed], matched: dict[str, int]
) -> None:
    listed = [RemoteFeed(number, title, url) for number, title, url in feeds]
    urls = {number: address("home", url) for number, _, url in feeds}
    assert match_feeds(listed, urls, stored) == matched


@pytest.mark.parametrize(
    ("urls", "stored"),
    [
        ([A, B], [f"home+{A}", f"home+{B}"]),
        ([A, A, A], [f"home+{A}", f"home+{A}#2", f"home+{A}#3"]),
        (["", "", A], ["home+#1", "home+#2", f"home+{A}"]),  # the first has no address either
        # passwords do not tell addresses apart
        (
            ["https://me:x@a.example/f", "https://me:y@a.example/f"],
            ["home+https://me@a.example/f", "home+https://me@a.example/f#2"],
        ),
    ],
)
def test_each_feed_of_a_server_is_stored_under_an_address_of_its_own(
    urls: list[str], stored: list[str]
) -> None:
    feeds = [RemoteFeed(f"{number}", "A title", url) for number, url in enumerate(urls, 1)]
    assert list(distinct_addresses("home", feeds).values()) == stored
