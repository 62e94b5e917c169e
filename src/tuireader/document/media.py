"""Images with their captions, and embeds."""

from __future__ import annotations

from dataclasses import replace

from tuireader.document.attributes import attributes
from tuireader.document.blocks import Block, BlockKind, Picture, Span
from tuireader.document.elements import Elements, Figure
from tuireader.document.embeds import Embed, embed_name
from tuireader.document.pictures import (
    is_credit,
    is_emoji,
    is_picture_file,
    is_pixel,
    is_tracker,
    largest,
    picture_url,
    with_caption,
)
from tuireader.text import clean, safe_url

_ADDRESSED = frozenset(("source", "embed", "iframe", "a", "img"))


class Media(Elements):
    """Tags of images, figures, frames, videos and sounds."""

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
        if around and around != url and not is_picture_file(around):
            block = replace(block, link=self.line.links.number(around, alt or "picture"))
        self._put_between(block)

    def _is_repeated(self, block: Block) -> bool:
        """Return whether an image for browsers without scripts repeats the one before it."""
        before = self.deferred or self.out
        last = before[-1].picture if before else None
        new = block.picture
        if last is None or new is None or (last.url and last.url != new.url and last.alt != new.alt):
            return False
        if not last.url:
            before[-1] = replace(before[-1], picture=replace(last, url=new.url, alt=new.alt or last.alt))
        return True

    def _put_between(self, block: Block) -> None:
        """Add a block in the middle of a text: immediately, or when the line has ended."""
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
        name, url = embed_name(embed)
        label = f"{name}: {embed.title}" if embed.title else name
        link = self.line.links.number(url, label)
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
                with_caption(figure.out[at + 1], caption.text, caption.spans) or caption
            ]

    def _is_caption(self, text: str, spans: tuple[Span, ...]) -> bool:
        """Add a text to the image above it, as caption or as credit, if it is one."""
        if self.captioned or self.places.get("figcaption"):
            return self._give_caption(text, spans)
        last = self.out[-1].picture if self.out else None
        if last is None or last.credit or not is_credit(text):
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
        captioned = with_caption(self.out[at], text, spans)
        if captioned is not None:
            self.out[at] = captioned
        return captioned is not None
