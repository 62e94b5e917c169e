"""The process that ranks articles by meaning: an encoder that keeps the vectors of all articles in memory.

The parent sends vectors in the order of their rows, so after an answer of `held` it knows what is missing,
also in a process that has just started.
"""

from __future__ import annotations

import sys
from threading import Thread
from typing import Any

from tuireader.subprocesses import encoder
from tuireader.subprocesses.serving import serve

MOST = 200_000
"""Maximum number of vectors: 105 MB beside what the encoder needs, within its limit."""
_AT_ONCE = 2048
"""Vectors to compare at once, which the cache of a processor holds."""

_blocks: list[tuple[Any, Any, Any]] = []
"""Articles, their vectors, and the lengths of these; the article is 0 if its vector has been replaced."""
_last = 0
_loading = Thread(target=encoder.model, daemon=True)
"""Loads the encoder while vectors arrive."""
_SWITCH = 0.0005  # seconds after which it lets them in


def held() -> int:
    """Return the row of the newest vector, 0 without any."""
    return _last


def add(row: int, articles: bytes, vectors: bytes) -> int:
    """Keep vectors up to a row; those of known articles replace the former ones."""
    import numpy as np

    global _last
    ids = np.frombuffer(articles, np.int64)
    matrix = np.frombuffer(vectors, np.int8).reshape(len(ids), -1)
    for known, _, _ in _blocks:
        known[np.isin(known, ids)] = 0
    parts = (matrix[at : at + _AT_ONCE].astype(np.float32) for at in range(0, len(ids), _AT_ONCE))
    lengths = np.sqrt(np.concatenate([np.einsum("ij,ij->i", part, part) for part in parts]))
    _blocks.append((ids.copy(), matrix, np.maximum(lengths, 1e-9)))
    _last = row
    return _last


def nearest(vectors: list[bytes], floor: float, most: int) -> list[int]:
    """Return articles by the cosine with the most similar of some vectors, if it is above the floor."""
    import numpy as np

    asked = encoder.unit(encoder.stack(vectors)).T
    ids, cosines = [np.zeros(0, np.int64)], [np.zeros(0, np.float32)]
    for known, matrix, lengths in _blocks:
        for at in range(0, len(known), _AT_ONCE):
            part = slice(at, at + _AT_ONCE)
            found = (matrix[part].astype(np.float32) @ asked).max(axis=1) / lengths[part]
            above = (found >= floor) & (known[part] > 0)
            ids.append(known[part][above])
            cosines.append(found[above])
    order = np.argsort(-np.concatenate(cosines), kind="stable")[:most]
    ranked: list[int] = np.concatenate(ids)[order].tolist()
    return ranked


_JOBS = {job.__name__: job for job in (held, add, nearest, encoder.answer)}


def answer(request: tuple[str, tuple[Any, ...]]) -> Any:
    """Do a job by name with its arguments."""
    job, arguments = request
    if job == encoder.answer.__name__ and _loading.is_alive():
        _loading.join()
    return _JOBS[job](*arguments)


if __name__ == "__main__":
    encoder.use_one_thread()
    sys.setswitchinterval(_SWITCH)
    _loading.start()
    serve(answer, data=encoder.MEMORY)
