"""Synthetic tech news, the same at every run and on every machine: what the benchmarks are fed with.

`article(feed, n)` depends on its arguments alone. Prose comes from a fixed pool of sentences whose words
are chosen as in real texts (few are frequent, most are rare), so that a full-text index sees realistic
numbers, with some sentences that only the article has. Three articles in ten belong to a story that other
feeds tell on the same day under other titles. Of the feeds 60 % are RSS 2.0, 30 % Atom, 10 % RSS 1.0; one
in twelve is Chinese, Japanese or Korean. Feeds have 20 to 50 entries of 0.7 to 6 KB.
"""

from __future__ import annotations

import bisect
import html
import itertools
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import formatdate
from functools import cache

SEED = "news-1"
EPOCH = 1_735_689_600
"""2025-01-01T00:00:00Z, about when the first article of every feed was published."""
POOL = 20_000
"""Sentences that paragraphs are taken from."""
STEP = 5_400
"""Seconds between two articles of a feed."""

_Ranked = tuple[Sequence[str], Sequence[float]]


def _words(text: str) -> list[str]:
    return text.split()


COMPANIES = _words("""
    OpenAI Google Microsoft Apple Amazon Meta NVIDIA AMD Intel TSMC Samsung Tencent Alibaba ByteDance
    Huawei Xiaomi Baidu JD.com Meituan DeepSeek Anthropic Mistral Cohere xAI Tesla SpaceX BYD NIO
    Qualcomm Broadcom ARM ASML SK-Hynix Micron Sony Nintendo Valve Netflix Spotify Stripe PayPal Block
    Klarna Cloudflare Fastly Akamai Vercel Databricks Snowflake MongoDB Elastic HashiCorp IBM Oracle
    SAP Salesforce Adobe Figma Canva GitHub GitLab JetBrains Mozilla Canonical RedHat SUSE Docker Uber
    Lyft Grab GoTo Sea-Ltd Shopify eBay Rakuten LINE Kakao Naver Coupang SoftBank Foxconn Lenovo Dell
    HP Cisco Arista Palantir CrowdStrike Okta Zscaler Fortinet SentinelOne Wiz Rivian Waymo Cruise
    Mobileye Boston-Dynamics Unitree Moonshot Zhipu MiniMax Kuaishou Pinduoduo Temu Shein Bilibili
    NetEase Trip.com Didi Ant-Group SMIC YMTC""")
PRODUCTS = _words("""
    iPhone Android Pixel Galaxy HarmonyOS Kirin Snapdragon Ryzen EPYC Xeon Blackwell Hopper CUDA ROCm
    PyTorch TensorFlow JAX Kubernetes Postgres SQLite Redis Kafka Rust Python Go TypeScript WebAssembly
    Linux Windows macOS iOS visionOS Wayland systemd Firefox Chrome Safari Alipay WeChat-Pay TikTok
    Douyin Taobao Lazada Shopee Instagram WhatsApp Threads Signal Telegram Matrix Mastodon Bluesky
    Kindle Alexa Siri Azure AWS Lambda S3 Terraform Ansible Nix Debian Ubuntu Fedora Steam Switch
    PlayStation Xbox Quest Vision-Pro Starlink Starship Model-Y Cybertruck Qwen Doubao Kimi Llama
    Claude Grok Codex Cursor Windsurf Mini-Programs Passkeys Bluetooth Wi-Fi-7 USB4 RISC-V LoRa WeChat
    ChatGPT Gemini Copilot""")
NOUNS = _words("""
    platform model chip cluster startup regulator developer roadmap datacenter supply chain benchmark
    vulnerability patch release feature subscription revenue margin forecast lawsuit antitrust inquiry
    merger acquisition valuation round funding investor founder executive engineer researcher dataset
    inference training latency throughput bandwidth memory cache storage kernel driver compiler runtime
    framework library protocol standard encryption privacy policy tariff export control license subsidy
    factory wafer yield packaging battery charger vehicle robot drone sensor camera display panel
    wearable headset tablet laptop server switch router antenna satellite spectrum operator carrier
    payment wallet merchant checkout loyalty logistics warehouse delivery courier marketplace seller
    advertiser campaign audience creator streamer moderation algorithm feed recommendation search
    ranking index crawler browser extension plugin store ecosystem partner integration interface
    endpoint webhook token quota outage incident postmortem mitigation rollback telemetry dashboard
    observability trace metric budget layoff hiring union office campus visa""")
VERBS = _words("""
    announces launches unveils acquires sues delays cancels ships open-sources deprecates patches
    expands cuts raises joins leaves blocks approves rejects tests pilots rolls-out halts resumes
    licenses rebrands restructures targets overtakes challenges defends probes fines settles""")
