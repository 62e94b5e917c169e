"""Read the configuration from TOML: frozen values, and problems with their places.

The tables of `shape` are the schema: reading, defaults, the check for unknown keys, the test of
`config.example.toml` and the reference in the documentation follow from their fields.
"""

from tuireader.config.account_keys import AccountConfig, AccountKind
from tuireader.config.channel_keys import ChannelConfig, DigestConfig, PublishConfig
from tuireader.config.feed_keys import FeedConfig
from tuireader.config.files import Paths, config_exists, paths
from tuireader.config.loading import load, loads
from tuireader.config.problems import Problem
from tuireader.config.shape import Config, MacroConfig, NotifyConfig, Reference, reference, tables
from tuireader.config.ui_keys import ThemeConfig, Themes, UiConfig
from tuireader.config.watch_keys import (
    MuteConfig,
    ProgramConfig,
    RuleConfig,
    ViewConfig,
    WatchConfig,
    by_group,
    by_priority,
)

__all__ = [
    "AccountConfig", "AccountKind", "ChannelConfig", "Config", "DigestConfig", "FeedConfig", "MacroConfig",
    "MuteConfig", "NotifyConfig", "Paths", "Problem", "ProgramConfig", "PublishConfig", "Reference",
    "RuleConfig", "ThemeConfig", "Themes", "UiConfig", "ViewConfig", "WatchConfig", "by_group", "by_priority",
    "config_exists", "load", "loads", "paths", "reference", "tables",
]  # fmt: skip
