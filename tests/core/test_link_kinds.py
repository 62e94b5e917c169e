"""What a link in a text is."""

from __future__ import annotations

import pytest

from tests.examples import for_each
from tuireader.document.link_kinds import kind, source


@for_each(
    ("url", "what"),
    [
        ("https://eur-lex.europa.eu/eli/reg/2016/679/oj", "law"),
        ("https://www.congress.gov/bill/117th-congress/house-bill/1", "law"),
        ("http://www.npc.gov.cn/npc/c30834/202108/a8c4e3672c74491a80b53a172bb753fe.shtml", "law"),
        ("https://www.sec.gov/Archives/edgar/data/1764757/000119312521194565/d1.htm", "filing"),
        ("https://www1.hkexnews.hk/listedco/listconews/sehk/2021/0727/2021072700123.pdf", "filing"),
        ("https://www.courtlistener.com/docket/17654423/united-states-v-google-llc/", "court document"),
        ("https://storage.courtlistener.com/recap/gov.uscourts.cand.1.pdf", "court document"),
        ("https://nvd.nist.gov/vuln/detail/CVE-2021-44228", "advisory"),
        ("https://www.cve.org/CVERecord?id=CVE-2021-44228", "advisory"),
        ("https://github.com/apache/logging-log4j2/security/advisories/GHSA-7rjr-3q55-vv33", "advisory"),
        ("https://github.com/advisories/GHSA-jfh8-c2jp-5v3q", "advisory"),
        ("https://msrc.microsoft.com/update-guide/vulnerability/CVE-2025-53770", "advisory"),
        ("https://www.cisa.gov/news-events/alerts/2025/07/20/alert", "advisory"),
        ("https://arxiv.org/abs/1706.03762", "paper"),
        ("https://doi.org/10.1145/3133956.3134027", "paper"),
        ("https://dl.acm.org/doi/10.1145/3133956", "paper"),
        ("https://www.rfc-editor.org/rfc/rfc9110", "standard"),
        ("https://www.w3.org/TR/webauthn-2/", "standard"),
        ("https://www.gov.uk/government/publications/x", "public body"),
        ("https://www.cac.gov.cn/2021-07/04/c_1627016782176163.htm", "public body"),
        ("https://www.bundesnetzagentur.bund.de/x", "public body"),
        ("https://user@www.ftc.gov:443/legal", "public body"),
    ],
)
def test_primary_sources_are_known_by_their_addresses(url: str, what: str) -> None:
    assert source(url) == what
    assert kind(url, "the notice", "It said in ") == "source"


@pytest.mark.parametrize(
    "url",
    [
        "https://technode.com/2021/07/27/wechat/",
        "https://www.gov.evil.com/CVE",
        "https://notarxiv.org/abs/1",
        "https://github.com/apache/logging-log4j2/issues/1",
        "https://example.org/?next=https://www.sec.gov/",
        "https://governance.example/laws",
        "mailto:press@sec.gov",
        "",
    ],
)
def test_other_addresses_are_no_primary_sources(url: str) -> None:
    assert source(url) == ""
    assert kind(url, "here", "It said ") == "cite"


def test_what_the_editor_names_is_also_read_even_if_it_is_a_source() -> None:
    assert kind("https://www.sec.gov/Archives/1", "The filing", "Also read: ") == "also"


PHRASES = """
Also read, also see, Also on, Read also, read more, Read next, read this, Read this next, See also, READ ALSO,
More on this, more about this story, Related, related stories, Related story, related article,
Related articles, related reading, Related coverage, related news, related post, Related posts, Recommended,
recommended reading, Further reading, You may also like, you might also like, Don’t miss, don't miss,
In case you missed it, Previously, earlier coverage,
Lesen Sie auch, lesen sie mehr, Mehr zum Thema, mehr dazu, Siehe auch,
Lire aussi, À lire, à lire aussi, Voir aussi, Lea también, Leer más, Ver también,
Leggi anche, Leia também, leia mais, Lees ook, Читайте также,
延伸阅读, 相关阅读, 相关文章, 推荐阅读, 另见, 更多阅读, 延伸閱讀, 相關閱讀, 相關文章,
あわせて読みたい, 関連記事, 관련 기사
"""


@pytest.mark.parametrize("tail", ["", ":", " ：", "] ", "\u3000–\t"])
def test_every_way_to_name_further_reading_is_known(tail: str) -> None:
    url, leads = (
        "https://news.example/1",
        [f"It ends. {phrase.strip()}{tail}" for phrase in PHRASES.split(",")],
    )
    assert [lead for lead in leads if kind(url, "Some title", lead) != "also"] == []
    assert [lead for lead in leads if kind(url, "Some title", f"{lead} 1") != "cite"] == []
