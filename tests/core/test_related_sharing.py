"""Pictures and links that can be evidence of one event, and those that are on many pages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import half_as_many
from tuireader.document.pictures import lead_picture
from tuireader.related.sharing import is_page, picture_term

NAME = "0c3e2f1a-9d4b-4a3e-8d3c-7711fa20c9e1"


@pytest.mark.parametrize(
    "url",
    [
        f"https://img.example.org/a/{NAME}.jpg",
        f"http://www.example.net/{NAME}.webp?w=1200&fit=crop",
        f"https://i0.wp.com/example.org/2026/{NAME}-1024x576.jpg?ssl=1",
        f"https://example.org/{NAME.upper()}-scaled.JPG#top",
        f"https://example.org/{NAME}@2x.png",
        f"https://example.org/{NAME}_1200w.avif",
    ],
)
def test_a_long_file_name_is_one_picture_on_all_servers(url: str) -> None:
    assert picture_term(url) == picture_term(f"https://cdn.example.com/{NAME}.jpg") != 0


def test_a_short_file_name_is_not() -> None:
    urls = [
        "https://a.example.org/2026/11/main.jpg",
        "https://b.example.org/2026/11/main.jpg",
        "https://a.example.org/2026/12/main.jpg",
        "https://a.example.org/image?id=1",
        "https://a.example.org/image?id=2",
        "https://a.example.org/briefing-2026-11-18.jpg",
        "https://b.example.org/briefing-2026-11-18.jpg",
    ]
    assert len({picture_term(url) for url in urls} - {0}) == len(urls)
    assert picture_term(urls[0]) == picture_term(urls[0].replace("https://", "http://www."))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "data:image/png;base64,AAAA",
        "https://example.org",
        "https://example.org/pictures/",
        f"https://example.org/logo-{NAME}.png",
        f"https://example.org/default_{NAME}.png",
        f"https://example.org/{NAME}.svg",
        "https://example.org/avatar12345678901234.png",
        "https://media.gettyimages.com/photos/harbour-1234567890.jpg",
        "https://example.org/GettyImages-1258149912-2048x1365.jpg",
        "https://images.unsplash.com/photo-1700000000000-abcdef",
    ],
)
def test_logos_and_stock_pictures_are_none(url: str) -> None:
    assert picture_term(url) == 0


def test_words_that_contain_such_a_word_are_fine() -> None:
    assert picture_term("https://example.org/sites/default/files/silicon-valley-iconic-1234567.jpg")


@pytest.mark.parametrize(
    "url",
    [
        "https://regulator.example.org/press/2026-118-decision",
        "https://example.org/2026/11/18/ferry-runs-aground-off-island/",
        "https://www.example.org/detail/c_1130123456.htm",
        "https://mp.example.cn/s?__biz=Mz&mid=2650001234&idx=1",
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        "https://x.com/somebody/status/1700000000000000000",
        "https://arxiv.org/abs/2401.01234",
    ],
)
def test_a_number_or_a_title_is_a_page(url: str) -> None:
    assert is_page(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mailto:desk@example.org",
        "https://example.org/",
        "https://example.org/world/europe/",
        "https://example.org/tag/ferries-and-other-small-ships-12345",
        "https://example.org/authors/anna-maria-van-berg",
        "https://x.com/intent/tweet?url=https%3A%2F%2Fexample.org%2F2026%2F12345678",
        "https://example.org/sharer.php?u=12345678",
        "https://en.wikipedia.org/wiki/List_of_ferry_accidents_by_year",
        "https://example.org/privacy-policy-and-terms-of-use",
        "https://example.org/shop?utm_source=feed&utm_medium=rss&utm_campaign=one",
        "https://finance.example.com/quote/TSLA/",
    ],
)
def test_sections_people_and_forms_are_none(url: str) -> None:
    assert not is_page(url)


@given(st.text(max_size=80))
@half_as_many
def test_any_text_is_accepted(text: str) -> None:
    for url in (text, f"https://{text}", f"https://example.org/{text}"):
        assert picture_term(url) in range(2**32)
        assert is_page(url) in (True, False)


@pytest.mark.parametrize(
    ("html", "url"),
    [
        ("<p>No image.</p>", ""),
        ('<img src="/a.jpg"><img src="/b.jpg">', "https://example.org/a.jpg"),
        (
            '<IMG class=x data-src="https://cdn.example.org/l.jpg" src="/blank.gif">',
            "https://cdn.example.org/l.jpg",
        ),
        ('<img src="/t.gif" width="1" height="1"><img src="/b.jpg">', "https://example.org/b.jpg"),
        (
            '<img class="emoji" src="/e.png" alt="x"><img srcset="/s.jpg 1x, /l.jpg 2x">',
            "https://example.org/l.jpg",
        ),
    ],
)
def test_the_lead_picture_is_the_first_that_is_no_pixel(html: str, url: str) -> None:
    assert lead_picture(html, "https://example.org/news/1") == url
