"""Commands without the app: all that each asks of the list, the pane, the store and the app, in order."""

from __future__ import annotations

import asyncio
from array import array
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.builders import config
from tests.ui.alone import Call, Stage, call, later
from tuireader.errors import TuireaderError
from tuireader.model import Change, FoldedRows, UnreadRows, View, ViewKind
from tuireader.ui.controllers import full_text, search
from tuireader.ui.controllers.chosen import Chosen
from tuireader.ui.controllers.full_text import FullText
from tuireader.ui.controllers.mark_commands import MarkCommands
from tuireader.ui.controllers.mark_steps import OPENED, State, Step
from tuireader.ui.controllers.navigation import Navigation
from tuireader.ui.controllers.previews import Previews
from tuireader.ui.controllers.search import Search
from tuireader.ui.drawing.page_parts import Target
from tuireader.ui.flows.lists import mark_list_read
from tuireader.ui.session import ListSpot, Session, Stop
from tuireader.ui.views import ALL, UNREAD


def row(article_id: int = 1, **values: Any) -> Any:
    """A row of the list."""
    plain = {
        "id": article_id,
        "read": False,
        "starred": False,
        "fold": 0,
        "url": f"u{article_id}",
        "title": f"t{article_id}",
    }
    return SimpleNamespace(**{**plain, **values})


def opens(session: Session, article_id: int, **values: Any) -> Any:
    """Let an article be open."""
    article = SimpleNamespace(
        **{
            "id": article_id,
            "read": True,
            "url": f"open{article_id}",
            "title": "open",
            "full": None,
            **values,
        }
    )
    session.page = cast(Any, SimpleNamespace(article=article))
    return article


# --------------------------------------------------------------------------- chosen articles


@pytest.mark.parametrize(
    ("in_list", "in_article", "is_open", "selected", "current", "ids", "article_id"),
    [
        (True, False, False, (), 5, [5], 5),
        (True, False, False, (), None, [], None),
        (True, False, False, (7, 3, 9, 4), 5, [3, 9, 4, 7], 5),
        (False, False, False, (3,), 5, [5], 5),
        (False, True, True, (3,), 5, [8], 8),
        (False, True, False, (3,), 5, [5], 5),
        (True, False, True, (), 5, [5], 5),
    ],
)
async def test_which_articles_a_command_means(
    in_list: bool, in_article: bool, is_open: bool, selected: tuple[int, ...], current: int | None,
    ids: list[int], article_id: int | None,
) -> None:  # fmt: skip
    rows = {number: row(number, url="" if number == 9 else f"u{number}") for number in (3, 4, 5, 7, 9)}
    stage = Stage(
        library={"lists.rows": lambda wanted, **_: later([rows[one] for one in wanted])},
        in_list=in_list, in_article=in_article,
        articles__selected=set(selected), articles__current_id=current,
        articles__ids=array("q", [1, 3, 5, 9]),
    )  # fmt: skip
    marks = stage.note("marks", rows=lambda wanted: later([rows[one] for one in wanted]))
    made = stage.alone(Chosen, marks)
    if is_open:
        opens(stage.session, 8)
    assert (sorted(made.ids), made.ids[:1], made.article_id) == (sorted(ids), ids[:1], article_id)
    assert made.in_article is (in_article and is_open) and made.is_selection is bool(selected and in_list)
    there = [("open8", "open") if one == 8 else (f"u{one}", f"t{one}") for one in made.ids if one != 9]
    assert await made.addresses() == there
    if not made.is_selection:
        assert await made.address() == (there[0] if there else ("", ""))
    stage.drained()
    stage.panes.articles.current_row = rows[4]
    assert await made.row() is rows[4] and stage.drained() == []


async def test_an_article_that_is_gone_is_no_row() -> None:
    stage = Stage(articles__current_id=5)
    made = stage.alone(Chosen, stage.note("marks", rows=later([])))
    assert await made.row() is None and await made.addresses() == []
    assert stage.drained()[0] == call("marks.rows", [5])


# --------------------------------------------------------------------------- full text


def full_texts(**library: Any) -> tuple[Stage, Any, Any]:
    """The commands for full texts, with an open article."""
    stage = Stage(library={name.replace("__", "."): one for name, one in library.items()}, article__place=9)
    stage.panes.run_worker = stage.keep
    article = opens(stage.session, 8, shows_full=False, comments_feed="", comments_url="")
    reader = stage.note("reader", renew=later(True), completed=later())
    navigation = stage.note("navigation", opened_here=lambda: later(stage.session.article))
    return stage, stage.alone(FullText, reader, navigation, stage.note("reload", _=later())), article


