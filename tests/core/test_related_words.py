"""Text → folded terms."""

from __future__ import annotations

from string import printable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuireader.lexicon.variants import simplified
from tuireader.related.rank import rank, reason
from tuireader.related.reading.features import Profile, Stats, extract, weigh
from tuireader.related.reading.words import count_terms, fold, folded, phrases, term_hash, tokens


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Regulators", "regulator"),
        ("ordered", "orders"),
        ("breached", "breaches"),
        ("stopping", "stopped"),
        ("companies", "company"),
        ("Beijing’s", "Beijing"),
        ("Beijing's", "beijing"),
        ("Müller", "MULLER"),
        ("£14m", "$14 million"),
        ("4,000", "4000"),
        ("2.5bn", "2.5 billion"),
    ],
)
def test_forms_of_one_word_fold_to_one_term(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_different_words_stay_apart() -> None:
    for pair in ("news new", "Bing B", "14m 14bn", "red r", "US u", "Texas Texan"):
        one, other = map(fold, pair.split())
        assert one != other, pair


def test_cjk_runs_become_bigrams_beside_latin_words() -> None:
    assert folded("微信暂停App注册") == ["微信", "信暂", "暂停", "app", "注册"]
    assert folded("車") == ["车"]


def test_characters_of_china_taiwan_and_japan_are_one() -> None:
    for told in ("鐵道會社", "鉄道会社", "铁道会社"):
        assert folded(told) == ["铁道", "道会", "会社"]
        assert count_terms(told).keys() == {term.hash for term in extract(told, "")}
    assert [term.shown for term in extract("鉄道", "")] == ["鉄道"]  # as it is written
    assert simplified("ソフトバンク Ω 한국") == "ソフトバンク Ω 한국"


def test_a_vulnerability_number_is_one_term_however_it_is_dashed() -> None:
    assert folded("CVE-2024-12345 again") == ["cve-2024-12345", "again"]


def test_words_that_stand_together_are_told_from_words_that_a_comma_parts() -> None:
    adjoins = [adjoins for *_, adjoins in tokens("cyber-attack on T-Mobile, Orange")]
    assert adjoins == [False, True, True, True, True, False]


@settings(max_examples=60)
@given(st.text())
def test_any_text_gives_terms_without_spaces_and_known_hashes(text: str) -> None:
    words = folded(text)
    for shown, word in zip([shown for shown, *_ in tokens(text)], words, strict=True):
        assert word
        assert shown in text
        assert 0 <= term_hash(word) < 2**32


@given(st.text(st.sampled_from(printable)))  # what comes in has no other control characters
def test_ascii_texts_are_split_like_any_others(text: str) -> None:
    assert [*folded(text), "微"] == folded(f"{text} 微")
    assert [shown for shown, *_ in tokens(text)] == [shown for shown, *_ in tokens(f"{text} 微")][:-1]


def test_a_phrase_of_a_script_without_blanks_is_what_comes_again_whole() -> None:
    others = ["腾讯：微信暂停个人新用户注册", "微信安全技术升级，新用户注册暂停"]
    found = phrases("微信暂停新用户注册，进行安全技术升级", others)
    assert found == ["微信", "暂停", "新用户注册", "安全技术升级"]
    assert phrases("苹果派", []) == ["苹果派"]  # a short run by itself
    assert phrases("WeChat pauses", others) == []


def profile(number: int, *, dated: bool = True) -> Profile:
    """A profile as the store makes it, in a library that is still empty."""
    features = extract("Rollo fined by Cyberspace Office", "The ride app Rollo must pay a fine.")
    return weigh(number, 1_625_000_000 + number, dated, number, features, Stats(0, {}))


def test_an_article_is_no_relative_of_itself_even_when_it_is_offered() -> None:
    one, two = profile(1), profile(2)
    found = rank(one, {1: one, 2: two}, {1: 1.0, 2: 0.99})
    assert [each.article_id for each in found] == [2]


def test_a_reason_says_nothing_of_time_without_a_date() -> None:
    assert reason(profile(1), profile(2, dated=False)).startswith("shares ")
    assert not reason(profile(1), profile(2)).startswith("shares ")
    bread = weigh(3, 0, False, 3, extract("Baking bread", "Flour and water."), Stats(0, {}))
    assert reason(bread, profile(1)) == ""


def test_words_that_are_names_only_at_the_start_of_a_sentence_make_no_pair() -> None:
    features = extract("Baking", "Sourdough Kvass is good.")
    words = {term.hash: (9, 9) for term in features if not term.parts}
    pairs = [term.hash for term in features if term.parts]
    assert pairs and not set(pairs) & weigh(1, 0, False, 1, features, Stats(10, words)).terms.keys()
    assert set(pairs) <= weigh(1, 0, False, 1, features, Stats(10, {})).terms.keys()
