"""Export an article in several formats, and name its file."""

from __future__ import annotations

import html
import json
import re
import time
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise

from tuireader.document import Block, BlockKind, Document, Span, SpanKind, parse
from tuireader.export.brief import one_line, sentences
from tuireader.export.markdown import markdown_address, markdown_part, markdown_text, safe_end, safe_start
from tuireader.export.markup import HTML, markdown_quotation
from tuireader.model import Article, Evidence, Related
from tuireader.text import clean

FORMS = ("md", "html", "txt", "json")
"""Markdown with front matter, a web page, plain text, and JSON as in `tuireader show --json`."""


def render(article: Article, form: str, related: Sequence[Related] = ()) -> str:
    """Render the article in one of `FORMS`; reproducible. Only JSON has `related`."""
    html, base_url = article.shown
    document = parse(html, base_url or article.url)
    if form == "json":
        from tuireader.export.shapes import WholeArticle

        text = "\n\n".join(block.text for block in document.blocks if block.text)
        links = [link.url for link in document.links]
        values = WholeArticle.encode(article, text=text, links=links, related=related)
        return json.dumps(values, ensure_ascii=False) + "\n"
    return {"md": _markdown, "html": _page, "txt": _plain}[form](article, document)


def _head(article: Article) -> Mapping[str, str | list[str]]:
    head: dict[str, str | list[str]] = {
        "title": article.title,
        "feed": article.feed_title,
        "author": article.author,
        "date": time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(article.time)),
        "url": article.url,
        "tags": list(article.tags),
        "labels": list(article.labels),
        "watches": [evidence.watch for evidence in article.evidence],
    }
    return {name: value for name, value in head.items() if value}


def quoted(evidence: Evidence) -> str:
    """Write a sentence with its watch as plain text."""
    return f"{one_line(evidence.sentence)} ({evidence.watch})"


def _plain(article: Article, document: Document) -> str:
    head = [article.title]
    head += [
        f"{name.capitalize()}: {_listed(value)}" for name, value in _head(article).items() if name != "title"
    ]
    parts = [
        "\n".join(head),
        *(f"> {quoted(item)}" for item in sentences(article.evidence)),
        paragraphs(document),
    ]
    if document.links:
        parts.append("\n".join(f"[{link.number}] {link.url}" for link in document.links))
    return "\n\n".join(part for part in parts if part) + "\n"


def paragraphs(document: Document) -> str:
    """Return plain text with list markers, `>` before quotations, and numbers after links."""
    written, before = "", False
    for block in document.blocks:
        text = "* * *" if block.kind is BlockKind.RULE else _with_numbers(block)
        if not text:
            continue
        lead = "> " * block.quote + "  " * max(0, block.indent - bool(block.marker))
        marker = f"{block.marker} " if block.marker else ""
        between = "\n" if before and block.marker else "\n\n"  # keep the items of a list together
        written += (between if written else "") + _behind(lead + marker, lead + " " * len(marker), text)
        before = bool(block.marker)
    return written


def _with_numbers(block: Block) -> str:
    if block.kind in (BlockKind.CODE, BlockKind.TABLE):
        return block.text
    if block.kind is BlockKind.EMBED and block.link:
        return f"{block.text} [{block.link}]"
    return _with_marks(
        block, lambda text, _: text, lambda tag: ("", f" [{tag[1]}]" if tag[0] == "link" else "")
    )


def _listed(value: str | list[str]) -> str:
    return value if isinstance(value, str) else ", ".join(value)


def _behind(first: str, others: str, text: str) -> str:
    return (first + text.replace("\n", f"\n{others}")).rstrip()


def _markdown(article: Article, document: Document) -> str:
    # A JSON string is also a YAML string.
    front = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in _head(article).items()]
    parts = ["\n".join(["---", *front, "---"]), f"# {markdown_text(article.title)}"]
    parts += [markdown_quotation(item) for item in sentences(article.evidence)]
    addresses = {link.number: link.url for link in document.links}
    parts += [part for block in document.blocks if (part := _markdown_block(block, addresses))]
    return "\n\n".join(parts) + "\n"


