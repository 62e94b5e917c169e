"""Translate newsboat's `config` into our settings and macros, and an outcome for each line."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial

from msgspec import Struct, field

from tuireader.commands import key_label
from tuireader.config import MacroConfig
from tuireader.newsboat.filters import NO_TAGS, Tags
from tuireader.newsboat.keys import OPERATIONS, Keyboard, advice, key_of
from tuireader.newsboat.lexing import (
    LONGEST_LINE,
    Line,
    lines,
    runs_program,
    split_unquoted,
    without_comment,
    words,
)
from tuireader.newsboat.outcomes import BY_SHELL, Became, Consent, Fate, NeedsShell, No, Outcome, shown
from tuireader.newsboat.reasons import LOOK, SAME, group_of, why_not
from tuireader.newsboat.rules import Rules
from tuireader.newsboat.single_settings import SINGLE, Settings
from tuireader.newsboat.values import ADDRESS, FEED, TITLE, colour_of, command_of, is_light, words_of
from tuireader.text import clean

_READ = "mark_read"
_MOST = 200
_MOST_STEPS = 50


def macro(settings: Settings, text: str, jumps: bool) -> Became:
    """Turn a line into a macro; `jumps` is the value of openbrowser-and-mark-jumps-to-next-unread."""
    body, *said = split_unquoted(text.removeprefix("macro").strip(), "--")
    written, _, operations = body.strip().partition(" ")
    key = key_of(written)
    if key is None:
        raise No(f"{clean(written, 40)!r} is not a key that tuireader can bind")
    if any(macro.key == key for macro in settings.macros):
        raise No("this key already has a macro")
    if len(settings.macros) == _MOST:
        raise No(f"there are more than {_MOST} macros")
    name = next(iter(words(said[0])), "") if said else ""
    steps = _steps(operations, jumps)
    where = f"the macro {key_label(key)}{''.join(steps.notes)}"
    if steps.command:
        settings.ask(Consent.PROGRAMS, f"would become {where}")
    settings.macros.append(
        MacroConfig(key, clean(name, 200), steps.command, shell=steps.script, run=tuple(steps.run))
    )
    return Became(f"becomes {where}", (("macro", key),), changed=bool(steps.notes))


def run_on_startup(settings: Settings, text: str, jumps: bool) -> Became:
    """Run the commands of a line at the start."""
    steps = _steps(text.removeprefix("run-on-startup"), jumps)
    if steps.command:
        raise No("no program is started at the start; bind a macro to a key instead")
    settings.values["ui", "run_at_start"] = tuple(steps.run)
    note = f"becomes `[ui] run_at_start`{''.join(steps.notes)}"
    return Became(note, (("ui", "run_at_start"),), changed=bool(steps.notes))


class _Steps(Struct):
    """A program, or `script` for a shell, and commands; `notes` say what changed."""

    command: tuple[str, ...] = ()
    script: bool = False
    run: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def start(self, command: tuple[str, ...], note: str = "", *, script: bool = False) -> None:
        if self.command:
            raise No("a macro can start only one program")
        self.command, self.script = command, script
        self.notes += [note] if note else []


def _steps(operations: str, jumps: bool) -> _Steps:
    """Read the operations of a macro; newsboat starts a program by setting it as browser."""
    steps = _Steps()
    browser: tuple[tuple[str, ...], bool] | No | None = None
    for operation in split_unquoted(operations, ";"):
        parts = words(operation)
        if not parts:
            continue
        parts = parts[1:] if parts[0] == "exec" and len(parts) > 1 else parts
        if parts[0] == "set" and len(parts) == 3 and parts[1] == "browser":
            try:
                browser = command_of(parts[2])
            except No as reason:
                browser = reason
        elif parts[0].startswith("open-in-browser"):
            if isinstance(browser, No):
                raise browser
            if browser:
                steps.start(browser[0], BY_SHELL if browser[1] else "")
            opened, browser = [] if browser else ["open_browser"], None
            if parts[0] == "open-in-browser-and-mark-read":
                opened += [_READ, "next_unread"] if jumps else [_READ]
            steps.run += opened
        elif parts[0] == "pipe-to" and len(parts) == 2:
            steps.start((parts[1],), ", run by `sh -c` with the article's text", script=True)
        else:
            _add_command(steps, parts)
        if len(steps.run) > _MOST_STEPS:
            raise No(f"a macro has at most {_MOST_STEPS} steps")
    if not steps.command and not steps.run:
        raise No("has no step that tuireader supports")
    return steps


def _add_command(steps: _Steps, parts: list[str]) -> None:
    operation = clean(" ".join(parts), 60)
    command = _READ if parts == ["toggle-article-read", "read"] else OPERATIONS.get(parts[0])
    if command is None:
        raise No(f"there is no command for {operation}{advice(parts[0])}")
    if len(parts) > 1 and command != _READ:
        steps.notes.append(f"; {operation} becomes {command}, which takes no argument")
    steps.run.append(command)


def bookmark(settings: Settings, value: str) -> Became:
    """Keep the bookmark command, with the four arguments that newsboat passes; the description is empty."""
    passed = (ADDRESS, TITLE, "", FEED)
    try:
        command, note = (*words_of(value), *passed), ""
    except NeedsShell:
        command, note = ("sh", "-c", f'{value.strip()} "$@"', "sh", *passed), BY_SHELL
    settings.ask(Consent.PROGRAMS, f"would become `[ui] bookmark`{note}")
    settings.values["ui", "bookmark"] = command
    return Became(f"becomes `[ui] bookmark`{note}", (("ui", "bookmark"),), changed=bool(note))


def url_viewer(settings: Settings, value: str) -> Became:
    """Add a macro that passes the text of an article to the program for its links."""
    taken = {macro.key for macro in settings.macros}
    key = next(key for key in (*"uUlL", *(f"f{number}" for number in range(1, 13))) if key not in taken)
    note = f"the macro {key_label(key)}, run by `sh -c` with the article's text, no terminal; u lists links"
    settings.ask(Consent.PROGRAMS, f"would become {note}")
    settings.macros.append(MacroConfig(key, "Links", (value,), shell=True))
    return Became(f"becomes {note}", (("macro", key),), changed=True)


_MOST_LINES = 20_000
_JUMPS = "openbrowser-and-mark-jumps-to-next-unread"
_PROGRAMS = {"bookmark-cmd": bookmark, "external-url-viewer": url_viewer}
_LAST_COUNTS = (*SINGLE, *_PROGRAMS)
Include = Callable[[str, str], tuple[str, str]]


def read(
    name: str,
    text: str,
    include: Include,
    *,
    feeds: Sequence[str] = (),
    tags: Tags = NO_TAGS,
    views: Collection[str] = (),
    accepted: Collection[Consent] = (),
) -> Settings:
    """Read a config; the last line for a setting wins.

    `include` returns name and text of an included file, given the including file and the path, or raises No.
    `feeds` and `tags` are the addresses and tags in `urls`, `views` the names of saved searches.
    """
    settings = Settings(accepted)
    reader = _Reader(settings, Rules(settings, feeds, tags, views), include)
    reader.file(name, text)
    return reader.settings()


class _Reader:
    def __init__(self, settings: Settings, rules: Rules, include: Include) -> None:
        self._settings = settings
        self._include = include
        self._keyboard = Keyboard()
        self._lines: list[tuple[str, Line]] = []
        self._ends: list[Became | No] = []
        self._said: dict[str, tuple[int, str]] = {}
        self._later: list[tuple[int, Callable[[bool], Became]]] = []
        self._handlers: Mapping[str, Callable[[list[str]], Became]] = {
            "highlight": rules.highlight,
            "highlight-article": rules.highlight_article,
            "ignore-article": rules.ignore,
            "define-filter": rules.define_filter,
            "color": self._color,
        }

    def file(self, name: str, text: str) -> None:
        """Read all lines of a file; included files are read where they are included."""
        for line in lines(text):
            if len(self._lines) == _MOST_LINES:
                raise No(f"has more than {_MOST_LINES:,} lines")
            at = len(self._lines)
            self._lines.append((name, line))
            self._ends.append(Became())
            self._end(at, partial(self._line, at, name, line))

    def _line(self, at: int, file: str, line: Line) -> Became:
        """Read one line. Keys, macros and single settings get their final outcome after the last line."""
        if len(line.text) > LONGEST_LINE:
            raise No(f"is longer than {LONGEST_LINE:,} characters; shorten it")
        text = without_comment(line.text) if not line.text.startswith("macro") else line.text
        name, *arguments = words(text) or [""]
        if runs_program(text):
            raise No("tuireader does not run commands in backticks; write their output here instead")
        if name == "macro":
            self._later.append((at, partial(macro, self._settings, text)))
        elif name == "run-on-startup":
            self._later.append((at, partial(run_on_startup, self._settings, text)))
        elif name in ("bind-key", "unbind-key"):
            self._later.append((at, partial(self._key, name, arguments)))
        elif name in self._handlers:
            return self._handlers[name](arguments)
        elif name == "include":
            return self._included(file, arguments)
        elif name in _LAST_COUNTS or name in SAME:
            if not arguments:
                raise No("has no value")
            if name in self._said:
                earlier, _ = self._said[name]
                self._ends[earlier] = No(f"is overridden in {file}:{line.number}")
            self._said[name] = (at, arguments[0])
        else:
            raise No(why_not(name))
        return Became()

    def _included(self, file: str, arguments: list[str]) -> Became:
        if not arguments:
            raise No("has no file")
        name, text = self._include(file, arguments[0])
        self.file(name, text)
        return Became("its lines were imported")

    def settings(self) -> Settings:
        said = {name: value for name, (_, value) in self._said.items()}
        jumps = said.get(_JUMPS) in ("yes", "true")
        for at, end in self._later:
            self._end(at, partial(end, jumps))
        for name, (at, value) in self._said.items():
            self._end(at, partial(self._single, name, value, said))
        self._settings.keys = self._keyboard.changed()
        self._settings.outcomes = [
            self._outcome(*placed, end) for placed, end in zip(self._lines, self._ends, strict=True)
        ]
        return self._settings

    def _end(self, at: int, end: Callable[[], Became]) -> None:
        try:
            self._ends[at] = end()
        except No as reason:
            self._ends[at] = reason

    def _single(self, name: str, value: str, said: Mapping[str, str]) -> Became:
        if name in SINGLE:
            return SINGLE[name](self._settings, value, said)
        if name in _PROGRAMS:
            return _PROGRAMS[name](self._settings, value)
        if value == SAME[name] or (value, SAME[name]) in (("true", "yes"), ("false", "no")):
            return Became("matches tuireader's behaviour")
        raise No(why_not(name))

    @staticmethod
    def _outcome(file: str, line: Line, end: Became | No) -> Outcome:
        text, group = shown(line.text), group_of(line.text.split(maxsplit=1)[0])
        outcome = partial(Outcome, file, line.number, text)
        if isinstance(end, Became):
            fate = Fate.CHANGED if end.changed else Fate.MOVED
            return outcome(fate, group, note=end.note, makes=end.makes)
        return outcome(Fate.DROPPED, end.group or group, note=str(end), consent=end.consent)

    def _key(self, name: str, arguments: list[str], jumps: bool) -> Became:
        if name == "unbind-key":
            return self._keyboard.unbind(*(arguments or [""])[:2])
        if len(arguments) < 2:
            raise No("has no key or operation")
        return self._keyboard.bind(*arguments[:3], jumps=jumps)

    def _color(self, arguments: list[str]) -> Became:
        if len(arguments) < 3:
            raise No("has no colour")
        element, _, background = arguments[:3]
        if element != "background" or not colour_of(background):
            raise No(LOOK)
        theme = "tuireader-light" if is_light(background) else "tuireader-dark"
        self._settings.values["ui", "theme"] = theme
        return Became(f"becomes the theme {theme}", (("ui", "theme"),), changed=True)
