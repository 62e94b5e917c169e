"""A picture or a link in common as evidence that articles in two languages are about one event."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.builders import ALL, NOW, feeds, item, refreshed, rss
from tests.newsroom import fetched
from tests.web import Web
from tuireader.library import Library
from tuireader.model import Relation

HOUR, DAY = 3600, 86_400
PICTURE = "cdn.example.net/2026/0c3e2f1a-9d4b-4a3e-8d3c-7711fa20c9e1.jpg"
PAGE = "https://regulator.example.org/press/2026-118-decision"

ENGLISH = (
    "Quillport ferry runs aground on its way",
    "The ferry of the company Zorblax ran aground in thick fog. All people on board "
    "were brought ashore by boats of the coast guard, who praised the calm of the crew.",
)
CHINESE = (
    "渡轮在大雾中搁浅",
    "一艘属于Zorblax公司的渡轮在前往该岛途中因大雾搁浅。海岸警卫队的船只将船上所有人员送上岸，并称赞船员镇定。",
)
OTHER = (
    "公司公布新的夏季时刻表",
    "这家公司今天公布了夏季时刻表，并表示将在假期增加班次。票价保持不变，网上订票从下周开始。",
)
"""Names nothing that the others name."""


def picture(server: str = "https://img.example.com", size: str = "") -> str:
    name, _, ending = PICTURE.rpartition(".")
    return f'<p><img src="{server}/{name}{size}.{ending}" width="800"></p>'


def link(page: str = PAGE, words: str = "decision") -> str:
    return f'<p>The <a href="{page}">{words}</a> was published.</p>'


def made(number: int, told: tuple[str, str], more: str = "", later: int = 0) -> str:
    title, text = told
    url = f"https://paper{number}.example.org/news/{number}"
    return item(f"g{number}", title, f"{more}<p>{text}</p>", time=NOW - DAY + later, url=url)


def serve(web: Web, *documents: Sequence[str]) -> str:
    return feeds(*(web.serve(f"/f{n}", rss(f"F{n}", items)) for n, items in enumerate(documents)))


async def lines(library: Library) -> list[tuple[int, tuple[str, ...]]]:
    """The size and the languages of each line of the list."""
    rows = await library.lists.rows(await library.lists.ids(ALL, folded=True))
    return sorted((row.fold_size, row.fold_languages) for row in rows)


ALONE = (1, ())
BOTH = [(2, ("en", "zh"))]


WAYS = [
    (picture(), picture("https://media.example.cn", "-1024x576"), "shares a picture"),
    (link(), link(f"{PAGE}?utm_source=rss", "决定"), "links to the same page"),
]
ways = pytest.mark.parametrize(("mine", "theirs", "reason"), WAYS)


@ways
async def test_it_folds_reports_that_share_one_name(
    tmp_path: Path, web: Web, mine: str, theirs: str, reason: str
) -> None:
    text = serve(web, [made(1, ENGLISH, mine)], [made(2, CHINESE, theirs, HOUR)])
    async with fetched(tmp_path, text) as library:
        assert await lines(library) == BOTH
        (other,) = await library.articles.related(2)
        assert other.relation is Relation.SAME_STORY
        assert other.reason == f"−1 h · {reason} · shares Zorblax"


@ways
async def test_alone_it_relates_and_does_not_fold(
    tmp_path: Path, web: Web, mine: str, theirs: str, reason: str
) -> None:
    text = serve(web, [made(1, ENGLISH, mine)], [made(2, OTHER, theirs, HOUR)])
    async with fetched(tmp_path, text) as library:
        assert await lines(library) == [ALONE, ALONE]
        (earlier,), (later,) = await library.articles.related(2), await library.articles.related(1)
        assert (earlier.relation, earlier.reason) == (Relation.BACKGROUND, f"−1 h · {reason}")
        assert (later.relation, later.reason) == (Relation.FOLLOW_UP, f"+1 h · {reason}")


@ways
async def test_days_later_it_is_other_news(
    tmp_path: Path, web: Web, mine: str, theirs: str, reason: str
) -> None:
    text = serve(web, [made(1, ENGLISH, mine, -4 * DAY)], [made(2, CHINESE, theirs)])
    async with fetched(tmp_path, text) as library:
        assert await lines(library) == [ALONE, ALONE]
        assert [one.reason for one in await library.articles.related(2)] == [
            f"−4 d · {reason} · shares Zorblax"
        ]


async def test_other_news_of_a_company_is_no_report_of_its_ferry(tmp_path: Path, web: Web) -> None:
    """A name and the words ferry and company are no evidence, however few words there are."""
    news = "这家Zorblax公司今天公布了夏季时刻表，并表示渡轮将增加班次。票价保持不变，网上订票从下周开始。"
    text = serve(web, [made(1, ENGLISH)], [made(2, ("渡轮公司公布新的夏季时刻表", news), "", HOUR)])
    async with fetched(tmp_path, text) as library:
        assert await lines(library) == [ALONE, ALONE]


HOME = "https://paper1.example.org/stories/2026-118-decision"
LOGO = '<p><img src="https://cdn.example.net/assets/zorblax-logo-20261118.png"></p>'


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ("", ""),
        (LOGO, LOGO),
        (link(HOME), link(HOME)),
        (link("https://social.example.com/share?url=12345678"),) * 2,
        (link("https://regulator.example.org/topics/ferries-and-other-ships-10000"),) * 2,
        (link("https://regulator.example.org/"),) * 2,
        (f'<p>Also read: <a href="{PAGE}">a page</a></p>',) * 2,
        (picture(), picture().replace("0c3e2f1a", "1c3e2f1a")),
    ],
)
async def test_what_many_articles_have_is_no_evidence(
    tmp_path: Path, web: Web, mine: str, theirs: str
) -> None:
    text = serve(web, [made(1, ENGLISH, mine)], [made(2, CHINESE, theirs, HOUR)])
    async with fetched(tmp_path, text) as library:
        assert await lines(library) == [ALONE, ALONE]
        found = await library.articles.related(1)
        assert [one.reason for one in found if one.article_id] == ["+1 h · shares Zorblax"]


@pytest.mark.parametrize("more", [picture(), link()])
async def test_a_feed_has_it_in_one_article_only(tmp_path: Path, web: Web, more: str) -> None:
    text = serve(web, [made(1, ENGLISH, more), made(3, OTHER, more, -DAY)], [made(2, CHINESE, more, HOUR)])
    async with fetched(tmp_path, text) as library:
        assert await lines(library) == [ALONE, ALONE, ALONE]


@pytest.mark.parametrize("more", [picture(), link()])
async def test_no_more_than_five_others_have_it(tmp_path: Path, web: Web, more: str) -> None:
    others = [[made(number, (f"第{number}号", f"时刻表{number}。"), more, -number)] for number in range(3, 9)]
    text = serve(web, *others, [made(1, ENGLISH, more)], [made(2, CHINESE, more, HOUR)])
    async with fetched(tmp_path, text) as library:
        assert await lines(library) == [ALONE] * 8


async def test_what_the_user_splits_stays_apart(tmp_path: Path, web: Web) -> None:
    mine, theirs, _ = WAYS[0]
    text = serve(web, [made(1, ENGLISH, mine)], [made(2, CHINESE, theirs, HOUR)])
    async with fetched(tmp_path, text) as library:
        await library.marks.split_story(2)
        web.serve("/f1", rss("F1", [made(2, CHINESE, f"{theirs}<p>更正。</p>", HOUR)]))
        await refreshed(library)
        assert await lines(library) == [ALONE, ALONE]


async def test_an_edit_removes_the_picture(tmp_path: Path, web: Web) -> None:
    mine, theirs, _ = WAYS[0]
    text = serve(web, [made(1, ENGLISH, mine)], [made(2, OTHER, theirs, HOUR)])
    async with fetched(tmp_path, text) as library:
        assert len(await library.articles.related(2)) == 1
        web.serve("/f0", rss("F0", [made(1, ENGLISH, "<p>Corrected at noon.</p>")]))
        await refreshed(library)
        assert await library.articles.related(2) == ()
