"""Append, insert and remove whole tables in TOML text; set keys within a table with tomlkit.

tomlkit does not decide where tables begin and end: it moves text between two runs of `[[feeds]]`, and
assigns the comment above a table to the table before it (`docs/notes/home-made.md`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import takewhile
from typing import Any

from tuireader.config.edit.data import Table, proven, tables_of, unsafe
from tuireader.config.toml_lines import Statement, StatementKind, statements
from tuireader.config.toml_values import key_to_toml
from tuireader.errors import ConfigError

Values = Mapping[str, str | None]
"""New values of keys as TOML; None removes the key."""
_HEADERS = (StatementKind.ARRAY, StatementKind.TABLE)


def append_tables(text: str, data: Table, name: str, blocks: Sequence[str]) -> str:
    """Append `[[name]]` tables after the existing ones."""
    if not blocks:
        return text
    tables = [tomllib.loads(block)[name][0] for block in blocks]
    expected = data | {name: tables_of(data, name) + tables}
    if in_brackets(text, name):
        return proven(_with_tomlkit(text, lambda document: document[name].extend(tables)), expected)
    existing = blocks_of(text, name)
    at = _end_with_comments(existing[-1], text) if existing else len(text)
    before, after = text[:at], text[at:]
    addition = "\n".join(blocks)
    if before.strip("\ufeff \t\r\n"):
        addition = ("" if before.endswith("\n") else "\n") + "\n" + addition
    if after.strip() and not after.lstrip("\r").startswith("\n"):
        addition += "\n"
    return proven(before + addition.replace("\n", _line_end(text)) + after, expected)


def insert_table(text: str, data: Table, name: str, at: int, block: str) -> str:
    """Insert a `[[name]]` table at an index, or append it if the index is too large."""
    tables = tables_of(data, name)
    if at >= len(tables):
        return append_tables(text, data, name, [block])
    table = tomllib.loads(block)[name][0]
    expected = data | {name: [*tables[:at], table, *tables[at:]]}
    if in_brackets(text, name):
        return proven(_with_tomlkit(text, lambda document: document[name].insert(at, table)), expected)
    place = _start_with_comments(blocks_of(text, name)[at][0], text)
    lines = f"{block}\n".replace("\n", _line_end(text))
    return proven(text[:place] + lines + text[place:], expected)


def remove_tables(text: str, data: Table, name: str, places: Collection[int]) -> str:
    """Remove some of the `[[name]]` tables, given by index; their comments stay."""
    expected = data | {name: [table for number, table in enumerate(data[name]) if number not in places]}
    if in_brackets(text, name):

        def remove(document: Any) -> None:
            for at in sorted(places, reverse=True):
                document[name].pop(at)

        return proven(_with_tomlkit(text, remove), expected)
    if not expected[name]:
        del expected[name]
    blocks = blocks_of(text, name)
    for at in sorted(places, reverse=True):
        text = _without_block(text, blocks[at])
    return proven(text, expected)


def remove_table(text: str, data: Table, name: str) -> str:
    """Remove a plain `[name]` table with all below it; comments stay."""
    for block in reversed(blocks_of(text, name, StatementKind.TABLE)):
        text = _without_block(text, block)
    return proven(text, {key: value for key, value in data.items() if key != name})


def _without_block(text: str, block: Sequence[Statement]) -> str:
    comments = "".join(
        text[statement.start : statement.end]
        for statement in block
        if statement.kind is StatementKind.COMMENT
    )
    before, after = text[: block[0].start], text[block[-1].end :]
    if not comments and (not before.strip("\ufeff") or before.replace("\r", "").endswith("\n\n")):
        after = after.removeprefix("\r").removeprefix("\n")  # one empty line instead of two
    return before + comments + after


def update_tables(text: str, data: Table, name: str, changes: Mapping[int, Values]) -> str:
    """Set keys of some `[[name]]` tables, given by index."""
    tables = [_updated(table, changes.get(at, {})) for at, table in enumerate(tables_of(data, name))]
    if in_brackets(text, name):

        def update(document: Any) -> None:
            for at, values in changes.items():
                _set_keys(document[name][at], values)

        return proven(_with_tomlkit(text, update), data | {name: tables})
    blocks = blocks_of(text, name)
    for at in sorted(changes, reverse=True):
        text = _update_block(text, blocks[at], lambda document: document[name][0], changes[at])
    return proven(text, data | {name: tables})


def update_table(text: str, data: Table, name: str, values: Values) -> str:
    """Set keys of a plain `[name]` table, which is created if missing, or of the file itself (`""`)."""
    table = data.get(name, {}) if name else data
    if not isinstance(table, dict):
        raise ConfigError(f"{name} is not a table", "fix it first; nothing was changed")
    values = {key: written for key, written in values.items() if written is not None or key in table}
    if not values:
        return text
    if not name:
        return proven(_update_root(text, values), _updated(data, values))
    expected = data | {name: _updated(table, values)}
    if blocks := blocks_of(text, name, StatementKind.TABLE):
        text = _update_block(text, blocks[0], lambda document: document[name], values)
    elif name in data:
        text = _with_tomlkit(text, lambda document: _set_keys(document[name], values))
    else:
        lines = "".join(
            f"{key_to_toml(key)} = {written}\n" for key, written in values.items() if written is not None
        )
        lead = "" if not text.strip("\ufeff \t\r\n") else "\n" if text.endswith("\n") else "\n\n"
        text += f"{lead}[{name}]\n{lines}".replace("\n", _line_end(text))
    return proven(text, expected)


def _update_root(text: str, values: Values) -> str:
    """Set keys of the file itself, above all tables."""
    header = next((statement for statement in statements(text) if statement.kind in _HEADERS), None)
    at = len(text) if header is None else _start_with_comments(header, text)
    lines, below, line_end = text[:at], text[at:], _line_end(text)
    if lines.strip("\ufeff") and not lines.endswith("\n"):
        lines += line_end
    edited = _with_tomlkit(lines, lambda document: _set_keys(document, values, line_end))
    gap = line_end if below and len(edited) > len(lines) and not edited.endswith(2 * line_end) else ""
    return edited + gap + below


def in_brackets(text: str, name: str) -> bool:
    """Detect tables written as one bracketed list: `feeds = [{…}, …]`."""
    root = takewhile(lambda statement: statement.kind not in _HEADERS, statements(text))
    return any(statement.kind is StatementKind.PAIR and statement.name == name for statement in root)


def blocks_of(text: str, name: str, kind: StatementKind = StatementKind.ARRAY) -> list[list[Statement]]:
    """Statements of each `[[name]]` table, or of `[name]`, from its header to its last key."""
    blocks: list[list[Statement]] = []
    open_block: list[Statement] | None = None
    for statement in statements(text):
        if statement.kind is kind and statement.name == name:
            open_block = []
            blocks.append(open_block)
        elif statement.kind in _HEADERS and not statement.name.startswith(f"{name}."):
            open_block = None
        if open_block is not None:
            open_block.append(statement)
    return [_without_trailing_comments(block) for block in blocks]


def _without_trailing_comments(block: list[Statement]) -> list[Statement]:
    while block and block[-1].kind in (StatementKind.COMMENT, StatementKind.BLANK):
        block.pop()
    return block


def _start_with_comments(header: Statement, text: str) -> int:
    """Position of the header of a table, or of the comments directly above it."""
    above = reversed([statement for statement in statements(text) if statement.start < header.start])
    comments = takewhile(lambda statement: statement.kind is StatementKind.COMMENT, above)
    return min((statement.start for statement in comments), default=header.start)


def _end_with_comments(block: Sequence[Statement], text: str) -> int:
    """End of a block, after the comments directly below it unless another table follows them."""
    end = block[-1].end
    reach = end
    for statement in statements(text):
        if statement.start < end:
            continue
        if statement.kind is not StatementKind.COMMENT:
            return reach if statement.kind is StatementKind.BLANK else end
        reach = statement.end
    return reach


def _line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _updated(table: Table, values: Values) -> Table:
    set_to = {key: tomllib.loads(f"x = {text}")["x"] for key, text in values.items() if text is not None}
    return {key: value for key, value in table.items() if key not in values} | set_to


def _update_block(text: str, block: Sequence[Statement], table: Callable[[Any], Any], values: Values) -> str:
    own = _without_trailing_comments(
        [block[0], *takewhile(lambda statement: statement.kind not in _HEADERS, block[1:])]
    )
    below = (
        statement.name.removeprefix(f"{block[0].name}.")
        for statement in block[1:]
        if statement.kind in _HEADERS
    )
    if not any(name.partition(".")[0] in values for name in below):
        block = own  # tomlkit would add an empty line above [feeds.headers]
    start, end = block[0].start, block[-1].end
    lines, line_end = text[start:end], _line_end(text)
    if not lines.endswith("\n"):
        lines += line_end  # so that added keys start on a new line

    edited = _with_tomlkit(lines, lambda document: _set_keys(table(document), values, line_end))
    if lines.count("\n") == edited.count("\n"):
        edited = edited[: len(edited) - (len(lines) - (end - start))]
    return text[:start] + edited + text[end:]


def _with_tomlkit(text: str, change: Callable[[Any], object]) -> str:
    """Change a document with tomlkit. Raises ConfigError if tomlkit would alter other parts."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    mark = "\ufeff" if text.startswith("\ufeff") else ""
    try:
        document = tomlkit.parse(text[len(mark) :])
        if mark + tomlkit.dumps(document) != text:
            raise unsafe()
        change(document)
        return mark + tomlkit.dumps(document)
    except TOMLKitError:
        raise unsafe() from None


def _set_keys(table: Any, values: Values, line_end: str = "\n") -> None:
    import tomlkit

    for key, written in values.items():
        if written is None:
            table.pop(key, None)
        else:
            item = tomlkit.value(written)
            item.trivia.trail = line_end
            table[key] = item
