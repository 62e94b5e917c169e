"""Articles that are old when they arrive come in read, but never those that a watch matches."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders import ALL, CLOCK, WATCHES, opened, refreshed, rss, titles
from tests.builders import item as rss_item
from tests.web import Web
from tuireader.library import Library
from tuireader.model import View, ViewKind

UNREAD = View(ViewKind.UNREAD)
DAY = 86_400


async def unread(library: Library) -> list[str]:
    return sorted(await titles(library, UNREAD))


@pytest.mark.parametrize(("setting", "left"), [('read_older_than = "2d"\n', 2), ("", 4)])
async def test_old_articles_arrive_read_unless_watched(
    tmp_path: Path, web: Web, setting: str, left: int
) -> None:
    news = [
        rss_item("1", "Of today", time=CLOCK - 60),
        rss_item("2", "Of last week", time=CLOCK - 7 * DAY),
        rss_item("3", "WeChat last week", "<p>WeChat again.</p>", time=CLOCK - 7 * DAY),
        rss_item("4", "Two days old and a second", time=CLOCK - 2 * DAY - 1),
    ]
    url = web.serve("/feed", rss("News", news))
    text = f'[[feeds]]\nurl = "{url}"\nfull_text = false\n{setting}{WATCHES}'
    async with opened(tmp_path, text) as library:
        await refreshed(library)
        assert len(await titles(library, ALL)) == 4
        expected = {2: ["Of today", "WeChat last week"], 4: sorted(await titles(library, ALL))}
        assert await unread(library) == expected[left]
        assert await titles(library, View(ViewKind.WATCH, "WeChat")) == ["WeChat last week"]


async def test_only_arrivals_are_marked_and_marks_of_the_user_stay(tmp_path: Path, web: Web) -> None:
    old = rss_item("1", "Old", time=CLOCK - 30 * DAY)
    url = web.serve("/feed", rss("News", [old]))
    async with opened(tmp_path, f'[[feeds]]\nurl = "{url}"\nread_older_than = "1d"\n') as library:
        await refreshed(library)
        assert await unread(library) == []
        await library.marks.set_read(await library.lists.ids(ALL), False)
        web.serve("/feed", rss("News", [old.replace("Old", "Old and edited")]))
        await refreshed(library)
        assert await unread(library) == ["Old and edited"]
