"""The process that runs Apprise: one request to one service, for `service`."""

from __future__ import annotations

import logging
import os
import re
import sys
from typing import Any

from tuireader.subprocesses.serving import alarm, serve

_GRACE = 70  # seconds after which the process ends by itself, in case its parent is gone
_LOCAL = ("blink1", "dbus", "glib", "gnome", "macosx", "syslog", "windows")
"""Modules of Apprise that use programs or devices of this machine."""
_TITLED = ("serverchan", "zulip")
_MARKDOWN = ("discord", "fluxer", "guilded", "humhub", "mattermost", "nextcloudtalk", "revolt", "ryver")
"""Modules of services that show Markdown, although Apprise calls it text; `_TITLED` not in titles."""
_FORMS = {"plain": "text", "markdown": "markdown", "html": "html"}
"""Names of formats, ours and those of Apprise."""


_UNSENT = re.compile("Max retries exceeded|Connection refused|not known")
"""Errors before anything was sent, in the words of requests and of the system."""


class _Log(logging.Handler):
    """The part of Apprise's log that is about HTTP, and nothing else of it.

    A service is `unreachable` if it has received nothing; else the connection was `lost`.
    """

    status = 0
    reason = "refused"

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if match := re.search(r"\berror=(\d{3})\b", text):
            self.status = int(match[1])
        if text.startswith("Socket Exception"):  # at the level of debugging, with the words of requests
            self.reason = "unreachable" if _UNSENT.search(text) else "lost"


def answer(request: tuple[str, str, dict[str, str], dict[str, str], str, str, bool]) -> tuple[str, int]:
    """Send a text to an address, in a format, `auto` for that of its service; without texts, only check it.

    `titles` are escaped for each format. Returns `ok` or a reason, and the status of HTTP, 0 if unknown.
    """
    address, title, titles, texts, form, proxy, proxies = request
    _set_proxies(proxy, proxies)
    try:
        import apprise
    except ImportError:
        return "missing", 0
    with alarm(_GRACE):
        log, logger = _Log(), logging.getLogger("apprise")
        logger.handlers, logger.propagate = [log], False
        logger.setLevel(logging.DEBUG)
        asset = apprise.AppriseAsset(secure_logging=True, http_redirects=False, async_mode=False)
        service = apprise.Apprise.instantiate(address, asset=asset)
        if service is None:
            return "unknown", 0
        if (refusal := _refusal(service, proxy)) or not texts:
            return refusal or "ok", 0
        if "overflow" not in address:
            service.overflow_mode = apprise.OverflowMode.SPLIT
        theirs = _FORMS.get(form) or str(service.resolve_format(None).value)
        ours = next(ours for ours, name in _FORMS.items() if name == theirs)
        if ours == "plain" and _module(service) in (*_MARKDOWN, *_TITLED):
            ours = "markdown"
        in_text = service.title_maxlen <= 0 or _module(service) in _MARKDOWN
        if in_text:  # Apprise puts it into the text as it is
            title = titles[ours]
        sender = apprise.Apprise(asset=asset)
        sender.add(service)
        if sender.notify(body=texts[ours], title=title, body_format=theirs):
            return "ok", 0
        return log.reason, log.status


def _set_proxies(proxy: str, proxies: bool) -> None:
    """Set the variables that `requests` reads: one proxy for all, or none."""
    if proxies and not proxy:
        return
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        del os.environ[name]
    address = proxy if "://" in proxy or not proxy else f"http://{proxy}"
    os.environ.update(http_proxy=address, https_proxy=address, all_proxy=address)
    os.environ["no_proxy"] = "localhost,127.0.0.1,::1" if proxy else "*"


def _module(service: Any) -> str:
    """Return the name of the module of Apprise that has a service, such as `ntfy`."""
    return type(service).__module__.removeprefix("apprise.plugins.").partition(".")[0]


def _refusal(service: Any, proxy: str) -> str:
    """Return why a service is not used, `""` if it is."""
    bases = [base.__module__ for base in type(service).__mro__]
    modules = [module for module in bases if module.startswith("apprise.plugins.")]
    if not modules or _module(service) in _LOCAL:
        return "local"
    if not service.verify_certificate:
        return "unverified"
    uses_proxy = any(hasattr(sys.modules[module], "requests") for module in modules)
    return "proxy" if proxy and not uses_proxy else ""


if __name__ == "__main__":
    serve(answer)
