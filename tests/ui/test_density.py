"""The list as a person uses it: headings of days, one or two lines for an article, unread marks."""

from __future__ import annotations

import dataclasses
from random import Random

import pytest
from msgspec.structs import replace

from tests.ui.running import Running, running
from tests.ui.samples import FEEDS
from tests.ui.shelf import NOW, Shelf, story
from tuireader.config import loads
from tuireader.model import View, ViewKind
from tuireader.ui.widgets.pane import Pane
from tuireader.ui.widgets.table import Table

ALL = View(ViewKind.ALL)
DAY = 86_400
STORIES = tuple(
    dataclasses.replace(
        item, entry=replace(item.entry, published=NOW - 5_000 * n, content_html=f"<p>Teaser {n}.</p>")
    )
    for n, item in enumerate(story(number, number % 2 + 1, f"Title {number}", 1) for number in range(1, 61))
)


def shelf(*options: str) -> Shelf:
    return Shelf(FEEDS, STORIES, "\n".join(["[ui]", *options]), relates=False)


def lines(run: Running) -> list[str]:
    """The lines of the list."""
    pane = run.main.articles
    return [pane.render_line(y).text.rstrip() for y in range(pane.size.height)]


def styles(run: Running, text: str) -> set[str]:
    """Colours and boldness of a text in the list."""
    pane = run.main.articles
    drawn = [segment for y in range(pane.size.height) for segment in pane.render_line(y)]
    return {str(segment.style) for segment in drawn if text in segment.text}


def assert_cursor_is_seen(run: Running) -> None:
    pane = run.main.articles
    (at,) = [y for y, line in enumerate(lines(run)) if f" {run.row.title} " in f"{line} "]
    assert pane.cursor_line == at
    top, last = lines(run)[0], pane.scroll_offset.y + pane.size.height
    assert top.endswith("──") and at > 0 and last >= pane.places.of(pane.cursor) + pane.places.height


def assert_kept_lines_are_as_drawn(pane: Pane) -> None:
    """What a key left of the pane's lines is what drawing all of them gives."""
    region = pane.outer_size.region
    kept = pane.render_lines(region)
    pane.refresh()
    assert kept == pane.render_lines(region)


@pytest.mark.parametrize(
    ("size", "option", "cosy"),
    [
        ((120, 30), "", True),
        ((119, 40), "", False),
        ((120, 29), "", False),
        ((120, 30), 'density = "compact"', False),
        ((80, 24), 'density = "cosy"', True),
    ],
)
async def test_the_second_line(size: tuple[int, int], option: str, cosy: bool) -> None:
    async with running(shelf(option), size) as run:
        at = next(y for y, line in enumerate(lines(run)) if " Title 1 " in f"{line} ")
        assert ("  Teaser 0." in lines(run)[at + 1]) == cosy
        assert lines(run)[at + (cosy and size[0] == 80)].endswith("  Tide Tables")
        assert (" Title 2" in lines(run)[at + 1 + cosy]) and run.main.articles.is_cosy == cosy


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (120, 33), (60, 16)])
@pytest.mark.parametrize("density", ["cosy", "compact"])
async def test_the_cursor_is_always_seen_below_the_heading_of_its_day(
    size: tuple[int, int], density: str
) -> None:
    dice = Random(density)
    keys = ["j", "k", "pagedown", "pageup", "ctrl+d", "ctrl+u", "G", "g"]
    async with running(shelf(f'density = "{density}"'), size) as run:
        await run.show(ALL)
        assert lines(run)[0].startswith(" Today ──")
        for key in ("G", "g", "pagedown", "pageup", *dice.choices(keys, k=30)):
            before = run.main.articles.cursor
            await run.press(key)
            assert_cursor_is_seen(run)
            assert_kept_lines_are_as_drawn(run.main.articles)
            moved = run.main.articles.cursor - before
            assert moved * (1 if key in ("j", "pagedown", "ctrl+d", "G") else -1) >= 0
            if key in ("j", "k"):
                assert abs(moved) == (0 < before < 59 or (before == 0) == (key == "j"))


@pytest.mark.parametrize("seed", range(4))
async def test_scrolled_lines_are_as_drawn(demo: Running, seed: int) -> None:
    """Whatever else keys change: marks, folds, selections, the view, the sort order."""
    dice = Random(seed)
    keys = [*"jjjjkknNms vVzZuU.hl", "G", "g", "pagedown", "pageup", "ctrl+d", "ctrl+z", "enter", "h"]
    await demo.resize(*((120, 20), (80, 24))[seed % 2])
    await demo.press(".")
    for key in dice.choices(keys, k=25):
        await demo.press(key)
        if demo.app.screen is not demo.main:
            await demo.press("escape")
        assert_kept_lines_are_as_drawn(demo.main.articles)
        assert_kept_lines_are_as_drawn(demo.main.sidebar)


async def test_scrolled_tables_are_as_drawn() -> None:
    dice = Random(5)
    async with running(shelf(), (80, 12)) as run:
        await run.press("=")
        table = run.app.screen.query_one(Table)
        for key in dice.choices(["j", "k", "pagedown", "pageup", "G", "g"], k=30):
            await run.press(key)
            assert_kept_lines_are_as_drawn(table)


