"""The dialog for a page without a feed: proposals, live preview, saving; and editing it later."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.pages.layouts import page, wanted
from tests.ui.running import Running, running
from tests.ui.shelf import Server, configured, refreshes_here
from tests.web import Web
from tests.workers import forked_workers as forked_workers
from tuireader.model import View, ViewKind
from tuireader.ui.widgets import details

pytestmark = pytest.mark.usefixtures("forked_workers")
HTML = {"Content-Type": "text/html; charset=utf-8"}


@dataclass
class Selecting:
    """The dialog over an empty library, for a page of a real server."""

    run: Running
    url: str
    folder: Path

    async def opens(self) -> None:
        await self.run.write(f"+{self.url}\r")
        await self.run.shows("enter adds it")

    @property
    def written(self) -> str:
        return (self.folder / "config.toml").read_text(encoding="utf-8")


@asynccontextmanager
async def selecting(folder: Path, layout: str, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Selecting]:
    async with Web() as web:
        url = web.serve("/list", page(layout), headers=HTML)
        text = "[fetch]\nrefresh_on_start = false\n"
        async with configured(folder, text) as library, running(library, size) as run:
            refreshes_here(library)
            yield Selecting(run, url, folder)


@pytest.mark.slow
async def test_the_proposed_articles_are_shown_and_added(tmp_path: Path) -> None:
    async with selecting(tmp_path, "cjk-list") as one:
        await one.opens()
        await one.run.shows("10 articles · 10 with a date · and a next page")
        assert "No feed at" in one.run.text and "ul.newslist > li" in one.run.text
        assert "微信暂停新用户注册以进行安全升级  /202611/t20261126_880.html" in one.run.text
        assert all(len(line) <= 80 for line in one.run.text.splitlines())
        await one.run.press("enter")
        await one.run.shows("feed added")
        assert 'items = "ul.newslist > li"' in one.written and "a:contains('下一页')" in one.written
        await one.run.shows(wanted("cjk-list")[0][0][:10])  # it is fetched at once


async def test_edited_selectors_show_what_they_find_before_anything_is_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with selecting(tmp_path, "jobs") as one:
        Server(one.run.library)  # nothing is fetched once it is added
        await one.opens()
        await one.run.shows("Electrician  /jobs/7004")
        await one.run.press("down", "ctrl+u")
        await one.run.write("li.job-card >")
        await one.run.shows("items is not a CSS selector")
        assert "Electrician" not in one.run.text
        await one.run.press("enter")
        assert "[[feeds]]" not in one.written and "enter adds it" in one.run.text
        monkeypatch.setattr(details, "PAUSE", 60.0)  # enter comes before the articles do
        one.run.post("\x7f\x7f a.job-link\r")
        await one.run.shows("press enter again")
        assert "[[feeds]]" not in one.written
        await one.run.shows("8 articles")
        await one.run.press("enter")
        await one.run.shows("feed added")
        assert 'items = "li.job-card a.job-link"' in one.written


@pytest.mark.slow
async def test_other_proposals_and_the_watched_page_are_one_key_away(tmp_path: Path) -> None:
    async with selecting(tmp_path, "held-out/notices-ja", (120, 40)) as one:
        await one.opens()
        await one.run.shows("年末年始の営業時間について")
        await one.run.press("right")
        await one.run.shows("サービス1のご紹介")
        assert "section.p-service > ul > li" in one.run.text
        await one.run.press("right")
        await one.run.shows("lines that are compared each time")
        assert "Articles" not in one.run.text and "Part" in one.run.text
        await one.run.press("down")
        await one.run.write("section.p-news\tNotices")
        await one.run.shows("11 lines")
        await one.run.press("enter")
        await one.run.shows("feed added")
        assert 'folder = "Notices"\nkind = "page"\nselect = "section.p-news"' in one.written
        await one.run.shows("is watched for changes")


async def test_escape_adds_nothing(tmp_path: Path) -> None:
    async with selecting(tmp_path, "jobs") as one:
        await one.opens()
        await one.run.press("escape")
        await one.run.shows("Address of a feed")
        await one.run.press("escape")
        assert "[[feeds]]" not in one.written


@pytest.mark.slow
async def test_the_selectors_of_a_page_can_be_edited_later(tmp_path: Path) -> None:
    async with selecting(tmp_path, "municipal-de", (80, 40)) as one:
        await one.opens()
        await one.run.shows("6 articles")
        await one.run.press("enter")
        await one.run.shows("feed added")
        await one.run.shows("Seestraße")
        (feed,) = await one.run.library.feeds.all()
        one.run.select(View(ViewKind.FEED, str(feed.id)))
        await one.run.press("e")
        await one.run.shows("div.mod-teaser")
        await one.run.press(*["down"] * 5, "ctrl+u")
        await one.run.write("h3 >\r")
        await one.run.shows("items is not a CSS selector")
        await one.run.write("\x7f\x7f\r")
        await one.run.shows("saved")
        assert 'items = "h3"' in one.written
