"""Mutes and watches together: what a watch hits stays visible, unless the mute says otherwise."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import ALL, TWO_FEEDS, applied, entry, feeds, fill, opened, titles, written
from tuireader.config import MuteConfig, WatchConfig
from tuireader.library import Library
from tuireader.model import View, ViewKind
from tuireader.store import Store

CVE = WatchConfig("CVE", any=("CVE",))
EVERYTHING = "is:muted OR NOT is:muted"


async def hidden(library: Library) -> list[str]:
    return sorted(await titles(library, View(ViewKind.QUERY, "is:muted")))


async def test_a_watched_article_is_spared_whatever_comes_first(library: Library) -> None:
    await library.watches.save(CVE)
    await fill(library, 1, entry(1, title="Digest: CVE"), entry(2, title="Digest: sofas"))
    assert await library.mutes.add("digest") == 1  # the mute is later than the article
    await fill(library, 1, entry(3, title="Digest: another CVE"), entry(4, title="Digest: chairs"))
    assert await hidden(library) == ["Digest: chairs", "Digest: sofas"]
    assert (await library.lists.counts()).muted == 2 == len(await hidden(library))
    await library.watches.save(WatchConfig("Sofas", any=("sofas",)))  # the watch is later than the mute
    await applied(library)
    assert await hidden(library) == ["Digest: chairs"]
    assert await titles(library, View(ViewKind.WATCH, "Sofas")) == ["Digest: sofas"]
    await library.watches.save(WatchConfig("Sofas", any=("/chai./",)), "Sofas")  # by the texts
    await applied(library)
    assert await hidden(library) == ["Digest: sofas"]
    await fill(library, 1, entry(2, title="Digest: a sofa with a CVE"))  # an edit makes it a hit
    assert await hidden(library) == []
    await library.watches.remove("Sofas")
    assert await hidden(library) == ["Digest: chairs"]
    assert await library.mutes.all() == [(MuteConfig("digest"), 1)]


async def test_a_mute_may_hide_what_is_watched(library: Library, tmp_path: Path) -> None:
    await library.watches.save(CVE)
    await fill(library, 1, entry(1, title="Digest: CVE"), entry(2, title="Digest: sofas"))
    assert await library.mutes.add("digest", include_watched=True) == 2
    assert "include_watched = true" in written(tmp_path)
    assert await library.mutes.add("digest") == 1  # the same mute, and nothing has to be asked again
    assert await applied(library) == [] and "include_watched" not in written(tmp_path)
    assert await library.mutes.add("sofas") == 1
    assert await library.mutes.add(feed="https://a.example.org/feed", include_watched=True) == 2
    await library.mutes.remove(MuteConfig(feed="https://a.example.org/feed"))
    assert await hidden(library) == ["Digest: sofas"]


async def test_a_mute_of_a_watch_hides_at_once_what_the_watch_hits(tmp_path: Path) -> None:
    """An article that arrives, one that becomes a hit, and none that no longer is one."""
    text = TWO_FEEDS + '[[watch]]\nname = "CVE"\nany = ["CVE"]\n'
    async with opened(tmp_path, text) as library:
        await library.mutes.add("watch:CVE", include_watched=True)
        await fill(library, 1, entry(1, title="A CVE"), entry(2, title="A sofa"))
        assert await hidden(library) == ["A CVE"]
        await fill(library, 1, entry(2, title="A sofa with a CVE"))
        assert await hidden(library) == ["A CVE", "A sofa with a CVE"]
        await fill(library, 1, entry(1, title="A chair"))
        assert await hidden(library) == ["A sofa with a CVE"]


async def test_a_mute_of_an_identifier_hides_what_logs_it(tmp_path: Path) -> None:
    text = TWO_FEEDS + '[[watch]]\nname = "CVE"\nany = ["CVE*"]\n'
    async with opened(tmp_path, text) as library:
        await fill(library, 1, entry(1, title="Stored: CVE-2026-50110"))
        assert await library.mutes.add("id:CVE-2026-50110", include_watched=True) == 1
        await fill(library, 1, entry(2, title="New: CVE-2026-50110"), entry(3, title="New: CVE-2026-50111"))
        assert await hidden(library) == ["New: CVE-2026-50110", "Stored: CVE-2026-50110"]


async def test_mutes_of_an_older_version_spare_what_is_watched(tmp_path: Path) -> None:
    async with opened(tmp_path, TWO_FEEDS) as library:
        await library.watches.save(CVE)
        await fill(library, 1, entry(1, title="Digest: CVE"), entry(2, title="Digest: sofas"))
        await library.mutes.add("digest")
    text = written(tmp_path)

    def as_before(store: Store) -> None:
        with store.transaction():
            store.conn.execute("UPDATE mute SET signature = substr(signature, 1, 16)")
            store.conn.execute("UPDATE article SET muted = 1")

    async with opened(tmp_path, text) as library:
        await library.context.pool.write(as_before)
    async with opened(tmp_path, text) as library:
        assert await titles(library, ALL) == ["Digest: CVE"] and await applied(library) == []


async def test_a_mute_of_a_folder_follows_the_feeds_in_it(tmp_path: Path) -> None:
    mute = '[[mute]]\nfeed = "Ads"\n'
    first, second = (feeds(f"https://{name}.example.org/feed") for name in "ab")
    folder = 'folder = "Ads"\n'
    for text, expected in (
        (first + folder + second, ["Title number 1"]),
        (first + folder + second + folder, ["Title number 1", "Title number 2"]),
        (first + second + folder, ["Title number 2"]),
    ):
        async with opened(tmp_path, text + mute) as library:
            for number in (1, 2):
                await fill(library, number, entry(number))
            await applied(library)
            assert await hidden(library) == expected


async def test_what_a_mute_costs_is_known_before(library: Library) -> None:
    await library.watches.save(CVE)
    await library.watches.save(WatchConfig("Law", any=("law",)))
    await fill(library, 1, *(entry(n, title=f"Digest: CVE {n}" + " law" * (n == 1)) for n in range(1, 4)))
    await fill(library, 2, entry(10, title="Digest: sofas"), entry(11, title="Law of sofas"))
    found = await library.mutes.preview(MuteConfig("digest"))
    assert (found.articles, found.hidden, found.watched) == (4, 1, 3)
    assert found.watches == (("CVE", 3), ("Law", 1))
    assert [row.title for row in found.samples] == ["Digest: sofas"]
    found = await library.mutes.preview(MuteConfig("digest", include_watched=True))
    assert (found.articles, found.hidden, found.watched) == (4, 4, 3)
    found = await library.mutes.preview(MuteConfig("", "https://a.example.org/feed"))
    assert (found.articles, found.hidden, len(found.samples)) == (3, 0, 3)
    await library.mutes.add("digest", include_watched=True)
    assert (await library.mutes.preview(MuteConfig("digest"))).articles == 4  # also what is muted
    assert "not closed" in (await library.mutes.preview(MuteConfig('"open'))).problem
    assert (await library.mutes.preview(MuteConfig("nothing"))).articles == 0


# --------------------------------------------------------------------------- any order

WORDS = ("apple", "pear", "fig", "plum")
STEPS = st.one_of(
    st.tuples(st.just("arrive"), st.integers(1, 6), st.sets(st.sampled_from(WORDS))),
    st.tuples(st.just("watch"), st.sampled_from("AB"), st.sampled_from([*WORDS, "/app?le/", "*ear*"])),
    st.tuples(st.just("unwatch"), st.sampled_from("AB"), st.none()),
    st.tuples(st.just("mute"), st.sampled_from([*WORDS, "title:text", "-fig"]), st.booleans()),
    st.tuples(st.just("unmute"), st.sampled_from(WORDS), st.none()),
    st.tuples(st.just("apply"), st.none(), st.none()),
    st.tuples(st.just("undo"), st.none(), st.none()),
)


async def do(library: Library, kind: str, name: object, value: object) -> None:
    watches = {one.name for one in library.config.watches}
    match kind, name, value:
        case "arrive", int(number), set(words):
            text = " ".join(sorted(words))
            await fill(library, 1 + number % 2, entry(number, title=f"Text {number} {text}", content_html=""))
        case "watch", str(name), str(term):
            await library.watches.save(WatchConfig(name, any=(term,)), name if name in watches else "")
        case "unwatch", str(name), _ if name in watches:
            await library.watches.remove(name)
        case "mute", str(expression), bool(everything):
            await library.mutes.add(expression, include_watched=everything)
        case "unmute", str(expression), _ if expression in {one.query for one in library.config.mutes}:
            await library.mutes.remove(MuteConfig(expression))
        case "undo", _, _:
            await library.marks.undo()
        case "apply", _, _:
            await applied(library)


@settings(max_examples=int(os.environ.get("TUIREADER_EXAMPLES", "8")), deadline=None)
@given(st.lists(STEPS, min_size=4, max_size=14))
def test_a_mute_that_spares_never_hides_a_hit(steps: Sequence[tuple[str, object, object]]) -> None:
    async def all_steps(folder: Path) -> None:
        async with opened(folder, TWO_FEEDS) as library:
            for step in steps:
                await do(library, *step)
                await check(library)
            await applied(library)
            await check(library)
            everything = [mute for mute in library.config.mutes if mute.include_watched]
            wanted = set[int]()
            for mute in library.config.mutes:
                found, _ = await library.searches.run(f"({EVERYTHING}) ({mute.query})")
                wanted |= set(found) if mute in everything else set(found) - await hits(library)
            found, _ = await library.searches.run("is:muted")
            assert set(found) == wanted

    with TemporaryDirectory() as folder:
        asyncio.run(all_steps(Path(folder)))


async def hits(library: Library) -> set[int]:
    found, _ = await library.searches.run(f"({EVERYTHING}) watch:/./")
    return set(found)


async def check(library: Library) -> None:
    """No hit is hidden by mutes that spare, and the number of muted articles is that of `is:muted`."""
    found, _ = await library.searches.run("is:muted")
    assert (await library.lists.counts()).muted == len(found)
    if not any(mute.include_watched for mute in library.config.mutes):
        assert not set(found) & await hits(library)
