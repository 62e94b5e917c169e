"""Keys that hand an article on: save, pipe, macros. On a real library, with real programs and files."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.ui.running import Running, running
from tests.ui.shelf import NOW
from tuireader import demo
from tuireader.config import Paths, loads
from tuireader.library import Library
from tuireader.ui.browser import open_in_browser
from tuireader.ui.screens.main import MainScreen

KEEP = "import sys, pathlib; pathlib.Path(sys.argv[2]).write_text(sys.argv[1] + '\\n' + sys.stdin.read())"


@asynccontextmanager
async def reading(folder: Path, more: str = "") -> AsyncIterator[Running]:
    """The demo with a further configuration, the cursor on an article."""
    config, problems = loads(demo.config_text() + f"\n[save]\nfolder = '{folder / 'kept'}'\n" + more, "demo")
    assert problems == ()
    paths = Paths(folder / "config.toml", folder / "demo.db", folder, folder)
    library = await Library.open(config, paths, offline=True, clock=lambda: NOW)
    try:
        await library.load_demo()
        async with running(library) as run:
            yield run
    finally:
        await library.close()


def macro(key: str, *lines: str) -> str:
    return "\n[[macro]]\nkey = " + json.dumps(key) + "\n" + "\n".join(lines) + "\n"


async def test_save_makes_a_file_once(tmp_path: Path) -> None:
    async with reading(tmp_path) as run:
        title = run.main.articles.current_row
        assert title is not None
        await run.press("S")
        (file,) = (tmp_path / "kept").iterdir()
        assert f"Saved: {file}" in run.toasts
        text = file.read_text(encoding="utf-8")
        assert text.startswith(f"---\ntitle: {json.dumps(title.title, ensure_ascii=False)}\n")
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


async def test_a_program_gets_the_article(tmp_path: Path) -> None:
    script = tmp_path / "keep.py"
    script.write_text(KEEP, encoding="utf-8")
    async with reading(tmp_path) as run:
        await run.press("vertical_line")
        assert "Pipe to" in run.text
        await run.press(*f"json: {sys.executable} {script} {{url}} {tmp_path / 'got'}", "enter")
        row = run.main.articles.current_row
        assert row is not None
        url, _, given = (tmp_path / "got").read_text(encoding="utf-8").partition("\n")
        article = json.loads(given)
        assert (url, article["title"], article["id"]) == (row.url, row.title, row.id)
        assert "is done" in run.toasts
        (tmp_path / "got").unlink()
        await run.press("vertical_line")
        await run.press("enter")  # what was typed before is there again
        assert (tmp_path / "got").exists() and run.toasts.count("is done") == 1


async def test_what_a_program_prints_and_how_it_fails_is_told(tmp_path: Path) -> None:
    async with reading(tmp_path) as run:
        await run.press("vertical_line")
        await run.press(*"grep -c [", "enter")
        assert "grep ended with exit status 2" in run.toasts
        await run.press("vertical_line")
        await run.press("ctrl+u", *"head -n 1", "enter")
        assert "head: ---" in run.toasts.splitlines()
        await run.press("vertical_line")
        await run.press("ctrl+u", *"/no/such/program", "enter")
        assert "/no/such/program cannot be run: No such file or directory" in run.toasts
        await run.press("vertical_line")
        await run.press("ctrl+u", *'echo "', "enter")
        assert "A quotation mark is not closed" in run.text
        await run.press("escape")
        assert len(run.app.screen_stack) == 2


async def test_no_shell_reads_a_command(tmp_path: Path) -> None:
    async with reading(tmp_path) as run:
        await run.press(
            "vertical_line", *f"echo a; touch {tmp_path}/pwned $(touch {tmp_path}/pwned)", "enter"
        )
        assert not (tmp_path / "pwned").exists()


async def test_a_macro_runs_commands_and_a_program(tmp_path: Path) -> None:
    script = tmp_path / "keep.py"
    script.write_text(KEEP, encoding="utf-8")
    words = json.dumps([sys.executable, str(script), "{url}", str(tmp_path / "got")])
    more = macro("k", 'name = "Keep it"', f"command = {words}", 'run = ["toggle_star", "move_down"]')
    async with reading(tmp_path, more + macro("V", 'run = ["toggle_read"]')) as run:
        first = run.cursor_id
        await run.press("comma")
        assert "Macros" in run.text and "Keep it" in run.text and "toggle_read" in run.text
        await run.press("k")
        assert run.cursor_id != first
        assert json.loads((tmp_path / "got").read_text(encoding="utf-8").partition("\n")[2])["id"] == first
        (row,) = await run.main.library.lists.rows([first or 0])
        assert row.starred
        row_before = run.main.articles.current_row
        assert row_before is not None and not row_before.read
        await run.press("comma")
        await run.press("down", "enter")  # chosen with the arrows
        (row,) = await run.main.library.lists.rows([row_before.id])
        assert row.read
        await run.press("comma")
        await run.press("x")  # no macro's key
        assert "Macros" in run.text
        await run.press("escape")
        assert isinstance(run.app.screen, MainScreen)


async def test_macros_stand_in_the_help_and_run_from_there(tmp_path: Path) -> None:
    async with reading(tmp_path, macro("k", 'name = "Star it at once"', 'run = ["toggle_star"]')) as run:
        await run.press("question_mark")
        await run.press(*"star it once")
        assert "Star it at once" in run.text and ", k" in run.text
        await run.press("enter")
        row = run.main.articles.current_row
        assert row is not None and row.starred


async def test_without_macros_it_is_said_where_they_stand(tmp_path: Path) -> None:
    async with reading(tmp_path) as run:
        await run.press("comma")
        assert "[[macro]]" in run.toasts


async def test_marking_read_twice_leaves_it_read(tmp_path: Path) -> None:
    async with reading(tmp_path, macro("r", 'run = ["mark_read", "mark_read"]')) as run:
        first = run.cursor_id
        await run.press("comma")
        await run.press("r")
        assert (await run.main.library.lists.rows([first or 0]))[0].read


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
