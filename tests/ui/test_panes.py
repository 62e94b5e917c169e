"""Panes side by side: arrangements by size, dividers moved by key and mouse, previews, the accent edge."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual.geometry import Region

from tests.examples import half_as_many
from tests.ui.running import Running, running
from tests.ui.samples import library
from tests.ui.shelf import Server, configured, many
from tests.ui.snap_svg import strips
from tuireader.config import UiConfig, loads
from tuireader.config.shape import KEYS
from tuireader.model import View, ViewKind
from tuireader.ui.controllers import previews
from tuireader.ui.drawing.page_parts import Page
from tuireader.ui.geometry import Boxes, Dividers, Mode, Shown, boxes, mode_for, read, write
from tuireader.ui.views import ALL

WIDE, FOLDED = (200, 50), (160, 40)

# --------------------------------------------------------------------------- where the panes go


@pytest.mark.parametrize(
    ("layout", "size", "mode"),
    [
        ("auto", (176, 10), Mode.COLUMNS), ("auto", (175, 40), Mode.FOLDED), ("auto", (152, 40), Mode.FOLDED),
        ("auto", (151, 40), Mode.STACKED), ("auto", (100, 16), Mode.STACKED), ("auto", (99, 40), Mode.NARROW),
        ("auto", (59, 40), Mode.SINGLE), ("auto", (120, 15), Mode.SINGLE), ("auto", (200, 9), Mode.SINGLE),
        ("stacked", (300, 60), Mode.STACKED), ("columns", (140, 40), Mode.COLUMNS),
        ("columns", (100, 40), Mode.FOLDED), ("columns", (99, 40), Mode.NARROW),
    ],
)  # fmt: skip
def test_the_arrangement_fits_the_terminal(layout: str, size: tuple[int, int], mode: Mode) -> None:
    assert mode_for(layout, *size) is mode


def test_three_panes_have_the_widths_that_people_read_best() -> None:
    for width in range(176, 260):
        at = boxes(Mode.COLUMNS, (width, 40), Dividers(), 26, Shown())
        assert at.sidebar and at.articles and at.article
        assert at.sidebar.width == 26 and 60 <= at.articles.width <= 80 and at.article.width >= 82


def moved_to(sidebar: int, share: int) -> Dividers:
    """Dividers that were moved in both layouts, or (with 0) nowhere."""
    kept = {f"{name}.sidebar": sidebar for name in ("columns", "stacked") if sidebar}
    return Dividers(kept | {f"{name}.list": share / 100 for name in ("columns", "stacked") if share})


shown = st.builds(Shown, st.booleans(), st.booleans(), st.booleans(), st.integers(0, 100))
dividers = st.builds(moved_to, st.integers(-50, 500), st.integers(0, 100))


@given(st.sampled_from(Mode), st.integers(1, 400), st.integers(1, 100), dividers, st.integers(14, 82), shown)
@half_as_many
def test_panes_cover_the_screen_and_never_overlap(
    mode: Mode, width: int, height: int, moved: Dividers, sidebar: int, state: Shown
) -> None:
    fits = mode in (Mode.SINGLE, Mode.NARROW) or width > 90
    at = boxes(mode, (width, height), moved, sidebar, state)
    cells = [0] * (width * height)
    for box in lying(at, mode, state):
        if box and fits and height > 10:
            assert Region(0, 0, width, height).contains_region(box)
            for y in range(box.y, box.bottom):
                for x in range(box.x, box.right):
                    cells[y * width + x] += 1
    if fits and height > 10:
        assert set(cells) == {1}
    if state.article:
        assert at.article is not None or (mode is Mode.SINGLE and state.over)


def lying(at: Boxes, mode: Mode, state: Shown) -> Iterator[Region]:
    """The regions that lie on nothing else: a sidebar that is shown for a moment lies over the others."""
    over = state.over and mode in (Mode.NARROW, Mode.FOLDED) and not (state.article and state.alone)
    for name, box in at._asdict().items():
        if box is not None and not (over and name in ("sidebar", "edge")):
            yield box
    if over and mode is Mode.FOLDED:
        yield Region(0, 0, 1, at.edge.height if at.edge else 0)  # below the sidebar, where the edge was


@given(dividers, st.integers(176, 400), st.integers(30, 400))
@half_as_many
def test_a_divider_stays_where_it_was_put(moved: Dividers, width: int, at: int) -> None:
    moved.set_sidebar("columns", at, 26, width)
    sidebar = moved.sidebar("columns", 26, width)
    assert 12 <= sidebar <= max(12, width - 82)
    assert sidebar == at or not 12 <= at <= width - 82
    room = width - sidebar - 2
    moved.set_list_size("columns", at, room)
    size = moved.list_size("columns", room)
    assert size == at or not 40 <= at <= room - 40
    assert abs(moved.list_size("columns", 2 * room) - 2 * size) <= 1  # the same share of another terminal


def test_what_was_kept_is_read_again_and_nothing_else(tmp_path: Path) -> None:
    assert read(tmp_path) == Dividers()
    moved = Dividers({"columns.sidebar": -3, "columns.list": 0.5, "stacked.list": 0.25})
    write(tmp_path / "new", moved)
    assert read(tmp_path / "new") == moved
    for text in (
        "",
        "[]",
        "{",
        '{"columns.list": "x"}',
        '{"stacked.sidebar": true}',
        "[" * 5000,
        '{"x": 20}',
    ):
        (tmp_path / "panes.json").write_text(text)
        assert read(tmp_path) == Dividers(), text
    (tmp_path / "panes.json").write_text(
        '{"columns.list": 1e999, "stacked.list": -7, "columns.sidebar": 999.5}'
    )
    for mode in Mode:  # nonsense keeps the panes in place
        boxes(mode, (200, 50), read(tmp_path), 26, Shown(article=True))
    write(Path("/dev/null/none"), moved)  # a state folder that cannot be written


# --------------------------------------------------------------------------- previews


async def test_the_article_under_the_cursor_is_previewed_after_a_rest() -> None:
    async with running(library(), WIDE) as run:
        first = run.row
        assert first.title in run.page_lines[1] and run.focus == "list"
        assert run.open_id == first.id in await run.unread()
        await run.press("j")
        assert run.open_id == run.cursor_id != first.id and run.row.title in run.page_lines[1]
        assert run.focus == "list" and not run.row.read
        assert {first.id, run.row.id} <= await run.unread()
        await run.press("enter")
        assert run.focus == "article" and run.row.read and run.row.id not in await run.unread()
        assert first.id in await run.unread()
        await run.press("q")
        assert run.focus == "list" and run.open_id == run.cursor_id  # it stays beside the list
        await run.press("q")
        assert not run.app.is_running


async def test_keys_that_are_pressed_fast_preview_only_the_last_article(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with running(many(200), WIDE) as run:
        shown: list[int] = []
        show = run.main.pane.show

        def note(page: Page, *, place: int = 0) -> None:
            shown.append(page.article.id)
            show(page, place=place)

        monkeypatch.setattr(run.main.pane, "show", note)
        await run.write("j" * 30)
        assert run.main.articles.cursor == 30 and shown == [run.cursor_id]


@pytest.mark.parametrize(
    ("keys", "opens"), [("jjje", 3), ("jj}", 2), ("j\t", 1), ("jjz", 2), ("jj\r", 2), ("jjn", 2)]
)
async def test_a_command_applies_to_the_article_under_the_cursor_at_once(keys: str, opens: int) -> None:
    async with running(library(), WIDE) as run:
        wanted = run.main.articles.ids[opens]
        before = await run.unread()
        await run.write(keys)
        assert run.open_id == wanted and run.focus == "article"
        assert before - await run.unread() == {wanted} & before


async def test_commands_of_the_list_read_on_in_the_preview() -> None:
    text = "".join(f"<p>Paragraph {number} of a long text about ferries.</p>" for number in range(300))
    from tests.ui.samples import changed

    async with running(library(stories=changed(1, content_html=text)), WIDE) as run:
        await run.go_to(ALL)
        run.main.articles.select_id(1)
        run.main.update_footer()
        await run.settle()
        assert run.open_id == 1 and run.main.pane.scroll_offset.y == 0
        await run.press("space")
        assert run.main.pane.scroll_offset.y > 10 and run.focus == "list"
        assert 1 not in await run.unread()  # reading on opens it
        await run.press("n")
        assert run.focus == "article" and run.open_id != 1


async def test_next_unread_opens_the_previewed_article() -> None:
    async with running(library(), WIDE) as run:
        first = run.cursor_id
        await run.press("n")
        assert run.open_id == first and run.focus == "article"


async def test_views_and_searches_are_previewed_too() -> None:
    async with running(library(), WIDE) as run:
        await run.press("h", "j")
        assert run.focus == "sidebar" and run.open_id == run.cursor_id
        await run.press("l", "slash")
        await run.write("ferries")
        assert run.open_id == run.cursor_id and run.main.panes.line == "search"
        await run.press("ctrl+u")
        await run.write("xqzzy")
        assert not run.main.articles.ids and run.open_id is None
        await run.press("enter", "escape")
        assert run.open_id == run.cursor_id


async def test_a_refresh_never_replaces_what_is_being_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previews, "SECOND", 0.01)
    async with running(library(), WIDE) as run:
        first, articles = run.cursor_id, run.main.articles
        for _ in range(100):
            await run.pilot.pause(0.01)
            if articles.touched:
                break
        articles.update_ids(articles.ids[1:] + articles.ids[:1])  # others have come above
        run.main.update_bars()
        await run.settle()
        assert run.cursor_id == first == run.open_id
        await run.press("g")
        assert run.open_id == run.cursor_id != first


@pytest.mark.parametrize(("options", "reads"), [
    ('mark_read_after = "1s"', True), ("", False), ('mark_read_after = "1s"\nmark_read = "never"', False),
])  # fmt: skip
async def test_a_preview_becomes_read_only_where_that_is_configured(
    options: str, reads: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previews, "SECOND", 0.01)
    async with running(library(f"[ui]\n{options}"), WIDE) as run:
        first = run.cursor_id
        assert first is not None
        for _ in range(20):
            await run.pilot.pause(0.01)
            if first not in await run.unread():
                break
        await run.settle()
        assert (first not in await run.unread()) == reads and run.focus == "list"
        assert run.cursor_id == first  # the list does not jump


async def test_a_click_opens_the_preview() -> None:
    async with running(library(), WIDE) as run:
        await run.click("#article", (10, 3))
        assert run.focus == "article" and run.row.read


async def test_stacked_panes_preview_nothing() -> None:
    async with running(library('[ui]\nlayout = "stacked"'), WIDE) as run:
        await run.press("j")
        assert run.open_id is None and not run.main.pane.display


# --------------------------------------------------------------------------- sizes


async def test_an_open_article_stays_through_all_sizes() -> None:
    async with running(library(), WIDE) as run:
        await run.press("j", "enter")
        wanted = run.open_id
        for size in ((120, 40), (80, 24), (160, 40), (40, 12), WIDE):
            await run.resize(*size)
            assert run.open_id == wanted and run.focus == "article" and run.main.pane.region.area > 0
        await run.press("h")
        for size in ((120, 40), WIDE):
            await run.resize(*size)
            assert run.focus == "list" and run.main.articles.region.area > 0


async def test_below_100_columns_an_article_has_all_the_room() -> None:
    async with running(library(), (80, 24)) as run:
        await run.press("j", "j", "enter")
        line, article = run.main.articles.cursor, run.main.pane
        assert article.region.width == 80 and article.region.height == 24 - 3
        assert not run.main.articles.display
        await run.press("h")
        assert run.main.articles.display and run.main.articles.cursor == line and run.focus == "list"
        assert not article.display
        await run.press("enter", "tab")
        assert run.focus == "sidebar"
        await run.press("tab")
        assert run.focus == "list" and run.main.articles.display
        await run.resize(120, 40)
        assert run.focus == "list" and article.display and run.main.articles.display


async def test_a_folded_sidebar_lies_over_the_list_while_it_has_the_focus() -> None:
    async with running(library(), FOLDED) as run:
        width = run.main.articles.size.width
        assert not run.main.sidebar.display and run.main.pane.display
        await run.press("h")
        assert run.main.sidebar.display and run.main.articles.size.width == width
        await run.press("l")
        assert not run.main.sidebar.display and run.focus == "list"


# --------------------------------------------------------------------------- dividers


def sizes(run: Running) -> tuple[int, int, int]:
    """Widths of sidebar and list, height of the list."""
    panes = run.main.panes
    return panes.sidebar.size.width, panes.articles.outer_size.width, panes.articles.outer_size.height


async def drag(run: Running, *places: tuple[int, int], together: bool = False) -> None:
    """Drag from the first place to the last one; events may come `together`, as over a slow line."""
    last = len(places) - 1
    for number, (x, y) in enumerate((*places, places[-1])):
        kind = events.MouseDown if not number else events.MouseMove if number <= last else events.MouseUp
        run.app.post_message(kind(None, x, y, 0, 0, 1, shift=False, meta=False, ctrl=False))
        if not together:
            await run.settle()
    await run.settle()


async def test_keys_move_the_divider_of_the_focused_pane() -> None:
    async with running(many(200), WIDE) as run:
        sidebar, width, _ = sizes(run)
        await run.press(">", ">", "<")
        assert sizes(run)[:2] == (sidebar, width + 2)
        await run.press("enter", ">")
        assert sizes(run)[:2] == (sidebar, width)
        await run.press("h", "h", ">")
        assert sizes(run)[:2] == (sidebar + 2, width - 1) and run.focus == "sidebar"
        await run.press(*["<"] * 20)
        assert sizes(run)[0] == 12
        await run.press("l", *["<"] * 60)
        assert sizes(run)[1] == 40
        await run.press(">")
        assert sizes(run)[1] == 42
    async with running(many(200), (120, 40)) as run:
        sidebar, width, height = sizes(run)
        await run.press(">")  # no article beside: the sidebar gives way
        assert sizes(run) == (sidebar - 2, width + 2, height)
        await run.press("enter", ">", ">")
        assert sizes(run)[2] == 12 - 2
        await run.press("tab", "tab", ">")
        assert run.focus == "list" and sizes(run)[2] == 11
        await run.write("<<<>")
        assert sizes(run)[2] == 9
    async with running(many(5), (120, 40)) as run:  # less than its share
        await run.press("enter", "tab", "tab")
        height = sizes(run)[2]
        await run.press(">")
        kept = run.main.panes.dividers.kept["stacked.list"]
        assert sizes(run)[2] == height and kept == 13 / 36
        await run.press("<")
        assert sizes(run)[2] == height - 1
    for size in ((80, 24), (40, 12)):
        async with running(many(20), size) as run:
            before = sizes(run)
            await run.press(">", "<", "<")
            assert sizes(run) == before


async def test_dividers_follow_the_mouse_and_keep_their_share() -> None:
    async with running(many(200), WIDE) as run:
        await drag(run, (26, 20), (30, 20), (34, 22))
        assert sizes(run)[0] == 34
        divider = run.main.panes.article.region.x - 1
        await drag(run, (divider, 10), (100, 10), (110, 10), together=True)
        assert run.main.panes.article.region.x == 111
        share = sizes(run)[1] / (WIDE[0] - 36)
        await run.resize(250, 50)
        assert sizes(run)[0] == 34 and abs(sizes(run)[1] / (250 - 36) - share) < 0.01
        await run.resize(*WIDE)
        assert run.main.panes.article.region.x == 111
        await drag(run, (110, 10), (0, 0))
        assert sizes(run)[1] == 40
        await run.resize(120, 40)
        assert sizes(run)[0] == 26  # each layout has its own
        await run.press("enter")
        level = run.main.panes.article.region.y - 1
        await drag(run, (60, level), (60, 25), (60, 20))
        assert run.main.panes.article.region.y == 21 and run.focus == "article"
        await drag(run, (60, 20), (60, 39))
        assert run.main.panes.article.size.height == 5


async def test_dividers_are_kept_for_the_next_start(tmp_path: Path) -> None:
    async with configured(tmp_path, "") as own, running(own, WIDE) as run:
        Server(own)
        await run.press(">", ">")
        width = sizes(run)[1]
        await run.press("Q")
    async with configured(tmp_path, "") as own, running(own, WIDE) as run:
        assert sizes(run)[1] == width


# --------------------------------------------------------------------------- the edge


def edges(run: Running) -> dict[int, set[str]]:
    """Columns with lines of the accent colour, and their signs."""
    accent = run.app.theme_styles.accent.color
    columns: dict[int, set[str]] = {}
    for strip in strips(run.app)[2:-1]:
        x = 0
        for segment in strip:
            if segment.style and segment.style.color == accent and segment.text and segment.text[0] in "┃│":
                columns.setdefault(x, set()).add(segment.text)
            x += segment.cell_length
    return columns


def signs(run: Running, column: int) -> list[str]:
    """What stands in a column of the panes."""
    return [strip.crop(column, column + 1).text for strip in strips(run.app)[2:-1]]


async def test_the_focused_pane_has_an_accent_edge() -> None:
    async with running(library(), WIDE) as run:
        divider = run.main.panes.article.region.x - 1
        for keys, column in (("", 26), ("h", 0), ("l", 26), ("enter", divider), ("h", 26), ("slash", 26)):
            await run.press(*keys.split())
            assert edges(run) == {column: {"┃"}}, keys
    async with running(library(), (120, 40)) as run:
        await run.press("enter")
        lines = signs(run, 26)
        top = run.main.panes.article.region.y - 2
        assert set(lines[: top - 1]) == {"│"} and lines[top - 1] == "├" and set(lines[top:]) == {"┃"}
        await run.click("#list", (40, 3))
        lines = signs(run, 26)
        assert set(lines[: top - 1]) == {"┃"} and set(lines[top:]) == {"│"}
    for size in ((80, 24), (40, 12)):
        async with running(library(), size) as run:
            assert edges(run) == {}
            await run.press("h")
            assert edges(run) == {0: {"┃"}}


async def test_the_edge_takes_the_colours_of_a_new_theme() -> None:
    async with running(library(), WIDE) as run:
        run.app.theme = "tuireader-light"
        await run.settle()
        assert edges(run) == {26: {"┃"}}


@pytest.mark.parametrize("kind", [ViewKind.WATCH])
async def test_an_empty_list_has_a_calm_pane_beside_it(kind: ViewKind) -> None:
    async with running(library('[[watch]]\nname = "Nothing"\nany = ["xqzzy"]'), WIDE) as run:
        await run.go_to(View(kind, "Nothing"))
        assert run.open_id is None and "No matches yet" in run.text
        assert not "".join(run.page_lines).strip()
        await run.click("#article", (5, 5))
        assert run.app.is_running and run.open_id is None


async def test_no_key_marks_the_preview_of_another_article() -> None:
    async with running(library(), WIDE) as run:
        gone = run.main.articles.ids[1]
        with closing(sqlite3.connect(run.library.paths.database)) as base, base:
            base.execute("PRAGMA foreign_keys = OFF")
            base.execute("DELETE FROM article WHERE id = ?", (gone,))
        await run.press("j")
        assert run.cursor_id == gone and run.open_id is None
        before = await run.unread()
        await run.press("space")
        assert await run.unread() == before


@pytest.mark.parametrize(
    ("value", "seconds"),
    [('"never"', 0), ('"5s"', 5), ('"1m"', 60), ("7", 7), ("0", 0), ('"2h"', 0), ('"soon"', 0)],
)
def test_the_time_after_which_a_preview_is_read(value: str, seconds: int) -> None:
    config, problems = loads(f"[ui]\nmark_read_after = {value}", "config.toml")
    assert config.ui.mark_read_after == seconds
    said = [problem.message for problem in problems]
    assert bool(said) == (value in ("0", '"2h"', '"soon"')) and all("never" in message for message in said)
    kind = KEYS[UiConfig]["mark_read_after"].kind
    assert kind.read(kind.write(seconds).strip('"')) == seconds
