"""What a link in an article's text is: further reading set by the editor, a primary source, or a citation."""

from __future__ import annotations

import re

_ALSO = re.compile(
    r"""(?:^|[\s([（【「•·>*–—-])(?:
      also\s+(?:read|see|on)|read\s+(?:also|more|next|this(?:\s+next)?)|see\s+also
    | more\s+(?:on|about)\s+this(?:\s+story)?
    | related(?:\s+(?:stories|story|articles?|reading|coverage|news|posts?))?
    | recommended(?:\s+reading)?|further\s+reading
    | you\s+(?:may|might)\s+also\s+like|don['’]t\s+miss|in\s+case\s+you\s+missed\s+it
    | previously|earlier\s+coverage
    | lesen\s+sie\s+(?:auch|mehr)|mehr\s+(?:zum\s+thema|dazu)|siehe\s+auch
    | lire\s+aussi|à\s+lire(?:\s+aussi)?|voir\s+aussi
    | lea\s+también|leer\s+más|ver\s+también|leggi\s+anche|leia\s+(?:também|mais)|lees\s+ook|читайте\s+также
    | 延伸阅读|相关阅读|相关文章|推荐阅读|另见|更多阅读
    | 延伸閱讀|相關閱讀|相關文章|あわせて読みたい|関連記事|관련\s*기사
    )\s*[:：\]）】」|–—-]?\s*$""",
    re.IGNORECASE | re.VERBOSE,
)
_ALSO_LABEL = re.compile(
    r"^(?:also\s+read|read\s+also|see\s+also|related|延伸阅读|相关阅读|関連記事)\s*[:：]", re.IGNORECASE
)

_SOURCE_HOST = re.compile(
    r"""(?:^|\.)(?:gov|gov\.[a-z]{2}|gob\.[a-z]{2}|gouv\.[a-z]{2}|go\.(?:jp|kr|id|th)|mil|europa\.eu|eur-lex\.europa\.eu
      |bund\.de|admin\.ch|courtlistener\.com|arxiv\.org|doi\.org|nvd\.nist\.gov|cve\.org|cve\.mitre\.org|rfc-editor\.org
      |ietf\.org|datatracker\.ietf\.org|w3\.org|hkexnews\.hk|npc\.gov\.cn|regulations\.gov)$""",
    re.IGNORECASE | re.VERBOSE,
)
_SOURCE_PATH = re.compile(
    r"/security/advisories/|/advisories/GHSA-|/CVE-\d{4}-\d+|/Archives/edgar/|/legal-content/|/rfc/rfc\d+|/security-bulletin",
    re.IGNORECASE,
)


def kind(url: str, label: str, context: str) -> str:
    """`also` (further reading set by the editor), `source` (a law, filing, advisory, paper) or `cite`.

    `context` is the text of the same line before the link.
    """
    if _ALSO.search(context) or _ALSO_LABEL.match(label):
        return "also"
    return "source" if is_primary(url) else "cite"


def is_primary(url: str) -> bool:
    """Whether an address is that of a public body, a court, a paper, an advisory or a filing."""
    _, _, rest = url.partition("://")
    place, _, path = rest.partition("/")
    host = place.rpartition("@")[2].partition(":")[0]
    return bool(_SOURCE_HOST.search(host) or _SOURCE_PATH.search(f"/{path}"))
