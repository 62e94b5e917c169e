"""Build the page of an article as parts that do not depend on the width of the pane.

The head (title to the end of the text) and the tail (tags, files, related articles, neighbours, comments)
are built separately, because related articles are ready later than the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from tuireader.document import Block, BlockKind, Document, Picture, Referring, mark_references
from tuireader.model import Article, Evidence, TermHit
from tuireader.text import plain, reading_minutes
from tuireader.text.languages import language_names
from tuireader.ui.drawing.page_blocks import block_part, picture_part
from tuireader.ui.drawing.page_parts import Highlights, Hit, Keys, Page, Part, ReferenceMark, StyleRange
from tuireader.ui.drawing.page_tail import build_tail, comment_parts, file_links
from tuireader.wording.times import age, full_time, short_time


def build_page(article: Article, document: Document, highlights: Highlights, keys: Keys, now: int) -> Page:
    """Build the page of an article without related articles. Pure, so it may run in a thread."""
    parts: list[Part] = []
    hits: list[Hit] = []
    _add_title(parts, hits, article, highlights)
    parts.append(_byline(article, keys, now))
    for evidence in article.evidence:
        parts.extend(evidence_parts(evidence))
    parts.append(Part(frame="rule"))
    if _lead_is_missing(article, document):
        lead = Picture(article.picture_url, credit=article.picture_credit)
        parts.append(picture_part(Block(BlockKind.PICTURE, picture=lead)))
    offset = 0
    previous: Block | None = None
    sentences = [(earlier.article_id, earlier.sentence) for earlier in article.earlier]
    marked = mark_references(document, sentences)
    for block in marked.document.blocks:
        part = block_part(block, previous, offset, highlights, len(parts), hits)
        offset += len(part.text) + 1
        parts.append(part)
        previous = block
    if hint := _hint(article, document, keys):
        parts.append(Part(hint, "dim", gap=1))
    links = (*document.links, *file_links(article, len(document.links)))
    comments, more = comment_parts(article.comments, len(links), now)
    page = Page(
        article,
        head=tuple(parts),
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


_BEGINNING = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\]|read more)\W*$", re.IGNORECASE)


def _hint(article: Article, document: Document, keys: Keys) -> str:
    """Hint at how to get a missing or incomplete text; `""` if none is needed."""
    fetches = f"{keys('full_text')} fetches it from its page" if article.url else ""
    if article.full is not None and article.full.error and not article.shows_full:
        return f"The full text could not be fetched: {article.full.error} · {keys('full_text')} retries"
    if not document.blocks:
        opens = f"{keys('open_browser')} opens it in the browser" if article.url else ""
        reason = "The feed has no text for this article"
        if article.purged:
            reason = "The text of this article was removed to save space"
        return " · ".join(part for part in (reason, fetches, opens) if part)
    if fetches and article.full is None and _BEGINNING.search(document.blocks[-1].text[-60:]):
        return f"This is the beginning of the text · {fetches.replace('it', 'the rest', 1)}"
    return ""


def _add_title(parts: list[Part], hits: list[Hit], article: Article, highlights: Highlights) -> None:
    title = article.title or "(no title)"
    marks = []
    for start, end, watch in highlights(title):
        hits.append(Hit(0, start, end, watch))
        marks.append(StyleRange(start, end, f"hit:{watch}"))
    parts.append(Part(title, "strong", tuple(marks), gap=1))


def _byline(article: Article, keys: Keys, now: int) -> Part:
    minutes = reading_minutes(plain(article.shown[0]))
    moment = article.published if article.published is not None else article.time
    facts = [
        article.feed_title,
        f"by {article.author}" if article.author else "",
        full_time(moment),
        age(moment, now),
        f"{minutes} min" if minutes else "",
        f"also in {', '.join(article.other_feeds)}" if article.other_feeds else "",
        _languages(article, keys),
        "full text" if article.shows_full else "",
        f"edited, {keys('changes')} shows how" if article.edited else "",
        f"{keys('changes')} compares the words" if article.difference else "",
    ]
    return _with_labels(" · ".join(fact for fact in facts if fact), article.labels)


def _languages(article: Article, keys: Keys) -> str:
    """Other languages of the story with the key that opens them: `also in Chinese (I)`."""
    others = [code for code in article.languages if code != article.language]
    return f"also in {language_names(others)} ({keys('next_language')})" if others else ""


def _with_labels(facts: str, labels: Sequence[str]) -> Part:
    if not labels:
        return Part(facts, "dim")
    shown = "  ".join(f"# {name}" for name in labels)
    start = len(facts) + 1
    return Part(f"{facts}\n{shown}", "dim", (StyleRange(start, start + len(shown), "text"),))


def relabelled(page: Page, labels: tuple[str, ...]) -> Page:
    """Exchange the labels of a page; the number of parts stays the same."""
    title, byline, *others = page.head
    facts = byline.text.partition("\n")[0]
    article = replace(page.article, labels=labels)
    return replace(page, article=article, head=(title, _with_labels(facts, labels), *others))


def evidence_parts(evidence: Evidence) -> list[Part]:
    """Show a match as `◆ WeChat  title ×1 · body ×5`, above its best sentence with the hits marked."""
    fields: dict[str, list[TermHit]] = {}
    for hit in evidence.hits:
        fields.setdefault(hit.field, []).append(hit)
    name = f"{'◇' if evidence.uncertain else '◆'} {evidence.watch}"
    facts = [_field_label(field, hits, evidence.watch) for field, hits in fields.items()]
    facts += ["uncertain: across word boundaries"] if evidence.uncertain else []
    facts += [f"matched until edited {short_time(evidence.until)}"] if evidence.former else []
    facts += [f"in {evidence.feed}"] if evidence.feed else []
    counts = " · ".join(facts)
    marks = (
        StyleRange(0, len(name), f"watch:{evidence.watch}"),
        StyleRange(len(name), len(name) + 2 + len(counts), "dim"),
    )
    parts = [Part(f"{name}  {counts}" if counts else name, "text", marks, rest="  ")]
    if evidence.sentence:
        style = f"hit:{evidence.watch}"
        inner = tuple(StyleRange(start + 1, end + 1, style) for start, end in evidence.spans)
        parts.append(Part(f"“{evidence.sentence}”", "quote", inner, first="  ", rest="  "))
    return parts


def _field_label(field: str, hits: Sequence[TermHit], watch: str) -> str:
    """Count hits: `body ×6 (WeChat 5, Weixin 1)`; a term that is the watch's name is left out."""
    label = f"{field} ×{sum(hit.count for hit in hits)}"
    if len(hits) == 1:
        return label if hits[0].term.casefold() == watch.casefold() else f"{label} ({hits[0].term})"
    return f"{label} ({', '.join(f'{hit.term} {hit.count}' for hit in hits)})"


def _lead_is_missing(article: Article, document: Document) -> bool:
    pictures = {block.picture.url for block in document.blocks if block.picture is not None}
    return bool(article.picture_url) and article.picture_url not in pictures
