"""Relating own little stories against a shelf in memory: relations, reasons, thresholds, stories."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.related_shelf import MemoryProfiles
from tuireader.model import Relation
from tuireader.related.closeness import Closeness
from tuireader.related.compare import are_copies, chance, fold_chance, long_sentences, same_text
from tuireader.related.rank import FIRST, Ranked, first, rank, reason, shared_terms, shares_name
from tuireader.related.reading.features import (
    MOST_TERMS,
    POSTED,
    Profile,
    Stats,
    extract,
    probes,
    unpack,
    weigh,
)
from tuireader.related.reading.words import fold, term_hash
from tuireader.related.search import ArticleText, relatives
from tuireader.related.stories import SPAN_DAYS

DAY = 86_400
START = 1_625_000_000

# (feed, day, title, text); the articles are numbered from 1.
Telling = tuple[int, float, str, str]
Library = tuple[MemoryProfiles, list[ArticleText]]

PAUSE: list[Telling] = [
    (
        1,
        28.0,
        "Chatterbox stops taking new users while it upgrades its security",
        "Chatterbox has suspended registration of new accounts in mainland China. Its owner Pengtu says that "
        "sign-ups return in August, after an upgrade of the security technology.",
    ),
    (
        2,
        28.2,
        "Pengtu's Chatterbox suspends registration of new accounts",
        "New users cannot open a Chatterbox account in mainland China at present. Pengtu speaks of a "
        "security upgrade that is to end in early August. Shares of Pengtu fell.",
    ),
    (
        3,
        28.5,
        "Why you cannot open a Chatterbox account right now",
        "The messenger Chatterbox paused registration for a security upgrade, its owner Pengtu told users. "
        "Existing accounts in mainland China are not touched.",
    ),
]
BAN: list[Telling] = [
    (
        4,
        4.0,
        "Regulator orders Rollo off app stores over personal data",
        "The Cyberspace Office told app stores to remove the ride app Rollo. It found serious violations in "
        "how Rollo collects personal data of passengers. New users had been stopped two days before.",
    ),
    (
        5,
        4.3,
        "Rollo vanishes from app stores",
        "After an order of the Cyberspace Office the ride app Rollo is gone from app stores. The regulator "
        "says that it collected personal data of passengers unlawfully.",
    ),
]
REVIEW: list[Telling] = [
    (
        1,
        16.0,
        "Officials move into Rollo as the security review begins",
        "Officers of the Cyberspace Office and six ministries are in the offices of the ride app Rollo, "
        "whose handling of personal data of passengers is under review since the order to app stores.",
    ),
]
RECIPE: list[Telling] = [
    (
        6,
        28.3,
        "Apple and blackberry crumble",
        "Peel the apple, stew it with sugar and a handful of blackberries, and bake it under butter crumbs.",
    ),
]
GADGETS: list[Telling] = [
    (
        7,
        28.1,
        "Apple fixes a flaw in phones that is already used by attackers",
        "Apple released an update for phones and tablets that closes a hole in the graphics driver.",
    ),
    (
        8,
        28.6,
        "Update your phone: Apple closes a hole that attackers use",
        "The flaw in the graphics driver of phones and tablets is exploited, says Apple. Install the update.",
    ),
]
FILLER: list[Telling] = [
    (20 + number % 7, 1.0 + number, f"{thing} {verb} in {place}", f"A {thing} {verb} near the old {place}.")
    for number, (thing, verb, place) in enumerate(
        zip(
            "lighthouse orchestra tunnel glacier museum ferry harvest comet bakery stadium".split(),  # noqa: SIM905
            "reopens plays floods melts burns sinks fails returns closes collapses".split(),  # noqa: SIM905
            "Norway Vienna Genoa Iceland Lisbon Athens Kansas Chile Lyon Lima".split(),  # noqa: SIM905
            strict=True,
        )
    )
]
LIBRARY = PAUSE + BAN + REVIEW + RECIPE + GADGETS + FILLER


def article_text(number: int, telling: Telling) -> ArticleText:
    feed, day, title, text = telling
    return ArticleText(number, START + int(day * DAY), True, feed, title, text)


def shelved(tellings: Sequence[Telling]) -> Library:
    """All tellings related in the order of their times."""
    shelf = MemoryProfiles()
    articles = [article_text(number, telling) for number, telling in enumerate(tellings, 1)]
    for article in sorted(articles, key=lambda article: article.time):
        shelf.keep(article)
    return shelf, articles


@pytest.fixture(scope="module")
def library() -> Library:
    return shelved(LIBRARY)


def shown(library: Library, title: str) -> dict[str, Ranked]:
    shelf, articles = library
    (article,) = (one for one in articles if one.title == title)
    titles = {one.id: one.title for one in articles}
    return {titles[found.article_id]: found for found in relatives(shelf, article)}


def test_three_outlets_on_one_story_are_the_same_story(library: Library) -> None:
    titles = {telling[2] for telling in PAUSE}
    for title in titles:
        found = shown(library, title)
        assert {found[other].relation for other in titles - {title}} == {Relation.SAME_STORY}


def test_the_earlier_order_is_background_and_the_review_a_follow_up(
    library: Library,
) -> None:
    ban, review = BAN[0][2], REVIEW[0][2]
    background = shown(library, review)[ban]
    assert background.relation is Relation.BACKGROUND
    assert background.reason.startswith("−12 d · shares Rollo, ")
    follow_up = shown(library, ban)[review]
    assert follow_up.relation is Relation.FOLLOW_UP
    assert follow_up.reason.startswith("+12 d · shares Rollo, ")


def test_news_of_nothing_else_shows_nothing(library: Library) -> None:
    for telling in RECIPE + FILLER:
        assert shown(library, telling[2]) == {}
    for telling in GADGETS:  # which are of Apple, and the recipe of an apple
        assert RECIPE[0][2] not in shown(library, telling[2])


def test_a_later_arrival_is_seen_from_the_earlier_one() -> None:
    shelf, articles = shelved(LIBRARY[:1] + FILLER)
    assert relatives(shelf, articles[0]) == []
    newcomer = article_text(99, PAUSE[1])
    shelf.keep(newcomer)
    assert [found.article_id for found in relatives(shelf, articles[0])] == [99]
    assert [found.article_id for found in relatives(shelf, newcomer)] == [articles[0].id]


def test_an_article_never_relates_to_itself_and_order_does_not_change(
    library: Library,
) -> None:
    shelf, articles = library
    for article in articles:
        found = relatives(shelf, article)
        assert article.id not in [one.article_id for one in found]
        assert found == relatives(shelf, article)


def test_reasons_name_only_what_both_have(library: Library) -> None:
    shelf, articles = library
    words = {one.id: " ".join((one.title, one.text)).casefold() for one in articles}
    named = 0
    for article in articles:
        for found in relatives(shelf, article):
            _, _, quoted = found.reason.partition("shares ")
            for name in quoted.replace('"', "").split(", "):
                assert name.casefold() in words[article.id]
                # A stem is shared, not always the form: compare by the first letters of each word.
                assert all(part[:4] in words[found.article_id] for part in name.casefold().split())
                named += 1
    assert named > 10


def test_articles_without_a_date_say_nothing_about_the_time_between_them() -> None:
    shelf, articles = shelved(PAUSE + FILLER)
    found = relatives(shelf, replace(articles[0], dated=False))
    assert found and all(one.reason.startswith("shares ") for one in found)


def test_chinese_reports_of_one_event_relate() -> None:
    pair: list[Telling] = [
        (1, 3.0, "云帆出行因违规收集个人信息被下架", "监管部门通报称云帆出行存在严重违规收集个人信息问题。"),
        (
            2,
            3.2,
            "监管部门通报：云帆出行应用被下架",
            "通报指出云帆出行违规收集用户个人信息，应用商店已下架。",
        ),
        (3, 3.1, "今年夏粮产量再创新高", "统计部门公布夏粮产量数据，小麦单产提高。"),
        (4, 3.3, "台风登陆沿海地区", "气象台发布台风红色预警，多地停课停航。"),
    ]
    shelf, articles = shelved(pair + FILLER)
    found = relatives(shelf, articles[0])
    assert [(one.article_id, one.relation) for one in found] == [(2, Relation.SAME_STORY)]
    assert "云帆" in found[0].reason
    assert relatives(shelf, articles[2]) == []


def story(shelf: MemoryProfiles, number: int) -> list[int]:
    return sorted(shelf.story_members[shelf.story_of[number]])


def test_reports_of_one_event_fold_into_one_story(library: Library) -> None:
    shelf, _ = library
    assert story(shelf, 1) == [1, 2, 3]
    assert story(shelf, 4) == [4, 5]
    assert story(shelf, 6) == [6]


def notices(*companies: str) -> list[Telling]:
    return [
        (
            1 + number % 2,
            5.0 + number / 24,
            f"{company} data breach: Carver Holm LLP investigates claims for customers",
            f"The law firm Carver Holm LLP investigates claims on behalf of customers of {company} whose "
            "personal information was exposed in a data breach. Contact us to learn about your rights.",
        )
        for number, company in enumerate(companies)
    ]


def test_notices_that_differ_in_the_company_are_neither_copies_nor_one_story() -> None:
    companies = ("Brightwater", "Orlanda", "Quillfort", "Tamsin", "Hexley", "Norvane")
    shelf, articles = shelved(notices(*companies) + FILLER)
    for article in articles[: len(companies)]:
        assert story(shelf, article.id) == [article.id]
        assert Relation.SAME_TEXT not in [found.relation for found in relatives(shelf, article)]


def test_a_copy_in_another_feed_is_the_same_text_and_folds_but_not_a_month_later() -> None:
    feed, day, title, text = BAN[0]
    shelf, articles = shelved([BAN[0], (9, day + 0.1, title, text), *FILLER])
    for article in articles[:2]:
        assert [found.relation for found in relatives(shelf, article)] == [Relation.SAME_TEXT]
    assert story(shelf, 1) == [1, 2]
    shelf, articles = shelved([BAN[0], (feed, day + 31, title, text), *FILLER])
    assert Relation.SAME_TEXT not in [found.relation for found in relatives(shelf, articles[0])]
    assert story(shelf, 1) == [1]


def test_a_split_pair_is_never_folded_again() -> None:
    shelf = MemoryProfiles()
    shelf.split.add(frozenset((1, 3)))
    for number, telling in enumerate(PAUSE, 1):
        shelf.keep(article_text(number, telling))
    assert story(shelf, 1) == [1, 2]
    assert story(shelf, 3) == [3]


def test_a_story_does_not_stretch_over_more_than_its_days() -> None:
    chain = [(number, 1.0 + number, PAUSE[0][2], PAUSE[0][3]) for number in range(1, 11)]
    shelf, articles = shelved(chain)
    for members in shelf.story_members.values():
        times = [articles[number - 1].time for number in members]
        assert max(times) - min(times) <= SPAN_DAYS * DAY


WORDS = "Rollo Pengtu Chatterbox regulator ban app store data law review fine security 微信 2021 $14m".split()  # noqa: SIM905
texts = st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)


def profile(number: int, title: str, text: str, feed: int = 1, day: float = 0.0) -> Profile:
    stats = Stats(50, {})
    return weigh(number, START + int(day * DAY), True, feed, extract(title, text), stats)


def test_a_doubtful_relative_is_shown_only_beside_a_sure_one() -> None:
    article, sure, doubtful = (profile(number, *PAUSE[number - 1][2:]) for number in (1, 2, 3))
    assert rank(article, {3: doubtful}, {3: 0.5}) == []
    assert [found.article_id for found in rank(article, {2: sure, 3: doubtful}, {2: 0.9, 3: 0.4})] == [2, 3]
    assert rank(article, {}, {}) == []


@settings(max_examples=80)
@given(texts, texts, texts, texts, st.floats(0, 30))
def test_comparing_is_symmetric(a: str, b: str, c: str, d: str, days: float) -> None:
    one, other = profile(1, a, b, 1), profile(2, c, d, 2, days)
    assert same_text(one, other) == same_text(other, one)
    assert chance(one, other) == pytest.approx(chance(other, one))
    assert fold_chance(one, other) == pytest.approx(fold_chance(other, one))
    assert 0.0 <= chance(one, other) <= 1.0
    assert len(shared_terms(one, other)) <= 3


@settings(max_examples=80)
@given(st.text(max_size=300), st.text(max_size=2000), st.integers(0, 2**32 - 1), st.booleans())
def test_a_profile_survives_storing_and_stays_small(title: str, text: str, time: int, dated: bool) -> None:
    made = weigh(7, time, dated, 3, extract(title, text), Stats(10, {}))
    packed = made.pack()
    assert unpack(7, packed) == replace(made, shown={}, named={})
    assert len(packed) <= 15 + 6 * MOST_TERMS
    asked = probes(made)
    assert len(asked) <= POSTED
    assert len(set(asked)) == len(asked)
    assert set(asked) <= made.terms.keys()


def shared(title: str, text: str, other_title: str, other_text: str) -> list[str]:
    """What the reason says that two articles share."""
    pair: list[Telling] = [(1, 3.0, title, text), (2, 3.1, other_title, other_text)]
    shelf, articles = shelved(pair + FILLER)
    (found,) = relatives(shelf, articles[0])
    return found.reason.partition("shares ")[2].split(", ")


def test_reasons_name_names_and_phrases_before_words() -> None:
    terms = shared(
        "Harbour ferry line removes second boat",
        "Norland Lines says it is no matter of cost, in Ostmar. Image: a pier",
        "Ferry operator removes boats",
        "For a second time Norland Lines cut its Ostmar service; what matters. Image: a bay",
    )
    assert {"Norland Lines", "Ostmar"} <= set(terms)
    assert not {'"removes"', '"second"', '"matter"', "Image"} & set(terms)


def test_a_name_replaces_a_phrase_that_ends_with_its_first_word() -> None:
    one = profile(1, "new rules for plum transfer", "The Transfer Authority said so", 1)
    other = profile(2, "fewer plum transfer cases", "At the Transfer Authority nobody", 2)
    assert shared_terms(one, other) == ["Transfer Authority", '"plum"']
    one = profile(1, "Transfer Zorbium halts plum transfer", "At the Transfer Zorbium nobody works", 1)
    other = profile(2, "Transfer Zorbium resumes plum transfer", "So the Transfer Zorbium said", 2)
    assert shared_terms(one, other)[0] == "Transfer Zorbium"


def test_reasons_fall_back_on_rare_words_of_both_titles() -> None:
    assert shared(
        "baker shortens queue for plum cake",
        "plum cake, again, at the corner; dough and butter run out",
        "queue for plum cake grows",
        "plum cake, again: dough and butter at the corner run short",
    ) == ['"plum cake"']


def test_a_rare_word_is_a_reason_only_if_the_library_knows_it_is_rare() -> None:
    texts = ("one zqxv", "and again zqxv")
    for often, expected in ((0, ['"zqxv"']), (2000, [])):
        stats = Stats(4000, {term_hash("zqxv"): (often, often)})
        one, other = (weigh(n, START, True, n, extract("", text), stats) for n, text in enumerate(texts, 1))
        assert shared_terms(one, other) == expected


def test_a_name_is_not_cut() -> None:
    one = profile(
        1,
        "outage at Dublin Airport",
        "Jaguar Land Rover, Elon Kvass, ACME and Zqxv wait at Dublin Airport",
        1,
    )
    other = profile(
        2, "Kvass leaves", "Elon Kvass left Dublin Airport by Jaguar Land Rover. Kvass met ACME and Zqxv", 2
    )
    named = [shared_terms(one, other, most=9), shared_terms(other, one, most=9)]
    assert all({"Jaguar Land Rover", "Dublin Airport", "Elon Kvass"} <= set(terms) for terms in named)
    assert all(shared_terms(one, other, most=most)[-1] in named[0] for most in range(1, 9))
    title = profile(3, "Zorbium Rushes Ahead of Kvass", "", 3)
    assert shared_terms(title, profile(4, "Zorbium Rushes Off", "", 4)) == ["Zorbium"]


def test_every_relative_has_a_reason_common_words_if_there_is_no_better_one() -> None:
    one = profile(1, "airport near a festival", "It took days. Image: Reuters, 2014", 1)
    other = profile(2, "festival at the airport", "Image: Reuters, 2014", 2)
    assert set(shared_terms(one, other)) == {'"airport"', '"festival"'}
    bread = profile(3, "bread", "Image: Reuters, 2014", 3)
    reasons = [item.reason for item in rank(one, {2: other, 3: bread}, {2: 0.9, 3: 0.8})]
    assert reasons[0].startswith("+0 min · shares ") and reasons[1] == "+0 min · close to others listed"
    how = "shares a picture"
    assert rank(one, {3: bread}, {3: 0.9}, sharing={3: how})[0].reason == f"+0 min · {how}"
    first, second = (profile(number, *PAUSE[0][2:], number) for number in (1, 2))
    assert rank(replace(first, shown={}), {2: second}, {2: 0.9})[0].reason == "+0 min · same text"


def test_copies_are_mostly_the_same_sentences() -> None:
    text = [f"This is sentence number {number} of the text." for number in range(12)]
    first, others = (
        long_sentences(" ".join(text)),
        [f"Other words come {number} here." for number in range(40)],
    )
    for sentences, expected in (
        (text, True),
        (text[:7], True),  # shortened
        ([*text[:10], *others[:2]], True),
        (text[:4], False),  # a quotation
        ([*text, *others], False),  # a digest
        ([*text[:6], *others[:6]], False),
        ([], False),
    ):
        other = long_sentences("\n".join(sentences).upper())
        assert are_copies(first, other) is are_copies(other, first) is expected


def test_a_name_inside_a_longer_word_is_another_name() -> None:
    one = profile(1, "news", "At Brantium they met Bran and left", 1)
    other = profile(2, "more", "In Brantium they saw Bran and slept", 1)
    assert set(shared_terms(one, other)) == {"Brantium", "Bran"}


def test_overlapping_phrases_join_in_any_order() -> None:
    one = profile(1, "news", "It is the Wombat Quokka Numbat Bilby of Perth", 1)
    other = profile(2, "more", "So the Wombat Quokka Numbat Bilby came", 1)
    assert shared_terms(one, other) == ["Wombat Quokka Numbat Bilby"]


def test_more_is_shown_in_a_young_library() -> None:
    assert first(0) == first(1000) < first(3000) < first(5000) == first(10**6) == FIRST
    article, other = (profile(number, *PAUSE[number - 1][2:]) for number in (1, 2))
    for alone, young, grown in ((0.3, 0, 0), (0.38, 1, 0), (0.5, 1, 0), (0.6, 1, 1)):
        assert len(rank(article, {2: other}, {2: alone}, 100)) == young
        assert len(rank(article, {2: other}, {2: alone})) == grown
        close = Closeness({1: {2: 0.6}, 2: {1: 0.6}})  # its evidence is the same in any library
        assert len(rank(article, {2: other}, {2: alone}, 100, meaning=close)) == grown


def test_a_reason_says_how_an_article_was_found_and_leaves_out_what_it_must_not_name() -> None:
    one = profile(1, "Wombletech buys Zorbium", "", 1)
    other = profile(2, "Zorbium goes to Wombletech", "", 1, 2)
    assert reason(one, other, "links to this").startswith("+2 d · links to this · shares ")
    assert shares_name(one, other)
    without = set(one.terms)
    assert reason(one, other, without=without) == "+2 d"
    assert not shares_name(one, other, without)


def test_in_a_young_library_neighbours_that_share_only_words_raise_no_candidate() -> None:
    """Results of two companies have words in common; two reports of one of them speak for each other."""
    article = profile(1, "Orbisk revenue jumps 62 per cent", "Profit doubled in the second quarter.", 1)
    reports = [
        profile(2, "Quellmar grows by 99 per cent", "Quellmar's revenue in the second quarter rose.", 2),
        profile(
            3, "Quellmar doubles revenue", "Quellmar's profit in the second quarter rose by 99 per cent.", 3
        ),
    ]
    about = {report.id: report for report in reports}
    assert chance(reports[0], reports[1]) > 0.9
    assert rank(article, about, dict.fromkeys(about, 0.36), 100) == []
    assert len(rank(reports[0], {3: reports[1], 1: article}, {3: 0.9, 1: 0.36}, 100)) >= 1
    named = profile(1, "Quellmar beats Orbisk", "", 1)  # a name in common, so they may raise each other
    assert len(rank(named, about, dict.fromkeys(about, 0.36), 100)) == 2


@pytest.mark.parametrize("word", ["millones", "años", "milhões", "miliardi", "governo", "trimestre"])
def test_common_words_of_more_languages_tell_little_in_a_young_library(word: str) -> None:
    stats = Stats(100, {})
    assert stats.weight(term_hash(fold(word))) < stats.weight(term_hash("zqxv")) - 3
