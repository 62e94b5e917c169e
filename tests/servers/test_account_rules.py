"""Accounts and their servers: which are asked, with what, in which order, and what is remembered of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.builders import CLOCK, entry, fill, opened, written
from tuireader.config import AccountConfig, FeedConfig, loads
from tuireader.config.account_keys import AccountKind
from tuireader.errors import ConfigError, TuireaderError, UsageError
from tuireader.library import Library
from tuireader.library.accounts.sign_in import address, fingerprint, known_server
from tuireader.model import AccountSynced, Event
from tuireader.model.accounts import AccountState, Mark, RemoteFeed
from tuireader.store import Store
from tuireader.sync import servers
from tuireader.sync.backend import AccountError, Refusal, RemoteCategory, Server

URL = "https://reader.example"
TWO = f"""
[fetch]
proxy = "http://proxy.example:1"
[[account]]
name = "home"
kind = "greader"
url = "{URL}"
user = "ann"
password = "pass"
interval = "20m"
[[account]]
name = "Work"
kind = "miniflux"
url = "https://flux.example/x"
token = "token"
"""
NEWS = RemoteFeed("feed/1", "News", "https://a.example/f", "https://a.example", "Tech")
OTHER = RemoteFeed("feed/2", "Other", "https://b.example/f", "https://b.example", "Sport")


class Noting:
    """A server that notes what it is asked; `refuses` maps a call to an error."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.listed = [NEWS, OTHER]
        self.refuses: dict[str, AccountError] = {}
        self.texts = {"e1": "<p>Text</p>"}

    def connect(self, kind: AccountKind, url: str, user: str, secret: str, *, proxy: str) -> Noting:
        self.calls.append(("connect", kind.value, url, user, secret, proxy))
        return self

    def _note(self, *call: Any) -> None:
        self.calls.append(call)
        if error := self.refuses.get(call[0]):
            raise error

    async def close(self) -> None:
        self._note("close")

    async def sign_in(self) -> Server:
        self._note("sign_in")
        return Server(f"{URL}/api", "ann", "FreshRSS")

    async def feeds(self) -> list[RemoteFeed]:
        self._note("feeds")
        return self.listed

    async def categories(self) -> list[RemoteCategory]:
        self._note("categories")
        return [RemoteCategory("c1", "Tech"), RemoteCategory("c2", "Sport")]

    async def add_feed(self, url: str, category: str = "") -> str:
        self._note("add_feed", url, category)
        self.listed = [*self.listed, RemoteFeed("feed/9", "Nine", url, "", category)]
        return "feed/9"

    async def change_feed(
        self, feed_id: str, *, title: str | None = None, category: str | None = None
    ) -> None:
        self._note("change_feed", feed_id, title, category)

    async def remove_feed(self, feed_id: str) -> None:
        self._note("remove_feed", feed_id)
        self.listed = [feed for feed in self.listed if feed.id != feed_id]

    async def rename_category(self, category_id: str, title: str) -> None:
        self._note("rename_category", category_id, title)

    async def remove_category(self, category_id: str) -> None:
        self._note("remove_category", category_id)

    async def full_text(self, entry_id: str) -> str:
        self._note("full_text", entry_id)
        return self.texts.get(entry_id, "")

    def taken(self) -> list[tuple[Any, ...]]:
        """The calls since the last time, without connecting and closing."""
        calls = [call for call in self.calls if call[0] not in ("connect", "close")]
        self.calls.clear()
        return calls


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Noting:
    """The server of all accounts."""
    made = Noting()
    monkeypatch.setattr(servers, "connect", made.connect)
    return made


@asynccontextmanager
async def listed(folder: Path, server: Noting) -> AsyncIterator[Library]:
    """A library whose first account has been synced, with two feeds."""
    async with opened(folder, TWO) as library:

        def sign_in(store: Store) -> None:
            store.accounts.signed_in(1, f"{URL}/api", "ann", "FreshRSS")
            store.accounts.list_feeds(store.accounts.get("home"), server.listed, CLOCK)
            store.accounts.record(1, CLOCK - 5000)

        await library.context.pool.transact(sign_in)
        await library.context.load_feeds()
        yield library


async def state(library: Library, **values: object) -> None:
    """Change the state of the first account."""
    sets = ", ".join(f"{name} = ?" for name in values)

    def change(store: Store) -> None:
        store.conn.execute(f"UPDATE account SET {sets} WHERE id = 1", tuple(values.values()))

    await library.context.pool.transact(change)


