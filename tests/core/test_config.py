"""The configuration: what is read, what is told, where files are."""

import os
import re
import subprocess
import sys
import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.color import Color

from tests.examples import for_each
from tuireader.config import Config, FeedConfig, MuteConfig, Paths, load, loading, loads, paths, reference
from tuireader.config.toml_lines import key_lines, statements
from tuireader.config.toml_values import to_toml
from tuireader.config.values import COLOR, COLOR_NAMES
from tuireader.errors import ConfigError
from tuireader.model import ActionKind
from tuireader.text import clean, feed_key

LAST_DAY = date(2026, 12, 31)
EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
FEED = "[[feeds]]\nurl = 'http://a'\n"
WATCH = "[[watch]]\nname = 'X'\n"


def told(text: str) -> list[str]:
    """The problems of a text, as they are printed."""
    return [str(problem) for problem in loads(text)[1]]


# --------------------------------------------------------------------------- the example


def test_the_example_loads_and_has_the_two_watches() -> None:
    config, problems = load(EXAMPLE)
    assert problems == ()
    wechat, pipl = config.watches
    assert (wechat.any, wechat.color) == (("WeChat", "Weixin", "微信"), "green")
    assert pipl.any == ("Personal Information Protection Law", "PIPL", "个人信息保护法")
    assert (pipl.color, pipl.notify) == ("magenta", "story")
    assert len(config.feeds) == 3
    assert (config.fetch, config.ui, config.keys) == (Config().fetch, Config().ui, {})


@pytest.mark.parametrize("table", ["watch", "mute", "rule"])
def test_what_asks_of_arriving_articles_cannot_compare_numbers_of_feeds(table: str) -> None:
    text = f"[[{table}]]\nname = 'W'\nquery = '-unread_count:>5 x'\nstar = true\n"
    config, problems = loads(
        text if table != "mute" else text.replace("name = 'W'\n", "").replace("star = true", "")
    )
    assert (config.watches, config.mutes, config.rules) == ((), (), ())
    assert str(problems[0]).endswith("cannot compare unread_count, which only searches know")
    assert problems[0].detail == "-unread_count:>5 x\n ^^^^^^^^^^^^"
    assert loads("[[view]]\nname = 'V'\nquery = '-unread_count:>5 x'")[1] == ()


