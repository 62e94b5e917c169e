"""Full texts by themselves: teasers are completed after each refresh, before you are notified."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import pytest

from tests.builders import CLOCK, Clock, feeds, item, opened, paths, refreshed, rss
from tests.processes import problems, rows
from tests.web import Answer, Web, drip
from tests.web import shared_certificates as shared_certificates
from tests.workers import forked_workers as forked_workers
from tuireader.ingest.pages import AT_FIRST, next_try
from tuireader.library import Library
from tuireader.library.feeds import full_texts
from tuireader.model import Event, FeedHealth, NewMatch, RefreshDone, TextFetched, Told

pytestmark = pytest.mark.usefixtures("forked_workers", "shared_certificates")

HTML = {"Content-Type": "text/html; charset=utf-8"}
MINUTE, HOUR = 60, 3_600
EACH = 4  # pages of a feed in one refresh
TEASER = "<p>The ferry crossed the harbour in the morning fog, the council said on Tuesday …</p>"
WATCH = """
[[watch]]
name = "Quokka"
any = ["quokka"]
notify = "article"
[notify]
desktop = false
command = ["sh", "-c", "(cat; echo) >> '{}'"]
"""


def story(word: str = "quokka", number: int = 0) -> str:
    text = f"The ferry crossed the harbour in the morning fog, the council said on Tuesday. Number {number}."
    more = f"A {word} was on board and nobody had paid for it, which the captain did not like at all."
    return f"<html><body><nav><a href=/>Menu</a></nav><article><p>{text}</p><p>{more}</p></article>"


class Site:
    """A feed of teasers and its pages, on a clock."""

    def __init__(self, web: Web, folder: Path) -> None:
        self.web, self.folder, self.clock = web, folder, Clock()
        self.url = web.url + "/feed"
        self.settings = ""
        self.publish(3)

    def publish(self, number: int, html: str = TEASER, first: int = 1) -> None:
        """Publish entries with numbers from `first`; each has a page with the word."""
        numbers = range(first, first + number)
        for n in numbers:
            self.web.serve(f"/{n}", story(number=n), headers=HTML)
        entries = [
            item(str(n), f"Ferry number {n}", html, url=f"{self.web.url}/{n}", time=CLOCK + n - 9_000)
            for n in reversed(numbers)
        ]
        self.web.serve("/feed", rss("The Quay", entries))

    def asked(self, *numbers: int) -> list[int]:
        """How often the pages were requested."""
        return [len(self.web.seen(f"/{n}")) for n in numbers]

    @property
    def pages_asked(self) -> int:
        return sum(request.path != "/feed" for request in self.web.requests)

    @asynccontextmanager
    async def library(self, more: str = "") -> AsyncIterator[Library]:
        text = (
            feeds(self.url, pages=True)
            + self.settings
            + more
            + WATCH.replace("{}", str(self.folder / "told.jsonl"))
        )
        async with opened(self.folder, text, clock=self.clock.time) as library:
            yield library
        assert problems(paths(self.folder).database) == []

    def told(self) -> list[str]:
        """Titles of the articles in notifications."""
        file = self.folder / "told.jsonl"
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        return [one["title"] for line in lines if line for one in json.loads(line)["articles"]]


@pytest.fixture
def site(web: Web, tmp_path: Path) -> Site:
    return Site(web, tmp_path)


async def health(library: Library) -> FeedHealth:
    (one,) = await library.feeds.health()
    return one


def kinds(events: Sequence[Event]) -> list[str]:
    wanted = (RefreshDone, TextFetched, NewMatch, Told)
    return [type(event).__name__ for event in events if isinstance(event, wanted)]


async def test_a_match_in_the_page_alone_is_told_once(site: Site) -> None:
    async with site.library() as library:
        events = await refreshed(library)
        assert kinds(events) == ["RefreshDone", *["TextFetched", "NewMatch"] * 3, "Told"]
        (match, *_) = [event for event in events if isinstance(event, NewMatch)]
        assert [(hit.field, hit.count) for hit in match.evidence.hits] == [("full text", 1)]
        assert match.evidence.sentence.startswith("A quokka was on board")
        assert site.web.most_at_once <= 2
        one = await health(library)
        assert (one.texts, one.full_texts, one.pages) == ("teasers", 3, 3)
        assert kinds(await refreshed(library)) == ["RefreshDone"]
        assert site.asked(1, 2, 3) == [1, 1, 1]
        site.publish(4)
        await refreshed(library)
        assert site.asked(1, 2, 3, 4) == [1, 1, 1, 1]
    assert sorted(site.told()) == [f"Ferry number {n}" for n in (1, 2, 3, 4)]
    first, *_ = (site.folder / "told.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(first)["articles"][0]["watches"][0]["where"] == ["full text"]
    assert sum(pages for (pages,) in rows(paths(site.folder).database, "SELECT pages FROM asked")) == 4


async def test_a_single_match_is_shown_with_its_source(site: Site) -> None:
    site.publish(1)
    async with site.library() as library:
        (told,) = [event for event in await refreshed(library) if isinstance(event, Told)]
        assert told.body == (
            "The Quay\nFull text: A quokka was on board and nobody had paid for it, which the captain did not"
            " like at all."
        )
        article = await library.articles.get(1)
        assert article is not None and article.shows_full


async def test_a_page_that_fails_is_tried_again_and_told_then(site: Site) -> None:
    site.publish(1)
    site.web.serve("/1", status=500)
    async with site.library() as library:
        await refreshed(library)
        assert site.asked(1) == [1] and (await health(library)).full_texts == 0
        await refreshed(library)  # at once: not yet
        site.clock.now += 5 * MINUTE
        await refreshed(library)
        assert site.asked(1) == [1] and site.told() == []
        assert await library.refresh.count_due() == 0
        site.clock.now += 6 * MINUTE
        assert await library.refresh.count_due() == 1
        await refreshed(library, force=False)  # no feed is due
        assert site.asked(1) == [2]
        site.web.serve("/1", story(), headers=HTML)
        site.clock.now += 31 * MINUTE
        assert "NewMatch" in kinds(await refreshed(library, force=False))
        assert site.asked(1) == [3] and site.told() == ["Ferry number 1"]


def test_the_waits_between_tries() -> None:
    """From minutes to a day, a few tries; a missing page is tried less often."""

    def waits(status: int | None) -> list[int]:
        found = [next_try(tries, status, None, 0) for tries in range(1, 9)]
        return [wait for wait in found if wait is not None]

    assert waits(500) == sorted(waits(500)) == waits(None) and len(waits(500)) == 6
    assert waits(500)[0] == 600 and 36 * HOUR <= sum(waits(500)) <= 3 * 24 * HOUR
    assert len(waits(404)) == len(waits(200)) == 2
    assert next_try(1, 429, 7_200, 0) == 7_200 and next_try(1, 429, 9**9, 0) == 86_400


@pytest.mark.parametrize("status", [404, 500])
async def test_a_page_that_always_fails_is_tried_after_each_wait_and_then_given_up(
    site: Site, status: int
) -> None:
    site.publish(1)
    site.web.serve("/1", status=status)
    waits = [wait for tries in range(1, 9) if (wait := next_try(tries, status, None, 0))]
    async with site.library() as library:
        await refreshed(library)
        for tries, wait in enumerate(waits, 1):
            for seconds, asked in ((wait - 1, tries), (1, tries + 1)):
                site.clock.now += seconds
                await refreshed(library, force=False)
                assert site.asked(1) == [asked], (tries, wait)
        site.clock.now += 90 * 24 * HOUR
        await refreshed(library, force=False)
        assert site.asked(1) == [len(waits) + 1]


def test_a_public_server_gets_a_pause() -> None:
    work = full_texts.Round()
    waits = [work.pause("news.example.org", 100.0) for _ in range(3)]
    assert waits == [0.0, full_texts.PAUSE, 2 * full_texts.PAUSE]
    assert work.pause("news.example.org", 109.0) == 0.0 == work.pause("other.example.org", 100.0)
    assert [work.pause("127.0.0.1:8080", 100.0) for _ in range(3)] == [0.0] * 3


async def test_a_server_that_asks_to_wait_is_left_alone(site: Site) -> None:
    site.publish(9)
    for n in range(1, 10):
        site.web.serve(f"/{n}", status=429, headers={"Retry-After": "7200"})
    async with site.library() as library:
        await refreshed(library)
        assert site.pages_asked <= 2  # those that were on their way
        site.publish(10)  # its page is new, but of the same server
        site.clock.now += HOUR
        await refreshed(library)
        assert site.pages_asked <= 2
        site.clock.now += 61 * MINUTE
        await refreshed(library, force=False)
    assert len(site.told()) == 10 and site.pages_asked <= 12


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n"])
async def test_a_server_that_drips_keeps_a_refresh_only_for_its_time(
    site: Site, monkeypatch: pytest.MonkeyPatch, head: bytes
) -> None:
    """Its other pages wait for the next refresh; the interrupted ones have not failed."""
    site.publish(9)
    for n in range(1, 10):
        site.web.raw(f"/{n}", drip(head + b"x" * 900, each=0.02))
    async with site.library() as library:
        monkeypatch.setattr(full_texts, "HOST_SECONDS", 0.2)
        started = time.monotonic()
        assert kinds(await refreshed(library)) == ["RefreshDone"]
        assert time.monotonic() - started < 3 and 1 <= site.pages_asked <= 2
        assert await library.refresh.count_due() == 9
        monkeypatch.undo()
        for n in range(1, 10):
            site.web.unraw(f"/{n}")
        await refreshed(library, force=False)
        assert (await health(library)).full_texts == 9 and len(site.told()) == 9


async def test_a_refresh_that_is_left_at_its_first_page_ends_quietly_and_the_next_asks_for_the_rest(
    site: Site,
) -> None:
    site.web.raw("/1", drip(b"HTTP/1.1 200 OK\r\n" + b"x" * 900, each=0.02))
    async with site.library() as library:
        async with aclosing(library.refresh.run()) as events:
            async for event in events:
                if isinstance(event, TextFetched):
                    break
        site.web.unraw("/1")
        assert await library.refresh.count_due() > 0
        await refreshed(library, force=False)
        assert (await health(library)).full_texts == 3


async def test_pages_of_a_new_feed_and_of_a_burst(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a new feed the newest, later all, some with the next refresh."""
    site.publish(AT_FIRST + 3)
    async with site.library() as library:
        await refreshed(library)
        assert site.pages_asked == AT_FIRST and site.asked(AT_FIRST + 3, 1) == [1, 0]
        monkeypatch.setattr(full_texts, "EACH", EACH)
        site.publish(EACH + 2, first=100)
        await refreshed(library)
        assert site.pages_asked == AT_FIRST + EACH
        await refreshed(library, force=False)
        assert site.pages_asked == AT_FIRST + EACH + 2
    assert len(site.told()) == AT_FIRST + EACH + 2


