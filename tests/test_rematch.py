"""Watches that are new or have changed, against what is stored: by the index or the texts, in steps."""

from __future__ import annotations

from contextlib import aclosing
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.builders import CLOCK as NOW
from tests.builders import TWO_FEEDS, applied, entry, feeds, fill, opened, titles
from tuireader.config import WatchConfig
from tuireader.ingest import rematch
from tuireader.library import Library
from tuireader.model import ParsedEntry, View, ViewKind
from tuireader.store import Store

RULES = {
    "capital": 'any = ["Apple"]',
    "phrase": 'any = ["data transfer", "Apple Pay"]',
    "acronym": 'any = ["AI"]',
    "han": 'any = ["微信支付", "微信 支付"]',
    "prefix": 'any = ["regulat*"]',
    "without": 'any = ["apple"]\nnone = ["pie"]',
    "both": 'any = ["apple"]\nall = [["data", "AI"]]',
    "feed": 'any = ["apple"]\nfeeds = ["https://b.example.org/feed"]',
    "query": 'query = "title:apple -pie"',
    "signs": 'any = ["C++"]',
    "unread": 'any = ["apple"]\nquery = "is:unread"',
    "regex": 'any = ["/appl[ey]/"]',
    "exact": 'any = ["Apple"]\nexact = true',
    "inside": 'any = ["*pple*"]',
    "title": 'any = ["apple"]\nfields = ["title"]',
}
WATCHES = "".join(f'[[watch]]\nname = "{name}"\n{rule}\n' for name, rule in RULES.items())
TEXTS = [
    "Apple pays.", "An apple pie", "apple data", "Data. Transfer", "A data transfer of AI",
    "He said ai and aid",
    "用微信支付吧", "用 微信 支付", "微信，支付", "Regulators and regulation", "deregulated",
    "C++ and C#", "PINEAPPLES",
    "apply now", "Apple Pay’s AIs",
]  # fmt: skip


def articles() -> list[ParsedEntry]:
    return [
        entry(number, title=f"{number} {text}", content_html=f"<p>{TEXTS[-number]}</p>")
        for number, text in enumerate(TEXTS, 1)
    ]


async def matched(library: Library) -> dict[str, list[int]]:
    return {name: sorted(await library.lists.ids(View(ViewKind.WATCH, name))) for name in RULES}


