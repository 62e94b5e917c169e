"""The page of a story: opened by a key from list and article, moved in, read from, copied and saved."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.builders import fill
from tests.ui.demo_library import opened
from tests.ui.running import Running, running
from tests.ui.shelf import NOW, Story, arrive, written
from tuireader.export.story_formats import markdown
from tuireader.model import ParsedEntry, Surrounding
from tuireader.ui.drawing.story_page import build_story, facts
from tuireader.ui.screens.main import MainScreen
from tuireader.ui.screens.story import StoryScreen

SIZES = [(120, 40), (40, 10)]


async def test_the_page_is_a_timeline_with_what_each_report_added(demo: Running) -> None:
    await demo.at("The Kaseya key works")
    await demo.press("T")
    text = demo.text
    assert "Story   2 reports · 2 sources · " in text
    assert "▌ Ransomware  “Software company Kaseya has got hold of" in text
    rows = ["● ", "│   70 million dollars · Miami · REvil", "Night Watch Security", "Before", "20 days  "]
    places = [text.index(row) for row in rows]
    assert places == sorted(places)
    (before,) = (line for line in text.splitlines() if "Kaseya VSA used to push" in line)
    assert before.endswith("  2 reports") and "Ransomware spreads through software" not in text
    feeds = {
        line.index("Night Watch") for line in text.splitlines() if "Night Watch" in line and "”" not in line
    }
    assert len(feeds) == 1, "they are in a column"


async def test_quotations_begin_with_their_speakers_and_nothing_is_said_where_nothing_was_added(
    demo: Running,
) -> None:
    await demo.at("WeChat suspends")
    await demo.press("T")
    lines = [line.strip() for line in demo.text.splitlines()]
    assert any(line.startswith("│   Ling Zhao: “What is unusual") and line.endswith("…”") for line in lines)
    without = next(number for number, line in enumerate(lines) if "No new accounts" in line)
    assert lines[without + 1] == "│" and lines[without + 2].startswith("10:58 ● ")
    assert "no new" not in demo.text


async def test_the_page_opens_on_the_newest_unread_report_and_shows_all_of_it(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library, (80, 24)) as run:
        article = await run.at("WeChat suspends")
        page = await library.stories.page(article)
        ids = [entry.report.article_id for entry in page.reports]
        await run.press("T")
        pane = run.screen(StoryScreen).pane
        assert pane.targets[pane.chosen].article_id == ids[-1]
        assert "12:08 ● " in run.text and "Companies rarely close the till" in run.text
        await run.press("escape")
        await library.marks.set_read(ids[3:], True)
        await run.press("T")
        assert run.screen(StoryScreen).pane.targets[2].article_id == ids[2]
        assert run.screen(StoryScreen).pane.chosen == 2 and "10:58 ○ " in run.text
        await run.press("escape")
        await library.marks.set_read(ids, True)
        await run.press("T")
        pane = run.screen(StoryScreen).pane
        assert pane.targets[pane.chosen].article_id == article and "● " not in run.text


COPIED = (
    "The harbour of Kettlemouth lost its lights on Sunday after a barge tore the cable of the Lantern yard. "
    "Pilots from Dunmore guided forty ships past the Vexley breakwater by radar until the morning. "
    "Engineers of Brightwater laid a spare line along the quay, and the council promised an inquiry. "
)


async def test_copies_share_a_line_until_it_is_opened(tmp_path: Path) -> None:
    async with opened(tmp_path) as library:
        for feed in (1, 2, 3):
            text = f"<p>{COPIED}{'Edited. ' * (feed - 1)}</p>"
            made = ParsedEntry(
                guid="l", title="Lanterns out at Kettlemouth", content_html=text, published=NOW - 600 + feed
            )
            await fill(library, feed, made, now=NOW)
        async with running(library, (120, 40)) as run:
            await run.at("Lanterns out")
            await run.press("T")
            pane = run.screen(StoryScreen).pane
            assert (
                "3 reports · 3 sources" in run.text and run.text.count("Lanterns out") == 2
            )  # the head, too
            assert run.text.count("●   also ") == 1 and len(pane.targets) == 2
            await run.press("j")
            folded = pane.targets[pane.chosen]
            await run.press("enter")
            assert isinstance(run.app.screen, StoryScreen) and run.text.count("●   also ") == 2
            assert pane.targets[pane.chosen] == folded
            await run.press("j", "enter")
            assert run.open_id not in (None, folded.article_id)
            await run.press("T", "j", "enter", "enter")
            assert run.open_id == folded.article_id


async def test_an_unread_copy_of_a_read_report_has_its_dot_and_the_cursor(tmp_path: Path) -> None:
    async with opened(tmp_path) as library:
        for feed in (1, 2, 3):
            made = ParsedEntry(
                guid="l", title="Lanterns out", content_html=f"<p>{COPIED}</p>", published=NOW - 600 + feed
            )
            await fill(library, feed, made, now=NOW)
        async with running(library, (120, 40)) as run:
            article = await run.at("Lanterns out")
            page = await library.stories.page(article)
            ids = [entry.report.article_id for entry in page.reports]
            await library.marks.set_read(ids[:2], True)
            await run.press("T")
            pane = run.screen(StoryScreen).pane
            assert "○   Lanterns out" in run.text and "●   also" in run.text
            assert pane.chosen == 1
            await run.press("escape")
            await library.marks.set_read(ids, True)
            await run.press("T")
            assert "○   also" in run.text and "●" not in run.text


@pytest.mark.parametrize("size", SIZES)
async def test_every_article_of_the_page_can_be_reached_and_comes_in_sight(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with opened(tmp_path) as library, running(library, size) as run:
        await run.at("WeChat suspends")
        await run.press("T", "g")
        pane = run.screen(StoryScreen).pane
        assert pane.chosen == 0 and pane.scroll_offset.y == 0
        seen, last = [0], len(pane.targets) - 1
        assert last >= 8
        presses = 0
        while seen[-1] < last and presses < 200:
            await run.hit("j")
            presses += 1
            if pane.chosen != seen[-1]:
                seen.append(pane.chosen)
        assert seen == list(range(last + 1))
        await run.press(*"jjjjj")
        assert pane.chosen == last
        await run.hit(*"k" * (presses + 6))
        assert pane.chosen == 0
        await run.press("G")
        assert pane.chosen == last
        await run.press("ctrl+u", "pageup", "pageup", "pageup", "pageup", "ctrl+d")
        assert 0 <= pane.chosen <= last
        await run.press("escape")
        assert isinstance(run.app.screen, MainScreen) and run.open_id is None


async def test_a_report_opens_and_back_goes_to_where_one_was(demo: Running) -> None:
    first = await demo.at("WeChat suspends")
    await demo.press("T", *"kkkk", "enter")  # from the list
    pacific = demo.open_id
    assert pacific not in (None, first) and demo.focus == "article"
    assert "Tencent’s WeChat stops taking new users" in demo.text
    await demo.press("h")
    assert demo.open_id is None and demo.focus == "list"
    demo.main.articles.select_id(first)
    await demo.press("enter", "T", *"kkkk", "enter")  # from the article
    assert demo.open_id == pacific
    await demo.press("h")
    assert demo.open_id == first
    await demo.press("T", "k", "enter")  # the open article itself
    assert isinstance(demo.app.screen, MainScreen) and demo.open_id == first and demo.focus == "article"
    await demo.press("T", "h")
    assert demo.open_id == first
    await demo.press("T", "q")
    assert demo.open_id == first
    await demo.press("T")
    row = next(at for at, line in enumerate(demo.text.splitlines()) if line.strip().startswith("09:48"))
    await demo.click("#article", (40, row - 2))
    assert demo.open_id == pacific


async def test_the_page_is_copied_and_saved_and_its_articles_open_in_the_browser(tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    async with opened(tmp_path, more=f'[save]\nfolder = "{folder}"\n') as library, running(library) as run:
        article = await run.at("WeChat suspends")
        page = await library.stories.page(article)
        await run.press("T", "k", "y")
        address = next(one.report.url for one in page.reports if one.report.article_id == article)
        assert run.app.clipboard == address and f"Copied: {address}" in run.toasts
        await run.press("o")
        assert run.browsed == [address]
        await run.press("Y")
        assert run.app.clipboard == markdown(page) and "Copied the story as Markdown" in run.toasts
        await run.press("S", "S")
        (saved,) = folder.iterdir()
        assert saved.read_text(encoding="utf-8") == markdown(page)
        assert f"Saved: {saved}" in run.toasts and "Already saved, unchanged" in run.toasts
        saved.unlink()
        folder.rmdir()
        folder.write_text("a file")
        await run.press("S")
        assert "cannot be written to" in run.toasts


async def test_an_article_without_a_story_has_the_same_page(demo: Running) -> None:
    await demo.at("Slow bread")
    await demo.press("T")
    assert "Story   1 report · 1 source · " in demo.text and "Slow bread for hot days" in demo.text
    await demo.press("y", "j", "k", "G", "g", "enter")
    assert "Slow bread" in demo.text and demo.focus == "article"


async def test_a_page_is_read_again_when_the_store_changes_and_the_cursor_stays(demo: Running) -> None:
    article = await demo.at("The Kaseya key works")
    await demo.press("T", "k")
    pane = demo.screen(StoryScreen).pane
    chosen = pane.targets[pane.chosen]
    with written(demo.library) as store:
        later = (await demo.library.lists.ids(demo.main.session.view))[0]
        store.references.set(later, [(article, "It began with a key.")])
    await demo.main.controllers.reload()
    await demo.settle()
    await demo.resize(120, 60)
    assert "After" in demo.text and "“It began with a key.” –" in demo.text
    assert pane.targets[pane.chosen] == chosen
    with written(demo.library) as store:
        store.relations.split(chosen.article_id or 0)
    await demo.main.controllers.reload()
    await demo.settle()
    assert "1 report · 1 source" in demo.text


async def test_reports_that_are_left_out_are_counted(demo: Running) -> None:
    article = await demo.at("WeChat suspends")
    page = replace(await demo.library.stories.page(article), left_out=1200)
    shown, _ = build_story(page, await demo.library.articles.require(article))
    texts = [part.text for part in (*shown.head, *shown.tail.parts)]
    assert "1,200 later reports are left out" in texts
    assert facts(page, NOW).startswith("1,205 reports · 4 sources · ")


async def test_a_sentence_about_several_articles_is_shown_once(demo: Running) -> None:
    article = await demo.library.articles.require(await demo.at("Slow bread"))
    page = await demo.library.stories.page(article.id)
    old = [
        Surrounding(at, f"Old {at}", "", "The Quay", 0, read=False, sentence="It is so.", said_by="B")
        for at in (1, 2)
    ]
    shown, start = build_story(replace(page, background=tuple(old)), article)
    texts = [part.text for part in shown.tail.parts]
    assert texts.count("“It is so.” – B") == 1 and start == 0
    assert [target.title for target in shown.tail.targets[1:]] == ["Old 1", "Old 2"]


async def test_the_place_on_a_page_stays_when_it_is_read_again(demo: Running) -> None:
    await demo.resize(80, 24)
    await demo.at("WeChat suspends")
    await demo.press("T", "G")
    pane = demo.screen(StoryScreen).pane
    place = pane.scroll_offset.y, pane.chosen
    assert place[0] > 10
    await demo.main.controllers.reload()
    await demo.settle()
    assert (pane.scroll_offset.y, pane.chosen) == place
    await demo.press("Q")
    assert not demo.app.is_running


async def test_entries_without_title_or_address(tmp_path: Path) -> None:
    async with opened(tmp_path) as library:
        arrive(library, Story(1, ParsedEntry(guid="bare", content_html="<p>ten</p>", published=NOW - 60)))
        async with running(library) as run:
            newest = max(await library.lists.ids(run.main.session.view))
            run.main.articles.select_id(newest)
            await run.settle()
            await run.press("T", "y")
            assert "This article has no address" in run.toasts
