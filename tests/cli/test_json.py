"""What commands print as JSON is what `shapes` declares, field for field."""

from __future__ import annotations

import json
import types
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pytest

from tests.builders import item, rss
from tests.cli.command import Home, Run, Told
from tests.web import Web
from tuireader.cli import main, manual
from tuireader.cli.shapes import shapes
from tuireader.errors import Exit
from tuireader.model.json_shape import Shape

pytestmark = pytest.mark.usefixtures("news")


def misfits(value: object, hint: Any, place: str = "") -> list[str]:
    """Where a value from JSON is not of a declared type; a field too many or too few counts."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return misfits(value, parts[0], place)
    if isinstance(hint, type) and issubclass(hint, Shape):
        if not isinstance(value, dict):
            return [f"{place} is no object"]
        fields = hint.fields()
        odd = [f"{place}.{name} is not declared" for name in value.keys() - fields.keys()]
        odd += [f"{place}.{name} is missing" for name in fields.keys() - value.keys()]
        return odd + [
            odd_one
            for name, part in fields.items()
            if name in value
            for odd_one in misfits(value[name], part, f"{place}.{name}")
        ]
    if origin in (Union, types.UnionType):
        fits = any(not misfits(value, part, place) for part in parts)
        return [] if fits else [f"{place} is {value!r}, not {hint}"]
    if origin is Literal:
        return [] if value in parts else [f"{place} is {value!r}, not {hint}"]
    if origin is list:
        if not isinstance(value, list):
            return [f"{place} is no list"]
        return [odd for one in value for odd in misfits(one, parts[0], f"{place}[]")]
    if origin is tuple:
        whole = isinstance(value, list) and len(value) == len(parts)
        return [] if whole else [f"{place} is no pair"]
    if origin is dict:
        if not isinstance(value, dict):
            return [f"{place} is no object"]
        return [odd for one in value.values() for odd in misfits(one, parts[1], f"{place}[]")]
    if hint is float:
        hint = (int, float)
    exact = isinstance(value, hint) and (hint is bool or not isinstance(value, bool))
    return [] if exact else [f"{place} is {value!r}, not {hint}"]


def fits(value: object, command: str) -> None:
    """A value is of one of the shapes of a command."""
    tried = [misfits(value, shape) for shape in shapes.SHAPES[command]]
    assert [] in tried, tried


def test_what_does_not_fit_is_seen() -> None:
    sound = {"what": "", "count": 1, "ids": [1]}
    assert misfits(sound, shapes.Marked) == []
    assert misfits({**sound, "count": True}, shapes.Marked) == [".count is True, not <class 'int'>"]
    assert misfits({**sound, "ids": ["1"]}, shapes.Marked) == [".ids[] is '1', not <class 'int'>"]
    assert misfits({"what": "", "count": 1, "id": 1}, shapes.Marked) == [
        ".id is not declared",
        ".ids is missing",
    ]


LINES = {
    "list": ("list", "--json"),
    "search": ("search", "--json", "WeChat"),
    "feeds": ("feeds", "--json"),
    "stats": ("stats", "--json"),
    "feeds pause": ("feeds", "pause", "--json", "1"),
    "feeds resume": ("feeds", "resume", "--json", "1"),
    "feeds remove": ("feeds", "remove", "--json", "1"),
    "remove": ("remove", "--json", "1"),
    "feeds retry": ("feeds", "retry", "--json", "1"),
    "refresh": ("refresh", "--json"),
    "watch list": ("watch", "list", "--json"),
    "watch lint": ("watch", "lint", "--json"),
    "watch test": ("watch", "test", "--json", "WeChat"),
    "watch sources": ("watch", "sources", "--json", "WeChat"),
    "watch report": ("watch", "report", "--json", "WeChat"),
    "watch coverage": ("watch", "coverage", "--json", "WeChat"),
    "unread": ("unread", "--json"),
    "count": ("count", "--json", "WeChat"),
    "keys": ("keys", "--json"),
    "paths": ("paths", "--json"),
    "config defaults": ("config", "defaults", "--json"),
    "config get": ("config", "get", "--json"),
    "db check": ("db", "check", "--json"),
    "purge": ("purge", "--json", "--keep", "1", "--unread", "--yes"),
    "read": ("read", "--json", "title:Title"),
    "star": ("star", "--json", "title:Title"),
    "label": ("label", "--json", "law", "title:Title"),
    "undo": ("undo", "--json"),
    "fulltext": ("fulltext", "--json", "12"),
}


@pytest.mark.parametrize("command", LINES)
def test_each_line_is_of_the_declared_shape(run: Run, command: str) -> None:
    told = run(*LINES[command])
    assert told.code == (Exit.SOME_FAILED if command == "refresh" else Exit.OK)  # one of its feeds is missing
    lines = told.out.splitlines()
    assert lines
    for line in lines:
        fits(json.loads(line), command)


def test_the_whole_of_an_article(run: Run) -> None:
    found = json.loads(run("search", "--json", "title:WeChat", "Protection").out)
    assert found["watches"] == ["WeChat", "PIPL", "Two words"]
    whole = json.loads(run("show", "--json", str(found["id"])).out)
    fits(whole, "show")
    assert whole["text"].startswith("WeChat stopped taking new users.")
    assert whole["links"] == ["https://example.org/rules"]
    assert [one["watch"] for one in whole["evidence"]] == ["WeChat", "PIPL", "Two words"]
    assert whole["related"][0]["relation"] == "same story"


def test_a_brief_is_one_object(run: Run) -> None:
    made = json.loads(run("brief", "--since", "99d", "--json").out)
    fits(made, "brief")
    again = json.loads(run("brief", "--since", "99d", "--format", "json").out)
    assert made["articles"] and again.keys() == made.keys()  # the clock may have gone on by a second
    assert again["sections"] == made["sections"]


def test_a_story_is_one_object(run: Run) -> None:
    found = json.loads(run("search", "--json", "title:WeChat", "Protection").out)
    made = json.loads(run("brief", "--story", str(found["id"]), "--json").out)
    fits(made, "brief")
    assert {one["watch"] for one in made["watches"]} == {"WeChat", "PIPL", "Two words"}
    assert [one["lag"] for one in made["reports"]] == sorted(one["lag"] for one in made["reports"])
    assert found["id"] in [one["id"] for one in made["reports"]]


def test_an_export_is_one_object(run: Run) -> None:
    feeds = json.loads(run("export", "--json").out)
    fits(feeds, "export")
    assert feeds["feeds"] and run("export", "--format", "json").out == run("export", "--json").out
    run("read", "is:unread")
    state = json.loads(run("export", "--format", "state").out)
    fits(state, "export")
    assert state["feeds"][0]["articles"]


def test_a_move_that_is_accepted(run: Run, news: tuple[Home, Web]) -> None:
    home, web = news
    web.serve("/old.xml", status=301, headers={"Location": web.url + "/new.xml"})
    home.config.write_text(f'[[feeds]]\nurl = "{web.url}/old.xml"\n', encoding="utf-8")
    for _ in range(2):
        run("refresh")
    moved = json.loads(run("feeds", "accept", "--json").out)
    fits(moved, "feeds accept")
    assert (moved["url"], moved["title"], moved["done"]) == (web.url + "/new.xml", "New Feed", "moved")
    assert run("feeds", "accept", "--json").out == ""


def test_a_feed_that_is_added(run: Run, news: tuple[Home, Web]) -> None:
    looked = json.loads(run("add", "--dry-run", "--json", news[1].url + "/").out)
    fits(looked, "add")
    assert looked["followed"] is False and looked["entries"] == len(looked["samples"])
    assert run("feeds", "--json").out.count("/new.xml") == 0
    added = json.loads(run("add", "--json", news[1].url + "/").out)
    fits(added, "add")
    assert added == {"url": news[1].url + "/new.xml", "title": "New Feed", "new": True}
    assert json.loads(run("add", "--json", news[1].url + "/new.xml").out)["new"] is False
    assert json.loads(run("add", "--dry-run", "--json", news[1].url + "/new.xml").out)["followed"] is True


def test_what_is_taken_in(run: Run, news: tuple[Home, Web], tmp_path: Path) -> None:
    urls = tmp_path / "urls"
    urls.write_text(f"{news[1].url}/new.xml tech\n", encoding="utf-8")
    for words in ((str(urls),), ("file", str(urls))):
        fits(json.loads(run("import", *words, "--json").out), "import file")
    for option in ("--dry-run", "--quiet", "--compare"):
        told = run("import", "newsboat", str(tmp_path), option, "--json")
        fits(json.loads(told.out), "import newsboat")


def test_problems_of_the_configuration(run: Run, home: Home) -> None:
    assert run("config", "check", "--json") == Told(Exit.OK, "", "")
    home.config.write_text('[[watch]]\nname = "W"\nany = ["w"]\nqery = "a"\n', encoding="utf-8")
    told = run("config", "check", "--json")
    assert told.code == Exit.CONFIG
    problem = json.loads(told.out)
    fits(problem, "config check")
    assert (problem["line"], problem["path"]) == (4, "watch[1].qery")


def test_events_of_a_refresh_are_all_declared(run: Run, news: tuple[Home, Web]) -> None:
    news[1].serve("/feed.xml", rss("Example News", [item("z", "WeChat again", "<p>WeChat is back</p>")]))
    events = [json.loads(line) for line in run("refresh", "--json").out.splitlines()]
    for event in events:
        fits(event, "refresh")
    assert {"started", "feed", "match", "done"} <= {event["event"] for event in events}


def test_every_command_with_json_is_declared_and_tried() -> None:
    printing = {page.name.removeprefix("tuireader ") for page in manual.pages(main) if page.json}
    assert printing == set(shapes.SHAPES)
    apart = {
        "comments",
        "download",
        "import newsboat",
        "save",
        "share",
        "watch follow",
    }  # tried in files of their own
    apart |= {"account check", "account list", "sync"}  # with a server of accounts
    apart |= {"alarms", "channel list", "channel test", "digest", "matches", "outbox", "publish list"}
    apart |= {"rule list", "rule test"}
    apart |= {"add", "brief", "config check", "export", "feeds accept", "import file", "show"}  # above
    assert set(shapes.SHAPES) - set(LINES) == apart


def test_every_field_is_described() -> None:
    for kinds in shapes.SHAPES.values():
        for kind in kinds:
            for name, hint in kind.fields().items():
                assert get_origin(hint) is Annotated, (kind, name)
                assert get_args(hint)[1][-1] in ".,", (kind, name)
