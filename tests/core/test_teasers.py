"""Which feeds give teasers: those of sites, not those whose short entries are whole."""

from __future__ import annotations

from collections.abc import Sequence
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import for_each
from tuireader.feeds.teasers import Kind, Sample, is_about, judge, kind_of, needs_page

SITE = "https://www.example.org/"
SUMMARY = "Fares rise in spring, and the ferry company blames the price of fuel for that."
LONG = "The ferry company said that fares will rise in spring, as fuel has become dearer. " * 9


def sample(body: str = "", html: str = "", **changes: object) -> Sample:
    values = {"title": "Ferries cost more", "url": "https://www.example.org/news/1", "media": False}
    return Sample(body=body, html=html or f"<p>{body}</p>", **values | changes)  # type: ignore[arg-type]


CUT = [
    "Fares rise in spring, the ferry company …",
    "Fares rise in spring, the ferry company […]",
    "Fares rise in spring, the ferry company [...]",
    "Fares rise in spring, the ferry company (...)",
    "Fares rise in spring. Continue reading “Ferries cost more”",
    "Fares rise in spring. Read more »",
    "Fares rise in spring. Read the full story at The Quay.",
    "Fares rise in spring.\nKeep reading",
    "Fares rise in spring […]\nThe post Ferries cost more appeared first on The Quay.",
    "Die Fahrpreise steigen im Frühjahr. Weiterlesen",
    "Die Fahrpreise steigen … Der Beitrag Fähren werden teurer erschien zuerst auf Hafenblatt.",
    "Die Fahrpreise steigen im Frühjahr. Zum vollständigen Artikel",
    "Les tarifs augmentent au printemps. Lire la suite",
    "Les tarifs augmentent […] L’article Ferries plus chers est apparu en premier sur Le Quai.",
    "船の運賃は春に上がると会社が発表した。続きを読む",
    "船の運賃は春に上がると会社が発表した…",
    "渡轮公司表示春季票价将上涨……查看全文",
    "渡轮公司表示春季票价将上涨。阅读全文",
    "渡輪公司表示春季票價將上漲…… 繼續閱讀",
]


@for_each("body", CUT)
def test_what_is_cut_off(body: str) -> None:
    assert kind_of(sample(body), SITE) is Kind.CUT
    assert judge([sample(body)], SITE) == "teasers"


@for_each(
    ("kind", "one"),
    [
        (Kind.LONG, sample(LONG)),
        (Kind.LONG, sample(LONG + "Read more: the harbour in winter")),  # another article
        (Kind.LONG, sample(LONG + "And so on …")),
        (Kind.CUT, sample(LONG + "[…]")),
        (
            Kind.CUT,
            sample(LONG, f'<p>{LONG}</p><a href="https://example.org/news/1?utm_source=x">Read on</a>'),
        ),
        (Kind.LONG, sample(LONG, f'<p>{LONG}</p><a href="https://example.org/news/2">Read on</a>')),
        (Kind.LONG, sample("渡轮公司表示春季票价将上涨。" * 30)),
        (Kind.SUMMARY, sample("Fares rise in spring, and the ferry company blames the price of fuel.")),
        (
            Kind.SUMMARY,
            sample(
                "Fares rise in spring, says the ferry company. The post Ferries appeared first on The Quay."
            ),
        ),
        (Kind.TITLE, sample()),
        (Kind.TITLE, sample("Ferries cost more")),
        (Kind.TITLE, sample("The post Ferries cost more appeared first on The Quay.")),
        (Kind.SHORT, sample("Bug fixes.")),
        (Kind.SHORT, sample(url="https://elsewhere.example.net/1")),
        (Kind.SHORT, sample(url="")),
        (Kind.SHORT, sample(title="")),
        (Kind.SHORT, sample("Fares rise in spring …", media=True)),
        (Kind.SHORT, sample("Comments", url="https://news.ycombinator.com/item?id=1")),
        (Kind.SHORT, sample("What is new: faster start, fewer crashes.", "<ul><li>What is new</li></ul>")),
        (
            Kind.SHORT,
            sample(
                "A good read about tides, well worth the half hour that it takes.",
                '<p>A <a href="https://tides.example.net/">good read</a> about tides …</p>',
            ),
        ),
        (Kind.SHORT, sample("Does the ferry run today?\n3 posts - 2 participants\nRead full topic")),
    ],
)
def test_kinds_of_entries(kind: Kind, one: Sample) -> None:
    assert kind_of(one, SITE) is kind


