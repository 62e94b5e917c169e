"""Names across scripts by their sounds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.test_concepts import lines
from tests.examples import for_each
from tuireader.related.reading.concepts import AMOUNT, TITLE, UNLISTED, bundled
from tuireader.related.reading.features import LEAD, Stats, extract
from tuireader.related.reading.mentions import mentions, unlisted, weigh
from tuireader.related.reading.sounds import foreign_words, sound_term, sounds

SAME = [
    "Veridian 베리디안 ヴェリディアン Веридиан Веридиана Веридианом Веридиане VERIDIAN Veridian's",
    "Brinebox 브라인박스 ブラインボックス Бринбокс",
    "Hestavoe 헤스타보 Хеставо",
    "Nizhneozersk Nischneosjorsk Нижнеозёрск Нижнеозёрске",
    "Chaeknaru 책나루",
    "Kestrelbank ケストレルバンク",
    "Tabwarden タブワーデン Табварден",
    "Poshmark ポッシュマーク 포시마크",
    "Kering ケリング",
    "Bjørkdal ビョルクダール 비에르크달",
    "Christa クリスタ 크리스타 Криста",
]


@pytest.mark.parametrize("names", SAME)
def test_a_name_sounds_the_same_in_all_scripts(names: str) -> None:
    heard = {name: sounds(name) for name in names.split()}
    assert len({*heard.values()}) == 1 and "" not in heard.values(), heard


@for_each(
    "name", ["NATO", "XKCD", "Ali", "GPT4", "RTX5090", "L'Italien", "Βεριδιαν", "桂木精機", "ひらがな", ""]
)
def test_what_is_spelt_or_too_short_has_no_sounds(name: str) -> None:
    assert sounds(name) == "" and sound_term(name) == 0


@for_each("pair", ["Veridian Verdant", "Brinebox Brightbox", "Hestavoe Havelstone", "Kestrelbank Castellan"])
def test_other_names_sound_otherwise(pair: str) -> None:
    one, other = map(sounds, pair.split())
    assert one != other


def test_most_people_are_heard_in_other_scripts_and_hardly_another_one() -> None:
    heard = []
    for line in lines("people"):
        forms = [form.replace("・", " ").split() for form in line.split(" | ")]
        own = sounds(forms[0][-1])
        heard += [
            (forms[0][-1], own, sounds(words[-1]))
            for words in forms[1:]
            if len(words) == len(forms[0]) == 2 and own and not words[-1].isascii()
        ]
    assert len(heard) > 1000
    assert sum(own == other for _, own, other in heard) / len(heard) > 0.6
    pairs = [
        one[1] == other[2] for place, one in enumerate(heard) for other in heard[:place] if one[0] != other[0]
    ]
    assert sum(pairs) / len(pairs) < 0.0006


def test_particles_are_no_part_of_a_word() -> None:
    text = "오브위브는 헤스타보에서 베리디안을 만났다. ヴェリディアンのタービン、Veridian"
    words = list(foreign_words(text))
    assert words == ["오브위브", "헤스타보", "베리디안", "만났다", "ヴェリディアン", "タービン"]


@given(st.text() | st.text("가각힣ァヴルーンアカ르スдОмъщXjсhгnkchqß’' ", max_size=30))
def test_any_text_has_sounds_or_none(text: str) -> None:
    for name in (text, *text.split(), *foreign_words(text)):
        heard = sounds(name)
        assert not heard or (len(heard) > 2 and {*heard} <= {*"ABDGHKMNPRST"} and "A" not in heard[1:])
        assert sounds(name) == heard
    assert all(word in text for word in foreign_words(text))


@given(st.text("abcdefghijklmnopqrstuvwxyz", min_size=6))
def test_capitals_do_not_matter(name: str) -> None:
    assert sounds(name) == sounds(name.upper()) == sounds(name.title())


# --------------------------------------------------------------------------- in an article

KOREAN = (
    "베리디안, 조류 발전기 공개",
    "스코틀랜드의 베리디안은 새 조류 발전기를 공개했다. 베리디안 주가는 올랐다.",
)


def test_an_article_names_what_it_writes_in_hangul_once() -> None:
    named = mentions(*KOREAN, bundled())
    (veridian,) = [one for one in named.things if one.hash == sound_term("Veridian")]
    assert (veridian.shown, veridian.times) == ("베리디안", 3)
    assert veridian.kind == UNLISTED | TITLE
    assert not any(
        one.shown.startswith("스코틀랜드") for one in named.things if one.kind & UNLISTED
    )  # a place


def test_a_guess_weighs_less_than_a_name_with_capitals() -> None:
    def weight(title: str, text: str) -> int:
        values, _ = weigh(mentions(title, text, bundled()), extract(title, text), Stats(0, {}))
        return values[sound_term("Veridian")] & 255

    english = weight("Veridian shows a tidal turbine", "The company Veridian has shown it to the press.")
    german = weight("Veridian zeigt eine Turbine", "Die Firma Veridian hat sie gestern der Presse gezeigt.")
    assert weight(*KOREAN) < english > german


def test_a_name_in_two_scripts_is_one_thing() -> None:
    title, text = "오브위브 교신 두절", "독일의 베리디안(Veridian)이 우주 예인선과 연락이 끊겼다고 밝혔다."
    values, forms = weigh(mentions(title, text, bundled()), extract(title, text), Stats(0, {}))
    assert forms[sound_term("Veridian")] == ("Veridian", "")
    assert [*values].count(sound_term("Veridian")) == 1 and len(forms) == len(values)


def test_forms_of_names_for_a_reason() -> None:
    forms = unlisted("Veridian and Zorblax", "Кестрелбанка " * LEAD)
    assert forms[sound_term("Veridian")] == "Veridian"
    assert forms[sound_term("Kestrelbank")] == "Кестрелбанка"
    assert unlisted(*KOREAN)[sound_term("Veridian")] == "베리디안"


def test_dates_in_japanese_and_korean_are_no_amounts() -> None:
    def found(text: str) -> set[str]:
        return {one.shown for one in mentions("", text, bundled()).things if one.kind & AMOUNT}

    assert found("12日に11月の結果を発表した。30日以内に110人を削減する。") == {"30", "110"}
    assert found("12일 발표했다. 30일간 110명") == {"30", "110"}
