"""The open article: full text, comments, versions, pictures, coloured code, find in page, selected text."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from msgspec.structs import replace
from textual.geometry import Offset, Region
from textual.selection import Selection

from tests.ui.running import Running, running
from tests.ui.samples import changed, library, one
from tests.ui.shelf import HOUR, NOW, Server, Site, story, written
from tests.ui.slow_store import late
from tests.ui.snap import assert_screen
from tests.ui.snap_svg import strips
from tuireader.model import Comment, Event, Evidence, NewMatch, Pixels, RefreshDone, RefreshStarted, Revision
from tuireader.ui.controllers.images import blocks, is_far, way_of
from tuireader.ui.dialogs.versions import Versions, described
from tuireader.ui.drawing import graphics, styles
from tuireader.ui.drawing.themes import DARK

PAGE = "<p>The whole story about LanternPay, as its page tells it.</p>" + "<p>And on it goes.</p>" * 40


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal on this machine, with colours."""
    for name in ("SSH_CONNECTION", "SSH_TTY", "NO_COLOR", "TMUX", "STY", "KITTY_WINDOW_ID", "TERM_PROGRAM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


def styles_at(run: Running, word: str) -> list[Any]:
    """The styles in which a word stands in the article."""
    found = []
    for line in strips(run.app)[run.main.pane.region.y :]:
        found += [segment.style for segment in line if word in segment.text]
    return found


def output(run: Running) -> str:
    """What goes to the terminal when the whole screen is written."""
    below: Any = run.app._background_screens
    update: Any = run.app.screen._compositor.render_update(full=True, screen_stack=below)
    return str(update.render_segments(run.app.console))


def page(run: Running) -> str:
    """The words of the open page, however they are wrapped."""
    shown = run.main.pane.page_shown
    assert shown is not None
    return "\n".join(part.text for part in (*shown.head, *shown.tail.parts))


# --------------------------------------------------------------------------- full text


async def test_x_fetches_the_full_text_and_changes_between_the_two() -> None:
    async with running(one("<p>The beginning [...]</p>")) as run:
        Site(run.library).pages[1] = PAGE
        await run.press("enter")
        assert "This is the beginning of the text · x fetches the rest from its page" in run.text
        await run.press("x")
        assert "The whole story about LanternPay" in run.text and " · full text" in run.text
        assert "x shows the feed's text" in run.toasts
        await run.press("x")
        assert "The beginning" in run.text and "The whole story" not in run.text
        await run.press("x")
        assert "The whole story" in run.text


async def test_a_refresh_completes_the_open_article(run: Running) -> None:
    server = Server(run.library)
    await run.press("g", "enter")
    assert run.open_id is not None
    server.pages = {run.open_id: PAGE, 2: PAGE}
    server.matches = (NewMatch(run.open_id, "LanternPay buys", "Quay", "", Evidence("Lantern")),)
    await run.press("R")
    await run.shows("as its page tells it")
    assert "◆ Lantern: LanternPay buys" in run.toasts
    await run.press("J", "K")
    assert "as its page tells it" in run.text


async def test_a_refresh_without_feeds_says_nothing(run: Running) -> None:
    """Pages that were waiting are fetched now and then; that is no news."""

    async def no_feeds(ids: object, *, force: bool) -> AsyncIterator[Event]:
        yield RefreshStarted(0)
        yield RefreshDone(0, 0, 0, 0, 0.0)

    vars(run.library.refresh)["run_in_subprocess"] = no_feeds
    await run.press("R")
    assert "Nothing new" not in run.toasts


async def test_why_there_is_no_full_text_is_told_in_a_line() -> None:
    async with running(one("")) as run:
        site = Site(run.library)
        await run.press("enter")
        assert "The feed has no text for this article · x fetches it from its page · o opens it" in run.text
        await run.press("x")
        assert "No full text: HTTP 404: not found" in run.toasts
        site.pages[1] = PAGE
        await run.press("h", "x")  # opens the article under the cursor
        assert run.open_id == 1 and "The whole story" in run.text
    async with running(one("<p>Text</p>")) as run:
        with written(run.library) as store:
            store.full_texts.fail(1, "HTTP 404: not found", NOW)
        await run.press("enter")
        assert "The full text could not be fetched: HTTP 404: not found · x retries" in run.text


async def test_a_purged_text_is_told() -> None:
    async with running(one("")) as run:
        with written(run.library) as store:
            store.conn.execute("DELETE FROM content")
        await run.press("enter")
        assert "was removed to save space · x fetches it from its page · o opens it" in page(run)


async def test_a_full_text_that_comes_late_does_not_take_the_screen(run: Running) -> None:
    Site(run.library).pages[1] = PAGE
    await run.press("enter")
    await run.pilot.press("x", "J")
    await run.settle()
    assert run.open_id == 2 and "The whole story" not in run.text
    await run.press("K")
    assert run.open_id == 1 and "The whole story" in run.text


# --------------------------------------------------------------------------- comments

COMMENTS = (
    Comment("Ada Quist", NOW - 3 * HOUR, "<p>First, see <a href='https://a.example/'>this</a>.</p>"),
    Comment("", None, "<blockquote><p>First</p></blockquote><p>Yes [/x] <b>indeed</b>.</p>"),
)


async def test_c_loads_the_comments_and_shows_them_below() -> None:
    shelf = one(
        PAGE, comments_feed="https://news.example/1/feed", comments_url="https://news.example/1#c",
        comments_count=7,
    )  # fmt: skip
    async with running(shelf) as run:
        Site(run.library).threads[1] = COMMENTS
        await run.press("enter", "G")
        assert "Comments: 7 · c loads them" in run.text
        await run.press("c")
        text = run.text
        assert "Comments · 2 of 7" in text and "Ada Quist  3 h ago · Mon 21 Sep 2026" in text
        assert text.index("First, see this[1].") < text.index("unknown") < text.index("Yes [/x] indeed.")
        await run.press("1")
        assert run.browsed == ["https://a.example/"]
        await run.press("e", "G")
        while "Leave a reply" not in run.text:
            await run.press("j")
        run.main.pane.choose(len(run.main.pane.targets) - 1)
        await run.press("enter")
        assert run.browsed[-1] == "https://news.example/1#c"


async def test_comments_come_to_an_article_that_is_read_alone() -> None:
    async with running(one(PAGE, comments_feed="https://news.example/1/feed")) as run:
        site = Site(run.library)
        await run.press("enter", "c")
        assert "No comments: HTTP 404" in run.toasts
        site.threads[1] = COMMENTS
        await run.press("z", "c")
        assert run.main.has_class("-zen") and "Comments · 2" in run.text
        assert "Loading" not in run.text
        await run.press("escape", "escape", "c")  # from the list it goes to them
        assert run.focus == "article" and "Comments · 2" in run.text


async def test_without_a_comment_feed_c_opens_the_browser_or_says_that_there_are_none() -> None:
    async with running(one(PAGE, comments_url="https://news.example/1#c")) as run:
        await run.press("enter", "c")
        assert run.browsed == ["https://news.example/1#c"]
    async with running(one(PAGE)) as run:
        await run.press("enter", "c")
        assert "This article has no comments page" in run.toasts and not run.browsed
        await run.press("D")
        assert "No edits since it arrived" in run.toasts


# --------------------------------------------------------------------------- versions


async def test_d_shows_what_was_changed() -> None:
    same = "word " * 200
    async with running(one(f"{same} new {same}", before=(f"{same} old [b] {same}",))) as run:
        await run.press("enter")
        assert "edited (D)" in page(run)
        await run.press("D")
        assert isinstance(run.app.screen, Versions)
        lines = [line.split("│")[-2] for line in run.text.splitlines() if line.count("│") > 1]
        text = " ".join(" ".join(lines).split())
        assert "[-old [b]-] {+new+} word" in text and "1 h ago · feed" in text
        assert "… word" in text and text.count("word") < 100  # only what stands around
        styles = styles_at(run, "{+new+}")
        assert styles and all(style.underline for style in styles)
        await run.press("j", "k", "G", "g", "ctrl+d", "ctrl+u", "pagedown", "pageup", "enter", "escape")
        assert run.open_id == 1 and not isinstance(run.app.screen, Versions)


def test_an_edit_without_changed_words() -> None:
    edit = Revision(0, (("same", "Title"),), (("same", "one two"),))
    assert described(edit) == [("only whitespace and links", "dim")]


# --------------------------------------------------------------------------- find in page


async def test_find_in_page() -> None:
    text = "<p>The fog.</p>" + "<p>Other things.</p>" * 60 + "<p>More FOG and <b>fo</b>g at the end.</p>"
    async with running(one(text)) as run:
        await run.press("enter", "ctrl+f", *"fog")
        assert "found 1/3" in run.text and "enter keep  ↓/↑ next/previous    esc leave" in run.text
        assert [style.reverse for style in styles_at(run, "fog")[:1]] == [True]
        await run.press("down")
        assert "found 2/3" in run.text and "More FOG and fog" in run.text
        await run.press("enter")
        assert run.focus == "article" and "found 2/3" in run.text
        await run.press("right_square_bracket")
        assert "found 3/3" in run.text
        await run.press("right_square_bracket", "left_square_bracket", "left_square_bracket")
        assert "found 2/3" in run.text
        await run.press("escape")
        assert run.open_id == 1 and "found" not in run.text
        await run.press("ctrl+f")
        await run.write("nowhere")
        assert "not found" in run.text
        await run.press("escape")
        assert run.focus == "article" and run.open_id == 1


async def test_what_is_found_goes_with_its_article(run: Running) -> None:
    await run.press("enter", "ctrl+f")
    await run.write("ferry")
    await run.press("enter")
    assert run.main.pane.found
    await run.press("J")
    assert not run.main.pane.found and not run.main.pane.sought


async def test_find_in_comments_and_without_an_article() -> None:
    async with running(one("<p>Text</p>", comments_feed="https://news.example/1/feed")) as run:
        Site(run.library).threads[1] = COMMENTS
        await run.press("ctrl+f")
        assert "Open an article" in run.toasts
        await run.press("enter", "c", "ctrl+f")
        await run.write("indeed")
        assert "found 1/1" in run.text
        await run.press(*["backspace"] * 7)
        assert run.focus == "article"


# --------------------------------------------------------------------------- code


async def test_code_gets_its_colours() -> None:
    html = "<pre><code class='language-python'>def fare():\n    return 14</code></pre><pre>def other</pre>"
    async with running(one(html, comments_feed="https://news.example/1/feed")) as run:
        Site(run.library).threads[1] = COMMENTS
        for keys in (["enter"], ["c"], ["t", *"sea", "enter", "escape"]):  # with comments, with a label
            await run.press(*keys)
            assert [style.bold for style in styles_at(run, "def")[:1]] == [True], keys
            assert {style.bgcolor for style in styles_at(run, "def")} == {run.app.theme_styles.code.bgcolor}
            assert not any(style.bold for style in styles_at(run, "def other"))


async def test_code_that_is_highlighted_late_colours_no_other_article() -> None:
    html = "<pre><code class='language-python'>def fare(): return 14</code></pre>"
    plain = story(2, 1, "Harbour dues fall", 2, "<p>Nothing more.</p>" * 4)
    first, _, *others = changed(1, content_html=html)
    async with running(library(stories=(first, plain, *others))) as run:
        with late(run.library.content.highlight_code) as highlighted:
            await run.hit("enter")
            await highlighted.reached()
            await run.hit("J")
            highlighted.release()
            await run.settle()
        assert run.open_id == 2 and len(styles_at(run, "Nothing more.")) == 4


# --------------------------------------------------------------------------- pictures

RED = Pixels(40, 20, bytes((200, 30, 30)) * 800)
QUAY = "https://news.example/quay.png"
PICTURES = (
    f'<figure><img src="{QUAY}" alt="A quay"><figcaption>The quay. Photo: A. Quist</figcaption></figure>'
    + "<p>Text.</p>" * 60
    + '<img src="https://news.example/far.png" alt="Far below">'
)
FOUR = tuple(f"https://news.example/{number}.png" for number in range(4))


@asynccontextmanager
async def looking(
    more: str = "", picture: Pixels = RED, html: str = PICTURES
) -> AsyncIterator[tuple[Running, Site]]:
    """The app with an article of two pictures open, the first of which is to be had."""
    async with running(one(html, more)) as run:
        site = Site(run.library)
        site.pictures = dict.fromkeys((QUAY, *FOUR), picture)
        await run.press("enter")
        yield run, site


async def test_pictures_are_loaded_when_they_come_in_sight() -> None:
    async with looking() as (run, site):
        assert site.asked == [QUAY]
        grounds = {style.bgcolor.triplet for style in styles_at(run, " " * 40) if style.bgcolor}
        assert (200, 30, 30) in grounds
        assert "The quay" in run.text and "A. Quist" in run.text and "▣" not in run.text
        await run.press("G")
        assert site.asked[-1] == "https://news.example/far.png"
        assert "▣ Far below" in run.text and "i shows" not in run.text  # it could not be had: its place stays
        await run.press("h", "enter", "G", "g")
        assert len(site.asked) == 2  # and is not asked for again
        await run.press("i")
        assert "Images hidden" in run.toasts and "A. Quist · i shows it" in run.text
        await run.press("i")
        assert "▣" not in run.text
        await run.press("G")
        assert len(site.asked) == 3  # until the user asks for images


async def test_pictures_keep_what_one_reads_in_place_and_are_made_for_another_width() -> None:
    async with looking() as (run, site):
        site.asked.clear()
        pane = run.main.pane
        await run.press("i", "pagedown")
        before = run.page_lines
        await run.press("i")
        pane.show_picture(QUAY, blocks(RED, run.app.theme_styles.base))
        await run.settle()
        assert run.page_lines == before
        await run.press("g")
        assert "▣" not in run.text
        await run.resize(60, 30)
        assert site.asked == [QUAY]


@pytest.mark.parametrize("name", ["SSH_CONNECTION", "NO_COLOR"])
async def test_pictures_stay_off(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "1")
    async with looking(picture=replace(RED, speed=5_000.0)) as (run, site):
        assert site.asked == [] and "The quay" in run.text
        await run.press("i")
        assert bool(site.asked) == (name == "SSH_CONNECTION")
        assert "Slow connection" not in run.toasts  # whoever asks for them gets them


async def test_a_slow_connection_or_the_configuration_turns_them_off() -> None:
    four = "".join(f'<p><img src="{url}" alt="A quay"></p>' for url in FOUR)
    async with looking(picture=replace(RED, speed=39_999.0), html=four + PICTURES) as (run, site):
        assert "Slow connection: images hidden · i shows them" in run.toasts
        await run.press("G")
        assert len(site.asked) == 2  # those under way
    async with looking(picture=replace(RED, speed=40_000.0)) as (run, site):
        await run.press("G")
        assert len(site.asked) == 2 and "Slow connection" not in run.toasts
    async with looking('[ui]\nimages = "off"') as (run, site):
        await run.press("i")
        assert site.asked == [] and "No images here" in run.toasts


def test_how_a_terminal_shows_pictures() -> None:
    assert way_of({"TERM": "xterm-kitty"}, "auto") == "kitty"
    assert way_of({"TERM": "xterm-kitty", "TMUX": "x"}, "auto") == "blocks"
    assert way_of({"TERM": "foot"}, "auto") == "sixel" == way_of({"TERM_PROGRAM": "WezTerm"}, "on")
    assert way_of({"TERM": "xterm-256color"}, "auto") == "blocks" == way_of({"TERM": "foot"}, "on", web=True)
    assert way_of({"TERM": "xterm"}, "sixel") == "sixel" and way_of({"NO_COLOR": "1"}, "kitty") == ""
    assert way_of({}, "off") == "" and is_far({"SSH_TTY": "x"}) and not is_far({})


STRIPES = Pixels(4, 3, bytes([9, 9, 9] * 4 + [200, 0, 0] * 2 + [0, 0, 200] * 2 + [1, 2, 3] * 4))


def test_half_blocks() -> None:
    ground = styles.make(DARK.to_color_system().generate(), dark=True, watch_colors={}).base
    art = blocks(STRIPES, ground)
    assert art.width == 4 and [[segment.text for segment in line] for line in art.lines] == [
        ["▀▀", "▀▀"],
        ["▀▀▀▀"],
    ]
    first = art.lines[0][0].style
    assert first is not None and first.color is not None and first.bgcolor is not None
    assert first.color.triplet == (9, 9, 9) and first.bgcolor.triplet == (200, 0, 0)


def test_graphics_of_kitty_and_sixels() -> None:
    ground = styles.make(DARK.to_color_system().generate(), dark=True, watch_colors={}).base
    pixels = Pixels(40, 40, bytes([200, 30, 30]) * 1600)
    art, sent = graphics.kitty(pixels, graphics.Cell(10, 20), ground)
    assert (art.width, len(art.lines)) == (4, 2) and all(len(line) == 1 for line in art.lines)
    assert all(segment.cell_length == 4 for (segment,) in art.lines)
    assert sent[0].startswith("\x1b_G") and "a=p" in sent[-1] and "U=1" in sent[-1]
    art, sent = graphics.sixels(pixels, graphics.Cell(10, 20), ground)
    assert (art.width, len(art.lines), len(art.graphics), sent) == (4, 2, 2, [])
    assert all(one.startswith("\x1bP") and one.endswith("\x1b\\") for one in art.graphics)


@pytest.mark.parametrize(("way", "sign"), [("sixel", "\x1bP"), ("kitty", "\U0010eeee")])
async def test_graphics_go_to_the_terminal_and_take_their_cells(way: str, sign: str) -> None:
    sent: list[str] = []
    async with running(one(PICTURES, f'[ui]\nimages = "{way}"')) as run:
        Site(run.library).pictures[QUAY] = RED
        run.app.write_to_terminal = sent.append  # type: ignore[method-assign, assignment]
        await run.press("enter")
        assert sign in output(run) and len(run.text.splitlines()) == 40  # each line as wide as the screen
        assert bool(sent) == (way == "kitty")
        await run.press("G")
        assert sign not in output(run)


async def test_what_covers_a_part_of_sixels_leaves_no_rest_of_them() -> None:
    async with looking('[ui]\nimages = "sixel"') as (run, _):
        await run.press("question_mark")  # the list of keys lies over the middle of the picture
        assert "\x1bP" not in output(run) and words_of(output(run)) == run.text.rstrip("\n")
        await run.press("escape", "s")  # a toast lies over its end
        run.app.screen._compositor._dirty_regions.add(Region(0, 2, 60, 36))
        update: Any = run.app.screen._compositor.render_partial_update()
        assert '"1;1;' not in words_of(update.render_segments(run.app.console))
        assert "\x1bP" in output(run)


def words_of(sequences: str) -> str:
    """What sequences for a terminal leave for people to read, in lines."""
    rest = re.sub(r"\x1bP.*?\x1b\\|\x1b\][^\x1b]*\x1b\\|\x1b\[[0-9;?]*[A-Za-z]|\x1b[78]", "", sequences)
    return "\n".join(line.rstrip() for line in rest.split("\n"))


async def test_a_table_is_laid_out_anew_for_another_width() -> None:
    row = "<tr><td>Tencent Holdings<td>Shenzhen, Guangdong<td>WeChat, games, payments and much more than that"
    html = f"<p>Before.</p><table><tr><th>Company<th>Seat<th>Products{row}{row}</table><p>Behind.</p>"
    async with running(one(html), (120, 40)) as run:
        await run.press("enter", "z")
        assert "Tencent Holdings │ Shenzhen, Guangdong │ WeChat" in run.text
        await run.resize(60, 40)
        lines = [line for line in run.text.splitlines() if "│" in line or "┼" in line]
        assert len({line.replace("┼", "│").index("│") for line in lines}) == 1  # in columns
        assert "Before." in run.text and "Behind." in run.text and "┼" in run.text
        await run.resize(120, 40)
        assert "Tencent Holdings │ Shenzhen, Guangdong │ WeChat" in run.text


# --------------------------------------------------------------------------- selected text


async def test_text_is_selected_by_mouse_and_copied_as_it_was_written() -> None:
    long = (
        "The ferry company will let passengers pay with a lantern from Monday, says its notice, and ends it."
    )
    html = f"<p>{long}</p><ul><li>One item</li><li>Another</li></ul>"
    async with running(one(html)) as run:
        await run.press("enter")
        lines = run.text.splitlines()
        top = run.main.pane.region.y
        y = next(n for n, line in enumerate(lines) if n > top and "The ferry company" in line)
        end = next(n for n, line in enumerate(lines) if n > top and "Another" in line)
        x, x2 = lines[y].index("ferry"), lines[end].index("Another") + len("Another")
        await run.drag((x, y), (x + 4, y), (x2, end))
        assert run.app.screen.get_selected_text() == f"{long[4:]}\n\nOne item\nAnother"
        await run.press("ctrl+c")
        assert run.app.clipboard == f"{long[4:]}\n\nOne item\nAnother"


async def test_everything_can_be_selected() -> None:
    async with running(one("<p>One</p><pre>a\n\nb</pre>")) as run:
        await run.press("enter")
        found = run.main.pane.get_selection(Selection(None, None))
        assert found is not None and "One\n\na\n\nb" in found[0]
        beyond = run.main.pane.get_selection(Selection(Offset(0, 5), Offset(3, 999)))
        assert beyond is not None


# --------------------------------------------------------------------------- looks

RICH = (
    "<h2>What the <i>line</i> costs</h2><p>A claim<sup>1</sup> that H<sub>2</sub>O is <code>wet</code>, with "
    "<a href='https://a.example/x'>a link</a>, <s>struck</s> and <mark>marked</mark>.</p>"
    "<ol><li>First<ul><li>Inner one<ul><li>Innermost</li></ul></li></ul></li><li>Second</li></ol>"
    "<blockquote><p>Nobody will be left.</p><blockquote><p>Nobody?</p></blockquote></blockquote>"
    "<table><tr><th>Zone</th><th>Fare</th></tr><tr><td>渡轮一区</td><td>14</td></tr>"
    "<tr><td>2</td><td>22</td></tr></table>"
    "<pre><code class='language-python'>def fare(zone):\n    return 14</code></pre>"
    f'<figure><img src="{QUAY}" alt="A quay">'
    "<figcaption>The quay at dawn. Photo: A. Quist</figcaption></figure>"
    "<iframe src='https://www.youtube.com/embed/abcdefghijk' title='The ferry in fog'></iframe>"
    "<audio src='https://a.example/talk.mp3'></audio><hr><ol><li>The proof.</li></ol>"
)


@pytest.mark.parametrize(("size", "name"), [((120, 60), "page-120x60"), ((80, 60), "page-80x60")])
async def test_a_page_with_everything(size: tuple[int, int], name: str) -> None:
    async with running(one(RICH, '[ui]\nimages = "off"'), size) as run:
        await run.press("enter", "z")
        assert_screen(run.app, name)
