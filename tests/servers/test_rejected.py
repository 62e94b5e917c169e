"""Accounts whose server rejects the password or token: asked rarely, reported always, resumed at once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.builders import Clock, opened, refreshed, titles
from tests.servers.clients import ids, synced
from tests.servers.direct import direct as direct
from tests.servers.fake import PASSWORD, TOKEN, USER, Call, Fake, json_answer, text_answer
from tests.servers.fake_greader import API, FakeGReader
from tests.servers.fake_miniflux import FakeMiniflux
from tests.web import Answer
from tuireader.errors import TuireaderError
from tuireader.library import Library
from tuireader.model import AccountSynced, Event

HOUR, DAY = 3600, 86_400
KINDS = ("token", "password", "greader")


@pytest.fixture(params=KINDS)
def server(request: pytest.FixtureRequest) -> Iterator[Fake]:
    """A server with an entry; of each kind, and with each way to sign in."""
    made: Fake = FakeGReader() if request.param == "greader" else FakeMiniflux("2.3.2")
    with made:
        made.kind = request.param  # type: ignore[attr-defined]
        made.add_entry(made.add_feed("News"), "One")
        yield made


def account(server: Fake, secret: str = "env:SECRET") -> str:
    """The configuration of the account on a server."""
    kind = server.kind  # type: ignore[attr-defined]
    url = server.url + ("/api/greader.php" if kind == "greader" else "")
    signs_in = f'token = "{secret}"' if kind == "token" else f'user = "{USER}"\npassword = "{secret}"'
    api = "greader" if kind == "greader" else "miniflux"
    return f'[[account]]\nname = "home"\nkind = "{api}"\nurl = "{url}"\n{signs_in}\n'


def right(server: Fake) -> str:
    return TOKEN if server.kind == "token" else PASSWORD  # type: ignore[attr-defined]


@asynccontextmanager
async def library(
    folder: Path, server: Fake, patch: pytest.MonkeyPatch, text: str = ""
) -> AsyncIterator[tuple[Library, Clock]]:
    """A library that has synced an account whose password is changed now."""
    clock = Clock()
    patch.setenv("SECRET", right(server))
    async with opened(folder, text or account(server), clock=clock.time) as made:
        assert not (await synced(made)).error
        patch.setenv("SECRET", "wrong")
        clock.now += 30 * 60
        yield made, clock


async def due(library: Library) -> AccountSynced:
    """Refresh what is due; the last event of the account."""
    return last(await refreshed(library, force=False))


def last(events: Sequence[Event]) -> AccountSynced:
    return [event for event in events if isinstance(event, AccountSynced)][-1]


ABOUT = [moment for day in range(4) for moment in range(day * DAY, day * DAY + 2 * HOUR + 1, 600)]
MOMENTS = sorted({*ABOUT, *range(0, 4 * DAY, 4 * HOUR)})
"""Seconds after the first try: every ten minutes around those of further tries, else every four hours."""


async def test_a_rejected_password_is_tried_after_an_hour_and_then_daily_by_one_request(
    tmp_path: Path, server: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with library(tmp_path, server, monkeypatch) as (made, clock):
        await made.marks.set_read(list((await ids(made)).values()), True)
        start, asked, tries = int(clock.now), len(server.calls), []
        for moment in MOMENTS:
            clock.now = start + moment
            said = await due(made)
            assert (said.refusal, said.rejected_since, said.pending) == ("login", start, 1)
            assert said.next_try is not None and said.next_try > clock.now
            assert bool(await made.accounts.with_marks(last=True)) is False
            if len(server.calls) > asked:
                tries.append((int(clock.now) - start, len(server.calls) - asked))
                asked = len(server.calls)
        assert tries == [(0, 1), (HOUR, 1), (HOUR + DAY, 1), (HOUR + 2 * DAY, 1), (HOUR + 3 * DAY, 1)]
        monkeypatch.setenv("SECRET", right(server))
        said = await due(made)
        assert (said.error, said.sent, said.rejected_since, said.next_try) == ("", 1, None, None)


async def test_a_refresh_by_hand_does_not_try_it_either_but_a_sync_does(
    tmp_path: Path, server: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with library(tmp_path, server, monkeypatch) as (made, clock):
        await due(made)
        asked = len(server.calls)
        clock.now += 60
        assert last(await refreshed(made)).refusal == "login" and len(server.calls) == asked
        assert (await synced(made)).refusal == "login" and len(server.calls) == asked + 1
        clock.now += HOUR - 60  # an hour after the first try: the second was by hand
        await due(made)
        assert len(server.calls) == asked + 1


async def test_an_account_that_never_worked_costs_one_request_a_try(
    tmp_path: Path, server: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setenv("SECRET", "wrong")
    async with opened(tmp_path, account(server), clock=clock.time) as made:
        await due(made)
        assert sum(signs_in(call) for call in server.calls) == 1
        asked = len(server.calls)
        clock.now += HOUR
        assert (await due(made)).refusal == "login" and len(server.calls) == asked + 1
        monkeypatch.setenv("SECRET", right(server))
        assert (await due(made)).new == 1 and await titles(made) == ["One"]


def signs_in(call: Call) -> bool:
    return "authorization" in call.headers or "x-auth-token" in call.headers or "ClientLogin" in call.path


@pytest.mark.parametrize("changed", ["user", "url"])
async def test_another_user_or_address_with_the_same_password_is_tried_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    monkeypatch.setenv("SECRET", PASSWORD)
    with FakeMiniflux("2.3.2") as server:
        server.kind = "password"  # type: ignore[attr-defined]
        server.add_entry(server.add_feed("News"), "One")
        text = account(server)
        wrong = (
            text.replace(USER, "nobody") if changed == "user" else text.replace(server.url, f"{server.url}/x")
        )
        server.replies["/x/v1/me"] = json_answer({"error_message": "access unauthorized"}, 401)
        clock = Clock()
        for written, refusal in ((wrong, "login"), (text, "")):
            async with opened(tmp_path, written, clock=clock.time) as made:
                assert (await due(made)).refusal == refusal
            clock.now += 60


@pytest.mark.parametrize("times", [1, 4])
async def test_a_server_that_is_away_meanwhile_is_not_asked_within_the_hour(
    tmp_path: Path, server: Fake, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    async with library(tmp_path, server, monkeypatch) as (made, clock):
        start = int(clock.now)
        await due(made)
        server.down()
        for _ in range(times):
            clock.now += HOUR
            said = await due(made)
            assert (said.refusal, said.rejected_since) == ("away", start)
            assert said.next_try == int(clock.now) + HOUR
        server.up()
        asked = len(server.calls)
        clock.now += HOUR - 1
        assert (await due(made)).refusal == "away" and len(server.calls) == asked
        clock.now += 1
        said = await due(made)
        assert (said.refusal, said.next_try) == ("login", int(clock.now) + DAY)


async def test_changes_to_feeds_and_full_texts_do_not_send_it_again(
    tmp_path: Path, server: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with library(tmp_path, server, monkeypatch) as (made, _):
        (article,) = (await ids(made)).values()
        with pytest.raises(TuireaderError, match="refuses the user name"):
            await made.accounts.change_feed(1, title="Renamed")
        asked = len(server.calls)
        with pytest.raises(TuireaderError, match="`tuireader sync home` tries again"):
            await made.accounts.change_feed(1, title="Renamed")
        assert await made.accounts.full_text(article) == ""
        assert (await due(made)).refusal == "login" and len(server.calls) == asked
        monkeypatch.setenv("SECRET", right(server))
        await made.accounts.change_feed(1, title="Renamed")
        assert server.feeds[0].title == "Renamed"


async def test_a_full_text_sends_it_once(
    tmp_path: Path, server: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with library(tmp_path, server, monkeypatch) as (made, _):
        (article,) = (await ids(made)).values()
        if server.kind == "greader":  # type: ignore[attr-defined]
            assert await made.accounts.full_text(article) == ""  # the API has none
            return
        asked = len(server.calls)
        with pytest.raises(TuireaderError, match="refuses the user name"):
            await made.accounts.full_text(article)
        for _ in range(3):
            assert await made.accounts.full_text(article) == ""
        assert len(server.calls) == asked + 1


async def test_the_secret_of_a_command_is_compared_once_a_refresh(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, runs = tmp_path / "secret", tmp_path / "runs"
    script = tmp_path / "secret.sh"
    script.write_text(f"#!/bin/sh\necho x >> {runs}\ncat {secret}\n")
    script.chmod(0o700)
    with FakeMiniflux("2.3.2") as server:
        server.kind = "token"  # type: ignore[attr-defined]
        server.add_entry(server.add_feed("News"), "One")
        secret.write_text("Wrong-One\n")
        clock = Clock()
        async with opened(tmp_path, account(server, f"cmd:{script}"), clock=clock.time) as made:
            await due(made)
            runs.write_text("")
            assert await made.refresh.count_due() == 0 and runs.read_text() == ""
            await due(made)
            assert runs.read_text() == "x\n"
        assert b"Wrong-One" not in (tmp_path / "news.db").read_bytes()
        async with opened(tmp_path, account(server, f"cmd:{script}"), clock=clock.time) as made:
            secret.write_text(f"{TOKEN}\n")
            assert (await due(made)).error == ""


async def test_a_token_that_is_rejected_at_once_does_not_send_the_password_again() -> None:
    from tuireader.sync.backend import AccountError, Refusal
    from tuireader.sync.greader.api import GoogleReader

    with FakeGReader() as server:
        server.replies[f"{API}/subscription/list"] = text_answer("Unauthorized!", 401)
        backend = GoogleReader(server.api, USER, PASSWORD)
        with pytest.raises(AccountError) as caught:
            await backend.feeds()
        await backend.close()
        assert caught.value.refusal is Refusal.LOGIN and len(server.seen("ClientLogin")) == 1


async def test_a_rejection_is_an_alarm_after_a_day(
    tmp_path: Path, server: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with library(tmp_path, server, monkeypatch) as (made, clock):
        for _ in range(24):
            await due(made)
            clock.now += HOUR
        assert await made.alarms.count() == 0
        clock.now += HOUR
        await due(made)
        (alarm,) = await made.alarms.open()
        assert (alarm.kind, alarm.account, alarm.watch, alarm.name) == ("failing", "home", "", "home")
        assert alarm.words.startswith("failing since ") and "refuses the user name" in alarm.words
        (health,) = await made.feeds.health()
        assert health.trouble.name == "ALARM" and health.alarm == alarm.words
        server.down()
        clock.now += DAY
        assert (await due(made)).refusal == "away"
        assert len(await made.alarms.open()) == 1
        server.up()
        monkeypatch.setenv("SECRET", right(server))
        await due(made)
        (alarm,) = await made.alarms.all()
        assert alarm.cleared_at == int(clock.now) and alarm.cleared_words == "works again"


async def test_a_server_that_is_away_for_days_is_an_alarm_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FakeMiniflux("2.3.2") as server:
        server.kind = "token"  # type: ignore[attr-defined]
        server.add_entry(server.add_feed("News"), "One")
        async with library(tmp_path, server, monkeypatch) as (made, clock):
            monkeypatch.setenv("SECRET", TOKEN)
            server.replies["/v1/feeds"] = server.replies["/v1/me"] = Answer(b"", 503)
            for _ in range(4):
                await due(made)
                clock.now += 9 * HOUR
            assert [(one.kind, one.name) for one in await made.alarms.open()] == [("failing", "home")]
            await made.accounts.remove("home")
            await made.alarms.judge()
            assert await made.alarms.open() == []
