"""What the reading pane shows of an article, as parts that do not yet know how wide the pane is.

`head` (title to the end of the text) and `tail` (what goes with it: tags, files, relatives, neighbours) are
apart because relatives come a moment later than the text. All of it is pure: an article in, parts out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tuireader.document import Block, BlockKind, Document, Link, Picture, Span, SpanKind
from tuireader.model import Article, Enclosure, Evidence, Neighbour, Related, Relation, Story, TermHit
from tuireader.text import reading_minutes
from tuireader.ui.times import age, distance, full_time, span

Highlights = Callable[[str], Sequence[tuple[int, int, str]]]
Keys = Callable[[str], str]


class Mark(NamedTuple):
    """A range of a part's text drawn in an ink (a name that `Inks.named` knows)."""

    start: int
    end: int
    ink: str


class Hit(NamedTuple):
    """A place in the text that a watch found: range `start`–`end` of the text of head part `part`."""

    part: int
    start: int
    end: int
    watch: str


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the page that is laid out on its own.

    `first` and `rest` stand before its first and other lines (markers, indents, quote bars). `hard` text is
    folded and not wrapped (code, tables); `frame` is drawn around it, with that label; `ground` fills its
    lines. `offset` is where its text begins in the whole text of the article, for the remembered place.
    `target` numbers what `enter` opens here.
    """

    text: str = ""
    ink: str = "text"
    marks: tuple[Mark, ...] = ()
    first: str = ""
    rest: str = ""
    gap: int = 0
    hard: bool = False
    frame: str = ""
    ground: bool = False
    offset: int = -1
    target: int = -1


@dataclass(frozen=True, slots=True)
class Target:
    """Something below the text that can be opened: an article of the store, or an address."""

    title: str
    article_id: int | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Tail:
    """What stands below the text, and what of it can be opened."""

    parts: tuple[Part, ...] = ()
    targets: tuple[Target, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """An article ready to be laid out. `links` are those of the text (`text_links` many) and its files."""

    article: Article
    head: tuple[Part, ...]
    hits: tuple[Hit, ...]
    links: tuple[Link, ...]
    text_links: int
    tail: Tail = field(default_factory=Tail)


def build_page(article: Article, document: Document, highlights: Highlights, keys: Keys, now: int) -> Page:
    """The page of an article but for its relatives. May run in a thread: it touches nothing else.

    `keys` gives the key of a command, for the hints.
    """
    parts: list[Part] = []
    hits: list[Hit] = []
    _add_title(parts, hits, article, highlights)
    parts.append(_byline(article, document, now))
    for evidence in article.evidence:
        parts.extend(_evidence_parts(evidence))
    parts.append(Part(frame="rule"))
    if _lead_is_missing(article, document):
        lead = Picture(article.picture_url, credit=article.picture_credit)
        parts.append(_picture_part(Block(BlockKind.PICTURE, picture=lead)))
    offset = 0
    previous: Block | None = None
    for block in document.blocks:
        part = _block_part(block, previous, offset, highlights, len(parts), hits)
        offset += len(part.text) + 1
        parts.append(part)
        previous = block
    if not document.blocks:
        hint = f"The feed gives no text for this article. {keys('open_browser')} opens it in the browser."
        parts.append(Part(hint, "dim", gap=1))
    links = (*document.links, *_file_links(article, len(document.links)))
    tail = build_tail(article, len(document.links), (), keys)
    return Page(article, tuple(parts), tuple(hits), links, len(document.links), tail)


def _add_title(parts: list[Part], hits: list[Hit], article: Article, highlights: Highlights) -> None:
    title = article.title or "(no title)"
    marks = []
    for start, end, watch in highlights(title):
        hits.append(Hit(0, start, end, watch))
        marks.append(Mark(start, end, f"hit:{watch}"))
    parts.append(Part(title, "heading", tuple(marks), gap=1))


def _byline(article: Article, document: Document, now: int) -> Part:
    minutes = reading_minutes("\n".join(block.text for block in document.blocks))
    moment = article.published if article.published is not None else article.time
    facts = [
        article.feed_title,
        f"by {article.author}" if article.author else "",
        full_time(moment),
        age(moment, now),
        f"{minutes} min" if document.blocks else "",
        f"also in {', '.join(article.other_feeds)}" if article.other_feeds else "",
        "edited since" if article.edited else "",
    ]
    return Part(" · ".join(fact for fact in facts if fact), "dim")


def _evidence_parts(evidence: Evidence) -> list[Part]:
    """`◆ WeChat  title ×1 · body ×5`, and below it the best sentence with its hits."""
    fields: dict[str, list[TermHit]] = {}
    for hit in evidence.hits:
        fields.setdefault(hit.field, []).append(hit)
    name = f"◆ {evidence.watch}"
    counts = " · ".join(_field_label(field, hits, evidence.watch) for field, hits in fields.items())
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


# --------------------------------------------------------------------------- blocks

_SPAN_INKS = {
    SpanKind.STRONG: "bold",
    SpanKind.EM: "italic",
    SpanKind.CODE: "code_inline",
    SpanKind.LINK: "link",
    SpanKind.STRIKE: "strike",
    SpanKind.MARK: "mark",
}


def _block_part(
    block: Block, previous: Block | None, offset: int, highlights: Highlights, number: int, hits: list[Hit]
) -> Part:
    text, marks, places = _numbered(block, highlights)
    hits.extend(Hit(number, start, end, watch) for start, end, watch in places)
    gap = 0 if _close(block, previous) else 1
    bars = "▎ " * min(block.quote, 4)
    if block.kind is BlockKind.HEADING:
        return Part(text, "heading" if block.level <= 2 else "strong", marks, bars, bars, gap, offset=offset)
    if block.kind is BlockKind.ITEM:
        lead = "  " * max(0, min(block.indent, 8) - 1)
        marker = f"{block.marker or '•'} "
        return Part(
            text, "text", marks, bars + lead + marker, bars + lead + " " * len(marker), gap, offset=offset
        )
    if block.kind is BlockKind.CODE:
        return Part(text, "code", marks, bars, bars, gap, hard=True, ground=True, offset=offset)
    if block.kind is BlockKind.TABLE:
        return Part(text, "text", marks, bars, bars, gap, hard=True, offset=offset)
    if block.kind is BlockKind.RULE:
        return Part(frame="rule", gap=gap, offset=offset)
    if block.kind is BlockKind.PICTURE:
        return _picture_part(block, gap, offset)
    if block.kind is BlockKind.EMBED:
        label = f"▸ {text or 'embedded media'}" + (f" [{block.link}]" if block.link else "")
        return Part(label, "link", (), bars, bars, gap, offset=offset)
    indent = "  " * min(block.indent, 8)
    return Part(
        text, "quote" if block.quote else "text", marks, bars + indent, bars + indent, gap, offset=offset
    )


def _close(block: Block, previous: Block | None) -> bool:
    """Whether a block follows the one before it without a blank line: items of a list."""
    return previous is not None and block.kind is BlockKind.ITEM and previous.kind is BlockKind.ITEM


_NAMES_ITSELF = re.compile(r"(?i)(image|photo|picture|graphic|credit|source|courtesy)\b|©|.*[:：]")


def _picture_part(block: Block, gap: int = 1, offset: int = -1) -> Part:
    picture = block.picture or Picture("")
    says = [picture.alt, picture.caption if picture.caption != picture.alt else ""]
    text = " — ".join(part for part in says if part)
    credit = picture.credit
    if credit and credit not in text:
        credit = credit if _NAMES_ITSELF.match(credit) else f"Image source: {credit}"
        text = f"{text} · {credit}" if text else credit
    number = f" [{block.link}]" if block.link else ""
    return Part(f"{text or 'no description'}{number}", "dim", gap=gap, frame="picture", offset=offset)


def _numbered(
    block: Block, highlights: Highlights
) -> tuple[str, tuple[Mark, ...], list[tuple[int, int, str]]]:
    """The text of a block with `[n]` after each link, with marks and hits moved accordingly."""
    links = sorted((span.end, span.link) for span in block.spans if span.kind is SpanKind.LINK and span.link)
    pieces: list[str] = []
    cuts: list[tuple[int, int]] = []  # (offset in the block's text, characters put in there)
    numbers: list[Mark] = []
    at = length = 0
    for end, link in links:
        label = f"[{link}]"
        pieces += [block.text[at:end], label]
        length += end - at
        numbers.append(Mark(length, length + len(label), "dim"))
        cuts.append((end, len(label)))
        length += len(label)
        at = end
    text = "".join(pieces) + block.text[at:]

    def moved(start: int, end: int) -> tuple[int, int]:
        before = sum(size for place, size in cuts if place <= start)
        within = sum(size for place, size in cuts if start < place < end)
        return start + before, end + before + within

    marks = [Mark(*moved(span.start, span.end), _SPAN_INKS[span.kind]) for span in _drawn(block.spans)]
    marks += numbers
    found = (
        [(*moved(start, end), watch) for start, end, watch in highlights(block.text)] if block.text else []
    )
    marks += [Mark(start, end, f"hit:{watch}") for start, end, watch in found]
    return text, tuple(marks), found


def _drawn(spans: Sequence[Span]) -> list[Span]:
    return [span for span in spans if span.kind in _SPAN_INKS]


# --------------------------------------------------------------------------- below the text

_GROUPS = (
    (Relation.ALSO_READ, "Also read"),
    (Relation.SAME_TEXT, "Same text"),
    (Relation.SAME_STORY, "Same story"),
    (Relation.FOLLOW_UP, "Follow-up"),
    (Relation.BACKGROUND, "Background"),
    (Relation.CITES, "Cites"),
    (Relation.CITED_BY, "Cited by"),
)


def build_tail(
    article: Article, text_links: int, related: Sequence[Related], keys: Keys, story: Story | None = None
) -> Tail:
    """What stands below the text; called again when the relatives are there.

    The reports of the story stand in a timeline, and are not told again as the same story or text.
    """
    parts: list[Part] = [Part(frame="rule", gap=1)]
    targets: list[Target] = []
    if article.tags:
        parts.append(Part(" ".join(f"#{tag}" for tag in article.tags[:30]), "dim"))
    for number, enclosure in enumerate(article.enclosures[:20], text_links + 1):
        parts.append(Part(f"▸ {_enclosure_label(enclosure)} [{number}]", "dim"))
    if text_links:
        links = "1 link" if text_links == 1 else f"{text_links} links"
        parts.append(Part(f"{links} · {keys('list_links')} lists them", "dim"))
    if article.comments_url or article.comments_count:
        parts.append(_comments_part(article, keys))
    if len(parts) == 1:
        parts.clear()
    told = _add_story(parts, targets, story, article) if story is not None else set()
    for relation, title in _GROUPS:
        group = [other for other in related if other.relation is relation]
        if relation in (Relation.SAME_TEXT, Relation.SAME_STORY):
            group = [other for other in group if other.article_id not in told]
        for position, other in enumerate(group):
            if not position:
                parts.append(Part(title, "heading", gap=1))
            parts.append(_related_part(other, article, len(targets)))
            targets.append(Target(other.title or other.url, other.article_id, other.url))
    _add_neighbours(parts, targets, article)
    return Tail(tuple(parts), tuple(targets))


def _add_story(parts: list[Part], targets: list[Target], story: Story, article: Article) -> set[int]:
    """The timeline of a story; returns the articles in it."""
    first = story.first
    title = f"Story · {len(story.entries)} reports · first: {first.feed_title}"
    parts.append(Part(title, "heading", gap=1))
    for entry in story.entries:
        when = full_time(entry.time) if entry is first else f"+{span(entry.lag)}"
        known = not entry.read and entry.article_id != article.id
        head = entry.title or entry.url
        facts = f"{when} · {entry.feed_title}"
        marks = (
            Mark(0, len(head), "strong" if known else "text"),
            Mark(len(head) + 1, len(head) + 1 + len(facts), "dim"),
        )
        if entry.article_id == article.id:
            parts.append(Part(f"{head}\n{facts}", "text", marks, "▸ ", "  "))
            continue
        lead = "• " if known else "  "
        parts.append(Part(f"{head}\n{facts}", "text", marks, lead, "  ", target=len(targets)))
        targets.append(Target(head, entry.article_id, entry.url))
    return {entry.article_id for entry in story.entries}


def _comments_part(article: Article, keys: Keys) -> Part:
    count = "" if article.comments_count is None else f": {article.comments_count}"
    hint = f" · {keys('comments')} opens" if article.comments_url else ""
    return Part(f"Comments{count}{hint}", "dim")


def _file_links(article: Article, known: int) -> list[Link]:
    return [
        Link(number, enclosure.url, _enclosure_label(enclosure))
        for number, enclosure in enumerate(article.enclosures[:20], known + 1)
    ]


def _enclosure_label(enclosure: Enclosure) -> str:
    size = f"{enclosure.length / 1_000_000:.1f} MB" if enclosure.length and enclosure.length > 50_000 else ""
    length = f"{enclosure.duration // 60}:{enclosure.duration % 60:02d}" if enclosure.duration else ""
    name = enclosure.title or enclosure.url.rsplit("/", 1)[-1] or "file"
    return " · ".join(fact for fact in (name, enclosure.type, size, length) if fact)


def _related_part(other: Related, article: Article, target: int) -> Part:
    title = other.title or other.url
    when = distance(other.time, article.time) if other.time is not None else ""
    where = other.feed_title if other.article_id is not None else "opens in the browser"
    reason = other.reason
    if when and reason[:1] in ("+", "−"):
        reason = reason.partition(" · ")[2]  # it begins with the distance in time, which stands before it
    facts = " · ".join(fact for fact in (where, when, reason) if fact)
    known = other.article_id is not None and not other.read
    marks = [Mark(0, len(title), "strong" if known else "text")]
    marks.append(Mark(len(title) + 1, len(title) + 1 + len(facts), "dim"))
    text = f"{title}\n{facts}" if facts else title
    return Part(text, "text", tuple(marks), "• " if known else "  ", "  ", target=target)


def _add_neighbours(parts: list[Part], targets: list[Target], article: Article) -> None:
    sides: list[tuple[str, Neighbour | None]] = [("Previous", article.previous), ("Next", article.next)]
    found = [(label, side) for label, side in sides if side is not None]
    for position, (label, side) in enumerate(found):
        if not position:
            parts.append(
                Part(f"In {article.feed_title}" if article.feed_title else "In this feed", "heading", gap=1)
            )
        text = f"{label}  {side.title}"
        marks = (Mark(0, len(label), "dim"),)
        parts.append(Part(text, "text", marks, "  ", " " * (len(label) + 4), target=len(targets)))
        targets.append(Target(side.title, side.id))
