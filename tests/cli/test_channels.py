"""`tuireader channel`, and channels in `tuireader config check`."""

from __future__ import annotations

import json
import os
import select
import sys

import pytest

from tests.cli.command import Home, Run, start_apart
from tests.cli.test_json import fits
from tests.web import Web
from tuireader.errors import Exit

CONFIG = """
[[watch]]
name = "W"
any = ["w"]
channels = ["log", "hook"]
[notify]
alarm_channels = ["log"]
[[channel]]
name = "log"
file = "log.jsonl"
limit = 20
quiet = "22:00-07:00"
[[channel]]
name = "hook"
webhook = "{hook}"
"""


def test_channels_are_listed_without_secrets_and_tested(home: Home, run: Run, web: Web) -> None:
    hook = web.serve("/secret", status=503)
    home.config.write_text(CONFIG.format(hook=hook), encoding="utf-8")
    listed = run("channel", "list")
    assert listed.out.splitlines() == [
        "log\tfile\tlog.jsonl\tW, alarms\tquiet 22:00-07:00\t20 an hour",
        "hook\twebhook\thttp://…\tW",
    ]
    first, second = map(json.loads, run("channel", "list", "--json").out.splitlines())
    fits(first, "channel list")
    assert (first["watches"], first["alarms"], second["alarms"]) == (["W"], True, False)
    assert "secret" not in json.dumps([first, second])
    done = run("channel", "test", "log")
    assert (done.code, done.out) == (Exit.OK, "accepted by log\n")
    told = json.loads((home.folder / "log.jsonl").read_text(encoding="utf-8"))
    assert (told["kind"], told["title"]) == ("test", "Test of tuireader")
    failed = run("channel", "test", "hook")
    assert (failed.code, failed.out) == (
        Exit.NOT_NOTIFIED,
        "not accepted by hook: it answers with status 503\n",
    )
    told = json.loads(run("channel", "test", "hook", "--json").out)
    fits(told, "channel test")
    assert told == {"channel": "hook", "accepted": False, "error": "it answers with status 503"}


def test_channels_that_are_not_there(home: Home, run: Run) -> None:
    home.config.write_text("", encoding="utf-8")
    assert (
        run("channel", "list").err == "tuireader: no channels; a [[channel]] in the configuration adds one\n"
    )
    home.config.write_text(CONFIG.format(hook="https://h.example"), encoding="utf-8")
    unknown = run("channel", "test", "lug")
    assert unknown.code == Exit.USAGE and "no channel 'lug'; did you mean 'log'?" in unknown.err


def test_the_demo_sends_nothing(home: Home, run: Run) -> None:
    home.config.write_text("", encoding="utf-8")
    told = run("--demo", "channel", "test", "phone")
    assert told.code == Exit.FAILURE and "the demo has no network" in told.err


def test_config_check_says_that_apprise_is_missing(
    home: Home, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = '[[channel]]\nname = "phone"\nurl = "ntfys://ntfy.sh/topic"\n'
    home.config.write_text(channel, encoding="utf-8")
    monkeypatch.setitem(sys.modules, "apprise", None)
    told = run("config", "check")
    assert told.code == Exit.CONFIG
    missing = "the package apprise is not installed: pip install 'tuireader[notify]'"
    assert told.out.startswith(f"{home.config}:3: channel[1].url: {missing}\n")


def test_a_program_ends_with_the_command_that_runs_it(home: Home) -> None:
    os.mkfifo(home.folder / "alive")
    program = ["sh", "-c", f"exec 3> {home.folder}/alive; echo >&3; sleep 60"]
    home.config.write_text(f'[[channel]]\nname = "p"\ncommand = {json.dumps(program)}\n')
    with start_apart(home, "channel", "test", "p") as child, (home.folder / "alive").open("rb") as alive:
        assert alive.readline() == b"\n"
        child.terminate()
        assert select.select([alive], [], [], 5)[0] and alive.read() == b""
    assert child.returncode == Exit.INTERRUPTED
