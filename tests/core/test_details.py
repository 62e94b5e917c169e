"""Details of expressions and watches that `make mutants` found no test to mind."""

from __future__ import annotations

import re
import time
from datetime import date

import pytest

from tuireader import query
from tuireader.query import Query, QueryError, SlowRegex, Subject, parse
from tuireader.watch import Matcher, WatchRule, aliases, signature
from tuireader.watch.sentences import best_sentence, cut, line_around, sentences_in, span_of_sentences

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
    assert [node.field for node in query.positive_terms(root)] == ["body", "title"]
    needles = query.required_terms(tree("body:kumo").root)
    assert needles is not None and [term.text for term in needles] == ["kumo"]
    assert query.required_terms(tree("url:kumo").root) is None


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
    def parts(text: str) -> list[str]:
        return [text[first:last] for first, last in sentences_in(text, 0, len(text))]

    assert parts('He met ("Dr. Who" of old). She left.') == ['He met ("Dr. Who" of old).', "She left."]
    assert parts("It is U.S. Policy now. She left.") == ["It is U.S. Policy now.", "She left."]
    assert parts("They met Mr. Who. She left.") == ["They met Mr. Who.", "She left."]
    assert parts("They met Dr.) Who. She left.")[-1] == "She left."


# --------------------------------------------------------------------------- sentences


def shown(text: str, *words: str) -> tuple[str, tuple[str, ...]]:
    """A cut of a long sentence around words, and what its spans hold."""
    spans = [(text.index(word), text.index(word) + len(word)) for word in words]
    sentence, inside = cut(text, 0, len(text), spans)
    return sentence, tuple(sentence[start:end] for start, end in inside)


def test_a_sentence_of_two_hundred_characters_is_whole() -> None:
    whole = "kumo " + "x" * 195
    assert cut(whole, 0, 200, [(0, 4)]) == (whole, ((0, 4),))
    assert cut(f"First. {whole}", 7, 207, [(7, 11)]) == (whole, ((0, 4),))
    sentence, inside = cut(whole + "y", 0, 201, [(0, 4)])
    assert sentence == "kumo…" and inside == ((0, 4),)


def test_a_long_sentence_is_cut_at_blanks_around_its_words() -> None:
    text = "one two " * 40 + "kumo " + "three four " * 40
    sentence, words = shown(text, "kumo")
    assert words == ("kumo",)
    assert sentence.startswith("…") and sentence.endswith("…") and len(sentence) <= 203
    assert {*sentence.strip("…").split()} == {"one", "two", "kumo", "three", "four"}
    assert 60 <= sentence.index("kumo") <= 68
    assert shown("x" * 300 + "kumo" + "y" * 300, "kumo")[1] == ("kumo",)
    assert shown("kumo " + "y " * 200 + "tani", "kumo", "tani")[1] == ("kumo",)


def test_a_word_at_the_end_shows_what_stands_before_it() -> None:
    text = "one two " * 60 + "kumo"
    sentence, words = shown(text, "kumo")
    assert words == ("kumo",) and sentence.endswith(" kumo") and len(sentence) > 190


def test_controls_of_a_sentence_become_blanks() -> None:
    assert cut("a\tkumo", 0, 6, [(2, 6)]) == ("a kumo", ((2, 6),))


def test_a_hit_over_several_sentences_shows_them_all() -> None:
    sentences = [(0, 5), (6, 11), (12, 17), (18, 23)]
    assert span_of_sentences(sentences, 1, 4) == (0, 5)
    assert span_of_sentences(sentences, 6, 11) == (6, 11)
    assert span_of_sentences(sentences, 1, 8) == (0, 11)
    assert span_of_sentences(sentences, 1, 14) == (0, 17)
    assert span_of_sentences(sentences, 7, 40) == (6, 40)


def test_the_sentence_with_most_terms_is_the_best() -> None:
    text = "Kumo here. Tani and kumo there. Umi, tani and kumo. Kumo again."
    places = [
        (match.start(), match.end(), number)
        for number, word in enumerate(("kumo", "tani", "umi"))
        for match in re.finditer(word, text, re.IGNORECASE)
    ]

    def sentence(start: int, end: int) -> tuple[int, int]:
        return span_of_sentences(sentences_in(text, 0, len(text)), start, end)

    assert best_sentence(text, sentence, places)[0] == "Umi, tani and kumo."
    first = [place for place in places if place[2] == 0]
    assert best_sentence(text, sentence, first)[0] == "Kumo here."


def test_a_line_is_looked_for_in_steps_on_both_sides() -> None:
    assert line_around("first\nkumo\nlast", 6, 10) == (6, 10)
    assert line_around("kumo", 0, 4) == (0, 4)
    long = "x" * 5000
    left, right = line_around(long, 2500, 2504)
    assert left % 250 == 0 and 250 <= 2500 - left <= 500 and 250 <= right - 2504 <= 500
    for begin in (1001, 1100, 1240):
        left, right = line_around(long, begin, begin + 4)
        assert (left, right) == (750, 1500)


# --------------------------------------------------------------------------- fields


def test_a_watch_of_one_field_counts_only_there() -> None:
    watch = WatchRule(name="W", any=("kumo",), fields=("title",))
    everywhere = WatchRule(name="E", any=("kumo",))
    matcher = Matcher([watch, everywhere])
    both = Subject(title="kumo", summary="kumo kumo", body="a kumo")
    found = {one.watch: [(hit.field, hit.count) for hit in one.hits] for one in matcher.match(both)}
    assert found == {"W": [("title", 1)], "E": [("title", 1), ("summary", 2), ("body", 1)]}
    assert [one.watch for one in matcher.match(Subject(title="x", body="kumo"))] == ["E"]
