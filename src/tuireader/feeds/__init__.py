"""Fetch, parse and discover feeds; OPML; secrets."""

import sys

# httpx imports its command line, too, if the packages for it are installed: a fifth of its import time.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
