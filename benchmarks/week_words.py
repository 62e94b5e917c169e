"""Words of the simulated week: watches, and sentences with and without their terms."""

from __future__ import annotations

import html
import itertools
import random
import re
import unicodedata
from collections.abc import Sequence

import newsgen

WATCHES: dict[str, tuple[str, ...]] = {
    "WeChat": ("WeChat", "Weixin", "微信"),
    "LanternPay": ("LanternPay",),
    "Ostrava": ("Ostrava bridge",),
    "Tram": ("Zürich tram",),
    "PIPL": ("PIPL", "个人信息保护法"),
    "Kestrel": ("Kestrel zero-day",),
}
"""The watches by name, each with its terms."""

_FORMS: dict[str, tuple[str, ...]] = {
    "WeChat": ("WeChat", "WeChat’s", "Weixin", "wechat", "WECHAT"),
    "LanternPay": ("LanternPay", "LanternPay’s"),
    "Ostrava": ("Ostrava bridge", "Ostrava Bridge", "Ostrava bridges"),
    "Tram": ("Zürich tram", "Zurich trams", "ZÜRICH TRAM"),
    "PIPL": ("PIPL", "PIPL"),
    "Kestrel": ("Kestrel zero-day", "Kestrel zero day", "Kestrel zero-days"),
}
_HAN: dict[str, tuple[str, ...]] = {"WeChat": ("微信", "微信支付"), "PIPL": ("个人信息保护法",)}

HARD: dict[str, tuple[str, ...]] = {
    "WeChat": ("<b>We</b>Chat", "We&shy;Chat", "We&#x200B;Chat", "ＷｅＣｈａｔ", "&#x5FAE;&#x4FE1;"),
    "LanternPay": ("Lantern&shy;Pay", "Lantern<wbr>Pay", "&#76;anternPay", "Lantern\u2060Pay"),
    "Ostrava": ("Ostrava&nbsp;bridge", "Ostrava\u2003bridge", "Ostrava\n   bridge", "<i>Ostrava</i> bridge"),
    "Tram": ("Z&uuml;rich tram", "Zu&#x308;rich tram", "Z&#252;rich&#160;tram", "Zürich<!-- x --> tram"),
    "PIPL": ("PIPL&rsquo;s", "&#80;IPL", "个人信息&#20445;护法"),
    "Kestrel": ("Kestrel zero&#8209;day", "Kestrel zero&ndash;day", "Kestrel zero\u2010day"),
}
"""Spellings in HTML that a reader sees as the term."""

_ACROSS = (
    "这两天又冒出些微信号，专家建议继续观察",
    "市场出现轻微信心动摇，投资者转向债券",
    "调查显示居民对银行存在轻微信任危机",
    "研究人员捕捉到极微信号，仪器灵敏度大幅提高",
    "显微信号处理技术获得突破，成本下降三成",
    "企业披露的细微信息引发监管部门注意",
)
"""Sentences in which the characters of a term belong to two words."""
_NEAR = (
    "The WeChatter forum closes after ten years of small talk",
    "Engineers met in Ostrava, bridge builders from six countries among them",
    "Kestrel zero, day one: a falconer’s diary",
    "The word lanternpayment is not in any dictionary",
    '<a href="https://example.org/wechat/LanternPay">An old mirror</a> is back online',
)
_COMPANIES = [name for name in newsgen.COMPANIES if name != "Tencent"]
_PRODUCTS = [name for name in newsgen.PRODUCTS if "WeChat" not in name]


_RARE = ["".join(parts) for parts in itertools.product(newsgen.SYLLABLES, repeat=3)]


def _pick(chance: random.Random, choices: Sequence[str]) -> str:
    """Return one of the choices; three times as fast as `choice`."""
    return choices[int(chance.random() * len(choices))]


def sentence(chance: random.Random) -> str:
    """Return a sentence without any term."""
    words = [_pick(chance, _COMPANIES), _pick(chance, newsgen.VERBS)]
    for _ in range(4 + chance.randrange(7)):
        words += [_pick(chance, newsgen.SMALL), rare(chance), _pick(chance, newsgen.NOUNS)]
    return " ".join(words) + "."


def rare(chance: random.Random) -> str:
    """Return a word that few articles have, as in real texts."""
    return _pick(chance, _RARE)


def title(chance: random.Random) -> str:
    """Return a title without any term."""
    return (
        f"{_pick(chance, _COMPANIES)} {_pick(chance, newsgen.VERBS)} {_pick(chance, newsgen.ADJECTIVES)}"
        f" {_pick(chance, newsgen.NOUNS)} of {rare(chance).title()} for {_pick(chance, _PRODUCTS)}"
    )


def han(chance: random.Random) -> str:
    """Return a Chinese sentence without any term."""
    words = (
        ("腾讯", "阿里巴巴", "华为", "百度", "京东", "美团", "比亚迪", "英伟达"),
        ("发布", "升级", "推出", "测试", "延迟", "扩大", "收购"),
        ("人工智能大模型", "操作系统", "电动汽车", "云计算平台", "数据中心", "机器人公司"),
        ("，该公司计划在下个季度完成部署。", "，分析师认为影响重大。", "，监管部门表示关注。"),
    )
    return "".join(_pick(chance, choices) for choices in words)


def form(chance: random.Random, watch: str, *, hard: bool = False, chinese: bool = False) -> str:
    """Return a spelling of a term of `watch`, as HTML."""
    return _pick(chance, (HARD if hard else _HAN if chinese else _FORMS)[watch])


def watch_names(*, chinese: bool = False) -> Sequence[str]:
    """Return the watches that have terms in this script."""
    return tuple(_HAN if chinese else _FORMS)


def mention(chance: random.Random, term: str) -> str:
    """Return a sentence around a spelling of a term."""
    if any("\u4e00" <= sign <= "\u9fff" for sign in term):
        return _pick(
            chance, ("近日，{}团队宣布开放新的接口。", "多家媒体报道了{}的调整。", "据悉{}将于下月更新。")
        ).format(term)
    return _pick(
        chance,
        (
            "Officials named {} in a statement on Tuesday.",
            "It is the second time this year that {} is part of it.",
            "Two people close to {} confirmed the plan.",
            "Nobody at {} would comment.",
        ),
    ).format(term)


def across(chance: random.Random) -> str:
    """Return a Chinese sentence that has the characters of a term, but not the word."""
    return _pick(chance, _ACROSS)


def near(chance: random.Random) -> str:
    """Return HTML that is close to a term, but has none."""
    return _pick(chance, _NEAR)


def says(watch: str, text: str) -> bool:
    """Return whether HTML or text has a term of a watch, leniently, for other readers' stores."""
    found = re.sub(r"<!--.*?-->|<[^>]*>", "", text, flags=re.DOTALL)
    found = _folded(html.unescape(html.unescape(found)))
    return any(_folded(term) in found for term in WATCHES[watch])


def _folded(text: str) -> str:
    signs = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(sign for sign in signs if unicodedata.category(sign) not in ("Mn", "Cf"))
    return re.sub(r"[\s\u2010-\u2015-]+", " ", kept)
