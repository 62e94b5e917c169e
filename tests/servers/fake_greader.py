"""A fake FreshRSS as its Google Reader API is, with all that surprises clients."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tests.servers.fake import PASSWORD, USER, Call, Category, Entry, Fake, Feed, json_answer, text_answer
from tests.web import Answer

BASE = "/api/greader.php"
API = f"{BASE}/reader/api/0"
LOGIN = f"{BASE}/accounts/ClientLogin"
STATE = "user/-/state/com.google/"
LABEL = "user/-/label/"
LONG = "tag:google.com,2005:reader/item/"
FIRST_ID = 1795528052284911
MAX_BODY = 1 << 20
WIDE = str.maketrans("&<>", "＆＜＞")
OK = text_answer("OK")


class FakeGReader(Fake):
    """A FreshRSS of the user alice below `/api/greader.php`.

    It reads one mark for each request and a MiB of a body, and answers OK; it lists 20 ids unless asked for
    more, and a page of them after the first lacks one; unknown streams have all ids; the token is checked if
    there is one. `expire` makes old tokens invalid. `user_name` is how it writes the user in states: `-` or a
    number.
    """

    def __init__(self) -> None:
        self.session = 1
        self.user_name = "-"
        self.broken_feeds: set[str] = set()
        self._last_id = FIRST_ID
        super().__init__()

    @property
    def api(self) -> str:
        """The address for clients."""
        return self.url + BASE

    def expire(self) -> None:
        """Make all tokens invalid that clients have."""
        self.session += 1

    def entry_number(self) -> int:
        """A time of arrival in microseconds."""
        self._last_id += 1
        return self._last_id

    def _first_category(self) -> None:
        self.category("Uncategorized")

    @property
    def _auth(self) -> str:
        return f"{USER}/501335302d3370251d6d{self.session:020x}"

    @property
    def _token(self) -> str:
        return self._auth.partition("/")[2].ljust(57, "Z")

    # -- requests

    def answer(self, call: Call) -> Answer:
        """Process a request."""
        if not call.path.startswith(BASE):
            html = {"Content-Type": "text/html"}
            if call.path in ("/", "/i", "/i/"):
                return Answer(b"<!DOCTYPE html><title>FreshRSS</title>", 200, html)
            return Answer(b"<h1>Not Found</h1>", 404, html)
        form = self._form(call)
        if call.path == LOGIN:
            given = form("Email"), form("Passwd")
            if given != ([USER], [PASSWORD]):
                return _unauthorized()
            return text_answer(f"SID={self._auth}\nLSID=null\nAuth={self._auth}\n")
        if call.headers.get("authorization") != f"GoogleLogin auth={self._auth}":
            return _unauthorized()
        if call.method == "POST" and form("T") not in ([], [""], [self._token]):
            return _unauthorized()
        path = call.path.removeprefix(API)
        if call.method == "GET" and path in LISTS and call.one("output") != "json":
            return text_answer("Not Implemented!", 501)
        if path in LISTS:
            return LISTS[path](self, call)
        if path in CHANGES and call.method == "POST":
            return CHANGES[path](self, form)
        if path == "/token":
            return text_answer(self._token + "\n")
        return text_answer("Bad Request!", 400)

    @staticmethod
    def _form(call: Call) -> Callable[[str], list[str]]:
        """The parameters in the part of the body that is read."""
        cut = Call(call.method, call.path, call.query, call.headers, call.body[:MAX_BODY])
        form = cut.form() if call.method == "POST" else {}
        return lambda name: form.get(name, [])

    # -- lists

    def subscriptions(self, call: Call) -> Answer:
        """The list of feeds."""
        return json_answer({"subscriptions": [_subscription(one) for one in self.feeds]})

    def tags(self, call: Call) -> Answer:
        """The list of states and labels."""
        folders = [{"id": LABEL + one.title, "type": "folder"} for one in self.categories]
        return json_answer(
            {"tags": [{"id": f"{STATE}starred"}, *folders, {"id": f"{LABEL}Mine", "type": "tag"}]}
        )

    def ids(self, call: Call) -> Answer:
        """A page of ids, newest first."""
        found = sorted(self._stream(call.one("s")), key=lambda one: one.id, reverse=call.one("r") != "o")
        if call.one("xt") == f"{STATE}read":
            found = [one for one in found if not one.read]
        if call.one("it") == f"{STATE}starred":
            found = [one for one in found if one.starred]
        if start := call.one("c"):
            found = [one for one in found if one.id <= int(start)][1:]  # whichever that is
        found = found[: int(len(found) * self.shown)]
        limit = int(call.one("n", "20"))
        page = found[:limit]
        more = {"continuation": str(page[-1].id)} if len(page) == limit else {}
        return json_answer({"itemRefs": [{"id": str(one.id)} for one in page], **more})

    def contents(self, call: Call) -> Answer:
        """Some entries, newest first; unknown ones are left out."""
        wanted = {_number(one) for one in self._form(call)("i")}
        found = sorted((one for one in self.entries.values() if one.id in wanted), key=lambda one: -one.id)
        items = [self._item(one) for one in found]
        return json_answer({"id": f"{STATE}reading-list", "updated": int(self.now()), "items": items})

    def _stream(self, name: str) -> list[Entry]:
        everything = list(self.entries.values())
        if name == f"{STATE}starred":
            return [one for one in everything if one.starred]
        if name.startswith("feed/"):
            return [one for one in everything if f"feed/{one.feed.id}" == name]
        if name.startswith(LABEL):
            return [one for one in everything if LABEL + one.feed.category.title == name]
        return everything

    def _item(self, entry: Entry) -> dict[str, Any]:
        states = ["reading-list", *["read"] * entry.read, *["starred"] * entry.starred]
        names = [f"user/{self.user_name}/state/com.google/{state}" for state in states]
        return {
            "id": f"{LONG}{entry.id % (1 << 64):016x}",
            "crawlTimeMsec": str(entry.id // 1000),
            "timestampUsec": str(entry.id),
            "published": int(entry.published),
            "title": entry.title.translate(WIDE),
            "canonical": [{"href": entry.url}],
            "alternate": [{"href": entry.url}],
            "categories": [*names, LABEL + entry.feed.category.title, *entry.tags],
            "origin": {
                "streamId": f"feed/{entry.feed.id}",
                "htmlUrl": entry.feed.site_url,
                "title": entry.feed.title,
            },
            "summary": {"content": entry.content},
            "author": entry.author.translate(WIDE),
        }

    # -- changes

    def edit_tag(self, form: Callable[[str], list[str]]) -> Answer:
        """Marks: of several added ones only the last counts, and of several taken away."""
        for value, names in ((True, form("a")), (False, form("r"))):
            for entry in map(self.entries.get, map(_number, form("i"))):
                if entry is not None and names[-1:] == [f"{STATE}read"]:
                    self.mark(entry, read=value)
                if entry is not None and names[-1:] == [f"{STATE}starred"]:
                    self.mark(entry, starred=value)
        return OK

    def quickadd(self, form: Callable[[str], list[str]]) -> Answer:
        """Subscribe; a failure is no failure in HTTP."""
        url = form("quickadd")[-1]
        known = any(one.url == url for one in self.feeds)
        if known or url in self.broken_feeds:
            error = f"Already subscribed! {url}" if known else f"Feed could not be read: {url}"
            return json_answer({"numResults": 0, "error": error})
        feed = self.add_feed(url.rpartition("/")[2] or url, url=url)
        return json_answer(
            {"numResults": 1, "query": url, "streamId": f"feed/{feed.id}", "streamName": feed.title}
        )

    def edit_feed(self, form: Callable[[str], list[str]]) -> Answer:
        """Rename, move or unsubscribe."""
        feed = next((one for one in self.feeds if [f"feed/{one.id}"] == form("s")), None)
        if feed is None:
            return text_answer("Bad Request!", 400)
        if form("ac") == ["unsubscribe"]:
            self.remove_feed(feed)
            return OK
        feed.title = (form("t") or [feed.title])[-1]
        if form("a"):
            feed.category = self.category(form("a")[-1].removeprefix(LABEL))
        elif form("r"):
            feed.category = self.categories[0]
        return OK

    def rename_label(self, form: Callable[[str], list[str]]) -> Answer:
        """Rename a label."""
        if found := self._label(form("s")):
            found.title = form("dest")[-1].removeprefix(LABEL)
        return OK if found else text_answer("Bad Request!", 400)

    def remove_label(self, form: Callable[[str], list[str]]) -> Answer:
        """Remove a label; its feeds move to the first one."""
        if (found := self._label(form("s"))) is None:
            return text_answer("Bad Request!", 400)
        for feed in self.feeds:
            feed.category = self.categories[0] if feed.category is found else feed.category
        if found is not self.categories[0]:
            self.categories.remove(found)
        return OK

    def _label(self, names: list[str]) -> Category | None:
        return next((one for one in self.categories if [LABEL + one.title] == names), None)


LISTS: dict[str, Callable[[FakeGReader, Call], Answer]] = {
    "/subscription/list": FakeGReader.subscriptions,
    "/tag/list": FakeGReader.tags,
    "/stream/items/ids": FakeGReader.ids,
    "/stream/items/contents": FakeGReader.contents,
}
CHANGES: dict[str, Callable[[FakeGReader, Callable[[str], list[str]]], Answer]] = {
    "/edit-tag": FakeGReader.edit_tag,
    "/subscription/quickadd": FakeGReader.quickadd,
    "/subscription/edit": FakeGReader.edit_feed,
    "/rename-tag": FakeGReader.rename_label,
    "/disable-tag": FakeGReader.remove_label,
}


def _unauthorized() -> Answer:
    return text_answer("Unauthorized!", 401, Google_Bad_Token="true")


def _number(name: str) -> int:
    """An id, decimal or long."""
    if not name.startswith(LONG):
        return int(name) if re.fullmatch(r"-?\d+", name) else 0
    number = int(name.removeprefix(LONG), 16)
    return number - (1 << 64) if number >= 1 << 63 else number


def _subscription(feed: Feed) -> dict[str, Any]:
    return {
        "id": f"feed/{feed.id}",
        "title": feed.title.translate(WIDE),
        "categories": [{"id": LABEL + feed.category.title, "label": feed.category.title}],
        "url": feed.url,
        "htmlUrl": feed.site_url,
        "iconUrl": "",
    }