async def test_a_full_text_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(full_text, "MOMENT", 0)
    stage, made, _ = full_texts(full_texts__fetch=later("new"))
    await made.toggle()
    await stage.done()
    assert stage.drained() == [
        call("navigation.opened_here"), call("navigation.opened_here"),
        call("say_shortly", "Fetching the full text …"), call("library.full_texts.fetch", 8),
        call("reader.renew", "new"), call("say_shortly", "Full text · <full_text> shows the feed's text"),
        call("reload"),
    ]  # fmt: skip
    made.reader.renew = later(False)
    await made.fetch_again()
    await stage.done()
    assert [one.path for one in stage.drained()][-2:] == ["reader.renew", "reload"], "another one is open now"
    stage.session.page = None
    await made.toggle()
    await made.fetch_again()
    await made.comments()
    await stage.done()
    assert {one.path for one in stage.drained()} == {"navigation.opened_here"}


@pytest.mark.parametrize("shows_full", [True, False])
async def test_the_feeds_text_and_the_full_text_take_turns(shows_full: bool) -> None:
    stage, made, article = full_texts(full_texts__show=later("new"))
    article.full, article.shows_full = SimpleNamespace(html="<p>"), shows_full
    toggling = asyncio.ensure_future(made.toggle())
    await asyncio.sleep(0)
    await stage.done()
    await toggling
    assert stage.drained() == [
        call("navigation.opened_here"), call("library.full_texts.show", 8, not shows_full),
        call("reader.renew", "new"), call("say_shortly", "Feed text" if shows_full else "Full text"),
    ]  # fmt: skip


async def test_a_full_text_that_cannot_be_fetched() -> None:
    stage, made, article = full_texts(full_texts__fetch=later(TuireaderError("login page")))
    article.full = SimpleNamespace(html="")
    await made.toggle()
    await stage.done()
    assert stage.drained()[2:] == [
        call("say_shortly", "Fetching the full text …"), call("library.full_texts.fetch", 8),
        call("say", "No full text: login page", severity="warning", seconds=8),
        call("reader.completed", 8),
    ]  # fmt: skip


@pytest.mark.parametrize("in_article", [True, False])
async def test_comments(in_article: bool) -> None:
    stage, made, article = full_texts(content__fetch_comments=later("new"))
    stage.panes.in_article = in_article
    await made.comments()
    assert stage.drained()[1:] == [call("say", "This article has no comments page", seconds=2)]
    article.comments_url = "https://x.example"
    stage.host.browse = later()
    await made.comments()
    assert stage.drained()[1:] == [call("browse", "https://x.example")]
    article.comments_feed = "https://x.example/feed"
    went = [] if in_article else [call("go_to", "article")]
    begins = [*went, call("article.go_to_comments"), call("say_shortly", "Loading the comments …")]
    await made.comments()
    await stage.done()
    fetched = call("library.content.fetch_comments", 8)
    renewed = call("reader.renew", "new", place=9)
    ends = call("say_no_more")
    assert stage.drained()[1:] == [*begins, fetched, renewed, call("article.go_to_comments"), ends]
    made.reader.renew = later(False)
    await made.comments()
    await stage.done()
    assert stage.drained()[1:] == [*begins, fetched, renewed, ends]
    stage.library.content.fetch_comments = later(TuireaderError("no"))
    await made.comments()
    await stage.done()
    assert stage.drained()[1:] == [
        *begins, fetched, call("say", "No comments: no", severity="warning", seconds=8),
    ]  # fmt: skip


# --------------------------------------------------------------------------- search


def searching() -> tuple[Stage, Any]:
    """The search."""
    stage = Stage(library={"searches.remember": later()})
    stage.panes.run_worker = stage.keep
    stage.panes.open_search = later()
    hurry = stage.note("hurry")
    made = stage.alone(
        Search, stage.note("listing", spot=lambda: "spot", find=later(), filter_by=later(), hurry=hurry)
    )
    return stage, made


async def test_a_search_starts_from_the_list_and_a_filter_from_the_last_one() -> None:
    stage, made = searching()
    stage.session.filter = "old"
    await made.open(filters=True)
    assert stage.drained() == [call("open_search", "old", filters=True)]
    assert stage.session.before_search is None
    await made.open(filters=False)
    assert stage.drained() == [call("listing.spot"), call("open_search", "", filters=False)]
    await made.open(filters=False)
    assert stage.drained() == [call("open_search", "", filters=False)], "the first list is the way back"
    assert cast(Any, stage.session.before_search) == "spot"


async def test_what_is_typed_is_looked_for_and_a_key_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    stage, made = searching()
    await made.settled()
    assert stage.drained() == []
    for filters, path in ((False, "listing.find"), (True, "listing.filter_by")):
        made.look_for("kites", filters=filters)
        settled = asyncio.ensure_future(made.settled())
        await asyncio.sleep(0)
        assert not settled.done()
        await stage.done()
        await settled
        calls = [call("hurry.clear"), call("hurry.set"), call(path, "kites"), call("changed")]
        assert stage.drained() == calls
        await made.settled()
        assert stage.drained() == []
    monkeypatch.setattr(search, "PATIENCE", 0)
    made.look_for("kites", filters=False)
    await made.settled()
    await stage.done()


