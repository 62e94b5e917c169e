"""Changes to a person's TOML that leave everything else as it is: comments, order, spacing, line ends.

A change is made on the text itself, statement by statement, and is believed only when reading the new text
gives exactly the old data with the change; else nothing is written. Only where feeds stand in one bracketed
list (`feeds = [{…}, …]`) the whole file goes through tomlkit.
"""

from __future__ import annotations

import os
import stat
import tempfile
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, Literal

from tuireader.config import FeedConfig, MacroConfig, MuteConfig, ViewConfig, WatchConfig, loads
from tuireader.config_values import Bad, Key, quoted, same_address, to_toml, without_password
from tuireader.errors import ConfigError
from tuireader.toml_lines import Sort, Statement, statements

_Table = dict[str, Any]
_Item = FeedConfig | WatchConfig | MuteConfig | ViewConfig | MacroConfig


# --------------------------------------------------------------------------- changes to a text


def add_feeds(text: str, feeds: Iterable[FeedConfig]) -> str:
    """The text with a `[[feeds]]` for each feed that it does not have yet, behind those that it has.

    Raises ConfigError when the text is no TOML, or a feed's address is none.
    """
    data = _data(text)
    known = {_comparable(url) for url in _urls(data)}
    new: list[FeedConfig] = []
    for feed in feeds:
        block = _block("feeds", feed)
        _accepted(block)
        if _comparable(feed.url) not in known:
            known.add(_comparable(feed.url))
            new.append(feed)
    return _added(text, data, "feeds", [_block("feeds", feed) for feed in new])


def add_tables(text: str, name: str, items: Sequence[_Item]) -> str:
    """The text with a further `[[name]]` for each item. Raises ConfigError when one of them is no good."""
    blocks = [_block(name, item) for item in items]
    for block in blocks:
        _accepted(block)
    return _added(text, _data(text), name, blocks)


def set_values(text: str, table: str, values: Mapping[str, object]) -> str:
    """The text with other values for keys of a plain table such as `[fetch]`, which is made if need be.

    Raises ConfigError when a value cannot be used.
    """
    if not values:
        return text
    lines = "".join(f"{name} = {to_toml(value)}\n" for name, value in values.items())
    _accepted(f"[{table}]\n{lines}")
    data = _data(text)
    there = data.get(table, {})
    if not isinstance(there, dict):
        raise ConfigError(f"{table} is no table", "mend it first; nothing was changed")
    expected = data | {table: there | tomllib.loads(lines)}
    block = [one for one in _plain_table(text, table) if one.sort is not Sort.BLANK]
    if block:
        edited = text
        for name, value in values.items():
            edited = _with_value(edited, list(_plain_table(edited, table)), name, to_toml(value))
    elif table in data:
        edited = _by_tomlkit(text, lambda written: written.update(values), table)
    else:
        lead = "" if not text.strip("\ufeff \t\r\n") else "\n" if text.endswith("\n") else "\n\n"
        edited = text + f"{lead}[{table}]\n{lines}".replace("\n", "\r\n" if "\r\n" in text else "\n")
    return _proven(edited, expected)


def _plain_table(text: str, name: str) -> Iterator[Statement]:
    """The statements of `[name]`, from its header on."""
    inside = False
    for one in _shifted(text):
        if one.sort in (Sort.ARRAY, Sort.TABLE):
            inside = one.sort is Sort.TABLE and one.name == name
        if inside:
            yield one


def add_watch(text: str, watch: WatchConfig) -> str:
    """The text with one more `[[watch]]`. Raises ConfigError when it is no TOML or the watch is no good."""
    data = _data(text)
    names = [str(table.get("name", "")).casefold() for table in _tables(data, "watch")]
    if watch.name.casefold() in names:
        raise ConfigError(f"there is a watch named {quoted(watch.name)} already", "choose another name")
    block = _block("watch", watch)
    _accepted(block)
    return _added(text, data, "watch", [block])