async def test_read_articles_are_completed_and_muted_ones_are_not(site: Site) -> None:
    for n in (1, 2, 3):
        site.web.serve(f"/{n}", status=500)
    async with site.library('[[mute]]\nquery = "title:3"\n') as library:
        await refreshed(library)
        assert site.asked(1, 2, 3) == [1, 1, 0]
        await library.marks.set_read([1, 2], True)
        site.publish(3)
        site.clock.now += 11 * MINUTE
        await refreshed(library)
        assert site.asked(1, 2, 3) == [2, 2, 0]
    assert sorted(site.told()) == ["Ferry number 1", "Ferry number 2"]


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        ("<p>Please log in.</p>", "less text than the feed"),
        (
            "<h1>Before you go on</h1><p>" + "We and our partners store cookies. " * 9,
            "another text",
        ),
    ],
)
async def test_a_login_or_consent_page_is_no_full_text(site: Site, page: str, reason: str) -> None:
    site.publish(1)
    site.web.serve("/1", page, headers=HTML)
    async with site.library() as library:
        (fetched,) = [event for event in await refreshed(library) if isinstance(event, TextFetched)]
        assert reason in fetched.error
        article = await library.articles.get(1)
        assert article is not None and not article.shows_full and article.full is not None
        assert reason in article.full.error


