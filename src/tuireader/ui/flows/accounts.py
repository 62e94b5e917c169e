"""Add, edit and remove accounts, and change their feeds on the server."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial

from msgspec.structs import replace

from tuireader.config import AccountConfig
from tuireader.config.account_keys import SECRET_ELSEWHERE
from tuireader.config.edit import differences, typed_values
from tuireader.model import Feed, View, ViewKind
from tuireader.model.accounts import folder_of
from tuireader.ui import views
from tuireader.ui.controllers.wiring import Controllers
from tuireader.ui.dialogs.form import Form
from tuireader.ui.flows.context import Asking, Outcome
from tuireader.ui.flows.forms import changed, confirm
from tuireader.ui.widgets.field import Field, Pick, setting


async def add_account(main: Controllers, ask: Asking) -> Outcome | None:
    """Ask for an account, and start its first sync."""
    from tuireader.ui.dialogs.account import AddAccount

    accounts = main.library.accounts
    keyring = await asyncio.to_thread(accounts.has_keyring)
    name = await ask(AddAccount(accounts, keyring=keyring))
    if name is None:
        return None
    said = f"Account {name} added{main.host.undo_hint}"
    return Outcome(said=said, config_changed=True, view=View(ViewKind.ACCOUNT, name), sync=(name,))


async def edit_account(main: Controllers, ask: Asking, name: str) -> Outcome | None:
    """Ask for changes to an account, and whether its server may have lost feeds or articles."""
    asks = next((state.asks for state in await main.library.accounts.all() if state.name == name), "")
    account = main.library.accounts.config(name)
    lines = (
        *([Pick("lost", "Lost", {"": "wait", "accept": "accept it"})] if asks else []),
        setting(account, "url"),
        setting(account, "user", placeholder="none with an API key of Miniflux"),
        setting(account, "password", value="", placeholder=f"as before, {SECRET_ELSEWHERE}", hidden=True),
        setting(account, "interval"),
    )
    lost = f"{asks[:1].upper()}{asks[1:]}; articles and marks stay in any case.\n" if asks else ""
    about = f"{lost}It signs in before it is saved. For Miniflux without a user, the password is an API key."
    return await ask(Form(f"Account {name}", lines, partial(_save_account, main, account), about))


async def _save_account(main: Controllers, account: AccountConfig, values: Mapping[str, str]) -> Outcome:
    new = typed_values(AccountConfig, {name: values[name] for name in ("url", "user", "interval")})
    user, before = new["user"], account.user
    token = account.kind.takes_token and (not user or (bool(account.token) and user == before))
    after = replace(account, **new).with_secret(values["password"] or account.secret, token=token)
    changes = differences(after, account)
    if changes.keys() - {"interval"}:
        changes["url"] = (await main.library.accounts.preview(after)).url
    await main.library.accounts.edit(account.name, changes)
    saved = changed(main, f"Account {account.name} saved")
    return replace(saved, sync=(account.name,), believed=bool(values.get("lost")))


async def remove_account(main: Controllers, ask: Asking, name: str) -> Outcome | None:
    """Ask, then remove an account locally."""
    question = (
        f"Remove the account {name} from this program?\n"
        "Its articles are kept here; nothing changes on the server."
    )
    said = f"Account {name} removed; its articles are kept{main.host.undo_hint}"
    return await confirm(main, ask, "account", question, partial(main.library.accounts.remove, name), said)


async def edit_feed(main: Controllers, ask: Asking, feed: Feed) -> Outcome | None:
    """Ask for the title and category of a feed, and change them on its server."""
    others = {views.folder_title(other) for other in main.session.feeds if other.account == feed.account}
    category = views.folder_title(feed)
    lines = (
        Field("title", "Name", feed.title),
        Field("category", "Category", category, "none, or the first one of the server"),
    )
    categories = f"Categories: {', '.join(sorted(filter(None, others)))}"
    about = f"{feed.address}\n{categories}\nName and category are changed on the server."
    save = partial(_save_feed, main, feed)
    return await ask(Form(feed.title or feed.address, lines, save, about))


async def _save_feed(main: Controllers, feed: Feed, values: Mapping[str, str]) -> Outcome:
    title, folder = values["title"], folder_of(feed.account, values["category"])
    await main.library.feeds.edit(feed.id, {"title": title, "folder": folder})
    return Outcome(said=f"{title or feed.title} saved on {feed.account}", config_changed=True)


async def edit_category(main: Controllers, ask: Asking, name: str, title: str) -> Outcome | None:
    """Ask for a new name for a category, and rename it on the server of its account."""
    line = Field("name", "Name", title, "leave empty to remove the category; its feeds stay")
    save = partial(_rename_category, main, name, title)
    return await ask(Form(f"Category {title} of {name}", (line,), save, "It is changed on the server."))


async def _rename_category(main: Controllers, name: str, title: str, values: Mapping[str, str]) -> Outcome:
    new, before = values["name"], folder_of(name, title)
    after = folder_of(name, new)
    await main.library.feeds.rename_folder(before, after)
    place = View(ViewKind.FOLDER, after) if new else View(ViewKind.ACCOUNT, name)
    said = f"Category {title} renamed to {new}" if new else f"Category {title} removed; its feeds stay"
    return Outcome((View(ViewKind.FOLDER, before), place), said, config_changed=True)


async def remove_feed(main: Controllers, ask: Asking, feed: Feed) -> Outcome | None:
    """Ask, then unsubscribe an account from a feed on its server."""
    title = feed.title or feed.address
    question = (
        f"Unsubscribe {feed.account} from {title}, on its server?\n"
        "Its articles are kept here and can still be searched."
    )
    do = partial(main.library.feeds.remove, feed.id)
    said = f"{feed.account} no longer has {title}; its articles are kept"
    return await confirm(main, ask, "feed", question, do, said)
