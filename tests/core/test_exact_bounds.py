"""Where decisions turn, to the second, the word and the character: schedules, alarms, patterns, sentences."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from itertools import product

import pytest
from msgspec.structs import replace

from tests.examples import for_each
from tuireader.model import Fault, Pace
from tuireader.model.accounts import AccountState, Refusal
from tuireader.query import (
    Query,
    SlowRegex,
    Subject,
    advise,
    disabled_reason,
    merge_spans,
    parse,
    plan,
    regex_spans,
    regexes,
    spans,
)
from tuireader.query.advice import Names
from tuireader.query.literals import fts, required_words
from tuireader.query.regexes import is_disabled
from tuireader.timing import accounts, alarms, schedule
from tuireader.timing.schedule import History, Plan, Rates
from tuireader.watch import Matcher, WatchRule, aliases
from tuireader.watch.sentences import best_sentence, cut, line_around, sentences_in, span_of_sentences

NOW, MINUTE, HOUR, DAY, WEEK = 1_700_000_000, 60, 3_600, 86_400, 604_800


# --------------------------------------------------------------------------- alarms


def random_times() -> list[int]:
    """About four articles a day, at random."""
    chance = random.Random(7)
    return [NOW - int(chance.expovariate(1 / (6 * HOUR))) - number * 6 * HOUR for number in range(300)]


PACES: list[tuple[Callable[[], Sequence[int]], int, int]] = [
    (lambda: [NOW - number * DAY for number in range(60)], DAY, 191_288),
    (lambda: [NOW - number * HOUR for number in range(24 * 40)], HOUR, DAY),
    (lambda: [NOW - n * DAY for n in range(120) if (NOW // DAY - n) % 7 not in (2, 3)], 3 * DAY, 197_953),
    (random_times, 58_567, 389_046),
    (lambda: [NOW - number * WEEK for number in range(30)], WEEK, 2 * WEEK),
    (lambda: [NOW - int(number**1.5 * HOUR) for number in range(200)], 61_924, 266_225),
    (lambda: [NOW - 65 * WEEK + int((n / 300) ** 0.6 * 65 * WEEK) for n in range(301)], 123_763, 4_184_541),
    (lambda: [NOW - n * DAY - m * 60 for n in range(0, 200, 3) for m in range(8)], 258_780, 518_360),
]


@pytest.mark.parametrize("feed", range(len(PACES)))
def test_the_silence_that_is_an_alarm_is_about_what_it_was(feed: int) -> None:
    """Measured when the rule was found good on real feeds; a hundredth more or less is no matter."""
    times, usual, alarm = PACES[feed]
    found = alarms.pace(times())
    assert isinstance(found, Pace)
    newest = max(times())
    assert found.usual == pytest.approx(usual, 0.01)
    assert found.alarm_at - newest == pytest.approx(alarm, 0.01)


def test_how_much_must_be_known_of_a_feed() -> None:
    every = 2 * DAY + HOUR
    times = [NOW - number * every for number in range(60)]
    known = [count for count in (0, 1, 12, 13, 60) if alarms.pace(times[:count])]
    assert known == [60]
    early = [NOW - 66 * WEEK - number for number in range(50)]
    assert alarms.pace([*times, *early]) == alarms.pace(times)
    rare = [NOW - number * 5 * WEEK // 2 for number in range(26)]
    assert alarms.pace(rare) is None


# --------------------------------------------------------------------------- schedules

LONG = History(0, error_streak=9)
RATES = Rates(least=30 * MINUTE, most=DAY, watched=HOUR)


def wait(plan: Plan, feed_id: int = 0) -> int:
    """The wait of a plan, without what the number of the feed takes off."""
    assert plan.next_try is not None
    return plan.next_try - NOW


@for_each(
    ("history", "fault", "retry_after", "expected"),
    [
        (History(0), Fault.HTTP, None, 285),
        (History(0, error_streak=1), Fault.HTTP, None, 570),
        (History(0, error_streak=3), Fault.HTTP, None, 1710),
        (History(0), Fault.THROTTLED, None, 855),
        (History(0, error_streak=9, failing_since=NOW - 8 * DAY), Fault.HTTP, None, DAY * 19 // 20),
        (History(0, error_streak=9, failing_since=NOW - DAY), Fault.HTTP, None, 3 * HOUR * 19 // 20),
        (replace(LONG, failing_since=NOW - DAY, fill=HOUR), Fault.HTTP, None, 1710),
        (replace(LONG, failing_since=NOW - 2 * DAY, fill=HOUR), Fault.HTTP, None, 6 * HOUR * 19 // 20),
        (History(0, interval=MINUTE), Fault.HTTP, None, 60),
        (History(0), Fault.HTTP, 30, 285),
        (History(0), Fault.HTTP, 300, 300),
        (History(0), Fault.HTTP, 2 * DAY, DAY),
        (History(0), Fault.GONE, None, HOUR * 19 // 20),
        (History(0, gone_since=NOW - 3 * HOUR), Fault.GONE, None, 3 * HOUR * 19 // 20),
        (History(0, gone_since=NOW - 10 * HOUR), Fault.GONE, None, 6 * HOUR * 19 // 20),
        (History(0, gone_since=NOW - 10 * HOUR, watched=True), Fault.GONE, None, HOUR * 19 // 20),
        (History(0, gone_since=NOW - 20 * HOUR), Fault.GONE, None, 4 * HOUR * 19 // 20),
        (History(0, gone_since=NOW - DAY, error_streak=2), Fault.GONE, None, HOUR * 19 // 20),
        (History(0, gone_since=NOW - DAY + 1, error_streak=3), Fault.GONE, None, HOUR * 19 // 20),
    ],
)  # fmt: skip
def test_the_wait_after_each_failure(
    history: History, fault: Fault, retry_after: int | None, expected: int
) -> None:
    assert wait(schedule.after_failure(history, fault, retry_after, RATES, NOW)) == expected


def test_feeds_that_are_gone_or_paused_are_not_asked() -> None:
    gone = History(0, gone_since=NOW - DAY, error_streak=3)
    assert schedule.after_failure(gone, Fault.GONE, None, RATES, NOW) == Plan(None, "gone")
    for state in ("paused", "gone"):
        assert schedule.after_failure(History(0, state=state), Fault.HTTP, 9, RATES, NOW) == Plan(None, state)
    assert schedule.after_success(History(0, state="paused"), RATES, NOW) == Plan(None, "paused")
    assert schedule.after_success(History(0, state="gone", interval=HOUR), RATES, NOW) == Plan(NOW + 3420)
    assert wait(schedule.after_success(History(0, interval=40 * DAY), RATES, NOW)) == schedule.FARTHEST


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        (History(1), 30 * MINUTE),
        (History(1, ttl=2 * HOUR), 2 * HOUR),
        (History(1, ttl=2 * HOUR, max_age=3 * HOUR), 3 * HOUR),
        (History(1, ttl=9 * DAY), DAY),
        (History(1, ttl=9 * DAY, watched=True), HOUR),
        (History(1, ttl=9 * HOUR, fill=8 * HOUR), 4 * HOUR),
        (History(1, [NOW - 6 * HOUR]), 2 * HOUR),
        (History(1, [NOW - 6 * HOUR, NOW - 12 * HOUR]), 2 * HOUR),
        (History(1, [NOW - 3 * HOUR, NOW - 12 * HOUR]), HOUR),
        (History(1, [NOW - 12 * HOUR, NOW - 15 * HOUR]), 4 * HOUR),
        (History(1, [NOW - 9 * HOUR, NOW - 18 * HOUR, NOW - 30 * HOUR]), 3 * HOUR),
        (History(1, [NOW + 1, NOW - 6 * HOUR]), 2 * HOUR),
        (History(1, [NOW - 6 * HOUR] * 5), 2 * HOUR),
    ],
)
def test_the_usual_wait(history: History, expected: int) -> None:
    assert schedule.usual_wait(history, RATES, NOW) == expected


@for_each(
    ("trust", "whole_at", "passed", "needed", "whole"),
    [
        ("", None, 0, None, False), ("lie", None, 0, None, True), ("lie", NOW, 0, None, True),
        ("tested", NOW, 9 * DAY, None, False),
        ("good", NOW, DAY - 1, None, False), ("good", NOW, DAY, None, True),
        ("", NOW, 6 * HOUR - 1, None, False), ("", NOW, 6 * HOUR, None, True),
        ("good", NOW, 6 * HOUR, (), True), ("good", NOW, 6 * HOUR - 1, (), False),
        ("good", NOW, 2 * HOUR, (1, 2, 3, 4, 5), True), ("good", NOW, 2 * HOUR - 1, (1, 2, 3, 4, 5), False),
        ("good", NOW, 4 * HOUR, (1, 3, 5, 7), True), ("good", NOW, 4 * HOUR - 1, (1, 3, 5, 7), False),
        ("good", NOW, 5 * HOUR, (20, 21, 22, 23), True), ("good", NOW, 5 * HOUR - 1, (20, 21, 22, 23), False),
        ("good", NOW, 6 * HOUR - 1, (1, 2, 3), False),
    ],
)  # fmt: skip
def test_when_a_document_is_asked_for_whole(
    trust: str, whole_at: int | None, passed: int, needed: tuple[int, ...] | None, whole: bool
) -> None:
    times = None if needed is None else (lambda: [NOW - hours * HOUR for hours in needed])
    assert schedule.asks_whole(trust, whole_at, 0, NOW + passed, times) is whole


def test_what_is_known_of_the_trust_in_validators() -> None:
    names = ("conditional", "not_modified", "news", "checked")
    for values in product((False, True), repeat=4):
        known = dict(zip(names, values, strict=True))
        assert schedule.trust_after("lie", **known) == "lie"
        assert schedule.trust_after("tested", **known) == ("lie" if known["not_modified"] else "good")
        checked = "tested" if known["news"] else "good"
        usual = "good" if known["conditional"] and known["news"] else "x"
        assert schedule.trust_after("x", **known) == (checked if known["checked"] else usual)


@pytest.mark.parametrize(
    ("account", "refusal", "retry_after", "expected"),
    [
        (AccountState(1, "a"), Refusal.AWAY, None, 30),
        (AccountState(1, "a", streak=3), Refusal.AWAY, None, 240),
        (AccountState(1, "a", streak=9), Refusal.AWAY, None, 1800),
        (AccountState(1, "a", streak=9), Refusal.AWAY, 5, 5),
        (AccountState(1, "a"), Refusal.LOGIN, None, HOUR), (AccountState(1, "a"), Refusal.SECRET, None, 1800),
        (AccountState(1, "a", rejected_since=NOW - HOUR + 1), Refusal.LOGIN, None, HOUR),
        (AccountState(1, "a", rejected_since=NOW - HOUR), Refusal.LOGIN, 9, DAY),
        (AccountState(1, "a", rejected_since=NOW), Refusal.AWAY, None, HOUR),
        (AccountState(1, "a", rejected_since=NOW), Refusal.AWAY, 2 * HOUR, 2 * HOUR),
    ],
)  # fmt: skip
def test_the_next_sync_after_each_failure(
    account: AccountState, refusal: Refusal, retry_after: int | None, expected: int
) -> None:
    assert accounts.after_failure(account, refusal, retry_after, NOW) == NOW + expected


@pytest.mark.parametrize(
    ("account", "waits", "locked", "pushes", "last"),
    [
        (AccountState(1, "a"), False, False, True, True),
        (AccountState(1, "a", tried_at=NOW), True, False, True, True),
        (AccountState(1, "a", tried_at=NOW - 100), False, False, True, True),
        (AccountState(1, "a", tried_at=NOW - 99), True, False, True, True),
        (AccountState(1, "a", tried_at=NOW + 1), False, False, True, True),
        (AccountState(1, "a", tried_at=NOW - 60, next_try=NOW + 1), True, False, False, False),
        (AccountState(1, "a", tried_at=NOW - 61, next_try=NOW + 1), True, False, False, True),
        (AccountState(1, "a", tried_at=NOW - 61, next_try=NOW), False, False, True, True),
        (AccountState(1, "a", next_try=NOW + 1), True, False, False, False),
        (AccountState(1, "a", tried_at=0, next_try=NOW + 100 + DAY), True, False, False, True),
        (AccountState(1, "a", tried_at=0, next_try=NOW + 101 + DAY), False, False, False, True),
        (AccountState(1, "a", tried_at=0, next_try=NOW + 1, rejected_since=1), True, True, False, False),
        (AccountState(1, "a", tried_at=0, next_try=NOW, rejected_since=1), False, False, True, True),
    ],
)  # fmt: skip
def test_which_accounts_wait(
    account: AccountState, waits: bool, locked: bool, pushes: bool, last: bool
) -> None:
    assert accounts.waits(account, NOW, 100) is waits
    assert accounts.is_locked_out(account, NOW) is locked
    assert accounts.may_push(account, NOW, last=False) is pushes
    assert accounts.may_push(account, NOW, last=True) is last


# --------------------------------------------------------------------------- patterns and the index


@for_each(
    ("pattern", "words"),
    [
        ("^kite", {"kite": True}), ("kite$", {}), (" kite$", {"kite": False}), (r"\skite ", {"kite": False}),
        ("^kite wind$", {"kite": False, "wind": False}), ("^kites? wind", {"kite": True, "wind": True}),
        ("^(kite) ", {"kite": False}), ("^(kite)+ ", {}), ("^(?: kite)+ ", {"kite": True}),
        (r"^\s+kite ", {"kite": False}), ("^a.b", {"a": True}), ("^kite+", {"kit": True}),
        ("^(?:kite|wind) x", {"x": True}), ("^a{2}b ", {}), (r"^kite\n", {"kite": True}),
        ("^é x", {"x": True}),
    ],
)  # fmt: skip
def test_the_words_that_a_pattern_needs(pattern: str, words: dict[str, bool]) -> None:
    assert dict(required_words(pattern)) == words
    expected = " AND ".join(f'"{word}"{" *" * prefix}' for word, prefix in words.items())
    assert fts(pattern, "title") == (f"title : ({expected})" if words else None)


def test_a_pattern_that_is_slow_on_twenty_texts_is_disabled(monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow:
        def finditer(self, text: str, timeout: float) -> list[object]:
            assert timeout == 0.05
            raise TimeoutError

    monkeypatch.setattr(regexes, "compiled", lambda pattern: Slow())
    parsed = parse("/qqq+zzz/")
    assert isinstance(parsed, Query)
    for count in range(1, 21):
        assert not is_disabled("qqq+zzz") and disabled_reason(parsed) == ""
        with pytest.raises(SlowRegex):
            regex_spans("qqq+zzz", f"text {count}")
    assert is_disabled("qqq+zzz") and disabled_reason(parsed) != ""


def test_what_the_index_can_answer() -> None:
    def planned(text: str) -> tuple[str | None, bool, int]:
        parsed = parse(text)
        assert isinstance(parsed, Query)
        found = plan(parsed)
        return found.fts, found.exact, len(found.facts)

    a, b = '({title body} : ("a"))', '({title body} : ("b"))'
    assert planned("a") == (a, True, 0)
    assert planned("title:a") == ('(title : ("a"))', True, 0)
    assert planned("a b") == (f"{a} AND {b}", True, 0)
    assert planned("a OR b") == (f"({a} OR {b})", True, 0)
    assert planned("a -b") == (f"({a}) NOT ({b})", True, 0)
    assert planned("-a") == (None, False, 0)
    assert planned("is:unread") == (None, True, 1)
    assert planned("a is:unread feed:x") == (a, True, 2)
    assert planned("a OR is:unread") == (None, False, 0)
    assert planned("-(is:unread OR feed:x)") == (None, True, 1)
    assert planned("a NEAR/3 b") == ('({title body} : (NEAR("a" "b", 7)))', False, 0)
    assert planned("a* NEAR/3 b") == (f"({a[:-2]} *)) AND {b})", False, 0)
    assert planned("a /x/") == (a, False, 0)


def test_spans_that_touch_are_one() -> None:
    assert merge_spans([(5, 6), (0, 2), (2, 3), (1, 2)]) == [(0, 3), (5, 6)]
    assert merge_spans([(0, 9), (1, 2)]) == [(0, 9)] and merge_spans([]) == []
    parsed = parse("kite title:wind body:sea -rain /s.n/")
    assert isinstance(parsed, Query)
    text = "kite wind sea rain sun"
    assert [text[a:b] for a, b in spans(parsed, text, "title")] == ["kite", "wind", "sun"]
    assert [text[a:b] for a, b in spans(parsed, text, "body")] == ["kite", "sea", "sun"]
    assert [text[a:b] for a, b in spans(parsed, text)] == ["kite", "wind", "sea", "sun"]


def test_names_are_known_in_any_case_and_suggested_when_near() -> None:
    names = Names(
        feeds=[("The Quay", "https://q.example/f")],
        folders=["News"],
        labels=["port"],
        watches=["W"],
        views=["V"],
    )
    assert names.unlisted_message("the quay") == names.unlisted_message("NEWS") == ""
    assert names.unlisted_message("https://q.example/f") == ""
    assert "did you mean 'The Quay'?" in names.unlisted_message("The Key")
    assert names.unlisted_message("zzz") == "there is no feed or folder 'zzz'"
    assert names.suggestion("folder", "port") == "label:port"
    assert names.suggestion("folder", "new") == "folder:News"
    assert names.suggestion("folder", "zzz") == "" and names.suggestion("feed", "quay") == 'feed:"The Quay"'
    assert names.unknown_message("label", "V").endswith("; it is the name of a saved search")
    unnamed = Names(unnamed=2)
    assert "2 feeds have no known title" in unnamed.unknown_message("feed", "x")
    assert "no known title" not in unnamed.unknown_message("label", "x")
    for text, count in (("feed:quay", 0), ("feed:nothing", 1), ("label:port OR label:x", 1), ("watch:w", 0)):
        parsed = parse(text)
        assert isinstance(parsed, Query) and len(advise(parsed, names)) == count


# --------------------------------------------------------------------------- sentences and aliases


def test_a_sentence_is_cut_at_two_hundred_characters() -> None:
    words = " ".join(f"word{number:03}" for number in range(60))
    at = words.index("word030")
    shown, inside = cut(words, 0, len(words), [(at, at + 7), (470, 477)])
    assert shown.startswith("…") and shown.endswith("…") and 180 <= len(shown) <= 205
    assert [shown[a:b] for a, b in inside] == ["word030"]
    assert not shown[1:].startswith(" ") and shown[1:8] == "word022"
    first, [(start, end)] = cut(words, 0, len(words), [(0, 7)])
    assert (first[start:end], first[0], first[-1]) == ("word000", "w", "…")
    last, [(start, end)] = cut(words, 0, len(words), [(len(words) - 7, len(words))])
    assert (last[start:end], last[0], last[-1]) == ("word059", "…", "9")
    assert cut("x" * 200, 0, 200, [(3, 4)]) == ("x" * 200, ((3, 4),))
    long, _ = cut("x" * 400, 0, 400, [(300, 301)])
    assert long == "…" + "x" * 200
    assert cut("a b c", 2, 5, [(4, 5)]) == ("b c", ((2, 3),))


def test_the_first_of_the_best_sentences_is_shown() -> None:
    text = "A kite. A kite in the wind. Wind and kite. Sea."
    sentences = sentences_in(text, 0, len(text))
    assert [text[a:b] for a, b in sentences] == ["A kite.", "A kite in the wind.", "Wind and kite.", "Sea."]

    def around(start: int, end: int) -> tuple[int, int]:
        return span_of_sentences(sentences, start, end)

    found = [(2, 6, 1), (10, 14, 1), (22, 26, 2), (28, 32, 2), (37, 41, 1)]
    shown, inside = best_sentence(text, around, found[::-1])
    assert shown == "A kite in the wind." and [shown[a:b] for a, b in inside] == ["kite", "wind"]
    assert best_sentence(text, around, [(43, 46, 1)]) == ("Sea.", ((0, 3),))
    assert span_of_sentences(sentences, 2, 14) == (0, 27)
    assert span_of_sentences([(5, 9)], 2, 12) == (2, 12)
    assert line_around("one\ntwo\nthree", 4, 7) == (4, 7) and line_around("one two", 0, 3) == (0, 7)


LAW = "Personal Information Protection Law"


@pytest.mark.parametrize(
    ("text", "terms", "names"),
    [
        (f"The {LAW} (PIPL) is here.", (LAW,), ["PIPL"]), (f"The PIPL ({LAW}) is here.", (LAW,), ["PIPL"]),
        (f"The {LAW} (PIPL) is here.", ("PIPL",), [LAW]), (f"The PIPL ({LAW}) is here.", ("PIPL",), [LAW]),
        ("The Bank of England (BE) is here.", ("BE",), ["Bank of England"]),
        ("The World Trade Organization (Geneva) is here.", ("World Trade Organization",), []),
        ("The World Trade Organization (WTO, Geneva) is here.", ("World Trade Organization",), []),
        ("The World Trade Organization (XTO) is here.", ("World Trade Organization",), []),
        ("The World Trade Organization (WXO) is here.", ("World Trade Organization",), []),
        ("The World Trade Organization (“WTO”) is here.", ("World Trade Organization", "WTO"), []),
        ("中国工业和信息化部（MIIT）说。", ("中国工业和信息化部",), ["MIIT"]),
        ("Wto (World Trade Organization)", ("Wto",), []),
    ],
)  # fmt: skip
def test_other_names_in_brackets(text: str, terms: tuple[str, ...], names: list[str]) -> None:
    found = aliases(text, WatchRule("w", any=terms))
    assert [name for name, _ in found] == names
    assert all(sentence == text for _, sentence in found)


def test_a_watch_with_many_terms_finds_the_same() -> None:
    terms = tuple(f"term{number}" for number in range(40))
    without = WatchRule("b", any=("kite",), none=terms)
    matcher = Matcher([WatchRule("a", any=terms), without, WatchRule("c", all=(terms, ("kite",)))])
    for text, on in (("kite", ["b"]), ("term7 kite", ["a", "c"]), ("term39", ["a"]), ("none", [])):
        subject = Subject(title=text)
        assert [one.watch for one in matcher.match(subject, 0)] == on
        for names in (["a", "b", "c"], ["c", "b", "a"]):
            assert [one.watch for one in matcher.match(subject, 0, names)] == on
        assert [one.watch for one in matcher.match(subject, 0, ["b"])] == [one for one in on if one == "b"]
    assert matcher.spans("term7 kite") == [(0, 5, "a"), (0, 5, "c"), (6, 10, "b"), (6, 10, "c")]
    assert matcher.spans("term7 kite", ["b"]) == [(6, 10, "b")]
