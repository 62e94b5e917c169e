"""Fetch, parse and discover feeds; OPML; secrets."""

import sys
from importlib.machinery import PathFinder

# httpx imports its command line, too, if the packages for it are installed: a fifth of its import time.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
# httpcore looks for it several times a request, and without this on the whole path: 0.1 ms each time.
if PathFinder.find_spec("sniffio") is None:
    sys.modules.setdefault("sniffio", None)  # type: ignore[arg-type]
