"""Lists, pages, images and marks without the app: all that each read and each command asks and shows."""

from __future__ import annotations

import asyncio
from array import array
from types import SimpleNamespace
from typing import Any, cast

import pytest
from msgspec import Struct
from rich.style import Style

from tests.builders import config
from tests.examples import for_each
from tests.ui.alone import Call, Stage, call, later
from tuireader.errors import DatabaseError, TuireaderError
from tuireader.model import Article, ArticleRow, Change, Label, Pixels, View, ViewKind
from tuireader.model.articles import NO_DETAIL
from tuireader.ui.controllers import images, listing
from tuireader.ui.controllers.images import Images, blocks, is_far, way_of
from tuireader.ui.controllers.listing import Listing
from tuireader.ui.controllers.mark_steps import PLACE, State, Step
from tuireader.ui.controllers.marks import Marks
from tuireader.ui.controllers.reader import Reader
from tuireader.ui.controllers.search_hits import SearchHits
from tuireader.ui.drawing.layout import Art
from tuireader.ui.session import ListSpot, PageSpot, Stop
from tuireader.ui.views import ALL, UNREAD

NEWS = View(ViewKind.FEED, "3")
QUERY = View(ViewKind.QUERY, "kites")
IDS = array("q", [5, 6, 7])


def row(article_id: int, **values: Any) -> Any:
    """A row of the list."""
    return SimpleNamespace(**{"id": article_id, "read": False, "fold": 0, "labels": (), **values})


# --------------------------------------------------------------------------- lists


def lists(text: str = "", *, whole: bool = True, **panes: Any) -> tuple[Stage, Any]:
    """The list, with a store of three articles."""
    library = {
        "lists.head": lambda *_, **__: later((IDS, whole)),
        "lists.ids": lambda *_, **__: later(array("q", [5, 6, 7, 8])),
        "lists.newest": later(9),
        "lists.in_order": later(array("q", [7, 6, 5])),
        "searches.run": lambda *_, **__: later((IDS, "")),
        "searches.advice": later(("typo?",)),
        "watches.advice": later(()),
    }
    stage = Stage(config(text), library=library, **panes)
    made = stage.alone(Listing, stage.note("marks", rows=lambda ids: later(list(ids))))
    stage.session.started.set()
    return stage, made


def filled(ids: array[int], rows: list[int], *, partial: bool = False, **options: Any) -> Call:
    """The call that shows a list."""
    plain = {"cursor_id": None, "partial": partial, "rows": rows, "days": ()}
    return call("articles.show", ids, **{**plain, **options})


async def test_a_view_is_shown_at_once_and_completed_later() -> None:
    stage, made = lists()
    stage.session.folds = True
    stage.session.open_stories, stage.session.filter = {4}, "old"
    stage.panes.articles.selected = {1}
    stage.session.kept, stage.session.error = {9}, "wrong"
    await made.show(NEWS)
    session = stage.session
    assert (session.view, session.filter, session.open_stories, session.kept) == (NEWS, "", set(), set())
    assert (session.error, session.partial, stage.panes.articles.selected) == ("", False, set())
    assert stage.drained() == [
        call("marks.listed"), call("library.lists.newest"),
        call("library.lists.head", NEWS, show_read=True, folded=True),
        call("marks.rows", IDS), filled(IDS, [5, 6, 7]),
    ]  # fmt: skip
    columns = {"folds": True, "by_day": True, "dots": True, "feeds": False}
    assert (made.token, stage.panes.articles.columns) == (1, columns)
    stage, made = lists(whole=False)
    await made.show(NEWS)
    assert stage.drained()[-1] == filled(IDS, [5, 6, 7], partial=True) and stage.session.partial
    await stage.done()
    asked: dict[str, Any] = {"show_read": True, "sort": "date"}
    assert stage.drained() == [
        call("marks.listed"),
        call("library.lists.newest"),
        call("library.lists.ids", NEWS, **asked, folded=True, opened=frozenset(), aside=True),
        call("articles.update_ids", array("q", [5, 6, 7, 8]), ()), call("changed"),
    ]  # fmt: skip
    assert not stage.session.partial
    assert await made.complete() and stage.drained() == []


