"""The Google Reader API alone: requests, tokens, ids of all forms, FreshRSS's surprises, wrong answers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.servers.fake import drop, json_answer, text_answer
from tests.servers.fake_greader import API, BASE, LABEL, FakeGReader
from tests.servers.stages import Copy, equal, filled, push
from tests.web import Answer
from tuireader.sync.backend import AccountError, Backend, Entries, Mark, Refusal, States
from tuireader.sync.entries import Odd
from tuireader.sync.greader import pull as greader_pull
from tuireader.sync.greader.items import LONG, feed_title, item_id, item_name


@pytest.fixture
def server() -> Iterator[FakeGReader]:
    """A FreshRSS."""
    with FakeGReader() as made:
        yield made


# --------------------------------------------------------------------------- requests


async def test_a_sync_without_news_needs_four_requests(server: FakeGReader, backend: Backend) -> None:
    filled(server)
    copy = Copy()
    await copy.pull(backend)
    server.calls.clear()
    await backend.feeds()
    await copy.pull(backend)
    assert server.seen() == [f"GET {API}/subscription/list", *[f"GET {API}/stream/items/ids"] * 3]


async def test_expired_tokens_are_renewed_once(server: FakeGReader, backend: Backend) -> None:
    filled(server)
    ids = [str(one) for one in server.entries]
    await push(backend, Mark.READ, True, ids)
    server.expire()
    server.calls.clear()
    await push(backend, Mark.READ, False, ids)
    assert not any(one.read for one in server.entries.values())
    assert len(server.seen("ClientLogin")) == 1
    server.expire()
    assert len(await backend.feeds()) == 2
    server.replies[f"{API}/edit-tag"] = text_answer("Unauthorized!", 401, Google_Bad_Token="true")
    with pytest.raises(AccountError) as caught:
        await push(backend, Mark.READ, True, ids)
    assert caught.value.refusal is Refusal.LOGIN
    assert len(server.seen("edit-tag")) == 4


async def test_a_thousand_marks_fit_into_a_request(server: FakeGReader, backend: Backend) -> None:
    filled(server, 1000)
    await push(backend, Mark.STARRED, True, [str(one) for one in server.entries])
    assert all(one.starred for one in server.entries.values())
    assert len(server.seen("edit-tag")) == 1


@pytest.mark.parametrize("answer", [json_answer([]), text_answer(""), text_answer("Not OK")])
async def test_only_ok_means_done(server: FakeGReader, backend: Backend, answer: Answer) -> None:
    server.replies[f"{API}/edit-tag"] = answer
    with pytest.raises(AccountError) as caught:
        await backend.push(Mark.READ, True, ["1"])
    assert caught.value.refusal is Refusal.ANSWER


# --------------------------------------------------------------------------- pulls


async def test_bodies_come_in_batches_and_go_on_after_a_crash(
    server: FakeGReader, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(greader_pull, "BATCH", 3)
    filled(server)
    copy = Copy()
    for hook in ("before", "after"):
        setattr(server, hook, drop("contents", times=1))
        with pytest.raises(AccountError):
            await copy.pull(backend)
        setattr(server, hook, None)
    assert copy.arrived == []
    await copy.pull(backend)
    assert equal(server, copy)
    assert len(server.seen("contents")) == 2 + 4
    unread = [str(one.id) for one in server.entries.values() if not one.read]
    assert copy.arrived[:7] == unread[::-1]


async def test_many_unread_entries_are_read_from_all_pages(
    server: FakeGReader, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("MOST_IDS", "MOST_LISTED"):
        monkeypatch.setattr(greader_pull, name, 4)
    filled(server)
    copy = Copy()
    for _ in range(2):
        await copy.pull(backend)
    assert (
        copy.marks.items()
        <= {str(one.id): (one.read, one.starred) for one in server.entries.values()}.items()
    )
    assert sum(not read for read, _ in copy.marks.values()) == 7


async def test_a_list_that_was_cut_removes_nothing(
    server: FakeGReader, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(server)
    copy = Copy()
    await copy.pull(backend)
    monkeypatch.setattr(greader_pull, "MOST_LISTED", 4)
    steps = [step async for step in backend.pull(copy.progress, copy)]
    assert isinstance(steps[0], States) and not steps[0].complete
    assert [type(step) for step in steps[1:]] == [Entries]


async def test_an_entry_that_arrives_between_two_lists_is_unread(
    server: FakeGReader, backend: Backend
) -> None:
    filled(server)
    await backend.feeds()
    arrived: list[str] = []

    def hook(call: object) -> None:
        if len(server.seen("items/ids")) == 1 and not arrived:
            arrived.append(str(server.add_entry(server.feeds[0]).id))

    server.after = hook
    copy = Copy()
    await copy.pull(backend)
    assert copy.marks[arrived[0]] == (False, False)


async def test_states_of_any_user_count(server: FakeGReader, backend: Backend) -> None:
    filled(server)
    server.user_name = "1005921515"
    copy = Copy()
    await copy.pull(backend)
    assert equal(server, copy)


async def test_edited_articles_come_once_a_day(server: FakeGReader, backend: Backend) -> None:
    filled(server)
    copy = Copy()
    await copy.pull(backend)
    server.edit(list(server.entries.values())[-1], "Corrected", "<p>Now right</p>")
    await copy.pull(backend)
    assert "Corrected" not in copy.titles()
    server.pass_time(86_401)
    await copy.pull(backend)
    assert "Corrected" in copy.titles()
    server.calls.clear()
    await copy.pull(backend)
    assert server.seen("contents") == []


async def test_what_an_entry_has(server: FakeGReader, backend: Backend) -> None:
    feed = server.add_feed("Q & A <1>")
    entry = server.add_entry(
        feed, "Use <b> & <i>", '<p>Text <a href="/x">more</a></p>', author="A & B", tags=["News"]
    )
    copy = Copy()
    await copy.pull(backend)
    assert [one.title for one in await backend.feeds()] == ["Q & A <1>"]
    found = copy.entries[str(entry.id)]
    assert (found.feed_id, found.entry.title, found.entry.author) == (
        f"feed/{feed.id}",
        "Use <b> & <i>",
        "A & B",
    )
    assert (found.entry.url, found.entry.base_url) == (entry.url, entry.url)
    assert (found.entry.tags, found.entry.published) == (("News",), int(entry.published))


# --------------------------------------------------------------------------- ids


@given(st.integers(-(1 << 63), (1 << 63) - 1))
def test_all_forms_of_an_id_are_one(number: int) -> None:
    forms = (
        str(number),
        str(number % (1 << 64)),
        f"{LONG}{number % (1 << 64):016x}",
        f"{LONG}{number % (1 << 64):016X}",
    )
    assert {item_id(form) for form in forms} == {str(number)}
    assert item_name(str(number)) == str(number)


def test_ids_that_are_no_numbers() -> None:
    own = "51d2e6f2a1c2d3e4f5060708"
    assert item_id(own) == item_id(LONG + own) == own
    assert item_name(own) == LONG + own
    for wrong in ("", LONG, "a b", "\x1b[31m", "x" * 200):
        with pytest.raises(Odd):
            item_id(wrong)


# --------------------------------------------------------------------------- feeds


async def test_an_existing_subscription_counts(server: FakeGReader, backend: Backend) -> None:
    server.after = drop("quickadd")
    with pytest.raises(AccountError):
        await backend.add_feed("http://x.example/a.xml", "Tech")
    added = await backend.add_feed("http://x.example/a.xml", "Tech")
    assert [(one.id, one.category) for one in await backend.feeds()] == [(added, "Tech")]
    await backend.change_feed(added, category="")
    assert [one.category for one in await backend.feeds()] == ["Uncategorized"]


@pytest.mark.parametrize(("category", "lost"), [("New", ["A"]), ("B", ["A"]), ("", ["A"])])
async def test_a_feed_with_several_labels_loses_only_the_one_it_is_moved_from(
    server: FakeGReader, backend: Backend, category: str, lost: list[str]
) -> None:
    labels = {"feed/1": "ABC", "feed/2": "XY"}
    found = [{"id": one, "categories": [{"id": LABEL + label} for label in labels[one]]} for one in labels]
    server.replies[f"{API}/subscription/list"] = json_answer({"subscriptions": found[::-1]})
    server.replies[f"{API}/subscription/edit"] = text_answer("OK")
    await backend.change_feed("feed/1", category=category)
    form = server.calls[-1].form()
    assert form.get("a", []) == [LABEL + category] * bool(category)
    assert form["r"] == [LABEL + one for one in lost]


async def test_a_feed_that_cannot_be_added(server: FakeGReader, backend: Backend) -> None:
    server.broken_feeds.add("http://x.example/404")
    with pytest.raises(AccountError, match="could not be read") as caught:
        await backend.add_feed("http://x.example/404")
    assert caught.value.refusal is Refusal.REQUEST


async def test_a_refusal_is_one_of_this_request(server: FakeGReader, backend: Backend) -> None:
    feed = f"feed/{server.add_feed('News').id}"
    server.replies[f"{API}/subscription/edit"] = text_answer("Bad Request!", 400)
    for attempt in (backend.rename_category("user/-/label/None", "Tech"), backend.remove_feed(feed)):
        with pytest.raises(AccountError) as caught:
            await attempt
        assert caught.value.refusal is Refusal.REQUEST


async def test_a_login_without_a_token(server: FakeGReader, backend: Backend) -> None:
    server.replies[f"{BASE}/accounts/ClientLogin"] = text_answer("SID=x\nAuth=\n")
    with pytest.raises(AccountError) as caught:
        await backend.feeds()
    assert caught.value.refusal is Refusal.ANSWER


async def test_labels_of_entries_are_no_categories(server: FakeGReader, backend: Backend) -> None:
    server.category("Tech")
    assert [one.title for one in await backend.categories()] == ["Uncategorized", "Tech"]
    assert await backend.full_text("1") == ""


# --------------------------------------------------------------------------- wrong answers

ITEM = {"id": f"{LONG}{1:016x}", "origin": {"streamId": "feed/1"}, "categories": []}
WRONG: list[tuple[str, object]] = [
    ("/stream/items/ids", []),
    ("/stream/items/ids", {}),
    ("/stream/items/ids", {"itemRefs": [{}]}),
    ("/stream/items/ids", {"itemRefs": [{"id": "1"}], "continuation": "1"}),
    ("/stream/items/contents", []),
    ("/stream/items/contents", {"items": [{"id": "1"}]}),
    ("/stream/items/contents", {"items": [ITEM]}),  # an article that nobody asked for
    ("/subscription/list", []),
    ("/subscription/list", {"subscriptions": [{}]}),
]


@pytest.mark.parametrize(("path", "value"), WRONG)
async def test_a_wrong_shape_is_never_an_empty_list(
    server: FakeGReader, backend: Backend, path: str, value: object
) -> None:
    filled(server)
    copy = Copy()
    await copy.pull(backend)
    server.add_entry(server.feeds[0])
    before = dict(copy.marks)
    server.replies[API + path] = json_answer(value)
    with pytest.raises(AccountError) as caught:
        await backend.feeds()
        await copy.pull(backend)
    assert caught.value.refusal is Refusal.ANSWER
    assert copy.marks == before


@pytest.mark.parametrize("text", ["", "{", "[]", '{"checked": "x"}', "{}"])
async def test_any_progress_can_be_read(server: FakeGReader, backend: Backend, text: str) -> None:
    filled(server)
    copy = Copy(text)
    await copy.pull(backend)
    assert equal(server, copy)


def test_titles_of_feeds_get_their_punctuation_back() -> None:
    assert feed_title("AT＆T： who， what？ 1／2") == "AT&T： who, what? 1/2"
    assert feed_title("安全，内参？") == "安全，内参？"
