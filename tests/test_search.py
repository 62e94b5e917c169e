"""Search through `Library`: orders, limits, and the same answer from SQL and from memory."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Collection, Sequence
from functools import cache
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.builders import CLOCK as LIBRARY_NOW
from tests.builders import NOW, entry, fill, opened
from tuireader import ingest, query
from tuireader.errors import UsageError
from tuireader.library import Library
from tuireader.model import ParsedEntry, View, ViewKind
from tuireader.model.fields import STATES, TEXT_FIELDS
from tuireader.query import Query, Subject, regexes
from tuireader.store import Store
from tuireader.store.articles.articles import StoredText
from tuireader.store.lists import search


async def test_the_most_relevant_first(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    await fill(
        library,
        1,
        entry(1, content_html="<p>Much is said of other things, and a word of tariffs.</p>"),
        entry(2, title="Tariffs", content_html="<p>Tariffs and no end of tariffs.</p>"),
        entry(3, title="Tariffs, webinar", content_html="<p>Buy a seat now and see all of it.</p>"),
        entry(4),
    )
    by_date, _ = await library.searches.run("tariffs")
    titles = [row.title for row in await library.lists.rows(by_date)]
    assert titles == ["Title number 1", "Tariffs", "Tariffs, webinar"]
    best, problem = await library.searches.run("tariffs", ranked=True)
    assert problem == "" and best[0] == by_date[1] and best[-1] == by_date[0]
    first, _ = await library.searches.run("tariffs", ranked=True, limit=1)
    assert list(first) == [by_date[1]]
    # What the index cannot decide alone, facts and mutes count as they do by date.
    assert list((await library.searches.run("tariffs -/webinar/", ranked=True))[0]) == [
        by_date[1],
        by_date[0],
    ]
    assert list((await library.searches.run("tariffs is:read", ranked=True))[0]) == []
    # With a short prefix, which very many words have, the newest come first, too.
    for asked in ("tariffs t*", "t* tariffs", "tariffs (s* OR tariffs)"):
        assert list((await library.searches.run(asked, ranked=True))[0]) == list(by_date)
    # Beyond the window, and without any word, the newest come first.
    monkeypatch.setattr(search, "RANKED", 1)
    everything, _ = await library.searches.run("tariffs", ranked=True)
    assert sorted(everything) == sorted(by_date)
    assert list((await library.searches.run("is:unread", ranked=True))[0]) == list(
        (await library.searches.run("is:unread"))[0]
    )
    view = View(ViewKind.QUERY, "tariffs")
    assert list(await library.lists.ids(view, sort="relevance")) == list(everything)
    assert list(await library.lists.ids(view)) == list(by_date)


# ----------------------------------------------------------------------------- SQL and memory agree

WORD = st.sampled_from(
    ["Kumo", "kumo", "kumos", "solar", "farm", "Farm", "AI", "ai", "C++", "C", "云图", "云", "café", "Ünal"]
) | st.sampled_from(["🚀", "→", "€5", "👩\u200d💻", ".NET", "net", "C#"])
LINE = st.lists(WORD | st.sampled_from([",", ".", "-", "\n", "and", "is"]), max_size=6).map(" ".join)
ENTRIES = st.builds(
    lambda title, body, summary, author, tags, hours: entry(
        title=title,
        content_html=f"<p>{body}</p>" if body else "",
        summary_html=f"<p>{summary}</p>" if summary else "",
        author=author,
        tags=tuple(tags),
        published=NOW - 3600 * hours,
    ),
    LINE.filter(str.strip),
    LINE,
    LINE,
    LINE,
    st.lists(WORD, max_size=2),
    st.integers(0, 200) | st.sampled_from([11, 47]),  # the ages that some questions name, exactly
)
VALUES = (
    WORD
    | st.sampled_from(
        [".NET", "C#", "C++", '"=Kumo"', '"=AI"', '"=C"']
    )  # the index finds more than these match
    | st.lists(WORD, min_size=2, max_size=3).map(lambda words: f'"{" ".join(words)}"')
    | st.sampled_from(["k*", "kum*", "*umo", "A*", "/k.mo/", "/^Kumo/", "云*", "/^kumo farm/", "/ farm,/"])
    | st.sampled_from(["/ (solar)+ f/", "/(?i)^AI\\s/", "/^C\\+/", "/-kumo?s/", "/^(AI|ai) is$/"])
)
QUESTIONS = (
    VALUES
    | st.tuples(st.sampled_from([*TEXT_FIELDS, "label"]), VALUES).map(":".join)
    | st.sampled_from(
        [
            *(f"is:{state}" for state in STATES),
            "age:<2d",
            "age:>12h",
            "reading_time:<2",
            "reading_time:>0",
            "reading_time:>=1min",
            "after:2023-11-10",
            "after:yesterday",
            "before:@1700000000",
            "before:2023-11-12",
            "feed:a.example",
            "folder:News",
            "watch:Kumos",
            "watch:K*",
            "label:tech",
            "url:NUMBER/1",
        ]
    )
    | st.tuples(WORD, st.integers(0, 4), WORD).map(lambda item: f"{item[0]} NEAR/{item[1]} {item[2]}")
)
ASKED = st.recursive(
    QUESTIONS,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]} {pair[1]})"),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]} OR {pair[1]})"),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]} -({pair[1]}))"),
        inner.map(lambda one: f"-({one})"),
    ),
    max_leaves=6,
)
SHELF = (
    '[[feeds]]\nurl = "https://a.example.org/feed"\nfolder = "News"\nlabels = ["tech"]\n'
    '[[feeds]]\nurl = "https://b.example.org/feed"\n'
    '[[watch]]\nname = "Kumos"\nany = ["kumo"]\n[[mute]]\nquery = "title:farm"\n'
)


WINDOWS = [(2000, 1000, 30), (50, 1000, 30), (50, 1000, 0), (2, 1000, 30), (50, 2, 30), (50, 2, 1), (2, 3, 1)]
"""Limit of a search; number and spread of the newest articles that it tries first: ids do not follow time."""


ALWAYS = ("age:>12h", "age:<2d", "title:/umo|C/", "title:/a/ -author:/u/")
"""Asked in each example: ages that entries have exactly; patterns of columns, tried before texts are read."""


@settings(
    max_examples=int(os.environ.get("TUIREADER_EXAMPLES", "9")),
    deadline=None,
    phases=[
        Phase.explicit,
        Phase.reuse,
        Phase.generate,
    ],  # shrinking takes minutes; the assert has the expression
)
@given(st.data())
@pytest.mark.slow
def test_the_store_and_the_memory_give_the_same_articles(data: st.DataObject) -> None:
    made = data.draw(st.lists(ENTRIES, min_size=1, max_size=8))
    asked = data.draw(st.lists(ASKED, min_size=25, max_size=25))
    labelled = data.draw(st.lists(st.tuples(WORD, st.sets(st.integers(0, 4))), max_size=4))
    with TemporaryDirectory() as folder:
        asyncio.run(agree(Path(folder), made, asked, labelled))


async def agree(
    folder: Path,
    made: Sequence[ParsedEntry],
    asked: Sequence[str],
    labelled: Sequence[tuple[str, Collection[int]]],
) -> None:
    async with opened(folder, SHELF) as library:
        for number, one in enumerate(made):
            named = replace(one, guid=str(number), url=f"https://x.example.org/number/{number}/{number}")
            await fill(library, 1 + number % 2, named)
        every = range(1, len(made) + 1)
        await library.marks.set_read(every[::3], True)
        await library.marks.set_starred(every[::2], True)
        for name, chosen in labelled:
            await library.labels.set(name, [number for number in every if number % 5 in chosen], True)
        names = library.context.feed_names
        parsed = {expression: query.parse(expression) for expression in (*asked, *ALWAYS)}

        def subject(text: StoredText) -> Subject:
            return ingest.subject(text, names)

        def compare(store: Store) -> None:
            stored = {text.id: subject(text) for text in store.articles.texts(every, watches=True)}
            newest = sorted(stored, key=lambda number: (-stored[number].time, -number))
            for expression, one in parsed.items():
                assert isinstance(one, Query), expression
                hidden = query.Is("muted") not in query.leaves(one.root)
                right = [
                    number
                    for number in newest
                    if query.matches(one, stored[number], LIBRARY_NOW)
                    and not (hidden and stored[number].muted)
                ]
                for limit, recent, spread in WINDOWS:
                    with pytest.MonkeyPatch.context() as patch:
                        patch.setattr(search, "RECENT", recent)
                        patch.setattr(search, "SPREAD", spread)
                        steps = store.search.find_in_steps(one, now=LIBRARY_NOW, subject=subject, limit=limit)
                        assert list(chain(*steps)) == right[:limit], expression
                for limit, best in ((2000, 2000), (3, 2)):
                    with pytest.MonkeyPatch.context() as patch:
                        patch.setattr(search, "RANKED", best)
                        steps = store.search.find_in_steps(
                            one, now=LIBRARY_NOW, subject=subject, limit=limit, ranked=True
                        )
                        found = list(chain(*steps))
                    assert set(found) <= set(right), expression
                    assert len(found) == len(set(found)) == min(limit, len(right)), expression
                expected[expression] = right

        expected: dict[str, list[int]] = {}
        await library.context.pool.read(compare)
        for expression in asked[:3]:
            found, problem = await library.searches.run(expression)
            assert (list(found), problem) == (expected[expression], ""), expression


@pytest.mark.parametrize(
    "text",
    [
        "age:<9y " * 1200,
        " OR ".join(["is:read"] * 900),
        "a " * 5000,
        "-a " * 3300,
        " OR ".join(f"w{n}" for n in range(1100)),
        "-/a/ " * 1900,
        "(" * 20 + "kumo" + " OR is:read)" * 20,
        "feed:a -feed:b " * 600,
        "é" * 9999,
        "云" * 9999,
        "k* " * 3000,
    ],
)
async def test_the_longest_expressions_are_answered(
    library: Library, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(query, "parse", cache(query.parse))  # once for both orders
    await fill(library, 1, entry(1, title="Kumo"))
    for ranked in (False, True):
        _, problem = await library.searches.run(text, ranked=ranked)
        assert problem == ""


# ----------------------------------------------------------------------------- what takes too long

SLOW_TEXT = "a" * 40 + "!"


async def test_a_regular_expression_that_takes_too_long_is_given_up_and_named(library: Library) -> None:
    await fill(library, 1, *(entry(number, title=f"{number} {SLOW_TEXT}") for number in range(100)))
    looked_at: list[int] = []
    text = "/(a|aa)+$/ OR nothing"
    found, problem = await library.searches.run(text, tell=lambda ids: looked_at.append(len(ids)))
    assert list(found) == [] and len(looked_at) == 0
    assert problem == "/(a|aa)+$/ takes too long on many articles; simplify it"
    with pytest.raises(UsageError, match="takes too long"):
        await library.searches.try_out(text)
    # nor does it keep a mute, or what arrives, waiting
    assert await library.mutes.add("/(a|aa)+$/") == 0
    await fill(library, 1, entry(200, title=SLOW_TEXT))
    assert len(await library.lists.ids(View(ViewKind.ALL))) == 101


async def test_what_is_too_slow_for_a_regular_expression_does_not_match(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither names nor columns; a column that takes too long is not read again with its text."""
    asked: list[str] = []

    class Slow:
        def finditer(self, text: str, timeout: float) -> list[object]:
            asked.append(text)
            raise TimeoutError

    feed = '[[feeds]]\nurl = "https://a.example/feed"\ntitle = "News"\nfolder = "Daily"\n'
    async with opened(tmp_path, feed) as library:
        await fill(library, 1, entry(1, title="Kumo", content_html="<p>Kumo and Sora</p>"))
        monkeypatch.setattr(regexes, "compiled", lambda pattern: Slow())
        for field, times in (("feed", 2), ("folder", 1), ("title", 1), ("author", 1), ("url", 1)):
            asked.clear()
            assert list((await library.searches.run(f"{field}:/slow.{field}/"))[0]) == []
            assert len(asked) == times, field
