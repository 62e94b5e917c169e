"""Rank candidates: select the stored articles related to an article, with relation and reason."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from tuireader.model import Relation
from tuireader.related import across
from tuireader.related.closeness import UNKNOWN, Closeness
from tuireader.related.compare import chance, days_between, fold_chance, same_text
from tuireader.related.reading.concepts import PLACE, UNLISTED
from tuireader.related.reading.concepts import TITLE as IN_TITLE
from tuireader.related.reading.features import NAME, NUMBER, PAIR, TITLE, UNIT, Profile
from tuireader.related.reading.mentions import NAMES, TELLING
from tuireader.related.reading.words import COMMON_HASHES, fold, term_hash
from tuireader.related.reasons import is_common, says_nothing, tells
from tuireader.related.stories import SPAN_DAYS

FIRST = 0.55  # show nothing unless one candidate has this chance: no link is better than a wrong one
_FIRST_YOUNG = 0.37  # ... or, by words, this one in a young library, where few are alike by chance
_YOUNG, _GROWN = 1000, 5000  # articles of a library up to which it is young, and from which it is not
SHOWN = 0.4  # besides that candidate, show all with at least this chance, or the one above if it is lower
_SAME_STORY = 0.5
MOST = 20  # relatives of one article
_ASKED = 4  # neighbours of the article to compare with a candidate ...
_ASKED_FROM = 0.1  # ... if they belong to the article with at least this chance
_ALONE = 0.75  # weight of its own chance for a candidate far from all neighbours: background of one report
_WORDS = 2  # words of both titles are added to a reason with fewer terms than this
_RARE = 5.0  # weight from which a word is distinctive by itself
_EARLY = 0.2  # penalty for distance in time, so that of equally likely candidates the closest comes first


class Ranked(Struct, frozen=True):
    """A related article: its relation, the chance (0–1), and the reason in words."""

    article_id: int
    relation: Relation
    score: float
    reason: str


def likeliest(chances: Mapping[int, float]) -> list[int]:
    """Return the candidates to compare the others with: at most `_ASKED`, likeliest first."""
    sure = [(-chance, other) for other, chance in chances.items() if chance >= _ASKED_FROM]
    return [other for _, other in sorted(sure)[:_ASKED]]


def chances(
    article: Profile, candidates: Iterable[Profile], meaning: Closeness = UNKNOWN
) -> dict[int, float]:
    """Return the chance of each candidate, compared with the article alone."""
    return {other.id: chance(article, other, meaning) for other in candidates if other.id != article.id}


def first(articles: int) -> float:
    """Return the chance that the best candidate needs in a library of this size."""
    grown = min(1.0, max(0.0, (articles - _YOUNG) / (_GROWN - _YOUNG)))
    return _FIRST_YOUNG + grown * (FIRST - _FIRST_YOUNG)


def rank(
    article: Profile,
    candidates: Mapping[int, Profile],
    alone: Mapping[int, float],
    articles: int = _GROWN,
    sharing: Mapping[int, str] = MappingProxyType({}),
    meaning: Closeness = UNKNOWN,
    unlisted: Callable[[int], Mapping[int, str]] = lambda article: {},
) -> list[Ranked]:
    """Return the candidates that belong to `article`, at most `MOST`, best first.

    `alone` has the `chances` of all `candidates`, `articles` the size of the library. A candidate is compared
    with the article and with the article's likeliest neighbours, each weighted by its own chance: terms
    shared by three reports of a story count more than terms that one headline happens to share. In a young
    library, a neighbour that shares only words with the article raises no other, as it may be of another
    story. Without one certain candidate, the list is empty, as even the likeliest may be a coincidence.
    Articles in `sharing` are always listed, with the reason given there. `unlisted` returns how an article
    writes the names that no table has, by their numbers.
    """
    asked = {neighbour: math.sqrt(alone[neighbour]) for neighbour in likeliest(alone)}
    needed = FIRST if meaning.knows(article.id) else first(articles)
    shown = min(SHOWN, needed)
    doubtful = {other for other in asked if needed < FIRST and alone[other] < SHOWN}
    doubtful = {other for other in doubtful if not _share_telling(article, candidates[other])}
    scored: list[tuple[float, int, float]] = []
    for other, profile in candidates.items():
        if other == article.id:
            continue
        total, weights = alone[other], 1.0
        for neighbour, weight in asked.items():
            if neighbour != other:
                support = chance(candidates[neighbour], profile, meaning)
                total += weight * (min(support, alone[other]) if neighbour in doubtful else support)
                weights += weight
        score = max(total / weights, _ALONE * alone[other])
        if score >= shown or other in sharing:
            order = _EARLY * math.log1p(days_between(article, profile)) - score
            scored.append((order, other, score))
    if max((score for _, _, score in scored), default=0.0) < needed:
        scored = [entry for entry in scored if entry[1] in sharing]
    scored.sort()
    ranked: list[Ranked] = []
    for _, other, score in scored[:MOST]:
        profile = candidates[other]
        if across.differ(article, profile) and across.share_unlisted(article, profile):
            named = {number: (form, "") for number, form in unlisted(other).items()}
            profile = replace(profile, named=named)
        relation = _relation(article, profile)
        why = reason(article, profile, sharing.get(other, ""))
        if "shares " not in why and other not in sharing:  # it shares words with the likeliest neighbours
            how = "same text" if relation is Relation.SAME_TEXT else "close to others listed"
            why = reason(article, profile, how)
        ranked.append(Ranked(other, relation, score, why))
    return ranked


def _share_telling(article: Profile, other: Profile) -> bool:
    """Return whether two articles share a name, an amount or a phrase; True across languages."""
    return across.differ(article, other) or any(
        term in article.shown and tells(term, article.shown[term], (value >> 8, match >> 8), article.terms)
        for term, value in article.terms.items()
        if (match := other.terms.get(term)) is not None
    )


def _relation(article: Profile, other: Profile) -> Relation:
    if same_text(article, other):
        return Relation.SAME_TEXT
    near = days_between(article, other, 0.0) <= SPAN_DAYS
    if near and fold_chance(article, other) >= _SAME_STORY:
        return Relation.SAME_STORY
    return Relation.FOLLOW_UP if other.time > article.time else Relation.BACKGROUND


def reason(article: Profile, other: Profile, how: str = "", without: Collection[int] = ()) -> str:
    """Return a reason such as `+2 d · shares Tencent, CAC`: time apart, `how`, and shared terms."""
    parts = [gap(other.time - article.time)] if article.dated and other.dated else []
    if how:
        parts.append(how)
    shared = shared_terms(article, other, without=without)
    if shared:
        parts.append("shares " + ", ".join(shared))
    return " · ".join(parts)


def shares_name(article: Profile, other: Profile, without: Collection[int] = ()) -> bool:
    """Return whether one of the most distinctive shared terms is a name."""
    return any(shown[0] != '"' for shown in shared_terms(article, other, without=without))


def shared_terms(article: Profile, other: Profile, most: int = 3, without: Collection[int] = ()) -> list[str]:
    """Return the most distinctive shared terms: names as they are and in full, other terms in quotes.

    Names, phrases and numbers come first. Other words are often shared by coincidence: they only fill up a
    list of fewer than two, and only if they are in both titles, or if the list is empty and the word is rare.
    Without any of these, they are common words. Articles in two languages share names.
    """
    if across.differ(article, other):
        names = _shared_names(article, other, most)
        if names or not across.share_characters(article, other):
            return names
    telling: list[tuple[float, str, bool]] = []
    words: list[tuple[float, str, bool]] = []
    rarest: list[tuple[float, str, bool]] = []
    common: list[tuple[float, str, bool]] = []
    for term, value in article.terms.items():
        match = other.terms.get(term)
        if match is None or term not in article.shown or term in COMMON_HASHES or term in without:
            continue
        mine, theirs = value >> 8, match >> 8
        weight = (value & 255) * (1.0 + bool(mine & TITLE) + bool(theirs & TITLE))
        weight *= 1.5 if mine & NAME else 1.0
        entry = -weight, article.shown[term], bool(mine & NAME)
        if tells(term, article.shown[term], (mine, theirs), article.terms):
            telling.append(entry)
        elif mine & NUMBER or says_nothing(article.shown[term]):
            continue
        elif mine & (NAME | PAIR) or is_common(term):
            common.append((-weight, article.shown[term], False))
        elif mine & theirs & TITLE:
            words.append(entry)
        elif value & 255 >= _RARE * UNIT:
            rarest.append(entry)
    chosen: list[tuple[str, bool]] = []
    for entries, wanted in ((telling, most), (words, _WORDS), (rarest, 1), (common, most)):
        if entries is common and chosen:
            break
        for _, shown, is_name in sorted(entries):
            if len(chosen) >= wanted:
                break
            _choose(chosen, shown.removesuffix("'s").removesuffix("’s"), is_name)
    around = _around(article, other, without)
    full = [_in_full(shown, *around) if is_name else f'"{shown}"' for shown, is_name in chosen[:most]]
    return list(dict.fromkeys(full))


def _around(
    article: Profile, other: Profile, without: Collection[int]
) -> tuple[dict[str, str], dict[str, str]]:
    """Map words that never stand alone in one of the articles to the words after and before them in names.

    Names are in both; two capitals are one, unless the title is in title case.
    """
    after: dict[str, str] = {}
    before: dict[str, str] = {}
    forms = [(term, shown, article.terms[term]) for term, shown in article.shown.items()]
    in_sentence = any(shown.islower() for _, shown, mine in forms if mine >> 8 & (TITLE | PAIR) == TITLE)
    for term, shown, mine in forms:
        theirs = other.terms.get(term, 0)
        if theirs and mine >> 8 & PAIR and term not in without:
            first, _, last = shown.removesuffix("'s").removesuffix("’s").partition(" ")
            if (mine | theirs) >> 8 & NAME or (in_sentence and first[0].isupper() and last[0].isupper()):
                for word, beside, names in ((first, last, after), (last, first, before)):
                    single = term_hash(fold(word))
                    counts = article.terms.get(single, 0) >> 12, other.terms.get(single, 0) >> 12
                    if counts[0] <= mine >> 12 or counts[1] <= theirs >> 12:
                        names[word] = beside
    return after, before


def _in_full(name: str, after: Mapping[str, str], before: Mapping[str, str]) -> str:
    """Extend a name by the words around it: `Jaguar Land` to `Jaguar Land Rover`."""
    words = name.split()
    while (word := after.get(words[-1], words[0])) not in words:
        words.append(word)
    while (word := before.get(words[0], words[0])) not in words:
        words.insert(0, word)
    return " ".join(words)


def _shared_names(article: Profile, other: Profile, most: int) -> list[str]:
    """Return shared names across languages, in the form of `article`; else amounts and places.

    The name in Latin letters follows in brackets if it differs: `腾讯 (Tencent)`. A name that no table has
    is followed by the other article's form: `베리디안 = Veridian`.
    """
    ranked: list[tuple[bool, float, str]] = []
    for number, value in article.concepts.items():
        match = other.concepts.get(number, 0)
        if match and number in article.named and value >> 8 & (TELLING | PLACE):
            titles = bool(value >> 8 & IN_TITLE) + bool(match >> 8 & IN_TITLE)
            weight = (value & 255) * (1.0 + titles)
            shown = _with_name(*article.named[number])
            theirs = _with_name(*other.named.get(number, (shown, "")))
            if value >> 8 & UNLISTED and theirs.casefold() != shown.casefold():
                shown = f"{shown} = {theirs}"
            ranked.append((not value >> 8 & NAMES, -weight, shown))
    return [shown for _, _, shown in sorted(ranked)[:most]]


def _with_name(shown: str, name: str) -> str:
    shown = shown.removesuffix("'s").removesuffix("’s")
    is_latin = any(map(str.isascii, filter(str.isalpha, shown)))
    return shown if is_latin or not name else f"{shown} ({name})"


def _choose(chosen: list[tuple[str, bool]], shown: str, is_name: bool) -> None:
    """Add a form, or merge it with an overlapping one: `Personal Information` + `Information Protection`."""
    words = shown.casefold().split()
    for place, (known, known_name) in enumerate(chosen):
        have = known.casefold().split()
        if f" {' '.join(words)} " in f" {' '.join(have)} ":
            return
        if f" {' '.join(have)} " in f" {' '.join(words)} ":
            chosen[place] = (shown, is_name)
            return
        if len(words) > 1 and len(have) > 1 and (have[-1] == words[0] or words[-1] == have[0]):
            if is_name == known_name:
                start, end = (known, shown) if have[-1] == words[0] else (shown, known)
                pieces = [*chosen]
                pieces[place] = (" ".join([*start.split(), *end.split()[1:]]), is_name)
                chosen.clear()
                for piece in pieces:  # what was joined may join another one
                    _choose(chosen, *piece)
            elif is_name:
                chosen[place] = (shown, True)
            return
    chosen.append((shown, is_name))


def gap(seconds: int) -> str:
    """Format the time between two articles: `+2 d`, `−5 h`."""
    sign = "+" if seconds >= 0 else "−"
    minutes = abs(seconds) // 60
    if minutes < 60:
        return f"{sign}{minutes} min"
    if minutes < 48 * 60:
        return f"{sign}{minutes // 60} h"
    return f"{sign}{minutes // 1440} d"
