"""Decode an image file with Pillow. Only for the sandbox: decoders are written in C."""

from __future__ import annotations

import io

from tuireader.subprocesses.jobs import Failed

_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "AVIF")
_MOST_PIXELS = 50_000_000


def picture(data: bytes, width: int, height: int, ground: tuple[int, int, int]) -> tuple[int, int, bytes]:
    """Scale an image down to fit, and return its width, height and RGB bytes.

    Transparent pixels show `ground`. Animations are reduced to their first frame. Raises Failed.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None  # the limit below is checked before decoding
    try:
        image = Image.open(io.BytesIO(data), formats=_FORMATS)
    except UnidentifiedImageError:
        raise Failed("it is not a PNG, JPEG, GIF, WebP or AVIF image") from None
    if image.width * image.height > _MOST_PIXELS:
        raise Failed(f"it has {image.width * image.height / 1e6:.0f} million pixels, which is too many")
    image.draft("RGB", (2 * width, 2 * height))  # decode a JPEG directly at a smaller size
    turned = ImageOps.exif_transpose(image)
    share = min(1.0, width / turned.width, height / turned.height)  # never scale up
    size = max(1, round(turned.width * share)), max(1, round(turned.height * share))
    if "A" in turned.getbands() or "transparency" in turned.info:
        turned = turned.convert("RGBA").resize(size, Image.Resampling.LANCZOS, reducing_gap=2)
        below = Image.new("RGBA", size, (*ground, 255))
        below.alpha_composite(turned)
        scaled = below.convert("RGB")
    else:
        scaled = turned.convert("RGB").resize(size, Image.Resampling.LANCZOS, reducing_gap=2)
    return *scaled.size, scaled.tobytes()