ADJECTIVES = _words("""
    new upcoming long-awaited controversial experimental cheaper faster smaller open proprietary
    regional global quarterly record domestic overseas flagship entry-level wireless autonomous
    generative multimodal confidential encrypted federated decentralised critical actively-exploited
    unpatched legacy hybrid energy-efficient liquid-cooled quantum optical neural synthetic enterprise
    consumer""")
TOPICS = _words("""
    AI Semiconductors Security Cloud Mobile Fintech E-commerce Gaming Robotics EV Space Policy Startups
    Open-source Databases Networking Privacy Devices Social Streaming""")
SMALL = _words("""
    the a of to in and for with on by from as that which while after before because despite its their
    this these according analysts said people familiar matter company expects could would may has have
    been more than less about over under between into across through without within during""")
SYLLABLES = _words("ka lo mi ren tor vex sai dun pra quel zor bri tha nex fol gan ury bel cro dim")
FIRST = _words("The Daily Inside Planet Hacker Deep Open Pacific Asia Morning")
LAST = _words("Wire Report Review Journal Notes Weekly Blog Letter")


@dataclass(frozen=True, slots=True)
class Tongue:
    """What a language without spaces, or with its own script, makes its news of."""

    subjects: list[str]
    objects: list[str]
    tails: list[str]
    gap: str


TONGUES = {
    "zh": Tongue(
        _words("""
            腾讯 阿里巴巴 字节跳动 华为 小米 百度 京东 美团 比亚迪 蔚来 中芯国际 深度求索
            月之暗面 英伟达 苹果公司 谷歌 微软"""),
        _words("""
            发布人工智能大模型 升级微信小程序 推出芯片 测试操作系统 延迟电动汽车 扩大云计算平台
            开源推荐算法 建设数据中心 收购机器人公司"""),
        _words("""
            。据知情人士透露，该公司计划在下个季度完成部署。 。分析师认为，这将对市场格局产生重大影响。
            。监管部门表示将继续关注相关进展。 。开发者可以通过开放接口接入这一功能。
            。受此消息影响，股价盘中一度上涨超过百分之五。 。用户数据将保存在本地服务器并进行加密处理。"""),
        "",
    ),
    "ja": Tongue(
        _words("""
            ソニーは 任天堂は ソフトバンクは 楽天は 富士通は トヨタは 東京エレクトロンは
            キオクシアは ラピダスは"""),
        _words("""
            生成AI 半導体 自動運転 クラウド基盤 量子コンピューター ゲーム機 決済サービス
            衛星通信 データセンター"""),
        _words("""
            を発表した。来年度の提供開始を目指す。 の開発を加速する。国内の需要拡大に対応する。
            への投資を拡大すると明らかにした。 で業務提携に合意した。詳細は今後公表する。
            の実証実験を開始した。利用者のプライバシーに配慮するという。"""),
        "",
    ),
    "ko": Tongue(
        _words("삼성전자 네이버 카카오 쿠팡 현대자동차 SK하이닉스 LG전자 크래프톤"),
        _words("인공지능 반도체 클라우드 전기차 배터리 간편결제 검색엔진 로봇"),
        [
            "서비스를 공개했다. 올해 하반기에 출시할 예정이다.",
            "사업을 확대한다고 밝혔다. 업계는 경쟁이 심화될 것으로 보고 있다.",
            "개발에 대규모 투자를 진행한다. 이용자 보호 대책도 함께 마련했다.",
        ],
        " ",
    ),
}


@dataclass(frozen=True, slots=True)
class Article:
    """One article; its address is its guid, `time` is in seconds since 1970."""

    url: str
    title: str
    author: str
    tags: tuple[str, ...]
    time: int
    html: str


@dataclass(frozen=True, slots=True)
class Feed:
    """One feed; `kind` is rss, atom or rdf."""

    id: int
    title: str
    url: str
    language: str
    kind: str
    entries: int


def _ranked(words: Sequence[str]) -> _Ranked:
    """Words with the sums of their shares: the n-th is chosen about 1/n as often as the first."""
    sums = list(itertools.accumulate(1 / (rank + 2) for rank in range(len(words))))
    return words, [part / sums[-1] for part in sums]


def _pick(chance: random.Random, ranked: _Ranked) -> str:
    words, shares = ranked
    return words[bisect.bisect(shares, chance.random())]


_COMPANIES, _PRODUCTS, _SMALL = _ranked(COMPANIES), _ranked(PRODUCTS), _ranked(SMALL)


@cache
def _vocabulary() -> _Ranked:
    words = NOUNS + ADJECTIVES + VERBS
    random.Random(f"{SEED}:words").shuffle(words)
    coined = ["".join(parts) for size in (2, 3) for parts in itertools.product(SYLLABLES, repeat=size)]
    return _ranked(words + coined)


