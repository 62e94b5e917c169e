"""A week after the move, beside newsboat: the same keys in both programs, and what both show."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import newsboat
from tests.builders import item, rss
from tests.processes import rows
from tests.terminal import Terminal
from tests.test_e2e import COMMAND, database, forked
from tests.web import Web, in_thread

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not newsboat.installed(), reason="NEWSBOAT IS NOT INSTALLED: a week of its keys is not compared"
    ),
]
FEEDS, START = 150, 1_790_000_000
PLACES = {
    "F": ("Your feeds", "r refresh this"),
    "L": ("Articles in feed", "n next unread  h sidebar"),
    "T": ("Article '", "scroll"),
}
"""newsboat's lists and text: how its titles begin, and what our footer says in that pane."""
KEYS = {"^n": "\x0e", "^p": "\x10"}
WEEK = (
    "enter:L enter:T n:T n:T q:L q:F",
    "n enter:L enter:T q:L n enter:T q:L q:F",  # `n` opens nothing in the lists of feeds and of articles
    "J n enter:L n n enter:T q:L ^n:L ^n:L enter:T q:L q:F",
    "n enter:L enter:T N:L n enter:T q:L q:F",  # the first one is unread again
    "J J K enter:L J J enter:T K:T n:T q:L q:F",
    "n n n n enter:L N J N enter:T q:L q:F enter:L enter:T q:L q:F",
    "n enter:L A q:F n p enter:L enter:T q:L ^n:L enter:T n:T q:L ^p enter:T q:L q:F",
)
"""The keys of each day, with the places where they lead."""


def publish(web: Web, day: int) -> None:
    """Give each feed three articles at first, and three more on one day of the week."""
    for feed in range(FEEDS):
        if day in (0, feed % 7 + 1):
            items = [article(feed, on, number) for on in sorted({0, day}) for number in range(3)]
            web.serve(f"/{feed}", rss(f"Feed {feed:03}", items))


def article(feed: int, day: int, number: int) -> str:
    name = f"{feed:03}-{day}-{number}"
    text = f"<p>{f'w{feed}x{day}x{number} ' * 60}</p><p>End of {name}.</p>"
    return item(name, f"News {name}", text, time=START + day * 86_400 + number * 60)


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    """The server of 150 feeds, which newsboat has read once before somebody moved."""
    folder = tmp_path / ".newsboat"
    folder.mkdir()
    with in_thread() as web:
        publish(web, 0)
        (folder / "urls").write_text("".join(f"{web.url}/{feed}\n" for feed in range(FEEDS)))
        (folder / "config").write_text(
            "confirm-mark-feed-read no\ngoto-next-feed no\nreload-threads 20\nreload-time 240\n"
        )
        newsboat.run(folder, "-x", "reload")
        ours(tmp_path, "import", "newsboat", "--unfold")
        yield web


def ours(home: Path, *words: str) -> None:
    environment = os.environ | {"HOME": str(home)}
    subprocess.run([COMMAND, *words], env=environment, check=True, timeout=60, stdout=subprocess.DEVNULL)


def test_the_same_keys_show_and_mark_the_same(web: Web, tmp_path: Path) -> None:
    day = 0
    for days in (WEEK[:2], WEEK[2:5], WEEK[5:]):  # both programs are closed twice
        for _ in days:
            day += 1
            publish(web, day)
        newsboat.run(tmp_path / ".newsboat", "-x", "reload")
        with (
            Terminal(newsboat.command(tmp_path / ".newsboat"), home=tmp_path) as there,
            forked(tmp_path, no_proxy="127.0.0.1") as here,
        ):
            there.wait(PLACES["F"][0])
            here.wait(PLACES["F"][1])
            here.press("R")
            unread = rf"Unread +{len(unread_there(tmp_path))} "
            here.wait(lambda text, unread=unread: bool(re.search(unread, text)))  # type: ignore[misc]
            for keys in days:
                compare(there, here, keys)
            for screen in (there, here):
                screen.press("Q")
                assert screen.leave() == 0
        assert unread_here(tmp_path) == unread_there(tmp_path), f"day {day}"
    assert 0 < len(unread_here(tmp_path)) < FEEDS * 6


def compare(there: Terminal, here: Terminal, keys: str) -> None:
    """Press keys in both programs; wherever newsboat gets, ours shows the same feed or text."""
    title = ""
    for step in keys.split():
        key, _, letter = step.partition(":")
        for screen in (there, here):
            screen.press(KEYS.get(key, key))
        if not letter:
            continue
        place, pane = PLACES[letter]
        shown = there.wait(lambda text, p=place, t=title: p in text.splitlines()[0] and not (t and t in text))  # type: ignore[misc]
        title = same = ""
        if letter == "L":
            feed, unread = re.findall(r"feed '(.+)' \((\d+) unread", shown)[0]
            same = f"{feed}   {unread} unread"
        elif letter == "T":
            title = f"Title: {re.findall('Title: (.+)', shown)[0]}"
            same = f"End of {title.split()[-1]}."
        here.wait(lambda text, s=same, p=pane: s in text and p in text.splitlines()[-1])  # type: ignore[misc]


def unread_here(home: Path) -> set[str]:
    return {title for (title,) in rows(database(home), "SELECT title FROM article WHERE read = 0")}


def unread_there(home: Path) -> set[str]:
    return {
        title for (title,) in rows(home / ".newsboat/cache.db", "SELECT title FROM rss_item WHERE unread = 1")
    }
