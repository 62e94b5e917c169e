"""Spell Chinese terms in simplified and in traditional characters: 网信办 and 網信辦 are the same term.

A spelling has all its characters in one script, so a character that stands for several (发 for 發 and 髮)
adds only spellings that no text has. What a Japanese text could have as another word (裏金 for 里金) counts
only outside Japanese. `docs/notes/chinese-variants.md` has the reasons and figures.

The table is from OpenCC (Apache 2.0), packed by `benchmarks/chinese_variants.py`; its licence is in
`variants-licences.txt`.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import chain, combinations, islice, product
from pathlib import Path

from tuireader.text.regex import regex

FILE = Path(__file__).with_name("variants.z")
HAN = r"[\u3400-\u9fff]"
"""Characters in the table (UAX #38): CJK Unified Ideographs and extension A."""
MOST = 64
"""Maximum number of spellings of a term; the likeliest ones come first."""
_JAPANESE = (
    "亜亚仏佛仮假伝传価价倹俭児儿両两剰剩剣剑剤剂労劳勲勋勧劝巻卷単单厳严圏圈囲围円圆図图団团増增圧压"
    "塁垒壊坏壌壤壱壹奨奖嬢娘実实寛宽専专対对巌岩帯带廃废広广庁厅弾弹従从徴征徳德恵惠悪恶悩恼応应懐怀"
    "戦战戯戏戸户戻戾払拂抜拔拝拜挿插掲揭揺摇捜搜択择撃击拠据拡扩摂摄撹搅収收効效勅敕晩晚暦历暁晓桟栈"
    "栄荣楽乐様样検检桜樱権权歓欢歩步歳岁歴历帰归毎每気气渉涉涙泪浄净渇渴渓溪満满渋涩沢泽済济浜滨滝泷"
    "瀬濑焼烧営营犠牺猟猎獣兽畳叠発发砕碎稲稻穂穗穏稳穣穰粋粹糸丝経经縁缘県县縦纵総总縄绳絵绘継继続续"
    "繊纤缶罐聡聪聴听粛肃脳脑臓脏挙举荘庄薫薰蔵藏芸艺薬药処处蛍萤覚觉覧览観观訳译読读変变譲让豊丰弐贰"
    "売卖頼赖賛赞軽轻転转逓递遅迟辺边郷乡酔醉醸酿釈释銭钱鉄铁鋳铸関关陥陷険险隠隐雑杂鶏鸡覇霸霊灵顕显"
    "騒骚駆驱験验駅驿髄髓髪发闘斗鴎鸥塩盐黒黑黙默斉齐斎斋歯齿齢龄竜龙亀龟画划舗铺隷隶曽曾巣巢隣邻鹸碱"
    "掻搔噛啮醤酱麹曲填塡頬颊氷冰清淸青靑欝郁廻回鉱矿"
)
"""Characters of Japan only, each followed by its simplified form."""
_AROUND = 120  # characters before and after a term that tell whether its line is Japanese


class _Switch:
    on = True


def use_variants(on: bool) -> None:
    """Switch the spellings on or off for terms that are compiled from now on, in this process."""
    _Switch.on = on


def has_variants(text: str) -> bool:
    """Return whether terms in a text may have other spellings; it does not load the table."""
    return _Switch.on and not text.isascii() and regex(HAN).search(text) is not None


def spellings(text: str) -> list[str]:
    """List the other spellings of a term, likeliest first; none of a character that stands for several."""
    forms = [_forms(char) for char in text]
    if len(regex(HAN).findall(text)) == 1 and any(len(_forms(simple[0])[1]) > 1 for simple, _ in forms):
        return []
    either = chain(
        _ranked([simple for simple, _ in forms]), _ranked([traditional for _, traditional in forms])
    )
    return [spelling for spelling in dict.fromkeys(islice(either, MOST)) if spelling != text]


def _ranked(choices: Sequence[str]) -> Iterator[str]:
    """Yield the combinations of characters, those with the fewest unlikely ones first."""
    places = [place for place, choice in enumerate(choices) if len(choice) > 1]
    letters = [choice[0] for choice in choices]
    for count in range(len(places) + 1):
        for changed in combinations(places, count):
            for others in product(*(choices[place][1:] for place in changed)):
                spelling = letters.copy()
                for place, other in zip(changed, others, strict=True):
                    spelling[place] = other
                yield "".join(spelling)


def may_be_japanese(text: str, spelling: str) -> bool:
    """Return whether a spelling may be another word of Japanese: 裏金 for 里金, but not 國會 for 国会.

    All of its characters are frequent in Japanese, and one of them stands for another frequent one.
    """
    return all(map(_is_frequent, regex(HAN).findall(spelling))) and any(
        char != other and _is_frequent(char) for char, other in zip(text, spelling, strict=True)
    )


def _is_frequent(char: str) -> bool:
    """Return whether a character is one of JIS X 0208, level 1."""
    return b"\x88" <= char.encode("shift_jis", "replace")[:1] < b"\x98"


def in_japanese(text: str, start: int, end: int) -> bool:
    """Return whether the line around `text[start:end]` is Japanese."""
    from tuireader.lexicon.language import language  # few terms need its tables

    before = text[max(0, start - _AROUND) : start].rpartition("\n")[2]
    return language(before + text[start : end + _AROUND].partition("\n")[0]) == "ja"


@lru_cache(maxsize=1 << 10)
def _forms(char: str) -> tuple[str, str]:
    """Return the simplified and the traditional forms of a character, itself if it has no others."""
    _, _, after = _table().partition(f"\n{char} ")
    simple, _, traditional = after.partition("\n")[0].partition(" ") if after else ("", "", "")
    return simple or char, traditional or char


def simplified(text: str) -> str:
    """Write Chinese characters in their simplified form: 鐵道 and 鉄道 become 铁道."""
    return text.translate(_simple())


@cache
def _simple() -> dict[int, str]:
    lines = (line.split(" ") for line in _table()[1:].split("\n"))
    known = {ord(char): forms[0][0] for char, *forms in lines if forms[0]}
    return {**known, **{ord(char): form for char, form in zip(_JAPANESE[::2], _JAPANESE[1::2], strict=True)}}


@cache
def _table() -> str:
    """Load the lines of the table: as a dictionary it would take 2.5 MB."""
    return "\n" + zlib.decompress(FILE.read_bytes()).decode("utf-8")
