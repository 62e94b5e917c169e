"""Folding never hides news: what shares a row, what the row opens, and what reading it marks."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType

import pytest
from msgspec.structs import replace

from tests.builders import ALL, NOW, entry, feeds, item, open_store, rss, save
from tests.newsroom import LANTERN, all_rows, fetched
from tests.web import Web
from tuireader import ingest
from tuireader.config import FeedConfig
from tuireader.ingest.relating import relate as relating
from tuireader.ingest.relating.stored_profiles import StoredProfiles
from tuireader.library import Library
from tuireader.model import ParsedEntry, Relation, View, ViewKind
from tuireader.related.stories import Place
from tuireader.store import Store
from tuireader.store.lists.first_page import first_rows
from tuireader.store.schema import VERSION
from tuireader.watch import Matcher

UNREAD = View(ViewKind.UNREAD)
HOUR = 3600
PACKAGES = ("firefox-esr", "chromium", "openssl", "expat", "curl", "nginx")
PRODUCTS = (
    "Brightgate Router",
    "Corvid VPN",
    "Halden Mail",
    "Oakline Firewall",
    "Redfern Backup",
    "Umbra Vault",
)

SERIES = {
    "advisories": [
        (
            f"[SECURITY] [DSA {6100 + n}-1] {name} security update",
            f"Several vulnerabilities were discovered in {name}, which may result in the "
            f"execution of code. For "
            f"the stable distribution they are fixed in version 1.{n}. We recommend that you upgrade {name}.",
        )
        for n, name in enumerate(PACKAGES)
    ],
    "exploits": [
        (
            "Agency adds one known exploited vulnerability to catalog",
            "The agency has added one new vulnerability to its catalog, based on evidence of active "
            f"exploitation: CVE-2026-{20101 + 613 * n} {name} command injection vulnerability.",
        )
        for n, name in enumerate(PRODUCTS)
    ],
    "digests": [
        (
            "Weekly digest",
            f"Our picks of the week: {topic}, with links to all that was worth a look. A letter from "
            "the editor and questions of our readers follow, as they do each week, then quiz and crossword.",
        )
        for topic in ("harbours and tariffs", "vaccines and chips", "railways", "museums and elections")
    ],
    "releases": [
        (f"Lanternfish v2.{n}", f"Lanternfish v2.{n} is out. It is quicker and has fewer faults.")
        for n in range(5, 10)
    ],
}


def items(told: Sequence[tuple[str, str]], feed: str = "f") -> list[str]:
    return [
        item(
            f"{feed}{n}", title, f"<p>{text}</p>", time=NOW - n * HOUR, url=f"https://{feed}.example.org/{n}"
        )
        for n, (title, text) in enumerate(told)
    ]


async def rows_of(library: Library, view: View = ALL) -> list[list[str]]:
    """The titles of the articles of each row."""
    rows = await library.lists.rows(await library.lists.ids(view))
    found: dict[int, list[str]] = {}
    for row in rows:
        found.setdefault(row.fold or -row.id, []).append(row.title)
    assert len(found) == len(await library.lists.ids(view, folded=True))
    return list(found.values())


@pytest.mark.parametrize("name", SERIES)
async def test_items_of_a_series_have_a_row_each(tmp_path: Path, web: Web, name: str) -> None:
    url = web.serve("/f", rss("F", items(SERIES[name])))
    async with fetched(tmp_path, feeds(url)) as library:
        assert len(await rows_of(library)) == len(SERIES[name])


async def test_a_mirror_folds_with_the_same_item_and_no_other(tmp_path: Path, web: Web) -> None:
    told = [one for series in SERIES.values() for one in series]
    urls = [web.serve(f"/{feed}", rss(feed, items(told, feed))) for feed in ("f", "g")]
    async with fetched(tmp_path, feeds(*urls)) as library:
        found = await rows_of(library)
        assert all(len(set(titles)) == 1 and len(titles) <= 2 for titles in found)
        assert sum(len(titles) == 2 for titles in found) > len(told) // 2


async def test_an_advisory_is_no_report_of_another_and_leaves_it_unread(tmp_path: Path, web: Web) -> None:
    url = web.serve("/f", rss("F", items(SERIES["advisories"])))
    watch = '[[watch]]\nname = "TLS"\nany = ["openssl"]\n'
    async with fetched(tmp_path, feeds(url) + watch) as library:
        watched = View(ViewKind.WATCH, "TLS")
        assert (await library.lists.counts()).watches["TLS"].unread == 1
        for key in await library.lists.ids(ALL, folded=True):
            if key not in await library.lists.ids(watched):
                await library.marks.set_read([key], True, stories=True)
        assert (await library.lists.counts()).watches["TLS"].unread == 1
        for key in await library.lists.ids(ALL):
            relations = {item.relation for item in await library.articles.related(key)}
            assert relations <= {Relation.FOLLOW_UP, Relation.BACKGROUND}


LONG = LANTERN + (
    "<p>Both firms said on Monday that all staff will stay, that the name is kept and that nothing changes "
    "for the passengers of the ferries. The owners of the ticket maker had looked for a buyer since "
    "the spring.</p>"
)


async def test_the_reports_of_one_feed_are_one_story_in_several_rows(tmp_path: Path, web: Web) -> None:
    """Two feeds with two reports each: two rows, each with one of either."""
    said = (
        ("LanternPay buys Ferrygate for 40 million", "Ferrygate bought by LanternPay for 40 million"),
        ("LanternPay bought Ferrygate, both firms say", "Ferrygate goes to LanternPay, its owners say"),
    )
    urls = [
        web.serve(f"/{feed}", rss(feed, items([(title, LANTERN) for title in titles], feed)))
        for feed, titles in zip("fg", zip(*said, strict=True), strict=True)
    ]
    async with fetched(tmp_path, feeds(*urls)) as library:
        rows = await all_rows(library)
        assert sorted(map(len, await rows_of(library))) == [2, 2]
        for first, second in itertools.combinations(rows, 2):
            assert first.fold != second.fold or first.feed_id != second.feed_id
        story = await library.articles.story(rows[0].id)
        assert story is not None and len(story.entries) == 4


@pytest.mark.parametrize(
    ("title", "text", "rows"),
    [
        ("Correction: LanternPay buys Ferrygate", LONG.replace("40 million", "4 million"), 1),
        ("LanternPay buys ticket maker Ferrygate", LONG, 1),  # what is new in the title stands in the text
        ("LanternPay buys Ferrygate", LONG.replace("passengers", "travellers"), 2),
        ("LanternPay buys Ferrygate", LONG.replace("Monday", "Tuesday"), 2),
        ("LanternPay buys Ferrygate", LONG.replace("40 million", "4 million"), 2),
        ("LanternPay buys Seagate", LONG, 2),
    ],
)
async def test_a_repost_folds(tmp_path: Path, web: Web, title: str, text: str, rows: int) -> None:
    url = web.serve("/f", rss("F", items([("LanternPay buys Ferrygate", LONG), (title, text)])))
    other = web.serve("/g", rss("G", items([("Ferrygate is bought by LanternPay", LONG)], "g")))
    async with fetched(tmp_path, feeds(url, other)) as library:
        assert len(await library.lists.ids(ALL)) == 3
        assert len(await rows_of(library)) == rows


# --------------------------------------------------------------------------- the collection of series


@pytest.fixture
def serials(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(Path(__file__).parent.parent / "benchmarks"))
    import serials

    return serials


@pytest.mark.parametrize("as_published", [False, True])
def test_no_series_of_the_benchmark_folds_in_a_young_library(
    tmp_path: Path, serials: ModuleType, monkeypatch: pytest.MonkeyPatch, as_published: bool
) -> None:
    """It takes some seconds, for all series are there."""
    assert len(serials.SERIES) >= 30 and len(serials.SERIES) * serials.ITEMS >= 300
    monkeypatch.setattr(serials, "ITEMS", 4)
    store = Store.open(tmp_path / "series.db")
    found = serials.folds(store, tmp_path, list(serials.rows()), as_published=as_published)
    store.close()
    assert found.folded == []
    assert len(found.across) < 5
    assert found.mirrored > 60  # what is the same item in two feeds


# --------------------------------------------------------------------------- one row, wherever it is shown

STORY = [
    ParsedEntry(
        guid=str(n),
        title=title,
        url=f"https://s{n}.example.org/1",
        published=NOW - n * 600,
        content_html=LANTERN,
    )
    for n, title in enumerate(
        (
            "LanternPay buys Ferrygate for 40 million",
            "Ferrygate bought by LanternPay for 40 million",
            "LanternPay pays 40 million for Ferrygate",
            "Ticket maker Ferrygate goes to LanternPay",
        )
    )
]


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Store]:
    """A story of four feeds, newest first, among other news; none is on a watch yet."""
    store = open_store(tmp_path, 5)
    for number, one in enumerate(STORY, 1):
        save(store, number, one)
    save(store, 5, *(entry(n, published=NOW - n * 900) for n in range(10, 16)))
    relate(store)
    with store.transaction():
        store.watches.sync([("Deals", "1")])
    yield store
    store.close()


def relate(store: Store) -> None:
    with store.transaction():
        while ingest.Relater().step(store, 50):
            pass


def put_on_watch(store: Store, ids: Sequence[int]) -> None:
    store.conn.executemany(
        "INSERT INTO match (watch_id, article_id, evidence) VALUES (1, ?, '{}')", [(key,) for key in ids]
    )


def leads(store: Store, view: View) -> set[int | None]:
    """The article of the story's row, as the full list, the first page and the first frame have it."""
    show_read = view.kind is not ViewKind.UNREAD
    lists = [
        list(store.stories.fold(store.lists.ids(view, show_read=show_read))),
        list(store.lists.first_ids(view, show_read=show_read, today=0, limit=1000, folded=True)[0]),
        [
            row.id
            for row in first_rows(str(store.path), VERSION, unread=not show_read, folds=True, lines=50) or ()
        ],
    ]
    assert lists[0] == lists[1] == lists[2]
    found = [key for key in lists[0] if key in (1, 2, 3, 4)]
    assert len(found) < 2
    return set(found) or {None}


