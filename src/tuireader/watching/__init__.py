"""What a person does with watches: look at how they do, try one out, have one or an alias proposed, be told.

The glue between the store and the pure `watch`, for the library. A start needs only the rules.
"""

from typing import TYPE_CHECKING

from tuireader import later
from tuireader.watching.rules import ended, quiet_days, rule_of, rules

if TYPE_CHECKING:
    from tuireader.watching.advising import names, of_config, of_mute, of_text, of_watch
    from tuireader.watching.naming import name_of
    from tuireader.watching.proposing import aliases, suggest
    from tuireader.watching.reports import Remark, Report, hits_of, lint, report
    from tuireader.watching.snippets import snippets
    from tuireader.watching.standing import stats
    from tuireader.watching.telling import claim
    from tuireader.watching.trial import Trial

__all__ = [
    "Remark", "Report", "Trial", "aliases", "claim", "ended", "hits_of", "lint", "name_of", "names",
    "of_config", "of_mute", "of_text", "of_watch", "quiet_days", "report", "rule_of", "rules", "snippets",
    "stats", "suggest",
]  # fmt: skip

__getattr__ = later.names(
    __name__,
    {
        "advising": ("names", "of_config", "of_mute", "of_text", "of_watch"),
        "naming": ("name_of",),
        "proposing": ("aliases", "suggest"),
        "reports": ("Remark", "Report", "hits_of", "lint", "report"),
        "snippets": ("snippets",),
        "standing": ("stats",),
        "telling": ("claim",),
        "trial": ("Trial",),
    },
)
