"""Golden files of what is on the screen: its text, and a picture with the colours.

`TUIREADER_SNAPSHOTS=1 pytest tests/ui` writes them anew; look at the difference before it is committed.
"""

from __future__ import annotations

import difflib
import os
from pathlib import Path

from textual.app import App

from tests.ui.snap_svg import screen_svg

FOLDER = Path(__file__).parent.parent / "snapshots"
SEEN = Path(__file__).parent.parent.parent / "build" / "snapshots"
REGENERATE = "TUIREADER_SNAPSHOTS"  # set this variable to write the files anew


def screen_text(app: App[int]) -> str:
    """The screen as the compositor has it, one line of text a row, without spaces at the ends."""
    width, height = app.size
    lines = app.screen._compositor.render_strips(app.size)
    assert len(lines) == height and all(line.cell_length == width for line in lines)
    return "\n".join(line.text.rstrip() for line in lines) + "\n"


def golden_text(app: App[int]) -> str:
    """The same as a file has it, without empty lines at its end."""
    return screen_text(app).rstrip("\n") + "\n"


def assert_screen(app: App[int], name: str) -> None:
    """The text of the screen is as in the golden file of that name."""
    trouble = differs(f"{name}.txt", golden_text(app))
    assert not trouble, trouble


def assert_picture(app: App[int], name: str) -> None:
    """The screen with its colours is as in the golden picture of that name."""
    trouble = differs(f"{name}.svg", screen_svg(app))
    assert not trouble, trouble


def differs(name: str, seen: str) -> str:
    """How what is seen differs from a golden file, and what to do; `""` when it does not."""
    file = FOLDER / name
    if os.environ.get(REGENERATE):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(seen, encoding="utf-8")
    golden = file.read_text(encoding="utf-8") if file.exists() else ""
    if seen == golden:
        return ""
    (SEEN / name).parent.mkdir(parents=True, exist_ok=True)
    (SEEN / name).write_text(seen, encoding="utf-8")
    what = difflib.unified_diff(golden.splitlines(), seen.splitlines(), "golden", "seen", lineterm="", n=0)
    lines = "\n".join(line[:200] for line in list(what)[:30])
    return (
        f"{name} {'differs from its golden file' if golden else 'has no golden file yet'}:\n{lines}\n"
        f"What is seen now: {SEEN / name}\n"
        f"If it is meant to look like that: {REGENERATE}=1 writes {file} anew."
    )