async def test_each_server_is_asked_as_configured(tmp_path: Path, server: Noting) -> None:
    async with opened(tmp_path, TWO) as library:
        home, work = library.config.accounts
        preview = await library.accounts.preview(home)
        proxy = "http://proxy.example:1"
        assert server.calls == [
            ("connect", AccountKind.GREADER, URL, "ann", "pass", proxy), ("sign_in",), ("feeds",), ("close",),
        ]  # fmt: skip
        assert (preview.url, preview.user, preview.software) == (f"{URL}/api", "ann", "FreshRSS")
        assert preview.feeds == (NEWS, OTHER)
        server.calls.clear()
        await library.accounts.preview(replace(work, user="ann"))
        assert server.calls[0] == ("connect", "miniflux", "https://flux.example/x", "", "token", proxy)
        server.refuses["sign_in"] = AccountError(Refusal.LOGIN, "wrong", url=URL)
        with pytest.raises(AccountError):
            await library.accounts.preview(home)
        assert server.calls[-1] == ("close",)


async def test_changes_are_made_on_the_server_and_listed_again(tmp_path: Path, server: Noting) -> None:
    async with listed(tmp_path, server) as library:
        accounts = library.accounts
        feeds = {feed.title: feed for feed in library.context.feeds}
        news = feeds["News"].id
        assert [feed.account for feed in feeds.values()] == ["home", "home"]
        assert await accounts.add_feed("home", "https://c.example/f", "Tech", "Title") is True
        assert server.calls[0] == (
            "connect",
            "greader",
            f"{URL}/api",
            "ann",
            "pass",
            "http://proxy.example:1",
        )
        assert server.taken() == [
            ("add_feed", "https://c.example/f", "Tech"), ("change_feed", "feed/9", "Title", None), ("feeds",),
        ]  # fmt: skip
        assert "Nine" in [feed.title for feed in library.context.feeds]
        assert await accounts.add_feed("home", "https://c.example/f") is False
        assert server.taken() == [("add_feed", "https://c.example/f", ""), ("feeds",)]
        await accounts.change_feed(news, category="Sport")
        assert server.taken() == [("change_feed", "feed/1", None, "Sport"), ("feeds",)]
        for new, call in (("Science", ("rename_category", "c1", "Science")), ("", ("remove_category", "c1"))):
            await accounts.rename_category("home", "Tech", new)
            assert server.taken() == [("categories",), call, ("feeds",)]
        await accounts.remove_feed(news)
        assert server.taken() == [("remove_feed", "feed/1"), ("feeds",)]
        assert "News" not in [feed.title for feed in library.context.feeds]
        with pytest.raises(UsageError, match="no account"):
            await accounts.remove_feed(99)
        with pytest.raises(UsageError, match="no account 'x'"):
            await accounts.add_feed("x", "")
        with pytest.raises(UsageError, match="can only rename, move or remove"):
            await library.feeds.pause(feeds["Other"].id)
        same: dict[str, Any] = {"interval": None, "paused": False}
        other = feeds["Other"]
        await library.feeds.edit(other.id, {"title": "Other", "folder": other.folder, **same})
        assert server.taken() == []
        tech = other.folder.replace("Sport", "Tech")
        await library.feeds.edit(other.id, {"title": "New", "folder": tech, **same})
        assert server.taken() == [("change_feed", "feed/2", "New", "Tech"), ("feeds",)]
        for wrong in (
            {"interval": 300},
            {"paused": True},
            {"labels": ("l",)},
            {"full_text": "on"},
            {"filter": ("x",)},
        ):
            with pytest.raises(UsageError, match="can only"):
                await library.feeds.edit(other.id, {"title": "", "folder": "", **same, **wrong})


async def test_an_account_subscribes_to_feeds_one_by_one(tmp_path: Path, server: Noting) -> None:
    async with listed(tmp_path, server) as library:

        async def subscribe(*feeds: FeedConfig) -> list[tuple[str, str]]:
            async with aclosing(library.accounts.subscribe("home", feeds)) as made:
                return [(feed_id, reason) async for _, feed_id, reason in made]

        new = FeedConfig("https://c.example/f", "C", "Tech")
        there = FeedConfig(NEWS.url, "Renamed", "Moved")
        assert await subscribe(there, new, replace(new, title="")) == [
            ("feed/1", ""), ("feed/9", ""), ("feed/9", ""),
        ]  # fmt: skip
        assert server.taken() == [
            ("feeds",), ("add_feed", new.url, "Tech"), ("change_feed", "feed/9", "C", None),
            ("add_feed", new.url, "Tech"),
        ]  # fmt: skip
        server.refuses["add_feed"] = AccountError(Refusal.REQUEST, "cannot be read")
        other = FeedConfig("https://d.example/f")
        assert await subscribe(other, there) == [("", "cannot be read"), ("feed/1", "")]
        server.refuses["add_feed"] = AccountError(Refusal.AWAY, "away")
        with pytest.raises(AccountError, match="away"):
            await subscribe(other)


