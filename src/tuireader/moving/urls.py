"""newsboat's file `urls`: an address a line, with tags; some lines are filters, programs or titles."""

from __future__ import annotations

from collections.abc import Iterable

from tuireader.config import FeedConfig, ViewConfig
from tuireader.config_values import WEB_ADDRESS, Bad
from tuireader.moving.filters import NotTranslatable, tag_query, translate
from tuireader.moving.lexing import Remark, lines, quoted, words
from tuireader.text import clean, without_password
from tuireader.values import dataclass

FOLDERS = " / "
"""What stands between the names of nested folders."""


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """What a file `urls` subscribes to. `tags` are those of each feed by its address, as they stand there."""

    feeds: tuple[FeedConfig, ...]
    views: tuple[ViewConfig, ...]
    tags: dict[str, tuple[str, ...]]
    remarks: tuple[Remark, ...]


def read(text: str, file: str = "urls") -> Subscriptions:
    """The feeds and query feeds of a file. The first tag is a feed's folder, the others are its labels.

    A feed that stands there twice has the tags of its last line, as newsboat has it.
    """
    feeds: dict[str, FeedConfig] = {}
    tags: dict[str, tuple[str, ...]] = {}
    filters: list[tuple[int, str, str]] = []
    remarks: list[Remark] = []
    for line in lines(text):
        address, *marks = words(line.text) or [""]
        if not address:
            continue

        def remark(reason: str, number: int = line.number, address: str = address) -> None:
            remarks.append(Remark(file, number, clean(without_password(address), 200), reason))

        if address.startswith("query:"):
            _, _, rest = address.partition(":")
            name, _, asked = rest.partition(":")
            filters.append((line.number, clean(name) or "Query", asked))
            if own := [mark for mark in marks if mark[:1] not in "~!"]:
                remark(f"the tags of a query feed are left out: {', '.join(map(clean, own))}")
            continue
        if reason := _why_not(address):
            remark(reason)
            continue
        own = [clean(mark) for mark in marks if mark[:1] not in ("~", "!") and clean(mark)]
        title = next((clean(mark[1:]) for mark in marks if mark.startswith("~")), "")
        if any(mark.startswith("!") for mark in marks):
            remark("is hidden there (!); here it is shown")
        if address in feeds:
            remark("stands there twice; its last line counts")
        folder, labels = (own[0], tuple(dict.fromkeys(own[1:]))) if own else ("", ())
        feeds[address] = FeedConfig(address, title, folder, labels=labels)
        tags[address] = tuple(dict.fromkeys(own))
    known = {tag for own_tags in tags.values() for tag in own_tags}
    views: dict[str, ViewConfig] = {}
    for number, name, asked in filters:
        try:
            views[name.casefold()] = ViewConfig(name, translate(asked, known))
        except NotTranslatable as reason:
            remarks.append(Remark(file, number, clean(f"query:{name}:{asked}", 200), str(reason)))
    for tag in _further_tags(tags.values()):
        views.setdefault(tag.casefold(), ViewConfig(tag, tag_query(tag, known)))
    remarks.sort(key=lambda one: one.line)
    return Subscriptions(tuple(feeds.values()), tuple(views.values()), tags, tuple(remarks))


def _why_not(address: str) -> str:
    if address.startswith("exec:"):
        return "runs a program to make a feed, which tuireader does not do"
    if address.startswith("filter:"):
        return "sends a feed through a program, which tuireader does not do"
    if address.startswith("file:"):
        return "is a file, and only http and https are fetched"
    read_as = WEB_ADDRESS.read(address)
    return read_as.message if isinstance(read_as, Bad) else ""


def _further_tags(tags: Iterable[tuple[str, ...]]) -> list[str]:
    """The tags that are not only folders: each gets a view of its own."""
    return list(dict.fromkeys(tag for own in tags for tag in own[1:]))


def write(feeds: Iterable[FeedConfig]) -> str:
    """Subscriptions as newsboat's `urls`: folder and labels are tags, own titles are `~` tags.

    Passwords in addresses stay here, as all secrets do.
    """
    made: list[str] = []
    for feed in feeds:
        tags = [tag for tag in (feed.folder, *feed.labels) if tag]
        title = [f"~{feed.title}"] if feed.title else []
        made.append(" ".join(map(quoted, [without_password(feed.url), *dict.fromkeys(tags), *title])))
    return "".join(f"{line}\n" for line in made)
