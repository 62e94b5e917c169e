"""Full texts without a network: which page is taken, what is kept of a failure, who is asked next."""

from __future__ import annotations

from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from tests.builders import CLOCK, entry, fill, opened
from tuireader.errors import TuireaderError
from tuireader.feeds import pages
from tuireader.feeds.pages import PageFailed
from tuireader.library import Library
from tuireader.library.feeds import full_texts
from tuireader.library.feeds.page_tools import PageTools
from tuireader.model import FullText, NewMatch, TextFetched
from tuireader.store import Store

FEED = "https://news.example.org/feed"
CONFIG = f"""
[[feeds]]
url = "{FEED}"
title = "The Quay"
full_text = true
[[watch]]
name = "W"
any = ["ferry"]
"""
WORDS = "Harbour masters consider further lanterns alongside western quays before winter storms arrive."
TEASER = f"<p>{WORDS}</p>"
WHOLE = TEASER.replace("</p>", " The ferry waits.</p>")
NOTICE = "Completely unrelated consent notice: please accept cookies, partners, purposes, vendors, choices."
OTHER = f"<p>{NOTICE}</p>"


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What pages answer, by address: HTML, or an error. `asked` has the calls."""
    made: dict[str, Any] = {"asked": []}

    async def fetch_page(fetcher: object, url: str, home: str, own: Any = None) -> tuple[str, str]:
        made["asked"].append((url, home, own and own.user_agent))
        answer = made.get(url, "")
        if isinstance(answer, Exception):
            raise answer
        return answer, f"{url}?redirected"

    async def open_fetcher(self: PageTools) -> str:
        return "fetcher"

    async def work(self: PageTools, job: str, page: str, url: str, title: str, *, seconds: float) -> str:
        assert (job, url.endswith("?redirected"), bool(title), seconds) == ("article", True, True, 10.0)
        return page.removeprefix("<html>")

    monkeypatch.setattr(pages, "fetch_page", fetch_page)
    monkeypatch.setattr(PageTools, "open_fetcher", open_fetcher)
    monkeypatch.setattr(PageTools, "work", work)
    return made


def url(number: int) -> str:
    """The address of an article."""
    return f"https://news.example.org/{number}"


async def with_articles(library: Library, count: int = 1, **changes: Any) -> None:
    """Store articles with a teaser."""
    await fill(
        library, 1, *(entry(number, **{"content_html": TEASER, **changes}) for number in range(1, count + 1))
    )


@pytest.mark.parametrize(
    ("page", "by_hand", "by_itself"),
    [
        (f"<html>{WHOLE}", True, True),
        (f"<html>{TEASER}", True, True),
        ("<html>", False, False),
        ("<html><p> </p>", False, False),
        (f"<html>{TEASER[: int(len(TEASER) * 0.85)]}</p>", True, True),
        (f"<html>{TEASER[: int(len(TEASER) * 0.5)]}</p>", False, False),
        (f"<html>{OTHER}", True, False),
        (f"Plain text: {WORDS}", True, True),
    ],
)  # fmt: skip
async def test_which_text_is_that_of_the_article(
    tmp_path: Path, answers: dict[str, Any], page: str, by_hand: bool, by_itself: bool
) -> None:
    async with opened(tmp_path, CONFIG) as library:
        await with_articles(library)
        answers[url(1)] = page
        async with aclosing(library.full_texts.fetch_waiting()) as events:
            made = [event async for event in events]
        (text,) = [event for event in made if isinstance(event, TextFetched)]
        assert (text.article_id, text.title, text.done, text.total) == (1, "Title number 1", 1, 1)
        assert (text.error == "") is by_itself
        matches = [event for event in made if isinstance(event, NewMatch)]
        assert len(matches) == ("ferry" in page and by_itself)
        assert answers["asked"] == [(url(1), FEED, "")]
        try:
            article = await library.full_texts.fetch(1)
        except TuireaderError as error:
            assert not by_hand
            article = await library.articles.require(1)
            assert article.full is not None and article.full.error == error.message * (
                article.full.html == ""
            )
        else:
            assert by_hand
            assert article.full == FullText(page.removeprefix("<html>"), f"{url(1)}?redirected", CLOCK)
            assert article.shows_full
            assert not (await library.full_texts.show(1, False)).shows_full
            assert (await library.full_texts.show(1, True)).shows_full


async def test_a_match_in_a_page_names_its_feed(tmp_path: Path, answers: dict[str, Any]) -> None:
    async with opened(tmp_path, CONFIG) as library:
        await with_articles(library)
        answers[url(1)] = WHOLE
        async with aclosing(library.full_texts.fetch_waiting()) as events:
            (match,) = [event async for event in events if isinstance(event, NewMatch)]
        assert (match.article_id, match.title, match.feed_title, match.url) == (
            1, "Title number 1", "The Quay", url(1),
        )  # fmt: skip
        assert match.evidence.watch == "W"
        assert await library.full_texts.count_due() == 0


@pytest.mark.parametrize(
    ("error", "again", "others"),
    [
        (PageFailed("no", status=500), True, CLOCK),
        (PageFailed("no", status=404), True, CLOCK),
        (PageFailed("busy", status=429, retry_after=7200, throttled=True), True, CLOCK + 7200),
        (TuireaderError("odd"), True, CLOCK),
    ],
)
async def test_a_page_that_fails_is_planned_again_and_a_busy_server_left_alone(
    tmp_path: Path,
    answers: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    error: TuireaderError,
    again: bool,
    others: int,
) -> None:
    monkeypatch.setattr(full_texts, "PAUSE", 0.0)
    monkeypatch.setattr(full_texts, "_PER_HOST", 1)
    async with opened(tmp_path, CONFIG) as library:
        await with_articles(library, 3)
        answers.update({url(number): WHOLE for number in (1, 2, 3)})
        first = url(1)
        answers[first] = error
        async with aclosing(library.full_texts.fetch_waiting()) as events:
            made = [event async for event in events if isinstance(event, TextFetched)]
        is_busy = others > CLOCK
        failed = [event.article_id for event in made if event.error]
        assert len(failed) == 1 and made[0].total == 3
        assert len(made) == (len(answers["asked"]) if is_busy else 3)

        def waiting(store: Store) -> tuple[list[Any], dict[str, int]]:
            due = store.full_texts.due(CLOCK + 9 * 86_400, 50, feeds=None, without=[])
            return list(due), store.full_texts.waiting_hosts(CLOCK)

        due, hosts = await library.context.pool.read(waiting)
        assert hosts == ({"news.example.org": others} if is_busy else {})
        assert {page.article_id for page in due} >= set(failed)
        assert {page.tries for page in due if page.article_id in failed} == {1} and again
        assert await library.full_texts.count_due() == 0
        article = await library.articles.require(failed[0])
        assert article.full is not None and article.full.error == error.message


async def test_comments_need_a_feed_of_comments(tmp_path: Path, answers: dict[str, Any]) -> None:
    async with opened(tmp_path, CONFIG) as library:
        await with_articles(library)
        with pytest.raises(TuireaderError, match="no comments"):
            await library.content.fetch_comments(1)
    async with opened(tmp_path, CONFIG, offline=True) as library:
        with pytest.raises(TuireaderError, match="no network"):
            await library.full_texts.fetch(1)
        async with aclosing(library.full_texts.fetch_waiting()) as events:
            assert [event async for event in events] == []
        assert await library.full_texts.count_due() == 0


async def test_only_the_pages_of_the_feeds_that_are_asked_for(
    tmp_path: Path, answers: dict[str, Any]
) -> None:
    other = '[[feeds]]\nurl = "https://other.example/feed"\nfull_text = true\n'
    async with opened(tmp_path, other + CONFIG) as library:
        first, second = (feed.id for feed in await library.feeds.all())
        await fill(library, first, entry(1, content_html=TEASER))
        await fill(library, second, entry(2, content_html=TEASER))
        answers.update({url(1): WHOLE, url(2): WHOLE})
        await library.context.pool.transact(lambda store: store.full_texts.expect([1, 2], CLOCK))
        for feed_ids, expected in (([second], [2]), ([second], []), (None, [1]), (None, [])):
            async with aclosing(library.full_texts.fetch_waiting(feed_ids)) as events:
                found = [event.article_id async for event in events if isinstance(event, TextFetched)]
            assert found == expected
