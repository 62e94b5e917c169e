"""zstd of the standard library (Python 3.14), else its backport. Import it at first use."""

import sys

if sys.version_info >= (3, 14):
    from compression.zstd import *  # noqa: F403
else:
    from backports.zstd import *  # noqa: F403