@pytest.mark.parametrize(
    ("cursor", "whole", "ids", "rows"),
    [
        (6, True, [5, 6, 7], [5, 6, 7]),
        (6, False, [5, 6, 7], [5, 6, 7]),
        (9, True, [5, 6, 7], [5, 6, 7]),
        (9, False, [5, 6, 7, 8], []),
        (5, False, [5, 6, 7], [5, 6]),
        (7, False, [5, 6, 7], [6, 7]),
    ],
)
async def test_the_cursor_is_on_its_article(
    monkeypatch: pytest.MonkeyPatch, cursor: int, whole: bool, ids: list[int], rows: list[int]
) -> None:
    monkeypatch.setattr(listing, "_SIGHT", {5: 2, 7: 1}.get(cursor, 64))
    stage, made = lists(whole=whole)
    await made.show(NEWS, cursor_id=cursor)
    partial = not whole and len(ids) == 3
    assert stage.drained()[-1] == filled(array("q", ids), rows, cursor_id=cursor, partial=partial)
    assert len(stage.work) == partial


@pytest.mark.parametrize("change", ["sort", "filter", "opened", "query"])
async def test_lists_that_must_be_read_whole(change: str) -> None:
    stage, made = lists()
    stage.session.view = QUERY if change == "query" else NEWS
    if change == "sort":
        stage.session.sort_by("oldest")
    stage.session.filter = "wind" if change == "filter" else ""
    stage.session.open_stories = {4} if change == "opened" else set()
    await made.show(stage.session.view)
    calls = stage.drained()
    assert not [one for one in calls if one.path == "library.lists.head"]
    searched = {"filter": call("library.searches.run", "wind", limit=10_000_000),
                "query": call("library.searches.run", "kites", likes=True, limit=20_000,
                              ranked=False)}  # fmt: skip
    runs = [one for one in calls if one.path == "library.searches.run"]
    assert runs == ([searched[change]] if change in searched else [])
    asked = {
        "show_read": True, "sort": "oldest" if change == "sort" else "date", "folded": change != "filter",
        "opened": frozenset(stage.session.open_stories), "aside": False,
    }  # fmt: skip
    whole = [call("library.lists.ids", NEWS, **asked)] * (change != "query")
    assert [one for one in calls if one.path == "library.lists.ids"] == whole
    shown = array("q", [5, 6, 7, 8]) if change in ("sort", "opened") else IDS
    assert calls[-1] == filled(shown, [])


async def test_a_view_that_was_overtaken_is_not_shown() -> None:
    stage, made = lists()

    def leave(*_: Any, **__: Any) -> Any:
        made.token += 1
        return later((IDS, True))

    stage.library.lists.head = leave
    await made.show(NEWS)
    assert "articles.show" not in [one.path for one in stage.drained()]


async def test_orders_and_folds() -> None:
    stage, made = lists(articles__current_id=6)
    stage.session.view = NEWS
    await made.sort_by("oldest")
    assert stage.session.sort == "oldest"
    assert stage.drained()[-1] == filled(array("q", [5, 6, 7, 8]), [], cursor_id=6)
    stage.session.open_stories = {4}
    folds = stage.session.folds
    assert await made.toggle_folds() is (not folds) is stage.session.folds
    assert stage.panes.articles.columns["folds"] is not folds
    assert stage.session.open_stories == set()
    paths = [one.path for one in stage.drained()]
    assert paths[-1] == "articles.update_ids"
    stage.panes.articles.ids = array("q", [5, 6, 7])
    stage.panes.articles.row = lambda key: None if key == 7 else row(key, fold=4)
    stage.session.kept = {5, 6, 9}
    await made.toggle_sources(4)
    assert (stage.session.open_stories, stage.session.kept) == ({4}, {5, 6, 9})
    assert stage.drained()[-1] == call("articles.select_id", 5)
    await made.toggle_sources(4)
    assert (stage.session.open_stories, stage.session.kept) == (set(), {5, 9})
    await made.toggle_sources(99)
    assert stage.drained()[-1].path == "articles.update_ids"


