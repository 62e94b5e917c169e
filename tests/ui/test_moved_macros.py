"""Macros and keys that came from newsboat do here what they did there. On a real library, under Pilot."""

from __future__ import annotations

from pathlib import Path

from tests.newsboat import read_config
from tests.ui.test_sharing import reading
from tuireader.config import FeedConfig
from tuireader.exchange import merge
from tuireader.newsboat.outcomes import Consent, Fate
from tuireader.subprocesses.programs import filled


def moved(config: str) -> str:
    """The configuration that lines of newsboat become, but for its set of keys."""
    said = read_config(config, tuple(Consent))
    assert {one.fate for one in said.outcomes} <= {Fate.MOVED, Fate.CHANGED}, said.outcomes
    feed = FeedConfig("http://a.example/")
    text = merge.merge("", [feed], settings=said).text
    return text[text.index("[[macro]]") : text.index("[ui]")]


AND_NEXT = (
    "macro d open-in-browser-and-mark-read ; next-unread",
    "macro d open-in-browser-and-mark-read\nopenbrowser-and-mark-jumps-to-next-unread yes",
)


async def test_browser_and_next_unread_leaves_no_article_out(tmp_path: Path) -> None:
    macro, *others = map(moved, AND_NEXT)
    assert others == [macro]
    async with reading(tmp_path, macro) as run:
        first, second, third = await run.library.lists.rows(run.main.articles.ids[:3])
        assert run.cursor_id == first.id and not first.read
        await run.press("comma", "d")
        assert (run.browsed, run.cursor_id) == ([first.url], second.id)
        await run.press("comma", "d")
        assert (run.browsed, run.cursor_id) == ([first.url, second.url], third.id)
        assert (await run.library.lists.rows([first.id]))[0].read


async def test_the_bookmark_command_gets_address_and_title(tmp_path: Path) -> None:
    script, got = tmp_path / "bookmark", tmp_path / "got"
    script.write_text('printf "%s\\n" "$2" "$3" >"$1"', encoding="utf-8")
    async with reading(tmp_path, moved(f'bookmark-cmd "sh {script} {got}"')) as run:
        row = run.row
        await run.press("comma")
        assert "Bookmark" in run.text
        await run.press("b")
        assert got.read_text(encoding="utf-8").splitlines() == [row.url, row.title]


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
