"""Optional columns of the list, on wide and narrow screens."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.ui.running import Running, running
from tests.ui.samples import FEEDS
from tests.ui.shelf import NOW, Shelf, opened, story
from tuireader.config import loads
from tuireader.model import ArticleRow, View, ViewKind
from tuireader.text import cell_len
from tuireader.ui.drawing.row_options import RowOptions
from tuireader.ui.drawing.row_parts import detail_parts, excerpt, row_parts
from tuireader.ui.flows.settings import apply_config
from tuireader.wording.times import clock_time

LONG = "A title with a very long tail that fits into no line of a list that people read in a terminal " * 2
STORIES = (
    story(1, 1, "Ferries take phones", 1, author="Ada Quist"),
    story(2, 2, LONG, 2, author="A Correspondent With A Very Long Name"),
    story(3, 2, "渡轮公司下周起接受手机支付，纸质船票将于十月停用，乘客可在码头领取说明", 3,
          author="特约记者王小明于上海"),
    story(4, 1, "Nobody says who wrote it", 4, author=""),
)  # fmt: skip
AUTHORS = RowOptions(letters={}, folds=True, authors=True)


def shelf(*options: str) -> Shelf:
    return Shelf(FEEDS, STORIES, "[ui]\n" + "".join(f"{option} = true\n" for option in options))


def line(run: Running, title: str) -> str:
    return next(line for line in run.text.splitlines() if title in line)


def column(run: Running, title: str, text: str) -> int:
    """The cell at which a text begins in the line of an article."""
    return cell_len(line(run, title).partition(text)[0])


SIZES = ((120, 40), (80, 24))


async def test_authors_have_a_column_of_their_own() -> None:
    async with running(shelf("author_column")) as run:
        for size in SIZES:
            await run.resize(*size)
            authors = {"Ferries": "Ada Quist", "A title": "A Corr", "渡轮": "特约记者"}
            at = {column(run, title, author) for title, author in authors.items()}
            feeds = {column(run, title, "Tide") for title in ("A title", "渡轮")}
            (author_at,), (feed_at,) = at, feeds
            width = feed_at - 2 - author_at
            assert width == (size[0] - 26 * (size[0] > 100)) // 8
            assert "… " in line(run, "A title")[:author_at] and line(run, "A title").count("…") == 2
            assert "Quist" not in line(run, "Nobody")


def test_feeds_and_numbers_of_sources_can_be_left_out() -> None:
    row = ArticleRow(
        1, 1, "Ferries", NOW, False, False, sources=4, fold=1, fold_size=2, fold_languages=("en", "zh")
    )
    full = RowOptions({}, folds=True, width=120, now=NOW)
    for option, text in {"names": "Tide", "sources": "×5", "languages": "en zh"}.items():
        for options, shown in ((full, True), (replace(full, **{option: False}), False)):
            line = "".join(part for part, _ in row_parts(row, "Tide", options))
            assert (text in line) is shown and cell_len(line) == 120
    ui = loads("[ui]\nfeed_column = false\nsources_column = false\nlanguage_column = false")[0].ui
    options = RowOptions.of(ui, (), ())
    assert (options.names, options.sources, options.languages) == (False, False, False)


async def test_authors_are_shown_if_wanted_and_only_where_there_is_room(tmp_path: Path) -> None:
    async with opened(shelf(), tmp_path) as library, running(library, (120, 40)) as run:
        assert "Ada Quist" not in line(run, "Ferries")
        library.paths.config.write_text(shelf("author_column").config_text, encoding="utf-8")
        await run.flow(apply_config)
        assert "Ada Quist" in line(run, "Ferries")
    async with running(shelf("author_column"), (75, 24)) as run:
        assert "Ada Quist" not in line(run, "Ferries")


async def test_reading_times_stand_before_the_titles() -> None:
    html = {"Ferries": 30, "A title": 2_400, "渡轮": 48_000}
    stories = tuple(
        dataclasses.replace(story, entry=replace(story.entry, content_html=f"<p>{'word ' * words}</p>"))
        for story, words in zip(STORIES, (*html.values(), 0), strict=True)
    )
    view = '[[view]]\nname = "Long"\nquery = "reading_time:>5"\n'
    options = "[ui]\nreading_time_column = true\n"
    async with running(Shelf(FEEDS, stories, f"{options}{view}", relates=False)) as run:
        for size in SIZES:
            await run.resize(*size)
            ends = {column(run, title, " min") for title in html}
            assert len(ends) == 1 and " 10 min  A title" in run.text and "200 min  渡轮" in run.text
            assert column(run, "Nobody", "Nobody") == ends.pop() + len(" min  ")
        await run.go_to(View(ViewKind.QUERY, "reading_time:>5"))
        assert len(run.main.articles.ids) == 2
        await run.press("enter")
        assert " · 10 min" in run.text
    async with running(shelf("reading_time_column"), (75, 24)) as run:
        assert " min " not in line(run, "Ferries")


@pytest.mark.parametrize("author", ["Ada Quist", "特约记者王小明于上海"])
@pytest.mark.parametrize("cosy", [False, True])
def test_each_column_begins_at_the_same_cell_in_all_rows(author: str, cosy: bool) -> None:
    for width in (*range(30, 200, 9), 76, 110):
        assert_columns_are_in_line(width, author, cosy)


def assert_columns_are_in_line(width: int, author: str, cosy: bool) -> None:
    options = replace(AUTHORS, cosy=cosy, width=width, now=NOW)
    row = ArticleRow(1, 1, LONG, NOW, False, False, author=author, watches=("Ferries",))
    folded = replace(row, read=True, fold=1, fold_size=12, fold_read=3,
                     fold_languages=("en", "zh", "ja", "de", "fr"),
                     detail=("An old sentence that tells of phones. " * 3, ((30, 36),), "F"))  # fmt: skip
    short = replace(folded, title="渡轮", starred=True, labels=("later",), edited=True, fold_size=2)
    lines = []
    for article in (row, folded, short):
        parts = row_parts(article, "The Harbour Gazette of Tidewater", options)
        assert sum(cell_len(text) for text, _ in parts) == width or width < 36
        lines.append("".join(text for text, _ in parts))
        below = detail_parts(article, "The Harbour Gazette of Tidewater", options)
        assert sum(cell_len(text) for text, _ in below) == width
    assert ("phones", "dim/hit:F") in below and "“" in "".join(text for text, _ in below)
    assert lines[1].endswith("×12  ") and lines[2].endswith("  ×2  ")
    assert "3 of 12 read" in lines[1] and "3 of 2" not in lines[2]
    assert ("en +4" in lines[1]) == (60 <= width < 110) and ("en zh +3" in lines[1]) == (width >= 110)
    assert ("The Harb" in "".join(text for text, _ in below)) == (cosy and 48 <= width < 84)
    feed = ("The Harb", 84 if cosy else 48)
    for column, least in ((clock_time(NOW), 36), feed, (author[:3], 76)):
        at = {cell_len(line.partition(column)[0]) for line in lines if column in line}
        assert len(at) == (width >= least), column
    assert all(cell_len(line.rstrip()) < width for line in lines)  # a scrollbar may cover the last cell


def test_a_sentence_is_cut_around_its_first_hit() -> None:
    text = "Anyone who opens an account is now met by a notice from the Weixin team, as WeChat says."
    hits = [(text.index(name), text.index(name) + 6) for name in ("Weixin", "WeChat")]
    for room in range(8, 70):
        shown, spans = excerpt(text, hits, room)
        assert cell_len(shown) <= room
        assert shown[slice(*spans[0])] == "Weixin" or room < 12
        words = shown.strip("… ").split()
        assert set(words[:-1]) <= set(text.split())
    assert excerpt(text, hits, 100) == (text, hits)


def test_a_hit_among_wide_characters_stays_in_sight() -> None:
    text = "教培之后，投资者开始重新计算风险。港股科技股星期二继续下跌，微信暂停注册。"
    at = text.index("微信")
    for room in range(14, 60):
        shown, ((start, end),) = excerpt(text, [(at, at + 2)], room)
        assert cell_len(shown) <= room and shown[start:end] == "微信"
        assert shown.endswith("微信暂停注册。") == (
            room >= 30
        )  # what follows is short, so more stands before


async def test_the_name_of_a_feed_is_not_repeated_in_its_list() -> None:
    async with running(shelf(), (80, 24)) as run:
        assert "The Quay" in line(run, "Nobody")
        feed = run.row.feed_id
        await run.go_to(View(ViewKind.FEED, str(feed)))
        titles = [row.title[:9] for row in await run.library.lists.rows(list(run.main.articles.ids))]
        assert len(titles) == 2 and not any("The Quay" in line(run, title) for title in titles)
