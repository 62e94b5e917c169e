"""Pages that come in place of a feed, as services send them, and ordinary pages that look a little like them."""

# ruff: noqa: E501

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

LOREM = "The committee met on Tuesday and heard the report on the harbour, the ferry and the new timetable. "


@dataclass(frozen=True, slots=True)
class Sample:
    """A response: status, body, headers, address."""

    name: str
    body: str
    status: int = 403
    headers: Mapping[str, str] = field(default_factory=dict)
    url: str = "https://news.example/feed"


def page(title: str = "", body: str = "", head: str = "") -> str:
    return (
        f'<!DOCTYPE html><html lang="en-US"><head><title>{title}</title>'
        f'<meta http-equiv="Content-Type" content="text/html; charset=UTF-8">{head}</head><body>{body}</body></html>'
    )


CLOUDFLARE = page(
    "Just a moment...",
    '<div class="main-wrapper" role="main"><div class="main-content"><noscript><div class="h2"><span>Enable '
    "JavaScript and cookies to continue</span></div></noscript></div></div><script>(function(){window._cf_chl_opt"
    " = {cvId: '3',cZone: 'news.example',cType: 'managed',cRay: '8f1c2d3e4f5a6b7c',cH: 'x'};var a = document."
    "createElement('script');a.src = '/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1?ray=8f1c2d3e4f5a';"
    "document.getElementsByTagName('head')[0].appendChild(a);}());</script>",
    '<meta name="robots" content="noindex,nofollow"><style>*{box-sizing:border-box}</style>',
)
HTML = {"content-type": "text/html; charset=UTF-8"}