async def test_what_is_stored_gets_the_matches_that_it_would_have_got_on_arrival(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    async with opened(tmp_path / "a", TWO_FEEDS + WATCHES) as library:
        await fill(library, 1, *articles())
        await fill(library, 2, *[entry(100, title="apple"), entry(101, title="orange")])
        right = await matched(library)
        evidence = {number: await library.articles.get(number) for number in range(1, 18)}
    assert all(right.values())
    async with opened(tmp_path / "b", TWO_FEEDS) as library:
        await fill(library, 1, *articles())
        await fill(library, 2, *[entry(100, title="apple"), entry(101, title="orange")])
    async with opened(tmp_path / "b", TWO_FEEDS + WATCHES) as library:
        steps = await applied(library)
        assert steps[0] == (0, 34) and steps[-1] == (34, 34)
        assert await matched(library) == right
        # Evidence for what the index decided is worked out when an article is opened, or a report made.
        bare = await library.context.pool.read(lambda store: store.watches.without_evidence(range(1, 18)))
        assert {name for names in bare.values() for name in names} == set(RULES) - {
            "signs", "unread", "regex", "exact", "inside"
        }  # fmt: skip
        for number, article in evidence.items():
            found = await library.articles.get(number)
            assert found is not None and article is not None
            assert found.evidence == article.evidence
        report = await library.watches.report("phrase")
        assert dict(report.terms) == {"data transfer": 2, "Apple Pay": 2}
        await library.watches.lint()
        assert (
            await library.context.pool.read(lambda store: store.watches.without_evidence(range(1, 18))) == {}
        )
        assert await applied(library) == []


async def test_chinese_in_both_scripts_is_matched_again_when_the_switch_changes(tmp_path: Path) -> None:
    watch = '[[watch]]\nname = "office"\nany = ["网信办"]\nnotify = "article"\n'
    off = "chinese_variants = false\n"

    async def both(library: Library) -> list[list[int]]:
        await applied(library)
        assert not await library.context.pool.read(lambda store: store.notices.any_waiting())
        watched = await library.lists.ids(View(ViewKind.WATCH, "office"))
        hits, _ = await library.searches.run("網信辦")
        return [sorted(watched), sorted(hits)]

    async with opened(tmp_path, TWO_FEEDS) as library:
        await fill(
            library, 1, entry(1, title="网信办发布"), entry(2, title="網信辦發佈"), entry(3, title="办")
        )
    async with opened(tmp_path, off + TWO_FEEDS + watch) as library:
        assert await both(library) == [[3], [2]]
    async with opened(tmp_path, TWO_FEEDS + watch) as library:
        assert await both(library) == [[2, 3], [2, 3]]
        await library.context.use(replace(library.config, chinese_variants=False))
        assert await both(library) == [[3], [2]]
        await library.context.use(replace(library.config, chinese_variants=True))
        assert await both(library) == [[2, 3], [2, 3]]


async def test_a_watch_with_many_hits_is_filled_in_by_ranges_and_goes_on_where_it_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rematch, "MANY", 10)
    monkeypatch.setattr(rematch, "RANGE", 7)
    rule = '[[watch]]\nname = "Many"\nany = ["{}"]\n'
    async with opened(tmp_path, TWO_FEEDS) as library:
        await fill(library, 1, *[entry(number, title=f"Apple {number}") for number in range(30)])
    monkeypatch.setattr("tuireader.ingest.rematch.perf_counter", iter(range(1000)).__next__)
    async with opened(tmp_path, TWO_FEEDS + rule.format("Apple")) as library:
        many = View(ViewKind.WATCH, "Many")
        monkeypatch.setattr("tuireader.library.watches.STEP", 3.0)  # one watch, or a range of it, a step
        async with aclosing(library.watches.apply()) as steps:
            assert await anext(steps) == (0, 30)
            assert await anext(steps) == (7, 30)
        assert len(await library.lists.ids(many)) == 7
        # What arrives meanwhile is not touched.
        await fill(library, 1, entry(99, title="Apple at last", published=NOW))
        assert (await applied(library))[-1] == (23, 23)
        assert len(await library.lists.ids(many)) == 31
    async with opened(tmp_path, TWO_FEEDS + rule.format("Pear")) as library:
        await applied(library)
        assert len(await library.lists.ids(many)) == 0


@pytest.mark.parametrize(
    ("terms", "kept"),
    [
        (["Apple"], True),
        (["Pear"], False),
        (["Plum", "Pear"], False),
        (["Pear", "Pear"], False),
        (["Plum", "Pear", "Pear"], False),
        (["Pear", "appl*"], True),
    ],
)
async def test_a_changed_watch_drops_the_former_matches_of_its_old_rule(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, terms: list[str], kept: bool
) -> None:
    """However often it or another watch changes before they are applied, one article after the other."""
    monkeypatch.setattr(rematch, "MANY", 1)
    monkeypatch.setattr(rematch, "RANGE", 1)
    rule = '[[watch]]\nname = "Fruit"\nany = ["{}"]\n[[watch]]\nname = "Other"\nany = ["number {}"]\n'
    async with opened(tmp_path, TWO_FEEDS + rule.format("Apple", 0)) as library:
        await fill(library, 1, entry(1, title="Nothing"), entry(2, title="Apple"))
        await fill(library, 1, entry(2, title="Orange"))
        assert await titles(library, View(ViewKind.WATCH, "Fruit")) == ["Orange"]
    for number, term in enumerate(terms, 1):
        async with opened(tmp_path, TWO_FEEDS + rule.format(term, number)) as library:
            pass
    async with opened(tmp_path, TWO_FEEDS + rule.format(terms[-1], 0)) as library:
        await applied(library)
        assert await titles(library, View(ViewKind.WATCH, "Fruit")) == ["Orange"] * kept


async def test_how_many_hits_are_many(tmp_path: Path) -> None:
    rule = '[[watch]]\nname = "W"\nany = ["Apple"]\n'
    async with opened(tmp_path, TWO_FEEDS + rule) as library:
        await fill(library, 1, *[entry(n, title=f"{'Apple' * (n < 3)} {n}") for n in range(5)])
        for many in range(1, 6):

            def are_many(store: Store, many: int = many) -> tuple[bool, bool]:
                return store.watches.has_many("W", many), store.search.hits_many("apple", many)

            assert await library.context.pool.read(are_many) == (many <= 3, many <= 3)


