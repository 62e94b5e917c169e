"""Add, edit, remove and try channels; send or drop messages of the outbox."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from tuireader.config import ChannelConfig
from tuireader.config.account_keys import SECRET_ELSEWHERE
from tuireader.config.shape import KEYS
from tuireader.library.channels import Channel
from tuireader.model import OutboxMessage, Told
from tuireader.ui.controllers.wiring import Controllers
from tuireader.ui.dialogs.form import Form
from tuireader.ui.dialogs.pickers import KeyPicker
from tuireader.ui.flows.context import Asking, Outcome
from tuireader.ui.flows.forms import changed, confirm
from tuireader.ui.widgets.choices import Choice
from tuireader.ui.widgets.field import Field, Pick, setting

KINDS = {
    "url": "Service: phone, chat, …",
    "mail": "Mail",
    "webhook": "Web server",
    "command": "Program",
    "file": "File",
    "desktop": "Desktop",
    "share": "Bookmarks: Wallabag, Readeck, …",
}
"""Kinds of channels with their titles, whose first letters are keys."""
_ALSO = {
    "mail": ("server", "password", "sender"),
    "webhook": ("secret",),
    "share": ("server", "token", "password", "tags"),
}
_ABOUT = "The configuration also has format, subject and body."


async def add_channel(main: Controllers, ask: Asking) -> Outcome | None:
    """Ask for the kind of a new channel, then for the rest."""
    kinds = {title[0].lower(): kind for kind, title in KINDS.items()}
    choices = [Choice(key, KINDS[kind]) for key, kind in kinds.items()]
    key = await ask(KeyPicker("Add a channel", choices, "esc cancels"))
    return None if key is None else await edit_channel(main, ask, kinds[key])


async def edit_channel(
    main: Controllers, ask: Asking, kind: str, before: ChannelConfig | None = None
) -> Outcome | None:
    """Ask for a channel of a kind, or for changes; its name stays, as watches and messages refer to it.

    Secrets are not shown; those before stay if their line is empty.
    """
    names = [*([] if before else ["name"]), *[kind] * (kind != "desktop"), *_ALSO.get(kind, ())]
    secrets = [name for name in names if KEYS[ChannelConfig][name].secret]
    known = {name: getattr(before, name) for name in secrets} if before else {}

    def line(name: str) -> Field | Pick:
        if name not in secrets:
            address = "https://me@wallabag.example.org" * (kind == "share" and name == "server")
            return setting(before or ChannelConfig, name, placeholder=address)
        kept = f"as before, {SECRET_ELSEWHERE}" if known.get(name) else ""
        return setting(ChannelConfig, name, placeholder=kept, hidden=name != kind)

    async def save(values: Mapping[str, str]) -> Outcome:
        from tuireader.config.edit import typed_values

        new = typed_values(ChannelConfig, {name: values[name] or known.get(name, "") for name in values})
        if before is None:
            await main.library.channels.add(ChannelConfig(**{"desktop": kind == "desktop", **new}))
        else:
            changes = {name: value for name, value in new.items() if value != getattr(before, name)}
            await main.library.channels.change(before.name, changes)
        return changed(main, f"Channel {before.name if before else new['name']} saved")

    title = f"Channel {before.name}" if before else f"Add a channel: {KINDS[kind]}"
    about = "The demo sends nothing. " * main.library.offline + _ABOUT
    return await ask(
        Form(title, list(map(line, [*names, "quiet", *["limit"] * (kind != "share")])), save, about=about)
    )


async def remove_channel(main: Controllers, ask: Asking, channel: Channel) -> Outcome | None:
    """Ask, then remove a channel."""
    name, do = channel.config.name, partial(main.library.channels.remove, channel)
    said = f"Channel {name} removed{main.host.undo_hint}"
    return await confirm(main, ask, "channel", f"Remove the channel {name}?", do, said)


async def test_channel(main: Controllers, ask: Asking, channel: Channel) -> Outcome:
    """Send a test message, and report what the channel answers."""
    name = channel.config.name
    main.host.say_shortly(f"Sending a test by {name} …")
    receipt = await main.library.channels.test(name)
    if not receipt.accepted:
        return Outcome(said=f"{name}: {receipt.error}", severity="error", seconds=10)
    said = "answers; nothing was saved" if channel.config.share else "has accepted the test message"
    return Outcome(said=f"{name} {said}", seconds=8)


async def retry(main: Controllers, ask: Asking, message: OutboxMessage) -> Outcome:
    """Send a message now, and report what comes of it."""
    main.host.say_shortly("Sending …")
    events = await main.library.outbox.retry(message.id)
    for event in events:
        await main.refreshing.take(event)
    main.host.reloaded.publish(None)
    return Outcome(said="Sent" * any(isinstance(event, Told) for event in events), recount=True)


async def drop(main: Controllers, ask: Asking, message: OutboxMessage) -> Outcome | None:
    """Ask, then drop a message."""
    do = partial(main.library.outbox.drop, message.id)
    said = f"Dropped; `tuireader outbox --retry {message.id}` sends it after all"
    return await confirm(main, ask, "message", f"Never send this message?\n{message.title}", do, said)
