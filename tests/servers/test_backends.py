"""Every backend against every server of its kind: what the engine of the sync relies on."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.servers.stages import Copy, Stage, push
from tuireader.sync.backend import AccountError, Backend, Entries, Mark, Refusal
from tuireader.sync.greader import pull as greader_pull
from tuireader.sync.miniflux import pull as miniflux_pull


@pytest.fixture
async def backend(stage: Stage) -> AsyncIterator[Backend]:
    """A backend for the account of the stage."""
    made = stage.connect()
    yield made
    await made.close()


async def test_signing_in_names_the_server(stage: Stage, backend: Backend) -> None:
    server = await backend.sign_in()
    assert server.url.startswith("http://127.0.0.1:") and not server.url.endswith("/")
    assert server.user in ("alice", "reader1") or server.user.startswith("reader")
    assert server.software.startswith(("Miniflux 2.", "FreshRSS"))


async def test_wrong_credentials_are_refused_at_once_and_later(stage: Stage) -> None:
    wrong = stage.connect("Wrong-One")
    for attempt in (wrong.sign_in(), wrong.feeds(), wrong.push(Mark.READ, True, ["1"])):
        with pytest.raises(AccountError) as caught:
            await attempt
        assert caught.value.refusal is Refusal.LOGIN
        assert "Wrong-One" not in str(caught.value)
    await wrong.close()


async def test_feeds_and_their_categories(stage: Stage, backend: Backend) -> None:
    assert await backend.feeds() == []
    news, other = stage.add_feed("News"), stage.add_feed("Other")
    await backend.change_feed(other, title="Renamed", category="Sports & <more>")
    found = {feed.id: feed for feed in await backend.feeds()}
    assert set(found) == {news, other}
    assert found[news].title == "News" and found[news].url.startswith("http://")
    assert (found[other].title, found[other].category) == ("Renamed", "Sports & <more>")
    assert "Sports & <more>" in [one.title for one in await backend.categories()]


async def test_a_first_pull_says_how_many_entries_are_left(
    stage: Stage, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(miniflux_pull, "SOON", 2)
    monkeypatch.setattr(miniflux_pull, "PAGE", 2)
    monkeypatch.setattr(greader_pull, "BATCH", 2)
    feed = stage.add_feed("News")
    ids = stage.arrive(feed, *map(str, range(5)))
    copy = Copy()
    left = []
    async for step in backend.pull("", copy):
        copy.take(step)
        left += [step.left] if isinstance(step, Entries) and step.entries else []
    assert left == [5, 3, 1]
    assert sorted(copy.entries) == sorted(ids)
    stage.arrive(feed, "Later")
    later = [step async for step in backend.pull(copy.progress, copy)]
    assert not any(step.left for step in later if isinstance(step, Entries))


async def test_a_first_pull_begins_with_the_newest_unread_entries(stage: Stage, backend: Backend) -> None:
    feed = stage.add_feed("News")
    ids = stage.arrive(feed, "One", "Two & <three>", "Four", "Five")
    stage.mark(ids[3], read=True)
    stage.mark(ids[0], read=True, starred=True)
    copy = Copy()
    await copy.pull(backend)
    assert copy.titles() == ["Five", "Four", "One", "Two & <three>"]
    assert copy.marks == {
        ids[0]: (True, True), ids[1]: (False, False), ids[2]: (False, False), ids[3]: (True, False),
    }  # fmt: skip
    assert list(dict.fromkeys(copy.arrived)) == [ids[2], ids[1], ids[0], ids[3]]
    entry = copy.entries[ids[1]]
    assert (entry.entry.guid, entry.feed_id, entry.id) == (ids[1], feed, ids[1])
    assert "Text of Two" in entry.entry.content_html and entry.entry.url.startswith("http://site")


async def test_a_later_pull_takes_what_arrived_and_what_was_marked(stage: Stage, backend: Backend) -> None:
    feed = stage.add_feed("News")
    old = stage.arrive(feed, "One", "Two", "Three")
    copy = Copy()
    await copy.pull(backend)
    new = stage.arrive(feed, "Four")
    stage.mark(old[0], read=True)
    stage.mark(old[1], starred=True)
    await copy.pull(backend)
    assert copy.marks == {
        old[0]: (True, False), old[1]: (False, True), old[2]: (False, False), new[0]: (False, False),
    }  # fmt: skip
    stage.mark(old[0], read=False)
    stage.mark(old[1], starred=False)
    await copy.pull(backend)
    assert set(copy.marks.values()) == {(False, False)}


@pytest.mark.parametrize("mark", list(Mark))
async def test_marks_are_pushed_and_may_be_pushed_twice(stage: Stage, backend: Backend, mark: Mark) -> None:
    feed = stage.add_feed("News")
    ids = stage.arrive(feed, "One", "Two", "Three")
    for value in (True, False):
        for _ in range(2):
            assert await push(backend, mark, value, ids[:2]) == set()
            expected = (value, False) if mark is Mark.READ else (False, value)
            assert [stage.marks(one) for one in ids] == [expected, expected, (False, False)]


async def test_what_the_server_removed_goes(stage: Stage, backend: Backend) -> None:
    feed, other = stage.add_feed("News"), stage.add_feed("Other")
    ids = [*stage.arrive(feed, "One", "Two"), *stage.arrive(other, "Three")]
    copy = Copy()
    await copy.pull(backend)
    stage.remove(ids[0])
    await copy.pull(backend)
    assert copy.titles() == ["Three", "Two"]
    stage.remove(ids[2])
    await copy.pull(backend)
    assert copy.titles() == ["Two"]


async def test_marks_of_what_never_existed_do_no_harm(stage: Stage, backend: Backend) -> None:
    ids = stage.arrive(stage.add_feed("News"), "One")
    unknown = str(int(ids[0]) + 1000)
    for mark in Mark:
        assert await push(backend, mark, True, [unknown]) <= {unknown}
        assert await push(backend, mark, True, [ids[0], unknown]) <= {unknown}
    assert stage.marks(ids[0]) == (True, True)


async def test_a_server_that_is_down_is_away_and_comes_back(stage: Stage, backend: Backend) -> None:
    feed = stage.add_feed("News")
    copy = Copy()
    stage.arrive(feed, "One")
    await copy.pull(backend)
    stage.down()
    for attempt in (backend.feeds(), copy.pull(backend), backend.push(Mark.READ, True, ["1"])):
        with pytest.raises(AccountError) as caught:
            await attempt
        assert caught.value.refusal is Refusal.AWAY
    stage.up()
    stage.arrive(feed, "Two")
    await copy.pull(backend)
    assert copy.titles() == ["One", "Two"]


async def test_a_feed_is_removed(stage: Stage, backend: Backend) -> None:
    feed = stage.add_feed("News")
    stage.arrive(feed, "One")
    await backend.remove_feed(feed)
    await backend.remove_feed(feed)
    assert await backend.feeds() == []


async def test_a_category_is_renamed_and_removed_without_its_feeds(stage: Stage, backend: Backend) -> None:
    feed, other = stage.add_feed("News"), stage.add_feed("Other")
    for one in (feed, other):
        await backend.change_feed(one, category="Tech")
    tech = next(one.id for one in await backend.categories() if one.title == "Tech")
    await backend.rename_category(tech, "Science")
    assert {one.category for one in await backend.feeds()} == {"Science"}
    science = next(one.id for one in await backend.categories() if one.title == "Science")
    await backend.remove_category(science)
    assert {one.id for one in await backend.feeds()} == {feed, other}
    assert "Science" not in [one.title for one in await backend.categories()]
