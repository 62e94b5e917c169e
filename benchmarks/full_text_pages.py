"""Pages as sites make them, each with its article marked by hand: what `full_text.py` is measured on.

The article stands between ⟦ and ⟧, several times where something else lies between its parts. The layouts are
written after what news sites, blogs, forums, documentation and portals send today; prose is from `newsgen`.
"""

# ruff: noqa: E501 (a page is easier to read with its tags in one line)

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator

import newsgen

_CHANCE = random.Random("pages-1")
_LINK_TITLES = ("Ministers meet over budget", "Storm closes two ports", "Rail strike called off", "Club signs keeper",
                "Ten gardens to visit", "Why bread costs more", "Lottery numbers", "Your letters", "Film of the week")  # fmt: skip


def prose(paragraphs: int, language: str = "en") -> list[str]:
    """Sentences in paragraphs, without tags."""
    found: list[str] = []
    while len(found) < paragraphs:
        html = newsgen.article(_CHANCE.randrange(500), _CHANCE.randrange(5000), language).html
        _, *rest = re.findall(r"<p>(.*?)</p>", html, re.DOTALL)  # the first is a formula
        found += [re.sub(r"<[^>]+>", "", one).strip() for one in rest]
    return found[:paragraphs]


def paras(number: int, language: str = "en") -> str:
    """Paragraphs of prose."""
    return "".join(f"<p>{one}</p>\n" for one in prose(number, language))


def links(number: int) -> str:
    """Items of a list of links to other articles."""
    chosen = [_CHANCE.choice(_LINK_TITLES) for _ in range(number)]
    return "".join(f'<li><a href="/story/{n}">{title} {n}</a></li>' for n, title in enumerate(chosen))


NAV = f'<header class="site-header"><a href="/">The Quay</a><nav class="main-nav"><ul>{links(9)}</ul></nav></header>'
FOOT = (
    '<footer class="site-footer"><p>© 2026 The Quay. All rights reserved. Terms, privacy and imprint.</p>'
    f"<ul>{links(6)}</ul></footer>"
)
SHARE = '<div class="share-buttons"><span>Share this</span><a href="#">Facebook</a><a href="#">Mail</a></div>'
LETTER = (
    '<div class="newsletter-signup"><h3>Never miss a story</h3><p>Sign up for our morning letter, free of charge, and '
    "get the news before breakfast.</p><form><input type=email><button>Sign up</button></form></div>"
)
READ_TOO = f'<aside class="related-articles"><h3>Related stories</h3><ul>{links(4)}</ul></aside>'
COMMENTS = (
    '<section id="comments" class="comments-area"><h2>3 comments</h2><ol class="comment-list">'
    + "".join(f'<li class="comment"><b>reader{n}</b><p>{one}</p></li>' for n, one in enumerate(prose(3)))
    + "</ol></section>"
)
COOKIES = (
    '<div id="cookie-banner" class="cookie-consent"><h2>We value your privacy</h2><p>We and our 814 partners store and '
    "access information on your device, such as cookies, to show personalised advertisements. You may accept all, or "
    "manage your choices at any time in the settings.</p><button>Accept all</button><button>Reject</button></div>"
)
SIDE = f'<aside class="sidebar"><h3>Most read</h3><ol>{links(7)}</ol><p>Advertisement</p></aside>'
TITLE = "Harbour council votes on the ferry line"


def page(body: str, title: str = TITLE, head: str = "") -> str:
    """A whole document."""
    return f'<!doctype html><html lang="en"><head><title>{title} | The Quay</title>{head}</head><body>{body}</body></html>'


def news() -> str:
    return page(
        f'{COOKIES}{NAV}<main><article class="story"><h1>{TITLE}</h1><p class="byline">By A. Quist</p>{SHARE}'
        "⟦<figure><img src=/q.jpg><figcaption>The quay at dawn. Photo: B. Lund</figcaption></figure>"
        f"<p class=lead>{prose(1)[0]}</p>{paras(4)}<h2>What it costs</h2>{paras(3)}⟧{LETTER}⟦{paras(2)}⟧{READ_TOO}"
        f"</article>{SIDE}</main>{COMMENTS}{FOOT}"
    )


def news_in_divs() -> str:
    body = "".join(f'<div class="c-body__p">{one}</div>' for one in prose(7))
    return page(
        f'<div class="l-top">{NAV}</div><div class="l-grid"><div class="l-main"><div class="c-head"><div class="c-kicker">'
        f'Region</div><h1>{TITLE}</h1></div><div class="c-body">⟦{body}⟧</div><div class="c-tags">Tags: <a href=/t/1>ferry'
        f'</a> <a href=/t/2>council</a></div></div><div class="l-side">{SIDE}</div></div>{FOOT}'
    )