def test_the_example_documents_every_key_with_its_default() -> None:
    """Every key stands in its table, switched off by a # or not, and what is switched off loads as well."""
    shown = re.sub(r"^# (?=\[|[a-z_]+ = )", "", EXAMPLE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    config, problems = loads(shown)
    assert [str(one) for one in problems] == []
    there = {re.sub(r"\[\d+\]", "", path) for path, _ in key_lines(shown)}
    assert {one.path for one in reference()} - there == set()
    assert config.fetch == Config().fetch
    assert config.ui == Config().ui
    assert config.mutes == (MuteConfig('title:"sponsored"', "The Verge", date(2026, 12, 31)),)


def test_the_reference_shows_defaults_that_read_back() -> None:
    for one in reference():
        assert one.doc.endswith("."), one.path
        table, _, name = one.path.rpartition(".")
        if table in ("fetch", "notify", "save", "ui"):
            config, problems = loads(f"[{table}]\n{name} = {one.default}\n")
            assert (problems, config) == ((), Config()), one.path
    required = {
        "watch.name",
        "view.name",
        "view.query",
        "macro.key",
        "channel.name",
        "digest.name",
        "digest.at",
        "publish.name",
        "program.name",
        "program.command",
        "rule.name",
    }
    required |= {"account.name", "account.kind", "account.url"}
    required |= {"theme.name", "theme.background", "theme.foreground", "theme.accent"}
    assert {one.path for one in reference() if one.required} == required


# --------------------------------------------------------------------------- what is read


def test_a_feed_with_everything() -> None:
    config, problems = loads("""
        [[feeds]]
        url = " https://example.org/feed?a=1#top "
        title = "A\\u001b[31mB"
        folder = "News"
        interval = "2h"
        paused = true
        username = "me"
        password = "cmd:pass show feed"
        headers = {X-Key = "1", Accept = "*/*"}
    """)
    assert problems == ()
    assert config.feeds == (
        FeedConfig(
            url="https://example.org/feed?a=1#top",
            title="AB",
            folder="News",
            interval=7200,
            paused=True,
            username="me",
            password="cmd:pass show feed",
            headers=(("X-Key", "1"), ("Accept", "*/*")),
        ),
    )


def test_a_watch_with_everything() -> None:
    config, problems = loads("""
        [[watch]]
        name = "Fines"
        any = "one"
        all = [["fine", "penalty"], "Tencent"]
        none = ["webinar", "webinar"]
        query = 'fine NEAR/8 Tencent'
        fields = ["body", "title"]
        feeds = ["News"]
        exact = true
        color = "Bright Red"
        notify = "article"
    """)
    assert problems == ()
    [watch] = config.watches
    assert (watch.any, watch.none) == (("one",), ("webinar",))
    assert watch.all == (("fine", "penalty"), ("Tencent",))
    assert (watch.fields, watch.feeds, watch.exact) == (("title", "body"), ("News",), True)
    assert (watch.query, watch.color, watch.notify) == ("fine NEAR/8 Tencent", "ansi_bright_red", "article")


def test_mutes() -> None:
    config, problems = loads("""
        [[mute]]
        query = "sponsored"
        until = "2026-12-31"
        [[mute]]
        feed = "A"
        until = 2026-12-31T08:00:00Z
    """)
    assert problems == ()
    assert config.mutes == (MuteConfig("sponsored", "", LAST_DAY), MuteConfig("", "A", LAST_DAY))


@pytest.mark.parametrize(
    ("name", "written", "read"),
    [
        ("interval", "90", 90),
        ("interval", '"90s"', 90),
        ("interval", '"30m"', 1800),
        ("interval", '"30 min"', 1800),
        ("interval", '"1D"', 86_400),
        ("max_size", "10_000", 10_000),
        ("max_size", '"50kB"', 50_000),
        ("max_size", '"2 MB"', 2_000_000),
    ],
)
def test_times_and_sizes(name: str, written: str, read: int) -> None:
    config, problems = loads(f"[fetch]\n{name} = {written}")
    assert (getattr(config.fetch, name), problems) == (read, ())


@for_each("name", [*COLOR_NAMES, "#fa0", "#4fa3FF"])
def test_every_colour_is_one_to_textual(name: str) -> None:
    assert Color.parse(COLOR.read(name))


# --------------------------------------------------------------------------- what is told


@for_each(
    ("text", "message"),
    [
        ("databse = 1", "1: databse: is not a known key; did you mean 'database'?"),
        ("[watches]", "1: watches: is not a known key; did you mean 'watch'?"),
        ("database = 1", "1: database: should be text in quotes, not the number 1"),
        ("fetch = 1", "1: fetch: should be a table, not the number 1"),
        ("[fetch]\n\ntimeot = 3", "3: fetch.timeot: is not a known key; did you mean 'timeout'?"),
        ("[fetch]\ninterval = '5s'", "2: fetch.interval: should be between 1m and 30d"),
        (
            "[fetch]\ninterval = 'soon'",
            "2: fetch.interval: should be a time such as \"30m\" (s, m, h, d, w), not the text 'soon'",
        ),
        ("[fetch]\nproxies = 1", "2: fetch.proxies: should be true or false, not the number 1"),
        ("fetch.per_host = true", "1: fetch.per_host: should be a whole number from 1 to 20, not true"),
        ("[ui]\nkeys = 'vim'", "2: ui.keys: should be 'default', 'newsboat' or 'arrows', not the text 'vim'"),
        ("[ui]\ntheme = ''", "2: ui.theme: is empty"),
        ("[keys]\nzne = 'v'", "2: keys.zne: no command 'zne'; did you mean 'zen'?"),
        ("[keys]\nzen = {}", "2: keys.zen: '{}' is not a key"),
        ("keys = 1", "1: keys: should be a table of commands and their keys, not the number 1"),
        ("feeds = 1", "1: feeds: should be tables, each under [[feeds]], not the number 1"),
        ("feeds = 2026-01-01", "1: feeds: should be tables, each under [[feeds]], not a date or time"),
        ("feeds = ['x']", "1: feeds[1]: should be a table, not the text 'x'"),
        ("[[feeds]]\ntitle = 'x'", "1: feeds[1]: has no url or command"),
        ("[[feeds]]\nurl = 1", "2: feeds[1].url: should be a web address, not the number 1"),
        (
            "[[feeds]]\nurl = 'ftp://me:pw@example.org/x'",
            "2: feeds[1].url: should begin with http:// or https://, not 'ftp://example.org/x'",
        ),
        ("[[feeds]]\nurl = 'http://[::1'", "2: feeds[1].url: is not a web address: 'http://[::1'"),
        ("[[feeds]]\nurl = 'http://a:99999'", "2: feeds[1].url: is not a web address: 'http://a:99999'"),
        ("[[feeds]]\nurl = 'http:///x'", "2: feeds[1].url: has no host: 'http:///x'"),
        (
            "[[feeds]]\nurl = 'http://a b'",
            "2: feeds[1].url: is not a web address: too long, or contains a space or control character",
        ),
        (
            FEED + "[[feeds]]\nurl = 'HTTP://A:80/#x'",
            "4: feeds[2].url: is the same as in feeds[1]; this one is ignored",
        ),
        (FEED + 'username = "a\\u200b"', "3: feeds[1].username: contains an unprintable character"),
        (
            FEED + "headers = ['x']",
            "3: feeds[1].headers: should be a table of header names and values, not a list",
        ),
        (FEED + "headers = {X = 'é'}", "3: feeds[1].headers: the value of 'X' should be plain ASCII text"),
        ("[[watch]]\nany = ['x']", "1: watch[1]: has no name"),
        (WATCH + "any = {}", "3: watch[1].any: should be a list of texts, not a table"),
        (WATCH + "any = ['x', 3]", "3: watch[1].any: item 2 should be text in quotes, not the number 3"),
        (WATCH + "any = [' ']", "3: watch[1].any: item 1 is empty"),
        (WATCH + "all = 'x'", "3: watch[1].all: should be a list of lists of texts, not the text 'x'"),
        (
            WATCH + "all = [[1]]",
            "3: watch[1].all: group 1: item 1 should be text in quotes, not the number 1",
        ),
        (WATCH + "all = [[]]", "3: watch[1].all: group 1 is empty"),
        (WATCH + "none = ['x']", "1: watch[1]: 'X' searches for nothing: it needs any, all or query"),
        (WATCH + "any = 'x'\nfields = 1", "4: watch[1].fields: should be a list of texts, not the number 1"),
        (WATCH + "any = 'x'\nfields = []", "4: watch[1].fields: is empty"),
        (WATCH + "query = 1", "3: watch[1].query: should be an expression in quotes, not the number 1"),
        (
            WATCH + "any = ['x']\n[[watch]]\nname = 'x'\nany = ['y']",
            "5: watch[2].name: is the same as in watch[1]; this one is ignored",
        ),
        ("[[mute]]\nuntil = 2026-01-01", "1: mute[1]: mutes nothing: it needs query or feed"),
        (
            "[[mute]]\nquery = 'x'\nuntil = '2026-02-30'",
            "3: mute[1].until: should be a day such as 2026-12-31, not the text '2026-02-30'",
        ),
    ],
)
def test_one_clear_line(text: str, message: str) -> None:
    assert told(text) == [f"config.toml:{message}"]


def test_a_wrong_value_costs_as_little_as_possible() -> None:
    config, problems = loads("""
        [watch]
        name = "X"
        any = ["x"]
        color = "gren"
        fields = ["titel"]
        notify = 3
        [fetch]
        timeout = "x"
        per_host = 3
        [[feeds]]
        url = "https://a.example"
        headers = {"a b" = "x"}
        [[feeds]]
        url = "nothing"
        [[feeds]]
        url = "https://b.example"
    """)
    assert len(problems) == 7
    assert [problem.line for problem in problems] == [2, 5, 6, 7, 9, 13, 15]
    [watch] = config.watches
    assert (watch.any, watch.color, watch.fields) == (("x",), "", ("title", "summary", "body"))
    assert (config.fetch.timeout, config.fetch.per_host) == (30, 3)
    assert [feed.url for feed in config.feeds] == ["https://a.example", "https://b.example"]


def test_a_watch_with_a_wrong_expression_is_off_with_a_caret() -> None:
    config, [problem] = loads('[[watch]]\nname = "X"\nany = ["x"]\nquery = "微信 (foo OR"\n')
    assert config.watches == ()
    assert (problem.path, problem.line, problem.fatal) == ("watch[1].query", 4, False)
    source, caret = problem.detail.split("\n")
    assert source == "微信 (foo OR"
    assert set(caret.strip()) == {"^"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = ", "1: is not TOML: a value is missing or invalid here; text needs quotes"),
        ("a = 1\nb = x\n", "2:5: is not TOML: a value is missing or invalid here; text needs quotes"),
        ("a = 1\n[a.b]\n", "2:5: is not TOML: a key is set twice"),
        ("a.b = 1\na.b.c = 2", "2: is not TOML: a key is set twice"),
        ("a = {x = 1, x = 2}\n", "1:18: is not TOML: Duplicate inline table key 'x'"),
        ("[ui]\nx=1\nx=2\n[y]\n", "3: is not TOML: ui.x is set twice"),
        ("feeds = []\n[[feeds]]\nurl=''", "2:8: is not TOML: Cannot mutate immutable namespace ('feeds',)"),
        ("a = '''\n\n", "1: is not TOML: Expected \"'''\""),
        ("x = 1\na = " + "9" * 5000, "2: is not TOML: a number is too long"),
        ("[fetch]\nper_host = 0x" + "f" * 6000, "2: is not TOML: a number is too long"),
        ("[[feeds]]\nx = [{a = 0b" + "1" * 20_000 + "}]", "2: is not TOML: a number is too long"),
        ('a = "' + "9" * 5000 + '"\n[keys]\nquit = 0o' + "7" * 6000, "3: is not TOML: a number is too long"),
        ("a = " + "[" * 5000, " is not TOML: brackets are nested too deeply"),
    ],
)
def test_what_is_not_toml(text: str, message: str) -> None:
    config, [problem] = loads(text)
    assert config == Config()
    assert problem.fatal
    assert str(problem) == f"config.toml:{message}"


