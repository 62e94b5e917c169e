"""Name imported watches by the words that their patterns find."""

from __future__ import annotations

import re
from itertools import islice, product
from typing import Any

from tuireader.newsboat.filters import Filter, Pair, pattern_of
from tuireader.newsboat.outcomes import No
from tuireader.query import re_parser

_MOST, _LONGEST = 8, 60
_CONTENTS = ("title", "content")


def of_pattern(pattern: str) -> str:
    """Return the words that a pattern of ours finds, such as `ferry or ferries`; `""` if it has none."""
    tree = re_parser.parse(pattern)
    texts = _texts(tree) if tree is not None else [re.sub(r"\\.|\W+", " ", pattern)]
    phrases = (" ".join(re.sub(r"^\W+|\W+$", "", text).split()) for text in texts)
    return " or ".join(dict.fromkeys(text for text in phrases if re.search(r"[^\W_]{2}", text)))


def of_filter(tree: Filter) -> str:
    """Return the words that a filter asks for; `""` if it asks for none."""
    if isinstance(tree, Pair):
        sides = (of_filter(tree.left), of_filter(tree.right))
        return f" {tree.word} ".join(filter(None, sides))
    if tree.operator not in ("=", "=~", "#"):
        return ""
    try:
        words = of_pattern(pattern_of(tree.value)) if tree.operator == "=~" else tree.value
    except No:
        return ""
    return words if tree.attribute in _CONTENTS or not words else f"{tree.attribute} {words}"


def _texts(items: Any) -> list[str]:
    """Return texts that items of a pattern match, with a blank for what may be anything."""
    texts = [""]
    for kind, value in items:
        match str(kind):
            case "LITERAL":
                choices = [chr(value)]
            case "SUBPATTERN":
                choices = _texts(value[3])
            case "BRANCH":
                choices = [text for branch in value[1] for text in _texts(branch)]
            case "IN" if len(value) <= _MOST and all(str(item[0]) == "LITERAL" for item in value):
                choices = [chr(code) for _, code in value]
            case "MAX_REPEAT" | "MIN_REPEAT" if value[1] == 1 or value[0]:
                choices = _texts(value[2]) if value[0] else ["", *_texts(value[2])]
            case "AT":
                choices = [""]
            case _:
                choices = [" "]
        if len(texts[0]) > _LONGEST:
            break
        texts = [before + after for before, after in islice(product(texts, choices), _MOST)]
    return texts
