"""Answers that come late: the screen shows what was asked for last, and what the store has.

Each of these drops or repeats a read that was overtaken:

| what is read                   | overtaken by                  | test                                 |
|--------------------------------|-------------------------------|--------------------------------------|
| view, order, search, reload    | another view, the way back    | `a_late_list`, `a_search_left_early` |
| list with articles that stay   | another view                  | `a_long_list`                        |
| list before a search           | results of the search         | `a_list_read_before_a_search`        |
| rest of a long list            | another long list or search   | `lists_are_completed`                |
| rest of a list, for a key      | another view                  | `keys_for_a_whole_list`              |
| next unread article            | another view, a refresh       | `the_next_unread`                    |
| advice, sentence found         | another view, the way back    | `advice_for_a_list`, `a_sentence`    |
| article, related articles      | another article, closing      | `a_late_article`                     |
| comments, labels               | another article               | `what_comes_for_an_article`          |
| full text                      | full text, fetched again      | `what_comes_for_an_article`          |
| layout of a long page          | another article, full text    | `a_long_page`                        |
| colours of code                | another article               | `test_reading.py`                    |
| page read ahead, rows, numbers | a refresh, a mark             | `what_was_read_before_a_change`      |
| page of the open article       | a refresh                     | `the_open_article`                   |
| rows, feeds, accounts          | the same read, begun later    | `what_was_read_last`                 |
| next article of a story        | another view                  | `the_next_of_a_story`                |
| marks: rows, article, undo     | a mark stored or refused      | `test_mark_queue.py`                 |
"""

from __future__ import annotations

import asyncio
import threading
from array import array
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from tests.ui import demo_library, samples
from tests.ui.running import Running, running
from tests.ui.shelf import NOW, Server, Shelf, Site, arrive, many, replaced, story, written
from tests.ui.slow_store import PATIENCE, held, late, until
from tuireader.errors import DatabaseError
from tuireader.model import Comment, View, ViewKind
from tuireader.ui.controllers import listing, search
from tuireader.ui.dialogs.form import Form
from tuireader.ui.drawing.page_parts import Target
from tuireader.ui.flows import context
from tuireader.ui.flows.context import Outcome
from tuireader.ui.views import ALL, UNREAD
from tuireader.ui.widgets.article_list import ArticleList
from tuireader.ui.widgets.article_pane import ArticlePane
from tuireader.ui.widgets.field import Field
from tuireader.ui.widgets.search_line import SearchLine
from tuireader.ui.widgets.sidebar import Sidebar

FEED_1, FEED_2, FEED_3 = (View(ViewKind.FEED, str(number)) for number in (1, 2, 3))


def click(run: Running, view: View) -> None:
    """Choose a view in the sidebar, as a click does, while other work is under way."""
    run.main.sidebar.post_message(Sidebar.Chosen(view, leave=True))


def listed(run: Running) -> list[int]:
    return list(run.main.articles.ids)


# -- the list


async def test_a_late_list_does_not_replace_the_one_asked_for_later(run: Running) -> None:
    lists, searches = run.library.lists, run.library.searches
    with late(lists.head) as head:  # a view, and the same view without read articles
        click(run, ALL)
        await head.reached()
        run.post(".")
        await until(lambda: len(listed(run)) == 5 and run.main.session.view == ALL)
        head.release()
        await run.settle()
    assert listed(run) == [1, 2, 3, 4, 6]

    await run.press("full_stop")
    with late(lists.ids) as ids:  # a list in another order, and another view
        await run.press("backslash")
        run.post("o")
        await ids.reached()
        click(run, FEED_2)
        await until(lambda: listed(run) == [4, 6])
        ids.release()
        await run.settle()
    assert listed(run) == [4, 6]

    with late(lists.ids) as ids:  # a list that is read again after an undo, and another view
        await run.press("s")
        run.post("U")
        await ids.reached()
        click(run, FEED_3)
        await until(lambda: listed(run) == [3])
        ids.release()
        await run.settle()
    assert listed(run) == [3]

    with late(searches.run, asked="toll") as found:  # results of a search, and a view
        run.post("/toll")
        await found.reached()
        click(run, FEED_1)
        await until(lambda: run.main.session.view == FEED_1)
        found.release()
        await run.settle()
    assert run.main.session.view == FEED_1 and listed(run) == [1, 2, 5]


