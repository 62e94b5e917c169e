"""Miniflux through its REST API, version 2.0.49 or newer."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from typing import Any

from tuireader.feeds.parse import dates
from tuireader.feeds.parse.entry import web_url
from tuireader.feeds.parse.json_values import line_of, text_of
from tuireader.model.accounts import Mark, Refusal, RemoteCategory, RemoteEntry, RemoteFeed
from tuireader.sync.backend import AccountError, Known, Server, Step
from tuireader.sync.entries import Odd
from tuireader.sync.http import Answer, Http, Params, without_path
from tuireader.sync.miniflux import items as miniflux_items
from tuireader.sync.miniflux import pull as miniflux_pull
from tuireader.text import clean

BATCH = 1000
_UNREADABLE = "the server could not read it"
TOGGLES = 3  # attempts to star an entry while another device does the same
LOOKED_UP = 50
"""Most entries of a batch that are looked up one by one if the server says that it changed none."""
PROBED = 8  # entries that are compared with the stored ones


class Miniflux:
    """An account on a Miniflux server; `secret` is a password if there is a user, else an API token."""

    def __init__(self, url: str, user: str, secret: str, *, proxy: str = "") -> None:
        self._user = user
        base = without_path(url, "/v1/me", "/v1")
        self._http = Http(base, basic=(user, secret) if user else None, proxy=proxy)
        self._http.redaction.add(secret, user)
        if not user:
            self._http.headers["X-Auth-Token"] = secret
        self._stars_at_once: bool | None = None

    async def sign_in(self) -> Server:
        """Find the API without credentials, following redirects within the server, then check them."""
        answer = await self._http.find("/v1/me")
        is_api = answer.status == 401 and answer.error_message() and answer.url.endswith("/v1/me")
        if not is_api:
            if answer.status >= 500 or 300 <= answer.status < 400:
                raise self._http.refused(answer)
            hint = 'correct url; for FreshRSS and others use kind = "greader"'
            raise AccountError(Refusal.ANSWER, f"no Miniflux at {self._http.base}", hint)
        self._http.base = answer.url.removesuffix("/v1/me")
        answer = await self._http.ask("GET", "/v1/me")
        user = answer.words(answer.member("username"), 100)
        answer = await self._http.ask("GET", "/v1/version", accept=(404,))
        version = "" if answer.status == 404 else f" {answer.member('version')}"
        return Server(self._http.base, user, answer.words(f"Miniflux{version}", 100))

    async def close(self) -> None:
        await self._http.close()

    async def feeds(self) -> list[RemoteFeed]:
        answer = await self._http.ask("GET", "/v1/feeds")
        return [_feed(answer, data) for data in answer.items()]

    async def categories(self) -> list[RemoteCategory]:
        """List the categories in the order of their ids."""
        answer = await self._http.ask("GET", "/v1/categories")
        categories = [(_number(answer, data, "id"), line_of(data, "title")) for data in answer.items()]
        return [RemoteCategory(str(number), title) for number, title in sorted(categories)]

    def pull(self, progress: str, known: Known) -> AsyncGenerator[Step, None]:
        self._http.start_budget()
        return miniflux_pull.pull(self._http, progress, known)

    async def batch_size(self, mark: Mark) -> int:
        """Return 1000; 1 for stars where they can only be toggled."""
        return BATCH if mark is Mark.READ or await self._stars_together() else 1

    async def push(self, mark: Mark, value: bool, ids: Sequence[str]) -> frozenset[str]:
        """Set a mark. Servers before 2.2.7 report a batch of unknown entries, later ones do not."""
        self._http.start_budget()
        numbers = [_id(entry_id) for entry_id in ids]
        if not numbers:
            return frozenset()
        if mark is Mark.STARRED and not await self._stars_together():
            starred = [await self._star(number, value) for number in numbers]
            return frozenset(entry_id for entry_id, there in zip(ids, starred, strict=True) if not there)
        change = {"starred": value} if mark is Mark.STARRED else {"status": "read" if value else "unread"}
        body = {"entry_ids": numbers, **change}
        answer = await self._http.ask("PUT", "/v1/entries", body=body, accept=(500,))
        if not self._is_nothing(answer):
            return frozenset()
        if len(ids) > LOOKED_UP:
            raise AccountError(Refusal.REQUEST, f"{self._http.host}: {answer.error_message()}")
        for number in numbers:
            if await self._entry(number) is not None:
                raise self._http.refused(answer)  # an entry is there, whatever the answer says
        return frozenset(ids)

    async def probe(self, ids: Sequence[str]) -> tuple[RemoteEntry, ...]:
        """Ask for the first entries from the lowest id on."""
        first = min(map(_id, ids)) - 1
        params: Params = {"order": "id", "direction": "asc", "limit": PROBED}
        answer = await self._http.ask("GET", "/v1/entries", params={**params, "after_entry_id": first})
        try:
            return miniflux_items.read(answer.body).entries
        except Odd:
            raise answer.odd() from None

    async def _entry(self, number: int) -> dict[str, Any] | None:
        """Ask for an entry; None if the server says that it is gone: no other answer proves that."""
        answer = await self._http.ask("GET", f"/v1/entries/{number}", accept=(404,))
        if answer.status == 404 and answer.error_message():
            return None
        return None if answer.member("status") == "removed" else answer.value

    async def _stars_together(self) -> bool:
        """Return whether stars are set by `PUT /v1/entries`.

        This came together with `/v1/entries/ids`, in 2.3.2. Older servers ignore the star, and read `ids` as
        the number of an entry.
        """
        if self._stars_at_once is None:
            params: Params = {"status": "unread", "limit": 1}
            answer = await self._http.ask("GET", "/v1/entries/ids", params=params, accept=(400, 404))
            value = answer.value if answer.status == 200 else None
            self._stars_at_once = isinstance(value, dict) and "entry_ids" in value
        return self._stars_at_once

    async def _star(self, number: int, value: bool) -> bool:
        """Toggle the star of an entry unless it already is as wanted; return False if the entry is gone."""
        for attempt in range(TOGGLES + 1):
            entry = await self._entry(number)
            if entry is None or entry.get("starred") is value:
                return entry is not None
            if attempt < TOGGLES:
                answer = await self._http.ask("PUT", f"/v1/entries/{number}/bookmark", accept=(404, 500))
                self._is_nothing(answer)  # asking for the entry shows whether it is gone
        raise AccountError(Refusal.AWAY, f"{self._http.host}: another device changes the same star")

    def _is_nothing(self, answer: Answer) -> bool:
        """Return whether none of the entries of a request exists. Raises AccountError for other errors."""
        if answer.status == 500 and "nothing has been updated" not in answer.error_message():
            raise self._http.refused(answer)
        return answer.status == 500

    async def add_feed(self, url: str, category: str = "") -> str:
        """Subscribe to a feed; an existing subscription to it counts."""
        body: dict[str, Any] = {"feed_url": url, "category_id": await self._category(category)}
        answer = await self._http.ask("POST", "/v1/feeds", body=body, accept=(400, 500))
        if answer.status < 400:
            return str(_number(answer, answer.value, "feed_id"))
        if answer.status == 400:
            answers = await self._http.ask("GET", "/v1/feeds")
            for data in answers.items():
                if data.get("feed_url") == url:
                    return str(_number(answers, data, "id"))
        raise self._declined(answer)

    async def change_feed(
        self, feed_id: str, *, title: str | None = None, category: str | None = None
    ) -> None:
        """Rename a feed, or move it; every feed is in a category, so `""` is the first one."""
        change: dict[str, Any] = {} if title is None else {"title": title}
        if category is not None:
            change["category_id"] = await self._category(category)
        await self._manage("PUT", f"/v1/feeds/{_id(feed_id)}", "feed", change)

    async def remove_feed(self, feed_id: str) -> None:
        await self._http.ask("DELETE", f"/v1/feeds/{_id(feed_id)}", accept=(404,))

    async def rename_category(self, category_id: str, title: str) -> None:
        await self._manage("PUT", f"/v1/categories/{_id(category_id)}", "category", {"title": title})

    async def remove_category(self, category_id: str) -> None:
        """Remove a category, after moving its feeds to another one: the server would remove them, too."""
        others = [category.id for category in await self.categories() if category.id != category_id]
        if not others:
            hint = "add another one before you remove the last"
            raise AccountError(Refusal.REQUEST, "Miniflux needs a category", hint)
        while members := await self._members(category_id):
            for feed_id in members:
                await self._manage("PUT", f"/v1/feeds/{feed_id}", "feed", {"category_id": _id(others[0])})
        await self._http.ask("DELETE", f"/v1/categories/{_id(category_id)}", accept=(404,))

    async def full_text(self, entry_id: str) -> str:
        answer = await self._http.ask("GET", f"/v1/entries/{_id(entry_id)}/fetch-content", accept=(404, 500))
        return text_of(answer.value, "content") if answer.status < 400 else ""

    async def _members(self, category_id: str) -> list[int]:
        answer = await self._http.ask("GET", "/v1/feeds")
        members = []
        for data in answer.items():
            category = data.get("category")
            if not isinstance(category, dict):
                raise answer.odd()
            if category.get("id") == _id(category_id):
                members.append(_number(answer, data, "id"))
        return members

    async def _category(self, title: str) -> int:
        """Number of a category, created if needed; for `""`, that of the first one."""
        categories = await self.categories()
        for category in categories:
            if category.title == clean(title, 200) or not title:
                return _id(category.id)
        answer = await self._http.ask("POST", "/v1/categories", body={"title": title})
        return _number(answer, answer.value, "id")

    async def _manage(self, method: str, path: str, what: str, body: dict[str, Any]) -> None:
        answer = await self._http.ask(method, path, body=body, accept=(400, 404, 500))
        if answer.status == 404:
            words = f"this {what} is no longer on {self._http.host}"
            raise AccountError(Refusal.REQUEST, words, "sync first")
        if answer.status >= 400:
            raise self._declined(answer)

    def _declined(self, answer: Answer) -> AccountError:
        """Explain a refused request about feeds; a 500 is about the feed if the server says why."""
        if words := answer.error_message():
            return AccountError(Refusal.REQUEST, f"{self._http.host}: {words}")
        return self._http.refused(answer)


def _id(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise AccountError(Refusal.REQUEST, f"{clean(text, 40)} is no id of Miniflux") from None


def _number(answer: Answer, data: Any, name: str) -> int:
    value = data.get(name) if isinstance(data, dict) else None
    if type(value) is not int:
        raise answer.odd()
    return value


def _feed(answer: Answer, data: dict[str, Any]) -> RemoteFeed:
    category = data.get("category")
    failed = bool(data.get("parsing_error_count"))
    return RemoteFeed(
        id=str(_number(answer, data, "id")),
        title=line_of(data, "title"),
        url=web_url(text_of(data, "feed_url")),
        site_url=web_url(text_of(data, "site_url")),
        category=line_of(category, "title") if isinstance(category, dict) else "",
        error=answer.words(line_of(data, "parsing_error_message"), 200) or _UNREADABLE if failed else "",
        checked_at=dates.parse(text_of(data, "checked_at")),
        blocks=_rules(data, "blocklist_rules", "block_filter_entry_rules"),
        keeps=_rules(data, "keeplist_rules", "keep_filter_entry_rules"),
    )


_MOST_RULES = 100


def _rules(data: dict[str, Any], former: str, name: str) -> tuple[str, ...]:
    """Read rules such as `EntryTitle=REGEX`; a former one is a pattern for any field, here `=REGEX`."""
    lines = [f"={pattern}" for pattern in filter(None, [text_of(data, former)])]
    return (*lines, *filter(None, map(str.strip, text_of(data, name).splitlines()[:_MOST_RULES])))
