"""The part of a page below the text: tags, files, related articles, neighbours, comments."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from tuireader.document import Block, Link, parse, reference_label
from tuireader.model import Article, Comment, Related, Relation, Story, Thread
from tuireader.text.languages import LANGUAGES
from tuireader.text.wording import counted
from tuireader.ui.drawing.page_blocks import block_part
from tuireader.ui.drawing.page_parts import Keys, Page, Part, StyleRange, Tail, TailBuilder, Target, joined
from tuireader.wording.enclosures import enclosure_label
from tuireader.wording.times import age, distance, full_time, span

_GROUPS = (
    (Relation.ALSO_READ, "Also read"),
    (Relation.SAME_TEXT, "Same text"),
    (Relation.SAME_STORY, "Same story"),
    (Relation.FOLLOW_UP, "Follow-up"),
    (Relation.BACKGROUND, "Background"),
    (Relation.REFERRED_BY, "Later referred to by"),
    (Relation.CITES, "Cites"),
    (Relation.CITED_BY, "Cited by"),
)
_SAID = (Relation.BACKGROUND, Relation.REFERRED_BY)  # a sentence that stands there is the reason
_MOST_BLOCKS = 4_000  # maximum number of blocks in comments
_MOST_LINES = 3  # maximum number of lines of a sentence that refers to another article
_INDENT = "  "


def build_tail(page: Page, related: Sequence[Related], keys: Keys, story: Story | None = None) -> Tail:
    """Build the tail; called again when related articles are known.

    Reports in the timeline of the story are not repeated as "same story" or "same text". Articles that a
    sentence refers to have the number of its mark in the text.
    """
    article, text_links = page.article, page.text_links
    tail = TailBuilder()
    facts = [" ".join(f"#{tag}" for tag in article.tags[:30])] if article.tags else []
    facts += [f"▸ {link.text} [{link.number}]" for link in file_links(article, text_links)]
    if text_links:
        facts.append(f"{counted(text_links, 'link')} · {keys('list_links')} lists them")
    if article.comments is None and (article.comments_url or article.comments_feed or article.comments_count):
        facts.append(_comments_fact(article, keys))
    if facts:
        tail.add(Part(rule=True, gap=1), *(Part(line, "dim") for line in facts))
    listed = _add_story(tail, story, page, keys) if story is not None else set()
    groups: dict[Relation, list[Related]] = {relation: [] for relation, _ in _GROUPS}
    for other in related:
        if other.relation not in (Relation.SAME_TEXT, Relation.SAME_STORY) or other.article_id not in listed:
            groups[Relation.BACKGROUND if _is_earlier(other, article) else other.relation].append(other)
    for relation, title in _GROUPS:
        if groups[relation]:
            tail.add(Part(title, "strong", gap=1))
            _add_group(tail, groups[relation], page)
    _add_neighbours(tail, article)
    if article.comments is None:
        return tail.build()
    first_comment, count = len(tail.parts), len(article.comments.comments)
    of = f" of {article.comments_count}" if (article.comments_count or 0) > count else ""
    tail.add(Part(f"Comments · {count}{of}" if count else "No comments yet", "strong", gap=1), *page.comments)
    if address := article.comments_url or article.url:
        reply = Part("Leave a reply", "link", first="  ", rest="  ", gap=1)
        tail.add(reply, opens=Target("Leave a reply", None, address))
    return tail.build(first_comment)


def _add_story(tail: TailBuilder, story: Story, page: Page, keys: Keys) -> set[int]:
    """Add the timeline of a story; return the ids of its articles."""
    title = f"Story · {len(story.entries)} reports · first: {story.first.feed_title}"
    hint = f" · {keys('story')} shows what each added"
    marks = (StyleRange(0, len(title), "strong"),)
    tail.add(Part(title + hint, "dim", marks, gap=1))
    several = len({entry.language for entry in story.entries} - {""}) > 1
    for entry in story.entries:
        later = f"+{span(entry.lag)}" if entry.lag else "same time"
        when = full_time(entry.time, page.article.time) if entry is story.first else later
        language = LANGUAGES.get(entry.language, "") if several else ""
        facts = (when, entry.feed_title, language)
        head = entry.title or entry.url
        number = page.numbers.get(entry.article_id, 0)
        is_open = entry.article_id == page.article.id
        lead = "▸ " if is_open else "  " if entry.read else "• "
        target = None if is_open else Target(head, entry.article_id, entry.url)
        tail.add(_listed(page, head, facts, lead, number), opens=target)
    return {entry.article_id for entry in story.entries}


def _listed(page: Page, title: str, facts: Sequence[str], lead: str, number: int = 0) -> Part:
    """A title, after the number of its mark in the text if it has one, beside dim facts."""
    width = max((len(reference_label(known)) + 1 for known in page.numbers.values()), default=0)
    lead = f"{reference_label(number) if number else '':<{width}}{lead}"
    shown = joined(*facts)
    text = f"{title}\n{shown}" if shown else title
    marks = (StyleRange(len(title) + 1, len(text), "dim"),)
    style = "text" if lead.endswith("▸ ") else "reference"
    return Part(text, "text", marks, lead, " " * len(lead), style, column=len(title) + 1 if shown else 0)


def _is_earlier(other: Related, article: Article) -> bool:
    """True if a sentence of the article refers to the other one."""
    return bool(other.sentence) and other.article_id in {earlier.article_id for earlier in article.earlier}


def _add_group(tail: TailBuilder, group: Sequence[Related], page: Page) -> None:
    """Add related articles: first those that a sentence refers to, in the order of the text, below it."""
    numbers = page.numbers
    sentences = [earlier.sentence for earlier in page.article.earlier]

    def order(other: Related) -> tuple[int, int]:
        at = sentences.index(other.sentence) if other.sentence in sentences else len(sentences)
        return at, numbers.get(other.article_id or 0, len(sentences) + 1)

    before, numbered = "", 0
    for other in sorted(group, key=order):
        sentence = " ".join(other.sentence.split())
        above = sentence if _is_earlier(other, page.article) else ""
        number = numbers.get(other.article_id or 0, 0)
        if above and above != before:
            tail.add(Part(f"“{above}”", "quote", gap=int(bool(before)), most=_MOST_LINES))
            numbered = 0
        part = _related_part(other, page, number if number != numbered else 0)
        parts = [part if above or not before else replace(part, gap=1)]
        if sentence and not above:
            said = f"refers to this: “{sentence}”"
            parts.append(Part(said, "dim", first=part.rest, rest=part.rest, most=_MOST_LINES))
        tail.add(*parts, opens=Target(other.title or other.url, other.article_id, other.url))
        before, numbered = above, number


def _comments_fact(article: Article, keys: Keys) -> str:
    count = "" if article.comments_count is None else f": {article.comments_count}"
    hint = f" · {keys('comments')} opens them in the browser" if article.comments_url else ""
    if article.comments_feed:
        hint = f" · {keys('comments')} loads them"
    return f"Comments{count}{hint}"


def file_links(article: Article, known: int) -> list[Link]:
    """Links to the files of an article, numbered from `known` + 1."""
    return [
        Link(number, enclosure.url, enclosure_label(enclosure))
        for number, enclosure in enumerate(article.enclosures[:20], known + 1)
    ]


def _related_part(other: Related, page: Page, number: int) -> Part:
    when = distance(other.time, page.article.time) if other.time is not None else ""
    where = other.feed_title if other.article_id is not None else "opens in the browser"
    reason = "" if other.sentence and other.relation in _SAID else other.reason
    if when and reason[:1] in ("+", "−"):
        reason = reason.partition(" · ")[2]  # cut the distance in time: it is already shown
    unread = other.article_id is not None and not other.read
    count = f"{len(other.other_reports) + 1} reports" if other.other_reports else ""
    facts = (where, count, when, *reversed(reason.split(" · ")))  # what both share first: it tells most
    return _listed(page, other.title or other.url, facts, "• " if unread else "  ", number)


def _add_neighbours(tail: TailBuilder, article: Article) -> None:
    if article.previous is not None or article.next is not None:
        tail.add(Part(f"In {article.feed_title or 'this feed'}", "strong", gap=1))
    for label, side in (("Previous", article.previous), ("Next    ", article.next)):
        if side is not None:
            marks, indent = (StyleRange(0, len(label), "dim"),), " " * (len(label) + 4)
            part = Part(f"{label}  {side.title}", "text", marks, "  ", indent, most=_MOST_LINES)
            tail.add(part, opens=Target(side.title, side.id))


def comment_parts(thread: Thread | None, known: int, now: int) -> tuple[tuple[Part, ...], tuple[Link, ...]]:
    """Comments in reading order with author and age; their links are numbered from `known` + 1."""
    parts: list[Part] = []
    links: list[Link] = []
    for comment in thread.comments if thread is not None else ():
        parts.append(_head(comment, now))
        document = parse(comment.html, comment.base_url)
        first = known + len(links)
        links += [replace(link, number=link.number + first) for link in document.links]
        previous: Block | None = None
        for block in document.blocks:
            # no highlights, as watches do not cover comments
            part = _placed(block_part(_renumbered(block, first), previous, -1, lambda _: [], 0, []))
            parts.append(part if previous is not None else replace(part, gap=0))
            previous = block
        if len(parts) > _MOST_BLOCKS:
            parts.append(Part("Too many comments: the rest is left out", "dim", gap=1))
            break
    return tuple(parts), tuple(links)


def _head(comment: Comment, now: int) -> Part:
    author = comment.author or "unknown"
    when = "" if comment.time is None else f"  {age(comment.time, now)} · {full_time(comment.time)}"
    marks = (StyleRange(0, len(author), "strong"), StyleRange(len(author), len(author) + len(when), "dim"))
    return Part(author + when, "text", marks, gap=1)


def _placed(part: Part) -> Part:
    """Indent a part below its author; an image stays its description."""
    if part.caption[1]:  # an image, which is not shown here
        part = replace(part, style="dim", picture="", caption=(0, 0), most=0)
    return replace(part, first=_INDENT + part.first, rest=_INDENT + part.rest)


def _renumbered(block: Block, by: int) -> Block:
    spans = tuple(replace(span, link=span.link + by) if span.link else span for span in block.spans)
    return replace(block, spans=spans, link=block.link + by if block.link else 0)
