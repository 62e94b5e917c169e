"""`tuireader outbox`: what waits, what was given up, and what the exit code of a refresh says of it."""

from __future__ import annotations

import json
import signal
import sys

from tests.builders import item, rss
from tests.cli.command import Home, Run, run_apart, subscribe
from tests.cli.test_json import misfits
from tests.web import Answer, Web
from tuireader.cli.shapes.channels import OutboxMessage
from tuireader.errors import Exit

WATCH = '[[watch]]\nname = "Tides"\nany = ["tides"]\nnotify = "article"\n'


def hooked(address: str) -> str:
    """A configuration whose only channel is a web hook."""
    channel = f'[[channel]]\nname = "hook"\nwebhook = "{address}"\n[fetch]\nproxies = false\n'
    return f'{WATCH}channels = ["hook"]\n{channel}'


def test_a_command_for_notifications_that_fails_is_tried_again(web: Web, home: Home, run: Run) -> None:
    feed = web.serve("/feed", rss("News", [item("1", "Tides of July")]))
    failing = f'[notify]\ndesktop = false\ncommand = ["{sys.executable}", "-c", "raise SystemExit(3)"]\n'
    subscribe(home, feed, more=WATCH + failing)
    told = run("refresh", "--quiet")
    assert told.code == Exit.OK, "it waits"
    reason = f"notify.command: {sys.executable} ended with exit status 3"
    assert told.err.startswith(f"tuireader: {reason}; 1 message waits until ") and told.err.count("\n") == 1
    told = run("refresh", "--json")
    assert told.err == "" and "undelivered" not in told.out and '"told"' not in told.out, "it is not due yet"
    (line,) = run("outbox").out.splitlines()
    number, channel, state, _, title, error = line.split("\t")
    assert (channel, title, error) == ("notify", "Tides of July", reason)
    assert state.startswith("waiting until ")
    (log,) = run("matches", "--json").out.splitlines()
    assert json.loads(log)["not_told"] == f"failed: {reason}"
    told = run("outbox", "--retry", number)
    assert told.code == Exit.OK and told.err.startswith(f"tuireader: {reason}; 1 message waits until ")
    subscribe(home, feed, more=WATCH + failing.replace("3)", "0)"))
    assert run("outbox", "--retry", number).err == "the outbox is empty\n"
    (log,) = run("matches", "--json").out.splitlines()
    match = json.loads(log)
    assert match["channels"] == ["command"] and match["sent"] == {"command": match["told"]}


def test_a_message_that_is_given_up_has_an_exit_code_and_is_kept(web: Web, home: Home, run: Run) -> None:
    feed = web.serve("/feed", rss("News", [item("1", "Tides of July"), item("2", "Other tides")]))
    hook = web.stages("/hook", Answer(status=422), Answer())
    subscribe(home, feed, more=hooked(hook))
    told = run_apart(home, "refresh", "--quiet")
    assert told.code == Exit.NOT_NOTIFIED and "hook: " in told.err
    assert told.err.endswith("status 422; 1 message given up, see outbox\n")
    assert len(web.seen("/hook")) == 2, "the others are sent"
    (line,) = run("outbox", "--json").out.splitlines()
    message = json.loads(line)
    assert misfits(message, OutboxMessage) == []
    assert (message["state"], message["channel"], message["watches"]) == ("given up", "hook", ["Tides"])
    number = str(message["id"])
    assert run("refresh", "--quiet").code == Exit.OK and len(web.seen("/hook")) == 2
    told = run("outbox", "--drop", number)
    after_all = f"`tuireader outbox --retry {number}` sends it after all"
    assert told.err == f"dropped; {after_all}\nthe outbox is empty\n"
    assert run("outbox", "--drop", number).code == Exit.USAGE
    assert run("outbox", "--retry", number).err == "the outbox is empty\n"
    sent = [json.loads(request.body)["articles"][0]["title"] for request in web.seen("/hook")]
    assert sorted(sent) == sorted([message["title"], "Tides of July", "Other tides"])
    assert all(not json.loads(request.body)["repeated"] for request in web.seen("/hook"))


def test_a_message_whose_sender_was_killed_is_retried_at_once(web: Web, home: Home, run: Run) -> None:
    feed = web.serve("/feed", rss("News", [item("1", "Tides of July")]))
    gone, out = home.folder / "gone", home.folder / "out"
    script = f"if test -e {gone}; then cat > {out}; else touch {gone}; kill -9 $PPID; fi"
    program = f'channels = ["p"]\n[[channel]]\nname = "p"\ncommand = ["sh", "-c", {json.dumps(script)}]\n'
    subscribe(home, feed, more=WATCH + program)
    assert run_apart(home, "refresh", "--quiet").code == -signal.SIGKILL
    number, _, state, *_ = run("outbox").out.split("\t")
    assert state == "sending"
    assert run("outbox", "--retry", number).err == "the outbox is empty\n"
    assert json.loads(out.read_text("utf-8"))["repeated"]


def test_failing_feeds_rank_below_messages_that_were_given_up(web: Web, home: Home, run: Run) -> None:
    feed = web.serve("/feed", rss("News", [item("1", "Tides of July")]))
    broken = web.serve("/broken", status=500)
    subscribe(home, feed, broken, more=hooked(web.serve("/hook", status=422)))
    assert run("refresh", "--quiet").code == Exit.NOT_NOTIFIED
    assert run("refresh", "--quiet").code == Exit.SOME_FAILED
