"""Regular expressions that would take all memory while they are compiled: refused, with their place."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import for_each
from tuireader.config import loads
from tuireader.query import compiled, parse, regex_problem
from tuireader.query.regexes import LARGEST, size


@for_each(
    ("pattern", "place"),
    [
        ("a{100000000}", 1),
        ("(?:(?:a{1000}){1000}){1000}", 14),
        ("x" * 10_001, 10_000),
        ("(?x)a { 1 0 0 0 0 0 }", 6),
        ("(?x)a{#\n100000}", 5),
        ("(?x)a{100} b{ 100 }", 12),
        ("#(a{1000}){1000}", 10),
        ("{9}" * 300_000, 10_000),
        ("(?:a{1000})(?i){1000}", 15),
        ("(?#()a{100}b{300}", 12),
        ("[]a[:alpha:](]x{5000}y{5000}", 22),
        ("(?V1)[(]{100}[)]{200}", 8),
        ("(?f)[a-\uffff]{1000}", 9),
        ("(?f)" + "[a-z]" * 60, 304),
        (r"\X{5000}", 2),
        ("a{5000}){5000}", 1),
        ("((a{5000}){5000}", 3),
        ("(?=a{10000})", 4),
        ("(?:ab){e<=3}(?:c{500}){500}", 22),
        ("a{2000}b{3000}c{4000}d{5000}", 22),
    ],
)
def test_a_pattern_that_would_take_all_memory_is_refused_with_its_place(pattern: str, place: int) -> None:
    assert regex_problem(pattern) == (
        "the regular expression is too large: with its repeats expanded "
        f"it has more than 10,000 characters, at position {place}"
    )
    with pytest.raises(ValueError, match="too large"):
        compiled(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        r"foo\b.{0,100000}bar",
        r"(?i).{200}x{200}",
        "#{200}x{200}",
        r"[[:alpha:]]{200}[^\[\]]{200}[]a[:digit:](]{200}",
        r"""(?x) [0-9a-f]{8} - [0-9a-f]{4} - [0-9a-f]{4}  # {400}
        - [0-9a-f]{4} - [#]{50}""",
        r"(?:\w+\W+){500}",
        r"[(]{1000}x{3000}\({100}\[{1000}",
        r"(?x) (?: Kumo | Tencent ) .{5} # {10}",
        "a{b}{x{1",
        "(?P<year>[0-9]{4})-(?P<month>[0-9]{2})(?(month)[a-z]{300}|[A-Z]{300})",
    ],
)
def test_other_patterns_are_compiled(pattern: str) -> None:
    assert regex_problem(pattern) == ""


_QUANTIFIERS = st.sampled_from([
    "", "", "?", "*", "+", "++", "{2}", "{3,5}", "{50}", "{1,}", "{0,1000}", "{100}", "{ 7 }", "{4000}",
    "{e<=2}",
])  # fmt: skip
_ATOMS = st.sampled_from([
    "a", "ß", ".", r"\d", r"\w", r"\p{L}", "[a-z]", "[^a]", r"[\x00-\uffff]", "[[:alpha:]]", "[]a]", "[^]]",
    "(?:)", "^", "$", r"\b", r"\R", r"\X", "ffi", "[[a-z]--[aeiou]]", "(?1)", "(?R)?", r"\1", "(?#x(]",
    "(?i)", "(?f)", "(?V1)", "(?x)", "#c(\n", "\x20", "[(]", r"\(", r"\)", "[)]", r"\[", "{", "}", "{,}",
    r"\K", "(*FAIL)", "𐐀",
])  # fmt: skip
_OPENINGS = st.sampled_from([
    "(", "(?:", "(?=", "(?!", "(?<=", "(?<!", "(?>", "(?|", "(?if:", "(?V1:", "(?x:", "(?P<n>", "(?(1)",
    "(?b)(?:",
])  # fmt: skip
_PATTERNS = st.recursive(
    _ATOMS,
    lambda inner: st.one_of(
        st.lists(st.tuples(inner, _QUANTIFIERS), max_size=4).map(lambda all: "".join(map("".join, all))),
        st.tuples(_OPENINGS, inner, _QUANTIFIERS).map(lambda all: f"{all[0]}{all[1]}){all[2]}"),
        st.lists(inner, min_size=1, max_size=3).map(lambda all: f"(?:{'|'.join(all)})"),
    ),
    max_leaves=12,
)


def test_what_is_accepted_is_compiled_in_little_memory(tmp_path: Path) -> None:
    """Random patterns, made as large as they may be, by a process that may take 60 MB more than it has."""
    found: list[str] = []

    @given(_PATTERNS)
    @settings(max_examples=60, database=None)
    def gather(pattern: str) -> None:
        times = LARGEST // (size(pattern)[0] + 20)
        found.append(f"(?:{pattern}){{{times}}}" if times > 1 else pattern)
        found.append(pattern * min(times, LARGEST // (len(pattern) + 1)))

    gather()
    accepted = [pattern for pattern in found if size(pattern)[0] <= LARGEST]
    assert len(accepted) > 60
    file = tmp_path / "patterns"
    file.write_text(json.dumps(accepted), encoding="utf-8")
    command = [sys.executable, "-W", "ignore", "-c", _COMPILE_ALL, str(file)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.stdout == "done\n", run.stdout + run.stderr


_COMPILE_ALL = r"""
import json, pathlib, re, resource, sys
import regex

def pages(name):
    return int(re.search(name + r":\s+(\d+) kB", pathlib.Path("/proc/self/status").read_text())[1]) << 10

regex.compile("a")
most = pages("VmSize") + (60 << 20)
resource.setrlimit(resource.RLIMIT_AS, (most, most))
for pattern in json.loads(pathlib.Path(sys.argv[1]).read_text("utf-8")):
    try:
        regex.compile(pattern, regex.IGNORECASE, cache_pattern=False)
    except MemoryError:
        print("too much memory for", ascii(pattern))
    except (regex.error, RecursionError, ValueError):
        pass
print("done")
"""


def test_every_place_for_a_pattern_refuses_it() -> None:
    config, problems = loads("""
        [[watch]]
        name = "Fines"
        query = "fine OR /(?:a{1000}){1000}/"
        [[mute]]
        query = "title:/a{100000000}/"
        [[view]]
        name = "All"
        query = "/[a-z]{20000}/"
    """)
    assert [one.path for one in problems] == ["watch[1].query", "mute[1].query", "view[1].query"]
    assert all("too large" in one.message for one in problems)
    assert not (config.watches or config.mutes or config.views)
    assert "too large" in str(parse("fine /a{100000000}/"))


def test_all_patterns_of_a_configuration_together_are_bounded() -> None:
    watches = "".join(
        f'[[watch]]\nname = "{number}"\nany = ["/a{{9000}}/", "/b/"]\nquery = "x /c{{9}}/"\n'
        for number in range(40)
    )
    config, problems = loads(watches)
    assert len(config.watches) == 22
    assert [one.path for one in problems] == [f"watch[{number}].any" for number in range(23, 41)]
    assert all("total size" in one.message for one in problems)
