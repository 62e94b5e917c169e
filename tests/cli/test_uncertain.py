"""Chinese terms across word boundaries, from the feed to lists, JSON and notifications."""

from __future__ import annotations

import json

from tests.builders import item, rss
from tests.cli.command import Home, Run, subscribe
from tests.web import Web

WATCH = '[[watch]]\nname = "WeChat"\nany = ["WeChat", "微信"]\nnotify = "article"\n'


def test_an_uncertain_match_is_kept_and_marked_and_can_be_left_out(web: Web, home: Home, run: Run) -> None:
    items = [item("1", "仪器收到些微信号"), item("2", "腾讯微信团队发布公告"), item("3", "无关的文章")]
    url = web.serve("/feed", rss("News", items))
    note = home.folder / "told.json"
    command = f'[notify]\ndesktop = false\ncommand = ["tee", "-a", "{note}"]\n'
    subscribe(home, url, more=WATCH + command)
    matches = [json.loads(line) for line in run("refresh", "--json").out.splitlines()]
    assert {one["title"]: one["evidence"]["uncertain"] for one in matches if one["event"] == "match"} == {
        "仪器收到些微信号": True,
        "腾讯微信团队发布公告": False,
    }
    told = json.loads(note.read_text())
    assert {one["title"]: one["watches"][0]["uncertain"] for one in told["articles"]} == {
        "仪器收到些微信号": True,
        "腾讯微信团队发布公告": False,
    }
    assert "◇ 仪器收到些微信号 (News)" in told["body"].splitlines()
    lines = run("list", "watch:WeChat").out.splitlines()
    assert {line.rpartition("  ")[2] for line in lines} == {"[WeChat uncertain]", "[WeChat]"}
    rows = [json.loads(line) for line in run("list", "--json", "watch:WeChat").out.splitlines()]
    assert {row["title"]: row["uncertain"] for row in rows} == {
        "仪器收到些微信号": ["WeChat"],
        "腾讯微信团队发布公告": [],
    }
    (doubted,) = [row["id"] for row in rows if row["uncertain"]]
    assert "◇ WeChat: title ×1 微信 · uncertain: across word boundaries" in run("show", str(doubted)).out
    # stored articles are matched again when the watch changes, there and back
    home.config.write_text(home.config.read_text().replace(WATCH, f"{WATCH}exact_words = true\n"))
    assert json.loads(run("watch", "report", "--json", "WeChat").out)["hits"] == 1
    (line,) = run("list", "watch:WeChat").out.splitlines()
    assert "腾讯微信团队发布公告" in line and "uncertain" not in line
    home.config.write_text(home.config.read_text().replace("exact_words = true\n", ""))
    assert json.loads(run("watch", "report", "--json", "WeChat").out)["hits"] == 2
    assert "[WeChat uncertain]" in run("list", "watch:WeChat").out