@cache
def _sentence(number: int) -> str:
    """A sentence of the pool that paragraphs are taken from; made when it is asked for."""
    chance = random.Random(f"{SEED}:pool:{number}")
    kinds = ((0.42, _SMALL), (0.90, _vocabulary()), (0.96, _COMPANIES), (1.0, _PRODUCTS))
    words = []
    for _ in range(9 + int(chance.random() * 16)):
        at = chance.random()
        words.append(_pick(chance, next(ranked for bound, ranked in kinds if at < bound)))
    words[0] = words[0][:1].upper() + words[0][1:]
    return " ".join(words) + "."


def feed(number: int, base: str = "http://127.0.0.1") -> Feed:
    """The facts of feed `number`, served under `base`."""
    chance = random.Random(f"{SEED}:feed:{number}")
    language = "en" if number % 12 else ("zh", "ja", "zh", "ko")[number // 12 % 4]
    kind = ("rss", "rss", "atom", "rss", "rss", "atom", "rss", "rdf", "atom", "rss")[number % 10]
    title = f"{chance.choice(FIRST)} {chance.choice(TOPICS)} {chance.choice(LAST)} {number}"
    return Feed(number, title, f"{base}/feed/{number}.xml", language, kind, 20 + chance.randrange(31))


def article(feed_id: int, n: int, language: str = "en") -> Article:
    """The n-th article of a feed, counted from its oldest."""
    chance = random.Random(f"{SEED}:{feed_id}:{n}")
    when = EPOCH + n * STEP + feed_id * 37 % STEP
    url = f"https://news{feed_id}.example.com/{2025 + n // 5840}/{n:06d}-{chance.getrandbits(32):08x}"
    paragraphs = 2 + int(chance.random() * chance.random() * 10)
    topic = TOPICS[int(chance.random() * chance.random() * len(TOPICS))]
    if language != "en":
        title, body = _foreign(chance, TONGUES[language], paragraphs)
        return Article(url, title, "編集部", (topic,), when, body)
    told_by_many = chance.random() < 0.3
    story = random.Random(f"{SEED}:story:{n // 16}:{int(chance.random() * 24)}") if told_by_many else chance
    company, product = _pick(story, _COMPANIES), _pick(story, _PRODUCTS)
    verb, adjective, noun = story.choice(VERBS), story.choice(ADJECTIVES), story.choice(NOUNS)
    millions = story.randrange(2, 900)
    title = chance.choice((
        f"{company} {verb} {adjective} {noun} for {product}",
        f"{product}: {company} {verb} {millions} million {noun} deal",
        f"Why {company} {verb} its {adjective} {noun}",
        f"{company}\u2019s {product} {noun} {verb} {adjective} rival",
        f"{topic}: {company} & {product} \u2013 {adjective} {noun} explained",
    ))  # fmt: skip
    if chance.random() < 0.005:
        title += " | WeChat"
    lead = (
        f'<p><img src="https://cdn{feed_id % 9}.example.com/i/{n}.jpg" alt="{company} {noun}" width="800" '
        f'height="450"/>{company} {verb} the {adjective} {noun} worth ${millions} million, reference '
        f"{chance.getrandbits(40):010x}, {product} {chance.randrange(1, 40)}.{chance.randrange(10)}.</p>"
    )
    blocks = [block for _ in range(paragraphs) for block in _blocks(chance, company, noun, millions)]
    author = f"{SYLLABLES[feed_id % 20].title()} {SYLLABLES[n % 20].title()}son"
    return Article(url, title, author, (topic, company), when, "\n".join([lead, *blocks]))


def _blocks(chance: random.Random, company: str, noun: str, number: int) -> list[str]:
    """A paragraph, now and then behind a heading, a quotation or code, or a list in its place."""
    at = int(chance.random() * POOL)
    sentences = [_sentence(at + n) for n in range(1, 4 + int(chance.random() * 3))]
    kind = chance.random()
    if 0.06 <= kind < 0.12:
        return ["<ul>" + "".join(f"<li>{sentence}</li>" for sentence in sentences) + "</ul>"]
    before = []
    if kind < 0.06:
        before = [f"<h2>{_sentence(at).rstrip('.')}</h2>"]
    elif 0.12 <= kind < 0.16:
        before = [f"<blockquote><p>{sentences[0]} &#8220;{noun}&#8221; &mdash; {company}</p></blockquote>"]
    elif 0.16 <= kind < 0.18:
        before = [f"<pre><code>$ pip install {noun}\nfor x in range({number}): print(x &lt; 3)</code></pre>"]
    elif kind > 0.55:
        link = f"https://example.org/{chance.getrandbits(24):06x}"
        sentences.insert(1, f'<a href="{link}">{_pick(chance, _COMPANIES)} {noun}</a>')
    return [*before, "<p>" + " ".join(sentences) + "</p>"]


def _foreign(chance: random.Random, tongue: Tongue, paragraphs: int) -> tuple[str, str]:
    def sentence() -> str:
        subject, about = chance.choice(tongue.subjects), chance.choice(tongue.objects)
        return f"{subject}{tongue.gap}{about}{tongue.gap}{chance.choice(tongue.tails)}"

    title = sentence().rstrip("。.").replace("。", "，")
    body = [f"<p><b>{title}</b></p>"]
    body += ["<p>" + tongue.gap.join(sentence() for _ in range(4)) + "</p>" for _ in range(paragraphs + 3)]
    return title, "\n".join(body)


# --------------------------------------------------------------------------- documents


def rfc822(when: int) -> str:
    """A time as RSS and HTTP write it."""
    return formatdate(when, usegmt=True)


def iso(when: int) -> str:
    """A time as Atom and Dublin Core write it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(when))


def articles_of(one: Feed, generation: int = 0, step: int = 2) -> list[Article]:
    """What stands in a feed, newest first: each generation has `step` more on top and fewer at the foot."""
    first = generation * step
    return [article(one.id, n, one.language) for n in range(first + one.entries - 1, first - 1, -1)]


def feed_xml(one: Feed, generation: int = 0, step: int = 2) -> bytes:
    """The document of a feed."""
    write = {"rss": _rss, "atom": _atom, "rdf": _rdf}[one.kind]
    return write(one, articles_of(one, generation, step)).encode()


def _site(one: Feed) -> str:
    return f"https://news{one.id}.example.com/"


def _rss(one: Feed, articles: list[Article]) -> str:
    items = "".join(
        f"<item>\n<title>{html.escape(each.title)}</title>\n<link>{each.url}</link>\n"
        f'<guid isPermaLink="true">{each.url}</guid>\n<pubDate>{rfc822(each.time)}</pubDate>\n'
        f"<dc:creator><![CDATA[{each.author}]]></dc:creator>\n"
        + "".join(f"<category><![CDATA[{tag}]]></category>\n" for tag in each.tags)
        + f"<description><![CDATA[{each.html[: each.html.find('</p>') + 4]}]]></description>\n"
        f"<content:encoded><![CDATA[{each.html}]]></content:encoded>\n</item>\n"
        for each in articles
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">\n<channel>\n'
        f"<title>{html.escape(one.title)}</title>\n<link>{_site(one)}</link>\n"
        f'<atom:link href="{one.url}" rel="self" type="application/rss+xml"/>\n'
        f"<description>{html.escape(one.title)}</description>\n<language>{one.language}</language>\n"
        f"<lastBuildDate>{rfc822(articles[0].time)}</lastBuildDate>\n{items}</channel>\n</rss>\n"
    )


def _atom(one: Feed, articles: list[Article]) -> str:
    entries = "".join(
        f'<entry>\n<title type="html">{html.escape(html.escape(each.title, quote=False))}</title>\n'
        f'<link rel="alternate" type="text/html" href="{each.url}"/>\n<id>{each.url}</id>\n'
        f"<published>{iso(each.time)}</published>\n<updated>{iso(each.time)}</updated>\n"
        f"<author><name>{html.escape(each.author)}</name></author>\n"
        + "".join(f'<category term="{html.escape(tag)}"/>\n' for tag in each.tags)
        + f'<content type="html">{html.escape(each.html)}</content>\n</entry>\n'
        for each in articles
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{one.language}">\n'
        f'<title>{html.escape(one.title)}</title>\n<link href="{_site(one)}"/>\n'
        f'<link rel="self" href="{one.url}"/>\n<id>{_site(one)}</id>\n'
        f"<updated>{iso(articles[0].time)}</updated>\n{entries}</feed>\n"
    )


def _rdf(one: Feed, articles: list[Article]) -> str:
    items = "".join(
        f'<item rdf:about="{each.url}">\n<title>{html.escape(each.title)}</title>\n<link>{each.url}</link>\n'
        f"<dc:date>{iso(each.time)}</dc:date>\n<dc:creator>{html.escape(each.author)}</dc:creator>\n"
        f"<content:encoded><![CDATA[{each.html}]]></content:encoded>\n</item>\n"
        for each in articles
    )
    order = "".join(f'<rdf:li rdf:resource="{each.url}"/>' for each in articles)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">\n'
        f'<channel rdf:about="{_site(one)}">\n<title>{html.escape(one.title)}</title>\n'
        f"<link>{_site(one)}</link>\n"
        f"<description>{html.escape(one.title)}</description>\n<items><rdf:Seq>{order}</rdf:Seq></items>\n"
        f"</channel>\n{items}</rdf:RDF>\n"
    )
