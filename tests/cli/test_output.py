"""Data on stdout, talk on stderr, colours and pages only on a terminal, exit codes for scripts."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Timer

import pytest

from tests.cli.command import Home, Run, Told, run_apart
from tests.terminal import Terminal
from tests.web import Web
from tuireader import cli
from tuireader.cli import manual
from tuireader.errors import Exit

COMMAND = str(Path(sys.executable).with_name("tuireader"))


pytestmark = pytest.mark.usefixtures("news")


def story(run: Run) -> str:
    """The number of the article with the whole text."""
    return run("list", "--format", "tsv", "title:WeChat", "Protection").out.partition("\t")[0]


# --------------------------------------------------------------------------- lists in all their forms


def test_forms_of_a_list(run: Run) -> None:
    line = run("list", "title:WeChat", "Protection").out
    assert line.startswith(f"{story(run)}\t N ") and line.endswith(
        "  Example News  WeChat suspends new user registration  [WeChat, PIPL, Two words]\n"
    )
    columns = run("list", "--format", "tsv", "title:WeChat", "Protection").out.rstrip("\n").split("\t")
    assert columns[0] == story(run) and columns[1].endswith("Z") and len(columns) == 8
    assert columns[2:6] == ["unread", "", "Example News", "WeChat suspends new user registration"]
    assert columns[7] == "WeChat,PIPL,Two words"
    item = run("list", "--format", "md", "title:WeChat", "-Protection").out
    assert item.startswith("- [WeChat suspends new user registration](<https://site.example.org/v>) · ")
    assert r"Other $(touch pwned) & \`News\`" in item
    assert run("list", "--limit", "3", "--format", "tsv").out.count("\n") == 3


def test_a_period_of_a_list(run: Run) -> None:
    # just after midnight, all articles are of the day before
    day = time.strftime("%Y-%m-%d", time.localtime(time.time() - 86_400))
    for since in ("yesterday", "7d", day):
        assert run("search", "--since", since, "WeChat", "OR", "zebra").out.count("\n") == 2, since
    assert run("list", "--since", "Today").out == run("list", "after:today").out
    assert run("count", "--since", "2100-01-01").out == "0 articles\n"
    assert run("list", "--since", "tomorrow").code == Exit.USAGE


def test_an_article_as_text(run: Run) -> None:
    text = run("show", story(run)).out
    assert text.startswith("WeChat suspends new user registration\nExample News · ")
    assert "◆ PIPL: body ×1 Personal Information Protection Law\n  “A Personal Information" in text
    assert "\n\nSee the rules [1].\n\n[1] https://example.org/rules\n" in text
    assert re.search(r"^\d+\tsame story: WeChat suspends .*shares WeChat\)$", text, re.MULTILINE)
    assert re.search(r"^\d+\tprevious in Example News: Title 1$", text, re.MULTILINE)


# --------------------------------------------------------------------------- marks


def test_carets_stand_below_what_they_mean(run: Run) -> None:
    said, carets, hint = run("list", "WeChat", "(open").err.splitlines()
    assert said[carets.index("^")] == "(" and hint.strip() == "write a ) at the end of the group"


def test_marks_by_expression(run: Run) -> None:
    assert run("unread").out == "31\n"
    told = run("read", "title:Title")
    assert (told.code, told.out) == (Exit.OK, "")
    assert told.err == "29 articles marked read (`tuireader undo` takes it back)\n"
    assert run("unread").out == "2\n" and run("unread", "--watch", "WeChat").out == "2\n"
    assert run("read", "title:Title").err == "0 articles marked read\n"  # and undo is for the one before
    assert run("undo").err == "undone: 29 articles marked read\n"
    assert run("unread").out == "31\n"
    assert run("undo") == Told(Exit.OK, "", "there is nothing to undo\n")
    other = run("list", "--format", "tsv", "title:29").out.partition("\t")[0]
    assert run("read", "--id", story(run), "--id", other, "title:WeChat").err.startswith(
        "2 rows · 3 articles marked "
    )
    assert run("unread", "--mark", "--id", other).err.startswith("1 article marked unread (")
    assert run("unread", "--mark", "is:read").err.startswith("1 row · 2 articles marked unread (")
    assert run("star", "WeChat").err.startswith("2 articles starred (`tuireader undo`")
    assert run("star", "--off", "--dry-run", "is:starred").err == "would change 2 articles\n"
    assert run("list", "is:starred").out.count("\n") == 2
    assert run("star", "--off", "is:starred").err.startswith("2 articles no longer starred (")


def test_what_looks_like_a_count_is_one(run: Run) -> None:
    run("read", "title:Title")
    before = run("list", "--format", "tsv", "--limit", "100")
    for words in (("title:Title",), ("--id", story(run)), ("is:read", "--json")):
        told = run("unread", *words)
        assert told.code == Exit.OK and "`tuireader unread --mark …` marks articles unread" in told.err
        if "--id" not in words:
            assert told.out == run("count", *words).out
        assert run("list", "--format", "tsv", "--limit", "100") == before
    assert run("unread", "--dry-run", "is:read").err == "would change 29 articles\n"
    assert run("undo").err == "undone: 29 articles marked read\n"  # nothing came after it
    wrong = run("unread", "(open")
    assert (wrong.code, wrong.out) == (Exit.USAGE, "") and "nothing was marked" not in wrong.err


def test_articles_and_their_stories_are_counted(run: Run) -> None:
    assert run("count", "title:29").out == "1 article\n"  # a story of its own
    assert run("count", "WeChat").out == "1 story · 2 articles\n"
    told = run("count")
    assert (told.code, told.err) == (Exit.OK, "") and told.out.endswith("31 articles\n")
    assert json.loads(run("count", "--json", "WeChat").out) == {"articles": 2, "stories": 1, "rows": 1}
    assert run("count", "nowhere").out == "0 articles\n"
    told = run("count", "(open")
    assert told.code == Exit.USAGE and "the bracket is not closed" in told.err


def test_articles_are_labelled_by_expression_and_by_number(run: Run) -> None:
    def labelled(expression: str = "label:law") -> int:
        return run("list", "--limit", "100", expression).out.count("\n")

    assert run("label", "law", "WeChat").err.startswith("2 articles labelled law (") and labelled() == 2
    assert run("label", "LAW", "WeChat", "title:Title").err == "0 articles labelled law\n"
    assert run("label", "--dry-run", "Law", "title:Title").err == "would change 29 articles\n"
    assert run("label", " #to  read ", "--id", story(run)).err.startswith("1 article labelled to read (")
    assert labelled('label:"to read"') == 1 and labelled("label:law -label:/^to/") == 1
    rows = [json.loads(line)["labels"] for line in run("list", "--json", "label:law").out.splitlines()]
    assert sorted(rows) == [["law"], ["law", "to read"]]
    shown = run("show", story(run))
    assert "\n# law  # to read\n\n" in shown.out
    assert json.loads(run("show", "--json", story(run)).out)["labels"] == ["law", "to read"]
    assert run("label", "--remove", "--dry-run", "law", "is:unread").err == "would change 2 articles\n"
    told = run("label", "--remove", "law", "label:law")
    assert told.err.startswith("2 articles no longer labelled law (") and labelled() == 0
    assert run("undo").err == "undone: 2 articles no longer labelled law\n" and labelled() == 2
    for words, said in (
        (("law",), "no articles were selected"),
        (("#", "WeChat"), "a label needs a name"),
        (("law", "--id", "999"), "there is no article 999"),
    ):
        told = run("label", *words)
        assert told.code == Exit.USAGE and said in told.err


def test_what_is_left_out_needs_no_dashes_before_it(run: Run) -> None:
    def count(*words: str) -> int:
        return run("search", "--limit", "100", *words).out.count("\n")

    assert count("-WeChat") == 29 == count("--", "-WeChat")
    assert count("-title:Title", "--limit", "1") == 1
    assert count("is:unread", '-"new users"', "-hello") == 29
    assert "Usage:" in run("list", "-h").out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("read",), "no articles were selected"),
        (("read", "--id", "999"), "there is no article 999 (`tuireader list` shows the numbers)"),
        (("star", "(open"), "the bracket is not closed"),
        (("unread", "--mark"), "no articles were selected"),
        (("unread", "--watch", "WeChat", "x"), "--watch only works for counting (write: watch:WeChat)"),
        (("show", "999"), "there is no article 999"),
        (("show", "x"), "(`tuireader show --help` says more)"),
        (("list", "(open"), "the bracket is not closed"),
        (("serch", "x"), "No such command 'serch'"),
        (("watch",), "Usage: tuireader watch"),
        (("list", "--nope"), "No such option"),
    ],
)
def test_wrong_words_are_told_on_stderr(run: Run, words: tuple[str, ...], told: str) -> None:
    done = run(*words)
    assert (done.code, done.out) == (Exit.USAGE, "")
    assert told in done.err and "Traceback" not in done.err
    assert run("unread").out == "31\n"


_WATCH_COMMANDS = [("unread", "--watch"), ("brief", "--watch"), ("watch", "report"), ("watch", "follow")]


@pytest.mark.parametrize("command", _WATCH_COMMANDS)
@pytest.mark.parametrize("name", ["Nobody", ""])
def test_an_unknown_watch_is_one_line(run: Run, command: tuple[str, ...], name: str) -> None:
    told = f"tuireader: there is no watch {name!r} (choose from: WeChat, PIPL, Two words)\n"
    assert run(*command, name) == Told(Exit.USAGE, "", told)


@pytest.mark.parametrize("command", _WATCH_COMMANDS[:-1])
def test_case_of_a_watch_name_means_nothing(run: Run, command: tuple[str, ...]) -> None:
    assert run(*command, "tWO wORDS") == run(*command, "Two words")
    assert run(*command, "tWO wORDS") != run(*command, "PIPL")
    assert run("list", 'watch:"tWO wORDS"') == run("list", 'watch:"Two words"')


# --------------------------------------------------------------------------- exit codes


def test_exit_codes(run: Run, news: tuple[Home, Web], tmp_path: Path) -> None:
    home, web = news
    assert run("list").code == Exit.OK
    assert run("search", "quokka").code == Exit.OK
    assert run("search", "--exit-status", "quokka").code == Exit.FAILURE
    assert run("watch", "test", "--exit-status", "quokka").code == Exit.FAILURE
    assert run("refresh").code == Exit.SOME_FAILED
    assert run("refresh", web.url + "/broken.xml").code == Exit.ALL_FAILED
    assert run("config", "check").code == Exit.OK
    home.config.write_text("[[feeds]\n", encoding="utf-8")
    assert run("list").code == Exit.CONFIG
    home.config.write_text("", encoding="utf-8")
    home.database.write_bytes(b"no database at all" * 100)
    for ending in ("-wal", "-shm"):
        Path(f"{home.database}{ending}").unlink(missing_ok=True)
    assert run("list").code == Exit.DATABASE


def test_every_exit_code_is_documented() -> None:
    assert set(manual.EXIT_CODES) == set(Exit)


def test_offline_is_all_failed(home: Home, run: Run) -> None:
    home.config.write_text('[[feeds]]\nurl = "http://127.0.0.1:9/feed"\n', encoding="utf-8")
    told = run("refresh")
    assert told.code == Exit.ALL_FAILED and told.out == ""


# --------------------------------------------------------------------------- a pipe, and a terminal


def test_a_reader_that_has_seen_enough_is_no_fault(home: Home) -> None:
    """What is left in the buffer is lost at the end; test_sharing.py has the case of a pipe that fills."""
    words = " ".join(f"'{word}'" for word in home.arguments("list", "--json"))
    done = subprocess.run(
        ["bash", "-c", f"'{COMMAND}' {words} | true; echo ${{PIPESTATUS[0]}}"],
        env=home.environment() | {"PYTHONUNBUFFERED": ""},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.stdout, done.stderr) == ("0\n", "")


FULL = "tuireader: the output cannot be written: No space left on device\n"


has_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="only where there is /dev/full")


@has_full
def test_the_next_brief_repeats_what_nobody_read(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def brief_to(out: int, *, then: Callable[[], object] = lambda: None) -> int:
        with monkeypatch.context() as patch, open(out, "w", encoding="utf-8") as stream:
            patch.setattr(sys, "stdout", stream)
            Timer(0.03, then).start()
            return cli.run(home.arguments("brief", "--since", "last"))

    reading, writing = os.pipe()
    assert brief_to(writing, then=partial(os.close, reading)) == Exit.OK  # the reader fails before it reads
    assert brief_to(os.open("/dev/full", os.O_WRONLY)) == Exit.FAILURE
    assert capsys.readouterr().err == FULL
    reading, writing = os.pipe()
    assert brief_to(writing, then=partial(os.read, reading, 1 << 16)) == Exit.OK
    os.close(reading)
    file = home.folder / "brief.md"
    assert brief_to(os.open(file, os.O_WRONLY | os.O_CREAT)) == Exit.OK
    assert file.read_text(encoding="utf-8") == "# Brief\n\n0 articles in 0 stories, since the last brief.\n"


@has_full
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_output_is_a_fault_up_to_the_end_of_the_interpreter(home: Home, unbuffered: str) -> None:
    files = " ".join(f"'{word}'" for word in home.arguments())
    done = subprocess.run(
        ["bash", "-c", f"'{COMMAND}' {files} list --json >/dev/full"],
        env=home.environment() | {"PYTHONUNBUFFERED": unbuffered},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (Exit.FAILURE, "", FULL)
    assert not (home.folder / "tuireader" / "crash.log").exists()


def redirect(streams: str) -> None:
    """Redirect or close the streams of a new process, as bash does for these words."""
    for word in streams.split():
        number = int(word[0]) if word[0].isdigit() else "<>".index(word[0])
        target = word.lstrip("012<>")
        if target == "&-":
            os.close(number)
        else:
            os.dup2(os.open(target, os.O_WRONLY), number)


@has_full
@pytest.mark.parametrize(
    ("words", "streams", "code", "told"),
    [
        ("config defaults", ">/dev/full", Exit.FAILURE, FULL),
        ("refresh", "2>/dev/full", Exit.SOME_FAILED, ""),
        # no stream, no buffer
        ("list", ">&-", Exit.OK, ""),
        ("refresh", ">&- 2>&-", Exit.SOME_FAILED, ""),
        ("refresh --json", "<&- >/dev/null", Exit.SOME_FAILED, ""),
        ("show 1e9", ">&- 2>&-", Exit.USAGE, ""),
    ],
)
def test_streams_that_take_nothing_stop_no_work(
    news: tuple[Home, Web], words: str, streams: str, code: int, told: str
) -> None:
    home, web = news
    before = len(web.requests)
    assert run_apart(home, *words.split(), before=partial(redirect, streams)) == Told(code, "", told)
    assert (len(web.requests) > before) == words.startswith("refresh")
    assert not (home.folder / "tuireader" / "crash.log").exists()


@pytest.mark.parametrize("words", [("show",), ("save",), ("fulltext",), ("comments",), ("read", "--id")])
@pytest.mark.parametrize("number", ["0", "9" * 30])
def test_a_number_that_no_article_has(run: Run, words: tuple[str, ...], number: str) -> None:
    told = run(*words, number)
    assert (told.code, told.out) == (Exit.USAGE, "") and f"there is no article {number}" in told.err


def test_no_colour_in_a_pipe(run: Run) -> None:
    for words in (("list",), ("show", "1"), ("feeds",), ("watch", "list"), ("--help",)):
        assert "\x1b" not in run(*words).out


def terminal(
    home: Home, *words: str, size: tuple[int, int] = (120, 12), env: dict[str, str] | None = None
) -> Terminal:
    command = ["tuireader", *home.arguments(*words)]
    return Terminal(command, home=home.folder, size=size, env=env, forked=True)


@pytest.mark.skipif(not any(Path(f, "less").exists() for f in os.get_exec_path()), reason="there is no less")
def test_a_long_list_is_shown_page_by_page(home: Home) -> None:
    with terminal(home, "list") as screen:
        screen.wait("WeChat suspends")
        screen.wait(":")
        screen.press("G")
        screen.wait("Title 29")
        screen.press("q")
        assert screen.leave() == 0


def test_what_fits_on_the_screen_is_just_printed(home: Home) -> None:
    with terminal(home, "list", "--limit", "3") as screen:
        assert screen.leave() == 0
        assert b"\x1b[1m" in screen.raw  # unread ones are bold


@pytest.mark.parametrize("env", [{"PAGER": "cat"}, {"TERM": "dumb"}], ids=["cat", "dumb"])
def test_one_line_after_another_where_it_is_wanted(home: Home, env: dict[str, str]) -> None:
    with terminal(home, "list", env=env) as screen:
        assert screen.leave() == 0
        assert screen.raw.count(b"\n") >= 31


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=["NO_COLOR", "dumb"])
def test_no_colour_where_it_is_not_wanted(home: Home, env: dict[str, str]) -> None:
    with terminal(home, "show", "1", size=(120, 60), env=env) as screen:
        assert screen.leave() == 0
        assert b"\x1b[1m" not in screen.raw and b"\x1b[33m" not in screen.raw


def test_commands_work_while_the_reader_is_open(news: tuple[Home, Web], run: Run) -> None:
    with terminal(news[0], size=(120, 40)) as screen:
        screen.wait("WeChat suspends")
        assert run("star", "--id", story(run)).err.startswith("1 article starred (")
        assert run("list", "is:starred").out.startswith(f"{story(run)}\t*")
        screen.press("Q")
        assert screen.leave() == 0


# --------------------------------------------------------------------------- languages


def test_articles_name_their_language_in_json_and_are_found_by_it(run: Run) -> None:
    (number,) = {
        line.partition("\t")[0]
        for line in run("list", "--format", "tsv", "lang:en", "Protection").out.splitlines()
    }
    assert number == story(run)
    (row,) = map(json.loads, run("list", "--json", "title:WeChat", "Protection").out.splitlines())
    assert row["language"] == "en"
    assert json.loads(run("show", "--json", number).out)["language"] == "en"
    assert run("list", "lang:ja").err == "tuireader: nothing matches lang:ja\n"
    told = run("list", "lang:jap")
    assert told.code == Exit.USAGE and "did you mean ja" in told.err.lower()
