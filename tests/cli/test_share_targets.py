"""`tuireader share`: articles go into the outbox, then by a channel; what fails waits or is given up."""

from __future__ import annotations

import json
import os
import signal
from subprocess import DEVNULL

import pytest

from tests.builders import item, rss
from tests.cli.command import Home, Run, subscribe
from tests.cli.test_json import misfits
from tests.processes import ended, start
from tests.web import Answer, Request, Web
from tuireader.cli.shapes.channels import OutboxMessage
from tuireader.errors import Exit

TOKEN = "x7Qd2-of-nobody"
ENTRIES = [item(str(number), f"Tides {number}") for number in (1, 2)]


@pytest.fixture
def shared(web: Web, home: Home, run: Run) -> None:
    """Two articles with numbers from 1, and a channel `later` to Readeck, in its quiet hours."""
    feed = web.serve("/feed", rss("News", ENTRIES))
    later = (
        f'name = "later"\nshare = "readeck"\nserver = "{web.url}"\ntoken = "{TOKEN}"\nquiet = "0:00-23:59"'
    )
    subscribe(home, feed, more=f'[[channel]]\n{later}\n[[channel]]\nname = "log"\nfile = "log.jsonl"\n')
    assert run("refresh", "--quiet").code == Exit.OK


def saved(web: Web) -> list[str]:
    return [json.loads(request.body)["title"] for request in web.seen("/api/bookmarks")]


@pytest.mark.usefixtures("shared")
def test_articles_are_shared_by_number_or_expression(web: Web, run: Run, home: Home) -> None:
    web.serve("/api/bookmarks", status=202)
    told = run("share", "later", "1", "2")
    assert told.code == Exit.OK and told.err == ""
    assert told.out == f"later\taccepted\t{title_of(run, 1)}\nlater\taccepted\t{title_of(run, 2)}\n"
    assert sorted(saved(web)) == ["Tides 1", "Tides 2"]
    told = run("share", "later", 'title:"Tides 2"', "--json")
    (message,) = map(json.loads, told.out.splitlines())
    assert misfits(message, OutboxMessage) == []
    assert (message["kind"], message["state"], message["watches"]) == ("share", "accepted", [])
    assert run("share", "log", "1").code == Exit.OK
    (line,) = (home.folder / "log.jsonl").read_text().splitlines()
    assert json.loads(line)["kind"] == "share" and json.loads(line)["articles"][0]["id"] == 1
    assert run("outbox").err == "the outbox is empty\n" and run("matches").out == ""
    assert run("list", "is:unread", "--json").out.count("\n") == 2, "sharing marks nothing"


def title_of(run: Run, number: int) -> str:
    return str(json.loads(run("show", str(number), "--json").out)["title"])


@pytest.mark.usefixtures("shared")
def test_what_cannot_be_sent_waits_and_is_sent_once(web: Web, run: Run) -> None:
    web.stages("/api/bookmarks", Answer(TOKEN.encode(), 503), Answer(status=202))
    told = run("share", "later", "1")
    assert told.code == Exit.OK and told.out.startswith("later\twaiting\t")
    assert told.err.startswith("tuireader: later: it answers with status 503; 1 message waits until ")
    (line,) = run("outbox", "--json").out.splitlines()
    assert json.loads(line)["kind"] == "share"
    told = run("share", "later", "1")  # again: the same message, at once
    assert told.out.startswith("later\taccepted\t") and TOKEN not in told.out + told.err
    assert saved(web) == [title_of(run, 1), f"{title_of(run, 1)} (possibly repeated)"]
    assert run("outbox").err == "the outbox is empty\n"


