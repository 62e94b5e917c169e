"""zstd from the standard library (Python 3.14) or its backport. Import it only where it is used."""

import sys
from functools import cache

if sys.version_info >= (3, 14):
    from compression.zstd import *  # noqa: F403
else:
    from backports.zstd import *  # noqa: F403

_LEVEL = 3  # 6 takes three times as long and saves 1 %
_FROM = 400  # minimum characters to compress


def packed(text: str) -> str | bytes | None:
    """Return a text as it is stored: None, the text itself, or its UTF-8 bytes compressed."""
    if not text:
        return None
    data = text.encode("utf-8", "replace")
    if len(text) >= _FROM:
        frame = _compressor().compress(data, mode=ZstdCompressor.FLUSH_FRAME)  # noqa: F405
        if len(frame) < len(data):
            return frame
    return data.decode()


@cache
def _compressor() -> ZstdCompressor:  # noqa: F405
    level, checksum = CompressionParameter.compression_level, CompressionParameter.checksum_flag  # noqa: F405
    options: dict[int, int] = {level: _LEVEL, checksum: 1}
    return ZstdCompressor(options=options)  # noqa: F405
