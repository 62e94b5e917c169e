"""Images: their address, caption and author, and which ones are trackers."""

from __future__ import annotations

import re
from dataclasses import replace

from tuireader.document.attributes import whole
from tuireader.document.blocks import Block, Picture, Span
from tuireader.document.line import shift_spans
from tuireader.text import safe_url

_LONGEST_CREDIT = 200
_LONGEST_CAPTION = 4_000
_LAZY = ("data-src", "data-lazy-src", "data-original")
_LAZY_SETS = ("data-srcset", "data-lazy-srcset")
_WIDTH = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,4})?)[wx],?")
_EMOJI_CLASS = re.compile(r"\b(?:emoji|wp-smiley|smiley)\b")
_PICTURE_FILE = re.compile(r"\.(?:avif|gif|jpe?g|png|webp)(?:\?[^/?]*)?$", re.IGNORECASE)
_TRACKER = re.compile(
    r"^https?://(?:[^/]*\.)?(?:feedburner\.com|feedsportal\.com|doubleclick\.net|pixel\.wp\.com|stats\.wordpress\.com"
    r"|feeds\.wordpress\.com|google-analytics\.com|scorecardresearch\.com|quantserve\.com|statcounter\.com"
    r"|googlesyndication\.com|counter\.theconversation\.com|feedpress\.me/link|pixel\.[^/]+)(?:[/:?]|$)"
    r"|/(?:pixel|tracking|beacon|1x1|spacer|blank)\.(?:gif|png)(?:\?|$)",
    re.IGNORECASE,
)
_CREDIT_WORDS = (
    r"(?:(?:image|photo(?:graph)?|picture|illustration|graphic|screenshot|video|cover|featured image)\s*)?"
    r"(?:source|credits?|courtesy(?:\s+of)?)\s*[:：]"
    r"|(?:images?|photo(?:graph)?s?|pictures?|illustrations?|graphics?)"
    r"(?:\s*[:：]|\s+(?:by|via|credits?|courtesy\s+of)\b\s*[:：]?)"
    r"|(?:图片来源|图源|图片|圖片來源|圖源|圖片|来源|來源|摄影|攝影|撮影|出典|画像|写真|사진|출처|bild(?:quelle)?|foto|crédits?)\s*[:：]"
)
_CREDIT = re.compile(
    rf"(?:^|(?<=[\s.。;；,，|·–—(（\[])) ?[(（\[]?(?:{_CREDIT_WORDS})"
    r"\s*(?P<who>[^\s].{0,150}?)[)）\].]?\s*$",
    re.IGNORECASE,
)
_CREDIT_LINE = re.compile(rf"[(（\[]?(?:{_CREDIT_WORDS})\s*\S", re.IGNORECASE)


def picture_url(attributes: dict[str, str], base_url: str, otherwise: str) -> str:
    """Return the real address of an `<img>`: that of a lazy loader, then src, then srcset."""
    candidates = [attributes.get(name, "") for name in _LAZY]
    candidates += [largest(attributes.get(name, "")) for name in _LAZY_SETS]
    candidates += [attributes.get("src", ""), largest(attributes.get("srcset", "")), otherwise]
    urls = (safe_url(candidate, base_url) for candidate in candidates if candidate)
    return next(filter(None, urls), "")


def largest(srcset: str) -> str:
    """Return the address of the widest image of a `srcset` (HTML Standard §4.8.4.2.1)."""
    best = url = ""
    width = -1.0
    for token in srcset[:8_000].split():
        if size := _WIDTH.fullmatch(token):
            if float(size[1]) > width:
                best, width = url, float(size[1])
        else:
            url = token.strip(",")
            best = best or url
    return best


def is_emoji(attributes: dict[str, str], alt: str) -> bool:
    """Return whether an image stands for a character in the text."""
    return bool(_EMOJI_CLASS.search(attributes.get("class", ""))) or (0 < len(alt) <= 2 and not alt.isascii())


def is_pixel(attributes: dict[str, str], url: str) -> bool:
    """Return whether an image is a tracking pixel."""
    sizes = [whole(attributes.get(name, "").removesuffix("px"), 99) for name in ("width", "height")]
    return min(sizes) <= 2 or is_tracker(url)


def is_tracker(url: str) -> bool:
    """Return whether an address only tracks readers."""
    return _TRACKER.search(url) is not None


def is_picture_file(url: str) -> bool:
    """Return whether an address is an image, by its ending."""
    return _PICTURE_FILE.search(url) is not None


def is_credit(text: str) -> bool:
    """Return whether a short line names the author of the image above it."""
    return len(text) <= _LONGEST_CREDIT and _CREDIT_LINE.match(text) is not None


def with_caption(block: Block, text: str, spans: tuple[Span, ...]) -> Block | None:
    """Return an image with words below it, its author separated; None if it has enough words."""
    picture = block.picture or Picture("")
    if picture.caption or picture.credit:
        if len(block.text) > _LONGEST_CAPTION:
            return None
        spans = (*block.spans, *shift_spans(spans, len(block.text) + 1))
        text = f"{block.text} {text}"
    caption, credit = text, picture.credit
    if found := _CREDIT.search(text, max(0, len(text) - _LONGEST_CREDIT)):
        caption, credit = text[: found.start()].rstrip(" \n|·–—-("), found["who"].strip()
    return replace(block, text=text, spans=spans, picture=replace(picture, caption=caption, credit=credit))
