"""The expression language: parse text into a tree, match it with one article, or plan an index lookup.

Expressions are the same in the search box, in filters, watches and mutes, and on the command line: words (all
of them required), `"phrases"`, `OR`, `NOT` or `-`, `( )`, `NEAR/8`, `prefix*`, `/regex/`, the fields `title:
body: author: feed: folder: url: label: watch: note: id: enclosure:`, whole names as in `feed:="My feed"`,
`is:unread|read|starred|muted|today|subscribed|unsubscribed`, `has:audio|video|image|enclosure`, `lang:zh`,
`age:<3d`, `after:` and `before:` with a date. Operators are upper-case; `or` and `not` are words. Words and
phrases follow the rules of `lexicon`.
"""

from tuireader.model.fields import CASE_STATES as CASE_STATES
from tuireader.model.fields import FIELDS as FIELDS
from tuireader.model.fields import NAME_FIELDS as NAME_FIELDS
from tuireader.model.fields import STATES as STATES
from tuireader.query.advice import Advice as Advice
from tuireader.query.advice import Names as Names
from tuireader.query.advice import advise as advise
from tuireader.query.advice import is_dead as is_dead
from tuireader.query.evaluate import FoldedArticle as FoldedArticle
from tuireader.query.evaluate import Subject as Subject
from tuireader.query.evaluate import disabled_reason as disabled_reason
from tuireader.query.evaluate import is_name as is_name
from tuireader.query.evaluate import matches as matches
from tuireader.query.evaluate import merge_spans as merge_spans
from tuireader.query.evaluate import named_by as named_by
from tuireader.query.evaluate import named_watches as named_watches
from tuireader.query.evaluate import node_matches as node_matches
from tuireader.query.evaluate import spans as spans
from tuireader.query.evaluate import value_matches as value_matches
from tuireader.query.fts_plan import Plan as Plan
from tuireader.query.fts_plan import fts as fts
from tuireader.query.fts_plan import plan as plan
from tuireader.query.parser import FIELD_NAMES as FIELD_NAMES
from tuireader.query.parser import parse as parse
from tuireader.query.regexes import REGEX_TOTAL as REGEX_TOTAL
from tuireader.query.regexes import SlowRegex as SlowRegex
from tuireader.query.regexes import compiled as compiled
from tuireader.query.regexes import regex_matches as regex_matches
from tuireader.query.regexes import regex_problem as regex_problem
from tuireader.query.regexes import regex_sizes as regex_sizes
from tuireader.query.regexes import regex_spans as regex_spans
from tuireader.query.regexes import unmatchable_reason as unmatchable_reason
from tuireader.query.renaming import rename as rename
from tuireader.query.tree import NAMED_DAYS as NAMED_DAYS
from tuireader.query.tree import OPERATORS as OPERATORS
from tuireader.query.tree import And as And
from tuireader.query.tree import Dated as Dated
from tuireader.query.tree import Has as Has
from tuireader.query.tree import Is as Is
from tuireader.query.tree import Language as Language
from tuireader.query.tree import Name as Name
from tuireader.query.tree import Near as Near
from tuireader.query.tree import Node as Node
from tuireader.query.tree import Not as Not
from tuireader.query.tree import Number as Number
from tuireader.query.tree import Or as Or
from tuireader.query.tree import Query as Query
from tuireader.query.tree import QueryError as QueryError
from tuireader.query.tree import Regex as Regex
from tuireader.query.tree import Text as Text
from tuireader.query.tree import leaves as leaves
from tuireader.query.tree import phrase as phrase
from tuireader.query.tree import positive_terms as positive_terms
from tuireader.query.tree import quote as quote
from tuireader.query.tree import required_terms as required_terms
from tuireader.query.tree import start_of_day as start_of_day