async def test_pages_that_add_nothing_are_not_fetched_for_ever(site: Site) -> None:
    """A feed of short texts that are whole: its pages say the same."""
    text = "<p>The ferry crossed the harbour in the fog on Tuesday, says the council of the port.</p>"
    site.publish(8, text)
    for n in range(1, 20):
        site.web.serve(f"/{n}", f"<article>{text}</article>", headers=HTML)
    async with site.library() as library:
        await refreshed(library)
        assert site.pages_asked == 8 and (await health(library)).texts == "same"
        entries = [item(str(n), f"Ferry number {n}", TEASER, url=f"{site.web.url}/{n}") for n in range(9, 14)]
        site.web.serve("/feed", rss("The Quay", entries))
        await refreshed(library)
        assert site.pages_asked == 8


@pytest.mark.parametrize(("setting", "asked"), [("false", 0), ("true", 3)])
async def test_the_setting_of_a_feed_decides(site: Site, setting: str, asked: int) -> None:
    site.settings = f"full_text = {setting}\n"
    if asked:
        site.publish(3, f"<p>{'A whole text that is long enough to be one. ' * 20}</p>")
        for n in (1, 2, 3):
            text = f"<p>{'A whole text that is long enough to be one. ' * 20} And a quokka.</p>"
            site.web.serve(f"/{n}", f"<article>{text}</article>", headers=HTML)
    async with site.library() as library:
        await refreshed(library)
        assert site.pages_asked == asked