@pytest.mark.parametrize("limit", [20_000, 2])
async def test_what_was_read_stays_where_it_was(monkeypatch: pytest.MonkeyPatch, limit: int) -> None:
    monkeypatch.setattr(listing, "MANY", limit)
    for old, kept, fresh, expected in (
        ([1, 2, 3], {2}, [1, 3], [1, 2, 3]),
        ([1, 2, 3], {1}, [2, 3], [1, 2, 3]),
        ([1, 2, 3], {3}, [1, 2], [1, 2, 3]),
        ([1, 2, 3], {2}, [1, 2, 3], [1, 2, 3]),
        ([1, 2, 3], {2, 3}, [9, 1], [9, 1, 2, 3]),
        ([1, 2, 3], {3}, [9], [9, 3]),
        ([1, 2, 3], set(), [1], [1]),
        ([1, 2, 3], {7}, [1], [1]),
    ):
        stage, made = lists(articles__ids=array("q", old))
        stage.session.kept = set(kept)
        stage.library.lists.ids = later(array("q", fresh))
        await made.reload()
        assert stage.drained()[-1] == call("articles.update_ids", array("q", expected), ())


async def test_why_a_list_is_empty() -> None:
    for view, expected in (
        (QUERY, call("library.searches.advice", "kites")),
        (View(ViewKind.WATCH, "W"), call("library.watches.advice", "W")),
        (NEWS, None),
    ):
        stage, made = lists()
        stage.session.view = view
        none = array("q")
        stage.library.searches.run = later((none, ""))
        stage.library.lists.ids = later(none)
        stage.library.lists.head = later((none, True))
        await made.show(view)
        before = stage.panes.articles.empty_text
        stage.drained()
        await stage.done()
        calls = stage.drained()
        assert calls[:1] == ([expected] if expected else [])
        is_advised = view == QUERY
        assert (call("articles.refresh") in calls) is is_advised
        assert stage.panes.articles.empty_text == (f"{before}\n! typo?" if is_advised else before)
    stage, made = lists()
    stage.session.view = QUERY
    stage.library.searches.run = later((array("q"), "wrong"))
    await made.show(QUERY)
    made.token += 1
    await stage.done()
    assert call("articles.refresh") not in stage.drained() and stage.session.error == "wrong"


@pytest.mark.parametrize("found", [3, 50])
async def test_a_search_shows_first_results_and_then_all(monkeypatch: pytest.MonkeyPatch, found: int) -> None:
    monkeypatch.setattr(listing, "TYPING", 0)
    stage, made = lists()
    first = array("q", range(found))
    answers = [(first, "wrong" if found == 3 else ""), (array("q", range(60)), "")]
    stage.library.searches.run = lambda *_, **__: later(answers.pop(0))
    stage.session.filter, stage.session.kept, stage.session.open_stories = "old", {1}, {2}
    stage.panes.articles.selected = {1}
    stage.session.capped = True
    await made.find("kites")
    calls = stage.drained()
    runs = [one for one in calls if one.path == "library.searches.run"]
    assert [(one.arguments, dict(one.options)["limit"]) for one in runs] == [
        (("kites",), 50), (("kites",), 20_000),
    ][: len(runs)]  # fmt: skip
    assert len(runs) == 1 + (found == 50)
    shows = [one for one in calls if one.path in ("articles.show", "articles.update_ids")]
    more = [call("articles.update_ids", array("q", range(60)), ())] * (found == 50)
    assert shows == [call("articles.show", first, partial=found == 50, days=()), *more]
    session = stage.session
    assert (session.view, session.filter, session.partial, session.capped) == (QUERY, "", False, False)
    assert (session.kept, session.open_stories, stage.panes.articles.selected) == (set(), set(), set())
    assert session.error == ("wrong" if found == 3 else "")
    await made.find(" ")
    assert stage.drained()[-1] == filled(array("q"), [])
    assert stage.session.view == View(ViewKind.QUERY, " ")


async def test_a_list_of_results_that_is_as_long_as_lists_get_is_capped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stage, made = lists()
    stage.session.view = QUERY
    for most, capped in ((3, True), (4, False)):
        monkeypatch.setattr(listing, "MOST", most)
        await made.reload()
        assert stage.session.capped is capped
    for sort, ranked, order in (
        ("relevance", True, None),
        ("date", False, None),
        ("oldest", False, "oldest"),
    ):
        stage.session.sort_by(sort)
        stage.drained()
        await made.reload()
        calls = stage.drained()
        assert dict(calls[1].options)["ranked"] is ranked
        ordered = [call("library.lists.in_order", IDS, order)] * bool(order)
        assert [one for one in calls if one.path == "library.lists.in_order"] == ordered


