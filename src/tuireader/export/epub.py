"""Articles as a book: EPUB 3.3 of the W3C, a zip of XHTML pages, pictures and their list. Pure."""

from __future__ import annotations

import re
import time
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from html import escape, unescape
from io import BytesIO
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from tuireader.document import Document, parse
from tuireader.export.brief import sentences
from tuireader.export.formats import page_blocks
from tuireader.export.markup import HTML
from tuireader.model import Article

_KINDS = {
    b"\xff\xd8\xff": ("jpg", "image/jpeg"),
    b"\x89PNG\r\n\x1a\n": ("png", "image/png"),
    b"GIF8": ("gif", "image/gif"),
}
"""Endings and media types of the pictures that every reading system shows, by their first bytes."""
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML has not (XML 1.0, section 2.2)."""
_HREF = re.compile(r'(?<= href=")[^"]*')
_SAFE = "%/:?#[]@!$&'()*+,;=~"
_DAY = "%Y-%m-%d"
_MOMENT = "%Y-%m-%dT%H:%M:%SZ"
_CONTAINER = """<?xml version="1.0" encoding="utf-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="book/content.opf" media-type="application/oebps-package+xml"/>
</rootfiles></container>
"""
_STYLE = """body { line-height: 1.4; } img { max-width: 100%; } pre { white-space: pre-wrap; }
blockquote { border-left: 3px solid #999; margin-left: 0; padding-left: 1em; }
.facts, figcaption { color: #666; font-size: .9em; }
"""


def pictures_of(article: Article) -> list[str]:
    """List the addresses of the pictures in the displayed text of an article."""
    urls = [block.picture.url for block in _document(article).blocks if block.picture is not None]
    return list(dict.fromkeys(filter(None, urls)))


def is_shown(data: bytes) -> bool:
    """Return whether reading systems show a picture."""
    return data.startswith(tuple(_KINDS))


def book(title: str, articles: Sequence[Article], pictures: Mapping[str, bytes]) -> bytes:
    """Write articles as a book, in their order, with the pictures that there are; the same bytes each time.

    `pictures` are by address; for the others there are links. Needs an article.
    """
    title = _named(title, "Articles")
    files, names = dict[str, bytes | str](), dict[str, str]()
    for url, data in pictures.items():
        start = next(start for start in _KINDS if data.startswith(start))
        names[url] = f"picture-{len(names) + 1}.{_KINDS[start][0]}"
        files[names[url]] = data
    files["style.css"] = _STYLE
    chapters = {f"{number}.xhtml": article for number, article in enumerate(articles, 1)}
    for name, article in chapters.items():
        files[name] = _xhtml(article.title, article.language, "".join(_chapter(article, names)))
    items = "\n".join(f'<li><a href="{name}">{_title(item)}</a></li>' for name, item in chapters.items())
    files["nav.xhtml"] = _xhtml(
        title, "", f'<nav epub:type="toc"><h1>{escape(title)}</h1><ol>{items}</ol></nav>'
    )
    files["content.opf"] = _package(title, chapters, list(files))
    return _zipped(files)


def _document(article: Article) -> Document:
    html, base_url = article.shown
    return parse(html, base_url or article.url)


def _title(article: Article) -> str:
    return escape(_named(article.title, article.url or f"Article {article.id}"))


def _named(title: str, default: str) -> str:
    return _FORBIDDEN.sub("", title).strip() or default


def _chapter(article: Article, names: Mapping[str, str]) -> Iterator[str]:
    day = time.strftime(_DAY, time.localtime(article.time))
    facts = " · ".join(filter(None, (article.feed_title, article.author, day)))
    yield f'<h1>{_title(article)}</h1>\n<p class="facts">{escape(facts)}</p>\n'
    if article.url:
        yield f'<p class="facts"><a href="{escape(article.url)}">{escape(article.url)}</a></p>\n'
    for item in sentences(article.evidence):
        yield f"<blockquote><p>{HTML.quoted(item, item.watch)}</p></blockquote>\n"
    yield "\n".join(page_blocks(_document(article), names))


def _xhtml(title: str, language: str, body: str) -> str:
    spoken = f' lang="{language}" xml:lang="{language}"' if language else ""
    body = _HREF.sub(lambda match: escape(quote(unescape(match[0]), safe=_SAFE)), body)
    return f"""<?xml version="1.0" encoding="utf-8"?>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"{spoken}>
<head><title>{escape(_named(title, "…"))}</title>
<link rel="stylesheet" type="text/css" href="style.css"/></head>
<body>{body}</body></html>
"""


def _package(title: str, chapters: Mapping[str, Article], names: Sequence[str]) -> str:
    articles = chapters.values()
    identity = uuid5(NAMESPACE_URL, "\n".join(item.url or str(item.id) for item in articles))
    newest = time.strftime(_MOMENT, time.gmtime(max(0, *(item.time for item in articles))))
    languages = dict.fromkeys(item.language for item in articles if item.language)
    kinds = {"xhtml": "application/xhtml+xml", "css": "text/css", **dict(_KINDS.values())}
    is_nav = {"nav.xhtml": ' properties="nav"'}
    items = [
        f'<item id="f{number}" href="{name}" media-type="{kinds[name.rpartition(".")[2]]}"'
        f"{is_nav.get(name, '')}/>"
        for number, name in enumerate(names)
    ]
    spine = [f'<itemref idref="f{names.index(name)}"/>' for name in ("nav.xhtml", *chapters)]
    return "\n".join(
        [
            '<?xml version="1.0" encoding="utf-8"?>',
            '<package version="3.0" xmlns="http://www.idpf.org/2007/opf" unique-identifier="id">',
            '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">',
            f'<dc:identifier id="id">urn:uuid:{identity}</dc:identifier>',
            f"<dc:title>{escape(title)}</dc:title>",
            *(f"<dc:language>{language}</dc:language>" for language in languages or ["und"]),
            f'<meta property="dcterms:modified">{newest}</meta>',
            "</metadata>",
            "<manifest>",
            *items,
            "</manifest>",
            "<spine>",
            *spine,
            "</spine></package>",
            "",
        ]
    )


def _zipped(files: Mapping[str, bytes | str]) -> bytes:
    """Pack a book; its media type comes first and is not compressed (OCF, section 4.3)."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        whole = {
            "META-INF/container.xml": _CONTAINER,
            **{f"book/{name}": data for name, data in files.items()},
        }
        archive.writestr(zipfile.ZipInfo("mimetype"), "application/epub+zip", zipfile.ZIP_STORED)
        for name, data in whole.items():
            if isinstance(data, str):
                data = _FORBIDDEN.sub("", data).encode("utf-8")
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
