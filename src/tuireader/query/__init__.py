"""The expression language: text → tree → answer for one article, or plan for the full-text index.

The same text means the same in the search box, in filters, watches, mutes and on the command line: words (all
of them required), `"phrases"`, `OR`, `NOT` or `-`, `( )`, `NEAR/8`, `prefix*`, `/regex/`, the fields `title:
body: author: feed: folder: url: label: watch:`, whole names by `feed:="My feed"`,
`is:unread|read|starred|muted|today|subscribed`, `age:<3d`, `after:` and `before:` with a date. Operators are
in capitals; `or` and `not` are words. Words and phrases follow the rules of `lexicon`.
"""

from tuireader.query.advice import Advice, Names, advise, is_dead
from tuireader.query.evaluate import (
    FoldedArticle,
    Subject,
    disabled_reason,
    is_name,
    matches,
    merge_spans,
    node_matches,
    spans,
    value_matches,
)
from tuireader.query.fts_plan import Plan, fts, plan
from tuireader.query.parser import parse
from tuireader.query.regexes import (
    REGEX_TOTAL,
    SlowRegex,
    compiled,
    regex_problem,
    regex_sizes,
    regex_spans,
    unmatchable_reason,
)
from tuireader.query.renaming import rename
from tuireader.query.tree import (
    NAME_FIELDS,
    OPERATORS,
    STATES,
    TEXT_FIELDS,
    After,
    Age,
    And,
    Before,
    Is,
    Name,
    Near,
    Node,
    Not,
    Or,
    Query,
    QueryError,
    Regex,
    Text,
    leaves,
    mentions_state,
    phrase,
    positive_terms,
    required_terms,
    start_of_day,
)

__all__ = [
    "NAME_FIELDS", "OPERATORS", "REGEX_TOTAL", "STATES", "TEXT_FIELDS", "Advice", "After", "Age", "And",
    "Before", "FoldedArticle", "Is", "Name", "Names", "Near", "Node", "Not", "Or", "Plan", "Query",
    "QueryError", "Regex", "SlowRegex", "Subject", "Text", "advise", "compiled", "disabled_reason", "fts",
    "is_dead", "is_name", "leaves", "matches", "mentions_state", "merge_spans", "node_matches", "parse",
    "phrase", "plan", "positive_terms", "regex_problem", "regex_sizes", "regex_spans", "rename",
    "required_terms", "spans", "start_of_day", "unmatchable_reason", "value_matches",
]  # fmt: skip
