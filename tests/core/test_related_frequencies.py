"""The bundled table of frequencies: its form, and what young libraries and reasons take from it."""

from __future__ import annotations

import re
from collections import Counter
from importlib.resources import files

from hypothesis import given
from hypothesis import strategies as st

from tests.examples import for_each
from tuireader.related.reading.features import NAME, NUMBER, PAIR, Stats, extract
from tuireader.related.reading.frequencies import frequencies
from tuireader.related.reading.words import STOP_FOLDED, fold, is_cjk, term_hash
from tuireader.related.reasons import is_common, says_nothing, tells

LINE = re.compile(r"(2000|1000|500|250|120|60|30|15) (en|de|fr|es|pt|it|zh|ja|ko)( names)?: (\S+(?: \S+)*)")
SOURCE, _, TABLE = (
    files("tuireader.related.reading").joinpath("frequencies.txt").read_text("utf-8").partition("\n")
)
STEMS = [stem for line in TABLE.splitlines() for stem in line.partition(": ")[2].split()]
SIZES = {"en": 5500, "de": 3400, "fr": 2800, "es": 90, "pt": 60, "it": 85, "zh": 5200, "ja": 5700, "ko": 3700}


def hashed(word: str) -> int:
    return term_hash(fold(word))


def test_every_line_of_the_table_has_one_form_and_no_stem_stands_twice_in_a_language() -> None:
    stems: Counter[tuple[str, str]] = Counter()
    for line in TABLE.splitlines():
        found = LINE.fullmatch(line)
        assert found is not None, line
        assert len(line) <= 200
        for stem in found[4].split():
            stems[found[2], stem] += 1
            assert stem not in STOP_FOLDED
            assert stem == stem.casefold()
            assert (len(stem) == 2 and is_cjk(stem)) == (found[2] in ("zh", "ja", "ko")), stem
    assert {key: often for key, often in stems.items() if often > 1} == {}
    counted = Counter(language for language, _ in stems)
    assert all(counted[language] >= least for language, least in SIZES.items())


def test_the_highest_frequency_of_a_stem_counts() -> None:
    table = frequencies()
    assert table.articles.get(hashed("company")) == 2000
    assert hashed("attacks") in table.words
    assert hashed("Microsoft") in table.articles and hashed("Microsoft") not in table.words
    assert len(table.words) <= len(table.articles)
    assert all(term_hash(stem) in table.articles for stem in STEMS)


@given(st.sampled_from(STEMS), st.integers(0, 50))
def test_a_listed_word_weighs_less_and_less_so_as_the_library_counts_itself(stem: str, often: int) -> None:
    term, unknown = term_hash(stem), term_hash("zqxv")
    for articles in (10, 1000, 100_000):
        counts = {term: (often, often), unknown: (often, often)}
        stats = Stats(articles, counts)
        assert 0.1 <= stats.weight(term) <= stats.weight(unknown)
    assert Stats(1000, {}).weight(hashed("company")) < Stats(1000, {}).weight(hashed("hypervisor"))


def test_a_large_library_knows_its_own_words() -> None:
    rare, common = hashed("company"), term_hash("zqxv")
    stats = Stats(1_000_000, {rare: (5, 5), common: (100_000, 100_000)})
    assert stats.weight(rare) > stats.weight(common) + 3


def test_a_listed_word_is_no_name_in_an_empty_library() -> None:
    found = {term.shown: term for term in extract("Attackers Target Wombletech", "")}
    stats = Stats(0, {})
    assert not stats.is_name(found["Attackers"])
    assert stats.is_name(found["Wombletech"])


@for_each(
    ("shown", "kind", "expected"),
    [
        ("Wombletech", NAME, True),
        ("Attack", NAME, False),
        ("attack", 0, False),
        ("Oracle", NAME, True),
        ("Oracle's", NAME, True),
        ("SAC", NAME, True),
        ("Montag", NAME, False),
        ("LLC", NAME, False),
        ("5,561", NUMBER, True),
        ("40s", NUMBER, False),
        ("2025", NUMBER, False),
        ("Collins Wombletech", PAIR | NAME, True),
        ("Globe Newswire", PAIR | NAME, False),
        ("cyber attack", PAIR, False),
        ("Internet Explorer", PAIR | NAME, True),
        ("plum cake", PAIR, True),
        ("New Company", PAIR | NAME, False),
    ],
)
def test_what_tells(shown: str, kind: int, expected: bool) -> None:
    term = term_hash(fold(shown))
    assert tells(term, shown, (kind, kind), {term: kind << 8}) is expected


def test_a_phrase_of_common_words_tells_if_both_articles_have_it_in_capitals() -> None:
    shown, term = "Privacy Commission", term_hash("privacycommission")
    assert tells(term, shown, (PAIR | NAME, PAIR | NAME), {})
    assert not tells(term, shown, (PAIR | NAME, PAIR), {})


def test_a_phrase_around_a_name_or_an_amount_tells_nothing_more() -> None:
    for shown, part in (("Wombletech rushes", NAME), ("seize $2.8M", NUMBER)):
        words = {term_hash(fold(word)): 0 for word in shown.split()}
        assert tells(1, "Wombletech rushes", (PAIR, PAIR), words)
        which = shown.split()[0 if part == NAME else 1]
        assert not tells(1, shown, (PAIR, PAIR), words | {term_hash(fold(which)): part << 8})


def test_common_words_are_the_listed_ones_and_credits() -> None:
    assert is_common(hashed("attacks")) and not says_nothing("attacks")
    assert says_nothing("Reuters") and says_nothing("Getty Images")
    assert not is_common(hashed("zqxv")) and not says_nothing("zqxv")


def test_names_with_an_ampersand_are_one_term() -> None:
    shown = {term.shown for term in extract("M&S and AT&T share R&D, Marks & Spencer too", "")}
    assert {"M&S", "AT&T", "R&D", "Marks", "Spencer"} <= shown
