"""Selectors proposed for pages in many layouts: right is exactly the wanted titles, links and days."""

from __future__ import annotations

import pytest

from tests.pages.layouts import HELD_OUT, LAYOUTS, NOW, SITE, articles, page, wanted
from tuireader.pages.items import MOST_ITEMS, items
from tuireader.pages.proposals import headline, propose, quality
from tuireader.pages.tree import shorten, tree


@pytest.mark.parametrize("name", (*LAYOUTS, *HELD_OUT))
def test_the_first_proposal_finds_exactly_the_articles(name: str) -> None:
    proposals = propose(page(name), SITE, NOW)
    assert articles(items(page(name), proposals[0], NOW)[3]) == wanted(name)


def test_a_large_page_is_judged_by_a_sample_and_read_whole() -> None:
    row = "<tr><td>{0:02d}.11.2026</td><td><a href=/d/{1}>Minutes, part {1} of many</a></td><td>PDF</td></tr>"
    rows = "".join(row.format(number % 20 + 1, number) for number in range(2_000))
    html = f"<html><body><table class=list>{rows}</table></body></html>"
    root = tree(html)
    shorten(root)
    assert sum(1 for _ in root.iter()) <= 2_000
    (proposal,) = propose(html, SITE, NOW)
    assert proposal == {"items": "table.list > tr"}
    assert len(items(html, proposal, NOW)[3]) == MOST_ITEMS


def test_links_that_are_all_the_same_are_replaced_by_others() -> None:
    (proposal, *_) = propose(page("unlinked-titles"), SITE, NOW)
    assert proposal["item_link"]


def test_the_next_page_is_found_by_its_relation_or_its_name() -> None:
    chosen = {
        name: propose(page(name), SITE, NOW)[0].get("next_page", "") for name in ("releases", "cjk-list")
    }
    assert chosen == {"releases": "a[rel~=next]", "cjk-list": "a:contains('下一页')"}
    assert items(page("cjk-list"), propose(page("cjk-list"), SITE, NOW)[0], NOW)[4] == "index_1.html"


def test_other_blocks_are_proposed_after_the_best_one() -> None:
    proposals = propose(page("held-out/notices-ja"), SITE, NOW)
    assert [one["items"] for one in proposals] == ["div.p-news__row", "section.p-service > ul > li"]


@pytest.mark.parametrize(
    "html",
    [
        "<p>Nothing to see here.</p>",
        "<nav><ul><li><a href=/a>Home</a><li><a href=/b>About</a><li><a href=/c>Contact</a></ul></nav>",
        "<p class=pager><a href=?p=1>1</a> <a href=?p=2>2</a> <a href=?p=3>3</a> <a href=?p=4>4</a></p>",
        "<div class=tags>" + "".join(f"<a href=/t/{n}>tag{n}</a> " for n in range(30)) + "</div>",
    ],
)
def test_menus_numbers_and_tags_are_no_articles(html: str) -> None:
    assert propose(f"<html><body>{html}</body></html>", SITE, NOW) == []


def test_different_headlines_with_dates_are_worth_more() -> None:
    items = [(f"A headline of some length, number {n}", f"/{n}", NOW, "") for n in range(5)]
    undated = [(title, link, None, rest) for title, link, _, rest in items]
    alike = [("A headline of some length", link, time, rest) for _, link, time, rest in items]
    assert quality(items, NOW) > quality(undated, NOW) > quality(alike, NOW)
    assert headline(4) < headline(12) < headline(40) == 1.0 > headline(400)
