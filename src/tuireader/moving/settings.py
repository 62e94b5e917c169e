"""newsboat's `config`: what of it has a counterpart here, and a remark for each line that has none."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence

from tuireader.config import MacroConfig, MuteConfig, WatchConfig
from tuireader.moving.colours import colour_of, is_light
from tuireader.moving.filters import NotTranslatable, as_regex, pattern_of, translate
from tuireader.moving.keys import Keyboard, command_of, key_of
from tuireader.moving.lexing import Line, Remark, lines, runs_program, split_unquoted, without_comment, words
from tuireader.moving.programs import without_shell
from tuireader.moving.reasons import LOOK, why_not
from tuireader.moving.single_settings import SINGLE, No, Settings
from tuireader.query import QueryError, compiled, parse
from tuireader.text import clean, cut_characters


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
                raise No("newsboat runs what stands in backticks; write here what it prints")
            if name in self._handlers:
                self._handlers[name](Line(line.number, text), arguments)
            elif name in SINGLE:
                if not arguments:
                    raise No("has no value")
                self._said[name] = (file, line, arguments[0])
            else:
                raise No(why_not(name))
        except (No, NotTranslatable) as reason:
            self._remark(file, line, str(reason))

    def settings(self) -> Settings:
        """All that was taken over."""
        said = {name: value for name, (_, _, value) in self._said.items()}
        for name, (file, line, value) in self._said.items():
            try:
                SINGLE[name](self._made, value, said)
            except No as reason:
                self._remark(file, line, str(reason))
        self._made.keys = self._keyboard.changed()
        self._made.remarks.sort(key=lambda one: (one.file, one.line))
        return self._made

    def _remark(self, file: str, line: Line, reason: str) -> None:
        self._made.remarks.append(Remark(file, line.number, clean(_secretless(line.text), 160), reason))

    # -- lines of several words

    def _bind(self, line: Line, arguments: list[str]) -> None:
        if len(arguments) < 2:
            raise No("names no key or no operation")
        if reason := self._keyboard.bind(arguments[0], arguments[1]):
            raise No(reason)

    def _unbind(self, line: Line, arguments: list[str]) -> None:
        if reason := self._keyboard.unbind(arguments[0] if arguments else ""):
            raise No(reason)

    def _macro(self, line: Line, arguments: list[str]) -> None:
        body, *said = split_unquoted(line.text.removeprefix("macro").strip(), "--")
        written, _, operations = body.strip().partition(" ")
        key = key_of(written)
        if key is None:
            raise No(f"{written!r} is no key here")
        if any(macro.key == key for macro in self._made.macros):
            raise No("this key has a macro already")
        name = next(iter(words(said[0])), "") if said else ""
        command, run = _steps(operations)
        self._made.macros.append(MacroConfig(key, clean(name), command, run))

    def _highlight(self, line: Line, arguments: list[str]) -> None:
        if len(arguments) < 3:
            raise No("names no pattern or no colour")
        target, pattern, colour = arguments[:3]
        if target not in ("all", "article", "articlelist"):
            raise No("watches look at articles only")
        plain = _alternatives(pattern)
        name = self._watch_name(" or ".join(plain) if plain else pattern)
        fields = ("title",) if target == "articlelist" else ("title", "summary", "body")
        if plain:
            watch = WatchConfig(name, any=plain, fields=fields, color=colour_of(colour))
        else:
            asked = as_regex(pattern_of(pattern))
            query = _understood(f"title:{asked}" if target == "articlelist" else asked)
            watch = WatchConfig(name, query=query, color=colour_of(colour))
        self._made.watches.append(watch)

    def _highlight_article(self, line: Line, arguments: list[str]) -> None:
        if len(arguments) < 2:
            raise No("names no filter or no colour")
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
            raise No("names no feed or no filter")
        feed, asked = arguments[:2]
        query = translate(asked, self._tags)
        if feed == "*":
            self._made.mutes.append(MuteConfig(query))
            return
        if not feed.startswith("regex:"):
            if feed not in self._feeds:
                raise No("there is no such feed in urls")
            self._made.mutes.append(MuteConfig(query, feed))
            return
        pattern = compiled(pattern_of(feed.removeprefix("regex:")))
        try:
            found = [url for url in self._feeds if pattern.search(url, timeout=0.5)]
        except TimeoutError:
            raise No("its pattern takes too long") from None
        if not found:
            raise No("no feed in urls has such an address")
        self._made.mutes += [MuteConfig(query, url) for url in found]

    def _color(self, line: Line, arguments: list[str]) -> None:
        if len(arguments) < 3:
            raise No("names no colour")
        element, _, background = arguments[:3]
        if element != "background":
            raise No(LOOK)
        if not colour_of(background):
            raise No(LOOK)
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
            raise No(trouble)
        if opens and browser:
            if command:
                raise No("a macro here starts one program")
            command, browser = browser, ()
            run += ["mark_read"] if parts[0] == "open-in-browser-and-mark-read" else []
            continue
        wanted = "mark_read" if parts == ["toggle-article-read", "read"] else command_of(parts[0])
        if wanted is None or (len(parts) > 1 and wanted != "mark_read"):
            raise No(f"no command does what {clean(' '.join(parts), 60)} does")
        run.append(wanted)
    if not command and not run:
        raise No("does nothing that can be done here")
    return command, tuple(run)


def _understood(expression: str) -> str:
    """An expression, if it is one: a single line that is not must not keep all others from moving over."""
    parsed = parse(expression)
    if isinstance(parsed, QueryError):
        raise No(f"the pattern cannot be looked for: {parsed.message}")
    return expression


_SECRET = re.compile(r"^(\S*(?:password|token|proxy-auth|login)\S*\s+).*", re.DOTALL)


def _secretless(text: str) -> str:
    """A line as it may be printed."""
    return _SECRET.sub(r"\1…", text)


def _alternatives(pattern: str) -> tuple[str, ...]:
    """The words and phrases of a pattern that has nothing but alternatives; none if there is more to it."""
    bare = pattern.removeprefix("(").removesuffix(")") if pattern.startswith("(") else pattern
    parts = tuple(clean(part) for part in bare.split("|"))
    return parts if all(re.fullmatch(r"[\w][\w '&-]*", part) for part in parts) else ()
