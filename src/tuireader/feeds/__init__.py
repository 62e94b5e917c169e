"""Fetch, parse and discover feeds; OPML; secrets."""

import sys

# httpx would import its command line, too, if its packages are installed: a fifth of its import time.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
