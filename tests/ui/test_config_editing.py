"""Editing the configuration in an editor, and taking over what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.terminal import Terminal
from tests.ui.running import Running
from tests.ui.samples import CONFIG
from tuireader.subprocesses.programs import editor
from tuireader.ui.flows.settings import apply_config
from tuireader.ui.screens.watches import Watches


def test_the_editor_of_the_person(tmp_path: Path) -> None:
    assert editor({"VISUAL": "code --wait", "EDITOR": "vi"}) == ["code", "--wait"]
    assert editor({"VISUAL": " ", "EDITOR": "'/a b/ed' -x"}) == ["/a b/ed", "-x"]
    assert editor({"VISUAL": "it's", "EDITOR": "vi"}) == ["vi"]
    program = tmp_path / "nano"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert editor({"PATH": str(tmp_path)}) == ["nano"]
    assert editor({"PATH": str(tmp_path / "none")}) == []


async def test_what_is_new_is_in_force(own: Running) -> None:
    path = own.library.paths.config
    more = '[[watch]]\nname = "Bridges"\nany = ["bridge"]\n[keys]\nwatches = "b"\nzen = "n"\nnope = "q"\n'
    path.write_text(CONFIG + more + '[ui]\ntheme = "nord"\nwidth = 60\nsidebar = 30\n')
    await own.flow(apply_config)
    assert "config.toml:26: keys.zen: 'n' is taken from next_unread" in own.toasts
    assert "config.toml:27: keys.nope: no command 'nope'" in own.toasts
    assert own.app.theme == "nord"
    assert own.main.sidebar.size.width == 32 and "◆ Bridges" in own.text
    await own.press("w")
    assert own.app.screen is own.main
    await own.press("b")
    assert isinstance(own.app.screen, Watches)
    await own.press("escape")
    path.write_text(CONFIG)
    await own.flow(apply_config)
    assert "Configuration reloaded" in own.toasts and "Bridges" not in own.text
    await own.press("w")
    assert isinstance(own.app.screen, Watches)


async def test_problems_are_told_in_few_lines_and_what_is_broken_leaves_the_old_one(own: Running) -> None:
    path = own.library.paths.config
    path.write_text(CONFIG + "".join(f"no_{n} = 1\n" for n in range(5)))
    await own.flow(apply_config)
    assert own.toasts.count("is not a known key") == 3
    assert "and 2 more: `tuireader config check` lists all" in own.toasts
    path.write_text("[[watch]\n")
    await own.flow(apply_config)
    assert "is not TOML" in own.toasts and "E edits it" in own.toasts
    assert len(own.library.config.feeds) == 2 and "◆ Tolls" in own.text


async def test_without_an_editor_or_a_terminal(own: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    path = own.library.paths.config
    for name in ("VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(path.with_name("none")))
    await own.press("E")
    assert f"set VISUAL or EDITOR, or edit {path}" in own.toasts
    monkeypatch.setenv("EDITOR", "ed")
    await own.press("E")
    assert "edit" in own.toasts and "in another terminal" in own.toasts and not own.app.lent
    path.unlink()
    path.mkdir()
    await own.press("E")
    assert "cannot be edited: Is a directory" in own.toasts


@pytest.mark.usefixtures("frames_for_a_terminal")
def test_the_terminal_is_lent_to_the_editor(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(CONFIG)
    script = tmp_path / "ed"
    script.write_text(
        '#!/bin/sh\necho >> "$0.runs"\necho "run $(grep -c "" "$0.runs") edits $1"\n'
        'read answer\ntest -z "$answer" && exit 3\n'
        'printf "[[watch]]\\nname = \\"$answer\\"\\nany = [\\"x\\"]\\n" >> "$1"\n'
    )
    script.chmod(0o755)
    command = ["tuireader", "--config", str(config), "--database", str(tmp_path / "a.db")]
    with Terminal(command, home=tmp_path, env={"VISUAL": str(script)}, forked=True) as terminal:
        terminal.wait("◆ Tolls")
        terminal.press("E")
        terminal.wait(f"run 1 edits {config}")
        terminal.press("Gates", "enter")
        terminal.wait("◆ Gates")
        terminal.wait("Configuration reloaded")
        terminal.press("E")
        terminal.wait("run 2 edits")
        terminal.press("enter")
        terminal.wait("ed ended with exit status 3")
        terminal.wait("Configuration unchanged")
        terminal.press("E")
        terminal.wait("run 3 edits")
        terminal.press("ctrl+c")  # is for the editor alone
        terminal.wait("ed ended with exit status -2")
        terminal.press("Q")
        assert terminal.leave() == 0
