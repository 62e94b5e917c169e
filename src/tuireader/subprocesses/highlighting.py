"""Highlight code with Pygments.

Only for the sandbox: the lexers are regular expressions, which may never finish on some texts.
"""

from __future__ import annotations

from tuireader.subprocesses.jobs import Failed

LONGEST = 60_000  # maximum characters of code to highlight
_MAX_SPANS = 20_000


def colours(code: str, language: str) -> list[tuple[int, int, str]]:
    """Find the spans of `code` to highlight: (start, end, kind), in order. Raises Failed."""
    from pygments.lexers import get_lexer_by_name
    from pygments.token import Comment, Generic, Keyword, Name, Number, Operator, String
    from pygments.util import ClassNotFound

    if len(code) > LONGEST:
        raise Failed("it is too long")
    try:
        lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        raise Failed("unknown language") from None
    kinds = {
        "comment": (Comment,),
        "string": (String, Generic.Inserted),
        "number": (Number, Generic.Deleted),
        "keyword": (Keyword, Operator.Word, Name.Tag, Generic.Heading, Generic.Subheading),
        "name": (Name.Function, Name.Class, Name.Attribute, Name.Decorator, Name.Builtin),
    }
    ranges: list[tuple[int, int, str]] = []
    for start, token, text in lexer.get_tokens_unprocessed(code):
        kind = next((name for name, wanted in kinds.items() if any(token in tokens for tokens in wanted)), "")
        if not kind or not text.strip():
            continue
        if ranges and ranges[-1][1] == start and ranges[-1][2] == kind:
            ranges[-1] = (ranges[-1][0], start + len(text), kind)
        else:
            ranges.append((start, start + len(text), kind))
        if len(ranges) == _MAX_SPANS:
            break
    return ranges
