"""Classify a link in an article's text: an editor's further reading, a primary source, or a citation."""

from __future__ import annotations

import re
from functools import lru_cache

from tuireader.text.asides import ALSO

_ALSO = re.compile(
    rf"(?:^|[\s([（【「•·>*–—-])(?:{ALSO})\s*[:：\]）】」|–—-]?\s*$", re.IGNORECASE | re.VERBOSE
)
_REACH = 40  # characters before a link to look at
_ALSO_LABEL = re.compile(
    r"^(?:also\s+read|read\s+also|see\s+also|related|延伸阅读|相关阅读|関連記事)\s*[:：]", re.IGNORECASE
)

# Kind of source, hosts (including subdomains), paths; "" matches any.
_SOURCES = (
    ("advisory", "nvd.nist.gov cve.org cve.mitre.org msrc.microsoft.com kb.cert.org osv.dev", ""),
    (
        "advisory",
        "cisa.gov cert.europa.eu ncsc.gov.uk bsi.bund.de",
        r"advisor|alert|known-exploited|news-events",
    ),
    (
        "advisory",
        "ubuntu.com debian.org redhat.com suse.com apache.org openssl.org mozilla.org fortinet.com cisco.com",
        r"/security/|/psirt/",
    ),
    (
        "advisory",
        "",
        r"/security/advisories/|/advisories/GHSA-|/CVE-\d{4}-\d+|/security-bulletin|/security-advisor",
    ),
    ("filing", "sec.gov", r"/Archives/|/cgi-bin/browse-edgar|/ix\?doc="),
    ("filing", "hkexnews.hk company-information.service.gov.uk cninfo.com.cn sedarplus.ca", ""),
    (
        "court document",
        "courtlistener.com uscourts.gov supremecourt.gov supremecourt.uk curia.europa.eu bailii.org"
        " canlii.org judiciary.uk bundesverfassungsgericht.de caselaw.nationalarchives.gov.uk",
        "",
    ),
    ("court document", "justice.gov", r"/opa/media/|/file/"),
    (
        "law",
        "eur-lex.europa.eu legislation.gov.uk congress.gov npc.gov.cn legifrance.gouv.fr federalregister.gov"
        " gesetze-im-internet.de regulations.gov law.cornell.edu",
        "",
    ),
    ("law", "", r"/legal-content/"),
    (
        "paper",
        "arxiv.org doi.org openreview.net eprint.iacr.org biorxiv.org medrxiv.org ssrn.com aclanthology.org"
        " proceedings.mlr.press pubmed.ncbi.nlm.nih.gov",
        "",
    ),
    ("paper", "acm.org ieee.org usenix.org", r"/doi/|/document/\d|/presentation/|/system/files/"),
    (
        "standard",
        "rfc-editor.org ietf.org whatwg.org unicode.org ecma-international.org etsi.org itu.int",
        "",
    ),
    ("standard", "w3.org", r"/TR/"),
    ("standard", "iso.org", r"/standard/"),
    ("standard", "", r"/rfc/rfc\d+"),
    ("public body", "gov mil gc.ca govt.nz gv.at europa.eu bund.de admin.ch", ""),
)
_PUBLIC_BODY = re.compile(r"(?:^|\.)(?:gov|gob|gouv|go)\.[a-z]{2}$", re.IGNORECASE)
_ANY = re.compile("")
_SOURCE = [
    (name, tuple(f".{host}" for host in hosts.split()) or ("",), re.compile(path, re.IGNORECASE))
    for name, hosts, path in _SOURCES
]


def kind(url: str, label: str, context: str) -> str:
    """Classify a link as `also` (an editor's further reading), `source` (a law, filing, paper …) or `cite`.

    `context` is the text before the link on its line.
    """
    if _ALSO.search(context, max(0, len(context) - _REACH)) or _ALSO_LABEL.match(label):
        return "also"
    return "source" if source(url) else "cite"


def source(url: str) -> str:
    """Name the kind of primary source at an address, such as `law` or `advisory`; `""` if it is none."""
    _, _, location = url.partition("://")
    place, _, path = location.partition("/")
    host = place.rpartition("@")[2].partition(":")[0].rstrip(".").lower()
    path = f"/{path}"
    for name, paths in _sources_at(host):
        if paths.search(path):
            return name
    return ""


@lru_cache(maxsize=2048)
def _sources_at(host: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """List the kinds of sources at a host, each with its paths. Cached, as most links share a few hosts."""
    host = f".{host}"
    kinds = [(name, paths) for name, hosts, paths in _SOURCE if host.endswith(hosts)]
    return (*kinds, ("public body", _ANY)) if _PUBLIC_BODY.search(host) else tuple(kinds)
