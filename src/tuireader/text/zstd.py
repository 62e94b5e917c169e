"""zstd from the standard library (Python 3.14) or its backport. Import it only where it is used."""

import sys

if sys.version_info >= (3, 14):
    from compression.zstd import *  # noqa: F403
else:
    from backports.zstd import *  # noqa: F403
