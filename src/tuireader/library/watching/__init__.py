"""What a person does with watches: look at how they do, try one out, have one or an alias proposed, be told.

The glue between the store and the pure `watch`, for the library. A start needs only the rules.
"""

from typing import TYPE_CHECKING

from tuireader import lazy
from tuireader.library.watching.rules import ended, quiet_days, rule_of, rules

if TYPE_CHECKING:
    from tuireader.library.watching.advice import names, of_config, of_mute, of_text, of_watch
    from tuireader.library.watching.notices import claim
    from tuireader.library.watching.proper_names import name_of
    from tuireader.library.watching.reports import Remark, Report, hits_of, lint, report
    from tuireader.library.watching.snippets import snippets
    from tuireader.library.watching.stats import stats
    from tuireader.library.watching.suggestions import aliases, suggest
    from tuireader.library.watching.trial import Trial

__all__ = [
    "Remark", "Report", "Trial", "aliases", "claim", "ended", "hits_of", "lint", "name_of", "names",
    "of_config", "of_mute", "of_text", "of_watch", "quiet_days", "report", "rule_of", "rules", "snippets",
    "stats", "suggest",
]  # fmt: skip

__getattr__ = lazy.names(
    __name__,
    {
        "advice": ("names", "of_config", "of_mute", "of_text", "of_watch"),
        "proper_names": ("name_of",),
        "suggestions": ("aliases", "suggest"),
        "reports": ("Remark", "Report", "hits_of", "lint", "report"),
        "snippets": ("snippets",),
        "stats": ("stats",),
        "notices": ("claim",),
        "trial": ("Trial",),
    },
)
