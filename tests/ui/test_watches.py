"""The table of the watches, and making one: on the demo's library, and into a config of one's own."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from tests.ui.demo_library import opened
from tests.ui.running import Running, running
from tests.ui.samples import FEEDS
from tests.ui.samples import library as sample_library
from tests.ui.shelf import NOW, Server, Shelf, failing, story, written
from tests.ui.snap import assert_screen, screen_text
from tuireader.config import NotifyConfig, Paths, WatchConfig, load
from tuireader.errors import TuireaderError
from tuireader.library import Library
from tuireader.model import ArticleRow, Evidence, TermHit, Told, View, ViewKind, WatchPreview, WatchStats
from tuireader.ui.dialogs.new_watch import NewWatch, from_search, from_selection, summary, terms
from tuireader.ui.drawing.lines import sparkline
from tuireader.ui.drawing.times import short_time
from tuireader.ui.flows.watches import edit_watch, new_watch
from tuireader.ui.screens.watches import Watches, definition, watch_row


def test_a_bar_for_each_day() -> None:
    assert sparkline([]) == ""
    assert sparkline([0, 0]) == "▁▁"
    assert sparkline([0, 1, 7, 14]) == "▁▂▅█"
    assert sparkline([1, 1000]) == "▂█"  # one is never nothing


def test_terms_of_a_line() -> None:
    assert terms(" WeChat, 微信， Weixin,, WeChat") == ("WeChat", "微信", "Weixin")
    assert terms(r"/a{1,3}/, b/c, /d\/,e/") == ("/a{1,3}/", "b/c", r"/d\/,e/")
    assert terms("a, b, c", ("a, b", "c")) == ("a, b", "c")
    assert terms("  ,") == ()


def test_a_watch_from_a_search() -> None:
    assert from_search(" ferry ") == WatchConfig(name="ferry", any=("ferry",))
    assert from_search('"paper tickets"') == WatchConfig(name="paper tickets", any=("paper tickets",))
    assert from_search("a OR title:b") == WatchConfig(name="a OR title:b", query="a OR title:b")
    assert from_search("title:b") == WatchConfig(name="title:b", query="title:b")
    assert from_search('"open').query == '"open'


def test_the_line_of_a_watch() -> None:
    row = ArticleRow(1, 1, "[/x] title", NOW - 7200, False, False)
    assert watch_row(WatchStats("A", newest=row), NOW).cells["last"].text == "2 h ago · [/x] title"
    quiet = WatchStats("A", quiet="quiet: 2 of 3 feeds failing", newest=row)
    assert watch_row(quiet, NOW).cells["last"].text == "quiet: 2 of 3 feeds failing"
    assert watch_row(WatchStats("A", problem="no"), NOW).cells["last"].text == "! no"
    assert watch_row(WatchStats("A"), NOW).cells["last"].text == "no hits yet"
    config = WatchConfig("A", ("x", "y"), (("z",),), ("w",), "q")
    assert definition(config) == "any: x, y · one of: z · none: w · query: q"


@pytest.mark.parametrize("name", ["TCP/IP", "/a+/", "hit:a/b", "code:x", "[/x]", "now", "text/strong"])
async def test_a_watch_may_have_any_name(name: str) -> None:
    watches = f"[[watch]]\nname = '{name}'\nany = ['name']\n"
    watches += "[[watch]]\nname = 'Other'\nquery = 'author:quist'\n"
    async with running(Shelf(FEEDS + watches, (story(1, 1, "About a name", 1),))) as run:
        assert f"◆{name[0].upper()} ◆O About a name" in run.text
        await run.press("enter", "right_square_bracket")
        assert f"hit 1/1 · {name}" in run.text
        await run.press("w")
        assert name in run.text


async def test_the_table_on_a_real_library(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        await run.press("w")
        assert isinstance(run.app.screen, Watches)
        stats = {one.name: one for one in await library.watches.stats()}
        assert [row.key for row in run.app.screen.table.rows] == list(stats) == list(library.watches.colors)
        assert f"· {stats['WeChat'].count.total} articles" in run.text and "any: WeChat" in run.text
        assert_screen(run.app, "watches-120x40")
        await run.press("j", "enter")
        assert run.main.session.view == View(ViewKind.WATCH, "PIPL") and run.focus == "list"
        assert len(run.main.articles.ids) > 0


async def shown(run: Running) -> NewWatch:
    screen = run.app.screen
    assert isinstance(screen, NewWatch)
    return screen


async def test_a_watch_is_tried_out_and_saved(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        await run.press("slash", *"tencent")
        await run.press("enter", "W")
        dialog = await shown(run)
        assert replace(dialog.typed(), color="") == WatchConfig(name="tencent", any=("tencent",))
        colours = {library.watches.colors[name] for name in library.watches.colors}
        assert dialog.typed().color not in colours  # one that no watch has yet
        preview = await library.watches.preview(dialog.typed())
        assert preview.matches and f"+{preview.added}  −0  compared with now" in run.text
        await run.press("down", *", wechat")
        wider = await library.watches.preview(dialog.typed())
        assert wider.matches > preview.matches and f"{wider.matches} articles" in run.text
        await run.press("down", "down", "down", "right", "enter")
        await run.settle()
        assert library.watches.colors["tencent"] not in colours
        assert len(await library.lists.ids(View(ViewKind.WATCH, "tencent"))) == wider.matches
        assert "◆ tencent" in run.text and "◆ tencent · ^z undoes\nuntil the demo ends" in run.toasts


async def test_the_name_follows_the_terms_until_it_is_typed() -> None:
    async with running(sample_library()) as run:
        await run.main.flows.run(new_watch)
        await run.settle()
        dialog = await shown(run)
        await run.press("down", *"Fog, rain")
        assert dialog.typed().name == "Fog"
        dialog.query_one("#any", Input).value = "Ferries, tolls"
        await run.settle()
        assert dialog.typed().name == "Ferries, tolls"  # there is a watch Ferries
        dialog.query_one("#any", Input).value = ""
        await run.press("down", "down", *"title:fog")
        assert dialog.typed().name == "title:fog"
        dialog.query_one("#name", Input).value = "Weather"
        dialog.query_one("#any", Input).value = "fog"
        await run.settle()
        assert dialog.typed().name == "Weather"
        await run.press("enter")
        assert run.library.config.watches[-1].name == "Weather"


async def test_a_watch_that_is_changed_keeps_its_name_and_colour() -> None:
    async with running(sample_library()) as run:
        config = WatchConfig("Crossings", ("ferry",))
        await run.main.flows.run(partial(edit_watch, config=config, replaces=config.name))
        await run.settle()
        dialog = await shown(run)
        dialog.query_one("#any", Input).value = "tunnel"
        await run.settle()
        assert dialog.typed() == WatchConfig("Crossings", ("tunnel",))


async def test_an_article_proposes_its_names(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        rows = await library.lists.rows(await library.lists.ids(View(ViewKind.ALL)))
        proposed = {}
        for start in (
            "Tencent gets",
            "AMD nearly doubles",
            "WeChat suspends",
            "The Data Security Law",
            "腾讯被",
        ):
            row = next(row for row in rows if row.title.startswith(start))
            run.main.articles.select_id(row.id)
            await run.settle()
            run.main.pane.focus()
            proposed[start] = await library.watches.suggest(row.id)
        assert proposed["Tencent gets"].any == ("Tencent", "Sogou")
        assert proposed["AMD nearly doubles"].any == ("AMD",)  # and no "nearly doubles"
        assert "WeChat" not in proposed["WeChat suspends"].any  # it is watched already
        assert proposed["The Data Security Law"].name == "Data Security Law"
        assert proposed["腾讯被"].any[0] == "腾讯"
        await run.press("W")
        dialog = await shown(run)
        assert dialog.typed().any == (await library.watches.suggest(run.main.articles.current_id or 0)).any


async def test_a_bad_query_is_pointed_at(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        await run.press("W", "down", "down", "down", *"apple AND (")
        assert "apple AND (" in run.text and "^" in run.text
        await run.press("enter")
        assert "The query: " in run.text and isinstance(run.app.screen, NewWatch)
        await run.press("escape")
        assert len(run.app.screen_stack) == 2 and len(library.watches.colors) == 3


async def test_it_needs_a_name_of_its_own_and_something_to_look_for() -> None:
    async with running(sample_library()) as run:
        await run.main.flows.run(new_watch)
        await run.settle()
        dialog = await shown(run)
        assert "Enter a word" in run.text
        await run.press("enter")
        assert "Enter a name" in run.text
        dialog.query_one("#name", Input).value = "Ferries"
        await run.press("enter")
        assert "There is already a watch Ferries" in run.text
        dialog.query_one("#name", Input).value = "Fog"
        await run.press("enter")
        assert "Enter a word, a phrase or a query" in run.text
        await run.press("escape")
        with failing(TuireaderError("the config cannot be written"), run.library.watches.save):
            await run.main.flows.run(partial(new_watch, config=WatchConfig("Fog", ("Fog",))))
            await run.settle()
            await run.press("enter")
        assert "the config cannot be written" in run.text


async def test_only_the_last_question_is_answered() -> None:
    async with running(sample_library()) as run:
        asked: list[WatchConfig] = []
        preview = run.library.watches.preview

        async def counted(config: WatchConfig, replaces: str = "") -> WatchPreview:
            asked.append(config)
            return await preview(config, replaces)

        vars(run.library.watches)["preview"] = counted
        await run.main.flows.run(new_watch)
        await run.settle()
        await run.press("down", *"Fog")
        assert [config.any for config in asked] == [("Fog",)]
        assert "+1  −0" in run.text and "Fog again" in run.text
        assert_screen(run.app, "new-watch-120x40")


async def test_a_watch_is_changed_in_the_config(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "config.toml", tmp_path / "test.db", tmp_path, tmp_path)
    paths.config.write_text('# mine\n[[watch]]\nname = "Tolls"  # roads\nany = ["toll"]\nnotify = "story"\n')
    config, _ = load(paths.config)
    library = await Library.open(config, paths, clock=lambda: NOW)
    try:
        async with running(library) as run:
            await run.press("w")
            assert "any: toll" in run.text
            await run.press("e", "down", *", bridge")
            await run.press("down", "down", "down", "down", "left", "enter")
            await run.settle()
            assert isinstance(run.app.screen, Watches) and "any: toll, bridge" in run.text
        text = paths.config.read_text()
        assert text.startswith("# mine\n") and 'notify = "article"' in text and "bridge" in text
        changed, problems = load(paths.config)
        assert problems == () and changed.watches == (
            WatchConfig(name="Tolls", any=("toll", "bridge"), notify="article"),
        )
    finally:
        await library.close()


async def test_another_name_for_it_is_offered() -> None:
    text = "<p>LanternPay (LP) comes to the ferries.</p>"
    async with running(sample_library(stories=(story(1, 1, "Paying", 1, text),))) as run:
        config = WatchConfig("LanternPay", ("LanternPay",))
        await run.main.flows.run(partial(edit_watch, config=config, replaces=config.name))
        await run.settle()
        assert "Articles also call it LP" in run.text
        await run.press("ctrl+t")
        assert (await shown(run)).typed().any == ("LanternPay", "LP")
        assert "Articles also call it" not in run.text
        await run.press("ctrl+t", "enter")
        assert run.library.config.watches[0].any == ("LanternPay", "LP")


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (40, 12), (20, 5), (3, 2)])
async def test_any_size(tmp_path: Path, size: tuple[int, int]) -> None:
    async with opened(tmp_path) as library, running(library, size) as run:
        await run.press("w")
        await run.press("j", "G")
        screen_text(run.app)
        await run.press("e", "down", "down", "down", "down", "right")
        screen_text(run.app)
        await run.press("escape", "W", "escape", "escape")
        assert run.app.screen is run.main


def heard(run: Running) -> list[str]:
    """What goes to the terminal besides frames: bells, and control sequences of the driver."""
    written: list[str] = []
    run.app.write_to_terminal = written.append  # type: ignore[method-assign, assignment]
    run.app.bell = lambda: written.append("\a")  # type: ignore[method-assign]
    return written


@pytest.fixture
def plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal that is known for nothing."""
    for name in list(os.environ):
        if name.startswith(("KITTY", "GHOSTTY", "WEZTERM", "ITERM", "LC_TERMINAL", "TERM", "TMUX", "STY")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("TERM", "xterm-256color")


@pytest.mark.usefixtures("plain_terminal")
async def test_a_refresh_that_told_of_watches_rings_and_says_what_went_wrong() -> None:
    async with running(sample_library()) as run:
        server = Server(run.library)
        server.told = (Told("LanternPay", "2 new", (1, 3), troubles=("the command ended with 1: [/x]",)),)
        written = heard(run)
        await run.press("R")
        assert written == ["\a"] and "the command ended with 1: [/x]" in run.toasts
        server.told = (Told("LanternPay", "2 new", (1, 3), desktop=True),)
        await run.press("R")
        assert written == ["\a"]  # the desktop has told of it: once is enough


def notify_by(run: Running, **options: Any) -> None:
    context = run.library.context
    context.config = replace(context.config, notify=NotifyConfig(**options))


@pytest.mark.usefixtures("plain_terminal")
async def test_a_terminal_that_can_notifies_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "foot")
    async with running(sample_library()) as run:
        server = Server(run.library)
        server.told = (Told("PIPL; \x1b]0;x\x07", "a\nb", (1, 3)),)
        written = heard(run)
        await run.press("R")
        assert written == ["\x1b]777;notify;PIPL,;a · b\a"]
        server.told = (Told("PIPL", "", (1,), desktop=True),)
        await run.press("R")
        server.told = (Told("PIPL", "", (1,)),)
        notify_by(run, desktop=False)
        await run.press("R")
        assert len(written) == 1
        notify_by(run, desktop=False, bell=True)
        await run.press("R")
        notify_by(run, terminal="osc9")
        await run.press("R")
        monkeypatch.setenv("TMUX", "x")
        await run.press("R")
        assert written[1:] == ["\a", "\x1b]9;PIPL\a", "\x1bPtmux;\x1b\x1b]9;PIPL\a\x1b\\"]


