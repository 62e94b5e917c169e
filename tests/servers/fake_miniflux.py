"""A fake Miniflux as its REST API is in 2.2.6 and in 2.3.2, with all that surprises clients."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime
from typing import Any

from tests.servers.fake import PASSWORD, TOKEN, USER, Call, Category, Entry, Fake, Feed, json_answer
from tests.web import Answer

DONE = Answer(None, 204)
NOTHING = "store: nothing has been updated"
ZERO = "0001-01-01T00:00:00Z"


class FakeMiniflux(Fake):
    """A Miniflux. `texts` are what it extracts from the pages of entries; other pages cannot be read.

    2.2.6 toggles stars, takes `/v1/entries/ids` for the entry 0, answers 500 to marks of entries that it does
    not have, keeps removed entries in its lists, and fails with HTTP 500 where a feed does.
    """

    def __init__(self, version: str = "2.2.6") -> None:
        self.version = version
        self.is_new = tuple(map(int, version.split("."))) >= (2, 3, 2)
        self.texts: dict[int, str] = {}
        self.broken_feeds: set[str] = set()
        self.refused: set[int] = set()
        super().__init__()

    def remove(self, entry: Entry) -> None:
        """Archive an entry: 2.2.6 keeps it as removed, with its old time of change."""
        if self.is_new:
            super().remove(entry)
        entry.removed = True

    def answer(self, call: Call) -> Answer:
        """Process a request."""
        if not call.path.startswith("/v1/"):
            return self._page(call)
        if not _is_signed(call):
            return _error(401, "access unauthorized")
        parts = [int(part) if part.isdigit() else part for part in call.path.split("/")[2:]]
        match call.method, parts:
            case "GET", ["me"]:
                return json_answer({"id": 1, "username": USER, "is_admin": False})
            case "GET", ["version"]:
                return json_answer({"version": self.version, "commit": "HEAD"})
            case _, ["entries", *rest]:
                return self._entries(call, rest)
            case _, ["feeds", *rest]:
                return self._feeds(call, rest)
            case _, ["categories", *rest]:
                return self._categories(call, rest)
        return _error(404, "resource not found")

    def _page(self, call: Call) -> Answer:
        """The web interface and the Google Reader API, as far as clients may run into them by mistake."""
        if call.path == "/":
            return Answer(
                b"<!DOCTYPE html><title>Sign In - Miniflux</title>", 200, {"Content-Type": "text/html"}
            )
        if call.path == "/accounts/ClientLogin":
            return _error(401, "access unauthorized")
        if call.path.startswith("/reader/api/0/"):
            headers = {"Content-Type": "text/plain", "X-Reader-Google-Bad-Token": "true"}
            return Answer(b"Unauthorized", 401, headers)
        if call.path.startswith("//"):
            return Answer(b"", 301, {"Location": call.path.replace("//", "/")})
        return Answer(b"404 page not found\n", 404, {"Content-Type": "text/plain"})

    # -- entries

    def _entries(self, call: Call, rest: list[Any]) -> Answer:
        match call.method, rest:
            case "GET", []:
                return self._list(call, list(self.entries.values()))
            case "PUT", []:
                return self._mark(call.json())
            case "GET", ["ids"] if self.is_new:
                found = self._filtered(call, list(self.entries.values()))
                return json_answer({"total": len(found), "entry_ids": [one.id for one in found]})
            case "GET", ["ids"]:  # read as the number 0, which no condition is made of
                first = next(iter(self.entries.values()), None)
                return json_answer(_entry(first)) if first else _error(404, "resource not found")
            case _, [int(number), *action]:
                entry = self.entries.get(number)
                return self._one(call, entry, action[0] if action else "")
        return _error(404, "resource not found")

    def _one(self, call: Call, entry: Entry | None, action: str) -> Answer:
        if call.method == "PUT" and (action == "bookmark" or (action == "star" and self.is_new)):
            if entry is None:
                return _error(404, "resource not found") if self.is_new else _error(500, NOTHING)
            self.mark(entry, starred=not entry.starred)
            return DONE
        if entry is None:
            return _error(404, "resource not found")
        if action == "fetch-content":
            text = self.texts.get(entry.id)
            return json_answer({"content": text}) if text else _error(500, "fetcher: access forbidden")
        return json_answer(_entry(entry)) if not action else _error(404, "resource not found")

    def _mark(self, change: dict[str, Any]) -> Answer:
        ids, status, starred = change.get("entry_ids"), change.get("status"), change.get("starred")
        if not ids:
            return _error(400, "the list of entries cannot be empty")
        if status not in ("read", "unread", "removed") and not (self.is_new and status is None):
            return _error(
                400, 'invalid entry status, valid status values are: "read", "unread" and "removed"'
            )
        if not self.refused.isdisjoint(ids):
            return _error(400, "invalid entry")
        found = [self.entries[number] for number in ids if number in self.entries]
        if not found and not self.is_new:
            return _error(500, NOTHING)
        for entry in found:
            if status:
                entry.removed = status == "removed"
                self.mark(entry, read=status == "read")
            if starred is not None and self.is_new:  # ignored without a word before
                self.mark(entry, starred=starred)
        return DONE

    def _list(self, call: Call, entries: list[Entry]) -> Answer:
        limit = int(call.one("limit", "100"))
        if self.is_new and limit > 1000:
            return _error(400, "invalid limit")
        found = self._filtered(call, entries)
        if not call.one("changed_after"):  # what a list of changes leaves out, nothing else tells
            found = found[: int(len(found) * self.shown)]
        page = found[int(call.one("offset", "0")) :][: limit or None]
        return json_answer({"total": len(found), "entries": [_entry(one) for one in page]})

    def _filtered(self, call: Call, entries: list[Entry]) -> list[Entry]:
        states, starred = call.query.get("status", []), call.one("starred")
        after, before = int(call.one("after_entry_id", "0")), int(call.one("before_entry_id", "0"))
        changed = float(call.one("changed_after", "0"))
        found = [
            one
            for one in entries
            if (not states or _status(one) in states)
            and (not starred or one.starred is (starred in ("true", "1")))
            and one.id > after
            and (not before or one.id < before)
            and (not changed or one.changed > changed)
        ]
        order = call.one("order", "published_at")
        keys = {"id": lambda one: one.id, "changed_at": lambda one: one.changed}
        return sorted(
            found, key=keys.get(order, lambda one: one.published), reverse=call.one("direction") == "desc"
        )

    # -- feeds and categories

    def _feeds(self, call: Call, rest: list[Any]) -> Answer:
        match call.method, rest:
            case "GET", []:
                return json_answer([_feed(one) for one in sorted(self.feeds, key=lambda one: one.title)])
            case "POST", []:
                return self._subscribe(call.json())
            case "GET", ["counters"]:
                return json_answer({"reads": self._count(read=True), "unreads": self._count(read=False)})
            case _, [int(number), *action]:
                feed = next((one for one in self.feeds if one.id == number), None)
                if feed is None:
                    return _error(400, "invalid feed ID") if action else _error(404, "resource not found")
                return self._one_feed(call, feed, action[0] if action else "")
        return _error(404, "resource not found")

    def _one_feed(self, call: Call, feed: Feed, action: str) -> Answer:
        match call.method, action:
            case "GET", "entries":
                return self._list(call, [one for one in self.entries.values() if one.feed is feed])
            case "DELETE", "":
                self.remove_feed(feed)
                return DONE
            case "PUT", "":
                change = call.json()
                category = self._by_id(change.get("category_id", feed.category.id))
                if category is None:
                    return _error(400, "This category does not exist or does not belong to this user.")
                feed.title, feed.category = change.get("title", feed.title), category
                return json_answer(_feed(feed), 201)
        return _error(404, "resource not found")

    def _subscribe(self, wanted: dict[str, Any]) -> Answer:
        url = wanted["feed_url"]
        category = self._by_id(wanted.get("category_id", self.categories[0].id))
        if category is None:
            return _error(400, "This category does not exist or does not belong to this user.")
        if any(one.url == url for one in self.feeds):
            return _error(400, "This feed already exists.")
        if url in self.broken_feeds:
            return _error(500, "fetcher: resource not found (404 status code)")
        feed = self.add_feed(url.rpartition("/")[2] or url, category.title, url)
        return json_answer({"feed_id": feed.id}, 201)

    def _count(self, *, read: bool) -> dict[str, int]:
        counts: dict[str, int] = {}
        for one in self.entries.values():
            if not one.removed and one.read is read:
                counts[str(one.feed.id)] = counts.get(str(one.feed.id), 0) + 1
        return counts

    def _by_id(self, number: int) -> Category | None:
        return next((one for one in self.categories if one.id == number), None)

    def _categories(self, call: Call, rest: list[Any]) -> Answer:
        if call.method == "GET":
            return json_answer([{"id": one.id, "title": one.title} for one in self.categories])
        if call.method in ("POST", "PUT"):
            title = call.json()["title"]
            if any(one.title == title for one in self.categories):
                return _error(400, "This category already exists.")
        if call.method == "POST":
            return json_answer({"id": self.category(title).id, "title": title}, 201)
        category = self._by_id(rest[0]) if rest else None
        if category is None:
            return _error(404, "resource not found")
        if call.method == "PUT":
            category.title = title
            return json_answer({"id": category.id, "title": title}, 201)
        for feed in [one for one in self.feeds if one.category is category]:
            self.remove_feed(feed)  # with all of its entries
        self.categories.remove(category)
        return DONE


def _is_signed(call: Call) -> bool:
    basic = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    return call.headers.get("x-auth-token") == TOKEN or call.headers.get("authorization") == f"Basic {basic}"


def _error(status: int, message: str) -> Answer:
    return json_answer({"error_message": message}, status)


def _status(entry: Entry) -> str:
    return "removed" if entry.removed else "read" if entry.read else "unread"


def _time(seconds: float) -> str:
    """RFC 3339 with the offset of the user's time zone."""
    return re.sub(r"\+00:00$", "Z", datetime.fromtimestamp(seconds, UTC).isoformat())


def _feed(feed: Feed) -> dict[str, Any]:
    return {
        "id": feed.id,
        "user_id": 1,
        "feed_url": feed.url,
        "site_url": feed.site_url,
        "title": feed.title,
        "checked_at": ZERO if feed.error else _time(feed.id),
        "parsing_error_message": feed.error,
        "parsing_error_count": 1 if feed.error else 0,
        "disabled": False,
        "category": {"id": feed.category.id, "title": feed.category.title, "user_id": 1},
        "icon": {"feed_id": feed.id, "icon_id": 0},
        **feed.rules,
    }


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "user_id": 1,
        "feed_id": entry.feed.id,
        "status": _status(entry),
        "hash": f"{entry.id:064x}",
        "title": entry.title,
        "url": entry.url,
        "comments_url": "",
        "published_at": _time(entry.published),
        "created_at": _time(entry.published),
        "changed_at": _time(entry.changed),
        "content": entry.content,
        "author": entry.author,
        "share_code": "",
        "starred": entry.starred,
        "reading_time": 1,
        "enclosures": [],
        "feed": _feed(entry.feed),
        "tags": entry.tags or None,
    }
