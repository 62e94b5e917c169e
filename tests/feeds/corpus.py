# ruff: noqa: E501  (a document a line)
"""Feed documents of our own writing, one trait each, as text. Used to compare the two parsers.

`CLAIMED` are what the fast path has to read itself, `DECLINED` what it has to leave to feedparser.
"""

from __future__ import annotations

URL = "https://example.org/blog/feed.xml"

SPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:slash="http://purl.org/rss/1.0/modules/slash/" xmlns:wfw="http://wellformedweb.org/CommentAPI/" '
    'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" xmlns:thr="http://purl.org/syndication/thread/1.0" '
    'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:georss="http://www.georss.org/georss" '
    'xmlns:custom="https://example.org/ns/custom"'
)


def rss(item: str, channel: str = "", attributes: str = "") -> str:
    """An RSS 2.0 document with one item that has a title and an address, and `item` after them."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" {SPACES} {attributes}><channel>'
        f"<title>Harbour News</title><link>https://example.org/</link>{channel}"
        f"<item><title>Tide tables</title><link>https://example.org/tide</link>{item}</item>"
        "<item><title>Second</title><link>/second</link><guid>2</guid></item></channel></rss>"
    )


def bare(items: str) -> str:
    """An RSS 2.0 document with nothing but `items`."""
    return f'<rss version="2.0" {SPACES}><channel><title>Bare</title>{items}</channel></rss>'


def atom(entry: str, feed: str = "", attributes: str = "") -> str:
    """An Atom document with one entry that has id, title, address and date, and `entry` after them."""
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" '
        f'xmlns:media="http://search.yahoo.com/mrss/" xmlns:thr="http://purl.org/syndication/thread/1.0" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/" {attributes}>'
        f'<title>Lighthouse</title><id>urn:x:1</id><link href="https://example.org/"/>'
        f'<link rel="self" href="https://example.org/atom"/><updated>2024-02-03T04:05:06Z</updated>{feed}'
        '<entry><id>tag:example.org,2024:1</id><title>Lamp</title><link href="https://example.org/lamp"/>'
        f"<updated>2024-02-03T04:05:06Z</updated>{entry}</entry></feed>"
    )


def rdf(item: str, channel: str = "") -> str:
    """An RSS 1.0 document with one item, and `item` in it."""
    return (
        '<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">'
        '<channel rdf:about="https://example.org/rdf"><title>Pier</title><link>https://example.org/</link>'
        f"<description>About a pier</description>{channel}<items><rdf:Seq>"
        '<rdf:li rdf:resource="https://example.org/1"/></rdf:Seq></items></channel>'
        '<item rdf:about="https://example.org/1"><title>Planks</title><link>https://example.org/1</link>'
        f"{item}</item></rdf:RDF>"
    )


CLAIMED: dict[str, str] = {
    "rss plain": rss(""),
    "rss description": rss("<description>Two &lt;b&gt;bold&lt;/b&gt; words</description>"),
    "rss description and content": rss(
        "<description>Short</description><content:encoded><![CDATA[<p>The long text of it</p>]]></content:encoded>"
    ),
    "rss content before description": rss(
        "<content:encoded><![CDATA[<p>The long text of it</p>]]></content:encoded><description>Short</description>"
    ),
    "rss content before media description in a group": rss(
        "<content:encoded>Full</content:encoded>"
        "<media:group><media:description>Deep</media:description></media:group>"
    ),
    "rss content before media description in a group before description": rss(
        "<content:encoded>Full</content:encoded>"
        "<media:group><media:description>Deep</media:description></media:group>"
        "<description>Flat</description>"
    ),
    "rss only content": rss("<content:encoded><![CDATA[<p>All</p>]]></content:encoded>"),
    "rss empty content": rss("<description>Text</description><content:encoded></content:encoded>"),
    "rss description longer than content": rss(
        "<description>A description with many words in it</description><content:encoded>few</content:encoded>"
    ),
    "rss two descriptions": rss("<description>One</description><description>Another one</description>"),
    "rss same twice": rss("<description>Same</description><content:encoded>Same</content:encoded>"),
    "rss itunes summary first": rss(
        "<itunes:summary>Spoken words &amp; music</itunes:summary><description>Written &lt;i&gt;words&lt;/i&gt;</description>"
    ),
    "rss itunes summary last": rss(
        "<description>Written</description><itunes:summary>Spoken 1 &lt; 2</itunes:summary>"
    ),
    "rss three texts": rss(
        "<itunes:summary>A</itunes:summary><description>BB</description><content:encoded>CCC</content:encoded>"
    ),
    "rss dc description": rss("<dc:description>From Dublin</dc:description>"),
    "rss empty description": rss("<description/>"),
    "rss guid": rss("<guid>https://example.org/?p=1</guid>"),
    "rss guid no permalink": rss('<guid isPermaLink="false">abc 123</guid>'),
    "rss guid upper case": rss('<guid isPermalink="FALSE">abc</guid>'),
    "rss guid number": rss("<guid>  4711\n </guid>"),
    "rss guid only": bare("<item><guid>https://example.org/only</guid></item>"),
    "rss guid only not a link": bare('<item><guid isPermaLink="false">https://example.org/x</guid></item>'),
    "rss guid before link": bare(
        "<item><guid>https://example.org/g</guid><link>https://example.org/l</link></item>"
    ),
    "rss empty link then guid": bare("<item><link></link><guid>https://example.org/g</guid></item>"),
    "rss no title": bare("<item><link>https://example.org/a</link><description>Words</description></item>"),
    "rss empty item": bare("<item></item><item/>"),
    "rss no items": bare(""),
    "rss description only": bare("<item><description>Nothing else</description></item>"),
    "rss two links": bare(
        "<item><link>https://example.org/a</link><link>https://example.org/b</link></item>"
    ),
    "rss atom link": bare('<item><atom:link rel="alternate" href="https://example.org/at"/></item>'),
    "rss atom links of all kinds": bare(
        '<item><link>https://example.org/a</link><atom:link rel="self" href="https://example.org/self"/>'
        '<atom:link rel="alternate" type="application/json" href="https://example.org/j"/>'
        '<atom:link rel="related" href="https://example.org/r"/></item>'
    ),
    "rss link with ampersands": rss("<link>https://example.org/?a=1&amp;b=2&amp;amp;c=3&amp;copy;=4</link>"),
    "rss relative link": bare("<item><link>../up?x=1</link></item>"),
    "rss script link": bare("<item><link>javascript:alert(1)</link></item>"),
    "rss date": rss("<pubDate>Sat, 03 Feb 2024 04:05:06 GMT</pubDate>"),
    "rss date with zone": rss("<pubDate>Sat, 3 Feb 2024 04:05:06 +0530</pubDate>"),
    "rss date named zone": rss("<pubDate>Sat, 03 Feb 2024 04:05:06 EST</pubDate>"),
    "rss date no day": rss("<pubDate>03 Feb 2024 04:05 -0800</pubDate>"),
    "rss date two digits": rss("<pubDate>Sat, 03 Feb 24 04:05:06 Z</pubDate>"),
    "rss date unknown zone": rss("<pubDate>Sat, 03 Feb 2024 04:05:06 QQQ</pubDate>"),
    "rss date long names": rss("<pubDate>Saturday, 03 February 2024 04:05:06 GMT</pubDate>"),
    "rss iso date": rss("<pubDate>2024-02-03T04:05:06.789+01:00</pubDate>"),
    "rss iso day": rss("<pubDate>2024-02-03</pubDate>"),
    "rss iso with blank": rss("<pubDate>2024-02-03 04:05:06</pubDate>"),
    "rss dc date": rss("<dc:date>2024-02-03T04:05:06Z</dc:date>"),
    "rss both dates": rss(
        "<pubDate>Sat, 03 Feb 2024 04:05:06 GMT</pubDate><dc:date>2024-03-03T04:05:06Z</dc:date>"
    ),
    "rss atom updated": rss("<atom:updated>2024-02-03T04:05:06Z</atom:updated>"),
    "rss dcterms": rss(
        "<dcterms:issued>2024-02-03T04:05:06Z</dcterms:issued><dcterms:modified>2024-02-04T04:05:06Z</dcterms:modified>"
    ),
    "rss empty date": rss("<pubDate></pubDate>"),
    "rss author": rss("<author>Ada Quay</author>"),
    "rss author with mail": rss("<author>ada@example.org (Ada Quay)</author>"),
    "rss creator": rss("<dc:creator><![CDATA[Ada Quay]]></dc:creator>"),
    "rss creators": rss("<dc:creator>Ada Quay</dc:creator><dc:creator>Bo Mast</dc:creator>"),
    "rss author and creator": rss("<author>Ada Quay</author><dc:creator>Ada Quay</dc:creator>"),
    "rss itunes author": rss("<itunes:author>Radio Harbour</itunes:author>"),
    "rss empty author": rss("<author></author>"),
    "rss categories": rss(
        '<category>Sea</category><category domain="https://example.org/tags"><![CDATA[Wind & wave]]></category>'
        "<category></category><category>Sea</category>"
    ),
    "rss subjects": rss("<dc:subject>Ropes</dc:subject><dc:subject>Knots, hitches</dc:subject>"),
    "rss enclosure": rss('<enclosure url="https://example.org/a.mp3" type="audio/mpeg" length="1234"/>'),
    "rss odd enclosures": rss(
        '<enclosure url="/b.mp3" length="-1" type="AUDIO/MPEG"/><enclosure type="x/y"/><enclosure url=""/>'
        '<enclosure url="javascript:x"/><enclosure url="https://example.org/p.jpg" type="image/jpeg" length="9"/>'
    ),
    "rss podcast": rss(
        '<enclosure url="https://example.org/a.mp3" type="audio/mpeg" length="1"/><itunes:duration>1:02:03'
        '</itunes:duration><itunes:image href="https://example.org/c.png"/><itunes:episode>4</itunes:episode>'
        "<itunes:explicit>no</itunes:explicit><itunes:title>Other title</itunes:title>"
    ),
    "rss media content": rss(
        '<media:content url="https://example.org/small.jpg" medium="image" width="100" height="90"/>'
        '<media:content url="https://example.org/wide.jpg" type="image/jpeg" width="900"/>'
    ),
    "rss media group": rss(
        '<media:group><media:content url="https://example.org/v.mp4" type="video/mp4" duration="60" fileSize="5"/>'
        '<media:thumbnail url="https://example.org/t.jpg" width="10"/><media:title>Film</media:title>'
        "<media:description>About the film</media:description></media:group>"
    ),
    "rss media credit": rss(
        '<media:content url="https://example.org/p.jpg" medium="image"><media:credit role="photographer" '
        'scheme="urn:ebu">Cy Boom</media:credit><media:description type="html">&lt;b&gt;Boat&lt;/b&gt;</media:description>'
        "<media:title>Boat</media:title></media:content>"
    ),
    "rss media description with description": rss(
        "<description>The summary stands here</description><media:description>Deep words</media:description>"
    ),
    "rss media description before all": rss(
        "<media:group><media:description>Deep</media:description></media:group><description>Flat</description>"
    ),
    "rss media description in a group after all": rss(
        "<description>Flat</description><content:encoded>Full</content:encoded>"
        "<media:group><media:description>Deep</media:description></media:group>"
    ),
    "rss media keywords": rss("<media:keywords>tar, oakum , ,pitch</media:keywords>"),
    "rss media category": rss(
        '<media:category scheme="https://example.org/s" label="Boats">b/1</media:category>'
    ),
    "rss thumbnail text": rss("<media:thumbnail>https://example.org/t.png</media:thumbnail>"),
    "rss comments": rss(
        "<comments>https://example.org/tide#comments</comments><slash:comments>12</slash:comments>"
        "<wfw:commentRss>https://example.org/tide/feed</wfw:commentRss>"
    ),
    "rss odd comments": rss(
        "<comments x='1'>no</comments><slash:comments>many</slash:comments><thr:total>3</thr:total>"
    ),
    "rss source": rss('<source url="https://example.org/other.xml">Other</source>'),
    "rss unknown elements": rss(
        "<custom:thing a='1'>x</custom:thing><georss:point>1 2</georss:point><rating>3</rating>"
    ),
    "rss html title": bare(
        "<item><title>Ropes &amp;amp; &lt;em&gt;knots&lt;/em&gt; &#8211; how</title></item>"
    ),
    "rss cdata title": bare("<item><title><![CDATA[  Ropes & <b>knots</b>\n now ]]></title></item>"),
    "rss comment in text": rss("<description>be<!-- hidden -->fore</description>"),
    "rss ttl": rss("", "<ttl>90</ttl>"),
    "rss updates": rss(
        "", "<sy:updatePeriod>\n hourly </sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>"
    ),
    "rss channel traits": rss(
        "",
        '<description>About</description><language>en</language><atom:link rel="self" href="https://example.org/f"/>'
        "<image><url>https://example.org/i.png</url><title>Image title</title><link>https://example.org/i</link></image>"
        "<lastBuildDate>Sat, 03 Feb 2024 04:05:06 GMT</lastBuildDate><generator>hand</generator>"
        "<copyright>none</copyright><managingEditor>ed@example.org (Ed)</managingEditor><docs>x</docs>"
        "<itunes:author>Radio</itunes:author><itunes:image href='https://example.org/p.png'/>"
        "<itunes:owner><itunes:name>N</itunes:name><itunes:email>e@example.org</itunes:email></itunes:owner>"
        "<itunes:category text='Tech'><itunes:category text='Boats'/></itunes:category>"
        "<cloud domain='example.org' port='80'/><skipHours><hour>1</hour></skipHours>",
    ),
    "rss relative site": f'<rss version="2.0" {SPACES}><channel><title>R</title><link>/</link></channel></rss>',
    "rss mojibake": bare("<item><title>CafÃ© at the piÃ¨r</title><description>naÃ¯ve</description></item>"),
    "rss windows characters": bare("<item><title>&#145;quoted&#146; &#150; dash</title></item>"),
    "rss chinese": bare("<item><title>港口 新闻</title><description>潮汐表已更新。</description></item>"),
    "rss entity characters": bare("<item><title>a &#x1F6A2; b &amp;lt;c&amp;gt;</title></item>"),
    "rss 0.91": '<rss version="0.91"><channel><title>Old</title><item><title>x</title></item></channel></rss>',
    "rss upper case": "<rss version='2.0'><channel><TITLE>U</TITLE><item><TITLE>t</TITLE><GUID>1</GUID></item></channel></rss>",
    "rss old media space": (
        '<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss"><channel><title>M</title><item>'
        '<title>t</title><media:thumbnail url="https://example.org/t.jpg"/></item></channel></rss>'
    ),
    "rss userland space": (
        '<rss version="2.0" xmlns="http://backend.userland.com/rss2"><channel><title>B</title><item>'
        "<title>t</title><link>https://example.org/b</link></item></channel></rss>"
    ),
    "rss other prefixes": (
        '<rss version="2.0" xmlns:d="http://purl.org/dc/elements/1.1/" xmlns:c="http://purl.org/rss/1.0/modules/content/">'
        "<channel><title>P</title><item><title>t</title><d:creator>Di</d:creator><c:encoded>body</c:encoded></item>"
        "</channel></rss>"
    ),
    "atom plain": atom(""),
    "atom html content": atom('<content type="html">&lt;p&gt;Light&lt;/p&gt;</content>'),
    "atom summary and content": atom(
        '<summary>Dim &amp; dark</summary><content type="html">&lt;p&gt;Bright and long&lt;/p&gt;</content>'
    ),
    "atom content then summary": atom(
        '<content type="html">&lt;p&gt;Bright&lt;/p&gt;</content><summary>Dim</summary>'
    ),
    "atom text content": atom('<content type="text">1 &lt; 2\nand more</content>'),
    "atom default content": atom("<content>Plain &lt;b&gt; words</content>"),
    "atom media type content": atom('<content type="text/html">&lt;i&gt;x&lt;/i&gt;</content>'),
    "atom content elsewhere": atom('<content src="https://example.org/film" type="html"/>'),
    "atom html summary": atom('<summary type="html">&lt;b&gt;Dim&lt;/b&gt;</summary>'),
    "atom published": atom("<published>2024-01-02T03:04:05+02:00</published>"),
    "atom authors": atom(
        "<author><name>Ada Quay</name><email>a@example.org</email><uri>https://example.org/ada</uri></author>"
        "<author><name>Bo Mast</name></author>"
    ),
    "atom feed author": atom("", "<author><name>The Keeper</name></author>"),
    "atom feed author twice": atom(
        "<author><name>Guest</name></author>", "<author><name>The Keeper</name></author>"
    ),
    "atom contributor": atom("<contributor><name>Helper</name></contributor>"),
    "atom categories": atom('<category term="a"/><category term="b" label="Bee"/>'),
    "atom links": atom(
        '<link rel="enclosure" href="/a.mp3" type="audio/mpeg" length="7" title="Hear"/>'
        '<link rel="replies" type="text/html" href="https://example.org/lamp#c" thr:count="3"/>'
        '<link rel="replies" type="application/atom+xml" href="https://example.org/lamp/c.atom"/>'
        '<link rel="related" href="https://example.org/rel"/><link rel="alternate" type="text/html" href="/second"/>'
    ),
    "atom thread total": atom("<thr:total>5</thr:total>"),
    "atom source": atom(
        "<source><id>urn:y</id><title>Elsewhere</title><updated>2020-01-01T00:00:00Z</updated>"
        '<link href="https://elsewhere.example/"/><author><name>Other</name></author></source>'
    ),
    "atom video": atom(
        '<media:group><media:title>Lamp film</media:title><media:content url="https://example.org/v" '
        'type="application/x-shockwave-flash"/><media:thumbnail url="https://example.org/hq.jpg"/>'
        "<media:description>Lines\nof text</media:description><media:community><media:statistics views='3'/>"
        "</media:community></media:group>"
    ),
    "atom id is the link": (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>I</title><entry><id>https://example.org/as-id</id>'
        "<title>t</title></entry></feed>"
    ),
    "atom typed titles": (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title type="html">A &amp;amp; B</title>'
        '<entry><title type="html">&lt;b&gt;C&lt;/b&gt; &amp;amp; D</title></entry>'
        '<entry><title type="text">Use &lt;video&gt; &amp;amp; more</title></entry></feed>'
    ),
    "atom prefixed": (
        '<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:title>Pre</a:title><a:entry><a:title>t</a:title>'
        '<a:link href="https://example.org/pre"/></a:entry></a:feed>'
    ),
    "atom 0.3": (
        '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>Three</title><link rel="alternate" '
        'type="text/html" href="https://example.org/"/><entry><title>t</title><link rel="alternate" '
        'type="text/html" href="https://example.org/3"/><id>3</id><issued>2004-01-02T03:04:05Z</issued>'
        "<modified>2004-01-03T03:04:05Z</modified><summary>Old</summary></entry></feed>"
    ),
    "atom base": atom('<link href="rel"/>', "", 'xml:base="https://base.example/dir/"'),
    "atom bases": atom(
        '<content type="html" xml:base="https://c.example/d/">&lt;img src="x"&gt;</content>',
        '<entry xml:base="https://e.example/"><id>x</id><title>b</title><link href="in"/></entry>',
        'xml:base="https://base.example/dir/"',
    ),
    "atom feed without a link": (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>N</title><id>https://example.org/feed-id</id></feed>'
    ),
    "atom feed with an empty link": (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>N</title><link/><id>https://example.org/feed-id</id></feed>'
    ),
    "rss author before mail": rss("<author>Ada Quay (ada@example.org)</author>"),
    "rss itunes link": rss('<itunes:link rel="image" href="https://example.org/logo.jpg"/>'),
    "rdf plain": rdf(""),
    "rdf full": rdf(
        "<description>Wood</description><dc:creator>Al Shore</dc:creator><dc:date>2024-02-03T04:05+01:00</dc:date>"
        "<dc:subject>wood</dc:subject><content:encoded><![CDATA[<p>Much wood</p>]]></content:encoded>"
    ),
    "rdf updates": rdf(
        "", "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>"
    ),
}

DECLINED: dict[str, str] = {
    "doctype": '<!DOCTYPE rss [<!ENTITY x "y">]>' + bare("<item><title>&x;</title></item>"),
    "undefined entity": bare("<item><title>a&nbsp;b</title></item>"),
    "bare ampersand": bare("<item><title>a & b</title></item>"),
    "unclosed": bare("<item><title>a</title>")[:-10],
    "markup in a description": rss("<description>a <b>b</b></description>"),
    "xhtml content": atom(
        '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>x</p></div></content>'
    ),
    "xhtml title": atom('<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">t</div></title>'),
    "odd date": rss("<pubDate>the day before yesterday</pubDate>"),
    "impossible date": rss("<pubDate>Sat, 31 Feb 2024 25:61:00 GMT</pubDate>"),
    "only media title": bare("<item><media:title>m</media:title></item>"),
    "image in an item": rss("<image><url>https://example.org/i.png</url></image>"),
    "base on a link": atom('<link xml:base="https://x.example/" href="y"/>'),
    "base of an entry only": atom("", '<entry xml:base="https://e.example/"><title>b</title></entry>'),
    "base without a title": '<rss xml:base="https://x.example/"><channel><item><guid>a</guid></item></channel></rss>',
    "plain base": rss("", "", 'base="https://x.example/"'),
    "wrong namespace for a known prefix": (
        '<rss version="2.0" xmlns:media="https://example.org/not-media"><channel><title>W</title><item>'
        '<media:thumbnail url="https://example.org/t.jpg"/></item></channel></rss>'
    ),
    "unknown default namespace": '<rss xmlns="https://example.org/odd"><channel><title>O</title></channel></rss>',
    "two channel titles": "<rss version='2.0'><channel><title>A</title><title>B</title></channel></rss>",
    "atom xml content": atom('<content type="application/xml"><x/></content>'),
    "author without a name": atom("<author><email>c@example.org</email></author>"),
    "category without a term": atom('<category scheme="https://x.example"/>'),
    "base64 content": atom('<content mode="base64" type="text/html">PGI+eDwvYj4=</content>'),
    "item in an item": bare("<item><title>a</title><item><title>b</title></item></item>"),
    "only a subtitle": bare("<item><itunes:subtitle>s</itunes:subtitle></item>"),
    "only an enclosure": bare('<item><enclosure url="https://example.org/a.mp3"/></item>'),
    "only another link": bare('<item><atom:link rel="via" href="tag:example.org,2024:1"/></item>'),
    "only a source": atom("", "<entry><source><title>s</title></source></entry>"),
    "only content elsewhere": atom("", '<entry><content src="https://example.org/a"/></entry>'),
    "only media": bare('<item><media:content url="https://example.org/a.mp4"/></item>'),
    "not xml": "just words",
    "html": "<html><head><title>t</title></head></html>",
}
