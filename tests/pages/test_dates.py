"""Dates as web pages write them."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import for_each
from tuireader.text import page_dates

NOW = int(datetime(2026, 11, 26, 12, tzinfo=UTC).timestamp())


def found(text: str, *, month_first: bool = False) -> str:
    one = page_dates.find(text, NOW, month_first=month_first)
    return "" if one is None else datetime.fromtimestamp(one.seconds, UTC).strftime("%Y-%m-%d %H:%M")


@for_each(
    ("text", "expected"),
    [
        ("2026-11-20", "2026-11-20 00:00"),
        ("2026-11-20T10:00:00+08:00", "2026-11-20 02:00"),
        ("Posted on Nov 20, 2026 by Ann", "2026-11-20 00:00"),
        ("Thursday, 20 November 2026 at 3:05 pm", "2026-11-20 15:05"),
        ("20. November 2026", "2026-11-20 00:00"),
        ("20.11.2026 um 14:05 Uhr", "2026-11-20 14:05"),
        ("1er décembre 2025", "2025-12-01 00:00"),
        ("20 de noviembre de 2026", "2026-11-20 00:00"),
        ("20 нояб. 2026, 14:30", "2026-11-20 14:30"),
        ("20 listopada 2026", "2026-11-20 00:00"),
        ("2026年11月20日 08:15", "2026-11-20 08:15"),
        ("令和7年6月5日", "2025-06-05 00:00"),
        ("20 2026-11", "2026-11-20 00:00"),
        ("beantragen 1", ""),  # "gen" is January in Italian
        ("2026년 11월 20일", "2026-11-20 00:00"),
        ("11月20日", "2026-11-20 00:00"),
        ("[11-20]", "2026-11-20 00:00"),
        ("Rooms 11-20", ""),
        ("20 Nov", "2026-11-20 00:00"),
        ("Dec 24", "2025-12-24 00:00"),  # the last one, not the next
        ("20/11/26", "2026-11-20 00:00"),
        ("3 hours ago", "2026-11-26 09:00"),
        ("vor 2 Stunden", "2026-11-26 10:00"),
        ("il y a 3 jours", "2026-11-23 12:00"),
        ("3小时前", "2026-11-26 09:00"),
        ("昨天 12:30", "2026-11-25 12:30"),
        ("Today, 10:02", "2026-11-26 10:02"),
        ("just now", "2026-11-26 12:00"),
        ("version 1.2.3", ""),
        ("10.0.0.1", ""),
        ("C-123/26", ""),
        ("4 comments", ""),
        ("31 Feb 2026", ""),
        ("The 12 monkeys are back", ""),
    ],
)
def test_dates_of_pages(text: str, expected: str) -> None:
    assert found(text) == expected


def test_the_order_of_day_and_month_follows_from_the_page() -> None:
    assert found("10/11/2026") == "2026-11-10 00:00"
    assert found("10/11/2026", month_first=True) == "2026-10-11 00:00"
    assert page_dates.puts_month_first(["5/10/2026", "10/25/2026"], "de")
    assert not page_dates.puts_month_first(["5/10/2026", "25/10/2026"], "en-US")
    assert page_dates.puts_month_first(["5/10/2026"], "en_US")
    assert not page_dates.puts_month_first(["5/10/2026"], "en-GB")


def test_only_a_short_text_that_is_mostly_a_date_counts_as_one() -> None:
    assert page_dates.is_date("by Ann » 24 Nov 2026, 10:10", NOW)
    assert not page_dates.is_date("Conference on 24 Nov: what to expect of the harbour", NOW)
    assert not page_dates.is_date("", NOW)


@settings(max_examples=50)
@given(
    st.text(max_size=400) | st.from_regex(r"(\d{1,4}[ ./:年月日-]|vor |[a-z]{3,9} ){0,60}", fullmatch=True)
)
def test_any_text_has_a_date_within_it_or_none(text: str) -> None:
    one = page_dates.find(text, NOW)
    assert one is None or 0 <= one.start < one.end <= len(text)