async def test_steps_over_the_texts_stay_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Marks must not wait for a step: its size follows the time that the one before took."""
    monkeypatch.setattr("tuireader.library.watches.CHUNK", 20)
    rule = '[[watch]]\nname = "W"\nany = ["/appl[ey]/"]\n'
    async with opened(tmp_path, TWO_FEEDS) as library:
        await fill(library, 1, *[entry(number, title=f"Apple {number}") for number in range(150)])
    async with opened(tmp_path, TWO_FEEDS + rule) as library:
        monkeypatch.setattr("tuireader.library.watches.STEP", 1e-9)  # each takes longer
        assert [done for done, _ in await applied(library)] == [0, 20, 70, 120, 150]
        await library.watches.save(WatchConfig("W", any=("/number/", "/apple/")), "W")
        monkeypatch.setattr("tuireader.library.watches.STEP", 1e9)  # each is over at once
        assert [done for done, _ in await applied(library)] == [0, 20, 100, 150]


@pytest.mark.parametrize("table", ['watch]]\nname = "{0}"\nany = ["{1}"]', 'mute]]\nquery = "{1}"'])
async def test_what_was_interrupted_is_finished_together_with_what_is_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    """The interrupted one needs only the older articles, the new one all of them."""
    monkeypatch.setattr("tuireader.library.watches.CHUNK", 20)
    first, second = (
        f"[[{table.format(name, term)}\n" for name, term in (("A", "/appl[ey]/"), ("B", "/app[lm]/"))
    )
    async with opened(tmp_path, TWO_FEEDS) as library:
        await fill(library, 1, *[entry(number, title=f"apple {number}") for number in range(30)])
    async with opened(tmp_path, TWO_FEEDS + first) as library, aclosing(library.watches.apply()) as steps:
        assert [await anext(steps), await anext(steps)] == [(0, 30), (20, 30)]
    async with opened(tmp_path, TWO_FEEDS + first + second) as library:
        await applied(library)
        numbers = [number for _, number in await library.mutes.all()]
        numbers += [stats.count.total for stats in await library.watches.stats()]
        assert numbers == [30, 30]


async def test_a_watch_of_a_feed_that_is_not_there_hits_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path, feeds("https://a.example.org/feed")) as library:
        await fill(library, 1, entry(1, title="Apple"))
    rule = '[[watch]]\nname = "W"\nany = ["Apple"]\nfeeds = ["nowhere"]\n'
    async with opened(tmp_path, feeds("https://a.example.org/feed") + rule) as library:
        await applied(library)
        assert len(await library.lists.ids(View(ViewKind.WATCH, "W"))) == 0


@pytest.mark.parametrize(
    ("theirs", "is_read"),
    [("Another outlet names the comet.", False), ("Another outlet says more.", True)],
    ids=["match", "no match"],
)
async def test_a_read_article_is_unread_again_if_another_feed_has_what_is_watched(
    tmp_path: Path, theirs: str, is_read: bool
) -> None:
    """Else the match is among what was read before, where nobody looks."""
    text = " ".join(f"word{number}" for number in range(40))
    watch = '[[watch]]\nname = "Comet"\nany = ["comet"]\n'
    async with opened(tmp_path, TWO_FEEDS + watch) as library:
        await fill(library, 1, entry(1, content_html=f"<p>{text}</p>"))
        (article,) = await library.lists.ids(View(ViewKind.ALL))
        await library.marks.set_read([article], True)
        await fill(library, 2, entry(1, guid="theirs", content_html=f"<p>{text} {theirs}</p>"))
        (row,) = await library.lists.rows([article])
        assert (row.sources, row.read, row.watches) == (2, is_read, () if is_read else ("Comet",))
        await library.marks.set_read([article], True)
        more = f"<p>{text} {theirs} And more of it.</p>"
        await fill(library, 2, entry(1, guid="theirs", content_html=more))
        assert (await library.lists.rows([article]))[0].read, "it was a match before"
