"""Macros and keys that came from newsboat do here what they did there. On a real library, under Pilot."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.newsboat import read_config
from tests.ui.running import Running
from tests.ui.test_sharing import reading
from tuireader.config import FeedConfig
from tuireader.exchange import merge
from tuireader.model import ArticleRow
from tuireader.newsboat.outcomes import Consent, Fate
from tuireader.subprocesses.programs import filled


def moved(config: str) -> str:
    """The configuration that lines of newsboat become, but for its set of keys."""
    said = read_config(config, tuple(Consent))
    assert {one.fate for one in said.outcomes} <= {Fate.MOVED, Fate.CHANGED}, said.outcomes
    feed = FeedConfig("http://a.example/")
    text = merge.merge("", [feed], settings=said).text
    return text[text.index("[[macro]]") : text.index("[ui]")]


async def first_rows(run: Running) -> list[ArticleRow]:
    """The first three rows of the list; the cursor is on the first one afterwards."""
    found: list[ArticleRow] = []
    for _ in range(3):
        row = run.main.articles.current_row
        assert row is not None
        found.append(row)
        await run.press("j")
    await run.press("g")
    return found


async def test_browser_and_next_unread_leaves_no_article_out(tmp_path: Path) -> None:
    macro = moved("macro d open-in-browser-and-mark-read ; next-unread")
    async with reading(tmp_path, macro) as run:
        first, second, third = await first_rows(run)
        assert run.cursor_id == first.id and not first.read
        await run.press("comma", "d")
        assert (run.browsed, run.cursor_id) == ([first.url], second.id)
        await run.press("comma", "d")
        assert (run.browsed, run.cursor_id) == ([first.url, second.url], third.id)
        assert (await run.main.library.lists.rows([first.id]))[0].read


async def test_the_setting_that_jumps_to_the_next_jumps_once(tmp_path: Path) -> None:
    macro = moved("macro d open-in-browser-and-mark-read\nopenbrowser-and-mark-jumps-to-next-unread yes")
    async with reading(tmp_path, macro) as run:
        first, second, _ = await first_rows(run)
        await run.press("comma", "d")
        assert (run.browsed, run.cursor_id) == ([first.url], second.id)


async def test_the_bookmark_command_gets_address_and_title(tmp_path: Path) -> None:
    script = tmp_path / "bookmark.py"
    script.write_text(
        "import json, pathlib, sys; pathlib.Path(sys.argv[1]).write_text(json.dumps(sys.argv[2:]))",
        encoding="utf-8",
    )
    got = tmp_path / "got"
    async with reading(tmp_path, moved(f'bookmark-cmd "{sys.executable} {script} {got}"')) as run:
        row = run.main.articles.current_row
        assert row is not None
        await run.press("comma")
        assert "Bookmark" in run.text
        await run.press("b")
        assert json.loads(got.read_text(encoding="utf-8")) == [row.url, row.title]


def test_a_title_is_never_an_option_and_never_filled_twice() -> None:
    command = ("add", "{url}", "--title={title}", "{title}")
    url = "https://a.example/{title}"
    assert filled(command, url, "-rf {url}\n\x1b[1m") == (
        "add",
        "https://a.example/{title}",
        "--title=-rf {url}",
        " -rf {url}",
    )
    assert filled(("{url}",), "javascript:x", "T") == ("",)
