"""Secrets in what a server says: every spelling is replaced, and nothing else changes."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable
from functools import lru_cache
from itertools import product
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.servers.fake import PASSWORD, TOKEN, USER
from tuireader.sync.redaction import HIDDEN, Redaction

WIDE = str.maketrans("&<>?\\/,", "＆＜＞？＼／，")
SECRETS = [PASSWORD, TOKEN, 'pä/ß"wör\\d<1>', "zażółć 'gęślą' jaźń", "🔑 of the house", "AbC+/9==xyz&"]


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "quote": quote,
    "quote all": lambda text: quote(text, safe=""),
    "quote_plus": quote_plus,
    "lower quotes": lambda text: quote(text, safe="").replace("%2F", "%2f").replace("%C3", "%c3"),
    "quoted twice": lambda text: quote(quote(text, safe=""), safe=""),
    "base64": _base64,
    "base64 without padding": lambda text: _base64(text).rstrip("="),
    "base64 for addresses": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "base64, quoted": lambda text: quote(_base64(text), safe=""),
    "Basic": lambda text: _base64(f"{USER}:{text}"),
    "HTML": html.escape,
    "FreshRSS": lambda text: text.translate(WIDE),
    "HTML of FreshRSS": lambda text: html.escape(text).translate(WIDE),
    "HTML twice": lambda text: html.escape(html.escape(text)),
    "numbers of HTML": lambda text: "".join(f"&#{ord(char)};" for char in text),
    "hexadecimal numbers of HTML": lambda text: "".join(f"&#x{ord(char):X};" for char in text),
}
"""How a server may write a secret."""


def _like_go(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


JSON: dict[str, Callable[[object], str]] = {
    "Python": json.dumps,
    "Go": _like_go,
    "PHP": lambda value: json.dumps(value).replace("/", "\\/"),
}


@lru_cache(maxsize=50)
def redaction(secret: str, user: str = USER) -> Redaction:
    """The redaction of an account with one secret."""
    made = Redaction()
    made.add(secret, user)
    return made


@pytest.mark.parametrize("secret", SECRETS)
def test_each_spelling_is_replaced(secret: str) -> None:
    """In answers of servers that write JSON differently, and in their words."""
    for spelling, form in product(SPELLINGS, JSON):
        spelled = SPELLINGS[spelling](secret)
        body = JSON[form]({"title": f"before {spelled} after\n", "ids": [1, "2"]}).encode()
        answer = json.loads(redaction(secret).in_answer(body))
        assert answer == {"title": f"before {HIDDEN} after\n", "ids": [1, "2"]}, (spelling, form)
        assert redaction(secret).in_words(f"before {spelled} after") == f"before {HIDDEN} after", spelling


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_of_json_escapes_alone_is_replaced(secret: str) -> None:
    units = secret.encode("utf-16-be").hex()
    escaped = "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
    body = b'{"title": "' + escaped.encode() + b'"}'
    assert json.loads(redaction(secret).in_answer(body)) == {"title": HIDDEN}


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
secrets = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=8, max_size=20) | st.sampled_from(
    SECRETS
)


@settings(deadline=None)
@given(values, secrets, st.sampled_from(sorted(JSON)), st.sampled_from(sorted(SPELLINGS)))
def test_what_has_no_secret_stays_as_it_is(value: Any, secret: str, form: str, spelling: str) -> None:
    written = JSON[form]([value, {"entries": [], "published_at": 5}])
    hidden = redaction(secret).in_answer(written.encode()).decode()
    assert hidden == written or HIDDEN in hidden
    spelled = JSON[form]([value, SPELLINGS[spelling](secret)])
    if secret.strip() and not secret.isdecimal() and not secret.isalpha():
        with_secret = redaction(secret).in_answer(spelled.encode()).decode()
        assert HIDDEN in json.loads(with_secret)[-1]


@pytest.mark.parametrize(
    "secret", ["a", "news", "pass", "123456", "12345678", "20261129", "president", "PASSWORD"]
)
def test_a_common_word_is_replaced_only_in_words_about_the_account(secret: str) -> None:
    body = json.dumps({"id": 12345678, "title": f"The {secret} of {secret}s", "date": "20261129"}).encode()
    assert redaction(secret).in_answer(body) == body
    words = f"wrong password {secret}, {secret}s or ({secret})"
    hidden = f"wrong password {HIDDEN}, {secret}s or ({HIDDEN})"
    assert redaction(secret).in_words(words) == hidden
    assert redaction(secret).in_words(_base64(f"{USER}:{secret}")) == HIDDEN


@pytest.mark.parametrize("secret", ["published_at", "parsing_error", "error_message"])
def test_the_names_of_members_stay(secret: str) -> None:
    written = {"published_at": 1, "parsing_error_message": secret, "error_message": f'say "{secret}": no'}
    hidden = json.loads(redaction(secret).in_answer(json.dumps(written).encode()))
    assert hidden.keys() == written.keys()
    assert secret not in "".join(map(str, hidden.values()))


@pytest.mark.parametrize(
    ("secret", "text"),
    [
        ("nabcdefg1", "a\nabcdefg1"),
        ("00e4abcd1", "\u00e4abcd1"),
        ("uabc-1234", "\\uabc-1234"),
        ('t-1234567"', '"t-1234567'),
    ],
)
def test_no_escape_is_cut(secret: str, text: str) -> None:
    answer = json.loads(redaction(secret).in_answer(json.dumps([text, "after"]).encode()))
    assert answer[1] == "after" and answer[0] in (text, f"\\{HIDDEN}")


def test_the_name_of_the_user_is_no_secret() -> None:
    assert redaction("alice-in-wonderland", "alice-in-wonderland").in_words("alice-in-wonderland") != HIDDEN
    assert redaction(" ").in_words("a b") == "a b"


def test_hostile_answers_take_no_longer() -> None:
    """Runs that each pattern could start in again and again."""
    for run in (
        b"\\" * 2_000_000,
        b"&amp;" * 400_000,
        b"%25" * 600_000,
        b"&#0000" * 300_000,
        b'a pass word"' + b" " * 2_000_000,
    ):
        assert redaction("/ & % - '\\ a pass word").in_answer(run) == run
