"""What belongs to an article that is opened: relatives by what they say, and by the links between them."""

from __future__ import annotations

from tuireader.model import Related, Relation
from tuireader.related import search
from tuireader.related.rank import Ranked
from tuireader.relating.placing import Shelf, incoming
from tuireader.store import Store
from tuireader.store.links import LinkedArticle
from tuireader.store.relations import Shown

_LINK_REASONS = {"also": "named in the text", "cite": "linked in the text", "source": "primary source"}


def related(store: Store, article_id: int) -> tuple[Related, ...]:
    """The relatives of an article, strongest relation first; each once, by its strongest relation.

    Ordinary links to pages that are not stored stay links of the text; what the editor named and primary
    sources are relatives even so.
    """
    found: dict[object, Related] = {}

    def add(key: object, new: Related) -> None:
        old = found.get(key)
        if old is None or _rank(new) < _rank(old):
            found[key] = new

    for link in store.links.outgoing(article_id):
        if link.article_id is not None or link.kind != "cite":
            relation = Relation.ALSO_READ if link.kind == "also" else Relation.CITES
            add(link.article_id or link.url, _linked(link, relation, _LINK_REASONS[link.kind]))
    for link in store.links.incoming(article_id):
        reason = "names this as also read" if link.kind == "also" else "links to this"
        add(link.article_id, _linked(link, Relation.CITED_BY, reason))
    for text in store.reading.texts([article_id]):
        ranked = search.relatives(Shelf(store), incoming(text))
        shown = store.relations.shown([item.article_id for item in ranked])
        for item in ranked:
            if item.article_id in shown:
                add(item.article_id, _similar(item, shown[item.article_id]))
    return tuple(sorted(found.values(), key=_rank))  # those alike stay as they were found, best first


_ORDER = {relation: place for place, relation in enumerate(Relation)}


def _rank(item: Related) -> int:
    return _ORDER[item.relation]


def _similar(item: Ranked, other: Shown) -> Related:
    return Related(
        item.relation,
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
