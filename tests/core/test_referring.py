"""Which earlier article a sentence refers to, by what it shares and the time that it states."""

from __future__ import annotations

from collections.abc import Callable, Collection

from msgspec.structs import replace

from tuireader.related.reading.concepts import EVENT, NAME, Concepts
from tuireader.related.reading.features import Profile, Stats, choose, extract, weigh
from tuireader.related.reading.mentions import mentions
from tuireader.related.reading.telling import MOST_SENTENCES, Telling, referring, tell
from tuireader.related.reading.words import term_hash
from tuireader.related.referring import (
    MOST_SHOWN,
    Reference,
    days_to_look_at,
    lookups,
    may_refer,
    references,
    references_by_meaning,
)
from tuireader.text.durations import DAY

NOW = 20_000 * DAY
BAN = "Earlier this month, China ordered a ban on new downloads of the ride-hailing app Didi."
CLOSED = "WeChat stopped registration of new users."
DATE = "Tencent gave no date."
Counts = Callable[[Collection[int]], Stats]
TABLES = Concepts()
TABLES.add("Didi", NAME, ["Didi", "滴滴"])
TABLES.add("~ban", EVENT, ["ban", "barred", "pulled"])


def stats(terms: Collection[int] = ()) -> Stats:
    """A library in which each term stands in three articles."""
    return Stats(5_000, dict.fromkeys(terms, (3, 0)))


def profile(title: str, text: str, *, number: int = 1, days: float = 0.0, feed: int = 1) -> Profile:
    found = mentions(title, text, TABLES)
    time = int(NOW - days * DAY)
    made = weigh(number, time, True, feed, extract(title, text), stats())
    return replace(made, language="en", concepts={one.hash: one.kind << 8 | 128 for one in found.things})


def telling(
    *sentences: str, title: str = "WeChat closes to newcomers", count: Counts = stats
) -> Telling | None:
    """An article whose text begins with two sentences about its own news."""
    text = (CLOSED, DATE, *sentences)
    return tell(profile(title, " ".join(text)), title, text, TABLES, count)


def told(*sentences: str) -> Telling:
    found = telling(*(sentences or (BAN,)))
    assert found is not None
    return found


PULLED = "China pulled the ride-hailing app over new downloads."
DIDI = profile("Didi vanishes from stores", PULLED, number=2, days=15, feed=2)
OTHERS = [
    profile("Chip maker builds a plant", "It costs four billion.", number=3, days=15, feed=2),
    profile("Didi opens in Cape Town", "Drivers pay half the commission.", number=4, days=300, feed=3),
]


def found(article: Telling, *candidates: Profile) -> list[Reference]:
    return references(article, candidates)


def test_a_sentence_refers_to_the_event_that_it_names() -> None:
    article = told()
    (one,) = found(article, DIDI, *OTHERS)
    assert (article.sentences[one.place].text, one.article) == (BAN, 2)
    assert -1.0 < one.evidence < 8.0


def test_an_event_outside_of_the_stated_time_is_another_one() -> None:
    late = replace(DIDI, time=NOW - 200 * DAY)
    assert found(told(), DIDI)
    assert not found(told(), late)


def test_meaning_finds_what_a_sentence_without_a_time_refers_to() -> None:
    sentence = "Drivers still feel the ban on new downloads of the ride-hailing app Didi."
    text = (CLOSED, DATE, sentence, *["Read on."] * 3)
    title = "WeChat closes to newcomers"
    article = tell(profile(title, " ".join(text)), title, text, TABLES, stats, every=True)
    assert telling(sentence) is None  # words alone do not tell
    assert article is not None and [one.text for one in article.sentences] == [sentence]
    assert tell(article.profile, title, text[:3], TABLES, stats, every=True) is None  # short items hardly do

    def by_meaning(whole: float, closest: float, earlier: Profile = DIDI) -> list[Reference]:
        return references_by_meaning(article, [earlier, *OTHERS], {earlier.id: [whole, closest]})

    (reference,) = by_meaning(0.8, 0.9)
    assert (reference.article, reference.place) == (DIDI.id, 0)
    assert by_meaning(0.1, 0.0) == []  # the words are the same, the matter is not
    assert by_meaning(0.8, 0.9, replace(DIDI, time=NOW)) == []  # not earlier
    assert references_by_meaning(article, [DIDI], {}) == []  # it has no vector


