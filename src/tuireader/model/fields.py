"""Fields of expressions: what the parser, evaluation, advice, SQL and completion know about each.

A new field of words or of a `number` is a line here, with the attributes of `query.Subject` that it names.
Any other also needs a node in `query.tree`, a function in `query.parser`, and a case in `query.evaluate` and
`store.lists.conditions`.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from tuireader.model.cases import CaseState

STATES: Mapping[str, tuple[str, bool]] = {
    "unread": ("read", False),
    "read": ("read", True),
    "starred": ("starred", True),
    "muted": ("muted", True),
    "today": ("", True),
    "subscribed": ("subscribed", True),
    "unsubscribed": ("subscribed", False),
}
"""Values of `is:`, each with an attribute of the article and its value; `today` is no attribute."""
CASE_STATES: Mapping[str, tuple[CaseState, ...]] = {
    "open": (CaseState.NEW, CaseState.OPEN),
    "done": (CaseState.DONE,),
    "false-alarm": (CaseState.FALSE_ALARM,),
}
"""Values of `is:` about matches, each with the states of a case that it stands for."""
FILES = ("enclosure", "audio", "video", "image")
"""Values of `has:`: any enclosure, or one of a kind."""


class Field(Struct, frozen=True):
    """A field, written as `name:value`. `examples` say in Markdown which articles each one finds.

    `texts` are the attributes of `query.Subject` in which a text field is searched, `column` is the column of
    `article` that holds such a text, and `index` the column of the full-text index. A field of `names` also
    takes a whole name: `feed:="My feed"`. `values` are all its values, if they are few. `hint` shows how to
    write it, `typed` is what completion offers.

    A `number`, the name of an attribute and of a column of `article`, is compared: `name:<5`. It is positive,
    or 0 if it is unknown, which no comparison matches. `unit` may be written after it. With `ago`, it is a
    time, of which the age is compared, in units of time. `of_feed` numbers are those of the article's feed,
    which only searches know. `reads_body` says that the attribute follows from the text.
    """

    name: str
    examples: Mapping[str, str]
    hint: str = ""
    texts: tuple[str, ...] = ()
    column: str = ""
    index: str = ""
    names: bool = False
    values: tuple[str, ...] = ()
    typed: str = ""
    number: str = ""
    unit: str = ""
    ago: bool = False
    of_feed: bool = False
    reads_body: bool = False


FIELDS = {
    field.name: field
    for field in (
        Field(
            "title",
            {
                "title:WeChat": "with the word in the title",
                'title:"new users"': "with the phrase in the title",
            },
            texts=("title",),
            column="title",
            index="title",
        ),
        Field(
            "body",
            {"body:fine": "with the word in the summary or the text"},
            texts=("summary", "body"),
            index="body",
            reads_body=True,
        ),
        Field(
            "author", {"author:Bevan": "by this author"}, texts=("author",), column="author", index="author"
        ),
        Field(
            "feed",
            {
                'feed:"Example News"': "of a feed, by title or URL",
                'feed:="Example News"': "of the feed with exactly this title or URL; also `folder:=`,"
                " `label:=`, `watch:=`",
            },
            texts=("feed", "feed_url"),
            names=True,
        ),
        Field("folder", {"folder:Security": "of a folder"}, texts=("folder",), names=True),
        Field("url", {"url:example.org": "with these characters in their URL"}, texts=("url",), column="url"),
        Field(
            "label",
            {
                "label:law": "with your label (`t`), with this tag from the feed, or of feeds with this"
                " label",
                'label:"to read"': "the same for a label of several words",
            },
            texts=("labels",),
            names=True,
        ),
        Field(
            "watch",
            {"watch:WeChat": "on this watch", "watch:story*": "on a watch whose name starts with it"},
            texts=("watches",),
            names=True,
        ),
        Field("note", {"note:lawyer": "with a match whose note has the word"}, texts=("notes",)),
        Field(
            "id",
            {
                "id:CVE-2026-50110": "with a match that logged this identifier: a CVE number in the text, or"
                " what `(?P<id>…)` in a pattern captured",
                "id:CVE-2026-*": "with a match that logged an identifier that starts with it",
            },
            texts=("ids",),
        ),
        Field(
            "enclosure",
            {
                "enclosure:episode": "with an attached file that has these characters in its URL, title or"
                " type",
            },
            texts=("files",),
        ),
        Field(
            "is",
            {
                "is:unread": "unread; also `is:read`, `is:starred`",
                "is:muted": "that are muted; every other expression leaves these out",
                "is:today": "since midnight, local time",
                "is:subscribed": "of feeds you still subscribe to; `is:unread is:subscribed` is the Unread"
                " view",
                "is:unsubscribed": "of feeds you have left, here or on the server of an account, and of no"
                " other feed",
                "is:open": "with a match that nobody has handled yet; also `is:done`, `is:false-alarm`;"
                " beside `watch:X`, of that watch",
            },
            f"is: takes {', '.join((*STATES, *CASE_STATES))}",
            values=(*STATES, *CASE_STATES),
        ),
        Field(
            "has",
            {
                "has:audio": "with an attached audio file; also `has:video`, `has:image`, `has:enclosure` for"
                " any file",
            },
            f"has: takes {', '.join(FILES)}",
            values=FILES,
        ),
        Field(
            "lang",
            {"lang:zh": "in Chinese, by code or English name: `lang:chinese`; `language:` does the same"},
            "for example lang:zh or lang:chinese",
        ),
        Field(
            "age",
            {
                "age:<3d": "from the last three days; units are `min`, `h`, `d`, `w`, `mo`, `y`",
                "age:>2w": "older than two weeks",
            },
            "for example age:<3d or age:>2w; units are min, h, d, w, mo and y",
            typed="age:<",
            number="time",
            ago=True,
        ),
        Field(
            "reading_time",
            {
                "reading_time:<5": "that take less than five minutes to read; also `<=5`, `>20`, `>=20`;"
                " never without a text",
            },
            "for example reading_time:<5 or reading_time:>=20, in minutes",
            typed="reading_time:<",
            number="reading_time",
            unit="min",
            reads_body=True,
        ),
        *(
            Field(
                name,
                {f"{name}:{value}": says},
                f"for example {name}:{value}",
                typed=f"{name}:{value[0]}",
                number=number,
                ago=number == "latest",
                of_feed=True,
            )
            for name, number, value, says in (
                ("unread_count", "unread_count", ">10", "of feeds with more than ten unread articles"),
                ("total_count", "total_count", "<=20", "of feeds with at most twenty articles"),
                ("latest_article_age", "latest", ">30d", "of feeds without an article for thirty days"),
            )
        ),
        Field(
            "after",
            {
                "after:2026-11-01": "from that day on; a month or year works too: `after:2026-11`",
                "after:yesterday": "since yesterday began where you are; also `today`, or the last `monday`,"
                " `tuesday` …; `after:@1795910400` is in seconds since 1970",
            },
            "for example after:2026-11-01 or after:yesterday",
        ),
        Field(
            "like",
            {
                'like:"ban on ride-hailing"': "that mean something like it, the closest first; only in"
                " searches, beside conditions that filter",
                "like:@1234": "that are like the article with this number",
            },
            'for example like:"ban on ride-hailing apps"',
        ),
        Field("before", {"before:2026-11-01": "before that day"}, "for example before:2026-11-01"),
    )
}
TEXT_FIELDS = tuple(name for name, field in FIELDS.items() if field.texts)
"""Fields to search for words. `body` includes the summary; without a field, title and body are searched."""
NAME_FIELDS = tuple(name for name, field in FIELDS.items() if field.names)
"""Fields that take a whole name after `:=`."""
