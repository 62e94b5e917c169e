"""Details of expressions and watches that `make mutants` found no test to mind."""

from __future__ import annotations

import time
from datetime import date

import pytest

from tuireader import query
from tuireader.query import Query, QueryError, SlowRegex, Subject, parse
from tuireader.watch import WatchRule, aliases, prefilter, signature

DEEPEST = 20


def tree(expression: str) -> Query:
    parsed = parse(expression)
    assert isinstance(parsed, Query), parsed
    return parsed


def fault(expression: str) -> QueryError:
    parsed = parse(expression)
    assert isinstance(parsed, QueryError), parsed
    return parsed


# --------------------------------------------------------------------------- expressions


def test_only_brackets_in_one_another_count_as_deep() -> None:
    tree("(kumo) " * 100)
    tree("(" * DEEPEST + "kumo" + ")" * DEEPEST)
    for before in ("", "(kumo) ", "(kumo) (kumo) (kumo) "):
        depth = DEEPEST + 1
        assert "brackets in one another" in fault(before + "(" * depth + "kumo" + ")" * depth).message
    # brackets that were closed inside of others do not count any more, nor do they give any back
    inner = "(kumo) (kumo) " + "(" * (DEEPEST - 1) + "kumo" + ")" * (DEEPEST - 1)
    tree(f"({inner})")
    assert "brackets in one another" in fault(f"(({inner}))").message


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("(a", "the bracket is not closed (write a ) where the group ends)"),
        ("a OR", "after OR something to look for is missing"),
        ("title:a NOT", "after NOT something to look for is missing"),
        ("(-)", "after - something to look for is missing"),
        ("a -OR b", "OR needs something on both sides (to look for the word write or)"),
        ("()", "there is nothing between the brackets"),
        (
            "is:read NEAR/3 a",
            "NEAR stands between words or phrases (for example fine NEAR/8 (regulator OR court))",
        ),
    ],
)
def test_faults_say_what_to_do(expression: str, told: str) -> None:
    assert str(fault(expression)) == told


def test_nearness_takes_twenty_alternatives() -> None:
    words = [f"kumo{n}" for n in range(21)]
    tree(f"x NEAR/3 ({' OR '.join(words[:20])})")
    assert fault(f"x NEAR/3 ({' OR '.join(words)})").message == "NEAR takes at most 20 alternatives"


@pytest.mark.parametrize(
    ("expression", "printed"),
    [
        ("a b", "a b"),
        ("a (b OR c)", "a (b OR c)"),
        ("NOT a", "NOT a"),
        ("NOT (a b)", "NOT (a b)"),
        ("NOT (a OR b)", "NOT (a OR b)"),
        ("-(a NEAR/2 b)", "NOT (a NEAR/2 b)"),
    ],
)
def test_brackets_are_printed_where_they_are_needed(expression: str, printed: str) -> None:
    assert str(tree(expression)) == printed


@pytest.mark.parametrize("before", [39, 40, 41, 42])
def test_the_picture_shows_forty_characters_before_the_fault(before: int) -> None:
    caret = fault("a" * (before - 1) + " (open").caret().splitlines()
    shown = "…" if before > 40 else ""
    assert caret[0] == f"{shown}{'a' * min(before - 1, 39)} (open"
    assert caret[0][caret[1].index("^")] == "("


def test_the_picture_shows_thirty_characters_of_the_fault() -> None:
    assert fault(f"({'b' * 60}").caret().splitlines()[0] == f"({'b' * 29}"


def test_days_begin_at_midnight_utc_wherever_one_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        after = tree("after:2026-11-01").root
        assert isinstance(after, query.After)
        assert after.day == date(2026, 11, 1) and after.time == 1_793_491_200
    finally:
        monkeypatch.undo()
        time.tzset()


def test_words_of_the_body_are_shown_and_looked_up() -> None:
    root = tree("body:kumo title:tani -umi is:read").root
    assert [node.field for node in query.wanted(root)] == ["body", "title"]
    needles = query.needles(tree("body:kumo").root)
    assert needles is not None and [term.text for term in needles] == ["kumo"]
    assert query.needles(tree("url:kumo").root) is None


def test_nearness_counts_from_the_word_just_before() -> None:
    text = "kumo " + "x " * 9 + "kumo y tani"
    assert query.matches(tree("kumo NEAR/1 tani"), Subject(title=text), 0)
    assert not query.matches(tree("kumo NEAR/0 tani"), Subject(title=text), 0)
    assert query.matches(tree("kumo NEAR/1 tani"), Subject(title="kumo x tani " + "y " * 9 + "tani"), 0)