def wordpress_blog() -> str:
    return page(
        f'{NAV}<div id="primary"><main><article class="post-12 post type-post hentry category-sea"><header class="entry-header">'
        f'<h1 class="entry-title">{TITLE}</h1><div class="entry-meta">Posted on 3 May by Ada</div></header><div class="entry-content">'
        f"⟦{paras(5)}<blockquote><p>{prose(1)[0]}</p></blockquote>{paras(2)}⟧"
        '<div class="sharedaddy sd-sharing-enabled"><h3>Share this:</h3><ul><li><a href="#">Click to share</a></li></ul></div>'
        f'</div><footer class="entry-footer">Posted in <a href="/sea">Sea</a></footer></article><nav class="post-navigation">'
        f'<a href="/p">Previous: Tides</a><a href="/n">Next: Winds</a></nav>{COMMENTS}</main></div>{SIDE}{FOOT}'
    )


def bare_blog() -> str:
    return page(
        f"<p><a href=/>home</a> · <a href=/about>about</a></p><h1>{TITLE}</h1>⟦{paras(6)}<pre>make quay\nmake ferry</pre>{paras(1)}⟧<hr><p>2026</p>"
    )


def forum() -> str:
    posts = "".join(
        f'<div class="topic-post"><div class="poster"><a href="/u/{n}">sailor{n}</a> <span>Regular</span></div>'
        f'<div class="cooked">⟦{paras(2)}⟧</div><div class="actions"><button>Like</button> <button>Reply</button></div></div>'
        for n in range(6)
    )
    return page(
        f'{NAV}<div class="topic"><h1>{TITLE}</h1>{posts}</div><div class="suggested-topics"><h3>Suggested topics</h3><ul>{links(5)}</ul></div>{FOOT}'
    )


def documentation() -> str:
    code = (
        '<pre><code class="language-python">from quay import Ferry\nFerry("north").depart(at=8)</code></pre>'
    )
    table = (
        "<table><thead><tr><th>Option</th><th>Meaning</th></tr></thead>"
        + "".join(
            f"<tr><td><code>--opt{n}</code></td><td>{one[:60]}</td></tr>" for n, one in enumerate(prose(6))
        )
        + "</table>"
    )
    return page(
        f'<div class="md-header">{NAV}</div><div class="md-sidebar"><nav><ul>{links(14)}</ul></nav></div><div class="md-content"><article class="md-typeset">'
        f"⟦<h1>Departing</h1>{paras(2)}{code}{paras(1)}<h2>Options</h2>{table}{paras(1)}<ul><li>One ferry</li><li>Two ferries at most</li></ul>⟧"
        f'</article></div><div class="md-toc"><ul>{links(5)}</ul></div>{FOOT}'
    )


def chinese_news() -> str:
    return page(
        f'<div class="header"><ul>{"".join(f"<li><a href=/{n}>频道{n}</a></li>" for n in range(10))}</ul></div><div class="main"><h1>渡轮新线开通</h1>'
        f'<div class="info">2026-05-03 来源：港口日报 编辑：王敏</div><div class="article-content" id="content">⟦{paras(6, "zh")}⟧</div>'
        '<div class="recommend"><h3>相关阅读</h3><ul><li><a href=/a>港口扩建</a></li><li><a href=/b>船票涨价</a></li></ul></div></div><div class="footer">版权所有 京ICP备00000号</div>',
        "渡轮新线开通",
    )


def japanese_news() -> str:
    return page(
        f"<header><nav><a href=/>トップ</a><a href=/k>経済</a><a href=/s>社会</a></nav></header><main><article><h1>フェリー新航路</h1><time>2026年5月3日</time>"
        f'<div class="articleBody">⟦{paras(5, "ja")}⟧</div><div class="sns"><a href=#>ポスト</a><a href=#>シェア</a></div></article><section class="ranking">'
        "<h2>アクセスランキング</h2><ol><li><a href=/1>港の花火</a></li><li><a href=/2>台風接近</a></li></ol></section></main><footer>© 港新聞社 無断転載を禁じます</footer>",
        "フェリー新航路",
    )


def korean_portal() -> str:
    body = "<br><br>".join(prose(6, "ko"))
    return page(
        f'<div id="gnb"><a href=/>뉴스</a><a href=/e>경제</a></div><div id="dic_area" class="go_trans">⟦{body}⟧</div><div class="promotion">구독하고 메인에서 바로 보세요</div>'
        '<div class="u_likeit"><a href=#>쏠쏠정보</a><a href=#>추천</a></div><div class="copyright">Copyright ⓒ 항구일보. 무단 전재 및 재배포 금지.</div>'
    )


