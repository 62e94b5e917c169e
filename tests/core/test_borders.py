"""Chinese terms across word boundaries are doubted, words are not; watches can leave them out."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tuireader import query
from tuireader.lexicon import Folded, compile_term
from tuireader.lexicon.borders import uncertain
from tuireader.query import FoldedArticle, Query
from tuireader.watch import Matcher, Subject, WatchRule, lookup, prefilter, signature

WECHAT = WatchRule("W", any=("WeChat", "微信"))
SHUT, SURE = "仪器收到些微信号。", "腾讯微信团队发布公告。"


SENTENCES = Path(__file__).parents[1] / "data" / "word-borders.tsv"


def measured(half: str) -> tuple[Counter[tuple[str, bool]], list[str]]:
    """Counts of (kind, doubted) in a half of the sentences, and those that are judged wrongly."""
    lines = [line.split("\t") for line in SENTENCES.read_text("utf-8").splitlines() if line[0] != "#"]
    found = [(kind, doubted(text, term), text) for part, kind, term, text in lines if part == half]
    wrong = [text for kind, doubt, text in found if doubt != (kind == "across")]
    return Counter((kind, doubt) for kind, doubt, _ in found), wrong


def doubted(text: str, term: str) -> bool:
    at = text.index(term)
    return uncertain(text, at, at + len(term))


def test_sentences_held_out_are_judged_well() -> None:
    found, wrong = measured("held")
    right, missed, wrongly = found["across", True], found["across", False], found["word", True]
    assert right + missed >= 48 and found["word", False] >= 50
    assert right / (right + missed) >= 0.85, wrong
    assert right / (right + wrongly) >= 0.97, wrong


@pytest.mark.parametrize(
    "text",
    [
        "微信",
        "微信号",
        "「微信」",
        "WeChat微信Pay",
        "a微信",
        "微信の利用",
        "些微信号の",
        "カ些微信号",
        "微 信",
    ],
)
def test_a_term_without_chinese_neighbours_or_in_japanese_is_certain(text: str) -> None:
    assert "微信" not in text or not doubted(text, "微信")


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("中国人民银行行长", "银行"),
        ("人大代表", "人大"),
        ("大学生活", "大学"),
        ("税务局", "税"),
        ("个人信息保护法草案", "信息"),
    ],
)
def test_a_longer_word_around_the_term_is_no_doubt(text: str, term: str) -> None:
    assert not doubted(text, term)


def test_a_term_with_other_letters_is_doubted_at_its_chinese_end() -> None:
    assert doubted("iPhone些微信号", "微信")
    assert uncertain("人民大a", 1, 4)
    assert not uncertain("他用微信 Pay付款", 2, 8)
    assert uncertain("收到些微信 Pay", 3, 9) is False  # nothing follows that would make another word
    assert uncertain("App微信号召大家", 0, 5) is uncertain("微信号召大家", 0, 2)


@given(st.text(alphabet="微信些号中国人大学生的一是不a1 ，\u3042\n", max_size=30), st.data())
def test_any_span_is_judged_and_neighbours_far_away_do_not_count(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    if start < end:
        judged = uncertain(text, start, end)
        assert uncertain(f"好好好。{text}。好好好", start + 4, end + 4) is judged


# ---------------------------------------------------------------- watches


def test_evidence_says_what_is_uncertain() -> None:
    matcher = Matcher([WECHAT])
    (found,) = matcher.match(Subject(title=SHUT, body="无关。"))
    assert found.uncertain and [(hit.count, hit.uncertain) for hit in found.hits] == [(1, 1)]
    assert found.sentence == SHUT
    (found,) = matcher.match(Subject(title=SHUT, body=SURE))
    assert not found.uncertain
    assert [(hit.field, hit.count, hit.uncertain) for hit in found.hits] == [("title", 1, 1), ("body", 1, 0)]
    (found,) = matcher.match(Subject(title=SHUT, body="WeChat is down."))
    assert not found.uncertain


@pytest.mark.parametrize(
    ("rule", "text", "matches"),
    [
        (WatchRule("W", any=("微信",)), SHUT, False),
        (WatchRule("W", any=("微信",)), SURE, True),
        (WatchRule("W", any=("微信", "信号")), SHUT, True),
        (WatchRule("W", all=(("微信",), ("仪器", "公告"))), SHUT, False),
        (WatchRule("W", all=(("微信",), ("仪器", "公告"))), SURE, True),
        (WatchRule("W", any=("仪器",), none=("微信",)), SHUT, True),
        (WatchRule("W", any=("公告",), none=("微信",)), SURE, False),
        (WatchRule("W", query="微信"), SHUT, False),
        (WatchRule("W", query="微信 OR 仪器"), SHUT, True),
        (WatchRule("W", query="仪器 -微信"), SHUT, True),
        (WatchRule("W", query="公告 -微信"), SURE, False),
        (WatchRule("W", query="微信 NEAR/5 仪器"), SHUT, False),
        (WatchRule("W", query="title:微信"), SHUT, False),
        (WatchRule("W", query="/微信/"), SHUT, True),
    ],
    ids=str,
)
def test_exact_words_leave_uncertain_terms_out(rule: WatchRule, text: str, matches: bool) -> None:
    subject = Subject(title=text)
    exact = replace(rule, exact_words=True)
    found = Matcher([exact]).match(subject)
    assert bool(found) is matches
    assert not any(one.uncertain for one in found)
    if exact.query and matches:  # what the index is asked must still find it
        positive = query.parse(exact.query)
        assert isinstance(positive, Query)
    assert not lookup(exact).exact or text == "" or "微信" not in str(exact)


def test_the_index_is_asked_for_all_and_decides_nothing_about_words() -> None:
    assert lookup(WECHAT).exact
    exact = replace(WECHAT, exact_words=True)
    assert lookup(exact).fts == lookup(WECHAT).fts and not lookup(exact).exact
    assert lookup(replace(exact, any=("WeChat",))).exact
    negative = WatchRule("W", query="仪器 -微信", exact_words=True)
    assert lookup(negative).fts == prefilter(negative) == lookup(WatchRule("W", query="仪器")).fts
    assert signature(exact) != signature(WECHAT)


def test_an_expression_counts_all_unless_asked_otherwise() -> None:
    wanted = query.parse("微信")
    assert isinstance(wanted, Query)
    subject = Subject(body=SHUT)
    assert query.matches(wanted, subject, 0)
    assert not query.matches(wanted, FoldedArticle(subject, certain=True), 0)
    term = compile_term("微信")
    assert term is not None and term.crosses and term.certain_spans(Folded(SURE)) == term.spans(Folded(SURE))
