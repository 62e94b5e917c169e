"""Save articles with services for bookmarks and reading later, by a table of their APIs."""

from __future__ import annotations

import json
import tomllib
from html import escape
from pathlib import Path
from urllib.parse import urlencode

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from tuireader.config import ChannelConfig
from tuireader.delivery.letters import Item, Letter, LetterKind, Receipt
from tuireader.delivery.templates import REPEATED, body
from tuireader.delivery.webhook import ask
from tuireader.document import parse
from tuireader.export.formats import page_blocks, paragraphs
from tuireader.export.markdown import WEB
from tuireader.model import Article
from tuireader.text import cut_characters
from tuireader.wording.times import full_time

_TITLE = 250  # characters of a title; Pinboard takes 255
_JSON, _FORM = "application/json", "application/x-www-form-urlencoded"


class _Service(Struct, frozen=True):
    """API of a service; `services.toml` says what each field means."""

    save: str
    check: str
    fields: dict[str, str]
    fixed: dict[str, str] = {}
    authorization: str = "Bearer {token}"
    joint: str = ""
    proofs: tuple[str, ...] = ()
    merges: bool = True


_SERVICES = msgspec.convert(
    tomllib.loads(Path(__file__).with_name("services.toml").read_text("utf-8")), dict[str, _Service]
)


async def send(
    letter: Letter, channel: ChannelConfig, token: str, password: str, *, proxied: tuple[str, bool]
) -> Receipt:
    """Save the article of a letter with the service of a channel; a test only signs in.

    `token` and `password` are those of the channel, looked up; `proxied` is that of `webhook.ask`.
    """
    service, (server, user) = _SERVICES[channel.share], channel.share_server
    is_test, item = letter.kind is LetterKind.TEST, letter.items[0] if len(letter.items) == 1 else None
    if not is_test and item is None:
        return Receipt(False, "it takes single articles only", permanent=True)
    if item is not None and not WEB.match(item.url):
        return Receipt(False, "the article has no web address", permanent=True)
    if not (token.isascii() and token.isprintable()):
        return Receipt(False, "its token has characters that no token has")
    if channel.share == "wallabag":
        receipt, token = await _sign_in(server, user, password, token, proxied)
        if not receipt.accepted:
            return receipt
    values = {} if item is None else _values(letter, item, channel, service)
    headers, query, content = {"Accept": _JSON}, "", b""
    if service.authorization:
        headers["Authorization"] = service.authorization.format(token=token)
    else:
        query = "?" + urlencode({"auth_token": token, **values})
    if values and not query:
        headers["Content-Type"] = _FORM if service.joint else _JSON
        content = (urlencode(values) if service.joint else json.dumps(values)).encode()
    method, path = ("POST" if content else "GET"), service.check if item is None else service.save
    receipt, answer = await ask(method, f"{server}{path}{query}", content, headers, proxied=proxied)
    if not receipt.accepted or item is None or not service.proofs:
        return receipt
    saved = any(proof.encode() in answer for proof in service.proofs)
    return receipt if saved else Receipt(False, "it answers, but has not saved the article")


def _values(letter: Letter, item: Item, channel: ChannelConfig, service: _Service) -> dict[str, object]:
    repeated = REPEATED * (letter.repeated and not service.merges)
    values = {
        "url": item.url,
        "title": cut_characters(item.title or item.url, _TITLE) + repeated,
        "tags": service.joint.join(channel.tags) if service.joint else channel.tags,
        "note": body(letter, channel, "plain") if channel.body else "",
    }
    named = {name: values[ours] for ours, name in service.fields.items() if values[ours]}
    return {**named, **service.fixed}


async def _sign_in(
    server: str, user: str, password: str, client: str, proxied: tuple[str, bool]
) -> tuple[Receipt, str]:
    """Exchange user, password and API client for a token of an hour, as Wallabag asks for."""
    number, _, secret = client.partition(":")
    form = {"grant_type": "password", "client_id": number, "client_secret": secret}
    content = urlencode({**form, "username": user, "password": password}).encode()
    headers = {"Accept": _JSON, "Content-Type": _FORM}
    receipt, answer = await ask("POST", f"{server}/oauth/v2/token", content, headers, proxied=proxied)
    if receipt.permanent:  # status 400: a wrong password is no fault of the article
        return Receipt(False, "it does not accept the client, the user or the password"), ""
    if not receipt.accepted:
        return replace(receipt, doubtful=False), ""  # no article was sent yet
    try:
        token = json.loads(answer)["access_token"]
    except (ValueError, LookupError, TypeError):
        token = None
    if isinstance(token, str) and token.isascii() and token.isprintable():
        return receipt, token
    return Receipt(False, "its answer has no token; check its address"), ""


def compose(item: Item, article: Article | None) -> Letter:
    """Compose the letter of an article that the user shares; with `article`, it has the text."""
    head, link, bodies = f"{item.feed}, {full_time(item.time)}", escape(item.url), dict[str, str]()
    if article is not None:
        html, base = article.shown
        document = parse(html, base or article.url)
        links = "\n".join(f"[{link.number}] {link.url}" for link in document.links)
        bodies["plain"] = "\n\n".join(filter(None, (f"{head}\n{item.url}", paragraphs(document), links)))
        first = f'<p>{escape(head)}<br>\n<a href="{link}" rel="noreferrer">{link}</a></p>'
        bodies["html"] = "\n".join([first, *page_blocks(document)])
    text = f"{item.feed}\n{item.url}"
    return Letter(item.title or item.url, text, (item,), kind=LetterKind.SHARE, bodies=bodies)
