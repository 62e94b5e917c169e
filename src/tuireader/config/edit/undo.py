"""Changes taken back: what one did to a text, and the text without it.

As long as the text is as the change left it, the one before comes back to the letter. Where it was edited
since, only the entries that were changed go back, and only if nobody else has touched them.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from tuireader.config.edit.changes import plain_table, removed
from tuireader.config.edit.data import Table, comparable, data_of, proven, tables_of
from tuireader.config.edit.statements import blocks_of, in_brackets, inserted, through_tomlkit, with_value
from tuireader.config.toml_lines import Sort
from tuireader.config.values import quoted, to_toml
from tuireader.errors import ConfigError
from tuireader.text import clean, without_password
from tuireader.text.wording import counted

_NOUNS = {
    "feeds": ("feed", "feeds"),
    "watch": ("watch", "watches"),
    "mute": ("mute", "mutes"),
    "view": ("saved search", "saved searches"),
    "macro": ("macro", "macros"),
}
_SHOWN = 60


class NotAsLeft(ConfigError):
    """What is to be taken back has been changed since."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One table that a change has made, altered or removed: `old` and `new`, None where there was none.

    Of a `[[name]]` table `at` is its place, counted from 0, and `text` what stood there before, without
    comments in lines of their own. Of a plain table `at` is -1, and both have only the keys that differ.
    """

    name: str
    at: int
    old: Table | None
    new: Table | None
    text: str = ""

    @property
    def did(self) -> str:
        """What was done, in a word."""
        if self.at < 0:
            return "changed"
        return "added" if self.old is None else "removed" if self.new is None else "changed"


@dataclass(frozen=True, slots=True)
class Step:
    """A change of a text, in words and packed for keeping."""

    what: str
    packed: bytes


def step_between(before: str, after: str, what: str = "") -> Step | None:
    """The step from one text to another, None where there is none; `what` instead of words of our own."""
    if before == after:
        return None
    start = _shared(before, after)
    end = _shared(before[start:][::-1], after[start:][::-1])
    pieces = list(_pieces(before, data_of(before), data_of(after)))
    kept = {
        "start": start,
        "end": end,
        "old": before[start : len(before) - end],
        "left": _digest(after),
        "pieces": [[one.name, one.at, _inline(one.old), _inline(one.new), one.text] for one in pieces],
    }
    return Step(what or _words(pieces), zlib.compress(json.dumps(kept, ensure_ascii=False).encode()))


def take_back(text: str, packed: bytes) -> str:
    """The text without a change. Raises NotAsLeft where that cannot be, ConfigError for what is no TOML."""
    kept = _unpacked(packed)
    if _digest(text) == kept["left"]:
        return str(text[: kept["start"]] + kept["old"] + text[len(text) - kept["end"] :])
    pieces = _pieces_of(kept)
    if not pieces:
        raise NotAsLeft("the configuration was edited since")
    data_of(text)
    try:
        for piece in reversed(pieces):
            text = _set_back(text, piece) if piece.at < 0 else _put_back(text, piece)
    except ConfigError as error:  # it was written in a way that no edit can be sure of
        raise NotAsLeft(error.message) from None
    return text


def moved_back(packed: bytes) -> list[tuple[str, str]]:
    """The feeds that get another address when a change is taken back: the one of now, that of before."""
    both = ((one.new, one.old) for one in _pieces_of(_unpacked(packed)) if one.name == "feeds")
    urls = [(str(new.get("url")), str(old.get("url"))) for new, old in both if new and old]
    return [(now, before) for now, before in urls if now != before]


def _shared(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _inline(table: Table | None) -> str:
    """A table as TOML in one line, `""` for None."""
    return "" if table is None else to_toml(table)


def _unpacked(packed: bytes) -> dict[str, Any]:
    kept: dict[str, Any] = json.loads(zlib.decompress(packed))
    return kept


def _pieces_of(kept: Mapping[str, Any]) -> list[Piece]:
    return [Piece(name, at, _table(old), _table(new), text) for name, at, old, new, text in kept["pieces"]]


def _table(inline: str) -> Table | None:
    table: Table | None = tomllib.loads(f"x = {inline}")["x"] if inline else None
    return table


# --------------------------------------------------------------------------- what has changed


def _pieces(text: str, old: Table, new: Table) -> Iterator[Piece]:
    for name in dict.fromkeys([*old, *new]):
        before, after = old.get(name), new.get(name)
        if before == after:
            continue
        if _is_array(before) and _is_array(after):
            yield from _array_pieces(text, name, before or [], after or [])
        elif isinstance(before, dict | None) and isinstance(after, dict | None):
            there, here = before or {}, after or {}
            keys = [key for key in {**there, **here} if there.get(key) != here.get(key)]
            yield Piece(name, -1, _part(there, keys), _part(here, keys))


def _is_array(value: object) -> bool:
    return value is None or (isinstance(value, list) and all(isinstance(item, dict) for item in value))


def _part(table: Table, keys: list[str]) -> Table:
    return {key: table[key] for key in keys if key in table}


def _array_pieces(text: str, name: str, before: list[Table], after: list[Table]) -> Iterator[Piece]:
    """The tables that differ. Edits change them in their places, remove one, or add some behind all."""
    first = 0
    if len(after) < len(before):
        while first < len(after) and before[first] == after[first]:
            first += 1
        gone = len(before) - len(after)
        after = [*after[:first], *[None] * gone, *after[first:]]  # type: ignore[list-item]
    blocks = [] if in_brackets(text, name) else blocks_of(text, name)
    for at, (old, new) in enumerate(zip_longest(before, after)):
        if old != new:
            lost = blocks[at] if new is None and at < len(blocks) else []
            kept = "".join(text[one.start : one.end] for one in lost if one.sort is not Sort.COMMENT)
            yield Piece(name, at, old, new, kept)


def _words(pieces: list[Piece]) -> str:
    """What a change did, for people: `watch CVE added`, `12 feeds added, 2 saved searches added`."""
    if not pieces:
        return "configuration changed"
    named = next((one for one in pieces if one.old and one.new and _name(one.old) != _name(one.new)), None)
    if named is not None or len(pieces) == 1:
        one = named or pieces[0]
        table = (one.old if one.did != "added" else one.new) or {}
        return " ".join(filter(None, (_noun(one.name), _name(table), one.did)))
    found = Counter((one.name, one.did) for one in pieces)
    return ", ".join(f"{_several(name, count)} {did}" for (name, did), count in found.items())


def _several(name: str, count: int) -> str:
    return counted(count, *_NOUNS[name]) if name in _NOUNS else f"[{name}]"


def _noun(name: str) -> str:
    return _NOUNS.get(name, (f"[{name}]",))[0]


def _name(table: Table) -> str:
    """What a table is called by people, harmless and short."""
    title = table.get("name") or table.get("title") or table.get("query") or table.get("key")
    name = str(title or without_password(str(table.get("url") or table.get("feed") or "")))
    return clean(name, _SHOWN)


# --------------------------------------------------------------------------- entries put back


def _put_back(text: str, piece: Piece) -> str:
    """The text with one of the `[[name]]` tables as it was."""
    data, name, old, new = data_of(text), piece.name, piece.old, piece.new
    tables = tables_of(data, name)
    if new is None:
        return _brought_back(text, data, piece, old or {})
    found = [at for at, table in enumerate(tables) if table == new]
    if not found:
        noun = _noun(name)
        again = any(_same(name, table, new) for table in tables)
        raise NotAsLeft(f"the {noun} {quoted(_name(new))} was {'changed' if again else 'removed'} since")
    at = min(found, key=lambda number: abs(number - piece.at))
    if old is None:
        return removed(text, data, name, at)
    expected = data | {name: [old if number == at else table for number, table in enumerate(tables)]}
    keys = [key for key in {**old, **new} if old.get(key) != new.get(key)]
    if in_brackets(text, name):

        def change(there: list[Table]) -> None:
            for key in keys:
                there[at].pop(key, None)
                if key in old:
                    there[at][key] = old[key]

        return proven(through_tomlkit(text, change, name), expected)
    for key in keys:
        text = with_value(text, blocks_of(text, name)[at], key, to_toml(old[key]) if key in old else None)
    return proven(text, expected)


def _brought_back(text: str, data: Table, piece: Piece, old: Table) -> str:
    """The text with a table that was removed, in its place."""
    if any(_same(piece.name, table, old) for table in tables_of(data, piece.name)):
        raise NotAsLeft(f"there is a {_noun(piece.name)} {quoted(_name(old))} again")
    lines = (f"{to_toml(key) if not key.isidentifier() else key} = {to_toml(old[key])}\n" for key in old)
    block = piece.text.replace("\r\n", "\n").rstrip("\n") + "\n" if piece.text else ""
    block = block or f"[[{piece.name}]]\n{''.join(lines)}"
    return inserted(text, data, piece.name, piece.at, block)


def _same(name: str, one: Table, other: Table) -> bool:
    """Whether two tables are for the same thing, whatever else they say."""
    if name == "feeds":
        return comparable(str(one.get("url", "")).strip()) == comparable(str(other.get("url", "")).strip())
    keys = {"mute": ("query", "feed"), "macro": ("key",)}.get(name, ("name",))
    return all(
        str(one.get(key, "")).strip().casefold() == str(other.get(key, "")).strip().casefold() for key in keys
    )


def _set_back(text: str, piece: Piece) -> str:
    """The text with the keys of a plain table as they were; a table that was made stays, empty."""
    data, old, new = data_of(text), piece.old or {}, piece.new or {}
    table = data.get(piece.name, {})
    keys = list({**old, **new})
    if not isinstance(table, dict) or _part(table, keys) != new:
        raise NotAsLeft(f"[{piece.name}] was changed since")
    rest = {key: value for key, value in table.items() if key not in keys}
    for key in keys:
        block = list(plain_table(text, piece.name))
        if not block:
            raise NotAsLeft(f"[{piece.name}] was written otherwise since")
        text = with_value(text, block, key, to_toml(old[key]) if key in old else None)
    return proven(text, data | {piece.name: rest | old})
