"""Stories through `Library`: folded, read, counted, split and told; and articles that are edited."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.builders import ALL, config, feeds, item, opened, paths, refreshed, rss
from tests.builders import CLOCK as NOW
from tests.cli.command import Told, run_words
from tests.newsroom import LANTERN, all_rows, fetched, row_of
from tests.web import Web
from tuireader import demo as samples
from tuireader.errors import Exit, TuireaderError
from tuireader.export.brief_formats import render
from tuireader.library import Library
from tuireader.model import FoldedRows, Relation, View, ViewKind

UNREAD = View(ViewKind.UNREAD)
DIDI = "App stores told to remove Didi"
LAW = "China’s data protection bill gets its second reading: what changed"
KEPT_OUT = "Three more apps join Didi under review"


async def folded_with(library: Library, title: str) -> list[int]:
    """The articles in the row of one, newest first."""
    wanted = (await row_of(library, title)).story
    return [row.id for row in await all_rows(library) if wanted and row.fold == wanted]


async def story_titles(library: Library, title: str) -> list[str]:
    story = await library.articles.story((await row_of(library, title)).id)
    return [] if story is None else [entry.title for entry in story.entries]


async def test_the_outlets_of_one_story_fold_into_one_row(demo: Library) -> None:
    row = await row_of(demo, "WeChat suspends")
    story = await demo.articles.story(row.id)
    assert story is not None
    outlets = {"Pacific Wire", "Harbour Tech", "The Ledger of Bits", "东湾科技"}
    assert {entry.feed_title for entry in story.entries} >= outlets
    assert (story.first.feed_title, story.first.lag) == ("Pacific Wire", 0)
    assert [entry.lag for entry in story.entries] == sorted(entry.lag for entry in story.entries)
    assert row.fold == story.id and row.fold_size == 4

    folded = await demo.lists.ids(ALL, folded=True)
    members = await folded_with(demo, "WeChat suspends")
    told = [entry.article_id for entry in reversed(story.entries)]
    assert len({row.feed_id for row in await demo.lists.rows(members)}) == len(members) == 4
    # What a feed of them says two hours later is in the story, and in a row of its own.
    assert [key for key in told if key not in members] == [told[0]]
    assert [article_id for article_id in folded if article_id in told] == [told[0], members[0]]
    assert [row.fold for row in await demo.lists.rows(told[:1])] == [0]
    opened_ids = list(await demo.lists.ids(ALL, folded=True, opened={story.id}))
    at = opened_ids.index(members[0])
    assert opened_ids[at : at + len(members)] == members
    assert len(opened_ids) == len(folded) + len(members) - 1


ALPHA = (
    ("Apple releases iOS 19.1 with fixes", "Apple has released iOS 19.1."),
    ("Weekly open thread", "Talk about whatever you like."),
    ("Google buys a startup in Berlin", "Google has bought a startup in Berlin for an unknown sum."),
    ("Quay tolls to double in autumn", ""),
)
BETA = (
    ("Apple releases macOS 16.1 with fixes", "Apple has released macOS 16.1."),
    ("Weekly links thread", "Links of the week, talk about whatever you like."),
    ("Google buys a startup in Paris", "Google has bought a startup in Paris for an unknown sum."),
    ("Quay tolls to double in autumn: council", ""),
)


async def test_headlines_of_one_form_are_no_story_in_a_young_library(tmp_path: Path, web: Web) -> None:
    """With a handful of articles each word looks rare; what says nearly the same is a story all the same."""
    urls = []
    for name, entries in (("alpha", ALPHA), ("beta", BETA)):
        items = [
            item(f"{name}{n}", title, f"<p>{text}</p>", url=f"{web.url}/{name}/{n}", time=NOW - n * 3600)
            for n, (title, text) in enumerate(entries)
        ]
        urls.append(web.serve(f"/{name}", rss(name, items)))
    async with fetched(tmp_path, "".join(map(feeds, urls))) as library:
        stories = {row.title: row.fold for row in await all_rows(library)}
        assert {title for title, story in stories.items() if story} == {ALPHA[3][0], BETA[3][0]}


async def test_every_story_of_the_demo_is_one_matter(demo: Library) -> None:
    about = ("Kaseya", "Didi|滴滴", "Tencent|腾讯", "Intel", "Apple", "WeChat|微信", "AMD")
    rows = await all_rows(demo)
    stories: dict[int, list[str]] = {}
    for row in rows:
        if row.fold:
            stories.setdefault(row.fold, []).append(row.title)
    assert len(stories) >= 7
    for titles in stories.values():
        assert len(titles) > 1
        assert any(all(re.search(name, title) for title in titles) for name in about), titles
    assert {row.fold_size for row in rows if not row.fold} == {1}


async def test_relations_of_the_demo_have_the_right_reasons(demo: Library) -> None:
    related = await demo.articles.related((await row_of(demo, "WeChat suspends")).id)
    found = {item.title: item for item in related}
    didi = await row_of(demo, DIDI)
    (report,) = (item for item in related if didi.id in (item.article_id, *item.other_reports))
    assert report.relation is Relation.BACKGROUND  # also linked, but a sentence says more
    assert report.reason.startswith("−22 d · referred to: “Since the start of the month, the internet ")
    assert report.sentence.endswith(" security reviews.") and "Didi out of the app" in report.sentence
    assert len(report.other_reports) == 2  # three reports of one event, one line
    assert not {item.article_id for item in related} & set(report.other_reports)
    music = found["Regulator orders Tencent to give up exclusive music rights"]
    assert music.relation is Relation.CITES and music.sentence == ""
    assert music.reason.startswith("−2 d · linked in the text · shares Tencent")
    assert found[LAW].relation is Relation.ALSO_READ
    assert found[LAW].reason.startswith("−89 d · named in the text · shares ")
    assert "Information Protection Law" in found[LAW].reason

    related = await demo.articles.related((await row_of(demo, "Tencent’s WeChat stops")).id)
    background = {item.title: item for item in related if item.relation is Relation.BACKGROUND}
    (report,) = (item for item in related if didi.id in (item.article_id, *item.other_reports))
    assert report.reason.startswith("−22 d · referred to: “Ride-hailing group Didi had to stop ")
    music = background["Regulator orders Tencent to give up exclusive music rights"]
    assert music.reason.startswith("−2 d · linked by Harbour Tech · shares Tencent")
    assert background[LAW].reason.startswith("−88 d · named by Harbour Tech · shares ")
    assert "Information Protection Law" in background[LAW].reason
    assert not [item for item in related if "Harbour Tech" in item.reason.partition("shares")[2]]

    related = await demo.articles.related((await row_of(demo, KEPT_OUT)).id)
    found = {item.title: item for item in related}
    review = found["Two days after its listing, Didi faces a cybersecurity review"]
    assert review.relation is Relation.SAME_STORY  # they are folded
    assert review.reason.startswith("−2 d · shares Didi, ")
    draft = found["Firms with a million users face a security review before listing abroad"]
    assert draft.relation is Relation.FOLLOW_UP
    assert draft.reason.startswith("+5 d · shares ") and "Didi" in draft.reason

    crumble = await row_of(demo, "Apple and blackberry")
    assert await demo.articles.related(crumble.id) == ()
    assert (crumble.fold, crumble.fold_size, await demo.articles.story(crumble.id)) == (0, 1, None)


async def test_primary_sources_are_raised_though_no_feed_has_them(tmp_path: Path, web: Web) -> None:
    text = (
        '<p>LanternPay, of Port Quill, closed a hole (<a href="https://nvd.nist.gov/vuln/CVE-2030-1234">'
        'CVE-2030-1234</a>), as <a href="https://sec.gov/Archives/edgar/1/2.htm">its filing</a> says. '
        'See <a href="https://blog.example.org/lantern">a blog</a> and <a href="ARTICLE">our report</a>.</p>'
    )
    report = f"{web.url}/1"
    first = item("1", "LanternPay looks into a hole", LANTERN, url=report)
    url = web.serve("/f", rss("F", [first]))
    other = web.serve("/g", rss("G", [item("2", "LanternPay mends it", text.replace("ARTICLE", report))]))
    async with fetched(tmp_path, feeds(url, other)) as library:
        related = await library.articles.related((await row_of(library, "LanternPay mends")).id)
        cited = {item.title: item.reason for item in related if item.relation is Relation.CITES}
        assert cited["CVE-2030-1234"] == "primary source: advisory"
        assert cited["its filing"] == "primary source: filing"
        assert "a blog" not in cited
        (back,) = [
            item
            for item in await library.articles.related((await row_of(library, "LanternPay looks")).id)
            if item.title == "LanternPay mends it"
        ]
        assert back.relation is Relation.SAME_STORY


async def test_the_first_unread_article_stands_for_its_story(demo: Library) -> None:
    newest_first = await folded_with(demo, "WeChat suspends")
    await demo.marks.set_read(newest_first[:2], True)
    folded = await demo.lists.ids(ALL, folded=True)
    assert [key for key in folded if key in newest_first] == [newest_first[2]]
    await demo.marks.set_read(newest_first, True)
    folded = await demo.lists.ids(ALL, folded=True)
    assert [key for key in folded if key in newest_first] == [newest_first[0]]
    unread = await demo.lists.ids(UNREAD, folded=True)
    assert not set(unread) & set(newest_first)


async def test_reading_one_reads_the_story_and_undo_takes_it_back(demo: Library) -> None:
    ids = await folded_with(demo, "WeChat suspends")
    await demo.marks.set_read(ids[:1], True, journal=False)
    assert not (await demo.marks.set_read(ids[:1], True, stories=True)).ids  # the others are on a watch
    change = await demo.marks.set_read(ids[:1], True, rows=FoldedRows(ALL, max(ids)))
    assert change.what == f"1 row · {len(ids) - 1} articles marked read"
    assert sorted(change.ids) == sorted(ids[1:])
    undone = await demo.marks.undo()
    assert undone is not None and sorted(undone.ids) == sorted(ids[1:])
    assert [row.read for row in await demo.lists.rows(ids)] == [True] + [False] * (len(ids) - 1)


async def test_a_folder_counts_a_story_of_several_of_its_feeds_once(tmp_path: Path, web: Web) -> None:
    one = web.serve("/f", rss("F", [item("a", "LanternPay buys Ferrygate for 40 million", LANTERN)]))
    other = web.serve("/g", rss("G", [item("b", "Ferrygate bought by LanternPay", LANTERN)]))
    text = "".join(f'[[feeds]]\nurl = "{url}"\nfolder = "Tech"\n' for url in (one, other))
    async with fetched(tmp_path, text) as library:
        tech = View(ViewKind.FOLDER, "Tech")
        assert (await story_titles(library, "LanternPay buys")) != []
        for read in (0, 1, 2):
            await library.marks.set_read((await library.lists.ids(ALL))[:read], True)
            counts = await library.lists.counts()
            told = counts.folders["Tech"]
            assert told.folded == len(await library.lists.ids(tech, folded=True)) == 1
            assert told.unread_folded == len(await library.lists.ids(tech, show_read=False, folded=True))
            assert told.total == 2


async def test_a_split_is_remembered_and_can_be_taken_back(demo: Library) -> None:
    whole = await story_titles(demo, DIDI)
    assert KEPT_OUT in whole and len(whole) == 6
    wrong = await row_of(demo, KEPT_OUT)
    change = await demo.marks.split_story(wrong.id)
    assert change.ids[0] == wrong.id and len(change.ids) == 6
    assert await story_titles(demo, KEPT_OUT) == []
    assert await story_titles(demo, DIDI) == [title for title in whole if title != KEPT_OUT]
    assert (await demo.marks.split_story(wrong.id)).ids == ()

    undone = await demo.marks.undo()
    assert undone is not None and undone.what == change.what
    assert await story_titles(demo, DIDI) == whole
    assert await demo.marks.undo() is None


async def test_a_story_can_be_split_by_the_article_that_numbers_it(demo: Library) -> None:
    story = await demo.articles.story((await row_of(demo, DIDI)).id)
    assert story is not None
    numbered = story.id
    titles = await story_titles(demo, DIDI)
    await demo.marks.split_story(numbered)
    (first,) = await demo.lists.rows([numbered])
    assert (first.fold, first.fold_size) == (0, 1)
    left = await story_titles(demo, KEPT_OUT)
    assert left == [title for title in titles if title != first.title]
    assert (await row_of(demo, KEPT_OUT)).story != numbered
    for title in left[:-1]:
        await demo.marks.split_story((await row_of(demo, title)).id)
    assert [await story_titles(demo, title) for title in titles] == [[]] * 6  # no story of one
    for _ in range(len(left)):
        await demo.marks.undo()
    assert await story_titles(demo, DIDI) == titles


BRIDGE = "<p>The Ostrava bridge over the river Odra was closed after engineers found cracks in a pylon.</p>"


async def test_an_edited_article_is_related_anew(tmp_path: Path, web: Web) -> None:
    lantern = item("a", "LanternPay buys Ferrygate for 40 million", LANTERN)
    bridge = item("a", "Cracks in a pylon close the Ostrava bridge", BRIDGE)
    url = web.stages("/f", rss("F", [lantern]), rss("F", [bridge]), rss("F", [lantern]))
    other = web.serve("/g", rss("G", [item("b", "Ferrygate bought by LanternPay", LANTERN)]))
    third = web.serve("/h", rss("H", [item("c", "Ostrava bridge closed over cracks", BRIDGE)]))
    async with fetched(tmp_path, feeds(url, other, third)) as library:
        first = await row_of(library, "LanternPay buys")
        assert await story_titles(library, "LanternPay buys") != []
        before = await counted(library)
        await refreshed(library)
        (row,) = await library.lists.rows([first.id])
        assert row.title == "Cracks in a pylon close the Ostrava bridge"
        assert {found.title for found in await library.articles.related(first.id)} == {
            "Ostrava bridge closed over cracks"
        }
        assert "Ostrava bridge closed over cracks" in await story_titles(library, row.title)
        assert await story_titles(library, "Ferrygate bought") == []
        assert await counted(library) != before
        await refreshed(library)
        assert "Ferrygate bought by LanternPay" in await story_titles(library, "LanternPay buys")
        assert await counted(library) == before


async def counted(library: Library) -> list[tuple[int, ...]]:
    """In how many articles each term stands, as relating has counted."""
    return await library.context.pool.read(
        lambda store: store.conn.execute(
            "SELECT term, articles, lower FROM term_count WHERE articles ORDER BY term"
        ).fetchall()
    )


async def test_a_split_holds_when_the_article_is_edited(tmp_path: Path, web: Web) -> None:
    def said(more: str) -> bytes:
        return rss("F", [item("a", "LanternPay buys Ferrygate for 40 million", LANTERN + more)])

    url = web.stages("/f", said(""), said("<p>Both firms are from Port Quill.</p>"))
    other = web.serve("/g", rss("G", [item("b", "Ferrygate bought by LanternPay", LANTERN)]))
    async with fetched(tmp_path, feeds(url, other)) as library:
        row = await row_of(library, "LanternPay buys")
        assert row.fold_size == 2
        await library.marks.split_story(row.id)
        await refreshed(library)
        (row,) = await library.lists.rows([row.id])
        assert row.edited and (row.fold, row.fold_size) == (0, 1)


# --------------------------------------------------------------------------- brief


async def test_the_brief_of_the_demo(demo: Library) -> None:
    made, end = await demo.briefs.make(86_400)
    assert end == (await demo.lists.counts()).all.total
    text = render(made, "md")
    assert text.startswith("# Brief\n\n")
    assert "\n## WeChat\n\n### WeChat sign-ups will be back within days, Tencent says\n" in text
    assert "\nAlso on PIPL.\n" in text
    assert "\n> " in text and "**WeChat**" in text
    reports = text[text.index("- 2023-") :].split("\n\n")[0].splitlines()
    assert [line.split(" · ")[1].split(": [")[0] for line in reports] == [
        "Harbour Tech",
        "Harbour Tech",
        "The Ledger of Bits",
        "东湾科技",
        "Pacific Wire",
    ]
    lags = [re.findall(r"\((.+?)\) ·", line) for line in reports]
    assert lags == [["+2 h"], ["+1 h"], ["+40 min"], ["+10 min"], []]
    assert text == render((await demo.briefs.make(86_400))[0], "md")
    longer, _ = await demo.briefs.make(60 * 86_400)
    assert longer.stories > made.stories

    only, _ = await demo.briefs.make(86_400, "PIPL")
    assert 0 < only.stories < made.stories
    assert all("PIPL" in story.watches for section in only.sections for story in section.stories)
    with pytest.raises(TuireaderError, match="WeChat, PIPL"):
        await demo.briefs.make(86_400, "PIP")


async def test_a_brief_says_what_it_leaves_out(tmp_path: Path, web: Web) -> None:
    entries = [item("1", "Ferries stop", "<p>Fog.</p>"), item("2", "Sponsored ferries", "<p>Buy.</p>")]
    text = '[[mute]]\nquery = "sponsored"\n[[watch]]\nname = "Fog"\nany = ["fog"]\n'
    async with opened(tmp_path, feeds(web.serve("/f", rss("F", entries))) + text) as library:
        await refreshed(library)
        made, _ = await library.briefs.make(60 * 86_400)
        assert (made.articles, made.muted, made.seconds) == (1, 1, 60 * 86_400)
        assert "the last 60 days" in render(made, "md")
        assert "1 muted article is left out." in render(made, "md")
        only, _ = await library.briefs.make(60 * 86_400, "Fog")
        assert (only.articles, only.muted) == (1, 0)  # what is muted is not on that watch
        first, end = await library.briefs.make(None)
        assert first.seconds == 86_400  # there was none before
        await library.briefs.end("", end)
        last, _ = await library.briefs.make(None)
        assert (last.articles, last.muted, last.seconds) == (0, 0, None)


async def test_since_the_last_brief_tells_nothing_twice(tmp_path: Path, web: Web) -> None:
    second = [item("2", "Ferries stop in the fog", "<p>Fog.</p>"), item("1", "LanternPay buys", LANTERN)]
    url = web.stages("/f", rss("F", second[1:]), rss("F", second))
    async with fetched(tmp_path, feeds(url)) as library:
        made, end = await library.briefs.make(None)
        assert made.articles == 1
        assert (await library.briefs.make(None))[0] == made  # it was not printed to its end
        await library.briefs.end("", end)
        assert (await library.briefs.make(None))[0].articles == 0
        await refreshed(library)
        made, _ = await library.briefs.make(None)
        assert [story.title for section in made.sections for story in section.stories] == [
            "Ferries stop in the fog"
        ]


def test_the_brief_as_a_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    brief = ("--demo", "--database", str(tmp_path / "demo.db"), "brief", "--since")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    told = run_words(capfd, *brief, "2d", "--format", "json")
    assert (told.code, told.err) == (Exit.OK, "")
    assert json.loads(told.out)["sections"][0]["watch"] == "WeChat"
    last = (*brief, "last", "--watch", "WeChat")
    done = subprocess.run(
        [sys.executable, "-m", "tuireader", *last, "--format", "html"],
        env=os.environ | {"HOME": str(tmp_path), "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=True,
    )
    assert b"<mark>WeChat</mark>" in done.stdout
    told = run_words(capfd, *last)
    assert told == Told(Exit.OK, "# Brief\n\n0 articles in 0 stories, since the last brief.\n", "")
    told = run_words(capfd, *brief, "soon")
    assert told.code == Exit.USAGE and "24h" in told.err


async def test_following_a_story_proposes_a_watch_from_its_rarest_words(demo: Library) -> None:
    row = await row_of(demo, "WeChat suspends")
    proposed = await demo.watches.for_story(row.id)
    assert proposed.name.startswith("Story: WeChat suspends")
    assert proposed.query == '"WeChat"'
    preview = await demo.watches.preview(proposed)
    assert preview.problem == "" and 4 <= preview.matches <= 8
    chinese = await demo.watches.for_story((await row_of(demo, "微信暂停")).id)
    assert chinese.name.startswith("Story: 微信暂停")  # after the report that was chosen
    assert chinese.any == proposed.any
    crumble = await demo.watches.for_story((await row_of(demo, "Apple and blackberry")).id)
    assert (await demo.watches.preview(crumble)).matches == 1
    assert len({crumble.query, *crumble.any}) == 6, "of many more"


async def test_after_two_days_away_what_has_come_is_summed_up_and_can_be_cleared(tmp_path: Path) -> None:
    now = NOW
    library = await Library.open(
        config(samples.config_text()), paths(tmp_path), offline=True, clock=lambda: now
    )
    try:
        assert await library.lists.away_since() is None
        now += 47 * 3600
        assert await library.lists.away_since() is None
        left = now
        now += 49 * 3600
        assert await library.lists.away_since() == left
        assert await library.lists.away_since() is None
        await library.load_demo()
        away = await library.lists.away_summary(left)
        counts = await library.lists.counts()
        ids = await library.lists.ids(UNREAD)
        assert (away.articles, len(ids)) == (counts.all.total, counts.all.total)
        assert (away.stories, counts.all.folded) == await library.lists.count_stories(ids)
        assert 0 < away.watched < away.stories < counts.all.folded
        unread, rest = await library.lists.unread_rows(ids)
        assert unread.rows == counts.all.folded and unread.watched >= away.watched
        await library.marks.set_read(rest.ids, True)
        assert (await library.lists.away_summary(left)).stories == away.watched
    finally:
        await library.close()
