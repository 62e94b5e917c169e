"""The private names of Textual that `ui/textual_private.py` relies on are there, and do what they did."""

from __future__ import annotations

import ast
import inspect
import re
import sys
from pathlib import Path

import pytest
from rich.segment import Segment
from textual import app, message_pump, screen
from textual._compositor import Compositor
from textual._styles_cache import StylesCache
from textual.app import App
from textual.color import Color
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from tests.ui.running import Running
from tuireader.ui import textual_private

USED = {
    "_begin_update": (App, ["self"]),
    "_check_bindings": (App, ["self", "key", "priority"]),
    "_check_refresh": (Widget, ["self"]),
    "_compositor": (Screen(), None),
    "_dirty_regions": (Compositor(), None),
    "_dispatch_message": (Screen, ["self", "message"]),
    "_end_update": (App, ["self"]),
    "_fatal_error": (App, ["self"]),
    "_handle_exception": (App, ["self", "error"]),
    "_on_timer_update": (Screen, ["self"]),
    "_unnotify": (App, ["self", "notification", "refresh"]),
}
OWN = {"_driver", "_held_until", "_repainted", "_updated", "_MAX_WAIT"}


@pytest.mark.parametrize("name", USED)
def test_textual_has_the_name_with_the_same_arguments(name: str) -> None:
    owner, parameters = USED[name]
    if parameters is None:
        assert hasattr(owner, name)
        return
    assert list(inspect.signature(getattr(owner, name)).parameters) == parameters


def test_the_list_above_is_complete() -> None:
    tree = ast.parse(Path(textual_private.__file__).read_text(encoding="utf-8"))
    names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    names |= {
        node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    private = {name for name in names if name.startswith("_") and not name.startswith("__")}
    assert private - OWN == set(USED)


def test_textual_keeps_its_driver() -> None:
    assert App[int]()._driver is None


@pytest.mark.parametrize(
    "name",
    [
        "_begin_update",
        "_end_update",
        "_dispatch_message",
        "_fatal_error",
        "_handle_exception",
        "_on_timer_update",
    ],
)
def test_textual_calls_what_is_overridden(name: str) -> None:
    modules = [app, message_pump, screen]
    source = "".join(inspect.getsource(module) for module in modules)
    assert f"self.{name}" in source or f"app.{name}" in source


def _painted(sequences: str) -> str:
    """Drop the moves of the cursor after which nothing is painted."""
    return re.sub(r"\x1b\[\d+;\d+H(?=\n|\x1b\[\d+;\d+H|$)", "", sequences)


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (200, 50)])
async def test_a_sparing_frame_paints_what_a_whole_one_does(demo: Running, size: tuple[int, int]) -> None:
    await demo.resize(*size)
    compositor, console = demo.app.screen._compositor, demo.app.console
    assert type(compositor) is textual_private.SparingCompositor
    compared = 0

    def compare() -> None:
        nonlocal compared
        demo.app.screen._on_timer_update()
        changed = compositor._dirty_regions.copy()
        spared = compositor.render_partial_update()
        compositor._dirty_regions |= changed
        cuts, compositor._cuts = compositor._cuts, None
        whole = Compositor.render_partial_update(compositor)
        compositor._cuts = cuts  # what it keeps must serve the next update, too
        if spared is not None and whole is not None:
            assert _painted(spared.render_segments(console)) == _painted(whole.render_segments(console))
            compared += 1

    compositor._cuts = None
    for region, clip in [*compositor.visible_widgets.values()]:
        compositor._dirty_regions.add(region.intersection(clip))
        compare()
    for key in ["j", "j", "m", "pagedown", "k", "n", "l", "j", "N", "h", "h", "j", "G", "s", "z"]:
        await demo.hit(key)
        compare()
    assert compared > 15


def test_a_divided_line_is_freed_without_the_garbage_collector() -> None:
    strip = Strip([Segment("a line"), Segment(" of two")], 13)
    for cuts in ([13], [13, 20]):
        before = sys.getrefcount(strip)
        assert [part.text for part in strip.divide(cuts)] == ["a line of two"]
        assert sys.getrefcount(strip) == before
    assert [part.text for part in strip.divide([4, 13])] == ["a li", "ne of two"]


def test_colours_are_cached_without_the_widget_that_asks() -> None:
    cache, below, above = StylesCache(), Color(1, 2, 3), Color(4, 5, 6, 0.5)
    before = sys.getrefcount(cache)
    inner, outer = cache.get_inner_outer(below, above)
    assert (inner.background, outer.background) == (below + above, below)
    assert sys.getrefcount(cache) == before
