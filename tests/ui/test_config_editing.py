"""Editing the configuration in an editor, and taking over what it says."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.terminal import Terminal
from tests.ui.running import running
from tests.ui.test_editing import CONFIG, opened
from tuireader.ui.flows.settings import apply_config, editor
from tuireader.ui.screens.watches import Watches

PROGRAM = [sys.executable, "-m", "tuireader"]


def test_the_editor_of_the_person(tmp_path: Path) -> None:
    assert editor({"VISUAL": "code --wait", "EDITOR": "vi"}) == ["code", "--wait"]
    assert editor({"VISUAL": " ", "EDITOR": "'/a b/ed' -x"}) == ["/a b/ed", "-x"]
    assert editor({"VISUAL": "it's", "EDITOR": "vi"}) == ["vi"]
    program = tmp_path / "nano"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert editor({"PATH": str(tmp_path)}) == ["nano"]
    assert editor({"PATH": str(tmp_path / "none")}) == []


async def test_what_is_new_is_in_force(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        path = tmp_path / "config.toml"
        more = '[[watch]]\nname = "Bridges"\nany = ["bridge"]\n[keys]\nwatches = "b"\nzen = "n"\nnope = "q"\n'
        path.write_text(CONFIG + more + '[ui]\ntheme = "nord"\nwidth = 60\nsidebar = 30\n')
        await run.main.flows.run(apply_config)
        await run.settle()
        assert "config.toml:26: keys.zen: 'n' is taken from next_unread" in run.toasts
        assert "config.toml:27: keys.nope: no command 'nope'" in run.toasts
        assert run.app.theme == "nord"
        assert run.main.sidebar.size.width == 32 and "◆ Bridges" in run.text
        await run.press("w")
        assert run.app.screen is run.main
        await run.press("b")
        assert isinstance(run.app.screen, Watches)
        await run.press("escape")
        path.write_text(CONFIG)
        await run.main.flows.run(apply_config)
        await run.settle()
        assert "Configuration reloaded" in run.toasts and "Bridges" not in run.text
        await run.press("w")
        assert isinstance(run.app.screen, Watches)


async def test_what_is_broken_leaves_the_old_one_in_force(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        (tmp_path / "config.toml").write_text(CONFIG + "[[watch]\n")
        await run.main.flows.run(apply_config)
        await run.settle()
        assert "is not TOML" in run.toasts and "E edits it" in run.toasts
        assert len(library.config.feeds) == 2 and "◆ Tolls" in run.text


async def test_five_problems_are_three_lines_and_one(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        (tmp_path / "config.toml").write_text(CONFIG + "".join(f"no_{n} = 1\n" for n in range(5)))
        await run.main.flows.run(apply_config)
        await run.settle()
        assert run.toasts.count("is not a known key") == 3
        assert "and 2 more: `tuireader config check` lists all" in run.toasts


async def test_without_an_editor_or_a_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "none"))
    async with opened(tmp_path) as library, running(library) as run:
        await run.press("E")
        assert f"set VISUAL or EDITOR, or edit {tmp_path / 'config.toml'}" in run.toasts
        monkeypatch.setenv("EDITOR", "ed")
        await run.press("E")
        assert "edit" in run.toasts and "in another terminal" in run.toasts and not run.app.lent


def test_the_terminal_is_lent_to_the_editor(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(CONFIG)
    script = tmp_path / "ed"
    script.write_text(
        '#!/bin/sh\necho "editing $1"\nread answer\ntest -z "$answer" && exit 3\n'
        'printf "[[watch]]\\nname = \\"$answer\\"\\nany = [\\"x\\"]\\n" >> "$1"\n'
    )
    script.chmod(0o755)
    command = [*PROGRAM, "--config", str(config), "--database", str(tmp_path / "a.db")]
    with Terminal(command, home=tmp_path, env={"VISUAL": str(script)}) as terminal:
        terminal.wait("◆ Tolls")
        terminal.press("E")
        terminal.wait(f"editing {config}")
        terminal.press("Gates", "enter")
        terminal.wait("◆ Gates")
        terminal.wait("Configuration reloaded")
        terminal.press("E")
        terminal.wait("editing")
        terminal.press("enter")
        terminal.wait("ed ended with exit status 3")
        terminal.wait("The configuration is as it was")
        terminal.press("E")
        terminal.wait("editing")
        terminal.press("ctrl+c")  # is for the editor alone
        terminal.wait("◆ Gates")
        terminal.press("Q")
        assert terminal.leave() == 0
