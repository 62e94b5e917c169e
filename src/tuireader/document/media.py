"""Handle images with captions, and embeds."""

from __future__ import annotations

import re
from dataclasses import replace

from tuireader.document.attributes import attributes
from tuireader.document.blocks import Block, BlockKind, Picture, Span
from tuireader.document.elements import Elements, Embed, Figure
from tuireader.document.line import shift_spans
from tuireader.document.pictures import is_emoji, is_pixel, is_tracker, largest, picture_url
from tuireader.text import clean, display_host, safe_url

_LONGEST_CREDIT = 200
_LONGEST_CAPTION = 4_000
_PICTURE_FILE = re.compile(r"\.(?:avif|gif|jpe?g|png|webp)(?:\?[^/?]*)?$", re.IGNORECASE)
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


class Media(Elements):
    """Handlers for tags of images, figures, frames, videos and sounds."""

    def _aside(self, name: str, raw: str) -> None:
        """Handle a tag inside an embed or `<noscript>`: only addresses matter."""
        embed = self.embed
        if embed is None:
            if name == "img":
                self._image(name, raw)
            self.noscript = name != "/noscript"
        elif name == f"/{embed.name}":
            self.embed = None
            self._finish_embed(embed)
        elif not embed.url and name in _ADDRESSED:
            found = attributes(raw)
            embed.url = safe_url(found.get("src") or found.get("href") or "", self.base_url)

    def _image(self, _name: str, raw: str) -> None:
        found = attributes(raw)
        alt = clean(found.get("alt", ""))
        if is_emoji(found, alt):
            self.line.add(alt)
            return
        url = picture_url(found, self.base_url, self.source)
        if is_pixel(found, url) or not (url or alt):
            return
        block = replace(self._placed(BlockKind.PICTURE, alt), picture=Picture(url, alt), indent=0)
        if self.noscript and self._is_repeated(block):
            return
        around = self.line.open_link
        if around and around != url and not _PICTURE_FILE.search(around):
            block = replace(block, link=self.line.number(around, alt or "picture"))
        self._put_between(block)

    def _is_repeated(self, block: Block) -> bool:
        """Return whether a `<noscript>` image repeats the previous one, and complete that one's address."""
        before = self.deferred or self.out
        last = before[-1].picture if before else None
        new = block.picture
        if last is None or new is None or (last.url and last.url != new.url and last.alt != new.alt):
            return False
        if not last.url:
            before[-1] = replace(before[-1], picture=replace(last, url=new.url, alt=new.alt or last.alt))
        return True

    def _put_between(self, block: Block) -> None:
        """Add a block in the middle of a text: at once, or after the current line."""
        if self.code is not None or not self.line.at_start:
            self.deferred.append(block)
        else:
            self._flush()
            self._emit(block)

    def _picture(self, _name: str, _raw: str) -> None:
        self.source = ""

    def _source(self, _name: str, raw: str) -> None:
        self.source = self.source or largest(attributes(raw).get("srcset", ""))

    def _noscript(self, _name: str, _raw: str) -> None:
        self.noscript = True

    def _embedded(self, name: str, raw: str) -> None:
        found = attributes(raw)
        address = found.get("src") or found.get("data") or found.get("data-src") or ""
        embed = Embed(name, safe_url(address, self.base_url), clean(found.get("title", ""), 200))
        if name == "embed":
            self._finish_embed(embed)
        else:
            self.embed = embed

    def _finish_embed(self, embed: Embed) -> None:
        if not embed.url or is_tracker(embed.url):
            return
        name, url = _embed_name(embed)
        label = f"{name}: {embed.title}" if embed.title else name
        link = self.line.number(url, label)
        self._put_between(replace(self._placed(BlockKind.EMBED, label), link=link, indent=0))

    def _figure(self, name: str, raw: str) -> None:
        self._note_class(raw)
        self.captioned = False
        self.figures.append(Figure(self.out, len(self.out)))
        self._push(name)

    def _end_figure(self) -> None:
        figure = self.figures.pop()
        at = figure.caption_at
        if 0 <= at < len(figure.out) - 1 and (picture := figure.out[at + 1].picture) and not picture.caption:
            caption = figure.out[at]
            figure.out[at : at + 2] = [
                _with_caption(figure.out[at + 1], caption.text, caption.spans) or caption
            ]

    def _is_caption(self, text: str, spans: tuple[Span, ...]) -> bool:
        """Add a text to the image above it if it is a caption or credit, and return whether it is."""
        if self.captioned or self.places.get("figcaption"):
            return self._give_caption(text, spans)
        last = self.out[-1].picture if self.out else None
        if last is None or last.credit or len(text) > _LONGEST_CREDIT or not _CREDIT_LINE.match(text):
            return False
        return self._caption(len(self.out) - 1, text, spans)

    def _give_caption(self, text: str, spans: tuple[Span, ...]) -> bool:
        figure = self.figures[-1] if self.figures and self.figures[-1].out is self.out else None
        first = figure.start if figure else len(self.out) - 1
        for at in range(len(self.out) - 1, max(first, len(self.out) - 4, 0) - 1, -1):
            if self.out[at].picture is not None:
                return self._caption(at, text, spans)
        if figure and figure.caption_at < 0:
            figure.caption_at = len(self.out)
        return False

    def _caption(self, at: int, text: str, spans: tuple[Span, ...]) -> bool:
        captioned = _with_caption(self.out[at], text, spans)
        if captioned is not None:
            self.out[at] = captioned
        return captioned is not None


def _with_caption(block: Block, text: str, spans: tuple[Span, ...]) -> Block | None:
    """Return an image with added caption, the credit split off; None if its text is long enough already."""
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


def _embed_name(embed: Embed) -> tuple[str, str]:
    """Return the display name of an embed, and the address to open."""
    if embed.name in ("video", "audio"):
        return embed.name.capitalize(), embed.url
    if found := _YOUTUBE.match(embed.url):
        return "YouTube video", f"https://www.youtube.com/watch?v={found[1]}"
    if found := _VIMEO.match(embed.url):
        return "Vimeo video", f"https://vimeo.com/{found[1]}"
    host = display_host(embed.url).removeprefix("www.")
    for ending, name in _NAMES.items():
        if host == ending or host.endswith(f".{ending}"):
            return name, embed.url
    return f"Embedded page from {host}", embed.url
