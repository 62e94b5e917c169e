"""Check and translate CSS selectors. Imports cssselect only when called, and never lxml."""

from __future__ import annotations

import re
from functools import lru_cache

from msgspec import Struct

LONGEST = 1_000  # maximum characters of a selector
_PLACE = re.compile(r" at (\d+)>?$")


class SelectorProblem(Struct, frozen=True):
    """Reason why a text is no CSS selector, and its position in the text."""

    message: str
    position: int

    def __str__(self) -> str:
        return f"{self.message} (at character {self.position + 1})"


def problem(selector: str) -> SelectorProblem | None:
    """Explain why a text is no usable CSS selector; None if it is one."""
    translated = _translated(selector)
    return translated if isinstance(translated, SelectorProblem) else None


def xpath(selector: str) -> str:
    """Translate a selector to XPath for descendants of a node. Raises ValueError if it is none."""
    translated = _translated(selector)
    if isinstance(translated, SelectorProblem):
        raise ValueError(str(translated))
    return translated


@lru_cache(256)
def _translated(selector: str) -> str | SelectorProblem:
    from cssselect import HTMLTranslator, SelectorError, SelectorSyntaxError

    if len(selector) > LONGEST:
        return SelectorProblem(f"is longer than {LONGEST:,} characters", LONGEST)
    try:
        return str(HTMLTranslator().css_to_xpath(selector, prefix="descendant::"))
    except SelectorSyntaxError as error:
        return SelectorProblem(*_explained(str(error), selector))
    except SelectorError as error:
        return SelectorProblem(*_unsupported(str(error), selector))
    except RecursionError:
        return SelectorProblem("is nested too deeply", 0)


def _explained(words: str, selector: str) -> tuple[str, int]:
    """Explain a syntax error in plain words; return its position as well."""
    place = _PLACE.search(words)
    at = min(int(place[1]), len(selector)) if place else 0
    if not selector.strip():
        return "is empty", 0
    if at >= len(selector.rstrip()):
        return "is not a CSS selector: something is missing at its end", at
    return f"is not a CSS selector: {selector[at : at + 20]!r} is not expected here", at


def _unsupported(words: str, selector: str) -> tuple[str, int]:
    """Name the part of a selector that is not supported; return its position as well."""
    named = re.search(r":?:([\w-]+)", words)
    at = selector.find("::") if "seudo-element" in words else -1
    if at < 0 and named:
        at = max(0, selector.find(f":{named[1]}"))
    what = re.match(r"::?[\w-]+", selector[max(0, at) :])
    part = f"{what[0]} " if what else "a part of it "
    return f"cannot be used: {part}is not supported", max(0, at)
