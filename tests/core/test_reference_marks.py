"""Marks at the ends of sentences that refer to earlier articles."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tuireader.document import BlockKind, Document, SpanKind, mark_references, parse
from tuireader.text import plain

BAN = "Earlier this month, China ordered a ban on new downloads of Didi."


def marked(html: str, *references: tuple[int, str]) -> str:
    """The text of a document with its marks, a line for each block."""
    return "\n".join(block.text for block in mark_references(parse(html), references).document.blocks)


def labels(document: Document) -> list[str]:
    """The marks of a document, as their spans give them."""
    return [
        block.text[span.start : span.end]
        for block in document.blocks
        for span in block.spans
        if span.kind is SpanKind.REFERENCE
    ]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (f"<p>{BAN} More.</p>", f"{BAN}‹1› More."),
        (BAN, f"{BAN}‹1›"),
        (f"<p>First.</p><p>{BAN}</p>", f"First.\n{BAN}‹1›"),
        (f"<ul><li>{BAN}<li>b</ul>", f"{BAN}‹1›\nb"),
        ("<p>" + BAN.replace(" ", "\n\t ") + "</p>", f"{BAN}‹1›"),
        ("<p>" + BAN.replace("a ban", "a <a href='/x'><b>ban</b></a>") + " More.</p>", f"{BAN}‹1› More."),
        ("<p>" + BAN.replace("on new", "on<br>new") + "</p>", BAN.replace("on new", "on\nnew") + "‹1›"),
        (f"<p>“{BAN}” he said.</p>", f"“{BAN}”‹1› he said."),
        (f"<p>{BAN.removesuffix('.')}</p>", BAN.removesuffix(".")),
        (f"<p>It was edited: {BAN.lower()}</p>", f"It was edited: {BAN.lower()}"),
    ],
)
def test_a_mark_stands_after_the_sentence(html: str, expected: str) -> None:
    assert marked(html, (7, BAN)) == expected


def test_a_sentence_around_an_image_is_found() -> None:
    html = "<p>Earlier this month, <img src=/a.jpg alt=Taxi> China ordered a ban.</p>"
    assert marked(html, (7, "Earlier this month, China ordered a ban.")) == (
        "Earlier this month, China ordered a ban.‹1›\nTaxi"
    )


def test_chinese_sentences() -> None:
    html = "<p>滴滴出行昨日被下架。本月早些时候，监管部门要求微信暂停新用户注册。其后股价下跌。</p>"
    assert marked(html, (7, "本月早些时候，监管部门要求微信暂停新用户注册。")) == (
        "滴滴出行昨日被下架。本月早些时候，监管部门要求微信暂停新用户注册。‹1›其后股价下跌。"
    )


def test_articles_are_numbered_in_the_order_of_the_text() -> None:
    html = "<p>One. Two. Three.</p><p>Four.</p>"
    found = mark_references(parse(html), [(50, "Four."), (40, "Two."), (30, "Two."), (40, "Three.")])
    assert [block.text for block in found.document.blocks] == ["One. Two.‹1›‹2› Three.‹1›", "Four.‹3›"]
    assert found.articles == (40, 30, 40, 50) and found.numbers == {40: 1, 30: 2, 50: 3}


def test_sentences_that_are_not_found_have_no_number() -> None:
    found = mark_references(parse("<p>One. Two.</p>"), [(1, "Gone."), (2, "Two."), (3, ""), (4, " \n")])
    assert found.document.blocks[0].text == "One. Two.‹1›" and found.numbers == {2: 1}
    document = parse("<p>One.</p>")
    assert mark_references(document, []).document == document


def test_of_repeated_sentences_the_first_whole_one_is_marked() -> None:
    html = "<p>In April, South China banned it. China banned it. China banned it.</p>"
    assert marked(html, (7, "China banned it.")) == (
        "In April, South China banned it. China banned it.‹1› China banned it."
    )
    assert marked("<p>So it was. South it was.</p>", (7, "it was.")) == "So it was.‹1› South it was."


def test_markup_of_the_terminal_and_marks_of_others_are_text() -> None:
    html = "<p>[red]It was ‹1› [/] banned.[1]</p><p>So ‹1›.</p>"
    assert marked(html, (7, "[red]It was ‹1› [/] banned.")) == "[red]It was ‹1› [/] banned.‹1›[1]\nSo ‹1›."
    assert labels(mark_references(parse(html), [(7, "So ‹1›.")]).document) == ["‹1›"]


def test_controls_and_bidi_characters_do_not_hide_a_sentence() -> None:
    html = "<p>It was\u202e ban\u200bned\x1b[31m in Ap&shy;ril.\u2066 So.</p>"
    assert marked(html, (7, plain(html).partition(" So.")[0])) == "It was banned in April.‹1› So."


def test_spans_keep_their_words() -> None:
    html = "<p><b>It was <i>banned.</i></b> <a href=/x>See. That.</a> <u>x</u></p>"
    (block,) = mark_references(
        parse(html, "https://a.example/"), [(1, "It was banned."), (2, "See.")]
    ).document.blocks
    assert block.text == "It was banned.‹1› See.‹2› That. x"
    assert {(span.kind, block.text[span.start : span.end]) for span in block.spans} == {
        (SpanKind.STRONG, "It was banned."),
        (SpanKind.EM, "banned."),
        (SpanKind.LINK, "See.‹2› That."),
        (SpanKind.REFERENCE, "‹1›"),
        (SpanKind.REFERENCE, "‹2›"),
    }


@pytest.mark.parametrize("html", [f"<pre>{BAN}</pre>", f"<table><tr><td>{BAN}<td>x<tr><td>a<td>b</table>"])
def test_code_and_tables_have_no_marks(html: str) -> None:
    found = mark_references(parse(html), [(7, BAN)])
    assert found.document == parse(html) and not found.numbers


@pytest.mark.parametrize("sentence", ["a" * 500, "a", "a" * 199_999 + "b"])
def test_hostile_repetitions_take_linear_time(sentence: str) -> None:
    document = parse("<p>" + "a" * 200_000 + "</p>")
    started = time.process_time()
    mark_references(document, [(number, sentence) for number in range(1000)])
    assert time.process_time() - started < 4


PIECES = st.sampled_from(
    [
        "It was banned. ",
        "<b>Old</b> news.",
        "微信暂停注册。",
        "[red]",
        "‹1›",
        "<a href=/x>See. ",
        "</a>",
        "<br>",
        "<p>",
        "<sup>2</sup>",
        "<pre>",
        "</pre>",
        "\u202e",
        "\x1b[31m",
        "&amp;",
        "e\u0301\u0301",
        "”",
        " ",
        "<img src=/a.jpg>",
        "<table><tr><td>a.<td>b.</table>",
        "<li>One. ",
        "👩‍👩‍👧.",
    ]
)


@given(
    st.lists(PIECES, max_size=30).map("".join),
    st.lists(st.tuples(st.integers(1, 4), st.integers(0, 40), st.integers(1, 30)), max_size=8),
)
@example("<p>It was banned. ", [(1, 0, 14), (2, 0, 14)])
def test_any_sentence_of_any_text(html: str, cuts: list[tuple[int, int, int]]) -> None:
    document, text = parse(html, "https://a.example/"), plain(html)
    references = [(article, text[start : start + length]) for article, start, length in cuts]
    found = mark_references(document, references)
    assert sorted(found.numbers.values()) == list(range(1, len(found.numbers) + 1))
    assert set(found.numbers) <= {article for article, _ in references}
    made = labels(found.document)
    assert made == [f"‹{found.numbers[article]}›" for article in found.articles]
    assert len(found.document.blocks) == len(document.blocks)
    for before, after in zip(document.blocks, found.document.blocks, strict=True):
        own = [span for span in after.spans if span.kind is SpanKind.REFERENCE]
        bare = after.text
        for span in reversed(own):
            bare = bare[: span.start] + bare[span.end :]
        assert bare == before.text  # nothing but marks was added
        assert len(after.spans) == len(before.spans) + len(own)
        assert all(0 <= span.start < span.end <= len(after.text) for span in after.spans)
        assert not own or after.kind in (BlockKind.PARAGRAPH, BlockKind.ITEM, BlockKind.HEADING)


SENTENCES = st.lists(
    st.sampled_from(
        ["It was banned in May.", "微信本月停止注册。", "He “left”.", "Prices rose 3.5 %!", "So?"]
    ),
    min_size=1,
    max_size=6,
    unique=True,
)


@settings(max_examples=50)
@given(SENTENCES, st.data())
def test_each_sentence_of_ordinary_text_is_found(sentences: list[str], data: st.DataObject) -> None:
    """Tags within a sentence, wrapped lines and further paragraphs change nothing."""
    html = ""
    for sentence in sentences:
        at = data.draw(st.integers(0, len(sentence)))
        tag = data.draw(st.sampled_from(["b", "em", "a href=/x", "span", "u"]))
        inner = f"{sentence[:at]}<{tag}>{sentence[at:]}</{tag.split()[0]}>".replace(
            " ", data.draw(st.sampled_from([" ", "\n  "]))
        )
        html += inner + data.draw(st.sampled_from([" ", "<p>", "<br>"]))
    found = mark_references(parse(html, "https://a.example/"), list(enumerate(sentences, 1)))
    assert found.articles == tuple(range(1, len(sentences) + 1))
    squeezed = "".join("".join(block.text for block in found.document.blocks).split())
    assert squeezed == "".join(f"{''.join(one.split())}‹{at}›" for at, one in enumerate(sentences, 1))