def test_messages_are_safe_in_a_terminal() -> None:
    hostile = '"\\u001b]0;x\\u0007\\u202e[/x]"'
    text = f"{hostile} = 1\n[ui]\ntheme = 3\n{hostile} = 1\nkeys = {hostile}\n[[feeds]]\nurl = {hostile}\n"
    assert len(told(text)) == 5
    assert all(message.isprintable() for message in told(text))


names = st.text("ab\"'\\.\n\x1b é微\u202e", max_size=6)
toml_values = st.recursive(
    st.booleans() | st.integers(-10, 10) | st.floats(allow_nan=False) | names,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=4,
)


@given(
    st.dictionaries(
        st.sampled_from(["feeds", "watch", "mute", "account", "fetch", "ui", "keys", "database", "x"]),
        toml_values
        | st.lists(
            st.dictionaries(
                st.sampled_from([one.path.rpartition(".")[2] for one in reference()]), toml_values, max_size=4
            ),
            max_size=3,
        ),
        max_size=5,
    )
)
@settings(max_examples=50)
def test_nothing_that_is_toml_raises(data: dict[str, object]) -> None:
    text = "".join(f"{name} = {to_toml(value)}\n" for name, value in data.items())
    assert set(tomllib.loads(text)) == set(data)
    _, problems = loads(text)
    for problem in problems:
        shown = str(problem)
        assert not problem.fatal and clean(shown, 1000) == " ".join(shown.split())


