"""Pages without a feed, from `add` to the list, with a real server."""

from __future__ import annotations

import json
import marshal
import shlex
from collections.abc import Iterator
from typing import Any

import pytest

from tests.cli.command import Home, Run
from tests.pages.layouts import page, wanted
from tests.terminal import Terminal
from tests.web import Answer, Web, in_thread
from tuireader.errors import Exit
from tuireader.library.feeds import page_tools
from tuireader.subprocesses import jobs

HTML = {"Content-Type": "text/html; charset=utf-8"}


@pytest.fixture
def web() -> Iterator[Web]:
    with in_thread() as web:
        yield web


class Here:
    """A sandbox that runs its jobs in this process: another one for each command takes most of a test."""

    async def run(self, job: str, *arguments: Any, deadline: float) -> Any:
        is_done, result = jobs.answer(marshal.loads(marshal.dumps((job, arguments, deadline))))
        if not is_done:
            raise jobs.Failed(result)
        return marshal.loads(marshal.dumps(result))

    async def aclose(self) -> None:
        pass


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read pages in this process."""
    monkeypatch.setattr(page_tools, "Sandbox", Here)


def listed(run: Run, *words: str) -> list[str]:
    """The titles of a list, in its order."""
    return [line.split("\t")[1].split("  ", 2)[2] for line in run("list", *words).out.splitlines()]


def test_a_page_is_added_by_its_selectors_and_fetched_like_a_feed(web: Web, home: Home, run: Run) -> None:
    url = web.serve("/jobs", page("jobs"), headers=HTML)
    told = run("add", url, "--items", "li.job-card", "--item-title", ".job-title", "--folder", "Work")
    assert (told.code, told.err) == (Exit.OK, f"added: Jobs in Harbour City ({url}), 8 articles\n")
    assert 'items = "li.job-card"\nitem_title = ".job-title"' in home.config.read_text(encoding="utf-8")
    assert run("refresh").code == Exit.OK
    assert listed(run) == [title for title, _, _ in wanted("jobs")]
    rows = [json.loads(line) for line in run("list", "--json").out.splitlines()]
    assert {row["url"] for row in rows} == {web.url + f"/jobs/{7000 + n}" for n in range(8)}
    assert "0 new, 0 changed" in run("refresh").err  # nothing twice
    assert "already there" in run("add", url, "--items", "li").err


@pytest.mark.usefixtures("here")
def test_a_dateless_page_keeps_its_order_and_new_articles_come_first(web: Web, run: Run) -> None:
    def posts(*numbers: int) -> Answer:
        return Answer(
            "".join(f"<li><a href=/p{n}>Post number {n}</a>" for n in numbers).encode(), headers=HTML
        )

    url = web.stages("/posts", posts(3, 2, 1), posts(3, 2, 1), posts(4, 3, 2, 1), posts(5))
    run("add", url, "--items", "li")
    run("refresh")
    assert [title[:13] for title in listed(run)] == ["Post number 3", "Post number 2", "Post number 1"]
    run("refresh")
    assert [title[12] for title in listed(run)] == ["4", "3", "2", "1"]


@pytest.mark.usefixtures("here")
def test_further_pages_are_read_at_first_and_until_something_is_known(web: Web, run: Run) -> None:
    news = [f"<li><a href=/n{n}>News number {n}</a>" for n in range(30, 0, -1)]
    state = {"skip": 8}

    def lists() -> list[str]:
        return [request.path for request in web.requests if request.path.startswith("/list")]

    def serve(path: str, number: int) -> None:
        def answer(request: object) -> Answer:
            shown = news[state["skip"] :][3 * number : 3 * number + 3]
            following = f"<a class=next href=/list{number + 1}>next</a>"
            return Answer("".join([*shown, following]).encode(), headers=HTML)

        web.handle(path, answer)

    for number in range(10):
        serve(f"/list{number}", number)
    run("add", web.url + "/list0", "--items", "li", "--next-page", "a.next")
    web.requests.clear()
    assert "15 new" in run("refresh").err
    assert lists() == [f"/list{number}" for number in range(5)]
    state["skip"] = 0  # eight articles at once, more than the first page holds
    web.requests.clear()
    assert "8 new" in run("refresh").err
    assert lists() == ["/list0", "/list1", "/list2"]
    web.requests.clear()
    run("refresh")
    assert lists() == ["/list0"]


@pytest.mark.usefixtures("here")
def test_a_selector_that_fails_is_one_line_and_loses_nothing(web: Web, home: Home, run: Run) -> None:
    full, empty = page("municipal-de"), "<html><title>Relaunch</title><p>All is new.</p></html>"
    url = web.stages("/m", *(Answer(one.encode(), headers=HTML) for one in (full, full, empty, full)))
    other = web.serve("/forum", page("forum"), headers=HTML)
    run("add", url, "--items", "div.mod-teaser")
    run("add", other, "--items", "tr.topic")
    assert "16 new" in run("refresh").err
    told = run("refresh")
    assert told.code == Exit.SOME_FAILED and "items finds nothing on the page" in told.err
    assert len(told.err.splitlines()) == 2 and len(listed(run)) == 16
    assert "! items finds nothing on the page" in run("feeds").out
    text = home.config.read_text(encoding="utf-8")
    home.config.write_text(text.replace("tr.topic", "tr.topic >"), encoding="utf-8")
    told = run("refresh")
    assert "items is not a CSS selector: something is missing at its end (at character 11)" in told.err
    home.config.write_text(text.replace("tr.topic", "tr.topic:not(.sticky)"), encoding="utf-8")
    web.requests.clear()
    assert run("refresh").code == Exit.OK  # the page is read again by the new selector, though it is the same


@pytest.mark.usefixtures("here")
def test_selectors_are_proposed_and_nothing_is_added_unseen(web: Web, home: Home, run: Run) -> None:
    url = web.serve("/jobs", page("jobs"), headers=HTML)
    told = run("add", url, "--folder", "Work")
    assert (told.code, told.out) == (Exit.USAGE, "") and not home.config.exists()
    heading, first, *_, last = told.err.splitlines()
    assert heading == f"tuireader: no feed was found at {url}; choose what to add:"
    command, _, summary = first.partition("   # ")
    assert summary == "8 articles: Backend engineer (Python), …"
    assert shlex.split(last, comments=True)[-3:] == ["--watch-page", "--folder", "Work"]
    looked = run("add", "--dry-run", url)
    assert "8 articles · 8 with a date" in looked.out and "Electrician  /jobs/7004" in looked.out
    shown = json.loads(run("add", "--dry-run", "--json", url).out)
    assert (shown["items"], shown["item_title"]) == ("li.job-card", ".job-title")
    assert shown["articles"][0]["url"] == web.url + "/jobs/7000" and not home.config.exists()
    assert run(*shlex.split(command)[1:]).code == Exit.OK
    assert 'folder = "Work"' in home.config.read_text(encoding="utf-8")


def test_a_terminal_shows_the_articles_and_asks(web: Web, home: Home) -> None:
    url = web.serve("/jobs", page("jobs"), headers=HTML)
    command = ["tuireader", *home.arguments("add", url)]
    with Terminal(command, home=home.folder, forked=True) as terminal:
        shown = terminal.wait("Which one (0: none):")
        assert "1  --items li.job-card --item-title .job-title" in shown and "Electrician" in shown
        terminal.press("1", "enter")
        terminal.wait("added: Jobs in Harbour City")
        assert terminal.leave() == Exit.OK
    assert 'items = "li.job-card"' in home.config.read_text(encoding="utf-8")


@pytest.mark.usefixtures("here")
def test_a_page_without_articles_is_not_added_but_can_be_watched(web: Web, home: Home, run: Run) -> None:
    told = run("add", web.serve("/x", "<p>Nothing to see here</p>", headers=HTML))
    assert told.code == Exit.FAILURE and "--watch-page reports changes" in told.err
    asked = len(web.requests)
    for words in (["--select", "p"], ["--watch-page", "--items", "p"], ["--item-title", "p"]):
        assert run("add", *words, web.url + "/x").code == Exit.USAGE
    told = run("add", "--items", "p >", web.url + "/x")
    assert told.code == Exit.FAILURE and "items is not a CSS selector" in told.err
    assert not home.config.exists()
    assert run("add", "--watch-page", "--select", "p", web.url + "/x").code == Exit.OK
    assert "/x" in home.config.read_text(encoding="utf-8") and len(web.requests) > asked


PIER = "<title>Pier</title><main><h1>Timetable</h1><p>Last ferry {}</p><p>{} visitors</p>{}</main>"


@pytest.mark.usefixtures("here")
def test_each_change_of_a_watched_page_is_an_article(web: Web, home: Home, run: Run) -> None:
    bus = "<p>A <a href='/bus'>new bus</a> starts in May</p>"
    texts = [("22:40", 10, ""), ("22:40", 11, ""), ("23:10", 12, bus), ("22:40", 13, ""), ("23:10", 14, bus)]
    stages = [Answer(PIER.format(*text).encode(), headers=HTML) for text in texts]
    url = web.stages("/pier", stages[0], *stages)
    home.config.write_text(
        '[[watch]]\nname = "Bus"\nany = ["bus"]\n[[watch]]\nname = "Old"\nany = ["22:40"]\n'
    )
    told = run("add", "--watch-page", url)
    assert told.err == f"added: Pier ({url}), watched for changes\n"
    run("refresh")
    assert listed(run) == ["Pier is watched for changes from now on  [Old]"]
    assert "0 new" in run("refresh").err  # only the visitors differ
    assert "1 new" in run("refresh").err
    newest = "Pier changed (+2 −1 lines): Last ferry 23:10  [Bus]"
    assert listed(run, "age:<1d")[0] == newest  # what is gone matches no watch
    shown = run("show", "2").out
    assert "− Last ferry 22:40" in shown and "+ Last ferry 23:10" in shown and web.url + "/bus" in shown
    for _ in range(2):  # back and forth: two more articles, though their texts are known
        assert "1 new" in run("refresh").err
    assert len(listed(run)) == 4 and listed(run, "is:unread feed:Pier").count(newest) == 2
    rows = [json.loads(line) for line in run("list", "--json").out.splitlines()]
    assert all(row["story_size"] == 1 for row in rows)


@pytest.mark.usefixtures("here")
def test_another_part_of_a_page_is_no_change_and_a_missing_one_is_an_error(
    web: Web, home: Home, run: Run
) -> None:
    more = "<p>The council said on Tuesday that the ferry …</p>"
    url = web.serve("/pier", PIER.format("22:40", 10, more), headers=HTML)
    run("add", "--watch-page", "--select", "main", url)
    asked = len(web.seen("/pier"))
    run("refresh")
    text = home.config.read_text(encoding="utf-8")
    other = text.replace('"main"', '"main p"\nfull_text = true')
    home.config.write_text(other, encoding="utf-8")
    assert "1 new" in run("refresh").err
    assert len(web.seen("/pier")) == asked + 2  # not fetched once more for a full text
    assert all("is watched for changes" in title for title in listed(run))
    home.config.write_text(text.replace('"main"', '"#none"'), encoding="utf-8")
    told = run("refresh")
    assert told.code == Exit.ALL_FAILED and "select finds nothing on the page" in told.err
    assert len(listed(run)) == 2


def test_the_configuration_is_checked_for_bad_selectors(home: Home, run: Run) -> None:
    home.config.write_text(
        '[[feeds]]\nurl = "https://site.example/a"\nitems = "li"\nitem_date = "time >"\n'
        '[[feeds]]\nurl = "https://site.example/b"\nkind = "page"\nselect = "p:hoover"\n',
        encoding="utf-8",
    )
    told = run("config", "check")
    assert told.code == Exit.CONFIG
    first, second = [line for line in (told.out + told.err).splitlines() if "feeds[" in line]
    assert "feeds[1].item_date: is not a CSS selector: something is missing at its end" in first
    assert "feeds[2].select: cannot be used: :hoover is not supported" in second
