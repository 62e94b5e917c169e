"""Evidence sentences: where they begin and end, and how long ones are cut."""

from __future__ import annotations

import re

from tuireader.watch.sentences import best_sentence, cut, line_around, sentences_in, span_of_sentences


def test_a_quoted_abbreviation_does_not_end_a_sentence() -> None:
    def parts(text: str) -> list[str]:
        return [text[first:last] for first, last in sentences_in(text, 0, len(text))]

    assert parts('He met ("Dr. Who" of old). She left.') == ['He met ("Dr. Who" of old).', "She left."]
    assert parts("It is U.S. Policy now. She left.") == ["It is U.S. Policy now.", "She left."]
    assert parts("They met Mr. Who. She left.") == ["They met Mr. Who.", "She left."]
    assert parts("They met Dr.) Who. She left.")[-1] == "She left."


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
    assert line_around("\nkumo", 1, 5) == (1, 5)
    long = "x" * 5000
    left, right = line_around(long, 2500, 2504)
    assert left % 250 == 0 and 250 <= 2500 - left <= 500 and 250 <= right - 2504 <= 500
    for begin in (1001, 1100, 1240):
        left, right = line_around(long, begin, begin + 4)
        assert (left, right) == (750, 1500)
