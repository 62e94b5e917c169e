"""Laying out a page: chunks, places, hits, and lines exactly as wide as the pane."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.ui.samples import TEXT
from tests.ui.shelf import NOW
from tuireader.document import Block, BlockKind, Document, Link, Span, SpanKind, parse
from tuireader.model import Article, EarlierArticle, Evidence, Related, Relation, Story, StoryEntry
from tuireader.ui.drawing import styles
from tuireader.ui.drawing.layout import Layout, LineKind, draw
from tuireader.ui.drawing.page import build_page, relabelled
from tuireader.ui.drawing.page_parts import Page, Part
from tuireader.ui.drawing.page_tail import build_tail
from tuireader.ui.drawing.themes import DARK

STYLES = styles.make(DARK.to_color_system().generate(), dark=True, watch_colors={"W": "magenta"})


def article(html: str = "", title: str = "A title") -> Article:
    return Article(
        id=1,
        feed_id=1,
        feed_title="Feed",
        title=title,
        url="https://a.example/",
        author="",
        time=NOW,
        published=NOW,
        arrived=NOW,
        read=False,
        starred=False,
        edited=False,
        html=html,
        base_url="",
    )


def page(document: Document, term: str = "") -> Page:
    def highlights(text: str) -> list[tuple[int, int, str]]:
        at = text.find(term) if term else -1
        return [(at, at + len(term), "W")] if at >= 0 else []

    shown = replace(article(), evidence=(Evidence("W"),) if term else ())
    return build_page(shown, document, highlights, lambda command: command, NOW)


def shown(made: Page, width: int) -> list[str]:
    layout = Layout(made.head, width)
    layout.extend(10**6)
    return [draw(layout.parts[line.part], line, STYLES, width).text for line in layout.lines]


def test_links_are_numbered_and_hits_move_with_the_numbers() -> None:
    text = "see here and the WORD there"
    spans = (Span(4, 8, SpanKind.LINK, 1), Span(22, 27, SpanKind.LINK, 2))
    document = Document(
        (Block(BlockKind.PARAGRAPH, text, spans),),
        (Link(1, "https://a.example/", "here"), Link(2, "https://b.example/", "there")),
    )
    made = page(document, "WORD")
    part = next(part for part in made.head if "WORD" in part.text)
    assert part.text == "see here[1] and the WORD there[2]"
    hit = made.hits[0]
    assert part.text[hit.start : hit.end] == "WORD" and made.head[hit.part] is part


def test_the_numbers_of_links_leave_the_columns_of_a_table_where_they_are() -> None:
    row = "<tr><td><a href=https://a.example/{0}>{1}</a><td>{2}<td><a href=https://b.example/{0}>more</a>"
    rows = row.format(1, "Kumo", "Osaka") + row.format(2, "Lantern Pay", "Ghent")
    made = page(parse(f"<table><tr><th>Name<th>Seat<th>See{rows}</table>"))
    head, line, *rest = next(part.text for part in made.head if "Kumo" in part.text).split("\n")
    assert head == "Name           │ Seat  │ See" and line == "───────────────┼───────┼────────"
    assert rest == ["Kumo[1]        │ Osaka │ more[2]", "Lantern Pay[3] │ Ghent │ more[4]"]


def test_links_without_room_in_a_table_have_no_number() -> None:
    cell = "<td><a href=https://a.example/>a rather long name of a thing</a>"
    made = page(parse(f"<table><tr>{cell * 2}<tr>{cell * 2}</table>", width=40))
    part = next(part for part in made.head if "rather" in part.text)
    assert {line.find("│") for line in part.text.split("\n")} == {part.text.find("│")}


def test_what_a_term_means_stands_below_it() -> None:
    lines = shown(page(parse("<p>Before.</p><dl><dt>Term</dt><dd>Its sense.</dd><dt>Other</dt></dl>")), 60)
    at = next(number for number, line in enumerate(lines) if line.startswith("Term"))
    assert [line.rstrip() for line in lines[at - 1 : at + 4]] == ["", "Term", "  Its sense.", "", "Other"]


def test_reports_of_the_same_time_are_told_as_such() -> None:
    reports = (
        StoryEntry(1, "A title", "", "Feed", NOW, 0, False),
        StoryEntry(2, "Another", "", "Wire", NOW, 0, False),
        StoryEntry(3, "A third", "", "Wire", NOW + 40, 40, False),
    )
    tail = build_tail(page(parse("")), (), lambda command: command, Story(7, reports))
    facts = [part.text.split("\n")[1] for part in tail.parts if part.text.startswith("A")]
    assert facts[1:] == ["same time · Wire", "+40 s · Wire"]


def test_items_code_and_quotes_have_their_marks() -> None:
    lines = shown(page(parse(TEXT)), 60)
    assert any(line.startswith("• Tickets live in the app") for line in lines)
    assert any(line.startswith("▎ Nobody will be left") for line in lines)
    assert any("  # 14 crowns" in line for line in lines)


@given(st.integers(4, 100))
@settings(max_examples=20)
def test_every_line_is_exactly_as_wide_as_the_pane(width: int) -> None:
    document = parse(
        TEXT + '<img src="https://a.example/x.png" alt="A picture of a very long quay">'
        "<table><tr><td>one</td><td>two</td></tr></table><hr><p>微信暂停新用户注册👨‍👩‍👧，预计八月</p>"
    )
    made = page(document)
    layout = Layout(made.head, width)
    layout.extend(10**6)
    for line in layout.lines:
        strip = draw(layout.parts[line.part], line, STYLES, layout.width)
        if layout.width >= 24:
            assert strip.cell_length == sum(segment.cell_length for segment in strip)
            assert strip.cell_length == layout.width


def test_laid_out_in_chunks_is_as_laid_out_at_once() -> None:
    made = page(parse(TEXT * 30))
    whole, chunks = Layout(made.head, 70), Layout(made.head, 70)
    whole.extend(10**9)
    while not chunks.complete:
        chunks.extend(len(chunks.lines) + 7)
    assert chunks.lines == whole.lines


@given(st.integers(1, 90), st.lists(st.sampled_from(["law", "to read", "標籤 🚀"]), max_size=9))
@settings(max_examples=60)
def test_other_labels_leave_the_rest_as_it_is(width: int, names: list[str]) -> None:
    bare = page(parse(TEXT))
    before = Layout(bare.head, width)
    before.extend(10**9)
    made = relabelled(bare, tuple(names))
    following = before.lines[before.top_of(2) :]
    before.parts = made.head
    before.show_art(1, None)
    whole = Layout(made.head, width)
    whole.extend(10**9)
    assert (before.lines, before.firsts) == (whole.lines, whole.firsts)
    assert before.lines[before.top_of(2) :] == following
    assert made.article.labels == tuple(names) and relabelled(made, ()) == bare


@given(st.integers(0, 400), st.integers(20, 90), st.integers(20, 90))
@settings(max_examples=60)
def test_a_place_is_found_again_at_any_width(number: int, before: int, after: int) -> None:
    made = page(parse(TEXT * 3))
    old = Layout(made.head, before)
    old.extend(10**6)
    line = number % len(old.lines)
    place = old.place_of(line)
    new = Layout(made.head, after)
    found = new.lines[new.line_at(place)] if place else None
    if found is not None:
        offset = new.parts[found.part].offset
        assert offset + found.start <= place <= offset + max(found.end, found.start) + 1


def test_line_of_lays_out_as_far_as_needed() -> None:
    made = page(parse(TEXT * 30), "crowns")
    layout = Layout(made.head, 70)
    layout.extend(1)
    hit = made.hits[-1]
    line = layout.lines[layout.line_of(hit.part, hit.start)]
    assert line.start <= hit.start < line.end and line.kind in (LineKind.FIRST, LineKind.REST)


def test_empty_text_says_what_to_do() -> None:
    assert any("has no text" in line for line in shown(page(Document()), 80))


def test_earlier_articles_are_listed_with_their_marks_and_sentences_whatever_their_relation() -> None:
    earlier = (EarlierArticle(2, "A first", "It was banned."), EarlierArticle(3, "A second", "So it was."))
    related = (
        Related(Relation.SAME_STORY, "A first", 2, "", "Wire", NOW - 9, "Didi", sentence="It was banned."),
        Related(Relation.FOLLOW_UP, "A later", 4, "", "Wire", NOW + 9, "Didi", sentence="It is over."),
    )
    reports = (
        StoryEntry(3, "A second", "", "Wire", NOW, 0, False),
        StoryEntry(1, "A title", "", "", NOW, 9, True),
    )
    text = parse("<p>So it was. It was banned.</p>")
    made = build_page(replace(article(), earlier=earlier), text, lambda _: [], str, NOW)
    lines = [part.first + part.text for part in build_tail(made, related, str, Story(7, reports)).parts]
    assert made.numbers == {3: 1, 2: 2}
    assert lines[1].startswith("‹1› • A second\n") and lines[3:5] == ["Follow-up", lines[4]]
    assert lines[4:6] == ["    • A later\nWire · same time · Didi", "      refers to this: “It is over.”"]
    assert lines[6:] == ["Background", "“It was banned.”", "‹2› • A first\nWire · same time · Didi"]


WORDS = st.lists(
    st.sampled_from(["a", "words", "微信暂停注册", "e\u0301", "x" * 90, "👍🏽"]), min_size=1, max_size=40
)


@given(WORDS, st.integers(8, 60), st.integers(1, 3), st.sampled_from(["", "”"]))
def test_a_part_with_a_maximum_of_lines_is_cut_within_its_width(
    words: list[str], width: int, most: int, end: str
) -> None:
    text = " ".join(words) + end
    whole, made = (Layout([Part(text, first="  ", rest="  ", most=limit)], width) for limit in (0, most))
    for layout in (whole, made):
        layout.extend(10**6)
    assert len(made.lines) == min(most, len(whole.lines))
    lines = [draw(made.parts[0], line, STYLES, width) for line in made.lines]
    assert all(line.cell_length == width for line in lines)
    cut = len(whole.lines) > most
    assert (made.lines[-1].kind is LineKind.CUT) == cut
    assert lines[-1].text.rstrip().endswith(f"…{end}") == cut
    assert all(line.text.startswith("  ") for line in lines)


def test_a_side_column_stands_right_of_the_first_line_at_every_width() -> None:
    text = "A title of several words that needs more than a line"
    for most in (1, 2):
        part = Part(text, first="09:55 ●   ", rest="      │   ", most=most, side="The Ledger of Bits")
        for width in (40, 78, 104):
            layout = Layout([part], width)
            layout.extend(9)
            lines = [draw(part, line, STYLES, width) for line in layout.lines]
            assert len(lines) <= most and all(line.cell_length == width for line in lines)
            first, *others = [line.text for line in lines]
            column = width - min(20, width // 4)
            assert first.startswith("09:55 ●   A title")
            assert first[column - 2 : column + 3] == "  The"
            assert all(line.startswith("      │   ") and not line[column:].strip() for line in others)
