"""The whole story as a person lives it: the installed command in a real terminal."""

from __future__ import annotations

import re
import signal
import sqlite3
import sys
import threading
import time
import tomllib
from contextlib import closing
from pathlib import Path

import pytest

from tests.builders import item, rss
from tests.locks import locked
from tests.processes import rows
from tests.store.test_migrations import go_back
from tests.terminal import Terminal
from tests.web import Answer, Request, Web
from tuireader.errors import Exit

pytestmark = pytest.mark.slow

COMMAND = str(Path(sys.executable).with_name("tuireader"))
NOWHERE = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), "http://127.0.0.1:9")
"""Whatever is fetched by mistake ends at a closed port of this machine."""


def terminal(home: Path, *arguments: str, **env: str) -> Terminal:
    return Terminal([COMMAND, *arguments], home=home, env=NOWHERE | env)


def forked(home: Path, *arguments: str, **env: str) -> Terminal:
    """A terminal for stories that are not about the start of the program."""
    return Terminal([COMMAND, *arguments], home=home, env=NOWHERE | env, forked=True)


def database(home: Path, name: str = "tuireader.db") -> Path:
    return home / ".local/share/tuireader" / name


def config(home: Path, text: str) -> Path:
    folder = home / ".config/tuireader"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(text, encoding="utf-8")
    return folder / "config.toml"


def test_first_run_starter_and_leave(tmp_path: Path) -> None:
    with forked(tmp_path) as screen:
        screen.wait("Welcome to tuireader")
        for way in ("s  A starter", "u  An address", "o  A file", "m  An account", "d  The demo", "q  Quit"):
            screen.wait(way)
        screen.press("s")
        screen.wait("Ars Technica")
        screen.press("enter")
        screen.wait("feeds added")
        screen.wait("What must you not miss?")
        screen.press("Tencent", "enter")
        screen.wait("A few keys to start with")
        screen.press("enter")
        screen.wait_gone("A few keys")
        screen.wait("Feeds")
        screen.press("Q")
        assert screen.leave() == 0
    written = (tmp_path / ".config/tuireader/config.toml").read_text(encoding="utf-8")
    feeds = tomllib.loads(written)["feeds"]
    assert len(feeds) >= 25 and len({feed["folder"] for feed in feeds}) == 5
    assert tomllib.loads(written)["watch"][0]["any"] == ["Tencent"]
    with forked(tmp_path) as screen:
        screen.wait("Ars Technica")
        screen.press("q")
        assert screen.leave() == 0


def test_the_demo_story(demo_home: Path) -> None:
    with forked(demo_home, "--demo") as screen:
        screen.wait("WeChat suspends new user")
        assert screen.line("WeChat suspends new user").endswith("  ×4")
        screen.wait(lambda _: counts(screen).get("Unread") == "79")  # stories
        screen.press("v")
        screen.wait("WeChat suspends new user registration")
        screen.wait(lambda _: counts(screen).get("Unread") == "90")
        screen.wait(lambda shown: "◆ WeChat" in shown and "◆ PIPL" in shown)
        for _ in range(40):  # down the list to the story, as a person does
            if "WeChat suspends new user registration" in chosen(screen):
                break
            before = chosen(screen)
            screen.press("j")
            screen.wait(lambda _, before=before: chosen(screen) not in ("", before))  # type: ignore[misc]
        screen.press("enter")
        screen.wait("· Jonas Bevan ·")
        shown = screen.wait("working on a Personal Information Protection Law which will")
        assert "WeChat suspends new user registration to upgrade its security" in shown
        assert "▌ WeChat  title, body ×5, see also" in shown
        screen.wait(lambda _: counts(screen).get("Unread") == "89")
        for hit in ("match 1/", "match 2/"):
            screen.press("]")
            screen.wait(hit)
        screen.press("[")
        screen.wait("match 1/")
        screen.press("e")
        screen.wait("reports · first: Pacific Wire")
        screen.press("enter")
        screen.wait(
            lambda _: opened(screen) not in ("", "Jonas Bevan") and "Jonas Bevan" not in screen.text()
        )
        screen.press("h")
        screen.wait("reports · first: Pacific Wire")
        screen.press("g")
        screen.wait("· Jonas Bevan ·")
        screen.press("s")
        screen.wait("★")
        screen.press("N")
        screen.wait(lambda _: counts(screen).get("Starred") == "1")
        screen.press("Q")
        assert screen.leave() == 0
    marks = "SELECT read, starred FROM article WHERE title LIKE 'WeChat suspends%'"
    assert rows(database(demo_home, "demo.db"), marks) == [(0, 1)]
    with forked(demo_home, "--demo") as screen:
        screen.wait("en zh  Harbour Tech          ×4")
        screen.press("v")
        screen.wait(lambda _: "WeChat suspends new user" in screen.line("★"))
        screen.wait(lambda _: counts(screen).get("Unread") == "89")
        screen.press("q")
        assert screen.leave() == 0
    with forked(demo_home, "--demo", "--fresh") as screen:
        screen.wait(lambda _: counts(screen).get("Unread") == "79")
        assert "★" not in screen.text()
        screen.press("Q")
        assert screen.leave() == 0


