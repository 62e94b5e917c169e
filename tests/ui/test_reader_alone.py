"""The reading pane without the app: what is shown, kept ready, dropped and asked for again, in order."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace

from tests.ui.alone import Stage, call, later
from tuireader.errors import TuireaderError
from tuireader.model import Article, Counts, Story, StoryEntry
from tuireader.ui.controllers.controller import Controller
from tuireader.ui.controllers.reader import Reader
from tuireader.ui.drawing.page_parts import Page
from tuireader.ui.session import PageSpot, Stop

SPOT = PageSpot(False, 1, 2, -1)


def article(number: int, **changes: Any) -> Article:
    """A stored article."""
    plain = Article(
        id=number,
        feed_id=3,
        feed_title="The Quay",
        title=f"Title {number}",
        url="https://x.example/",
        author="",
        time=5,
        published=5,
        arrived=5,
        read=False,
        starred=False,
        edited=False,
        html="<p>Text</p>",
        base_url="",
        place=40,
    )
    return replace(plain, **changes)


def reading(*articles: Article, **library: Any) -> tuple[Stage, Any]:
    """The reader of some articles, which have no related ones."""
    stored = {one.id: one for one in articles}
    known = {
        "articles.story": later(None),
        "articles.related": later(()),
        "articles.get": lambda number: later(stored.get(number)),
        "watches.highlights": lambda text: [],
        "content.highlight_code": later([(0, 1, "keyword")]),
        **{name.replace("__", "."): one for name, one in library.items()},
    }
    stage = Stage(library=known, host={"clock": lambda: 100})
    pane = stage.panes.article
    pane.text_width, pane.place, pane.spot, pane.page_shown = 60, 40, SPOT, "page"
    pane.is_running, pane.fits = True, lambda page: True
    pane.run_worker = stage.keep
    stage.panes.articles.upcoming = lambda: ()
    marks = stage.note(
        "marks",
        article=lambda number, ahead=False: later(stored.get(number)),
        do=lambda step, wait=True: later(step),
        rows=lambda ids: later([]),
    )
    made: Any = stage.alone(Reader, marks)
    return stage, made


def paths(stage: Stage) -> list[str]:
    """What was called, without what is drawn with."""
    own = ("library.watches.highlights", "article.fits", "clock", "articles.upcoming")
    return [one.path for one in stage.drained() if one.path not in own]


OPENED = ["marks.article", "make_room", "article.show"]
RELATED = ["library.articles.story", "library.articles.related"]


async def test_an_article_is_shown_at_its_place_and_kept_ready() -> None:
    stage, made = reading(article(1), article(2))
    assert await made.open(1) is True
    calls = stage.drained()
    (show,) = [one for one in calls if one.path == "article.show"]
    assert isinstance(show.arguments[0], Page) and dict(show.options) == {"place": 40}
    assert stage.session.article == article(1) and call("marks.article", 1, ahead=False) in calls
    await stage.done()
    assert paths(stage) == RELATED
    await made.open(2, follow=True)
    assert stage.session.trail == [Stop(1, SPOT)]
    await stage.done()
    stage.drained()
    await made.open(1, follow=True)
    assert paths(stage) == OPENED[1:], "it was kept"
    assert [stop.article_id for stop in stage.session.trail] == [1, 2]
    await made.back()
    calls = stage.drained()
    (show,) = [one for one in calls if one.path == "article.show"]
    assert dict(show.options) == {"place": 0} and call("article.return_to", SPOT) in calls
    assert stage.session.article_id == 2 and len(stage.session.trail) == 1
    await made.open(1)
    assert stage.session.trail == []
    stage.drained()
    made.forget()
    await made.open(2)
    assert paths(stage) == OPENED, "the store has changed"
    stage.panes.article.fits = lambda page: False
    await made.open(2)
    assert paths(stage) == OPENED, "the pane has another width"
    stage.panes.article.place = 40
    await made.close()
    assert stage.session.page is None and paths(stage) == ["article.clear"]


async def test_few_pages_are_kept() -> None:
    articles = [article(number) for number in range(1, 19)]
    stage, made = reading(*articles)
    for one in articles:
        await made.open(one.id)
    stage.drained()
    for number, is_kept in ((3, True), (4, True), (2, False), (18, True), (4, True)):
        await made.open(number)
        assert ("marks.article" not in paths(stage)) is is_kept


async def test_an_article_opened_later_wins() -> None:
    stage, made = reading(article(1), article(2))
    gate = asyncio.Event()

    async def slow() -> Article:
        await gate.wait()
        return article(1)

    made.marks.article = lambda number, ahead: slow() if number == 1 else later(article(2))
    first = asyncio.ensure_future(made.open(1))
    await asyncio.sleep(0)
    assert await made.open(2) is True
    gate.set()
    assert await first is None and stage.session.article_id == 2


async def test_related_articles_come_below_the_text_and_not_below_another_one() -> None:
    reports = tuple(StoryEntry(number, "T", "", "F", number, number, False) for number in (1, 2))
    stage, made = reading(article(1), article(2), articles__story=later(Story(1, reports)))
    await made.open(1)
    stage.drained()
    await stage.done()
    assert paths(stage) == [*RELATED, "article.show_tail", "changed"]
    assert stage.session.page is not None and len(stage.session.page.tail.parts) > 1
    await made.open(2)
    work = stage.work.copy()
    stage.work.clear()
    await made.close()
    stage.work.extend(work)
    stage.drained()
    await stage.done()
    assert paths(stage) == RELATED


async def test_a_new_state_of_the_open_article_is_shown() -> None:
    stage, made = reading(article(1), article(2))
    await made.open(2)
    await made.open(1)
    await stage.done()
    stage.drained()
    new = article(1, title="New")
    assert await made.renew(new, place=7) is True
    calls = stage.drained()
    (show,) = [one for one in calls if one.path == "article.show"]
    assert dict(show.options) == {"place": 7} and stage.session.article == new
    assert [one.path for one in calls if one.path != "library.watches.highlights"][-3:] == [
        "changed",
        *RELATED,
    ]
    assert await made.renew(article(2, title="Other")) is False
    assert stage.drained() == []
    await made.open(2)
    assert "marks.article" in paths(stage), "it is read again"
    await made.completed(1)
    assert stage.drained() == []
    stage.panes.article.place = 9
    await made.completed(2)
    calls = stage.drained()
    assert call("library.articles.get", 2) in calls
    assert [dict(one.options) for one in calls if one.path == "article.show"] == [{"place": 9}]
    assert await made.renew(article(5)) is False
    await made.close()
    await made.completed(2)
    await made.relabel()
    await made.fit_tables()


async def test_labels_of_the_open_article_change_in_place() -> None:
    stage, made = reading(article(1))
    await made.open(1)
    stage.drained()
    for labels, is_shown in (((), False), (("port",), True)):
        made.marks.rows = lambda ids, known=labels: later([SimpleNamespace(id=1, labels=known)])
        await made.relabel()
        shown = [one for one in stage.drained() if one.path == "article.show_head"]
        assert len(shown) == is_shown
        assert stage.session.article is not None and stage.session.article.labels == labels
    made.marks.rows = later([])
    await made.relabel()
    assert paths(stage) == ["marks.rows"]


async def test_code_is_coloured_unless_another_article_is_open() -> None:
    code = article(1, html='<pre><code class="language-python">x = 1</code></pre>')
    stage, made = reading(code, article(2))
    await made.open(1)
    await stage.done()
    calls = stage.drained()
    asked = [one for one in calls if one.path == "library.content.highlight_code"]
    colours = [one for one in calls if one.path == "article.colour"]
    assert len(asked) == len(colours) == 1 and "x = 1" in asked[0].arguments[0]
    number, ranges = colours[0].arguments
    assert (
        stage.session.page is not None and stage.session.page.head[number].language == asked[0].arguments[1]
    )
    assert [(one.start, one.end, one.style) for one in ranges] == [(0, 1, "code:keyword")]
    await made.open(2)
    await stage.done()
    assert "library.content.highlight_code" not in paths(stage)
    stage.library.content.highlight_code = later([])
    await made.open(1)
    await made.open(2)
    await stage.done()
    assert "article.colour" not in paths(stage)


@pytest.mark.parametrize("tag", ["table", "TABLE"])
async def test_tables_fit_the_pane(tag: str) -> None:
    table = article(1, html=f"<{tag}><tr><th>A<th>B<tr><td>1<td>2</{tag}>")
    stage, made = reading(table)
    await made.open(1)
    page = stage.session.page
    assert page is not None and page.tables_for == 60
    stage.drained()
    await made.fit_tables()
    assert paths(stage) == []
    stage.panes.article.fits = lambda page: False
    stage.panes.article.text_width = 50
    await made.fit_tables()
    calls = stage.drained()
    assert stage.session.page is not None and stage.session.page.tables_for == 50
    assert [dict(one.options) for one in calls if one.path == "article.show"] == [{"place": 0}]
    assert call("article.return_to", SPOT) in calls
    stage, made = reading(article(1))
    await made.open(1)
    assert stage.session.page is not None and stage.session.page.tables_for == 0, "it has none"


async def test_the_next_pages_are_built_while_no_key_is_pressed(monkeypatch: pytest.MonkeyPatch) -> None:
    from tuireader.ui.controllers import reader

    monkeypatch.setattr(reader, "_AT_REST", 0)
    stage, made = reading(article(1), article(2))
    stage.panes.articles.upcoming = lambda: (1, 2, 9)
    for _ in range(2):
        made.prefetch()
    await asyncio.sleep(0.001)
    assert len(stage.work) == 1, "the last key counts"
    await stage.done()
    reads = [one for one in stage.drained() if one.path == "marks.article"]
    assert reads == [call("marks.article", number, ahead=True) for number in (1, 2, 9)]
    await made.open(2)
    assert "marks.article" not in paths(stage)
    made.prefetch()
    await asyncio.sleep(0.001)
    await stage.done()
    assert [one for one in stage.drained() if one.path == "marks.article"] == [
        call("marks.article", 9, ahead=True)
    ]
    made.marks.article = lambda number, ahead: later(TuireaderError("away"))
    made.prefetch()
    await asyncio.sleep(0.001)
    await stage.done()
    stage.panes.article.is_running = False
    made.prefetch()
    await asyncio.sleep(0.001)
    assert not stage.work


@pytest.mark.parametrize(
    ("syncing", "feeds", "ids", "expression", "explains"),
    [
        ("home: 5", 1, 0, "", True), ("", 0, 0, "", True), ("", 1, 0, "", False),
        ("home: 5", 1, 1, "", False), ("home: 5", 1, 0, "kites", False),
    ],
)  # fmt: skip
async def test_an_empty_list_explains_a_first_sync(
    syncing: str, feeds: int, ids: int, expression: str, explains: bool
) -> None:
    stage = Stage(articles__ids=[1] * ids)
    stage.session.syncing, stage.session.filter = syncing, expression
    stage.session.feeds = [SimpleNamespace()] * feeds  # type: ignore[list-item]
    stage.session.counts = Counts()
    stage.alone(Controller).explain_sync()
    assert [one.path for one in stage.drained()] == ["articles.refresh"] * explains
    assert isinstance(stage.panes.articles.empty_text, str) is explains
