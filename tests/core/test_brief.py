"""Briefs: grouping, order, escaping in each format, and the same bytes for the same articles."""

from __future__ import annotations

import json
import os
import random
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.core.test_export import read
from tuireader.delivery.digests import digest
from tuireader.export.brief import FORMATS, OpenMatch, Report, build
from tuireader.export.brief_formats import render
from tuireader.model import CaseState, Evidence

DAY = 1_700_000_000
SENTENCE = "The ferry takes LanternPay from Monday."


def report(number: int, title: str, minutes: int = 0, **more: object) -> Report:
    return Report(number, title, f"https://quay.example/{number}", "The Quay", DAY + 60 * minutes, **more)  # type: ignore[arg-type]


def on(watch: str, sentence: str = SENTENCE, *spans: tuple[int, int]) -> Evidence:
    return Evidence(watch, (), sentence, spans)


REPORTS = (
    report(4, "Ferry takes LanternPay", -4000, story=4, evidence=(on("Tolls", "A toll."),), new=False),
    report(5, "LanternPay on board", story=4, evidence=(on("LanternPay", SENTENCE, (16, 26)), on("Ferries"))),
    report(6, "Why the quay likes it", 40, story=4, copy_of=5, evidence=(on("Ferries", SENTENCE, (4, 9)),)),
    report(7, "Bridge toll doubles", 5),
    report(8, "Fog & [more] fog", 10),
    report(9, "3. Fog *lifts* at 1.2 million", 8, evidence=(on("Fog"),)),
)
WATCHES = ("LanternPay", "Fog", "Ferries", "Tolls")


def still(number: int, watch: str, state: CaseState, hours: int) -> OpenMatch:
    url = f"https://quay.example/{number}"
    return OpenMatch(number, watch, state, number, "Old *[news]* & co", url, "The Quay", DAY - 3600 * hours)


STILL_OPEN = (
    still(1, "Gone <watch>", CaseState.NEW, 80),
    still(2, "Fog", CaseState.OPEN, 47),
    still(3, "LanternPay", CaseState.NEW, 12),
    still(4, "Fog", CaseState.NEW, 9),
)

GOLDENS = Path(__file__).parents[1] / "data" / "briefs"


@pytest.mark.parametrize("form", FORMATS)
def test_a_brief_in_each_format(form: str) -> None:
    """What is new leads; each sentence stands once; what is older and what is a copy says so."""
    made = build(REPORTS, WATCHES, seconds=86_400, muted=2, asked="LanternPay", still_open=STILL_OPEN)
    golden = GOLDENS / f"brief.{form}"
    if os.environ.get("TUIREADER_SNAPSHOTS"):
        golden.write_text(render(made, form), encoding="utf-8")
    assert render(made, form) == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "since the last brief"),
        (60, "the last 1 minute"),
        (3600, "the last 60 minutes"),
        (5400, "the last 90 minutes"),
        (86_400, "the last 24 hours"),
        (7 * 86_400, "the last 7 days"),
    ],
)
def test_the_period(seconds: int | None, words: str) -> None:
    for form in ("md", "html"):
        empty = render(build((), (), seconds=seconds, muted=1), form)
        assert f"0 articles in 0 stories, {words}. 1 muted article is left out." in empty
        day = render(replace(build((), ()), since=DAY), form)
        assert "0 articles in 0 stories, since 2023-11-14 22:13 UTC." in day
    made = json.loads(render(build(REPORTS, (), seconds=seconds, muted=2), "json"))
    assert (made["seconds"], made["muted"]) == (seconds, 2)
    assert (made["first"], made["last"]) == (DAY, DAY + 2400)  # of what is new


def test_the_watch_that_was_asked_for_has_the_first_quotation() -> None:
    shared = "Ferries, LanternPay"  # of the newest report first
    for asked, quotations in (("", [shared, "Tolls"]), ("Tolls", ["Tolls", shared])):
        (story,) = build(REPORTS[:3], WATCHES, asked=asked).sections[0].stories
        assert [hit.evidence.watch for hit in story.quotations] == quotations


