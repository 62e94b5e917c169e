"""Typed command lines: verbs with arguments, line numbers, names and values of settings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import for_each
from tuireader.commands.line import LINE, VERBS, Line, parse, split_setting
from tuireader.config import Config
from tuireader.config.settings import named


@for_each(
    ("typed", "line"),
    [
        ("23", Line(LINE, "23")),
        (" :7 ", Line(LINE, "7")),
        ("set theme light", Line("set", "theme light")),
        ("SET  ui.width  100 ", Line("set", "ui.width  100")),
        ("import ~/my feeds.opml", Line("import", "~/my feeds.opml")),
        (":open https://example.org/?q=1", Line("open", "https://example.org/?q=1")),
        ("search title:ferry -fog", Line("search", "title:ferry -fog")),
        ("", None),
        ("set", None),
        ("set ", None),
        ("settings", None),
        ("import feeds", Line("import", "feeds")),
        ("importer x", None),
        ("q", None),
        ("reload all", None),
        ("1234567890", None),
        ("٢٣", None),
        ("-1", None),
    ],
)
def test_what_a_line_says(typed: str, line: Line | None) -> None:
    assert parse(typed) == line


@pytest.mark.parametrize(
    ("argument", "parts"),
    [
        ("theme", ("theme", "")),
        ("theme light", ("theme", "light")),
        ("ui.width=100", ("ui.width", "100")),
        ("ui.width = 100", ("ui.width", "100")),
        ('notify.command sh -c "a = b"', ("notify.command", 'sh -c "a = b"')),
    ],
)
def test_name_and_value_of_a_setting(argument: str, parts: tuple[str, str]) -> None:
    assert split_setting(argument) == parts


@given(st.sampled_from(sorted(VERBS)), st.text(max_size=12))
def test_any_text_is_a_line_or_none(verb: str, text: str) -> None:
    line = parse(f"{verb} {text}")
    assert line == (Line(verb, text.strip()) if text.strip() else None)
    assert parse(text) is None or parse(f":{text}") == parse(text)


def test_settings_are_known_by_a_part_of_their_name() -> None:
    assert named("theme", Config())[0].path == "ui.theme"
    assert named("fetch.interval", Config())[0].path == "fetch.interval"
    assert [each.path for each in named("show_read", Config())][:2] == ["ui.show_read", "ui.show_read_feeds"]
    assert named("interval", Config())[0].path == "fetch.interval"
    assert named("nothing", Config()) == []