async def test_the_way_back_to_a_list() -> None:
    stage, made = lists(articles__ids=IDS, articles__current_id=6, articles__cursor_line=5)
    stage.session.view, stage.session.filter, stage.session.partial = NEWS, "x", True
    spot = made.spot()
    assert spot == ListSpot(NEWS, IDS, 6, 5, "x", True)
    stage.session.view, stage.session.filter, stage.session.error = ALL, "", "wrong"
    stage.panes.articles.selected = {1}
    made.restore(spot)
    assert (stage.session.view, stage.session.filter, stage.session.error) == (NEWS, "x", "")
    assert (made.token, stage.panes.articles.selected, len(stage.work)) == (1, set(), 1)
    assert stage.drained() == [call("articles.show", IDS, cursor_id=6, line=5, partial=True, days=())]
    made.restore(ListSpot(NEWS, IDS, 6, 5, "", False))
    assert len(stage.work) == 1
    await made.filter_by(" wind ")
    assert stage.session.filter == "wind"


@pytest.mark.parametrize(
    ("step", "cursor", "read", "current", "expected"),
    [
        (1, 0, (), None, 1), (1, 0, (1,), None, 2), (1, 3, (4,), None, 1), (-1, 2, (3,), None, 2),
        (-1, 0, (1,), None, 4), (1, 0, (1, 2, 3, 4), None, None), (1, 0, (1,), 2, 3), (1, 1, (), 2, 3),
        (-1, 1, (), 2, 1), (1, 0, (2, 3, 4), None, 1),
    ],
)  # fmt: skip
@pytest.mark.parametrize("loaded", [True, False])
async def test_the_next_unread_article(
    step: int, cursor: int, read: tuple[int, ...], current: int | None, expected: int | None, loaded: bool
) -> None:
    stage, made = lists(articles__ids=array("q", [1, 2, 3, 4]), articles__cursor=cursor)
    if loaded:
        stage.panes.articles.row = lambda key: row(key, read=key in read)
    made.marks.unread = lambda found: later({key for key in (1, 2, 3, 4) if key not in read})
    if current is not None:
        stage.session.page = cast(Any, SimpleNamespace(article=SimpleNamespace(id=current)))
    stage.session.view = NEWS
    assert await made.next_unread(step) == expected
    asked = [one for one in stage.drained() if one.path == "library.lists.ids"]
    assert asked == ([] if loaded else [call("library.lists.ids", NEWS, show_read=False)])
    stage.session.view = QUERY
    await made.next_unread(step)
    asked = [one for one in stage.drained() if one.path == "library.lists.ids"]
    assert asked == ([] if loaded else [call("library.lists.ids", UNREAD, show_read=False)])


async def test_the_next_unread_article_of_a_list_that_is_not_whole() -> None:
    stage, made = lists(articles__ids=array("q", [1, 2, 3]), articles__cursor=1)
    stage.session.partial = True
    stage.panes.articles.row = lambda key: row(key, read=key == 2)
    assert await made.next_unread(1) == 3 and stage.drained() == []
    stage.panes.articles.row = lambda key: row(key, read=True)
    assert await made.next_unread(1) is None and not stage.session.partial
    stage.panes.articles.ids = array("q")
    assert await made.next_unread(1) is None


# --------------------------------------------------------------------------- pages


def reading(**library: Any) -> tuple[Stage, Any]:
    """The reader."""
    stage = Stage(library={name.replace("__", "."): one for name, one in library.items()}, article__place=7)
    stage.panes.article.spot, stage.panes.article.page_shown = "spot", "page"
    steps: list[Step] = []

    def do(step: Step, wait: bool = True) -> Any:
        steps.append(step)
        return later(step)

    made = stage.alone(Reader, stage.note("marks", do=do, article=later(None)))
    stage.steps = steps  # type: ignore[attr-defined]
    return stage, made