BLOCKED = {
    "Cloudflare asks": (
        Sample("header alone", "", 403, {"server": "cloudflare", "CF-Mitigated": "challenge", **HTML}),
        Sample("managed challenge", CLOUDFLARE),
        Sample("challenge with 503", CLOUDFLARE, 503),
        Sample("challenge with 429", CLOUDFLARE, 429, {"cf-mitigated": "challenge"}),
        Sample("challenge with 200", CLOUDFLARE, 200, HTML),
        Sample(
            "old check of the browser",
            page(
                "Please Wait... | Cloudflare",
                '<div class="cf-browser-verification cf-im-under-attack"><h1>Checking your browser before accessing '
                "news.example.</h1><p>This process is automatic.</p></div>",
            ),
            503,
        ),
    ),
    "Cloudflare denies": (
        Sample(
            "firewall rule",
            page(
                "Attention Required! | Cloudflare",
                '<div id="cf-wrapper"><div id="cf-error-details"><h1 data-translate="block_headline">Sorry, you have '
                "been blocked</h1><h2>You are unable to access news.example</h2><p>This website is using a security "
                "service to protect itself from online attacks. The action you just performed triggered the security "
                "solution.</p><p>Cloudflare Ray ID: <strong>8f1c2d3e4f5a6b7c</strong></p></div></div>",
            ),
        ),
        Sample("short error", "error code: 1020", 403, {"content-type": "text/plain", "server": "cloudflare"}),
        Sample(
            "country",
            page("Access denied | news.example used Cloudflare to restrict access", "<h1>Error 1009</h1>"),
        ),
    ),
    "DataDome asks": (
        Sample(
            "captcha",
            "<html lang=\"en\"><head><title>news.example</title><style>#cmsg{animation: A 1.5s;}</style></head><body>"
            '<p id="cmsg">Please enable JS and disable any ad blocker</p><script data-cfasync="false">var dd={\'rt\':'
            "'c','cid':'AHrlqAAAAAMA','hsh':'499AE34129FA4E4FABC31582C3075D','t':'fe','host':'geo.captcha-delivery.com'"
            '}</script><script src="https://ct.captcha-delivery.com/c.js"></script></body></html>',
        ),
        Sample("headers", "", 403, {"server": "DataDome", "x-datadome": "protected", "x-dd-b": "1"}),
        Sample("server with 401", "", 401, {"server": "DataDome"}),
        Sample("server with 403", "", 403, {"server": "DataDome"}),
    ),
    "HUMAN (PerimeterX) asks": (
        Sample(
            "press and hold",
            page(
                "Access to this page has been denied",
                '<section class="main"><div id="px-captcha"></div><p>Press & Hold to confirm you are a human (and not a'
                " bot).</p><p>Reference ID 1a2b3c4d-0000</p></section><script>window._pxAppId='PXabc123';window."
                "_pxJsClientSrc='/abc123/init.js';</script>",
            ),
        ),
        Sample(
            "answer to programs",
            '{"appId":"PXabc123","jsClientSrc":"/abc123/init.js","firstPartyEnabled":true,"vid":"",'
            '"blockScript":"/abc123/captcha/captcha.js?a=c"}',
            403,
            {"content-type": "application/json"},
        ),
    ),
    "Akamai asks": (
        Sample(
            "interstitial",
            page(
                "",
                '<div id="sec-if-cpt-container" class="behavioral"></div><script src="/_sec/cp_challenge/'
                'sec-cpt-4-4.js" async></script>',
            ),
            429,
        ),
        Sample(
            "interstitial with 200",
            page("&nbsp;", '<script>function triggerInterstitialChallenge(){var i=1;}</script><noscript>JavaScript '
                 "is required</noscript>"),
            200,
        ),
    ),
    "Akamai denies": (
        Sample(
            "edge",
            "<HTML><HEAD>\n<TITLE>Access Denied</TITLE>\n</HEAD><BODY>\n<H1>Access Denied</H1>\n \nYou don't have "
            'permission to access "http&#58;&#47;&#47;news&#46;example&#47;feed" on this server.<P>\nReference&#32;'
            "&#35;18&#46;5e643017&#46;1700000000&#46;1234abcd\n</BODY>\n</HTML>\n",
            403,
            {"Server": "AkamaiGHost", "Mime-Version": "1.0"},
        ),
        Sample(
            "edge without its name",
            "<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD><BODY><H1>Access Denied</H1>You don't have permission to "
            'access "/feed" on this server.<P>Reference #18.5e643017.1700000000.1234abcd</BODY></HTML>',
        ),
    ),
    "Imperva asks": (
        Sample(
            "frame",
            '<html style="height:100%"><head><META NAME="ROBOTS" CONTENT="NOINDEX, NOFOLLOW"></head><body '
            'style="margin:0px;height:100%"><iframe id="main-iframe" src="/_Incapsula_Resource?SWUDNSAI=31&xinfo=9-'
            '12345-0" frameborder=0 width="100%" height="100%">Request unsuccessful. Incapsula incident ID: '
            "877000450123456789-50123456789</iframe></body></html>",
            200,
        ),
        Sample(
            "script alone",
            '<html><head><META NAME="robots" CONTENT="noindex,nofollow"><script src="/_Incapsula_Resource?SWJIYLWA='
            '5074a744e2e3d891814e9a2dace20bd4,719d34d31c8e3a6e6fffd425f7e032f3"></script><body></body></html>',
            200,
        ),
        Sample("pardon", page("Pardon Our Interruption", "<p>As you were browsing something about your browser made"
                                                         " us think you were a bot.</p>")),
    ),
    "AWS WAF asks": (
        Sample("challenge header", "", 202, {"x-amzn-waf-action": "challenge", "server": "CloudFront"}),
        Sample("captcha header", "", 405, {"x-amzn-waf-action": "captcha"}),
        Sample(
            "page",
            page(
                "",
                '<div id="challenge-container"></div><script type="text/javascript">window.awsWafCookieDomainList = []; '
                'window.gokuProps = {"key":"AQIDAHjc","iv":"CgAH","context":"fq"};</script><script src="https://1a2b.'
                'us-east-1.token.awswaf.com/1a2b/challenge.js"></script><noscript><h1>JavaScript is disabled</h1>In '
                "order to continue, we need to verify that you're not a robot.</noscript>",
            ),
            200,
        ),
    ),
    "CloudFront denies": (
        Sample(
            "blocked",
            '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN" "http://www.w3.org/TR/html4/loose.dtd">\n'
            '<HTML><HEAD><TITLE>ERROR: The request could not be satisfied</TITLE></HEAD><BODY><H1>403 ERROR</H1><H2>'
            "The request could not be satisfied.</H2><HR noshade size=\"1px\">Request blocked.\nWe can't connect to the "
            "server for this app or website at this time. There might be too much traffic or a configuration error."
            "<PRE>Generated by cloudfront (CloudFront)\nRequest ID: abc==</PRE></BODY></HTML>",
        ),
    ),
    "Anubis asks": (
        Sample(
            "proof of work",
            page(
                "Making sure you&#39;re not a bot!",
                '<main><h1 id="title" class="centered-div">Making sure you&#39;re not a bot!</h1><img id="image" src="/'
                '.within.website/x/cmd/anubis/static/img/pensive.webp"><p id="status">Loading...</p><script async '
                'type="module" src="/.within.website/x/cmd/anubis/static/js/main.mjs"></script><details><summary>Why am '
                "I seeing this?</summary><p>You are seeing this because the administrator of this website has set up "
                "Anubis to protect the server against the scourge of AI companies aggressively scraping websites.</p>"
                "</details></main>",
                '<script id="anubis_version" type="application/json">"v1.21.0"</script><script id="anubis_challenge" '
                'type="application/json">{"rules":{"algorithm":"fast","difficulty":4}}</script>',
            ),
            200,
        ),
    ),
    "Sucuri": (
        Sample(
            "cookie",
            page("You are being redirected...", "<noscript>Javascript is required. Please enable javascript before you "
                 "are allowed to see this page.</noscript><script>var s={},u,c,U,r,i,l=0,a,e=eval,w=String.fromCharCode,"
                 "sucuri_cloudproxy_js='',S='cz0iOCIuc3Vic3RyKDAsIDEp';</script>"),
            307,
        ),
        Sample("denied", page("Sucuri WebSite Firewall - Access Denied", "<h1>Access Denied</h1>"), 403,
               {"X-Sucuri-ID": "15008", "X-Sucuri-Block": "EXPVP16"}),
    ),
    "Vercel asks": (
        Sample("checkpoint", page("Vercel Security Checkpoint", "<p>We're verifying your browser</p>"), 429,
               {"x-vercel-mitigated": "challenge"}),
    ),
    "DDoS-Guard asks": (
        Sample("check", page("DDoS-Guard", '<h1>Checking your browser</h1><script src="https://check.ddos-guard.net/'
                                           'check.js"></script>'), 403, {"server": "ddos-guard"}),
        Sample("another title", page("example.org", '<script src="https://check.ddos-guard.net/check.js"></script>'), 403),
    ),
    "Alibaba Cloud asks": (
        Sample("cookie", "<html><script>var arg1='A1B2C3D4E5F6';function setCookie(name,value){document.cookie=name+'='"
                         "+value}(function(){setCookie('acw_sc__v2',arg1);location.reload()})()</script></html>", 200),
    ),
    "F5 denies": (
        Sample("rejected", "<html><head><title>Request Rejected</title></head><body>The requested URL was rejected. Please"
                           " consult with your administrator.<br><br>Your support ID is: 123456789<br></body></html>", 200),
    ),
    "Google asks": (
        Sample("sorry", page("https://news.google.com/rss/search", "<div>About this page<br><br>Our systems have detected "
                             "unusual traffic from your computer network. This page checks to see if it's really you "
                             "sending the requests, and not a robot.</div>"), 429,
               url="https://www.google.com/sorry/index?continue=https://news.google.com/rss"),
    ),
    "reddit.com/prefs/feeds": (
        Sample("Reddit", "<!doctype html><html><head><title>Blocked</title></head><body><h1>whoa there, pardner!</h1><p>Your"
                         " request has been blocked due to a network policy.</p></body></html>", 403,
               url="https://www.reddit.com/r/news/.rss"),
    ),
    "whether you are human": (
        Sample("Turnstile on a page of its own", page("One more step", "<h1>Verify you are human by completing the action "
               'below.</h1><div class="cf-turnstile" data-sitekey="0x4"></div>'), 200),
        Sample("Chinese", page("安全中心", "<h1>请完成安全验证</h1><p>请拖动下方滑块完成验证</p>"), 200),
    ),
    "consent first": (
        Sample("YouTube", page("Before you continue to YouTube", "<h1>Before you continue to YouTube</h1><p>We use cookies "
               "and data to deliver and maintain Google services</p><form><button>Reject all</button></form>"), 200,
               url="https://consent.youtube.com/m?continue=https%3A%2F%2Fwww.youtube.com%2F%40name"),
        Sample("Yahoo", page("Yahoo is part of the Yahoo family of brands", "<p>We use cookies.</p>"), 200,
               url="https://consent.yahoo.com/v2/collectConsent?sessionId=3_cc-session"),
    ),
}  # fmt: skip

