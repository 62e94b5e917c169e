"""Rename feeds, folders and watches in expressions."""

from __future__ import annotations

from tuireader.lexicon import fold
from tuireader.query.parser import parse, tokens
from tuireader.query.tree import OPERATORS, QueryError, phrase


def rename(text: str, field: str, name: str, new: str) -> str:
    """Replace `name` by `new` in this field of an expression, and leave the rest as typed.

    Only a value equal to the whole name is replaced: `folder:China` may match other folders than "China
    tech", too. An expression that is invalid, or would become invalid, stays unchanged.
    """
    if isinstance(parse(text, likes=True), QueryError):
        return text
    quoted = phrase(new)
    word = new if new.isalnum() and new not in OPERATORS else quoted
    wanted = fold(name.strip())
    pieces: list[str] = []
    done = 0
    field_before: str | None = None  # field of the next token, if given
    outer = [""]  # fields of the open groups
    for token in tokens(text):
        if token.kind == "(":
            outer.append(outer[-1] if field_before is None else field_before)
        elif token.kind == ")":
            outer.pop()
        elif token.kind in ("word", "phrase"):
            here = outer[-1] if field_before is None else field_before
            if here == field and fold(token.value.strip()) == wanted:
                pieces += [text[done : token.start], word if token.kind == "word" else quoted]
                done = token.end
        field_before = token.value if token.kind in ("field", "name") else None
    changed = "".join([*pieces, text[done:]])
    return text if isinstance(parse(changed, likes=True), QueryError) else changed