@pytest.mark.parametrize("shown", ["kites", "other"])
async def test_enter_goes_to_the_results(shown: str) -> None:
    stage, made = searching()
    stage.session.searches = ["a", "kites", "b"]
    stage.session.view = View(ViewKind.QUERY, shown)
    made.go_on(" kites ", filters=False)
    await stage.done()
    hold = [call("hold_repaint")] * (shown == "other")
    assert stage.drained() == [
        call("hurry.set"), *hold, call("library.searches.remember", "kites"), call("close_search"),
        call("go_to", "articles"),
    ]  # fmt: skip
    assert stage.session.searches == ["kites", "a", "b"]


async def test_the_way_back_from_a_search_and_a_filter() -> None:
    stage, made = searching()
    stage.session.before_search = cast(ListSpot, "spot")
    made.go_on("  ", filters=False)
    back = [
        call("close_search"), call("workers.cancel_group", "", "search"),
        call("listing.restore", "spot"), call("go_to", "articles"), call("changed"),
    ]  # fmt: skip
    assert stage.drained() == back and stage.session.before_search is None
    made.leave_search()
    assert stage.drained() == [one for one in back if one.path != "listing.restore"]
    made.go_on("", filters=True)
    await stage.done()
    assert stage.drained() == [
        call("close_search"), call("hurry.clear"), call("go_to", "articles"),
        call("listing.filter_by", ""), call("changed"),
    ]  # fmt: skip
    stage.session.before_search = cast(ListSpot, "spot")
    made.keep_as_view()
    assert stage.session.before_search is None
    assert stage.drained() == [call("close_search"), call("sidebar.select", UNREAD)]


# --------------------------------------------------------------------------- marks


def marking(text: str = "", **panes: Any) -> tuple[Stage, Any, list[Step]]:
    """The commands for marks, and the steps that they make, each stored at once."""
    steps: list[Step] = []

    def do(step: Step, **_: object) -> Any:
        steps.append(step)
        step.change = Change(step.what, tuple(step.ids), step.mark, step.value, 1)
        step.done.set()
        return later(step)

    library = {
        "lists.next_unread_in_story": later(None),
        "lists.unread_in": later([1, 2, 8]),
        "marks.set_read": later(),
        "marks.set_starred": later(),
        "marks.note_opened": later(),
    }
    stage = Stage(config(text), library=library, **panes)
    marks = stage.note("marks", do=do, lacks=later(True), rows=later([]), retry=later("Saved"))
    marks.steady, marks.unread = (lambda read: read()), (lambda stored: later(set(stored)))
    listing = stage.note("listing", complete=later(True), folded_rows=None, token=1, reload=later())
    chosen = stage.alone(Chosen, marks)
    return stage, stage.alone(MarkCommands, listing, marks, chosen), steps


def asked(stage: Stage) -> list[Call]:
    """The calls, without that of the queue."""
    return [one for one in stage.drained() if one.path != "marks.do"]


@pytest.mark.parametrize("read", [True, False])
async def test_a_mark_of_read_in_full(read: bool) -> None:
    stage, made, (steps) = marking()
    stage.session.folds = False
    step = await made.set_read([1, 2], read)
    assert (step.what, step.mark, step.ids, step.value, step.undoable) == (
        f"2 articles marked {'read' if read else 'unread'}", "read", [1, 2], read, True,
    )  # fmt: skip
    assert asked(stage) == [call("articles.patch", [1, 2], read=read), call("changed")]
    assert stage.session.kept == ({1, 2} if read else set())
    await step.write([3])
    assert asked(stage) == [
        call("library.marks.set_read", [3], read=read, journal=True, stories=False, rows=None)
    ]
    step = await made.set_starred([1], read)
    assert (step.what, step.mark, step.ids, step.value, step.undoable) == (
        f"1 article {'starred' if read else 'no longer starred'}", "starred", [1], read, True,
    )  # fmt: skip
    assert asked(stage) == [call("articles.patch", [1], starred=read), call("changed")]
    await step.write([3])
    assert asked(stage) == [call("library.marks.set_starred", [3], starred=read)]
    assert steps[-1] is step


@pytest.mark.parametrize("shows_read", [True, False])
async def test_what_is_read_stays_listed_where_read_articles_are_hidden(shows_read: bool) -> None:
    stage, made, _ = marking()
    if stage.session.shows_read is not shows_read:
        stage.session.toggle_read_shown()
    await made.set_read([1], True)
    assert stage.session.kept == (set() if shows_read else {1})


@pytest.mark.parametrize(
    ("folds", "read_story", "opened", "stories"),
    [
        (True, True, (), True),
        (True, True, (5,), False),
        (True, True, (6,), True),
        (False, True, (), False),
        (True, False, (), False),
    ],
)
async def test_when_a_whole_story_becomes_read(
    folds: bool, read_story: bool, opened: tuple[int, ...], stories: bool
) -> None:
    stage, made, _ = marking(f"[ui]\nread_story = {str(read_story).lower()}")
    stage.panes.articles.row = lambda article_id: row(article_id, fold=5)
    stage.session.folds, stage.session.open_stories = folds, set(opened)
    for reading in (True, False):
        step = await made.set_read([1], True, reading=reading)
        stage.drained()
        await step.write([1])
        (written,) = stage.drained()
        assert dict(written.options)["stories"] is (stories and reading)


