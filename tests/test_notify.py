"""Notifications: what is new in a story, the message, and that nothing is told twice whatever happens."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
from contextlib import suppress
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.builders import CLOCK as NOW
from tests.builders import Clock, entry, feeds, fill, item, opened, refreshed, rss
from tests.cli.command import Home, run_here, start_apart, subscribe
from tests.processes import end_once, gone, pid_in, rows
from tests.web import Answer, Web
from tuireader.config import NotifyConfig, WatchConfig
from tuireader.delivery.letters import Item, is_quiet, message
from tuireader.delivery.message import as_json
from tuireader.delivery.programs import deliver
from tuireader.errors import Exit
from tuireader.library.alarms import drafts
from tuireader.library.sending.notifications import claim, items_of
from tuireader.model import Alarm, AlarmKind, Evidence, TermHit, Told, Undelivered
from tuireader.model.events import decode, encode
from tuireader.store import Store
from tuireader.watch import Matcher


def watch(mode: str, name: str = "WeChat", term: str = "WeChat") -> str:
    return f'[[watch]]\nname = "{name}"\nany = ["{term}"]\nnotify = "{mode}"\n'


def to_file(folder: Path) -> tuple[str, Path]:
    """A `[notify]` whose command appends its stdin to a file, and that file."""
    out = folder / "told.jsonl"
    return f'[notify]\ndesktop = false\ncommand = ["sh", "-c", "(cat; echo) >> {out}"]\n', out


def told(out: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()] if out.exists() else []


# --------------------------------------------------------------------------- pure


def test_hours_of_quiet() -> None:
    assert [is_quiet("22:00-07:00", hour * 60) for hour in (21, 22, 3, 7)] == [False, True, True, False]
    assert [is_quiet("12:30-13:00", minute) for minute in (749, 750, 779, 780)] == [False, True, True, False]
    assert not is_quiet("", 0) and not is_quiet("08:00-08:00", 480)


def one(number: int, *watches: str, adds: tuple[str, ...] = ()) -> Item:
    evidence = tuple(Evidence(name, (TermHit("term", "body", 2),), f"Sentence {number}.") for name in watches)
    return Item(number, f"Title {number}", f"https://x.example/{number}", "Feed", NOW, evidence, adds)


def test_messages() -> None:
    single = message([one(1, "A", "B")])
    assert (single.title, single.body) == ("A, B: Title 1", "Feed\nSentence 1.")
    assert message([one(1, "A", adds=("5%", "Ma"))]).body == "Feed\nadds 5%, Ma"
    aside = Evidence("C", (TermHit("term", "credit", 1), TermHit("term", "byline", 1)), "By C")
    known = one(1, "A")
    assert message([replace(known, evidence=(aside,))]).body == "Feed\n(credit, byline) By C"
    assert message([replace(known, evidence=(aside, *known.evidence))]).body == "Feed\nSentence 1."
    many = message([one(number, "A") for number in range(12)] + [one(12, "B")])
    assert many.title == "13 new on A, B" and many.body.endswith("\nand 8 more")
    whole = json.loads(as_json(single))
    assert whole["count"] == 1 and whole["articles"] == [
        {
            "id": 1,
            "title": "Title 1",
            "url": "https://x.example/1",
            "feed": "Feed",
            "time": NOW,
            "adds": [],
            "watches": [
                {
                    "name": "A",
                    "terms": ["term"],
                    "occurrences": {},
                    "where": ["body"],
                    "sentence": "Sentence 1.",
                    "uncertain": False,
                },
                {
                    "name": "B",
                    "terms": ["term"],
                    "occurrences": {},
                    "where": ["body"],
                    "sentence": "Sentence 1.",
                    "uncertain": False,
                },
            ],
        }
    ]
    event = Told("t", "b", (1, 2), True, ("x",))
    assert decode(encode(event)) == event


async def test_programs_that_show_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sender = tmp_path / "notify-send"
    sender.write_text(f'#!/bin/sh\nprintf "%s|" "$@" >> {tmp_path}/shown\n', encoding="utf-8")
    sender.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    text = message([Item(1, "--help; $(id) <b>", "", "A & B", 1, (Evidence("W"),))])
    assert (await deliver(text, NotifyConfig())).ways == ("desktop",)
    shown = (tmp_path / "shown").read_text(encoding="utf-8")
    assert shown == "--app-name=tuireader|--|W: --help; $(id) <b>|A &amp; B|"
    failed = await deliver(text, NotifyConfig(desktop=False, command=("/nowhere/at-all", "x")))
    assert failed.error == "notify.command: /nowhere/at-all cannot be run: No such file or directory"
    failed = await deliver(text, NotifyConfig(desktop=False, command=("false",)))
    assert failed.error == "notify.command: false ended with exit status 1" and not failed.accepted


async def test_a_command_that_is_stopped_ends_with_what_it_has_started(tmp_path: Path) -> None:
    command = ("sh", "-c", f"sleep 300 & echo $! > {tmp_path}/pid; wait")
    delivery = asyncio.create_task(
        deliver(message([Item(1, "T", "", "A", 1, ())]), NotifyConfig(desktop=False, command=command))
    )
    pid = await asyncio.to_thread(pid_in, tmp_path / "pid")
    delivery.cancel()
    with pytest.raises(asyncio.CancelledError):
        await delivery
    assert await asyncio.to_thread(gone, pid)


# --------------------------------------------------------------------------- through the library


async def test_each_article_is_told_once_in_one_message(tmp_path: Path, web: Web) -> None:
    notify, out = to_file(tmp_path)
    items = [item("1", "WeChat grows", "<p>So WeChat said.</p>"), item("2", "WeChat and Alipay")]
    url = web.serve("/f", rss("Feed", [*items, item("3", "Other")]))
    rules = watch("article") + watch("article", "Pay", "Alipay") + watch("never", "Silent", "grows")
    async with opened(tmp_path, feeds(url) + rules + notify) as library:
        events = await refreshed(library)
        (event,) = [event for event in events if isinstance(event, Told)]
        assert event.title == "2 new on WeChat, Pay" and len(event.articles) == 2 and not event.desktop
        (whole,) = told(out)
        articles = {article["title"]: article for article in whole["articles"]}  # type: ignore[attr-defined]
        assert [one["name"] for one in articles["WeChat and Alipay"]["watches"]] == ["WeChat", "Pay"]
        assert articles["WeChat grows"]["watches"] == [
            {
                "name": "WeChat",
                "terms": ["WeChat"],
                "occurrences": {},
                "where": ["title", "body"],
                "sentence": "So WeChat said.",
                "uncertain": False,
            }
        ]
        assert not [event for event in await refreshed(library) if isinstance(event, Told)]
        web.serve("/f", rss("Feed", [*items, item("4", "WeChat again")]))
        await refreshed(library)
        assert [one["count"] for one in told(out)] == [2, 1]


async def test_muted_articles_and_quiet_hours_are_not_told(tmp_path: Path) -> None:
    notify, out = to_file(tmp_path)
    text = feeds("https://a.example.org/feed") + watch("article") + notify
    hidden = '[[mute]]\nquery = "sponsored"\ninclude_watched = true\n'
    async with opened(tmp_path, text + hidden) as library:
        await fill(library, 1, entry(1, title="WeChat, sponsored"))
        assert await library.outbox.notify() == []
    async with opened(tmp_path, text.replace("[notify]", '[notify]\nquiet = "00:00-23:59"')) as library:
        await fill(library, 1, entry(2, title="WeChat at night"))
        assert await library.outbox.notify() == [] and told(out) == []
    async with opened(tmp_path, text) as library:
        assert await library.outbox.notify() != []
        assert [whole["title"] for whole in told(out)] == ["WeChat: WeChat at night"]
        assert await library.outbox.notify() == []
    async with opened(tmp_path, text + hidden.replace("true", "false")) as library:
        await fill(library, 1, entry(3, title="WeChat, sponsored again"))
        assert await library.outbox.notify() != [] and len(told(out)) == 2


@pytest.mark.parametrize(
    ("command", "desktop", "waits"),
    [
        ("false", "", True),
        ("/nowhere/at-all", "", True),
        ("false", "exit 1", True),
        ("false", "exit 0", False),
        ("true", "exit 1", False),
        ("true", "exit 0", False),
        ("true", "", False),
        ("", "", False),  # nobody is to be told
    ],
)
async def test_what_no_one_could_be_told_waits_and_what_one_channel_has_shown_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, desktop: str, waits: bool
) -> None:
    """Of articles and of alarms: nothing is told twice because another channel fails each time."""
    if desktop:
        sender = tmp_path / "notify-send"
        sender.write_text(f"#!/bin/sh\n{desktop}\n", encoding="utf-8")
        sender.chmod(0o700)
        monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    program = json.dumps([command] if command else [])
    notify = f"[notify]\ncommand = {program}\ndesktop = {json.dumps(bool(desktop))}\n"
    text, clock = feeds("https://a.example.org/feed") + watch("article") + notify, Clock()
    async with opened(tmp_path, text, clock=clock.time) as library:
        await fill(library, 1, entry(1, title="WeChat"))

        def alarm(store: Store) -> None:
            with store.transaction():
                store.alarms.raise_(Alarm(0, AlarmKind.FAILING, 1, "", "", "failing since noon", NOW))
                store.outbox.add(drafts(store.alarms.untold(), [""]), NOW)

        await library.context.pool.write(alarm)
        first, again = await library.outbox.notify(), await library.outbox.notify()
        assert again == [] and await library.outbox.undelivered() == (2 if waits else 0)
        if waits:
            (event,) = first
            assert isinstance(event, Undelivered) and event.retry_at == NOW + 60 and event.messages == 1
            clock.now += 60
            assert [type(event) for event in await library.outbox.notify()] == [Undelivered]
        else:
            assert [isinstance(event, Told) and event.desktop for event in first] == [desktop == "exit 0"] * 2
            assert all(bool(event.troubles) == (command not in ("", "true")) for event in first)  # type: ignore[union-attr]


async def test_a_story_is_told_again_only_with_something_new(tmp_path: Path) -> None:
    notify, out = to_file(tmp_path)
    text = feeds("https://a.example.org/feed") + watch("story") + notify
    first = "WeChat suspends new user registration in mainland China"
    async with opened(tmp_path, text) as library:

        async def comes(number: int, body: str, title: str = first) -> dict[str, object] | None:
            """One more article of the story."""
            before = len(told(out))
            await fill(library, 1, entry(number, title=title, content_html=f"<p>{body}</p>"))

            def same_story(store: Store) -> None:
                with store.transaction():
                    store.relations.join(number, 1)

            if number > 1:
                await library.context.pool.write(same_story)
            await library.outbox.notify()
            return told(out)[before] if len(told(out)) > before else None

        assert await comes(1, "The service, WeChat, is down for new users.") is not None
        assert await comes(2, "New users cannot join WeChat, the service.") is None
        again = await comes(3, "WeChat has 1.2 billion users, and Tencent Holdings owns it.")
        assert again is not None and again["articles"][0]["adds"] == ["1.2 billion users", "Tencent Holdings"]  # type: ignore[index]
        assert "adds 1.2 billion users, Tencent Holdings" in str(again["body"])
        assert await comes(4, "The 1.2 billion users wait for Tencent Holdings.") is None
        named = await comes(5, "The users wait.", "WeChat stops after the letter from Ofcom | A Example News")
        assert named is not None and named["articles"][0]["adds"] == ["Ofcom"]  # type: ignore[index]


async def test_a_story_of_several_articles_is_told_once(tmp_path: Path) -> None:
    notify, out = to_file(tmp_path)
    text = feeds("https://a.example.org/feed") + watch("story") + notify
    async with opened(tmp_path, text) as library:
        bodies = ["The service, WeChat, is down for new users.", "New users cannot join WeChat, the service."]
        await fill(
            library,
            1,
            *(
                entry(n, title=f"WeChat stops, {n}", content_html=f"<p>{body}</p>")
                for n, body in enumerate(bodies)
            ),
        )

        def same_story(store: Store) -> None:
            with store.transaction():
                store.relations.join(2, 1)

        await library.context.pool.write(same_story)
        await library.outbox.notify()
        assert [whole["count"] for whole in told(out)] == [1]


async def test_what_was_not_to_be_told_is_not_told_once_that_changes(tmp_path: Path) -> None:
    """Nor is a repost, nor what a mute has hidden."""
    notify, out = to_file(tmp_path)
    hidden = '[[mute]]\nquery = "sponsored"\ninclude_watched = true\n'
    source = feeds("https://a.example.org/feed")
    async with opened(tmp_path, source + watch("never") + notify) as library:
        await fill(library, 1, entry(1, title="WeChat"))
        assert await library.outbox.notify() == []
    quiet = notify.replace("[notify]", '[notify]\nquiet = "00:00-23:59"')
    for rules in (watch("article") + quiet, watch("never") + notify):
        async with opened(tmp_path, source + rules) as library:
            await fill(library, 1, entry(4, title="WeChat at night"))
            assert await library.outbox.notify() == []
    async with opened(tmp_path, source + watch("article") + notify + hidden) as library:
        await fill(library, 1, entry(2, title="WeChat, sponsored"))
        assert await library.outbox.notify() == []
    async with opened(tmp_path, source + watch("article") + notify) as library:
        assert await library.outbox.notify() == [] and told(out) == []
        await fill(library, 1, entry(3, title="WeChat at last"))
        await library.outbox.notify()
        assert [whole["title"] for whole in told(out)] == ["WeChat: WeChat at last"]


# --------------------------------------------------------------------------- killed


async def test_a_match_that_is_gone_by_then_stops_no_other_notification(tmp_path: Path) -> None:
    """An edit may take the match between its arrival and the notification."""
    async with opened(tmp_path, feeds("https://a.example.org/feed")) as library:
        await fill(library, 1, entry(1, title="WeChat grows"), entry(2, title="Other"))

        def claimed(store: Store) -> None:
            with store.transaction():
                (other, first) = (row.id for row in store.lists.rows([1, 2]))
                store.notices.add([("WeChat", other), ("WeChat", first), ("Muted", first)])
                wanted = [WatchConfig("WeChat", any=("WeChat",), notify="article")]
                made = claim(store, wanted, {}, Matcher(()), NOW)
                assert [draft.subject for draft in made] == [other, first]
                items = items_of(store, store.outbox.unsent(), {}, {})
                assert all(item.evidence == (Evidence("WeChat"),) for item in items)
                assert not store.notices.any_waiting()
                assert claim(store, wanted, {}, Matcher(()), NOW) == []

        await library.context.pool.write(claimed)


def test_killed_before_it_tells_it_tells_the_next_time_once(
    tmp_path: Path, web: Web, capsys: pytest.CaptureFixture[str]
) -> None:
    notify, out = to_file(tmp_path)
    good = web.serve("/good", rss("Feed", [item("1", "WeChat grows")]))
    slow = web.stages("/slow", Answer(rss("Slow", []), latency=30), rss("Slow", [item("2", "Other")]))
    home = Home(tmp_path)
    subscribe(home, good, slow, more=watch("story") + notify)

    def waits_to_be_told() -> bool:
        with suppress(sqlite3.Error):
            return rows(home.database, "SELECT state FROM notice") == [(0,)]
        return False

    assert end_once(start_apart(home, "refresh"), waits_to_be_told)
    assert told(out) == []
    assert run_here(home, capsys, "refresh").code == Exit.OK
    assert [whole["title"] for whole in told(out)] == ["WeChat: WeChat grows"]
    assert run_here(home, capsys, "refresh").code == Exit.OK and len(told(out)) == 1