async def test_a_list_read_before_a_search_has_results_does_not_replace_them(run: Running) -> None:
    lists, searches = run.library.lists, run.library.searches
    await run.press("s", "slash")
    with late(searches.run, asked="toll") as found, late(lists.ids) as ids:
        run.post("toll")
        await found.reached()
        refreshed = asyncio.create_task(run.main.controllers.reload())
        await ids.reached()  # of the view before the search
        found.release()
        await until(lambda: listed(run) == [1, 4])
        ids.release()
        await refreshed
        await run.settle()
    assert listed(run) == [1, 4]


async def test_keys_wait_once_for_a_slow_search_and_not_for_one_that_was_left(
    run: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = run.library.searches.run
    with held(find, asked="toll") as found:
        monkeypatch.setattr(search, "PATIENCE", 0.01)
        run.post("/toll\r")
        await found.reached()
        await run.hit("j")
        monkeypatch.setattr(search, "PATIENCE", 100)  # longer than `hit` waits
        await run.hit("j")
        assert run.focus == "list" and run.main.session.view == UNREAD
        found.release()
        await run.settle()
    await run.press("escape")
    with held(find, asked="toll") as found:
        run.post("/toll")
        await found.reached()
        await run.hit("escape", "j")
        assert run.main.articles.cursor == 1
    await run.settle()
    run.main.post_message(SearchLine.Typed("toll", False))
    run.main.post_message(SearchLine.Left("", False))
    await run.hit("j")
    assert run.main.articles.cursor == 2 and "" not in run.main.session.searches
    await run.write("/toll\r")
    await run.hit("j")  # nor for one that has ended
    assert listed(run) == [1, 4] and run.main.articles.cursor == 1


async def test_a_search_left_early_does_not_come_back(run: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "PATIENCE", 0.0)  # keys do not wait for the list
    before = listed(run)
    with late(run.library.searches.run, asked="toll") as found:
        run.post("/toll")
        await found.reached()
        run.post("\x1b")
        await until(lambda: run.focus == "list")
        found.release()
        await run.settle()
    assert listed(run) == before and run.main.session.view == UNREAD
    await run.write("/LanternPay\r")
    assert listed(run) == [1, 3]
    with late(run.library.lists.in_order) as order:  # the results in another order
        await run.press("backslash")
        run.post("o")
        await order.reached()
        run.post("\x1b")
        await until(lambda: listed(run) == before)
        order.release()
        await run.settle()
    assert listed(run) == before and run.main.session.view == UNREAD


async def test_lists_are_completed_one_at_a_time() -> None:
    """A late end of one list does not count as the end of the next; nor does the late end of a search."""
    async with running(many(120)) as run:
        lists, searches, session = run.library.lists, run.library.searches, run.main.session
        with replaced(lists.head, partial(lists.head, limit=70)):
            with late(lists.ids) as ids, held(searches.run, 2, asked="article") as found:
                click(run, ALL)
                await ids.reached()
                run.post("/article")
                await found.reached()  # the first results are listed
                assert session.partial and len(listed(run)) == 50
                await ids.let_go()
                assert session.partial and len(listed(run)) == 50
            await run.settle()
            assert not session.partial and len(listed(run)) == 120
            await run.press("escape")
            with held(lists.ids) as ids, late(searches.run, 2, asked="article") as found:
                run.post("/article")
                await found.reached()
                click(run, ALL)
                await ids.reached()
                await found.let_go()
                assert session.partial and len(listed(run)) == 70
            await run.settle()
            assert not session.partial and len(listed(run)) == 120
            assert run.text.rstrip().endswith(" 1/120")


class SlowArray(array):  # type: ignore[type-arg]
    """Ids of which a thread can make a set only when the test lets it."""

    def __init__(self, *_: object) -> None:
        self.waits, self.go_on = threading.Event(), threading.Event()

    def __iter__(self) -> Iterator[int]:
        self.waits.set()
        assert threading.current_thread() is not threading.main_thread() and self.go_on.wait(PATIENCE)
        return super().__iter__()


async def test_a_long_list_that_gets_its_read_articles_back_late_does_not_replace_another(
    run: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "MANY", 1)
    await run.press("N")
    ids = SlowArray("q", [2, 3, 4, 6])

    async def slow(*_: object, **__: object) -> SlowArray:
        return ids

    with replaced(run.library.lists.ids, slow):
        reloaded = asyncio.create_task(run.main.controllers.reload())
        await until(ids.waits.is_set)
        click(run, FEED_2)
        await until(lambda: listed(run) == [4, 6])
        ids.go_on.set()
        await reloaded
    await run.settle()
    assert listed(run) == [4, 6]


async def test_keys_for_a_whole_list_do_nothing_to_another_one_that_comes_meanwhile() -> None:
    async with running(many(120)) as run:
        lists = run.library.lists
        ids = lists.ids
        with replaced(lists.head, partial(lists.head, limit=70)):
            for key in ("A", "\x01", "p"):
                with held(ids) as rest, held(ids, 2) as own:
                    click(run, ALL)
                    await rest.reached()
                    run.post(key)
                    await own.reached()
                    click(run, FEED_1)
                    await until(lambda: len(listed(run)) == 12)
                    await own.let_go()
                await run.settle()
                assert len(await run.unread()) == 120 and run.open_id is None, key
                assert not run.main.articles.selected and run.main.session.view == FEED_1, key
        assert run.toasts == "Nothing marked: another list was opened"


async def test_the_next_unread_is_one_of_a_list_that_was_read_again_but_not_of_one_that_was_left() -> None:
    async with running(samples.library('[ui]\nsort = "oldest"\n')) as run:
        lists, session = run.library.lists, run.main.session
        rows, ids = lists.rows, lists.ids
        with held(rows), late(ids, 2) as unread:  # rows take long: the list of unread articles is asked
            click(run, ALL)
            await until(lambda: listed(run) == [6, 5, 4, 3, 2, 1])
            run.post("n")
            await unread.reached()
            arrive(run.library, story(7, 3, "Rain on the quay", 24 * 900))
            assert await run.library.database.changed_elsewhere()  # or a timer reads lists again, at any time
            await run.main.controllers.reload()
            assert listed(run)[0] == 7
            unread.release()
            await until(lambda: run.open_id)
        await run.settle()
        assert run.open_id == 7 and session.view == ALL
        await run.press("h")

        with held(rows), late(ids, 2) as unread:
            click(run, UNREAD)
            await until(lambda: listed(run) == [6, 4, 3, 2, 1])
            run.post("n")
            await unread.reached()
            click(run, FEED_1)
            await until(lambda: listed(run) == [5, 2, 1])
            await unread.let_go()
        await run.settle()
        assert session.view == FEED_1 and run.open_id is None

        await run.press("A", "y")
        with late(ids) as following:  # the view that `n` goes on to
            run.post("n")
            await following.reached()
            assert session.view not in (FEED_1, FEED_3)
            click(run, FEED_3)
            await until(lambda: 3 in listed(run))
            await following.let_go()
        await run.settle()
        assert session.view == FEED_3 and run.open_id is None
        assert "Nothing unread" not in run.toasts


async def test_advice_for_a_list_that_was_left_is_not_shown(run: Running) -> None:
    with late(run.library.searches.advice, asked="feed:nowhere") as advice:
        await run.hit("slash")
        run.post("feed:nowhere")
        await advice.reached()
        click(run, FEED_1)
        await until(lambda: listed(run))
        advice.release()
        await run.settle()
    assert "nowhere" not in run.main.articles.empty_text


# -- the open article


def open_(run: Running, article_id: int) -> None:
    """Open an article of the list, as a click does, while other work is under way."""
    run.main.articles.post_message(ArticleList.Opened(article_id))


def shown(run: Running) -> str:
    """The words of the page in the pane, which is the one of the session."""
    page = run.main.pane.page_shown
    if page is None:
        assert run.main.session.page is None
        return ""
    assert page.article.id == run.open_id
    return "\n".join(part.text for part in (*page.head, *page.tail.parts))


async def test_a_late_article_does_not_replace_the_one_opened_later(run: Running) -> None:
    articles = run.library.articles
    await run.press("g")
    with late(articles.get, asked=4) as text:  # another one is opened
        open_(run, 4)
        await text.reached()
        run.post("\r")
        await until(lambda: run.open_id == 1)
        text.release()
        await run.settle()
    assert run.open_id == 1 and shown(run).startswith("LanternPay comes")
    assert "no longer stored" not in run.toasts
    with late(articles.get, asked=6) as text:  # the one that was open is closed
        open_(run, 6)
        await text.reached()
        run.post("h")
        await until(lambda: run.open_id is None)
        text.release()
        await run.settle()
    assert run.open_id is None and not shown(run)
    assert "no longer stored" not in run.toasts
    await run.press("enter")
    with late(articles.get, asked=5) as text:  # a related article is followed, and another one is opened
        run.main.pane.post_message(ArticlePane.TargetOpened(Target("", 5, "https://news.example/5")))
        await text.reached()
        run.post("J")
        await until(lambda: run.open_id == 2)
        text.release()
        await run.settle()
    assert run.open_id == 2 and not run.browsed and not run.main.session.trail
    await run.press("h", "g")
    with late(articles.related, asked=1) as related:  # what is below the text, of an article closed since
        await run.hit("enter")
        await related.reached()
        await run.hit("h")
        related.release()
        await run.settle()
    assert run.open_id is None and not shown(run)


CODE = '<pre><code class="language-python">def fare(zone):\n    return 14\n</code></pre>'
TABLE = "<table><tr><th>Zone</th><th>Fare</th></tr><tr><td>One</td><td>14</td></tr></table>"
LONG = CODE + TABLE + "<!-- this makes it long enough for a thread -->" * 1_000
THREAD = (Comment("Ada Quist", NOW, "<p>First of all.</p>"),)
LATER = (*THREAD, Comment("Bo Quist", NOW, "<p>Last of all.</p>"))
TWO = Shelf(
    samples.FEEDS,
    (
        story(1, 1, "The long one", 1, LONG, comments_feed="https://news.example/1/comments"),
        story(
            2, 1, "The other one", 2, "<p>Short.</p>" * 60, comments_feed="https://news.example/2/comments"
        ),
    ),
)


async def test_what_comes_for_an_article_that_was_left_does_not_change_the_one_open() -> None:
    async with running(TWO) as run:
        library, pane = run.library, run.main.pane
        site, server = Site(library), Server(library)
        site.threads = {1: THREAD, 2: THREAD}
        await run.press("j", "enter", "c", "g", "K")  # the comments of the second one are there
        assert run.open_id == 1
        before = [
            (late(library.articles.related, asked=1), "c"),  # below comments that were loaded
            (late(library.articles.get, asked=1), "c"),  # comments
            (late(library.lists.rows, asked=[1]), "R"),  # labels after a refresh
        ]
        for answer, key in before:
            with answer as call:
                if key == "R":
                    with written(library) as store:
                        store.marks.label("toll", [1], True, now=NOW)
                run.post(key)
                await call.reached()
                await run.hit("J")
                assert run.open_id == 2 and pane.scroll_offset.y == 0
                await call.let_go()
                await run.settle()
            assert run.open_id == 2 and shown(run).startswith("The other one"), key
            assert pane.scroll_offset.y == 0 and "# toll" not in shown(run), key
            await run.press("K")
            assert "First of all." in shown(run)
        assert "# toll" in shown(run)
        assert server.asked

        site.threads[1] = LATER  # comments, not below those that were there
        with late(library.articles.get, asked=1) as text:
            run.post("c")
            await text.reached()
            await run.hit("J")
            await text.let_go()
            await run.settle()
        await run.press("K")
        assert "Last of all." in shown(run)

        site.pages = {1: "<p>The old page.</p>"}  # the full text, which is fetched once more
        with late(library.articles.get, asked=1) as text:
            await run.main.controllers.full_text.fetch_again()
            await text.reached()
            site.pages = {1: "<p>The new page.</p>"}
            await run.main.controllers.full_text.fetch_again()
            await until(lambda: "The new page." in shown(run))
            text.release()
            await run.settle()
        assert "The new page." in shown(run)


@contextmanager
def slow_pages(run: Running) -> Iterator[threading.Event]:
    """Let the next page that is built in a thread wait until the end; the event is set while it waits."""
    building, go_on = threading.Event(), threading.Event()
    highlights = run.library.watches.highlights

    def slow(text: str) -> object:
        if threading.current_thread() is not threading.main_thread() and not building.is_set():
            building.set()
            assert go_on.wait(PATIENCE)
        return highlights(text)

    with replaced(highlights, slow):
        try:
            yield building
        finally:
            go_on.set()


async def test_a_long_page_that_is_built_late_does_not_replace_what_was_shown_since() -> None:
    async with running(TWO) as run:
        site = Site(run.library)
        site.threads = {1: THREAD}
        site.pages = {1: "<p>The whole story.</p>"}

        def other() -> bool:
            return shown(run).startswith("The other one")

        def full_text() -> bool:
            return "The whole story." in shown(run)

        await run.press("j")
        for ask, later in (("opened", "\r"), ("c", "J"), ("resized", "J"), ("c", "x"), ("resized", "x")):
            with slow_pages(run) as building:
                if ask == "opened":
                    open_(run, 1)
                elif ask == "c":
                    await run.hit("c")
                else:
                    await run.pilot.resize_terminal(run.app.size.width - 20, 40)
                await until(building.is_set)
                run.post(later)
                there = full_text if later == "x" else other
                await until(there)
            await run.settle()
            assert there(), (ask, later)
            await run.press("x" if later == "x" else "K")
            assert run.open_id == 1 and not full_text()
        with slow_pages(run) as building:
            await run.hit("c")
            await until(building.is_set)
            html = LONG + "<p>By half.</p>"  # a refresh brings another text meanwhile
            comments = "https://news.example/1/comments"
            arrive(run.library, story(1, 1, "The long one", 1, html, comments_feed=comments))
            await run.main.controllers.reload()
        await run.settle()
        await run.press("J", "K")
        assert "By half." in shown(run)


# -- what a change makes old


async def test_what_was_read_before_a_change_is_not_shown_after_it(run: Running) -> None:
    library = run.library
    with late(library.lists.rows) as rows:  # rows of the list, and a mark
        run.post("v")
        await rows.reached()
        await run.hit("s")
        assert await run.starred() == {1, 4}
        rows.release()
        await run.settle()
    assert run.row.starred

    server = Server(library, story(2, 1, "Harbour dues fall at last", 2, "<p>By half.</p>"))
    with late(library.articles.get, asked=2) as text:  # a page that is read ahead, and a refresh
        await run.hit("k")
        await text.reached()
        run.main.controllers.refreshing.refresh()
        await until(lambda: server.asked and not run.main.controllers.refreshing.running)
        await run.main.controllers.reload()
        text.release()
        await run.settle()
    await run.press("j", "enter")
    assert run.open_id == 2 and "By half." in shown(run)
    await run.press("h")
    await run.main.controllers.reload()
    await run.press("enter", "h", "N")
    assert 2 in await run.unread()
    await run.press("enter", "h")  # the page was kept from when the article was read
    assert 2 not in await run.unread()

    with late(library.lists.counts) as counts:  # numbers, and a mark
        await run.hit("N")
        await counts.reached()
        await run.hit("N")
        counts.release()
        await run.settle()
    assert run.main.session.counts == await library.lists.counts()


async def test_the_open_article_is_read_again_after_a_refresh_once_it_was_left(run: Running) -> None:
    library, pane = run.library, run.main.pane
    await run.press("enter")
    text = samples.TEXT + "<p>By half.</p>"
    Server(library, story(1, 1, "LanternPay comes to the ferries", 1, text))
    run.main.controllers.refreshing.refresh()
    await run.settle()
    with late(library.articles.get, asked=1) as ahead:  # its new page is read ahead, at the place stored
        await run.main.controllers.reload()
        await run.hit("space")
        await ahead.reached()
        ahead.release()
        await run.settle()
    place = pane.place
    assert place > 0
    with held(library.marks.keep_place) as write:  # the position counts, even if it is not stored yet
        await run.hit("J")
        await write.reached()
        await run.hit("K")
        await until(lambda: run.open_id == 1)
        assert "By half." in shown(run) and pane.place == place
        write.release()
        await run.settle()

    with late(library.articles.get, asked=4) as read:  # the refresh comes while an article is opened
        open_(run, 4)
        await read.reached()
        arrive(library, story(4, 2, "Bridge toll doubles", 30, "<p>At last.</p>"))
        await run.main.controllers.reload()
        read.release()
        await run.settle()
    await run.press("K", "J")
    assert run.open_id == 4 and "At last." in shown(run)
    with written(library) as store:  # the refresh has fetched the full text of another one
        store.full_texts.keep(3, "<p>The whole story.</p>", "", NOW)
    await run.main.controllers.reader.completed(3)
    await run.press("K")
    assert run.open_id == 3 and "The whole story." in shown(run)


async def test_what_was_read_last_stays_if_an_older_answer_comes_after_it(run: Running) -> None:
    library, main = run.library, run.main
    with late(library.lists.rows) as rows:
        await run.hit("v")
        await rows.reached()
        with written(library) as store:
            store.labels.apply("toll", [1], True)
        await main.controllers.reload()
        await until(lambda: run.row.labels == ("toll",))
        rows.release()
        await run.settle()
    assert run.row.labels == ("toll",)
    with late(library.feeds.all) as feeds:
        older = asyncio.create_task(main.controllers.reload())
        await feeds.reached()
        with written(library) as store:
            store.conn.execute("UPDATE feed SET state = 'paused' WHERE id = 1")
        await main.controllers.reload()
        feeds.release()
        await older
    assert main.session.feeds == await library.feeds.all()


async def test_a_sentence_found_is_not_shown_once_the_search_is_left(run: Running) -> None:
    await run.press("g")
    with late(run.library.searches.snippets) as found:
        run.post("/toll\r")
        await found.reached()
        await run.hit("escape")
        found.release()
        await run.settle()
    assert run.main.session.view == UNREAD and not any(run.main.hits.line.lines)


async def test_a_sentence_that_could_not_be_read_is_asked_for_again(run: Running) -> None:
    await run.press("g")
    with held(run.library.searches.snippets) as sentence:
        run.post("/toll\r")
        await sentence.reached()
        sentence.refuse(DatabaseError("The database is locked"))
        await run.settle()
    assert "The database is locked" in run.toasts
    await run.press("j")
    assert "It follows the toll" in run.text


async def test_the_next_of_a_story_is_not_put_into_another_list(tmp_path: Path) -> None:
    async with demo_library.opened(tmp_path) as library, running(library) as run:
        lead = await run.at("WeChat suspends")
        other = View(ViewKind.FEED, str(run.row.feed_id))  # has the article, but not the rest of its story
        unread = listed(run)
        with late(library.lists.next_unread_in_story) as following:
            run.post("\r")
            await following.reached()
            click(run, other)
            await until(lambda: listed(run) != unread)
            before = listed(run)
            assert lead in before
            following.release()
            await run.settle()
        assert listed(run) == before


# -- writes


@pytest.mark.usefixtures("locks_are_waited_for_briefly")
async def test_marks_refused_after_other_keys_are_taken_back_together_and_retried(run: Running) -> None:
    library = run.library

    async def same() -> None:
        rows = await library.lists.rows(listed(run))
        assert [run.main.articles.row(row.id) for row in rows] == rows

    with held(library.marks.set_starred) as write:
        await run.hit("s")
        await write.reached()
        await run.hit("j", "N", "k")
        write.refuse(DatabaseError("the database is locked"))
        await run.settle()
    assert "2 marks not saved" in run.toasts and not run.row.starred
    await same()
    await run.press("j", "s", "ctrl+s")  # another mark of the second article replaces none
    assert await run.starred() == {1, 2, 4} and 2 not in await run.unread()
    await same()

    await run.press("k", "enter", "space")
    place = run.main.pane.place
    with held(library.marks.keep_place) as write:
        await run.hit("h")
        await write.reached()
        write.refuse(DatabaseError("the database is locked"))
        await run.settle()
    assert "Your place in the text was not saved" in run.toasts
    await run.press("enter", "g", "space", "h")  # at the same place again
    article = await library.articles.get(1)
    assert article is not None and article.place == place > 0


async def test_a_form_that_is_left_as_it_saves_closes_once(run: Running) -> None:
    saved = asyncio.Event()

    async def save(_: Mapping[str, str]) -> Outcome:
        await saved.wait()
        return Outcome()

    form = Form[Outcome]("Name it", [Field("name", "Name", "x")], save)
    run.app.push_screen(form)
    await run.settle()
    await run.hit("enter")
    form.action_leave()
    saved.set()
    await run.settle()
    assert run.app.screen is run.main and run.app.fault is None
