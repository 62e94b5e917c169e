"""Names in texts, what watches are called after them, their marks and colours."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.examples import half_as_many
from tuireader.library.watching.proper_names import names_in, phrases_of, watch_name
from tuireader.ui.drawing.row_options import letters
from tuireader.ui.drawing.styles import assign_colors, free_color


def found(title: str, text: str = "", *known: str) -> list[str]:
    return names_in(title, text, known.__contains__)


@pytest.mark.parametrize(
    ("title", "names"),
    [
        ("Tencent gets the green light to buy Sogou", ["Tencent", "Sogou"]),
        ("China adopts its Personal Information Protection Law", ["Personal Information Protection Law"]),
        ("Serv-U attacked through CVE-2021-35211, says iFixit", ["CVE-2021-35211", "Serv-U", "iFixit"]),
        ("Shares slide as the Bank of England waits", ["Bank of England"]),
        ("The fault of Monday", []),
    ],
)
def test_names_of_a_title(title: str, names: list[str]) -> None:
    assert found(title, "In May, Tencent said so.") == names


def test_a_capital_at_the_start_says_nothing_by_itself() -> None:
    assert found("Phishing kit registers look-alikes") == []
    assert found("Kaseya obtains a key") == []
    assert found("Kaseya obtains a key", "", "Kaseya") == ["Kaseya"]  # it is a name in other articles
    assert found("Kaseya obtains a key", "Yesterday Kaseya said that it has one.") == ["Kaseya"]
    assert found("Apple crumble", "A Crumble with apple.") == []


def test_a_headline_of_capitals_needs_its_text() -> None:
    assert found("Slow Bread For Hot Days", "Make slow bread on hot days.") == []
    assert found("Intel Retires The Nanometre", "The nanometre goes, says Intel.") == ["Intel"]


def test_names_of_the_text_count_when_they_come_again() -> None:
    text = "It was NTLM. They call it NTLM. Once there was SMB."
    assert found("How to make a controller call you", text) == ["NTLM"]
    assert found("Tencent’s WeChat stops", "So does Tencent. With WeChat.") == ["Tencent", "WeChat"]


def test_phrases_without_blanks() -> None:
    assert phrases_of("腾讯被责令三十日内解除音乐独家版权", "腾讯说。腾讯的音乐。") == ["腾讯", "音乐"]
    assert phrases_of("Tencent", "Tencent") == []


def test_a_watch_is_named_after_its_terms() -> None:
    assert watch_name(("WeChat", "Weixin"), ["Other"]) == "WeChat"
    assert watch_name(("WeChat", "Weixin"), ["wechat"]) == "WeChat, Weixin"
    assert watch_name(("WeChat",), ["WeChat", "WeChat 2"]) == "WeChat 3"
    assert watch_name((), []) == ""


@given(st.text(), st.text())
def test_any_text_has_names_that_stand_in_it(title: str, text: str) -> None:
    for name in names_in(title, text, lambda _: True):
        assert name and all(word in f"{title} {text}" for word in name.split())


@given(st.lists(st.text("abAB c-", min_size=1, max_size=6), min_size=1, max_size=12, unique=True))
@example(["Wa", "WeChat", "W"])
@half_as_many
def test_marks_are_short_distinct_and_recall_their_names(names: list[str]) -> None:
    """A mark is the initial, and a letter or digit if others have it; the only watch needs none."""
    marks = letters(names)
    assert list(marks) == names
    assert len(set(marks.values())) == len(marks)
    if len(names) == 1:
        assert marks == {names[0]: ""}
        return
    for name, mark in marks.items():
        assert mark[0] == name[0].upper() and len(mark) <= 2
        assert mark[1:].casefold() in (name[1:] + "23456789").casefold()
    assert marks[names[0]] == names[0][0].upper()


def test_colours_are_assign_colors() -> None:
    palette = ("magenta", "cyan", "yellow")
    assert assign_colors({"a": "", "b": "", "c": ""}, palette) == dict(zip("abc", palette, strict=True))
    given_colors = {"a": "", "b": "magenta", "c": "Cyan"}
    assert assign_colors(given_colors, palette) == {"a": "yellow", "b": "magenta", "c": "cyan"}
    assert free_color({"a": "", "b": "cyan"}, palette) == "yellow"
    assert free_color({}, palette) == "magenta"
    assert free_color({"a": "#123456"}, palette) == "cyan"  # in 16 colours it may be shown as the first
