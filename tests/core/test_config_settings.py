"""Single settings: found by name, read as typed, shown without passwords, set in the text of a file."""

from __future__ import annotations

import tomllib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import for_each
from tuireader.config import AccountConfig, Config, FeedConfig, edit, loads
from tuireader.config.account_keys import AccountKind
from tuireader.config.settings import Setting, find, settings, values
from tuireader.config.values import Invalid
from tuireader.errors import ConfigError, UsageError

CONFIG = Config()
SETTINGS = list(settings(CONFIG))
PATHS = [setting.path for setting in SETTINGS]


def read(path: str, text: str) -> object:
    """What a setting reads, or the message."""
    value = find(path, CONFIG).read(text)
    return value.message if isinstance(value, Invalid) else value


def test_every_declared_setting_is_there_once() -> None:
    assert len(set(PATHS)) == len(PATHS)
    assert {"database", "ui.width", "fetch.proxy", "save.folder", "keys.zen"} <= {*PATHS}
    assert not any(path.startswith(("feeds", "watch.", "account")) for path in PATHS)


@pytest.mark.parametrize("table", sorted({setting.table for setting in SETTINGS}))
def test_what_is_shown_and_written_is_read_again(table: str) -> None:
    for setting in SETTINGS:
        if setting.table == table:
            assert_is_read_again(setting)


def assert_is_read_again(setting: Setting) -> None:
    assert setting.value(CONFIG) == setting.default and not setting.is_changed(CONFIG)
    written = setting.key.kind.write(setting.default)
    for text in (written, setting.shown(setting.default)):
        assert setting.key.kind.write(setting.read(text)) == written
    for option in setting.key.kind.options:
        assert setting.shown(setting.read(option)) == option
    text = edit.set_keys("", setting.table, {setting.name: written})
    config, problems = loads(text)
    assert not problems and not setting.is_changed(config)


@for_each(
    ("path", "text", "value"),
    [
        ("ui.width", "100", 100),
        ("ui.width", " 100 ", 100),
        ("ui.width", "9", "should be a whole number from 20 to 400, not the number 9"),
        ("ui.width", "wide", "should be a whole number from 20 to 400, not the text 'wide'"),
        ("ui.show_read", "off", False),
        ("ui.show_read", "No", False),
        ("ui.show_read", "true", True),
        ("ui.show_read", "maybe", "should be true or false, not the text 'maybe'"),
        ("ui.images", "false", "off"),
        ("ui.sort", "tilte", "should be 'date', 'oldest', 'feed', 'title', 'watch' or 'sources', not the text"
         " 'tilte'; did you mean 'title'?"),
        ("ui.languages", "de, English", ("de", "en")),
        ("ui.languages", '["de"]', ("de",)),
        ("ui.languages", "[3]", "item 1 should be text in quotes, not the number 3"),
        ("ui.browser", "firefox --new 'a b'", ("firefox", "--new", "a b")),
        ("ui.browser", "it's", "has a quotation mark that is not closed"),
        ("fetch.interval", "2h", 7200),
        ("fetch.interval", '"2h"', 7200),
        ("fetch.interval", "7200", 7200),
        ("fetch.max_size", "5 MB", 5_000_000),
        ("fetch.user_agent", "123", "123"),
        ("fetch.user_agent", '"quoted"', "quoted"),
        ("fetch.user_agent", "1\ny = 2", "contains an unprintable character"),
        ("download.name", "{feed}/{name}", "{feed}/{name}"),
        ("download.name", "{fed}", "has no value for {fed}; did you mean 'feed'?"),
        ("keys.zen", "Z ^b", ("Z", "^b")),
        ("keys.zen", "", ()),
        ("open.audio/*", "mpv", ("mpv",)),
    ],
)  # fmt: skip
def test_values_are_read_as_typed_or_as_toml(path: str, text: str, value: object) -> None:
    assert read(path, text) == value