def set_watch(text: str, name: str, watch: WatchConfig) -> str:
    """The text with this watch in place of the one with that name, which may be its own.

    Raises ConfigError when there is none, when the new name is another's, or when the watch is no good.
    """
    data = _data(text)
    names = [str(table.get("name", "")).strip().casefold() for table in _tables(data, "watch")]
    if name.casefold() not in names:
        raise ConfigError(f"the configuration has no watch {quoted(name)}", "see `tuireader watch list`")
    number = names.index(name.casefold())
    if watch.name.casefold() in (other for at, other in enumerate(names) if at != number):
        raise ConfigError(f"there is a watch named {quoted(watch.name)} already", "choose another name")
    _accepted(_block("watch", watch))
    changes = {one.name: getattr(watch, one.name) for one in fields(watch)}
    return _changed(text, data, "watch", WatchConfig, number, changes)


def remove_watch(text: str, name: str) -> str:
    """The text without this `[[watch]]`. Raises ConfigError when it has none."""
    data = _data(text)
    for number, table in enumerate(_tables(data, "watch")):
        if str(table.get("name", "")).strip().casefold() == name.casefold():
            return _removed(text, data, "watch", number)
    raise ConfigError(f"the configuration has no watch {quoted(name)}", "see `tuireader watch list`")


def add_mute(text: str, mute: MuteConfig) -> str:
    """The text with a `[[mute]]`; one for the same articles gets the new end. Raises ConfigError."""
    block = _block("mute", mute)
    _accepted(block)
    data = _data(text)
    for number, table in enumerate(_tables(data, "mute")):
        if _same_mute(table, mute):
            return _changed(text, data, "mute", MuteConfig, number, {"until": mute.until})
    return _added(text, data, "mute", [block])


def remove_mute(text: str, mute: MuteConfig) -> str:
    """The text without the `[[mute]]` for these articles, whatever its end. Raises ConfigError."""
    data = _data(text)
    for number, table in enumerate(_tables(data, "mute")):
        if _same_mute(table, mute):
            return _removed(text, data, "mute", number)
    raise ConfigError("the configuration has no such mute", "it may have been taken out by hand")


def _same_mute(table: _Table, mute: MuteConfig) -> bool:
    query, feed = str(table.get("query", "")).strip(), str(table.get("feed", "")).strip()
    return (query, feed) == (mute.query.strip(), mute.feed.strip())


def set_view(text: str, view: ViewConfig, name: str = "") -> str:
    """The text with a `[[view]]` in place of the one named `name`, or else of the one of its own name.

    Raises ConfigError, also when there is another one of the new name.
    """
    block = _block("view", view)
    _accepted(block)
    data = _data(text)
    names = [str(table.get("name", "")).strip().casefold() for table in _tables(data, "view")]
    old, new = (name or view.name).casefold(), view.name.casefold()
    if new != old and new in names:
        raise ConfigError(f"there is a view named {quoted(view.name)} already", "choose another name")
    if old in names:
        changes = {"name": view.name, "query": view.query}
        return _changed(text, data, "view", ViewConfig, names.index(old), changes)
    return _added(text, data, "view", [block])


def remove_view(text: str, name: str) -> str:
    """The text without this `[[view]]`. Raises ConfigError when it has none."""
    data = _data(text)
    for number, table in enumerate(_tables(data, "view")):
        if str(table.get("name", "")).strip().casefold() == name.casefold():
            return _removed(text, data, "view", number)
    raise ConfigError(f"the configuration has no view {quoted(name)}", "it may have been taken out by hand")


def remove_feed(text: str, url: str) -> str:
    """The text without this feed; comments in lines of their own stay. Raises ConfigError if it has none."""
    data = _data(text)
    return _removed(text, data, "feeds", _number_of(data, url))


