"""The store as `related.search` needs it: profiles, texts and tables of names, cached."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tuireader.document.pictures import lead_picture
from tuireader.ingest.relating.term_counts import TermCounts
from tuireader.related import search
from tuireader.related.reading import mentions
from tuireader.related.reading.concepts import Concepts
from tuireader.related.reading.features import LEAD, Profile, unpack
from tuireader.related.reading.own_forms import Groups, own_forms
from tuireader.related.series import Series
from tuireader.related.sharing import picture_term
from tuireader.store import Store
from tuireader.store.articles.articles import StoredText

_CACHED = 300  # maximum number of profiles in memory, some 8 KB each


class StoredProfiles:
    """The store as `related.search` reads it; caches profiles and the texts of series.

    `groups` are terms of watches; each group names one thing.
    """

    def __init__(self, store: Store, groups: Groups = ()) -> None:
        relations = store.relations
        self.counts = TermCounts(relations)
        self.term_counts = self.counts.of
        self.neighbours, self.stories = relations.neighbours, relations.stories
        self.members, self.split_pairs = relations.members, relations.split_pairs
        self.cosines = store.meaning.cosines
        self._store = store
        self._article_count, self._newest_day = relations.article_count(), relations.newest_day()
        self._arrived: dict[int, search.ArticleText] = {}
        self._profiles: dict[int, Profile] = {}
        self._groups = tuple(map(tuple, groups))
        self._languages: list[str] | None = None
        self.series = Series(self)

    def arrive(self, articles: Iterable[search.ArticleText]) -> None:
        """Cache the texts of new articles, and drop those of the previous batch."""
        self._article_count = self._store.relations.article_count()
        self._arrived = {article.id: article for article in articles}
        self._languages = None

    def postings(self, terms: Sequence[int], day: int, limit: int) -> Mapping[int, Sequence[int]]:
        """Map terms to the articles posted around a day; later ones are only read if there are any."""
        return self._store.relations.postings(terms, day, limit, later=day < self._newest_day)

    def article_count(self) -> int:
        return self._article_count

    def count_one_more(self, language: str, day: int) -> None:
        self._article_count += 1
        self._newest_day = max(self._newest_day, day)
        if language and self._languages is not None and language not in self._languages:
            self._languages.append(language)

    def concepts(self) -> Concepts:
        """Tables of names, with the forms of the groups."""
        return own_forms(self._groups)

    def languages(self) -> Sequence[str]:
        """Languages of the stored articles, most frequent first."""
        if self._languages is None:
            counts = self.term_counts(list(mentions.LANGUAGE_TERMS))
            by_count = sorted((-articles, term) for term, (articles, _) in counts.items() if articles)
            self._languages = [mentions.LANGUAGE_TERMS[term] for _, term in by_count]
        return self._languages

    def profiles(self, ids: Sequence[int]) -> Sequence[Profile]:
        """Return the profiles of those articles that have one, by id."""
        known = self._profiles
        if len(known) > _CACHED:
            known.clear()
        missing = [article_id for article_id in ids if article_id not in known]
        if missing:
            for article_id, packed in self._store.relations.packed_profiles(missing):
                known[article_id] = unpack(article_id, packed)
        return [known[article_id] for article_id in sorted(set(ids)) if article_id in known]

    def forget(self, article: int) -> None:
        self._profiles.pop(article, None)

    def title(self, article: int) -> str:
        arrived = self._arrived.get(article)
        return arrived.title if arrived else self._store.relations.title(article)

    def lead(self, article: int) -> str:
        """Beginning of an article's text, as series are compared by it."""
        return self.text(article)[:LEAD]

    def text(self, article: int) -> str:
        arrived = self._arrived.get(article)
        return arrived.text if arrived else self._store.articles.plain(article)


def article_text(text: StoredText, most: int | None = None) -> search.ArticleText:
    """Prepare a stored text for `related.search`: its title, and the text or its first `most` characters."""
    urls = dict.fromkeys((text.picture_url, lead_picture(text.html, text.base_url)))
    pictures = tuple(term for term in map(picture_term, urls) if term)
    body = f"{text.summary[:most]}\n{text.body[:most]}" if text.summary else text.body
    return search.ArticleText(
        id=text.id,
        time=text.time,
        dated=text.dated,
        feed=text.feed_id,
        title=text.title,
        text=body[:most],
        url=text.url,
        pictures=pictures,
    )