async def test_a_server_is_detected_once_and_a_rejected_secret_tried_with_one_request(
    tmp_path: Path, server: Noting
) -> None:
    async with listed(tmp_path, server) as library:
        await state(library, url="", user="")
        await library.accounts.rename_category("home", "x", "y")
        assert server.taken() == [("sign_in",), ("categories",), ("feeds",)]
        await state(library, url=f"{URL}/api", user="ann")
        await library.accounts.rename_category("home", "x", "y")
        assert server.taken() == [("categories",), ("feeds",)]
        await state(library, url="https://old.example", user="ann")
        await library.accounts.rename_category("home", "x", "y")
        assert server.taken()[0] == ("sign_in",)
        await state(library, url=f"{URL}/api")
        server.refuses["categories"] = AccountError(Refusal.LOGIN, "wrong", "again", url=f"{URL}/api")
        with pytest.raises(AccountError):
            await library.accounts.rename_category("home", "x", "y")
        (home, _) = await library.accounts.all()
        assert (home.refusal, home.rejected_since, home.rejected_url) == ("login", CLOCK, f"{URL}/api")
        server.taken()
        with pytest.raises(AccountError, match="wrong") as caught:
            await library.accounts.rename_category("home", "x", "y")
        assert server.calls == [] and "tuireader sync home" in caught.value.hint
        assert await library.accounts.full_text(1) == ""
        await library.accounts.ask_again("home")
        server.refuses.clear()
        await library.accounts.rename_category("home", "x", "y")
        assert server.taken()[-2:] == [("categories",), ("feeds",)]


async def test_the_server_that_has_an_article_is_asked_for_its_text(tmp_path: Path, server: Noting) -> None:
    async with listed(tmp_path, server) as library:
        await fill(library, library.context.feeds[0].id, entry(1), entry(2))
        await library.context.pool.transact(
            lambda store: store.remote.add(1, [("e1", 1, 1, False, False), ("e2", 2, 1, False, False)])
        )
        places = await library.context.pool.read(lambda store: [store.remote.places(one) for one in (1, 2)])
        for place, expected in zip(places, ("<p>Text</p>", ""), strict=True):
            number = places.index(place) + 1
            ids = [remote for _, remote in place]
            assert await library.accounts.full_text(number) == expected
            assert server.taken() == [("full_text", one) for one in ids]
        assert await library.accounts.full_text(99) == ""


@pytest.mark.parametrize(
    ("values", "due"),
    [
        ({"tried_at": CLOCK - 1199}, False),
        ({"tried_at": CLOCK - 1200}, True),
        ({"next_try": CLOCK + 1}, False),
        ({"next_try": CLOCK}, True),
    ],
)
async def test_which_accounts_a_refresh_syncs(
    tmp_path: Path, server: Noting, values: dict[str, object], due: bool
) -> None:
    async with listed(tmp_path, server) as library:
        home_feeds = [feed.id for feed in library.context.feeds]
        await library.context.pool.transact(lambda store: store.accounts.record(2, CLOCK))
        await state(library, **values)
        home, work = "home", "Work"
        accounts = library.accounts

        async def names(states: Sequence[AccountState]) -> list[str]:
            return [one.name for one in states]

        assert await names(await accounts.chosen(None, force=True)) == [home, work]
        assert await names(await accounts.chosen(home_feeds, force=True)) == [home]
        assert await names(await accounts.chosen([99], force=True)) == []
        assert await names(await accounts.named(["WORK"])) == [work]
        assert await names(await accounts.named([])) == [home, work]
        assert await names(await accounts.due()) == [home] * due
        with pytest.raises(UsageError):
            await accounts.named(["x"])

        def reject(store: Store, secret: str) -> None:
            rejection = {"error": "x", "refusal": "login", "next_try": CLOCK + 9, "url": URL}
            store.accounts.record(1, CLOCK, **rejection, secret=secret)  # type: ignore[arg-type]

        config = accounts.config("home")
        for secret, is_due in ((fingerprint(config, "pass", "s"), False), ("s:zzzz", True)):
            await library.context.pool.transact(partial(reject, secret=secret))
            assert await names(await accounts.chosen(None, force=False)) == [home], "to report it"
            await library.context.pool.transact(partial(reject, secret=secret))
            assert await names(await accounts.due()) == [home] * is_due


