"""Times as people read them."""

from __future__ import annotations

import calendar
import time

import pytest

from tuireader.wording.times import (
    age,
    clock_width,
    day_heading,
    distance,
    full_time,
    list_date,
    list_time,
    period,
    span,
    until,
    week_day,
)

NOW = calendar.timegm((2026, 11, 24, 15, 0, 0))  # a Tuesday


@pytest.mark.parametrize(
    ("moment", "text", "date", "heading"),
    [
        ((2026, 11, 24, 0, 2, 0), "00:02", "00:02", "Today"),
        ((2026, 11, 23, 9, 5, 0), "Mon 09:05", "23 Nov", "Yesterday"),
        ((2026, 11, 21, 23, 59, 59), "Sat 23:59", "21 Nov", "Saturday 21 November"),
        ((2026, 11, 25, 0, 5, 0), "Wed 00:05", "25 Nov", "Wednesday 25 November"),
        ((2026, 7, 12, 0, 0, 0), "12 Jul", "12 Jul", "Sunday 12 July"),
        ((2020, 1, 1, 0, 0, 0), "2020", "2020", "Wednesday 1 January 2020"),
        ((2027, 1, 1, 0, 0, 0), "2027", "2027", "Friday 1 January 2027"),
    ],
)
def test_times_in_lists(moment: tuple[int, ...], text: str, date: str, heading: str) -> None:
    at = calendar.timegm(moment)
    assert list_time(at, NOW) == text
    assert list_date(at, NOW) == date
    assert day_heading(at, NOW) == heading


def test_formats_of_times_and_days() -> None:
    noon, old = calendar.timegm((2026, 11, 24, 12, 5, 0)), calendar.timegm((2026, 11, 9, 9, 5, 0))
    assert (list_date(noon, NOW, "%I:%M %p"), clock_width("%I:%M %p")) == ("12:05 PM", 8)
    assert day_heading(noon, NOW, "%d.%m.") == "Today" and day_heading(old, NOW, "%d.%m.") == "09.11."
    assert clock_width("") == 0 and clock_width("%A") == len("Wednesday")


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Sao_Paulo", "Asia/Kolkata", "UTC"])
def test_yesterday_begins_at_midnight_even_when_clocks_change(
    zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        for month, day in ((3, 29), (3, 30), (10, 25), (10, 26), (1, 1)):
            now = int(time.mktime((2026, month, day, 0, 30, 0, 0, 0, -1)))
            names = [day_heading(int(time.mktime((2026, month, day, 0, 0, seconds, 0, 0, -1))), now)
                     for seconds in (0, -1, -86_000 + 7200)]  # fmt: skip
            assert names == ["Today", "Yesterday", "Yesterday"]
    finally:
        monkeypatch.undo()
        time.tzset()


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