async def test_resizing_keeps_the_article() -> None:
    async with running(shelf(), (120, 40)) as run:
        await run.press("pagedown", "pagedown", "j")
        article = run.cursor_id
        for size in ((119, 40), (120, 40), (80, 24), (200, 60), (120, 30)):
            await run.resize(*size)
            assert run.cursor_id == article
            assert_cursor_is_seen(run)
            assert any("Teaser" in line for line in lines(run)) == (size[0] >= 120)


async def test_each_page_continues_where_the_last_one_ended() -> None:
    async with running(shelf()) as run:
        await run.show(ALL)
        seen = set()
        for _ in range(8):
            seen |= {
                line.split()[2]
                for line in lines(run)
                if " Title " in line
                for line in [line.partition(":")[2]]
            }
            await run.press("pagedown")
        assert len(seen) == 60


async def test_a_click_moves_the_cursor_but_not_on_a_heading() -> None:
    async with running(shelf()) as run:
        await run.show(ALL)
        await run.click("#list", (20, 0))
        assert run.main.articles.cursor == 0 and run.open_id is None
        await run.click("#list", (20, 4))  # the second line of the second article
        assert run.main.articles.cursor == 1
        heading = next(y for y, line in enumerate(lines(run)) if y and line.endswith("──"))
        await run.click("#list", (20, heading))
        assert run.main.articles.cursor == 1 and run.open_id is None
        await run.click("#list", (20, heading + 1))
        assert run.row.title in lines(run)[heading + 1]


async def test_nothing_moves_when_a_refresh_brings_articles() -> None:
    async with running(shelf()) as run:
        await run.show(ALL)
        articles, ids, days = run.main.articles, run.main.articles.ids, run.main.articles.days
        articles.show(ids[3:20], days=await run.library.lists.days(ids[3:20]))
        await run.settle()
        articles.update_ids(ids[2:], await run.library.lists.days(ids[2:]))
        assert articles.cursor == 0 == articles.scroll_offset.y  # nobody has moved yet
        await run.press("pagedown", "j")
        before, cursor = lines(run), run.cursor_id
        articles.update_ids(ids, days)
        await run.settle()
        assert (lines(run), run.cursor_id) == (before, cursor)


async def test_headings_change_at_midnight() -> None:
    async with running(shelf()) as run:
        await run.show(ALL)
        assert lines(run)[0].startswith(" Today ─")
        run.app.clock = lambda: NOW + DAY
        run.main.articles.check_day()
        await run.settle()
        assert lines(run)[0].startswith(" Yesterday ─") and "Today ─" not in run.text


async def test_formats_of_days_and_times() -> None:
    async with running(shelf('date = "%d.%m."', 'time = "%I:%M %p"'), (80, 24)) as run:
        await run.show(ALL)
        headings = [line.split()[0] for line in lines(run) if line.endswith("──")]
        assert headings[:2] == ["Today", "Yesterday"]
        await run.press("G")
        assert lines(run)[0].strip(" ─").count(".") == 2
        assert all(line[3:12].strip()[-2:] in ("AM", "PM") for line in lines(run) if " Title " in line)


@pytest.mark.parametrize(
    ("key", "value"), [("time", "%Q"), ("date", "100 %"), ("time", "%A" * 9), ("date", 3)]
)
def test_a_wrong_format_is_a_problem_of_its_key(key: str, value: object) -> None:
    config, problems = loads(f"[ui]\n{key} = {value!r}".replace("'", '"'))
    (problem,) = problems
    assert problem.path == f"ui.{key}" and "\n" not in problem.message
    assert (config.ui.date, config.ui.time) == ("", "%H:%M")


async def test_unread_articles_are_marked_where_there_are_others() -> None:
    async with running(shelf()) as run:
        assert run.view_kind == "unread" and not any("●" in line for line in lines(run))
        bright = styles(run, "Title 2")
        await run.press("N")
        assert styles(run, "Title 1") != bright == styles(run, "Title 2")
        assert "Title 1" in run.text  # stays until another list is shown
        await run.show(ALL)
        marked = [line for line in lines(run) if " Title " in line]
        assert "●" not in marked[0] and all("●" in line for line in marked[1:])
        assert styles(run, "●") != styles(run, "Title 2")


async def test_a_search_shows_the_sentence_found_in_each_row(demo: Running) -> None:
    await demo.press("/")
    await demo.write("registration\r")
    await demo.settle()
    below = [line for line in lines(demo) if "“" in line]
    assert len(below) == len(demo.main.articles.ids) > 1
    assert all("registration" in line.lower() for line in below)
    assert not demo.main.hits.line.display
    await demo.resize(110, 40)
    assert demo.main.hits.line.display and sum("“" in line for line in lines(demo)) == 0
    await demo.resize(120, 40)
    await demo.press("q")


async def test_an_article_of_another_day_shows_its_date(demo: Running) -> None:
    await demo.show(ALL)
    rows = await demo.library.lists.rows(demo.main.articles.ids)
    lead = next(row for row in rows if row.title.startswith("AMD") or row.fold_size == 2)
    demo.main.articles.select_id(lead.id)
    await demo.press("f")
    headings = {line.strip(" ─") for line in lines(demo) if line.endswith("──")}
    assert any("└ " in line for line in lines(demo)) and len(headings) > 1
    await demo.press("f")