def test_the_first_unread_article_on_a_watch_stands_for_its_row(story: Store) -> None:
    assert len(story.relations.members(story.relations.stories([1])[1])) == 4
    for read, watched in itertools.product(
        itertools.chain.from_iterable(itertools.combinations((1, 2, 3, 4), n) for n in range(5)),
        [(), (3,), (2, 4), (1, 2, 3, 4)],
    ):
        with story.transaction():
            story.conn.execute("DELETE FROM match")
            story.conn.execute("UPDATE article SET read = 0")
            story.marks.set("read", read, True, now=NOW, journal=False)
            put_on_watch(story, watched)
        unread = [key for key in (1, 2, 3, 4) if key not in read]
        first = next((key for key in unread if key in watched), unread[0] if unread else None)
        assert leads(story, UNREAD) == {first}
        assert leads(story, ALL) == {first or 1}
        assert story.lists.counts(0).unread.unread_folded == len(
            story.stories.fold(story.lists.ids(UNREAD, show_read=False))
        )


def test_reading_spares_what_is_on_a_watch(story: Store) -> None:
    put_on_watch(story, [2, 4])
    assert story.stories.with_rows([1]) == [1, 3]
    assert story.stories.with_rows([2]) == [2, 1, 3]
    with story.transaction():
        story.marks.set("read", [1, 3], True, now=NOW)
    assert story.lists.still_unread(ALL, 1, 0) == 2
    assert (
        story.lists.still_unread(View(ViewKind.FEED, "4"), 1, 0) == 4
    )  # what the view has not, it does not show
    assert story.lists.still_unread(View(ViewKind.FEED, "3"), 1, 0) is None
    assert story.lists.still_unread(ALL, 5, 0) is None