@given(st.text(alphabet="ab=\"'[]{}#.,\n\r\\1 \u00e9", max_size=60))
def test_nothing_at_all_raises_and_statements_are_the_whole_text(text: str) -> None:
    config, problems = loads(text)
    assert isinstance(config, Config)
    assert all(problem.line is None or problem.line >= 1 for problem in problems)
    found = list(statements(text))
    assert "".join(text[one.start : one.end] for one in found) == text
    assert [one.number for one in found] == sorted({one.number for one in found})


def test_places() -> None:
    text = 'a = """\nb = 1\n[c]\n"""\n"q.x".y = [ # [z]\n 1,\n]\n[[f]]\nu = 1\n[f.h]\nx = "]"\n'
    text += "[[f]]\n[ g ] # x\n"
    places = {"a": 1, "q.x.y": 5, "f[1]": 8, "f[1].u": 9, "f[1].h": 10, "f[1].h.x": 11, "f[2]": 12, "g": 13}
    assert list(key_lines(text)) == list(places.items())
    assert list(key_lines('"a\\x" = 1\n"b\\u0063" = 2\n')) == [("a\\x", 1), ("bc", 2)]


# --------------------------------------------------------------------------- files


def test_nothing_is_a_configuration(tmp_path: Path) -> None:
    assert loads("") == load(tmp_path / "none.toml") == (Config(), ())


