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
