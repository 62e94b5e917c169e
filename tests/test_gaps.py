"""Gaps: found by a refresh, filled from the archive of the feed, reported where that is impossible."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.builders import Clock, ended, feeds, item, opened, refreshed, rss, titles
from tests.web import Answer, Request, Web
from tuireader.library import Library
from tuireader.model import Event, GapNoted, NewMatch, Told
from tuireader.wording.coverage import summary

HOUR = 3600
WATCH = """
[[watch]]
name = "Comet"
any = ["comet"]
notify = "article"
[notify]
desktop = false
command = ["true"]
"""


@dataclass
class Journal:
    """A feed with a window of ten entries and an archive of some kind, on a server of its own."""

    web: Web
    kind: str = "next"
    clock: Clock = field(default_factory=Clock)
    window: int = 10
    times: list[int] = field(default_factory=list)
    refuse: Answer | None = None
    """Answer in place of a page of the archive."""
    path: str = "/feed"
    late: int = 0
    """Seconds by which its dates are wrong."""
    shuffled: random.Random | None = None
    """Then it has no archive, its first entry is pinned, and the order is another one each time."""

    def publish(self, number: int, pace: int = HOUR) -> None:
        self.times += [int(self.clock.now) + pace * (at + 1) for at in range(number)]
        self.clock.now += number * pace

    @property
    def url(self) -> str:
        return self.web.handle(self.path, self.answer)

    def answer(self, request: Request) -> Answer:
        page = int(parse_qs(urlsplit(request.path).query).get("paged", ["1"])[0])
        if page > 1 and self.refuse is not None:
            return self.refuse
        first = (page - 1) * self.window
        numbers = range(len(self.times))[::-1][first : first + self.window]
        if self.shuffled is not None:
            mixed = [0, *numbers[:-1]]
            self.shuffled.shuffle(mixed)
            return Answer(self.document(mixed, ""))
        if not numbers:
            return Answer(b"nothing", 404)
        older = f"{self.path}?paged={page + 1}" if first + self.window < len(self.times) else ""
        return Answer(self.document(numbers, older))

    def document(self, numbers: Sequence[int], older: str) -> bytes:
        entries = [
            item(
                f"{self.path}-{at}",
                f"Entry {at}",
                f"<p>{'A comet' if at % 2 else 'A star'}.</p>",
                time=self.times[at] - self.late,
            )
            for at in numbers
        ]
        if self.kind == "json":
            items = [
                {
                    "id": str(at),
                    "title": f"Entry {at}",
                    "url": f"https://site.example.org/{at}",
                    "content_text": "A comet.",
                }
                for at in numbers
            ]
            feed = {"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": items}
            return json.dumps(feed | ({"next_url": self.web.url + older} if older else {})).encode()
        text = rss("Journal", entries).decode()
        if self.kind == "wordpress":
            more = "<generator>https://wordpress.org/?v=6.4.2</generator>"
        elif self.kind in ("next", "prev-archive") and older:
            more = f'<link xmlns="http://www.w3.org/2005/Atom" rel="{self.kind}" href="{older}"/>'
        elif self.kind == "elsewhere" and older:
            more = f'<link xmlns="http://www.w3.org/2005/Atom" rel="next" href="https://other.example.net{older}"/>'
        else:
            more = ""
        return text.replace("<description>d</description>", f"<description>d</description>{more}").encode()


async def met(library: Library, journal: Journal) -> list[Event]:
    """The events of a refresh, ten minutes later."""
    journal.clock.now += 600
    return await refreshed(library)


def noted(events: list[Event]) -> list[GapNoted]:
    return [event for event in events if isinstance(event, GapNoted)]


@pytest.mark.parametrize("kind", ["next", "prev-archive", "json", "wordpress", "wrong dates"])
async def test_a_gap_is_filled_from_the_archive_and_told_once(web: Web, tmp_path: Path, kind: str) -> None:
    """Even if the dates are wrong by years."""
    journal = Journal(web, kind)
    if kind == "wrong dates":
        journal.kind, journal.late = "next", 10 * 365 * 24 * HOUR
    journal.publish(15)
    secret = 'username = "me"\npassword = "geheim"\n'
    async with opened(tmp_path, feeds(journal.url) + secret + WATCH, clock=journal.clock.time) as library:
        assert not noted(await met(library, journal))
        journal.publish(9)
        assert not noted(await met(library, journal))
        before = set(await titles(library))
        journal.publish(35, 60)
        events = await met(library, journal)
        (gap,) = noted(events)
        assert gap.closed and gap.unseen == 0 and gap.filled == gap.new == 25
        assert ended(events).new == 35
        assert set(await titles(library)) == before | {f"Entry {at}" for at in range(24, 59)}
        matched = [event.title for event in events if isinstance(event, NewMatch)]
        assert sorted(matched) == sorted(f"Entry {at}" for at in range(24, 59) if at % 2 or kind == "json")
        (told,) = [event for event in events if isinstance(event, Told)]
        assert len(told.articles) == len(matched)
        assert len(web.seen(f"{journal.path}?paged=4")) == 1 and not web.seen(f"{journal.path}?paged=5")
        later = await met(library, journal)
        assert not noted(later) and ended(later).new == 0
    assert all("authorization" in request.headers for request in web.requests)


async def test_without_an_archive_the_gap_is_reported_with_its_time_and_size(
    web: Web, tmp_path: Path
) -> None:
    journal = Journal(web, "none")
    journal.publish(15)
    async with opened(tmp_path, feeds(journal.url), clock=journal.clock.time) as library:
        await met(library, journal)
        visited = int(journal.clock.now)
        journal.publish(25)
        (gap,) = noted(await met(library, journal))
        assert not gap.closed and gap.reason == "the feed has no archive"
        assert gap.after == visited and gap.before == journal.times[30]
        assert 12 <= gap.unseen <= 18


async def test_a_feed_without_dates_and_order_has_gaps_too(web: Web, tmp_path: Path) -> None:
    """A pinned entry does not hide them, and the coverage does not claim that none was missed."""
    journal = Journal(web, "json", shuffled=random.Random(1))
    journal.publish(11)
    async with opened(tmp_path, feeds(journal.url), clock=journal.clock.time) as library:
        for _ in range(6):
            assert not noted(await met(library, journal))
            journal.publish(3)
        assert not noted(await met(library, journal))
        (coverage,) = await library.coverage.of_feeds()
        assert coverage.unsure and not coverage.complete
        assert summary(coverage, int(journal.clock.now)).startswith("no gap found since ")
        journal.publish(8)
        assert not noted(await met(library, journal))
        journal.publish(25)
        (gap,) = noted(await met(library, journal))
        assert not gap.closed and gap.reason == "the feed has no archive"


async def test_an_archive_on_another_site_is_not_asked(web: Web, tmp_path: Path) -> None:
    journal = Journal(web, "elsewhere")
    journal.publish(15)
    async with opened(tmp_path, feeds(journal.url), clock=journal.clock.time) as library:
        await met(library, journal)
        journal.publish(25)
        (gap,) = noted(await met(library, journal))
        assert not gap.closed and gap.reason == "its archive is on another site"


async def test_an_archive_that_asks_to_wait_is_asked_again_later(web: Web, tmp_path: Path) -> None:
    journal = Journal(web, "next")
    journal.publish(15)
    async with opened(tmp_path, feeds(journal.url), clock=journal.clock.time) as library:
        await met(library, journal)
        journal.publish(25)
        journal.refuse = Answer(b"", 429, {"Retry-After": "7200"})
        (gap,) = noted(await met(library, journal))
        assert not gap.closed and gap.reason.startswith("the archive failed: HTTP 429")
        journal.refuse = None
        journal.clock.now += 6000
        asked = len(web.requests)
        assert not noted(await refreshed(library, force=False)) and len(web.requests) == asked
        journal.clock.now += 3600
        (gap,) = noted(await refreshed(library, force=False))
        assert gap.closed and gap.new == 15


async def test_an_archive_that_fails_for_good_leaves_the_gap_open(web: Web, tmp_path: Path) -> None:
    journal = Journal(web, "next", refuse=Answer(b"no", 403))
    journal.publish(15)
    async with opened(tmp_path, feeds(journal.url), clock=journal.clock.time) as library:
        await met(library, journal)
        journal.publish(25)
        (gap,) = noted(await met(library, journal))
        assert not gap.closed and gap.reason.startswith("the archive failed: HTTP 403")
        asked = len(web.seen(f"{journal.path}?paged=2"))
        journal.clock.now += 9 * HOUR
        assert not noted(await refreshed(library)) and len(web.seen(f"{journal.path}?paged=2")) == asked


async def test_a_long_gap_ends_at_a_limit(web: Web, tmp_path: Path) -> None:
    journal = Journal(web, "wordpress")
    journal.publish(15)
    async with opened(tmp_path, feeds(journal.url), clock=journal.clock.time) as library:
        await met(library, journal)
        journal.publish(400, 60)
        (gap,) = noted(await met(library, journal))
        assert not gap.closed and gap.filled == 200 and "20 pages" in gap.reason and gap.unseen >= 1


async def test_a_server_that_ignores_page_numbers_is_asked_twice_at_most(web: Web, tmp_path: Path) -> None:
    journal = Journal(web, "wordpress")
    journal.publish(15)
    async with opened(tmp_path, feeds(journal.url), clock=journal.clock.time) as library:
        await met(library, journal)
        journal.publish(25)
        asked = len(web.requests)
        same = journal.answer(Request("GET", "/feed", {}))
        journal.refuse = same
        (gap,) = noted(await met(library, journal))
        assert not gap.closed and gap.filled == 0 and "ends before" in gap.reason
        assert len(web.requests) - asked <= 3
