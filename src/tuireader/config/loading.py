"""Read the configuration: frozen values, and a list of problems with the settings that were ignored."""

from __future__ import annotations

import os
import re
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar

from msgspec import MsgspecError, convert, json
from msgspec.structs import asdict, replace

from tuireader import __version__, files
from tuireader.commands import did_you_mean, resolve_keys
from tuireader.config.account_keys import AccountConfig
from tuireader.config.channel_keys import (
    CHANNELS,
    DIGEST,
    MESSENGERS,
    SEARCH,
    WATCH,
    WATCHES,
    ChannelConfig,
    DigestConfig,
    PublishConfig,
    channel_problem,
    digest_problem,
    publish_problem,
)
from tuireader.config.feed_keys import FeedConfig
from tuireader.config.files import expand_home
from tuireader.config.kinds import ARRIVAL, EXPRESSION, MAIL_SCHEMES, SAVED, command_address
from tuireader.config.problems import LONG_NUMBER, Problem, caret, key_path, line_of, syntax_problem
from tuireader.config.shape import KEYS, PLAIN_TABLES, TABLES, Config, MacroConfig, required
from tuireader.config.toml_lines import key_lines
from tuireader.config.toml_values import describe, quote
from tuireader.config.ui_keys import ThemeConfig
from tuireader.config.values import GROUPS, LINES, Invalid, Kind
from tuireader.config.watch_keys import (
    MuteConfig,
    ProgramConfig,
    RuleConfig,
    ViewConfig,
    WatchConfig,
    WatchDefaults,
    rule_problem,
)
from tuireader.text import feed_key, split_password, without_password

T = TypeVar("T")
Chooses = TypeVar("Chooses", WatchConfig, RuleConfig)
_Loaded = tuple[Config, tuple[Problem, ...]]
_LARGE = 50_000
"""Bytes from which on the result of reading a file is kept; reading fewer takes 20 ms."""


def load(path: Path, state: Path | None = None) -> _Loaded:
    """Read a configuration file; a missing file counts as empty. Never raises.

    The result of a large file is kept in the folder `state`, and used while the file has the same bytes.
    """
    try:
        raw = files.read(path)
    except FileNotFoundError:
        return Config(), ()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return Config(), (Problem("", f"cannot be read: {reason}", fatal=True, file=str(path)),)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - (raw.rfind(b"\n", 0, error.start) + 1) + 1
        message = "is not UTF-8 text; save the file in UTF-8"
        return Config(), (Problem("", message=message, line=line, fatal=True, file=str(path), column=column),)
    if state is None or len(raw) < _LARGE:
        config, problems = loads(text, str(path))
    else:
        config, problems = _loads_once(text, str(path), state / "config.json")
    if config.database:
        config = replace(config, database=str(path.parent / expand_home(config.database)))
    return config, problems


def _loads_once(text: str, name: str, kept: Path) -> _Loaded:
    """Return what `loads` returned for the same text, or read the text and keep the result.

    The result names programs to run. So it lies with the undo steps, not in the cache, and counts only if no
    other user can have written it.
    """
    key = None
    with suppress(OSError, MsgspecError):
        installed = Path(__file__).stat().st_mtime_ns
        about = (name, __version__, sys.version, installed, *map(_schema, TABLES.values()))
        key = blake2b(text.encode(), key=blake2b(repr(about).encode()).digest()).digest()
        status = kept.lstat()
        if status.st_uid == os.geteuid() and not status.st_mode & 0o077:
            digest, _, result = files.read(kept).partition(b"\n")
            if digest == blake2b(result, key=key).hexdigest().encode():
                return _decoded(result)
    loaded = loads(text, name)
    with suppress(OSError, ValueError, MsgspecError):  # the name of the file may be no text
        if key is not None and _decoded(result := json.encode(loaded)) == loaded:
            with files.scratch(kept.parent) as new:
                new.write_bytes(b"\n".join([blake2b(result, key=key).hexdigest().encode(), result]))
                new.replace(kept)
    return loaded


