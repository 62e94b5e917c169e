"""Times as people read them."""

from __future__ import annotations

import calendar

import pytest

from tuireader.wording.times import age, distance, full_time, list_time, period, span, until, week_day

NOW = calendar.timegm((2026, 11, 24, 15, 0, 0))  # a Tuesday


@pytest.mark.parametrize(
    ("moment", "text", "short"),
    [
        ((2026, 11, 24, 14, 2, 0), "14:02", "14:02"),
        ((2026, 11, 23, 9, 5, 0), "Mon 09:05", "Mon"),
        ((2026, 7, 12, 0, 0, 0), "12 Jul", "12 Jul"),
        ((2020, 1, 1, 0, 0, 0), "2020", "2020"),
        ((2027, 1, 1, 0, 0, 0), "2027", "2027"),
    ],
)
def test_list_time(moment: tuple[int, ...], text: str, short: str) -> None:
    assert list_time(calendar.timegm(moment), NOW) == text
    assert list_time(calendar.timegm(moment), NOW, short=True) == short


def test_spans_and_distances() -> None:
    assert [span(seconds) for seconds in (-5, 59, 60, 7200, 86400 * 3, 86400 * 70, 86400 * 900)] == [
        "0 s",
        "59 s",
        "1 min",
        "2 h",
        "3 days",
        "2 months",
        "2 years",
    ]
    assert age(NOW - 30, NOW) == "now" and age(NOW + 9000, NOW) == "now"
    assert age(NOW - 7200, NOW) == "2 h ago"
    assert distance(NOW, NOW + 7200) == "2 h earlier"
    assert distance(NOW, NOW - 86400 * 3) == "3 days later"
    assert distance(NOW, NOW + 10) == "same time"


def test_what_is_still_to_come_is_told_in_the_nearest_unit() -> None:
    assert [until(seconds) for seconds in (-5, 40, 89, 119, 1799, 3570, 7199, 86_390, 86400 * 3 - 5)] == [
        "0 s",
        "40 s",
        "1 min",
        "2 min",
        "30 min",
        "1 h",
        "2 h",
        "24 h",
        "3 days",
    ]


def test_impossible_times_are_shown_somehow() -> None:
    assert full_time(10**18) and list_time(-(10**18), NOW)


def test_periods_name_a_day_once_and_the_year_only_of_other_years() -> None:
    first = calendar.timegm((2026, 11, 24, 9, 55, 10))
    assert week_day(first) == "Tue 24 Nov"
    assert period(first, first + 20, NOW) == "24 Nov 09:55"
    assert period(first, first + 3 * 3600, NOW) == "24 Nov 09:55 – 12:55"
    assert period(first, first + 86_400, NOW) == "24 Nov 09:55 – 25 Nov 09:55"
    assert period(first, first + 60, NOW + 40 * 86_400) == "24 Nov 2026 09:55 – 09:56"
