"""The pictures of the documentation show the program of today."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from docs import screenshots

IMAGES = Path(__file__).parents[2] / "docs" / "images"
SHOWN = ("columns", "settings", "statistics", "light", "list-80x24", "tour")
"""Pictures that are taken again: the others show the same, larger or smaller."""


@pytest.fixture
def colourful(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The terminal and the time zone of the pictures."""
    with monkeypatch.context() as patch:
        patch.delenv("NO_COLOR", raising=False)
        for variable, value in {"TZ": "UTC", "COLORTERM": "truecolor", "TERM": "xterm-256color"}.items():
            patch.setenv(variable, value)
        time.tzset()
        yield
    time.tzset()


@pytest.mark.slow
async def test_pictures_show_what_the_program_shows(tmp_path: Path, colourful: None) -> None:
    await screenshots.take_all(tmp_path, SHOWN)
    made = {file.name: file.read_bytes() for file in tmp_path.glob("*.svg")}
    there = {file.name: file.read_bytes() for file in IMAGES.glob("*.svg")}
    assert set(made) == {f"{name}.svg" for name in SHOWN}
    assert b"#fbf9f5" in made["light.svg"] and b"#fbf9f5" not in made["list-80x24.svg"]
    old = sorted(name for name, picture in made.items() if picture != there[name])
    if old:  # on a busy machine a count may be a step behind
        await screenshots.take_all(tmp_path, [name.removesuffix(".svg") for name in old])
        old = [name for name in old if (tmp_path / name).read_bytes() != there[name]]
    assert not old, f"{', '.join(old)}: `python docs/screenshots.py` takes them again; look at them"
