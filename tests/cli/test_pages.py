"""Full texts and comments on the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders import item, rss
from tests.cli.command import Home, run_here, subscribe
from tests.web import Web, in_thread
from tuireader.errors import Exit

HTML = {"Content-Type": "text/html"}
PAGE = "<html><body><nav>Menu</nav><article><p>The whole text of the page.</p></article></body></html>"
SAID = (
    '<rss version="2.0"><channel><title>c</title><item><title>By: Ada</title><guid>1</guid>'
    "<description>First!</description></item></channel></rss>"
)


@pytest.fixture
def home(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[tuple[Home, Web]]:
    home = Home(tmp_path)
    with in_thread() as web:
        web.serve("/1", PAGE, headers=HTML)
        web.serve("/comments", SAID)
        more = (
            '<wfw:commentRss xmlns:wfw="http://wellformedweb.org/CommentAPI/">'
            f"{web.url}/comments</wfw:commentRss>"
        )
        items = [item("1", "One", "Start", url=f"{web.url}/1", more=more)]
        subscribe(home, web.serve("/feed", rss("Feed", items)))
        assert run_here(home, capsys, "refresh").code == Exit.OK
        yield home, web


def test_full_text(home: tuple[Home, Web], capsys: pytest.CaptureFixture[str]) -> None:
    assert "Start" in run_here(home[0], capsys, "show", "1").out
    told = run_here(home[0], capsys, "fulltext", "1", "7")
    assert told.code == Exit.FAILURE and told.out == "1\tOne\n"
    assert told.err == "tuireader: 7: there is no article 7 (`tuireader list` shows the numbers)\n"
    assert "The whole text" in run_here(home[0], capsys, "show", "1").out
    assert run_here(home[0], capsys, "list", "whole").out.startswith("1\t")
    told = run_here(home[0], capsys, "fulltext", "--feed-text", "--json", "1")
    assert json.loads(told.out)["text"] == "Start" and not json.loads(told.out)["full_text"]
    assert "The whole text" in run_here(home[0], capsys, "show", "--full", "1").out
    assert len(home[1].seen("/1")) == 1  # it was stored


def test_full_text_that_cannot_be_had(home: tuple[Home, Web], capsys: pytest.CaptureFixture[str]) -> None:
    home[1].serve("/1", status=403)
    told = run_here(home[0], capsys, "fulltext", "1")
    assert told.code == Exit.FAILURE and told.out == "" and told.err.startswith("tuireader: 1: HTTP 403")
    told = run_here(home[0], capsys, "show", "--full", "1")
    assert told.code == Exit.FAILURE and told.err.startswith("tuireader: HTTP 403")


def test_comments(home: tuple[Home, Web], capsys: pytest.CaptureFixture[str]) -> None:
    assert run_here(home[0], capsys, "comments", "--stored", "1").out == ""
    assert run_here(home[0], capsys, "comments", "1").out == "Ada\nFirst!\n\n"
    told = run_here(home[0], capsys, "comments", "--stored", "--json", "1")
    assert json.loads(told.out) == {"author": "Ada", "time": None, "text": "First!"}
    assert run_here(home[0], capsys, "comments", "--stored", "9").code == Exit.USAGE


def test_a_refresh_tells_of_the_pages(home: tuple[Home, Web], capsys: pytest.CaptureFixture[str]) -> None:
    text = home[0].config.read_text().replace("[[feeds]]", "[[feeds]]\nfull_text = true")
    home[0].config.write_text(text)
    lines = run_here(home[0], capsys, "refresh", "--json").out.splitlines()
    (event,) = [event for line in lines if (event := json.loads(line))["event"] == "text"]
    assert event == {"event": "text", "article_id": 1, "title": "One", "error": "", "done": 1, "total": 1}