def feed(number: int, body: str = "", html: str = "", **changes: object) -> list[Sample]:
    """Entries with addresses of their own; `{}` in an address is the number."""
    address = str(changes.pop("url", "https://www.example.org/news/{}"))
    return [sample(body, html, url=address.format(n), **changes) for n in range(number)]


@for_each(
    ("texts", "samples"),
    [
        ("teasers", feed(5, SUMMARY)),  # a broadcaster: one sentence each
        ("teasers", feed(5, SUMMARY, url="https://other-domain.example.com/{}")),  # the same publisher's
        ("teasers", feed(5)),  # a site that gives titles only
        ("teasers", [*feed(8, LONG), *feed(2, CUT[1])]),
        ("teasers", [*feed(5, SUMMARY), *feed(1, LONG)]),
        ("full", feed(5, LONG)),
        ("full", [*feed(9, LONG), *feed(1, CUT[1])]),
        ("full", [*feed(5, LONG), *feed(3, SUMMARY)]),
        ("short", feed(6, url="https://site{}.example.net/story")),  # an aggregator
        ("short", feed(6, SUMMARY, url="https://site{}.example.net/story")),  # a blog of links
        ("short", feed(6, "Fares rise", "<ul><li>Fares rise</li></ul>")),  # releases
        ("short", feed(6, SUMMARY, title="")),  # status notes
        ("short", feed(6, "", url="https://www.youtube.com/watch?v={}")),
        ("short", feed(6, "Ferries cost more The Quay", url="https://news.google.com/rss/articles/{}")),
        ("", feed(2, SUMMARY)),  # too few to say
        ("", []),
    ],
)
def test_kinds_of_feeds(texts: str, samples: Sequence[Sample]) -> None:
    assert judge(samples, SITE) == texts


def test_which_pages_are_needed() -> None:
    """Those of all entries that are not the whole article."""
    assert needs_page(sample(SUMMARY)) and needs_page(sample(CUT[0])) and needs_page(sample())
    assert not needs_page(sample(LONG)) and not needs_page(sample(SUMMARY, url=""))
    assert not needs_page(sample(SUMMARY, media=True))


bodies = st.sampled_from([*CUT, SUMMARY, LONG, "", "Bug fixes."]) | st.text(max_size=300)
samples = st.builds(
    Sample, st.text(max_size=20), bodies, bodies, st.sampled_from(["", "https://www.example.org/1", "x:y"])
)


@settings(max_examples=50)
@given(st.lists(samples, max_size=8), st.randoms())
def test_the_order_of_entries_does_not_matter(found: list[Sample], chance: object) -> None:
    mixed = found[:]
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert judge(found, SITE) == judge(mixed, SITE)


@settings(max_examples=20)
@given(st.lists(st.text("abc ñ渡。", min_size=600, max_size=900), min_size=1, max_size=3))
def test_long_texts_are_never_teasers(texts: list[str]) -> None:
    assert judge([sample(f"{text}xx.") for text in texts], SITE) == "full"


@pytest.mark.parametrize(
    ("page", "teaser", "about"),
    [
        (LONG, SUMMARY, True),
        (
            "We value your privacy. Accept cookies, or choose which partners store data.",
            SUMMARY,
            False,
        ),
        ("This page could not be found. Please search our archive for other things.", SUMMARY, False),
        ("Any page", "A title", True),  # too short to tell
        ("渡轮公司表示春季票价将上涨，燃料价格是主要原因。", "渡轮公司春季票价上涨", True),
        ("我们使用 Cookie 改善您的体验，请点击同意。", "渡轮公司春季票价上涨", False),
        (f"{LONG} 中文", SUMMARY, True),  # a link to another language
    ],
)
def test_pages_about_something_else(page: str, teaser: str, about: bool) -> None:
    assert is_about(page, teaser) is about


@pytest.mark.parametrize(
    "text",
    [
        "<a href=x>" * 5_000,
        "<a href='" * 5_000,
        "The post " * 5_000,
        "。" * 5_000 + "最先出现在",
        "… " * 9_000,
    ],
)
def test_hostile_texts_take_no_longer(text: str) -> None:
    started = process_time()
    judge([sample(text[:500], text), sample(text, text)] * 6, SITE)
    assert process_time() - started < 2.0
