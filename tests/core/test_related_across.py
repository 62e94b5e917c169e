"""Relating across languages: what articles name, the model, reasons, own forms."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.examples import for_each, half_as_many
from tests.related_shelf import MemoryProfiles
from tuireader.model import Relation
from tuireader.related import across
from tuireader.related.closeness import Closeness
from tuireader.related.compare import chance, fold_chance
from tuireader.related.rank import FIRST, SHOWN, reason, shared_terms
from tuireader.related.reading.concepts import AMOUNT, NAME, PLACE, TITLE, UNLISTED, Concepts, bundled
from tuireader.related.reading.features import Profile, Stats, choose, extract, squared, unpack, weigh
from tuireader.related.reading.mentions import (
    LANGUAGE_TERMS,
    MOST,
    POSTED,
    counted,
    language_term,
    mentions,
    name_number,
    posted,
    posting,
    probes,
)
from tuireader.related.reading.mentions import weigh as weigh_mentions
from tuireader.related.reading.own_forms import own_forms
from tuireader.related.search import ArticleText, arrive, relatives
from tuireader.related.series import Series

NOW = 1_700_000_000
HOUR, DAY = 3600, 86_400

FINE = {
    "en": (
        "Brussels fines TikTok 345 million euros",
        "The Irish regulator has fined TikTok 345 million euros because accounts of children were public. "
        "ByteDance has three months to change the settings of the app, and wants to appeal.",
    ),
    "zh": (
        "TikTok被欧盟罚款3.45亿欧元",
        "爱尔兰监管机构对TikTok处以3.45亿欧元罚款，原因是儿童账号默认公开。字节跳动须在三个月内整改，并称将提起上诉。",
    ),
    "ja": (
        "TikTokに3億4500万ユーロの制裁金 子どもの個人情報で",
        "アイルランドの規制当局は、子どものアカウントが公開されていたとして、TikTokに3億4500万ユーロの制裁金を科した。"
        "バイトダンスは三カ月以内に設定を改める必要があり、控訴する方針だ。",
    ),
    "ko": (
        "틱톡, 유럽서 과징금 3억4500만 유로",
        "아일랜드 규제 당국은 어린이 계정이 공개돼 있었다며 틱톡에 과징금 3억4500만 유로를 부과했다. "
        "바이트댄스는 석 달 안에 설정을 고쳐야 하며 항소할 방침이다.",
    ),
    "de": (
        "TikTok soll 345 Millionen Euro Strafe zahlen",
        "Die irische Aufsicht hat gegen TikTok ein Bußgeld von 345 Millionen Euro verhängt, weil Konten von "
        "Kindern öffentlich waren. ByteDance hat drei Monate Zeit und will gegen die Strafe vorgehen.",
    ),
    "fr": (
        "TikTok condamné à une amende de 345 millions d'euros",
        "Le régulateur irlandais inflige à TikTok une amende de 345 millions d'euros, car les comptes des "
        "enfants étaient publics. ByteDance a trois mois pour changer les réglages et fera appel.",
    ),
}
OTHERS = {
    "en": (
        "TikTok tests a shop for books",
        "TikTok lets readers in Ireland buy books of small shops from May.",
    ),
    "zh": ("TikTok在爱尔兰测试图书商店", "从五月起，爱尔兰的读者可以在TikTok上购买小书店的图书。"),
    "de": (
        "Regen legt Bahn in Bayern lahm",
        "Nach dem Regen stehen die Züge in Bayern still, und das bis Mai.",
    ),
}


def text(number: int, told: tuple[str, str], at: int = NOW, feed: int = 0) -> ArticleText:
    return ArticleText(number, at, True, feed or number, *told)


def profile(number: int, told: tuple[str, str], at: int = NOW, feed: int = 0) -> Profile:
    return arrive(MemoryProfiles(), text(number, told, at, feed)).profile


def shelf(*articles: ArticleText) -> MemoryProfiles:
    kept = MemoryProfiles()
    for article in articles:
        kept.keep(article)
    return kept


# --------------------------------------------------------------------------- profiles


@pytest.mark.parametrize("code", FINE)
def test_a_profile_has_its_language_and_what_it_names(code: str) -> None:
    made = profile(1, FINE[code])
    names = {name or shown for shown, name in made.named.values()}
    assert made.language == code
    assert {"TikTok", "ByteDance"} <= names
    assert len(made.concepts) <= MOST
    kinds = {made.named[number][0]: value >> 8 for number, value in made.concepts.items()}
    assert any(kind & AMOUNT for kind in kinds.values())
    assert any(kind & NAME and kind & TITLE for kind in kinds.values())


@pytest.mark.parametrize("code", FINE)
def test_a_profile_is_stored_with_them(code: str) -> None:
    made = profile(7, FINE[code])
    again = unpack(7, made.pack())
    assert again == replace(made, shown={}, named={}) and list(again.concepts) == list(made.concepts)


def test_profiles_of_older_versions_have_none() -> None:
    made = profile(7, FINE["en"])
    older = replace(made, language="", concepts={}, shown={}, named={})
    blob = older.pack()
    assert unpack(7, blob) == older == unpack(7, blob[:-3])


def test_languages_fit_into_a_profile() -> None:
    assert all(len(code) == 2 and code.isascii() for code in LANGUAGE_TERMS.values())


def test_names_in_latin_letters_count_without_a_table() -> None:
    made = profile(
        1,
        (
            "初创公司Zorblax发布新产品",
            "北京的初创公司Zorblax今天发布了新的产品，Zorblax称价格不变。Xy 也是。",
        ),
    )
    latin = {made.named[number][0] for number, value in made.concepts.items() if value >> 8 & UNLISTED}
    assert latin == {"Zorblax"}


def test_german_nouns_come_after_names() -> None:
    told = (
        "Zorblax kauft Tencent",
        "Der Konzern und das Unternehmen haben mit der Tochter in der Stadt gesprochen.",
    )
    made = profile(1, told)
    assert made.language == "de"
    first = [made.named[number][0] for number in made.concepts][:2]
    assert set(first) == {"Tencent", "Zorblax"}


def test_what_is_counted_and_posted() -> None:
    named = mentions(*FINE["zh"], bundled())
    assert language_term("zh") in counted(named)
    assert not any(counted(named).values())
    made = profile(1, FINE["zh"])
    assert 0 < len(posted(made.concepts, "zh")) <= POSTED
    assert posted(made.concepts, "") == []
    assert set(posted(made.concepts, "zh")).isdisjoint(posted(made.concepts, "en"))
    assert posting(5, "zh") != posting(5, "ja")
    places = {one.hash for one in named.things if one.kind & PLACE}
    assert places and places.isdisjoint(probes(made.concepts))


def test_an_article_without_a_known_language_counts_no_language() -> None:
    assert counted(mentions("Zorblax", "", bundled())) == {}


def test_an_article_without_a_known_language_has_no_relatives_in_others() -> None:
    kept = shelf(text(1, FINE["en"]), text(2, ("Zorblax", "")))
    (bare,) = kept.profiles([2])
    assert (bare.language, bare.concepts) == ("", {})
    assert relatives(kept, text(2, ("Zorblax", ""))) == []


def test_candidates_share_the_heaviest_things() -> None:
    things = {1: NAME << 8 | 100, 2: (NAME | TITLE) << 8 | 90, 3: AMOUNT << 8 | 20}
    hits = [
        (squared(things[thing], TITLE), articles) for thing, articles in ((1, [7, 8]), (2, [9]), (3, [7]))
    ]
    assert choose(hits, 2) == [9, 7]


# --------------------------------------------------------------------------- the model


@for_each("one", FINE)
@for_each("other", FINE)
def test_reports_in_two_languages_are_one_story(one: str, other: str) -> None:
    mine, theirs = profile(1, FINE[one]), profile(2, FINE[other], NOW + 5 * HOUR)
    if one != other:
        assert across.differ(mine, theirs)
        assert chance(mine, theirs) > 0.9 and fold_chance(mine, theirs) > 0.9
        assert chance(mine, theirs) == pytest.approx(chance(theirs, mine))


@pytest.mark.parametrize(
    ("one", "other"), [("en", "zh"), ("zh", "en"), ("de", "zh"), ("ja", "en"), ("ko", "de")]
)
def test_other_news_of_the_same_company_is_not(one: str, other: str) -> None:
    mine, theirs = profile(1, FINE[one]), profile(2, OTHERS[other])
    assert chance(mine, theirs) < 0.3 and fold_chance(mine, theirs) < 0.1


def test_time_and_a_common_feed_count_against_it() -> None:
    mine = profile(1, FINE["en"], feed=3)
    near = profile(2, FINE["zh"], NOW + HOUR, 4)
    late, same = replace(near, time=NOW + 4 * DAY), replace(near, feed=3)
    assert chance(mine, near) > chance(mine, late) and chance(mine, near) > chance(mine, same)
    assert fold_chance(mine, near) > fold_chance(mine, late)
    assert fold_chance(mine, near) > fold_chance(mine, same)


def test_one_shared_thing_or_places_alone_prove_nothing() -> None:
    mine = profile(1, FINE["en"])
    bare = replace(mine, language="zh", concepts={})
    place = {5: PLACE << 8 | 80, 6: PLACE << 8 | 80}
    name = {7: NAME << 8 | 120}
    for things in ({}, place, name):
        assert chance(replace(mine, concepts=things), replace(bare, concepts=things)) == 0
        assert fold_chance(replace(mine, concepts=things), replace(bare, concepts=things)) == 0


def alike(cosine: float, one: int = 1, other: int = 2) -> Closeness:
    return Closeness({one: {other: cosine}, other: {one: cosine}})


def test_in_one_language_meaning_counts_for_what_shares_no_word() -> None:
    mine = replace(profile(1, FINE["en"]), terms=dict.fromkeys(range(20), 90), subjects=())
    other = replace(mine, id=2, feed=2, terms=dict.fromkeys(range(20, 40), 90))
    assert chance(mine, other) == 0
    assert chance(mine, other, alike(0.3)) < SHOWN < FIRST < chance(mine, other, alike(0.6))
    assert chance(mine, other, Closeness({1: {3: 0.5}, 2: {3: 0.5}})) == 0  # they are no pair
    assert chance(mine, other, alike(0.8)) == chance(other, mine, alike(0.8))
    assert chance(mine, other, alike(0.8, other=3)) == 0  # nothing is known of the second one
    later = replace(other, time=NOW + 100 * DAY)
    assert chance(mine, later, alike(0.6)) < 0.2


def test_the_more_words_are_shared_the_less_tells_their_meaning() -> None:
    def gain(shared: int) -> float:
        mine = replace(profile(1, FINE["en"]), terms=dict.fromkeys(range(20), 90), subjects=(), norm=25.0)
        other = replace(mine, id=2, feed=2, terms=dict.fromkeys(range(20 - shared, 40 - shared), 90))
        far, near = (chance(mine, other, alike(cosine)) for cosine in (0.3, 0.5))
        return math.log(near / (1 - near)) - math.log(far / (1 - far))

    assert gain(0) > gain(4) > gain(8) > 0


def test_chapters_of_one_story_may_be_years_apart() -> None:
    """The same rare name and another word beside it are in both titles."""
    law = profile(1, ("Privacy law takes effect: what the Kelvar Data Act asks of shops", ""))
    passed = profile(2, ("Senate passes Kelvar Data Act", "The vote was 41 to 12."), NOW - 400 * DAY)
    other = profile(2, ("Kelvar opens a centre for data", "The island has servers."), NOW - 400 * DAY)
    assert chance(law, passed, alike(0.4)) > FIRST
    assert chance(law, other, alike(0.4)) < FIRST
    later = replace(passed, time=NOW - 30 * DAY)
    assert chance(law, passed, alike(0.4)) == chance(law, later, alike(0.4))


def test_what_is_close_to_everything_is_less_like_one_of_it() -> None:
    mine, other = (replace(profile(one, FINE["en"]), terms={one: 90}) for one in (1, 2))
    crowd = dict.fromkeys(range(10, 22), 0.5)
    lonely = Closeness({1: {2: 0.6}, 2: {1: 0.6}})
    crowded = Closeness({1: {2: 0.6, **crowd}, 2: {1: 0.6, **crowd}})
    assert chance(mine, other, crowded) < chance(mine, other, lonely)


def test_meaning_needs_less_of_what_both_name() -> None:
    mine = replace(profile(1, FINE["en"]), concepts={})
    theirs = replace(mine, id=2, feed=2, language="ko")
    name = {7: NAME << 8 | 120}
    named = replace(mine, concepts=name), replace(theirs, concepts=name)
    assert chance(mine, theirs) == chance(*named) == 0
    assert chance(mine, theirs, alike(0.45)) < 0.3 < 0.5 < chance(*named, alike(0.5))
    assert fold_chance(mine, theirs, meaning=0.6) < 0.85 < fold_chance(*named, meaning=0.65)
    late = replace(named[1], time=NOW + 4 * DAY)
    assert fold_chance(named[0], late, meaning=0.65) < 0.3


def test_meaning_takes_nothing_from_what_both_name_and_folds_in_two_languages_alone() -> None:
    mine, theirs = profile(1, FINE["en"]), profile(2, FINE["zh"])
    assert chance(mine, theirs, alike(0.1)) == chance(mine, theirs)
    other = profile(2, OTHERS["en"])
    assert fold_chance(mine, other, meaning=0.9) == fold_chance(mine, other)


def test_an_unknown_language_is_compared_by_words() -> None:
    mine, theirs = profile(1, FINE["en"]), profile(2, FINE["zh"])
    unknown = replace(theirs, language="")
    assert not across.differ(mine, unknown) and not across.differ(unknown, mine)
    assert not across.differ(mine, mine)
    assert chance(mine, unknown) != chance(mine, theirs)


def test_articles_without_names_have_no_length() -> None:
    weightless = replace(profile(1, FINE["en"]), concepts={7: NAME << 8, 8: NAME << 8})
    found = across.shared(weightless, weightless)
    assert found is not None and found.cosine == 0


@given(
    st.dictionaries(st.integers(1, 6), st.integers(0, 0xFFFF), max_size=6),
    st.dictionaries(st.integers(1, 6), st.integers(0, 0xFFFF), max_size=6),
    st.integers(-(10**9), 10**9),
)
@half_as_many
def test_chances_are_chances_and_symmetric(one: dict[int, int], other: dict[int, int], later: int) -> None:
    kinds = (NAME, PLACE, AMOUNT, UNLISTED, 4)
    made = [
        {number: value & 0x10FF | kinds[number % 5] << 8 for number, value in things.items()}
        for things in (one, other)
    ]
    mine = Profile(1, NOW, True, 1, 1.0, {}, (), {}, "en", made[0])
    theirs = Profile(2, NOW + later, True, 2, 1.0, {}, (), {}, "zh", made[1])
    for function in (chance, fold_chance):
        assert 0 <= function(mine, theirs) <= 1
        assert function(mine, theirs) == pytest.approx(function(theirs, mine))
    assert unpack(1, mine.pack()) == mine


# --------------------------------------------------------------------------- finding and explaining


def test_an_opened_article_finds_the_reports_in_other_languages() -> None:
    codes = list(FINE)
    articles = [text(number, FINE[code], NOW + number * HOUR) for number, code in enumerate(codes, 1)]
    noise = [text(10 + number, told, NOW + number * HOUR) for number, told in enumerate(OTHERS.values())]
    kept = shelf(*articles, *noise)
    for article in articles:
        found = relatives(kept, article)
        assert {one.article_id for one in found} == {one.id for one in articles} - {article.id}
        assert {one.relation for one in found} == {Relation.SAME_STORY}
    assert len(set(map(kept.story_of.get, range(1, 7)))) == 1
    assert kept.story_of[10] == kept.story_of[11]  # the shop for books, too
    assert len({kept.story_of[number] for number in (1, 10, 12)}) == 3


RECALL = {
    "zh": ("桂木精机召回内窥镜", "桂木精机公司宣布，因前端可能脱落，召回在医院使用的内窥镜。"),
    "zh-TW": ("桂木精機召回內視鏡", "桂木精機公司宣布，因前端可能脫落，召回在醫院使用的內視鏡。"),
    "ja": (
        "桂木精機、内視鏡を回収",
        "桂木精機は、病院で使用されている内視鏡の先端が外れる恐れがあるとして回収する。",
    ),
}


@pytest.mark.parametrize("codes", [("zh", "zh-TW"), ("zh", "ja"), ("zh-TW", "ja")])
def test_a_name_in_no_table_is_one_in_the_characters_of_china_taiwan_and_japan(codes: list[str]) -> None:
    """`精机` is `精機`, in one language as well as across."""
    reports = [text(number, RECALL[code], NOW + number * HOUR) for number, code in enumerate(codes, 1)]
    kept = shelf(*reports, text(3, OTHERS["zh"]))
    for article, other in (reports, reversed(reports)):
        (found,) = relatives(kept, article)
        assert found.article_id == other.id
        assert "shares" in found.reason


def test_reasons_have_the_form_of_the_article_and_the_name_in_latin_letters() -> None:
    mine, theirs = profile(1, FINE["zh"]), profile(2, FINE["en"], NOW + 3 * HOUR)
    assert reason(mine, theirs) == "+3 h · shares TikTok, 字节跳动 (ByteDance), 3.45亿"
    assert reason(theirs, mine) == "−3 h · shares TikTok, ByteDance, 345 million"
    assert shared_terms(mine, theirs, most=1) == ["TikTok"]
    assert shared_terms(replace(mine, named={}), theirs) == []


def test_reasons_leave_out_possessives_and_words_of_events() -> None:
    mine = profile(
        1, ("Tencent's fine stands", "The court said that Tencent's fine of 345 million yuan stands.")
    )
    theirs = profile(2, ("腾讯罚款维持不变", "法院维持对腾讯的3.45亿元罚款。"))
    assert shared_terms(mine, theirs) == ["Tencent", "345 million"]


def test_reports_in_two_languages_are_no_items_of_a_series() -> None:
    one = ("Patch for CVE-2026-1111 and others", "Acme fixes CVE-2026-1111, which attackers use in the wild.")
    other = ("Acme修复漏洞CVE-2026-2222", "Acme修复了攻击者正在利用的漏洞CVE-2026-2222。")
    same = ("Acme修复漏洞CVE-2026-1111", "Acme修复了攻击者正在利用的漏洞CVE-2026-1111。")
    kept = shelf(text(1, one), text(2, other), text(3, same))
    mine, theirs, equal = kept.profiles([1, 2, 3])
    series = Series(kept)
    assert not series.differ(mine, theirs) and series.differ(mine, theirs, strictly=True)
    assert not series.differ(mine, equal, strictly=True)


# --------------------------------------------------------------------------- own forms


def names(concepts: Concepts, sentence: str) -> set[str]:
    return {one.name for one in concepts.find(sentence) if one.kind & NAME}


def test_a_watch_says_that_two_terms_are_one_thing() -> None:
    own = own_forms((("Zorblax", "佐布拉", "/zor.*/"), ("data transfer", "数据出境了")))
    assert names(own, "佐布拉发布") == {"Zorblax"} == names(own, "Zorblax is out")
    (one,) = {one.hash for one in own.find("佐布拉")}
    (word,) = map(name_number, extract("Zorblax", ""))
    assert one == word  # as in articles stored before the watch
    assert {one.hash for one in own.find("a data transfer")} >= {one.hash for one in own.find("数据出境了")}


def test_a_watch_adds_a_form_of_a_known_name() -> None:
    own = own_forms((("WeChat", "绿色软件号"),))
    assert "WeChat" in names(own, "绿色软件号恢复")
    assert own_forms((("WeChat", "绿色软件号"),)) is own, "read again only when watches change"


@pytest.mark.parametrize(
    "group",
    [
        ["WeChat", "微信"],  # known
        ["WeChat", "腾讯", "绿色软件号"],  # two things that are watched together
        ["Zorblax", "Zorb"],  # one script
        ["Zorblax", "Zorb", "Blax", "绿色软件号"],  # a list of topics
        [f"绿色软件{number}" for number in "零一二三四五六七八"] + ["Zorblax"],  # a longer one
        ["", "*", "Zorblax"],
        ["123", "绿色软件号", "软件绿号"],
    ],
)
def test_other_watches_add_nothing(group: list[str]) -> None:
    own = own_forms((tuple(group),))
    assert "Zorblax" not in names(own, "绿色软件号 Zorblax")
    assert own.look_up("微信") == bundled().look_up("微信")


def test_weighing_marks_names_of_titles() -> None:
    features = extract("新公司Zorblax", "Zorblax在北京。")
    values, _ = weigh_mentions(
        mentions("新公司Zorblax", "Zorblax在北京。", bundled()), features, Stats(0, {})
    )
    assert any(value >> 8 & UNLISTED and value >> 8 & TITLE for value in values.values())
    assert weigh(1, NOW, True, 1, features, Stats(0, {})).concepts == {}
