"""Write a letter by the templates of a channel, in plain text, Markdown or HTML. Pure.

Templates have fixed fields, whose values are escaped for the format: what an article says is never markup.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import escape

from msgspec import Struct
from msgspec.structs import replace

from tuireader.config import ChannelConfig
from tuireader.delivery.letters import Item, Letter, LetterKind
from tuireader.export.brief import one_line
from tuireader.export.markdown import WEB, markdown_address, markdown_part, safe_start
from tuireader.export.markup import HTML, MARKDOWN, PLAIN, Writing, fill
from tuireader.model.asides import is_aside
from tuireader.query.identifiers import explained
from tuireader.text import clean, plain
from tuireader.wording.times import full_time

FORMATS = ("plain", "markdown", "html")
REPEATED = " (possibly repeated)"
_MOST_ITEMS = 50
_ABOUT_ARTICLES = (LetterKind.MATCH, LetterKind.RULE, LetterKind.SHARE)
_LINES = ("{feed}, {time}", "“{sentence}”", "New in this story: {adds}", "Watch {watches}: {terms}", "{url}")
_NO_BREAK = "\u200b"
_MENTION = re.compile(
    r"(?<!\w)@(?=\w)|@(?=everyone|here|channel|all|room)|<(?=@|#\w|!(?:channel|here|everyone|subteam|group))",
    re.IGNORECASE,
)


class _Format(Struct, frozen=True):
    """Escapes of a format, and what stands between the lines of an article and between articles."""

    writing: Writing
    text: Callable[[str], str]
    link: Callable[[str], str]
    line_end: str
    gap: str


def _markdown(text: str) -> str:
    return safe_start(markdown_part(one_line(text)))


_FORMATS: Mapping[str, _Format] = {
    "plain": _Format(PLAIN, one_line, str, "\n", "\n\n"),
    "markdown": _Format(MARKDOWN, _markdown, lambda url: f"<{markdown_address(url)}>", "  \n", "\n\n"),
    "html": _Format(
        HTML,
        lambda text: escape(one_line(text)),
        lambda url: f'<a href="{escape(url)}" rel="noreferrer">{escape(url)}</a>',
        "<br>\n",
        "<br>\n<br>\n",
    ),
}


def subject(letter: Letter, channel: ChannelConfig) -> str:
    """Write the subject as one line of plain text."""
    text = letter.title
    if channel.subject and letter.kind in _ABOUT_ARTICLES:
        first = letter.items[0]
        watches = dict.fromkeys(evidence.watch for item in letter.items for evidence in item.evidence)
        values = {
            "summary": letter.title,
            "title": first.title,
            "feed": first.feed,
            "watches": ", ".join(watches) or letter.rule,
            "count": str(len(letter.items)),
        }
        text = fill(channel.subject, values) or letter.title
    return clean(one_line(text)) + REPEATED * letter.repeated


def body(letter: Letter, channel: ChannelConfig, form: str) -> str:
    """Write the text in one of `FORMATS`; `mail` and `url` have a longer one by default than programs."""
    by_template = channel.body or (channel.kind in ("mail", "url") and not letter.bodies)
    if letter.kind not in _ABOUT_ARTICLES or not by_template:
        lines = [escaped(line, form) for line in letter.body.splitlines()]
        return letter.bodies.get(form) or _FORMATS[form].line_end.join(lines)
    if form == "plain" and channel.format == "html":  # the template is HTML
        return plain(_articles(letter, channel, "html"))
    return _articles(letter, channel, form)


def escaped(text: str, form: str) -> str:
    """Write text as one line of a format, in which nothing is markup."""
    return _FORMATS[form].text(clean(text))


def _articles(letter: Letter, channel: ChannelConfig, form: str) -> str:
    own = _FORMATS[form]
    titled = ("{title}", *_LINES) if len(letter.items) > 1 or channel.subject else _LINES
    template = channel.body or "\n".join(titled)
    around = str if channel.format == form else own.writing.part
    shown = letter.items[:_MOST_ITEMS]
    parts = [fill(template, _values(item, form), around, own.line_end) for item in shown]
    if more := len(letter.items) - len(shown):
        parts.append(f"and {more} more")
    return own.gap.join(parts)


def _values(item: Item, form: str) -> dict[str, str]:
    evidence = sorted(item.evidence, key=is_aside)
    quoted = next((each for each in evidence if each.sentence and each.sentence != item.title), None)
    terms = ", ".join(dict.fromkeys(term for each in evidence for term in each.terms))
    counts = {text: count for each in evidence for text, count in each.occurrences.items()}
    places = f" (in {', '.join(evidence[0].fields)})" if evidence and is_aside(evidence[0]) else ""
    watches = [f"{each.watch} (uncertain)" if each.uncertain else each.watch for each in item.evidence]
    texts = {
        "title": item.title or item.url,
        "feed": item.feed,
        "time": full_time(item.time),
        "watches": ", ".join(dict.fromkeys(watches)),
        "terms": explained(terms, counts) + places,
        "adds": ", ".join(item.adds),
    }
    own, values = _FORMATS[form], {name: escaped(text, form) for name, text in texts.items()}
    values["sentence"] = own.writing.quoted(replace(quoted, feed="", until=0)) if quoted else ""
    values["url"] = own.link(item.url) if WEB.match(item.url) else ""
    return values


def without_mentions(text: str) -> str:
    """Break `@everyone`, `<!channel>` and other mentions, by which a chat alerts its members; keep links."""
    return _MENTION.sub(rf"\g<0>{_NO_BREAK}", re.sub(r"/@(?=\w)", "/%40", text))
