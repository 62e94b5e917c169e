"""Feeds that move to another site: followed if they prove to be the same, else an alarm names the address."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.builders import CLOCK, Clock, applied, feeds, fill, item, opened, refreshed, rss, titles, written
from tests.web import Answer, Web
from tuireader import dedup
from tuireader.config import FeedConfig
from tuireader.feeds.http.backpressure import MemoryBudget, Reservation
from tuireader.feeds.parse.parse import parse
from tuireader.ingest.asking import Asking
from tuireader.ingest.jobs import job_for
from tuireader.ingest.moves import is_same_feed
from tuireader.library import Library
from tuireader.model import (
    Alarm,
    AlarmKind,
    FeedHealth,
    Fetched,
    FetchJob,
    FetchResult,
    ParsedFeed,
    ParseResult,
    Trouble,
)
from tuireader.store.feeds.feeds import FeedFacts, KnownEntry, KnownFeed

HOUR, DAY = 3600, 86_400
OLD, NEW = "http://old.example", "http://new.example"


@pytest.fixture
async def other() -> AsyncIterator[Web]:
    """The server of another site."""
    async with Web(host="127.0.0.2") as web:
        yield web


def page(*links: str) -> str:
    """A web page that names feeds."""
    tags = "".join(f'<link rel="alternate" type="application/rss+xml" href="{link}">' for link in links)
    return f"<html><head><title>Page</title>{tags}</head><body>Hello</body></html>"


def entries(
    site: str, numbers: Sequence[int], *, guid: str = "tag:harbour:{}", title: str = "Harbour news, no. {}"
) -> list[str]:
    """Items of a site, an hour apart; a higher number is newer."""
    return [
        item(
            guid.format(number),
            title.format(number),
            f"<p>Text {number} of {site}</p>",
            url=f"{site}/{number}",
            time=CLOCK - DAY + number * HOUR,
        )
        for number in sorted(numbers, reverse=True)
    ]


def feed(site: str, items: Sequence[str], name: str = "Harbour News") -> bytes:
    return rss(name, items).replace(b"https://site.example.org/", f"{site}/".encode(), 1)


def old_feed(site: str) -> bytes:
    return feed(site, entries(site, range(10)))


def by_guid(old: str, new: str) -> bytes:
    return feed(new, entries(new, range(12), title="Another title {}"), "Renamed")


def by_link(old: str, new: str) -> bytes:
    return feed(new, entries(old, range(12), guid="tag:new:{}", title="Another title {}"), "Renamed")


def by_title(old: str, new: str) -> bytes:
    return feed(new, entries(new, range(12), guid="tag:new:{}"), "Renamed")


def by_name(old: str, new: str) -> bytes:
    return feed(old, entries(new, range(20, 22), guid="tag:new:{}"))


def half(old: str, new: str) -> bytes:
    """Two days later, half of the entries are new."""
    return feed(new, entries(new, range(5, 15)), "Renamed")


PROOFS = (by_guid, by_link, by_title, by_name, half)


async def only(library: Library) -> FeedHealth:
    return (await library.feeds.health())[0]


async def alarms(library: Library) -> list[Alarm]:
    return await library.alarms.open()


# --------------------------------------------------------------------------- the whole way


@pytest.mark.parametrize("proof", PROOFS)
async def test_a_feed_of_another_site_that_proves_itself_is_followed(
    tmp_path: Path, web: Web, other: Web, proof: Callable[[str, str], bytes]
) -> None:
    new = other.serve("/news.xml", proof(web.url, other.url))
    old = web.stages("/f", old_feed(web.url), page(new))
    clock = Clock()
    async with opened(tmp_path, f"# mine\n{feeds(old)}", clock=clock.time) as library:
        await refreshed(library)
        await library.marks.set_read([1], True)
        before = set(await titles(library))
        await refreshed(library)
        health = await only(library)
        assert (health.trouble, health.moved_to, health.moved_why) == (Trouble.MOVED, new, "page")
        assert (health.feed.id, health.feed.title, health.moved_at) == (1, "Harbour News", CLOCK)
        assert len(before) == 10 and not await alarms(library)
        assert health.total == 15 if proof is half else 12  # no article came twice
        asked = len(web.requests)
        await refreshed(library)
        assert len(web.requests) == asked and len(other.requests) == 2
        assert await library.feeds.accept_move(1) == new
        assert written(tmp_path) == f"# mine\n{feeds(new)}"
        health = await only(library)
        assert (health.feed.id, health.feed.url, health.trouble) == (1, new, Trouble.NONE)
        assert (await library.lists.rows([1]))[0].read


@pytest.mark.parametrize("accepted", [True, False])
async def test_undo_brings_the_old_address_back_for_good(
    tmp_path: Path, web: Web, other: Web, accepted: bool
) -> None:
    new = other.serve("/news.xml", by_guid(web.url, other.url))
    old = web.stages("/f", old_feed(web.url), page(new))
    async with opened(tmp_path, feeds(old)) as library:
        await refreshed(library)
        await refreshed(library)
        if accepted:
            await library.feeds.accept_move(1)
        change = await library.marks.undo()
        assert change is not None
        assert change.what == (f"feed {old} changed" if accepted else f"Harbour News followed to {new}")
        asked = len(other.requests)
        for _ in range(3):
            await refreshed(library)
        health = await only(library)
        assert (health.feed.url, health.moved_to, health.trouble) == (old, "", Trouble.FAILING)
        assert len(other.requests) == asked and not await alarms(library)
        web.serve("/f", old_feed(web.url))
        await refreshed(library)
        web.serve("/f", page(new))
        await refreshed(library)
        assert (await only(library)).moved_to == "" and len(other.requests) == asked


@pytest.mark.parametrize("status", [404, 410])
@pytest.mark.parametrize("redirected", [True, False])
async def test_the_home_page_of_a_dead_address_leads_to_another_site(
    tmp_path: Path, web: Web, other: Web, status: int, redirected: bool
) -> None:
    """Either it names the feed itself, or it redirects to the new site, whose page does."""
    if redirected:
        other.serve("/", page("/news.xml", "/comments/feed.xml"))
        web.serve("/", status=301, headers={"Location": f"{other.url}/"})
        new = other.serve("/news.xml", feed(other.url, entries(other.url, [30], guid="tag:x:{}")))
    else:
        new = other.serve("/news.xml", half(web.url, other.url))
        web.serve("/", page(new))
    old = web.stages("/f", old_feed(web.url), Answer(b"", status))
    clock = Clock()
    async with opened(tmp_path, feeds(old), clock=clock.time) as library:
        for _ in range(4):
            await refreshed(library)
            clock.now += HOUR
        health = await only(library)
        assert (health.moved_to, health.moved_why) == (new, "site")
        assert health.moved_at is not None and CLOCK + HOUR <= health.moved_at < clock.now
        assert len(web.seen("/")) == 1


async def test_an_unproven_feed_is_an_alarm_with_its_address_until_it_is_taken(
    tmp_path: Path, web: Web, other: Web
) -> None:
    new = other.serve("/x.xml", feed(other.url, entries(other.url, range(5), guid="tag:x:{}", title="X {}")))
    old = web.stages("/f", old_feed(web.url), page(new))
    clock = Clock()
    async with opened(tmp_path, f"# mine\n{feeds(old)}# end\n", clock=clock.time) as library:
        await refreshed(library)
        await refreshed(library)
        (alarm,) = await alarms(library)
        assert (alarm.kind, alarm.feed_id, new in alarm.words) == (AlarmKind.MOVED, 1, True)
        health = await only(library)
        assert (health.trouble, health.moved_to, health.named) == (Trouble.FAILING, "", new)
        assert new in health.alarm and health.total == 10
        for _ in range(20):  # it fails for days, which is no second alarm
            clock.now += 4 * HOUR
            await refreshed(library)
        assert [one.kind for one in await alarms(library)] == [AlarmKind.MOVED]
        assert len(other.requests) <= 5  # once a day
        assert await library.feeds.accept_move(1) == new
        assert written(tmp_path) == f"# mine\n{feeds(new)}# end\n"
        await refreshed(library)
        health = await only(library)
        assert (health.trouble, health.total, health.feed.id) == (Trouble.NONE, 15, 1)
        assert not await alarms(library)
        await library.marks.undo()
        assert written(tmp_path) == f"# mine\n{feeds(old)}# end\n"
        await refreshed(library)
        assert (await only(library)).feed.url == old and not await alarms(library)


async def test_an_alarm_ends_when_the_page_names_nothing_or_the_feed_is_back(
    tmp_path: Path, web: Web, other: Web
) -> None:
    new = other.serve("/x.xml", feed(other.url, [], "X"))
    old = web.stages("/f", old_feed(web.url), page(new), page(), page(new), old_feed(web.url))
    async with opened(tmp_path, feeds(old)) as library:
        counts = []
        for _ in range(5):
            await refreshed(library)
            counts.append(len(await alarms(library)))
        assert counts == [0, 1, 0, 1, 0]
        over = [one.cleared_words for one in await library.alarms.all()]
        assert over == ["its address is settled"] * 2


async def test_a_feed_that_is_subscribed_already_is_said_to_be(tmp_path: Path, web: Web, other: Web) -> None:
    new = other.serve("/news.xml", by_guid(web.url, other.url))
    old = web.stages("/f", old_feed(web.url), page(new))
    async with opened(tmp_path, feeds(old, new)) as library:
        await refreshed(library)
        await refreshed(library)
        (alarm,) = await alarms(library)
        assert f"{new}, which you follow already" in alarm.words and alarm.feed_id == 1
        assert (await only(library)).moved_to == ""


async def test_the_names_in_watches_and_mutes_survive_the_move(tmp_path: Path, web: Web, other: Web) -> None:
    new = other.serve("/news.xml", by_guid(web.url, other.url))
    old = web.stages("/f", old_feed(web.url), page(new))
    text = (
        f'{feeds(old)}[[watch]]\nname = "W"\nany = ["text"]\nfeeds = ["Harbour News"]\n'
        f'[[watch]]\nname = "V"\nany = ["text"]\nfeeds = ["{old}"]\n'
        f'[[mute]]\nquery = "title:11"\nfeed = "{old}"\ninclude_watched = true\n'
    )
    async with opened(tmp_path, feeds(old)) as library:
        await refreshed(library)
    async with opened(tmp_path, text) as library:
        await applied(library)
        await refreshed(library)
        assert (await library.lists.counts()).watches["W"].total == 11  # one is muted
        await library.feeds.accept_move(1)
        (config,) = library.config.feeds
        assert (config.url, config.title) == (new, "Harbour News")  # the new feed calls itself otherwise
        await applied(library)
        await refreshed(library)
        counts = (await library.lists.counts()).watches
        assert (counts["W"].total, counts["V"].total) == (11, 11)
        assert library.config.mutes[0].feed == new
        await library.marks.undo()
        assert written(tmp_path) == text


@pytest.mark.parametrize("kind", ["page", "site", "address"])
async def test_a_password_stays_at_home(tmp_path: Path, web: Web, other: Web, kind: str) -> None:
    """Such a feed is only an alarm; who accepts it gets it without the password."""
    new = other.serve("/news.xml", by_guid(web.url, other.url))
    if kind == "site":
        web.serve("/", page(new))
    old = web.stages("/f", old_feed(web.url), Answer(b"", 404) if kind == "site" else page(new))
    secret = 'username = "me"\npassword = "geheim"\nheaders = { X-Key = "k" }\n'
    text = feeds(old) + secret
    if kind == "address":
        text = feeds(old.replace("http://", "http://me:geheim@"))
    clock = Clock()
    async with opened(tmp_path, text, clock=clock.time) as library:
        for _ in range(4):
            await refreshed(library)
            clock.now += HOUR
        assert other.requests == []
        (alarm,) = await alarms(library)
        assert new in alarm.words and "geheim" not in alarm.words
        assert all("authorization" not in request.headers for request in web.seen("/"))
        assert await library.feeds.accept_move(1) == new
        await refreshed(library)
        assert (await only(library)).trouble is Trouble.NONE and len(other.requests) == 1
        sent = other.requests[0].headers
        assert "authorization" not in sent and "x-key" not in sent
        assert "geheim" not in written(tmp_path) and "X-Key" not in written(tmp_path)
        await library.marks.undo()
        assert written(tmp_path) == text


async def test_the_right_one_of_several_feeds_of_another_site_is_followed(
    tmp_path: Path, web: Web, other: Web
) -> None:
    wrong = other.serve(
        "/a.xml", feed(other.url, entries(other.url, range(9), guid="tag:x:{}", title="X {}"))
    )
    new = other.serve("/b.xml", by_guid(web.url, other.url))
    old = web.stages("/f", old_feed(web.url), page(wrong, new))
    async with opened(tmp_path, feeds(old)) as library:
        await refreshed(library)
        await refreshed(library)
        assert (await only(library)).moved_to == new and not await alarms(library)


async def test_a_page_may_say_in_words_that_the_feed_has_moved(tmp_path: Path, web: Web, other: Web) -> None:
    new = other.serve("/feed.xml", by_guid(web.url, other.url))
    said = f'<html><body>We moved: here is <a href="{new}">the new feed</a>.'
    old = web.stages("/f", old_feed(web.url), said)
    async with opened(tmp_path, feeds(old)) as library:
        await refreshed(library)
        await refreshed(library)
        assert (await only(library)).moved_to == new


async def test_a_new_server_that_fails_for_a_while_loses_nothing(
    tmp_path: Path, web: Web, other: Web
) -> None:
    """Once followed, an error there is an error of the feed, and it is followed again."""
    new = other.stages(
        "/n.xml", by_guid(web.url, other.url), Answer(b"", 503), Answer(b"", 503), half(web.url, other.url)
    )
    old = web.stages("/f", old_feed(web.url), page(new))
    async with opened(tmp_path, feeds(old)) as library:
        for moved_to in ("", new, "", "", new):
            await refreshed(library)
            assert (await only(library)).moved_to == moved_to
            assert not await alarms(library)
        assert "Harbour news, no. 14" in await titles(library)


# --------------------------------------------------------------------------- what proves nothing


def aggregator(old: str, new: str) -> bytes:
    """Some of the articles, under their own addresses, among those of other sites."""
    others = [
        item(
            f"tag:o:{n}", f"Other news, no. {n}", url=f"http://s{n}.example/{n}", time=CLOCK - DAY + n * HOUR
        )
        for n in range(12)
    ]
    return feed(new, [*entries(old, (2, 5, 8, 9)), *others], "Planet Harbour")


def late_aggregator(old: str, new: str) -> bytes:
    """All articles of the old feed, and newer ones of many sites."""
    others = [
        item(f"tag:o:{n}", f"Other news, no. {n}", url=f"http://s{n}.example/{n}", time=CLOCK + n)
        for n in range(12)
    ]
    return feed(new, [*others, *entries(old, range(10))], "Planet Harbour")


def related(old: str, new: str) -> bytes:
    """Another publisher, with a report of an agency that both print."""
    own = entries(new, range(9), guid="tag:other:{}", title="City news, no. {}")
    return feed(new, [*own, *entries(new, [9], guid="tag:other:{}")], "City News")


def comments(old: str, new: str) -> bytes:
    """A comment on each article, with its address."""
    made = [
        item(f"{new}/c{n}", f"By: Ada {n}", url=f"{old}/{n}#comment-{n}", time=CLOCK - DAY + n * HOUR)
        for n in range(10)
    ]
    return feed(old, made, "Discussion")


def named_comments(old: str, new: str) -> bytes:
    return feed(old, entries(old, range(10)), "Comments for Harbour News")


def part(old: str, new: str) -> bytes:
    """One of the sections of the old feed."""
    return feed(new, entries(new, (1, 6, 9)), "Harbour Sports")


def numbered(old: str, new: str) -> bytes:
    """Guids that are only numbers, as those of the old feed, years ago."""
    made = [item(str(n), f"Years ago {n}", url=f"{new}/{n}", time=CLOCK - (900 - n) * DAY) for n in range(10)]
    return feed(new, made, "Years ago")


def column(old: str, new: str) -> bytes:
    """Titles that come back every week."""
    made = [item(f"{new}/q{n}", "Open thread", url=f"{new}/{n}", time=CLOCK - n * DAY) for n in range(5)]
    return feed(new, made, "Threads")


def renamed(old: str, new: str) -> bytes:
    """The same site, but another feed of it."""
    return feed(old, entries(new, range(30, 33), guid="tag:x:{}", title="Y {}"), "Harbour Pictures")


def elsewhere(old: str, new: str) -> bytes:
    """The same name, but another site."""
    return feed("http://third.example", entries(new, range(30, 33), guid="tag:x:{}", title="Y {}"))


def empty(old: str, new: str) -> bytes:
    return feed(new, [], "Nothing")


NO_PROOFS = (
    aggregator, late_aggregator, related, comments, named_comments, part, numbered, column, renamed,
    elsewhere, empty,
)  # fmt: skip


def known(document: bytes) -> KnownFeed:
    """What is stored of a feed after its only document."""
    parsed = _parsed(document)
    stored = [
        KnownEntry(1, keys.guid, keys.url, entry.title, entry.published or 0)
        for entry, keys in dedup.unique_entries(parsed.entries).values()
    ]
    return KnownFeed(parsed.title, tuple(stored))


def proves(document: bytes, before: KnownFeed | None = None) -> bool:
    sites = (f"{OLD}/feed", f"{OLD}/")
    return is_same_feed(_parsed(document), before or known(old_feed(OLD)), f"{NEW}/feed", sites)


def _parsed(document: bytes) -> ParsedFeed:
    parsed = parse(document, f"{NEW}/feed")
    assert isinstance(parsed, ParsedFeed)
    return parsed


@pytest.mark.parametrize(("stored", "same"), [(16, True), (17, True), (18, False), (30, False)])
def test_a_feed_that_lists_less_than_half_of_the_known_articles_is_only_a_part_of_it(
    stored: int, same: bool
) -> None:
    """Counted from the oldest article that both have, but for a few that may be pinned."""
    listed = feed(NEW, entries(NEW, range(1, 16, 2), title="Another title {}"), "Renamed")
    assert proves(listed, known(feed(OLD, entries(OLD, range(stored))))) == same


@pytest.mark.parametrize("proof", PROOFS)
def test_what_proves_that_a_feed_is_the_same(proof: Callable[[str, str], bytes]) -> None:
    assert proves(proof(OLD, NEW))


@pytest.mark.parametrize("document", NO_PROOFS)
def test_what_does_not(document: Callable[[str, str], bytes]) -> None:
    before = {
        "numbered": known(feed(OLD, entries(OLD, range(10), guid="{}"))),
        "column": known(feed(OLD, [item("tag:t", "Open thread", time=CLOCK - 90 * DAY)], "Harbour")),
    }
    assert not proves(document(OLD, NEW), before.get(document.__name__))


@pytest.mark.parametrize("name", ["Blog", "News", "RSS", "My Blog", "RSS feed", "", "Latest news", "Home"])
def test_a_name_that_many_feeds_have_proves_nothing(name: str) -> None:
    before = known(feed(OLD, entries(OLD, range(10)), name))
    assert not proves(feed(OLD, entries(NEW, [40], guid="tag:x:{}", title="Z {}"), name), before)


@settings(max_examples=max(1, settings().max_examples // 3))
@given(st.integers(0, 9), st.integers(0, 40), st.sampled_from(["tag:harbour:{}", "tag:new:{}"]))
def test_a_window_that_has_gone_on_is_the_same_feed(first: int, new: int, guid: str) -> None:
    """However many entries have left the document: one in five that is left is enough."""
    document = feed(NEW, entries(NEW, range(first, 10 + new), guid=guid), "Renamed")
    assert proves(document) is (5 * (10 - first) >= 10 - first + new)


@settings(max_examples=max(1, settings().max_examples // 3))
@given(st.sets(st.integers(0, 9), max_size=9), st.integers(4, 40))
def test_a_planet_proves_nothing_whatever_it_carries(carried: set[int], others: int) -> None:
    many = [
        item(f"tag:o:{n}", f"Other news, no. {n}", url=f"http://s{n}.example/{n}", time=CLOCK - DAY + n * 900)
        for n in range(max(others, len(carried) + 1))
    ]
    assert not proves(feed(NEW, [*entries(OLD, sorted(carried)), *many], "Planet"))


def test_a_longer_history_and_a_pinned_entry_do_no_harm() -> None:
    newest = known(feed(OLD, entries(OLD, range(10, 20))))
    assert proves(feed(NEW, entries(NEW, range(24)), "Renamed"), newest)
    pinned = item("tag:harbour:0", "Pinned", url=f"{NEW}/0", time=CLOCK - 900 * DAY)
    whole = known(feed(OLD, entries(OLD, range(40))))
    assert proves(feed(NEW, [pinned, *entries(NEW, range(30, 44))], "Renamed"), whole)


@pytest.mark.parametrize("document", [aggregator, related, comments, part])
async def test_no_careless_page_changes_the_feed(
    tmp_path: Path, web: Web, other: Web, document: Callable[[str, str], bytes]
) -> None:
    new = other.serve("/x.xml", document(web.url, other.url))
    old = web.stages("/f", old_feed(web.url), page(new))
    async with opened(tmp_path, feeds(old)) as library:
        await refreshed(library)
        before = await titles(library)
        await refreshed(library)
        assert await titles(library) == before
        assert [one.kind for one in await alarms(library)] == [AlarmKind.MOVED]


async def test_a_parked_domain_names_nothing(tmp_path: Path, web: Web, other: Web) -> None:
    new = other.serve("/x.xml", by_guid(web.url, other.url))
    parked = page(new).replace("<body>Hello", "<body>This domain is for sale")
    old = web.stages("/f", old_feed(web.url), parked)
    async with opened(tmp_path, feeds(old)) as library:
        await refreshed(library)
        await refreshed(library)
        assert (await only(library)).moved_to == "" and other.requests == [] and not await alarms(library)


# --------------------------------------------------------------------------- where no feed is followed to


class Served:
    """Sources that answer from memory, and note what was asked."""

    def __init__(self, answers: dict[str, str | bytes]) -> None:
        self.answers = answers
        self.asked: list[FetchJob] = []

    async def fetch(self, job: FetchJob, reservation: Reservation) -> FetchResult:
        self.asked.append(job)
        body = self.answers[job.url]
        data = body.encode() if isinstance(body, str) else body
        return Fetched(job, job.url, data, b"", "text/html" if isinstance(body, str) else None)

    async def parse(self, fetched: Fetched, stored: Mapping[int, int], seen: bytes = b"") -> ParseResult:
        return parse(fetched.body, fetched.url, fetched.content_type)


@pytest.mark.parametrize(
    ("old", "new", "public_only"),
    [
        ("https://old.example", "https://new.example", True),
        ("http://old.example", "https://new.example", True),
        ("http://old.example", "http://127.0.0.1", True),
        ("http://old.example", "http://nas.lan", True),
        ("http://nas.lan", "http://127.0.0.1", False),
        ("http://127.0.0.1:81", "http://10.0.0.7", False),
        ("http://192.168.1.4", "https://new.example", False),
        ("https://old.example", "http://new.example", None),  # never without TLS
        ("https://old.example", "http://old.example", None),
    ],
)
async def test_where_a_page_may_lead(tmp_path: Path, old: str, new: str, public_only: bool | None) -> None:
    """`public_only` of the request to the new address; None: it is not asked."""
    served = Served({f"{old}/f": page(f"{new}/n.xml"), f"{new}/n.xml": by_guid(old, new)})
    async with opened(tmp_path, feeds(f"{old}/f")) as library:
        await fill(library, 1, *_parsed(old_feed(old)).entries)
        pool = library.context.pool
        (facts,) = await pool.read(lambda store: store.feeds.facts())

        async def job_of(one: FeedFacts) -> FetchJob:
            return FetchJob(one.id, one.url)

        asking = Asking(job_of, pool, served, frozenset(), lambda: CLOCK)  # type: ignore[arg-type]
        outcome = await asking.ask(facts, MemoryBudget().reserve())
    assert [job.public_only for job in served.asked[1:]] == ([] if public_only is None else [public_only])
    assert outcome.followed == ("" if public_only is None else "page")
    assert outcome.named == (f"{new}/n.xml" if public_only is None else None)


async def test_a_page_s_feed_is_never_asked_for_inside_later(tmp_path: Path) -> None:
    """The new address may redirect, or its name lead elsewhere, after the feed was followed."""
    facts = FeedFacts(
        1, f"{OLD}/f", "F", "ok", CLOCK, 0, None, f"{NEW}/n.xml", moved_seen=2, moved_why="page"
    )
    assert (await job_for(facts, FeedConfig(facts.url), str(tmp_path), CLOCK)).public_only
    home = replace(facts, url="http://nas.lan/f", moved_to="http://other.lan/f")
    assert not (await job_for(home, FeedConfig(home.url), str(tmp_path), CLOCK)).public_only
    redirected = replace(facts, moved_why="")  # the server of the feed itself said so
    assert not (await job_for(redirected, FeedConfig(redirected.url), str(tmp_path), CLOCK)).public_only
