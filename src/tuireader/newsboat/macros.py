"""Translate newsboat's macros and its bookmark command into our macros."""

from __future__ import annotations

from collections.abc import Collection

from tuireader.commands import key_label
from tuireader.config import MacroConfig
from tuireader.newsboat.keys import OPERATIONS, advice, key_of
from tuireader.newsboat.lexing import split_unquoted, words
from tuireader.newsboat.outcomes import BY_SHELL, Became, Consent, No
from tuireader.newsboat.single_settings import Settings
from tuireader.newsboat.values import ADDRESS, TITLE, command_of, words_of
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
    command, by_shell, run = _steps(operations, jumps)
    where = f"the macro {key_label(key)}{BY_SHELL if by_shell else ''}"
    if command:
        settings.ask(Consent.PROGRAMS, f"would become {where}")
    settings.macros.append(MacroConfig(key, clean(name, 200), command, run))
    return Became(f"becomes {where}", (("macro", key),), changed=by_shell)


def _steps(operations: str, jumps: bool) -> tuple[tuple[str, ...], bool, tuple[str, ...]]:
    """Return a macro's program, whether a shell runs it, and its commands.

    newsboat starts a program by setting it as browser.
    """
    command: tuple[str, ...] = ()
    browser: tuple[str, ...] = ()
    by_shell = sets_shell = False
    trouble: No | None = None
    run: list[str] = []
    for operation in split_unquoted(operations, ";"):
        parts = words(operation)
        if not parts:
            continue
        if parts[0] == "set" and len(parts) == 3 and parts[1] == "browser":
            try:
                (browser, sets_shell), trouble = command_of(parts[2]), None
            except No as reason:
                browser, trouble = (), reason
            continue
        if parts[0].startswith("open-in-browser"):
            if trouble:
                raise trouble
            if browser and command:
                raise No("a macro can start only one program")
            by_shell = sets_shell if browser else by_shell
            command, browser, opened = browser or command, (), [] if browser else ["open_browser"]
            if parts[0] == "open-in-browser-and-mark-read":
                opened += [_READ, "next_unread"] if jumps else [_READ]
            run += opened
        else:
            run.append(_command(parts))
        if len(run) > _MOST_STEPS:
            raise No(f"a macro has at most {_MOST_STEPS} steps")
    if not command and not run:
        raise No("has no step that tuireader supports")
    return command, by_shell, tuple(run)


def _command(parts: list[str]) -> str:
    if parts == ["toggle-article-read", "read"]:
        return _READ
    command = OPERATIONS.get(parts[0])
    if command is None or len(parts) > 1:
        operation = clean(" ".join(parts), 60)
        raise No(f"there is no command for {operation}{advice(parts[0])}")
    return command


def bookmark(settings: Settings, value: str, taken: Collection[str]) -> Became:
    """Add a macro that passes address and title to the bookmark command; `taken` are keys of other macros."""
    command = words_of(value)
    key = next(key for key in ("b", "B", "ctrl+b", "f2", "f3", "f4") if key not in taken)
    where = f"the macro {key_label(key)}"
    settings.ask(Consent.PROGRAMS, f"would become {where} with the article's address and title")
    settings.macros.append(MacroConfig(key, "Bookmark", (*command, ADDRESS, TITLE)))
    return Became(
        f"becomes {where}, which passes the address and title, and the article as JSON on stdin",
        (("macro", key),),
        changed=True,
    )