def test_only_sentences_that_may_refer_are_encoded() -> None:
    article = told(BAN, *["Didi said so again earlier this month."] * 9)
    cosines = {DIDI.id: 0.6} | {other.id: 0.1 for other in OTHERS}
    kept, earlier = may_refer(article, [DIDI, *OTHERS], cosines)
    assert kept.sentences[0].text == BAN and 1 < len(kept.sentences) < len(article.sentences)
    assert earlier == [DIDI]
    assert not may_refer(article, [DIDI], {DIDI.id: -0.9})[0].sentences


def test_a_certain_reference_vouches_for_others() -> None:
    article = told(BAN)

    def shown(*cosines: float) -> int:
        by_article = {number: [cosine, cosine] for number, cosine in enumerate(cosines, 30)}
        earlier = [replace(DIDI, id=number, terms={}, concepts={}) for number in by_article]
        return len(references_by_meaning(article, earlier, by_article))

    faint = next(step / 1000 for step in range(1000) if shown(step / 1000 + 0.02, step / 1000) == 2)
    assert shown(0.0, faint) == 0


def test_meaning_weighs_a_stated_time() -> None:
    def evidence(sentence: str) -> float:
        article = told(sentence)
        return references_by_meaning(article, [DIDI], {DIDI.id: [0.8, 0.9]})[0].evidence

    assert evidence(BAN) > evidence(BAN.replace("Earlier this month", "In April 2023"))


def test_nothing_is_shown_that_is_not_sure() -> None:
    assert found(told()) == []
    assert found(told(), *OTHERS) == []
    assert telling() is None


def test_common_words_without_a_name_or_amount_prove_no_event() -> None:
    said = "For shops that restored from backups weeks ago, it comes late."
    words = "Each was restored from backups in an hour."
    other = profile("A copy of everything", words, number=2, days=28, feed=2)
    named = profile("Didi makes a copy of everything", words, number=2, days=28, feed=2)
    article = told(BAN, said)
    assert not found(article, other)
    assert [one.article for one in found(article, named)] == [2]


def test_articles_of_the_same_day_later_ones_and_undated_ones_are_not_earlier() -> None:
    for other in (
        replace(DIDI, time=NOW - 3_600),
        replace(DIDI, time=NOW + DAY),
        replace(DIDI, dated=False),
    ):
        assert found(told(), other) == []


def test_at_most_a_few_are_shown_in_reading_order() -> None:
    again = "In recent weeks, the ride-hailing app Didi had been pulled from stores by China."
    many = [replace(DIDI, id=number) for number in range(2, 12)]
    shown = found(told(BAN, again), *many)
    assert len(shown) == MOST_SHOWN
    assert [one.place for one in shown] == sorted(one.place for one in shown)


def test_a_reference_to_another_language_needs_more() -> None:
    (plain,) = found(told(), DIDI)
    assert not found(told(), replace(DIDI, language="fr"))
    assert found(told(), replace(DIDI, feed=1)) == [plain]  # outlets refer to their own reports


def test_the_sentences_beside_it_and_the_title_count_as_well() -> None:
    (plain,) = found(told(BAN), DIDI)
    (beside,) = found(told("Stores lost the ride-hailing app.", BAN), DIDI)
    assert beside.evidence > plain.evidence
    title = telling(BAN, title="Stores and Didi")
    assert title is not None
    (titled,) = found(title, DIDI)
    assert titled.evidence > plain.evidence