def _markdown_block(block: Block, addresses: Mapping[int, str]) -> str:
    lead = "> " * block.quote + "  " * max(0, block.indent - bool(block.marker))
    if block.kind is BlockKind.RULE:
        return f"{lead}---"
    if block.kind in (BlockKind.CODE, BlockKind.TABLE):
        fence = "`" * (max((len(run) for run in re.findall(r"`+", block.text)), default=0) + 3)
        fence = fence if len(fence) == 3 else fence[2:]
        language = re.sub(r"[^\w+#.-]", "", block.language)
        return _behind(lead, lead, f"{fence}{language}\n{block.text}\n{fence}")
    if block.picture is not None:
        text = markdown_text(block.text)
        url = markdown_address(block.picture.url)
        return _behind(lead, lead, f"![{text}](<{url}>)") if url else ""
    if not block.text:
        return ""
    if block.kind is BlockKind.EMBED:
        text, url = markdown_text(block.text), markdown_address(addresses.get(block.link, ""))
        return f"{lead}[{text}](<{url}>)" if url else lead + text
    inner = _with_marks(block, _run, lambda tag: _signs(tag, addresses))
    if block.kind is BlockKind.HEADING:
        return f"{lead}{'#' * min(6, max(2, block.level))} {safe_end(' '.join(inner.split()))}"
    marker = ""
    if block.marker:
        marker = f"{block.marker} " if re.fullmatch(r"\d{1,9}\.", block.marker) else "- "
    return _behind(lead + marker, lead + " " * len(marker), safe_start(inner))


def _run(text: str, code: bool) -> str:
    if not code:
        return markdown_part(text)
    fence = "`" * (max((len(run) for run in re.findall(r"`+", text)), default=0) + 1)
    edge = " " if text[0] == "`" or text[-1] == "`" else ""
    return f"{fence}{edge}{text}{edge}{fence}"


_SIGNS = {"strong": "**", "em": "*", "code": "", "strike": "~~", "mark": "", "sup": "", "sub": ""}


def _signs(tag: _Tag, addresses: Mapping[int, str]) -> tuple[str, str]:
    if tag[0] == "link":
        return "[", f"](<{markdown_address(addresses.get(tag[1], ''))}>)"
    return _SIGNS[tag[0]], _SIGNS[tag[0]]


_STYLE = """body { max-width: 42em; margin: 2em auto; padding: 0 1em; font: 1.05em/1.5 serif; }
pre { overflow-x: auto; } blockquote { border-left: 3px solid #999; margin-left: 0; padding-left: 1em; }
.facts, figcaption { color: #666; font-size: .9em; }"""
# The page loads nothing, so reading it cannot be tracked.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_ELEMENTS = {"strike": "s"}
"""HTML elements for span kinds whose names differ."""


def _page(article: Article, document: Document) -> str:
    title = html.escape(article.title)
    shown = [_listed(value) for name, value in _head(article).items() if name in ("feed", "author", "date")]
    link = f'<p class="facts"><a href="{html.escape(article.url)}">{html.escape(article.url)}</a></p>'
    lines = [
        "<!doctype html>",
        '<html><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="referrer" content="no-referrer">',
        *(
            f'<meta name="{name}" content="{html.escape(_listed(value))}">'
            for name, value in _head(article).items()
            if name != "title"
        ),
        f"<title>{title}</title><style>{_STYLE}</style></head><body>",
        f'<h1>{title}</h1><p class="facts">{html.escape(" · ".join(shown))}</p>',
        *([link] if article.url else []),
        *(
            f"<blockquote>{HTML.quoted(item, item.watch)}</blockquote>"
            for item in sentences(article.evidence)
        ),
        *page_blocks(document),
        "</body></html>",
        "",
    ]
    return "\n".join(lines)


def page_blocks(document: Document, pictures: Mapping[str, str] | None = None) -> Iterator[str]:
    """Write the blocks of a document as HTML, which is XML too, without scripts and styles.

    `pictures` are files by the addresses of pictures; the others become links.
    """
    addresses = {link.number: link.url for link in document.links}
    depth = 0
    for block in document.blocks:
        element = _page_block(block, addresses, pictures or {})
        if element:
            step = block.quote - depth
            yield ("<blockquote>" * step or "</blockquote>" * -step) + element
            depth = block.quote
    yield "</blockquote>" * depth


