"""Terms outside the running text, from the feed to lists, the log and JSON."""

from __future__ import annotations

import json

from tests.builders import item, rss
from tests.cli.command import Home, Run, subscribe
from tests.web import Web

HTML = (
    "<p>Kumo paid a fine in Ostmar, its first.</p><p>Also read: <a href='/x'>Nimbo and Kumo fall out</a></p>"
    "<p>Photo: Nimbo</p>"
)
WATCHES = """
[[watch]]
name = "Nimbo"
any = ["Nimbo"]
[[watch]]
name = "Kumo"
any = ["Kumo"]
[[watch]]
name = "Text"
any = ["Nimbo"]
fields = ["title", "text"]
[[watch]]
name = "Query"
query = "fall Kumo"
fields = ["title", "text"]
"""


def test_terms_outside_the_running_text_are_named_and_come_last(web: Web, home: Home, run: Run) -> None:
    url = web.serve("/feed", rss("News", [item("1", "Court day", HTML)]))
    subscribe(home, url, more=WATCHES)
    events = [json.loads(line) for line in run("refresh", "--json").out.splitlines()]
    hits = {
        one["evidence"]["watch"]: [(hit["field"], hit["count"]) for hit in one["evidence"]["hits"]]
        for one in events
        if one["event"] == "match"
    }
    assert hits == {"Nimbo": [("see also", 1), ("credit", 1)], "Kumo": [("body", 1), ("see also", 1)]}
    shown = run("show", "1").out
    kumo = "◆ Kumo: body ×1 Kumo, see also ×1 Kumo\n  “Kumo paid a fine in Ostmar, its first.”\n"
    assert f"{kumo}◆ Nimbo: see also ×1 Nimbo, credit ×1 Nimbo\n  “Also read: Nimbo and" in shown
    log = {one["watch"]: one for one in map(json.loads, run("matches", "--json").out.splitlines())}
    assert (log["Nimbo"]["field"], log["Kumo"]["field"]) == ("see also, credit", "body, see also")
    (row,) = (json.loads(line) for line in run("list", "--json").out.splitlines())
    assert row["watches"] == ["Nimbo", "Kumo"]
    # stored articles are matched again when a watch changes
    home.config.write_text(home.config.read_text().replace('["title", "text"]', '["title", "body"]'))
    assert json.loads(run("watch", "report", "--json", "Query").out)["hits"] == 1
