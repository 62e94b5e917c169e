"""The table of the watches, and making one: on the demo's library, and into a config of one's own."""

from __future__ import annotations

import asyncio
import os
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.ui.running import Running, running
from tests.ui.samples import FEEDS
from tests.ui.samples import library as sample_library
from tests.ui.shelf import NOW, Server, Shelf, configured, failing, story, written
from tests.ui.snap import assert_screen
from tuireader.config import NotifyConfig, WatchConfig, loads
from tuireader.errors import TuireaderError
from tuireader.model import (
    ArticleRow,
    Evidence,
    TermHit,
    Told,
    View,
    ViewKind,
    WatchPreview,
    WatchStats,
)
from tuireader.text import cell_len
from tuireader.ui.dialogs.new_watch import NewWatch, from_search, from_selection, summary, terms
from tuireader.ui.flows.watches import edit_watch
from tuireader.ui.screens.watches import Watches, definition, watch_cells
from tuireader.wording.lines import sparkline
from tuireader.wording.times import short_time


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
    assert watch_cells(WatchStats("A", newest=row), NOW)["last"].text == "2 h ago · [/x] title"
    quiet = WatchStats("A", quiet="quiet: 2 of 3 feeds failing", newest=row)
    assert watch_cells(quiet, NOW)["last"].text == "quiet: 2 of 3 feeds failing"
    assert watch_cells(WatchStats("A", problem="no"), NOW)["last"].text == "! no"
    assert watch_cells(WatchStats("A"), NOW)["last"].text == "no matches yet"
    config = WatchConfig("A", ("x", "y"), (("z",),), ("w",), "q")
    assert definition(config) == "any: x, y · one of: z · none: w · query: q"


NAMES = ("TCP/IP", "/a+/", "hit:a/b", "code:x", "[/x]", "now", "text/strong")


async def test_a_watch_may_have_any_name() -> None:
    watches = "".join(f"[[watch]]\nname = '{name}'\nany = ['n{at}']\n" for at, name in enumerate(NAMES, 1))
    stories = tuple(story(at, 1, f"About n{at}", at) for at in range(1, len(NAMES) + 1))
    async with running(Shelf(FEEDS + watches, stories)) as run:
        assert all(f"▌{name} " in run.text for name in NAMES)
        await run.resize(119, 40)
        for at, name in enumerate(NAMES, 1):
            (line,) = [line for line in run.text.splitlines() if f"About n{at}" in line]
            assert f"◆{name[0].upper()}" in line
            await run.press("enter", "right_square_bracket")
            assert f"match 1/1 · {name}" in run.text
            await run.press("h", "j")
        await run.press("w")
        assert all(name in run.text for name in NAMES)


async def test_the_table_on_a_real_library(demo: Running) -> None:
    ids = await demo.library.lists.ids(View(ViewKind.WATCH, "WeChat"))
    await demo.press("w")
    table = demo.screen(Watches).table
    assert table.keys == list(demo.library.watches.colors)
    assert f"· {len(ids)} articles" in demo.text and "any: WeChat" in demo.text
    assert_screen(demo.app, "watches-120x40")
    await demo.press("j", "enter")
    assert demo.main.session.view == View(ViewKind.WATCH, "PIPL") and demo.focus == "list"
    assert len(demo.main.articles.ids) > 0
    with written(demo.library) as store:
        store.watches.end_matches([(ids[0], Evidence("WeChat", revision=1, until=NOW))])
    await demo.press("w")
    assert "1 until edited" in demo.text and f"{len(ids)} articles" in demo.text


