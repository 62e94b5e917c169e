"""Undo edits of a configuration.

If the text was not edited since, the previous text is restored byte for byte. Otherwise only the tables
that the edit changed are restored, and only if they are still unchanged.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from msgspec import Struct

from tuireader.config.edit.blocks import (
    Values,
    blocks_of,
    in_brackets,
    insert_table,
    remove_tables,
    update_table,
    update_tables,
)
from tuireader.config.edit.data import ARRAYS, Table, address_of, block_of, data_of, identity, tables_of
from tuireader.config.toml_lines import StatementKind
from tuireader.config.toml_values import quote, to_toml
from tuireader.errors import ConfigError
from tuireader.text import clean, split_password, without_password
from tuireader.text.wording import counted

_NAME_LIMIT = 60


class EditedSince(ConfigError):
    """The configuration was edited after the change to be undone."""


class TableChange(Struct, frozen=True):
    """A table that an edit added (`old` is None), changed or removed (`new` is None).

    For a `[[name]]` table, `at` is its index and `text` the removed text without comment lines. For a plain
    table, `at` is -1, and `old` and `new` hold only the keys that differ.
    """

    name: str
    at: int
    old: Table | None
    new: Table | None
    text: str = ""

    @property
    def verb(self) -> str:
        """`added`, `changed` or `removed`."""
        if self.at < 0:
            return "changed"
        return "added" if self.old is None else "removed" if self.new is None else "changed"

    @property
    def restoring(self) -> Values:
        """Values, as TOML, that turn `new` back into `old`."""
        old, new = self.old or {}, self.new or {}
        keys = [key for key in {**old, **new} if old.get(key) != new.get(key)]
        return {key: to_toml(old[key]) if key in old else None for key in keys}


class Step(Struct, frozen=True):
    """An edit for the undo journal: a summary, and the data that reverts it."""

    what: str
    packed: bytes


def step_between(before: str, after: str, what: str = "") -> Step | None:
    """Record the edit from one text to another, None if they are equal; `what` replaces the summary."""
    if before == after:
        return None
    start = _common_prefix(before, after)
    end = _common_prefix(before[start:][::-1], after[start:][::-1])
    changes = list(_changes(before, data_of(before), data_of(after)))
    packed = {
        "start": start,
        "end": end,
        "old": before[start : len(before) - end],
        "left": _digest(after),
        "pieces": [
            [change.name, change.at, to_toml(change.old), to_toml(change.new), change.text]
            for change in changes
        ],
    }
    return Step(what or _summary(changes), zlib.compress(json.dumps(packed, ensure_ascii=False).encode()))


def revert(text: str, packed: bytes) -> str:
    """Undo an edit. Raises EditedSince when that is no longer possible, ConfigError for invalid TOML."""
    step = _unpacked(packed)
    if _digest(text) == step["left"]:
        return str(text[: step["start"]] + step["old"] + text[len(text) - step["end"] :])
    changes = _unpacked_changes(step)
    if not changes:
        raise EditedSince("the configuration was edited since")
    data_of(text)
    removed = [piece for piece in changes if piece.at >= 0 and piece.new is None]
    others = [piece for piece in changes if piece not in removed]
    try:
        for change in (*reversed(others), *removed):  # removed tables come back at their indices in order
            text = _restore_keys(text, change) if change.at < 0 else _restore_table(text, change)
    except ConfigError as error:  # its new layout cannot be edited safely
        raise EditedSince(error.message) from None
    return text


def reverted_urls(packed: bytes) -> list[tuple[str, str]]:
    """Feeds whose address changes when an edit is undone, as pairs of current and former address.

    They are without passwords, as they are stored.
    """
    urls = [
        (split_password(address_of(change.new))[0], split_password(address_of(change.old))[0])
        for change in _unpacked_changes(_unpacked(packed))
        if change.name == "feeds" and change.new and change.old
    ]
    return [(new, former) for new, former in urls if new != former]


def _common_prefix(text: str, other: str) -> int:
    differing = (at for at, (left, right) in enumerate(zip(text, other, strict=False)) if left != right)
    return next(differing, min(len(text), len(other)))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _unpacked(packed: bytes) -> dict[str, Any]:
    step: dict[str, Any] = json.loads(zlib.decompress(packed))
    return step


def _unpacked_changes(step: Mapping[str, Any]) -> list[TableChange]:
    return [
        TableChange(name, at=at, old=_table(old), new=_table(new), text=text)
        for name, at, old, new, text in step["pieces"]
    ]


def _table(inline: str) -> Table | None:
    table: Table | None = tomllib.loads(f"x = {inline}")["x"] if inline else None
    return table


def _changes(text: str, old: Table, new: Table) -> Iterator[TableChange]:
    for name in dict.fromkeys([*old, *new]):
        before, after = old.get(name), new.get(name)
        if before == after:
            continue
        if _is_array(before) and _is_array(after):
            yield from _array_changes(text, name, before or [], after or [])
        elif isinstance(before, dict | None) and isinstance(after, dict | None):
            left, right = before or {}, after or {}
            keys = [key for key in {**left, **right} if left.get(key) != right.get(key)]
            yield TableChange(name, -1, _part(left, keys), _part(right, keys))


def _is_array(value: object) -> bool:
    return value is None or (isinstance(value, list) and all(isinstance(item, dict) for item in value))


def _part(table: Table, keys: list[str]) -> Table:
    return {key: table[key] for key in keys if key in table}


def _array_changes(
    text: str, name: str, before: Sequence[Table | None], after: Sequence[Table | None]
) -> Iterator[TableChange]:
    """Yield the tables that differ; an edit changes tables in place, removes some or appends some."""
    kept = iter(after)
    wanted = next(kept, None)
    aligned: list[Table | None] = []
    for table in before:  # assume that tables were only removed
        aligned.append(table if table == wanted else None)
        wanted = next(kept, None) if table == wanted else wanted
    if wanted is None and len(after) < len(before):
        after = aligned
    elif len(after) < len(before):
        first = next((at for at, table in enumerate(after) if table != before[at]), len(after))
        after = [*after[:first], *[None] * (len(before) - len(after)), *after[first:]]
    blocks = [] if in_brackets(text, name) else blocks_of(text, name)
    for at, (old, new) in enumerate(zip_longest(before, after)):
        if old != new:
            lost = blocks[at] if new is None and at < len(blocks) else []
            lines = (statement for statement in lost if statement.kind is not StatementKind.COMMENT)
            removed = "".join(text[statement.start : statement.end] for statement in lines)
            yield TableChange(name, at=at, old=old, new=new, text=removed)


def _summary(changes: list[TableChange]) -> str:
    """Summarise an edit: `watch CVE added`, `12 feeds added, 2 saved searches added`."""
    if not changes:
        return "configuration changed"
    both = (change for change in changes if change.old and change.new)
    renamed = [change for change in both if _name(change.old or {}) != _name(change.new or {})]
    if renamed or len(changes) == 1:
        change = [*renamed, *changes][0]
        table = (change.old if change.verb != "added" else change.new) or {}
        return " ".join(filter(None, (_noun(change.name), _name(table), change.verb)))
    counts = Counter((change.name, change.verb) for change in changes)
    return ", ".join(f"{_noun(name, count)} {verb}" for (name, verb), count in counts.items())


def _noun(name: str, count: int = 0) -> str:
    if name not in ARRAYS:
        return f"[{name}]"
    return counted(count, ARRAYS[name].noun, ARRAYS[name].nouns) if count else ARRAYS[name].noun


def _name(table: Table) -> str:
    title = table.get("name") or table.get("title") or table.get("query") or table.get("key")
    name = str(title or without_password(address_of(table) or str(table.get("feed") or "")))
    return clean(name, _NAME_LIMIT)


def _restore_table(text: str, change: TableChange) -> str:
    data, name, old, new = data_of(text), change.name, change.old, change.new
    tables = tables_of(data, name)
    if new is None:
        return _restore_removed(text, data, change, old or {})
    places = [at for at, table in enumerate(tables) if table == new]
    if not places:
        verb = "changed" if _is_among(name, new, tables) else "removed"
        raise EditedSince(f"the {_noun(name)} {quote(_name(new))} was {verb} since")
    at = min(places, key=lambda index: abs(index - change.at))
    if old is None:
        return remove_tables(text, data, name, [at])
    return update_tables(text, data, name, {at: change.restoring})


def _restore_removed(text: str, data: Table, change: TableChange, old: Table) -> str:
    if _is_among(change.name, old, tables_of(data, change.name)):
        raise EditedSince(f"the {_noun(change.name)} {quote(_name(old))} exists again")
    removed = change.text.replace("\r\n", "\n").rstrip("\n")
    block = f"{removed}\n" if change.text else block_of(change.name, old)
    return insert_table(text, data, change.name, change.at, block)


def _is_among(name: str, table: Table, tables: Sequence[Table]) -> bool:
    return identity(name, table) in [identity(name, other) for other in tables]


def _restore_keys(text: str, change: TableChange) -> str:
    """Restore the keys of a plain table; a table that the edit added stays, but empty."""
    data = data_of(text)
    table = data.get(change.name, {})
    if not isinstance(table, dict) or _part(table, list(change.restoring)) != (change.new or {}):
        raise EditedSince(f"[{change.name}] was changed since")
    return update_table(text, data, change.name, change.restoring)
