"""What RFC 4287 and JSON Feed 1.1 ask of a feed, and what its readers make of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import feedparser

from tuireader.feeds.parse.parse import parse
from tuireader.model import ParsedFeed

ATOM = "{http://www.w3.org/2005/Atom}"
_ONCE = {
    "feed": ("id", "title", "updated"),
    "entry": ("id", "title", "updated", "published", "summary"),
    "source": ("id", "title", "updated"),
}
_ALLOWED = {
    "feed": {*_ONCE["feed"], "generator", "entry"},
    "entry": {*_ONCE["entry"], "author", "category", "content", "link", "source"},
    "source": set(_ONCE["source"]),
    "author": {"name"},
}
_ATTRIBUTES = {
    "category": {"term"},
    "link": {"rel", "href"},
    "content": {"type"},
    "summary": {"type"},
    "entry": {"xml:lang"},
}
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def atom_faults(text: str) -> list[str]:
    """What RFC 4287 finds wrong with an Atom document, as far as it is written here."""
    root = ElementTree.fromstring(text)
    faults = [] if root.tag == f"{ATOM}feed" else [f"the root is {root.tag}"]
    ids = [element.text for element in root.findall(f"{ATOM}entry/{ATOM}id")]
    if len(ids) != len(set(ids)):
        faults.append("two entries have the same id (4.1.1)")
    return [*faults, *(fault for element in root.iter() for fault in _faults(element))]


def _faults(element: Element) -> Iterator[str]:
    name, text = element.tag.removeprefix(ATOM), element.text or ""
    children = [child.tag.removeprefix(ATOM) for child in element]
    for once in _ONCE.get(name, ()):
        if children.count(once) != 1:
            yield f"{name} has {children.count(once)} {once} (4.1)"
    if extra := set(children) - _ALLOWED.get(name, set()):
        yield f"{name} has {extra}"
    attributes = {key.replace("{http://www.w3.org/XML/1998/namespace}", "xml:") for key in element.attrib}
    if attributes - _ATTRIBUTES.get(name, set()):
        yield f"{name} has the attributes {attributes}"
    if name == "entry" and "author" not in children:
        yield "an entry has no author (4.1.2)"
    if name == "entry" and not {"content", "link"} & set(children):
        yield "an entry has neither content nor a link (4.1.2)"
    if name == "id" and not (re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", text)):
        yield f"{text!r} is no IRI in the form that is written here (4.2.6)"
    if name in ("updated", "published") and not (_DATE.fullmatch(text) and datetime.fromisoformat(text)):
        yield f"{text!r} is no date (3.3)"
    if name in ("title", "name", "summary", "content") and not text.strip():
        yield f"{name} is empty"
    if name == "link" and urlsplit(element.get("href", "")).scheme not in ("http", "https"):
        yield f"{element.get('href')!r} is no web address (4.2.7)"
    if name == "category" and not element.get("term"):
        yield "a category has no term (4.2.2)"
    if name in ("summary", "content") and element.get("type") != "html":
        yield f"the {name} is not HTML (3.1)"


def json_faults(text: str) -> list[str]:
    """What JSON Feed 1.1 finds wrong with a document."""
    feed = json.loads(text)
    faults = [] if feed["version"] == "https://jsonfeed.org/version/1.1" else ["version"]
    faults += [] if isinstance(feed["title"], str) and isinstance(feed["items"], list) else ["title, items"]
    for item in feed["items"]:
        if not (item["id"] and isinstance(item["content_html"], str)):
            faults.append("an item needs id and content")
        if not all(_DATE.fullmatch(item[name]) for name in ("date_published", "date_modified")):
            faults.append("a date is wrong")
        if not all(isinstance(tag, str) for tag in item["tags"]) or "author" in item:
            faults.append("tags are texts, authors a list")
    return faults


def check_atom(text: str) -> feedparser.FeedParserDict:
    """Have an Atom document read by the rules, by feedparser and by tuireader, which agree on its entries."""
    assert atom_faults(text) == []
    read = feedparser.parse(text.encode())
    assert not read.bozo, read.bozo_exception
    own = parse(text.encode(), "https://team.example.org/feed.atom", "application/atom+xml")
    assert isinstance(own, ParsedFeed)
    assert [entry.guid for entry in own.entries] == [entry.id for entry in read.entries]
    return read
