"""`tuireader keys`: the keys in force, and those of the presets."""

from __future__ import annotations

import pytest

from tests.cli.command import Home, Run
from tuireader.commands import COMMANDS, PRESETS, keys_label
from tuireader.errors import Exit


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_is_printed(home: Home, run: Run, preset: str) -> None:
    home.config.write_text('[keys]\nzen = "f9"\n')
    told = run("keys", "--preset", preset)
    lines = {line[17:].split()[0]: line[:16].split() for line in told.out.splitlines()}
    assert told.code == Exit.OK and list(lines) == [command.id for command in COMMANDS]
    for command in COMMANDS:
        wanted = keys_label(PRESETS[preset][command.id])
        assert " ".join(lines[command.id]) == wanted[:16].strip() or len(wanted) > 16
    told = run("keys", "--preset", preset, "--json")
    assert '"id": "zen"' in told.out and '"F9"' not in told.out


def test_ones_own_keys_are_printed(home: Home, run: Run) -> None:
    home.config.write_text('[keys]\nzen = "f9"\nundo = []\n')
    told = run("keys")
    assert f"{'F9':<16} zen " in told.out and f"{'':<16} undo " in told.out
    assert run("keys", "--preset", "emacs").code == Exit.USAGE
