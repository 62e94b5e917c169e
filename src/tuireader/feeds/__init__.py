"""The outside world: fetch, parse, discover, OPML, secrets."""

import sys

# httpx would load its own command line with it, if the packages for that are there: a fifth of its start.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
