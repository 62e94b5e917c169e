"""Read the configuration from TOML: frozen values, and problems with their places.

The dataclasses of `shape` are the schema: reading, defaults, the check for unknown keys, the test of
`config.example.toml` and the reference in the documentation follow from their fields.
"""

from tuireader.config.account_keys import AccountConfig as AccountConfig
from tuireader.config.account_keys import AccountKind as AccountKind
from tuireader.config.feed_keys import FeedConfig as FeedConfig
from tuireader.config.files import Paths as Paths
from tuireader.config.files import config_exists as config_exists
from tuireader.config.files import paths as paths
from tuireader.config.loading import load as load
from tuireader.config.loading import loads as loads
from tuireader.config.problems import Problem as Problem
from tuireader.config.shape import Config as Config
from tuireader.config.shape import MacroConfig as MacroConfig
from tuireader.config.shape import MuteConfig as MuteConfig
from tuireader.config.shape import NotifyConfig as NotifyConfig
from tuireader.config.shape import Reference as Reference
from tuireader.config.shape import UiConfig as UiConfig
from tuireader.config.shape import ViewConfig as ViewConfig
from tuireader.config.shape import WatchConfig as WatchConfig
from tuireader.config.shape import reference as reference
from tuireader.config.shape import tables as tables
