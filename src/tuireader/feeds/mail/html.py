"""Clean the HTML of a newsletter: remove trackers and hidden elements, unwrap layout tables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tuireader.feeds.parse.entry import web_url

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_MOST_ELEMENTS = 50_000
_DROPPED = ("script", "style", "head", "meta", "link", "base", "form", "input", "button", "iframe", "object")
_PARTS = frozenset(("tbody", "thead", "tfoot", "tr", "td", "th"))
_HIDDEN = re.compile(
    r"(?i)(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all"
    r"|opacity\s*:\s*0\s*(?:;|!|$)|(?:font-size|max-height|line-height)\s*:\s*[01](?:px)?\s*(?:;|!|$))"
)
_TINY = re.compile(r"(?i)(?:^|;)\s*(?:max-)?(?:width|height)\s*:\s*[012](?:px)?\s*(?:;|!|$)")
_BEACON = re.compile(
    r"(?i)/(?:open|track|wf/open|e/o|o/e|pixel|beacon)(?:[/.?]|$)"
    r"|\b(?:pixel|beacon|tracking|open)\.(?:gif|png|php|aspx?)"
)
_TRACKING = re.compile(
    r"(?i)(?:utm_\w+|fbclid|gclid|dclid|msclkid|yclid|mc_[ce]id|_hs(?:enc|mi)|mkt_tok|vero_(?:id|conv)|nltr"
    r"|oly_(?:anon|enc)_id|ck_subscriber_id|sb_subscriber|__s|ml_subscriber(?:_hash)?|subscriber_?id|igshid"
    r"|sc_(?:uid|eh|lid|src|llid)|elq(?:track\w*)?|trk(?:email)?|wickedid|s_cid|_bta_[tc]id|dm_i|bsft_\w+"
    r"|ss_(?:source|campaign_\w+)|jwx_\w+)=.*"
)
_VIEW = re.compile(
    r"(?i)\b(?:view|read|open|see|display)\b.{0,40}\b(?:browser|online|web|website)\b|\bview online\b"
    r"|\b(?:web|online) ?version\b|im browser|online (?:ansehen|lesen)|webversion|(?:votre|le) navigateur"
    r"|(?:tu|su|el) navegador|nel (?:tuo )?browser|in (?:je|uw|de) browser|浏览器|瀏覽器|ブラウザ|브라우저"
    r"|в браузере"
)


def without_tracking(url: str) -> str:
    """Remove the parameters by which newsletters recognise their reader from an address."""
    address, question, query = url.partition("?")
    if not question:
        return url
    query, hash_, fragment = query.partition("#")
    kept = [pair for pair in query.split("&") if not _TRACKING.fullmatch(pair)]
    return address + ("?" + "&".join(kept) if kept else "") + hash_ + fragment


def cleaned(html: str) -> tuple[str, str]:
    """Clean the HTML of a mail; return it with the mail's own web address, `""` if it names none.

    Raises ValueError if there are too many elements.
    """
    from lxml import etree
    from lxml.html import HTMLParser, document_fromstring

    from tuireader.pages.tree import drop, written

    html = re.sub(r"^\s*<\?xml[^>]*\?>", "", html, count=1)  # not accepted in decoded text
    try:
        root: HtmlElement = document_fromstring(
            html, parser=HTMLParser(huge_tree=False, remove_comments=True)
        )
    except (etree.ParserError, etree.XMLSyntaxError):
        return "", ""
    elements = list(root.iter())
    if len(elements) > _MOST_ELEMENTS:
        raise ValueError("too many elements")
    link, view = next(((link, url) for link in root.iter("a") if (url := _view_url(link))), (None, ""))
    if link is not None:
        drop(link)
    for element in elements:
        is_text = isinstance(element.tag, str) and element.tag not in _DROPPED
        if not is_text or _is_hidden(element) or (element.tag == "img" and _is_tracker(element)):
            drop(element)
        elif element.tag == "a" and (href := element.get("href")):
            element.set("href", without_tracking(href.strip()))
    _unwrap(list(root.iter()))
    body = root.find("body")
    return written(body if body is not None else root), view


def _view_url(link: HtmlElement) -> str:
    words = " ".join(str(link.text_content())[:200].split())
    if not words or len(words) > 100 or not _VIEW.search(words):
        return ""
    return web_url(without_tracking((link.get("href") or "").strip()))


def _is_hidden(element: HtmlElement) -> bool:
    """Return whether an element is invisible, such as the preview text for mail programs."""
    if element.tag in ("html", "body"):
        return False
    return element.get("hidden") is not None or bool(_HIDDEN.search(element.get("style") or ""))


def _is_tracker(image: HtmlElement) -> bool:
    """Return whether to remove an image: a tracking pixel, a beacon, or a part of the mail."""
    source = (image.get("src") or "").strip()
    if not source.startswith(("http://", "https://", "//")):
        return True
    sizes = [(image.get(name) or "").strip().removesuffix("px") for name in ("width", "height")]
    if any(size in ("0", "1", "2") for size in sizes) or _TINY.search(image.get("style") or ""):
        return True
    return not any(sizes) and not (image.get("alt") or "").strip() and bool(_BEACON.search(source))


def _is_layout(table: HtmlElement) -> bool:
    """Return whether a table only arranges the page: newsletters set their text in nested tables."""
    if (table.get("role") or "").lower() in ("presentation", "none"):
        return True
    if next(table.iter("th", "caption"), None) is not None:
        return False
    if next(table.iter("p", "div", "img", "ul", "h1", "h2", "h3", "h4"), None) is not None:
        return True
    return table.find(".//table") is not None or all(len(row) < 2 for row in table.iter("tr"))


def _unwrap(elements: Sequence[HtmlElement]) -> None:
    tables = {element for element in elements if element.tag == "table" and _is_layout(element)}
    nearest: dict[HtmlElement, HtmlElement | None] = {}
    for element in elements:
        above = element.getparent()
        nearest[element] = above if above is not None and above.tag == "table" else nearest.get(above)
    for element in elements:
        if element in tables or (element.tag in _PARTS and nearest[element] in tables):
            element.tag = "div"
