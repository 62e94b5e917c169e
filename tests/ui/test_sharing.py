"""Keys that hand an article on: save, pipe, macros. On a real library, with real programs and files."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.ui.demo_library import opened
from tests.ui.running import Running, running
from tuireader.ui.browser import open_in_browser

KEEP = '{ echo "$1"; cat; } >"$2"'


@asynccontextmanager
async def reading(folder: Path, more: str = "") -> AsyncIterator[Running]:
    """The demo with a further configuration, the cursor on an article."""
    more = f"\n[save]\nfolder = '{folder / 'kept'}'\n" + more
    async with opened(folder, more=more) as library, running(library) as run:
        yield run


def macro(key: str, *lines: str) -> str:
    return "\n[[macro]]\nkey = " + json.dumps(key) + "\n" + "\n".join(lines) + "\n"


async def test_save_makes_a_file_once(tmp_path: Path) -> None:
    async with reading(tmp_path) as run:
        await run.press("S")
        (file,) = (tmp_path / "kept").iterdir()
        assert f"Saved: {file}" in run.toasts
        text = file.read_text(encoding="utf-8")
        assert text.startswith(f"---\ntitle: {json.dumps(run.row.title, ensure_ascii=False)}\n")
        await run.press("S")
        assert f"Already saved, unchanged: {file}" in run.toasts
        file.write_text("mine", encoding="utf-8")
        await run.press("S")
        assert file.read_text(encoding="utf-8") == "mine"
        assert sorted(path.name for path in file.parent.iterdir())[0].endswith(" (2).md")


async def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("a file", encoding="utf-8")
    async with reading(tmp_path) as run:
        await run.press("S")
        assert "cannot be written to" in run.toasts


async def test_a_program_gets_the_article(demo: Running, tmp_path: Path) -> None:
    script, got = tmp_path / "keep", tmp_path / "got"
    script.write_text(KEEP, encoding="utf-8")
    await demo.press("vertical_line")
    assert "Pipe to" in demo.text
    await demo.write(f"json: sh {script} {{url}} {got}\r")
    url, _, given = got.read_text(encoding="utf-8").partition("\n")
    article = json.loads(given)
    assert (url, article["title"], article["id"]) == (demo.row.url, demo.row.title, demo.row.id)
    assert "finished" in demo.toasts
    got.unlink()
    await demo.press("vertical_line")
    await demo.press("enter")  # what was typed before is there again
    assert got.exists() and demo.toasts.count("finished") == 1


async def test_what_a_program_prints_and_how_it_fails_is_told(demo: Running, tmp_path: Path) -> None:
    await demo.write("|grep -c [\r")
    assert "grep ended with exit status 2" in demo.toasts
    await demo.write("|\x15head -n 1\r")
    assert "head: ---" in demo.toasts.splitlines()
    await demo.write("|\x15/no/such/program\r")
    assert "/no/such/program cannot be run: No such file or directory" in demo.toasts
    await demo.write(f"|\x15echo a; touch {tmp_path}/pwned $(touch {tmp_path}/pwned)\r")
    assert not (tmp_path / "pwned").exists()  # no shell reads a command
    await demo.write('|\x15echo "\r')
    assert "Missing closing quotation mark" in demo.text
    await demo.press("escape")
    assert len(demo.app.screen_stack) == 1
    await demo.press("comma")  # no macros yet
    assert "[[macro]]" in demo.toasts


async def test_a_macro_runs_commands_and_a_program(tmp_path: Path) -> None:
    script, got = tmp_path / "keep", tmp_path / "got"
    script.write_text(KEEP, encoding="utf-8")
    words = json.dumps(["sh", str(script), "{url}", str(got)])
    more = macro("k", 'name = "Keep it"', f"command = {words}", 'run = ["toggle_star", "move_down"]')
    more += macro("V", 'run = ["toggle_read"]') + macro(
        "r", 'name = "Read it at once"', 'run = ["mark_read", "mark_read"]'
    )
    async with reading(tmp_path, more) as run:
        first = run.row.id
        await run.press("comma")
        assert "Macros" in run.text and "Keep it" in run.text and "toggle_read" in run.text
        await run.press("k")
        assert json.loads(got.read_text(encoding="utf-8").partition("\n")[2])["id"] == first
        (row,) = await run.library.lists.rows([first])
        assert row.starred and run.row.id != first and not run.row.read
        await run.press("comma")
        await run.press("down", "enter")  # chosen with the arrows
        assert run.row.read
        await run.press("comma")
        await run.press("x")  # no macro's key
        assert "Macros" in run.text
        await run.press("escape")
        assert run.app.screen is run.main
        await run.press("j")
        await run.write("?read it at once")
        assert "Read it at once" in run.text and ", r" in run.text
        assert not run.row.read
        await run.press("enter")
        assert run.row.read  # marked read twice


async def test_the_browser_of_the_configuration(tmp_path: Path) -> None:
    script = tmp_path / "browser.py"
    script.write_text(
        "import sys, pathlib; pathlib.Path(sys.argv[1]).write_text(sys.argv[2])", encoding="utf-8"
    )
    seen = tmp_path / "seen"
    words = (sys.executable, str(script), str(seen))
    assert await open_in_browser("https://a.example/1", words) == ""
    assert seen.read_text(encoding="utf-8") == "https://a.example/1"
    assert await open_in_browser("https://a.example/2", (*words, "{url}")) == ""
    assert seen.read_text(encoding="utf-8") == "https://a.example/2"
    assert "No such file" in await open_in_browser("https://a.example/", ("/no/such/browser",))
