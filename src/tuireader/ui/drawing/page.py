"""Build the page of an article as parts that do not depend on the width of the pane.

The head (title to the end of the text) and the tail (tags, files, related articles, neighbours, comments)
are built separately, because related articles are ready later than the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter

from msgspec.structs import replace

from tuireader.document import Block, BlockKind, Document, Picture, Referring, mark_references
from tuireader.model import Action, Article, Case, Evidence, TermHit
from tuireader.model.asides import ASIDES, is_aside
from tuireader.model.cases import state_words
from tuireader.query.identifiers import explained
from tuireader.text import cell_len, cut, plain, reading_minutes
from tuireader.text.languages import language_names
from tuireader.ui.drawing.page_blocks import block_part, hinted, picture_part
from tuireader.ui.drawing.page_parts import (
    Highlights,
    Hit,
    Keys,
    Page,
    Part,
    ReferenceMark,
    StyleRange,
    joined,
)
from tuireader.ui.drawing.page_tail import build_tail, comment_parts, file_links
from tuireader.wording.times import full_time, short_time


def build_page(
    article: Article, document: Document, highlights: Highlights, keys: Keys, now: int, label: str = ""
) -> Page:
    """Build the page of an article without related articles. Pure, so it may run in a thread.

    Of the `highlights`, only those of watches that match the article are marked.
    `label` is the mark of references, as in `mark_references`.
    """
    parts: list[Part] = []
    hits: list[Hit] = []
    matching = {match.watch for match in article.evidence if not match.former}

    def highlight(text: str) -> list[tuple[int, int, str]]:
        return [mark for mark in highlights(text) if mark[2] in matching]

    title = article.title or "(no title)"
    hits += [Hit(0, *match) for match in highlight(title)]
    marks = tuple(StyleRange(hit.start, hit.end, f"hit:{hit.watch}") for hit in hits)
    parts.append(Part(title, "strong", marks, gap=1))
    parts.append(_byline(article, keys, now))
    parts += evidence_parts(*article.evidence, title=article.title, cases=article.cases)
    parts += [Part(line, "dim") for line in _done_by_rules(article)]
    pictures = {block.picture.url for block in document.blocks if block.picture is not None}
    if article.picture_url and article.picture_url not in pictures:
        lead = Picture(article.picture_url, credit=article.picture_credit)
        parts.append(picture_part(Block(BlockKind.PICTURE, picture=lead)))
    offset = 0
    previous: Block | None = None
    firsts = article.first_reports
    sentences = [(firsts[earlier.article_id], earlier.sentence) for earlier in article.earlier]
    marked = mark_references(document, sentences, label)
    for block in marked.document.blocks:
        part = block_part(block, previous, offset, highlight, len(parts), hits)
        offset += len(part.text) + 1
        parts.append(part)
        previous = block
    if missing := _missing(article, document, keys):
        parts.append(Part(missing, "dim", gap=1))
    links = (*document.links, *file_links(article, len(document.links)))
    comments, more = comment_parts(article.comments, len(links), now)
    page = Page(
        article,
        head=tuple(hinted(part, f"{keys('pictures')} shows it") if part.picture else part for part in parts),
        hits=tuple(hits),
        links=(*links, *more),
        text_links=len(document.links),
        comments=comments,
        references=tuple(_reference_marks(parts, marked, article)),
    )
    return replace(page, tail=build_tail(page, (), keys))


def _reference_marks(parts: Sequence[Part], marked: Referring, article: Article) -> Iterator[ReferenceMark]:
    earlier = {reference.article_id: reference for reference in article.earlier}
    numbers, ids = marked.numbers, iter(marked.articles)
    for number, part in enumerate(parts):
        for start, end, style in part.marks:
            if style == "reference":
                article_id = next(ids)
                yield ReferenceMark(
                    number, start, end, number=numbers[article_id], article=earlier[article_id]
                )


_LONGEST_NAME = 32  # maximum width of a feed or an author in the line below the title
_IN_TEXT = ("title", "summary", "body", "full text", *ASIDES)  # fields in which the page highlights terms
_BEGINNING = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\]|read more)\W*$", re.IGNORECASE)


def _missing(article: Article, document: Document, keys: Keys) -> str:
    """Hint at how to get a missing or incomplete text; `""` if none is needed."""
    fetches = f"{keys('full_text')} fetches it from its page" if article.url else ""
    if article.full is not None and article.full.error and not article.shows_full:
        return f"The full text could not be fetched: {article.full.error} · {keys('full_text')} retries"
    if not document.blocks:
        opens = f"{keys('open_browser')} opens it in the browser" if article.url else ""
        purged = "The text of this article was removed to save space"
        return joined(purged if article.purged else "The feed has no text for this article", fetches, opens)
    if fetches and article.full is None and _BEGINNING.search(document.blocks[-1].text[-60:]):
        return f"This is the beginning of the text · {fetches.replace('it', 'the rest', 1)}"
    return ""


def _byline(article: Article, keys: Keys, now: int) -> Part:
    """Facts on one line, the most useful first: those at the end are left out where there is no room."""
    minutes = reading_minutes(plain(article.shown[0]))
    moment = article.published if article.published is not None else article.time
    author = article.author if article.author != article.feed_title else ""
    facts = [
        cut(article.feed_title, _LONGEST_NAME),
        cut(author, _LONGEST_NAME),
        full_time(moment, now),
        f"{minutes} min" if minutes else "",
        _languages(article, keys),
        "full text" if article.shows_full else "",
        f"edited ({keys('changes')})" if article.edited else "",
        f"{keys('changes')} compares the words" if article.difference else "",
        f"also {', '.join(article.other_feeds)}" if article.other_feeds else "",
    ]
    return _with_labels(joined(*facts), article.labels)


def _done_by_rules(article: Article) -> Iterator[str]:
    """Yield what each rule did: `Rule court decisions: labelled law, starred`."""
    for name, actions in groupby(article.rules, key=attrgetter("rule")):
        yield f"Rule {name}: {', '.join(Action.parse(done.action).done for done in actions)}"


def _languages(article: Article, keys: Keys) -> str:
    """Other languages of the story with the key that opens them: `also in Chinese, Japanese (I)`."""
    others = [code for code in article.languages if code != article.language]
    return f"also in {language_names(others)} ({keys('next_language')})" if others else ""


def _with_labels(facts: str, labels: Sequence[str]) -> Part:
    text = f"{facts}\n{'  '.join(f'# {name}' for name in labels)}" if labels else facts
    return Part(text, "dim", (StyleRange(len(facts) + 1, len(text), "text"),), gap=1, fits=True)


def relabelled(page: Page, labels: tuple[str, ...]) -> Page:
    """Exchange the labels of a page; the number of parts stays the same."""
    title, byline, *others = page.head
    facts = byline.text.partition("\n")[0]
    article = replace(page.article, labels=labels)
    return replace(page, article=article, head=(title, _with_labels(facts, labels), *others))


def evidence_parts(*matches: Evidence, title: str = "", cases: Sequence[Case] = ()) -> list[Part]:
    """Show matches as cards: `▌ WeChat  title, body ×6` for each watch, above the sentence with its hits.

    Watches with the same sentence share a card. A sentence that repeats the title is left out. Matches only
    outside the running text come last. `cases` say how far the matches were handled, in the same line; their
    notes follow.
    """
    ranked = sorted(matches, key=is_aside)
    handled = {case.watch: case for case in cases}
    cards: dict[tuple[str, str, int], list[Evidence]] = {}
    for match in ranked:
        cards.setdefault((match.sentence, match.feed, match.revision), []).append(match)
    parts: list[Part] = []
    for (sentence, *_), card in cards.items():
        column = max(cell_len(match.watch) for match in card)
        parts += [
            _match_line(match, column, handled.get(match.watch), gap=int(match is ranked[0]))
            for match in card
        ]
        if sentence and sentence != title:
            marks = [
                StyleRange(start + 1, end + 1, f"hit:{match.watch}")
                for match in card
                for start, end in match.spans
            ]
            lead = f"watch:{card[0].watch}"
            parts.append(Part(f"“{sentence}”", "quote", tuple(marks), "▌ ", "▌ ", lead))
        notes = [handled[match.watch].note for match in card if match.watch in handled]
        parts += [
            Part(f"Note: {note}", "text", (), "▌ ", "▌ ", f"watch:{card[0].watch}")
            for note in dict.fromkeys(filter(None, notes))
        ]
    return parts


def _match_line(match: Evidence, column: int, case: Case | None, gap: int) -> Part:
    """A watch, padded to a column, with the fields in which its terms are, and how far it was handled."""
    name = match.watch + " " * (column - cell_len(match.watch))
    facts = joined(
        _fields(match),
        "uncertain: across word boundaries" if match.uncertain else "",
        f"matched until edited {short_time(match.until)}" if match.former else "",
        f"in {match.feed}" if match.feed else "",
        _handled(case) if case is not None else "",
    )
    lead = f"watch:{match.watch}"
    text = f"{name}  {facts}" if facts else match.watch
    marks = (StyleRange(0, len(match.watch), lead), StyleRange(len(name), len(text), "dim"))
    return Part(text, "text", marks, "▌ ", "▌ ", lead, gap=gap, fits=True)


def _handled(case: Case) -> str:
    """`done by ana, 12:04`; a new case has only its state."""
    by = f" by {case.by}" if case.by else ""
    state = state_words(case.state, case.at)
    return state if case.at is None else f"{state}{by}, {short_time(case.at)}"


def _fields(match: Evidence) -> str:
    """Fields with hits: `title, body ×6`; of the feed's text and the full text only the one with more.

    A field that the page does not show names its term: `url (wechat)`. A pattern says what it found.
    """
    fields: dict[str, list[TermHit]] = {}
    for hit in match.hits:
        fields.setdefault(hit.field, []).append(hit)
    counts = {field: sum(hit.count for hit in hits) for field, hits in fields.items()}
    if "body" in counts and "full text" in counts:
        del counts["body" if counts["full text"] > counts["body"] else "full text"]
    labels = []
    for field, count in counts.items():
        terms = [
            explained("", hit.occurrences) or hit.term * (field not in _IN_TEXT) for hit in fields[field]
        ]
        terms = [term for term in terms if term and term.casefold() != match.watch.casefold()]
        label = f"{field} ×{count}" if count > 1 else field
        labels.append(f"{label} ({', '.join(terms)})" if terms else label)
    return ", ".join(labels)
