"""The page of a story through `Library` and the command line: reports, background, follow-ups, formats."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.builders import CLOCK, TWO_FEEDS, WATCHES, entry, fill, opened
from tests.cli.command import run_words
from tests.core.test_export import read
from tests.newsroom import row_of
from tests.ui.shelf import written
from tuireader.errors import Exit, TuireaderError
from tuireader.export.brief import Report
from tuireader.export.story import StoryPage, StoryReport
from tuireader.export.story_formats import render
from tuireader.library import Library
from tuireader.model import AddedKind, Addition, Evidence, Surrounding

SAID = "Earlier this month, China ordered a ban on new downloads of Didi."
DAY = 1_700_000_000


async def page_of(library: Library, title: str) -> StoryPage:
    return await library.stories.page((await row_of(library, title)).id)


# --------------------------------------------------------------------------- library


async def test_the_page_of_a_story(demo: Library) -> None:
    page = await page_of(demo, "The Kaseya key works")
    assert page.title == "Kaseya obtains a key to unlock files three weeks after ransomware attack"
    assert (len(page.reports), page.outlets, page.left_out) == (2, 2, 0)
    first, second = page.reports
    assert (first.report.lag, second.report.lag) == (0, 9900)
    assert first.added[0] == Addition(AddedKind.NUMBER, "70 million dollars")
    assert Addition(AddedKind.NAME, "VSA") in second.added
    (hit,) = page.hits
    assert hit.evidence.watch == "Ransomware" and hit.evidence.sentence and hit.report is first.report
    assert [one.time for one in page.background] == sorted(one.time for one in page.background)
    assert page.background and all(one.time < page.first.time for one in page.background)
    assert {one.report.article_id for one in page.reports}.isdisjoint(
        one.article_id for one in (*page.background, *page.follow_ups)
    )


async def test_a_story_before_another_takes_one_line_everywhere(demo: Library) -> None:
    page = await page_of(demo, "WeChat suspends")
    (didi,) = (one for one in page.background if "Didi" in one.title)
    story = await demo.stories.page(didi.article_id)
    reports = {one.report.article_id for one in story.reports}
    known = {didi.article_id, *didi.other_reports}
    assert known <= reports and len(known) == len(didi.other_reports) + 1 == 3
    assert reports & {one.article_id for one in page.background} == {didi.article_id}
    text, _ = await demo.stories.render(page.reports[0].report.article_id, "json")
    shown = {one["id"]: one["other_reports"] for one in json.loads(text)["background"]}
    assert shown[didi.article_id] == [*didi.other_reports]
    text, _ = await demo.stories.render(page.reports[0].report.article_id, "md")
    assert len([line for line in text.splitlines() if didi.title in line and "(3 reports)" in line]) == 1


async def test_speakers_are_named_and_watches_come_in_their_order(demo: Library) -> None:
    page = await page_of(demo, "WeChat suspends")
    added = {one.report.title: one.added for one in page.reports}
    suspends = next(facts for title, facts in added.items() if title.startswith("WeChat suspends"))
    assert {one.speaker for one in suspends} == {"", "Ling Zhao", "Imke Faber"}
    assert () in added.values()
    assert [hit.evidence.watch for hit in page.hits] == ["WeChat", "PIPL"]


async def test_every_report_leads_to_the_same_reports(demo: Library) -> None:
    page = await page_of(demo, "WeChat suspends")
    for one in page.reports:
        assert (await demo.stories.page(one.report.article_id)).reports == page.reports


async def test_an_article_without_a_story_is_its_only_report(demo: Library) -> None:
    page = await page_of(demo, "Slow bread")
    assert [one.report.title for one in page.reports] == ["Slow bread for hot days"]
    assert page.hits == () and page.left_out == 0
    with pytest.raises(TuireaderError, match="there is no article 9999"):
        await demo.stories.page(9999)


# --------------------------------------------------------------------------- formats


def report(number: int, title: str, minutes: int, *evidence: Evidence) -> Report:
    address = f"https://quay.example/{number}"
    return Report(number, title, address, "The Quay", DAY + 60 * minutes, evidence=evidence, lag=60 * minutes)


HIT = Evidence("Lantern", (), "The ferry takes Lantern from Monday.", ((16, 23),))
PAGE = StoryPage(
    (
        StoryReport(report(4, "Ferry takes *Lantern*", 0, Evidence("Lantern"), Evidence("Other"))),
        StoryReport(
            report(5, "", 40, HIT),
            (
                Addition(AddedKind.NUMBER, "45,000 users"),
                Addition(AddedKind.QUOTATION, "We <all> pay", "Jane Doe"),
                Addition(AddedKind.QUOTATION, "We do not"),
            ),
        ),
        StoryReport(report(6, "Fog", 180)),
        StoryReport(replace(report(7, "Fog again", 190), copy_of=6)),
    ),
    ("Lantern",),
    (Surrounding(1, "Old", "javascript:x", "The Quay", DAY - 60, read=False, sentence=SAID, said_by="B"),),
    (Surrounding(9, "New", "https://quay.example/9", "The Quay", DAY + 6000, read=False),),
    left_out=2,
)
MARKDOWN = rf"""# Ferry takes \*Lantern\*

4 reports by 1 feed, 2 others left out, 2023-11-14 22:13 to 2023-11-15 01:23 UTC.

