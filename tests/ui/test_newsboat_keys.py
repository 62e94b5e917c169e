"""Every operation of newsboat: its key does the same in our preset, or the documentation says what to do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from pathlib import Path

import pytest
from docs.generate import newsboat_operations
from textual.binding import Binding

from tests.ui.running import running
from tests.ui.samples import library
from tuireader.commands import BY_ID, PRESETS, Scope, key_label
from tuireader.newsboat.keys import key_of
from tuireader.newsboat.tables import table

MANUAL = Path("/usr/share/doc/newsboat/newsboat.html")


async def test_each_key_of_newsboat_runs_its_command() -> None:
    """Looked up where the command works: in the list, else in the pane that has it."""
    wrong: dict[str, str] = {}
    async with running(library('[ui]\nkeys = "newsboat"')) as run:
        bound: dict[Scope, Mapping[str, Binding]] = {}
        for place, keys in ((Scope.LIST, ""), (Scope.SIDEBAR, "h"), (Scope.ARTICLE, "right enter")):
            await run.press(*keys.split())
            bound[place] = {key: each.binding for key, each in run.app.screen.active_bindings.items()}
        assert run.focus == "article"
        for name, (key, command, _) in newsboat_operations().items():
            places = [place for place in bound if command and place in BY_ID[command].places]
            if key and places and name in table("keys"):
                binding = bound[places[0]].get(key_of(key) or "")
                action = "nothing" if binding is None else binding.action
                if f"run('{command}'" not in action:
                    wrong[name] = f"{key} in the {places[0]} runs {action}"
    assert wrong == {}


def test_each_operation_has_a_command_or_advice() -> None:
    operations = newsboat_operations()
    assert [name for name, (_, command, advice) in operations.items() if not command and not advice] == []
    assert len(operations) > 80 and {command for _, command, _ in operations.values()} <= {"", *BY_ID}


@pytest.mark.skipif(not MANUAL.exists(), reason="newsboat is not installed")
def test_the_operations_are_those_of_the_manual() -> None:
    text = unescape(re.sub(r"<[^>]+>", "", MANUAL.read_text(encoding="utf-8")))
    there = set(re.findall(r"Operation: ([\w-]+)", text)) | set(re.findall(r"\n(pb-[a-z-]+)\n", text))
    assert there == newsboat_operations().keys()


async def test_the_footer_of_the_preset_names_keys_that_exist() -> None:
    async with running(library('[ui]\nkeys = "newsboat"')) as run:
        for keys in ("", "h", "right enter"):
            await run.press(*keys.split())
            footer = run.text.splitlines()[-1]
            assert "Read on" not in footer and footer.startswith(" ↓/↑ ")
            shown = [word for word in footer.split() if word.lower() in ("read", "folds")]
            assert shown == [] or "N read/unread" in footer or "folds" in shown
    labels = {key_label(key) for keys in PRESETS["newsboat"].values() for key in keys}
    assert {"^n", "^p", "j", "k", "#", "l", "g", "G"} <= labels
