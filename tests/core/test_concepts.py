"""Things that texts name in several languages: the tables, their forms in texts, amounts."""

from __future__ import annotations

import time
import unicodedata
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import for_each
from tuireader.related.reading.amounts import amounts
from tuireader.related.reading.concepts import AMOUNT, EVENT, NAME, PLACE, Concepts, bundled
from tuireader.text.languages import LANGUAGES

FOLDER = files("tuireader.related.reading") / "names"
NAMES = ("agencies", "companies", "laws", "people", "places", "products")


def lines(name: str) -> list[str]:
    text = (FOLDER / f"{name}.txt").read_bytes().decode("utf-8")
    return [line for line in text.split("\n") if line and not line.startswith("#")]


def found(text: str, kind: int = NAME | PLACE) -> dict[str, str]:
    """The forms in a text, and the names that they stand for."""
    return {one.shown: one.name for one in bundled().find(text) if one.kind & kind}


# --------------------------------------------------------------------------- tables


@pytest.mark.parametrize("name", NAMES)
def test_a_table_of_names_has_one_thing_a_line_in_two_forms_at_least(name: str) -> None:
    assert len(lines(name)) > 200
    for line in lines(name):
        forms = line.split(" | ")
        assert len(forms) > 1 and len({*forms}) == len(forms), line
        for form in forms:
            assert form == form.strip() and len(form) > 1 and "|" not in form and "\t" not in form, line
            assert unicodedata.is_normalized("NFC", form), line


def test_no_form_is_in_two_tables_of_names() -> None:
    owner: dict[str, str] = {}
    for name in NAMES:
        for line in lines(name):
            for form in line.split(" | "):
                assert owner.setdefault(form.casefold(), line) == line, form


def test_words_of_events_name_their_languages() -> None:
    keys = set()
    for line in lines("events"):
        key, _, languages = line.partition(" = ")
        keys.add(key)
        assert key == key.lower().replace(" ", "-"), line
        codes = [part.partition(": ")[0] for part in languages.split("; ")]
        assert set(codes) <= LANGUAGES.keys() and "en" in codes and len(codes) > 2, line
        for part in languages.split("; "):
            forms = part.partition(": ")[2].split(", ")
            assert all(len(form) > 1 and form == form.strip() for form in forms), line
    assert len(keys) == len(lines("events")) > 300


def test_the_tables_are_read_once() -> None:
    assert bundled() is bundled()


# --------------------------------------------------------------------------- forms in texts


@pytest.mark.parametrize(
    "text",
    [
        "Tencent buys a studio",
        "Tencent's shares fell",
        "TENCENT’S SHARES FELL",
        "Die Tencent-Aktie fällt",
        "Le patron de l'éditeur : Tencent",
        "腾讯旗下公司",
        "騰訊宣布",
        "テンセントは発表した",
        "텐센트가 발표했다",
    ],
)
def test_a_name_is_one_thing_in_all_languages(text: str) -> None:
    assert "Tencent" in found(text).values()


def test_words_of_events_are_one_thing_too() -> None:
    numbers = {
        one.hash
        for text in ("a ban on it", "das Verbot", "une interdiction", "被禁止了")
        for one in bundled().find(text)
        if one.kind == EVENT
    }
    assert len(numbers) == 1


def test_a_name_needs_the_capital_letters_of_its_form() -> None:
    assert found("An apple a day") == {}
    assert found("Apple earns more") == {"Apple": "Apple"}
    assert found("The new iPhone") == {"iPhone": "iPhone"}
    assert "United Nations" in found("The UN meets").values()
    assert "United Nations" not in found("Un homme").values()
    assert found("the world health organization") == {}


def test_the_longest_form_counts() -> None:
    assert found("He left Amazon Web Services in May") == {"Amazon Web Services": "Amazon Web Services"}
    assert found("Amazon Web Sites") == {"Amazon": "Amazon"}
    assert found("腾讯QQ群") == {"腾讯QQ": "QQ messenger"}


def test_parts_of_other_words_do_not_count() -> None:
    concepts = Concepts()
    concepts.add("Line", NAME, ["Line", "ライン"])
    concepts.add("Ban", EVENT, ["ban", "금지"])
    concepts.add("A Kit", NAME, ["AI基本", "A1"])
    assert [one.shown for one in concepts.find("オンラインで、ラインナップと")] == []
    assert [one.shown for one in concepts.find("ラインは・ライン・を")] == ["ライン", "ライン"]
    assert [one.shown for one in concepts.find("오금지는 금지했다")] == ["금지"]
    assert [one.shown for one in concepts.find("OAI基本は AI基本法")] == ["AI基本"]
    assert [one.shown for one in concepts.find("l'Line de Line-Chef, Liner")] == ["Line", "Line"]


