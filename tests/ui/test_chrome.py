"""Header and footer, the help of each place, the tour, and the sign of a watch that is explained once."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.examples import half_as_many
from tests.ui.demo_library import opened
from tests.ui.running import Running, running
from tests.ui.samples import CONFIG
from tests.ui.shelf import NOW, Shelf, configured, many
from tuireader.commands import BY_ID, Scope, keys_label
from tuireader.config import Config
from tuireader.model import Feed, View, ViewKind
from tuireader.model.accounts import AccountState
from tuireader.store import Store
from tuireader.text import cell_len
from tuireader.ui.dialogs.help import SIGNS, Help, Tour
from tuireader.ui.screens.alarms import Alarms
from tuireader.ui.screens.health import Health
from tuireader.ui.screens.queue import Queue
from tuireader.ui.screens.story import StoryScreen
from tuireader.ui.screens.watches import Watches
from tuireader.ui.session import Session
from tuireader.ui.status import at_rest
from tuireader.ui.widgets.bars import FooterKey, fitting

TROUBLE, REFRESHED = "2 feeds failing", "refreshed 4 min ago"
STATE = f"{TROUBLE} · {REFRESHED}"
RESTS = {"trouble": TROUBLE, "state": REFRESHED}


def first(run: Running) -> str:
    return run.text.splitlines()[0]


def last(run: Running) -> str:
    return run.text.splitlines()[-1]


# --------------------------------------------------------------------------- header


COUNT = "79 rows · 90 articles"
LONG = "港口日报" * 20


async def test_the_header_shows_what_fits() -> None:
    cases: list[tuple[int, dict[str, str], str, str]] = [
        (80, {}, f"Unread   {COUNT}", ""),
        (80, {**RESTS}, f"Unread   {COUNT}", STATE),
        (69, {**RESTS}, f"Unread   {COUNT}", "2 feeds failing"),
        (47, {**RESTS}, f"Unread   {COUNT}", ""),
        (32, {**RESTS}, "Unread   79 rows", ""),
        (12, {**RESTS}, "Unread", ""),
        (60, {"progress": "refreshing 3/12"}, f"Unread   {COUNT}", "refreshing 3/12"),
        (40, {"progress": "refreshing 3/12"}, "Unread   79 rows", "refreshing 3/12"),
        (30, {"progress": "refreshing 3/12"}, "Unread", "refreshing 3/12"),
        (80, {"progress": "syncing", **RESTS, "sign": "WeChat"}, f"Unread   {COUNT}", "syncing"),
        (80, {**RESTS, "sign": "WeChat"}, f"Unread   {COUNT}", "◆ WeChat: on your watchlist"),
        (50, {**RESTS, "sign": "WeChat"}, f"Unread   {COUNT}", ""),
        (80, {"title": LONG}, f"{LONG[:26]}…   {COUNT}", ""),
        (80, {"title": LONG, "state": "offline"}, f"{LONG[:21]}…   {COUNT}", "offline"),
    ]
    names = ("state", "trouble", "progress", "sign")
    async with running(Shelf(), (80, 24)) as run:
        for width, texts, left, right in cases:
            await run.resize(width, 24)
            run.main.top.show(**{"title": "Unread", "count": COUNT, **dict.fromkeys(names, ""), **texts})
            line = "".join(segment.text for segment in run.main.top.render_line(0))
            assert cell_len(line) == width and line[0] == line[-1] == " "
            assert line.strip() == (left + line[1 + len(left) : -1 - len(right)] + right).strip()
            assert not line[1 + len(left) : -1 - len(right)].strip()


async def test_long_names_leave_the_count_in_any_width(run: Running) -> None:
    titles = (
        "Unread",
        "A very long name of a feed that people read in a terminal",
        "端末で読む" * 9,
        "🚀" * 40,
    )
    for width in range(1, 130, 3):
        await run.resize(width, 12)
        for title in titles:
            for progress in ("", "refreshing 3/12 · 14 new"):
                run.main.top.show(title=title, count="79 rows · 90 articles", progress=progress)
                line = "".join(segment.text for segment in run.main.top.render_line(0))
                assert cell_len(line) == width
                assert width < 70 or "79 rows" in line
                assert width < 60 or progress in line
                assert width < 60 or line[1] == title[0]


def test_the_state_between_refreshes() -> None:
    session = Session(lambda: Config())
    feed = Feed(1, "https://a.example", "A", last_success=NOW - 3600)

    def state(*, offline: bool = False) -> str:
        return " · ".join(filter(None, at_rest(session, NOW, offline=offline).values()))

    assert state() == "" and state(offline=True) == "offline"
    session.feeds = [feed, replace(feed, last_success=NOW - 240), replace(feed, last_success=None)]
    assert state() == "refreshed 4 min ago"
    session.feeds.append(replace(feed, last_error="HTTP 500"))
    assert state() == "1 feed failing · refreshed 4 min ago"
    session.feeds += [replace(feed, last_error="gone", state=state) for state in ("paused", "gone")]
    assert state() == "2 feeds failing · refreshed 4 min ago"
    session.accounts = [AccountState(1, "home", synced_at=NOW)]
    assert state().endswith("refreshed now")


async def test_the_header_says_when_feeds_were_refreshed_and_how_many_fail() -> None:
    def fetched(store: Store) -> None:
        store.conn.execute("UPDATE feed SET last_success = ?", (NOW - 240,))
        store.conn.execute("UPDATE feed SET last_error = 'HTTP 500' WHERE id IN (1, 2)")

    async with running(dataclasses.replace(many(5), prepare=fetched)) as run:
        assert first(run).endswith("   2 feeds failing · refreshed 4 min ago")
        bright = [
            part.text for part in run.main.top.render_line(0) if part.style == run.app.theme_styles.base
        ]
        assert "2 feeds failing" in bright
        run.app.clock = lambda: NOW + 60.0
        run.main.controllers.refreshing.show_state()
        await run.settle()
        assert first(run).endswith("refreshed 5 min ago")
        await run.resize(40, 20)
        assert first(run) == " Unread   5 articles    2 feeds failing"


# --------------------------------------------------------------------------- footer

_LIST = {
    130: " j/k move  enter open  n next unread  h sidebar    s star  N read/unread"
         "    / search  R refresh  ? help  q quit",
    100: " j/k move  enter open  n next unread  h sidebar    s star    / search  ? help  q quit",
    80: " j/k move  enter open  n next  h sidebar    / search  ? help  q quit",
    48: " j/k move  enter open    ? help  q quit",
    20: " j/k move",
}  # fmt: skip


async def test_keys_stand_in_groups_and_the_least_important_go_first(run: Running) -> None:
    for width, expected in _LIST.items():
        await run.resize(width, 24)
        keys, _, where = last(run).rpartition("   ")
        assert keys.rstrip() == expected and where.strip() == "1/5"
        segments = run.main.status.render_line(0)
        strong = [segment.text for segment in segments if segment.style and segment.style.bold]
        assert strong[:1] == ["j/k"] and not any(" " in text for text in strong)


async def test_the_footer_is_for_the_pane_with_the_focus(run: Running) -> None:
    await run.press("enter")
    assert last(run).startswith(
        " j/k scroll  space read on  ] next match  e related    o browser  u links  s star"
    )
    await run.press("h", "h")
    assert last(run).startswith(
        " j/k move  enter open    r refresh this    / search  + add feed  ? help  q quit"
    )
    await run.press("l", "slash")
    assert last(run).startswith(
        " enter results  ↑ older searches    ^s as watch  ^n as saved search    esc leave"
    )


@given(
    st.lists(
        st.tuples(st.sampled_from(["j/k", "^s", "字"]), st.text("a字 ", max_size=9), st.integers(0, 29))
    ),
    st.integers(0, 90),
)
@half_as_many
def test_keys_never_need_more_room_than_there_is(keys: list[tuple[str, str, int]], room: int) -> None:
    drawn = fitting([FooterKey(*key) for key in keys], room)
    assert sum(cell_len(text) for text, _ in drawn) <= room or not drawn
    shown = [text for text, is_key in drawn if is_key]
    most_important = sorted(keys[: len(shown)], key=lambda key: key[2])
    assert shown == [key for key, _, _ in most_important]


async def test_other_screens_have_the_same_groups(run: Running) -> None:
    for key, screen, keys in (
        ("w", Watches, "j/k move  enter articles    s sources  e edit  W new  d remove    ? help  esc back"),
        ("H", Health, "j/k move  enter articles    r retry  p pause  e edit  d remove    ? help  esc back"),
        ("B", Queue, "j/k move    ? help  esc back"),
        ("exclamation_mark", Alarms, "j/k move    ? help  esc back"),
        ("T", StoryScreen, "j/k move  enter open    o browser  Y copy  S save    ? help  esc back"),
    ):
        await run.press(key)
        assert isinstance(run.app.screen, screen)
        assert last(run).strip().startswith(keys)
        await run.press("escape")


# --------------------------------------------------------------------------- help


async def test_help_opens_with_the_keys_of_the_pane(run: Running) -> None:
    for keys, heading, first_key in (
        ((), "In the list", "enter l →"),
        (("enter",), "In the article", "space"),
        (("escape", "h"), "In the sidebar", "enter"),
    ):
        await run.press(*keys, "question_mark")
        lines = [line.strip(" │") for line in run.text.splitlines()]
        at = next(number for number, line in enumerate(lines) if heading in line)
        assert first_key in lines[at + 1]
        for other in ("In the list", "In the article", "In the sidebar"):
            assert (other in run.text) == (other == heading)
        await run.press("escape")


@pytest.mark.parametrize("place", [Scope.LIST, Scope.ARTICLE, Scope.SIDEBAR])
def test_help_of_the_panes_lists_every_command_once_and_all_signs(place: Scope) -> None:
    lines = Help({}, place).matching("")
    keys = [line.key for line in lines if line.key is not None]
    assert len(keys) == len(set(keys))
    assert set(BY_ID) == {key for key in keys if not key.startswith("sign ")}
    assert [line.lead for line in lines if line.key and line.key.startswith("sign ")] == [
        sign for sign, _ in SIGNS
    ]
    starred = Help({}, place).matching("starred")
    assert ("★", "Starred") in [(line.lead, line.text) for line in starred]
    assert [line.text for line in Help({}, place).matching("xyzzy")] == []


@pytest.mark.parametrize("place", [Scope.WATCHES, Scope.HEALTH, Scope.QUEUE, Scope.ALARMS, Scope.STORY])
def test_help_of_other_screens_lists_what_works_there(place: Scope) -> None:
    keys = [line.key for line in Help({}, place).matching("") if line.key is not None]
    assert set(keys) == {command.id for command in BY_ID.values() if place in command.places}


async def test_help_of_another_screen_runs_its_commands(run: Running) -> None:
    await run.press("w", "question_mark")
    help_screen = run.screen(Help)
    assert "Watches" in run.text and keys_label(BY_ID["search_feeds"].keys) in run.text
    await run.write("line\r")  # the first: open, j, k ... of what is left
    assert help_screen not in run.app.screen_stack
    await run.press("escape", "escape", "escape", "w", "question_mark")
    await run.write("move down a line\r")
    assert run.screen(Watches).table.cursor == 1
    await run.press("F1".lower())
    await run.write("quit at the top\r")
    assert run.app.screen is run.main


async def test_a_sign_is_explained_and_does_nothing(run: Running) -> None:
    await run.press("question_mark")
    await run.write("◆")
    assert "Matches a watch; a letter names the watch: ◆W" in run.text
    await run.press("enter")
    run.screen(Help)
    await run.press("escape")
    assert run.app.screen is run.main


# --------------------------------------------------------------------------- tour


async def test_a_key_of_the_tour_also_does_what_it_names(run: Running) -> None:
    for key, focus, cursor, back in (
        ("escape", "list", 1, ()), ("x", "list", 1, ()), ("q", "list", 1, ()), ("Q", "list", 1, ()),
        ("enter", "article", 1, ("escape",)), ("h", "sidebar", 1, ("l",)), ("j", "list", 2, ()),
    ):  # fmt: skip
        await run.main.run_command("tour")
        await run.settle()
        run.screen(Tour)
        assert "try one of these keys" in run.text
        await run.press(key)
        assert run.app.screen is run.main and (run.focus, run.cursor_id) == (focus, cursor)
        await run.press(*back)
        assert run.focus == "list"


async def test_keys_typed_ahead_of_the_tour_arrive_in_order(run: Running) -> None:
    await run.main.run_command("tour")
    await run.settle()
    await run.write("/fog\r")
    assert run.main.session.query == "fog" and list(run.main.articles.ids) == [6]


# --------------------------------------------------------------------------- the sign of a watch


@pytest.mark.parametrize(("size", "mark"), [((119, 40), "◆"), ((120, 40), "▌")])
async def test_the_sign_of_a_watch_is_explained_once(
    tmp_path: Path, size: tuple[int, int], mark: str
) -> None:
    async with opened(tmp_path) as demo:
        async with running(demo, size) as run:
            assert mark in first(run)
            await run.press("j", "k")
            assert "on your watchlist" in first(run)
            styles = {segment.text: segment.style for segment in run.main.top.render_line(0)}
            sign = next(text for text in styles if text.startswith(mark))
            named = first(run).partition(sign)[2].partition(":")[0].strip()
            color = run.app.theme_styles.named(f"watch:{named}").color
            style = styles[sign]
            assert style is not None and style.color == color
            await run.press("enter")
            assert "on your watchlist" not in first(run)
            await run.press("h", "h")
            assert "on your watchlist" not in first(run)
        async with running(demo) as again:
            assert "on your watchlist" not in first(again)


async def test_a_preview_does_not_end_the_explanation_of_a_sign(tmp_path: Path) -> None:
    async with opened(tmp_path) as demo, running(demo, (180, 40)) as run:
        assert run.open_id is not None and "on your watchlist" in first(run)
        await run.press("j")
        assert "on your watchlist" in first(run)
        await run.press("enter")
        assert "on your watchlist" not in first(run)


async def test_no_sign_is_explained_where_none_is(tmp_path: Path) -> None:
    async with running(many(5)) as run:
        assert "watchlist" not in run.text and run.main.session.view == View(ViewKind.UNREAD)
        assert not await run.library.settings.was_seen("watch sign")
    async with configured(tmp_path, CONFIG) as made:
        await made.settings.note_seen("watch sign")
        await made.settings.note_seen("another")
        assert await made.settings.was_seen("watch sign") and await made.settings.was_seen("another")
        assert not await made.settings.was_seen("a third")
