"""The match log: what was matched, told and read stays on record, whatever happens afterwards."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest

from tests.builders import CLOCK, NOW, Clock, applied, entry, feeds, fill, item, opened, refreshed, rss, save
from tests.store.test_migrations import brought_up, go_back
from tests.web import Web
from tuireader import ingest
from tuireader.errors import UsageError
from tuireader.library import Library
from tuireader.model import Evidence, LoggedMatch, TermHit
from tuireader.model.cases import verify
from tuireader.store import Store

RULES = feeds("https://user:geheim@hub.example.net/feed", "https://news.example.org/feed")
RULES += '[[watch]]\nname = "Quokka"\nany = ["quokka"]\nnotify = "article"\n'
HIT = "<p>It began. A quokka was seen in town.</p>"
TEXT = "Title number 1\n\nIt began. A quokka was seen in town.\n"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def library(tmp_path: Path, clock: Clock) -> AsyncIterator[Library]:
    """A library of two feeds with one watch."""
    async with opened(tmp_path, RULES, clock=clock.time) as made:
        yield made


async def log(library: Library, **asked: object) -> list[LoggedMatch]:
    async with aclosing(library.matches.log(**asked)) as rows:  # type: ignore[arg-type]
        return [row async for row in rows]


async def one(library: Library) -> LoggedMatch:
    (row,) = await log(library)
    return row


async def edit_config(library: Library, text: str) -> None:
    library.paths.config.write_text(text, encoding="utf-8")
    await library.context.reload()
    await applied(library)


async def test_a_match_is_logged_with_its_evidence_and_the_hash_of_its_text(library: Library) -> None:
    await fill(library, 1, entry(1, content_html=HIT), entry(2))
    row = await one(library)
    assert (row.watch, row.title, row.url) == ("Quokka", "Title number 1", "https://news.example.org/1")
    assert row.feed_url == "https://hub.example.net/feed"
    assert (row.published, row.fetched, row.matched) == (NOW - 60, CLOCK, CLOCK)
    assert (row.term, row.field, row.sentence) == ("quokka", "body", "A quokka was seen in town.")
    assert row.sha256 == hashlib.sha256(TEXT.encode()).hexdigest()
    assert (row.told, row.channels, row.read, row.ended) == (None, (), None, None)


async def test_an_edit_a_purge_and_the_end_of_the_watch_leave_it(library: Library, clock: Clock) -> None:
    await fill(library, 1, entry(1, content_html=HIT))
    before = await one(library)
    clock.now += 60
    await fill(library, 1, entry(1, content_html="<p>Nothing.</p>"), now=int(clock.now))
    row = await one(library)
    assert row.ended == int(clock.now)
    assert (row.sentence, row.sha256) == (before.sentence, before.sha256)
    clock.now += 60
    await fill(library, 1, entry(1, content_html=HIT), now=int(clock.now))
    assert (await one(library)).ended is None
    await edit_config(library, feeds("https://news.example.org/feed"))
    await library.database.purge(older_than=0, keep=None, unread=True)
    row = await one(library)
    assert (row.watch, row.feed, row.sentence) == (before.watch, before.feed, before.sentence)
    assert row.sha256 == before.sha256


async def test_reading_is_logged_and_taken_back(library: Library, clock: Clock) -> None:
    """Starring is not reading."""
    await fill(library, 1, entry(1, content_html=HIT), entry(2))
    number = (await one(library)).article_id
    for value in (True, False, True):
        await library.marks.set_starred([number], value)
        assert (await one(library)).read is None
    clock.now += 60
    await library.marks.set_read([1, 2], True)
    assert (await one(library)).read == int(clock.now)
    clock.now += 60
    await library.marks.undo()
    assert (await one(library)).read is None
    clock.now += 60
    await library.marks.set_read([number], True)
    await library.marks.set_read([number], True)
    read = int(clock.now)
    assert (await one(library)).read == read
    for value in (False, True):
        clock.now += 60
        await library.marks.set_starred([number], value)
        assert (await one(library)).read == read


async def test_matches_of_stored_articles_get_their_evidence_later_and_from_the_text_that_matched(
    library: Library, clock: Clock
) -> None:
    await fill(library, 1, entry(1, content_html=HIT), entry(2, title="Emu"), entry(3, title="Emu again"))
    await library.marks.set_read([1], True)  # the oldest: the third entry
    clock.now += 60
    await edit_config(library, RULES + '[[watch]]\nname = "Emu"\nany = ["emu"]\n')

    def bare(store: Store) -> int:
        return len(store.match_log.bare(9))

    assert await library.context.pool.read(bare) == 2
    await fill(library, 1, entry(2, title="Emu, edited, is gone? No: emu"), now=int(clock.now))
    assert await library.context.pool.read(bare) == 1
    rows = await log(library, watch="emu")
    assert [(row.article_id, row.title, row.term, row.matched) for row in rows] == [
        (1, "Emu again", "emu", int(clock.now)),
        (2, "Emu", "emu", int(clock.now)),
    ]
    assert [row.sentence for row in rows] == ["Emu again", "Emu"]
    assert [row.read for row in rows] == [0, None]
    assert rows[1].sha256 == hashlib.sha256(b"Emu\n\nThe text of article 2.\n").hexdigest()
    assert await library.context.pool.read(bare) == 0


async def test_what_a_watch_that_is_gone_left_to_be_filled_in_stays_empty(library: Library) -> None:
    await fill(library, 1, entry(2, title="Emu"))
    emu = '[[watch]]\nname = "Emu"\nany = ["emu"]\n'
    await edit_config(library, RULES + emu)
    await edit_config(library, RULES)
    (row,) = await log(library, watch="EMU")
    assert (row.title, row.term, row.sentence) == ("Emu", "", "") and len(row.sha256) == 64
    with pytest.raises(UsageError, match="no watch 'Emus'"):
        await log(library, watch="Emus")
    await edit_config(library, RULES + emu)
    assert len(await log(library, watch="Emu")) == 1  # it is the same match


async def test_times_and_watches_narrow_it_down(library: Library, clock: Clock) -> None:
    start = int(clock.now)
    for number in range(1, 4):
        await fill(library, 1, entry(number, content_html=HIT + str(number)), now=start + number * 100)
    assert [row.article_id for row in await log(library, since=start + 200)] == [2, 3]
    assert [row.article_id for row in await log(library, until=start + 200)] == [1]
    assert [row.article_id for row in await log(library, since=start + 101, until=start + 201)] == [2]


async def test_the_text_of_another_feed_is_the_one_that_is_hashed(library: Library) -> None:
    both = entry(1, url="https://else.example.com/1")
    words = " ".join(f"word{number}" for number in range(40))
    await fill(library, 1, entry(1, url=both.url, content_html=f"<p>{words} and a long end of it.</p>"))
    await fill(library, 2, entry(1, url=both.url, content_html=f"<p>{words} quokka</p>"))
    row = await one(library)
    assert row.feed_url == "https://news.example.org/feed"
    assert row.sha256 == hashlib.sha256(f"Title number 1\n\n{words} quokka".encode()).hexdigest()


STORY_WORDS = " ".join(f"word{number}" for number in range(80))


@pytest.mark.parametrize(
    ("said", "read"), [(STORY_WORDS, CLOCK), ("Points: 12. Comments: 3.", None)], ids=["known", "new"]
)
async def test_a_text_that_the_user_has_not_seen_is_logged_as_unread(
    library: Library, said: str, read: int | None
) -> None:
    """The text of the site takes the place of the one that was read."""
    title = "A quokka was seen in town"
    await fill(library, 1, entry(1, title=title, guid="hub", content_html=f"<p>{said}</p>"))
    await library.marks.set_read([1], True)
    assert (await one(library)).read == CLOCK
    await fill(library, 2, entry(1, title=title, content_html=f"<p>{STORY_WORDS}. The end.</p>"))
    (row,) = await library.lists.rows([1])
    assert (row.feed_id, row.read) == (2, read is not None)
    assert (await one(library)).read == read


async def test_it_only_grows(library: Library) -> None:
    await fill(library, 1, entry(1, content_html=HIT))
    await library.marks.set_read([1], True)

    def tamper(store: Store) -> None:
        for sql in (
            "DELETE FROM match_log",
            "UPDATE match_log SET sentence = ''",
            "DELETE FROM match_event",
            "UPDATE match_event SET at = 1",
        ):
            with pytest.raises(sqlite3.IntegrityError, match="only grows"):
                store.conn.execute(sql)

    await library.context.pool.write(tamper)


@pytest.mark.parametrize(
    ("command", "channels"), [('["true"]', ("command",)), ('["false"]', None), ("[]", ())]
)
async def test_notifications_are_logged_with_their_channels(
    tmp_path: Path, web: Web, clock: Clock, command: str, channels: tuple[str, ...] | None
) -> None:
    url = web.serve("/feed", rss("Zoo", [item("1", "A quokka", time=int(clock.now))]))
    text = feeds(url) + '[[watch]]\nname = "Quokka"\nany = ["quokka"]\nnotify = "article"\n'
    text += f"[notify]\ndesktop = false\ncommand = {command}\n"
    async with opened(tmp_path, text, clock=clock.time) as library:
        await refreshed(library)
        row = await one(library)
        if channels is None:  # it could not be sent: it is told later
            assert (row.told, row.channels) == (None, ())
            (tmp_path / "config.toml").write_text(text.replace('false"]', 'true"]'), encoding="utf-8")
            await library.context.reload()
            clock.now += 60
            await refreshed(library)
            row = await one(library)
            assert (row.told, row.channels) == (int(clock.now), ("command",))
            return
        assert (row.told, row.channels) == (int(clock.now), channels)
        for channel in ("terminal", "terminal"):
            await library.refresh.shown([row.article_id], channel)
        assert (await one(library)).channels == (*channels, "terminal")


async def test_imported_articles_that_were_read_are_logged_as_read(library: Library) -> None:
    def take_in(store: Store) -> None:
        with store.transaction():
            saved = store.entries.save(1, [entry(1, content_html=HIT)], NOW)
            store.conn.execute("UPDATE article SET read = 1")
            (text,) = store.articles.texts([saved.new[0].id])
            ingest.record_new(store, [text], library.context.rules, NOW)

    await library.context.pool.write(take_in)
    assert (await one(library)).read == 0


def test_matches_of_version_7_are_taken_over_with_what_is_known(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "test.db")
    with store.transaction():
        store.conn.execute("INSERT INTO feed (url, title) VALUES ('https://a.example/', 'A')")
    save(store, 1, *(entry(number) for number in range(1, 6)))
    with store.transaction():
        store.watches.sync([("Quokka", "1")])
        hits = (TermHit("quokka", "title", 1), TermHit("quokkas", "title", 1), TermHit("quokka", "body", 2))
        found = Evidence("Quokka", hits, "A quokka.", ((2, 8),))
        store.watches.record([(1, found), (2, found), (3, Evidence("Quokka"))], NOW + 9)
        store.conn.execute("UPDATE match SET evidence = '' WHERE article_id = 3")
        store.conn.execute("UPDATE match SET until = ?, revision = 1 WHERE article_id = 2", (NOW + 99,))
        store.conn.execute("UPDATE article SET read = 1 WHERE id = 1")
        store.notices.add([("Quokka", 1), ("Gone", 5), ("Quokka", 3)])
        store.conn.execute("UPDATE notice SET state = 1, told_at = ?, term = 'x' WHERE id < 3", (NOW + 10,))
        go_back(store.conn, 7)
    store.close()
    store = brought_up(tmp_path / "test.db")
    first, former, bare, gone = store.match_log.rows(0)
    assert (first.article_id, first.term, first.field) == (1, "quokka, quokkas", "title, body")
    assert (first.sentence, first.matched, first.told, first.read) == ("A quokka.", NOW + 9, NOW + 10, 0)
    assert (former.article_id, former.ended, former.sha256, former.told) == (2, NOW + 99, "", None)
    assert (bare.article_id, bare.term, bare.told) == (3, "", None)
    assert (gone.article_id, gone.watch, gone.term, gone.told) == (5, "Gone", "x", NOW + 10)
    assert [match.article_id for match in store.match_log.bare(9)] == [1, 3]
    with store.transaction():
        texts = {text.id: text for text in store.articles.texts([1, 3])}
        store.match_log.complete(store.match_log.bare(9), texts, {}, NOW)
    first, _, bare, _ = store.match_log.rows(0)
    assert first.term == "quokka, quokkas" and len(first.sha256) == len(bare.sha256) == 64
    store.close()


async def test_long_logs_come_in_parts(library: Library) -> None:
    def many(store: Store) -> None:
        store.conn.execute(
            """WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1234)
               INSERT INTO match_log
                 (article_id, watch, title, url, feed, feed_url, fetched, matched, text_hash)
               SELECT i, 'W', 'T', '', '', '', 1, i, '' FROM n"""
        )

    await library.context.pool.transact(many)
    assert [row.article_id for row in await log(library)] == list(range(1, 1235))


CVES = "https://news.example.org/feed"
CVE_RULES = feeds(CVES) + (
    '[[watch]]\nname = "CVE"\nany = ["/CVE-\\\\d{4}-\\\\d{4,7}/"]\n'
    '[[watch]]\nname = "Acme"\nany = ["/Acme (?P<id>A-\\\\d+)/"]\n'
    '[[watch]]\nname = "Router"\nany = ["router"]\n'
)


async def ids_of(library: Library, expression: str) -> set[int]:
    ids, problem = await library.searches.run(expression)
    assert not problem
    return set(ids)


async def by_watch(library: Library) -> dict[tuple[int, str], LoggedMatch]:
    return {(row.article_id, row.watch): row for row in await log(library)}


async def test_patterns_log_what_they_found_and_every_match_its_identifiers(tmp_path: Path) -> None:
    both = "<p>A router: CVE-2026-50110, cve-2026-50111 and CVE-2026-50110, Acme A-1, Acme a-1, Acme A-2.</p>"
    async with opened(tmp_path, CVE_RULES) as library:
        await fill(library, 1, entry(1, title="On CVE-2026-50110", content_html=both))
        await fill(library, 1, entry(2, title="Router"))
        rows = await by_watch(library)
        cve, acme, router, other = (
            rows[key] for key in ((1, "CVE"), (1, "Acme"), (1, "Router"), (2, "Router"))
        )
        assert cve.occurrences == {"CVE-2026-50110": 3}  # its pattern has capitals
        assert cve.ids == router.ids == {"CVE-2026-50110": 3, "CVE-2026-50111": 1}
        assert (router.occurrences, other.occurrences, other.ids) == ({}, {}, {})
        assert acme.occurrences == {"A-1": 1, "A-2": 1}
        assert acme.ids == {**cve.ids, **acme.occurrences}
        for expression in (
            "id:cve-2026-50110",
            "id:CVE-2026-*",
            "id:(x OR A-2)",
            "id:/50111$/",
            "id:a-* is:unread",
        ):
            assert await ids_of(library, expression) == {1}, expression
        assert await ids_of(library, "-id:CVE-2026-50111 watch:Router") == {2}
        assert await ids_of(library, "id:CVE-2026-5011 OR id:2026-50110 OR id:50110 OR id:A-") == set()
        assert await ids_of(library, "id:CVE-2026-50111 title:/CVE/ body:/Acme/") == {1}  # by the texts
        assert not (await library.matches.verify()).fault


async def test_what_an_edit_adds_is_logged_and_what_it_removes_stays(tmp_path: Path) -> None:
    async with opened(tmp_path, CVE_RULES) as library:
        await fill(library, 1, entry(1, title="CVE-2026-50110"))
        before = (await library.matches.verify()).head
        await fill(library, 1, entry(1, title="CVE-2026-50111"), now=NOW + 60)
        await fill(library, 1, entry(1, title="CVE-2026-50111"), now=NOW + 90)
        (row,) = await log(library)
        assert row.ids == row.occurrences == {"CVE-2026-50110": 1, "CVE-2026-50111": 1}
        assert row.title == "CVE-2026-50110"
        assert await ids_of(library, "id:CVE-2026-50110 id:CVE-2026-50111") == {1}
        async with aclosing(library.matches.records()) as records:
            kinds = [record["kind"] async for record in records]
        assert kinds.count("identified") == 2
        assert not (await library.matches.verify(before)).fault


async def test_what_the_index_matched_is_identified_once_asked_for(tmp_path: Path) -> None:
    async with opened(tmp_path, feeds(CVES)) as library:
        await fill(library, 1, entry(1, title="A router", content_html="<p>Fixes CVE-2026-50110.</p>"))
        assert await ids_of(library, "id:CVE-2026-50110") == set()
        await edit_config(library, CVE_RULES.partition('[[watch]]\nname = "CVE"')[0] + CVE_RULES[-43:])
        assert await ids_of(library, "id:CVE-2026-50110") == {1}
        (row,) = await log(library)
        assert (row.watch, row.ids, row.sentence) == ("Router", {"CVE-2026-50110": 1}, "A router")


async def test_a_full_text_is_counted_once_and_names_more(tmp_path: Path) -> None:
    feed, page = "<p>CVE-2026-50110 is bad.</p>", "<p>CVE-2026-50110 is bad. So is CVE-2026-50112.</p>"
    async with opened(tmp_path, CVE_RULES) as library:
        await fill(library, 1, entry(1, content_html=feed))

        def fetched(store: Store) -> None:
            with store.transaction():
                ingest.record_full_text(store, 1, page, "", library.context.rules, NOW)

        await library.context.pool.write(fetched)
        (row,) = await log(library)
        assert row.ids == row.occurrences == {"CVE-2026-50110": 1, "CVE-2026-50112": 1}


def without_identifiers(store: Store) -> None:
    """Make the log one of an older version."""
    with store.transaction():
        store.conn.execute("DROP TRIGGER match_event_kept")
        store.conn.execute("DELETE FROM match_event WHERE kind = 'identified'")
        store.conn.execute("DELETE FROM fact WHERE name = 'identifiers logged down to'")


async def test_matches_of_older_versions_get_their_cve_numbers_as_records_of_their_own(
    tmp_path: Path,
) -> None:
    """Those of the whole text if it is the one that matched, else those of title and sentence."""
    text = "<p>A router. It has CVE-2026-50111.</p>"
    async with opened(tmp_path, CVE_RULES) as library:
        same, edited = entry(1, content_html=text), entry(2, title="CVE-2026-50110", content_html=text)
        await fill(library, 1, same, edited)
        async with aclosing(library.matches.records()) as records:
            old = [record async for record in records if record["kind"] != "identified"]
        assert not verify(old).fault  # an export of that version

        await library.context.pool.write(without_identifiers)
        assert {row.ids == {} for row in await log(library)} == {True}
        await library.context.pool.write(
            lambda store: save(store, 1, entry(2, title="CVE-2026-50110", content_html="<p>A router.</p>"))
        )
        head = (await library.matches.verify()).head
        assert head == old[-1]["hash"]
        await applied(library)
        assert {key: row.ids for key, row in (await by_watch(library)).items()} == {
            (1, "CVE"): {"CVE-2026-50110": 1, "CVE-2026-50111": 1},
            (1, "Router"): {"CVE-2026-50110": 1},
            (2, "CVE"): {"CVE-2026-50111": 1},
            (2, "Router"): {"CVE-2026-50111": 1},
        }
        assert not (await library.matches.verify(head)).fault
        after = (await library.matches.verify()).head
        await applied(library)
        assert (await library.matches.verify()).head == after


@pytest.mark.parametrize("lost", [False, True])
async def test_of_an_older_match_that_is_purged_the_title_and_the_sentence_tell(
    tmp_path: Path, lost: bool
) -> None:
    async with opened(tmp_path, CVE_RULES) as library:
        text = "<p>A router with CVE-2026-50112.</p><p>And CVE-2026-50113.</p>"
        await fill(library, 1, entry(1, title="CVE-2026-50110", content_html=text))
        await edit_config(library, feeds(CVES))  # what a watch matches is not purged
        assert (await library.database.purge(older_than=0, keep=None, unread=True)).articles == 1
        await library.context.pool.write(without_identifiers)
        if lost:  # on damaged pages
            await library.context.pool.write(
                lambda store: store.conn.executescript("PRAGMA foreign_keys = OFF; DELETE FROM article")
            )
        await applied(library)
        assert (await by_watch(library))[1, "Router"].ids == {"CVE-2026-50110": 1, "CVE-2026-50112": 1}
