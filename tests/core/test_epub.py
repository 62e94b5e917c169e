"""Articles as a book: a zip that is in order, with pages that are XML whatever the articles say."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.core.test_export import article
from tests.examples import half_as_many
from tuireader.export import epub

PICTURE = "https://a.example/p.png"
PNG = b"\x89PNG\r\n\x1a\n..."
XHTML, OPF, DC = (
    "{http://www.w3.org/1999/xhtml}",
    "{http://www.idpf.org/2007/opf}",
    "{http://purl.org/dc/elements/1.1/}",
)


def opened(book: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(book)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def checked(book: bytes) -> dict[str, bytes]:
    """Read a book and check its structure: what EPUB 3.3 asks of container, package and pages."""
    with zipfile.ZipFile(BytesIO(book)) as archive:
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED) and not first.extra
    files = opened(book)
    assert files.pop("mimetype") == b"application/epub+zip"
    container = ElementTree.fromstring(files.pop("META-INF/container.xml"))
    assert [root.get("full-path") for root in container.iter() if root.get("full-path")] == [
        "book/content.opf"
    ]
    package = ElementTree.fromstring(files["book/content.opf"])
    metadata = package.find(f"{OPF}metadata")
    assert metadata is not None
    for name in ("identifier", "title", "language"):
        assert metadata.findtext(f"{DC}{name}"), name
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", metadata.findtext(f"{OPF}meta") or "")
    items = {item.get("id"): item.get("href") for item in package.iter(f"{OPF}item")}
    assert sorted(f"book/{name}" for name in items.values()) == sorted({*files} - {"book/content.opf"})
    spine = [items[reference.get("idref")] for reference in package.iter(f"{OPF}itemref")]
    pages = {name: data for name, data in files.items() if name.endswith(".xhtml")}
    assert sorted(f"book/{name}" for name in spine) == sorted(pages)
    for data in pages.values():
        page = ElementTree.fromstring(data)
        assert page.findtext(f"{XHTML}head/{XHTML}title")
        assert not {"script", "iframe", "style"} & {
            element.tag.removeprefix(XHTML) for element in page.iter()
        }
        for element in page.iter():
            for source in (element.get("src", ""), element.get("href", "")):
                inside = f"book/{source}" in files
                assert inside or not source or (element.tag == f"{XHTML}a" and source.startswith("http"))
    return files


def text_of(page: bytes) -> str:
    return "".join(ElementTree.fromstring(page).itertext())


def test_a_book_has_a_chapter_an_article_with_its_pictures() -> None:
    articles = [replace(article(), language="en"), replace(article("<p>微信</p>", "二"), id=2, language="zh")]
    assert epub.pictures_of(articles[0]) == [PICTURE] and epub.pictures_of(articles[1]) == []
    book = epub.book("Weekend & more", articles, {PICTURE: PNG})
    files = checked(book)
    assert book == epub.book("Weekend & more", articles, {PICTURE: PNG})
    assert files["book/picture-1.png"] == PNG and b'src="picture-1.png"' in files["book/1.xhtml"]
    assert "It is. (WeChat)" in text_of(files["book/1.xhtml"]) and "微信" in text_of(files["book/2.xhtml"])
    assert b'<html xmlns="http://www.w3.org/1999/xhtml"' in files["book/2.xhtml"]
    assert b'xml:lang="zh"' in files["book/2.xhtml"]
    contents = ElementTree.fromstring(files["book/nav.xhtml"])
    links = [(link.get("href"), link.text) for link in contents.iter(f"{XHTML}a")]
    assert links == [("1.xhtml", 'Title: <b> "x" / y'), ("2.xhtml", "二")]
    package = ElementTree.fromstring(files["book/content.opf"])
    assert [item.text for item in package.iter(f"{DC}language")] == ["en", "zh"]


def test_without_the_picture_there_is_a_link() -> None:
    page = checked(epub.book("x", [article()], {}))["book/1.xhtml"]
    assert b"<img" not in page and f'href="{PICTURE}">A picture</a>'.encode() in page


@pytest.mark.parametrize("data", [b"<svg/>", b"RIFF....WEBPVP8 ", b"", b"GIF"])
def test_other_pictures_are_not_for_every_reader(data: bytes) -> None:
    assert not epub.is_shown(data) and epub.is_shown(PNG)


@given(st.text(max_size=60), st.text(max_size=60))
@half_as_many
def test_any_text_makes_a_book(title: str, text: str) -> None:
    url = "https://a.example/ä b?x=<1>&y=\"'"
    html = f'<p>{text}<br>\x01\x00 <a href="{url}">{text}</a></p><hr>]]>&amp;&lt;script&gt;'
    checked(epub.book(title or "x", [article(html, title, url), article(html, "")], {}))