@pytest.mark.parametrize(
    ("read_story", "in_article", "read", "whole"),
    [
        (True, False, True, True),
        (True, False, False, True),
        (True, True, True, True),
        (True, True, False, False),
        (False, False, True, False),
    ],
)
async def test_a_row_is_marked_with_all_that_it_stands_for(
    read_story: bool, in_article: bool, read: bool, whole: bool
) -> None:
    stage, made, steps = marking(
        f"[ui]\nread_story = {str(read_story).lower()}", articles__current_id=1, in_article=in_article
    )
    opens(stage.session, 1)
    rows = made.listing.folded_rows = FoldedRows(UNREAD, 9)
    stage.panes.articles.row = lambda article_id: row(article_id, read=not read)
    await made.toggle_read()
    stage.drained()
    await steps[-1].write([1])
    (written,) = stage.drained()
    assert dict(written.options)["rows"] == (rows if whole else None)


@pytest.mark.parametrize("selected", [(), (1, 2)])
async def test_toggles_say_what_they_did(selected: tuple[int, ...]) -> None:
    stage, made, steps = marking(
        articles__ids=array("q", [1, 2]), articles__current_id=1, articles__selected=set(selected)
    )
    stage.session.folds = False
    ids, count = (list(selected), "2 articles ") if selected else ([1], "")
    for is_marked in (False, True):
        made.marks.lacks = later(not is_marked)
        stage.panes.articles.row = lambda article_id, on=is_marked: row(article_id, read=on, starred=on)
        await made.toggle_read()
        await made.toggle_star()
        assert [(step.mark, step.ids, step.value) for step in steps[-2:]] == [
            ("read", ids, not is_marked), ("starred", ids, not is_marked),
        ]  # fmt: skip
        read, star = ("unread", "no longer starred") if is_marked else ("read", "starred")
        assert stage.toasts() == [
            f"{count}marked {read} (undo)" if count else f"{read.capitalize()} (undo)",
            f"{count}{star} (undo)" if count else f"{star.capitalize()} (undo)",
        ]
    await made.mark_read()
    assert (steps[-1].ids, steps[-1].value, stage.toasts()) == (ids, True, [])
    stage.panes.articles.selected, stage.panes.articles.current_id = set(), None
    before = len(steps)
    for command in (made.toggle_read, made.toggle_star, made.mark_read):
        await command()
    assert len(steps) == before and stage.toasts() == []


async def test_the_store_is_asked_where_the_row_is_not_loaded_or_there_are_several() -> None:
    stage, made, steps = marking(articles__ids=array("q", [1, 2]), articles__current_id=1)
    for lacks in (True, False):
        made.marks.lacks = later(lacks)
        await made.toggle_star()
        assert (steps[-1].value, call("marks.lacks", "starred", [1]) in stage.drained()) == (lacks, True)
    stage.panes.articles.row = lambda article_id: row(article_id, starred=True)
    stage.panes.articles.selected = {1, 2}
    await made.toggle_star()
    assert call("marks.lacks", "starred", [1, 2]) in stage.drained()


async def test_a_story_that_is_read_is_counted_and_a_failure_is_said_elsewhere() -> None:
    stage, made, _ = marking(articles__ids=array("q", [1]), articles__current_id=1)

    def do(step: Step) -> Any:
        step.what, step.trouble = "1 row · 3 articles marked read", trouble
        step.change = Change(step.what, (1, 4, 5), "read", True, 1)
        step.state = State.UNSAVED if trouble else State.STORED
        return later(step)

    made.marks.do = do
    trouble: TuireaderError | None = None
    await made.toggle_read()
    assert stage.toasts() == ["1 row · 3 articles marked read (undo)"]
    trouble = TuireaderError("locked")
    await made.toggle_read()
    assert stage.toasts() == []


async def test_selecting() -> None:
    stage, made, _ = marking(articles__ids=array("q", [1, 2]), articles__current_id=1)
    made.select()
    assert stage.drained() == [call("articles.toggle_selected", 1), call("articles.move", 1)]
    stage.panes.in_list = False
    made.select()
    assert stage.drained() == [call("articles.toggle_selected", 1)]
    stage.panes.articles.current_id = None
    made.select()
    assert stage.drained() == []
    ids = array("q", [1, 2])
    for selected, on in ((set[int](), True), ({1}, True), ({1, 2}, False), ({1, 2, 3}, False)):
        stage.panes.articles.selected = selected
        await made.select_all()
        assert stage.drained() == [call("listing.complete"), call("articles.select", ids, on=on)]
    made.listing.complete = later(False)
    await made.select_all()
    assert stage.drained() == [call("listing.complete")]


