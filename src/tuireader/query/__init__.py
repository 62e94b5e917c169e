"""The expression language: parse text into a tree, match it with one article, or plan an index lookup.

Expressions are the same in the search box, in filters, watches and mutes, and on the command line: words (all
of them required), `"phrases"`, `OR`, `NOT` or `-`, `( )`, `NEAR/8`, `prefix*`, `/regex/`, the fields `title:
body: author: feed: folder: url: label: watch: note: id: enclosure:`, whole names as in `feed:="My feed"`,
`is:unread|read|starred|muted|today|subscribed|unsubscribed`, `has:audio|video|image|enclosure`, `lang:zh`,
`age:<3d`, `after:` and `before:` with a date. Operators are upper-case; `or` and `not` are words. Words and
phrases follow the rules of `lexicon`. Modules are imported on first use: the article list needs no plan.
"""

from typing import TYPE_CHECKING

from tuireader import lazy
from tuireader.model.fields import CASE_STATES as CASE_STATES
from tuireader.model.fields import FIELDS as FIELDS
from tuireader.model.fields import NAME_FIELDS as NAME_FIELDS
from tuireader.model.fields import STATES as STATES

if TYPE_CHECKING:
    from tuireader.query.advice import *  # noqa: F403
    from tuireader.query.evaluate import *  # noqa: F403
    from tuireader.query.fts_plan import *  # noqa: F403
    from tuireader.query.parser import *  # noqa: F403
    from tuireader.query.regexes import *  # noqa: F403
    from tuireader.query.renaming import *  # noqa: F403
    from tuireader.query.tree import *  # noqa: F403

__getattr__, __all__ = lazy.names(
    __name__,
    {
        "advice": ("Advice", "Names", "advise", "is_dead"),
        "evaluate": (
            "FoldedArticle", "Subject", "disabled_reason", "is_name", "matches", "merge_spans", "named_by",
            "named_watches", "node_matches", "spans", "value_matches",
        ),
        "fts_plan": ("Plan", "fts", "plan"),
        "parser": ("FIELD_NAMES", "parse"),
        "regexes": (
            "REGEX_TOTAL", "SlowRegex", "compiled", "regex_matches", "regex_problem", "regex_sizes",
            "regex_spans", "unmatchable_reason",
        ),
        "renaming": ("rename",),
        "tree": (
            "NAMED_DAYS", "OPERATORS", "And", "Dated", "Has", "Is", "Language", "Name", "Near", "Node",
            "Not", "Number", "Or", "Query", "QueryError", "Regex", "Text", "leaves", "phrase",
            "positive_terms", "quote", "required_terms", "start_of_day",
        ),
    },
)  # fmt: skip
