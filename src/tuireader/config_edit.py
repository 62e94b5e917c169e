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
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

from tuireader.config import FeedConfig, WatchConfig, loads
from tuireader.config_values import Bad, Key, quoted, same_address, without_password
from tuireader.errors import ConfigError
from tuireader.toml_lines import Sort, Statement, statements

_Table = dict[str, Any]


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


def add_watch(text: str, watch: WatchConfig) -> str:
    """The text with one more `[[watch]]`. Raises ConfigError when it is no TOML or the watch is no good."""
    data = _data(text)
    names = [str(table.get("name", "")).casefold() for table in _tables(data, "watch")]
    if watch.name.casefold() in names:
        raise ConfigError(f"there is a watch named {quoted(watch.name)} already", "choose another name")
    block = _block("watch", watch)
    _accepted(block)
    return _added(text, data, "watch", [block])


def remove_feed(text: str, url: str) -> str:
    """The text without this feed; comments in lines of their own stay. Raises ConfigError if it has none."""
    data = _data(text)
    number = _number_of(data, url)
    expected = data | {"feeds": [table for at, table in enumerate(data["feeds"]) if at != number]}
    if not expected["feeds"]:
        del expected["feeds"]
    if _in_brackets(text):
        edited = _by_tomlkit(text, lambda tables: tables.pop(number))
        expected.setdefault("feeds", [])
    else:
        edited = _without_block(text, _blocks(text, "feeds")[number])
    return _proven(edited, expected)


def set_feed(text: str, url: str, /, **changes: object) -> str:
    """The text with other values for keys of this feed, by the names of FeedConfig's fields.

    A value that is the default takes the key out. Raises ConfigError when there is no such feed, or a value
    cannot be used.
    """
    data = _data(text)
    number = _number_of(data, url)
    table = dict(data["feeds"][number])
    for name, value in changes.items():
        written = _written(FeedConfig, name, value)
        if written is None:
            table.pop(name, None)
        else:
            table |= tomllib.loads(f"{name} = {written}")
            _readable(name, table[name])
    others = {_comparable(other) for at, other in enumerate(_urls(data)) if at != number}
    if "url" in changes and _comparable(table["url"]) in others:
        raise ConfigError(f"the configuration has {without_password(table['url'])} already")
    expected = data | {"feeds": [table if at == number else other for at, other in enumerate(data["feeds"])]}
    if _in_brackets(text):

        def change(tables: list[_Table]) -> None:
            for name in changes:
                tables[number].pop(name, None)
                if name in table:
                    tables[number][name] = table[name]

        edited = _by_tomlkit(text, change)
    else:
        edited = text
        for name, value in changes.items():
            block = _blocks(edited, "feeds")[number]
            edited = _with_value(edited, block, name, _written(FeedConfig, name, value))
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


def _readable(name: str, value: object) -> None:
    """Raise ConfigError when a key of a feed cannot have this value."""
    read = _key(FeedConfig, name).kind.read(value)
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


def _block(name: str, item: FeedConfig | WatchConfig) -> str:
    """A table as text, with the keys that are not at their default."""
    lines = [f"[[{name}]]"]
    for one in fields(item):
        written = _written(type(item), one.name, getattr(item, one.name))
        if written is not None:
            lines.append(f"{one.name} = {written}")
    return "\n".join(lines) + "\n"


def _written(kind: type[FeedConfig | WatchConfig], name: str, value: object) -> str | None:
    """The value of a key as TOML, None where it is the default."""
    if value == next((one.default for one in fields(kind) if one.name == name), MISSING):
        return None
    return _key(kind, name).kind.write(value)


def _key(kind: type[FeedConfig | WatchConfig], name: str) -> Key:
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
    if any(one.name == name and one.sort is Sort.PAIR for one in _root(text)):
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


def _in_brackets(text: str) -> bool:
    return any(one.sort is Sort.PAIR and one.name == "feeds" for one in _root(text))


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
    at = next(one.end for one in reversed(own) if one.sort in (Sort.PAIR, Sort.ARRAY))
    line_end = "\r\n" if "\r\n" in text else "\n"
    lead = "" if text[:at].endswith("\n") else line_end
    return f"{text[:at]}{lead}{name} = {written}{line_end}{text[at:]}"


def _by_tomlkit(text: str, change: Callable[[Any], object], name: str = "feeds") -> str:
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