def test_forms_with_signs_are_found_as_texts_have_them() -> None:
    assert found("Shares of AT&T and Yahoo! fell in Washington, D.C.").keys() >= {"AT&T", "Yahoo"}
    assert found("PUBG: Battlegrounds is out")["PUBG Battlegrounds"]
    assert "Zhipu AI" not in found("AI for all, and 2 more").values()


def test_capital_letters_that_change_their_length_do_no_harm() -> None:
    assert [one.shown for one in bundled().find("İstanbul İİİ Tencent 腾讯İ")][:1]


def test_other_tables_come_first_and_bundled_ones_behind() -> None:
    own = Concepts(bundled())
    own.add("Chatterbox", NAME, ["Chatterbox", "话匣子"])
    names = {one.name for one in own.find("话匣子和腾讯 Chatterbox Tencent") if one.kind == NAME}
    assert names == {"Chatterbox", "Tencent"}
    known, ours = own.look_up("腾讯"), own.look_up("话匣子")
    assert known and ours and known.name == "Tencent" and ours.name == "Chatterbox"
    assert own.look_up("Nobody Knows It") is None
    assert bundled().look_up("Yahoo!")


# --------------------------------------------------------------------------- amounts


@for_each(
    ("texts", "amount"),
    [
        (["22亿", "2.2 billion", "2,2 Milliarden", "2,2 milliards", "22億", "22억", "$2.2bn"],
         "2.2e+09"),
        (["3億4500万", "345 Millionen", "345 million", "345m", "3.45亿"], "3.45e+08"),
        (["17%", "17 Prozent", "17 per cent", "17 percent", "17 pour cent", "百分之十七", "百分之17", "17％"],
         "17%"),
        (["百分之九", "9 per cent"], "9%"),
        (["百分之二十", "20%"], "20%"),
        (["百分之十", "10%"], "10%"),
        (["2,500 jobs", "2.500 Stellen", "2 500 postes", "2500人"], "2.5e+03"),
        (["2 200 000 000"], "2.2e+09"),
        (["60 milhões de reais", "60 millones", "60 миллионов", "60 million"], "6e+07"),
        (["3 mil millones", "3 bilhões", "3 миллиарда", "3bn"], "3e+09"),
        (["90 mil pacientes", "90.000", "9万人"], "9e+04"),
        (["三十日内", "30 days"], "30"),
        (["一百二十人", "120 jobs"], "120"),
        (["三十亿元", "3bn"], "3e+09"),
        (["2,000 jobs", "2.000 Stellen"], "2e+03"),
    ],
)  # fmt: skip
def test_an_amount_is_the_same_in_all_languages(texts: list[str], amount: str) -> None:
    for text in texts:
        assert amount in [found for _, found, _ in amounts(f"x {text} y")], text


def test_years_and_small_numbers_are_no_amounts() -> None:
    assert [
        found for _, found, _ in amounts("In 2024 five of 7 people, A4, 百分之 left, 十一月, 第三十日")
    ] == []
    assert [found for _, found, _ in amounts("1900 million")] == ["1.9e+09"]


def test_an_amount_is_shown_as_the_text_has_it() -> None:
    (one,) = (one for one in bundled().find("共计22亿美元") if one.kind == AMOUNT)
    assert one.shown == "22亿" and one.common == 5.0
    common = {
        one.shown: one.common for one in bundled().find("10, 500, 123, 100 million") if one.kind == AMOUNT
    }
    assert common == {"10": 20.0, "500": 20.0, "123": 0.5, "100 million": 20.0}


# --------------------------------------------------------------------------- hostile texts

HOSTILE = st.text(
    st.sampled_from("0123456789.,'’-& ()（）腾讯微信アップルー・삼성 AaİßÄ%亿万million\ud800\n百分之十"),
    max_size=80,
)


@given(HOSTILE)
def test_any_text_has_finite_things(text: str) -> None:
    for one in bundled().find(text):
        assert one.shown and one.kind in (NAME, PLACE, EVENT, AMOUNT) and one.common > 0
    for place, _, shown in amounts(text):
        assert text[place:].startswith(shown)


@pytest.mark.parametrize(
    "piece", ["1 ", "1,", "腾", "腾讯（A", "ア", "a-", "l'", "Amazon Web ", "9.", "亿", "百分之"]
)
def test_find_takes_linear_time(piece: str) -> None:
    def spent(size: int) -> float:
        text = (piece * size)[:size]
        began = time.process_time()
        list(bundled().find(text))
        return time.process_time() - began

    spent(100)
    assert min(spent(16_000) for _ in range(3)) < 16 * min(spent(4000) for _ in range(3)) + 0.05