def test_sentences_that_state_a_time_or_a_rare_amount_are_looked_up() -> None:
    after, chinese = "After the fire of last week it had closed.", "该公司上月曾否认这一消息。"
    footer = "The post After the fire of last week appeared first on Harbour Wire."
    said = [BAN, after, "Sales rose by a tenth.", BAN, after, "Short.", chinese, footer]
    places = [place for place, *_ in referring("Title", said, NOW)]
    assert places == [3, 4, 6]  # the first two are about the news
    assert len(told(*[BAN] * 100).sentences) == MOST_SENTENCES


def test_of_many_sentences_those_with_a_time_and_the_longest_are_looked_up() -> None:
    text = (CLOSED, DATE, *(f"Drivers complain{' again' * times}." for times in range(20)), BAN)
    article = tell(profile("WeChat", " ".join(text)), "WeChat", text, TABLES, stats, every=True)
    assert article is not None
    assert [sentence.text for sentence in article.sentences] == [*text[-MOST_SENTENCES:]]


FINE = "The ride-hailing app Didi still contests a fine of 1.18 billion dollars."
LEVIED = "China fines the ride-hailing app Didi {} billion dollars"
FINED = profile(LEVIED.format(1.18), "It contests the fine.", number=2, days=90, feed=2)


def test_an_amount_tells_the_earlier_event_where_no_time_is_stated() -> None:
    article = telling(FINE, title="Didi is back")
    assert article is not None
    (one,) = found(article, FINED, *OTHERS)
    assert (article.sentences[one.place].text, one.article) == (FINE, 2)
    other = profile(LEVIED.format(1.36), "It contests the fine.", number=2, days=90, feed=2)
    assert not found(article, other)  # another amount
    assert not found(article, replace(FINED, terms=OTHERS[0].terms, concepts=FINED.concepts))  # nothing else


def test_amounts_of_the_news_itself_and_frequent_ones_tell_no_earlier_event() -> None:
    title = "Didi pays 1.18 billion"
    assert telling(FINE, title=title) is None
    assert telling("The ride-hailing app Didi had 300 cars and a tenth, or 12.7 percent.") is None
    assert telling(FINE, count=lambda terms: Stats(5_000, {})) is None  # no other article has the amount
    dated = FINE.replace("still", "since July")
    assert told(dated).sentences[0].spans and not told(dated).sentences[0].amounts


def test_what_other_articles_have_is_looked_up_near_the_stated_times() -> None:
    terms, things = lookups(told())
    assert term_hash("didi") in terms
    assert things == {term_hash("=Didi"): things[term_hash("=Didi")]}
    nowhere = telling(BAN, count=lambda terms: Stats(5_000, {}))
    assert nowhere is not None
    assert lookups(nowhere) == ({}, {})
    alone = telling(BAN, count=lambda terms: Stats(1, dict.fromkeys(terms, (1, 0))))
    assert alone is not None
    assert lookups(alone) == ({}, {})
    today = NOW // DAY
    assert days_to_look_at(told()) == [today - 1]
    far = told("Half a year ago, the same happened in India.")
    assert days_to_look_at(far) == [today - 1, today - 109]


def test_names_in_latin_letters_are_looked_up_as_well() -> None:
    latin = term_hash("mirelo")
    own = replace(profile("Mirelo is back", "Mirelo had closed last year."), concepts={latin: 32 << 8 | 100})
    article = tell(
        own, "Mirelo is back", ["It opens.", "It is big.", "Mirelo had closed last year."], TABLES, stats
    )
    assert article is not None
    assert latin in lookups(article)[1]


def test_candidates_share_the_heaviest_terms() -> None:
    hits = [(25.0, [2, 3]), (16.0, [3, 1]), (36.0, [4])]
    assert choose(hits, 3, without=1) == [3, 4, 2]
    assert choose(hits, 2) == [3, 4]
    assert choose([(1.0, range(200))], 30) == list(range(199, 169, -1)), "of equal ones, the newest"