def test_what_cannot_be_read_is_told_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_bytes(b"# a\ndatabase = 'caf\xe9'\n")
    for place, message in (
        (tmp_path, f"{tmp_path}: cannot be read: Is a directory"),
        (path, f"{path}:2:16: is not UTF-8 text; save the file in UTF-8"),
    ):
        _, [problem] = load(place)
        assert problem.fatal and str(problem) == message


def test_the_result_of_a_large_file_is_kept_for_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, kept = tmp_path / "config.toml", tmp_path / "config.json"
    every = re.sub(r"(?m)^# ?(?=\[|\w+ = )", "", EXAMPLE.read_text())  # with what is commented out
    text = f"{every}\n[[mute]]\nquery = 'x'\nuntil = 2026-12-31\nodd = 1\n{'#' * 50_000}"
    file.write_text(text)
    read = load(file)
    assert load(file, tmp_path) == load(file, tmp_path) == read
    assert kept.stat().st_mode & 0o777 == 0o600

    counted: list[str] = []

    def is_read() -> bool:
        counted.clear()
        assert load(file, tmp_path) == read
        return bool(counted)

    def counting(text: str, name: str) -> object:
        counted.append(name)
        return loads(text, name)

    monkeypatch.setattr(loading, "loads", counting)
    assert not is_read()
    kept.chmod(0o620)
    assert is_read()  # others can write it
    assert kept.stat().st_mode & 0o777 == 0o600
    whole = kept.read_bytes()
    for damaged in (
        b"",
        whole[:-9],
        whole.replace(b"WeChat", b"WeChut"),
        whole[:129] + b'[{"x":' + b"[" * 9_999,
    ):
        kept.write_bytes(damaged)
        assert is_read() and not is_read()
    kept.unlink()
    kept.mkdir()
    assert is_read()
    kept.rmdir()
    assert is_read()
    file.write_text(f"{text}#")
    assert is_read()
    file = file.rename(tmp_path / "renamed.toml")
    read = load(file)
    assert is_read() and not is_read()
    file = file.rename(tmp_path / os.fsdecode(b"no text \xff.toml"))
    read = load(file)
    assert is_read() and is_read()  # its problems name it, which JSON cannot


