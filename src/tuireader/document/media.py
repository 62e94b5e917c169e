"""Handle images with captions, and embeds."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec.structs import replace

from tuireader.document.blocks import Block, BlockKind, Picture, Span
from tuireader.document.elements import Elements, Embed, End, Figure, Start, attributes
from tuireader.document.line import shift_spans
from tuireader.document.pictures import is_emoji, is_pixel, is_tracker, largest, picture_url
from tuireader.text import clean, display_host, safe_url
from tuireader.text.asides import CREDIT

_LONGEST_CREDIT = 200
_LONGEST_CAPTION = 4_000
_PICTURE_FILE = re.compile(r"\.(?:avif|gif|jpe?g|png|webp)(?:\?[^/?]*)?$", re.IGNORECASE)
_CREDIT = re.compile(
    rf"(?:^|(?<=[\s.。;；,，|·–—(（\[])) ?[(（\[]?(?:{CREDIT})"
    r"\s*(?P<who>[^\s].{0,150}?)[)）\].]?\s*$",
    re.IGNORECASE,
)
_CREDIT_LINE = re.compile(rf"[(（\[]?(?:{CREDIT})\s*\S", re.IGNORECASE)
_NAMES = {
    "twitter.com": "Post on X",
    "x.com": "Post on X",
    "open.spotify.com": "Spotify",
    "soundcloud.com": "SoundCloud",
    "player.bilibili.com": "Bilibili video",
    "dailymotion.com": "Dailymotion video",
    "twitch.tv": "Twitch video",
    "tiktok.com": "TikTok video",
    "instagram.com": "Instagram post",
    "facebook.com": "Facebook post",
    "bsky.app": "Bluesky post",
    "apple.com": "Apple Podcasts",
    "codepen.io": "CodePen",
    "datawrapper.de": "Datawrapper chart",
    "dwcdn.net": "Datawrapper chart",
    "flourish.studio": "Flourish chart",
    "google.com": "Google page",
    "scribd.com": "Scribd document",
}
_YOUTUBE = re.compile(
    r"https?://(?:www\.|m\.)?(?:youtube(?:-nocookie)?\.com/(?:embed/|v/|watch\?v=)|youtu\.be/)([\w-]{6,20})"
)
_VIMEO = re.compile(r"https?://(?:player\.)?vimeo\.com/(?:video/)?([0-9]+)")
_ADDRESSED = frozenset(("source", "embed", "iframe", "a", "img"))


def read_aside(page: Elements, name: str, raw: str) -> None:
    """Handle a tag inside an embed or `<noscript>`: only addresses matter."""
    embed = page.embed
    if embed is None:
        if name == "img":
            _add_image(page, name, raw)
        page.noscript = name != "/noscript"
    elif name == f"/{embed.name}":
        page.embed = None
        _finish_embed(page, embed)
    elif not embed.url and name in _ADDRESSED:
        values = attributes(raw)
        embed.url = safe_url(values.get("src") or values.get("href") or "", page.base_url)


def _add_image(page: Elements, _name: str, raw: str) -> None:
    values = attributes(raw)
    alt = clean(values.get("alt", ""))
    if is_emoji(values, alt):
        page.line.add(alt)
        return
    url = picture_url(values, page.base_url, page.source)
    if is_pixel(values, url) or not (url or alt):
        return
    block = replace(page.placed(BlockKind.PICTURE, alt), picture=Picture(url, alt), indent=0)
    if page.noscript and _is_repeated(page, block):
        return
    around = page.line.open_link
    if around and around != url and not _PICTURE_FILE.search(around):
        block = replace(block, link=page.line.number(around, alt or "picture"))
    _put_between(page, block)


def _is_repeated(page: Elements, block: Block) -> bool:
    before = page.deferred or page.out
    last = before[-1].picture if before else None
    new = block.picture
    if last is None or new is None or (last.url and last.url != new.url and last.alt != new.alt):
        return False
    if not last.url:
        before[-1] = replace(before[-1], picture=replace(last, url=new.url, alt=new.alt or last.alt))
    return True


def _put_between(page: Elements, block: Block) -> None:
    """Add a block in the middle of a text: at once, or after the current line."""
    if page.code is not None or not page.line.at_start:
        page.deferred.append(block)
    else:
        page.flush()
        page.emit(block)


def _start_picture(page: Elements, _name: str, _raw: str) -> None:
    page.source = ""


def _add_source(page: Elements, _name: str, raw: str) -> None:
    page.source = page.source or largest(attributes(raw).get("srcset", ""))


def _start_noscript(page: Elements, _name: str, _raw: str) -> None:
    page.noscript = True


def _start_embed(page: Elements, name: str, raw: str) -> None:
    values = attributes(raw)
    address = values.get("src") or values.get("data") or values.get("data-src") or ""
    embed = Embed(name, safe_url(address, page.base_url), clean(values.get("title", ""), 200))
    if name == "embed":
        _finish_embed(page, embed)
    else:
        page.embed = embed


def _finish_embed(page: Elements, embed: Embed) -> None:
    if not embed.url or is_tracker(embed.url):
        return
    name, url = _embed_name(embed)
    label = f"{name}: {embed.title}" if embed.title else name
    link = page.line.number(url, label)
    _put_between(page, replace(page.placed(BlockKind.EMBED, label), link=link, indent=0))


def _start_figure(page: Elements, name: str, raw: str) -> None:
    page.note_class(raw)
    page.captioned = False
    page.figures.append(Figure(page.out, len(page.out)))
    page.push(name)


def _end_figure(page: Elements) -> None:
    figure = page.figures.pop()
    at = figure.caption_at
    if 0 <= at < len(figure.out) - 1 and (picture := figure.out[at + 1].picture) and not picture.caption:
        caption = figure.out[at]
        figure.out[at : at + 2] = [_with_caption(figure.out[at + 1], caption.text, caption.spans) or caption]


def is_caption(page: Elements, text: str, spans: tuple[Span, ...]) -> bool:
    """Add a text to the image above it if it is a caption or credit; return whether it is."""
    if page.captioned or page.places.get("figcaption"):
        return _give_caption(page, text, spans)
    last = page.out[-1].picture if page.out else None
    if last is None or last.credit or len(text) > _LONGEST_CREDIT or not _CREDIT_LINE.match(text):
        return False
    return _caption(page, len(page.out) - 1, text, spans)


def _give_caption(page: Elements, text: str, spans: tuple[Span, ...]) -> bool:
    figure = page.figures[-1] if page.figures and page.figures[-1].out is page.out else None
    first = figure.start if figure else len(page.out) - 1
    for at in range(len(page.out) - 1, max(first, len(page.out) - 4, 0) - 1, -1):
        if page.out[at].picture is not None:
            return _caption(page, at, text, spans)
    if figure and figure.caption_at < 0:
        figure.caption_at = len(page.out)
    return False


def _caption(page: Elements, at: int, text: str, spans: tuple[Span, ...]) -> bool:
    captioned = _with_caption(page.out[at], text, spans)
    if captioned is not None:
        page.out[at] = captioned
    return captioned is not None


def _with_caption(block: Block, text: str, spans: tuple[Span, ...]) -> Block | None:
    """Add a caption to an image, the credit split off; None if its text is long enough already."""
    picture = block.picture or Picture("")
    if picture.caption or picture.credit:
        if len(block.text) > _LONGEST_CAPTION:
            return None
        spans = (*block.spans, *shift_spans(spans, len(block.text) + 1))
        text = f"{block.text} {text}"
    caption, credit = text, picture.credit
    if match := _CREDIT.search(text, max(0, len(text) - _LONGEST_CREDIT)):
        caption, credit = text[: match.start()].rstrip(" \n|·–—-("), match["who"].strip()
    return replace(block, text=text, spans=spans, picture=replace(picture, caption=caption, credit=credit))


def _embed_name(embed: Embed) -> tuple[str, str]:
    if embed.name in ("video", "audio"):
        return embed.name.capitalize(), embed.url
    if video := _YOUTUBE.match(embed.url):
        return "YouTube video", f"https://www.youtube.com/watch?v={video[1]}"
    if video := _VIMEO.match(embed.url):
        return "Vimeo video", f"https://vimeo.com/{video[1]}"
    host = display_host(embed.url).removeprefix("www.")
    for ending, name in _NAMES.items():
        if host == ending or host.endswith(f".{ending}"):
            return name, embed.url
    return f"Embedded page from {host}", embed.url


STARTS: Mapping[str, Start] = {
    **dict.fromkeys(("img", "amp-img"), _add_image),
    **dict.fromkeys(("iframe", "video", "audio", "object", "embed"), _start_embed),
    "figure": _start_figure,
    "noscript": _start_noscript,
    "picture": _start_picture,
    "source": _add_source,
}
ENDS: Mapping[str, End] = {"figure": _end_figure}
