"""Breaking text into lines: nothing lost, nothing too wide."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuireader.text import cell_len
from tuireader.text.wrap import fold, wrap

TEXT = st.text(
    st.sampled_from("ab c-/.,é\u2019\u4e2d\u6587\u3002\uff08\uff09\U0001f600e\u0301\u200d\n"), max_size=120
)


def lines(text: str, width: int) -> list[str]:
    return [text[start:end] for start, end in wrap(text, width)]


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("", 10, [""]),
        ("one two three", 7, ["one two", "three"]),
        ("one  two", 3, ["one", "two"]),
        ("a\n\nb", 5, ["a", "", "b"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("see https://example.org/path/to here", 20, ["see", "https://example.org/", "path/to here"]),
        ("微信暂停新用户注册。", 8, ["微信暂停", "新用户注", "册。"]),
        ("微信暂停。新用户", 8, ["微信暂", "停。新用", "户"]),
        ("用户（微信）", 6, ["用户", "（微", "信）"]),
        ("WeChat微信暂停", 8, ["WeChat微", "信暂停"]),
        ("word 微信", 6, ["word", "微信"]),
        ("微信暂停。‹1›新用户", 10, ["微信暂", "停。‹1›新", "用户"]),
    ],
)
def test_wrap(text: str, width: int, expected: list[str]) -> None:
    assert lines(text, width) == expected


@given(TEXT, st.integers(2, 30))
@settings(max_examples=100)
def test_wrap_loses_only_spaces_and_fits(text: str, width: int) -> None:
    ranges = wrap(text, width)
    assert all(before[1] <= after[0] for before, after in pairwise(ranges))
    kept = "".join(text[start:end] for start, end in ranges)
    assert kept.replace(" ", "") == text.replace(" ", "").replace("\n", "")
    for start, end in ranges:
        line = text[start:end]
        assert cell_len(line) <= width or len(line.split()) == 1


@given(TEXT, st.integers(2, 30))
@settings(max_examples=100)
def test_fold_keeps_every_character(text: str, width: int) -> None:
    ranges = fold(text, width)
    assert "".join(text[start:end] for start, end in ranges) == text.replace("\n", "")
    assert len(ranges) >= text.count("\n") + 1


def test_a_megabyte_in_one_line_is_quick() -> None:
    import time

    text = "lorem ipsum " * 90_000
    start = time.process_time()
    ranges = wrap(text, 80)
    assert len(ranges) > 13_000
    assert time.process_time() - start < 10  # a quadratic one takes minutes