def _decoded(result: bytes) -> _Loaded:
    config, problems = json.decode(result, type=_Loaded)
    rules = config.rules
    if rules:
        from tuireader.model.rules import Action  # see `RuleConfig.then`

        rules = tuple([replace(rule, then=convert(rule.then, tuple[Action, ...])) for rule in rules])
    defaults = convert(config.watch_defaults, WatchDefaults)
    return replace(config, watch_defaults=defaults, rules=rules), problems


def _schema(table: type[Any]) -> list[tuple[str, str, object]]:
    return [(name, key.kind.name, key.default) for name, key in KEYS[table].items()]


def loads(text: str, name: str = "config.toml") -> _Loaded:
    """Read a configuration from its text; `name` is the file name for problems. Never raises."""
    text = text.removeprefix("\ufeff")
    try:
        table = tomllib.loads(text)
        if LONG_NUMBER.search(text):
            _check_numbers(table)
    except (ValueError, RecursionError) as error:
        return Config(), (syntax_problem(error, text, name),)
    problems = _Problems()
    config = _config(table, problems)
    for problem in resolve_keys(config.ui.preset, config.keys)[1]:
        problems.add(problem.path, problem.message)
    lines = dict(key_lines(text)) if problems.problems else {}
    placed = [replace(item, line=line_of(item.path, lines), file=name) for item in problems.problems]
    return config, tuple(sorted(placed, key=lambda placed: placed.line or 0))


def _check_numbers(value: object) -> None:
    """Raise ValueError for an integer that Python refuses to print, such as a long hexadecimal one."""
    match value:
        case int():
            str(value)
        case list():
            for item in value:
                _check_numbers(item)
        case dict():
            _check_numbers(list(value.values()))


class _Problems:
    """Problems found so far, the size of regular expressions, own defaults by kind of table, and names."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.regexes = 0
        self.defaults: dict[type[Any], dict[str, Any]] = {}
        self.names: dict[str, list[str]] = {}

    def add(self, path: str, message: str, detail: str = "") -> None:
        self.problems.append(Problem(path, message, detail=detail))

    def existing(self, path: str, noun: str, names: tuple[str, ...]) -> tuple[str, ...]:
        """Report the channels or watches that do not exist; return the others."""
        known = self.names[noun]
        for place, name in enumerate(names):
            if name not in known:
                marked = caret(", ".join(names), len(", ".join(["", *names[:place]])), len(name))
                self.add(path, f"names no {noun} {quote(name)}{did_you_mean(name, known)}", marked)
        return tuple(name for name in names if name in known)

    def too_many_regexes(self, kind: Kind, written: object) -> Invalid | None:
        """Add a value's regular expressions to the total size; return an error above the limit."""
        if kind not in (ARRIVAL, EXPRESSION, SAVED, LINES, GROUPS) or not (more := _sizes(written)):
            return None
        from tuireader.query import REGEX_TOTAL

        if self.regexes + more > REGEX_TOTAL:
            return Invalid(
                "has too many regular expressions: their total size is too large; remove or shorten some"
            )
        self.regexes += more
        return None


def _sizes(written: object) -> int:
    if isinstance(written, list):
        return sum(map(_sizes, written))
    if not isinstance(written, str) or "/" not in written:
        return 0
    from tuireader.query import regex_sizes

    return regex_sizes(written)


