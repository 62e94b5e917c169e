"""The head of an article, evidence as cards, images, and the lists below the text in two columns."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.ui.running import Running, running
from tests.ui.samples import FEEDS, one
from tests.ui.shelf import NOW, Shelf, Site, story
from tests.ui.test_layout import STYLES, article
from tuireader.document import Block, BlockKind, Document, Picture, parse
from tuireader.errors import TuireaderError
from tuireader.model import (
    Article,
    EarlierArticle,
    Evidence,
    FullText,
    Pixels,
    Related,
    Relation,
    TermHit,
)
from tuireader.store import Store
from tuireader.text import cell_len
from tuireader.ui.drawing import styles
from tuireader.ui.drawing.layout import Art, Layout, Overlay, draw, ranges
from tuireader.ui.drawing.page import build_page, evidence_parts, relabelled
from tuireader.ui.drawing.page_blocks import hinted, picture_part
from tuireader.ui.drawing.page_parts import Page, Part, joined
from tuireader.ui.drawing.page_tail import build_tail
from tuireader.ui.drawing.themes import DARK
from tuireader.watch import Matcher, Subject, WatchRule

QUAY = "https://a.example/quay.png"


def page(shown: Article, html: str = "") -> Page:
    keys = {"next_language": "I", "changes": "D", "pictures": "ctrl+p"}
    text = parse(html) if html else Document()
    return build_page(shown, text, lambda _: [], lambda name: keys.get(name, name), NOW)


def lines(parts: tuple[Part, ...] | list[Part], width: int, *, hints: bool = False) -> list[str]:
    layout = Layout(parts, width, hints=hints)
    layout.extend(10**6)
    strips = [draw(layout.parts[line.part], line, STYLES, layout.width) for line in layout.lines]
    assert all(strip.cell_length == layout.width for strip in strips)
    return [strip.text.rstrip() for strip in strips]


# --------------------------------------------------------------------------- the facts below the title

FACTS = replace(
    article(title="Title"), author="Ada Quist", language="en", languages=("en", "zh", "ja"), edited=True,
    other_feeds=("Wire · Asia",), html="<p>word</p>",
)  # fmt: skip


@pytest.mark.parametrize(
    ("width", "facts"),
    [
        (100, "Feed · Ada Quist · Mon 21 Sep 14:13 · 1 min · also in Chinese, Japanese (I) · edited (D)"),
        (87, "Feed · Ada Quist · Mon 21 Sep 14:13 · 1 min · also in Chinese, Japanese (I)"),
        (74, "Feed · Ada Quist · Mon 21 Sep 14:13 · 1 min"),
        (42, "Feed · Ada Quist · Mon 21 Sep 14:13"),
        (20, "Feed · Ada Quist"),
        (10, "Feed"),
        (4, "Feed"),
    ],
)
def test_the_facts_stand_on_one_line_between_blank_ones_and_those_at_the_end_are_left_out(
    width: int, facts: str
) -> None:
    shown = lines(page(FACTS, "<p>word</p>").head, width)
    at = shown.index("Title" if width > 4 else "Titl") + (1 if width > 4 else 2)
    assert [line.replace("\u00a0", " ") for line in shown[at : at + 3]] == ["", facts, ""]


def test_facts_are_units_even_if_they_look_like_several() -> None:
    facts = page(FACTS).head[1].text.split(" · ")
    assert facts[-1] == joined("also Wire · Asia") and len(facts) == 7


def test_an_article_with_less_says_less_and_another_year_is_named() -> None:
    bare = replace(article(title=""), author="Feed", feed_title="Feed", published=NOW - 400 * 86400)
    shown = lines(page(bare).head, 80)
    assert shown[1:4] == ["(no title)", "", "Feed · Sun 17 Aug 2025 14:13"]
    long = replace(article(), author="Ada Quist, " * 20, feed_title="渡轮" * 30)
    feed, author, *_ = page(long).head[1].text.split(" · ")
    assert feed.endswith("…") and author.endswith("…") and cell_len(feed) <= 32 >= cell_len(author)


def test_labels_stand_below_the_facts() -> None:
    labelled = relabelled(page(FACTS, "<p>word</p>"), ("law", "to read"))
    assert lines(labelled.head, 44)[3:5] == [
        "Feed · Ada Quist · Mon 21 Sep 14:13 · 1 min",
        "# law  # to read",
    ]


def test_a_full_text_is_named_once() -> None:
    full = replace(article(), full=FullText("<p>word</p>", "", NOW, True))
    hits = (TermHit("W", "body", 2), TermHit("W", "full text", 6))
    made = page(replace(full, evidence=(Evidence("W", hits),)), "<p>word</p>")
    assert made.head[1].text.endswith("1 min · full text") and made.head[2].text == "W  full text ×6"
    same = (TermHit("W", "body", 2), TermHit("W", "full text", 2))
    assert evidence_parts(Evidence("W", same))[0].text == "W  body ×2"


# --------------------------------------------------------------------------- evidence


def test_watches_with_the_same_sentence_share_a_card_with_the_terms_of_all() -> None:
    sentence = "WeChat waits for the PIPL."
    body = (TermHit("WeChat", "title", 1), TermHit("WeChat", "body", 5), TermHit("Weixin", "body", 1))
    parts = evidence_parts(
        Evidence("WeChat", body, sentence, ((0, 6),)),
        Evidence("Law", (TermHit("fine", "url", 1),), "Another.", ((0, 2),)),
        Evidence("中国", (TermHit("PIPL", "body", 1),), sentence, ((21, 25),)),
    )
    assert [part.first + part.text for part in parts] == [
        "▌ WeChat  title, body ×6", "▌ 中国    body", f"▌ “{sentence}”", "▌ Law  url (fine)", "▌ “Another.”",
    ]  # fmt: skip
    assert [part.lead for part in parts] == [
        f"watch:{name}" for name in ("WeChat", "中国", "WeChat", "Law", "Law")
    ]
    assert [mark.style for mark in parts[2].marks] == ["hit:WeChat", "hit:中国"]
    assert [parts[2].text[mark.start : mark.end] for mark in parts[2].marks] == ["WeChat", "PIPL"]
    assert [part.gap for part in parts] == [1, 0, 0, 0, 0]
    shown = lines(parts, 16)
    assert all(line.startswith("▌ ") for line in shown if line)
    assert "▌ WeChat  title…" in shown or "▌ WeChat  title," in "\n".join(shown)


def test_a_sentence_that_is_the_title_and_a_watch_without_terms_are_one_line() -> None:
    parts = evidence_parts(
        Evidence("W", (TermHit("A", "title", 1),), "A title", ((0, 1),)), Evidence("Starred"), title="A title"
    )
    assert [part.text for part in parts] == ["W  title", "Starred"]


def test_matches_say_what_is_special_about_them() -> None:
    hits = (TermHit("微信", "body", 1, 1),)
    part = evidence_parts(Evidence("W", hits, "", (), 3, "Wire", 0, NOW - 60, True))[0]
    assert part.text == (
        "W  body · uncertain: across word boundaries · matched until edited 21 Sep 14:12 · in Wire"
    )


def test_matches_only_outside_the_running_text_come_last() -> None:
    parts = evidence_parts(
        Evidence("Kumo", (TermHit("Kumo", "see also", 2),), "Also read: Kumo falls", ((11, 15),)),
        Evidence("Law", (TermHit("fine", "body", 1), TermHit("fine", "credit", 1)), "A fine.", ((2, 6),)),
    )
    assert [part.text for part in parts] == [
        "Law  body, credit", "“A fine.”", "Kumo  see also ×2", "“Also read: Kumo falls”",
    ]  # fmt: skip
    assert [part.gap for part in parts] == [1, 0, 0, 0]


def test_terms_of_a_watch_that_does_not_match_are_not_marked() -> None:
    rules = [
        WatchRule("Kumo", any=("Kumo",)),
        WatchRule("Kumo without Nimbo", any=("Kumo",), none=("Nimbo",)),
        WatchRule("both", query="Kumo zephyr"),
        WatchRule("was", any=("Nimbo",)),
    ]
    matcher = Matcher(rules)
    body = "Kumo pays Nimbo."
    current = [match for match in matcher.match(Subject(title="Kumo", body=body)) if match.watch != "was"]
    shown = replace(article(title="Kumo"), evidence=(*current, Evidence("was", until=NOW)))
    built = build_page(shown, parse(f"<p>{body}</p>"), matcher.spans, str, NOW)
    assert [(built.head[hit.part].text[hit.start : hit.end], hit.watch) for hit in built.hits] == [
        ("Kumo", "Kumo"), ("Kumo", "Kumo"),
    ]  # fmt: skip
    assert {mark.style for part in built.head for mark in part.marks if mark.style.startswith("hit:")} == {
        "hit:Kumo"
    }


@pytest.mark.parametrize("dark", [True, False])
def test_bars_have_the_colour_of_the_watch_and_a_reversed_cursor_has_one_colour(dark: bool) -> None:
    plain = {"background": "ansi_default", "foreground": "ansi_default"}
    for variables in (DARK.to_color_system().generate(), plain):
        made = styles.make(variables, dark=dark, watch_colors={"W": "magenta"})
        part = evidence_parts(Evidence("W", (), "A sentence.", ((2, 10),)))[1]
        layout = Layout([part], 40)
        layout.extend(9)
        bar = next(iter(draw(part, layout.lines[0], made, 40)))
        assert bar.text == "▌ " and bar.style is not None and bar.style.color == made.watch("W").color
        segments = list(draw(part, layout.lines[0], made, 40, Overlay(chosen=True)))
        if made.cursor.reverse:
            reversed_ones = [segment.style for segment in segments[:1] if segment.style is not None]
            assert {str(style.color and style.color.name) for style in reversed_ones} == {"default"}


# --------------------------------------------------------------------------- images

FIGURE = f'<figure><img src="{QUAY}" alt="Bars"><figcaption>{{}}</figcaption></figure><p>Text.</p>'


def image(caption: str, credit: str = "") -> Part:
    made = page(replace(article(), picture_url="" if caption else QUAY, picture_credit=credit),
                FIGURE.format(caption) if caption else "<p>Text.</p>")  # fmt: skip
    return replace(next(part for part in made.head if part.picture), gap=0)


def test_a_hidden_image_is_one_line_with_the_key_that_shows_it() -> None:
    part = image("Bars rising out of a chip. Photo: A. Quist")
    assert lines([part], 80, hints=True) == [
        "▣ Bars — Bars rising out of a chip. · Photo: A. Quist · ctrl+p shows it"
    ]
    assert lines([part], 50, hints=True) == ["▣ Bars — Bars rising out of a… · ctrl+p shows it"]
    assert (
        "".join(lines([part], 30)).replace("  ", " ")
        == "▣ Bars — Bars rising out of a chip. · Photo: A. Quist"
    )
    dim = "".join(part.text[mark.start : mark.end] for mark in part.marks if mark.style == "dim")
    assert dim == " · Photo: A. Quist · ctrl+p shows it"
    bare = image("")
    assert lines([bare], 80, hints=True) == ["▣ Image · ctrl+p shows it"] and lines([bare], 80) == ["▣ Image"]
    assert lines([image("", "Wire")], 80) == ["▣ Photo: Wire"]
    assert lines([image("", "© Wire")], 80) == ["▣ © Wire"]


@pytest.mark.parametrize("hints", [True, False], ids=["drawn", "described"])
def test_a_credit_stays_on_one_line_if_it_has_room(hints: bool) -> None:
    picture = Picture(QUAY, "Bars", "The quay at dawn · ferries wait", "Anna Quist")
    part = hinted(picture_part(Block(BlockKind.PICTURE, picture=picture)), "i shows it")
    start, end = part.caption if hints else (0, part.caption[1])
    for width in range(14, 90):
        layout = Layout([part], width, hints=hints)
        layout.extend(9)
        layout.show_art(0, Art(4, [()]) if hints else None)
        lines = [part.text[line.start : line.end] for line in layout.lines if line.kind in (1, 2)]
        words = " ".join(lines).replace("·", "").split()
        assert words == part.text[start:end].replace("·", "").split()
        assert any("Photo: Anna Quist" in line for line in lines) or width < (17 if hints else 21), width
        assert not any(line.startswith("·") for line in lines), width


@pytest.mark.parametrize(("caption", "below"), [("At dawn", ["At dawn"]), ("", [])])
def test_a_drawn_image_stands_above_its_caption_alone(caption: str, below: list[str]) -> None:
    layout = Layout([image(caption), Part("Text.", gap=1)], 40, hints=True)
    layout.extend(99)
    before = list(layout.lines)
    layout.show_art(0, Art(9, [()] * 3))
    texts = [layout.parts[line.part].text[line.start : line.end] for line in layout.lines[3:]]
    assert [text for text in texts if text] == [*below, "Text."]
    assert layout.lines[layout.line_of(1, 0)].part == 1 and layout.top_of(0) == 0
    layout.show_art(0, None)
    assert layout.lines == before


PAGE = (
    f'<figure><img src="{QUAY}" alt="Bars"><figcaption>A caption.</figcaption></figure>' + "<p>Text.</p>" * 90
)


@pytest.mark.parametrize("size", [(120, 40), (200, 50), (80, 24), (60, 16)])
async def test_text_stands_on_the_first_screen_below_a_drawn_image(size: tuple[int, int]) -> None:
    asked: list[tuple[int, int]] = []
    more = '[[watch]]\nname = "Text"\nany = ["Text", "caption"]\n[ui]\nlayout = "stacked"\n'
    async with running(one(PAGE, more), size) as run:
        Site(run.library).pictures[QUAY] = Pixels(20, 10, bytes(600))
        note_sizes(run, asked)
        await run.press("enter")
        height = run.main.pane.size.height
        assert asked and all(2 <= rows <= max(2 * (height // 3), 2) for _, rows in asked)
        assert "A caption." in run.text and "▣" not in run.text
        if height >= 20:
            assert run.text.index("A caption.") < run.text.index("Text.", run.text.index("A caption."))
        asked.clear()
        await run.resize(size[0], size[1] - 3)
        if height >= 20:
            assert asked and asked[-1][1] <= 2 * max(1, run.main.pane.size.height // 3)


@pytest.mark.parametrize("works", [True, False])
async def test_text_stays_in_place_when_an_image_arrives(works: bool) -> None:
    asked, arrival = asyncio.Event(), asyncio.Event()

    async def image(*_: object) -> Pixels:
        asked.set()
        await arrival.wait()
        if not works:
            raise TuireaderError("no such image")
        return Pixels(20, 2 * rows, bytes(120 * rows))

    async with running(one(PAGE), (120, 40)) as run:
        vars(run.library.content).update(image=image)
        await run.hit("enter")
        await asked.wait()
        await run.shows("    Text.")
        rows = run.main.pane.size.height // 3
        waiting = run.page_lines
        arrival.set()
        await run.settle()
        assert ([line for line in run.page_lines if "Text." in line] == [
            line for line in waiting if "Text." in line]) == works  # fmt: skip
        assert ("▣ Bars — A caption." in run.text) == (not works)
        await run.press("h", "enter")
        assert ("▣ Bars — A caption." in run.text) == (not works)


def note_sizes(run: Running, asked: list[tuple[int, int]]) -> None:
    """Note the sizes in pixels that images are asked for."""
    content = run.library.content
    image: Callable[..., object] = content.image

    def noted(url: str, feed_id: int, width: int, height: int, *more: object) -> object:
        asked.append((width, height))
        return image(url, feed_id, width, height, *more)

    vars(content).update(image=noted)


# --------------------------------------------------------------------------- two columns

TITLES = st.lists(
    st.sampled_from(["China", "orders", "微信暂停注册", "e\u0301", "x" * 50, "👍🏽"]), max_size=14
)
UNITS = st.lists(
    st.sampled_from(["Harbour Tech", "2 months earlier", "渡轮公司", "shares " + "y" * 60, "a · b"])
)


@given(TITLES, UNITS, st.integers(4, 100))
def test_titles_and_facts_fill_two_columns(words: list[str], units: list[str], width: int) -> None:
    title, facts = " ".join(words) or "(no title)", joined(*units)
    text = f"{title}\n{facts}" if facts else title
    part = Part(text, first="• ", rest="  ", column=len(title) + 1 if facts else 0)
    shown = lines([part], width)
    layout = Layout([part], width)
    layout.extend(99)
    left = "".join(part.text[line.start : line.end] for line in layout.lines)
    kept = left.replace(" ", "").replace("\n", "").replace("\u00a0", "")
    assert kept.startswith(title.replace(" ", ""))
    if facts and width >= 76:
        beside = [part.text[slice(*line.beside)] for line in layout.lines if line.beside[1]]
        assert 1 <= len(beside) <= 2 and facts.startswith(beside[0])
        assert facts in " · ".join(beside) or any("…" in line for line in shown)
        for line, strip in zip(layout.lines, shown, strict=True):
            for at, start, end in ranges(part, line, width):
                assert strip[at:].startswith(part.text[start:end].rstrip())


def refer(store: Store) -> None:
    store.references.set(4, [(1, "It was banned."), (2, "It was banned."), (3, "It was banned.")])


async def test_a_selection_across_two_columns_keeps_titles_and_facts_apart() -> None:
    long = "A rather long title of an article that takes more than one line of its column"
    stories = (
        story(1, 1, long, 400), story(2, 2, "Second", 300), story(3, 1, "Third", 200),
        story(4, 3, "Later", 1, "<p>It was banned.</p>"),
    )  # fmt: skip
    async with running(Shelf(FEEDS, stories, prepare=refer, relates=False), (120, 40)) as run:
        await run.at("Later")
        await run.press("enter")
        rows = run.text.splitlines()
        y = max(at for at, line in enumerate(rows) if "• A rather" in line)
        end = max(at for at, line in enumerate(rows) if "• Second" in line)
        at = cell_len(rows[y].partition("A rather")[0])
        await run.drag((at, y), (at + 4, y), (118, end))
        copied = run.main.get_selected_text() or ""
        assert copied.startswith(f"{long}\nThe Quay · 16 days earlier\nSecond\nTide Tables · 12 days earlier")
        side = cell_len(rows[end].partition("Tide")[0])
        await run.drag((side, end), (side + 2, end), (side + 3, end))
        assert run.main.get_selected_text() == "Tide"
        line = max(at for at, line in enumerate(run.page_lines) if "• Second" in line)
        await run.click("#article", (70, line))
        assert run.open_id == 2


# --------------------------------------------------------------------------- background


def test_a_story_has_one_mark_at_a_sentence_and_its_reports_share_the_number() -> None:
    ban, rules = "It was banned.", "Rules came."
    earlier = (
        EarlierArticle(2, "First", ban, 7), EarlierArticle(3, "Second", ban, 7),
        EarlierArticle(4, "Third", ban), EarlierArticle(3, "Second", rules, 7),
    )  # fmt: skip
    made = page(replace(article(), earlier=earlier), f"<p>{ban} And so on. {rules}</p>")
    assert "It was banned.‹1›‹2› And so on. Rules came.‹1›" in made.head[-1].text
    assert made.numbers == {2: 1, 3: 1, 4: 2}
    assert [mark.article.article_id for mark in made.references] == [2, 4, 2]
    related = (
        Related(Relation.BACKGROUND, "Plain", 9, "", "Wire", NOW - 9, "linked by Wire"),
        Related(Relation.BACKGROUND, "Third", 4, "", "Wire", NOW - 9, "x", sentence=ban),
        Related(Relation.ALSO_READ, "Second", 3, "", "Wire", NOW - 9, "named in the text", sentence=ban),
        Related(Relation.BACKGROUND, "First", 2, "", "Wire", NOW - 9, "x", sentence=ban, read=True),
    )
    tail = build_tail(made, related, str).parts
    assert [part.first + part.text.partition("\n")[0] for part in tail] == [
        "Background", f"“{ban}”", "‹1› • Second", "      First", "‹2› • Third", "    • Plain",
    ]  # fmt: skip
    assert [part.gap for part in tail] == [1, 0, 0, 0, 0, 1]
    assert tail[2].text.endswith("\nWire · same time · named in the text")
