"""Run command lines: what a typed line may do, and doing it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from tuireader.commands.line import LINE, VERBS, Line, parse, split_setting
from tuireader.config.settings import Setting, find, masked, named
from tuireader.config.values import Invalid
from tuireader.errors import UsageError
from tuireader.ui.controllers.wiring import Controllers
from tuireader.ui.dialogs.palette import Entry
from tuireader.ui.flows import feeds, guide
from tuireader.ui.flows.context import Asking, Outcome
from tuireader.ui.flows.settings import change_setting

_MOST = 100  # completions


def suggestions(main: Controllers, typed: str) -> Sequence[Entry]:
    """List what a typed line may do, the most likely first; nothing if it is none."""
    line = Line("set", "") if typed.lower() == "set " else parse(typed)
    if line is None:
        return ()
    if line.verb == LINE:
        return (Entry(line.argument, "Go to this line", line),)
    if line.verb == "set":
        return _settings(main, line.argument, names=typed[-1:] not in (" ", "="))
    return (Entry(f"{line.verb} {line.argument}", VERBS[line.verb].help, line),)


def _settings(main: Controllers, argument: str, *, names: bool) -> Sequence[Entry]:
    """Settings that a name may stand for, or values; `names` if the name may be incomplete."""
    name, value = split_setting(argument)
    matches = named(name, main.library.config)[:_MOST]
    if not value and (names or not name):
        return [_complete(main, setting) for setting in matches]
    if not matches:
        return (Entry(f"set {argument}", "No such setting", Line("set", argument)),)
    setting = matches[0]
    if not value:
        return [_show(main, setting), *_values(main, setting, "")]
    return _values(main, setting, value) or [_set(setting, value, setting.key.doc)]


def _complete(main: Controllers, setting: Setting) -> Entry:
    about = f"{setting.shown(setting.value(main.library.config)) or 'none'} · {setting.key.doc}"
    return Entry(f"set {setting.path}", about, None, fill=f"set {setting.path} ")


def _show(main: Controllers, setting: Setting) -> Entry:
    shown = setting.shown(setting.value(main.library.config)) or "none"
    return Entry(f"set {setting.path}", f"is {shown} · {setting.hint}", Line("set", setting.path))


def _set(setting: Setting, value: str, about: str) -> Entry:
    return Entry(f"set {setting.path} {value}", about, Line("set", f"{setting.path} {value}"))


def _values(main: Controllers, setting: Setting, start: str) -> list[Entry]:
    """Allowed values that contain what is typed; those that begin with it come first."""
    is_theme = setting.path == "ui.theme"
    values = list(main.host.themes) if is_theme else list(setting.key.kind.options)
    fitting = [value for value in values if start.casefold() in value.casefold()]
    fitting.sort(key=lambda value: (value != start, not value.startswith((start, f"tuireader-{start}"))))
    now = setting.shown(setting.value(main.library.config))
    return [_set(setting, value, "now" if value == now else "") for value in fitting[:_MOST]]


async def open_line(main: Controllers, ask: Asking, *, begins: str = "") -> Outcome | None:
    """Ask for a command line, which `begins` with some text, and run it."""
    verbs = ((f"{verb} {about.takes}", about.help, f"{verb} ") for verb, about in VERBS.items())
    more = [Entry(name, about, None, fill=fill) for name, about, fill in verbs]
    entry = await guide.choose_entry(main, ask, more, read=partial(suggestions, main), begins=begins)
    if entry is None:
        return None
    return await (
        _run(main, ask, entry.does) if isinstance(entry.does, Line) else guide.run_entry(main, entry)
    )


async def _run(main: Controllers, ask: Asking, line: Line) -> Outcome | None:
    """Do what a line says. Raises UsageError, ConfigError."""
    if line.verb == LINE:
        await main.listing.complete()
        main.panes.current.go_to_line(int(line.argument))
    elif line.verb == "open":
        await main.host.browse(line.argument if ":" in line.argument else f"https://{line.argument}")
    elif line.verb in ("import", "add"):
        return await feeds.add_feed(main, ask, typed=line.argument)
    elif line.verb == "set":
        return await _change(main, ask, line.argument)
    else:
        filters = line.verb == "filter"
        await main.search.open(filters=filters)
        main.search.look_for(line.argument, filters=filters)
        main.search.go_on(line.argument, filters=filters)
    return Outcome()


async def _change(main: Controllers, ask: Asking, argument: str) -> Outcome | None:
    name, value = split_setting(argument)
    setting, config = find(name, main.library.config), main.library.config
    if not value:
        shown = setting.shown(setting.value(config)) or "none"
        return Outcome(said=f"{setting.path} is {shown}\n{setting.hint}", seconds=8)
    if setting.path == "ui.theme" and value in main.host.themes:
        return await guide.keep_theme(main, value)
    read = setting.read(value)
    if isinstance(read, Invalid):
        raise UsageError(f"{setting.path} {read.message}")
    if masked(setting.key, read) != read:
        key = main.host.key_of("settings")
        raise UsageError(f"{setting.path} is not set here, where a password would stay", f"{key} edits it")
    outcome = await change_setting(main, ask, setting=setting, written=setting.key.kind.write(read))
    return Outcome(
        said=outcome.said or f"{setting.path} is {setting.shown(read)}{main.host.undo_hint}",
        watches_changed=True,
    )
