"""Channels and the outbox in the reader: what waits and why, forms that never show a secret."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.ui.running import Running, running
from tests.ui.shelf import NOW, arrive, configured, story, written
from tuireader.config.edit import update
from tuireader.errors import ConfigError
from tuireader.library import Library
from tuireader.model import Alarm, AlarmKind, OutboxKind
from tuireader.store.watches.outbox import Draft
from tuireader.ui.app import TuireaderApp
from tuireader.ui.screens.outbox import Outbox

SECRET = "x7Qd2-of-nobody"
CONFIG = f"""# mine
[fetch]
refresh_on_start = false

[[feeds]]
url = "https://1.example/rss"
title = "The Quay"

[[channel]]
name = "log"   # for later
file = "told.jsonl"

[[channel]]
name = "phone"
url = "ntfys://ntfy.sh/{SECRET}"
quiet = "00:00-23:59"

[[watch]]
name = "Ferries"
any = ["ferry"]
notify = "article"
channels = ["log", "phone"]

[notify]
alarm_channels = ["log"]
"""


def tell(library: Library) -> None:
    """Put two matches and an alarm into the outbox; the channel `log` has given up the first."""
    arrive(library, *(story(number, 1, f"Ferry [b]{number}[/b]", number) for number in (1, 2)))
    with written(library) as store:
        store.notices.add([("Ferries", 1), ("Ferries", 2)])
        matches = [
            Draft(channel, OutboxKind.MATCH, number, (number,))
            for number in (1, 2)
            for channel in ("log", "phone")
        ]
        store.alarms.raise_(Alarm(0, AlarmKind.SILENT, 1, "", "", "no new article", NOW))
        store.outbox.add([*matches, Draft("log", OutboxKind.ALARM, 1)], NOW)
        store.outbox.give_up("log", [1], "cannot be written: disk full; make room", NOW)


@pytest.fixture
async def run(tmp_path: Path) -> AsyncIterator[Running]:
    async with configured(tmp_path, CONFIG) as library:
        tell(library)
        async with running(library) as run:
            yield run


def rows(run: Running, *names: str) -> list[list[str]]:
    return [[row[name] for name in names] for row in run.rows()]


async def test_the_outbox_says_what_waits_and_why(run: Running) -> None:
    assert "1 undelivered (@)" in run.text.splitlines()[-1]
    with written(run.library) as store:
        store.outbox.back_off("log", "down; look at it", NOW)
        store.conn.execute("UPDATE outbox SET interrupted = 1 WHERE id = 3")
    await run.press("at")
    assert "Outbox   4 waiting, 1 given up" in run.text
    assert sorted(rows(run, "channel", "watch", "state")) == [
        ["log", "Ferries", "given up"],
        ["log", "Ferries", "waiting"],
        ["log", "alarm", "waiting"],
        *[["phone", "Ferries", "waiting"]] * 2,
    ]
    texts = {}
    for channel, what, state, due in rows(run, "channel", "watch", "state", "next"):
        texts[channel, what, str(state)] = run.text
        assert bool(due) == (channel == "log" and state == "waiting")
        await run.press("j")
    given_up = texts["log", "Ferries", "given up"]
    assert "cannot be written: disk full" in given_up and "Make room" in given_up
    assert "tried in vain: 1" in given_up and "[/b] · Ferries by log" in given_up
    assert "Look at it" in texts["log", "Ferries", "waiting"]
    assert "marked as repeated" in texts["log", "Ferries", "waiting"] and "repeated" not in given_up
    assert "quiet hours until 23:59" in texts["phone", "Ferries", "waiting"]
    assert "The Quay · alarm by log" in texts["log", "alarm", "waiting"]
    assert rows(run, "watch")[-1] == ["alarm"]
    await run.press("G", "enter")
    assert "! lists the alarms" in run.toasts


async def test_the_outbox_says_why_a_message_waits(tmp_path: Path) -> None:
    text = '[[channel]]\nname = "a"\nfile = "a.jsonl"\nlimit = 1\n'
    async with configured(tmp_path, text) as library:
        with written(library) as store:
            kinds = (OutboxKind.MATCH, 0), (OutboxKind.MATCH, 1), (OutboxKind.ALARM, 1), (OutboxKind.ALARM, 1)
            store.outbox.add([Draft("a", kind, n, priority=p) for n, (kind, p) in enumerate(kinds)], NOW)
            store.outbox.add([Draft("a", OutboxKind.OVER, 9)], NOW + 60)
            store.conn.execute("UPDATE outbox SET state = 'sending' WHERE id = 3")
        reasons = [library.outbox.reason(message) for message in await library.outbox.unsent()]
        low, limit = "low priority: it goes with another", "its channel has had the most messages in an hour"
        assert reasons[0].startswith(low) and reasons[1:] == ["", "being sent", "", limit]


async def test_a_message_is_sent_after_all_opened_or_dropped(run: Running) -> None:
    await run.press("at")
    assert rows(run, "state")[0] == ["given up"] and "cannot be written: disk full" in run.text
    path = run.library.paths.config.parent / "told.jsonl"
    path.mkdir()
    await run.press("r")
    assert "log: cannot be written: Is a directory" in run.toasts and "Sent" not in run.toasts
    assert rows(run, "state")[0] == ["waiting"]
    path.rmdir()
    await run.press("r")
    assert "Sent" in run.toasts and ["given up"] not in rows(run, "state")
    sent = path.read_text().splitlines()
    assert {json.loads(line)["channel"] for line in sent} == {"log"} and len(sent) == 3
    assert {channel for (channel,) in rows(run, "channel")} == {"phone"}
    await run.press("d", "escape")
    assert len(rows(run, "title")) == 2
    await run.press("d")
    assert "Never send this message?" in run.text
    await run.press("enter")
    assert len(rows(run, "title")) == 1 and "sends it after all" in run.toasts
    (kept,) = await run.library.outbox.unsent()
    await run.press("enter")
    assert run.open_id == kept.subject and "undelivered" not in run.text
    await run.press("at")
    run.screen(Outbox)
    with written(run.library) as store:
        store.outbox.drop([kept.id], "", NOW)
    await run.press("d", "enter", "r")  # it is gone meanwhile
    assert f"no message {kept.id} waits" in run.toasts


async def test_channels_are_listed_without_secrets_tried_and_edited(run: Running) -> None:
    await run.press("number_sign")
    assert rows(run, "name", "kind", "target", "users") == [
        ["log", "File", "told.jsonl", "Ferries, alarms"],
        ["phone", "Service: phone, chat, …", "ntfys://…", "Ferries"],
    ]
    await run.press("t")
    assert "log has accepted the test message" in run.toasts
    path = run.library.paths.config.parent / "told.jsonl"
    (line,) = path.read_text().splitlines()
    assert json.loads(line)["kind"] == "test"
    path.unlink()
    path.mkdir()
    await run.press("t", "j")
    assert "log: cannot be written" in run.toasts and "quiet 00:00-23:59" in run.text
    await run.press("e")
    assert "as before" in run.text and SECRET not in run.text
    await run.press("escape", "d", "enter")
    assert "phone is used by Ferries (change these first)" in run.toasts and run.written == CONFIG
    await run.press("e")
    await run.submit(quiet="25:00-7:00")
    assert "should be hours such as" in run.text and run.written == CONFIG
    await run.submit(quiet="22:00-7:00", limit="20")
    changed = CONFIG.replace('"00:00-23:59"', '"22:00-07:00"\nlimit = 20')
    assert run.written == changed and "Channel phone saved" in run.toasts
    await run.press("e")
    await run.submit(url="env:PHONE")
    assert run.written == changed.replace(f"ntfys://ntfy.sh/{SECRET}", "env:PHONE")
    assert "env:PHONE" in run.text
    await run.press("ctrl+z", "ctrl+z")
    assert run.written == CONFIG and "ntfys://…" in run.text


FORMS = {
    "m": (
        {"mail": "a@example.org, b@example.org", "server": "smtps://a@example.org", "password": "env:MAIL"},
        'mail = ["a@example.org", "b@example.org"]\nserver = "smtps://a@example.org"\npassword = "env:MAIL"',
    ),
    "p": (
        {"command": "tell 'a b'", "quiet": "1:00-2:00"},
        'command = ["tell", "a b"]\nquiet = "01:00-02:00"',
    ),
    "d": ({}, "desktop = true"),
}


async def test_channels_are_added_by_a_form_and_removed(tmp_path: Path) -> None:
    async with configured(tmp_path, "# none yet\n") as library, running(library, (80, 24)) as run:
        await run.press("at", "r", "d", "enter")
        assert "Nothing waits: every message was delivered." in run.text
        await run.press("escape", "number_sign", "t", "d", "e", "enter")
        assert "No channels yet" in run.text and "+ adds one" in run.text
        await run.press("plus", "m")
        await run.submit(name="a b", mail="me@example.org")
        assert "should be one word" in run.text
        await run.submit(name="mail")
        assert "needs a server such as smtps://" in run.text and run.written == "# none yet\n"
        await run.submit(server="http://example.org")
        assert "is not a mail server" in run.text
        run.fill(password="pw9")
        await run.settle()
        assert "pw9" not in run.text and "•••" in run.text
        await run.press("escape")
        expected = "# none yet\n"
        for key, (values, toml) in FORMS.items():
            await run.press("plus", key)
            await run.submit(name=f"to-{key}", **values)
            expected += f'\n[[channel]]\nname = "to-{key}"\n{toml}\n'
            assert run.written == expected
        assert len(rows(run, "name")) == 3 and not library.settings.problems
        await run.press("plus", "d")
        await run.submit(name="TO-D")
        assert "there is already a channel named" in run.text
        await run.press("escape", "d", "enter")
        assert 'name = "to-m"' not in run.written and "removed" in run.toasts
        await run.press("ctrl+z")
        assert run.written == expected


async def test_the_demo_sends_nothing_and_says_so(tmp_path: Path) -> None:
    async with configured(tmp_path, CONFIG, offline=True) as library, running(library) as run:
        await run.press("number_sign", "t")
        assert "demo: nothing is sent" in run.text and "the demo has no network" in run.toasts
        await run.press("plus", "f")
        assert "The demo sends nothing." in run.text
        await run.submit(name="other", file="x.jsonl")
        assert ["other"] in rows(run, "name") and run.written == CONFIG
        await run.press("ctrl+z")
        assert ["other"] not in rows(run, "name")


async def test_digests_use_channels_and_wait_like_matches(tmp_path: Path) -> None:
    text = CONFIG.replace('channels = ["log", "phone"]\n', "").replace('alarm_channels = ["log"]', "")
    text += '[[digest]]\nname = "morning"\nat = "07:30"\nchannels = ["phone"]\n'
    async with configured(tmp_path, text) as library:
        with written(library) as store:
            last, end = store.digests.last("morning", NOW), store.digests.now(NOW)
            number = store.digests.add("morning", last, end, brief="{}")
            store.outbox.add([Draft("phone", OutboxKind.DIGEST, number)], NOW)
        async with running(library) as run:
            await run.press("number_sign")
            assert rows(run, "name", "users") == [["log", ""], ["phone", "morning"]]
            await run.press("j", "d", "enter")
            assert "phone is used by morning (change these first)" in run.toasts and run.written == text
            await run.press("escape", "at", "enter")
            assert "`tuireader digest` prints digests" in run.toasts


async def test_programs_are_not_named_in_the_browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TuireaderApp, "is_web", True)
    text = '[[channel]]\nname = "a"\ncommand = ["x"]\n[[channel]]\nname = "b"\nurl = "cmd:pass show b"\n'
    async with configured(tmp_path, text) as library, running(library) as run:
        await run.press("number_sign", "e")
        await run.submit(command="rm -r x")
        assert "programs and written files can be neither named" in run.text and run.written == text
        await run.submit(command="x", quiet="22:00-07:00")
        assert 'quiet = "22:00-07:00"' in run.written and 'command = ["x"]' in run.written
        await run.press("plus", "s")
        await run.submit(name="c", url="cmd:rm -r x")
        assert "programs and written files can be neither named" in run.text and "rm -r" not in run.written
        await run.submit(url="ntfy://x/y")
        assert 'url = "ntfy://x/y"' in run.written
        await run.press("plus", "f")
        await run.submit(name="d", file="~/.profile")  # a shell reads it
        assert "written files can be neither named" in run.text and ".profile" not in run.written
        await run.press("escape", "escape", ":")
        await run.write("set save.folder /etc/profile.d\r")
        assert "written files can be neither named" in run.toasts and "/etc" not in run.written
        await run.press("vertical_line")
        assert "no program can be named" in run.toasts


async def test_a_watch_chooses_among_the_channels(tmp_path: Path) -> None:
    async with configured(tmp_path, CONFIG) as library, running(library, (80, 24)) as run:
        await run.press("w", "e")
        assert "Channels  log, phone" in run.text and "enter saves" in run.text
        await run.submit(channels="log, phon")
        assert "names no channel 'phon'" in run.text and run.written == CONFIG
        await run.submit(channels="phone")
        assert run.written == CONFIG.replace('["log", "phone"]', '["phone"]')
        await run.press("W")
        await run.submit(name="Tolls", any="toll", channels="log")
        assert '"Tolls"\nany = ["toll"]\ncolor = "cyan"\nchannels = ["log"]\n' in run.written
        assert not library.settings.problems


def test_a_watch_with_a_lost_channel_can_still_be_edited() -> None:
    """Only what an edit adds is refused."""
    text = CONFIG.replace('"log", "phone"]', '"lost"]')
    assert update(text, "watch", "Ferries", {"priority": "high"}) == text.replace(
        'channels = ["lost"]\n', 'channels = ["lost"]\npriority = "high"\n'
    )
    with pytest.raises(ConfigError, match="names no channel 'also'"):
        update(text, "watch", "Ferries", {"channels": ("also",)})
