"""What is made of the answers of each server, whole: every field, every status, every form of an error."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from itertools import product

import httpx
import pytest

from tests.examples import for_each
from tests.servers.fake import PASSWORD, json_answer, text_answer
from tests.servers.fake_greader import API, LABEL, STATE, FakeGReader
from tests.servers.fake_miniflux import FakeMiniflux
from tests.servers.single import greader as greader
from tests.servers.single import miniflux as miniflux
from tests.servers.single import reader as reader
from tests.servers.single import server as server
from tuireader.model import ParsedEntry
from tuireader.model.fetching import Enclosure
from tuireader.sync import http
from tuireader.sync.backend import (
    AccountError,
    Body,
    Mark,
    Refusal,
    RemoteCategory,
    RemoteEntry,
    RemoteFeed,
)
from tuireader.sync.entries import Odd
from tuireader.sync.greader import items as greader_items
from tuireader.sync.greader.api import GoogleReader
from tuireader.sync.http import Http, NotFound
from tuireader.sync.miniflux import items as miniflux_items
from tuireader.sync.miniflux.api import Miniflux
from tuireader.sync.redaction import Redaction

LONG = greader_items.LONG
PAGE = "https://site.example/1"


# --------------------------------------------------------------------------- entries

MINIFLUX = {
    "id": 7,
    "feed_id": 3,
    "status": "unread",
    "starred": True,
    "title": "Use <b> &amp; x",
    "url": PAGE,
    "author": "Ann",
    "published_at": "2026-01-02T03:04:05Z",
    "content": "<p>Text <a href='/x'>more</a></p>",
    "comments_url": f"{PAGE}#c",
    "tags": ["a", "b", 5],
    "enclosures": [{"url": f"{PAGE}/a.mp3", "mime_type": "Audio/MPEG", "size": 123}, "x"],
}
GREADER = {
    "id": f"{LONG}{7:016x}",
    "origin": {"streamId": "feed/3"},
    "categories": [f"{STATE}read", f"{LABEL}L", "News", 5],
    "title": "Use ＜b＞ &amp; x",
    "canonical": [{"href": PAGE}],
    "alternate": [{"href": f"{PAGE}?alternate"}],
    "author": "A＆B",
    "published": 1_700_000_000,
    "updated": 1_700_000_001,
    "content": {"content": "<p>Long</p>"},
    "summary": {"content": "<p>Short</p>"},
    "enclosure": [{"href": f"{PAGE}/a.mp3", "type": "Audio/MPEG", "length": 123}, 5],
}
SOUND = Enclosure(url=f"{PAGE}/a.mp3", type="audio/mpeg", length=123)


def of_miniflux(**change: object) -> Body:
    """The contents of a page with one entry."""
    return miniflux_items.read(json.dumps({"total": 1, "entries": [{**MINIFLUX, **change}]}).encode())


def of_greader(**change: object) -> Body:
    """The contents of a batch with one item."""
    return greader_items.read(json.dumps({"items": [{**GREADER, **change}]}).encode())


def test_all_that_miniflux_says_of_an_entry_is_kept() -> None:
    entry = ParsedEntry(
        guid="7",
        title="Use <b> &amp; x",
        url=PAGE,
        base_url=PAGE,
        author="Ann",
        published=1_767_323_045,
        content_html="<p>Text <a href='/x'>more</a></p>",
        comments_url=f"{PAGE}#c",
        tags=("a", "b"),
        enclosures=(SOUND,),
    )
    assert of_miniflux() == Body((RemoteEntry("7", "3", entry, read=False, starred=True),), last=7, total=1)


def test_all_that_freshrss_says_of_an_entry_is_kept() -> None:
    entry = ParsedEntry(
        guid="7",
        title="Use <b> &amp; x",
        url=PAGE,
        base_url=PAGE,
        author="A&B",
        published=1_700_000_000,
        updated=1_700_000_001,
        content_html="<p>Long</p>",
        tags=("News",),
        enclosures=(SOUND,),
    )
    assert of_greader() == Body((RemoteEntry("7", "feed/3", entry, read=True, starred=False),))


@for_each(
    ("change", "name", "value"),
    [
        ({"content": None}, "content_html", "<p>Short</p>"),
        ({"content": {}, "summary": {}}, "content_html", ""),
        ({"canonical": []}, "url", f"{PAGE}?alternate"),
        ({"canonical": [5, {"href": f"{PAGE}/5"}]}, "url", f"{PAGE}/5"),
        ({"canonical": [], "alternate": 5}, "url", ""),
        ({"title": "A <b>bold</b> &amp; x"}, "title", "A bold & x"),
        ({"author": ""}, "author", ""),
        ({"enclosure": 5}, "enclosures", ()),
        *[
            ({"published": one, "updated": one}, "published", None)
            for one in (0, -1, 1 << 33, True, "1700000000", 1.5)
        ],
        *[({"published": one}, "published", one) for one in (1, (1 << 33) - 1)],
    ],
)
def test_an_item_of_freshrss_with_less_in_it(change: dict[str, object], name: str, value: object) -> None:
    (remote,) = of_greader(**change).entries
    assert getattr(remote.entry, name) == value


@pytest.mark.parametrize(
    ("change", "name", "value"),
    [
        ({"content": ""}, "content_html", ""),
        ({"author": ""}, "author", ""),
        ({"published_at": "x"}, "published", None),
        ({"tags": None}, "tags", ()),
        ({"enclosures": None}, "enclosures", ()),
        ({"comments_url": ""}, "comments_url", ""),
    ],
)
def test_an_entry_of_miniflux_with_less_in_it(change: dict[str, object], name: str, value: object) -> None:
    (remote,) = of_miniflux(**change).entries
    assert getattr(remote.entry, name) == value


@pytest.mark.parametrize("states", [*product([False, True], repeat=2)])
def test_marks_are_those_of_the_answer(states: tuple[bool, bool]) -> None:
    names = [f"user/5/state/com.google/{name}" for name in ("read", "starred")]
    read, starred = states
    bodies = (
        of_greader(categories=[name for name, has in zip(names, states, strict=True) if has]),
        of_miniflux(status="read" if read else "unread", starred=starred),
    )
    for body in bodies:
        (remote,) = body.entries
        assert (remote.read, remote.starred) == states == (remote.has(Mark.READ), remote.has(Mark.STARRED))


ODD_MINIFLUX: list[dict[str, object]] = [
    {"status": "new"}, {"status": None}, {"starred": 1}, {"feed_id": "3"}, {"feed_id": True}, {"id": "7"},
]  # fmt: skip
ODD_GREADER: list[dict[str, object]] = [
    {"origin": None}, {"origin": {}}, {"origin": "feed/3"}, {"categories": None}, {"id": ""}, {"id": "a b"},
]  # fmt: skip


@pytest.mark.parametrize("read, change", [
    *[(of_miniflux, change) for change in ODD_MINIFLUX], *[(of_greader, change) for change in ODD_GREADER]
])  # fmt: skip
def test_an_entry_without_all_that_identifies_and_marks_it_is_left_out(
    read: Callable[..., Body], change: dict[str, object]
) -> None:
    body = read(**change)
    assert (body.entries, body.unreadable) == ((), 1)


def test_a_page_of_miniflux_is_counted() -> None:
    entries = [MINIFLUX, {**MINIFLUX, "id": 8, "status": "removed"}, {"id": 9}]

    def page(total: object, listed: Sequence[object]) -> Body:
        return miniflux_items.read(json.dumps({"total": total, "entries": listed}).encode())

    body = page(5, entries)
    assert [one.id for one in body.entries] == ["7"]
    assert (body.gone, body.last, body.more, body.unreadable, body.total) == (("8",), 9, True, 1, 5)
    assert not page(3, entries).more
    assert page(9, []) == Body((), total=9), "nothing follows an empty page, whatever the server counts"
    for total in (None, True, "5"):
        with pytest.raises(Odd):
            page(total, entries)
    with pytest.raises(Odd):  # nobody knows where the next page starts
        page(2, [{**MINIFLUX, "id": "7"}])
    assert page(1, [{**MINIFLUX, "id": "7"}]) == Body((), unreadable=1, total=1)


@pytest.mark.parametrize("read", [miniflux_items.read, greader_items.read])
@pytest.mark.parametrize("raw", [b"", b"5", b"[]", b"{}", b"[" * 5_000, b'{"items": 5, "entries": 5}'])
def test_what_is_no_list_of_entries(read: Callable[[bytes], Body], raw: bytes) -> None:
    with pytest.raises(Odd):
        read(raw)


def test_a_list_of_other_things_is_no_list_of_entries() -> None:
    """One entry may lack a member; a list in which every object lacks two has another meaning."""
    for name in ("origin", "categories", "id"):
        item = {key: value for key, value in GREADER.items() if key != name}
        assert greader_items.read(json.dumps({"items": [item]}).encode()).unreadable == 1
        with pytest.raises(Odd):
            greader_items.read(json.dumps({"items": [{name: GREADER[name]}]}).encode())


# --------------------------------------------------------------------------- feeds


async def test_all_that_miniflux_says_of_a_feed_is_kept(server: FakeMiniflux, miniflux: Miniflux) -> None:
    feed = {
        "id": 3, "title": "A  title\n", "feed_url": f"{PAGE}/feed", "site_url": PAGE,
        "parsing_error_count": 2, "parsing_error_message": "not found",
        "checked_at": "2026-01-02T03:04:05Z", "category": {"title": "C"},
    }  # fmt: skip
    feeds = [feed, {**feed, "parsing_error_count": 0}, {**feed, "parsing_error_message": ""}, {"id": 4}]
    server.replies["/v1/feeds"] = json_answer([*feeds, {"id": 5, "feed_url": "javascript:x", "category": 5}])
    expected = RemoteFeed("3", "A title", f"{PAGE}/feed", PAGE, "C", "not found", 1_767_323_045)
    first, healthy, silent, bare, odd = await miniflux.feeds()
    assert first == expected
    assert (healthy.error, bool(silent.error), silent.error == first.error) == ("", True, False)
    assert bare == RemoteFeed("4", "", "", "", "", "", None)
    assert odd == RemoteFeed("5", "", "", "", "", "", None)


async def test_all_that_freshrss_says_of_a_feed_is_kept(greader: FakeGReader, reader: GoogleReader) -> None:
    feed = {
        "id": "feed/3", "title": "Q＆A？", "url": f"{PAGE}/feed", "htmlUrl": PAGE,
        "categories": [5, {"id": f"{LABEL}C", "label": "C＆D"}, {"id": f"{LABEL}E", "label": "E"}],
    }  # fmt: skip
    greader.replies[f"{API}/subscription/list"] = json_answer(
        {"subscriptions": [feed, {"id": "feed/4", "url": "javascript:x", "categories": [5]}]}
    )
    assert await reader.feeds() == [
        RemoteFeed("feed/3", "Q&A?", f"{PAGE}/feed", PAGE, "C&D"), RemoteFeed("feed/4", "", "", "", ""),
    ]  # fmt: skip
    for wrong in ({"id": ""}, {"id": 3}):
        greader.replies[f"{API}/subscription/list"] = json_answer({"subscriptions": [wrong]})
        with pytest.raises(AccountError):
            await reader.feeds()


async def test_categories_are_listed_once_and_in_order(
    server: FakeMiniflux, miniflux: Miniflux, greader: FakeGReader, reader: GoogleReader
) -> None:
    server.replies["/v1/categories"] = json_answer([{"id": 9, "title": "A"}, {"id": 2, "title": "B"}])
    assert await miniflux.categories() == [RemoteCategory("2", "B"), RemoteCategory("9", "A")]
    tags = [f"{STATE}starred", f"{LABEL}A＆B", f"{LABEL}A＆B"]
    more = [{"id": "user/7/label/X/Y", "type": "folder"}, {"id": f"{LABEL}Mine", "type": "tag"}]
    greader.replies[f"{API}/tag/list"] = json_answer({"tags": [*({"id": one} for one in tags), *more]})
    assert await reader.categories() == [
        RemoteCategory(f"{LABEL}A＆B", "A&B"), RemoteCategory("user/7/label/X/Y", "X/Y"),
    ]  # fmt: skip


# --------------------------------------------------------------------------- refusals


def answer(status: int, body: bytes = b"", host: str = "reader.example", **headers: str) -> http.Answer:
    """An answer of a server."""
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return http.Answer(
        host, status, "https://reader.example/v1/x?y=1", httpx.Headers(fields), body, Redaction()
    )


SAYS = b'{"error_message": "says why", "error": "no"}'
REFUSED: list[tuple[int, Refusal]] = [
    *[(status, Refusal.LOGIN) for status in (401, 403)],
    *[(status, Refusal.ANSWER) for status in (300, 301, 307, 399, 404)],
    *[(status, Refusal.AWAY) for status in (408, 425, 429, 500, 502, 503, 599)],
    *[(status, Refusal.REQUEST) for status in (400, 402, 405, 409, 410, 422, 499)],
]


@pytest.mark.parametrize("status, refusal", REFUSED)
def test_what_a_status_means(status: int, refusal: Refusal) -> None:
    for body, words in ((SAYS, "says why"), (b'{"error": "no"}', "no"), (b"5", ""), (b"<", "")):
        assert_means(status, refusal, body, words)


def assert_means(status: int, refusal: Refusal, body: bytes, words: str) -> None:
    client = Http("https://reader.example", now=lambda: 1_000.0)
    error = client.refused(answer(status, body, Retry_After="90"))
    assert (error.refusal, isinstance(error, NotFound)) == (refusal, status == 404)
    assert error.retry_after == (90 if refusal is Refusal.AWAY else None)
    assert error.url == (client.base if refusal is Refusal.LOGIN else "")
    assert "reader.example" in error.message and bool(error.hint) is (refusal is not Refusal.REQUEST)
    if refusal is Refusal.ANSWER and status != 404:
        assert words not in error.message.split(), "a redirect is no message"
    elif words:
        assert error.message.endswith(f": {words}")
    elif refusal is not Refusal.LOGIN:
        assert f"HTTP {status}" in error.message
    late = client.refused(answer(503, Retry_After="Thu, 01 Jan 1970 00:20:00 GMT"))
    assert late.retry_after == 200, "a date counts by the clock of this computer"


@pytest.mark.parametrize(
    ("location", "named", "is_warned"),
    [
        ("https://reader.example/other/v1/x?y=1", "https://reader.example/other", False),
        ("https://new.example/v1/x", "https://new.example", False),
        ("//new.example:99/v1/x", "https://new.example:99", False),
        ("http://new.example/login", "http://new.example/login", True),
        ("https://new.example/v1/x#part", "https://new.example", False),
        ("ftp://new.example", "", False),
        ("https://", "", False),
        ("", "", False),
    ],
)
def test_the_address_to_set_after_a_redirect(location: str, named: str, is_warned: bool) -> None:
    moved = answer(301, Location=location) if location else answer(301)
    error = Http("https://reader.example").refused(moved)
    assert error.message.endswith(f": {named}") if named else ":" not in error.message
    assert ("could be read" in error.hint) is is_warned


async def test_an_answer_must_have_the_form_that_was_asked_for() -> None:
    assert answer(200, b'{"a": [{}]}').items("a") == [{}] == answer(200, b"[{}]").items()
    assert answer(200, b'{"a": 5}').member("a") == 5
    for body, name in ((b"{", "a"), (b"[" * 5_000, "a"), (b"[]", "a"), (b"{}", "a"), (b'{"a": {}}', "a"),
                       (b'{"a": [5]}', "a"), (b'{"a": [{}, 5]}', "a"), (b"{}", None)):  # fmt: skip
        with pytest.raises(AccountError) as caught:
            answer(200, body).items(name)
        assert caught.value.refusal is Refusal.ANSWER and "reader.example" in caught.value.message
    assert answer(200, Date="Thu, 01 Jan 1970 00:20:00 GMT").date == 1_200
    assert [answer(200, Date=text).date for text in ("", "x", "Thu, 99 Jan 1970 00:20:00 GMT")] == [None] * 3


async def test_a_server_that_quotes_the_password_is_not_quoted(
    greader: FakeGReader, reader: GoogleReader
) -> None:
    feed = {"id": "feed/3", "title": f"before {PASSWORD} after"}
    greader.replies[f"{API}/subscription/list"] = json_answer({"subscriptions": [feed]})
    assert [one.title for one in await reader.feeds()] == ["before … after"]
    token = greader.calls[-1].headers["authorization"].partition("=")[2]
    feed["title"] = f"before {token} after"
    greader.replies[f"{API}/subscription/list"] = json_answer({"subscriptions": [feed]})
    assert [one.title for one in await reader.feeds()] == ["before … after"]
    for mark in ("", "x"):
        greader.replies[f"{API}/token"] = text_answer("a-token-for-changes-1234\n")
        greader.replies[f"{API}/subscription/edit"] = text_answer(f"a-token-for-changes-1234{mark}", 400)
        with pytest.raises(AccountError) as caught:
            await reader.change_feed("feed/3", title="T")
        assert "a-token" not in caught.value.message
    assert greader.calls[-1].form()["T"] == ["a-token-for-changes-1234"], "what is sent is the token itself"
    feed["title"] = "before a-token-for-changes-1234 after"
    greader.replies[f"{API}/subscription/list"] = json_answer({"subscriptions": [feed]})
    assert [one.title for one in await reader.feeds()] == ["before … after"]
