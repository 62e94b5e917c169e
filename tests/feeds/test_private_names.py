"""What httpx, httpcore and asyncio do not document is used in one file each, and is as expected."""

from __future__ import annotations

import inspect
import subprocess
import sys
from asyncio.staggered import staggered_race
from pathlib import Path

import httpx
import pytest

import tuireader

SOURCE = Path(tuireader.__file__).parent


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("httpx._main", "feeds/__init__.py"),
        ("sniffio", "feeds/__init__.py"),
        ("asyncio.staggered", "feeds/http/transport.py"),
        ("import _parser", "query/re_parser.py"),
    ],
)
def test_one_file_uses_the_name(name: str, place: str) -> None:
    users = [path for path in SOURCE.rglob("*.py") if name in path.read_text(encoding="utf-8")]
    assert users == [SOURCE / place]


def test_httpx_imports_its_command_line_from_there_and_works_without_it() -> None:
    program = (
        "import sys, tuireader.feeds, httpx\n"
        "assert sys.modules['httpx._main'] is None and 'click' not in sys.modules\n"
        "import tuireader.sync.http\n"
    )
    assert Path(httpx.__file__).with_name("_main.py").exists()
    subprocess.run([sys.executable, "-c", program], check=True)


def test_httpcore_still_looks_for_sniffio() -> None:
    from httpcore import _synchronization

    assert "sniffio" in inspect.getsource(_synchronization)


async def test_a_race_returns_the_winner_its_place_and_the_errors() -> None:
    assert list(inspect.signature(staggered_race).parameters)[:2] == ["coro_fns", "delay"]

    async def fails() -> str:
        raise OSError("refused")

    async def answers() -> str:
        return "connected"

    winner, place, errors = await staggered_race([fails, answers], 0.01)
    assert (winner, place) == ("connected", 1) and isinstance(errors[0], OSError)
    assert (await staggered_race([fails], 0.01))[0] is None