async def test_a_feed_that_is_set_to_full_texts_later_gets_those_of_its_newest_articles(site: Site) -> None:
    site.publish(AT_FIRST + 2, f"<p>{'A whole text that is long enough to be one. ' * 20}</p>")
    async with site.library() as library:
        await refreshed(library)
        assert site.pages_asked == 0
    site.settings = "full_text = true\n"
    async with site.library() as library:
        await refreshed(library)
        assert site.pages_asked == AT_FIRST and site.asked(AT_FIRST + 2, 1) == [1, 0]


async def test_whole_texts_cost_no_request(site: Site) -> None:
    site.publish(5, f"<p>{'A whole text that is long enough to be one. ' * 20}</p>")
    async with site.library() as library:
        assert kinds(await refreshed(library)) == ["RefreshDone"]
        assert site.pages_asked == 0 and (await health(library)).texts == "full"
        site.publish(6)  # teasers from now on
        assert "TextFetched" in kinds(await refreshed(library))
        assert (await health(library)).texts == "teasers"


async def test_nothing_is_asked_without_the_network(site: Site) -> None:
    """If no feed can be reached, no page is tried in vain."""
    site.web.serve("/1", status=500)
    async with site.library() as library:
        await refreshed(library)
        asked = site.pages_asked
        site.web.raw("/feed", b"")
        site.clock.now += 11 * MINUTE
        await refreshed(library)
        assert site.pages_asked == asked


BASIC = f"Basic {base64.b64encode(b'me:pw-of-me').decode()}"


@pytest.mark.parametrize("full_text", ["auto", "true"])
@pytest.mark.parametrize("in_address", [False, True])
async def test_pages_are_requested_as_the_feed_is(site: Site, full_text: str, in_address: bool) -> None:
    """With its user agent and cookies; with `full_text = true` also with its headers and password."""
    (site.folder / "cookies.txt").write_text(
        "# Netscape HTTP Cookie File\n127.0.0.1\tFALSE\t/\tFALSE\t0\tseen\tyes\n", encoding="utf-8"
    )
    site.settings = 'user_agent = "Quay/1"\ncookies = "cookies.txt"\nheaders = {X-Key = "abc"}\n'
    if in_address:
        site.url = site.url.replace("http://", "http://me:pw-of-me@")
    else:
        site.settings += 'username = "me"\npassword = "pw-of-me"\n'
    site.settings += f"full_text = {json.dumps(full_text == 'true' or 'auto')}\n"
    site.publish(1)
    other = site.web.url.replace("127.0.0.1", "localhost")
    entries = [
        item(str(n), f"Ferry {n}", TEASER, url=f"{at}/{n}") for n, at in ((1, site.web.url), (2, other))
    ]
    site.web.serve("/feed", rss("The Quay", entries))
    async with site.library() as library:
        await refreshed(library)
    (page,) = site.web.seen("/1")
    sent = [page.headers.get(name) for name in ("user-agent", "cookie", "x-key", "authorization")]
    secrets = ["abc", BASIC] if full_text == "true" else [None, None]
    assert sent == ["Quay/1", "seen=yes", *secrets] and page.headers["accept"].startswith("text/html")
    (feed,) = site.web.seen("/feed")
    assert (feed.headers["x-key"], feed.headers["authorization"]) == ("abc", BASIC)
    assert site.asked(2) == [0]  # a private address of another name


async def test_a_page_in_a_private_network_of_another_feed(site: Site, web: Web) -> None:
    entries = [item("1", "Ferry number 1", TEASER, url="http://10.0.0.7/1")]
    web.handle("/feed", lambda request: Answer(rss("The Quay", entries)))
    async with site.library() as library:
        (fetched,) = [event for event in await refreshed(library) if isinstance(event, TextFetched)]
        assert "private address" in fetched.error