LOGIN = (
    Sample("WordPress", page("Log In &lsaquo; News &#8212; WordPress", '<form name="loginform" action="/wp-login.php"><input '
           'type="text" name="log"><input type="password" name="pwd"></form>'), 200),
    Sample("two steps", page("Sign in - Google Accounts", '<h1>Sign in</h1><input type="email">'), 200),
    Sample("Chinese", page("登录 - 新闻", "<h1>登录</h1><form><input type=password></form>"), 200),
    Sample("with 403", page("Please log in", "<form><input type='password' name='p'></form>"), 403),
)  # fmt: skip

PARKED = (
    Sample("Sedo", page("news.example", '<script src="https://img.sedoparking.com/js/jquery.js"></script><h1>news.example</h1>'
           "<p>The domain news.example is for sale! This page was created using Sedo's parking service.</p>"), 200),
    Sample("GoDaddy", '<!DOCTYPE html><html><head><script>window.onload=function(){window.location.href="/lander"}</script>'
           "</head></html>", 200),
    Sample("HugeDomains", page("news.example is for sale | HugeDomains", "<h1>This domain is for sale</h1>"), 200,
           url="https://www.hugedomains.com/domain_profile.cfm?d=news.example"),
    Sample("German", page("news.example", "<p>Diese Domain steht zum Verkauf!</p>"), 200),
    Sample("Chinese", page("news.example", "<p>该域名正在出售，请联系我们。</p>"), 200),
    Sample("suspended", page("Account Suspended", "<p>This Account has been suspended. Contact your hosting provider.</p>"),
           200, url="https://news.example/cgi-sys/suspendedpage.cgi"),
)  # fmt: skip

