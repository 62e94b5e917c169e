"""Languages by their ISO 639-1 codes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

LANGUAGES: Mapping[str, str] = MappingProxyType({
    "en": "English", "zh": "Chinese", "ja": "Japanese", "ko": "Korean", "de": "German", "fr": "French",
    "es": "Spanish", "it": "Italian", "pt": "Portuguese", "nl": "Dutch", "pl": "Polish", "sv": "Swedish",
    "da": "Danish", "no": "Norwegian", "fi": "Finnish", "tr": "Turkish", "cs": "Czech", "ru": "Russian",
    "uk": "Ukrainian", "ar": "Arabic", "he": "Hebrew", "th": "Thai", "hi": "Hindi", "el": "Greek",
    "bg": "Bulgarian", "sr": "Serbian", "be": "Belarusian", "fa": "Persian", "ur": "Urdu", "ca": "Catalan",
    "ro": "Romanian", "hu": "Hungarian", "sk": "Slovak", "sl": "Slovenian", "hr": "Croatian",
    "vi": "Vietnamese", "id": "Indonesian", "et": "Estonian", "lv": "Latvian", "lt": "Lithuanian",
})  # fmt: skip
"""English names of the languages that `lexicon.language` detects, by code."""

_ALIASES = {"nb": "no", "nn": "no", "iw": "he", "in": "id", "cmn": "zh", "yue": "zh", "jp": "ja", "kr": "ko"}
_CODES = (
    {name.lower(): code for code, name in LANGUAGES.items()} | {code: code for code in LANGUAGES} | _ALIASES
)


def language_code(text: str) -> str:
    """Look up the code of a language given as code, locale or English name (`zh-CN`, `Chinese`), or `""`."""
    name = text.strip().lower().replace("_", "-")
    return _CODES.get(name) or _CODES.get(name.partition("-")[0], "")


def language_names(codes: Sequence[str]) -> str:
    """Join the names of languages: `Chinese, Japanese, Korean`."""
    return ", ".join(LANGUAGES.get(code, code) for code in codes)


def in_order(codes: Iterable[str], preferred: Sequence[str]) -> tuple[str, ...]:
    """Sort known codes without repeats: the preferred ones first, then the others alphabetically."""
    known = set(codes) - {""}
    return (*(code for code in preferred if code in known), *sorted(known.difference(preferred)))