async def test_a_watch_from_the_text_that_is_selected() -> None:
    async with running(sample_library()) as run:
        await run.press("enter")
        lines = run.text.splitlines()
        y = next(number for number, line in enumerate(lines) if "LanternPay from Monday" in line)
        x = lines[y].index("LanternPay from")
        await run.pilot.mouse_down(offset=(x, y))
        await run.pilot.hover(offset=(x + 5, y))
        await run.pilot.mouse_up(offset=(x + 15, y))
        await run.press("W")
        dialog = await shown(run)
        assert replace(dialog.typed(), color="") == WatchConfig("LanternPay from", ("LanternPay from",))
        assert not run.main.get_selected_text()
        await run.press("enter")
        assert run.library.config.watches[-1].any == ("LanternPay from",)
    assert from_selection(" paper\n tickets, ").any == ("paper tickets",)
    assert from_selection("/re/").any == ("re",)  # what stands in a text is no regular expression
    assert from_selection(" \x1b[31m ").any == ()
    assert len(from_selection("x" * 9000).any[0]) <= 200


def test_a_preview_of_the_newest_says_that_there_may_be_more() -> None:
    found = WatchPreview(matches=2000, added=1990, removed=3)
    assert "".join(text for text, _ in summary(found)) == "+1990  −3  compared with now · 2,000 articles"
    part = "".join(text for text, _ in summary(replace(found, complete=False)))
    assert part.endswith("· 2,000 articles among the newest, older ones may follow")


