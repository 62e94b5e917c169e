"""Documents of a feed overlap by the articles that the store recognises, however their entries change."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.builders import NOW, entry, open_store
from tuireader.document.prepare import drop_known
from tuireader.ingest.overlap import note_document
from tuireader.model import FeedGap, ParsedEntry, ParsedFeed
from tuireader.store import Store

WINDOW = 8
CHANGES = ("none", "guid", "edited", "address", "date", "title")


def changed(one: ParsedEntry, change: str, visit: int) -> ParsedEntry:
    """An entry as a feed may list it later; `guid` and `address` change at each visit."""
    match change:
        case "guid":
            return replace(one, guid=f"{one.guid}-{visit}")
        case "edited":
            return replace(one, content_html=f"{one.content_html}<p>Update {visit}.</p>")
        case "address":
            return replace(one, url=f"{one.url}?utm_source=feed&page={visit}")
        case "date":
            return replace(one, published=(one.published or 0) + 60 * visit)
        case "title":
            return replace(one, title=f"{one.title}, updated {visit}")
    return one


def listed(newest: int, change: str = "none", visit: int = 0, site: str = "news") -> ParsedFeed:
    """The entries up to one, the newest first."""
    made = [
        entry(
            number,
            published=NOW + 60 * number,
            url=f"https://{site}.example.org/{number}",
            content_html=text(number),
        )
        for number in range(newest, newest - WINDOW, -1)
    ]
    return ParsedFeed("Feed", entries=tuple(changed(one, change, visit) for one in made))


def text(number: int) -> str:
    return f"<p>The text of article {number} is long enough to be recognised by its words alone.</p>" * 4


def visited(store: Store, feed: int, parsed: ParsedFeed, now: int, *, apart: bool = False) -> FeedGap | None:
    """Save a document as a refresh does; `apart`: as parsed in another process."""
    if apart:
        parsed = drop_known(parsed, store.entries.digests(feed))
    facts = next(one for one in store.feeds.facts([feed]))
    with store.transaction():
        saved = store.entries.save_feed(feed, parsed, now)
        found = note_document(store, facts, parsed, saved, now)
        store.conn.execute("UPDATE feed SET last_success = ? WHERE id = ?", (now, feed))
    return found


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Iterator[int]]]:
    """A store with many feeds, and the ids of those that no example has used."""
    store = open_store(tmp_path_factory.mktemp("store"), feeds=500)
    yield store, count(1)
    store.close()


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    change=st.sampled_from(CHANGES),
    steps=st.lists(st.integers(0, 20), min_size=1, max_size=4),
    apart=st.booleans(),
)
def test_changes_of_entries_make_no_gap_and_hide_none(
    many: tuple[Store, Iterator[int]], change: str, steps: list[int], apart: bool
) -> None:
    store, feed, newest, now = many[0], next(many[1]), 20, NOW + 3600

    def met(visit: int) -> FeedGap | None:
        return visited(store, feed, listed(newest, change, visit, f"site{feed}"), now, apart=apart)

    assert met(0) is None
    for visit, step in enumerate(steps, 1):
        newest, now = newest + step, now + 3600
        assert (met(visit) is not None) == (step >= WINDOW), (change, step)


def test_articles_known_from_another_feed_do_not_hide_a_gap(store: Store) -> None:
    now = NOW + 7200
    assert visited(store, 1, listed(20), now - 3600) is None
    assert visited(store, 2, listed(40), now) is None
    assert visited(store, 2, listed(44), now + 60) is None
    found = visited(store, 1, listed(44), now + 120)
    assert found is not None and found.reason == "the feed has no archive"
    assert visited(store, 1, listed(45), now + 180) is None


def test_the_first_visit_and_a_document_of_new_mail_have_no_gap(store: Store) -> None:
    assert visited(store, 1, listed(20), NOW) is None
    assert visited(store, 1, replace(listed(60), partial=True), NOW + 60) is None
    assert visited(store, 1, replace(listed(60), entries=()), NOW + 120) is None