async def test_many_matches_are_counted_after_the_table_is_shown(
    demo: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, go, counting = demo.main.session.counts, asyncio.Event(), demo.library.watches.stats
    many = {name: replace(count, total=90_000) for name, count in known.watches.items()}
    demo.main.session.counts = replace(known, watches=many)

    async def stats() -> list[WatchStats]:
        await go.wait()
        return await counting()

    monkeypatch.setattr(demo.library.watches, "stats", stats)
    demo.post("w")
    await demo.shows("counting …")
    first = demo.rows(Watches)[0]
    assert first["unread"] == str(known.watches["WeChat"].unread or "")
    assert first.keys().isdisjoint({"today", "week", "month", "days", "last"})  # no number that is not known
    assert " today" not in demo.text.splitlines()[0]
    await demo.hit("j")  # the table can be used meanwhile
    assert demo.screen(Watches).table.cursor == 1 and "counting …" in demo.text
    go.set()
    await demo.settle()
    assert demo.screen(Watches).table.cursor == 1 and "counting …" not in demo.text
    assert " today" in demo.text.splitlines()[0]
    assert "any: Personal Information Protection Law" in demo.text
    assert "last" in demo.rows(Watches)[0]


async def test_all_numbers_are_of_articles(demo: Running) -> None:
    """Lists fold stories here; what this screen counts is what `tuireader list` prints, line by line."""
    library = demo.library
    assert demo.main.session.folds
    await demo.show(View(ViewKind.WATCH, "WeChat"))
    await demo.press("semicolon", "w")  # handled: there are cases from now on
    screen = demo.screen(Watches)
    shown = {key: screen.cells(stats) for key, stats in screen.items.items()}
    folded = 0
    for name, cells in shown.items():
        watch, found = f'watch:="{name}"', {}
        for which in ("is:unread", "", "is:today", "age:<7d", "age:<30d", "is:open", "is:done"):
            found[which] = len((await library.searches.run(f"{watch} {which}", limit=999))[0])
        assert cells["unread"].text == str(found["is:unread"] or "")
        assert [cells[key].text for key in ("today", "week", "month")] == [
            str(found[which] or "–") for which in ("is:today", "age:<7d", "age:<30d")
        ]
        new, opened, handled = map(int, (cells["cases"].text or "0·0·0").split("·"))
        assert (new + opened, handled) == (found["is:open"], found["is:done"])
        head = "".join(text for text, _ in screen.about(screen.items[name])[0])
        unread = f"{found['is:unread']} unread"
        assert head.endswith(f" · {found['']} article{'s' * (found[''] != 1)}, {unread}")
        folded += found["is:unread"] - screen.items[name].count.unread_folded
    assert folded and any(cells["cases"].text for cells in shown.values())


async def test_a_watch_is_tried_out_and_saved(demo: Running) -> None:
    await demo.press("slash")
    await demo.write("tencent")
    await demo.press("enter", "W")
    dialog = demo.screen(NewWatch)
    assert replace(dialog.typed(), color="") == WatchConfig(name="tencent", any=("tencent",))
    colours = {demo.library.watches.colors[name] for name in demo.library.watches.colors}
    assert dialog.typed().color not in colours  # one that no watch has yet
    preview = await demo.library.watches.preview(dialog.typed())
    assert preview.matches and f"+{preview.added}  −0  compared with now" in demo.text
    await demo.press("down")
    await demo.write(", wechat")
    wider = await demo.library.watches.preview(dialog.typed())
    assert wider.matches > preview.matches and f"{wider.matches} articles" in demo.text
    await demo.press("down", "down", "down", "right", "enter")
    assert demo.library.watches.colors["tencent"] not in colours
    assert len(await demo.library.lists.ids(View(ViewKind.WATCH, "tencent"))) == wider.matches
    assert "◆ tencent" in demo.text and "◆ tencent · ^z undoes\nuntil the demo ends" in demo.toasts


async def test_the_name_follows_the_terms_until_it_is_typed_or_known(run: Running) -> None:
    await run.flow(edit_watch)
    dialog = run.screen(NewWatch)
    await run.write("Fog, rain")
    assert dialog.typed().name == "Fog"
    for terms_typed, name in (("Ferries, tolls", "Ferries, tolls"), ("", "title:fog")):
        run.fill(any=terms_typed, query="title:fog")
        await run.settle()
        assert dialog.typed().name == name  # there is a watch Ferries
    run.fill(name="Weather", any="fog")
    await run.settle()
    assert dialog.typed().name == "Weather"
    await run.press("enter")
    assert run.library.config.watches[-1].name == "Weather"
    config = WatchConfig("Crossings", ("ferry",))  # one that is changed keeps its name and colour
    await run.flow(partial(edit_watch, config=config, replaces=config.name))
    run.fill(any="tunnel")
    await run.settle()
    assert run.screen(NewWatch).typed() == WatchConfig("Crossings", ("tunnel",))


async def test_an_article_proposes_its_names(demo: Running) -> None:
    proposed = {}
    for start in ("Tencent gets", "AMD nearly doubles", "WeChat suspends", "The Data Security Law", "腾讯被"):
        proposed[start] = await demo.library.watches.suggest(await demo.at(start))
    assert proposed["Tencent gets"].any == ("Tencent", "Sogou")
    assert proposed["AMD nearly doubles"].any == ("AMD",)  # and no "nearly doubles"
    assert "WeChat" not in proposed["WeChat suspends"].any  # it is watched already
    assert proposed["The Data Security Law"].name == "Data Security Law"
    assert proposed["腾讯被"].any[0] == "腾讯"
    await demo.press("W")
    proposal = demo.screen(NewWatch).typed().any
    assert proposal == (await demo.library.watches.suggest(demo.row.id)).any


async def test_a_bad_query_is_pointed_at(demo: Running) -> None:
    await demo.press("W", "down", "down", "down")
    await demo.write("apple AND (")
    assert "apple AND (" in demo.text and "^" in demo.text
    await demo.press("enter")
    assert "The query: " in demo.text and isinstance(demo.app.screen, NewWatch)
    await demo.press("escape")
    assert len(demo.app.screen_stack) == 1 and len(demo.library.watches.colors) == 3


async def test_it_needs_a_name_of_its_own_and_something_to_look_for(run: Running) -> None:
    await run.flow(edit_watch)
    assert "Enter a word" in run.text
    await run.press("enter")
    assert "Enter a name" in run.text
    await run.submit(name="Ferries")
    assert "There is already a watch Ferries" in run.text
    await run.submit(name="Fog")
    assert "Enter a word, a phrase or a query" in run.text
    await run.press("escape")
    with failing(TuireaderError("the config cannot be written"), run.library.watches.save):
        await run.flow(partial(edit_watch, config=WatchConfig("Fog", ("Fog",))))
        await run.press("enter")
    assert "the config cannot be written" in run.text


async def test_only_the_last_question_is_answered(run: Running) -> None:
    asked: list[WatchConfig] = []
    preview = run.library.watches.preview

    async def counted(config: WatchConfig, replaces: str = "") -> WatchPreview:
        asked.append(config)
        return await preview(config, replaces)

    vars(run.library.watches)["preview"] = counted
    await run.flow(edit_watch)
    await run.write("Fog")
    assert asked[-1].any == ("Fog",) and len(asked) < 3  # one on a quiet machine
    assert "+1  −0" in run.text and "Fog again" in run.text
    assert_screen(run.app, "new-watch-120x40")


async def test_a_watch_is_changed_in_the_config(tmp_path: Path) -> None:
    text = '# mine\n[[watch]]\nname = "Tolls"  # roads\nany = ["toll"]\nnotify = "story"\n'
    async with configured(tmp_path, text) as library, running(library) as run:
        await run.press("w")
        assert "any: toll" in run.text
        await run.press("e", "down")
        await run.write(", bridge")
        await run.press("down", "down", "down", "down", "left", "enter")
        assert isinstance(run.app.screen, Watches) and "any: toll, bridge" in run.text
        assert run.written.startswith("# mine\n")
        tolls = WatchConfig(name="Tolls", any=("toll", "bridge"), notify="article")
        assert loads(run.written) == (library.config, ()) and library.config.watches == (tolls,)


async def test_another_name_for_it_is_offered() -> None:
    text = "<p>LanternPay (LP) comes to the ferries.</p>"
    async with running(sample_library(stories=(story(1, 1, "Paying", 1, text),))) as run:
        config = WatchConfig("LanternPay", ("LanternPay",))
        await run.flow(partial(edit_watch, config=config, replaces=config.name))
        assert "Articles also call it LP" in run.text
        await run.press("ctrl+t")
        assert run.screen(NewWatch).typed().any == ("LanternPay", "LP")
        assert "Articles also call it" not in run.text
        await run.press("ctrl+t", "enter")
        assert run.library.config.watches[0].any == ("LanternPay", "LP")


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


def notify_by(run: Running, **options: Any) -> None:
    context = run.library.context
    context.config = replace(context.config, notify=NotifyConfig(**options))


@pytest.mark.usefixtures("plain_terminal")
async def test_a_refresh_that_told_of_watches_notifies_once_and_says_what_went_wrong(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    by_desktop = (Told("PIPL", "2 new", (1, 3), desktop=True),)
    async with running(sample_library()) as run:
        server = Server(run.library)
        server.told = (Told("LanternPay", "2 new", (1, 3), troubles=("the command ended with 1: [/x]",)),)
        written = heard(run)
        await run.press("R")
        assert written == ["\a"] and "the command ended with 1: [/x]" in run.toasts
        server.told = by_desktop
        await run.press("R")
        assert written == ["\a"]  # the desktop has told of it: once is enough
    monkeypatch.setenv("TERM", "foot")
    async with running(sample_library()) as run:
        server = Server(run.library)
        server.told = (Told("PIPL; \x1b]0;x\x07", "a\nb", (1, 3)),)
        written = heard(run)
        await run.press("R")
        assert written == ["\x1b]777;notify;PIPL,;a · b\a"]
        server.told = by_desktop
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


async def test_a_watch_from_the_text_that_is_selected(run: Running) -> None:
    await run.press("enter")
    y = next(y for y, line in enumerate(run.text.splitlines()) if "LanternPay from Monday" in line)
    x = cell_len(run.text.splitlines()[y].partition("LanternPay from")[0])
    await run.drag((x, y), (x + 5, y), (x + 15, y))
    await run.press("W")
    typed = run.screen(NewWatch).typed()
    assert replace(typed, color="") == WatchConfig("LanternPay from", ("LanternPay from",))
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


async def test_what_enter_does_is_told_in_low_terminals_too() -> None:
    async with running(sample_library(), (60, 16)) as run:
        for key, hint in (("W", "enter saves"), ("M", "enter mutes")):
            await run.press(key)
            assert hint in run.text
            await run.press("escape")


async def test_a_hit_that_was_edited_away_says_until_when_and_where() -> None:
    article = story(1, 1, "Paying on the ferry", 1, "<p>Not the LanternPay. The ferry company.</p>")
    former = Evidence("Ferries", (TermHit("WeChat", "body", 1),), "Pay by WeChat.", ((7, 13),))
    async with running(sample_library(stories=(article,)), size=(100, 30)) as run:
        with written(run.library) as store:
            store.watches.end_matches([(1, replace(former, revision=1, until=NOW - 60))])
        await run.press("enter")
        assert f"▌ Ferries  body · matched until edited {short_time(NOW - 60)}" in run.text
        assert "“Pay by WeChat.”" in run.text and "▌ LanternPay  body" in run.text


async def test_a_watch_that_can_hardly_be_meant_says_so_while_it_is_typed(demo: Running) -> None:
    await demo.press("W")
    demo.fill(name="Dead", any="", query="quokka or wombat")
    await demo.press("left")
    assert '! "or" is searched as a word; did you mean OR?' in demo.text
    demo.fill(query="feed:nope")
    await demo.press("left")
    assert "! there is no feed 'nope'" in demo.text and "did you mean OR?" not in demo.text
    await demo.press("enter")  # it is said, and not forbidden
    await demo.press("w")
    await demo.press("G")
    assert "quiet: there is no feed 'nope'" in demo.text
    await demo.press("escape", "M")
    await demo.write("watch:wechat")
    assert "! hides nothing: without include_watched" in demo.text
