"""`feeds --gaps` and `watch coverage`: since when feeds were seen, and what was missed."""

from __future__ import annotations

import json
import time

import pytest

from tests.builders import item, rss
from tests.cli.command import Home, Run, subscribe
from tests.web import Web
from tuireader.errors import Exit

DAY = 86_400
WATCHES = """
[[watch]]
name = "Comet"
any = ["comet"]
[[watch]]
name = "Calm"
any = ["sea"]
feeds = ["Calm 彗星"]
"""


def burst(first: int, number: int = 12, *, name: str = "Busy") -> bytes:
    """A feed with entries of which the newest are minutes old."""
    now = int(time.time())
    entries = [
        item(f"{name}{at}", f"Comet {at}", time=now - 60 * (first + number - at) - DAY * (first == 0))
        for at in range(first, first + number)
    ]
    return rss(name, entries[::-1])


@pytest.fixture(autouse=True)
def missed(web: Web, home: Home, run: Run) -> None:
    """One feed of which articles were missed, one that is complete, one that fails."""
    busy = web.stages("/busy", burst(0), burst(40))
    calm = web.serve("/calm", burst(0, 3, name="Calm 彗星"))
    gone = web.stages("/gone", burst(0, 3, name="Gone"), "nothing")
    subscribe(home, busy, calm, gone, more=WATCHES)
    assert run("refresh").code == Exit.OK
    told = run("refresh")
    assert told.code == Exit.SOME_FAILED
    assert "Busy: about" in told.err and "not seen: the feed has no archive" in told.err


def test_feeds_are_listed_with_their_gaps(run: Run) -> None:
    told = run("feeds", "--gaps")
    busy, gap, calm, gone = told.out.splitlines()
    assert busy.startswith("1\t1 gap, about ") and " not seen\tBusy\thttp" in busy
    assert gap.startswith("\t") and " – " in gap and gap.endswith("not seen: the feed has no archive")
    assert calm.startswith("2\tcomplete since ") and "Calm 彗星" in calm
    assert gone.startswith("3\tnot seen since ")
    assert "3 feeds, 1 complete; 1 gap, about " in told.err
    first, second, third = (json.loads(line) for line in run("feeds", "--gaps", "--json").out.splitlines())
    assert (first["complete"], len(first["gaps"])) == (False, 1) and first["unseen"] >= 1
    assert first["gaps"][0]["after"] < first["gaps"][0]["before"] <= time.time() + 1
    assert (second["complete"], second["gaps"], second["unseen"]) == (True, [], 0)
    assert third["unseen_since"] is not None and not third["complete"]
    assert " not seen" in run("feeds").out.splitlines()[0]


def test_a_watch_says_whether_its_feeds_were_seen(run: Run) -> None:
    head, *lines = run("watch", "coverage", "comet").out.splitlines()
    assert head.startswith("Comet: 1 gap, about ") and head.endswith("; 1 feed not seen now")
    assert lines[0].startswith("  Busy: 1 gap") and "no archive" in lines[1]
    assert lines[2].startswith("  Gone: not seen since") and lines[3] == "  1 feed without a gap"
    assert run("watch", "coverage", "Calm").out.startswith("Calm: complete since ")
    assert "\nCoverage: 1 gap, about " in run("watch", "report", "Comet").out
    whole = json.loads(run("watch", "coverage", "Comet", "--json").out)
    assert (whole["watch"], whole["complete"], whole["open_gaps"]) == ("Comet", False, 1)
    assert [feed["title"] for feed in whole["feeds"]] == ["Busy", "Calm 彗星", "Gone"]
    report = json.loads(run("watch", "report", "Comet", "--json").out)
    assert report["coverage"]["open_gaps"] == 1
    assert json.loads(run("watch", "test", "comet", "--json").out)["coverage"] is None


def test_a_period_leaves_out_gaps_before_and_after_it(run: Run) -> None:
    whole = json.loads(run("watch", "coverage", "Comet", "--until", "7d", "--json").out)
    assert (whole["open_gaps"], whole["unseen"]) == (0, 0)
    whole = json.loads(run("watch", "coverage", "Comet", "--since", "7d", "--json").out)
    assert whole["open_gaps"] == 1
    wrong = run("watch", "coverage", "Comet", "--since", "tomorrow")
    assert wrong.code == Exit.USAGE and "--since wants a day such as 2026-11-03" in wrong.err
    assert run("watch", "coverage", "Nothing").code == Exit.USAGE