## Watches

- Lantern · The Quay
  > The ferry takes **Lantern** from Monday.
- Other · The Quay

## Before

- 2023-11-14 22:12 UTC · The Quay: Old
  > {SAID} (B)

## Reports

- 2023-11-14 22:13 UTC · The Quay: [Ferry takes \*Lantern\*](<https://quay.example/4>)
- 2023-11-14 22:53 UTC (+40 min) · The Quay: [https://quay.example/5](<https://quay.example/5>)
  - 45,000 users
  - “We \<all> pay” – Jane Doe
  - “We do not”
- 2023-11-15 01:13 UTC (+3 h) · The Quay: [Fog](<https://quay.example/6>)
- 2023-11-15 01:23 UTC (+3 h) · The Quay: [Fog again](<https://quay.example/7>)
  - same text as The Quay

## After

- 2023-11-14 23:53 UTC · The Quay: [New](<https://quay.example/9>)
"""


def test_the_markdown() -> None:
    assert render(PAGE, "md") == MARKDOWN


def test_a_page_of_one_report_has_its_time() -> None:
    alone = StoryPage(PAGE.reports[:1])
    assert "\n1 report by 1 feed, 2023-11-14 22:13 UTC.\n" in render(alone, "md")


def test_the_web_page_has_the_same_and_nothing_else() -> None:
    made = render(PAGE, "html")
    assert read(made)
    for text in ("<mark>Lantern</mark>", "“We &lt;all&gt; pay” – Jane Doe", "<h2>After</h2>", f"{SAID} (B)"):
        assert text in made
    assert "javascript" not in made and "<all>" not in made and made.endswith("</html>\n")
    assert re.findall(r"<h2>(\w+)</h2>", made) == ["Watches", "Before", "Reports", "After"]


def test_the_json() -> None:
    made = json.loads(render(PAGE, "json"))
    assert made["reports"][1]["added"][1] == {
        "kind": "quotation",
        "text": "We <all> pay",
        "speaker": "Jane Doe",
    }
    assert made["watches"][0]["id"] == 5 and made["watches"][0]["spans"] == [[16, 23]]
    assert made["left_out"] == 2 and made["background"][0]["sentence"] == SAID


# --------------------------------------------------------------------------- command line


def test_the_story_as_a_command(
    tmp_path: Path, demo_database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(demo_database, tmp_path / "demo.db")
    demo = ("--demo", "--database", str(tmp_path / "demo.db"))
    listed = run_words(capsys, *demo, "list", "--json", "title:Kaseya AND title:works").out
    number = str(json.loads(listed.splitlines()[0])["id"])
    told = run_words(capsys, *demo, "brief", "--story", number)
    assert told.code == Exit.OK and told.out.startswith("# Kaseya obtains a key to unlock files")
    assert "## Reports" in told.out and "  - 70 million dollars\n" in told.out
    made = json.loads(run_words(capsys, *demo, "brief", "--story", number, "--json").out)
    assert [one["feed"] for one in made["reports"]] == ["Pacific Wire", "Night Watch Security"]
    assert "<h2>Reports</h2>" in run_words(capsys, *demo, "brief", "--story", number, "--format", "html").out
    told = run_words(capsys, *demo, "brief", "--story", "9999")
    assert told.code == Exit.USAGE and "there is no article 9999" in told.err
    told = run_words(capsys, *demo, "brief", "--story", number, "--watch", "WeChat")
    assert told.code == Exit.USAGE and "--story goes without --watch" in told.err
    told = run_words(capsys, *demo, "brief", "--story", number, "--since", "24h")
    assert told.out.splitlines()[2:] == ["0 new of 2 reports by 2 feeds."]


async def test_only_what_was_added_since(tmp_path: Path) -> None:
    """With a time, or since the last such page; what is added is compared with all reports before."""
    async with opened(tmp_path, TWO_FEEDS + WATCHES) as library:
        titles = ("WeChat stops", "Old firm stops 45,000 users", "WeChat stops 45,000 users")
        for number, title in enumerate(titles, 1):
            await fill(library, 1, entry(number, title=title, published=CLOCK - 3600 * (4 - number)))
        with written(library) as store:
            for number in (2, 3):
                store.relations.join(number, 1)

        async def shown(since: int | None) -> list[tuple[str, list[str]]]:
            text, end = await library.stories.render(1, "json", since=since)
            assert end == 3
            reports = json.loads(text)["reports"]
            return [(each["title"], [fact["text"] for fact in each["added"]]) for each in reports]

        every = await shown(0)
        assert [title for title, _ in every] == [*titles] and every[1][1] == ["45,000 users"]
        assert await shown(CLOCK - 3600 * 2) == every[1:] and await shown(CLOCK - 3599) == []
        text, _ = await library.stories.render(1, "md", since=CLOCK - 3600 * 2)
        assert text.startswith("# WeChat stops\n\n2 new of 3 reports by 1 feed, ")
        assert "- WeChat · https://a.example.org/feed\n  > **WeChat** stops 45,000 users\n" in text
        assert await shown(None) == every  # there was no such page before
        await library.briefs.end("", 2, 1)
        assert await shown(None) == every[2:]
        brief, _ = await library.briefs.make(None)
        assert brief.articles == 3  # which goes on where the last brief ended
