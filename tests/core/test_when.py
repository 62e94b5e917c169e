"""Time spans that sentences state, in days before publication."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.examples import for_each, half_as_many
from tuireader.related.reading.when import spans
from tuireader.text.durations import DAY

NOW = int(datetime(2026, 5, 20, 12, tzinfo=UTC).timestamp())


def days_since(year: int, month: int, day: int) -> float:
    return (NOW - datetime(year, month, day, tzinfo=UTC).timestamp()) / DAY


@for_each(
    ("sentence", "date"),
    [
        ("In January, the government had still allowed it.", (2026, 1, 20)),
        ("The bank stopped it last November.", (2025, 11, 3)),
        ("It was charged in July last year, over its posts.", (2025, 7, 28)),
        ("The fire of March 3 destroyed it.", (2026, 3, 3)),
        ("Since May 2024 it may not be sold.", (2024, 5, 2)),
        ("Earlier this month, China ordered a ban.", (2026, 5, 4)),
        ("Three weeks ago, regulators told of it.", (2026, 4, 29)),
        ("It is not even ten months since it was bought.", (2025, 7, 30)),
        ("When they lost patience last summer, all left.", (2025, 6, 23)),
        ("It never recovered from the autumn of 2024.", (2024, 10, 24)),
        ("It broke down last winter.", (2025, 12, 27)),
        ("The suit goes back to the fall of 2023.", (2023, 11, 17)),
        ("A year earlier, it had been the other way round.", (2025, 5, 3)),
        ("It was founded in 2023.", (2023, 6, 1)),
        ("Im vergangenen Oktober standen die Bildschirme still.", (2025, 10, 11)),
        ("Vor drei Wochen hatte der Konzern gewarnt.", (2026, 4, 28)),
        ("Als im Frühjahr Gabeln brachen, war es zu spät.", (2026, 4, 9)),
        ("Anfang Mai wurde sie verkauft.", (2026, 5, 2)),
        ("Le mois dernier, la société a fermé.", (2026, 4, 12)),
        ("Il y a deux ans, elle avait promis le contraire.", (2024, 5, 10)),
        ("En février, la justice a tranché.", (2026, 2, 9)),
        ("Depuis mars, la justice enquête.", (2026, 3, 9)),
        ("It has been closed since march 2024.", (2024, 3, 9)),
        ("It was closed in May, when it may have been sold.", (2026, 5, 2)),
        ("此次整改要从去年11月说起。", (2025, 11, 3)),
        ("三个月前，该公司曾否认此事。", (2026, 2, 18)),
        ("转折发生在去年夏天。", (2025, 7, 25)),
        ("昨年10月、児童がけがをして以来止まっていた。", (2025, 10, 18)),
        ("3カ月前に発表した計画を見直す。", (2026, 2, 20)),
        ("先週の会見で認めた。", (2026, 5, 13)),
        ("지난해 12월 공장을 닫았다.", (2025, 12, 5)),
        ("3개월 전 발표한 계획이다.", (2026, 2, 20)),
        ("지난 여름 화재가 났다.", (2025, 7, 7)),
        ("It filed for protection ten days before Christmas.", (2025, 12, 15)),
        ("Pupils had protested before the turn of the year.", (2025, 12, 18)),
        ("The port stood still in the new year.", (2026, 1, 8)),
        ("It had been sold before Easter.", (2026, 4, 2)),
        ("Vor Ostern war sie verkauft worden.", (2026, 4, 2)),
        ("La panne d'avant Pâques venait du même module.", (2026, 4, 2)),
        ("春节期间，该公司曾停止服务。", (2026, 2, 17)),
        ("去年国庆假期，该平台瘫痪。", (2025, 10, 3)),
        ("ゴールデンウイークに止まっていた。", (2026, 5, 3)),
        ("지난해 추석 연휴에 멈췄다.", (2025, 10, 6)),
        ("三十日前，法院作出裁定。", (2026, 4, 20)),
        ("两三天前，法院作出裁定。", (2026, 5, 17)),
    ],
)
def test_a_stated_time_includes_the_event(sentence: str, date: tuple[int, int, int]) -> None:
    days = days_since(*date)
    assert any(span.latest <= days <= span.earliest for span in spans(sentence, NOW))


@pytest.mark.parametrize(
    ("sentence", "other"),
    [
        ("Three weeks ago, regulators told of it.", (2026, 4, 6)),
        ("It never recovered from the autumn of 2024.", (2024, 3, 1)),
        ("昨年10月、児童がけがをして以来止まっていた。", (2025, 6, 18)),
        ("It filed for protection ten days before Christmas.", (2026, 5, 10)),
    ],
)
def test_the_narrowest_time_counts(sentence: str, other: tuple[int, int, int]) -> None:
    days = days_since(*other)
    assert not any(span.latest <= days <= span.earliest for span in spans(sentence, NOW))


@pytest.mark.parametrize(
    "sentence",
    [
        "It had fallen silent for nine days after landing.",
        "A few weeks later, the maker gave up.",
        "The company may sell it, and people march for it.",
        "It sold cars for $2024, 20.24 percent more.",
        "Mars is far away.",
        "This may change, and from may to must is far; they go on, in march of all.",
        "A rover on Mars looks for the water of Mars.",
        "Prices fall again.",
        "It opens in 2027.",
        "BERLIN, May 20 (Wire) -- It opens.",
        "A planet, in the year 1848, was found.",
        "",
    ],
)
def test_other_words_state_no_time(sentence: str) -> None:
    assert spans(sentence, NOW) == []


MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
}
WITH_YEAR = [
    "In {en} {y}, it broke.",
    "Im {de} {y} brach es.",
    "En {fr} {y}, tout casse.",
    "{y}年{m}月",
    "{y}년 {m}월",
]
WITHOUT_YEAR = ["In {en}, it broke.", "Seit {de} steht es.", "Depuis {fr}, rien.", "始于{m}月。", "{m}월"]
LAST_YEAR = [
    "In {en} last year, it broke.",
    "Im {de} vorigen Jahres.",
    "En {fr} dernier",
    "去年{m}月",
    "지난해 {m}월",
]


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2029, 12, 1), timezones=st.just(UTC)), st.integers(1, 1_400)
)
@example(datetime(2026, 1, 1, tzinfo=UTC), 1)
@example(datetime(2026, 12, 31, tzinfo=UTC), 365)
@example(datetime(2027, 1, 31, tzinfo=UTC), 31)
@half_as_many
def test_a_stated_month_includes_each_of_its_days(published: datetime, ago: int) -> None:
    """With its year; without, it is the newest that has begun; "last year" is that before the publication."""
    event = published - timedelta(days=ago)
    sentences = [*WITH_YEAR]
    months = (published.year - event.year) * 12 + published.month - event.month
    sentences += WITHOUT_YEAR if months < 12 else []
    sentences += LAST_YEAR if published.year - event.year == 1 else []
    for template in sentences:
        names = {code: names.split()[event.month - 1] for code, names in MONTHS.items()}
        sentence = template.format(y=event.year, m=event.month, **names)
        stated = spans(sentence, int(published.timestamp()))
        widths = [span.earliest - span.latest for span in stated if span.latest <= ago <= span.earliest]
        assert widths and min(widths) < 36, (sentence, stated)  # a year may be found, too
        assert all(0 < span.latest < span.earliest < 1_500 for span in stated)


@pytest.mark.parametrize(
    ("days", "most", "units"),
    [
        (1, 20, ["{} days ago", "vor {} Tagen", "il y a {} jours", "{}天前", "{}日前", "{}일 전"]),
        (7, 20, ["{} weeks earlier", "vor {} Wochen", "il y a {} semaines", "{}周前", "{}週間前", "{}주 전"]),
        (
            30.4,
            40,
            ["{} months before", "vor {} Monaten", "il y a {} mois", "{}个月前", "{}カ月前", "{}개월 전"],
        ),
        (365, 3, ["{} years ago", "vor {} Jahren", "il y a {} ans", "{}年前", "{}년 전"]),
    ],
)
def test_a_stated_distance_includes_that_day(days: float, most: int, units: list[str]) -> None:
    for number in range(2, most + 1):
        for unit in units:
            sentence = unit.format(number)
            assert any(span.latest <= number * days <= span.earliest for span in spans(sentence, NOW)), (
                sentence
            )
            assert all(0 < span.latest < span.earliest < 1_500 for span in spans(sentence, NOW)), sentence
