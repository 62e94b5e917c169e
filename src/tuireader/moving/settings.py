"""newsboat's `config`: what of it has a counterpart here, and a remark for each line that has none."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import field
from urllib.parse import quote

from tuireader.config import MacroConfig, MuteConfig, WatchConfig
from tuireader.moving.colours import colour_of, is_light
from tuireader.moving.filters import NotTranslatable, as_regex, pattern_of, translate
from tuireader.moving.keys import Keyboard, command_of, key_of
from tuireader.moving.lexing import Line, Remark, lines, runs_program, split_unquoted, without_comment, words
from tuireader.moving.programs import without_shell
from tuireader.text import clean, cut_characters
from tuireader.values import dataclass

Value = str | int | bool | tuple[str, ...]


@dataclass(slots=True)
class Settings:
    """What a config of newsboat says in our words.

    `values` are keys of our tables by (table, key). `keys` are those commands whose keys differ from our
    preset `newsboat`. `cache` is where the articles lie if the config says so.
    """

    values: dict[tuple[str, str], Value] = field(default_factory=dict)
    keys: dict[str, tuple[str, ...]] = field(default_factory=dict)
    watches: list[WatchConfig] = field(default_factory=list)
    mutes: list[MuteConfig] = field(default_factory=list)
    macros: list[MacroConfig] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    cache: str = ""


class _No(Exception):
    """Why a line does not move over."""


def read(files: Sequence[tuple[str, str]], feeds: Sequence[str] = (), tags: Collection[str] = ()) -> Settings:
    """Read (name, text) of the config and what it includes, in that order; `feeds` are those subscribed to.

    Of a setting that stands there twice the last line counts, as there.
    """
    reader = _Reader(feeds, tags)
    for name, text in files:
        for line in lines(text):
            reader.line(name, line)
    return reader.settings()


def included(text: str) -> list[str]:
    """The files that a config includes."""
    found = (words(without_comment(line.text)) for line in lines(text))
    return [parts[1] for parts in found if len(parts) > 1 and parts[0] == "include"]


_OWN = "tuireader does that by itself"
_LOOK = "the look is that of the theme (`[ui] theme`)"
_SYNC = "synchronising with a service is not part of this"
_PODCAST = "podcasts are not downloaded"
_REASONS: Mapping[str, str] = {
    "max-items": "nothing is deleted; `tuireader purge --keep N` drops old texts",
    "keep-articles-days": "nothing is deleted; `tuireader purge --older-than` drops old texts",
    "reload-threads": f"{_OWN}, see `[fetch] concurrency`",
    "download-retries": f"{_OWN}: a feed that fails is asked again later",
    "notify-program": "programs get the articles as JSON on stdin here, see `[notify] command`",
    "external-url-viewer": "u lists the links",
    "pager": "articles are shown by tuireader",
    "html-renderer": "articles are shown by tuireader",
    "bookmark-cmd": "a macro can do that: a program gets the article as JSON on stdin",
    "bookmark-autopilot": "a macro can do that",
    "bookmark-interactive": "a macro can do that",
    "define-filter": "filters are kept with V",
    "ssl-verifypeer": "certificates are always checked",
    "ssl-verifyhost": "certificates are always checked",
    "reset-unread-on-update": "an edit is marked and does not make an article unread",
    "goto-next-feed": "n always goes on to the next view with unread articles",
    "cleanup-on-quit": "nothing is deleted",
    "delete-read-articles-on-quit": "nothing is deleted",
    "ignore-mode": "muted articles are kept and hidden",
    "proxy-auth-method": "only a user name and a password are sent",
    "suppress-first-reload": "see `[fetch] refresh_on_start`",
    "opml-url": "import the file once: `tuireader import FILE`",
    "urls-source": _SYNC,
    "cookie-cache": "cookies are not kept; a feed's own header can be set under `headers`",
    "http-auth-method": "a feed's user name and password are set with the feed",
    "error-log": "`tuireader feeds` shows what fails and why",
    "always-download": f"{_OWN}: servers are asked what has changed",
}
_PREFIXES = {
    **dict.fromkeys(
        ("feedhq-", "freshrss-", "inoreader-", "miniflux-", "newsblur-", "ocnews-", "oldreader-", "ttrss-"),
        _SYNC,
    ),
    "feedbin-": _SYNC,
    "podcast-": _PODCAST,
    "download-path": _PODCAST,
    "player": _PODCAST,
    "max-downloads": _PODCAST,
    "notify-": "see `[notify]`",
}


class _Reader:
    """Takes line after line."""

    def __init__(self, feeds: Sequence[str], tags: Collection[str]) -> None:
        self._feeds = feeds
        self._tags = tags
        self._made = Settings()
        self._keyboard = Keyboard()
        self._said: dict[str, tuple[str, Line, str]] = {}
        self._handlers: Mapping[str, Callable[[Line, list[str]], None]] = {
            "bind-key": self._bind,
            "unbind-key": self._unbind,
            "macro": self._macro,
            "highlight": self._highlight,
            "highlight-article": self._highlight_article,
            "ignore-article": self._ignore,
            "color": self._color,
            "include": lambda line, parts: None,
        }

    def line(self, file: str, line: Line) -> None:
        """Take a line over, or remark why not."""
        text = without_comment(line.text) if not line.text.startswith("macro") else line.text
        parts = words(text)
        if not parts:
            return
        name, *arguments = parts
        try:
            if runs_program(text):
                raise _No("newsboat runs what stands in backticks; write here what it prints")
            if name in self._handlers:
                self._handlers[name](Line(line.number, text), arguments)
            elif name in _SINGLE:
                if not arguments:
                    raise _No("has no value")
                self._said[name] = (file, line, arguments[0])
            else:
                raise _No(_reason(name))
        except (_No, NotTranslatable) as reason:
            self._remark(file, line, str(reason))

    def settings(self) -> Settings:
        """All that was taken over."""
        said = {name: value for name, (_, _, value) in self._said.items()}
        for name, (file, line, value) in self._said.items():
            try:
                _SINGLE[name](self._made, value, said)
            except _No as reason:
                self._remark(file, line, str(reason))
        self._made.keys = self._keyboard.changed()
        self._made.remarks.sort(key=lambda one: (one.file, one.line))
        return self._made

    def _remark(self, file: str, line: Line, reason: str) -> None:
        self._made.remarks.append(Remark(file, line.number, clean(_secretless(line.text), 160), reason))

    # -- lines of several words

    def _bind(self, line: Line, arguments: list[str]) -> None:
        if len(arguments) < 2:
            raise _No("names no key or no operation")
        if reason := self._keyboard.bind(arguments[0], arguments[1]):
            raise _No(reason)

    def _unbind(self, line: Line, arguments: list[str]) -> None:
        if reason := self._keyboard.unbind(arguments[0] if arguments else ""):
            raise _No(reason)

    def _macro(self, line: Line, arguments: list[str]) -> None:
        body, *said = split_unquoted(line.text.removeprefix("macro").strip(), "--")
        written, _, operations = body.strip().partition(" ")
        key = key_of(written)
        if key is None:
            raise _No(f"{written!r} is no key here")
        if any(macro.key == key for macro in self._made.macros):
            raise _No("this key has a macro already")
        name = next(iter(words(said[0])), "") if said else ""
        command, run = _steps(operations)
        self._made.macros.append(MacroConfig(key, clean(name), command, run))

    def _highlight(self, line: Line, arguments: list[str]) -> None:
        if len(arguments) < 3:
            raise _No("names no pattern or no colour")
        target, pattern, colour = arguments[:3]
        if target not in ("all", "article", "articlelist"):
            raise _No("watches look at articles only")
        plain = _alternatives(pattern)
        name = self._watch_name(" or ".join(plain) if plain else pattern)
        fields = ("title",) if target == "articlelist" else ("title", "summary", "body")
        if plain:
            watch = WatchConfig(name, any=plain, fields=fields, color=colour_of(colour))
        else:
            asked = as_regex(pattern_of(pattern))
            query = f"title:{asked}" if target == "articlelist" else asked
            watch = WatchConfig(name, query=query, color=colour_of(colour))
        self._made.watches.append(watch)

    def _highlight_article(self, line: Line, arguments: list[str]) -> None:
        if len(arguments) < 2:
            raise _No("names no filter or no colour")
        query = translate(arguments[0], self._tags)
        self._made.watches.append(
            WatchConfig(self._watch_name(arguments[0]), query=query, color=colour_of(arguments[1]))
        )

    def _watch_name(self, text: str) -> str:
        bare = re.sub(r"^\W+", "", clean(text.replace('"', "").replace("\\", "")))
        name = cut_characters(bare, 40) or "Highlight"
        taken = {watch.name.casefold() for watch in self._made.watches}
        number, wanted = 1, name
        while wanted.casefold() in taken:
            number += 1
            wanted = f"{name} {number}"
        return wanted

    def _ignore(self, line: Line, arguments: list[str]) -> None:
        if len(arguments) < 2:
            raise _No("names no feed or no filter")
        feed, asked = arguments[:2]
        query = translate(asked, self._tags)
        if feed == "*":
            self._made.mutes.append(MuteConfig(query))
            return
        if not feed.startswith("regex:"):
            if feed not in self._feeds:
                raise _No("there is no such feed in urls")
            self._made.mutes.append(MuteConfig(query, feed))
            return
        import regex

        pattern = regex.compile(pattern_of(feed.removeprefix("regex:")), regex.IGNORECASE)
        found = [url for url in self._feeds if pattern.search(url, timeout=0.5)]
        if not found:
            raise _No("no feed in urls has such an address")
        self._made.mutes += [MuteConfig(query, url) for url in found]

    def _color(self, line: Line, arguments: list[str]) -> None:
        if len(arguments) < 3:
            raise _No("names no colour")
        element, _, background = arguments[:3]
        if element != "background":
            raise _No(_LOOK)
        if not colour_of(background):
            raise _No(_LOOK)
        light = is_light(background)
        self._made.values["ui", "theme"] = "tuireader-light" if light else "tuireader-dark"


def _steps(operations: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The program and the commands of a macro: there, a program is started by setting the browser first."""
    command: tuple[str, ...] = ()
    browser: tuple[str, ...] = ()
    trouble = ""
    run: list[str] = []
    for operation in split_unquoted(operations, ";"):
        parts = words(operation)
        if not parts:
            continue
        if parts[0] == "set" and len(parts) == 3 and parts[1] == "browser":
            found = without_shell(parts[2])
            browser, trouble = ((), found) if isinstance(found, str) else (found, "")
            continue
        opens = parts[0].startswith("open-in-browser")
        if opens and trouble:
            raise _No(trouble)
        if opens and browser:
            if command:
                raise _No("a macro here starts one program")
            command, browser = browser, ()
            run += ["mark_read"] if parts[0] == "open-in-browser-and-mark-read" else []
            continue
        wanted = "mark_read" if parts == ["toggle-article-read", "read"] else command_of(parts[0])
        if wanted is None or (len(parts) > 1 and wanted != "mark_read"):
            raise _No(f"no command does what {clean(' '.join(parts), 60)} does")
        run.append(wanted)
    if not command and not run:
        raise _No("does nothing that can be done here")
    return command, tuple(run)


