"""Another user signs in to the same server while marks wait: ids of one mean nothing to the other."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders import opened
from tests.servers.clients import client, ids, marks, synced
from tests.servers.direct import direct as direct
from tests.servers.fake import PASSWORD, USER, Call, Entry, json_answer
from tests.servers.fake_miniflux import FakeMiniflux
from tests.servers.stages import FakeStage
from tests.web import Answer
from tuireader.model import NewMatch
from tuireader.sync import servers

OTHER = "bob"


def basic(user: str) -> str:
    """The header by which a user signs in."""
    return f"Basic {base64.b64encode(f'{user}:{PASSWORD}'.encode()).decode()}"


class TwoUsers(FakeMiniflux):
    """A Miniflux of alice; `bob` has the data of another user with the same password."""

    def __init__(self) -> None:
        super().__init__("2.3.2")
        self.bob = FakeMiniflux("2.3.2")

    def answer(self, call: Call) -> Answer:
        """Process a request of one of them."""
        if call.headers.get("authorization") != basic(OTHER):
            return super().answer(call)
        if call.path == "/v1/me":
            return json_answer({"id": 2, "username": OTHER, "is_admin": False})
        headers = {**call.headers, "authorization": basic(USER)}
        return self.bob.answer(Call(call.method, call.path, call.query, headers, call.body))


@pytest.fixture
def server() -> Iterator[TwoUsers]:
    """A server of two users; alice has five entries."""
    with TwoUsers() as made:
        feed = made.add_feed("News")
        for number in range(5):
            made.add_entry(feed, f"Entry {number}")
        yield made


def account(server: TwoUsers, user: str) -> str:
    """The configuration of an account of a user."""
    return (
        f'[[account]]\nname = "home"\nkind = "miniflux"\nurl = "{server.url}"\n'
        f'user = "{user}"\npassword = "{PASSWORD}"\n'
    )


def entries_of_bob(server: TwoUsers, has: str) -> list[Entry]:
    """What bob has: nothing, other articles under the ids of alice's, or her articles under other ids."""
    if has == "nothing":
        return []
    if has == "the same articles":
        server.bob.add_feed("Another")
    feed = server.bob.add_feed("News")
    feed.url = server.feeds[0].url
    made = []
    for number, entry in enumerate(server.entries.values()):
        if has == "the same articles":
            server.bob.entry_number()
            made.append(server.bob.add_entry(feed, entry.title, entry.content))
            made[-1].url = entry.url
        else:
            made.append(server.bob.add_entry(feed, f"Stranger {number}", "<p>Other words</p>"))
            made[-1].url = f"https://other.example/{number}"
    return made


@pytest.mark.parametrize("pull", [False, True], ids=["marks alone", "pull"])
@pytest.mark.parametrize("has", ["nothing", "other articles", "the same articles"])
async def test_waiting_marks_reach_only_the_articles_of_the_user_who_signs_in(
    tmp_path: Path, server: TwoUsers, has: str, pull: bool
) -> None:
    theirs = entries_of_bob(server, has)
    async with opened(tmp_path, account(server, USER)) as library:
        await synced(library)
        await library.marks.set_read([(await ids(library))["Entry 1"]], True)
        await library.marks.set_starred([(await ids(library))["Entry 2"]], True)
        before = await marks(library)
    async with opened(tmp_path, account(server, OTHER)) as library:
        (alice,) = await library.accounts.all()
        assert alice.user == USER and alice.pending == 2
        assert (await synced(library, pull=pull)).error == ""
        (bob,) = await library.accounts.all()
        assert bob.user == OTHER
        for _ in range(2):
            assert (await synced(library)).error == ""
        shown = await marks(library)
        assert before.items() <= shown.items()
    assert not any(one.read or one.starred for one in server.entries.values())  # nobody signed in as alice
    there = {one.title: (one.read, one.starred) for one in theirs}
    assert there.items() <= shown.items()
    if has == "other articles":
        assert set(there.values()) == {(False, False)}


async def test_a_restored_server_is_recognised_while_its_entries_are_listed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With the feeds as before and no mark to send, only entries under the ids of others show it."""
    with FakeMiniflux("2.3.2") as server:
        monkeypatch.setattr(servers, "connect", lambda *_, **__: FakeStage(server).connect())
        feed = server.add_feed("News")
        entries = [server.add_entry(feed, f"Entry {number}", read=number < 3) for number in range(10)]
        async with client(tmp_path) as library:
            await synced(library)
            expected = await marks(library)
            server.reinstall([(number + 4) % 10 for number in range(10)], feeds=False)
            server.add_entry(feed, "WeChat grows")
            server.pass_time(60)
            account = await library.accounts.all()
            events = [event async for event in library.refresh.sync(account, pull=True)]
            assert [event.title for event in events if isinstance(event, NewMatch)] == ["WeChat grows"]
            assert await marks(library) == expected | {"WeChat grows": (False, False)}
            server.mark(entries[9], read=True)
            server.pass_time(60)
            await synced(library)
            read = {title for title, (is_read, _) in (await marks(library)).items() if is_read}
            assert read == {"Entry 0", "Entry 1", "Entry 2", "Entry 9"}


@pytest.mark.parametrize("pull", [True, False])
async def test_an_entry_that_its_server_has_removed_waits_for_no_mark(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, pull: bool
) -> None:
    """Else it would be sent for ever, and counted as waiting."""
    with FakeMiniflux("2.3.2") as server:
        monkeypatch.setattr(servers, "connect", lambda *_, **__: FakeStage(server).connect())
        feed = server.add_feed("News")
        entries = [server.add_entry(feed, f"Entry {number}") for number in range(4)]
        async with client(tmp_path) as library:
            await synced(library)
            entries[1].removed, entries[1].changed = True, server.now()
            server.pass_time(60)
            if pull:
                await synced(library)
            number = (await ids(library))["Entry 1"]
            await library.marks.set_read([number], True)
            (account,) = await library.accounts.all()
            assert account.pending == (0 if pull else 1)
            assert (await synced(library, pull=False)).pending == 0
            places = await library.context.pool.read(lambda store: store.remote.places(number))
            assert places == [] or not pull
