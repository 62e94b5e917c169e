"""Another name for a feed or folder in the expressions that name it."""

from __future__ import annotations

from tuireader.lexicon import fold
from tuireader.query.parser import parse, tokens
from tuireader.query.tree import OPERATORS, QueryError, phrase


def rename(text: str, field: str, name: str, new: str) -> str:
    """The expression that asks for `new` where it asked for `name` in this field; all else stays as typed.

    Only a value that is the whole name is changed: `folder:China` may mean more folders than "China tech".
    An expression that cannot be read stays what it is, and so does one that could not be with the new name.
    """
    if isinstance(parse(text), QueryError):
        return text
    quoted = phrase(new)
    word = new if new.isalnum() and new not in OPERATORS else quoted
    wanted = fold(name.strip())
    pieces: list[str] = []
    done = 0
    asked: str | None = None  # the field that the next token belongs to, if it has one of its own
    outer = [""]  # the fields of the groups that are open
    for token in tokens(text):
        if token.kind == "(":
            outer.append(outer[-1] if asked is None else asked)
        elif token.kind == ")":
            outer.pop()
        elif token.kind in ("word", "phrase"):
            here = outer[-1] if asked is None else asked
            if here == field and fold(token.value.strip()) == wanted:
                pieces += [text[done : token.start], word if token.kind == "word" else quoted]
                done = token.end
        asked = token.value if token.kind in ("field", "name") else None
    changed = "".join([*pieces, text[done:]])
    return text if isinstance(parse(changed), QueryError) else changed
