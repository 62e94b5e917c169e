"""Dialog to add an account: sign in to a server, preview its feeds, then add it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec.structs import replace
from textual.app import ComposeResult
from textual.widgets import Input

from tuireader.config import AccountConfig, AccountKind
from tuireader.config.kinds import SECRET_PLACES
from tuireader.errors import TuireaderError
from tuireader.text import clean, display_host, host_of
from tuireader.text.wording import counted
from tuireader.ui.dialogs.dialog import FormDialog
from tuireader.ui.widgets.details import Details
from tuireader.ui.widgets.field import Pick, setting
from tuireader.wording.lines import Line

if TYPE_CHECKING:
    from tuireader.library.accounts.accounts import Accounts, Preview

_STAYS = "Local feeds stay as they are; marks go both ways."
_MOST = 6  # maximum number of categories shown


class AddAccount(FormDialog[str | None]):
    """Fields of an account; enter signs in and shows its feeds, a second enter adds it. Returns its name.

    With `keyring`, the password may be stored in the keyring instead of the configuration.
    """

    def __init__(self, accounts: Accounts, *, keyring: bool = False) -> None:
        super().__init__(classes="form -short")
        self._accounts = accounts
        self._keyring = keyring
        self._seen: tuple[AccountConfig, Preview] | None = None

    def compose(self) -> ComposeResult:
        self._lines = {
            name: setting(AccountConfig, name, hidden=name == "password")
            for name in ("kind", "url", "user", "password")
        }
        if self._keyring:
            places = {"keyring": "keyring", "": "configuration"}
            self._lines["keep"] = Pick("keep", "Kept in", places, "keyring")
        self._lines["name"] = setting(AccountConfig, "name")
        self._about = Details(id="preview")
        yield self.box("Add an account", *self._lines.values(), self._about)

    def on_mount(self) -> None:
        self._show()
        self.query_one("#url").focus()

    def _show(self) -> None:
        about = (((self._account().kind.hint, "dim"),), ((_STAYS, "dim"),))
        self._about.show(*(about if self._seen is None else _lines(self._seen[1])))
        self.show_hint()

    def show_hint(self, error: str = "") -> None:
        if self._seen is None:
            self.hint("enter signs in · esc cancels · ↑ ↓ move · ← → choose", error)
        else:
            self.hint("enter adds it and fetches its articles · esc cancels", error)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Discard the preview; show the password if it is only a reference to one."""
        event.stop()
        if event.input.id == "password":
            event.input.password = not event.value.startswith(SECRET_PLACES)
        self._forget()

    def on_pick_changed(self) -> None:
        self._forget()

    def _forget(self) -> None:
        if self._seen is None or self._seen[0] != self._account():
            self._seen = None
            self._show()

    def _account(self) -> AccountConfig:
        values = {name: line.value for name, line in self._lines.items()}
        url, kind, user = values["url"], AccountKind(values["kind"]), values["user"]
        url = url if not url or "://" in url else f"https://{url}"
        account = AccountConfig(values["name"] or name_of(url), kind, url, user)
        return account.with_secret(values["password"], token=kind.takes_token and not user)

    def action_save(self) -> None:
        """Sign in, or add the account if its feeds have been shown."""
        if self._seen is not None and self._seen[0] == self._account():
            self.save_by(self.save)
        else:
            self.attempt(self._look, "save", self.show_hint)

    async def _look(self) -> None:
        account = self._account()
        _require(account)
        self._accounts.require_new(account)
        self.hint("Signing in …")
        self._seen = account, await self._accounts.preview(account)
        self._show()

    async def save(self) -> str:
        assert self._seen is not None
        account, preview = self._seen
        account = replace(account, url=preview.url)
        keep = self._keyring and self._lines["keep"].value
        if keep and not account.secret.startswith(SECRET_PLACES):
            kept = await self._accounts.keep_secret(account.name, account.secret)
            account = account.with_secret(kept, token=bool(account.token))
        await self._accounts.add(account)
        return account.name


def name_of(url: str) -> str:
    """Turn the host of an address into a name for its account, `""` without one."""
    return re.sub(r"[^A-Za-z0-9._-]", "-", host_of(url).removeprefix("www."))[:40].lstrip("._-")


def _require(account: AccountConfig) -> None:
    if not account.url:
        raise TuireaderError("Enter the address of the server")
    if not account.user and not account.kind.takes_token:
        raise TuireaderError("Enter your user name")
    if not account.secret:
        secret = "the password" if account.user else "a user and a password, or an API key"
        raise TuireaderError(f"Enter {secret}")


def _lines(preview: Preview) -> list[Line]:
    """Software, user, and the number of feeds by category."""
    who = f" · {preview.user}" if preview.user else ""
    lines: list[Line] = [
        ((clean(preview.software), "strong"), (f" at {display_host(preview.url)}{who}", "dim")),
        ((counted(len(preview.feeds), "feed") if preview.feeds else "no feeds yet", "text"),),
    ]
    categories = list(preview.categories.items())
    shown = categories if len(categories) <= _MOST else categories[: _MOST - 1]
    lines += [
        ((f"{count:>5}  ", "dim"), (clean(title) or "without a category", "text")) for title, count in shown
    ]
    if len(shown) < len(categories):
        lines.append(((f"       and {len(categories) - len(shown)} more categories", "dim"),))
    return lines
