"""The start of the program: `tuireader` and `python -m tuireader`."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line; every expected fault is one line on stderr and an exit code."""
    from tuireader.ui import first_frame

    first_frame.show(sys.argv[1:], os.environ)
    from tuireader.cli import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