async def test_a_whole_list_is_marked_read_unless_another_one_came() -> None:
    stage, made, steps = marking(articles__ids=array("q", [1, 2, 3, 4]))
    main, ask = cast(Any, SimpleNamespace(marking=made, host=stage.host)), cast(Any, None)
    some, few, none = UnreadRows([1, 2, 3], 2), UnreadRows([1, 2], 1), UnreadRows([], 0)
    for listed, rest, spare, ids, said in (
        (some, few, False, [1, 2, 3], "2 rows · 3 articles marked read (undo)"),
        (some, few, True, [1, 2], "1 row · 2 articles marked read, 1 spared (undo)"),
        (some, none, True, None, "Nothing marked: all of it is on a watch, starred or labelled"),
        (none, none, False, None, "Everything is read already"),
    ):
        steps.clear()
        made.library.lists.unread_rows = later((listed, rest))
        outcome = await mark_list_read(main, ask, spare=spare)
        assert outcome is not None and outcome.said == said
        assert [step.ids for step in steps] == ([ids] if ids else [])
    made.listing.complete = later(False)
    outcome = await mark_list_read(main, ask)
    assert outcome is not None and outcome.said == "Nothing marked: another list was opened"


async def test_what_is_marked_but_not_stored_yet_counts() -> None:
    stage, made, _ = marking(articles__ids=array("q", [1, 2, 3]))
    made.marks.unread = lambda stored: later({*stored, 3, 5} - {1})  # 5 is not listed
    made.library.lists.unread_rows = later()
    await made.unread_rows()
    (asked,) = [one for one in stage.drained() if one.path == "library.lists.unread_rows"]
    assert sorted(asked.arguments[0]) == [2, 3, 8]


async def test_the_browser_reads_the_article() -> None:
    stage, made, steps = marking(articles__current_id=1, articles__current_row=row(1))
    stage.host.browse = later()
    assert await made.read_in_browser()
    calls = stage.drained()
    assert calls[0] == call("browse", "u1") and call("say_shortly", "Read (undo)") in calls
    read, opened = steps
    assert (read.ids, read.value) == ([1], True)
    await read.write([1])
    assert dict(stage.drained()[0].options)["stories"] is True
    assert (opened.mark, opened.ids, opened.undoable) == (OPENED, (1,), False)
    await opened.write((1,))
    assert stage.drained() == [call("library.marks.note_opened", (1,))]
    stage.panes.articles.current_id = stage.panes.articles.current_row = None
    assert not await made.read_in_browser()
    assert stage.drained() == [call("browse", "")] and len(steps) == 2


async def test_an_article_leaves_its_story() -> None:
    stage, made, steps = marking(articles__current_id=1)
    await made.split_story()
    assert stage.toasts() == ["This article is not part of a story"] and steps[-1].mark == ""

    def do(step: Step) -> Any:
        step.change = change
        if change:
            step.done.set()
        return later(step)

    made.marks.do = do
    change: Change | None = Change("", (1, 2), "", True, 1)
    await made.split_story()
    change = None
    await made.split_story()
    assert stage.toasts() == ["Removed from its story (undo)", "Removing it from its story …"]
    stage.panes.articles.current_id = None
    await made.split_story()
    assert stage.drained() == []
    await made.retry()
    assert stage.drained()[1:] == [call("say", "Saved", seconds=2)]


@pytest.mark.parametrize(
    ("left", "folds", "expression", "is_listed", "is_inserted", "moved", "expected"),
    [
        (7, True, "", False, True, False, ["insert"]),
        (7, True, "", False, False, False, ["insert", "reload"]),
        (7, True, "", True, True, False, []),
        (7, True, "x", False, True, False, []),
        (7, False, "", False, True, False, []),
        (None, True, "", False, True, False, []),
        (7, True, "", False, True, True, []),
    ],
)
async def test_the_next_unread_article_of_a_story_appears(
    left: int | None, folds: bool, expression: str, is_listed: bool, is_inserted: bool, moved: bool,
    expected: list[str],
) -> None:  # fmt: skip
    stage, made, _ = marking(
        "[ui]\nread_story = false", articles__ids=array("q", [1, 7] if is_listed else [1])
    )
    stage.session.folds, stage.session.filter = folds, expression
    rows = [row(7)]

    def read(ids: list[int], **_: Any) -> Any:
        made.listing.token += moved
        return later(rows)

    stage.library.lists.next_unread_in_story, stage.library.lists.rows = later(left), read
    stage.panes.articles.insert = lambda row, after: is_inserted
    await made.read_rest(1)
    calls = [one for one in stage.drained() if one.path in ("articles.insert", "listing.reload")]
    whole = {"insert": call("articles.insert", rows[0], after=1), "reload": call("listing.reload")}
    assert calls == [whole[name] for name in expected]
    assert stage.session.kept == ({1} if expected else set())


# --------------------------------------------------------------------------- navigation

NEXT_UNREAD = call("listing.next_unread", 1, past_cursor=False)


def navigating(text: str = "", **panes: Any) -> tuple[Stage, Any]:
    """The navigation."""
    library = {"feeds.all": later([]), "labels.all": later([]), "watches.colors": {"W": ""}}
    stage = Stage(config(text), library=library, **panes)
    listing = stage.note("listing", show=later(), next_unread=later(None), token=1)
    reader = stage.note("reader", open=later(True), close=later(), back=later(), stored=later(None))
    marking = stage.note(
        "marking", set_read=later(), read_rest=later(), note_opened=later(), chosen__row=later(None)
    )
    previews = stage.alone(Previews, listing, reader, marking)
    made = stage.alone(Navigation, listing, reader, marking, stage.note("search"), previews)
    return stage, made