def counts(screen: Terminal) -> dict[str, str]:
    """The sidebar's views with their numbers."""
    found = {}
    for line in screen.text().splitlines():
        words = re.split("[│┃]", line)[0].split()
        if words and not words[-1].isdigit():
            words.append("")
        if words:
            found[" ".join(words[:-1]).removeprefix("◆ ")] = words[-1]
    return found


def chosen(screen: Terminal) -> str:
    """The row with the cursor, known by its background."""
    for y in range(2, screen.screen.lines):
        row = screen.screen.buffer[y]
        if row[60].bg not in ("default", screen.screen.buffer[screen.screen.lines - 3][60].bg):
            line = "".join(row[x].data for x in range(screen.screen.columns))
            return re.split("[│┃]", line, maxsplit=1)[-1]
    return ""


def opened(screen: Terminal) -> str:
    """Who wrote the article that is open, `""` when none is."""
    facts = re.search(r"· ([^·\n]*) · \w+ \d+ \w+( \d+)? \d+:\d+ · \d+ min", screen.text())
    return facts[1] if facts else ""


def test_a_person_and_their_feeds(tmp_path: Path, web: Web) -> None:
    """Two visits with a feed that changes in between, a broken one beside it, hostile titles in both.

    The terminal notifies once of what a watch finds: from the reader, whose refresh is a process of its own,
    and from a refresh in a terminal.
    """
    first = [
        item("1", "WeChat pauses sign-ups", "<p>It cites the Personal Information Protection Law.</p>"),
        item("2", "[/x] closes \x9b31m nothing \u202egnp", "<p>Text \x1b]52;c;aGk=\x07 here.</p>"),
    ]
    second = [
        item("3", "WeChat is back", "<p>All well.</p>"),
        item("1", "WeChat pauses sign-ups, updated", "<p>Now longer, citing the PIPL.</p>"),
    ]
    third = [item("4", "WeChat is here to stay", "<p>All well.</p>"), *second]
    url = web.stages("/feed", *(rss("Harbour", items) for items in (first, second, third)))
    config(
        tmp_path,
        f"""
[[feeds]]
url = "{url}"
folder = "Asia"
[[feeds]]
url = "{web.url}/broken"
[[watch]]
name = "WeChat"
any = ["WeChat"]
notify = "article"
[[watch]]
name = "PIPL"
any = ["Personal Information Protection Law", "PIPL"]
""",
    )
    # a terminal that notifies, and no notify-send
    terms = {"TERM": "foot", "PATH": str(tmp_path), "no_proxy": "127.0.0.1"}
    with forked(tmp_path, **terms) as screen:
        screen.wait("WeChat pauses sign-ups")
        screen.wait("[/x] closes")
        screen.wait("404")
        screen.wait("◆ WeChat: WeChat pauses")
        screen.wait(lambda _: b"\x1b]777;notify;WeChat: WeChat pauses sign-ups;Harbour" in screen.raw)
        screen.wait(lambda _: (counts(screen).get("WeChat"), counts(screen).get("PIPL")) == ("1", "1"))
        screen.press("enter", "N")
        screen.wait(lambda shown: not re.search("refreshing|folding|applying|full texts", shown))
        screen.press("R")
        screen.wait("WeChat is back")
        screen.wait("WeChat pauses sign-ups, updated")
        screen.wait(lambda _: b"\x1b]777;notify;WeChat: WeChat is back;Harbour" in screen.raw)
        screen.rest()
        assert screen.raw.count(b"\x1b]777;") == 2
        screen.press("Q")
        assert screen.leave() == 0
    for forbidden in (b"\x9b31m", "\u202e".encode(), b"\x1b]52", "\x9b".encode()):
        assert forbidden not in bytes(screen.raw)
    assert rows(database(tmp_path), "SELECT count(*) FROM article") == [(3,)]
    with forked(tmp_path, "refresh", **terms) as screen:
        assert screen.leave() == Exit.SOME_FAILED
        assert screen.raw.count(b"\x1b]777;notify;WeChat: WeChat is here to stay;Harbour") == 1
        assert screen.raw.count(b"\x1b]777;") == 1


@pytest.mark.parametrize(
    ("leave", "code"),
    [("q", Exit.DATABASE), ("ctrl+q", Exit.DATABASE), (signal.SIGHUP, 129)],
)
def test_leaving_a_locked_database_takes_two_seconds_at_most(
    demo_home: Path, leave: str | signal.Signals, code: int
) -> None:
    """A third of that marks are waited for, which is why this takes its time."""
    with forked(demo_home, "--demo") as screen:
        screen.wait("WeChat sign-ups")
        screen.rest()
        with locked(database(demo_home, "demo.db")):
            screen.press("s")
            screen.wait("Starred · ^z undoes")
            began = time.monotonic()
            if isinstance(leave, str):
                screen.press(leave)
            else:
                screen.signal(leave)
            assert screen.leave() == code
            assert time.monotonic() - began < 2
        told = bytes(screen.raw).rpartition(b"\x1b[?1049l")[2]
        assert b"tuireader: 1 mark not saved: the database " in told
        assert b" is in use by another program" in told
        assert b"Traceback" not in told


