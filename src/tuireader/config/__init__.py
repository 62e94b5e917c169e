"""The configuration: TOML into frozen values, every problem told with its place, the rest kept working.

The dataclasses of `shape` are the one description of the file: what is read, the defaults, the check of
unknown keys, `config.example.toml`'s test and the reference in the documentation all follow their fields.
"""

from tuireader.config.files import Paths, config_exists, paths
from tuireader.config.loading import load, loads
from tuireader.config.problems import Problem
from tuireader.config.shape import (
    COMMAND,
    EXPRESSION,
    Config,
    FeedConfig,
    FetchConfig,
    MacroConfig,
    MuteConfig,
    NotifyConfig,
    SaveConfig,
    UiConfig,
    ViewConfig,
    WatchConfig,
)
from tuireader.config.tables import Reference, reference, tables

__all__ = [
    "COMMAND",
    "EXPRESSION",
    "Config",
    "FeedConfig",
    "FetchConfig",
    "MacroConfig",
    "MuteConfig",
    "NotifyConfig",
    "Paths",
    "Problem",
    "Reference",
    "SaveConfig",
    "UiConfig",
    "ViewConfig",
    "WatchConfig",
    "config_exists",
    "load",
    "loads",
    "paths",
    "reference",
    "tables",
]
