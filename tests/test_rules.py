"""Rules act on arriving articles: once, in order, never on a first fetch; undo takes their marks back."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from tests.builders import ALL, CLOCK, Clock, feeds, item, opened, refreshed, rss
from tests.test_full_texts import HTML
from tests.web import Web
from tests.web import shared_certificates as shared_certificates
from tests.workers import forked_workers as forked_workers
from tuireader.library import Library
from tuireader.model import Article, RuleAction, View, ViewKind

QUIET = '[notify]\nquiet = "00:00-23:59"\n'  # which concerns neither programs nor files
EVERYTHING = View(ViewKind.QUERY, "is:muted OR NOT is:muted")


def rule(name: str, then: str, which: str) -> str:
    return f'[[rule]]\nname = "{name}"\n{which}\nthen = {then}\n'


RULES = (
    '[[watch]]\nname = "CVE"\nany = ["CVE"]\n[[channel]]\nname = "log"\nfile = "log"\n'
    + rule(
        "court", '["run:archive", "save", "channel:log", "read", "star", "label:law"]', "query = 'judgment'"
    )
    + rule("sofas", '["mute", "label:law"]', "query = 'title:sponsored OR title:judgment -cve'")
    + rule("hard", '["mute"]', "query = 'title:hopeless'\ninclude_watched = true")
    + rule("watched", '["label:sec", "read", "channel:log"]', 'watch = "CVE"')
    + rule("from elsewhere", '["star"]', 'feeds = ["https://other.example.org"]')
    + rule("elsewhere", '["star"]', 'query = "title:sofa"\nfeeds = ["https://other.example.org"]')
)


def program(folder: Path) -> str:
    command = json.dumps(["sh", "-c", f"(cat; echo) >> {shlex.quote(str(folder / 'archive'))}"])
    return f'[[program]]\nname = "archive"\ncommand = {command}\n[save]\nfolder = "saved"\n' + QUIET


async def articles(library: Library) -> dict[str, Article]:
    rows = await library.lists.rows(await library.lists.ids(EVERYTHING))
    read = [await library.articles.get(row.id) for row in rows]
    return {article.title: article for article in read if article is not None}


async def muted(library: Library) -> set[str]:
    rows = await library.lists.rows(await library.lists.ids(View(ViewKind.QUERY, "is:muted")))
    return {row.title for row in rows}


def lines(file: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []


def publish(web: Web, *titles: str) -> str:
    return web.serve("/feed", rss("News", [item(title, title) for title in titles]))


async def test_rules_act_once_on_what_arrives_and_undo_takes_it_back(tmp_path: Path, web: Web) -> None:
    url = publish(web, "An old judgment")
    clock = Clock()
    async with opened(tmp_path, feeds(url) + RULES + program(tmp_path), clock=clock.time) as library:
        await refreshed(library)
        assert (await articles(library))["An old judgment"].rules == ()  # a first fetch
        news = ("A judgment", "A judgment on a CVE", "Sponsored sofa", "A hopeless CVE", "Other")
        publish(web, "An old judgment", *news)
        clock.now += 60
        await refreshed(library)
        arrived = await articles(library)
        plain, watched = arrived["A judgment"], arrived["A judgment on a CVE"]
        court = ("label:law", "star", "read", "save", "channel:log", "run:archive")
        # "A judgment" is for `sofas`, too, which leaves the label to `court`
        assert plain.rules == (*(RuleAction("court", done) for done in court), RuleAction("sofas", "mute"))
        assert watched.rules == (
            *(RuleAction("court", done) for done in court if done != "read"),
            RuleAction("watched", "label:sec"),
        )
        assert (plain.labels, plain.starred, plain.read) == (("law",), True, True)
        assert (set(watched.labels), watched.starred, watched.read) == ({"law", "sec"}, True, False)
        assert await muted(library) == {"A judgment", "Sponsored sofa", "A hopeless CVE"}
        assert arrived["Other"].rules == () == arrived["An old judgment"].rules
        # what is muted is not sent, but saved and passed to programs
        (told,) = lines(tmp_path / "log")
        assert (told["kind"], told["rule"], told["title"]) == ("rule", "court", "court: A judgment on a CVE")
        ran = lines(tmp_path / "archive")
        assert {message["articles"][0]["title"] for message in ran} == {"A judgment", "A judgment on a CVE"}  # type: ignore[index]
        assert {message["channel"] for message in ran} == {"run:archive"}
        assert len(list((tmp_path / "saved").iterdir())) == 2
        step = await library.marks.newest_step()
        assert step is not None and step.what == "4 articles changed by 4 rules" and len(step.ids) == 4

        publish(web, *(f"{title} (edited)" for title in ("An old judgment", *news)))
        web.serve("/feed", rss("News", [item(title, f"{title} edited") for title in news]))
        clock.now += 60
        await refreshed(library)  # an edit is no arrival
        assert len(lines(tmp_path / "archive")) == 2

        undone = await library.marks.undo()
        assert undone is not None and set(undone.ids) == set(step.ids)
        after = await articles(library)
        judgment = after["A judgment edited"]
        assert (judgment.labels, judgment.starred, judgment.read) == ((), False, False)
        assert await muted(library) == set() and await library.marks.undo() is None
        assert [done.action for done in judgment.rules] == ["save", "channel:log", "run:archive"]


async def test_a_muted_article_reappears_when_a_watch_matches_it(tmp_path: Path, web: Web) -> None:
    url = publish(web, "First")
    async with opened(tmp_path, feeds(url) + RULES + program(tmp_path)) as library:
        await refreshed(library)
        publish(web, "Sponsored sofa", "A hopeless sofa")
        await refreshed(library)
        assert await muted(library) == {"Sponsored sofa", "A hopeless sofa"}
        edited = [item("Sponsored sofa", "Sponsored CVE"), item("A hopeless sofa", "A hopeless CVE")]
        web.serve("/feed", rss("News", edited))
        await refreshed(library)
        assert await muted(library) == {"A hopeless CVE"}
        await library.mutes.add("sofa")  # mutes of the configuration leave it alone
        await library.mutes.remove((await library.mutes.all())[0][0])
        assert await muted(library) == {"A hopeless CVE"}


async def test_steps_of_one_refresh_are_one_undo_and_a_mark_comes_in_between(
    tmp_path: Path, web: Web
) -> None:
    url = publish(web, "First")
    clock = Clock()
    async with opened(
        tmp_path, feeds(url) + rule("all", '["star"]', "query = 'news'"), clock=clock.time
    ) as library:
        await refreshed(library)
        for number in (1, 2):
            publish(web, f"News {number}")
            clock.now += 60
            await refreshed(library)
        stars = await library.lists.ids(View(ViewKind.STARRED))
        step = await library.marks.newest_step()
        assert step is not None and step.what == "2 articles changed by the rule all"
        assert set(step.ids) == set(stars) and len(stars) == 2
        await library.marks.set_read(stars[:1], True)
        publish(web, "News 3")
        await refreshed(library)
        await library.marks.undo()
        assert await library.lists.ids(View(ViewKind.STARRED)) == stars
        assert [article.read for article in (await articles(library)).values()].count(True) == 1


async def test_a_program_that_fails_is_tried_again_and_one_that_is_gone_is_reported(
    tmp_path: Path, web: Web
) -> None:
    url = publish(web, "First")
    failing = '[[program]]\nname = "p"\ncommand = ["false"]\n' + rule("r", '["run:p"]', "query = 'news'")
    async with opened(tmp_path, feeds(url) + failing) as library:
        await refreshed(library)
        publish(web, "News")
        await refreshed(library)
        (waiting,) = await library.outbox.unsent()
        assert (waiting.channel, waiting.rule, waiting.title) == ("run:p", "r", "News")
        assert waiting.error == "false ended with exit status 1" and waiting.due_at > CLOCK
        await library.context.use(library.config.__class__(feeds=library.config.feeds))
        await library.outbox.retry(waiting.id)
        (waiting,) = await library.outbox.unsent()
        assert waiting.error == "there is no [[program]] with this name: p"


async def test_what_was_marked_elsewhere_before_it_arrives_is_left_alone(tmp_path: Path, web: Web) -> None:
    url = publish(web, "First")
    async with opened(tmp_path, feeds(url) + rule("all", '["star", "label:x"]', "query = 'news'")) as library:
        await refreshed(library)
        publish(web, "News", "Other news")
        (tmp_path / "there").mkdir()
        async with opened(tmp_path / "there", feeds(url)) as there:
            await refreshed(there)
            (news,) = [
                row.id for row in await there.lists.rows(await there.lists.ids(ALL)) if row.title == "News"
            ]
            await there.marks.set_read([news], True)
            state = "".join(await there.exchange.export("state"))
        assert (await library.exchange.import_data(state.encode())).noted == 1
        await refreshed(library)
        seen = {
            title: (article.read, article.starred) for title, article in (await articles(library)).items()
        }
        assert seen == {"First": (False, False), "News": (True, False), "Other news": (False, True)}


async def test_the_limit_of_a_channel_sums_up_what_rules_send(tmp_path: Path, web: Web) -> None:
    url = publish(web, "First")
    channel = '[[channel]]\nname = "log"\nfile = "log"\nlimit = 2\nsubject = "{watches}|{title}"\n'
    text = feeds(url) + channel + rule("r", '["channel:log"]', "query = 'news'")
    clock = Clock()
    async with opened(tmp_path, text, clock=clock.time) as library:
        await refreshed(library)
        publish(web, *(f"News {number}" for number in range(5)))
        await refreshed(library)
        told = lines(tmp_path / "log")
        assert [message["kind"] for message in told] == ["rule", "rule", "summary"]
        assert str(told[0]["title"]).startswith("r|News") and told[2]["title"] == "3 more on r"
        titles = [article["title"] for message in told for article in message["articles"]]  # type: ignore[attr-defined]
        assert sorted(titles) == [f"News {number}" for number in range(5)]


@pytest.mark.usefixtures("forked_workers", "shared_certificates")
async def test_a_rule_fetches_the_full_text_before_it_is_saved(tmp_path: Path, web: Web) -> None:
    whole = "".join(
        f"<p>The harbour opened at {number} in the morning, the council said.</p>" for number in range(90)
    )
    pages = {
        name: web.serve(f"/{name}", f"<article>{whole}<p>A {name}.</p></article>", headers=HTML)
        for name in "ab"
    }
    news = [item(name, f"News {name}", whole, url=url) for name, url in pages.items()]
    url = web.serve("/feed", rss("News", [item("0", "First", whole)]))
    text = f'[[feeds]]\nurl = "{url}"\n[save]\nfolder = "saved"\n' + rule(
        "r", '["save", "full_text"]', "query = 'title:b'"
    )
    async with opened(tmp_path, text) as library:
        await refreshed(library)
        web.serve("/feed", rss("News", news))
        await refreshed(library)
        assert {title: article.full is not None for title, article in (await articles(library)).items()} == {
            "First": False, "News a": False, "News b": True,
        }  # fmt: skip
        (saved,) = (tmp_path / "saved").iterdir()
        assert "A b." in saved.read_text("utf-8")
