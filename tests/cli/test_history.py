"""What the command line says of hits that an edit took away, and of texts that other feeds brought."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.builders import item, rss
from tests.cli.command import Home, Told, run_here, subscribe
from tests.web import in_thread
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
Run = Callable[..., Told]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return Home(tmp_path)


def told_of(home: Home) -> list[int]:
    """The articles that the command of `[notify]` has got, as often as it has got them."""
    file = home.folder / "told.jsonl"
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return [article["id"] for line in lines if line for article in json.loads(line)["articles"]]


def test_a_hit_that_was_edited_away_is_shown_as_such(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    now = int(time.time())
    with in_thread() as web:
        url = web.stages(
            "/f", *(rss("News", [item("a", "In town", text, time=now - 60)]) for text in (HIT, GONE))
        )
        subscribe(home, url, more=RULES.replace("{out}", str(home.folder / "told.jsonl")))

        def run(*words: str) -> str:
            told = run_here(home, capsys, *words)
            assert told.code == Exit.OK, told
            return told.out

        run("refresh")
        assert "until edited" not in run("list") + run("show", "1") + run("watch", "list") + run("brief")
        run("refresh")
        assert told_of(home) == [1]
        moment = json.loads(run("list", "--json").splitlines()[0])["former"]["Quokka"]
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(moment))
        assert f"[Quokka until edited {when}]" in run("list")
        assert f"[Quokka until edited {when}]" in run("search", "watch:Quokka")
        shown = run("show", "1")
        assert f"◆ Quokka: body ×1 quokka · hit until edited {when}\n  “A quokka was seen in town.”" in shown
        (found,) = json.loads(run("show", "1", "--json"))["evidence"]
        assert (found["until"], found["sentence"]) == (moment, "A quokka was seen in town.")
        assert found["revision"] > 0
        assert "Quokka\t1/1\t" in run("watch", "list") and "(1 hit until edited)" in run("watch", "list")
        assert json.loads(run("watch", "list", "--json"))["former"] == 1
        report = run("watch", "report", "Quokka")
        assert (
            report.startswith("1 hit, 1 until edited\n") and f"In town  (hit until edited {when})" in report
        )
        assert json.loads(run("watch", "report", "Quokka", "--json"))["former"] == 1
        assert f"(hit until edited {when})" in run("watch", "test", "watch:Quokka")
        assert "(hit until edited" in run("brief")
        brief = json.loads(run("brief", "--format", "json"))
        assert brief["sections"][0]["stories"][0]["evidence"][0]["until"] == moment


def test_what_a_hub_had_first_by_its_title_is_told_when_its_text_comes(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    now = int(time.time())
    with in_thread() as server:
        page = f"{server.url}/story"
        hub = server.serve("/hub", rss("Hub", [item("h", "In town", "Comments", url=page, time=now - 90)]))
        said = item("n", "In town", f"{HIT}<p>{LONG}</p>", url=page, time=now - 60)
        news = server.stages("/news", rss("News", []), rss("News", [said]))
        subscribe(home, hub, news, more=RULES.replace("{out}", str(home.folder / "told.jsonl")))
        for number in range(3):
            assert run_here(home, capsys, "refresh").code == Exit.OK
            assert told_of(home) == ([1] if number else [])
            if not number:
                assert run_here(home, capsys, "read", "1").code == Exit.OK
        shown = json.loads(run_here(home, capsys, "show", "1", "--json").out)
        assert "quokka" in shown["text"] and shown["feed"] == "News" and shown["other_feeds"] == ["Hub"]
        assert len(run_here(home, capsys, "list").out.splitlines()) == 1
