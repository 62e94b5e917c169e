"""The command line: parse arguments, call `Library`, print. Data goes to stdout, messages to stderr."""

from tuireader.cli.root import main, run

__all__ = ["main", "run"]
