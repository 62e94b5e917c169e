"""Dates of entries: an hour or a century more or less puts news where nobody looks."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.examples import for_each
from tests.feeds.corpus import URL, bare
from tuireader.feeds.parse import dates, feedparser_adapter
from tuireader.feeds.parse.entry import shape


@for_each(
    ("text", "moment"),
    [
        ("Sat, 03 Feb 2024 04:05:06 GMT", "2024-02-03T04:05:06"),
        (" Sat, 03 Feb 2024 04:05:06 +0130 ", "2024-02-03T02:35:06"),
        ("3 February 2024 04:05 -01:30", "2024-02-03T05:35:00"),
        ("03 Feb 2024 04:05:06 UTC+02:00", "2024-02-03T02:05:06"),
        ("03 Feb 2024 04:05:06 EST", "2024-02-03T09:05:06"),
        ("03 Feb 2024 04:05:06 +0000 (GMT)", "2024-02-03T04:05:06"),
        ("03-Feb-2024", "2024-02-03T00:00:00"),
        ("03 Feb 69 04:05:06", "2069-02-03T04:05:06"),
        ("03 Feb 70 04:05:06", "1970-02-03T04:05:06"),
        ("03 Fob 2024 04:05:06", None),
        ("31 Feb 2024 04:05:06", None),
        ("03 Feb 2024 24:00:00", None),
        ("2024-02-03", "2024-02-03T00:00:00"),
        ("2024-2-3 4:05", "2024-02-03T04:05:00"),
        ("2024-02-03T04:05:60Z", "2024-02-03T04:05:59"),
        ("2024-02-03T04:05:06.789+02", "2024-02-03T02:05:06"),
        ("2024-02-03t04:05:06-0230", "2024-02-03T06:35:06"),
        ("2024-02-03T04:05:06+24:00", "2024-02-02T04:05:06"),
        ("2024-02-03T04:05:06+24:01", None),
        ("1899-12-31", None),
        ("1900-01-01", "1900-01-01T00:00:00"),
        ("2199-12-31", "2199-12-31T00:00:00"),
        ("2200-01-01", None),
        ("2024-13-01", None),
        ("0001-01-01T00:00:00+01:00", None),
        ("2024-02-03" + " " * 80 + "x", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_date_is_read_to_the_second(text: str, moment: str | None) -> None:
    expected = None if moment is None else int(datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp())
    assert dates.parse(text) == expected


@pytest.mark.parametrize(
    ("inner", "moment"),
    [
        ("<pubDate>Κυρ, 11 Ιούλ 2004 12:00:00 EST</pubDate>", "2004-07-11T17:00:00"),
        ("<pubDate>Sat, 03 Feb 2024 04:05:06 GMT</pubDate>", "2024-02-03T04:05:06"),
        ("<pubDate>soon</pubDate>", None),
        ("<pubDate>soon</pubDate><dc:date>2024-02-03T04:05:06Z</dc:date>", "2024-02-03T04:05:06"),
        ("<pubDate>Sat, 03 Feb 3024 04:05:06 GMT</pubDate>", None),
    ],
)
def test_dates_that_only_feedparser_reads_count(inner: str, moment: str | None) -> None:
    raw = feedparser_adapter.parse(bare(f"<item><title>T</title>{inner}</item>"), URL)
    assert raw is not None
    (entry,) = shape(raw).entries
    expected = None if moment is None else int(datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp())
    assert entry.published == expected