def test_a_refresh_that_waits_for_a_lock_does_not_hold_the_end_up(tmp_path: Path, web: Web) -> None:
    asked = threading.Event()

    def answer(_: Request) -> Answer:
        asked.set()
        return Answer(rss("News", [item("1", "One", "text")]))

    web.handle("/f", answer)
    config(tmp_path, f'[[feeds]]\nurl = "{web.url}/f"\n[fetch]\nrefresh_on_start = false\n')
    with forked(tmp_path, no_proxy="127.0.0.1") as screen:
        screen.wait("R refreshes")
        screen.rest()
        with locked(database(tmp_path)):
            screen.press("R")
            assert asked.wait(20)
            began = time.monotonic()
            screen.press("Q")
            assert screen.leave() == 0
            assert time.monotonic() - began < 2


def test_it_ends_with_its_terminal(demo_home: Path) -> None:
    with forked(demo_home, "--demo") as screen:
        screen.wait("WeChat sign-ups")
        screen.press(*"jk" * 50)  # much is still to be painted
        assert screen.hang_up() == 129


def test_an_older_database_is_updated_in_sight(demo_home: Path) -> None:
    with closing(sqlite3.connect(database(demo_home, "demo.db"))) as conn, conn:
        go_back(conn, 4)
    with forked(demo_home, "--demo", "list", "--limit", "1") as screen:
        screen.wait("tuireader: the database is up to date; a copy from before is demo.db.v4.bak")
        assert b"\rtuireader: updating the database, this once:  0%\rtuireader: updating" in screen.raw
        assert screen.leave() == 0
    with forked(demo_home, "--demo", "list", "--limit", "1") as screen:
        assert "up to date" not in screen.wait("Start here")
        assert screen.leave() == 0


def test_the_palette_leaves_no_half_of_a_wide_character(demo_home: Path) -> None:
    with forked(demo_home, "--demo") as screen:
        screen.wait("1/79")
        screen.press("/lang:zh\r")  # rows that the palette covers
        screen.wait(lambda shown: "Search: lang:zh" in shown and "enter open" in shown)
        # the third character of the feed lies below the right edge of the palette
        screen.wait(lambda _: screen.line("用户超过一百万").endswith("东湾科技"))
        row = screen.line("用户超过一百万")
        screen.press(":")
        screen.wait(lambda shown: "Refresh all feeds" in shown and row not in shown)
        screen.press("zen")
        screen.wait(lambda shown: "Refresh all feeds" not in shown and "Article only" in shown)
        screen.press("\x1b")
        screen.wait(lambda shown: "Article only" not in shown and row in shown)


# --------------------------------------------------------------------------- keys typed in one go


def test_keys_typed_in_one_go_do_what_they_do_one_by_one(demo_home: Path) -> None:
    with forked(demo_home, "--demo") as typing:
        typing.wait(lambda shown: "1/79" in shown and "offline" in shown)
        # a search that is left, and a move in the list before
        typing.press("/wechat\x1bj")
        typing.wait("2/79")
        typing.press("/x\x1b\x1b[B")  # an arrow, which begins as escape does
        typing.wait("3/79")
        typing.press("/\x7fj/wechat\r\x1bjjG")
        typing.wait("79/79")
        # text after a key that deletes
        typing.press("/law\x15wechat\x1b[D\x1b[D\x15c\x01\x0b\x15ransom\x7f\x7fom\r")
        typing.wait("Search: ransom")
        typing.press("F\x15wechat\x15Phish")
        typing.wait(lambda shown: "› Phish" in shown and "enter results" in shown)
        typing.press("\x1bG")
        typing.wait(lambda shown: "› Phish" not in shown and "Search: ransom" in shown)
        # a search and moves in what it finds
        typing.press("/wechat\rjj")
        typing.wait(lambda shown: "6 found" in shown and "3/6" in shown)
        typing.press("/ransom\rj\r")  # and another one from there, of which the second hit is opened
        typing.wait(lambda shown: "Search: ransom" in shown and "Omar Hadley" in shown)
        typing.press("ctrl+q")
        assert typing.leave() == 0


def test_keys_typed_before_the_program_has_the_terminal(demo_home: Path) -> None:
    with terminal(demo_home, "--demo") as screen:
        screen.press("/lang:zh\rj\r")
        screen.wait(lambda shown: "Search: lang:zh" in shown and "2/10" in shown and opened(screen) != "")
