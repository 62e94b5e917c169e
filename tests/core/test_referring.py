"""Which earlier article a sentence refers to, by what it shares and the time that it states."""

from __future__ import annotations

from dataclasses import replace

from tuireader.related.features import Stats, extract, weigh
from tuireader.related.referring import (
    MOST_SENTENCES,
    MOST_SHOWN,
    Earlier,
    Sentence,
    Telling,
    days_to_look_at,
    lookups,
    references,
    referring,
)
from tuireader.related.when import DAY
from tuireader.related.words import term_hash

NOW = 20_000 * DAY
STATS = Stats(5_000, {})
BAN = "Earlier this month, China ordered a ban on new downloads of the ride-hailing app Didi."
TEXT = f"WeChat stopped registration of new users. {BAN} Tencent gave no date."
PROBE = term_hash("=Didi")


def telling(text: str = TEXT, sentences: tuple[str, ...] = (BAN,)) -> Telling:
    profile = weigh(1, NOW, True, 1, extract("WeChat closes to newcomers", text, 20_000), STATS, 1_000)
    told = []
    for sentence, stated in referring(sentences, NOW):
        terms = {term.hash: STATS.weight(term.hash) for term in extract("", sentence) if not term.parts}
        told.append(Sentence(sentence, terms, {7: 4.0}, stated))
    return Telling(profile, {PROBE: 8.0, 7: 4.0}, "en", told)


def earlier(number: int, days: float, title: str, text: str, *, feed: int = 2) -> Earlier:
    profile = weigh(number, int(NOW - days * DAY), True, feed, extract(title, text), STATS)
    return Earlier(profile, {PROBE: 8.0, 7: 4.0} if "Didi" in text + title else {}, "en")


DIDI = earlier(
    2, 15, "Didi vanishes from stores", "China ordered a ban on downloads of the ride-hailing app."
)


def test_a_sentence_refers_to_the_event_that_it_names() -> None:
    others = [
        earlier(3, 15, "Chip maker builds a plant", "It costs four billion and opens in two years."),
        earlier(4, 40, "Didi opens in Cape Town", "Drivers pay half the commission."),
    ]
    (found,) = references(telling(), [DIDI, *others])
    assert (found.place, found.article) == (0, 2)
    assert 0.59 < found.chance < 1.0


def test_an_event_outside_of_the_stated_time_is_another_one() -> None:
    late = replace(DIDI, profile=replace(DIDI.profile, time=NOW - 200 * DAY))
    inside, outside = references(telling(), [DIDI]), references(telling(), [late])
    assert inside and (not outside or outside[0].chance < inside[0].chance)


def test_nothing_is_shown_that_is_not_sure() -> None:
    assert references(telling(), []) == []
    assert references(telling(), [earlier(3, 15, "Weather", "It rains in the north.")]) == []
    assert references(telling("Sunny.", ()), [DIDI]) == []


def test_articles_of_the_same_day_later_ones_and_undated_ones_are_not_earlier() -> None:
    for profile in (
        replace(DIDI.profile, time=NOW - 3_600),
        replace(DIDI.profile, time=NOW + DAY),
        replace(DIDI.profile, dated=False),
    ):
        assert references(telling(), [replace(DIDI, profile=profile)]) == []


def test_at_most_a_few_are_shown_in_reading_order() -> None:
    again = "In recent weeks, the app Didi had vanished from stores after China ordered a ban on downloads."
    both = telling(f"{TEXT} {again}", (BAN, again))
    many = [replace(DIDI, profile=replace(DIDI.profile, id=number)) for number in range(2, 12)]
    found = references(both, many)
    assert len(found) == MOST_SHOWN
    assert [one.place for one in found] == sorted(one.place for one in found)


def test_a_feed_less_often_refers_to_itself_and_to_other_languages() -> None:
    (plain,) = references(telling(), [DIDI])
    own = replace(DIDI, profile=replace(DIDI.profile, feed=1))
    foreign = replace(DIDI, language="fr")
    for other in (own, foreign):
        assert all(one.chance < plain.chance for one in references(telling(), [other]))


def test_only_sentences_about_the_past_are_looked_up() -> None:
    after, chinese = "After the fire it had closed.", "此前该公司曾否认这一消息和报道。"
    said = ["Sales rose by a tenth.", BAN, after, "Short.", chinese]
    assert [text for text, _ in referring(said, NOW)] == [BAN, after, chinese]
    assert len(list(referring([BAN] * 100, NOW))) == MOST_SENTENCES


def test_rare_words_and_concepts_are_looked_up_near_the_stated_times() -> None:
    found = lookups(telling())
    assert PROBE in found and term_hash("didi") in found
    assert all(weight > 0 for weight in found.values())
    today = NOW // DAY
    assert days_to_look_at(telling()) == [today - 1]
    far = telling(sentences=("Half a year ago, the same happened in India.",))
    assert days_to_look_at(far) == [today - 1, today - 109]
