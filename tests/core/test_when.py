"""Time spans that sentences state, in days before publication."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuireader.related.when import DAY, spans

NOW = int(datetime(2026, 5, 20, 12, tzinfo=UTC).timestamp())


def days_since(year: int, month: int, day: int) -> float:
    return (NOW - datetime(year, month, day, tzinfo=UTC).timestamp()) / DAY


@pytest.mark.parametrize(
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
    ],
)
def test_a_stated_time_includes_the_event(sentence: str, date: tuple[int, int, int]) -> None:
    days = days_since(*date)
    assert any(span.latest <= days <= span.earliest for span in spans(sentence, NOW))


@pytest.mark.parametrize(
    "sentence",
    [
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


@given(st.text(), st.integers(0, 1 << 32))
def test_any_text_has_spans_of_the_past(sentence: str, published: int) -> None:
    for span in spans(sentence, published):
        assert 0 < span.latest < span.earliest < 1_500
