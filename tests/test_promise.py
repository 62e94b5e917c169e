"""Random histories of a library: no match is lost, nothing is read by itself, every number is true.

`TUIREADER_HISTORIES` sets how many are tried (`make test` tries a few).
"""

from __future__ import annotations

import io
import json
import os
from collections import Counter
from contextlib import aclosing, redirect_stderr, redirect_stdout
from inspect import unwrap
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.builders import CLOCK as NOW
from tests.builders import feeds, item, opened, rss
from tests.web import Web
from tuireader.cli.articles.articles import count, list_
from tuireader.cli.articles.brief import brief
from tuireader.cli.articles.watches import watch
from tuireader.config import WatchConfig
from tuireader.library import Library
from tuireader.model import Case, CaseState, Count, FoldedRows, View, ViewKind
from tuireader.text.wording import rows_and_articles
from tuireader.ui.drawing.sidebar_items import sidebar_items
from tuireader.ui.screens.watches import watch_cells
from tuireader.ui.views import MUTED, count_of, expression_of

STEPS = 14
FEEDS = 3
TOPICS = (
    (
        "LanternPay buys Ferrygate for 40 million",
        "LanternPay, the payment company, has agreed to buy Ferrygate",
    ),
    ("Quay tolls to double in autumn", "The harbour council wants to double the tolls at the quay"),
    ("Kestrel 4 loses contact after launch", "Engineers of Orbital Kestrel lost contact with the satellite"),
)
ENDINGS = (
    "as both sides said on Tuesday, a deal that regulators in three countries still have to approve.",
    "a person who knows the plans said, and the two boards met late in the evening to vote on it.",
)
WATCHED = ("", " It uses openssl.", " WeChat is named, too.")
WATCHES = '[[watch]]\nname = "TLS"\nany = ["openssl"]\n[[watch]]\nname = "WeChat"\nany = ["WeChat", "微信"]\n'
VIEWS = (ViewKind.TODAY, ViewKind.UNREAD, ViewKind.STARRED, ViewKind.ALL, ViewKind.TO_DO)


