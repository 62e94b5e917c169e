"""The articles that selectors find on a page."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.pages.layouts import NOW, articles, page, wanted
from tests.workers import forked_workers as forked_workers
from tuireader.feeds.page_source import read_items
from tuireader.feeds.parse.workers import ParseWorker
from tuireader.model import Fault, ParsedFeed, ParseFailed
from tuireader.pages import selectors
from tuireader.pages.items import items
from tuireader.subprocesses.jobs import Failed

LIST = """<html><head><title>The  quay</title><base href="/deep/"></head><body>
<ul><li><a href="a.html">One</a> <i>12 Nov 2026</i> A first text. <a href="a.html">Read more</a></li>
<li><a href="javascript:x()">Share</a> <b><a href="b.html">Two &amp; three</a></b></li>
<li>No link at all</li><li></li></ul></body></html>"""


def found(html: str, **chosen: str) -> list[tuple[str, str, int | None, str]]:
    return list(items(html, chosen, NOW)[3])


def test_defaults_find_title_link_date_and_the_rest() -> None:
    title, base, _, made, following, missing = items(LIST, {"items": "li"}, NOW)
    assert (title, base, following, missing) == ("The quay", "/deep/", "", ())
    assert [one[:2] for one in made] == [("One", "a.html"), ("Share", "b.html"), ("No link at all", "")]
    assert articles(made)[0][2] == "2026-11-12"
    assert "A first text." in made[0][3] and "Read more" not in made[0][3] and "Nov" not in made[0][3]


def test_selectors_choose_the_parts_and_report_what_they_do_not_find() -> None:
    made, missing = items(
        LIST, {"items": "li", "item_title": "b a", "item_summary": "i", "item_date": ".when"}, NOW
    )[3::2]
    assert made[1][:2] == ("Two & three", "b.html") and made[0][:2] == ("One", "a.html")
    assert made[0][3] == "<i>12 Nov 2026</i>" and missing == ("item_date",)


def test_an_item_may_be_a_link_or_lie_within_one() -> None:
    html = "<p><a class=i href=/1><h3>First</h3></a><a href=/2><div class=i><h3>Second</h3></div></a>"
    assert [one[:2] for one in found(html, items=".i")] == [("First", "/1"), ("Second", "/2")]


def test_headings_terms_and_rows_take_what_belongs_to_them() -> None:
    html = "<h2 id=v2>2.0</h2><h3>Fixed</h3><p>Two</p><h2 id=v1>1.0</h2><p>One</p><h1>Imprint</h1><p>Me</p>"
    assert [(one[0], one[1], "Two" in one[3]) for one in found(html, items="h2")] == [
        ("2.0", "#v2", True),
        ("1.0", "#v1", False),
    ]
    assert "Me" not in found(html, items="h2")[1][3]
    for selector in ("dt", "dd"):
        assert articles(found(page("press-dl"), items=f".content {selector}")) == wanted("press-dl")
    rows = found(page("link-table"), items="tr.athing", item_title=".titleline > a")
    assert "9 comments" in rows[1][3] and "More" not in rows[-1][3]


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({"items": ".none"}, "items finds nothing on the page"),
        (
            {"items": "li i ~"},
            "items is not a CSS selector: something is missing at its end (at character 7)",
        ),
        ({"items": "li", "item_title": "a:hoover"}, "item_title cannot be used: :hoover is not supported"),
        ({"items": "li", "next_page": "a[["}, "next_page is not a CSS selector"),
        ({"items": "x" * 1001}, "items is longer than 1,000 characters"),
        ({"items": ":not(" * 400}, "items "),
    ],
)
def test_what_is_wrong_names_the_key_and_the_place(chosen: dict[str, str], message: str) -> None:
    with pytest.raises(Failed) as failed:
        items(LIST, chosen, NOW)
    assert str(failed.value).startswith(message) and "\n" not in str(failed.value)


def test_a_page_becomes_a_feed_with_whole_addresses() -> None:
    keys = (("items", "li"), ("next_page", "li ~ li a"))
    parsed = read_items(LIST.encode(), "https://site.example/x/y", "text/html", keys, NOW)
    assert isinstance(parsed, ParsedFeed) and parsed.title == "The quay"
    assert parsed.site_url == "https://site.example/x/y"
    assert [one.url for one in parsed.entries[:2]] == [
        "https://site.example/deep/a.html",
        "https://site.example/deep/b.html",
    ]
    assert parsed.older == "https://site.example/deep/b.html"
    assert ["A first text." in one.content_html for one in parsed.entries] == [True, False, False]
    elsewhere = LIST.replace("b.html", "https://other.example/b")
    parsed = read_items(elsewhere.encode(), "https://site.example/x/y", "text/html", keys, NOW)
    assert isinstance(parsed, ParsedFeed) and parsed.older == ""  # the next page is on the same host


def test_ids_of_sessions_are_no_part_of_an_address() -> None:
    html = "<li><a href='/t.php?t=1&sid=0123456789abcdef0123456789abcdef#p1'>Topic</a>"
    parsed = read_items(html.encode(), "https://site.example/", "text/html", (("items", "li"),), NOW)
    assert isinstance(parsed, ParsedFeed)
    assert parsed.entries[0].url == "https://site.example/t.php?t=1#p1"


def test_a_bot_check_instead_of_the_page_says_so() -> None:
    html = "<html><title>Just a moment...</title><script src='/cdn-cgi/challenge-platform/x'></script></html>"
    parsed = read_items(html.encode(), "https://site.example/", "text/html", (("items", "li"),), NOW)
    assert isinstance(parsed, ParseFailed) and parsed.fault is Fault.BLOCKED


def test_what_is_no_page_says_so() -> None:
    parsed = read_items(b"\x89PNG\0\0\0", "https://site.example/", "image/png", (("items", "li"),), NOW)
    assert parsed == ParseFailed(Fault.SELECTOR, "this is not a web page")


def test_of_a_very_long_list_the_first_items_count() -> None:
    html = "".join(f"<li><a href=/{n}>Number {n}</a>" for n in range(1200))
    made = found(html, items="li")
    assert len(made) == 1000 and made[0][1] == "/0"
    with pytest.raises(Failed, match="finds nothing"):  # the parser stops at some depth
        found("<div>" * 30_000 + "<a href=/x>deep</a>", items="a")


@pytest.mark.usefixtures("forked_workers")
async def test_a_selector_that_explodes_ends_at_the_deadline_and_alone() -> None:
    page = ("<ul>" + "<li><b><i><a href=/x>t</a></i></b>" * 12_000).encode()
    async with ParseWorker(deadline=0.3) as parser:
        for chosen, kind in (("* * * * * * *", Fault.TOO_SLOW), ("li.none", Fault.SELECTOR)):
            reader = ("items", ((("items", chosen),), NOW))
            parsed = await parser.parse(page, "https://site.example/", "text/html", stored={}, reader=reader)
            assert isinstance(parsed, ParseFailed) and parsed.fault is kind


CSS = st.text(alphabet="abli*.#>+~:[]()='\"-, \\0123\u4e00\n", max_size=40) | st.from_regex(
    r"(li|\*|\.a|a\[href\]|:nth-child\(\d{1,9}n?\)|:has\(a\)|:contains\('x'\))([ >+~,](li|\*|a)){0,6}",
    fullmatch=True,
)
TAGS = """<ul> </ul> <li> <a+href=x> <a+href='//[::1'> </a> <h2> <tr><td> <dt> <dd> <p> text 2026-11-12 &#0;
\x1b[31m </html> <base+href='data:x'> <script> <svg> <!--"""
HTML = st.lists(st.sampled_from([tag.replace("+", " ") for tag in TAGS.split()]), max_size=60).map("".join)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(HTML, CSS, CSS, CSS)
@example("<ul><li><a href=x>text \x1b[31m</a> 2026-11-12</li></ul>", "li", "a", "")
def test_any_selectors_on_any_page_give_articles_or_one_line(
    html: str, chosen: str, part: str, more: str
) -> None:
    keys = (("items", chosen), ("item_title", part), ("item_date", more), ("next_page", part))
    parsed = read_items(html.encode(), "https://site.example/", "text/html", keys, NOW)
    if isinstance(parsed, ParseFailed):
        assert parsed.reason.isprintable() and parsed.reason
        return
    assert isinstance(parsed, ParsedFeed) and parsed.entries
    for entry in parsed.entries:
        assert entry.url == "" or entry.url.startswith(("http://", "https://"))
        assert entry.title.isprintable() and (entry.title or entry.url)


@given(CSS)
def test_a_problem_has_a_place_within_the_selector(chosen: str) -> None:
    problem = selectors.problem(chosen)
    if problem is not None:
        assert 0 <= problem.position <= len(chosen)
        with pytest.raises(ValueError, match="at character"):
            selectors.xpath(chosen)