def test_a_slow_pattern_does_not_hide_the_others() -> None:
    text = "a" * 5000 + "! kumo"
    found = query.spans(tree(r"/(a+)+$/ kumo"), text)
    assert [text[start:end] for start, end in found] == ["kumo"]
    slow = SlowRegex("(a+)+$")
    assert slow.pattern == "(a+)+$" and str(slow) == "/(a+)+$/ takes too long"


@pytest.mark.parametrize(
    ("expression", "index", "exact"),
    [
        ("kumo is:read", True, True),
        ("kumo -tani", True, True),
        ("kumo -/t.ni/", True, False),  # the index cannot leave out what it cannot find
        ("kumo OR /t.ni/", False, False),
        ("-kumo", False, False),
        ("kumo NEAR/3 tani", True, False),
        ("/t.ni/", False, False),
    ],
)
def test_what_the_index_decides_alone(expression: str, index: bool, exact: bool) -> None:
    found = query.plan(tree(expression))
    assert (found.fts is not None, found.exact) == (index, exact)


def test_what_the_index_is_asked() -> None:
    assert query.fts(tree("/t.ni/").root) == (None, False)
    assert query.fts(tree("is:read OR kumo").root) == (None, False)
    near = query.fts(tree("kumo NEAR/3 tani").root)[0]
    assert near is not None and near.count("NEAR(") > 0 and near.count(", 7)") == near.count("NEAR(")
    open_ended = query.fts(tree("kumo* NEAR/3 tani").root)[0]
    assert open_ended is not None and "NEAR(" not in open_ended and ") AND (" in open_ended
    other = query.fts(tree("tani NEAR/3 kumo*").root)[0]
    assert other is not None and "NEAR(" not in other and ") AND (" in other
    assert '"cloud bank"' in (query.fts(tree('"cloud bank" NEAR/3 tani').root)[0] or "")


# --------------------------------------------------------------------------- watches


def rule(**parts: object) -> WatchRule:
    return WatchRule(name="W", **parts)  # type: ignore[arg-type]


def test_an_abbreviation_is_half_capitals_at_least() -> None:
    watch = rule(any=("Open Data Alliance",))
    assert [name for name, _ in aliases("The Open Data Alliance (ODA) met.", watch)] == ["ODA"]
    assert [name for name, _ in aliases("The Open Data Alliance (OpDA) met.", watch)] == ["OpDA"]
    assert [name for name, _ in aliases("The Open Data Alliance (Oda) met.", watch)] == []
    both = "The Open Data Alliance (ODA) met. The Open Data Alliance (OpDA) left."
    assert [name for name, _ in aliases(both, watch)] == ["ODA", "OpDA"]


def test_a_long_name_stands_on_the_line_of_its_abbreviation() -> None:
    watch = rule(any=("ODA",))
    assert [name for name, _ in aliases("The\nOpen Data Alliance (ODA) met.", watch)] == [
        "Open Data Alliance"
    ]
    for text in (
        "Open Data\nAlliance (ODA) met.",
        "Open\nData Alliance (ODA) met.",
        "First.\n\nOpen Data\nAlliance (ODA)\nmet.",
        "Open\nData Alliance (ODA) met.\nAnd more.",
    ):
        assert aliases(text, watch) == [], text


def test_the_signature_of_a_watch_is_what_databases_hold() -> None:
    """A change of it asks every stored article anew."""
    one = signature(rule(any=("WeChat",)))
    assert len(one) == 16 and one == signature(rule(any=("WeChat",)))
    assert one != signature(rule(any=("Wechat",)))


def test_a_quoted_abbreviation_does_not_end_a_sentence() -> None:
    from tuireader.watch.sentences import sentences_in

    def parts(text: str) -> list[str]:
        return [text[first:last] for first, last in sentences_in(text, 0, len(text))]

    assert parts('He met ("Dr. Who" of old). She left.') == ['He met ("Dr. Who" of old).', "She left."]
    assert parts("It is U.S. Policy now. She left.") == ["It is U.S. Policy now.", "She left."]
    assert parts("They met Mr. Who. She left.") == ["They met Mr. Who.", "She left."]
    assert parts("They met Dr.) Who. She left.")[-1] == "She left."


def test_a_filter_of_the_index_is_there_or_not() -> None:
    assert prefilter(rule(any=("kumo",))) is not None
