"""Find the articles related to an opened one: by text, and by links."""

from __future__ import annotations

from dataclasses import replace

from tuireader.ingest.relating.own_forms import Groups
from tuireader.ingest.relating.sharing import sharing
from tuireader.ingest.relating.stored_profiles import StoredProfiles, article_text
from tuireader.model import Related, Relation
from tuireader.related import links, rank, search
from tuireader.related.rank import Ranked
from tuireader.store import Store
from tuireader.store.articles.links import LinkedArticle
from tuireader.store.relations.relations import RelativeRow
from tuireader.text import cut_characters

_HOW = {"also": "named in the text", "cite": "linked in the text", "source": "linked in the text"}
_QUOTED = 160
"""Maximum characters of a sentence in a reason."""
_REPORTS = 30  # maximum number of other reports of a story, the newest, whose links count


def related(store: Store, article_id: int, groups: Groups = ()) -> tuple[Related, ...]:
    """Return the related articles, each once with its strongest relation, the strongest first.

    Links to pages that are not stored are left out, except an editor's further reading and primary sources.
    An article linked by another report of the same story is listed as background or as a follow-up, by its
    time, if it shares a name with the opened one. `groups` are terms of watches that name one thing each.
    """
    found: _Found = {}
    for text in store.articles.texts([article_id]):
        profiles, article = StoredProfiles(store, groups), article_text(text)
        _add_references(store, article, found)
        _add_links(store, profiles, article, found)
        ranked = search.relatives(profiles, article, sharing(store, profiles, article))
        story = store.relations.stories([article_id, *(item.article_id for item in ranked)])
        shown = store.relations.relative_rows([item.article_id for item in ranked])
        for item in ranked:
            if item.article_id in shown:
                folded = item.article_id in story and story[item.article_id] == story.get(article_id)
                if not folded and item.relation is Relation.SAME_STORY:
                    item = _as_series_item(profiles, article, item)
                _add(found, item.article_id, _similar(item, shown[item.article_id], folded))
    return tuple(sorted(found.values(), key=_rank))


def _as_series_item(profiles: StoredProfiles, article: search.ArticleText, item: Ranked) -> Ranked:
    """Turn another item of a series into background or a follow-up; return anything else unchanged."""
    both = {profile.id: profile for profile in profiles.profiles([article.id, item.article_id])}
    if len(both) < 2 or not profiles.series.differ(*both.values()):
        return item
    later = both[item.article_id].time > article.time
    return replace(item, relation=Relation.FOLLOW_UP if later else Relation.BACKGROUND)


_Found = dict[object, Related]


def _add(found: _Found, key: object, new: Related) -> None:
    """Add a related article, or replace a weaker relation of the same one, whose sentence stays."""
    known = found.get(key)
    if known is None:
        found[key] = new
    elif _rank(new) < _rank(known):
        found[key] = replace(new, sentence=known.sentence)


def _add_references(store: Store, article: search.ArticleText, found: _Found) -> None:
    """Add the earlier articles that sentences of this one refer to, and the later ones that refer to it."""
    earlier, later = store.references.of(article.id), store.references.to([article.id])
    shown = store.relations.relative_rows([*(one.other for one in earlier), *(one.article for one in later)])
    for relation, how, references in (
        (Relation.BACKGROUND, "referred to", [(one.other, one.sentence) for one in earlier]),
        (Relation.REFERRED_BY, "refers to this", [(one.article, one.sentence) for one in later]),
    ):
        for other, sentence in references:
            if row := shown.get(other):
                reason = f"{how}: “{cut_characters(sentence, _QUOTED)}”"
                if article.dated and row.time:
                    reason = f"{rank.gap(row.time - article.time)} · {reason}"
                one = Related(
                    relation, row.title, other, row.url, row.feed_title, row.time, reason, 1.0, row.read,
                    sentence,
                )  # fmt: skip
                _add(found, other, one)


def _add_links(store: Store, profiles: StoredProfiles, article: search.ArticleText, found: _Found) -> None:
    """Add relations by links: from the article, to it, and from the other reports of its story."""
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
    whole = search.whole(profiles, article) if known else None
    # Names of feeds do not count: feeds put theirs below images and in the last line.
    titles = {*others.values(), *(link.feed_title for link in every)} if known else ()
    feeds = search.terms(" ".join(sorted(titles)))

    def reason(link: LinkedArticle, how: str) -> str:
        other = known.get(link.article_id or 0)
        return how if whole is None or other is None else rank.reason(whole, other, how, feeds)

    for link in outgoing:
        if link.article_id is not None or link.kind != "cite":
            relation = Relation.ALSO_READ if link.kind == "also" else Relation.CITES
            kind = links.source(link.url)
            how = f"primary source: {kind}" if kind and relation is Relation.CITES else _HOW[link.kind]
            _add(found, link.article_id or link.url, _linked(link, relation, reason(link, how)))
    for link in incoming:
        how = "names this as also read" if link.kind == "also" else "links to this"
        _add(found, link.article_id, _linked(link, Relation.CITED_BY, reason(link, how)))
    for other, link in theirs:
        target = known.get(link.article_id or 0)
        if whole is not None and target is not None and rank.shares_name(whole, target, feeds):
            how = f"{'named' if link.kind == 'also' else 'linked'} by {others[other]}"
            relation = Relation.FOLLOW_UP if target.time > article.time else Relation.BACKGROUND
            _add(found, link.article_id, _linked(link, relation, reason(link, how)))


def _others(store: Store, article_id: int) -> dict[int, str]:
    story = store.stories.timeline(article_id)
    entries = story.entries[-_REPORTS:] if story is not None else ()
    return {entry.article_id: entry.feed_title for entry in entries if entry.article_id != article_id}


_ORDER = {relation: place for place, relation in enumerate(Relation)}


def _rank(item: Related) -> int:
    return _ORDER[item.relation]


def _similar(item: Ranked, other: RelativeRow, folded: bool) -> Related:
    """Return an article related by text; an article folded into the story counts as the same story."""
    is_story = folded and item.relation is not Relation.SAME_TEXT
    return Related(
        Relation.SAME_STORY if is_story else item.relation,
        other.title,
        other.id,
        other.url,
        other.feed_title,
        other.time,
        item.reason,
        item.score,
        other.read,
    )


def _linked(link: LinkedArticle, relation: Relation, reason: str) -> Related:
    return Related(
        relation,
        link.title or link.label or link.url,
        link.article_id,
        link.url,
        link.feed_title,
        link.time,
        reason,
        1.0,
        link.read,
    )