def _config(table: dict[str, Any], problems: _Problems) -> Config:
    own = KEYS[Config]
    known = {*own, *TABLES} - {""}
    for name in table:
        if name not in known:
            problems.add(key_path("", name), f"is not a known key{did_you_mean(name, known)}")
    channels = _tables(ChannelConfig, table, "channel", "name", problems, channel_problem)
    problems.names["channel"] = [channel.name for channel in channels]
    problems.names["channel for messages"] = [channel.name for channel in channels if not channel.share]
    programs = _tables(ProgramConfig, table, "program", "name", problems, _program_problem)
    problems.names["program"] = [program.name for program in programs]
    root = _build(Config, {name: table[name] for name in own if name in table}, "", problems)
    plain = {
        name: _build(kind, table.get(name, {}), name, problems) or kind()
        for name, kind in PLAIN_TABLES.items()
    }
    problems.defaults[WatchConfig] = asdict(plain["watch_defaults"])
    watches = _tables(WatchConfig, table, "watch", "name", problems, _watch_problem, _with_feeds)
    problems.names["watch"] = [watch.name for watch in watches]
    views = _tables(ViewConfig, table, "view", "name", problems)
    digests = _tables(DigestConfig, table, "digest", "name", problems, digest_problem)
    problems.names["saved search"] = [view.name for view in views]
    problems.names["digest"] = [digest.name for digest in digests]
    wrong = partial(rule_problem, names=problems.names)
    return replace(
        root or Config(),
        feeds=_tables(FeedConfig, table, "feeds", "url", problems, _feed_problem, _with_address),
        watches=watches,
        mutes=_tables(MuteConfig, table, "mute", "", problems, _mute_problem, _with_feed),
        views=views,
        macros=_tables(MacroConfig, table, "macro", "key", problems, _macro_problem),
        accounts=_tables(AccountConfig, table, "account", "name", problems, _account_problem),
        themes=_tables(ThemeConfig, table, "theme", "name", problems),
        channels=channels,
        digests=digests,
        publishes=_tables(PublishConfig, table, "publish", "name", problems, partial(publish_problem, {})),
        programs=programs,
        rules=_tables(RuleConfig, table, "rule", "name", problems, wrong, _with_feeds),
        **plain,
    )


def _tables(
    kind: type[T],
    root: dict[str, Any],
    name: str,
    key: str,
    problems: _Problems,
    problem_of: Callable[[T], tuple[str, ...] | None] = lambda item: None,
    complete: Callable[[T], T] = lambda item: item,
) -> tuple[T, ...]:
    """Read the usable tables of an array; of several with the same `key`, keep the first."""
    usable: list[T] = []
    seen: dict[str, str] = {}
    for path, written in _build_tables(kind, root.get(name), name, problems):
        item = complete(written)
        first = seen.setdefault(_IDENTITIES[key](getattr(item, key)), path) if key else path
        if first != path:
            problems.add(f"{path}.{key}", f"is the same as in {first}; this one is ignored")
        elif problem := problem_of(item):
            problems.add(f"{path}{problem[0]}", *problem[1:])
        else:
            usable.append(item)
    return tuple(usable)


_IDENTITIES: Mapping[str, Callable[[str], str]] = {"url": feed_key, "name": str.casefold, "key": str}


def _with_address(feed: FeedConfig) -> FeedConfig:
    """Derive the address of a program; move a password out of an address, which is shown and stored."""
    if feed.command and not feed.url:
        return replace(feed, url=command_address(feed.command))
    url, user, password = split_password(feed.url)
    if url == feed.url:
        return feed
    own = feed.username or feed.password
    return replace(
        feed,
        url=url,
        username=feed.username if own else user,
        password=feed.password if own else password,
    )


def _with_feeds(item: Chooses) -> Chooses:
    """Remove passwords from feed addresses, as stored ones have none."""
    return replace(item, feeds=tuple(split_password(name)[0] for name in item.feeds))


def _with_feed(mute: MuteConfig) -> MuteConfig:
    return replace(mute, feed=split_password(mute.feed)[0])


def _feed_problem(feed: FeedConfig) -> tuple[str, str] | None:
    if not feed.url:
        return "", "has no url or command"
    if feed.command and not feed.url.startswith("exec:"):
        return ".command", "replaces url; remove one of the two"
    if feed.select and feed.kind != "page":
        return ".select", 'needs kind = "page"; `items` selects the articles of a page'
    if feed.items and feed.kind == "page":
        return ".items", 'cannot be combined with kind = "page"'
    if feed.filter and feed.url.startswith(MAIL_SCHEMES):
        return ".filter", "cannot change a mail folder"
    if feed.url.startswith(MAIL_SCHEMES) and (feed.items or feed.kind == "page"):
        return "", "is a mail folder, which has no selectors"
    return None


