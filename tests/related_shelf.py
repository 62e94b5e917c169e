"""A `StorySource` in memory, with the same bounds as the one in the store."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Collection, Mapping, Sequence

from tuireader.related.reading.concepts import Concepts, bundled
from tuireader.related.reading.features import Profile, unpack
from tuireader.related.reading.mentions import LANGUAGE_TERMS
from tuireader.related.search import ArticleText, arrive, fold
from tuireader.related.series import Series


class MemoryProfiles:
    """Everything in dicts; profiles go through their stored form."""

    def __init__(self) -> None:
        self.blobs: dict[int, bytes] = {}
        self.links: dict[int, set[int]] = {}
        self.story_of: dict[int, int] = {}
        self.story_members: dict[int, list[int]] = {}
        self.split: set[frozenset[int]] = set()
        self.df: dict[int, tuple[int, int]] = {}
        self.lists: dict[int, list[tuple[int, int]]] = {}
        self.texts: dict[int, tuple[str, str]] = {}

    def keep(self, article: ArticleText) -> None:
        """Relate an article, and fold it into its story."""
        arrival = arrive(self, article)
        self.texts[article.id] = article.title, article.text
        profile = arrival.profile
        self.blobs[profile.id] = profile.pack()
        for other in arrival.neighbours:
            self.links.setdefault(profile.id, set()).add(other)
            self.links.setdefault(other, set()).add(profile.id)
        place = fold(self, arrival, Series(self))
        story = place.story
        members = self.story_members.setdefault(story, [])
        for merged in place.merged:
            members.extend(self.story_members.pop(merged))
        members.append(profile.id)
        self.story_of.update(dict.fromkeys(members, story))
        for term, is_lower in arrival.counted.items():
            articles, lower = self.df.get(term, (0, 0))
            self.df[term] = (articles + 1, lower + is_lower)
        for term in arrival.terms:
            insort(self.lists.setdefault(term, []), (profile.time // 86_400, profile.id))

    def neighbours(self, ids: Sequence[int]) -> Sequence[tuple[int, int]]:
        return [(article, other) for article in ids for other in self.links.get(article, ())]

    def stories(self, ids: Sequence[int]) -> Mapping[int, int]:
        return {article: self.story_of[article] for article in ids if article in self.story_of}

    def members(self, story: int, limit: int) -> Sequence[int]:
        return sorted(self.story_members.get(story, ()), reverse=True)[:limit]

    def split_pairs(self, ids: Sequence[int]) -> Collection[frozenset[int]]:
        return {pair for pair in self.split if pair.issubset(ids)}

    def title(self, article: int) -> str:
        return self.texts[article][0]

    def lead(self, article: int) -> str:
        return self.texts[article][1]

    def concepts(self) -> Concepts:
        return bundled()

    def languages(self) -> Sequence[str]:
        return [code for term, code in LANGUAGE_TERMS.items() if term in self.df]

    def article_count(self) -> int:
        return len(self.blobs)

    def cosines(self, ids: Sequence[int]) -> Mapping[int, Mapping[int, float]]:
        return {}

    def term_counts(self, terms: Sequence[int]) -> Mapping[int, tuple[int, int]]:
        return {term: self.df[term] for term in terms if term in self.df}

    def postings(self, terms: Sequence[int], day: int, limit: int) -> Mapping[int, Sequence[int]]:
        found: dict[int, list[int]] = {}
        for term in terms:
            entries = self.lists.get(term, [])
            cut = bisect_left(entries, (day + 1, -1))
            found[term] = [article for _, article in entries[max(0, cut - limit) : cut + limit]]
        return found

    def profiles(self, ids: Sequence[int]) -> Sequence[Profile]:
        return [unpack(article, self.blobs[article]) for article in ids if article in self.blobs]
