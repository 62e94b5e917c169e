"""Find the articles related to an opened one: by text, and by links."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from msgspec.structs import replace

from tuireader.document import link_kinds
from tuireader.ingest.relating.sharing import sharing
from tuireader.ingest.relating.stored_profiles import StoredProfiles, article_text
from tuireader.model import Related, Relation, Surrounding
from tuireader.related import rank, search
from tuireader.related.rank import Ranked
from tuireader.related.reading.own_forms import Groups
from tuireader.store import Store
from tuireader.store.articles.links import LinkedArticle
from tuireader.store.relations.relations import RelativeRow
from tuireader.text import cut_characters

_T = TypeVar("_T", Related, Surrounding)
_HOW = {"also": "named in the text", "cite": "linked in the text", "source": "linked in the text"}
_QUOTED = 160
"""Maximum characters of a sentence in a reason."""
_REPORTS = 30  # maximum number of other reports of a story, the newest, whose links count


def related(
    store: Store, article_id: int, groups: Groups = (), *, every: bool = False
) -> tuple[Related, ...]:
    """Return the related articles, each once with its strongest relation, the strongest first.

    Links to pages that are not stored are left out, except an editor's further reading and primary sources.
    An article linked by another report of the same story counts as background or as a follow-up, by its time,
    if it shares a name with the opened one. Reports of one story are one item of the background, unless
    `every` one is wanted. `groups` are terms of watches that name one thing each.
    """
    by_key: _ByKey = {}
    for text in store.articles.texts([article_id]):
        profiles, article = StoredProfiles(store, groups), article_text(text)
        _add_references(store, article, by_key)
        _add_links(store, profiles, article, by_key)
        alike = store.meaning.alike(article_id)
        ranked = search.relatives(profiles, article, sharing(store, profiles, article))
        story = store.relations.stories([article_id, *(item.article_id for item in ranked)])
        shown = store.relations.relative_rows([item.article_id for item in ranked])
        for item in ranked:
            if item.article_id in shown:
                folded = item.article_id in story and story[item.article_id] == story.get(article_id)
                if not folded and item.relation is Relation.SAME_STORY:
                    item = _as_series_item(profiles, article, item)
                relation = item.relation
                if folded and relation is not Relation.SAME_TEXT:
                    relation = Relation.SAME_STORY
                row = _row(shown[item.article_id], relation, item.reason)
                if (pair := alike.get(item.article_id)) and pair.sentence:
                    row = replace(row, reason=_says_the_same(pair.sentence, article, row))
                _add(by_key, item.article_id, replace(row, score=item.score))
    found = sorted(by_key.values(), key=_rank)
    earlier = [item for item in found if item.relation is Relation.BACKGROUND and not every]
    place = found.index(earlier[0]) if earlier else 0
    return (*found[:place], *one_per_story(store, earlier), *found[place + len(earlier) :])


def one_per_story(store: Store, items: Sequence[_T]) -> list[_T]:
    """Keep the first item of each story, with the numbers of the others; order stays."""
    story_of = store.relations.stories([item.article_id for item in items if item.article_id is not None])
    first: dict[object, _T] = {}
    for item in items:
        key: object = story_of.get(item.article_id or 0, item)
        if key in first and item.article_id is not None:
            reports = (*first[key].other_reports, item.article_id)
            item = replace(first[key], other_reports=reports)
        first[key] = item
    return list(first.values())


def _as_series_item(profiles: StoredProfiles, article: search.ArticleText, item: Ranked) -> Ranked:
    """Turn another item of a series into background or a follow-up; return anything else unchanged."""
    both = {profile.id: profile for profile in profiles.profiles([article.id, item.article_id])}
    if len(both) < 2 or not profiles.series.differ(*both.values()):
        return item
    later = both[item.article_id].time > article.time
    return replace(item, relation=Relation.FOLLOW_UP if later else Relation.BACKGROUND)


def _says_the_same(sentence: str, article: search.ArticleText, row: Related) -> str:
    """Put what two articles say before the reason; a title is on the screen anyway."""
    if row.relation is Relation.SAME_TEXT:
        return row.reason
    quoted = "" if sentence in (article.title, row.title) else f": “{cut_characters(sentence, _QUOTED)}”"
    return f"says the same{quoted} · {row.reason}"


_ByKey = dict[object, Related]


def _add(by_key: _ByKey, key: object, new: Related) -> None:
    """Add a related article unless a stronger relation is known; the sentence of the first one stays."""
    known = by_key.get(key)
    if known is None:
        by_key[key] = new
    elif _rank(new) < _rank(known):
        by_key[key] = replace(new, sentence=known.sentence)


def _add_references(store: Store, article: search.ArticleText, by_key: _ByKey) -> None:
    earlier, later = store.references.of(article.id), store.references.to([article.id])
    shown = store.relations.relative_rows(
        [*(link.other for link in earlier), *(link.article for link in later)]
    )
    for relation, how, other, sentence in (
        *((Relation.BACKGROUND, "referred to", link.other, link.sentence) for link in earlier),
        *((Relation.REFERRED_BY, "refers to this", link.article, link.sentence) for link in later),
    ):
        if row := shown.get(other):
            reason = f"{how}: “{cut_characters(sentence, _QUOTED)}”"
            if article.dated and row.time:
                reason = f"{rank.gap(row.time - article.time)} · {reason}"
            _add(by_key, other, replace(_row(row, relation, reason), sentence=sentence))


def _add_links(store: Store, profiles: StoredProfiles, article: search.ArticleText, by_key: _ByKey) -> None:
    outgoing, incoming = store.links.outgoing(article.id), store.links.incoming(article.id)
    others = _others(store, article.id)
    theirs = [
        (other, link)
        for other, link in store.links.stored(list(others))
        if link.time is not None and link.article_id not in others and link.article_id != article.id
    ]
    every = [*outgoing, *incoming, *(link for _, link in theirs)]
    stored = {link.article_id for link in every if link.article_id is not None} - {article.id}
    known = {other.id: other for other in profiles.profiles(sorted(stored))}
    full = search.whole_profile(profiles, article) if known else None
    # Names of feeds do not count: feeds put theirs below images and in the last line.
    titles = {*others.values(), *(link.feed_title for link in every)} if known else ()
    feeds = search.terms(" ".join(sorted(titles)))

    def reason(link: LinkedArticle, how: str) -> str:
        other = known.get(link.article_id or 0)
        return how if full is None or other is None else rank.reason(full, other, how, feeds)

    for link in outgoing:
        if link.article_id is not None or link.kind != "cite":
            relation = Relation.ALSO_READ if link.kind == "also" else Relation.CITES
            kind = link_kinds.source(link.url)
            how = f"primary source: {kind}" if kind and relation is Relation.CITES else _HOW[link.kind]
            _add(by_key, link.article_id or link.url, _row(link, relation, reason(link, how)))
    for link in incoming:
        how = "names this as also read" if link.kind == "also" else "links to this"
        _add(by_key, link.article_id, _row(link, Relation.CITED_BY, reason(link, how)))
    for other, link in theirs:
        target = known.get(link.article_id or 0)
        if full is not None and target is not None and rank.shares_name(full, target, feeds):
            how = f"{'named' if link.kind == 'also' else 'linked'} by {others[other]}"
            relation = Relation.FOLLOW_UP if target.time > article.time else Relation.BACKGROUND
            _add(by_key, link.article_id, _row(link, relation, reason(link, how)))


def _others(store: Store, article_id: int) -> dict[int, str]:
    story = store.stories.timeline(article_id)
    entries = story.entries[-_REPORTS:] if story is not None else ()
    return {entry.article_id: entry.feed_title for entry in entries if entry.article_id != article_id}


_ORDER = {relation: place for place, relation in enumerate(Relation)}


def _rank(item: Related) -> int:
    return _ORDER[item.relation]


def _row(other: RelativeRow | LinkedArticle, relation: Relation, reason: str) -> Related:
    if isinstance(other, LinkedArticle):
        title, article_id = other.title or other.label or other.url, other.article_id
    else:
        title, article_id = other.title, other.id
    return Related(
        relation=relation,
        title=title,
        article_id=article_id,
        url=other.url,
        feed_title=other.feed_title,
        time=other.time,
        reason=reason,
        score=1.0,
        read=other.read,
    )
