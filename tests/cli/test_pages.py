"""Full texts and comments on the command line."""

from __future__ import annotations

import json

import pytest

from tests.builders import item, rss
from tests.cli.command import Home, Run, subscribe
from tests.cli.news import PAGE
from tests.web import Web
from tuireader.errors import Exit

SAID = (
    '<rss version="2.0"><channel><title>c</title><item><title>By: Ada</title><guid>1</guid>'
    "<description>First!</description></item></channel></rss>"
)


@pytest.fixture(autouse=True)
def feed(web: Web, home: Home, run: Run) -> None:
    """A feed with one article, its page and its comments; the feed is fetched."""
    web.serve("/1", PAGE, headers={"Content-Type": "text/html"})
    web.serve("/comments", SAID)
    more = (
        '<wfw:commentRss xmlns:wfw="http://wellformedweb.org/CommentAPI/">'
        f"{web.url}/comments</wfw:commentRss>"
    )
    items = [item("1", "One", "Start", url=f"{web.url}/1", more=more)]
    subscribe(home, web.serve("/feed", rss("Feed", items)))
    assert run("refresh").code == Exit.OK


def test_full_text(web: Web, run: Run) -> None:
    assert "Start" in run("show", "1").out
    told = run("fulltext", "1", "7")
    assert told.code == Exit.FAILURE and told.out == "1\tOne\n"
    assert told.err == "tuireader: 7: there is no article 7 (`tuireader list` shows the numbers)\n"
    assert "The whole text" in run("show", "1").out
    assert run("list", "whole").out.startswith("1\t")
    told = run("fulltext", "--feed-text", "--json", "1")
    assert json.loads(told.out)["text"] == "Start" and not json.loads(told.out)["full_text"]
    assert "The whole text" in run("show", "--full", "1").out
    assert len(web.seen("/1")) == 1  # it was stored


def test_full_text_that_cannot_be_had(web: Web, run: Run) -> None:
    web.serve("/1", status=403)
    told = run("fulltext", "1")
    assert told.code == Exit.FAILURE and told.out == "" and told.err.startswith("tuireader: 1: HTTP 403")
    told = run("show", "--full", "1")
    assert told.code == Exit.FAILURE and told.err.startswith("tuireader: HTTP 403")


def test_comments(run: Run) -> None:
    assert run("comments", "--stored", "1").out == ""
    assert run("comments", "1").out == "Ada\nFirst!\n\n"
    told = run("comments", "--stored", "--json", "1")
    assert json.loads(told.out) == {"author": "Ada", "time": None, "text": "First!"}
    assert run("comments", "--stored", "9").code == Exit.USAGE


def test_a_refresh_tells_of_the_pages(home: Home, run: Run) -> None:
    text = home.config.read_text().replace("[[feeds]]", "[[feeds]]\nfull_text = true")
    home.config.write_text(text)
    lines = run("refresh", "--json").out.splitlines()
    (event,) = [event for line in lines if (event := json.loads(line))["event"] == "text"]
    assert event == {"event": "text", "article_id": 1, "title": "One", "error": "", "done": 1, "total": 1}


def test_teasers_are_completed_and_say_so(web: Web, home: Home, run: Run) -> None:
    """In the preview, in the list of feeds, and in the reasons of a match."""
    teaser = "<p>The ferry crossed the harbour in the fog, the council said …</p>"
    page = f"<article>{teaser}<p>A quokka was on board and nobody had paid for it, says the captain.</p>"
    web.serve("/ferry", page, headers={"Content-Type": "text/html"})
    url = web.serve("/teasers", rss("The Quay", [item("f", "Ferry", teaser, url=f"{web.url}/ferry")]))
    assert "teasers; full text will be fetched" in run("add", "--dry-run", url).out
    assert json.loads(run("add", "--dry-run", "--json", url).out)["texts"] == "teasers"
    subscribe(home, url, more='[[watch]]\nname = "Quokka"\nany = ["quokka"]\n')
    (match,) = map(json.loads, run("refresh", "--matches").out.splitlines())
    assert match["where"] == ["full text"]
    assert "teasers · full text of 1 of 1" in run("feeds").out
    feed = json.loads(run("feeds", "--json").out)
    assert (feed["texts"], feed["pages"], feed["full_texts"]) == ("teasers", 1, 1)
    assert "◆ Quokka: full text ×1 quokka" in run("show", str(match["id"])).out
    shown = json.loads(run("show", "--json", str(match["id"])).out)
    assert shown["evidence"][0]["hits"][0]["field"] == "full text"
