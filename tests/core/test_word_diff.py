"""Word diffs: exact, bounded, and which edits are too small to be told."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuireader.text.word_diff import MOST_WORDS, Kind, trivial, words


def squeezed(text: str) -> str:
    return "".join(text.split())


def sides(old: str, new: str) -> tuple[str, str]:
    runs = words(old, new)
    return (
        "".join(text for kind, text in runs if kind is not Kind.ADDED),
        "".join(text for kind, text in runs if kind is not Kind.REMOVED),
    )


MARKS = {Kind.SAME: "{}", Kind.REMOVED: "[-{}]", Kind.ADDED: "[+{}]"}


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("12 paid.\nSo.", "15 paid in May.\nSo.", "[-12 ][+15 ]paid [+in May].\nSo."),
        ("微信暂停注册", "微信恢复注册", "微信[-暂停][+恢复]注册"),  # without spaces it goes by characters
    ],
)
def test_a_sentence_that_was_corrected(old: str, new: str, shown: str) -> None:
    assert "".join(MARKS[kind].format(text) for kind, text in words(old, new)) == shown


@pytest.mark.parametrize(("old", "new"), [("", ""), ("same words", "same  words"), (" a", "a")])
def test_white_space_alone_is_no_change(old: str, new: str) -> None:
    assert all(kind is Kind.SAME for kind, _ in words(old, new))
    assert trivial(old, new)


texts = st.lists(st.sampled_from(["a", "b", "c", "the", "x-1", ".", "微", "\n", "Ü"]), max_size=40).map(
    " ".join
)


@given(texts | st.text(max_size=60), texts | st.text(max_size=60))
def test_the_runs_are_both_texts(old: str, new: str) -> None:
    before, after = sides(old, new)
    assert squeezed(before) == squeezed(old)
    assert after == new.lstrip()
    assert trivial(old, old) and trivial(new, new)


@given(st.lists(st.integers(0, 3000), min_size=400, max_size=600, unique=True), st.data())
@settings(max_examples=10)
def test_long_texts_keep_what_stayed(numbers: list[int], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(numbers) - 1))
    old = [f"w{number}" for number in numbers]
    new = [*old[:at], "inserted", *old[at + 1 :]]
    runs = words(" ".join(old), " ".join(new))
    assert [text.strip() for kind, text in runs if kind is not Kind.SAME] == [old[at], "inserted"]


@pytest.mark.parametrize(
    ("old", "new", "is_trivial"),
    [
        ("Read 1,204 times", "Read 1,310 times", True),
        ("It was teh first", "It was the first", True),
        ("It’s here", "It's here", True),
        ("The end", "The end.", True),
        ("a\nb", "a b", True),
        ("He is guilty.", "He is not guilty.", False),
        ("The deal is off", "The deal is on", False),
        ("Ten people", "", False),
        ("Ten people", "Ten people 7", False),
        ("one two three four five", "eno owt three four vife", False),
        ("Shares rose", "Shares plunged", False),
    ],
)
def test_edits_that_are_too_small_to_be_told(old: str, new: str, is_trivial: bool) -> None:
    assert trivial(old, new) is is_trivial


@pytest.mark.parametrize("kinds", [1, 2, 100, 5000])
def test_hostile_texts_take_no_longer_than_their_length(kinds: int) -> None:
    chance = random.Random(kinds)
    old, new = (" ".join(f"w{chance.randrange(kinds)}" for _ in range(2 * MOST_WORDS)) for _ in range(2))
    started = time.process_time()
    before, after = sides(old, new)
    assert time.process_time() - started < 3
    assert squeezed(before) == squeezed(old) and squeezed(after) == squeezed(new)
