"""Documents of the simulated week: feeds in each format, pages of articles, home pages, challenges."""

from __future__ import annotations

import html
import json
import random
import re

import newsgen
import week_words
from week_world import Article, Feed

_ATOM = 'xmlns:atom="http://www.w3.org/2005/Atom"'


def document(feed: Feed, now: int, page: int = 1) -> bytes:
    """Return the document of a feed at a time, or of an older page of it."""
    feed = feed.served(now)
    entries = [one.at(now) for one in feed.entries(now, page)]
    return written(feed, entries, now, page)


def archive(feed: Feed, number: int, now: int) -> bytes | None:
    """Return an archive document of RFC 5005; archive 1 has the oldest entries. None if there is none yet."""
    known = feed.published(now)[::-1]
    part = known[(number - 1) * feed.window : number * feed.window]
    if number < 1 or len(part) < feed.window:
        return None
    return written(feed, [one.at(now) for one in reversed(part)], now, -number)


def written(feed: Feed, entries: list[Article], now: int, page: int) -> bytes:
    """Return entries as a document; `page` is negative for an archive."""
    if feed.format == "json":
        return _json(feed, entries, now, page)
    text = {"rss": _rss, "atom": _atom, "rdf": _rdf}[feed.format](feed, entries, now, page)
    declared = "utf-8" if feed.encoding == "windows-1252" else feed.encoding
    head = "" if feed.style == "bare" else f'<?xml version="1.0" encoding="{declared}"?>\n'
    return (head + text).encode(feed.encoding, "xmlcharrefreplace")


def _links(feed: Feed, now: int, page: int) -> list[tuple[str, str]]:
    """Return the links to older entries as (relation, address)."""
    count = len(feed.published(now))
    if feed.archive == "next" and page * feed.window < count:
        return [("next", f"{feed.base}{feed.path}?page={page + 1}")]
    if feed.archive == "prev":
        older = count // feed.window if page == 1 else -page - 1
        found = [("prev-archive", f"{feed.base}/{feed.number}/archive/{older}")] if older > 0 else []
        return found if page == 1 else [*found, ("current", feed.url)]
    return []


def _date(one: Article, iso: bool) -> str:
    if one.date is not None:
        return one.date
    return newsgen.iso(one.published) if iso else newsgen.rfc822(one.published)


def _content(feed: Feed, text: str) -> str:
    if feed.style == "cdata":
        return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"
    return html.escape(text, quote=False)


def _rss(feed: Feed, entries: list[Article], now: int, page: int) -> str:
    items = []
    for one in entries:
        date = _date(one, iso=False)
        title = html.escape(one.title, quote=False)
        items.append(
            f"<item><title>{title}</title><link>{one.url}</link>"
            f'<guid isPermaLink="false">{one.guid(now)}</guid>'
            + (f"<pubDate>{date}</pubDate>" if date else "")
            + f"<description>{_content(feed, one.html)}</description></item>\n"
        )
    generator = "<generator>https://wordpress.org/?v=6.7.2</generator>" if feed.archive == "wordpress" else ""
    links = "".join(f'<atom:link rel="{kind}" href="{at}"/>' for kind, at in _links(feed, now, page))
    ttl = f"<ttl>{feed.ttl}</ttl>" if feed.ttl else ""
    complete = '<fh:archive xmlns:fh="http://purl.org/syndication/history/1.0"/>' if page < 0 else ""
    return (
        f'<rss version="2.0" {_ATOM}><channel><title>{html.escape(feed.title)}</title>'
        f"<link>{feed.site or feed.base}/</link><description>News</description>{generator}{ttl}{links}"
        f"{complete}\n" + "".join(items) + "</channel></rss>\n"
    )


def _atom(feed: Feed, entries: list[Article], now: int, page: int) -> str:
    items = []
    for one in entries:
        date = _date(one, iso=True)
        changed = newsgen.iso(one.edit[0]) if one.edit and now >= one.edit[0] else date
        times = f"<published>{date}</published><updated>{changed}</updated>" if date else ""
        items.append(
            f'<entry><title type="html">{html.escape(one.title, quote=False)}</title><id>{one.guid(now)}</id>'
            f'<link rel="alternate" href="{html.escape(one.url)}"/>{times}'
            f'<content type="html">{_content(feed, one.html)}</content></entry>\n'
        )
    links = "".join(f'<link rel="{kind}" href="{html.escape(at)}"/>' for kind, at in _links(feed, now, page))
    complete = '<fh:archive xmlns:fh="http://purl.org/syndication/history/1.0"/>' if page < 0 else ""
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom"><title>{html.escape(feed.title)}</title>'
        f'<link href="{feed.site or feed.base}/"/><id>{feed.base}/{feed.number}</id>{links}{complete}\n'
        + "".join(items)
        + "</feed>\n"
    )