def _reason(name: str) -> str:
    if name in _REASONS:
        return _REASONS[name]
    for prefix, reason in _PREFIXES.items():
        if name.startswith(prefix):
            return reason
    return _LOOK if name.endswith(("-format", "-colors")) else "has no counterpart here"


_SECRET = re.compile(r"^(\S*(?:password|token|proxy-auth|login)\S*\s+).*", re.DOTALL)


def _secretless(text: str) -> str:
    """A line as it may be printed."""
    return _SECRET.sub(r"\1…", text)


def _alternatives(pattern: str) -> tuple[str, ...]:
    """The words and phrases of a pattern that has nothing but alternatives; none if there is more to it."""
    bare = pattern.removeprefix("(").removesuffix(")") if pattern.startswith("(") else pattern
    parts = tuple(clean(part) for part in bare.split("|"))
    return parts if all(re.fullmatch(r"[\w][\w '&-]*", part) for part in parts) else ()


# --------------------------------------------------------------------------- settings of one value


def _yes(value: str) -> bool:
    if value not in ("yes", "no", "true", "false"):
        raise _No("is neither yes nor no")
    return value in ("yes", "true")


def _number(value: str, least: int, most: int) -> int:
    if not re.fullmatch(r"\d{1,9}", value):
        raise _No("is no number")
    if not least <= int(value) <= most:
        raise _No(f"is not between {least} and {most}")
    return int(value)


