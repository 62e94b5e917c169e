"""Translate newsboat's macros and its bookmark command into our macros."""

from __future__ import annotations

from msgspec import Struct, field

from tuireader.commands import key_label
from tuireader.config import MacroConfig
from tuireader.newsboat.keys import OPERATIONS, advice, key_of
from tuireader.newsboat.lexing import split_unquoted, words
from tuireader.newsboat.outcomes import BY_SHELL, Became, Consent, NeedsShell, No
from tuireader.newsboat.single_settings import Settings
from tuireader.newsboat.values import ADDRESS, FEED, TITLE, command_of, words_of
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