def paywall() -> str:
    return page(
        f'{NAV}<article><h1>{TITLE}</h1><div class="article__body">⟦{paras(2)}⟧<div class="paywall"><h2>Read on with a subscription</h2><p>Subscribe '
        "for one euro a week and read every article. Already a subscriber? Log in.</p><button>Subscribe</button></div></div></article>"
        + FOOT,
        head='<script type="application/ld+json">{"isAccessibleForFree":false}</script>',
    )


def consent_over_article() -> str:
    long = COOKIES.replace(
        "You may accept all",
        " ".join(["Partners may use precise location data and scan devices."] * 8) + " You may accept all",
    )
    return page(
        f'<div class="modal-overlay">{long}</div>{NAV}<main><article><h1>{TITLE}</h1>⟦{paras(4)}⟧</article></main>{FOOT}'
    )


def live_blog() -> str:
    entries = "".join(
        f'<div class="live-entry" id="e{n}">⟦<h3>{9 + n // 4}:{n % 4}5 Update</h3>{paras(1)}⟧{SHARE}</div>'
        for n in range(12)
    )
    return page(
        f'{NAV}<main><h1>Live: {TITLE}</h1><div class="live-summary">⟦<ul><li>{"</li><li>".join(prose(3))}</li></ul>⟧</div><div class="live-blog">{entries}</div></main>{SIDE}{FOOT}'
    )


def list_article() -> str:
    items = "".join(
        f"⟦<h2>{n}. Harbour number {n}</h2><img src=/{n}.jpg>{paras(1)}<ul><li>Ferry: hourly</li><li>Berths: {40 + n}</li></ul>⟧"
        + (
            f'<div class="ad-slot"><p>Advertisement: boats for sale at Lund and Sons, the best in town {n}.</p></div>'
            if n % 3 == 0
            else ""
        )
        for n in range(1, 11)
    )
    return page(f"{NAV}<article><h1>The ten best harbours</h1>⟦{paras(1)}⟧{items}</article>{READ_TOO}{FOOT}")


def results_table() -> str:
    rows = "".join(
        f"<tr><td>{n}</td><td>Boat {n} of {_CHANCE.choice(newsgen.LAST)}</td><td>{n * 7 % 60} min</td></tr>"
        for n in range(1, 31)
    )
    return page(
        f'{NAV}<article><h1>Regatta results</h1>⟦{paras(1)}<table class="results"><tr><th>Place</th><th>Boat</th><th>Time</th></tr>{rows}</table>{paras(1)}⟧</article>{SIDE}{FOOT}'
    )


def footnotes() -> str:
    notes = "".join(
        f'<li id="fn{n}"><p>{one} <a href="#r{n}">↩</a></p></li>' for n, one in enumerate(prose(4))
    )
    text = "".join(
        f'<p>{one}<sup id="r{n}"><a href="#fn{n}">{n}</a></sup></p>' for n, one in enumerate(prose(6))
    )
    return page(
        f'{NAV}<article><h1>{TITLE}</h1><div class="content">⟦{text}⟧</div><section class="footnotes"><hr><ol>⟦{notes}⟧</ol></section></article>{FOOT}'
    )


def short_note() -> str:
    return page(
        f"{NAV}<main><article><h1>Quay closed</h1>⟦<p>The north quay is closed until Friday because of the swell. The ferry leaves from the fish quay.</p>⟧</article></main>{SIDE}{FOOT}"
    )


def press_release() -> str:
    body = "<br><br>\n".join(prose(7))
    return page(
        f'<table><tr><td class="menu"><ul>{links(8)}</ul></td><td class="text"><h2>{TITLE}</h2>⟦{body}<br><br>Contact: press@quay.example, 555-0123⟧</td></tr></table><p class="small">Disclaimer. Imprint.</p>'
    )


def recipe() -> str:
    return page(
        f'{NAV}<main><h1>Fish soup of the quay</h1><div class="recipe-intro">⟦{paras(2)}⟧</div>{SHARE}<div class="wprm-recipe">⟦<h3>Ingredients</h3><ul><li>1 kg cod</li><li>3 leeks</li><li>200 ml cream</li></ul>'
        f'<h3>Method</h3><ol><li>{"</li><li>".join(prose(4))}</li></ol>⟧</div><div class="rating">Rate this recipe: 4.6 of 312 votes</div></main>{COMMENTS}{FOOT}'
    )


