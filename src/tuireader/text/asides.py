"""Recognise lines outside the running text: further reading, credits, bylines, navigation."""

from __future__ import annotations

import re

from tuireader.text.regex import regex

ALSO = r"""
    also\s+(?:read|see|on)|read\s+(?:also|more|next|this(?:\s+next)?)|see\s+also
  | more\s+(?:on|about)\s+this(?:\s+story)?
  | related(?:\s+(?:stories|story|articles?|reading|coverage|news|posts?))?
  | recommended(?:\s+reading)?|further\s+reading
  | you\s+(?:may|might)\s+also\s+like|don['’]t\s+miss|in\s+case\s+you\s+missed\s+it
  | previously|earlier\s+coverage
  | lesen\s+sie\s+(?:auch|mehr)|mehr\s+(?:zum\s+thema|dazu)|siehe\s+auch
  | lire\s+aussi|à\s+lire(?:\s+aussi)?|voir\s+aussi
  | lea\s+también|leer\s+más|ver\s+también|leggi\s+anche
  | leia\s+(?:também|mais)|lees\s+ook|читайте\s+также
  | 延伸阅读|相关阅读|相关文章|推荐阅读|另见|更多阅读
  | 延伸閱讀|相關閱讀|相關文章|あわせて読みたい|関連記事|관련\s*기사
"""
"""Verbose pattern of an editor's words before a link to another article; ignores case."""
CREDIT = (
    r"(?:(?:image|photo(?:graph)?|picture|illustration|graphic|screenshot|video|cover|featured image)\s*)?"
    r"(?:source|credits?|courtesy(?:\s+of)?)\s*[:：]"
    r"|(?:images?|photo(?:graph)?s?|pictures?|illustrations?|graphics?)"
    r"(?:\s*[:：]|\s+(?:by|via|credits?|courtesy\s+of)\b\s*[:：]?)"
    r"|(?:图片来源|图源|图片|圖片來源|圖源|圖片|来源|來源|摄影|攝影|撮影|出典|画像|写真|사진|출처|bild(?:quelle)?|foto|crédits?)\s*[:：]"
)
"""Pattern of the words before the credit of an image; ignores case."""

_OPEN = r"[\s(（\[【「•·▪►▶→»>*–—-]*"
_SURE = r"(?:also\s+read|read\s+(?:also|more)|see\s+also|lire\s+aussi|lesen\s+sie\s+auch|延伸[阅閱][读讀])"
_SHORT = r"(?:[^.!?]|(?<=\b\w)\.)"  # within a sentence, in which initials have full stops
_CAPITAL = r"(?-i:[A-ZÀ-ÞЀ-Я])[\w.’'-]*"
_NAME = rf"{_CAPITAL}(?:[ ]{_CAPITAL}){{0,4}}"
_KINDS = {
    "see also": rf"""{_OPEN}(?:(?:{ALSO})\s*(?:[:：|»–—-].*|[\]）】」]?) | {_SURE}\s.*[^.!?。！？])""",
    "credit": rf"""
        [(（\[]?(?:{CREDIT.replace(" ", "[ ]")})\s*{_SHORT}{{1,100}}[.)）\]]? | (?:©|copyright\b).*""",
    "byline": rf"""
        (?:by|von|par|por|door)\s+{_NAME}(?:\s*(?:[,;|&·]|\b(?:and|und|et|y|en|in|for)\b)\s*{_NAME})*
      | [(\[]?(?:additional\s+)?(?:reporting|writing|written|edit(?:ed|ing)|translated)\s+by\b.*
      | (?:posted|submitted)\s+by\b.*
      | [(（【]?(?:[记記]者|作者|[编編][辑輯]|[责責](?:任)?[编編][辑輯]?|撰文)\s*[:：/丨|].*""",
    "navigation": r"""
        (?:home|startseite|accueil|首页|首頁)\s*[>»›|/].* | [^>»›|]{1,40}(?:\s[>»›|]\s[^>»›|]{1,40}){2,}
      | (?:tags?|topics?|categor(?:y|ies)|labels|keywords|themen|mots-clés|etiquetas|[标標][签籤])\s*[:：].*
      | (?:tagged|filed\s+under|posted\s+in)\b.* | (?:previous|next)(?:\s+(?:post|article|story))?\s*[:：].*
      | [上下]一篇\s*[:：].* | [←→‹›]\s.* | share\s*[:：].*
      | (?:share|find|join)\s(?:(?:this|us|me|it)\b.{0,40}\s)?(?:on|via)\s.*
      | follow\s(?:\S+\s){1,3}(?:on|via)\s.* | subscribe\s+to\s+(?:our|the|my)\s.*
      | sign\s+up\s+(?:for|to)\s.* | more\s+(?:from|in)\s[^.!?]*
      | the\s+post\s.*\sappeared\s+first\s+on\s.* | .*\serschien\s+zuerst\s+auf\s.*
      | continue\s+reading\b.* | 分享[到至].* | [扫掃][码碼].* | .{0,8}[关關]注.{0,12}[公众眾]{2}[号號].*""",
}
_LONGEST = 300  # characters of a line outside the running text
_LONGEST_TITLE, _MOST_TITLES = 160, 12  # of a list of titles below a heading
_STOPS = ".!?…。！？:："


_LINE = "|".join(f"(?P<{kind.replace(' ', '_')}>{words})" for kind, words in _KINDS.items())
_LINE = rf"(?ix)(?:{_LINE})\s*"
_END = (
    r"(?i)(?:(?<=[.!?…。！？)）”\"»|·–—])\s*|(?=[(（\[]))"
    rf"(?:(?P<see_also>{_SURE}\s*[:：].*)|(?P<credit>[(（\[]?(?:{CREDIT})\s*{_SHORT}{{1,80}}[.)）\]]?))\s*\Z"
)
_HEADING = rf"(?ix){_OPEN}(?:{ALSO})\s*[:：]?\s*"


def aside(text: str, start: int, end: int) -> tuple[int, str]:
    """Return where the line `start:end` of a text stops being running text, and what follows.

    That is one of `model.asides.ASIDES`, or `""` if nothing follows. The titles below a heading such as
    "Related" are further reading.
    """
    line = text[start:end]
    if len(line) <= _LONGEST and (match := regex(_LINE).fullmatch(line)):
        return start, _kind(match)
    if match := regex(_END).search(line, max(0, len(line) - _LONGEST)):
        return start + match.start(), _kind(match)
    return (start, "see also") if _is_listed(text, start, line) else (end, "")


def running_text(text: str) -> str:
    """Return a text without the lines, and ends of lines, outside the running text."""
    at, kept = 0, []
    for line in text.split("\n"):
        end = at + len(line)
        kept.append(text[at : aside(text, at, end)[0]])
        at = end + 1
    return "\n".join(kept)


def _kind(match: re.Match[str]) -> str:
    return (match.lastgroup or "").replace("_", " ")


def _is_listed(text: str, start: int, line: str) -> bool:
    """Return whether a line is one of the titles below a heading such as "Related"."""
    for _ in range(_MOST_TITLES):
        if len(line) > _LONGEST_TITLE or line.rstrip()[-1:] in _STOPS or start == 0:
            return False
        before = text.rfind("\n", 0, start - 1) + 1
        start, line = before, text[before : start - 1]
        if len(line) <= _LONGEST_TITLE and regex(_HEADING).fullmatch(line):
            return True
    return False
