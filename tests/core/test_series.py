"""Two articles that look alike: the same news, or two items of a series."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuireader.related.reading.features import Profile, Stats, extract, weigh
from tuireader.related.series import Series, same_news
from tuireader.related.stories import place

START = 1_700_000_000
HOUR = 3600

Said = tuple[str, str]


class Shelf:
    """Two articles: titles and texts by number."""

    def __init__(self, *said: Said) -> None:
        self._said = said

    def title(self, article: int) -> str:
        return self._said[article][0]

    def lead(self, article: int) -> str:
        return self._said[article][1]


def compared(one: Said, other: Said, *, feeds: tuple[int, int] = (1, 2), hours: int = 1) -> tuple[bool, bool]:
    """Whether they differ, and whether they do when asked more strictly."""
    first, second = (
        weigh(n, START + n * hours * HOUR, True, feeds[n], extract(*said), Stats(1000, {}))
        for n, said in enumerate((one, other))
    )
    series = Series(Shelf(one, other))
    found = series.differ(first, second), series.differ(first, second, strictly=True)
    assert found == (series.differ(second, first), series.differ(second, first, strictly=True))
    return found


def test_a_row_keeps_titles_apart_that_begin_with_subjects_of_their_own() -> None:
    one = ("등대은행, 고객 정보 유출로 과징금 3억원", "개인정보보호위원회는 등대은행에 과징금을 부과했다.")
    other = ("솔방울몰, 고객 사진 유출로 과징금 9억원", "개인정보보호위원회는 솔방울몰에 과징금을 부과했다.")
    assert compared(one, other)[1]
    assert not compared(one, ("솔방울몰, 등대은행 인수", "등대은행은 과징금 3억원을 냈다."))[1]
    assert not compared(one, ("과징금 3억원, 등대은행에", "개인정보보호위원회가 부과했다."))[1]


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        (
            "[SECURITY] [DSA 6101-1] curl security update",
            "[SECURITY] [DSA 6102-1] expat security update",
            True,
        ),
        ("Lanternfish v2.5", "Lanternfish v2.9", True),
        ("Weekly digest 5", "Weekly digest 6", True),
        ("CVE-2026-20101: flaw in a router", "CVE-2026-20102: flaw in a router", True),
        ("Yellow warning of rain for Ashford", "Yellow warning of rain for Brackley", True),
        ("Nightly build 12 October 2025", "Exchange rates 12 October 2025", True),  # in common: a date
        ("山东省气象台发布暴雨黄色预警", "河南省气象台发布暴雨黄色预警", True),
        ("LanternPay buys Ferrygate", "Ferrygate goes to LanternPay for 40 million", False),
        ("LanternPay buys Ferrygate", "LanternPay buys Ferrygate for 40 million", False),
        ("Quay tolls to double in autumn", "Quay tolls to double in autumn: council", False),
        ("", "", False),
    ],
)
def test_titles_of_one_form_with_other_names_or_numbers_differ(one: str, other: str, differ: bool) -> None:
    text = "An update is there for all who need it." if differ else ""
    assert compared((one, text), (other, text)) == (differ, differ)


def test_below_one_title_the_texts_decide() -> None:
    title = "Agency adds one known exploited vulnerability"
    told = [
        f"The agency has added {cve} {name} to its catalog of vulnerabilities."
        for cve, name in (("CVE-2026-1001", "Halden Mail"), ("CVE-2026-1002", "Corvid Gate"))
    ]
    assert compared((title, told[0]), (title, told[1])) == (True, True)
    assert compared((title, told[0]), (title, f"{told[0]} A patch is there.")) == (False, False)
    snow, rain = (f"The office warns of {hazard} in the evening." for hazard in ("snow", "rain"))
    assert compared(("Severe warning", snow), ("Severe warning", rain)) == (False, True)
    one, other = "On harbours, tariffs and a railway.", "What the museums show when winter ends early."
    assert compared(("Weekly digest", one), ("Weekly digest", other)) == (True, True)
    assert compared(("Daily briefing", one), ("Daily briefing: museums", other)) == (True, True)


def test_one_title_without_texts_is_the_same_for_half_a_day() -> None:
    one = ("Open thread for all", "")
    assert compared(one, one) == (False, False)
    assert compared(one, one, hours=13) == (True, True)
    assert compared(one, one, feeds=(1, 1)) == (True, True)


def test_the_numbers_of_vulnerabilities_decide() -> None:
    one = ("A hole in Halden Mail is used", "It is CVE-2026-1001.")
    other = ("Why you should mend Halden Mail today", "CVE-2026-1002 lets everyone in.")
    assert compared(one, other) == (False, True)
    assert compared(one, (other[0], "CVE-2026-1001 and CVE-2026-1002 let everyone in.")) == (False, False)


TITLE = "LanternPay buys Ferrygate"
TEXT = (
    "LanternPay, a payment firm of Port Quill, bought the ticket maker Ferrygate for 40 million, both said "
    "on Monday. All staff will stay, the name is kept, and nothing changes for those who take the ferry to "
    "work, they said in a letter to all who had asked."
)


@pytest.mark.parametrize(
    ("title", "text", "same"),
    [
        (TITLE, TEXT, True),
        ("LanternPay buys ticket maker Ferrygate", TEXT, True),
        ("LanternPay buys Seagate", TEXT, False),
        (TITLE, TEXT.replace("40", "41"), False),
        (f"Correction: {TITLE}", TEXT.replace("40", "4"), True),
        (f"Update 2: {TITLE}", TEXT.replace("40", "4"), True),
        (f"{TITLE} (updated)", TEXT.replace("40", "4"), True),
        (f"Correction: {TITLE}", TEXT[::-1], False),
        (TITLE, TEXT[:100], False),
    ],
)
def test_a_feed_posts_again_or_corrects(title: str, text: str, same: bool) -> None:
    assert same_news((TITLE, title), (TEXT, text)) is same
    assert same_news((title, TITLE), (text, TEXT)) is same


WORDS = """
Ashford update v2.5 v2.6 CVE-2026-1001 CVE-2026-1002 digest rain the of 12 東京 大阪 : Weekly
""".split()  # noqa: SIM905
said = st.tuples(*(st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join) for _ in range(2)))


@given(said, said, st.integers(0, 30))
def test_comparing_is_symmetric(one: Said, other: Said, hours: int) -> None:
    compared(one, other, hours=hours)  # says so itself
    assert same_news((one[0], other[0]), (one[1], other[1])) is same_news(
        (other[0], one[0]), (other[1], one[1])
    )


@pytest.mark.parametrize(
    ("feed", "others", "joins"),
    [
        (9, (1, 2, 3, 4, 5, 6), True),  # five of six tell the same news, the sixth another item of the series
        (6, (1, 2, 3, 4, 5, 6), False),  # that one is of the same feed, which sets its two items apart
        (5, (1, 2, 3, 4, 5, 6), True),  # the same news twice from one feed is no reason
        (9, (1, 2, 6), False),  # too few agree
    ],
)
def test_two_issues_of_a_series_in_one_feed_are_never_one_story(
    feed: int, others: tuple[int, ...], joins: bool
) -> None:
    """However much the rest of the story agrees."""
    own, issue = "Lanternfish v2.5", "Lanternfish v2.9"
    text = "The makers of Lanternfish fix how Corvid Gate reads Halden Mail, the harbour council said."
    told = [(own, text), *[(own, text)] * 5, (issue, text)]
    article, *story = (
        weigh(number, START + number * HOUR, True, of, extract(own, text), Stats(1000, {}))
        for number, of in [(0, feed), *((other, other) for other in others)]
    )
    series, stories = Series(Shelf(*told)), {1: story}
    assert (place(article, stories, series).story == 1) is joins


def test_a_giant_title_costs_no_more() -> None:
    giant = "a b " * 100_000
    profile = Profile(0, START, True, 1, 1.0, {}, ())
    series = Series(Shelf((giant, ""), (giant, "")))
    assert series.differ(profile, Profile(1, START, True, 2, 1.0, {}, ())) is False