@given(st.sampled_from(SETTINGS), st.text())
def test_any_text_is_a_value_or_a_problem(setting: Setting, text: str) -> None:
    value = setting.read(text)
    if isinstance(value, Invalid):
        assert value.message and "\n" not in value.message
    else:
        assert tomllib.loads(f"x = {setting.key.kind.write(value)}")
        setting.shown(value)


def test_what_is_no_key_is_harmless_on_the_screen() -> None:
    config = loads('[keys]\nzen = ["\\u001b]0;x\\u0007", "z"]\n')[0]
    zen = find("keys.zen", config)
    assert zen.shown(zen.value(config)).isprintable() and zen.shown(("ctrl+down",)) == "^↓"


def test_names_that_are_no_settings() -> None:
    with pytest.raises(UsageError, match=r"no setting 'ui.widht'; did you mean 'ui.width'"):
        find("ui.widht", CONFIG)
    for path in ("", "ui", "ui.", "keys", "feeds.url", "watch", "x" * 10_000):
        with pytest.raises(UsageError):
            find(path, CONFIG)


def test_passwords_are_masked_and_references_are_not() -> None:
    feeds = (
        FeedConfig("https://a.example", username="me", password="s3cret", headers=(("X-Key", "s3cret"),)),
        FeedConfig("https://b.example", password="env:SECRET"),
        loads('[[feeds]]\ncommand = ["curl", "-u", "me:s3cret", "https://d.example"]\n')[0].feeds[0],
        FeedConfig("https://s3cret@e.example/feed"),
        FeedConfig("https://me:s3c/r?e#s3cret@f.example/feed"),
        FeedConfig("https://g.example/@me"),
        FeedConfig("imaps://me@h.example/Lists"),
    )
    home = AccountConfig("home", AccountKind.MINIFLUX, "https://c.example", token="s3cret")
    proxy = loads('[fetch]\nproxy = "http://me:s3cret@localhost:3128"\n')[0].fetch
    shown = {item.path: item.value for item in values(Config(feeds=feeds, accounts=(home,), fetch=proxy))}
    assert "s3cret" not in str(shown)
    assert shown["feeds[1].password"] == shown["account[1].token"] == '"••••"'
    assert shown["feeds[1].headers"] == '{X-Key = "••••"}'
    assert shown["feeds[2].password"] == '"env:SECRET"' and shown["account[1].password"] == '""'
    assert shown["fetch.proxy"] == '"http://me:••••@localhost:3128"'
    assert shown["feeds[3].url"] == '"exec:curl ••••"' and shown["feeds[3].command"] == '["curl", "••••"]'
    assert shown["feeds[4].url"] == '"https://••••@e.example/feed"'
    assert shown["feeds[5].url"] == '"https://me:••••@f.example/feed"'
    assert shown["feeds[6].url"] == '"https://g.example/@me"'
    assert shown["feeds[7].url"] == '"imaps://me@h.example/Lists"'


@pytest.mark.parametrize(
    "address",
    [
        "me:s3cret@host:1", "http://me:s3@cret@host", "socks5://:s3cret@host", "http://u:s/cret@host:80",
        "http://u:s?cret@host", "socks5h://u:1#cret@host", "http://u@x:s/cret@host", "http://s3cret@host:80",
    ],
)  # fmt: skip
def test_addresses_in_any_form(address: str) -> None:
    setting = find("fetch.proxy", CONFIG)
    assert "cret" not in setting.shown(address) and setting.shown("me@host") == "me@host"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 'database = "x"\n'),
        ("# mine\n", '# mine\ndatabase = "x"\n'),
        ("# mine\n\n# look\n[ui]\n", '# mine\ndatabase = "x"\n\n# look\n[ui]\n'),
        ("[ui]\r\n", 'database = "x"\r\n\r\n[ui]\r\n'),
        ("\ufeff[ui]\n", '\ufeffdatabase = "x"\n\n[ui]\n'),
        ("database = 'y'  # here\n[ui]\n", 'database = "x"  # here\n[ui]\n'),
        ("ui.width = 90 # wide", 'ui.width = 90 # wide\ndatabase = "x"\n'),
        ("# mine", '# mine\ndatabase = "x"\n'),
    ],
)
def test_keys_of_the_file_itself(text: str, expected: str) -> None:
    assert edit.set_keys(text, "", {"database": '"x"'}) == expected
    removed = edit.set_keys(expected, "", {"database": None})
    assert "database" not in removed and edit.set_keys(removed, "", {"database": None}) == removed


