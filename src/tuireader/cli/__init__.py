"""The command line: parse arguments, call `Library`, print. Data goes to stdout, talk to stderr."""

from tuireader.cli import (
    articles,
    brief,
    completion,
    database,
    feeds,
    manual,
    marks,
    matches,
    moving,
    newsboat,
    pages,
    program,
    refresh,
    serve,
    service,
    sharing,
    watches,
)  # each adds its commands to `main`
from tuireader.cli.base import main, run

__all__ = [
    "articles",
    "brief",
    "completion",
    "database",
    "feeds",
    "main",
    "manual",
    "marks",
    "matches",
    "moving",
    "newsboat",
    "pages",
    "program",
    "refresh",
    "run",
    "serve",
    "service",
    "sharing",
    "watches",
]
