"""What a sync tells, step by step, and what is stored of it, whole; how servers are reached."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import aclosing, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from msgspec.structs import replace

from tests.builders import CLOCK
from tests.servers.clients import client
from tests.servers.fake import PASSWORD, TOKEN, USER, Call, Entry, Fake, json_answer
from tests.servers.fake_greader import FakeGReader
from tests.servers.fake_miniflux import FakeMiniflux
from tests.servers.stages import FakeStage
from tests.web import Answer
from tuireader import __version__
from tuireader.errors import TuireaderError
from tuireader.library import Library
from tuireader.model import AccountSynced, Event, NewMatch
from tuireader.model.accounts import AccountState
from tuireader.store import Store
from tuireader.sync import http, outcomes, servers, states
from tuireader.sync.backend import AccountError, Refusal, States
from tuireader.sync.http import Http


@pytest.fixture(params=["miniflux", "freshrss"])
def fake(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Fake]:
    """Both kinds of servers, to which the account of `client` leads."""
    with FakeMiniflux("2.3.2") if request.param == "miniflux" else FakeGReader() as made:
        monkeypatch.setattr(servers, "connect", lambda *_, **__: FakeStage(made).connect())
        yield made


async def steps(library: Library, **options: bool) -> tuple[list[NewMatch], list[AccountSynced]]:
    """The matches and totals of a sync; equal totals in a row count once."""
    made: list[Event] = []
    async with aclosing(library.refresh.sync(await library.accounts.all(), **options)) as events:
        async for event in events:
            if not made or event != made[-1]:
                made.append(event)
    return (
        [event for event in made if isinstance(event, NewMatch)],
        [event for event in made if isinstance(event, AccountSynced)],
    )


def filled(fake: Fake) -> list[Entry]:
    """Four entries, of which one is unread, one starred."""
    feed = fake.add_feed("News")
    entries = [
        fake.add_entry(feed, "WeChat one"),
        fake.add_entry(feed, "Two", read=True),
        fake.add_entry(feed, "Three", read=True, starred=True),
        fake.add_entry(feed, "Four"),
    ]
    fake.pass_time(60)
    return entries


async def test_all_totals_of_syncs(tmp_path: Path, fake: Fake) -> None:
    entries = filled(fake)
    start = AccountSynced("home")
    async with client(tmp_path) as library:
        (match,), first = await steps(library)
        assert (match.title, match.feed_title, match.url) == ("WeChat one", "News", entries[0].url)
        parts = [2, 3, 4] if isinstance(fake, FakeMiniflux) else [4]
        totals = [replace(start, new=one, arrived=one, total=one if len(parts) > 1 else 4) for one in parts]
        before = [] if len(parts) > 1 else [start]
        assert first == [*before, *totals, replace(totals[-1], done=True)]
        (account,) = await library.accounts.all()
        kind = "Miniflux 2.3.2" if len(parts) > 1 else "FreshRSS"
        url = fake.api if isinstance(fake, FakeGReader) else fake.url
        known = AccountState(
            1, "home", url, USER, kind, progress=account.progress, tried_at=CLOCK, synced_at=CLOCK
        )
        assert account == known
        ids = {row.title: row.id for row in await library.lists.rows([1, 2, 3, 4])}
        await library.marks.set_starred([ids["Two"]], True)
        await library.marks.set_read([ids["Three"]], False)
        assert (await library.accounts.all())[0] == replace(known, pending=2)
        assert sum([state.pending for state in await library.accounts.all()]) == 2
        assert await steps(library, pull=False) == ([], [replace(start, sent=2, done=True)])
        assert (entries[1].starred, entries[2].read) == (True, False)
        fake.mark(entries[0], read=True)
        fake.mark(entries[3], starred=True)
        fake.edit(entries[2], "Edited", "<p>Other text</p>")
        late = fake.add_entry(entries[0].feed, "WeChat five")
        fake.pass_time(90_000)
        (match,), later = await steps(library)
        assert match.url == late.url
        assert later[-1] == replace(start, new=1, changed=1, taken=2, done=True)
        assert all(one.total == one.arrived == 0 for one in later)
        fake.down()
        _, away = await steps(library)
        (after,) = await library.accounts.all()
        trouble: dict[str, Any] = {"error": after.error, "hint": after.hint}
        trouble |= {"refusal": Refusal.AWAY, "next_try": CLOCK + 30}
        assert away == [replace(start, **trouble, done=True)] and after.error and after.hint
        assert after == replace(known, progress=after.progress, streak=1, failing_since=CLOCK, **trouble)


async def test_the_totals_count_what_could_not_be_read(tmp_path: Path) -> None:
    with FakeMiniflux("2.3.2") as fake, pytest.MonkeyPatch.context() as patch:
        patch.setattr(servers, "connect", lambda *_, **__: FakeStage(fake).connect())
        filled(fake)
        read = fake.entries.copy()

        def spoil(call: Call, answer: Answer) -> Answer:
            body = (answer.body or b"").replace(b'"status": "unread"', b'"status": "odd"')
            return dataclasses.replace(answer, body=body)

        fake.change = spoil
        async with client(tmp_path) as library:
            _, made = await steps(library)
            assert len(read) == 4 and (made[-1].new, made[-1].unreadable) == (2, 2)
            assert not made[-1].error


@pytest.mark.parametrize(
    ("error", "refusal", "next_try", "is_rejected"),
    [
        (AccountError(Refusal.AWAY, "m", "h"), Refusal.AWAY, CLOCK + 30, False),
        (AccountError(Refusal.AWAY, "m", "h", retry_after=90), Refusal.AWAY, CLOCK + 90, False),
        (AccountError(Refusal.ANSWER, "m", "h"), "answer", CLOCK + 30, False),
        (AccountError(Refusal.LOGIN, "m", "h", url="https://x.example"), Refusal.LOGIN, CLOCK + 3600, True),
        (TuireaderError("m", "h"), Refusal.SECRET, CLOCK + 1800, False),
    ],
)
async def test_an_error_is_stored_with_all_that_the_next_sync_needs(
    tmp_path: Path, error: TuireaderError, refusal: str, next_try: int, is_rejected: bool
) -> None:
    async with client(tmp_path) as library:
        (account,) = await library.accounts.all()
        asked = replace(account, rejected_secret="salt:abcd")
        after = await library.context.pool.transact(lambda store: outcomes.record(store, asked, error, CLOCK))
        assert after == replace(
            account,
            tried_at=CLOCK,
            next_try=next_try,
            error="m",
            hint="h",
            refusal=refusal,
            streak=1,
            failing_since=CLOCK,
            rejected_since=CLOCK if is_rejected else None,
            rejected_url="https://x.example" if is_rejected else "",
            rejected_secret="salt:abcd" if is_rejected else "",
        )
        done = AccountSynced("home", new=3, sent=2)
        assert outcomes.outcome(after, done) == AccountSynced(
            "home", new=3, sent=2, error="m", hint="h", refusal=refusal, next_try=next_try, done=True,
            rejected_since=CLOCK if is_rejected else None,
        )  # fmt: skip
        asks = replace(after, asks="really?", pending=7)
        assert outcomes.outcome(asks) == replace(outcomes.outcome(after), asks="really?", pending=7)
        again = await library.context.pool.transact(
            lambda store: outcomes.record(store, after, None, CLOCK + 5)
        )
        assert again == replace(account, tried_at=CLOCK + 5, synced_at=CLOCK + 5)


# --------------------------------------------------------------------------- lists of marks


@asynccontextmanager
async def ten(folder: Path) -> AsyncIterator[tuple[Library, Callable[[Iterable[int]], frozenset[str]]]]:
    """A library with ten entries of a server, 1 to 5 read and 1 starred; and the ids of some of them."""
    with FakeMiniflux("2.3.2") as fake, pytest.MonkeyPatch.context() as patch:
        patch.setattr(servers, "connect", lambda *_, **__: FakeStage(fake).connect())
        feed = fake.add_feed("News")
        entries = [fake.add_entry(feed, read=one < 6, starred=one == 1) for one in range(1, 11)]
        async with client(folder) as library:
            await steps(library)
            yield library, lambda numbers: frozenset(str(entries[one - 1].id) for one in numbers)


COMPARED: list[tuple[Any, ...]] = [
    ({6, 7, 8, 9, 10}, {1}, range(1, 11), True, ((), (), (), 0, True)),
    ({5, 6, 7, 8, 9, 10}, {1}, range(1, 11), True, ((5,), (), (), 0, False)),
    ({6, 7, 8, 9, 10}, {1, 2}, range(1, 11), True, ((), (2,), (), 0, False)),
    ({7, 8, 9, 10}, set(), range(1, 11), True, ((), (), (6, 1), 0, True)),
    ({6, 7, 8, 9, 10}, {1}, range(6, 11), True, ((), (), (), 5, True)),
    ({7, 8, 9, 10}, set(), range(7, 11), True, ((), (), (), 6, False)),
    ({7, 8, 9, 10}, set(), range(7, 11), False, ((), (), (6, 1), 0, True)),
]  # fmt: skip


async def test_the_marks_that_a_server_lists_are_compared(tmp_path: Path) -> None:
    async with ten(tmp_path) as (library, ids):
        for unread, starred, listed, complete, expected in COMPARED:
            listing = States(ids(unread), ids(starred), ids(listed), complete)
            made = await library.context.pool.transact(partial(states.compare, account_id=1, states=listing))
            assert (frozenset(made.unread), frozenset(made.starred)) == (ids(expected[0]), ids(expected[1]))
            assert frozenset(made.unsure) == ids(expected[2]) and len(made.missing) == expected[3]
            assert (made.listed, made.is_usual) == (ids(listed), expected[4])


@pytest.mark.parametrize(
    ("count", "believed", "left"),
    [(2, False, 8), (3, False, 10), (3, True, 7)],
)
async def test_a_fifth_of_the_entries_may_be_gone(
    tmp_path: Path, count: int, believed: bool, left: int
) -> None:
    async with ten(tmp_path) as (library, ids):
        missing = ids(range(1, count + 1))

        def settle(store: Store) -> set[str]:
            states.settle_missing(store, 1, missing, CLOCK, believed=believed)
            return store.remote.all(1)

        for _ in range(2):
            there = await library.context.pool.transact(settle)
        assert len(there) == left


# --------------------------------------------------------------------------- connections


@pytest.mark.parametrize(
    ("base", "proxy", "encoding", "uses_environment", "used"),
    [
        ("https://reader.example", "", "gzip", True, None),
        ("https://reader.example", "http://proxy.example:1", "gzip", False, "http://proxy.example:1"),
        ("http://127.0.0.1:1", "", "identity", False, None),
        ("http://localhost:1", "http://proxy.example:1", "identity", False, None),
    ],
)
async def test_how_a_server_is_reached(
    monkeypatch: pytest.MonkeyPatch,
    base: str,
    proxy: str,
    encoding: str,
    uses_environment: bool,
    used: str | None,
) -> None:
    asked: dict[str, Any] = {}

    def made(**options: Any) -> Any:
        asked.update(options)
        raise ValueError

    monkeypatch.setattr(httpx, "AsyncClient", made)
    with pytest.raises(AccountError, match="proxy address") as caught:
        await Http(base, proxy=proxy).find("/")
    assert caught.value.refusal is Refusal.AWAY
    assert asked.pop("verify") is not None
    assert asked == {
        "headers": {"User-Agent": f"tuireader/{__version__}", "Accept-Encoding": encoding},
        "timeout": httpx.Timeout(30.0, connect=5.0),
        "limits": httpx.Limits(max_connections=1, max_keepalive_connections=1),
        "follow_redirects": False,
        "trust_env": uses_environment,
        "proxy": used,
    }
    assert (http.HEAD, http.TOTAL, http.MAX_REDIRECTS) == (60.0, 300.0, 5)


async def test_signing_in_asks_each_thing_once_and_sends_the_password_only_to_the_api(fake: Fake) -> None:
    backend = FakeStage(fake).connect()
    await backend.sign_in()
    signed = ["authorization" in call.headers or "x-auth-token" in call.headers for call in fake.calls]
    if isinstance(fake, FakeMiniflux):
        assert fake.seen() == ["GET /v1/me", "GET /v1/me", "GET /v1/version"] and signed == [
            False,
            True,
            True,
        ]
        fake.replies["/v1/version"] = json_answer({"error_message": "no"}, 404)
        assert (await backend.sign_in()).software == "Miniflux"
        assert fake.calls[-1].headers["x-auth-token"] == TOKEN
    else:
        base = "/api/greader.php"
        assert fake.seen() == [
            f"GET {base}/reader/api/0/token", f"POST {base}/accounts/ClientLogin",
            f"GET {base}/reader/api/0/subscription/list",
        ]  # fmt: skip
        assert signed == [False, False, True]
        assert fake.calls[1].form() == {"Email": [USER], "Passwd": [PASSWORD]}
    await backend.close()


@pytest.mark.parametrize(
    ("status", "refusal"),
    [
        (500, Refusal.AWAY),
        (503, Refusal.AWAY),
        (499, Refusal.ANSWER),
        (404, Refusal.ANSWER),
        (301, Refusal.ANSWER),
    ],
)
async def test_what_signing_in_makes_of_a_status(fake: Fake, status: int, refusal: Refusal) -> None:
    fake.change = lambda call, answer: dataclasses.replace(answer, status=status, body=b"")
    backend = FakeStage(fake).connect()
    with pytest.raises(AccountError) as caught:
        await backend.sign_in()
    assert caught.value.refusal is refusal
    await backend.close()
