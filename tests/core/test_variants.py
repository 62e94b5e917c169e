"""Simplified and traditional Chinese match each other, unless switched off or exact."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.core.indexing import Index
from tests.examples import for_each, half_as_many
from tuireader.config import MuteConfig
from tuireader.ingest import Mute
from tuireader.lexicon import Folded, compile_term, use_variants
from tuireader.lexicon.variants import MOST, spellings
from tuireader.query import Query, matches, parse, plan
from tuireader.watch import Matcher, Subject, WatchRule, lookup, prefilter, signature

SIMPLE, TRADITIONAL = "中央网信办发布通知。", "中央網信辦發佈通知。"
OFFICE = WatchRule("w", any=("网信办",))


@pytest.fixture
def off() -> Iterator[None]:
    """The switch is off."""
    use_variants(False)
    yield
    use_variants(True)


def found(term: str, text: str, exact: bool = False) -> list[str]:
    compiled = compile_term(term, exact)
    assert compiled
    return [text[start:end] for start, end in compiled.find(text)]


@for_each(
    ("term", "text", "spans"),
    [
        ("网信办", TRADITIONAL, ["網信辦"]),
        ("網信辦", SIMPLE, ["网信办"]),
        ("网信办", f"{TRADITIONAL}{SIMPLE}", ["網信辦", "网信办"]),
        # a character that stands for several
        ("发改委", "發改委的通知", ["發改委"]),
        ("理发", "去理髮", ["理髮"]),
        ("頭髮", "头发", ["头发"]),
        ("皇后", "皇后", ["皇后"]),
        ("幕后", "他在幕後", ["幕後"]),
        ("公里", "一公里", ["公里"]),
        ("台湾", "台灣、臺灣、台湾", ["台灣", "臺灣", "台湾"]),
        ("臺灣", "台灣、臺灣、台湾", ["台灣", "臺灣", "台湾"]),
        ("裡面", "裏面、里面", ["裏面", "里面"]),
        ("看著", "看着", ["看着"]),
        ("头发", "頭發", ["頭發"]),
        ("頭髮", "頭發", []),
        ("坐落", "座落", []),
        # scripts are not mixed within a term
        ("中国制造", "中国製造", []),
        ("中国制造", "中國製造", ["中國製造"]),
        # alone, only a character that stands for one
        ("国", "國", ["國"]),
        ("髮", "发展", []),
        ("后", "以後", []),
        ("里", "裡", []),
        # beside other scripts, with signs and wildcards
        ("AI网络", "新的AI網絡", ["AI網絡"]),
        ("网* 办", "網abc 辦", ["網abc 辦"]),
        ("电脑+", "電腦+", ["電腦+"]),
    ],
)
def test_both_scripts_are_found(term: str, text: str, spans: list[str]) -> None:
    assert found(term, text) == spans


def test_overlapping_spellings_are_found_once() -> None:
    assert found("国国", "国国國國国") == ["国国", "國國"]
    assert found("台台", "台台臺台") == ["台台", "臺台"]


@pytest.mark.parametrize(
    ("term", "text", "spans"),
    [
        ("里金", "派閥の裏金問題が報じられた", []),  # another word
        ("裏金", "派閥の裏金問題が報じられた", ["裏金"]),
        ("一周", "会議は一週間の予定です", []),
        ("一周", "會議為期一週", ["一週"]),
        ("制作", "電影製作\n映画の製作について", ["製作"]),  # each line has its language
        ("製作", "《君の名は》的制作团队说", ["制作"]),
        ("國會", "国会が開かれた。", ["国会"]),  # the same word
    ],
)
def test_other_words_of_japanese_are_not_found(term: str, text: str, spans: list[str]) -> None:
    assert found(term, text) == spans


def test_exact_watches_match_what_is_typed() -> None:
    assert found("网信办", f"{SIMPLE}{TRADITIONAL}", exact=True) == ["网信办"]


def test_evidence_shows_the_text_as_it_is() -> None:
    [evidence] = Matcher([OFFICE]).match(Subject(body=TRADITIONAL))
    assert evidence.sentence == TRADITIONAL
    assert [evidence.sentence[start:end] for start, end in evidence.spans] == ["網信辦"]
    assert [(hit.term, hit.count) for hit in evidence.hits] == [("网信办", 1)]


def test_the_index_alone_decides_but_for_words_of_japanese() -> None:
    assert lookup(OFFICE).exact
    assert prefilter(OFFICE) == '{body title} : ((("网 信 办") OR ("網 信 辦")))'
    assert not lookup(WatchRule("w", any=("一周",))).exact


def test_many_variant_characters_have_a_limited_number_of_spellings() -> None:
    text = "发后里台历复面干" * 20
    assert len(spellings(text)) == MOST - 1
    assert "發展和改革委員會辦公室" in spellings("发展和改革委员会办公室")


@pytest.mark.usefixtures("off")
def test_switched_off_each_script_stands_for_itself() -> None:
    assert found("网信办", f"{SIMPLE}{TRADITIONAL}") == ["网信办"]
    assert prefilter(OFFICE) == '{body title} : (("网 信 办"))'


def test_stored_articles_are_matched_again_when_the_switch_changes() -> None:
    rules = [OFFICE, WatchRule("q", query="(网信办)"), WatchRule("e", any=("kumo",), query="AI")]
    mutes = [MuteConfig(query="网信办"), MuteConfig(query="kumo")]

    def signatures() -> list[str]:
        made = [Mute.of(mute, {}, 0) for mute in mutes]
        return [*map(signature, rules), *(mute.signature for mute in made if mute)]

    on = signatures()
    use_variants(False)
    try:
        changed = [before != after for before, after in zip(on, signatures(), strict=True)]
    finally:
        use_variants(True)
    assert changed == [True, True, False, True, False]


PIECES = "网 網 办 辦 国 國 后 後 里 裏 裡 一 周 週 制 製 作 AI の が , -".split()  # noqa: SIM905
TEXTS = st.lists(st.sampled_from([*PIECES, " ", "\n"]), max_size=12).map("".join)
TERMS = st.lists(st.sampled_from(PIECES[:-4]), min_size=1, max_size=4).map("".join)
EXPRESSIONS = st.one_of(
    TERMS,
    TERMS.map("-{} 国".format),
    st.tuples(TERMS, TERMS).map(lambda pair: f"{pair[0]} OR {pair[1]}"),
    st.tuples(TERMS, TERMS).map(lambda pair: f"{pair[0]} NEAR/2 {pair[1]}"),
)


@given(EXPRESSIONS, TEXTS, TEXTS)
@example("网办 NEAR/1 国后", "網辦一國後", "")
@example("-一周 国", "一週の国が", "")
def test_index_and_memory_agree(index: Index, expression: str, title: str, body: str) -> None:
    parsed, subject = parse(expression), Subject(title=title, body=body)
    assert isinstance(parsed, Query)
    way, right = plan(parsed), matches(parsed, subject, 0)
    hit = way.fts is None or index.hit(way.fts, subject)
    assert hit or not right
    assert not way.exact or hit == right


@given(st.lists(TERMS, min_size=1, max_size=3), TEXTS)
def test_watches_match_what_their_terms_find(terms: list[str], text: str) -> None:
    compiled = [term for term in map(compile_term, terms) if term]
    matched = bool(Matcher([WatchRule("w", any=tuple(terms))]).match(Subject(title=text)))
    assert matched == any(term.spans(Folded(text)) for term in compiled)


@given(TERMS, TEXTS)
@half_as_many
def test_what_is_typed_is_found_with_and_without_the_others(term: str, text: str) -> None:
    text = f"{text}。{term}。"
    assert set(found(term, text, exact=True)) <= set(found(term, text))


@given(TERMS)
def test_other_spellings_have_as_many_characters(term: str) -> None:
    assert all(len(spelling) == len(term) and spelling != term for spelling in spellings(term))