def test_a_key_is_removed_and_nothing_else() -> None:
    text = "# mine\n[ui] # look\nwidth = 90 # wide\nsidebar = 30\n"
    assert edit.set_keys(text, "ui", {"width": None}) == "# mine\n[ui] # look\nsidebar = 30\n"
    assert edit.set_keys(text, "ui", {"theme": None}) == edit.set_keys(text, "fetch", {"proxy": None}) == text


def test_what_would_be_a_problem_is_refused_and_an_old_one_is_not() -> None:
    with pytest.raises(ConfigError, match=r"keys\.zen 'n' is taken from next_unread"):
        edit.set_keys("", "keys", {"zen": '["n"]'})
    with pytest.raises(ConfigError, match=r"ui\.width should be"):
        edit.set_keys("", "ui", {"width": "9"})
    with pytest.raises(ConfigError, match="ui is not a table"):
        edit.set_keys("ui = 3\n", "ui", {"width": "90"})
    text = "[ui]\nwidth = 9\nnope = 1\n"
    assert edit.set_keys(text, "ui", {"sidebar": "30"}) == text + "sidebar = 30\n"
    assert edit.set_keys(text, "ui", {"width": "90"}) == "[ui]\nwidth = 90\nnope = 1\n"
    assert edit.set_keys(text, "ui", {"nope": None}) == "[ui]\nwidth = 9\n"


LINES = (
    "# c", "", "[ui]", "width = 90 # w", "[[feeds]]", 'url = "https://a.example"', "[keys]", "zen = ['Z']",
    "[feeds.headers]", "database = 'y'", "[open]", "fetch.timeout = 9", "open = {}", "x = [", "]",
)  # fmt: skip


@given(st.lists(st.sampled_from(LINES)), st.sampled_from(["\n", "\r\n"]), st.sampled_from(SETTINGS))
def test_an_edit_changes_one_key_in_any_file(lines: list[str], end: str, setting: Setting) -> None:
    text = end.join(lines)
    written = setting.key.kind.write(setting.default)
    with suppress(ConfigError):
        new = edit.set_keys(text, setting.table, {setting.name: written})
        data, before = tomllib.loads(new), tomllib.loads(text)
        owner = data[setting.table] if setting.table else data
        assert owner.pop(setting.name) == tomllib.loads(f"x = {written}")["x"]
        own_before = before.get(setting.table, {}) if setting.table else before
        own_before.pop(setting.name, None)
        if setting.table and not owner:
            data.pop(setting.table), before.pop(setting.table, None)
        assert data == before
        kept = [line for line in lines if line.startswith("#")]
        assert [line for line in new.splitlines() if line.startswith("#")] == kept


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("j down", ["j", "down"]),
        ("g g,", ["g g"]),
        ("g g, home", ["g g", "home"]),
        (", j", [",", "j"]),
        ("j ,", ["j", ","]),
        (",", [","]),
    ],
)
def test_keys_are_typed_with_spaces_and_sequences_with_commas(text: str, keys: list[str]) -> None:
    assert list(find("keys.top", CONFIG).read(text)) == keys


def test_a_whole_configuration_survives_the_text_of_the_demo() -> None:
    ui = '[ui]\nwidth = 90\nimages = false\nkeys = "newsboat"\n'
    text = f'{ui}[fetch]\ninterval = "2h"\n[keys]\nzen = ["F7", "F8"]\n'
    config = loads(text)[0]
    assert loads(edit.tables_as_text(config)) == (config, ())
