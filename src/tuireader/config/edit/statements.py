"""Edits of a text, statement by statement."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tuireader.config.edit.data import Table, proven, tables_of
from tuireader.config.toml_lines import Sort, Statement, statements


def added(text: str, data: Table, name: str, blocks: Sequence[str]) -> str:
    """The text with further `[[name]]` tables, behind those that it has."""
    if not blocks:
        return text
    tables = [tomllib.loads(block)[name][0] for block in blocks]
    expected = data | {name: tables_of(data, name) + tables}
    if in_brackets(text, name):
        return proven(through_tomlkit(text, lambda there: there.extend(tables), name), expected)
    there = blocks_of(text, name)
    at = _end_with_comments(there[-1], text) if there else len(text)
    before, after = text[:at], text[at:]
    addition = "\n".join(blocks)
    if before.strip("\ufeff \t\r\n"):
        addition = ("" if before.endswith("\n") else "\n") + "\n" + addition
    if after.strip() and not after.lstrip("\r").startswith("\n"):
        addition += "\n"
    if "\r\n" in text:
        addition = addition.replace("\n", "\r\n")
    return proven(before + addition + after, expected)


def inserted(text: str, data: Table, name: str, at: int, block: str) -> str:
    """The text with a further `[[name]]` table as number `at`, counted from 0, or behind all there are."""
    tables = tables_of(data, name)
    if at >= len(tables):
        return added(text, data, name, [block])
    table = tomllib.loads(block)[name][0]
    expected = data | {name: [*tables[:at], table, *tables[at:]]}
    if in_brackets(text, name):
        return proven(through_tomlkit(text, lambda there: there.insert(at, table), name), expected)
    place = _start_with_comments(blocks_of(text, name)[at][0], text)
    lines = f"{block}\n".replace("\n", _line_end(text))
    return proven(text[:place] + lines + text[place:], expected)


def _start_with_comments(header: Statement, text: str) -> int:
    """Where a table begins, with the comments right above it."""
    start = header.start
    for one in reversed([one for one in shifted(text) if one.start < header.start]):
        if one.sort is not Sort.COMMENT:
            break
        start = one.start
    return start


def _line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def blocks_of(text: str, name: str) -> list[list[Statement]]:
    """The statements of each `[[name]]` table, from its header to the last of its keys."""
    blocks: list[list[Statement]] = []
    open_block: list[Statement] | None = None
    for one in shifted(text):
        if one.sort is Sort.ARRAY and one.name == name:
            open_block = []
            blocks.append(open_block)
        elif one.sort in (Sort.ARRAY, Sort.TABLE) and not one.name.startswith(f"{name}."):
            open_block = None
        if open_block is not None:
            open_block.append(one)
    for block in blocks:
        while block[-1].sort in (Sort.COMMENT, Sort.BLANK):
            block.pop()
    return blocks


def shifted(text: str) -> Iterator[Statement]:
    """The statements of a text that may begin with a byte order mark, which stays outside of them."""
    if not text.startswith("\ufeff"):
        yield from statements(text)
        return
    for one in statements(text[1:]):
        yield Statement(
            one.sort, one.start + 1, one.end + 1, one.number, one.name, one.value + 1, one.stop + 1
        )


def _root(text: str) -> Iterator[Statement]:
    """The statements before the first table."""
    for one in shifted(text):
        if one.sort in (Sort.ARRAY, Sort.TABLE):
            return
        yield one


def in_brackets(text: str, name: str) -> bool:
    """Whether the tables stand in one bracketed list."""
    return any(one.sort is Sort.PAIR and one.name == name for one in _root(text))


def _end_with_comments(block: Sequence[Statement], text: str) -> int:
    """Where a block ends, with comments right below it unless they stand right above another table."""
    end = block[-1].end
    reach = end
    for one in shifted(text):
        if one.start < end:
            continue
        if one.sort is not Sort.COMMENT:
            return reach if one.sort is Sort.BLANK else end
        reach = one.end
    return reach


def without_block(text: str, block: Sequence[Statement]) -> str:
    """The text without the statements of a table; its comments stay."""
    kept = "".join(text[one.start : one.end] for one in block if one.sort is Sort.COMMENT)
    before, after = text[: block[0].start], text[block[-1].end :]
    if not kept and (not before.strip("\ufeff") or before.replace("\r", "").endswith("\n\n")):
        after = after.removeprefix("\r").removeprefix("\n")  # one empty line instead of two
    return before + kept + after


def with_value(text: str, block: Sequence[Statement], name: str, written: str | None) -> str:
    """The text with one key of a table set, or taken out where `written` is None."""
    own: list[Statement] = []
    for one in block:
        if own and one.sort in (Sort.TABLE, Sort.ARRAY):  # a table below this one, as [feeds.headers]
            break
        own.append(one)
    pair = next((one for one in own if one.sort is Sort.PAIR and one.name == name), None)
    if pair is not None:
        if written is None:
            return text[: pair.start] + text[pair.end :]
        return text[: pair.value] + written + text[pair.stop :]
    if written is None:
        return text
    at = next(one.end for one in reversed(own) if one.sort in (Sort.PAIR, Sort.ARRAY, Sort.TABLE))
    line_end = _line_end(text)
    lead = "" if text[:at].endswith("\n") else line_end
    return f"{text[:at]}{lead}{name} = {written}{line_end}{text[at:]}"


def through_tomlkit(text: str, change: Callable[[Any], object], name: str) -> str:
    """The text with a change to the list that stands in brackets."""
    import tomlkit

    document = tomlkit.parse(text)
    change(document[name])
    return tomlkit.dumps(document)