def _reload_time(made: Settings, value: str, said: Mapping[str, str]) -> None:
    made.values["fetch", "interval"] = f"{_number(value, 1, 43_200)}m"


def _auto_reload(made: Settings, value: str, said: Mapping[str, str]) -> None:
    if not _yes(value):
        raise _No("the reader fetches what is due while it is open; `tuireader feeds pause` stops a feed")


def _refresh_on_startup(made: Settings, value: str, said: Mapping[str, str]) -> None:
    made.values["fetch", "refresh_on_start"] = _yes(value)


def _browser(made: Settings, value: str, said: Mapping[str, str]) -> None:
    program = without_shell(value)
    if isinstance(program, str):
        raise _No(program)
    made.values["ui", "browser"] = program


def _proxy(made: Settings, value: str, said: Mapping[str, str]) -> None:
    if said.get("use-proxy") not in ("yes", "true"):
        raise _No("is off there (use-proxy), so it is left out")
    kind = said.get("proxy-type", "http")
    if kind != "http":
        raise _No(f"a {clean(kind, 20)} proxy is not supported; name an http one under `[fetch] proxy`")
    name, colon, password = said.get("proxy-auth", "").partition(":")
    login = f"{quote(name, '')}{colon}{quote(password, '')}@" if name else ""
    made.values["fetch", "proxy"] = f"http://{login}{value.removeprefix('http://')}"


