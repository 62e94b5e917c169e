"""The Google Reader API, meant for FreshRSS; other servers that speak it differ little."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from typing import Any

from tuireader.feeds.parse.entry import web_url
from tuireader.feeds.parse.json_values import objects_of, text_of
from tuireader.model.accounts import Mark, Refusal, RemoteCategory, RemoteEntry, RemoteFeed
from tuireader.sync.backend import AccountError, Known, Server, Step
from tuireader.sync.entries import Odd
from tuireader.sync.greader import items as greader_items
from tuireader.sync.greader import pull as greader_pull
from tuireader.sync.greader.items import LABEL, STATE, feed_title, item_name, label_of, literal
from tuireader.sync.http import Answer, Form, Http, Params, without_path
from tuireader.text import clean

API = "/reader/api/0"
LOGIN = "/accounts/ClientLogin"
FRESHRSS = "/api/greader.php"
_TOKEN = "/token"
BATCH = 1000


class GoogleReader:
    """An account on a server with the Google Reader API."""

    def __init__(self, url: str, user: str, password: str, *, proxy: str = "") -> None:
        self._user, self._password = user, password
        base = without_path(url, LOGIN, f"{API}/token", API, "/reader/api", "/reader")
        self._http = Http(base, proxy=proxy, explain=self._explain)
        self._http.redaction.add(password, user)
        self._token = ""

    async def sign_in(self) -> Server:
        """Find the API without credentials, following redirects within the server, then check them."""
        typed, elsewhere = self._http.base, None
        for base in _candidates(typed):
            self._http.base = base
            answer = await self._http.find(f"{API}/token")
            is_api = answer.status in (401, 403) and "html" not in answer.headers.get("content-type", "")
            if is_api and answer.url.endswith(f"{API}/token"):
                break
            if answer.status >= 500:
                raise self._http.refused(answer)
            if 300 <= answer.status < 400:
                elsewhere = self._http.refused(answer)
        else:
            hint = f"correct url; for FreshRSS it ends in {FRESHRSS}"
            raise elsewhere or AccountError(Refusal.ANSWER, f"no Google Reader API at {typed}", hint)
        self._http.base = answer.url.removesuffix(f"{API}/token")
        is_freshrss = self._http.base.endswith(FRESHRSS)
        if not is_freshrss and await self._is_miniflux():
            words = f"{self._http.host} is a Miniflux server"
            raise AccountError(Refusal.ANSWER, words, 'use kind = "miniflux"')
        await self._log_in()
        await self.feeds()
        return Server(self._http.base, self._user, "FreshRSS" if is_freshrss else "Google Reader API")

    async def close(self) -> None:
        await self._http.close()

    async def feeds(self) -> list[RemoteFeed]:
        """List the subscriptions; these servers do not report their errors."""
        answer = await self.get("/subscription/list")
        return [_feed(answer, data) for data in answer.items("subscriptions")]

    async def categories(self) -> list[RemoteCategory]:
        """List the labels that are folders; a label without a type is one."""
        answer = await self.get("/tag/list")
        categories = [
            RemoteCategory(name, literal(label_of(name), 200))
            for data in answer.items("tags")
            if label_of(name := text_of(data, "id")) and data.get("type", "folder") == "folder"
        ]
        return list(dict.fromkeys(categories))

    def pull(self, progress: str, known: Known) -> AsyncGenerator[Step, None]:
        """Yield the marks of all entries, then the entries that are not stored."""
        self._http.start_budget()
        return greader_pull.pull(self, progress, known)

    async def batch_size(self, mark: Mark) -> int:
        """Return 1000: servers silently cut bodies at 1 MiB."""
        return BATCH

    async def push(self, mark: Mark, value: bool, ids: Sequence[str]) -> frozenset[str]:
        """Set a mark, one for each request; servers do not report which entries are gone."""
        self._http.start_budget()
        if ids:
            items = [("i", item_name(entry_id)) for entry_id in ids]
            await self._change("/edit-tag", [("a" if value else "r", STATE + mark.value), *items])
        return frozenset()

    async def probe(self, ids: Sequence[str]) -> tuple[RemoteEntry, ...]:
        answer = await self.post("/stream/items/contents", [("i", item_name(entry_id)) for entry_id in ids])
        try:
            return greader_items.read(answer.body).entries
        except Odd:
            raise answer.odd() from None

    async def add_feed(self, url: str, category: str = "") -> str:
        """Subscribe to a feed; an existing subscription to it counts."""
        answer = await self.post("/subscription/quickadd", [("quickadd", url)])
        feed_id = text_of(answer.value, "streamId") if answer.member("numResults") else ""
        if not feed_id:
            feed_id = next((feed.id for feed in await self.feeds() if feed.url == url), "")
        if not feed_id:
            words = answer.error_message() or "the feed cannot be read"
            raise AccountError(Refusal.REQUEST, f"{self._http.host}: {words}")
        if category:
            await self.change_feed(feed_id, category=category)
        return feed_id

    async def change_feed(
        self, feed_id: str, *, title: str | None = None, category: str | None = None
    ) -> None:
        """Rename a feed, or move it to a label; for `""` the server chooses one, if it needs any."""
        form = [("ac", "edit"), ("s", feed_id)]
        if title is not None:
            form.append(("t", title))
        if category:
            form.append(("a", LABEL + category))
        if category is not None:
            answer = await self.get("/subscription/list")
            feed = next((data for data in answer.items("subscriptions") if data.get("id") == feed_id), {})
            labels = [text_of(label, "id") for label in objects_of(feed, "categories")]
            form += [("r", label) for label in labels if label_of(label) != category][:1]
        await self._change("/subscription/edit", form)

    async def remove_feed(self, feed_id: str) -> None:
        try:
            await self._change("/subscription/edit", [("ac", "unsubscribe"), ("s", feed_id)])
        except AccountError as error:
            if error.refusal is not Refusal.REQUEST or feed_id in [feed.id for feed in await self.feeds()]:
                raise

    async def rename_category(self, category_id: str, title: str) -> None:
        await self._change("/rename-tag", [("s", category_id), ("dest", LABEL + title)])

    async def remove_category(self, category_id: str) -> None:
        """Remove a label; its feeds stay."""
        await self._change("/disable-tag", [("s", category_id)])

    async def full_text(self, entry_id: str) -> str:
        """Return `""`: the API cannot extract texts."""
        return ""

    async def get(self, path: str, params: Params | None = None) -> Answer:
        return await self._signed("GET", path, {"output": "json", **(params or {})}, None)

    async def post(self, path: str, form: Form) -> Answer:
        return await self._signed("POST", path, {"output": "json"}, form)

    async def _change(self, path: str, form: Form) -> None:
        answer = await self.post(path, form)
        if answer.text.strip() != "OK":
            raise answer.odd()

    async def _signed(self, method: str, path: str, params: Params | None, form: Form | None) -> Answer:
        """Send a request with both tokens; get new ones, once, if the server no longer accepts them.

        The password is not sent again if the server rejects the very token that it has just given for it.
        """
        for _ in range(2):
            if is_new := "Authorization" not in self._http.headers:
                await self._log_in()
            if form is not None and not self._token:
                self._token = (await self._signed("GET", _TOKEN, None, None)).text.strip()
                self._http.redaction.add(self._token)
            signed = None if form is None else [*form, ("T", self._token)]
            answer = await self._http.ask(
                method, API + path, params=params, form=signed, accept=(401,), brings_secret=path == _TOKEN
            )
            if answer.status != 401:
                return answer
            is_token = form is not None and any("bad-token" in name for name in answer.headers)
            self._token = ""
            if is_new and not is_token:
                break
            if not is_token:
                del self._http.headers["Authorization"]
        raise self._http.refused(answer)

    async def _log_in(self) -> None:
        """Get the token that is sent with all requests."""
        self._http.headers.pop("Authorization", None)
        form = [("Email", self._user), ("Passwd", self._password)]
        answer = await self._http.ask("POST", LOGIN, form=form, brings_secret=True)
        tokens = [line[5:].strip() for line in answer.text.splitlines() if line.startswith("Auth=")]
        if not tokens or not tokens[0]:
            raise answer.odd()
        self._http.redaction.add(tokens[0])
        self._http.headers["Authorization"] = f"GoogleLogin auth={tokens[0]}"

    async def _is_miniflux(self) -> bool:
        """Return whether the server is Miniflux, some of whose versions toggle marks in this API."""
        answer = await self._http.find("/v1/me")
        return answer.status == 401 and bool(answer.error_message())

    def _explain(self, answer: Answer) -> AccountError | None:
        """Explain an answer by which FreshRSS refuses whatever it is asked; None for any other."""
        host = self._http.host
        if not self._http.base.endswith(FRESHRSS):
            return None
        if answer.status == 503 and answer.text.strip() == "Service Unavailable!":
            hint = "allow API access in its settings, under Authentication"
            return AccountError(Refusal.AWAY, f"{host}: FreshRSS has its API switched off", hint)
        if answer.status == 401:
            hint = "FreshRSS has an API password of its own, in the settings of your profile: enter that"
            words = f"{host} refuses the user name or password"
            return AccountError(Refusal.LOGIN, words, hint, url=self._http.base)
        return None


def _candidates(base: str) -> list[str]:
    """Addresses to try: the given one, and FreshRSS's API if it is that of its pages."""
    if base.endswith(".php"):
        return [base]
    page = base.removesuffix("/i").removesuffix("/api")
    return [base, page + FRESHRSS]


def _feed(answer: Answer, data: dict[str, Any]) -> RemoteFeed:
    feed_id = data.get("id")
    if not isinstance(feed_id, str) or not feed_id:
        raise answer.odd()
    categories = objects_of(data, "categories")
    return RemoteFeed(
        id=clean(feed_id),
        title=feed_title(text_of(data, "title")),
        url=web_url(text_of(data, "url")),
        site_url=web_url(text_of(data, "htmlUrl")),
        category=literal(text_of(categories[0], "label"), 200) if categories else "",
    )