@pytest.mark.usefixtures("shared")
def test_what_is_refused_for_good_is_given_up_visibly(web: Web, run: Run) -> None:
    web.stages("/api/bookmarks", *[Answer(status=status) for status in (422, 202, 202, 422, 202)])
    told = run("share", "later", "1", "2")
    assert told.code == Exit.NOT_NOTIFIED and "1 message given up, see outbox" in told.err
    assert [line.split("\t")[1] for line in told.out.splitlines()] == ["given up", "accepted"]
    number = run("outbox").out.split("\t")[0]
    assert run("outbox", "--retry", number).err == "the outbox is empty\n"
    assert len(saved(web)) == 3
    assert run("share", "later", "1").code == Exit.NOT_NOTIFIED
    assert run("share", "later", "1").code == Exit.OK, "sharing it again retries it"
    assert run("outbox").err == "the outbox is empty\n"


@pytest.mark.usefixtures("shared")
def test_what_cannot_be_shared(web: Web, run: Run, home: Home) -> None:
    feed = rss("News", [*ENTRIES, "<item><guid isPermaLink='false'>n</guid><title>No link</title></item>"])
    web.serve("/feed", feed)
    run("refresh", "--quiet")
    told = run("share", "latr", "1")
    assert told.code == Exit.USAGE and "no channel 'latr'; did you mean 'later'?" in told.err
    assert run("share", "later", "99").code == Exit.USAGE
    assert run("share", "later", "nothing-like-it").code == Exit.FAILURE
    told = run("share", "later", "1", "3")
    assert told.code == Exit.USAGE and "article 3 has no web address (share it by mail)" in told.err
    assert run("--demo", "share", "later", "1").code == Exit.FAILURE
    assert saved(web) == [] and run("outbox").err == "the outbox is empty\n"


@pytest.mark.usefixtures("shared")
def test_a_test_of_a_share_target_saves_nothing(web: Web, run: Run) -> None:
    web.stages("/api/profile", Answer(b"{}"), Answer(status=401))
    assert run("channel", "test", "later").out == "later answers; nothing was saved\n"
    told = run("channel", "test", "later")
    assert told.code == Exit.NOT_NOTIFIED
    assert told.out == "not accepted by later: it answers with status 401; check its token\n"
    assert "later\tshare\treadeck, http://127.0.0.1:" in run("channel", "list").out
    assert saved(web) == []


@pytest.mark.usefixtures("shared")
def test_watches_and_rules_keep_articles_too(web: Web, run: Run, home: Home) -> None:
    web.serve("/api/bookmarks", status=202)
    text = home.config.read_text().replace('quiet = "0:00-23:59"', 'body = "{sentence}"')
    watch = '[[watch]]\nname = "Ebb"\nany = ["ebb"]\nnotify = "article"\nchannels = ["later"]\n'
    rule = '[[rule]]\nname = "keep"\nquery = "flood"\nthen = ["channel:later"]\n'
    mute = '[[mute]]\nquery = "Tides"\n'
    home.config.write_text(text + watch + rule + mute)
    web.serve("/feed", rss("News", [*ENTRIES, item("3", "Ebb"), item("4", "Flood")]))
    assert run("refresh", "--quiet").code == Exit.OK
    assert sorted(saved(web)) == ["Ebb", "Flood"]
    match = json.loads(run("matches", "--json").out)
    assert list(match["sent"]) == ["later"]
    assert run("share", "later", "1").out.startswith("later\taccepted\t"), "muted, but asked for"


@pytest.mark.usefixtures("shared")
def test_killed_while_it_sends_an_article_comes_once_more_and_marked(web: Web, run: Run, home: Home) -> None:
    pids: list[int] = []

    def take(request: Request) -> Answer | None:
        if pids:
            os.kill(pids.pop(), signal.SIGKILL)
            return None
        return Answer(status=202)

    web.handle("/api/bookmarks", take)
    with start(home.arguments("share", "later", "1"), home.environment(), stderr=DEVNULL) as child:
        pids.append(child.pid)
        assert ended(child, 30)
    assert child.returncode == -signal.SIGKILL
    assert json.loads(run("outbox", "--json").out)["state"] == "sending"
    assert run("refresh", "--quiet").code == Exit.OK
    assert saved(web) == [title_of(run, 1), f"{title_of(run, 1)} (possibly repeated)"]
    assert run("outbox").err == "the outbox is empty\n"
