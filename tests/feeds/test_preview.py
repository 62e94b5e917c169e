"""What is told of a feed before it is followed."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tuireader.feeds.find.preview import SAMPLES, WEEKS, pace, preview
from tuireader.model import Enclosure, FeedPreview, ParsedEntry, ParsedFeed
from tuireader.text.durations import HOUR, WEEK

NOW = 1_790_000_000
DAY = 86_400
TEASER = "<p>The ferry company lets passengers pay by phone from Monday …</p>"


def feed(*entries: ParsedEntry) -> ParsedFeed:
    return ParsedFeed("Harbour News", "https://harbour.example/", entries)


def test_a_feed_without_entries_and_one_with_more_than_were_kept() -> None:
    assert preview(feed(), NOW) == FeedPreview("Harbour News", "https://harbour.example/")
    assert preview(ParsedFeed(entries=(ParsedEntry(),), left_out=7), NOW).entries == 8


def test_the_newest_come_first_and_those_without_a_time_last() -> None:
    told = preview(
        feed(
            ParsedEntry(title="Undated"),
            ParsedEntry(title="Old", published=NOW - 9 * DAY),
            ParsedEntry(title="Before all", published=-5),
            ParsedEntry(title="Edited", updated=NOW - DAY),
            ParsedEntry(title="To come", published=NOW + DAY, updated=NOW - 20 * DAY),
        ),
        NOW,
    )
    dated = (("To come", NOW), ("Edited", NOW - DAY), ("Old", NOW - 9 * DAY))
    assert told.samples == (*dated, ("Undated", None), ("Before all", None))
    assert (told.entries, told.newest) == (5, NOW)


def test_no_entry_has_a_time() -> None:
    told = preview(feed(*(ParsedEntry(title=str(number)) for number in range(9))), NOW)
    assert told.samples == tuple((str(number), None) for number in range(SAMPLES))
    assert (told.entries, told.newest, told.per_week, told.texts) == (9, None, None, "none")


def test_what_stands_in_for_a_title() -> None:
    told = preview(
        feed(ParsedEntry(content_html="<p>First</p><p>Second</p>"), ParsedEntry(url="https://a.example/")),
        NOW,
    )
    assert [title for title, _ in told.samples] == ["First", "https://a.example/"]


@pytest.mark.parametrize(
    ("bodies", "texts"),
    [
        ([""], "none"),
        ([TEASER] * 3, "short"),
        ([TEASER * 20] * 3, "full"),
        ([TEASER, TEASER, TEASER * 20], "short"),
        (["<img src='a.png'>" * 500], "none"),  # no letters in it
        (["港" * 300], "full"),  # a wide letter says more
    ],
)
def test_what_there_is_to_read(bodies: list[str], texts: str) -> None:
    for told in (
        preview(feed(*(ParsedEntry(content_html=body, summary_html="x") for body in bodies if body)), NOW),
        preview(feed(*(ParsedEntry(summary_html=body) for body in bodies)), NOW),
    ):
        assert told.texts == texts


@pytest.mark.parametrize(
    ("kind", "teasers"), [("image/png", True), ("audio/mpeg", False), ("video/mp4", False)]
)
def test_the_notes_of_a_recording_are_no_teaser(kind: str, teasers: bool) -> None:
    entries = [
        ParsedEntry(
            title=f"Title {number}",
            url=f"https://harbour.example/{number}",
            content_html=TEASER,
            enclosures=(Enclosure("https://harbour.example/a", kind),),
        )
        for number in range(3)
    ]
    assert preview(feed(*entries), NOW).teasers is teasers


LONG = "<p>The ferry is free on Mondays.</p>" * 40


@pytest.mark.parametrize(
    ("html", "teasers"),
    [
        (TEASER, True),
        (LONG, False),
        (f"{LONG}<a href='{{}}'>Read more</a>", True),
        (f"{LONG}<a href='https://harbour.example/about'>Read more</a>", False),
        ("<p>The ferry company lets passengers pay by phone from Monday on.</p>", True),
        ("<ul><li>The ferry company lets passengers pay by phone from Monday on.</li></ul>", False),
    ],
)
def test_the_markup_of_contents_and_of_summaries_tells_teasers(html: str, teasers: bool) -> None:
    urls = [f"https://harbour.example/{number}" for number in range(3)]
    contents = [ParsedEntry(title="A title", url=url, content_html=html.format(url)) for url in urls]
    summaries = [ParsedEntry(title="A title", url=url, summary_html=html.format(url)) for url in urls]
    assert (preview(feed(*contents), NOW).teasers, preview(feed(*summaries), NOW).teasers) == (teasers,) * 2


@pytest.mark.parametrize(
    ("ages", "expected"),
    [
        ([], None),
        ([0], None),
        ([3 * DAY, 3 * DAY, 3 * DAY + 60], None),  # all made at once
        ([0, WEEK], 1),
        ([HOUR * hours for hours in range(25)], 168),
        ([2 * WEEK, 3 * WEEK], 1 / 3),  # silence counts
        ([60 * DAY], 0),
        ([4 * WEEK, 60 * DAY], 1 / 4),
        ([DAY, 2 * DAY, 300 * DAY], 0.5),
    ],
)
def test_pace(ages: list[int], expected: float | None) -> None:
    assert pace([NOW - age for age in ages], NOW) == expected


# A feed's texts come from outside: any of it, also times that no calendar has.
ENTRIES = st.builds(
    ParsedEntry,
    title=st.text(max_size=5),
    published=st.none() | st.integers(-(10**12), 10**12),
    updated=st.none() | st.integers(NOW - 60 * DAY, NOW + DAY),
    summary_html=st.text(max_size=20) | st.just(TEASER),
    content_html=st.text(max_size=20) | st.just(TEASER * 20),
)


@settings(max_examples=settings().max_examples // 2)
@given(st.lists(ENTRIES, max_size=30))
@example([ParsedEntry(published=0)])
def test_what_always_holds(entries: list[ParsedEntry]) -> None:
    told = preview(feed(*entries), NOW)
    assert told.entries == len(entries) and len(told.samples) == min(SAMPLES, len(entries))
    times = [-1 if time is None else time for _, time in told.samples]
    assert times == sorted(times, reverse=True) and all(time <= NOW for time in times)
    assert told.newest == (told.samples[0][1] if entries else None)
    assert told.per_week is None or 0 <= told.per_week <= len(entries) * WEEK / HOUR
    assert (told.texts == "none") == (told.length == 0)


@given(st.lists(st.integers(0, WEEKS * WEEK), min_size=2), st.integers(2, 50))
def test_what_comes_more_slowly_has_less_of_a_pace(ages: list[int], times: int) -> None:
    fast = pace([NOW - age for age in sorted(ages)], NOW)
    slow = pace([NOW - age * times for age in sorted(ages)], NOW)
    if fast is not None:
        assert slow is not None and slow <= fast
