"""Advice on watches, mutes and expressions that are probably mistakes, such as unknown names."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from tuireader import ingest, query, watch
from tuireader.config import Config, MuteConfig, Problem, WatchConfig
from tuireader.config.toml_lines import key_lines
from tuireader.library.watching import rule_of
from tuireader.query import Advice, Names
from tuireader.store import Store

_FALSE = 0.5  # share of false alarms for advice on a term
_HANDLED = 3  # minimum handled matches for it

Asked = str | WatchConfig | MuteConfig
"""What to advise on: an expression, a watch or a mute."""


def known_names(store: Store, config: Config, feeds: ingest.FeedNames) -> Names:
    """Collect the names that expressions can use, except tags of feeds."""
    labels = [label.name for label in store.labels.all()]
    labels += [label for _, _, _, *of_feed in feeds.values() for label in of_feed]
    return _names(config, [(title, url, folder) for title, url, folder, *_ in feeds.values()], labels)


def _names(config: Config, feeds: Iterable[tuple[str, str, str]], labels: Sequence[str]) -> Names:
    known = list(feeds)
    made = [action.name for rule in config.rules for action in rule.then if action.kind == "label"]
    return Names(
        feeds=[(title, url) for title, url, _ in known],
        folders=list(dict.fromkeys(folder for _, _, folder in known)),
        labels=[*labels, *made],
        watches=[item.name for item in config.watches],
        views=[view.name for view in config.views],
        unnamed=sum(title == url for title, url, _ in known),
    )


def advise(store: Store, known: Names, asked: Asked) -> list[Advice]:
    """Advise on an expression, a watch or a mute; nothing for an invalid expression."""
    return _with_tags(asked, known, store.labels.tags)


def of_false_alarms(store: Store, watch: str) -> list[Advice]:
    """Advise on the terms of a watch whose matches were mostly false alarms."""
    said = "of {:,} handled matches were false alarms: try a longer term, or words that exclude it (none)"
    return [
        Advice(f"{false:,} {said.format(handled)}", term=term)
        for term, (false, handled) in store.cases.false_alarms(watch).items()
        if false > _FALSE * handled and handled >= _HANDLED
    ]


def unknown_names(store: Store, known: Names, sought: tuple[str, str]) -> list[Advice]:
    """Advise on names in an expression that surely do not exist, except a new label."""
    text, new_label = sought
    advice = advise(store, replace(known, labels=[*known.labels, new_label]), text)
    return [note for note in advice if note.field and not note.unsure]


def _with_tags(asked: Asked, known: Names, tags: Callable[[], Collection[str]]) -> list[Advice]:
    """Compute advice; reads the tags of feeds only if a label is unknown."""
    advice = _advice(asked, known)
    if any(note.field == "label" for note in advice):
        advice = _advice(asked, replace(known, labels=[*known.labels, *tags()]))
    return list(advice)


def _advice(asked: Asked, known: Names) -> Sequence[Advice]:
    if isinstance(asked, WatchConfig):
        return watch.advice(rule_of(asked), known)
    parsed = query.parse(asked if isinstance(asked, str) else asked.query, likes=isinstance(asked, str))
    if isinstance(parsed, query.QueryError):
        return []
    if isinstance(asked, MuteConfig):
        return watch.mute_advice(parsed, asked.feed, asked.include_watched, known)
    return query.advise(parsed, known)


def for_config(config: Config, text: str, file: str, database: Path) -> list[Problem]:
    """Advise on watches, mutes, rules and other expressions of a configuration file, with line numbers.

    Reads names from the configuration and from the database, which is never created or written to.
    """
    from tuireader.store.lists import completions as stored

    feeds = {feed.url: (feed.title or feed.url, feed.url, feed.folder) for feed in config.feeds}
    feeds |= {url: (title, url, folder) for title, url, folder in stored.every_feed(database)}
    labels = [*stored.labels(database), *(label for feed in config.feeds for label in feed.labels)]
    known = _names(config, feeds.values(), labels)
    lines, data = dict(key_lines(text)), tomllib.loads(text.removeprefix("\ufeff"))
    advice = [
        (path, str(note))
        for path, asked in _asked_by_path(config, data)
        for note in _with_tags(asked, known, lambda: stored.tags(database))
        if not (note.unsure and note.field in ("folder", "label"))  # the other field has the name
    ]
    listed = [("mcp.include", config.mcp.include)]
    listed += [(_path(data, "rule", name=rule.name), rule.feeds) for rule in config.rules]
    listed += [(_path(data, "publish", name=item.name), item.include) for item in config.publishes]
    advice += [(path, known.unlisted_message(name)) for path, names in listed for name in names]
    for watched in config.watches:
        for problem in watch.Matcher([rule_of(watched)]).problems:
            advice.append((_path(data, "watch", name=watched.name), problem.message))
    saved = {view.name: query.parse(view.query) for view in config.views}  # which may have `like:`
    for item in config.publishes:
        if isinstance(error := saved.get(item.search), query.QueryError):
            advice.append((_path(data, "publish", name=item.name) + ".search", str(error)))
    return [
        Problem(path, message, lines.get(path), file=file, warning=True)
        for path, message in advice
        if message
    ]


def _asked_by_path(config: Config, data: dict[str, Any]) -> Iterator[tuple[str, Asked]]:
    """Yield the path of each table with an expression, and what to advise on."""
    for watch_config in config.watches:
        yield _path(data, "watch", name=watch_config.name), watch_config
    for mute in config.mutes:
        yield _path(data, "mute", query=mute.query, feed=mute.feed), mute
    for view in config.views:
        yield _path(data, "view", name=view.name), view.query
    for digest in config.digests:
        if digest.query:
            yield _path(data, "digest", name=digest.name), digest.query
    for rule in config.rules:
        if rule.query:
            yield _path(data, "rule", name=rule.name), rule.query
    for item in config.publishes:
        named = {"label": item.label, "folder": item.folder}
        texts = [item.query, *(f"{field}:={query.phrase(name)}" for field, name in named.items() if name)]
        if text := "".join(texts):  # it has one of them
            yield _path(data, "publish", name=item.name), text


def _path(data: dict[str, Any], kind: str, **values: str) -> str:
    """Path of a table, such as `watch[2]`; invalid tables count as well."""
    tables = data[kind] if isinstance(data[kind], list) else [data[kind]]
    for number, table in enumerate(tables, 1):
        found = table if isinstance(table, dict) else {}
        if all(str(found.get(key, "")).strip() == value for key, value in values.items()):
            return f"{kind}[{number}]"
    return kind
