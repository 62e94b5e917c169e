"""The pictures of the README and the documentation are those of this program."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent


def test_pictures_show_what_the_program_shows(tmp_path: Path) -> None:
    kept = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "COLORTERM")}
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "screenshots.py"), str(tmp_path)],
        env=kept | {"TERM": "xterm-256color"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    made = {file.name: file.read_bytes() for file in tmp_path.glob("*.svg")}
    there = {file.name: file.read_bytes() for file in (ROOT / "docs" / "images").glob("*.svg")}
    assert set(made) == set(there)
    old = sorted(name for name, picture in made.items() if picture != there[name])
    assert not old, f"{', '.join(old)}: `python docs/screenshots.py` takes them anew; look at them"