async def test_an_article_that_is_gone_and_the_way_back() -> None:
    stage, made = reading()
    stage.session.trail = [Stop(1, PageSpot(False, 0, 0, -1))]
    assert await made.open(5) is False
    assert stage.drained() == [call("marks.article", 5, ahead=False)] and len(stage.session.trail) == 1
    await made.back()
    assert stage.drained() == [call("marks.article", 1, ahead=False)] and stage.session.trail == []
    await made.back()
    await made.close()
    assert stage.drained() == [call("article.clear")]


@pytest.mark.parametrize(
    ("stored", "shown", "is_kept"), [(7, "page", False), (3, "page", True), (3, None, False)]
)
async def test_the_place_in_a_text_is_kept(stored: int, shown: str | None, is_kept: bool) -> None:
    class Known(Struct, frozen=True):
        id: int
        place: int

    class Shown(Struct, frozen=True):
        article: Known

    stage, made = reading(marks__keep_place=later())
    stage.panes.article.page_shown = shown
    stage.session.page = cast(Any, Shown(Known(8, stored)))
    await made.keep_place()
    steps = cast(Any, stage).steps
    assert len(steps) == is_kept
    if is_kept:
        (step,) = steps
        assert (step.what, step.mark, step.ids, step.place, step.undoable) == ("", PLACE, (8,), 7, False)
        assert stage.session.page.article.place == 7
        assert stage.drained() == [call("marks.do", step, wait=False)]
        await step.write((8,))
        assert stage.drained() == [call("library.marks.keep_place", 8, 7)]
        step.on_unsaved()
        assert stage.session.page.article.place == -1
        stage.session.page = cast(Any, Shown(Known(9, 4)))
        step.on_unsaved()
        assert stage.session.page.article.place == 4
    await made.close()
    assert stage.session.page is None


async def test_related_articles_are_found_by_number_or_address() -> None:
    stage, made = reading(articles__at_url=later(4))
    stage.session.page = cast(Any, SimpleNamespace(article=SimpleNamespace(id=8)))
    cases = ((3, "u", 3, 0), (8, "u", None, 0), (None, "u", 4, 1), (None, "", None, 0))
    for article_id, url, expected, asked in cases:
        target: Any = SimpleNamespace(article_id=article_id, url=url)
        assert await made.stored(target) == expected
        assert stage.drained() == [call("library.articles.at_url", "u")] * asked
    stage.session.page = cast(Any, SimpleNamespace(article=SimpleNamespace(id=4)))
    assert await made.stored(SimpleNamespace(article_id=None, url="u")) is None


# --------------------------------------------------------------------------- images


@for_each(
    ("environ", "wanted", "web", "way"),
    [
        ({"NO_COLOR": "1"}, "kitty", False, ""), ({}, "off", False, ""),
        ({"TERM": "xterm"}, "auto", False, "blocks"), ({}, "auto", False, "blocks"),
        *[({"TMUX": "1", "TERM": "foot"}, one, False, one) for one in ("blocks", "kitty", "sixel")],
        *[({"TERM": f"xterm-{name}"}, "auto", False, "kitty") for name in ("kitty", "ghostty")],
        ({"KITTY_WINDOW_ID": "1"}, "auto", False, "kitty"),
        ({"TERM_PROGRAM": "ghostty"}, "auto", False, "kitty"),
        ({"TERM": "foot-extra"}, "auto", False, "sixel"),
        ({"TERM_PROGRAM": "mintty"}, "auto", False, "sixel"),
        *[({"TERM": "xterm-kitty", name: "1"}, "auto", False, "blocks") for name in ("TMUX", "STY")],
        ({"TERM": "xterm-kitty"}, "auto", True, "blocks"),
    ],
)  # fmt: skip
def test_how_each_terminal_shows_images(environ: dict[str, str], wanted: str, web: bool, way: str) -> None:
    assert way_of(environ, wanted, web=web) == way


def test_terminals_that_are_far_away() -> None:
    assert not is_far({"TERM": "foot", "SSH_TTY": ""})
    assert all(is_far({name: "1"}) for name in ("SSH_CONNECTION", "SSH_TTY", "MOSH_CONNECTION"))