CLOSED = [call("reader.close"), call("close_article")]


@pytest.mark.parametrize("is_open", [True, False])
async def test_a_view_that_was_chosen(is_open: bool) -> None:
    view = View(ViewKind.FEED, "3")
    shows = [call("close_search"), call("listing.show", view), call("changed")]
    stage, made = navigating()
    closes = CLOSED * is_open
    if is_open:
        opens(stage.session, 8)
    stage.session.before_search = cast(ListSpot, "spot")
    await made.go_to_view(view)
    selects = call("sidebar.select", view)
    assert stage.drained() == [*closes, *shows, selects, call("go_to", "articles")]
    assert stage.session.before_search is None
    stage.session.before_search = cast(ListSpot, "spot")
    await made.preview_view(view, leave=False)
    assert stage.drained() == shows and stage.session.before_search is None
    await made.preview_view(view, leave=True)
    assert stage.drained() == [*shows, *closes, call("go_to", "articles"), call("changed")]
    stage.session.view = view
    stage.session.before_search = cast(ListSpot, "spot")
    await made.preview_view(view, leave=False)
    assert stage.drained() == [] and cast(Any, stage.session.before_search) == "spot"


@pytest.mark.parametrize(
    ("kind", "there", "gone"),
    [
        (ViewKind.FEED, "3", "4"), (ViewKind.FOLDER, "F", "G"), (ViewKind.LABEL, "L", "M"),
        (ViewKind.ACCOUNT, "home", "work"), (ViewKind.WATCH, "W", "V"), (ViewKind.STARRED, "", None),
        (ViewKind.QUERY, "x", None),
    ],
)  # fmt: skip
async def test_a_view_that_no_longer_exists_is_left(kind: ViewKind, there: str, gone: str | None) -> None:
    from tests.ui.alone import ACCOUNT

    stage, made = navigating(ACCOUNT)
    stage.library.feeds.all = later([SimpleNamespace(id=3, folder="F")])
    stage.library.labels.all = later([SimpleNamespace(name="L")])
    for key, is_left in ((there, False), (gone, True)):
        if key is not None:
            stage.session.view = View(kind, key)
            await made.leave_missing_view()
            calls = [one for one in stage.drained() if not one.path.startswith("library")]
            left = [
                call("close_search"),
                call("listing.show", ALL),
                call("changed"),
                call("sidebar.select", ALL),
            ]
            assert calls == left * is_left


@pytest.mark.parametrize("is_zen", [True, False])
@pytest.mark.parametrize(
    ("on_open", "read", "is_listed", "marks"),
    [
        ("open", False, True, True), ("open", True, True, False), ("never", False, True, False),
        ("open", False, False, True), ("open", True, False, False),
    ],
)  # fmt: skip
async def test_an_article_that_is_opened_becomes_read(
    is_zen: bool, on_open: str, read: bool, is_listed: bool, marks: bool
) -> None:
    stage, made = navigating(f'[ui]\nmark_read = "{on_open}"', is_zen=is_zen)
    stage.panes.articles.row = lambda article_id: row(article_id, read=read) if is_listed else None
    opens(stage.session, 8, read=read)
    goes = [] if is_zen else [call("go_to", "article")]
    marked = [call("marking.set_read", [8], True, journal=False), call("marking.read_rest", 8)] * marks
    marked.append(call("marking.note_opened", 8))
    opened = [*goes, call("articles.select_id", 8), call("changed"), *marked]
    await made.open_article(8)
    assert stage.drained() == [call("reader.open", 8), *opened]
    for answer, said in (
        (False, [call("say", "This article is no longer stored", severity="warning")]),
        (None, []),
    ):
        made.reader.open = later(answer)
        await made.open_article(8)
        assert stage.drained() == [call("reader.open", 8), *said]
    stage.host.browse = later()
    for stored, answer, expected in (
        (None, True, [call("browse", "u")]),
        (8, True, [call("reader.open", 8, follow=True), *opened]),
        (8, False, [call("reader.open", 8, follow=True), call("browse", "u")]),
        (8, None, [call("reader.open", 8, follow=True)]),
    ):
        made.reader.stored, made.reader.open = later(stored), later(answer)
        target = Target("T", 8, "u")
        await made.follow(target)
        assert stage.drained() == [call("reader.stored", target), *expected]


async def test_the_article_under_the_cursor_is_opened_once() -> None:
    stage, made = navigating(articles__current_id=8)
    assert await made.opened_here() is None
    assert stage.drained()[0] == call("reader.open", 8)
    article = opens(stage.session, 9)
    assert await made.opened_here() is article and stage.drained() == []
    stage.session.page, stage.panes.articles.current_id = None, None
    assert await made.opened_here() is None and stage.drained() == []


