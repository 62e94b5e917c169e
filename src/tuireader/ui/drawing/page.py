"""What the reading pane shows of an article, as parts that do not yet know how wide the pane is.

`head` (title to the end of the text) and `tail` (what goes with it: tags, files, relatives, neighbours,
comments) are apart because relatives come a moment later than the text. All of it is pure: an article in,
parts out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from tuireader.document import Block, BlockKind, Document, Picture
from tuireader.model import Article, Evidence, TermHit
from tuireader.text import reading_minutes
from tuireader.ui.drawing.page_blocks import block_part, picture_part
from tuireader.ui.drawing.page_comments import comment_parts
from tuireader.ui.drawing.page_parts import Highlights, Hit, Keys, Mark, Page, Part
from tuireader.ui.drawing.page_tail import build_tail, file_links
from tuireader.ui.drawing.times import age, full_time, short_time


def build_page(article: Article, document: Document, highlights: Highlights, keys: Keys, now: int) -> Page:
    """The page of an article but for its relatives. May run in a thread: it touches nothing else.

    `keys` gives the key of a command, for the hints.
    """
    parts: list[Part] = []
    hits: list[Hit] = []
    _add_title(parts, hits, article, highlights)
    parts.append(_byline(article, document, keys, now))
    for evidence in article.evidence:
        parts.extend(_evidence_parts(evidence))
    parts.append(Part(frame="rule"))
    if _lead_is_missing(article, document):
        lead = Picture(article.picture_url, credit=article.picture_credit)
        parts.append(picture_part(Block(BlockKind.PICTURE, picture=lead)))
    offset = 0
    previous: Block | None = None
    for block in document.blocks:
        part = block_part(block, previous, offset, highlights, len(parts), hits)
        offset += len(part.text) + 1
        parts.append(part)
        previous = block
    if hint := _hint(article, document, keys):
        parts.append(Part(hint, "dim", gap=1))
    links = (*document.links, *file_links(article, len(document.links)))
    said, more = comment_parts(article.comments, len(links), now)
    tail = build_tail(article, len(document.links), (), keys, said=said)
    return Page(
        article, tuple(parts), tuple(hits), (*links, *more), len(document.links), said=said, tail=tail
    )


_BEGINNING = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\]|read more)\W*$", re.IGNORECASE)


def _hint(article: Article, document: Document, keys: Keys) -> str:
    """What to do where there is no text, or only its beginning."""
    fetches = f"{keys('full_text')} fetches it from its page" if article.url else ""
    if article.full is not None and article.full.error and not article.shows_full:
        return f"The full text could not be fetched: {article.full.error} · {keys('full_text')} tries again"
    if not document.blocks:
        opens = f"{keys('open_browser')} opens it in the browser" if article.url else ""
        said = "The feed gives no text for this article"
        if article.purged:
            said = "The text of this article was dropped to save room"
        return " · ".join(part for part in (said, fetches, opens) if part)
    if fetches and article.full is None and _BEGINNING.search(document.blocks[-1].text[-60:]):
        return f"This is the beginning of the text · {fetches.replace('it', 'the rest', 1)}"
    return ""


def _add_title(parts: list[Part], hits: list[Hit], article: Article, highlights: Highlights) -> None:
    title = article.title or "(no title)"
    marks = []
    for start, end, watch in highlights(title):
        hits.append(Hit(0, start, end, watch))
        marks.append(Mark(start, end, f"hit:{watch}"))
    parts.append(Part(title, "heading", tuple(marks), gap=1))


def _byline(article: Article, document: Document, keys: Keys, now: int) -> Part:
    minutes = reading_minutes("\n".join(block.text for block in document.blocks))
    moment = article.published if article.published is not None else article.time
    facts = [
        article.feed_title,
        f"by {article.author}" if article.author else "",
        full_time(moment),
        age(moment, now),
        f"{minutes} min" if document.blocks else "",
        f"also in {', '.join(article.other_feeds)}" if article.other_feeds else "",
        "full text" if article.shows_full else "",
        f"edited, {keys('changes')} shows what" if article.edited else "",
    ]
    return _with_labels(" · ".join(fact for fact in facts if fact), article.labels)


def _with_labels(facts: str, labels: Sequence[str]) -> Part:
    """The facts about an article, and below them its labels."""
    if not labels:
        return Part(facts, "dim")
    shown = "  ".join(f"# {name}" for name in labels)
    start = len(facts) + 1
    return Part(f"{facts}\n{shown}", "dim", (Mark(start, start + len(shown), "text"),))


def relabelled(page: Page, labels: tuple[str, ...]) -> Page:
    """A page with other labels; its parts are as many as before."""
    title, byline, *rest = page.head
    facts = byline.text.partition("\n")[0]
    article = replace(page.article, labels=labels)
    return replace(page, article=article, head=(title, _with_labels(facts, labels), *rest))


def _evidence_parts(evidence: Evidence) -> list[Part]:
    """`◆ WeChat  title ×1 · body ×5`, and below it the best sentence with its hits."""
    fields: dict[str, list[TermHit]] = {}
    for hit in evidence.hits:
        fields.setdefault(hit.field, []).append(hit)
    name = f"◆ {evidence.watch}"
    facts = [_field_label(field, hits, evidence.watch) for field, hits in fields.items()]
    facts += [f"hit until edited {short_time(evidence.until)}"] if evidence.former else []
    facts += [f"in {evidence.feed}"] if evidence.feed else []
    counts = " · ".join(facts)
    marks = (
        Mark(0, len(name), f"watch:{evidence.watch}"),
        Mark(len(name), len(name) + 2 + len(counts), "dim"),
    )
    parts = [Part(f"{name}  {counts}" if counts else name, "text", marks, rest="  ")]
    if evidence.sentence:
        shift = 1
        inner = tuple(
            Mark(start + shift, end + shift, f"hit:{evidence.watch}") for start, end in evidence.spans
        )
        parts.append(Part(f"“{evidence.sentence}”", "quote", inner, first="  ", rest="  "))
    return parts


def _field_label(field: str, hits: Sequence[TermHit], watch: str) -> str:
    """`body ×6 (WeChat 5, Weixin 1)`; the terms are told where they are not just the watch's name."""
    label = f"{field} ×{sum(hit.count for hit in hits)}"
    if len(hits) == 1:
        return label if hits[0].term.casefold() == watch.casefold() else f"{label} ({hits[0].term})"
    return f"{label} ({', '.join(f'{hit.term} {hit.count}' for hit in hits)})"


def _lead_is_missing(article: Article, document: Document) -> bool:
    pictures = {block.picture.url for block in document.blocks if block.picture is not None}
    return bool(article.picture_url) and article.picture_url not in pictures
