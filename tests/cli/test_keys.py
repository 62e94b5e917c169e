"""`tuireader keys`: the keys in force, and those of the presets."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import Home, run_here
from tuireader.commands import COMMANDS, PRESETS, key_label
from tuireader.errors import Exit


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str], preset: str) -> None:
    home = Home(tmp_path)
    home.config.write_text('[keys]\nzen = "b"\n')
    told = run_here(home, capsys, "keys", "--preset", preset)
    lines = {line[17:].split()[0]: line[:16].split() for line in told.out.splitlines()}
    assert told.code == Exit.OK and list(lines) == [command.id for command in COMMANDS]
    for command in COMMANDS:
        wanted = " ".join(map(key_label, PRESETS[preset][command.id]))
        assert " ".join(lines[command.id]) == wanted[:16].strip() or len(wanted) > 16
    told = run_here(home, capsys, "keys", "--preset", preset, "--json")
    assert '"id": "zen"' in told.out and '"b"' not in told.out


def test_ones_own_keys_are_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = Home(tmp_path)
    home.config.write_text('[keys]\nzen = "b"\nundo = []\n')
    told = run_here(home, capsys, "keys")
    assert f"{'b':<16} zen " in told.out and f"{'':<16} undo " in told.out
    assert run_here(home, capsys, "keys", "--preset", "emacs").code == Exit.USAGE
