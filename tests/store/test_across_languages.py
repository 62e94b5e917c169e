"""Stories in several languages through the store: rows, reasons, own forms, articles of older versions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.builders import NOW, entry, item, open_store, opened, refreshed, rss, save
from tests.builders import feeds as subscriptions
from tests.core.test_related_across import FINE, OTHERS
from tests.web import Web
from tuireader import ingest
from tuireader.ingest.relating.relate import relate_changed
from tuireader.related.reading.concepts import bundled
from tuireader.related.reading.mentions import language_term, mentions
from tuireader.store import Store

HOUR, DAY = 3600, 86_400


def relate(store: Store, groups: Sequence[Sequence[str]] = ()) -> None:
    relater, more = ingest.Relater(groups), 1
    while more:
        with store.transaction():
            more = relater.step(store, 50)


def fill(store: Store, told: Sequence[tuple[str, str]], apart: int = HOUR) -> None:
    """Save articles in feeds of their own, ids from 1."""
    for number, (title, text) in enumerate(told, 1):
        made = entry(number, title=title, content_html=f"<p>{text}</p>", published=NOW - DAY + apart * number)
        save(store, number, made)


def shown(store: Store, article: int, groups: Sequence[Sequence[str]] = ()) -> dict[int, str]:
    return {
        one.article_id: one.reason
        for one in ingest.related(store, article, groups)
        if one.article_id is not None
    }


def test_reports_in_six_languages_share_a_row(tmp_path: Path) -> None:
    store = open_store(tmp_path, 9)
    fill(store, [*FINE.values(), *OTHERS.values()])
    relate(store)
    rows = {row.id: row.fold for row in store.lists.rows(list(range(1, 10)))}
    assert {rows[number] for number in range(1, 7)} == {rows[1]} != {0}
    assert rows[7] == rows[8] != rows[1] and rows[9] == 0
    assert store.references.languages([1, 2, 3, 9]) == {1: "en", 2: "zh", 3: "ja", 9: "de"}
    assert shown(store, 2)[1] == "−1 h · shares TikTok, 字节跳动 (ByteDance), 3.45亿"
    assert shown(store, 1).keys() == set(range(2, 7))
    store.close()


def test_reports_of_one_feed_in_two_languages_have_a_row_each(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    for number, code in enumerate(("en", "zh"), 1):
        title, text = FINE[code]
        save(store, 1, entry(number, title=title, content_html=text))
    relate(store)
    assert {row.fold for row in store.lists.rows([1, 2])} == {0}
    store.close()


def test_split_reports_stay_apart(tmp_path: Path) -> None:
    store = open_store(tmp_path, 3)
    fill(store, [FINE["en"], FINE["zh"]])
    relate(store)
    with store.transaction():
        store.relations.split(2)
    title, text = FINE["ja"]
    save(store, 3, entry(3, title=title, content_html=text))
    relate(store)
    stories = store.relations.stories([1, 2, 3])
    assert stories[1] != stories[2]
    store.close()


OWN = [
    (
        "Zorblax buys Quibbleton for its recipes",
        "Zorblax buys the kitchen firm Quibbleton, and keeps its 128 cooks.",
    ),
    ("佐布拉收购奎伯顿", "佐布拉宣布收购厨房公司奎伯顿，保留其128名厨师。"),
]


def test_terms_of_a_watch_are_one_name(tmp_path: Path) -> None:
    groups = [["Zorblax", "佐布拉"], ["Quibbleton", "奎伯顿"]]
    store = open_store(tmp_path)
    fill(store, OWN)
    relate(store, groups)
    assert shown(store, 2, groups) == {1: "−1 h · shares 佐布拉 (Zorblax), 奎伯顿 (Quibbleton), 128"}
    assert store.relations.stories([1, 2]) == {1: 1, 2: 1}
    store.close()


def test_without_a_watch_they_are_not(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    fill(store, OWN)
    relate(store)
    assert "佐布拉" not in shown(store, 2).get(1, "")
    assert len({*store.relations.stories([1, 2]).values()}) == 2
    store.close()


INVENTED = [
    (
        "Veridian lowers a tidal turbine into the sea off Orkney",
        "The company Veridian has lowered a tidal turbine at Hestavoe. It supplies 2,600 homes from August.",
    ),
    (
        "베리디안, 헤스타보에 조류 터빈 설치",
        "스코틀랜드의 베리디안은 헤스타보 앞바다에 터빈을 설치했다. 8월부터 2600가구에 전기를 공급한다.",
    ),
    (
        "Веридиан установил приливную турбину",
        "Компания сообщила, что турбина Веридиана у Хеставо с августа даст ток для 2600 домов.",
    ),
    (
        "ヴェリディアン、潮流発電機を設置",
        "ヴェリディアンはスコットランドのヘスタヴォー沖に潮流タービンを設置した。8月から2600世帯に電力を供給する。",
    ),
]
"""Reports whose names no table has."""


def test_names_that_no_table_has_are_known_by_their_sound(tmp_path: Path) -> None:
    store = open_store(tmp_path, 9)
    fill(store, [*INVENTED, *OTHERS.values()])
    relate(store)
    assert shown(store, 1) == {
        2: "+1 h · shares Veridian = 베리디안, Hestavoe = 헤스타보, 2,600",
        3: "+2 h · shares Veridian = Веридиан, Hestavoe = Хеставо, 2,600",
        4: "+3 h · shares Veridian = ヴェリディアン, Hestavoe = ヘスタヴォー, 2,600",
    }
    assert shown(store, 2)[1] == "−1 h · shares 베리디안 = Veridian, 헤스타보 = Hestavoe, 2600"
    assert shown(store, 3).keys() == {1, 2, 4}
    assert {row.fold for row in store.lists.rows([1, 2, 3, 4])} == {1}
    store.close()


def test_a_watch_names_what_is_stored_already(tmp_path: Path) -> None:
    groups = [["Zorblax", "佐布拉"], ["Quibbleton", "奎伯顿"]]
    store = open_store(tmp_path)
    fill(store, OWN[:1])
    relate(store)
    fill(store, OWN)
    relate(store, groups)
    assert shown(store, 2, groups) == {1: "−1 h · shares 佐布拉 (Zorblax), 奎伯顿 (Quibbleton), 128"}
    store.close()


def test_a_changed_article_is_related_again(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    fill(store, [FINE["en"], OTHERS["de"]])
    relate(store)
    before = store.relations.term_counts([language_term("de"), language_term("zh")])
    old = store.articles.texts([2])
    title, text = FINE["zh"]
    with store.transaction():
        made = entry(2, title=title, content_html=f"<p>{text}</p>", published=NOW - DAY + 2 * HOUR)
        store.entries.save(2, [made], NOW)
        relate_changed(store, list(zip(old, store.articles.texts([2]), strict=True)))
    assert before == {language_term("de"): (1, 0)}
    after = store.relations.term_counts([language_term("de"), language_term("zh")])
    assert after == {language_term("de"): (0, 0), language_term("zh"): (1, 0)}
    counted = [one.hash for one in mentions(*OTHERS["de"], bundled()).things]
    kept = {one.hash for one in mentions(*FINE["zh"], bundled()).things}
    gone = store.relations.term_counts([number for number in counted if number not in kept])
    assert {articles for articles, _ in gone.values()} <= {0, 1}
    assert store.relations.stories([1, 2]) == {1: 1, 2: 1}
    store.close()


async def test_the_library_passes_the_terms_of_watches(tmp_path: Path, web: Web) -> None:
    urls = [
        web.serve(f"/{number}", rss(f"F{number}", [item("1", title, f"<p>{text}</p>", time=NOW + number)]))
        for number, (title, text) in enumerate(OWN)
    ]
    watches = "".join(
        f'[[watch]]\nname = "{name}"\nany = ["{name}", "{form}"]\n'
        for name, form in (("Zorblax", "佐布拉"), ("Quibbleton", "奎伯顿"))
    )
    async with opened(tmp_path, subscriptions(*urls) + watches) as library:
        await refreshed(library)
        async for _ in library.refresh.relate():
            pass
        (other,) = await library.articles.related(2)
        assert other.article_id == 1 and "Zorblax" in other.reason