def test_an_article_of_two_feeds_shares_no_row_with_another_of_either(tmp_path: Path) -> None:
    store = open_store(tmp_path, 3)
    save(store, 1, STORY[0])
    save(store, 2, STORY[0])  # the same article in another feed
    save(store, 2, STORY[1])
    save(store, 3, STORY[2])
    relate(store)
    number = store.relations.stories([1])[1]
    rows = store.relations.rows(number)
    assert [{1, 2} <= set(row) for row in rows] == [False] * len(rows)
    assert store.relations.members(number) == [3, 2, 1]
    store.close()


# --------------------------------------------------------------------------- copies known by a teaser

WIRE = (
    "The harbour board of Port Quill closed two of its five cranes on Thursday. Inspectors had seen cracks "
    "in both. The cranes are from 1987 and were to be replaced in spring. “No one was hurt,” said Ada Quist, "
    "who leads the board. Ships with grain go to Ostmar for now. The unions ask for a list of all cracks. A "
    "report is due in March, and the board will not speak of costs before it is there."
)
TEASER = entry(
    1, title="Trouble at the docks", content_html="<p>What it means for a port and its unions …</p>"
)
COPY = entry(2, title="Cracks close two harbour cranes", content_html=f"<p>{WIRE}</p>")
SHORT = replace(COPY, content_html="<p>They are from 1987.</p>")