@pytest.mark.parametrize(
    ("open_id", "current", "opened"), [(None, 5, False), (4, 5, True), (5, 5, False), (4, None, False)]
)
async def test_stepping_opens_the_next_article_where_one_is_open(
    open_id: int | None, current: int | None, opened: bool
) -> None:
    stage, made = navigating(articles__current_id=current)
    if open_id is not None:
        opens(stage.session, open_id)
    await made.step(-1)
    calls = stage.drained()
    assert calls[:2] == [call("articles.move", -1), call("changed")]
    assert [one for one in calls if one.path == "reader.open"] == [call("reader.open", current)] * opened


FEEDS = [View(ViewKind.FEED, str(number)) for number in range(4)]


@pytest.mark.parametrize(
    ("step", "at", "unread", "order"),
    [
        (1, 1, (1, 1, 1, 1), [2, 3, 0]),
        (-1, 1, (1, 1, 1, 1), [0, 3, 2]),
        (1, 3, (1, 0, 1, 0), [0, 2]),
        (1, 0, (0, 9, 0, 1), [1, 3]),
        (1, None, (1, 0, 0, 1), [0, 3]),
    ],
)
async def test_the_next_unread_article_is_sought_in_the_next_views(
    step: int, at: int | None, unread: tuple[int, ...], order: list[int]
) -> None:
    items = [SimpleNamespace(view=view, unread=count) for view, count in zip(FEEDS, unread, strict=True)]
    stage, made = navigating(sidebar__items=[SimpleNamespace(view=None, unread=9), *items])
    stage.session.view = ALL if at is None else FEEDS[at]

    def show(view: View) -> Any:
        made.listing.token += 1
        return later()

    made.listing.show = show
    await made.next_unread(step)
    calls = stage.drained()
    assert [one.arguments for one in calls if one.path == "listing.show"] == [(FEEDS[one],) for one in order]
    assert [one.arguments for one in calls if one.path == "sidebar.select"] == [
        (FEEDS[one],) for one in order
    ]
    assert {one.arguments for one in calls if one.path == "listing.next_unread"} == {(step,)}
    assert calls[-1] == call("say", "Still counting unread articles …")
    stage.session.counts = cast(Any, "known")
    stage.panes.sidebar.items = ()
    await made.next_unread(step)
    assert stage.toasts() == ["Nothing unread"]
    made.listing.next_unread = later(7)
    await made.next_unread(step)
    assert [one.path for one in stage.drained()[:2]] == ["listing.next_unread", "reader.open"]


async def test_who_goes_elsewhere_meanwhile_stays_there() -> None:
    stage, made = navigating(sidebar__items=[SimpleNamespace(view=FEEDS[0], unread=1)])

    def leave(*_: object, **__: object) -> Any:
        made.listing.token += 5
        return later(7)

    made.listing.next_unread = leave
    await made.next_unread(1)
    assert stage.drained() == [NEXT_UNREAD]
    made.listing.next_unread, made.listing.show = later(None), leave
    await made.next_unread(1)
    assert [one.path for one in stage.drained()] == [
        "listing.next_unread",
        "close_search",
        "listing.show",
        "changed",
    ]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ({"in_sidebar": True, "folds": True}, [call("sidebar.fold_current")]),
        ({"open": True, "at_end": False}, [call("article.page", 1)]),
        ({"open": True, "at_end": True}, [NEXT_UNREAD]),
        ({"row": row(5, read=False)}, [call("marking.chosen.row"), call("reader.open", 5)]),
        ({"row": row(5, read=True)}, [call("marking.chosen.row"), NEXT_UNREAD]),
        ({"row": None}, [call("marking.chosen.row"), NEXT_UNREAD]),
        ({"in_sidebar": True, "folds": False, "row": None}, [
            call("sidebar.fold_current"), call("marking.chosen.row"), NEXT_UNREAD,
        ]),
    ],
)  # fmt: skip
async def test_the_space_bar(state: dict[str, Any], expected: list[Call]) -> None:
    stage, made = navigating(
        in_sidebar=state.get("in_sidebar", False), sidebar__fold_current=lambda: state.get("folds", False),
        article__at_end=state.get("at_end", False),
    )  # fmt: skip
    made.marking.chosen.row = later(state.get("row"))
    if state.get("open"):
        opens(stage.session, 8)
    await made.page_or_next_unread()
    assert stage.drained()[: len(expected)] == expected