async def test_marks_wait_for_accounts_that_may_be_asked(tmp_path: Path, server: Noting) -> None:
    async with listed(tmp_path, server) as library:
        assert (
            await library.accounts.with_marks() == []
            and sum([state.pending for state in await library.accounts.all()]) == 0
        )
        await fill(library, library.context.feeds[0].id, entry(1))
        await library.context.pool.transact(lambda store: store.remote.add(1, [("e1", 1, 1, False, False)]))
        await library.marks.set_read([1], True)
        pending = await library.context.pool.read(lambda store: store.remote.pending_marks(1))
        assert (
            list(pending) == [Mark.READ]
            and sum([state.pending for state in await library.accounts.all()]) == 1
        )
        assert await library.accounts.with_marks() == ["home"]
        await state(library, next_try=CLOCK + 1, tried_at=CLOCK - 61)
        assert await library.accounts.with_marks() == []
        assert await library.accounts.with_marks(last=True) == ["home"]


async def test_an_account_is_added_once_and_edited(tmp_path: Path, server: Noting) -> None:
    async with opened(tmp_path, TWO) as library:
        new = AccountConfig("New", AccountKind.GREADER, "https://n.example", "ann", password="p")
        for wrong in (replace(new, name="HOME"), replace(new, url="no"), replace(new, name="")):
            with pytest.raises(ConfigError):
                library.accounts.require_new(wrong)
        library.accounts.require_new(new)
        await library.accounts.add(new)
        assert loads(written(tmp_path))[0].accounts[-1] == new
        await library.accounts.edit("New", {"user": "bob"})
        assert loads(written(tmp_path))[0].accounts[-1] == replace(new, user="bob")
        assert [one.name for one in await library.accounts.all()] == ["home", "Work", "New"]
        await library.accounts.remove("NEW")
        step = await library.marks.newest_step()
        assert step is not None and step.what == "account New removed"
        assert [one.name for one in await library.accounts.all()] == ["home", "Work"]


@pytest.mark.parametrize(
    ("state", "config", "known"),
    [
        ({}, {}, True), ({"url": ""}, {}, False), ({"error": "x"}, {}, False), ({}, {"user": "bob"}, False),
        ({}, {"user": ""}, True), ({}, {"url": "https://reader.example/"}, True),
        ({}, {"url": "https://reader.examp"}, False), ({}, {"url": "https://reader.example/api"}, True),
        ({}, {"url": "https://reader.example/api/v2"}, False),
    ],
)  # fmt: skip
def test_where_a_server_is(state: dict[str, Any], config: dict[str, Any], known: bool) -> None:
    account = replace(AccountState(1, "home", url=f"{URL}/api", user="ann", software="S"), **state)
    configured = replace(AccountConfig("home", AccountKind.GREADER, URL, "ann"), **config)
    assert known_server(account, configured) == (Server(f"{URL}/api", "ann", "S") if known else None)
    assert address(account, configured) == (f"{URL}/api" if known else configured.url)
    assert address(replace(account, rejected_url="https://r.example"), configured) == "https://r.example"


def test_a_fingerprint_changes_with_all_that_is_sent() -> None:
    config = AccountConfig("home", AccountKind.GREADER, URL, "ann")
    known = fingerprint(config, "secret", "salt")
    assert known.startswith("salt:") and len(known) == 9 and fingerprint(config, "secret", "salt") == known
    others = [
        fingerprint(replace(config, url="https://x.example"), "secret", "salt"),
        fingerprint(replace(config, user="bob"), "secret", "salt"),
        fingerprint(config, "other", "salt"),
        fingerprint(config, "secret", "pepper"),
    ]
    assert known not in others


async def test_what_is_reported_when_a_secret_cannot_be_read(tmp_path: Path, server: Noting) -> None:
    text = TWO.replace('password = "pass"', 'password = "env:TUIREADER_NOT_SET"')
    async with opened(tmp_path, text) as library:
        states = await library.accounts.named(["home"])
        events: list[Event] = []
        async with aclosing(library.refresh.sync(states)) as made:
            events = [event async for event in made]
        (done,) = [event for event in events if isinstance(event, AccountSynced)]
        assert done.done and done.error and done.refusal == "secret" and server.calls == []
        assert done.next_try == CLOCK + 1800
        with pytest.raises(TuireaderError):
            await library.accounts.preview(library.accounts.config("home"))
