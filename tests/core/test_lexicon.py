"""Words and phrases: one test a rule, then what has to hold for any text."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.core.indexing import Index
from tests.examples import half_as_many
from tuireader.lexicon import (
    Folded,
    Term,
    compile_term,
    distinct_words,
    fold,
    index_folded,
    index_text,
    words,
)
from tuireader.query import Subject


def term(text: str, exact: bool = False) -> Term:
    compiled = compile_term(text, exact)
    assert compiled is not None
    return compiled


def found(wanted: str, text: str, exact: bool = False) -> list[str]:
    """What of `text` the term finds."""
    return [text[start:end] for start, end in term(wanted, exact).find(text)]


# Each row: the term, a text, what of the text is found.
RULES: dict[str, list[tuple[str, str, list[str]]]] = {
    "compatibility forms": [
        ("Kumo", "the Ｋｕｍｏ robot", ["Ｋｕｍｏ"]),
        ("office", "the oﬃce", ["oﬃce"]),
        ("solar farm", "a solar\u00a0farm and a solar\u2009farm", ["solar\u00a0farm", "solar\u2009farm"]),
        ("コンピュータ", "ｺﾝﾋﾟｭｰﾀの歴史", ["ｺﾝﾋﾟｭｰﾀ"]),
        ("한", "\u1112\u1161\u11ab", ["\u1112\u1161\u11ab"]),
        ("Kumo", "Kumo™ ships", ["Kumo"]),
    ],
    "invisible characters": [
        ("Kumo", "Ku\u00admo Ku\u200bmo \u200eKumo\u200f", ["Ku\u00admo", "Ku\u200bmo", "Kumo\u200f"]),
    ],
    "apostrophes, quotes and dashes": [
        ("O'Hara", "O’Hara said, O´Hara wrote", ["O’Hara", "O´Hara"]),
        ("solar farm", "“solar” farm, «solar» farm", ["solar” farm", "solar» farm"]),
        ("solar farm", "「solar」farm", ["solar」farm"]),
        ("solar-farm", "solar‑farm solar – farm", ["solar‑farm", "solar – farm"]),
        ("ענן חדש", "ענן־חדש", ["ענן־חדש"]),
        ('ענ"ן', "ענ״ן הודיע", ["ענ״ן"]),
        ("ענ״ן", 'ב ענ"ן', ['ענ"ן']),
    ],
    "accents": [
        ("Malmo", "Malmö MALMÖ Malmo\u0308", ["Malmö", "MALMÖ", "Malmo\u0308"]),
        ("Malmö", "Malmo and malmo", ["Malmo"]),
        ("strasse", "Straße, STRASSE", ["Straße", "STRASSE"]),
        ("smorrebrod", "smørrebrød", ["smørrebrød"]),
        ("Lodz", "Łódź", ["Łódź"]),
        ("izmir", "İzmir ve IZMIR, ızmir", ["İzmir", "IZMIR", "ızmir"]),
        ("οδοσ", "ΟΔΌΣ, οδός", ["ΟΔΌΣ", "οδός"]),
        ("мои", "мой", []),
        ("か", "が か\u3099", []),
    ],
    "word boundaries": [
        ("kumo", "kumo-made #kumo kumo_bot kumo's kumo/nimbo", ["kumo"] * 5),
        ("kumo", "kumos8 kumobot akumo kumo8", []),
        ("PQS", "DeepQSnitch", []),
    ],
    "signs": [
        ("F++", "F++ f++ F++20 F", ["F++", "f++", "F++"]),
        (".ZED", "ASP.ZED and .zed", [".ZED"]),
        ("Q&A", "Q&A, q&a", ["Q&A"]),
        ("Nodo.rs", "nodo.rs, Nodo.rs+rust", ["nodo.rs", "Nodo.rs"]),
        ("F", "F, F++, F#", ["F"]),
        ("Kumo", "Kumo+, Kumo #1", ["Kumo"]),
        ("Falcon 9", "Falcon 9+", ["Falcon 9"]),
        ("Hook & Sons", "Hook & Sons, Hook&Sons, Hook Sons", ["Hook & Sons", "Hook&Sons"]),
        ("a +", "a +b a+b", ["a +"]),
        ("🚀", "up 🚀🚀", ["🚀", "🚀"]),
        ("M*A*S", "m*a*s", []),
        ("M*A*S", "M*A*S", ["M*A*S"]),
        ("*", "5 * 5", ["*"]),
        ("#*", "a # b", ["#"]),
    ],
    "scripts without blanks": [
        ("云图", "新云图团队", ["云图"]),
        ("구름", "구름이 온다", ["구름"]),
        ("เมฆ", "ก้อนเมฆขาว", ["เมฆ"]),
        ("Kumo", "新Kumo团队", ["Kumo"]),
        ("云图*", "云图团", ["云图"]),
        ("Kumo云", "Kumo云 Kumo 云 Kumo-云", ["Kumo云", "Kumo 云"]),
        ("हिन्दी", "हिन्दी समाचार", ["हिन्दी"]),
        ("हिन्द", "हिन्दी", []),
        ("बादल", "आज बादल, “बादल”", ["बादल", "बादल"]),
        ("মেঘ", "আজ (মেঘ)", ["মেঘ"]),
    ],
    "open sides": [
        ("wolke", "Regenwolken Wolke", ["Wolke"]),
        ("*wolke*", "Regenwolken Wolke", ["Regenwolken", "Wolke"]),
        ("*wolke", "Regenwolken Regenwolke", ["Regenwolke"]),
        ("*Wolke", "regenwolke Regenwolke", ["Regenwolke"]),
        ("wolk*", "Wolkig bewölkt Wolke", ["Wolkig", "Wolke"]),
        ("Облак*", "Облака и облака", ["Облака"]),
        ("cloud* park", "cloudy park, cloud-park", ["cloudy park", "cloud-park"]),
        ("cloud *park", "cloud park, cloud carpark", ["cloud park"]),
        ("**wolk**", "Regenwolken", ["Regenwolken"]),
        ("F++*", "F++ F++20 F", ["F++", "F++"]),
        ("*.ZED", "ASP.ZED .ZEDs", [".ZED", ".ZEDs"]),
        ("*$9*", "US$95", ["$95"]),
        ("Dr.* Wolke", "Dr. Wolke", ["Dr. Wolke"]),
    ],
    "any case": [
        ("kumo", "kumo Kumo KUMO", ["kumo", "Kumo", "KUMO"]),
        ("Solar Farm", "solar farm SOLAR FARM", ["solar farm", "SOLAR FARM"]),
        ("CloudKit", "cloudkit CLOUDKIT Cloudkit", ["cloudkit", "CLOUDKIT", "Cloudkit"]),
        ("eCar", "ECAR ecar", ["ECAR", "ecar"]),
    ],
    "a capital typed": [
        ("Cloud", "Cloud CLOUD cloud", ["Cloud", "CLOUD"]),
        ("ABCD", "ABCD Abcd abcd", ["ABCD", "Abcd"]),
        ("3Com", "3Com 3com", ["3Com"]),
        ("ABCDs", "Abcds abcds", ["Abcds"]),
        ("ǅungla", "ǅungla ǆungla", ["ǅungla"]),
    ],
    "short acronyms": [
        ("KI", "KI Ki ki skip", ["KI"]),
        ("6G", "6G 6g", ["6G"]),
        ("E.U.", "E.U. e.u.", ["E.U."]),
        ("Y", "Y y", ["Y"]),
        ("KI*", "KIs KIx kix", ["KIs", "KIx"]),
    ],
    "plural and possessive": [
        ("crash", "crash crashes crash's crashed", ["crash", "crashes", "crash"]),
        ("factory", "factory factories factoryless", ["factory", "factories"]),
        ("key", "keys keies", ["keys"]),
        ("KIT", "KITs KITS", ["KITs"]),
        ("CloudPhone", "CloudPhones CLOUDPHONES", ["CloudPhones", "CLOUDPHONES"]),
        ("Doors", "Doorses Door doors", ["Doorses"]),
        ("hero", "heroes heros", ["heroes", "heros"]),
        ("Go", "Goes Gos", ["Gos"]),
        ("solar farm", "solar farms solars farm", ["solar farms"]),
        ("windows", "window", []),
        ("6G", "6Gs", []),
        ("Kumo 42", "Kumo 42s, kumo 42's, Kumo 42b", ["Kumo 42s", "kumo 42"]),
        ("Nimbo K9", "Nimbo K9s", ["Nimbo K9s"]),
        ("Q&A", "Q&As, Q&AS, q&as", ["Q&As"]),
        ("Series A", "the series as such, Series A", ["Series A"]),
        ("Y", "Ys", []),
        ("облако", "облакоs", []),
    ],
    "phrases": [
        ("solar farm", "solar farm solar-farm solar/farm", ["solar farm", "solar-farm", "solar/farm"]),
        ("solar farm", "solar & farm solar·farm solar_farm", ["solar & farm", "solar·farm", "solar_farm"]),
        ("solar farm", "solar, farm solar. farm solar: farm solar (farm) solar\nfarm farm solar", []),
        ("solar-farm", "solarfarm", []),
        ("solar farm", "solar solar farm", ["solar farm"]),
    ],
}


@pytest.mark.parametrize("name", RULES)
def test_rule(name: str) -> None:
    rows = RULES[name]
    assert [(wanted, text, found(wanted, text)) for wanted, text, _ in rows] == rows


@pytest.mark.parametrize(
    ("wanted", "text", "expected"),
    [
        ("GO", "GO Go go GOs", ["GO"]),
        ("Malmö", "Malmo Malmö malmö", ["Malmö"]),
        ("Solar Farm", "solar farm Solar  Farm Solar-Farm", ["Solar  Farm", "Solar-Farm"]),
        ("*GO*", "AGOG agog", ["AGOG"]),
        ("Straße", "Strasse Straße", ["Straße"]),
        ("云图", "云图", ["云图"]),
        ("云图*", "云图x 云图", ["云图", "云图"]),
        ("O'Hara", "O´Hara o´hara", ["O´Hara"]),
        ("Kumo™", "Kumo™ KUMO™", ["Kumo"]),
    ],
)
def test_exact(wanted: str, text: str, expected: list[str]) -> None:
    assert found(wanted, text, exact=True) == expected


@pytest.mark.parametrize("text", ["", " ", "-", "\u200b", '""', " - "])
def test_nothing_to_look_for(text: str) -> None:
    assert compile_term(text) is None


def test_terms_are_equal_when_written_alike() -> None:
    assert term("kumo") == term("kumo") and hash(term("kumo")) == hash(term("kumo"))
    assert term("kumo") != term("kumo", exact=True)
    assert term("kumo") != "kumo"
    assert repr(term("a b", exact=True)) == "Term('a b', exact=True)"


def test_open_sides_are_bounded() -> None:
    text = "x" * 5000 + "wolke" + "y" * 5000
    [(start, end)] = term("*wolke*").find(text)
    assert start == 5000 - 200 and end == 5005 + 200


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("Plain TEXT, here", "plain text here"),
        ("Crème brûlée…", "creme brulee"),
        ("新Kumo团队。", "新 kumo 团 队"),
        ("F++ F# f +1 1+1", "f⁺ f⁺ f 1 1 1"),
        ("a_b\0c€d", "a b c d"),
        ("ok\0", "ok"),
    ],
)
def test_index_text(text: str, index: str) -> None:
    assert " ".join(words(index_text(text))) == index


# ----------------------------------------------------------------------------- what holds for any text

LETTERS = "abAéßİıςΣﬁ云图かがﾀー한\u1112กйह1²ǆǅŉẞΩά٣Ⅷ𝐀𠮷\U0002ebe1"
JOINING = "\u0301\u0306\u0308\u0345\u1161\u11ab\u3099\uff9e\u0e34\u093f\u20e3\u200b\u00ad"
SIGNS = "  -—_/&'’\"+#*.,\n\0…·⁺™´🚀\ud800\u2028฿"
PIECES = st.sampled_from(LETTERS + JOINING + SIGNS)
TEXTS = st.text(PIECES, max_size=12) | st.text(max_size=12)


@given(TEXTS)
def test_lower_case_keeps_the_places(text: str) -> None:
    folded = Folded(text)
    assert len(folded.cased) == len(folded.lower)


def test_characters_that_stay_one_are_told_from_those_that_do_not() -> None:
    for code in range(0x3200):
        folded = Folded(chr(code) + "x")
        assert folded.original_span(len(folded.cased) - 1, len(folded.cased)) == (1, 2)


@given(TEXTS)
@half_as_many
def test_every_folded_character_has_its_source(text: str) -> None:
    folded = Folded(text)
    spans = [folded.original_span(at, at + 1) for at in range(len(folded.cased))]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert spans == sorted(spans)


@given(TEXTS)
@example("か\u200b\u3099")
@example("\u1112\u0301\u1161")
def test_folding_and_index_are_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert words(index_text(index_text(text))) == words(index_text(text))


@given(TEXTS)
@example("云图 Kumo图 kumo云")
def test_distinct_words_are_the_words_of_the_index(text: str) -> None:
    lower = fold(text)
    assert set(distinct_words(lower)) == set(words(index_folded(lower)))


@given(TEXTS, TEXTS, TEXTS, st.booleans())
def test_spans_lie_in_the_text_in_order(wanted: str, before: str, after: str, exact: bool) -> None:
    compiled = compile_term(wanted, exact)
    text = f"{before} {wanted} {after}"
    last = 0
    for start, end in compiled.find(text) if compiled else ():
        assert last <= start < end <= len(text)
        last = end


@given(
    st.lists(st.sampled_from(["kumo", "云图", "Crème", "F++", "Q&A", "x1", "сила"]), min_size=1, max_size=3),
    TEXTS,
)
def test_a_term_is_found_in_itself(names: list[str], around: str) -> None:
    wanted = " ".join(names)
    text = f"{around}\n{wanted}\n{around}"
    assert wanted in found(wanted, text)
    assert wanted in found(wanted, text, exact=True)


SPELT = st.sampled_from(
    ["Kumo", "kumo", "KUMO", "kumos", "AI", "ai", "AIs", "Ai", "5G", "3Com", "X", "F", "f", "y", "ies", "s",
     "云图", "云", "图", "카카오", "톡", "Сила", "сила", "СИЛ", "Ünal", "é", "ー", "่", "ǅ", "ʰ", "א", "½",
     "0", "+", "#", "++", ".", ", ", " ", "  ", "-", " - ", "/", "&", " & ", "·", "_", "'", "’s", '"', "\n",
     "\t", "(", "•", "…", "“", "，", "、", "。", "￥", "®", "\0", "*", "゠", "฿"]
)  # fmt: skip
MADE = st.lists(SPELT, min_size=1, max_size=7).map("".join)


@settings(max_examples=250)
@given(wanted=TEXTS | MADE, texts=st.lists(TEXTS | MADE, max_size=4))
@example(wanted="foo + bar", texts=["foo+ bar"])
@example(wanted="Nodo.rs", texts=["Nodo.rs+"])
@example(wanted="a.b*", texts=["a.b+c"])
@example(wanted="云* 图", texts=["云abc 图"])
@example(wanted="云.图", texts=["云.图", "云 . 图"])
@example(wanted="AI", texts=["AIs", "ai Ai", "AI+", "AI_"])
@example(wanted="Kumo*", texts=["Kumo+", "Kumobot#", "kumo+"])
def test_the_index_hits_every_text_with_the_term(index: Index, wanted: str, texts: list[str]) -> None:
    compiled = compile_term(wanted)
    if compiled is None or compiled.fts is None:
        return
    texts = [*texts, f"{wanted}.{''.join(texts)}", f"{wanted} {''.join(texts)}"]
    for text in texts:
        hit = index.hit(compiled.fts, Subject(title=text))
        if compiled.spans(Folded(text)):
            assert hit, text
            if compiled.runs:
                assert compiled.literal in fold(text)
        elif compiled.simple:
            assert not hit, text
