"""Golden files of screens: the text, or an SVG with the colours.

`TUIREADER_SNAPSHOTS=1 pytest tests/ui` renews them; look at the difference before you commit it.
"""

from __future__ import annotations

import difflib
import os
from pathlib import Path

from textual.app import App

from tests.ui.snap_svg import strips

FOLDER = Path(__file__).parent.parent / "snapshots"
SEEN = Path(__file__).parent.parent.parent / "build" / "snapshots"
RENEW = "TUIREADER_SNAPSHOTS"  # set this variable to renew the files


def screen_text(app: App[int]) -> str:
    """Return the text of the screen, without spaces at the ends of lines."""
    width, height = app.size
    lines = strips(app)
    assert len(lines) == height and all(line.cell_length == width for line in lines)
    return "\n".join(line.text.rstrip() for line in lines) + "\n"


def golden_text(app: App[int]) -> str:
    """Return the text of the screen without empty lines at its end."""
    return screen_text(app).rstrip("\n") + "\n"


def assert_screen(app: App[int], name: str) -> None:
    """Compare the text of the screen with a golden file."""
    difference = differs(f"{name}.txt", golden_text(app))
    assert not difference, difference


def differs(name: str, seen: str) -> str:
    """Describe the difference from a golden file, and what to do; `""` where there is none."""
    file = FOLDER / name
    if os.environ.get(RENEW):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(seen, encoding="utf-8")
    golden = file.read_text(encoding="utf-8") if file.exists() else ""
    if seen == golden:
        return ""
    (SEEN / name).parent.mkdir(parents=True, exist_ok=True)
    (SEEN / name).write_text(seen, encoding="utf-8")
    changes = difflib.unified_diff(golden.splitlines(), seen.splitlines(), "golden", "seen", lineterm="", n=0)
    lines = "\n".join(line[:200] for line in list(changes)[:30])
    return (
        f"{name} {'differs from its golden file' if golden else 'has no golden file yet'}:\n{lines}\n"
        f"Seen now: {SEEN / name}\n"
        f"If it should look like that, {RENEW}=1 renews {file}."
    )