def _removed(text: str, data: _Table, name: str, number: int) -> str:
    """The text without one of the `[[name]]` tables, counted from 0."""
    expected = data | {name: [table for at, table in enumerate(data[name]) if at != number]}
    if not expected[name]:
        del expected[name]
    if _in_brackets(text, name):
        edited = _by_tomlkit(text, lambda tables: tables.pop(number), name)
        expected.setdefault(name, [])
    else:
        edited = _without_block(text, _blocks(text, name)[number])
    return _proven(edited, expected)


def set_feed(text: str, url: str, /, **changes: object) -> str:
    """The text with other values for keys of this feed, by the names of FeedConfig's fields.

    A value that is the default takes the key out. Raises ConfigError when there is no such feed, or a value
    cannot be used.
    """
    data = _data(text)
    number = _number_of(data, url)
    others = {_comparable(other) for at, other in enumerate(_urls(data)) if at != number}
    moved = str(changes.get("url", ""))
    if moved and _comparable(moved) in others:
        raise ConfigError(f"the configuration has {without_password(moved)} already")
    return _changed(text, data, "feeds", FeedConfig, number, changes)


def rename_folder(text: str, name: str, new: str) -> str:
    """The text with the feeds of one folder in another, which `""` takes out of any. Raises ConfigError.

    Watches, mutes and views that name the folder name the new one then, in their expressions, too.
    """
    numbers = [
        number
        for number, table in enumerate(_tables(_data(text), "feeds"))
        if str(table.get("folder", "")).strip() == name
    ]
    if not numbers:
        raise ConfigError(f"the configuration has no folder {quoted(name)}", "see `tuireader feeds`")
    for number in numbers:
        text = _changed(text, _data(text), "feeds", FeedConfig, number, {"folder": new})
    return renamed(text, "folder", name, new) if new else text


def renamed(text: str, kind: Literal["feed", "folder"], name: str, new: str) -> str:
    """The text whose watches, mutes and views are for the feed or folder `new` where they were for `name`."""
    from tuireader import query  # only this edit needs the parser

    for number, table in enumerate(_tables(_data(text), "watch")):
        feeds = table.get("feeds")
        if isinstance(feeds, list) and name in feeds:
            now = tuple(dict.fromkeys(new if feed == name else feed for feed in feeds))
            text = _changed(text, _data(text), "watch", WatchConfig, number, {"feeds": now})
    for number, table in enumerate(_tables(_data(text), "mute")):
        if table.get("feed") == name:
            text = _changed(text, _data(text), "mute", MuteConfig, number, {"feed": new})
    asking: tuple[tuple[str, type[_Item]], ...] = (
        ("watch", WatchConfig),
        ("mute", MuteConfig),
        ("view", ViewConfig),
    )
    for tables, item in asking:
        for number, table in enumerate(_tables(_data(text), tables)):
            before = table.get("query")
            after = query.renamed(before, kind, name, new) if isinstance(before, str) else before
            if after != before:
                text = _changed(text, _data(text), tables, item, number, {"query": after})
    return text


def understood(kind: type[_Item], name: str, text: str) -> object:
    """The value that a text means for a key of a table. Raises ConfigError when it means none."""
    _readable(kind, name, text)
    return _key(kind, name).kind.read(text)


def shown(kind: type[_Item], name: str, value: object) -> str:
    """The value of a key as a person would type it; `""` for the default."""
    return (_written(kind, name, value) or "").strip('"')


def _changed(
    text: str, data: _Table, name: str, kind: type[_Item], number: int, changes: Mapping[str, object]
) -> str:
    """The text with other values for keys of one of the `[[name]]` tables, counted from 0."""
    table = dict(data[name][number])
    for key, value in changes.items():
        written = _written(kind, key, value)
        if written is None:
            table.pop(key, None)
        else:
            table |= tomllib.loads(f"{key} = {written}")
            _readable(kind, key, table[key])
    expected = data | {name: [table if at == number else other for at, other in enumerate(data[name])]}
    if _in_brackets(text, name):

        def change(tables: list[_Table]) -> None:
            for key in changes:
                tables[number].pop(key, None)
                if key in table:
                    tables[number][key] = table[key]

        edited = _by_tomlkit(text, change, name)
    else:
        edited = text
        for key, value in changes.items():
            block = _blocks(edited, name)[number]
            edited = _with_value(edited, block, key, _written(kind, key, value))
    return _proven(edited, expected)


