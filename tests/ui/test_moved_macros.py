"""Macros and keys that came from newsboat do here what they did there. On a real library, under Pilot."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.newsboat import read_config
from tests.ui.test_sharing import reading
from tuireader.config import FeedConfig, MacroConfig, loads
from tuireader.exchange import merge
from tuireader.newsboat.outcomes import Consent, Fate
from tuireader.subprocesses.programs import filled


def moved(config: str, *, keys: bool = False) -> str:
    """The configuration that lines of newsboat become, without its set of keys and settings or with them."""
    said = read_config(config, tuple(Consent))
    assert {one.fate for one in said.outcomes} <= {Fate.MOVED, Fate.CHANGED}, said.outcomes
    feed = FeedConfig("http://a.example/")
    text = merge.merge("", [feed], settings=said).text
    return text[text.index("[[macro]]") : None if keys else text.index("[ui]")]


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


async def test_bookmarks_scripts_and_steps_at_the_start_do_what_they_did_in_newsboat(tmp_path: Path) -> None:
    script, got, piped = tmp_path / "bookmark", tmp_path / "got", tmp_path / "piped"
    script.write_text('printf "%s\\n" "$#" "$2" "$3" "$4" "$5" >"$1"', encoding="utf-8")
    text = moved(
        f"""bookmark-cmd "sh {script} {got}"
        macro s pipe-to "cat | tr a-z A-Z > {piped}; echo done" ; toggle-article-read "read"
        run-on-startup next ; open
        """,
        keys=True,
    )
    async with reading(tmp_path, text) as run:
        second = (await run.library.lists.rows(run.main.articles.ids[1:2]))[0]
        assert run.main.session.opened_id == second.id
        await run.press("ctrl+b")
        feed = (await run.library.articles.require(second.id)).feed_title
        assert got.read_text(encoding="utf-8").splitlines() == ["5", second.url, second.title, "", feed]
        await run.press("comma", "s")
        assert second.title.upper() in piped.read_text(encoding="utf-8") and "sh: done" in run.toasts
        await run.press("escape")
    text = text.replace('bookmark = ["sh"', 'bookmark = [] # ["sh"').replace("run_at_start", "# ")
    (tmp_path / "other").mkdir()
    async with reading(tmp_path / "other", text) as run:
        await run.press("ctrl+b")
        assert "set [ui] bookmark" in run.toasts


@pytest.mark.parametrize("script", ["echo {url}", "echo {title} | x", "{feed}"])
def test_nothing_of_an_article_is_in_the_script_of_a_macro(script: str) -> None:
    text = f"[[macro]]\nkey = 'a'\nshell = true\ncommand = ['{script}']\n"
    config, (problem,) = loads(text)
    assert (
        config.macros == ()
        and problem.path == "macro[1].command"
        and "as a shell reads it" in problem.message
    )
    assert loads(text.replace(script, "x"))[0].macros == (MacroConfig("a", command=("x",), shell=True),)
    assert loads(text.replace(f"'{script}'", "'x', 'y'"))[0].macros == ()
    assert "there is no command 'opne'" in loads("[ui]\nrun_at_start = ['opne']")[1][0].message


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
