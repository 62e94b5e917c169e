"""Changes of watched pages: what counts as one, and how it reads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pages.layouts import NOW
from tuireader.feeds.page_source import read_page
from tuireader.model import ParsedFeed
from tuireader.pages.text import watched
from tuireader.subprocesses.jobs import Failed
from tuireader.text import page_changes, plain

OLD = ["Timetable", "First ferry 06:00", "Last ferry 22:40", "Tickets: €4.50", "1,234 visitors"]


def changed(old: list[str], new: list[str]) -> tuple[list[str], list[str]]:
    change = page_changes.compare(old, new, NOW)
    return change.removed, change.added


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("1,234 visitors", "1,240 visitors"),
        ("Besucher: 12", "Besucher: 4711"),
        ("阅读量 1024 次", "阅读量 2048 次"),
        ("Ann · 3 comments", "Ann · 41 comments"),
        ("posted 59 minutes ago", "posted 1 hour ago"),
        ("Last updated: 24 Nov 2026, 10:00", "Last updated: 26 November 2026 11:05:02"),
        (
            "Updated 1 Nov 2026, 3 Nov 2026 and 5 Nov 2026",
            "Updated 3 Nov 2026, 5 Nov 2026 and 26 Nov 2026",
        ),
        ("最終更新日：2026年11月20日", "最終更新日：2026年11月26日"),
        ("Session 0123abcd4567ef", "Session fe7654dcba3210"),
        ("Page generated in 0.12 s", "Page generated in 1.02 s"),
        ("Two  words", "Two words"),
    ],
)
def test_what_changes_by_itself_is_no_change(old: str, new: str) -> None:
    assert changed(["Head", old, "End"], ["Head", new, "End"]) == ([], [])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Tickets: €4.50", "Tickets: €4.90"),
        ("Version 2.4.1", "Version 2.4.2"),
        ("The pier is now open", "The pier is not open"),
        ("Meeting on 3 December", "Meeting on 4 December"),
        ("In stock: 0", "In stock: 3"),
        ("SHA-256 0123abcd4567ef", "SHA-256 fe7654dcba3210"),
        ("微信支付", "微信支付宝"),
    ],
)
def test_small_but_telling_edits_are_changes(old: str, new: str) -> None:
    assert changed(["Head", old, "End"], ["Head", new, "End"]) == ([old], [new])


def test_lines_that_only_moved_are_no_change() -> None:
    assert changed(OLD, OLD[::-1]) == ([], [])
    assert changed(OLD, [*OLD[2:], *OLD[:2], "A new line"]) == ([], ["A new line"])
    assert changed(["a", "b", "a"], ["a", "b", "a", "a"]) == ([], ["a"])  # one more of them is


def test_the_article_has_only_what_is_new_and_shows_what_is_gone() -> None:
    new = [*OLD[:2], "Last ferry 23:10 on <weekdays>", *OLD[3:], "A new bus to the pier starts in May"]
    change = page_changes.compare(OLD, new, NOW)
    assert (
        page_changes.title_of("Pier", change) == "Pier changed (+2 −1 lines): Last ferry 23:10 on <weekdays>"
    )
    assert plain(page_changes.paragraphs_html(change.added)).split("\n") == change.added
    assert "22:40" not in page_changes.paragraphs_html(change.added)
    shown = page_changes.difference_html(change, {"new bus": "https://site.example/?a=1&b"})
    assert "<p>− <del>Last ferry 22:40</del></p>" in shown and "… First ferry 06:00" in shown
    assert '<a href="https://site.example/?a=1&amp;b">new bus</a> to the pier' in shown
    assert "<weekdays>" not in shown
    gone = page_changes.compare(OLD, OLD[:-2], NOW)
    assert page_changes.title_of("Pier", gone) == "Pier changed (−2 lines)"  # watches look at titles, too
    assert page_changes.paragraphs_html(gone.added) == ""


def test_a_rewritten_page_is_shown_in_part() -> None:
    change = page_changes.compare([f"old {n}" for n in range(900)], [f"new {n}" for n in range(900)], NOW)
    assert len(change.added) == 900
    shown = page_changes.difference_html(change, {})
    assert shown.count("<p>") == page_changes.MOST_LINES + 1
    assert shown.endswith("<p><em>1400 more lines changed.</em></p>\n")
    assert page_changes.paragraphs_html(change.added).count("<p>") == 900  # watches see them all
    old, new = ([f"same {at}" if at % 2 else f"{name} {at}" for at in range(900)] for name in ("old", "new"))
    shown = page_changes.difference_html(page_changes.compare(old, new, NOW), {})
    assert shown.endswith("<p><em>500 more lines changed.</em></p>\n")


LINES = st.lists(
    st.sampled_from(["a", "b", "c", "3 views", "4 views", "Last updated 3 May", "x 1"]), max_size=12
)


@given(LINES, LINES)
def test_added_and_removed_lines_account_for_every_difference(old: list[str], new: list[str]) -> None:
    change = page_changes.compare(old, new, NOW)

    def steady(lines: list[str]) -> list[str]:
        return sorted(page_changes.steady(line, NOW) for line in lines)

    kept = steady(old)
    for line in steady(change.removed):
        kept.remove(line)
    assert sorted(kept + steady(change.added)) == steady(new)
    assert bool(change.hunks) == (steady(old) != steady(new))


# --------------------------------------------------------------------------- the text of a page

PAGE = """<title>Pier</title><nav><a href=/>Home</a></nav><main><h1>Times</h1><p>First <b>06:00</b></p>
<p style="display: none">nonce</p><script>x()</script><ul><li><a href="/n">More news</a></li></ul></main>
<div id=side>Weather</div><footer>Imprint</footer>"""


def test_the_text_is_all_but_menus_footers_and_what_is_hidden() -> None:
    assert watched(PAGE, "") == ("Pier", "", "Times\nFirst 06:00\nMore news\nWeather", (("More news", "/n"),))
    assert watched(PAGE, "main p, #side")[2] == "First 06:00\nWeather"
    assert watched(PAGE, "main, main p")[2] == "Times\nFirst 06:00\nMore news"  # nothing twice
    assert watched("a plain\ntext", "")[2] == "a plain text"


@pytest.mark.parametrize(
    ("html", "select", "message"),
    [
        (PAGE, "aside", "select finds nothing on the page"),
        (PAGE, "p >", "select is not a CSS selector: something is missing at its end (at character 4)"),
        ("plain", "p", "select needs a web page, but this is plain text"),
        ("<p> </p>", "", "there is no text on the page"),
    ],
)
def test_a_page_without_the_part_says_so(html: str, select: str, message: str) -> None:
    with pytest.raises(Failed, match=message.replace("(", r"\(").replace(")", r"\)")):
        watched(html, select)


def test_a_watched_page_is_no_list_of_entries_whose_end_could_be_missed() -> None:
    """Its text is compared instead, and its links are absolute."""
    page = "<title>Ferries</title><p>Timetable of <a href='/winter'>winter</a> and <a>more</a>.</p>"
    read = read_page(page.encode(), "https://quay.example/a/b", "text/html; charset=utf-8", "")
    assert isinstance(read, ParsedFeed) and read.partial and read.entries == ()
    assert (read.title, read.site_url) == ("Ferries", "https://quay.example/a/b")
    assert read.page_links == (("winter", "https://quay.example/winter"),)
    assert read.page_text and "Timetable of winter and more." in read.page_text
