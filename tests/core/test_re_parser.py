"""The private parser of `re`: known on this Python, and never relied on when it is not."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tuireader.query import re_parser, unmatchable_reason
from tuireader.query.literals import required_words


def test_the_parser_of_this_python_is_known() -> None:
    """If this fails on a new Python, look at what its parser returns now, and teach `re_parser` that."""
    assert re_parser.is_known()
    assert required_words("acquired by Tencent") == (("by", False), ("tencent", True))
    assert unmatchable_reason(r"x(?!)") == "(?!) never matches"
    assert unmatchable_reason(r"a^b") == "there is text before the start"


ASK = """
import re, sys
from types import SimpleNamespace
parser = re._parser
{change}
from tuireader.query import re_parser, regex_problem, unmatchable_reason
from tuireader.query.literals import required_words
print(re_parser.is_known(), required_words("acquired by Tencent"), repr(unmatchable_reason("x(?!)")))
"""


@pytest.mark.parametrize(
    "change",
    [
        "del re._parser; sys.modules['re._parser'] = None",
        "del re._constants; sys.modules['re._constants'] = None",
        "re._parser = SimpleNamespace()",
        "re._parser = SimpleNamespace(parse=lambda pattern: [('LITERAL', ord(x)) for x in pattern])",
        "re._parser = SimpleNamespace(parse=parser.parse)",
        "re._parser = SimpleNamespace(parse=lambda pattern: parser.parse(pattern.replace('?!', '?:')),"
        " SubPattern=parser.SubPattern)",
    ],
    ids=["no parser", "no constants", "no names", "other trees", "no widths", "never is nothing"],
)
def test_another_parser_is_not_relied_on(change: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ASK.format(change=change)], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False () ''\n"
