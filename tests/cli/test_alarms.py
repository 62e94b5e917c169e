"""`tuireader alarms`, and the exit code that tells cron about them."""

from __future__ import annotations

import json

from tests.builders import CLOCK, item, rss
from tests.cli.command import Home, Run, subscribe
from tests.cli.test_json import fits
from tests.web import Web
from tuireader.errors import Exit
from tuireader.model import Alarm, AlarmKind
from tuireader.store import Store


def test_the_command_lists_alarms_and_its_exit_code_tells_of_them(home: Home, run: Run, web: Web) -> None:
    subscribe(home, web.serve("/feed", rss("One", [item("1", "One")])))
    quiet = run("alarms", "--fail-on-alarm")
    assert (quiet.code, quiet.out) == (Exit.OK, "") and "no alarms" in quiet.err
    assert run("refresh", "--fail-on-alarm").code == Exit.OK
    assert run("alarms", "--fail-on-alarm").code == Exit.OK
    store = Store.open(home.database)
    with store.transaction():
        store.alarms.raise_(Alarm(0, AlarmKind.FAILING, 1, "", "", "failing since 1 Nov: 500", CLOCK))
        store.alarms.raise_(Alarm(0, AlarmKind.SILENT, 0, "WeChat", "", "no new match", CLOCK))
        store.alarms.clear(2, CLOCK + 60, tell=False)
    store.close()
    listed = run("alarms")
    assert listed.out.split("\t")[1:] == ["failing", "One", "failing since 1 Nov: 500\n"]
    assert run("alarms", "--fail-on-alarm").code == Exit.ALARM
    assert "over" in run("alarms", "--all").out.splitlines()[1]
    first, second = map(json.loads, run("alarms", "--all", "--json").out.splitlines())
    fits(first, "alarms")
    fits(second, "alarms")
    assert (first["kind"], first["feed_id"], first["watch"], first["cleared_at"]) == ("failing", 1, "", None)
    assert (second["kind"], second["watch"], second["cleared_at"]) == ("silent", "WeChat", CLOCK + 60)
    assert "! failing since 1 Nov: 500" in run("feeds").out
    assert json.loads(run("feeds", "--json").out)["trouble"] == "alarm"
    assert run("refresh", "--fail-on-alarm").code == Exit.OK  # it worked: the alarm is over


def test_an_address_that_a_page_names_is_an_alarm_that_one_command_takes(
    home: Home, run: Run, web: Web
) -> None:
    old, new = web.serve("/feed", rss("One", [item("1", "One")])), "http://127.0.0.2:1/new.xml"
    subscribe(home, old)
    assert run("refresh").code == Exit.OK
    web.serve("/feed", f'<html><head><link rel="alternate" type="application/rss+xml" href="{new}">')
    assert run("refresh", "--fail-on-alarm").code == Exit.ALL_FAILED
    assert run("alarms", "--fail-on-alarm").code == Exit.ALARM
    words = f"its page names {new}, not followed: accept it if it is the same feed"
    assert run("alarms").out.split("\t")[1:] == [
        "moved",
        "One",
        words,
        "`tuireader feeds accept 1` takes it\n",
    ]
    alarm = json.loads(run("alarms", "--json").out)
    fits(alarm, "alarms")
    assert (alarm["kind"], alarm["words"]) == ("moved", words)
    assert (
        f"{new} (×1, next try" in run("feeds").out
        and "`tuireader feeds accept 1` takes it" in run("feeds").out
    )
    assert run("feeds", "accept", "1").err == f"moved: One ({new})\n"
    assert new in home.config.read_text() and old not in home.config.read_text()
    assert run("undo").err == f"undone: feed {old} changed\n"
    assert run("refresh").code == Exit.ALL_FAILED and "no alarms" in run("alarms").err  # it was refused