def _page_block(block: Block, addresses: Mapping[int, str], pictures: Mapping[str, str]) -> str:
    text = html.escape(block.text)
    if block.kind is BlockKind.RULE:
        return "<hr/>"
    if block.kind in (BlockKind.CODE, BlockKind.TABLE):
        return f"<pre>{text}</pre>"
    if block.picture is not None:
        link = f'<a href="{html.escape(block.picture.url)}">{text or "Image"}</a>'
        file = pictures.get(block.picture.url)
        image = f'<img src="{file}" alt="{text}"/>' if file else ""
        return f"<figure>{image}<figcaption>{link}</figcaption></figure>" if block.picture.url else ""
    if not block.text:
        return ""
    if block.kind is BlockKind.EMBED:
        url = addresses.get(block.link, "")
        return f'<p><a href="{html.escape(url)}">{text}</a></p>' if url else f"<p>{text}</p>"
    inner = _with_marks(block, lambda text, code: html.escape(text), lambda tag: _tags(tag, addresses))
    inner = inner.replace("\n", "<br/>\n")
    if block.kind is BlockKind.HEADING:
        level = min(6, max(2, block.level))
        return f"<h{level}>{inner}</h{level}>"
    marker = f"{html.escape(block.marker)} " if block.marker else ""
    style = f' style="margin-left: {2 * block.indent}em"' if block.indent else ""
    return f"<p{style}>{marker}{inner}</p>"


def _tags(tag: _Tag, addresses: Mapping[int, str]) -> tuple[str, str]:
    if tag[0] == "link":
        return f'<a href="{html.escape(addresses.get(tag[1], ""))}">', "</a>"
    element = _ELEMENTS.get(tag[0], tag[0])
    return f"<{element}>", f"</{element}>"


_Tag = tuple[str, int]
"""Kind of a span, and the number of its link."""


def _with_marks(
    block: Block, escape: Callable[[str, bool], str], marks: Callable[[_Tag], tuple[str, str]]
) -> str:
    """Return the text of a block with marks before and after its spans, properly nested.

    The second argument of `escape` is true for code, in which nothing else is marked.
    """
    pieces: list[str] = []
    open_now: list[_Tag] = []
    for start, end, tags in _runs(block):
        same = 0
        while same < min(len(open_now), len(tags)) and open_now[same] == tags[same]:
            same += 1
        pieces += [marks(tag)[1] for tag in reversed(open_now[same:])]
        pieces += [marks(tag)[0] for tag in tags[same:]]
        open_now = tags
        pieces.append(escape(block.text[start:end], bool(tags) and tags[-1][0] == SpanKind.CODE))
    pieces += [marks(tag)[1] for tag in reversed(open_now)]
    return "".join(pieces)


def _runs(block: Block) -> Iterator[tuple[int, int, list[_Tag]]]:
    spans = [span for span in block.spans if 0 <= span.start < span.end <= len(block.text)]
    edges = sorted({0, len(block.text), *(edge for span in spans for edge in (span.start, span.end))})
    for start, end in pairwise(edges):
        yield start, end, _around(spans, start)


def _around(spans: Sequence[Span], at: int) -> list[_Tag]:
    around = sorted(
        (span for span in spans if span.start <= at < span.end), key=lambda span: span.start - span.end
    )
    tags: list[_Tag] = []
    for span in around:
        tag = (span.kind.value, span.link)
        if tag not in tags:
            tags.append(tag)
        if span.kind is SpanKind.CODE:
            break
    return tags


_LENGTH = 80
_BYTES = 180
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]+')


def file_name(title: str, moment: int, ending: str, number: int = 1) -> str:
    """Return `2026-11-24 Title.md`; a `number` above 1 is added after the title.

    The date comes first, so that files sort by date and no name begins with a dot or dash or is reserved.
    """
    day = time.strftime("%Y-%m-%d", time.localtime(max(0, moment)))
    counted = f" ({number})" if number > 1 else ""
    return f"{day} {safe_name(title)}".strip(" .") + f"{counted}.{ending}"


def safe_name(text: str) -> str:
    """Make text safe for use in a file name: short, no slashes, no reserved characters.

    It begins and ends with neither dot nor space, and may be empty.
    """
    name = _FORBIDDEN.sub(" ", unicodedata.normalize("NFC", clean(text, 500)))
    name = " ".join(name.split())[:_LENGTH].strip(" .")
    while len(name.encode("utf-8", "replace")) > _BYTES:
        name = name[:-1]
    return name