def _watch_problem(watch: WatchConfig) -> tuple[str, str] | None:
    if watch.any or watch.all or watch.query:
        return None
    return "", f"{quote(watch.name)} searches for nothing: it needs any, all or query"


def _program_problem(program: ProgramConfig) -> tuple[str, str] | None:
    return None if program.command else (".command", "is empty")


def _mute_problem(mute: MuteConfig) -> tuple[str, str] | None:
    return None if mute.query or mute.feed else ("", "mutes nothing: it needs query or feed")


def _account_problem(account: AccountConfig) -> tuple[str, str] | None:
    if without_password(account.url) != account.url:
        return ".url", "has a password; write it as `password`"
    if account.token and not account.kind.takes_token:
        return ".token", 'needs kind = "miniflux"; the Google Reader API takes user and password'
    if account.token or (account.user and account.password):
        return None
    missing = "password" if account.user else "user"
    return "", f"has no {missing}{' (or token)' if account.kind.takes_token else ''}"


def _macro_problem(macro: MacroConfig) -> tuple[str, str] | None:
    if macro.shell and (len(macro.command) != 1 or re.search(r"\{(url|title|feed)\}", macro.command[0])):
        return ".command", "should be one text without {url}, {title} and {feed}, as a shell reads it"
    return None if macro.run or macro.command else ("", "does nothing: it needs run or command")


def _build_tables(kind: type[T], value: object, name: str, problems: _Problems) -> Iterator[tuple[str, T]]:
    """Yield the valid tables of an array, each with its path: `watch[2]`."""
    if value is None:
        return
    if isinstance(value, dict):  # [watch] instead of [[watch]] is unambiguous for a single table
        problems.add(name, f"should be written [[{name}]]")
        value = [value]
    if not isinstance(value, list):
        problems.add(name, f"should be tables, each under [[{name}]], not {describe(value)}")
        return
    for count, table in enumerate(value, 1):
        item = _build(kind, table, f"{name}[{count}]", problems)
        if item is not None:
            yield f"{name}[{count}]", item


_NOUNS = {CHANNELS: "channel", MESSENGERS: "channel for messages", WATCHES: "watch", WATCH: "watch"}
_NOUNS |= {SEARCH: "saved search", DIGEST: "digest"}
"""Kinds of values that are names of tables, or one of them."""


def _build(kind: type[T], table: object, path: str, problems: _Problems) -> T | None:
    """Build a value from the valid keys of a table; None if a required or vital key is missing or invalid."""
    if not isinstance(table, dict):
        problems.add(path, f"should be a table, not {describe(table)}")
        return None
    keys = KEYS[kind]
    values = dict(problems.defaults.get(kind, {}))
    usable = True
    for name, written in table.items():
        if name not in keys:
            problems.add(key_path(path, name), f"is not a known key{did_you_mean(name, keys)}")
            continue
        key = keys[name]
        value = problems.too_many_regexes(key.kind, written) or key.kind.read(written)
        if isinstance(value, Invalid):
            problems.add(key_path(path, name), value.message, value.detail)
            usable = usable and not key.vital
        else:
            if noun := _NOUNS.get(key.kind):
                names = (value,) if isinstance(value, str) else value
                existing = problems.existing(key_path(path, name), noun, names)
                usable = usable and bool(existing or not names or not key.vital)
                value = existing if names is value else value
            values[key.field] = value
    missing = [name for name in required(kind) if name not in table]
    for name in missing:
        problems.add(path, f"has no {name}")
    make: Callable[..., T] = kind
    return make(**values) if usable and not missing else None
