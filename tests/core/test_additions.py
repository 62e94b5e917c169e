"""What each report of a story adds: numbers with their noun, dates, names, quotations, each told once."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.examples import for_each
from tuireader.model import AddedKind
from tuireader.related.facts.additions import additions
from tuireader.related.reading.features import Stats
from tuireader.related.reading.words import fold, term_hash

OLD = ("Chat app halts signups", "The service was fined £14m, and 45,000 users left. “We have to go on.”")


def no_stats(_terms: object) -> Stats:
    return Stats(0, {})


def added(text: str, *earlier: str, title: str = "", outlets: tuple[str, ...] = ()) -> list[str]:
    """What a report adds to earlier ones."""
    reports = [*(("", one) for one in earlier), (title, text)]
    return [
        f"{one.text} – {one.speaker}" if one.speaker else one.text
        for one in additions(reports, no_stats, outlets)[-1]
    ]


@for_each(
    ("text", "earlier", "new"),
    [
        ("It hit 45,000 users.", "", ["45,000 users"]),
        ("It has 1.2 billion monthly users.", "", ["1.2 billion monthly users"]),
        ("It costs 1.2 billion euros.", "", ["1.2 billion euros"]),
        ("It was the 14 million pounds.", "It was £14m.", []),
        ("It was £14m.", "It was 14 million pounds.", []),
        ("Die Strafe von 1,2 Milliarden Euro.", "A fine of €1.2bn.", []),
        ("Es sind 17 Prozent.", "It is 17 per cent.", []),
        ("It has 14 million users.", "It was £14m.", ["14 million users"]),
        ("It was 5,000.", "It had 5,000 users.", []),
        ("At least 8 people were hurt.", "", ["8 people"]),
        (
            "In 2026, at 14:30, version 10.2.33 of CVE-2026-1234 on 3 August.",
            "",
            ["CVE-2026-1234", "3 August"],
        ),
        ("影响1200万用户，罚款500万元。", "", ["1200万用户", "500万元"]),
        ("It hit over 5,000 of them.", "", ["5,000"]),
        ("It took 300 days and 30 Quays.", "", ["300 days", "Quays"]),
        ("Es sind 300 Boote, und das ist für die Werft nicht gut.", "", ["300 Boote"]),
        ("It has $4.3T.", "It has 4.3 trillion dollars.", []),
        ("The 25 won.", "", []),
        ("It pays $145 million now.", "It pays a fine.", ["$145 million"]),
        ("It pays $145m now.", "A fine of 145 million dollars.", []),
        ("Up 5% in 2026, on page 3.", "Up by some.", ["5%"]),
        ("Up 5 percent to 1,200 cars.", "Up 5% to 1200 cars.", []),
        ("It has 10,5 % of 1.200.000 and of 12,00,000.", "It has 10.5 % of 1,200,000.", []),
        ("It pays 1,234.5 or 1.234,5; see version 10.2.33.", "", ["1,234.5"]),
        ("It has 1.234.567 of 12,345.", "", ["1.234.567", "12,345"]),
        ("恢复日期是8月3日，影响1200万用户。", "微信", ["1200万用户", "8月3日"]),
    ],
)
def test_numbers(text: str, earlier: str, new: list[str]) -> None:
    assert sorted(added(text, earlier)) == sorted(new)


@pytest.mark.parametrize(
    ("text", "earlier", "new"),
    [
        ("It starts on 3 November.", "It starts soon.", ["3 November"]),
        ("It starts on Nov. 3, 2026.", "From 2026-11-03 on. In 11月3日.", []),
        ("On the 3rd of August.", "On 3 August.", []),
        ("On 03.08.2026 or 08/13/2026.", "On 3 August, on August 13.", []),
        ("On 1 May, 2 May, 1 May and 3 May.", "", ["1 May", "2 May"]),
    ],
)
def test_dates(text: str, earlier: str, new: list[str]) -> None:
    assert added(text, earlier) == new


@for_each(
    ("text", "earlier", "new"),
    [
        ("Then Mr Ma spoke. Shares fell.", "Pony Ma spoke before.", []),
        ("the minister Élise Özgür and Иван Петров", "the minister", ["Élise Özgür", "Иван Петров"]),
        ("об этом рассказал Иван Петров", "по словам Ивана Петрова", []),
        ("By Jane Doe, Reporter\nNothing new.", "Chat halts", []),
        ("so said Dr. Ada Quist of Ofcom's Jane Doe", "", ["Ada Quist", "Jane Doe", "Ofcom"]),
        ("the UK maker JLR and PQR", "Jaguar Land Rover", ["PQR"]),
        ("so hat die Technik nicht mit dem Gesetz zu tun, so Maja Beispiel", "das", ["Maja Beispiel"]),
        (" ".join(["the"] * 30) + " Nova", "", ["Nova"]),
        ("It was the analyst Ciaran Martin.", "", ["Ciaran Martin"]),
        ("It was the analyst Ciaran Martin.", "So says Mr Martin.", []),
        ("they gathered before the National People's Congress", "", ["National People's Congress"]),
        ("so is Jane Doe's boat", "", ["Jane Doe"]),
        ("it was Ofcom's Jane Doe", "", ["Jane Doe", "Ofcom"]),
        ("it was Jane Doe, and Doe again", "", ["Jane Doe"]),
        ("the maker JLR", "Jaguar Land Rover", []),
        ("so the Harbour Tech says", "", []),
        ("OpenAI发布了「星火」模型，违反《网络安全法》。", "", ["OpenAI", "星火", "网络安全法"]),
        ("with Capt. Tom Te and the Lt of Seattle-area police", "", ["Seattle", "Tom Te"]),
        ("「星火」和OpenAI的", "星火模型、OpenAI在", []),
    ],
)
def test_names(text: str, earlier: str, new: list[str]) -> None:
    assert sorted(added(text, earlier, outlets=("Harbour Tech",))) == sorted(new)


@pytest.mark.parametrize(
    ("text", "earlier", "new"),
    [
        (
            "“We have never seen this before,” said Jane Doe.",
            "",
            ["We have never seen this before – Jane Doe"],
        ),
        ("Jane Doe, a lawyer, said: “We have never seen it.”", "", ["We have never seen it. – Jane Doe"]),
        ("“We have never seen it.” Doe, of Ofcom, added that", "", ["We have never seen it. – Doe", "Ofcom"]),
        ("“We have to go on now,” said Dr Ada Quist.", "", ["We have to go on now – Dr Ada Quist"]),
        ("He said: “We have never seen this before.”", "", ["We have never seen this before."]),
        ("“We have never seen this before,” she said.", "we have never seen this before", []),
        ("the so-called “very uncommon occurrence”", "", []),
        ("„Wir werden immer wieder handeln.“", "", ["Wir werden immer wieder handeln."]),
        ("「我们将在八月恢复所有的注册服务」", "", ["我们将在八月恢复所有的注册服务"]),
        ("He said “we will appeal against all of it”.", "", ["we will appeal against all of it"]),
        ("He: “We will appeal against all of it!”", "He said we will appeal against all of it.", []),
        ("Elle dit «nous allons tout reprendre en août».", "", ["nous allons tout reprendre en août"]),
        ("A ‘it’s the user’s own fault, and theirs’.", "", ["it’s the user’s own fault, and theirs"]),
        ("the users' list is in the makers' own hands", "", []),
    ],
)
def test_quotations(text: str, earlier: str, new: list[str]) -> None:
    assert sorted(added(text, earlier)) == sorted(new)


def test_names_in_the_title_are_not_repeated() -> None:
    assert added("so says the Zenith, not the Quay", title="Fog hits Zenith") == ["Quay"]


def test_straight_quotation_marks_pair_up() -> None:
    text = 'She said "yes". And "we will not go on like this," he said, "as long as it is cold."'
    assert added(text) == ["we will not go on like this", "as long as it is cold."]


def test_words_that_the_library_has_in_lower_case_are_no_names() -> None:
    text = "they met the Board of Zenith"
    counts = {term_hash(fold("Board")): (50, 40), term_hash(fold("Zenith")): (50, 0)}
    (found,) = additions([("", text)], lambda _: Stats(1000, counts))
    assert [one.text for one in found] == ["Zenith"]
    (found,) = additions([("", f"{text} and the Quay. The zenith is near.")], no_stats)
    assert [one.text for one in found] == ["Quay"]


def test_rare_facts_come_before_common_ones_and_few_are_shown() -> None:
    names = ["Abel", "Bose", "Cruz", "Dahl", "Eber"]
    text = " ".join(f"with {name} it" for name in names) + " has 10, 20, 30 ships, $40, 50 % and 60 crews."
    counts = {term_hash(fold(name)): (400, 0) for name in names[:3]}
    (found,) = additions([("", text)], lambda _: Stats(1000, counts))
    assert [one.text for one in found] == ["$40", "50 %", "30 ships", "Dahl", "Eber"]


def test_three_numbers_are_enough() -> None:
    assert added("It has $41m, $52m, $63m and $74m.") == ["$41m", "$52m", "$63m"]


def test_each_fact_is_of_its_first_report() -> None:
    first, copy, later = additions([OLD, OLD, ("", f"{OLD[1]} It paid 7,000 clerks.")], no_stats)
    assert [one.text for one in first] == ["£14m", "45,000 users"]
    assert copy == () and [one.text for one in later] == ["7,000 clerks"]


@settings(max_examples=50, deadline=2000)
@example([("", "A00²㐀")])  # a name that is part of a word
@example([("", "《a\u00a0字》")])  # a name that is written in another way
@given(st.lists(st.tuples(st.text(max_size=60), st.text(max_size=200)), max_size=4))
def test_no_report_adds_twice_and_no_text_raises(reports: list[tuple[str, str]]) -> None:
    found = additions([*reports, *reports], no_stats)
    assert found[len(reports) :] == [()] * len(reports)
    assert all(len(one) <= 5 and fact.text for one in found for fact in one)


ALPHABET = st.sampled_from(
    ["£14m", "45,000", " users", " Jane Doe", "“we are all here now”", " said ", ". ", "\n"]
)


@settings(max_examples=100, deadline=2000)
@given(st.lists(ALPHABET, max_size=20).map(" ".join), st.lists(ALPHABET, max_size=20).map(" ".join))
def test_what_is_added_stands_in_the_report_and_in_no_earlier_one(one: str, other: str) -> None:
    _, new = additions([("", one), ("", other)], no_stats)
    for fact in new:
        assert fact.text in other
        assert fact.kind is AddedKind.NAME or fact.text not in one


@pytest.mark.parametrize(
    "piece",
    ["£14m users ", "Aa ", "“a b c d ", "\"'«»", "1,2", "A", "1", "CVE-", "A'", "字", "「字", "-Aa's "],
)
def test_giant_texts_are_bounded(piece: str) -> None:
    started = time.process_time()
    additions([(piece * 10_000, piece * 100_000)] * 10, no_stats)
    assert time.process_time() - started < 10
