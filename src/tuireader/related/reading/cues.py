"""Cues by which a sentence refers to an earlier event without its time: "had been fined", "after it was".

The past perfect, and what followed something, in English, German, French, Chinese, Japanese and Korean.
"""

from __future__ import annotations

import re

_IRREGULAR = (
    "been|become|begun|bought|brought|built|caught|chosen|come|cut|done|drawn|driven|fallen|fought|found|"
    "forbidden|forgotten|given|gone|grown|held|hit|kept|known|laid|led|left|lost|made|meant|met|paid|put|run|"
    "said|seen|sent|set|shown|shut|sold|spent|spoken|stolen|stood|struck|taken|thrown|told|torn|withdrawn|won|"
    "written"
)
_BETWEEN = r"(?:(?:not|never|also|just|only|even|once|first|already|been|[a-z]+ly) ){0,3}"
_WORDS = (
    "since then", "in the wake of", "nachdem ", "seither", "seitdem", "infolge ", "la suite d", "suite à ",
    "suite au", "depuis lors", "曾", "此前", "以前", "之后", "之後", "かつて", "を受けて", "に続き",
    "に続いて", "앞서", "이후",
)  # fmt: skip
_PATTERNS = [
    (hint, re.compile(pattern))
    for hint, pattern in (
        ("had ", rf"\bhad {_BETWEEN}(?:\w+ed|{_IRREGULAR})\b"),
        ("after ", r"\bafter\b[^.,;]{0,80}\b(?:was|were|had)\b"),
        ("follow", r"\bfollowing (?:the|its|his|her|their|an?|last|this)\b"),
        ("hatte", r"\bhatten?\b[^.;]{0,120}\b(?:ge\w+[tn]|(?:ver|be|er|ent|zer)\w+[tn]|\w+iert)\b"),
        ("avai", r"\bavai(?:t|ent) (?:\w+ )?(?:été|\w+(?:é|i|u|is|it|ert)e?s?)\b"),
        ("après ", r"\baprès (?:que|avoir|la|le|les|l['’])"),
    )
]
"""Patterns, each with a part of its matches, which is a faster test to try first."""


def refers_back(sentence: str) -> bool:
    """Return whether a sentence contains a cue."""
    text = sentence.casefold()
    return any(map(text.__contains__, _WORDS)) or any(
        hint in text and pattern.search(text) is not None for hint, pattern in _PATTERNS
    )