async def test_commands_in_the_text() -> None:
    stage, made = navigating(article__chosen=-1, article__sought="")
    pane = stage.panes.article
    stage.panes.open_find = later()
    made.next_hit(1)
    made.next_reference(1)
    made.related()
    await made.find_in_page()
    assert stage.drained() == [call("say", "Open an article first", seconds=2)]
    opens(stage.session, 8)
    await made.find_in_page()
    assert stage.drained() == [call("open_find")]
    none = [
        call("say", "No matches in this text", seconds=2),
        call("say", "No sentence here refers to an earlier article", seconds=2),
        call("say", "No related articles"),
    ]  # fmt: skip
    for answer in (None, 1):
        pane.next_hit = pane.next_reference = pane.choose = lambda _, found=answer: found
        made.next_hit(-1)
        made.next_reference(-1)
        made.related()
        said = none if answer is None else []
        assert stage.drained() == [
            call("article.next_hit", -1), *said[:1],
            call("go_to", "article"), call("article.next_reference", -1), *said[1:2],
            call("go_to", "article"), call("article.choose", 0), *said[2:],
        ]  # fmt: skip
    pane.sought, pane.chosen = "kites", 3
    made.next_hit(-1)
    made.related()
    assert stage.drained() == [
        call("article.next_found", -1), call("go_to", "article"), call("article.choose", 3),
    ]  # fmt: skip


async def test_the_next_language_follows_the_reports_that_were_seen() -> None:
    stage, made = navigating()
    stage.library.articles.in_next_language = later(None)
    await made.next_language()
    assert stage.drained() == []
    opens(stage.session, 8)
    stage.session.trail = [cast(Stop, SimpleNamespace(article_id=number)) for number in (5, 6)]
    await made.next_language()
    assert stage.drained() == [
        call("library.articles.in_next_language", 8, {5, 6}),
        call("say", "No report in another language", seconds=2),
    ]
    stage.library.articles.in_next_language = later(SimpleNamespace(title="T", article_id=7, url="u"))
    stage.host.browse = later()
    await made.next_language()
    assert stage.drained()[1] == call("reader.stored", Target("T", 7, "u"))


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ({"in_sidebar": True}, [call("sidebar.open_current")]),
        ({"in_article": True, "in_list": False}, [call("article.open_chosen")]),
        ({"articles__current_id": 8}, [call("go_to", "article")]),
        ({"articles__current_id": 5}, [call("reader.open", 5)]),
        ({"articles__current_id": None}, []),
    ],
)
async def test_enter_opens_what_is_under_the_cursor(state: dict[str, Any], expected: list[Call]) -> None:
    stage, made = navigating(**state)
    opens(stage.session, 8)
    await made.open()
    assert stage.drained()[: max(1, len(expected))] == expected


ARTICLE = {"in_article": True, "in_list": False, "article__chosen": -1}
FIND = [call("close_find"), call("article.leave_reference")]
BACK: list[tuple[dict[str, Any], list[Call]]] = [
    ({**ARTICLE, "close_find": lambda: True}, [call("close_find")]),
    ({**ARTICLE, "article__chosen": 0}, [*FIND, call("article.choose", -1)]),
    ({**ARTICLE, "article__leave_reference": lambda: True}, FIND),
    ({**ARTICLE, "trail": True}, [*FIND, call("reader.back"), call("articles.select_id", 8)]),
    ({**ARTICLE, "is_zen": True}, [*FIND, call("go_to", "article")]),
    (ARTICLE, [*FIND, *CLOSED, call("go_to", "articles")]),
    ({"articles__selected": {3}}, [call("articles.select", [3], on=False)]),
    ({"filter": "x"}, [call("search.leave_filter")]),
    ({"before": "spot"}, [call("search.leave_search")]),
]  # fmt: skip


@pytest.mark.parametrize(("state", "expected"), BACK)
@pytest.mark.parametrize("command", ["back", "quit_or_back"])
async def test_back_leaves_one_thing_after_the_other(
    state: dict[str, Any], expected: list[Call], command: str
) -> None:
    own = ("trail", "filter", "before")
    stage, made = navigating(**{key: one for key, one in state.items() if key not in own})
    if state.get("in_article"):
        opens(stage.session, 8)
    stage.session.trail = [cast(Stop, "stop")] if state.get("trail") else []
    stage.session.filter, stage.session.before_search = state.get("filter", ""), state.get("before")
    await getattr(made, command)()
    assert stage.drained() == expected


@pytest.mark.parametrize(
    ("state", "back", "quits"),
    [
        ({}, [call("go_to", "sidebar")], [call("leave", 0)]),
        ({"open": True}, [call("go_to", "sidebar")], [*CLOSED, call("go_to", "articles")]),
        ({"in_list": False, "in_sidebar": True}, [call("sidebar.fold_current")], [call("leave", 0)]),
        ({"in_list": False, "in_sidebar": True, "is_wide": False}, [call("go_to", "articles")],
         [call("leave", 0)]),
        ({"in_list": False, "in_sidebar": True, "covers_list": True}, [call("sidebar.fold_current")],
         [call("go_to", "articles")]),
    ],
)  # fmt: skip
async def test_after_the_last_step_back(state: dict[str, Any], back: list[Call], quits: list[Call]) -> None:
    stage, made = navigating(
        covers_list=False, **{key: one for key, one in state.items() if key not in ("open", "covers_list")}
    )
    stage.panes.covers_list = state.get("covers_list", False)
    stage.host.leave = later()
    if state.get("open"):
        opens(stage.session, 8)
    for command, expected in ((made.back, back), (made.quit_or_back, quits)):
        await command()
        assert stage.drained() == expected