# --------------------------------------------------------------------------- the data


def _data(text: str) -> _Table:
    """What a text holds, once it is known to be TOML. Raises ConfigError when it is not."""
    for problem in loads(text)[1]:
        if problem.fatal:
            raise ConfigError(str(problem), "mend it first; nothing was changed")
    return tomllib.loads(text.removeprefix("\ufeff"))


def _tables(data: _Table, name: str) -> list[_Table]:
    value = data.get(name, [])
    if not isinstance(value, list) or not all(isinstance(table, dict) for table in value):
        raise ConfigError(f"{name} is not a row of [[{name}]] tables", "mend it first; nothing was changed")
    return value


def _urls(data: _Table) -> list[str]:
    return [str(table.get("url", "")).strip() for table in _tables(data, "feeds")]


def _number_of(data: _Table, url: str) -> int:
    """Which of the feeds has this address, counted from 0."""
    urls = _urls(data)
    if url in urls:
        return urls.index(url)
    for number, other in enumerate(urls):
        if _comparable(other) == _comparable(url):
            return number
    raise ConfigError(f"the configuration has no feed {without_password(url)}", "see `tuireader feeds`")


def _comparable(url: str) -> str:
    try:
        return same_address(url)
    except ValueError:  # what stands in the file need not be an address
        return url


def _accepted(block: str) -> None:
    """Raise ConfigError when anything in a text cannot be used."""
    for problem in loads(block)[1]:
        raise ConfigError(f"{problem.path} {problem.message}")


def _readable(kind: type[_Item], name: str, value: object) -> None:
    """Raise ConfigError when a key of a table cannot have this value."""
    read = _key(kind, name).kind.read(value)
    if isinstance(read, Bad):
        raise ConfigError(f"{name} {read.message}")


def _proven(text: str, expected: _Table) -> str:
    """The new text, if it holds just what it should."""
    try:
        as_meant = tomllib.loads(text.removeprefix("\ufeff")) == expected
    except tomllib.TOMLDecodeError:
        as_meant = False
    if not as_meant:
        raise ConfigError("this change cannot be made safely", "please make it in the file by hand")
    return text


# --------------------------------------------------------------------------- writing tables


def _block(name: str, item: _Item) -> str:
    """A table as text, with the keys that are not at their default."""
    lines = [f"[[{name}]]"]
    for one in fields(item):
        written = _written(type(item), one.name, getattr(item, one.name))
        if written is not None:
            lines.append(f"{one.name} = {written}")
    return "\n".join(lines) + "\n"


def _written(kind: type[_Item], name: str, value: object) -> str | None:
    """The value of a key as TOML, None where it is the default."""
    if value == next((one.default for one in fields(kind) if one.name == name), MISSING):
        return None
    return _key(kind, name).kind.write(value)


def _key(kind: type[_Item], name: str) -> Key:
    for one in fields(kind):
        if one.name == name:
            described: Key = one.metadata["key"]
            return described
    raise ConfigError(f"a feed has no key {quoted(name)}")


# --------------------------------------------------------------------------- editing the text


def _added(text: str, data: _Table, name: str, blocks: Sequence[str]) -> str:
    if not blocks:
        return text
    tables = [tomllib.loads(block)[name][0] for block in blocks]
    expected = data | {name: _tables(data, name) + tables}
    if _in_brackets(text, name):
        return _proven(_by_tomlkit(text, lambda there: there.extend(tables), name), expected)
    there = _blocks(text, name)
    at = _end_with_comments(there[-1], text) if there else len(text)
    before, after = text[:at], text[at:]
    addition = "\n".join(blocks)
    if before.strip("\ufeff \t\r\n"):
        addition = ("" if before.endswith("\n") else "\n") + "\n" + addition
    if after.strip() and not after.lstrip("\r").startswith("\n"):
        addition += "\n"
    if "\r\n" in text:
        addition = addition.replace("\n", "\r\n")
    return _proven(before + addition + after, expected)


