"""Right-to-left text in visual order: the places of characters, columns, brackets, combining marks."""

from __future__ import annotations

import bidi as python_bidi
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.examples import half_as_many
from tuireader.text.bidi import START, has_right_to_left, is_available, is_right_to_left, places, visual

LETTERS = st.sampled_from("abcXYZ אבגשלום مرحبا 0189 ٣٤ ()[] .,!:“”·")
LINES = st.text(LETTERS | st.sampled_from("שָׁ ی‌ش é 中文 │●\u200f👩‍💻") | st.characters(), max_size=40)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("An English line", "An English line"),
        ("abc שלום def", "abc םולש def"),
        ("שלום abc", "abc םולש"),
        ("שלום (x) 12 def!", "!12 def (x) םולש"),
        ("منظمة (WHO) 2024", "2024 (WHO) ةمظنم"),
        ("الأسعار [1,299] دولارا", "ارالود [1,299] راعسألا"),
        ("שָׁלוֹם", "םוֹלשָׁ"),
        ("09:55 ●   שלום abc  בעיתון  ", "09:55 ●   abc םולש  ןותיעב  "),
        ("│ שלום ab │", "│ ab םולש │"),
        (f"   {START}• Apple שלום ", "   םולש Apple • "),
        ("", ""),
    ],
)
def test_visual_order(text: str, shown: str) -> None:
    assert visual(text) == shown


@given(LINES)
def test_every_character_is_shown_once_and_the_width_stays(text: str) -> None:
    line = list(places(text))
    assert len(line) == len({place for place, _ in line})
    assert sum(len(shown) for _, shown in line) == len(text) - (START in text)
    assert cell_len("".join(shown for _, shown in line)) == cell_len(text)
    if not has_right_to_left(text):
        assert visual(text) == text


@given(st.lists(st.text("abcאבגדمرح", min_size=1, max_size=4) | st.text("0123", min_size=1, max_size=3)))
@half_as_many
def test_words_have_the_order_of_the_unicode_algorithm(words: list[str]) -> None:
    text = " ".join(words)
    assert visual(text) == python_bidi.get_display(text)


@given(LINES)
@half_as_many
def test_the_first_letter_decides_the_direction(text: str) -> None:
    assert is_right_to_left(text) <= has_right_to_left(text)
    assert is_right_to_left("א" + text) and not is_right_to_left("a" + text)


def test_lines_longer_than_any_terminal_stay_as_they_are() -> None:
    assert visual("אב" * 2_001) == "אב" * 2_001 and visual("אב" * 2_000) == "בא" * 2_000


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ב-2024-11-24, 1,299.50 (25%)", "(25%) 1,299.50 ,2024-11-24-ב"),
        ("في 2024-11-24 (٣٤.٥)", "(٣٤.٥) 24-11-2024 يف"),
    ],
)
def test_numbers_keep_their_order_as_unicode_has_it(text: str, shown: str) -> None:
    assert visual(text) == shown


def test_marks_and_digits_alone_have_no_direction() -> None:
    assert has_right_to_left("٣٤") and not is_right_to_left("٣٤")
    assert is_available()


def test_edges_separate_columns_too() -> None:
    text = "שלום abc 12"
    assert "".join(shown for _, shown in places(text, [8])) == "abc םולש 12"
    assert visual(text) == "abc 12 םולש"
