"""Search feeds: addresses that search news sites and forums for the terms of a watch.

Each template is in public documentation, which `documented` names. Nothing is requested here: a proposal
becomes an ordinary feed only when the user adds it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated
from urllib.parse import quote, urlencode

from msgspec import Struct

from tuireader.config import WatchConfig
from tuireader.query import And, Near, Node, Not, Or, Query, Text, parse

FOLDER = "Search"
_MOST = 10  # maximum terms of a group: services refuse or cut longer addresses
_TAGS = 3  # maximum hashtags, each with its own feed
_HAN, _KANA, _HANGUL = re.compile(r"[\u3400-\u9fff]"), re.compile(r"[\u3040-\u30ff]"), re.compile("[가-힣]")


class Wanted(Struct, frozen=True):
    """Terms that a watch searches for: at least one of each group, and none of `none`."""

    groups: tuple[tuple[str, ...], ...]
    none: tuple[str, ...] = ()

    @property
    def terms(self) -> tuple[str, ...]:
        """All terms, each once."""
        return tuple(dict.fromkeys(term for group in self.groups for term in group))


class SearchFeed(Struct, frozen=True):
    """A proposal: a feed with the results of a search."""

    service: Annotated[str, "Name of the service."]
    title: Annotated[str, "Title that the feed gets."]
    url: Annotated[str, "Its address."]
    documented: Annotated[str, "Public description of the address."]
    note: Annotated[str, "What to know about it."] = ""
    followed: Annotated[bool, "True when it is subscribed already."] = False


def wanted(item: WatchConfig) -> Wanted:
    """Extract what a watch searches for, without terms that services do not understand."""
    groups = [*([item.any] if item.any else []), *item.all]
    none = [*item.none]
    parsed = parse(item.query) if item.query.strip() else None
    if isinstance(parsed, Query):
        asked = list(_conditions(parsed.root))
        groups += [group for group, excluded in asked if not excluded]
        none += [term for group, excluded in asked if excluded for term in group]
    plain = [tuple(dict.fromkeys(filter(None, map(_plain, group))))[:_MOST] for group in groups]
    return Wanted(
        tuple(dict.fromkeys(group for group in plain if group)),
        tuple(dict.fromkeys(filter(None, map(_plain, none))))[:_MOST],
    )


def search_feeds(item: WatchConfig) -> list[SearchFeed]:
    """Propose feeds for a watch, broadest service first; none without terms."""
    terms = wanted(item)
    return [feed for make in SERVICES for feed in make(item.name, terms)] if terms.groups else []


def _conditions(node: Node) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Yield the groups of terms that an expression requires, and (with True) those that it excludes."""
    match node:
        case And(nodes):
            for child in nodes:
                yield from _conditions(child)
        case Or(nodes):
            terms = [_searched(child) for child in nodes]
            if all(terms):  # `wechat OR is:starred` requires no term
                yield tuple(terms), False
        case Near(left, right):
            yield (left.term.text,), False
            yield (right.term.text,), False
        case Not(child) if term := _searched(child):
            yield (term,), True
        case _ if term := _searched(node):
            yield (term,), False


def _searched(node: Node) -> str:
    """Term of a node that searches title or text, else `""`."""
    return node.term.text if isinstance(node, Text) and node.field in ("", "title", "body") else ""


def _plain(term: str) -> str:
    """Term as services understand it; `""` for a regular expression."""
    if len(term) > 2 and term[0] == "/" == term[-1]:
        return ""
    return " ".join(term.replace("*", " ").replace('"', " ").split())


def _quoted(term: str) -> str:
    """Quote a term, or search engines also match other spellings."""
    return f'"{term}"'


def _boolean(terms: Wanted, none: str = "-") -> str:
    """Write `("a" OR "b") ("c") -"d"`, the syntax that most services share."""
    groups = [" OR ".join(map(_quoted, group)) for group in terms.groups]
    several = len(groups) > 1
    parts = [f"({group})" if several and " OR " in group else group for group in groups]
    return " ".join([*parts, *(f"{none}{_quoted(term)}" for term in terms.none)])


def _address(base: str, **values: str) -> str:
    return f"{base}?{urlencode(values, quote_via=quote)}"