def copies(folder: Path, *steps: ParsedEntry | int | str, page: str = WIRE) -> list[list[int]]:
    """Rows of the first article's story after entries of one feed each, pages of articles, and a split."""
    store = open_store(folder, 3)
    save(store, 3, *(entry(n, published=NOW - n * 900) for n in range(10, 16)))
    relate(store)
    for number, step in enumerate(steps):
        if isinstance(step, ParsedEntry):
            save(store, min(number, 1) + 1, step)
            relate(store)
            continue
        with store.transaction():
            if isinstance(step, int):
                rules = ingest.Rules(Matcher(()), {})
                ingest.record_full_text(store, 6 + step, f"<p>{page}</p>", "", rules, NOW)
            else:
                store.relations.split(8)
    rows = store.relations.rows(store.relations.stories([7])[7])
    store.close()
    return rows


@pytest.mark.parametrize(
    "steps",
    [(TEASER, 1, COPY), (COPY, TEASER, 2), (TEASER, COPY, 1), (TEASER, SHORT, 1, 2), (TEASER, SHORT, 2, 1)],
    ids=["copy last", "teaser last", "page last", "both by teasers", "both, the second page first"],
)
def test_verbatim_copies_fold_if_one_was_known_first_by_its_teaser(
    tmp_path: Path, steps: Sequence[ParsedEntry | int]
) -> None:
    assert copies(tmp_path, *steps) == [[7, 8]]


def test_a_copy_that_was_split_stays_apart(tmp_path: Path) -> None:
    assert copies(tmp_path, TEASER, COPY, 1, "split", 1) == [[7]]


def test_other_texts_and_old_copies_do_not_fold_by_their_pages(tmp_path: Path) -> None:
    old = replace(TEASER, published=NOW - 6 * 86_400)
    half = WIRE[:300] + "".join(f" Sentence number {n} is not of cranes." for n in range(20))
    for number, (teaser, page) in enumerate([(old, WIRE), (TEASER, half), (TEASER, "Short."), (TEASER, "")]):
        (tmp_path / str(number)).mkdir()
        assert copies(tmp_path / str(number), teaser, 1, COPY, page=page) == [[7]]


# --------------------------------------------------------------------------- rows of a story


def join(store: Store, *rows: Sequence[int]) -> None:
    with store.transaction():
        for number, row in enumerate(rows):
            for key in row:
                store.relations.join(key, rows[0][0], number)


ROW = 1 << 40
"""What `fold` grows by from one row of a story to the next."""


def values(store: Store) -> dict[int, int]:
    return dict(store.conn.execute("SELECT id, fold FROM article WHERE fold != 0"))


def test_a_story_keeps_its_rows_when_its_number_changes(tmp_path: Path) -> None:
    store = open_store(tmp_path, 6)
    for number in range(1, 7):
        save(store, number, entry(number))
    join(store, [1, 2, 3], [4, 5])
    with store.transaction():
        assert store.relations.leave(6) == []
        assert sorted(store.relations.leave(1)) == [2, 3, 4, 5]
    assert values(store) == {2: 2, 3: 2, 4: 2 + ROW, 5: 2 + ROW}
    with store.transaction():
        others = store.relations.split(5)
        store.relations.unsplit(5, others)
    # No feed of the first row has it.
    assert {key: value - values(store)[2] for key, value in values(store).items()} == {
        2: 0,
        3: 0,
        4: ROW,
        5: 0,
    }
    with store.transaction():
        for key in (2, 3, 4):
            store.relations.leave(key)
    assert values(store) == {}
    store.close()


def test_a_story_with_too_many_rows_leaves_the_rest_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relating, "ROWS", 1)
    store = Store.open(tmp_path / "test.db")
    with store.transaction():
        store.feeds.sync([FeedConfig(f"https://{n}.example.org/", str(n), "") for n in (1, 2)])
    save(store, 1, STORY[0], STORY[2])
    save(store, 2, STORY[1])
    relate(store)
    assert len(values(store)) == 2
    store.close()


def test_an_article_without_a_row_in_a_merged_story_is_in_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relating, "ROWS", 1)
    store = open_store(tmp_path, 3)
    for number, article in zip((1, 2, 1, 3), STORY, strict=True):
        save(store, number, article)
    relate(store)
    with store.transaction():
        for number in (1, 2, 3, 4):
            store.relations.leave(number)
    join(store, [1, 2])
    join(store, [3, 4])
    with store.transaction():
        relating.merge(store, StoredProfiles(store), Place(1, (3,)))
    assert values(store) == {1: 1, 2: 1, 4: 1}
    store.close()
