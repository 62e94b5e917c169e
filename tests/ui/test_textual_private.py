"""The private names of Textual that `ui/textual_private.py` relies on are there, and do what they did."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest
from textual import app, message_pump, screen
from textual.app import App
from textual.screen import Screen
from textual.widget import Widget

from tuireader.ui import textual_private

USED = {
    "_begin_update": (App, ["self"]),
    "_check_bindings": (App, ["self", "key", "priority"]),
    "_check_refresh": (Widget, ["self"]),
    "_dispatch_message": (Screen, ["self", "message"]),
    "_end_update": (App, ["self"]),
    "_fatal_error": (App, ["self"]),
    "_handle_exception": (App, ["self", "error"]),
    "_on_timer_update": (Screen, ["self"]),
    "_unnotify": (App, ["self", "notification", "refresh"]),
}
OWN = {"_driver", "_held_until", "_repainted", "_MAX_WAIT"}


@pytest.mark.parametrize("name", USED)
def test_textual_has_the_name_with_the_same_arguments(name: str) -> None:
    owner, parameters = USED[name]
    assert list(inspect.signature(getattr(owner, name)).parameters) == parameters


def test_the_list_above_is_complete() -> None:
    tree = ast.parse(Path(textual_private.__file__).read_text(encoding="utf-8"))
    names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    names |= {
        node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name for name in names if name.startswith("_")} - OWN == set(USED)


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
