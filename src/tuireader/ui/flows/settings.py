"""Edit the configuration in the user's editor, apply it, and undo changes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from msgspec.structs import replace

from tuireader.config import Config
from tuireader.config.files import read_or_create
from tuireader.config.settings import Setting, masked
from tuireader.config.values import FLAG, Invalid
from tuireader.errors import TuireaderError, UsageError
from tuireader.ui.controllers.wiring import Controllers
from tuireader.ui.dialogs.form import Form
from tuireader.ui.flows.context import Asking, Outcome
from tuireader.ui.flows.editor import edit_file
from tuireader.ui.widgets.field import Field, Pick

_SHOWN = 3  # maximum number of problems shown, each in a toast


async def edit_config(main: Controllers, ask: Asking) -> Outcome | None:
    """Lend the terminal to the editor, then apply the edited file."""
    host, path = main.host, main.library.paths.config
    if main.library.offline:
        return Outcome(said="The demo has no configuration file; start tuireader without --demo")
    before = await asyncio.to_thread(read_or_create, path)
    ended = await edit_file(host, path, f"edit {path} in another terminal")
    if isinstance(ended, Outcome):
        return ended
    with suppress(OSError):  # the editor may have removed it
        if await asyncio.to_thread(path.read_bytes) == before:
            return Outcome(said="Configuration unchanged")
    return await apply_config(main, ask)


async def apply_config(main: Controllers, ask: Asking) -> Outcome | None:
    """Reload the configuration (keys, look, feeds, watches) and show its problems."""
    host, library, before = main.host, main.library, main.library.config
    try:
        await library.settings.reload()
    except TuireaderError as error:
        said = f"{error} · {host.key_of('edit_config')} edits it"
        return Outcome(said=said, severity="error", seconds=15)
    problems = library.settings.problems
    for problem in problems[:_SHOWN]:
        host.say(str(replace(problem, file=Path(problem.file).name)), severity="warning", seconds=15)
    if len(problems) > _SHOWN:
        more = f"and {len(problems) - _SHOWN} more: `tuireader config check` lists all"
        host.say(more, severity="warning", seconds=15)
    take_config(main, before)
    host.say_theme_problem()
    if library.config.database != before.database:
        host.say("The new database is used from the next start on")
    said = "" if problems or host.theme_problem else "Configuration reloaded"
    return Outcome(said=said, watches_changed=True)


def take_config(main: Controllers, before: Config) -> None:
    """Apply the keys and the look of the configuration to the running reader."""
    now = main.library.config
    main.host.take_config()
    main.panes.fit(main.host.size)
    main.panes.article.set_measure(now.ui.width)
    main.panes.article.forget_strips()
    main.session.apply_config(before.ui)
    if (now.ui.images, now.ui.linear) != (before.ui.images, before.ui.linear):
        main.images.apply_config()
    if now.ui.linear != before.ui.linear:
        main.reader.show_again()


async def edit_setting(main: Controllers, ask: Asking, *, setting: Setting) -> Outcome | None:
    """Turn a setting on or off, or ask for its value; an empty text is the default, but keeps a password."""
    kind, value = setting.key.kind, setting.value(main.library.config)
    if kind is FLAG:
        return await change_setting(main, ask, setting=setting, written=kind.write(not value))
    has_password = masked(setting.key, value) != value

    async def save(values: Mapping[str, str]) -> Outcome:
        text = values["value"]
        if not text and has_password:
            return Outcome()
        read = setting.read(text)
        if isinstance(read, Invalid) and text:
            raise UsageError(f"{setting.path} {read.message}")
        written = None if isinstance(read, Invalid) else kind.write(read)
        return await change_setting(main, ask, setting=setting, written=written)

    shown = "" if has_password else setting.shown(value)
    keep = "contains a password; empty: keep it"
    line: Field | Pick = Field("value", "Value", shown, keep, hidden=has_password)
    if kind.options:
        line = Pick("value", "Value", {option: option for option in kind.options}, shown)
    return await ask(Form(setting.path, (line,), save, f"{setting.key.doc}\n{setting.hint}"))


async def change_setting(main: Controllers, ask: Asking, *, setting: Setting, written: str | None) -> Outcome:
    """Set a setting to a value in TOML, or to its default (None). Raises ConfigError."""
    before = main.library.config
    try:
        await main.library.settings.set(setting, written)
    finally:  # it may be set even if undo cannot be
        take_config(main, before)
        main.host.reloaded.publish(None)
    said = "The new database is used from the next start on" if setting.path == "database" else ""
    return Outcome(said=said, watches_changed=True)


async def undo(main: Controllers, ask: Asking) -> Outcome:
    """Undo the newest change, a mark or an edit of the configuration."""
    before = main.library.config
    try:
        said = await main.marks.undo()
    except (TuireaderError, OSError) as error:
        return Outcome(said=str(error), severity="warning", seconds=10)
    now = main.library.config
    if now is before:
        return Outcome(said=said)
    take_config(main, before)
    return Outcome(said=said, config_changed=True)
