"""Match watches with articles, with evidence.

All terms of all watches form one vocabulary. Only terms that share a word with an article are searched for by
their exact rules, so 10,000 terms cost hardly more than ten.
"""

from tuireader.query import Subject
from tuireader.watch.advice import advice, mute_advice
from tuireader.watch.aliases import aliases
from tuireader.watch.lookup import lookup, prefilter
from tuireader.watch.matcher import Matcher
from tuireader.watch.rulebook import Decided, RuleBook, rule_book
from tuireader.watch.rules import WatchRule, signature

__all__ = [
    "Decided", "Matcher", "RuleBook", "Subject", "WatchRule", "advice", "aliases", "lookup", "mute_advice",
    "prefilter", "rule_book", "signature",
]  # fmt: skip
