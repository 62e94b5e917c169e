"""Translate newsboat's `config` into our settings and an outcome for each line."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial

from tuireader.newsboat.filters import NO_TAGS, Tags
from tuireader.newsboat.keys import Keyboard
from tuireader.newsboat.lexing import LONGEST_LINE, Line, lines, runs_program, without_comment, words
from tuireader.newsboat.macros import bookmark, macro, run_on_startup, url_viewer
from tuireader.newsboat.outcomes import Became, Consent, Fate, No, Outcome, shown
from tuireader.newsboat.reasons import LOOK, SAME, group_of, why_not
from tuireader.newsboat.rules import Rules
from tuireader.newsboat.single_settings import SINGLE, Settings
from tuireader.newsboat.values import colour_of, is_light

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
