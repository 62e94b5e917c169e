from hypothesis import given
from hypothesis import strategies as st

from tuireader.text.wording import counted, left_out


def test_one_and_more() -> None:
    assert [counted(n, "feed") for n in (0, 1, 2, 1200)] == ["0 feeds", "1 feed", "2 feeds", "1,200 feeds"]
    assert counted(1, "story", "stories") == "1 story" and counted(2, "story", "stories") == "2 stories"


def test_too_many_entries() -> None:
    assert left_out(1) == "its 1 oldest entry left out, as it has more than 10,000 at once"
    assert left_out(40_000).startswith("its 40,000 oldest entries left out")


@given(st.integers(0, 10**12))
def test_only_one_is_singular(number: int) -> None:
    digits, _, word = counted(number, "feed").partition(" ")
    assert digits.replace(",", "") == str(number)
    assert (word == "feed") == (number == 1)
