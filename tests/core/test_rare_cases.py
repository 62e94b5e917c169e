"""Branches of the pure core that no story comes by, each with the case that needs it."""

from __future__ import annotations

from tuireader.config.toml_lines import StatementKind, statements
from tuireader.document import parse
from tuireader.document.blocks import Block, BlockKind
from tuireader.document.tables import WIDEST, Cell, lay_out
from tuireader.export.brief import Report, build, render
from tuireader.model import Evidence
from tuireader.related.features import Profile, Stats, extract, weigh
from tuireader.related.rank import rank, reason
from tuireader.text import canonical_url, plain


def test_a_watch_without_words_has_no_sentence_to_quote() -> None:
    starred = Evidence("Starred")
    report = Report(1, "Fog", "https://quay.example/1", "The Quay", 1_700_000_000, evidence=(starred,))
    text = render(build([report], ["Starred"]), "md")
    assert "## Starred" in text and ">" not in text.replace("(<", "").replace(">)", "")


def test_nothing_is_read_inside_of_an_embed_or_a_noscript() -> None:
    for html in (
        "<p>a<iframe src='https://e.org/v'>text<b>more</b></iframe>b</p>",
        "<p>a<object data='https://e.org/v'>text</object>b</p>",
        "<p>a<noscript>text<img src='https://e.org/p.png'>text</noscript>b</p>",
        "<video src='https://e.org/v.mp4'>text</video>",
    ):
        assert "text" not in "".join(block.text for block in parse(html, "https://e.org/").blocks)


def test_a_row_without_a_word_is_left_out_of_a_wide_table() -> None:
    heads = "".join(f"<th>Head number {n} of the table</th>" for n in range(12))
    full = "".join(f"<td>a long enough field {n}</td>" for n in range(12))
    table = f"<table><tr>{heads}</tr><tr>{'<td></td>' * 12}</tr><tr>{full}</tr></table>"
    texts = [block.text for block in parse(table, "").blocks]
    assert len(texts) == 1 and texts[0].startswith("Head number 0 of the table: a long enough field 0\n")
    wide = [Cell([Block(BlockKind.PARAGRAPH, "a long enough field " * 3)]) for _ in range(12)]
    laid_out = lay_out([wide, [Cell([]) for _ in range(12)], wide], 0, 0, WIDEST)
    assert laid_out is not None and len(laid_out) == 1


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
    features = extract("Baking", "Slow Bread is good.")
    words = {term.hash: (9, 9) for term in features.terms if not term.parts}
    pairs = [term.hash for term in features.terms if term.parts]
    assert pairs and not set(pairs) & weigh(1, 0, False, 1, features, Stats(10, words)).terms.keys()
    assert set(pairs) <= weigh(1, 0, False, 1, features, Stats(10, {})).terms.keys()


def test_a_form_feed_is_a_blank_and_no_reason_to_look_at_each_character() -> None:
    assert plain("one\x0ctwo") == "one two"


def test_an_address_that_name_servers_cannot_know_is_compared_as_it_is() -> None:
    odd = f"https://{'é' * 64}.org/a"
    assert canonical_url(odd) == odd


def test_a_line_that_is_no_pair_is_kept_as_it_is() -> None:
    found = list(statements("what is this\na = 1\n"))
    assert [(one.kind, one.name) for one in found][:2] == [
        (StatementKind.PAIR, ""),
        (StatementKind.PAIR, "a"),
    ]
    assert [one.name for one in statements('\'a b\' = 1\n"c\\u0064" = 2\n"\\q" = 3\n')] == [
        "a b",
        "cd",
        "\\q",
    ]
