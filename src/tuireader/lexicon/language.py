"""Detect the language of a text by its script, its letters and its most frequent words."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

READ = 240
"""Number of characters that are read, from the beginning."""

# Scripts by the high byte of their code points; each has room for a single count.
_SCRIPT_OF = bytearray(b"L" * 256)
for _name, _blocks in {
    b"G": [0x03], b"C": [0x04], b"H": [0x05], b"A": [0x06], b"D": [0x09], b"T": [0x0E], b"K": [0x30],
    b"Z": [*range(0x34, 0xA0), 0xF9], b"N": range(0xAC, 0xD7), b"x": [0x07, 0x08, *range(0x0A, 0x0E), 0x0F,
    *range(0x10, 0x1E), *range(0x1F, 0x30), 0x31, 0x32, 0x33, *range(0xA0, 0xAC), *range(0xD7, 0xF9),
    *range(0xFA, 0x100)],
}.items():  # fmt: skip
    for _block in _blocks:
        _SCRIPT_OF[_block] = _name[0]
_SCRIPTS = bytes(_SCRIPT_OF)

_HAN_WEIGHT = 3  # Latin letters that carry as much meaning as a Chinese character
_HANGUL_WEIGHT = 2
_LEAST = {"Z": 2, "N": 2, "K": 2, "G": 4, "C": 6, "H": 4, "A": 4, "D": 4, "T": 4}
"""Least number of characters of a script that shows a language."""

_EAST_ASIAN_SIGNS = "〇\u3000、。〈〉《》「」『』【】〔〕〜・"
_KANJI_ONLY = 100  # characters to read of a text without kana
_HIRAGANA = re.compile("[\u3041-\u3096]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
# Characters that only Japanese writes so, and frequent ones that only Chinese has.
_JAPANESE = re.compile(
    "[気円図対売読広沢実駅発経済検続総戦権県変価労関覧営団収拡択浜渋働込辺払仏従応恵悪挙桜歳満焼獣薬蔵訳転軽遅鉄険霊騒験髪黒帰弾亜圧囲"
    "塩壊専帯庁掲揺摂斉栄潟渓経絵継縄聴脳臓処両仮伝児剤剰勧単厳圏増銭録鋭閲雑産査闘郷巻歩毎竜覚値駆帳]"
)
_CHINESE = re.compile(
    "[的了是们們这這他你吗嗎呢吧说說没沒为為从從对對让讓给給与與还還过過将將会會来來时時个個国國后於並並称稱被把很它她您都啊啥咱哪谁"
    "发發经經关關业業务務开開问問题題东東车車长長门門见見电電]"
)
_ONLY_CHINESE = re.compile("[的了们們这這你吗嗎呢吧说没沒为从對让讓给给与还還过將还啊啥咱谁她您]")

_UKRAINIAN, _RUSSIAN, _SERBIAN = re.compile("[іїєґ]"), re.compile("[ыэё]"), re.compile("[јљњћђџ]")
_OTHER_CYRILLIC = re.compile(r"[ѓќѕқңғұүәөһҳҷӯӣҡҙҫ]")
_MACEDONIAN = re.compile(r"\b(?:во|со|ги|го|ќе|секој|не смее)\b")
_BULGARIAN = re.compile(
    r"ъ(?![яеюё])|\b(?:се|със|ще|че|е|като|след|през|към|която|който|които|има|са|един|срещу)\b"
)
_PERSIAN, _URDU = re.compile("[پچژگکی]"), re.compile("[ٹڈڑےںہھ]")
_PASHTO = re.compile("[ټډړښځڅېۍګ]")
_DEVANAGARI = re.compile("[\u0904-\u0963]")
_HINDI = re.compile(r"(?<!\S)(?:है|हैं|में|और|का|के|की|को|से|ने|पर|नहीं|यह|भी|एक|लिए|कि|तो|या)(?!\S)")
_NOT_HINDI = re.compile("ळ|आहे|आणि|[छु]न्|गरे|लाई")

_FINNISH = re.compile(
    r"(?:ss[aä]|st[aä]|ll[aä]|lt[aä]|lle|ksi|nen|[aeiouyäö]{2}n|[aeiouyäö]{2}s|v[aä]t|k[aä][aä]n|ista|mme|iden|eita)\b"
)
_VIETNAMESE = re.compile("[ạ-ỹ]")

_LETTER_WEIGHT = 0.5


def _languages_by_key(keys_of: Iterable[tuple[str, Iterable[str]]]) -> dict[str, list[str]]:
    """Map each word or letter to the languages that have it."""
    languages: dict[str, list[str]] = {}
    for language, keys in keys_of:
        for key in dict.fromkeys(keys):
            languages.setdefault(key, []).append(language)
    return languages


# lines of `<language>[ similar]: <words>` and `<language> letters: <letters>`; similar languages are not told
# apart, but listed lest they pass for others
_FILE = Path(__file__).with_name("frequent-words.txt").read_text("utf-8")
_LISTS = re.findall(r"(?m)^(\w+) ?(\w*): (.+)$", _FILE)
_SIMILAR = frozenset(code for code, kind, _ in _LISTS if kind == "similar")
_WORD_LANGUAGES = _languages_by_key(
    (code, words.split()) for code, kind, words in _LISTS if kind != "letters"
)
_LETTER_LANGUAGES = _languages_by_key((code, words) for code, kind, words in _LISTS if kind == "letters")
_WORD = re.compile("[a-z\u00df-\u024f\u0300-\u036f\u1e00-\u1eff]+")
_SIGN = re.compile("[\u00a1\u00bf\u00df-\u024f\u0259]")
_ENOUGH, _AHEAD, _SHARE = 2.0, 0.9, 0.09
"""Least score of a language, its least lead over the next one, and its least score for each word read."""


def language(text: str) -> str:
    """Return the ISO 639-1 code of the main language of a text, or `""` if that is not certain.

    A few characters suffice for Chinese, Japanese and Korean; languages in Latin letters need some of their
    most frequent words. Only the first `READ` characters are read.
    """
    text = text[:READ]
    if text.isascii():
        return _latin(text.lower())
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    scripts = text.encode("utf-16-le", "surrogatepass")[1::2].translate(_SCRIPTS)
    counts = {name: scripts.count(name.encode()) for name in "ZNGCHADT"}
    han, kana = counts["Z"], max(0, scripts.count(b"K") - sum(map(text.count, _EAST_ASIAN_SIGNS)))
    counts["Z"] += kana
    weights = {**counts, "Z": counts["Z"] * _HAN_WEIGHT, "N": counts["N"] * _HANGUL_WEIGHT}
    script = max(weights, key=lambda name: weights[name])
    few = weights[script] * 2 < len(text)
    if not weights[script] or (few and weights[script] <= len(_LATIN.findall(text))):
        return _latin(text.lower())
    if counts[script] < _LEAST[script]:
        return ""
    return _han(text, han, kana) if script == "Z" else _OF_SCRIPT[script](text)


def _han(text: str, han: int, kana: int) -> str:
    if not kana:
        text = text[:_KANJI_ONLY]
        japanese = len(_JAPANESE.findall(text))
        return "ja" if japanese and japanese > 2 * len(_CHINESE.findall(text)) else "zh"
    if kana * 8 >= kana + han and not (kana < 3 and _ONLY_CHINESE.search(text)):
        return "ja"
    japanese = len(_HIRAGANA.findall(text)) + len(_JAPANESE.findall(text))
    return "ja" if japanese > len(_CHINESE.findall(text)) else "zh"


def _cyrillic(text: str) -> str:
    text = text.lower()
    if 60 * len(_OTHER_CYRILLIC.findall(text)) >= len(text):
        return ""
    ukrainian, russian = len(_UKRAINIAN.findall(text)), len(_RUSSIAN.findall(text))
    if len(_SERBIAN.findall(text)) > max(ukrainian, russian):
        return "" if _MACEDONIAN.search(text) else "sr"
    if "ў" in text or (russian and "і" in text and "и" not in text):
        return "be"
    if ukrainian or russian:
        return "uk" if ukrainian > russian else "ru"
    return "bg" if _BULGARIAN.search(text) else "ru"


def _arabic(text: str) -> str:
    """Tell Arabic, Persian and Urdu apart; `""` for Pashto."""
    if len(_PASHTO.findall(text)) > 1:
        return ""
    urdu, persian = len(_URDU.findall(text)), len(_PERSIAN.findall(text))
    if urdu > 1:
        return "ur"
    return "fa" if persian > 1 else "ar"


def _mostly(code: str, first: str, last: str, least: int) -> Callable[[str], str]:
    """Build a detector of texts with at least `least` letters from `first` to `last`."""
    letters = re.compile(f"[{first}-{last}]")
    return lambda text: code if len(letters.findall(text)) >= least else ""


def _devanagari(text: str) -> str:
    """Detect Hindi; `""` for Marathi and Nepali."""
    letters = len(_DEVANAGARI.findall(text))
    return "hi" if letters >= _LEAST["D"] and _HINDI.search(text) and not _NOT_HINDI.search(text) else ""


_OF_SCRIPT: Mapping[str, Callable[[str], str]] = {
    "N": _mostly("ko", "\uac00", "\ud7a3", _LEAST["N"]),
    "C": _cyrillic,
    "A": _arabic,
    "D": _devanagari,
    "G": _mostly("el", "\u0386", "\u03ff", _LEAST["G"]),
    "H": _mostly("he", "\u05d0", "\u05ea", _LEAST["H"]),
    "T": _mostly("th", "\u0e01", "\u0e5b", _LEAST["T"]),
}


def _latin(text: str) -> str:
    """Detect the language of a lower-case text in Latin letters; `""` if uncertain."""
    words = _WORD.findall(text)
    scores: defaultdict[str, float] = defaultdict(float)
    for word in words:
        for code in _WORD_LANGUAGES.get(word, ()):
            scores[code] += 1.0 if len(word) > 1 else 0.5
    for letter in () if text.isascii() else _SIGN.findall(text):
        for code in _LETTER_LANGUAGES.get(letter, ()):
            scores[code] += _LETTER_WEIGHT
    if not scores:
        return ""
    most = max(scores.values())
    for code, typical, weight in (("fi", _FINNISH, _LETTER_WEIGHT), ("vi", _VIETNAMESE, 1.0)):
        if 2 * scores.get(code, 0.0) >= most:
            scores[code] += weight * len(typical.findall(text))
    best = max(scores, key=lambda code: scores[code])
    score = scores.pop(best)
    ahead = score - max(scores.values(), default=0.0)
    enough = score >= max(_ENOUGH, _SHARE * len(words)) and ahead >= _AHEAD
    return best if enough and best not in _SIMILAR else ""