def _nothing(made: Settings, value: str, said: Mapping[str, str]) -> None:
    """Said together with another setting."""


def _timeout(made: Settings, value: str, said: Mapping[str, str]) -> None:
    made.values["fetch", "timeout"] = f"{_number(value, 1, 600)}s"


def _user_agent(made: Settings, value: str, said: Mapping[str, str]) -> None:
    made.values["fetch", "user_agent"] = clean(value)


def _show_read(made: Settings, value: str, said: Mapping[str, str]) -> None:
    made.values["ui", "show_read"] = _yes(value)


def _text_width(made: Settings, value: str, said: Mapping[str, str]) -> None:
    if value == "0":
        raise _No("the text has a width of its own, see `[ui] width`")
    made.values["ui", "width"] = _number(value, 20, 400)


def _save_path(made: Settings, value: str, said: Mapping[str, str]) -> None:
    made.values["save", "folder"] = clean(value)


def _beep(made: Settings, value: str, said: Mapping[str, str]) -> None:
    made.values["notify", "bell"] = _yes(value)


def _cache(made: Settings, value: str, said: Mapping[str, str]) -> None:
    made.cache = value


def _mark_as_read(made: Settings, value: str, said: Mapping[str, str]) -> None:
    raise _No("an article is read once it is opened, see `[ui] mark_read`")


_SINGLE: Mapping[str, Callable[[Settings, str, Mapping[str, str]], None]] = {
    "reload-time": _reload_time,
    "auto-reload": _auto_reload,
    "refresh-on-startup": _refresh_on_startup,
    "browser": _browser,
    "proxy": _proxy,
    "proxy-auth": _nothing,
    "proxy-type": _nothing,
    "use-proxy": _nothing,
    "download-timeout": _timeout,
    "user-agent": _user_agent,
    "show-read-articles": _show_read,
    "text-width": _text_width,
    "save-path": _save_path,
    "notify-beep": _beep,
    "cache-file": _cache,
    "mark-as-read-on-hover": _mark_as_read,
}