@pytest.mark.parametrize("size", [(60, 20), (60, 16), (120, 40)])
@pytest.mark.parametrize(("key", "hint"), [("W", "enter saves"), ("M", "enter mutes")])
async def test_what_enter_does_is_told_in_low_terminals_too(
    size: tuple[int, int], key: str, hint: str
) -> None:
    async with running(sample_library(), size) as run:
        await run.press(key)
        await run.settle()
        assert hint in run.text


async def test_a_hit_that_was_edited_away_says_until_when_and_where() -> None:
    article = story(1, 1, "Paying on the ferry", 1, "<p>Not the LanternPay. The ferry company.</p>")
    former = Evidence("Ferries", (TermHit("WeChat", "body", 1),), "Pay by WeChat.", ((7, 13),))
    async with running(sample_library(stories=(article,)), size=(100, 30)) as run:
        with written(run.library) as store:
            store.watches.end_matches([(1, replace(former, revision=1, until=NOW - 60))])
        await run.press("enter")
        assert f"◆ Ferries  body ×1 (WeChat) · hit until edited {short_time(NOW - 60)}" in run.text
        assert "“Pay by WeChat.”" in run.text and "◆ LanternPay  body ×1" in run.text


async def test_the_table_counts_what_was_edited_away(tmp_path: Path) -> None:
    async with opened(tmp_path) as library:
        ids = await library.lists.ids(View(ViewKind.WATCH, "WeChat"))

        with written(library) as store:
            store.watches.end_matches([(ids[0], Evidence("WeChat", revision=1, until=NOW))])
        async with running(library) as run:
            await run.press("w")
            assert isinstance(run.app.screen, Watches)
            assert "1 until edited" in run.text and f"{len(ids)} articles" in run.text


async def test_a_watch_that_can_hardly_be_meant_says_so_while_it_is_typed(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        await run.press("W")
        dialog = await shown(run)
        for name, value in {"name": "Dead", "any": "", "query": "quokka or wombat"}.items():
            dialog.query_one(f"#{name}", Input).value = value
        await run.press("left")
        await run.settle()
        assert '! "or" is searched as a word; did you mean OR?' in run.text
        dialog.query_one("#query", Input).value = "feed:nope"
        await run.press("left")
        await run.settle()
        assert "! there is no feed 'nope'" in run.text and "did you mean OR?" not in run.text
        await run.press("enter")  # it is said, and not forbidden
        await run.settle()
        await run.press("w")
        await run.press("G")
        await run.settle()
        assert "quiet: there is no feed 'nope'" in run.text
        await run.press("escape", "M", *"watch:wechat")
        await run.settle()
        assert "! hides nothing: without include_watched" in run.text
