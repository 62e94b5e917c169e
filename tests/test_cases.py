"""Cases: what a person does with matches, who did it, and the chain of records that proves it."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing, closing
from pathlib import Path
from random import Random
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.builders import NOW, applied, entry, feeds, fill, open_store, opened, save
from tests.examples import half_as_many
from tests.store.test_migrations import brought_up, go_back
from tests.test_match_log import log
from tuireader.config import WatchConfig
from tuireader.errors import UsageError
from tuireader.library import Library
from tuireader.model import Case, CaseState, View, ViewKind
from tuireader.model.cases import Record, canonical, verify
from tuireader.store import Store
from tuireader.store.upkeep.recovery import recover

CONFIG = feeds("https://news.example.org/feed", "https://other.example.org/feed")
CONFIG += '[[watch]]\nname = "Quokka"\nany = ["quokka"]\n[[watch]]\nname = "Town"\nany = ["town"]\n'
CONFIG += '[desk]\nname = "Ana"\n'
HIT = "<p>A quokka was seen in town.</p>"


async def states(library: Library) -> dict[tuple[int, str], str]:
    return {(row.article_id, row.watch): row.state for row in await log(library)}


async def case_of(library: Library, article_id: int, watch: str) -> Case:
    """The only case of an article and a watch."""
    (case,) = [case for case in await library.cases.of([article_id]) if case.watch == watch]
    return case


async def found(library: Library, expression: str) -> set[int]:
    ids, problem = await library.searches.run(expression, limit=100)
    assert not problem
    return set(ids)


async def records(library: Library) -> list[Record]:
    async with aclosing(library.matches.records()) as rows:
        return [row async for row in rows]


async def test_matches_are_new_from_the_first_use_on(tmp_path: Path) -> None:
    async with opened(tmp_path, CONFIG.replace('[desk]\nname = "Ana"\n', "")) as library:
        await fill(library, 1, entry(1, content_html=HIT), entry(2, content_html=HIT))
        assert set((await states(library)).values()) == {""} and (await library.lists.counts()).to_do is None
        assert await found(library, "is:open") == set()
        change = await library.cases.handle([1], CaseState.DONE, ["Quokka"])
        assert change.what == "1 match marked done" and change.ids == (1,)
        await fill(library, 1, entry(3, content_html=HIT))
        assert await states(library) == {
            (1, "Quokka"): "done", (1, "Town"): "done (before)",
            (2, "Quokka"): "done (before)", (2, "Town"): "done (before)",
            (3, "Quokka"): "new", (3, "Town"): "new",
        }  # fmt: skip
        assert await found(library, "is:open") == {3} and await found(library, "is:done") == {1}
        row = (await log(library))[0]
        assert (row.by, row.at) == (library.context.person, row.matched)


async def test_states_are_found_by_watch_and_taken_back(tmp_path: Path) -> None:
    async with opened(tmp_path, CONFIG) as library:
        await fill(library, 1, entry(1, content_html=HIT), entry(2, content_html=HIT))
        await library.cases.handle([1], CaseState.FALSE_ALARM, ["Town"])
        await library.cases.set_note(await library.cases.matches_of([2]), "ask the \x07lawyer\n\x1b[31m")
        assert await found(library, "is:open") == {1, 2}
        assert await found(library, "watch:Town is:open") == {2}
        assert await found(library, "watch:Quokka is:open body:/sEEN/") == set()
        assert await found(library, "watch:Quokka is:open body:/seen/") == {1, 2}
        assert (
            await found(library, "watch:Town is:false-alarm") == {1} == await found(library, "-note:lawyer")
        )
        assert await found(library, "watch:Quokka is:false-alarm") == set()
        assert await found(library, "note:lawyer") == {2}
        case = await case_of(library, 2, "Town")
        assert (case.note, case.by, case.state) == ("ask the lawyer", "Ana", CaseState.NEW)
        undone = [(await library.marks.undo()) for _ in range(2)]
        assert [step.what for step in undone if step] == [
            "2 matches noted",
            "1 match marked false alarm",
        ]
        assert await found(library, "is:false-alarm OR note:lawyer") == set()
        kinds = [record["kind"] for record in await records(library)]
        assert kinds[-6:] == ["false alarm", "noted", "noted", "noted", "noted", "new"]
        assert not (await library.matches.verify()).fault


async def test_a_key_means_what_is_not_handled_yet(tmp_path: Path) -> None:
    async with opened(tmp_path, CONFIG) as library:
        await fill(library, 1, entry(1, content_html=HIT))
        await library.cases.handle([1], CaseState.FALSE_ALARM, ["Town"])
        await library.cases.handle([1], CaseState.DONE)
        assert set((await states(library)).values()) == {"done", "false alarm"}
        await library.cases.handle([1], CaseState.DONE)
        assert set((await states(library)).values()) == {"done"}
        assert not (await library.cases.handle([1], CaseState.DONE)).step
        with pytest.raises(UsageError, match="no match 1000"):
            await library.cases.require([1000])


async def test_a_new_name_carries_the_cases_and_a_removal_closes_none(tmp_path: Path) -> None:
    async with opened(tmp_path, CONFIG) as library:
        await fill(library, 1, entry(1, content_html=HIT))
        await library.cases.handle([1], CaseState.OPEN, ["Town"])
        await library.watches.save(WatchConfig("City", any=("town",)), "Town")
        await applied(library)
        case = await case_of(library, 1, "City")
        assert case.state is CaseState.OPEN and await found(library, "watch:City is:open") == {1}
        await library.watches.remove("City")
        await applied(library)
        assert await case_of(library, 1, "City") == case
        assert not (await library.matches.verify()).fault


async def test_a_name_edited_by_hand_or_taken_back_carries_the_cases(tmp_path: Path) -> None:
    async with opened(tmp_path, CONFIG) as library:
        await fill(library, 1, entry(1, content_html=HIT))
        await library.cases.handle([1], CaseState.OPEN, ["Town"])
        case = await case_of(library, 1, "Town")
        file = tmp_path / "config.toml"
        file.write_text(CONFIG.replace('"Town"', '"City"'), encoding="utf-8")
        await library.settings.reload()
        await applied(library)
        assert await case_of(library, 1, "City") == replace(case, watch="City")
        await library.watches.save(WatchConfig("Place", any=("town",)), "City")
        await library.marks.undo()
        await applied(library)
        assert await case_of(library, 1, "City") == replace(case, watch="City")
        assert await library.cases.matches_of([1], ["City"]) == [case.match]


async def test_what_is_to_do_of_a_removed_watch_stands_below_its_name(tmp_path: Path) -> None:
    async with opened(tmp_path, CONFIG) as library:
        await fill(library, 1, entry(1, content_html=HIT), entry(2, content_html="<p>A town.</p>"))
        await library.watches.remove("Town")
        await applied(library)
        ids = await library.lists.ids(View(ViewKind.TO_DO), sort="to-do")
        assert [row.watch for row in await library.matches.newest(limit=9)].count("Town") == len(ids) == 2
        assert await library.lists.watch_headings(ids) == [(0, "Quokka"), (1, "Town")]


async def test_undo_is_on_record_by_who_undid(tmp_path: Path) -> None:
    async with opened(tmp_path, CONFIG) as ana:
        await fill(ana, 1, entry(1, content_html=HIT))
        await ana.cases.handle([1], CaseState.DONE, ["Town"])
        async with opened(tmp_path, CONFIG.replace("Ana", "Ben")) as ben:
            await ben.marks.undo()
        assert [
            (record["kind"], record.get("by"), record.get("detail")) for record in (await records(ana))[-2:]
        ] == [
            ("done", "Ana", None),
            ("new", "Ben", "undo"),
        ]


async def test_the_log_lists_what_no_longer_matches(tmp_path: Path) -> None:
    async with opened(tmp_path, CONFIG) as library:
        await fill(library, 1, entry(1, content_html=HIT), entry(2, content_html="<p>A town.</p>"))
        await library.watches.remove("Town")
        await applied(library)
        assert {row.watch for row in await library.matches.newest("is:unread", limit=9)} == {"Quokka", "Town"}
        (row,) = await library.matches.newest("watch:Quokka", limit=9)
        assert row.watch == "Quokka"


async def test_terms_that_give_false_alarms_are_named(tmp_path: Path) -> None:
    async with opened(tmp_path, CONFIG) as library:
        config = next(item for item in library.config.watches if item.name == "Town")
        for number in range(1, 4):
            assert not any("false" in remark.message for remark in await library.watches.lint())
            await fill(library, 1, entry(number, content_html=HIT))
            (newest, *_) = await library.matches.newest("watch:Town", limit=1)
            await library.cases.set_state([newest.id], CaseState.FALSE_ALARM)
        (remark,) = [remark for remark in await library.watches.lint() if remark.term == "town"]
        assert remark.message.startswith("3 of 3 handled matches were false alarms")
        told = f"town: {remark.message}"
        assert told in (await library.watches.preview(replace(config, name="City"), "Town")).advice
        changed = replace(config, any=("old town",))
        assert told not in (await library.watches.preview(changed, "Town")).advice


async def test_a_purge_is_on_record_and_keeps_cases(tmp_path: Path) -> None:
    async with opened(tmp_path, CONFIG) as library:
        await fill(library, 1, entry(1, content_html=HIT), entry(2), entry(3))
        before = await library.cases.of([1, 2, 3])
        await library.database.purge(older_than=0, keep=None, unread=True)
        last = (await records(library))[-1]
        assert (last["kind"], last["detail"]) == ("purged", "2 articles")
        await library.database.purge(older_than=0, keep=None, unread=True)
        assert (await records(library))[-1] == last  # there was nothing left to purge
        assert await library.cases.of([1, 2, 3]) == before
        assert not (await library.matches.verify()).fault


async def test_what_a_new_watch_finds_is_new_if_it_is_unread(tmp_path: Path) -> None:
    async with opened(tmp_path, CONFIG) as library:
        await fill(library, 1, entry(1, content_html=HIT), entry(2, content_html=HIT))
        await library.marks.set_read([1], True)
        await library.watches.save(WatchConfig("Seen", any=("seen",)))
        await applied(library)
        assert {key: state for key, state in (await states(library)).items() if key[1] == "Seen"} == {
            (1, "Seen"): "done (before)",
            (2, "Seen"): "new",
        }
        assert not (await library.matches.verify()).fault


def stored(folder: Path) -> bytes:
    """All bytes of the database and of its log."""
    return b"".join(file.read_bytes() for file in folder.rglob("*.db*"))


async def test_an_erased_note_leaves_a_valid_chain(tmp_path: Path) -> None:
    async with opened(tmp_path, CONFIG) as library:
        await fill(library, 1, entry(1, content_html=HIT))
        (number, _) = await library.cases.matches_of([1])
        for text in ("the first", "the second"):
            await library.cases.set_note([number], text)
        head = (await library.matches.verify()).head
        assert b"the second" in stored(tmp_path)
        assert await library.cases.erase_notes([number]) == 1
        assert b"the first" not in stored(tmp_path) and b"the second" not in stored(tmp_path)
        await library.marks.undo()
        assert await library.cases.note_of([number]) == ""
        assert not (await library.matches.verify(head)).fault
        async with aclosing(library.matches.log()) as rows:
            assert {row.note async for row in rows} == {""}


async def test_two_people_see_what_each_other_does(tmp_path: Path) -> None:
    async with opened(tmp_path, CONFIG) as ana:
        await fill(ana, 1, entry(1, content_html=HIT))
        other = tmp_path / "other"
        other.mkdir()
        async with opened(tmp_path, CONFIG.replace("Ana", "Ben")) as ben:
            await asyncio.gather(
                ana.cases.handle([1], CaseState.DONE, ["Town"]),
                ben.cases.handle([1], CaseState.OPEN, ["Quokka"]),
            )
            for library in (ana, ben):
                assert {(case.watch, case.by) for case in await library.cases.of([1])} == {
                    ("Town", "Ana"),
                    ("Quokka", "Ben"),
                }
            assert not (await ana.matches.verify()).fault


def filled(store: Store) -> list[str]:
    """Forty matches with some hundred records; the heads of the chain after each."""
    with store.transaction():
        store.watches.sync([("Quokka", "1")])
    save(store, 1, *(entry(number, content_html=HIT) for number in range(1, 41)))
    with store.transaction():
        store.cases.begin(NOW)
        store.conn.execute(
            "INSERT INTO match (watch_id, article_id, evidence, at) SELECT 1, id, '', 1 FROM article"
        )
        store.match_log.record_from_index("Quokka", 1, 40, NOW)
        store.match_log.complete(store.match_log.bare(99), {}, {}, NOW)
        for number in range(1, 41):
            store.match_log.note("told", [(number, "Quokka")], NOW)
            store.marks.set("read", [number], True, now=NOW)
            store.cases.set_state([number], CaseState.DONE, by="Ana", now=NOW)
            store.cases.set_note([number], f"note {number}", by="Ana", now=NOW)
    return [str(record["hash"]) for _, record in store.records.all()]


CHANGES = (
    "UPDATE match_event SET at = at + 1 WHERE id = {}",
    "UPDATE match_event SET channel = channel || 'x' WHERE id = {}",
    "UPDATE match_event SET kind = iif(kind = 'told', 'untold', 'told') WHERE id = {}",
    "DELETE FROM match_event WHERE id = {}",
    "UPDATE match_event SET hash = randomblob(32) WHERE id = {}",
    "INSERT INTO match_event (id, log_id, kind, at, hash) VALUES (-{0}, 1, 'read', 1, randomblob(32))",
    "UPDATE match_event SET id = CASE id WHEN {0} THEN -1 ELSE {0} END WHERE id IN ({0}, {0} + 1)",
    "UPDATE match_log SET title = title || 'x' WHERE id = {} % 40 + 1",
    "UPDATE match_log SET sentence = 'x' WHERE id = {} % 40 + 1",
    "DELETE FROM match_log WHERE id = {} % 40 + 1",
    "INSERT INTO match_log SELECT 99, 99, watch, 1, '', '', '', '', 1, 1, {}, '', '', '', '' FROM match_log"
    " LIMIT 1",
    "UPDATE match_note SET text = 'x'"
    " WHERE record_id = (SELECT record_id FROM match_note LIMIT 1 OFFSET {} % 40)",
    "UPDATE match_case SET state = 1 WHERE log_id = {} % 40 + 1",
)


def test_whatever_is_changed_before_a_saved_head_is_named(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    heads = filled(store)
    count, draw = len(heads), Random(7)
    for trigger in ("match_log_fixed", "match_log_kept", "match_event_kept", "match_event_fixed"):
        store.conn.execute(f"DROP TRIGGER {trigger}")

    def fault(head: str) -> str:
        return verify((record for _, record in store.records.all()), head).fault or store.records.unrecorded()

    assert not fault(heads[-1])
    for number in range(200):
        place = draw.randrange(1, count - 1)
        store.conn.execute("SAVEPOINT part")
        change = CHANGES[number % len(CHANGES)].format(place)
        assert store.conn.execute(change).rowcount, change
        assert fault(heads[-1]), change
        store.conn.execute("ROLLBACK TO part")
        store.conn.execute("RELEASE part")
    store.conn.execute(
        "DELETE FROM match_event WHERE id > (SELECT id FROM match_event WHERE hash NOT NULL LIMIT 1 OFFSET 5)"
    )
    assert "were removed or replaced" in fault(heads[-1]) and verify([], "").head == ""


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE match_log SET watch = 'Other' WHERE id = 700",
        "UPDATE match_log SET article_id = 9999 WHERE id = 700",
        "DELETE FROM match_log WHERE id = 700",
        "DELETE FROM match_log WHERE id = 1200",
        "INSERT INTO match_log SELECT 1201, 1201, watch, 1, '', '', '', '', 1, 1, 1, '', '', '', ''"
        " FROM match_log LIMIT 1",
        "UPDATE match_event SET detail = '2' WHERE kind = 'listed' AND detail = '1'",
        "UPDATE match_event SET detail = 'x' WHERE kind = 'listed'",
        "DELETE FROM match_event WHERE kind = 'listed' AND detail != '1'",
    ],
)
def test_what_a_new_watch_finds_is_on_record_in_a_few_rows(tmp_path: Path, change: str) -> None:
    store = open_store(tmp_path)
    with store.transaction():
        store.watches.sync([("Quokka", "1")])
    save(store, 1, *(entry(number) for number in range(1, 1201)))
    with store.transaction():
        store.conn.execute(
            "INSERT INTO match (watch_id, article_id, evidence, at) SELECT 1, id, '', 1 FROM article"
        )
        store.match_log.record_from_index("Quokka", 1, 1200, NOW)
    every = [record for _, record in store.records.all()]
    assert [len(cast("list[object]", record["matches"])) for record in every] == [500, 500, 200]
    assert store.conn.execute("SELECT count(*) FROM match_event").fetchone() == (3,)
    head = str(every[-1]["hash"])
    assert not verify(every, head).fault and not store.records.unrecorded()
    for trigger in ("match_log_fixed", "match_log_kept", "match_event_kept", "match_event_fixed"):
        store.conn.execute(f"DROP TRIGGER {trigger}")
    assert store.conn.execute(change).rowcount
    assert verify((record for _, record in store.records.all()), head).fault or store.records.unrecorded()


async def test_an_export_proves_the_same(tmp_path: Path) -> None:
    async with opened(tmp_path, CONFIG) as library:
        await fill(library, 1, entry(1, content_html=HIT))
        for state in (CaseState.DONE, CaseState.OPEN, CaseState.FALSE_ALARM):
            await library.cases.handle([1], state)
        written = await records(library)
        head = (await library.matches.verify()).head
        assert verify(written, head).head == head == written[-1]["hash"]
        assert all(canonical(record).isprintable() for record in written)
        for wrong in (written[1:], [*written[:1], *written[2:]], [written[1], written[0], *written[2:]]):
            assert verify(wrong).fault
        assert verify([{**record, "at": 1} for record in written]).fault.startswith(
            "record 1 (matched of match 1 and 1 more)"
        )


def test_the_log_of_version_14_enters_the_chain(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    filled(store)
    with store.transaction():
        go_back(store.conn, 14)
    store.close()
    store = brought_up(tmp_path / "test.db")
    every = [record for _, record in store.records.all()]
    assert not verify(every).fault and every[-1]["kind"] == "migrated"
    assert sum(record["kind"] in ("matched", "indexed") for record in every) == 40
    with pytest.raises(Exception, match="only grows"):
        store.conn.execute("UPDATE match_event SET at = 1")


def test_a_repair_is_on_record(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    filled(store)
    store.close()
    for version in (None, 14):
        path = tmp_path / f"repaired{version}.db"
        if version is not None:
            old = Store.open(tmp_path / "test.db")
            with old.transaction():
                go_back(old.conn, version)
            old.close()
        recover(tmp_path / "test.db", path)
        with closing(Store.open(path)) as repaired:
            every = [record for _, record in repaired.records.all()]
            assert every[-1]["kind"] == "repaired" and not verify(every).fault
            assert not repaired.records.unrecorded() and len(every) > 40


@given(
    st.dictionaries(
        st.text(),
        st.none()
        | st.integers(-(2**70), 2**70)
        | st.text(st.characters(exclude_categories=[]))
        | st.lists(st.text()),
    )
)
@half_as_many
def test_records_have_the_spelling_that_the_docs_name(content: dict[str, object]) -> None:
    spelt = json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    assert canonical(content) == spelt
