"""The links in an article's text, by which articles refer to each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tuireader.related import links
from tuireader.store.articles import StoredText
from tuireader.store.links import OutLink


def out_links(texts: Iterable[StoredText]) -> Iterator[tuple[int, list[OutLink]]]:
    """Yield the links of articles whose texts were parsed for them, each with its kind."""
    for text in texts:
        if text.links is not None:
            yield text.id, _kinds(text, text.links)


def _kinds(text: StoredText, found: Iterable[tuple[str, str, str]]) -> list[OutLink]:
    out: dict[str, OutLink] = {}
    for url, label, context in found:
        if url != text.url and url.startswith("http"):
            out.setdefault(url, OutLink(url, label, links.kind(url, label, context)))
    return list(out.values())
