"""What the command line says of hits that an edit took away, and of texts that other feeds brought."""

from __future__ import annotations

import json
import time

from tests.builders import item, rss
from tests.cli.command import Home, Run, subscribe
from tests.web import Web
from tuireader.errors import Exit

RULES = """
[[watch]]
name = "Quokka"
any = ["quokka"]
notify = "article"
[notify]
desktop = false
command = ["sh", "-c", "(cat; echo) >> {out}"]
"""
HIT, GONE = "<p>A quokka was seen in town.</p>", "<p>Nothing of the kind was seen.</p>"
LONG = " ".join(f"word{number}" for number in range(40))


def told_of(home: Home) -> list[int]:
    """The articles that the command of `[notify]` has got, as often as it has got them."""
    file = home.folder / "told.jsonl"
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return [article["id"] for line in lines if line for article in json.loads(line)["articles"]]


def test_a_hit_that_was_edited_away_is_shown_as_such(web: Web, home: Home, run: Run) -> None:
    now = int(time.time())
    bodies = (rss("News", [item("a", "In town", text, time=now - 60)]) for text in (HIT, GONE))
    subscribe(home, web.stages("/f", *bodies), more=RULES.replace("{out}", str(home.folder / "told.jsonl")))

    def out(*words: str) -> str:
        told = run(*words)
        assert told.code == Exit.OK, told
        return str(told.out)

    out("refresh")
    assert "until edited" not in out("list") + out("show", "1") + out("watch", "list") + out("brief")
    out("refresh")
    assert told_of(home) == [1]
    moment = json.loads(out("list", "--json").splitlines()[0])["former"]["Quokka"]
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(moment))
    assert f"[Quokka until edited {when}]" in out("list")
    assert f"[Quokka until edited {when}]" in out("search", "watch:Quokka")
    shown = out("show", "1")
    assert f"◆ Quokka: body ×1 quokka · matched until edited {when}\n  “A quokka was seen in town.”" in shown
    (found,) = json.loads(out("show", "1", "--json"))["evidence"]
    assert (found["until"], found["sentence"]) == (moment, "A quokka was seen in town.")
    assert found["revision"] > 0
    assert "Quokka\t1/1\t" in out("watch", "list") and "(1 match until edited)" in out("watch", "list")
    assert json.loads(out("watch", "list", "--json"))["former"] == 1
    report = out("watch", "report", "Quokka")
    assert report.startswith("1 match, 1 until edited\n")
    assert f"In town  (matched until edited {when})" in report
    assert json.loads(out("watch", "report", "Quokka", "--json"))["former"] == 1
    assert f"(matched until edited {when})" in out("watch", "test", "watch:Quokka")
    assert "(Quokka · matched until edited" in out("brief")
    brief = json.loads(out("brief", "--format", "json"))
    assert brief["sections"][0]["stories"][0]["evidence"][0]["until"] == moment


def test_what_a_hub_had_by_its_title_is_told_when_its_text_comes(web: Web, home: Home, run: Run) -> None:
    now, page = int(time.time()), f"{web.url}/story"
    hub = web.serve("/hub", rss("Hub", [item("h", "In town", "Comments", url=page, time=now - 90)]))
    said = item("n", "In town", f"{HIT}<p>{LONG}</p>", url=page, time=now - 60)
    news = web.stages("/news", rss("News", []), rss("News", [said]))
    subscribe(home, hub, news, more=RULES.replace("{out}", str(home.folder / "told.jsonl")))
    for number in range(3):
        assert run("refresh").code == Exit.OK
        assert told_of(home) == ([1] if number else [])
        if not number:
            assert run("read", "1").code == Exit.OK
    shown = json.loads(run("show", "1", "--json").out)
    assert "quokka" in shown["text"] and shown["feed"] == "News" and shown["other_feeds"] == ["Hub"]
    assert len(run("list").out.splitlines()) == 1
