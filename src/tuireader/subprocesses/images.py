"""Decode an image file with Pillow. Only for the sandbox: decoders are written in C."""

from __future__ import annotations

import io

from tuireader.subprocesses.sandbox import Failed

_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "AVIF")
_MOST_PIXELS = 50_000_000


def picture(data: bytes, width: int, height: int, ground: tuple[int, int, int]) -> tuple[int, int, bytes]:
    """Return an image scaled down to fit: width, height and red, green, blue of each pixel.

    Transparent pixels show `ground`. Of an animation the first frame is used. Raises Failed.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None  # checked here, before anything is decoded
    try:
        image = Image.open(io.BytesIO(data), formats=_FORMATS)
    except UnidentifiedImageError:
        raise Failed("it is not a PNG, JPEG, GIF, WebP or AVIF image") from None
    if image.width * image.height > _MOST_PIXELS:
        raise Failed(f"it has {image.width * image.height / 1e6:.0f} million pixels, which is too many")
    image.draft("RGB", (2 * width, 2 * height))  # a JPEG is decoded at a smaller size at once
    turned = ImageOps.exif_transpose(image)
    share = min(1.0, width / turned.width, height / turned.height)  # small ones stay small
    size = max(1, round(turned.width * share)), max(1, round(turned.height * share))
    if "A" in turned.getbands() or "transparency" in turned.info:
        turned = turned.convert("RGBA").resize(size, Image.Resampling.LANCZOS, reducing_gap=2)
        below = Image.new("RGBA", size, (*ground, 255))
        below.alpha_composite(turned)
        whole = below.convert("RGB")
    else:
        whole = turned.convert("RGB").resize(size, Image.Resampling.LANCZOS, reducing_gap=2)
    return *whole.size, whole.tobytes()
