"""Handle lists with their markers, and definition lists."""

from __future__ import annotations

from collections.abc import Mapping

from tuireader.document.elements import Elements, End, OpenList, Start, attributes, whole_number

_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
    (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip


def _start_list(page: Elements, name: str, raw: str) -> None:
    values = attributes(raw)
    number = whole_number(values.get("start", ""), 1)
    page.lists.append(OpenList(name == "ol", number, values.get("type", "1")))
    page.push(name)


def _end_list(page: Elements) -> None:
    page.lists.pop()
    page.marker = ""


def _start_item(page: Elements, name: str, raw: str) -> None:
    _close_item(page)
    page.push(name)
    if not page.lists:
        page.marker = "•"
        return
    here = page.lists[-1]
    if here.ordered:
        here.number = whole_number(attributes(raw).get("value", ""), here.number)
        page.marker = _ordinal(here.number, here.style)
        here.number += 1
    else:
        page.marker = "•◦▪"[min(len(page.lists), 3) - 1]


def _close_item(page: Elements) -> None:
    item = page.last("li")
    if item > page.last("td", "th", "table", "ul", "ol", "menu"):
        page.pop_to(item)


def _end_item(page: Elements) -> None:
    page.marker = ""


def _start_term(page: Elements, name: str, _raw: str) -> None:
    page.close("dd")
    page.close("dt")
    page.push(name)


def _ordinal(number: int, style: str) -> str:
    """Format the marker of an item of an ordered list (HTML Standard §4.4.5, `type`)."""
    if style in ("a", "A") and 1 <= number <= 26:
        return f"{chr(ord(style) + number - 1)}."
    if style in ("i", "I") and 1 <= number <= 3999:
        roman = ""
        for value, sign in _ROMAN:
            roman += sign * (number // value)
            number %= value
        return f"{roman if style == 'I' else roman.lower()}."
    return f"{number}."


STARTS: Mapping[str, Start] = {
    **dict.fromkeys(("ul", "ol", "menu"), _start_list),
    **dict.fromkeys(("dt", "dd"), _start_term),
    "li": _start_item,
}
ENDS: Mapping[str, End] = {**dict.fromkeys(("ul", "ol", "menu"), _end_list), "li": _end_item}
