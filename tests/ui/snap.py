"""Golden files of what is on the screen, as lines of text."""

from __future__ import annotations

import os
from pathlib import Path

from textual.app import App

FOLDER = Path(__file__).parent.parent / "snapshots"
REGENERATE = "TUIREADER_SNAPSHOTS"  # set this variable to write the files anew


def screen_text(app: App[int]) -> str:
    """The screen as the compositor has it, one line of text a row, without spaces at the ends."""
    width, height = app.size
    lines = app.screen._compositor.render_strips(app.size)
    assert len(lines) == height and all(line.cell_length == width for line in lines)
    return "\n".join(line.text.rstrip() for line in lines) + "\n"


def assert_screen(app: App[int], name: str) -> None:
    """The screen is as in the golden file of that name."""
    file = FOLDER / f"{name}.txt"
    text = screen_text(app).rstrip("\n") + "\n"
    if os.environ.get(REGENERATE):
        FOLDER.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8"), (
        f"differs from {file.name}; {REGENERATE}=1 writes it anew"
    )
