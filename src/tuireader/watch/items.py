"""Items that a watch searches for: terms, and regular expressions in slashes."""

from __future__ import annotations

from tuireader import query
from tuireader.lexicon import Term, compile_term
from tuireader.query import Regex

Item = Term | Regex


def parse_item(text: str, exact: bool) -> Item | str:
    """Return a term or a regular expression in slashes, or why it is neither."""
    if len(text) > 2 and text[0] == "/" == text[-1]:
        problem = query.regex_problem(text[1:-1])
        return f"{text}: {problem}" if problem else Regex(text[1:-1])
    return compile_term(text, exact) or f"there is nothing to search for in {text!r}"
