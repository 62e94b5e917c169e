"""Search through `Library`: orders, limits, and the same answer from SQL and from memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders import entry
from tests.test_library import opened
from tests.test_watches import TWO_FEEDS, fill
from tuireader.model import View, ViewKind
from tuireader.store import search


async def test_the_most_relevant_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(tmp_path, TWO_FEEDS) as library:
        await fill(
            library,
            1,
            entry(1, content_html="<p>Much is said of other things, and a word of tariffs.</p>"),
            entry(2, title="Tariffs", content_html="<p>Tariffs and no end of tariffs.</p>"),
            entry(3, title="Tariffs, webinar", content_html="<p>Buy a seat now and see all of it.</p>"),
            entry(4),
        )
        by_date, _ = await library.search("tariffs")
        titles = [row.title for row in await library.rows(by_date)]
        assert titles == ["Title number 1", "Tariffs", "Tariffs, webinar"]
        best, problem = await library.search("tariffs", ranked=True)
        assert problem == "" and best[0] == by_date[1] and best[-1] == by_date[0]
        first, _ = await library.search("tariffs", ranked=True, limit=1)
        assert list(first) == [by_date[1]]
        # What the index cannot decide alone, facts and mutes count as they do by date.
        assert list((await library.search("tariffs -/webinar/", ranked=True))[0]) == [by_date[1], by_date[0]]
        assert list((await library.search("tariffs is:read", ranked=True))[0]) == []
        # Beyond the window, and without any word, the newest come first.
        monkeypatch.setattr(search, "_RANKED", 1)
        everything, _ = await library.search("tariffs", ranked=True)
        assert sorted(everything) == sorted(by_date)
        assert list((await library.search("is:unread", ranked=True))[0]) == list(
            (await library.search("is:unread"))[0]
        )
        view = View(ViewKind.QUERY, "tariffs")
        assert list(await library.ids(view, sort="relevance")) == list(everything)
        assert list(await library.ids(view)) == list(by_date)