_EDITIONS = (
    ("Google News", None, "en-US", "US", "US:en"),
    ("Google News in Chinese", _HAN, "zh-CN", "CN", "CN:zh-Hans"),
    ("Google News in Japanese", _KANA, "ja", "JP", "JP:ja"),
    ("Google News in Korean", _HANGUL, "ko", "KR", "KR:ko"),
)


def _proposal(service: str, subject: str, url: str, *, documented: str, note: str = "") -> SearchFeed:
    return SearchFeed(service, f"{service}: {subject}", url, documented, note=note)


def _google(name: str, terms: Wanted) -> list[SearchFeed]:
    address, text = "https://news.google.com/rss/search", " ".join(terms.terms)
    return [
        _proposal(
            service,
            name,
            _address(address, q=_boolean(terms), hl=language, gl=country, ceid=edition),
            documented="https://www.newscatcherapi.com/blog/google-news-rss-search-parameters-the-missing-documentaiton",
            note="titles only; links lead through Google",
        )
        for service, script, language, country, edition in _EDITIONS
        if script is None or script.search(text)
    ]


def _bing(name: str, terms: Wanted) -> list[SearchFeed]:
    url = _address("https://www.bing.com/news/search", q=_boolean(terms), format="rss")
    documented = "https://github.com/Akagi201/rss"
    return [_proposal("Bing News", name, url, documented=documented, note="teasers")]


def _hacker_news(name: str, terms: Wanted) -> list[SearchFeed]:
    """Hacker News supports one level of OR and adds the quotes itself."""
    url = _address("https://hnrss.org/newest", q=" OR ".join(terms.groups[0]), count="50")
    note = "stories with a term in their title"
    return [_proposal("Hacker News", name, url, documented="https://hnrss.github.io/", note=note)]


def _arxiv(name: str, terms: Wanted) -> list[SearchFeed]:
    groups = [" OR ".join(f"all:{_quoted(term)}" for term in group) for group in terms.groups]
    asked = " AND ".join(f"({group})" if " OR " in group else group for group in groups)
    asked += "".join(f" ANDNOT all:{_quoted(term)}" for term in terms.none)
    newest = {"sortBy": "submittedDate", "sortOrder": "descending", "max_results": "50"}
    url = _address("https://export.arxiv.org/api/query", search_query=asked, **newest)
    documented = "https://info.arxiv.org/help/api/user-manual.html"
    return [_proposal("arXiv", name, url, documented=documented, note="preprints")]


def _github(name: str, terms: Wanted) -> list[SearchFeed]:
    """GitHub has no search feeds, but feeds for a repository that a term names."""
    projects = [term for term in terms.terms if re.fullmatch(r"[A-Za-z0-9][\w-]{0,38}/[\w.-]{1,100}", term)]
    documented = "https://wwsun.github.io/wiki/Github"
    return [
        _proposal(
            f"GitHub {what}", project, f"https://github.com/{project}/{what}.atom", documented=documented
        )
        for project in projects[:_TAGS]
        for what in ("releases", "commits")
    ]


def _reddit(name: str, terms: Wanted) -> list[SearchFeed]:
    url = _address("https://www.reddit.com/search.rss", q=_boolean(terms), sort="new")
    documented = "https://github.com/lalitpagaria/reddit-rss-reader"
    note = "needs a user_agent of your own and a key, see Troubleshooting"
    return [_proposal("Reddit", name, url, documented=documented, note=note)]


def _mastodon(name: str, terms: Wanted) -> list[SearchFeed]:
    """Mastodon has a feed for each hashtag, which contains no blanks or signs."""
    tags = dict.fromkeys(re.sub(r"\W+", "", term) for term in terms.groups[0])
    documented = (
        "https://researchbuzz.me/2022/11/28/"
        "generate-hashtag-based-rss-feeds-for-7-popular-mastodon-instances-with-resstodon/"
    )
    note = "public posts that this server knows"
    return [
        _proposal(
            "Mastodon",
            f"#{tag}",
            f"https://mastodon.social/tags/{quote(tag)}.rss",
            documented=documented,
            note=note,
        )
        for tag in [tag for tag in tags if tag and not tag.isdecimal()][:_TAGS]
    ]


SERVICES = (_google, _bing, _hacker_news, _arxiv, _github, _reddit, _mastodon)