class History:
    """One user, three feeds, two watches. What happens is drawn from `draw`; `steps` says it."""

    def __init__(self, draw: Random, library: Library, web: Web) -> None:
        self.draw = draw
        self.library = library
        self.web = web
        self.made = 0
        self.entries: list[tuple[int, int, str, str, str, str]] = []
        self.touched: set[int] = set()
        self.read: set[int] = set()
        self.matched: dict[str, set[int]] = {}
        self.steps: list[str] = []
        self.cases: dict[int, Case] = {}

    async def run(self, steps: int) -> None:
        """Some entries, and then so many steps, each followed by a look at what must hold."""
        for _ in range(5):
            self.publish()
        await self.refresh()
        happenings = [self.arrive] * 4 + [self.edit] * 2 + [self.open] * 2 + [self.mark] * 2
        happenings += [self.repost, self.star, self.label, self.split, self.undo, self.mute, self.unmute]
        happenings += [self.watch, self.purge, self.unsubscribe, self.note] + [self.handle] * 3
        happenings += [self.mark_list] * 2
        for _ in range(steps):
            happening = self.draw.choice(happenings)
            self.steps.append(happening.__name__)
            await happening()
            await self.nothing_is_lost()
            await self.cases_stay(changed=happening in (self.handle, self.note, self.undo))
        await self.every_number_is_true()
        await self.every_place_agrees()
        await self.mark_list(View(ViewKind.ALL))

    # -- what happens

    async def refresh(self) -> None:
        for number in range(FEEDS):
            newest = [entry for entry in reversed(self.entries) if entry[0] == number][:6]
            documents = [
                item(guid, title, f"<p>{body}</p>", url=url, time=NOW - 60 * made)
                for _, made, guid, title, body, url in newest
            ]
            self.web.serve(f"/feed{number}", rss(f"Feed {number}", documents))
        async with aclosing(self.library.refresh.run(force=True)) as events:
            async for _ in events:
                pass

    def publish(self) -> None:
        """A feed has a new entry, now and then at the address of an earlier one, as in a hub."""
        self.made += 1
        title, body = self.draw.choice(TOPICS)
        text = f"{body}, {self.draw.choice(ENDINGS)}{self.draw.choice(WATCHED)}"
        url = f"{self.web.url}/articles/{self.made}"
        if self.entries and self.draw.random() < 0.3:
            url = self.draw.choice(self.entries)[5]
        feed = self.draw.randrange(FEEDS)
        self.entries.append((feed, self.made, f"guid-{self.made}", title, text, url))

    async def arrive(self) -> None:
        self.publish()
        await self.refresh()

    async def edit(self) -> None:
        """A feed changes an entry: watched words come or go."""
        at = self.draw.randrange(len(self.entries))
        feed, made, guid, title, body, url = self.entries[at]
        body = f"{body.split('.')[0]}. Corrected, version {len(self.steps)}.{self.draw.choice(WATCHED)}"
        if self.draw.random() < 0.5:
            title += " (corrected)"
        self.entries[at] = (feed, made, guid, title, body, url)
        await self.refresh()

    async def repost(self) -> None:
        """A feed publishes an entry once more, under another guid, beside the first."""
        feed, _, _, title, body, url = self.draw.choice(self.entries)
        self.made += 1
        self.entries.append((feed, self.made, f"guid-{self.made}", title, body, url))
        await self.refresh()

    async def row(self) -> list[int]:
        """A row of the folded list, if there is one."""
        ids = await self.library.lists.ids(View(ViewKind.ALL), folded=True)
        return [self.draw.choice(ids)] if ids else []

    async def open(self) -> None:
        """The user opens a row: it is read, and what is folded behind it."""
        ids = await self.row()
        self.touched.update(ids)
        await self.library.marks.set_read(ids, True, journal=False)
        await self.library.marks.set_read(ids, True, stories=True)

    async def mark(self) -> None:
        ids = await self.row()
        self.touched.update(ids)
        await self.library.marks.set_read(ids, self.draw.random() < 0.5)

    async def mark_list(self, view: View | None = None) -> None:
        """What is unread in a list becomes read, nothing else, and all numbers speak of it."""
        lists, marks = self.library.lists, self.library.marks
        counts, every = await lists.counts(), await self.library.feeds.all()
        views = [View(ViewKind.ALL), View(ViewKind.UNREAD), View(ViewKind.FOLDER, "News")]
        views += [View(ViewKind.FEED, str(feed.id)) for feed in every]
        views += [View(ViewKind.WATCH, name) for name in counts.watches]
        view = self.draw.choice(views) if view is None else view
        before = count_of(view, counts) or Count()
        rows = FoldedRows(view, await lists.newest())
        unread = await lists.unread_in(rows, await lists.ids(view, folded=True))
        assert set(unread) == set(await lists.ids(view, show_read=False))
        listed, rest = await lists.unread_rows(unread)
        assert listed.rows == before.unread_folded
        chosen = self.draw.choice([listed, rest])
        change = await marks.set_read(chosen.ids, True)
        assert sorted(change.ids) == sorted(chosen.ids)
        assert change.what == f"{rows_and_articles(chosen.rows, len(chosen.ids))} marked read"
        after = count_of(view, await lists.counts()) or Count()
        assert before.unread - after.unread == len(chosen.ids)
        assert before.unread_folded - after.unread_folded == chosen.rows
        if chosen is rest:
            assert not any(row.watches for row in await lists.rows(chosen.ids))
        if change.ids:
            undone = await marks.undo()
            assert undone is not None and undone.what == change.what
            assert count_of(view, await lists.counts()) == before
        if self.draw.random() < 0.5:
            await marks.set_read(chosen.ids, True)
            self.touched.update(chosen.ids)

    async def star(self) -> None:
        await self.library.marks.set_starred(await self.row(), self.draw.random() < 0.7)

    async def label(self) -> None:
        name = self.draw.choice(["law", "Later"])
        await self.library.labels.set(name, await self.row(), self.draw.random() < 0.7)

    async def split(self) -> None:
        for article_id in await self.row():
            await self.library.marks.split_story(article_id)

    async def handle(self) -> None:
        """The user handles the matches of a row, of its story, or of one watch."""
        watches = self.draw.choice([None, None, ["WeChat"]])
        state, stories = self.draw.choice(list(CaseState)), self.draw.random() < 0.5
        await self.library.cases.handle(await self.row(), state, watches, stories=stories)

    async def note(self) -> None:
        numbers = await self.library.cases.matches_of(await self.row())
        await self.library.cases.set_note(numbers, self.draw.choice(["", "a note", "another"]))

    async def undo(self) -> None:
        change = await self.library.marks.undo()
        if change is not None and change.config is not None:  # it may have been a change of the watch
            await self.apply()

    async def mute(self) -> None:
        await self.library.mutes.add(self.draw.choice(["openssl", "title:kestrel", "feed:feed1"]))

    async def unmute(self) -> None:
        for mute, _ in await self.library.mutes.all():
            await self.library.mutes.remove(mute)

    async def watch(self) -> None:
        """The user changes a watch: what it has hit is judged again."""
        term = self.draw.choice(["LanternPay", "tolls", "openssl"])
        await self.library.watches.save(WatchConfig("TLS", any=(term,)), "TLS")
        await self.apply()

    async def apply(self) -> None:
        async for _ in self.library.watches.apply():
            pass
        self.matched.pop("TLS", None)

    async def purge(self) -> None:
        await self.library.database.purge(older_than=0, keep=0, unread=True)

    async def unsubscribe(self) -> None:
        every = await self.library.feeds.all()
        if len(every) > 1:
            await self.library.feeds.remove(self.draw.choice(every).id)

    # -- what holds

    async def nothing_is_lost(self) -> None:
        """All that a watch has ever hit is found by it, and none of it becomes read but by the user."""
        for name in self.library.watches.colors:
            watch = f'watch:="{name}"'
            found = {*await self.found(watch), *await self.found(f"{watch} is:muted")}
            assert self.matched.get(name, set()) <= found, f"{name} has lost a match"
            self.matched[name] = found
        every = await self.library.lists.rows([*await self.found(""), *await self.found("is:muted")])
        read = {row.id for row in every if row.read}
        watched = {row.id for row in every if row.watches}
        by_itself = (read - self.read) & watched - self.touched
        assert not by_itself, f"read by itself: {by_itself}"
        self.read = read

    async def cases_stay(self, *, changed: bool) -> None:
        """No state or note changes but by the user, and the records of it are a chain."""
        every = [*await self.found(""), *await self.found("is:muted")]
        cases = {case.match: case for case in await self.library.cases.of(every)}
        assert self.cases.keys() <= cases.keys(), "a case is lost"
        if not changed:
            assert all(cases[match] == case for match, case in self.cases.items()), "a case has changed"
        self.cases = cases
        verdict = await self.library.matches.verify()
        assert not verdict.fault

    async def found(self, expression: str) -> list[int]:
        ids, problem = await self.library.searches.run(expression, limit=10_000)
        assert not problem
        return list(ids)

    async def every_number_is_true(self) -> None:
        """Every number of the sidebar and the tables equals its list and its query."""
        library = self.library
        counts, every = await library.lists.counts(), await library.feeds.all()
        views = [View(kind) for kind in VIEWS]
        views += [View(ViewKind.FEED, str(feed.id)) for feed in every]
        views += [View(ViewKind.FOLDER, folder) for folder in {feed.folder for feed in every} - {""}]
        views += [View(ViewKind.WATCH, name) for name in counts.watches]
        views += [View(ViewKind.LABEL, name) for name in counts.labels]
        for view in views:
            count = count_of(view, counts)
            expression = expression_of(view, "", every)
            assert count == await self.counted(expression), (view, expression)
            assert count.total == len(await library.lists.ids(view)), view
            assert count.folded == len(await library.lists.ids(view, folded=True)), view
            unread = await library.lists.ids(view, show_read=False)
            assert count.unread == len(unread), view
            assert count.unread_folded == len(await library.lists.ids(view, show_read=False, folded=True)), (
                view
            )
        muted = await self.found("is:muted")
        assert counts.muted == len(muted)
        for stats in await library.watches.stats():
            watch = f'watch:="{stats.name}"'
            assert stats.count == counts.watches[stats.name]
            assert stats.today == len(await self.found(f"{watch} is:today"))
            assert stats.week == len(await self.found(f"{watch} age:<7d"))
            assert stats.month == len(await self.found(f"{watch} age:<30d"))
            to_do = [case for case in self.cases.values() if case.watch == stats.name]
            assert dict(stats.cases) == Counter(case.state for case in to_do if case.article_id not in muted)
            still = {case.article_id for case in to_do if case.state in (CaseState.NEW, CaseState.OPEN)}
            opened = {*await self.found(f"{watch} is:open"), *await self.found(f"{watch} is:open is:muted")}
            assert opened == still & {*await self.found(watch), *await self.found(f"{watch} is:muted")}
        for health in await library.feeds.health():
            found = await self.counted(f'feed:="{health.feed.url}"')
            assert (health.unread, health.total) == (found.unread, found.total)

    async def every_place_agrees(self) -> None:
        """Sidebar, watches screen, `count`, `list`, `watch list` and `brief` have the same numbers."""
        counts, every = await self.library.lists.counts(), await self.library.feeds.all()
        watches = self.library.config.watches
        for folds in (False, True):
            for line in sidebar_items(every, counts, watches, (), folds=folds):
                if line.view is None or line.view == MUTED:
                    continue
                expression = expression_of(line.view, "", every, watches)
                (told,) = await self.printed("count", expression=expression, as_json=True)
                assert line.total == told["rows" if folds else "articles"], line
                assert told["stories"] <= told["rows"] <= told["articles"]
                stories, told_articles = told["stories"], told["articles"]
                unread = f"is:unread ({expression})" if expression else "is:unread"
                (told,) = await self.printed("count", expression=unread, as_json=True)
                assert line.unread == told["rows" if folds else "articles"], line
                listed = await self.printed("list_", expression=expression, form="json", limit=10_000)
                assert len(listed) == len({row["id"] for row in listed}) == told_articles
                assert stories == len({row["story"] or -row["id"] for row in listed})
        of_watches = {told["name"]: told for told in await self.printed("watch", "list", as_json=True)}
        for stats in await self.library.watches.stats():
            told, count = of_watches[stats.name], counts.watches[stats.name]
            assert [told[key] for key in ("unread", "total")] == [count.unread, count.total]
            assert (told["unread_rows"], told["rows"]) == (count.unread_folded, count.folded)
            shown = {key: cell.text.replace("–", "") for key, cell in watch_cells(stats, NOW).items()}
            numbers = [told[key] or "" for key in ("unread", "today", "week", "month")]
            assert [shown[key] for key in ("unread", "today", "week", "month")] == list(map(str, numbers))
            found = [await self.found(f'watch:="{stats.name}" is:{state}') for state in ("open", "done")]
            new, opened, handled = map(int, (shown["cases"] or "0·0·0").split("·"))
            assert new + opened >= len(found[0]) and handled >= len(found[1])
            assert sum(dict(told["cases"]).values()) == new + opened + handled
        await self.the_brief_agrees(NOW - 60 * self.draw.randrange(1, self.made + 2))

    async def the_brief_agrees(self, since: int) -> None:
        """Its articles and stories are those of the list; it has each open match among them or below."""
        (brief,) = await self.printed(
            "brief", since=f"{(NOW - since) // 60}min", name=None, story=None, form="json"
        )
        rows = await self.library.lists.rows(await self.found("is:subscribed"))
        new = [row for row in rows if row.time >= since]
        muted = await self.library.lists.rows(await self.found("is:muted is:subscribed"))
        assert (brief["articles"], brief["muted"]) == (len(new), sum(row.time >= since for row in muted))
        # its stories are those of the story pages and of the JSON, of which a list may have several rows
        pages = [await self.library.stories.page(row.id) for row in new]
        assert brief["stories"] == len({page.first.article_id for page in pages})
        assert brief["stories"] == len({row.story or -row.id for row in new})
        assert [len(page.reports) for page in pages] == [row.story_size for row in new]
        shown = [
            each for section in brief["sections"] for story in section["stories"] for each in story["reports"]
        ]
        assert sorted(each["id"] for each in shown if each["new"]) == sorted(row.id for row in new)
        ids = {row.id for row in new} | {row.id for row in muted} | {*await self.found("is:muted")}
        still = [case for case in self.cases.values() if case.state in (CaseState.NEW, CaseState.OPEN)]
        below = sorted(match["match"] for match in brief["still_open"])
        assert below == sorted(case.match for case in still if case.article_id not in ids)

    async def printed(self, *names: str, **values: object) -> list[dict[str, Any]]:
        """JSON that a command prints, run on this library."""
        command: Any = {"count": count, "list_": list_, "watch": watch, "brief": brief}[names[0]]
        for name in names[1:]:
            command = command.commands[name]
        out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
        with redirect_stdout(out), redirect_stderr(io.StringIO()):
            await unwrap(command.callback)(self.library, **values)
            out.seek(0)
            text = out.read()
        return [json.loads(text)] if names == ("brief",) else [json.loads(line) for line in text.splitlines()]

    async def counted(self, expression: str) -> Count:
        ids = await self.found(expression)
        rows = await self.library.lists.rows(ids)
        stories = {row.fold or -row.id for row in rows}
        unread = [row for row in rows if not row.read]
        return Count(
            len(unread),
            len(rows),
            len(unread) - len({row.fold or -row.id for row in unread}),
            len(rows) - len(stories),
        )


@pytest.mark.slow
async def test_random_histories(tmp_path: Path, web: Web) -> None:
    first = int(os.environ.get("TUIREADER_FIRST_HISTORY", "0"))
    text = feeds(*(f"{web.url}/feed{number}" for number in range(FEEDS)))
    text = text.replace("[[feeds]]", '[[feeds]]\nfolder = "News"', 2) + WATCHES
    for seed in range(first, first + int(os.environ.get("TUIREADER_HISTORIES", "5"))):
        folder = tmp_path / str(seed)
        folder.mkdir()
        async with opened(folder, text) as library:
            history = History(Random(seed), library, web)
            try:
                await history.run(STEPS)
            except AssertionError as error:
                error.add_note(f"in history {seed}: {', '.join(history.steps)}")
                raise
