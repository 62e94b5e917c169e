"""`ui.linear`, `ui.motion` and the terminal's cursor, for those who hear or touch the screen."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from textual.widgets import Input

from tests.examples import half_as_many
from tests.terminal import Terminal
from tests.ui.demo_library import opened
from tests.ui.running import Running, running
from tests.ui.snap import assert_screen
from tuireader.model import ArticleRow, View, ViewKind
from tuireader.text import cell_len
from tuireader.ui.drawing.page_parts import Part, StyleRange, Tail
from tuireader.ui.drawing.row_options import RowOptions
from tuireader.ui.flows.settings import apply_config
from tuireader.ui.linear import row_words, tail_words
from tuireader.ui.widgets.table import Cell, Column
from tuireader.ui.widgets.table import row_words as table_words

LINEAR = "\n[ui]\nlinear = true\n"
TITLE = "WeChat suspends new user registration"
SIGNS = "●○★◆◇▌▎▣▸▾└│┃─├╭╰~×┆▁▃▄▅▆▇"
NOW = 1_790_000_000
STORY = ArticleRow(
    1, 1, TITLE, NOW - 60, read=False, starred=True, watches=("WeChat", "PIPL"), uncertain=("PIPL",),
    edited=True, fold=3, fold_size=4, fold_read=1, fold_watches=("WeChat", "PIPL"), labels=("AI",),
)  # fmt: skip


def options(width: int, *, folds: bool = True) -> RowOptions:
    return RowOptions(letters={}, folds=folds, width=width, now=NOW)


def test_a_row_has_a_word_for_every_sign() -> None:
    words = row_words(STORY, "Harbour Tech", options(300), inner=False, selected=True)
    clock = words.split(", ")[7]
    assert len(clock) == 5 and clock[2] == ":"
    assert words == (
        f"selected, unread, starred, {TITLE}, watch WeChat, perhaps PIPL, Harbour Tech, {clock}, 4 reports, "
        "1 of 4 read, edited, label AI"
    )
    inner = row_words(replace(STORY, read=True, sources=2), "A", options(300), inner=True, selected=False)
    assert inner.startswith(f"same story, starred, {TITLE}, watch WeChat") and "2 reports" in inner


@given(
    width=st.integers(20, 200),
    title=st.text("abc漢字 é", min_size=1, max_size=120),
    feed=st.text("abcß漢字 ", max_size=60),
    watches=st.lists(st.text("abc漢", min_size=1, max_size=30), max_size=5),
)
@half_as_many
def test_a_row_in_words_fits_and_keeps_its_title(
    width: int, title: str, feed: str, watches: Sequence[str]
) -> None:
    row = replace(STORY, title=title, starred=False, watches=tuple(watches), fold_watches=())
    words = row_words(row, feed, options(width), inner=False, selected=False)
    assert cell_len(words) <= max(width, 8 + width // 2 + 1)
    assert words.startswith("unread, ") and (title + ", ").startswith(words[8:11])


def test_parts_keep_their_marks_and_lose_their_signs() -> None:
    marks = (StyleRange(0, 6, "watch:WeChat"), StyleRange(8, 22, "dim"))
    card = Part("WeChat  title, body ×6", "text", marks, "▌ ", "▌ ", "watch:WeChat", fits=True)
    sentence = Part("“A WeChat notice.”", "quote", (), "▌ ", "▌ ", "watch:WeChat")
    related = Part("App stores\nPacific Wire", "text", (), "‹1› • ", "    ", target=0, column=11)
    unread = Part("Title", "strong", (), "09:55 ●   ", "      │   ", target=1, side="Harbour Tech")
    item = Part("an item", "text", (), "• ", "  ")
    file = Part("▸ talk.mp3 [3]", "dim")
    said = Part("▸ by an author", "text")
    parts = tail_words(Tail((card, sentence, related, unread, item, file, said, Part(rule=True)))).parts
    shown = [part.first + part.text for part in parts]
    assert shown == [
        "Watch WeChat  title, body 6 times",
        "“A WeChat notice.”",
        "reference 1, unread, App stores\nPacific Wire",
        "09:55 unread, Title, Harbour Tech",
        "• an item",
        "File: talk.mp3 [3]",
        "▸ by an author",
        "",
    ]
    assert parts[0].marks[:2] == marks and not any(part.column or part.side or part.rule for part in parts)
    assert parts[3].rest == "" and parts[4].rest == "  "


def test_a_row_of_a_table_names_its_columns() -> None:
    columns = [
        Column("mark", "", 1),
        Column("name", "Watch", {9: 4, 0: 0}),
        Column("w", "7 d"),
    ]
    cells = {"mark": Cell("!"), "name": Cell("WeChat"), "w": Cell("5"), "days": Cell("▁▅▁")}
    assert table_words(columns, cells) == "warning, Watch WeChat, 7 d 5"
    assert table_words(columns, {**cells, "mark": Cell("◆"), "w": Cell("–")}) == "WeChat"


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)], ids=["80", "120", "200"])
async def test_every_screen_is_lines_of_words(tmp_path: Path, size: tuple[int, int]) -> None:
    async with opened(tmp_path, more=LINEAR) as library, running(library, size) as run:
        await run.at(TITLE)
        seen = {"list": run.text}
        await run.press("h")
        seen["sidebar"] = run.text
        assert "China & Asia tech, open folder, 24 unread" in run.text
        await run.press("escape" if run.focus == "list" else "l", "enter")
        await run.at(TITLE)
        await run.press("enter")
        seen["article"] = run.text
        await run.press("G")
        seen["end"] = run.text
        for name, *keys in (("story", "T"), ("watches", "w"), ("health", "H"), ("palette", ":")):
            await run.press(*keys)
            seen[name] = run.text
            await run.press("escape")
        for name, text in seen.items():
            assert not set(SIGNS) & set(text.partition("◆")[0]), (name, text)  # the facts of a watch name it
        assert f"unread, {TITLE[:30]}" in seen["list"] and "unread, WeChat sign-ups" in seen["story"]
        assert "Watch WeChat  title, body 5 times, see also" in seen["article"]
        assert size[0] > 80 or "79 unread" in seen["sidebar"]


async def test_references_in_the_text_are_words_and_matches_stay_in_place(tmp_path: Path) -> None:
    async with opened(tmp_path, more=LINEAR) as library, running(library) as run:
        await run.at(TITLE)
        await run.press("enter")
        shown = run.main.pane.page_shown
        assert shown is not None and shown.references
        for mark in shown.references:
            assert shown.head[mark.part].text[mark.start : mark.end] == f" (reference\u00a0{mark.number})"
        hits = {shown.head[hit.part].text[hit.start : hit.end] for hit in shown.hits}
        assert hits == {"WeChat", "Weixin", "Personal Information Protection Law", "PIPL"}
        assert not any("‹" in part.text for part in (*shown.head, *shown.tail.parts))
        await run.press("right_curly_bracket")
        assert "(reference 1)" in run.text.replace("\u00a0", " ") and "‹" not in run.text


@pytest.mark.parametrize("width", [72, 80, 120])
def test_all_facts_of_a_row_are_on_its_two_lines(width: int) -> None:
    shown = replace(options(width), cosy=True)
    lines = [row_words(STORY, "A", shown, inner=False, selected=False, part=part) for part in (0, 1)]
    assert ", ".join(lines) == row_words(STORY, "A", options(300), inner=False, selected=False)
    assert all(cell_len(line) <= width for line in lines)


async def test_looks(tmp_path: Path) -> None:
    async with opened(tmp_path, more=LINEAR) as library, running(library, (80, 24)) as run:
        await run.at(TITLE)
        assert_screen(run.app, "linear-list-80x24")
        await run.press("h")
        assert_screen(run.app, "linear-sidebar-80x24")
        await run.press("l")
        await run.press("enter")
        assert_screen(run.app, "linear-article-80x24")


async def test_one_pane_at_a_time_on_any_screen(tmp_path: Path) -> None:
    async with opened(tmp_path, more=LINEAR) as library, running(library, (200, 50)) as run:
        panes = (run.main.sidebar, run.main.articles, run.main.pane)
        for keys in ("", "h", "l", "\r", "h"):
            await run.write(keys)
            assert [pane.region.width for pane in panes if pane.display and pane.region.width] == [200], keys


def line_at_cursor(run: Running) -> str:
    x, y = run.app.cursor_position
    line = run.text.splitlines()[y]
    return next(line[at:] for at in range(len(line)) if cell_len(line[:at]) >= x)


@pytest.mark.parametrize("more", ["", LINEAR], ids=["plain", "linear"])
async def test_the_cursor_stands_where_the_reader_is(tmp_path: Path, more: str) -> None:
    async with opened(tmp_path, more=more) as library, running(library) as run:
        await run.at(TITLE)
        assert TITLE in line_at_cursor(run)
        await run.press("j", "k", "j")
        assert "Apple and blackberry" in line_at_cursor(run)
        await run.press("h")
        assert "Unread" in line_at_cursor(run)
        await run.press("l", "k", "enter")
        assert line_at_cursor(run).startswith(TITLE)
        await run.press("right_square_bracket", "right_square_bracket", "right_square_bracket")
        assert line_at_cursor(run).startswith("Weixin\n"[:6])
        await run.press("e")
        assert "Tencent’s WeChat stops" in line_at_cursor(run)
        await run.press("escape", "G", "g")
        assert line_at_cursor(run).startswith(TITLE)
        await run.press("ctrl+f", *"Beijing")
        assert run.app.cursor_position == run.app.screen.query_one(Input).cursor_screen_offset
        await run.press("escape", "T")
        assert "WeChat sign-ups will be back" in line_at_cursor(run)
        await run.press("escape", "w", "j")
        assert "PIPL" in line_at_cursor(run)


async def test_in_the_palette_the_cursor_follows_typing_and_arrows(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        await run.press("colon", *"watch", "down")
        assert "New watch" in line_at_cursor(run)
        await run.press("e")
        assert run.app.cursor_position == run.app.screen.query_one(Input).cursor_screen_offset


async def test_in_the_list_of_files_the_cursor_follows_typing_and_arrows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.opml", "b.opml"):
        (tmp_path / name).touch()
    async with opened(tmp_path) as library, running(library) as run:
        monkeypatch.chdir(tmp_path)
        await run.press("plus", *"./", "down")
        assert "b.opml" in line_at_cursor(run)
        await run.press("a")
        assert run.app.cursor_position == run.app.screen.query_one(Input).cursor_screen_offset


async def test_a_reload_turns_words_on_and_off(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        config = library.paths.config
        plain = config.read_text(encoding="utf-8")
        for text, is_linear in ((plain + LINEAR, True), (plain, False)):
            config.write_text(text, encoding="utf-8")
            await run.flow(apply_config)
            await run.show(View(ViewKind.UNREAD))
            assert ("unread, Start here" in run.text) == is_linear
            assert ("┃" in run.text) != is_linear


async def test_without_motion_nothing_moves_by_itself(tmp_path: Path) -> None:
    async with opened(tmp_path, more="\n[ui]\nmotion = false\n") as library, running(library) as run:
        assert run.app.animation_level == "none"
        top = run.main.top
        top.show(progress="refreshing 3/120 · 4 new")
        assert top.render_line(0).text.rstrip().endswith("refreshing")
        await run.press("slash")
        assert not run.app.screen.query_one(Input).cursor_blink
    async with opened(tmp_path) as library, running(library) as run:
        await run.press("slash")
        assert run.app.screen.query_one(Input).cursor_blink


async def test_without_colours_a_read_line_of_unread_has_no_dot(tmp_path: Path) -> None:
    more = '\n[ui]\ntheme = "tuireader-plain"\n'
    async with opened(tmp_path, more=more) as library, running(library, (80, 24)) as run:
        await run.at(TITLE)
        before = line_at_cursor(run)
        await run.press("N")
        after = line_at_cursor(run)
        assert "●" in before and "●" not in after


@pytest.mark.slow
@pytest.mark.usefixtures("frames_for_a_terminal")
def test_a_terminal_gets_the_cursor(demo_home: Path) -> None:
    with Terminal(["tuireader", "--demo"], home=demo_home, size=(80, 24), forked=True) as terminal:
        terminal.wait("Start here")
        terminal.press("j", "j")
        terminal.wait(lambda _: cursor_line(terminal).find("China adopts") > 0)
        assert terminal.screen.cursor.hidden
        terminal.press("enter")
        terminal.wait(lambda _: "China adopts" in cursor_line(terminal) and "●" not in terminal.text())
        terminal.press("q", "q")
        assert terminal.leave() == 0 and terminal.restored


IN_WORDS = """
import sys
from tuireader import demo
plain = demo.config_text()
demo.config_text = lambda: plain + {more!r}
sys.argv = ["tuireader", "--demo"]
from tuireader.__main__ import main
main()
"""


@pytest.mark.slow
@pytest.mark.usefixtures("frames_for_a_terminal")
def test_in_words_the_cursor_is_visible_between_frames(tmp_path: Path, demo_home: Path) -> None:
    script = tmp_path / "words.py"
    script.write_text(IN_WORDS.format(more=LINEAR))
    with Terminal([sys.executable, str(script)], home=demo_home, size=(80, 24), forked=True) as terminal:
        terminal.wait("unread, Start here")
        terminal.press("j", "j")
        terminal.wait(
            lambda _: (
                cursor_line(terminal).startswith("unread, China adopts") and not terminal.screen.cursor.hidden
            )  # it is while a frame arrives
        )
        assert all(b"\x1b[?25h" in frame for frame in bytes(terminal.raw).split(b"\x1b[?25l")[2:])
        terminal.press("q")
        assert terminal.leave() == 0 and terminal.restored


def cursor_line(terminal: Terminal) -> str:
    """The line of the cursor; none while it is below what the screen shows, in the middle of a frame."""
    return "".join(terminal.text().splitlines()[terminal.screen.cursor.y : terminal.screen.cursor.y + 1])
