"""Command lines of Python child processes that import nothing from the working directory."""

from __future__ import annotations

import sys


def command(module: str, *arguments: str) -> list[str]:
    """Command line to run one of our modules in a Python process of its own.

    -P keeps the working directory off the path. So does -I, but it also hides the user site and PYTHONPATH,
    where tuireader itself may be installed. The parent's own -I, -E and -s are passed on.
    """
    given = {"-I": sys.flags.isolated, "-E": sys.flags.ignore_environment, "-s": sys.flags.no_user_site}
    inherited = [flag for flag, is_set in given.items() if is_set]
    return [sys.executable, "-P", *inherited, "-m", module, *arguments]


def script(path: str, *arguments: str) -> list[str]:
    """Command line to run a file of ours that imports only the standard library."""
    return [sys.executable, "-I", "-S", path, *arguments]