def interview() -> str:
    talk = "".join(
        f"<p><strong>{q[:70]}?</strong></p><p>{a}</p>" for q, a in zip(prose(6), prose(6), strict=True)
    )
    return page(
        f'{NAV}<div class="article-wrapper"><h1>{TITLE}</h1><div class="standfirst">⟦<p>{prose(1)[0]}</p>⟧</div><div class="article-text">⟦{talk}⟧</div></div>{READ_TOO}{FOOT}'
    )


def old_tables() -> str:
    return page(
        f"<center><table width=780><tr><td width=140 valign=top><font size=1>{'<br>'.join(f'<a href=/{n}>Section {n}</a>' for n in range(12))}</font></td>"
        f"<td valign=top><font face=Arial><b>{TITLE}</b><p>⟦{'<p>'.join(prose(7))}⟧</font></td><td width=120><font size=1>Advertisement<br>Buy boats</font></td></tr></table></center>"
    )


def gallery() -> str:
    figures = "".join(
        f"<figure><img src=/{n}.jpg><figcaption>{one}</figcaption></figure>" for n, one in enumerate(prose(8))
    )
    return page(f"{NAV}<article><h1>The quay in pictures</h1>⟦{paras(1)}{figures}⟧</article>{SIDE}{FOOT}")


def questions() -> str:
    answers = "".join(
        f'<div class="answer"><div class="votes">{9 - n} votes</div><div class="s-prose js-post-body">⟦{paras(2)}<pre><code>ferry --north {n}</code></pre>⟧</div><div class="user-card">answered by user{n}</div></div>'
        for n in range(3)
    )
    return page(
        f'{NAV}<div id="question"><h1>How do I moor?</h1><div class="votes">12 votes</div><div class="s-prose js-post-body">⟦{paras(2)}⟧</div></div><div id="answers"><h2>3 Answers</h2>{answers}</div><div id="sidebar"><h4>Related</h4><ul>{links(8)}</ul></div>{FOOT}'
    )


def changelog() -> str:
    versions = "".join(
        f"<h2>{9 - n}.0</h2><ul>"
        + "".join(
            f'<li>{one[:70]} (<a href="/issue/{n}{m}">#{n}{m}</a>)</li>' for m, one in enumerate(prose(5))
        )
        + "</ul>"
        for n in range(5)
    )
    return page(f'{NAV}<div class="markdown-body"><h1>Changelog</h1>⟦{versions}⟧</div>{FOOT}')


def court_decision() -> str:
    numbered = "".join(
        f'<div class="para"><span class="no">{n}</span><div class="txt">{one}</div></div>'
        for n, one in enumerate(prose(14), 1)
    )
    return page(
        f'{NAV}<div class="judgment"><h1>Case C-12/26</h1>⟦{numbered}<p>On those grounds, the Court hereby rules: the ferry is a public service.</p>⟧</div><div class="print-only">Printed from the register</div>{FOOT}'
    )


def interrupted() -> str:
    parts = "".join(
        f'⟦{paras(2)}⟧<p class="also-read">Also read: <a href="/x{n}">Rail strike called off</a></p><div class="advert-block"><span>Advertisement</span><p>Lund boats: buy now, pay later.</p></div>'
        for n in range(4)
    )
    return page(
        f'{NAV}<article><h1>{TITLE}</h1><div itemprop="articleBody">{parts}</div></article>{SIDE}{FOOT}'
    )


def release_page() -> str:
    return page(
        f'<div class="AppHeader">{NAV}</div><div class="repo-nav"><ul>{links(7)}</ul></div><div class="Box"><h1>v2.1.0</h1><div class="markdown-body">⟦<p>{prose(1)[0]}</p><h3>Fixes</h3><ul><li>{"</li><li>".join(one[:80] for one in prose(6))}</li></ul>'
        f'<pre><code>pip install ferry==2.1.0</code></pre>⟧</div><div class="assets"><h3>Assets 2</h3><ul><li><a href=/zip>Source code (zip)</a></li></ul></div></div>{FOOT}'
    )


def sections() -> str:
    return page(
        f'{NAV}<main><h1>{TITLE}</h1><section>⟦{paras(3)}⟧<aside class="pullquote">Nobody will be left on the quay</aside></section><section>⟦<h2>How it came about</h2>{paras(3)}⟧</section>'
        f'<section class="infobox">⟦<h3>In short</h3><ul><li>{"</li><li>".join(prose(3))}</li></ul>⟧</section><section>⟦<h2>What now</h2>{paras(2)}⟧</section>{LETTER}</main>{FOOT}'
    )