def _blocks(text: str, name: str) -> list[list[Statement]]:
    """The statements of each `[[name]]` table, from its header to the last of its keys."""
    blocks: list[list[Statement]] = []
    open_block: list[Statement] | None = None
    for one in _shifted(text):
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


def _shifted(text: str) -> Iterator[Statement]:
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
    for one in _shifted(text):
        if one.sort in (Sort.ARRAY, Sort.TABLE):
            return
        yield one


def _in_brackets(text: str, name: str) -> bool:
    return any(one.sort is Sort.PAIR and one.name == name for one in _root(text))


def _end_with_comments(block: Sequence[Statement], text: str) -> int:
    """Where a block ends, with comments right below it unless they stand right above another table."""
    end = block[-1].end
    reach = end
    for one in _shifted(text):
        if one.start < end:
            continue
        if one.sort is not Sort.COMMENT:
            return reach if one.sort is Sort.BLANK else end
        reach = one.end
    return reach


def _without_block(text: str, block: Sequence[Statement]) -> str:
    kept = "".join(text[one.start : one.end] for one in block if one.sort is Sort.COMMENT)
    before, after = text[: block[0].start], text[block[-1].end :]
    if not kept and (not before.strip("\ufeff") or before.replace("\r", "").endswith("\n\n")):
        after = after.removeprefix("\r").removeprefix("\n")  # one empty line instead of two
    return before + kept + after


def _with_value(text: str, block: Sequence[Statement], name: str, written: str | None) -> str:
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
    line_end = "\r\n" if "\r\n" in text else "\n"
    lead = "" if text[:at].endswith("\n") else line_end
    return f"{text[:at]}{lead}{name} = {written}{line_end}{text[at:]}"


def _by_tomlkit(text: str, change: Callable[[Any], object], name: str) -> str:
    """The text with a change to the list that stands in brackets."""
    import tomlkit

    document = tomlkit.parse(text)
    change(document[name])
    return tomlkit.dumps(document)


# --------------------------------------------------------------------------- files


def change(path: Path, edit: Callable[[str], str]) -> None:
    """Change a configuration file by `edit`; one that does not exist is made, for its owner only.

    Two programs that do this at once take turns. Raises ConfigError when the file cannot be read or written,
    or `edit` refuses; the file is then untouched.
    """
    try:
        target = path.resolve()  # a link stays a link, what it names is changed
        private_folder(target.parent)
        with _turn(target.parent):
            old = target.read_bytes().decode("utf-8") if target.exists() else ""
            new = edit(old)
            if new != old:
                save(path, new)
    except UnicodeDecodeError:
        raise ConfigError(f"{path} is not UTF-8 text", "mend it first; nothing was changed") from None
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigError(f"{path} cannot be changed: {reason}", "check the rights") from None


def save(path: Path, text: str) -> None:
    """Write a text to a file at one stroke: after a crash there is the old one or the new one, whole."""
    write_private(path, text.encode("utf-8"))


def write_private(path: Path, content: bytes) -> None:
    """Write a file at one stroke, readable by its owner only; the mode of one that exists is kept.

    Through a symbolic link, what it names is written. Raises OSError.
    """
    target = path.resolve()
    private_folder(target.parent)
    mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o600
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")  # made with mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        Path(name).replace(target)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
    _sync_folder(target.parent)


def private_folder(path: Path) -> None:
    """Make a folder, for its owner only, with those above it; one that exists is left as it is."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)


@contextmanager
def _turn(folder: Path) -> Iterator[None]:
    """Hold the lock on a folder, so that programs that read, change and write in it take turns."""
    import fcntl

    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _sync_folder(folder: Path) -> None:
    """Make sure that a rename in a folder outlasts a loss of power, where the file system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