def test_what_is_still_open_is_short_and_by_watch() -> None:
    made = build(REPORTS[3:4], WATCHES, still_open=[*STILL_OPEN[1:], *STILL_OPEN[:1] * 60])
    told = render(made, "md").partition("\n## Still open\n\n")[2].splitlines()
    assert [line.split(" · ")[0] for line in told[:4]] == [f"- Match {n}" for n in (3, 2, 4, 1)]
    assert told[1].startswith("- Match 2 · Fog · open · 2023-11-12 23:13 UTC (47 h) · The Quay: [Old")
    assert len(told) == 51 and told[-1] == "- 13 more, see To do"
    empty = render(build((), (), still_open=STILL_OPEN), "md")  # no article that ages count up to
    assert "- Match 2 · Fog · open · 2023-11-12 23:13 UTC · The Quay" in empty
    assert "Still open" not in render(build(REPORTS, WATCHES), "md") + render(build(REPORTS, WATCHES), "html")


def test_without_watches_there_is_no_heading_and_without_articles_no_story() -> None:
    assert "##" not in render(build(REPORTS[3:4], ()), "md").replace("###", "")
    empty = render(build((), ("LanternPay",)), "md")
    assert empty == "# Brief\n\n0 articles in 0 stories, since the last brief.\n"


@pytest.mark.parametrize(
    ("languages", "others", "title"),
    [
        ((), ("en",), "Ferry takes LanternPay"),  # most reports are in English
        ((), ("zh", "zh"), "渡轮"),
        (("zh",), ("en",), "渡轮"),
        (("ja", "en", "zh"), ("zh", "zh"), "Ferry takes LanternPay"),
        (("ja",), ("zh", "zh"), "渡轮"),
        (("ko",), ("ja", "ja", "ja"), "Quay"),  # no report is in these: the first
        ((), ("", "", "", "en"), "Ferry takes LanternPay"),
    ],
)
def test_a_story_has_the_title_of_a_report_in_the_language_of_the_reader(
    languages: tuple[str, ...], others: tuple[str, ...], title: str
) -> None:
    told = (("Ferries take it", "en"), ("Ferry takes LanternPay", "en"), ("渡轮", "zh"), ("Quay", ""))
    reports = [report(n, said, n, story=1, language=code) for n, (said, code) in enumerate(told, 1)]
    reports += [report(n, "Fog", 60, language=code) for n, code in enumerate(others, 10)]
    (section,) = build(reports, (), languages=languages).sections
    assert section.stories[0].title == title
    assert [one.title for one in section.stories[0].reports] == [said for said, _ in reversed(told)]


def test_lags_of_hours_and_days() -> None:
    reports = [report(n, "T", minutes, story=1) for n, minutes in ((1, 0), (2, 59), (3, 47 * 60), (4, 2880))]
    text = render(build(reports, ()), "md")
    lags = re.findall(r"^- \d{4}-\d\d-\d\d \d\d:\d\d UTC \(\+(.+?)\) ·", text, re.MULTILINE)
    assert lags == ["2 d", "47 h", "59 min"]


HOSTILE = "<script>alert('x')</script> [a](javascript:x) **b** `c` & \\ # - 1. ![p](http://t.example/x.png)"


def test_nothing_from_outside_means_anything() -> None:
    bad = Report(1, HOSTILE, "javascript:alert(1)", HOSTILE, DAY, 0, (on(HOSTILE, HOSTILE, (3, 9)),))
    web = Report(2, "- x", 'https://t.example/"><b> )(', "F", DAY, 0, (on(HOSTILE, "1. x", (-1, 99)),))
    brief = build((bad, web), (HOSTILE,))
    page = render(brief, "html")
    assert "<script" not in page and "javascript:alert(1)" not in page and '"><b>' not in page
    text = render(brief, "md")
    assert not re.search(r"(?<!\\)(\]\(javascript|!\[|<script|\*\*b)", text)
    assert "> 1\\. x" in text and "### - x" in text
    assert r"[- x](<https://t.example/%22%3E%3Cb%3E%20)(>)" in text


TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=30)


@settings(max_examples=60, deadline=None)
@given(TEXTS, TEXTS, st.integers(0, 30), st.integers(0, 30))
def test_any_text_comes_through_the_page_and_adds_no_tag(title: str, said: str, one: int, two: int) -> None:
    found = Report(1, title, "https://t.example/", "F", DAY, 0, (on("W", said, (one, two)),))
    page = read(render(build((found,), ("W",)), "html"))
    allowed = {"html", "meta", "title", "h1", "h2", "h3", "p", "blockquote", "mark", "ul", "li", "a"}
    assert set(page.tags) <= allowed
    assert " ".join(title.split()) in page.words and re.sub(r"\s", " ", said) in page.words


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 300)), max_size=20), st.randoms())
def test_each_article_is_told_once_whatever_the_order(
    found: list[tuple[int, int]], shuffle: random.Random
) -> None:
    reports = [
        report(n, f"T{n}", minutes, story=story, evidence=(on("W"),) if n % 3 == 0 else ())
        for n, (story, minutes) in enumerate(found, 1)
    ]
    brief = build(reports, ("W",))
    stories = [story for section in brief.sections for story in section.stories]
    told = sorted(one.article_id for story in stories for one in story.reports)
    assert told == sorted(one.article_id for one in reports)
    shuffle.shuffle(reports)
    for form in ("md", "json", "html"):
        assert render(build(reports, ("W",)), form) == render(brief, form)


def test_a_sentence_that_was_edited_away_says_so_and_gives_way_to_one_that_stands() -> None:
    former = replace(on("Ferries", "It sank_once."), until=DAY, feed="The <Hub>", feed_id=2)
    first = report(1, "Fog", story=1, evidence=(former,))
    alone, moment = build([first], ["Ferries"]), "2023-11-14 22:13 UTC"
    assert f"> It sank_once. (Ferries · matched until edited {moment} · in The \\<Hub>)" in render(
        alone, "md"
    )
    assert f"It sank_once. (Ferries · matched until edited {moment} · in The &lt;Hub&gt;)" in render(
        alone, "html"
    )
    both = build([first, report(2, "Fog", 1, story=1, evidence=(on("Ferries"),))], ["Ferries"])
    (section,) = both.sections
    assert [hit.evidence for hit in section.stories[0].hits] == [on("Ferries")]


def test_a_watch_without_words_has_no_sentence_to_quote() -> None:
    text = render(build([report(1, "Fog", evidence=(Evidence("Starred"),))], ["Starred"]), "md")
    assert "## Starred" in text and ">" not in text.replace("(<", "").replace(">)", "")


def test_a_digest_suits_the_kind_of_its_channel() -> None:
    odd = report(1, "**Fog** <b>[lifts](x)", 90, evidence=(on("Fog"),))
    brief = replace(build([odd, *(report(n, f"News {n}") for n in range(2, 30))], WATCHES), name="morning")
    short, chat, full = (digest(brief, kind) for kind in ("desktop", "url", "mail"))
    assert {letter.title for letter in (short, chat, full)} == {"morning: 29 articles in 29 stories"}
    assert short.body.splitlines()[0] == odd.title and short.body.endswith("News 5\nand 24 more")
    assert [item.article_id for item in full.items] == [*range(2, 30), 1], "in the order of their times"
    assert short.bodies == {} and {len(text.splitlines()) for text in chat.bodies.values()} == {21, 41}
    assert chat.bodies["markdown"].startswith(
        r"- [\*\*Fog\*\* \<b>\[lifts\](x)](<https://quay.example/1>) (The Q"
    )
    assert "&lt;b&gt;[lifts](x)</a> (The Quay, Fog)<br>\n" in chat.bodies["html"]
    assert chat.bodies["plain"].startswith(f"- {odd.title}\n  https://quay.example/1 (The Quay, Fog)\n- ")
    assert full.bodies["plain"].count("### News") == 28 and "### News 7" in full.bodies["markdown"]
    assert full.bodies["html"].count("<h3>") == 29 and "<html" not in full.bodies["html"]