def _rdf(feed: Feed, entries: list[Article], now: int, page: int) -> str:
    items = "".join(
        f'<item rdf:about="{one.url}"><title>{html.escape(one.title, quote=False)}</title>'
        f"<link>{one.url}</link><dc:date>{_date(one, iso=True)}</dc:date>"
        f"<description>{_content(feed, one.html)}</description></item>\n"
        for one in entries
    )
    order = "".join(f'<rdf:li rdf:resource="{one.url}"/>' for one in entries)
    return (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="{feed.base}/">'
        f"<title>{html.escape(feed.title)}</title><link>{feed.site or feed.base}/</link>"
        "<description>News</description>"
        f"<items><rdf:Seq>{order}</rdf:Seq></items></channel>\n{items}</rdf:RDF>\n"
    )


def _json(feed: Feed, entries: list[Article], now: int, page: int) -> bytes:
    whole = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": f"{feed.base}/",
        "feed_url": feed.url,
        "items": [
            {
                "id": one.guid(now),
                "url": one.url,
                "title": html.unescape(re.sub("<[^>]*>", "", one.title)),
                "content_html": one.html,
                "date_published": _date(one, iso=True),
            }
            for one in entries
        ],
    }
    if feed.archive == "json" and page * feed.window < len(feed.published(now)):
        whole["next_url"] = f"{feed.base}{feed.path}?page={page + 1}"
    return json.dumps(whole, ensure_ascii=False).encode()


# --------------------------------------------------------------------------- pages


def page(feed: Feed, one: Article) -> bytes:
    """Return the page of an article as a site would write it; its side column names other articles."""
    chance = random.Random(one.id)
    term = week_words.form(chance, chance.choice(week_words.watch_names()))
    aside = [f"{week_words.title(chance)}" for _ in range(4)] + [f"All about {term}: our dossier"]
    chance.shuffle(aside)
    listed = "".join(f'<li><a href="/{n}/more">{words}</a></li>' for n, words in enumerate(aside))
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{one.title} | {feed.title}</title>"
        '<meta name="viewport" content="width=device-width">'
        f'<link rel="canonical" href="{one.url}">'
        '<script>window.dataLayer=window.dataLayer||[];</script></head><body class="single">'
        f'<header class="site-header"><a href="/">{feed.title}</a><nav><ul>'
        '<li><a href="/world">World</a></li><li><a href="/tech">Tech</a></li>'
        '<li><a href="/money">Money</a></li></ul></nav></header>'
        f'<div class="layout"><main><article class="post"><h1 class="entry-title">{one.title}</h1>'
        f'<p class="byline">By <a href="/staff">Staff</a> · <time>{newsgen.iso(one.published)}</time></p>'
        f'<div class="entry-content">{one.page or one.html}</div>'
        '<div class="share">Share: <a href="#">Mastodon</a> <a href="#">Mail</a></div></article></main>'
        f'<aside class="sidebar"><h2>Most read</h2><ul>{listed}</ul></aside></div>'
        '<div class="newsletter"><h3>Never miss a story</h3><form><input type="email"></form></div>'
        '<footer class="site-footer"><p>© 2026. All rights reserved.</p><a href="/privacy">Privacy</a>'
        "</footer>"
        "</body></html>"
    ).encode()


def home(feed: Feed, now: int) -> bytes:
    """Return the home page of a feed's site, which names the feed's present address."""
    path = (feed.new_url if feed.away else feed.moved_path) if feed.moved(now) else feed.path
    kind = "application/atom+xml" if feed.format == "atom" else "application/rss+xml"
    return (
        f'<!DOCTYPE html><html><head><title>{feed.title}</title><link rel="alternate" type="{kind}" '
        f'title="{feed.title}" href="{path}"></head><body><h1>{feed.title}</h1><p>Welcome.</p></body></html>'
    ).encode()


CHALLENGES: dict[str, tuple[str, dict[str, str], str]] = {
    "cloudflare": (
        "403 Forbidden",
        {"Server": "cloudflare", "cf-mitigated": "challenge", "CF-RAY": "8c1f2e3d4b5a6978-AMS"},
        "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body><noscript>Enable JavaScript "
        "and cookies to continue</noscript><script>window._cf_chl_opt={cvId:'3'}</script></body></html>",
    ),
    "just a moment": (
        "503 Service Unavailable",
        {"Server": "cloudflare"},
        "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body><h2>Checking your browser "
        "before accessing the site.</h2><script src='/cdn-cgi/challenge-platform/h/b/orchestrate/jsch/v1'>"
        "</script></body></html>",
    ),
    "datadome": (
        "403 Forbidden",
        {"Server": "DataDome", "X-DataDome": "protected", "X-DD-B": "1"},
        "<html><head><title>example.org</title></head><body><p id='cmsg'>Please enable JS and disable any ad "
        "blocker</p><script>var dd={'host':'geo.captcha-delivery.com'}</script></body></html>",
    ),
    "anubis": (
        "200 OK",
        {},
        "<!doctype html><html><head><title>Making sure you&#39;re not a bot!</title><link rel='stylesheet' "
        "href='/.within.website/x/xess/xess.css'></head><body><h1>Making sure you&#39;re not a bot!</h1>"
        "<p>Protected by <a href='https://github.com/TecharoHQ/anubis'>Anubis</a></p></body></html>",
    ),
}
"""Challenges by name: status, headers, body."""