ARTICLE = page(
    "How Cloudflare’s challenge works | Blog",
    "<article><h1>How Cloudflare’s challenge works</h1><p>The page has the title Just a moment... and asks you to verify you "
    "are human. Its source has <pre>window._cf_chl_opt = {};\n/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1</pre>"
    " and DataDome loads <code>geo.captcha-delivery.com</code>. This domain is for sale, says another; the site is down for "
    f"maintenance, a third.</p>{''.join(f'<p>{LOREM}</p>' for _ in range(40))}</article>",
)

ORDINARY = (
    Sample("nginx", "<html>\r\n<head><title>403 Forbidden</title></head>\r\n<body>\r\n<center><h1>403 Forbidden</h1></center>"
           "\r\n<hr><center>nginx/1.24.0</center>\r\n</body>\r\n</html>\r\n", 403, {"Server": "nginx/1.24.0"}),
    Sample("Apache", '<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>403 Forbidden</title>\n</head>'
           "<body>\n<h1>Forbidden</h1>\n<p>You don't have permission to access /feed\non this server.</p>\n</body></html>"),
    Sample("nginx not found", "<html><head><title>404 Not Found</title></head><body><center><h1>404 Not Found</h1></center>"
           "</body></html>", 404),
    Sample("nginx behind Cloudflare", "<html><head><title>404 Not Found</title></head><body><center><h1>404 Not Found</h1>"
           "</center><hr><center>cloudflare</center></body></html>", 404, {"server": "cloudflare", "cf-ray": "8f1c"}),
    Sample("server behind Cloudflare is down", page("news.example | 521: Web server is down", '<div id="cf-wrapper"><div '
           'id="cf-error-details"><h1>Web server is down</h1><span>Error code 521</span><p>Cloudflare Ray ID: 8f1c</p></div>'
           "</div>"), 521, {"server": "cloudflare"}),
    Sample("IIS", page("404 - File or directory not found.", "<h1>Server Error</h1><h2>404 - File or directory not found."
           "</h2>"), 404),
    Sample("Varnish", page("503 Backend fetch failed", "<h1>Error 503 Backend fetch failed</h1><p>Guru Meditation:</p>"), 503),
    Sample("too many requests", page("429 Too Many Requests", "<h1>Too Many Requests</h1>"), 429, {"retry-after": "60"}),
    Sample("rate limit of Cloudflare", "error code: 1015", 429, {"server": "cloudflare"}),
    Sample("CloudFront without a page", '<HTML><HEAD><TITLE>ERROR: The request could not be satisfied</TITLE></HEAD><BODY>'
           "<H1>504 ERROR</H1>CloudFront attempted to establish a connection with the origin.</BODY></HTML>", 504),
    Sample("S3", '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message>'
           "</Error>", 403),
    Sample("WordPress not found", page("Page not found – News", "<h1>Oops! That page can’t be found.</h1><form "
           'role="search"><input type="search"></form>' + f"<footer>{LOREM}</footer>"), 404),
    Sample("home page with the sensor of Cloudflare", page("News", f"<h1>News</h1><p>{LOREM}</p><script>(function(){{window"
           ".__CF$cv$params={r:'8f1c',t:'MTcw'};var a=document.createElement('script');a.src='/cdn-cgi/challenge-platform/"
           "scripts/jsd/main.js';document.head.appendChild(a);})();</script>"), 200, {"server": "cloudflare"}),
    Sample("home page with the sensor of DataDome", page("News", f"<p>{LOREM}</p><script>window.ddjskey='ABC';</script>"
           '<script src="https://js.datadome.co/tags.js"></script>'), 200, {"x-datadome": "protected"}),
    Sample("home page with the sensor of HUMAN", page("News", f"<p>{LOREM}</p><script>window._pxAppId='PXabc';</script>"
           '<script src="/abc/init.js"></script>'), 200),
    Sample("home page with the script of Imperva", page("News", f"<p>{LOREM * 4}</p><script src='/_Incapsula_Resource?SWJIYLWA="
           "719d34'></script>"), 200, {"x-iinfo": "9-12345", "x-cdn": "Imperva"}),
    Sample("home page with the script of AWS WAF", page("News", f"<p>{LOREM}</p><script src='https://1a.token.awswaf.com/1a/"
           "challenge.js' defer></script>"), 200),
    Sample("contact form with a captcha", page("Contact", '<form><textarea></textarea><div class="g-recaptcha" data-sitekey='
           f'"6L"></div><p>Write to us.</p></form><p>{LOREM}</p>'), 200),
    Sample("forum with a login in its head", page("Forum", '<form><input type="password"></form>' + f"<p>{LOREM}</p>" * 40),
           200),
    Sample("article about all of it", ARTICLE, 200),
    Sample("article with an error status", ARTICLE, 404),
    Sample("home page about maintenance", page("Rail News", f"<p>The line is closed for maintenance. {LOREM * 9}</p>"), 200),
    Sample("blog about selling a domain", page("Blog", f"<p>Last week I wrote why my domain is for sale. {LOREM * 9}</p>"), 200),
    Sample("JSON", '{"error":"forbidden"}', 403, {"content-type": "application/json"}),
    Sample("nothing", "", 403),
)  # fmt: skip