def amp() -> str:
    return page(
        f'<amp-sidebar><ul>{links(6)}</ul></amp-sidebar><header>The Quay</header><article class="amp-wp-article"><h1>{TITLE}</h1><div class="amp-wp-article-content">⟦<amp-img src=/a.jpg></amp-img>{paras(6)}⟧</div></article><footer class="amp-wp-footer">Back to top</footer>'
    )


def french_news() -> str:
    texts = ["Le conseil du port a voté mardi la création d’une ligne de ferry vers l’île.", "Les tarifs resteront inchangés jusqu’en septembre, selon la mairie, malgré la hausse du carburant.",
             "Les pêcheurs craignent toutefois une gêne pour leurs manœuvres à l’aube.", "Une enquête publique sera ouverte au mois de juin, a précisé la préfecture."] * 2  # fmt: skip
    boxed = "".join(f"<p>{one}</p>" for one in texts[:4])
    return page(
        f'{NAV}<article class="article__content"><h1>Une ligne de ferry</h1>⟦{boxed}⟧<section class="inread related"><p>À lire aussi : <a href=/z>Le prix du pain</a></p></section>⟦<p>{"</p><p>".join(texts[4:])}</p>⟧</article>'
        f'<section class="services">Le Quai jeux, boutique, formations et annonces légales</section>{FOOT}'
    )


def podcast() -> str:
    transcript = "".join(f"<p><b>{'Ada' if n % 2 else 'Bo'}:</b> {one}</p>" for n, one in enumerate(prose(9)))
    return page(
        f'{NAV}<main><h1>Episode 12</h1><div class="player"><button>Play</button> 00:00 / 42:10</div><div class="show-notes">⟦{paras(1)}⟧</div><h2>Transcript</h2><div class="transcript">⟦{transcript}⟧</div></main>{FOOT}'
    )


def newsletter() -> str:
    cells = "".join(
        f'<tr><td style="padding:9px"><table><tr><td>⟦<h2>Part {n}</h2>{paras(2)}⟧</td></tr></table></td></tr>'
        for n in range(4)
    )
    return page(
        f'<table width="100%"><tr><td><table width=600><tr><td>View in browser</td></tr>{cells}<tr><td>You receive this letter because you signed up. Unsubscribe.</td></tr></table></td></tr></table>'
    )


def portal_of_divs() -> str:
    """No helpful names, an article in nested boxes beside long teasers of others."""
    teasers = "".join(
        f'<div class="x7"><a href="/s{n}">{_LINK_TITLES[n]}</a><div>{one}</div></div>'
        for n, one in enumerate(prose(5))
    )
    inner = "".join(f'<div class="x3"><span>{one}</span></div>' for one in prose(8))
    return page(
        f'<div class="x1"><div class="x2"><ul>{links(10)}</ul></div><div class="x4"><div class="x5"><h1>{TITLE}</h1><div>⟦{inner}⟧</div></div><div class="x6">{teasers}</div></div></div>'
    )


def more_below() -> str:
    """An article in the same box as its author and the beginnings of others."""
    more = "".join(
        f'<div class="card"><h3><a href="/m{n}">{_LINK_TITLES[n]}</a></h3><p>{one[:160]} …</p></div>'
        for n, one in enumerate(prose(6))
    )
    return page(
        f'{NAV}<main><h1>{TITLE}</h1><div class="text">⟦{paras(5)}⟧</div><div class="author-box"><h4>A. Quist</h4><p>Writes about harbours since 2009, lives on a boat '
        f'and keeps two cats.</p></div><h2>More stories</h2><div class="cards">{more}</div></main>{FOOT}'
    )


PAGES: tuple[Callable[[], str], ...] = (
    news, news_in_divs, wordpress_blog, bare_blog, forum, documentation, chinese_news, japanese_news, korean_portal,
    paywall, consent_over_article, live_blog, list_article, results_table, footnotes, short_note, press_release, recipe,
    interview, old_tables, gallery, questions, changelog, court_decision, interrupted, release_page, sections, amp,
    french_news, podcast, newsletter, portal_of_divs, more_below,
)  # fmt: skip


def pages() -> Iterator[tuple[str, str, str]]:
    """Yield the name of each page, its HTML, and the HTML of its article."""
    for make in PAGES:
        marked = make()
        truth = "\n".join(re.findall(r"⟦(.*?)⟧", marked, re.DOTALL))
        yield make.__name__.replace("_", " "), marked.replace("⟦", "").replace("⟧", ""), truth
