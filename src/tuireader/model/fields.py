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
    """A field, written as `name:value`.

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
        Field("title", texts=("title",), column="title", index="title"),
        Field("body", texts=("summary", "body"), index="body", reads_body=True),
        Field("author", texts=("author",), column="author", index="author"),
        Field("feed", texts=("feed", "feed_url"), names=True),
        Field("folder", texts=("folder",), names=True),
        Field("url", texts=("url",), column="url"),
        Field("label", texts=("labels",), names=True),
        Field("watch", texts=("watches",), names=True),
        Field("note", texts=("notes",)),
        Field("id", texts=("ids",)),
        Field("enclosure", texts=("files",)),
        Field("is", hint=f"is: takes {', '.join((*STATES, *CASE_STATES))}", values=(*STATES, *CASE_STATES)),
        Field("has", hint=f"has: takes {', '.join(FILES)}", values=FILES),
        Field("lang", hint="for example lang:zh or lang:chinese"),
        Field(
            "age",
            hint="for example age:<3d or age:>2w; units are min, h, d, w, mo and y",
            typed="age:<",
            number="time",
            ago=True,
        ),
        Field(
            "reading_time",
            hint="for example reading_time:<5 or reading_time:>=20, in minutes",
            typed="reading_time:<",
            number="reading_time",
            unit="min",
            reads_body=True,
        ),
        *(
            Field(
                name,
                hint=f"for example {name}:{value}",
                typed=f"{name}:{value[0]}",
                number=number,
                ago=number == "latest",
                of_feed=True,
            )
            for name, number, value in (
                ("unread_count", "unread_count", ">10"),
                ("total_count", "total_count", "<=20"),
                ("latest_article_age", "latest", ">30d"),
            )
        ),
        Field("after", hint="for example after:2026-11-01 or after:yesterday"),
        Field("like", hint='for example like:"ban on ride-hailing apps"'),
        Field("before", hint="for example before:2026-11-01"),
    )
}
TEXT_FIELDS = tuple(name for name, field in FIELDS.items() if field.texts)
"""Fields to search for words. `body` includes the summary; without a field, title and body are searched."""
NAME_FIELDS = tuple(name for name, field in FIELDS.items() if field.names)
"""Fields that take a whole name after `:=`."""
