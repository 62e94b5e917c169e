"""Handle images with captions, and embeds."""

from __future__ import annotations

import re
from dataclasses import replace

from tuireader.document.attributes import attributes, whole
from tuireader.document.blocks import Block, BlockKind, Picture, Span
from tuireader.document.elements import Elements, Embed, Figure
from tuireader.document.line import shift_spans
from tuireader.text import clean, display_host, safe_url

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
        if _is_emoji(found, alt):
            self.line.add(alt)
            return
        url = _picture_url(found, self.base_url, self.source)
        if _is_pixel(found, url) or not (url or alt):
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
        self.source = self.source or _largest(attributes(raw).get("srcset", ""))

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
        if not embed.url or _is_tracker(embed.url):
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


# --------------------------------------------------------------------------- images


def _picture_url(attributes: dict[str, str], base_url: str, otherwise: str) -> str:
    """Return the real address of an `<img>`: from lazy-loading attributes, else src, else srcset."""
    candidates = [attributes.get(name, "") for name in _LAZY]
    candidates += [_largest(attributes.get(name, "")) for name in _LAZY_SETS]
    candidates += [attributes.get("src", ""), _largest(attributes.get("srcset", "")), otherwise]
    urls = (safe_url(candidate, base_url) for candidate in candidates if candidate)
    return next(filter(None, urls), "")


def _largest(srcset: str) -> str:
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


def _is_emoji(attributes: dict[str, str], alt: str) -> bool:
    """Return whether an image represents an emoji."""
    return bool(_EMOJI_CLASS.search(attributes.get("class", ""))) or (0 < len(alt) <= 2 and not alt.isascii())


def _is_pixel(attributes: dict[str, str], url: str) -> bool:
    """Return whether an image is a tracking pixel."""
    sizes = [whole(attributes.get(name, "").removesuffix("px"), 99) for name in ("width", "height")]
    return min(sizes) <= 2 or _is_tracker(url)


def _is_tracker(url: str) -> bool:
    """Return whether an address only tracks readers."""
    return _TRACKER.search(url) is not None


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