def test_a_byte_order_mark_is_no_matter(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_bytes(b"\xef\xbb\xbf[ui]\r\nwidth = 60\r\n")
    config, problems = load(path)
    assert (config.ui.width, problems) == (60, ())


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("x.db", "{folder}/x.db"),
        ("/var/x.db", "/var/x.db"),
        ("~/x.db", "{home}/x.db"),
        ("~nobody-here/x", "{folder}/~nobody-here/x"),
    ],
)
def test_the_database_is_found_from_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str, expected: str
) -> None:
    monkeypatch.setenv("HOME", "/home/someone")
    path = tmp_path / "c.toml"
    path.write_text(f"database = '{written}'", encoding="utf-8")
    assert load(path)[0].database == expected.format(folder=tmp_path, home="/home/someone")


def test_usual_places_and_those_of_xdg_which_need_no_home() -> None:
    usual = Paths(
        config=Path("/home/x/.config/tuireader/config.toml"),
        database=Path("/home/x/.local/share/tuireader/tuireader.db"),
        state=Path("/home/x/.local/state/tuireader"),
        cache=Path("/home/x/.cache/tuireader"),
    )
    assert paths({"HOME": "/home/x"}) == usual
    assert paths({"HOME": "/home/x", "XDG_CONFIG_HOME": "relative"}) == usual
    xdg = {"XDG_CONFIG_HOME": "/c", "XDG_DATA_HOME": "/d", "XDG_STATE_HOME": "/s", "XDG_CACHE_HOME": "/k"}
    assert paths(xdg) == Paths(
        Path("/c/tuireader/config.toml"),
        Path("/d/tuireader/tuireader.db"),
        Path("/s/tuireader"),
        Path("/k/tuireader"),
    )


def test_given_places_win() -> None:
    found = paths({"HOME": "/h"}, config="my.toml", database=Path("my.db"))
    assert (found.config, found.database, found.database_given) == (Path("my.toml"), Path("my.db"), True)


@pytest.mark.parametrize("environ", [{}, {"HOME": ""}, {"HOME": "relative"}])
def test_no_home_is_told(environ: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match="HOME is not set"):
        paths(environ)


def test_toml_is_written_as_it_is_read() -> None:
    values = {"a": True, "b": 'x"\\\n\x7fé', "c": (1, 2.5), "d": {"e f": LAST_DAY}}
    written = "\n".join(f"{name} = {to_toml(value)}" for name, value in values.items())
    assert tomllib.loads(written) == {**values, "c": [1, 2.5]}
    assert to_toml("\ud800") == '"?"'
    assert to_toml(None) == ""


def test_one_address_for_all_ways_to_write_it() -> None:
    assert feed_key("HTTPS://Me:Pw@Example.ORG:443?a#b") == "https://Me@example.org/?a"
    assert feed_key("http://example.org:port/") == "http://example.org:port/"


def test_reading_needs_neither_parser_nor_difflib() -> None:
    """A config without expressions and without mistakes is read without the modules for these."""
    code = """if True:
        import sys
        from tuireader.config import loads
        config, problems = loads('[ui]\\nwidth = 60\\n[[watch]]\\nname = "x"\\nany = ["y"]')
        assert config.watches and not problems
        print(sorted({"difflib", "tuireader.query", "tomlkit", "rich"} & set(sys.modules)))
    """
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


def test_the_actions_of_a_rule_have_one_order() -> None:
    every = [f"{kind}:x" if kind in ("label", "channel", "run") else str(kind) for kind in ActionKind]
    then = ", ".join(f'"{action}"' for action in [*reversed(every), "star"])
    text = '[[channel]]\nname = "x"\nfile = "f"\n[[program]]\nname = "x"\ncommand = ["true"]\n'
    text += f'[[rule]]\nname = "r"\nquery = "a"\nthen = [{then}]\n'
    config, problems = loads(text)
    assert problems == () and list(map(str, config.rules[0].then)) == every
    assert {action.kind for action in config.rules[0].then if action.spares_watched} == {"read", "mute"}
