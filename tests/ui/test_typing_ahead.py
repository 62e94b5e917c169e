"""Keys that come faster than the screen: each goes where it belongs, in the order of typing."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import pytest
from textual import events
from textual.keys import _character_to_key
from textual.widgets import Input

from tests.ui.demo_library import opened
from tests.ui.running import Running, running
from tests.ui.shelf import many
from tuireader.errors import TuireaderError
from tuireader.ui import app as app_module

_CONTROLS = {"\r": "enter", "\x1b": "escape", "\x15": "ctrl+u", "\x7f": "backspace", "\t": "tab"}


def type_at_once(run: Running, text: str) -> None:
    """Hand over all keys before the first of them is looked at, as a terminal does after a pause."""
    for character in text:
        key = _CONTROLS.get(character) or _character_to_key(character)
        run.app.post_message(events.Key(key, character))


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (40, 12)])
async def test_a_search_is_typed_in_one_go(size: tuple[int, int], tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library, size) as run:
        marks = await library.lists.counts()
        type_at_once(run, "/wechat AND news")
        await run.settle()
        line = run.main.focused
        assert isinstance(line, Input) and line.value == "wechat AND news"
        assert await library.lists.counts() == marks and len(run.app.screen_stack) == 2


async def test_a_search_from_the_sidebar_before_its_view_is_shown(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        await run.press("tab")
        assert run.focus == "sidebar"
        type_at_once(run, "jjj/didi")
        await run.settle()
        assert run.focus == "search" and "Search: didi" in run.text
        chosen = run.main.sidebar.current
        await run.press("escape")
        assert chosen is not None and run.main.session.view == chosen.view


async def test_a_widget_that_is_gone_holds_no_keys(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        gone = Input(id="search")
        await run.main.mount(gone)
        await gone.remove()
        run.main.set_focus(gone)
        await run.pilot.press("ctrl+q")
        assert run.app.return_value == 0


async def test_it_can_be_left_when_nothing_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def locked() -> None:
        raise TuireaderError("the database is locked")

    async with opened(tmp_path) as library, running(library) as run:
        monkeypatch.setattr(library.lists, "away_since", locked)
        await run.pilot.press("ctrl+q")
        assert run.app.return_value == 0


async def test_a_search_from_an_article_and_then_its_first_hit(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library, (80, 24)) as run:
        await run.press("enter")
        type_at_once(run, "/didi\r")
        await run.settle()
        ids, _ = await library.searches.run("didi")
        assert list(run.main.articles.ids) == list(ids) and run.focus == "list"


async def test_a_filter_and_a_dialog_get_their_text(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        type_at_once(run, "Fjnsq")
        await run.settle()
        assert isinstance(run.main.focused, Input) and run.main.focused.value == "jnsq"
        await run.press("escape", "escape")
        type_at_once(run, "?quit")
        await run.settle()
        assert isinstance(run.app.focused, Input) and run.app.focused.value == "quit"
        await run.press("escape")
        type_at_once(run, "Mjkq")
        await run.settle()
        assert isinstance(run.app.focused, Input) and "jkq" in run.app.focused.value


async def test_moves_are_done_in_order(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        type_at_once(run, "jjjjkjG" + "k" * 3)
        await run.settle()
        assert run.main.articles.cursor == len(run.main.articles.ids) - 4


async def test_words_to_find_in_a_page(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        await run.press("enter")
        run.app.post_message(events.Key("ctrl+f", None))
        type_at_once(run, "quit nsN")
        await run.settle()
        assert isinstance(run.main.focused, Input) and run.main.focused.value == "quit nsN"


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (40, 12)])
async def test_keys_after_a_search_are_for_what_was_found(size: tuple[int, int], tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library, size) as run:
        ids, _ = await library.searches.run("the")
        type_at_once(run, "/the\rjj")
        await run.settle()
        assert run.focus == "list" and list(run.main.articles.ids) == list(ids)
        assert run.main.articles.cursor == 2
        type_at_once(run, "/didi\rs")
        await run.settle()
        ids, _ = await library.searches.run("didi")
        assert [row.id for row in await library.lists.rows(ids) if row.starred] == [ids[0]]
        type_at_once(run, "/the\rj\r")
        await run.settle()
        ids, _ = await library.searches.run("the")
        assert run.open_id == ids[1]


async def test_keys_for_an_article_that_is_not_painted_yet() -> None:
    async with running(many(300)) as run:
        for number in (29, 31, 37):  # far down the list
            type_at_once(run, f"/{number}\ro\x1b")
            await run.settle()
        assert run.browsed == [f"https://news.example/{number}" for number in (29, 31, 37)]
        type_at_once(run, "Go ")
        await run.settle()
        assert run.browsed[3:] == ["https://news.example/1"] and run.open_id == 1


async def test_keys_after_a_search_that_is_left_are_for_the_list_before(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        before = list(run.main.articles.ids)
        for search in ("/x\x1bj", "/\x1bj", "/didi\x1bj", "/d\x7f\x7fj", "/wechat\r\x1bj"):
            at = run.main.articles.cursor
            type_at_once(run, search)
            await run.settle()
            assert run.focus == "list" and list(run.main.articles.ids) == before, search
            assert run.main.articles.cursor == at + 1, search


async def test_keys_after_a_filter_are_for_what_is_left(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        before = list(run.main.articles.ids)
        type_at_once(run, "Fwechat\rj")
        await run.settle()
        assert 1 < len(run.main.articles.ids) < len(before) and run.main.articles.cursor == 1
        type_at_once(run, "F\x15didi\x1bG")
        await run.settle()
        assert list(run.main.articles.ids) == before and run.main.articles.cursor == len(before) - 1


async def test_text_after_a_key_that_deletes_is_kept(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        type_at_once(run, "/didi\x15law\x7f\x7faw one")
        await run.settle()
        assert isinstance(run.main.focused, Input) and run.main.focused.value == "law one"
        type_at_once(run, "\x15wechat\r")
        await run.settle()
        ids, _ = await library.searches.run("wechat")
        assert list(run.main.articles.ids) == list(ids) and run.focus == "list"
        type_at_once(run, "Wname\x15other\tword\x15two\twords")  # a form of several lines
        await run.settle()
        values = [line.value for line in run.app.screen.query(Input)]
        assert values[:2] == ["other", "two"], values


async def test_keys_after_another_screen_are_for_the_list(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        for keys in ("Hjj\x1bj", "HGqj", "?quit\x15x\x1bj", "Ma\x7f\x1bj", "Whj\x1bHgj\x1bj"):
            at = run.main.articles.cursor
            type_at_once(run, keys)
            await run.settle()
            assert len(run.app.screen_stack) == 2 and run.main.articles.cursor == at + 1, keys
        type_at_once(run, "Hj\rG")
        await run.settle()
        assert run.view_kind == "feed" and run.main.articles.cursor == len(run.main.articles.ids) - 1


async def test_keys_after_words_to_find_in_a_page(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        await run.press("enter")
        opened_id = run.open_id
        run.app.post_message(events.Key("ctrl+f", None))
        type_at_once(run, "the\r")
        await run.settle()
        assert run.focus == "article" and run.main.pane.sought == "the"
        run.app.post_message(events.Key("ctrl+f", None))
        type_at_once(run, "\x15a\x1bn")
        await run.settle()
        assert run.main.pane.sought == "" and run.open_id != opened_id


async def test_escape_and_a_letter_that_came_together_are_two_keys(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        type_at_once(run, "/x")
        run.app.post_message(events.Key("alt+shift+g", "G"))  # what a terminal tells of both
        await run.settle()
        assert run.focus == "list" and run.main.articles.cursor == len(run.main.articles.ids) - 1
        run.app.post_message(events.Key("alt+k", None))  # told by a terminal that knows what is pressed
        await run.settle()
        assert run.main.articles.cursor == len(run.main.articles.ids) - 1


def test_old_objects_are_looked_through_at_rest_and_only_when_there_are_many() -> None:
    class Ring:
        pass

    def dropped() -> weakref.ref[Ring]:
        """A ring of objects that has grown old, and that nobody holds any more."""
        ring = Ring()
        ring.it = ring  # type: ignore[attr-defined]
        gc.collect(1)
        return weakref.ref(ring)

    gc.collect()
    one = dropped()
    app_module.collect_garbage()
    assert one() is not None
    for _ in range(app_module.YOUNG_ROUNDS):
        gc.collect(1)
    app_module.collect_garbage()
    assert one() is None


async def test_keys_of_a_terminal_that_says_it_has_not_the_focus(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        for open_line, back in (("/", "\x1b"), ("?", "\x1b")):
            type_at_once(run, open_line + "a")
            await run.settle()
            run.app.post_message(events.AppBlur())
            type_at_once(run, "bc")
            await run.settle()
            assert isinstance(run.app.focused, Input) and run.app.focused.value == "abc"
            type_at_once(run, back)
            await run.settle()