def test_half_blocks_show_two_rows_in_one_line() -> None:
    red, blue = bytes((255, 0, 0)), bytes((0, 0, 255))
    art = blocks(Pixels(2, 3, red + red + red + blue + blue + blue), Style(bgcolor="white"))
    lines = [[(cell.text, str(cell.style)) for cell in line] for line in art.lines]
    assert (art.width, lines) == (
        2,
        [
            [(" ", "on #ff0000"), ("▀", "#ff0000 on #0000ff")],
            [("▀▀", "#0000ff on white")],
        ],
    )


def showing(text: str = "", *, ansi: bool = False, can: bool = True, far: bool = False) -> tuple[Stage, Any]:
    """The images of an open article."""
    pixels = Pixels(1, 2, bytes(6), None)
    host = {
        "is_web": False, "theme": "dark", "current_theme": SimpleNamespace(ansi=ansi),
        "theme_styles": SimpleNamespace(base=Style(bgcolor="#010203")),
    }  # fmt: skip
    stage = Stage(config(text), library={"content.image": lambda *_: later(pixels)}, host=host)
    stage.panes.article.run_worker = stage.keep
    stage.panes.article.screen = SimpleNamespace(size=SimpleNamespace(height=20))
    stage.session.page = cast(Any, SimpleNamespace(article=SimpleNamespace(feed_id=3)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(images, "is_far", lambda environ: far)
        patch.setattr(images, "way_of", lambda environ, wanted, web: "" if wanted == "off" else "blocks")
        patch.setattr("importlib.util.find_spec", lambda name: "found" if can else None)
        made = stage.alone(Images)
    [asked] = stage.drained()
    assert asked == call("article.look_for_pictures", made.on, hints=bool(made.way) and can and not made.on)
    return stage, made


@pytest.mark.parametrize(
    ("text", "ansi", "can", "far", "way", "on"),
    [
        ("", False, True, False, "blocks", True),
        ("", True, True, False, "", False),
        ("", False, False, False, "blocks", False),
        ("", False, True, True, "blocks", False),
        ('[ui]\nimages = "blocks"', False, True, True, "blocks", True),
        ('[ui]\nimages = "off"', False, True, False, "", False),
    ],
)
def test_when_images_are_shown(text: str, ansi: bool, can: bool, far: bool, way: str, on: bool) -> None:
    _, made = showing(text, ansi=ansi, can=can, far=far)
    assert (made.way, made.on) == (way, on)


async def test_images_are_loaded_once_and_drawn_for_each_width() -> None:
    stage, made = showing()
    for _ in range(2):
        made.see({"a": 9}, 30)
        await stage.done()
    calls = stage.drained()
    assert calls[0] == call("library.content.image", "a", 3, 30, 18, (1, 2, 3))
    shows = [one.arguments for one in calls[1:]]
    assert [one.path for one in calls[1:]] == ["article.show_picture"] * 2
    assert [url for url, _ in shows] == ["a", "a"] and all(isinstance(art, Art) for _, art in shows)
    made.see({"a": 9}, 40)
    await stage.done()
    assert stage.drained()[0] == call("library.content.image", "a", 3, 40, 18, (1, 2, 3))
    made.on = False
    made.see({"b": 9}, 30)
    made.on = True
    stage.session.page = None
    made.see({"b": 9}, 30)
    assert stage.drained() == [] and not stage.work


async def test_an_image_of_a_former_size_is_not_shown() -> None:
    stage, made = showing()
    made.see({"a": 9}, 30)
    made.see({"a": 5}, 30)
    await stage.done()
    calls = stage.drained()
    assert [one.arguments[3] for one in calls if one.path == "library.content.image"] == [18, 10]
    assert [one.path for one in calls].count("article.show_picture") == 1


async def test_an_image_that_fails_is_asked_for_again_only_after_a_key() -> None:
    stage, made = showing()
    stage.library.content.image = lambda *_: later(TuireaderError("no"))
    for _ in range(2):
        made.see({"a": 9}, 30)
        await stage.done()
    failed = call("article.show_picture", "a", None)
    assert stage.drained()[1:] == [failed, failed]
    made.toggle()
    made.toggle()
    assert stage.drained() == [
        call("article.look_for_pictures", False, hints=True), call("say_shortly", "Images hidden"),
        call("article.look_for_pictures", True, hints=False), call("say_shortly", "Images shown"),
    ]  # fmt: skip
    made.see({"a": 9}, 30)
    await stage.done()
    assert [one.path for one in stage.drained()] == ["library.content.image", "article.show_picture"]
    made.see({"c": 9}, 30)
    made.on = False
    await stage.done()
    assert stage.drained() == []


@pytest.mark.parametrize(
    ("speed", "wanted", "hides"),
    [(39_999, "auto", True), (40_000, "auto", False), (1, "blocks", False), (None, "auto", False)],
)
async def test_a_slow_connection_hides_images_unless_they_are_wanted(
    speed: int | None, wanted: str, hides: bool
) -> None:
    stage, made = showing(f'[ui]\nimages = "{wanted}"')
    stage.library.content.image = lambda *_: later(Pixels(1, 2, bytes(6), speed))
    made.see({"a": 9}, 30)
    await stage.done()
    calls = stage.drained()
    says = [one for one in calls if one.path == "say"]
    assert says == [call("say", "Slow connection: images hidden · <pictures> shows them", seconds=6)] * hides
    assert made.on is (not hides) and (call("article.look_for_pictures", False, hints=True) in calls) is hides


# --------------------------------------------------------------------------- hits, steps, the queue


async def test_what_a_search_finds_is_marked_in_titles_and_quoted() -> None:
    library = {
        "watches.highlights": lambda title: [(0, 5, "W"), (6, 9, "V")],
        "searches.snippets": lambda ids, text: later([("A kite.", ((2, 6),))]),
    }
    stage = Stage(library=library)
    made = SearchHits(stage.session, cast(Any, stage.library))
    shown: list[Any] = []
    line = cast(Any, made.line)
    line.show, line.run_worker = lambda parts=(): shown.append(parts), stage.keep
    title: Any = SimpleNamespace(title="kites are kites", watches=("W",))
    assert made.marks(title) == []
    await made.mark_watches()
    assert made.marks(title) == [(0, 5, "hit:W")]
    stage.session.filter = "kites"
    assert made.marks(title) == [(0, 5, "hit:W"), (0, 5, "hit:"), (10, 15, "hit:")]
    title.watches = ()
    assert made.marks(title) == [(0, 5, "hit:"), (10, 15, "hit:")]
    stage.drained()
    assert [made.update(3), made.update(3), made.update(None)] == [True, False, True]
    assert shown == [()], "the answer for 3 comes too late"
    await stage.done()
    assert shown == [()]
    assert made.update(4)
    await stage.done()
    assert stage.drained()[-1] == call("library.searches.snippets", [4], "kites")
    assert "".join(text for text, _ in shown[-1]) == "  “A kite.”"
    stage.session.filter = ""
    assert made.update(4) and not made.update(5) and shown[-1] == ()


async def test_few_of_the_sentences_that_one_has_scrolled_past_are_kept() -> None:
    found = {"searches.snippets": lambda ids, text: later([("A kite.", ())] * len(ids))}
    stage = Stage(library=found)
    made = SearchHits(stage.session, cast(Any, stage.library))
    cast(Any, made.line).run_worker = stage.keep
    stage.session.filter = "kites"
    for first in range(0, 1000, 50):
        made.update(None, range(first, first + 50))
        await stage.done()
    assert made.detail(row(0, title="", detail=NO_DETAIL)) == NO_DETAIL
    assert made.detail(row(999, title="", detail=NO_DETAIL))[0] == "A kite."
    made.update(None, range(50))  # is asked for again
    await stage.done()
    assert made.detail(row(0, title="", detail=NO_DETAIL))[0] == "A kite."


@pytest.mark.parametrize(
    ("mark", "value", "field", "expected"),
    [
        ("read", True, "read", True), ("read", False, "read", False), ("starred", True, "starred", True),
        ("label:New", True, "labels", ("a", "New")), ("label:A", True, "labels", ("a",)),
        ("label:A", False, "labels", ()), ("label:New", False, "labels", ("a",)), ("", True, "read", False),
        (PLACE, True, "read", False),
    ],
)  # fmt: skip
async def test_how_a_mark_changes_an_article(mark: str, value: bool, field: str, expected: object) -> None:
    from msgspec.structs import replace

    plain = dict.fromkeys(ArticleRow.__struct_fields__)
    known = ArticleRow(**{**plain, "id": 1, "read": False, "starred": False, "labels": ("a",)})  # type: ignore[arg-type]
    step = Step("", cast(Any, None), mark, (1,), value)
    assert step.on(known) == replace(known, **{field: expected})
    whole = dict.fromkeys(Article.__struct_fields__)
    article = Article(**{**whole, "id": 1, "labels": ("a",), "read": False, "starred": False})  # type: ignore[arg-type]
    here = Step("", cast(Any, None), PLACE, (1,), place=9)
    assert here.on(article) == replace(article, place=9)
    assert list(step.changed_ids) == [1] and not step.failed
    step.change, step.trouble = Change("", (1, 2), mark, value), TuireaderError("x")
    assert list(step.changed_ids) == [1, 2]
    for step.state in State:
        assert step.failed is (step.state in (State.REFUSED, State.UNSAVED))
    for count in (3, 2_000, 2_001, 25_000):
        step.narrow(range(count))
        assert await step.among() == frozenset(range(count))


def queue(**library: Any) -> tuple[Stage, Any]:
    """The queue of marks."""
    known = {name.replace("__", "."): one for name, one in library.items()}
    known["lists.rows"] = lambda ids, **_: later([row(one, title=f"t{one}") for one in ids])
    stage = Stage(library=known, articles__loaded=lambda ids: [])
    return stage, stage.alone(Marks, stage.note("shown", _=later()), stage.note("stored"))


async def test_labels_count_what_is_not_stored_yet() -> None:
    stage, made = queue(labels__all=lambda ids: later([Label("A", 5, 1), Label("B", 3, 2)]))
    assert stage.drained() == [call("library.database.wait_at_most", 10.0)]
    gate = asyncio.Event()

    async def write(ids: Any) -> None:
        await gate.wait()

    def step(name: str, ids: tuple[int, ...], value: bool) -> Step:
        return Step("", write, f"label:{name}", ids, value)

    assert await made.labels([1, 2]) == [Label("A", 5, 1), Label("B", 3, 2)]
    for one in (step("a", (1, 2), True), step("B", (1,), False), step("C", (2, 9), True)):
        await made.do(one, wait=False)
    assert made.pending
    assert await made.labels([1, 2]) == [Label("A", 6, 2), Label("B", 2, 1), Label("C", 1, 1)]
    assert await made.labels([5]) == [Label("A", 5, 1), Label("B", 2, 1), Label("C", 0, 0)]
    gate.set()
    await stage.done()
    assert not made.pending


async def test_marks_that_could_not_be_stored_are_named_and_retried() -> None:
    stage, made = queue()
    answer: Any = DatabaseError("the database news.db is locked")
    stage.library.paths.database = "news.db"

    async def write(ids: Any) -> Any:
        if answer:
            raise answer
        return Change("", tuple(ids), "read", True, 1)

    assert await made.retry() == "Nothing to retry" and made.unsaved == ""
    place = Step("", write, PLACE, (1,), undoable=False)
    await made.do(place, wait=False)
    await stage.done()
    assert made.unsaved == "Your place in the text was not saved: the database news.db is locked"
    steps = [Step("1 marked read", write, "read", (number,)) for number in (2, 3)]
    for number, said in ((0, "1 mark not saved"), (1, "2 marks not saved")):
        await made.do(steps[number], wait=False)
        await stage.done()
        assert made.unsaved == f"{said}: the database news.db is locked"
    calls = stage.drained()
    says = [one for one in calls if one.path == "say"]
    assert says[-1] == call(
        "say", "2 marks not saved: the database is locked. Press <retry_marks> to retry", severity="error",
        seconds=10, group="unsaved",
    )  # fmt: skip
    assert await made.undo() == "Not retried: 1 marked read"
    answer = None
    retried = asyncio.ensure_future(made.retry())
    while not retried.done():
        await stage.done()
        await asyncio.sleep(0)
    assert retried.result() == "Saved" and made.unsaved == "" and not made.pending
    assert [step.failed for step in (place, *steps)] == [False, False, True]
