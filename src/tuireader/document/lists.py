"""Handle lists with their markers, and definition lists."""

from __future__ import annotations

from tuireader.document.attributes import attributes, whole
from tuireader.document.elements import Elements, OpenList

_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
    (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip


class Lists(Elements):
    """Handlers for tags of lists and definitions."""

    def _list(self, name: str, raw: str) -> None:
        found = attributes(raw)
        self.lists.append(OpenList(name == "ol", whole(found.get("start", ""), 1), found.get("type", "1")))
        self._push(name)

    def _end_list(self) -> None:
        self.lists.pop()
        self.marker = ""

    def _item(self, name: str, raw: str) -> None:
        self._close_item()
        self._push(name)
        if not self.lists:
            self.marker = "•"
            return
        here = self.lists[-1]
        if here.ordered:
            here.number = whole(attributes(raw).get("value", ""), here.number)
            self.marker = _ordinal(here.number, here.style)
            here.number += 1
        else:
            self.marker = "•◦▪"[min(len(self.lists), 3) - 1]

    def _close_item(self) -> None:
        """Close the previous item of the same list."""
        item = self._last("li")
        if item > self._last("td", "th", "table", "ul", "ol", "menu"):
            self._pop_to(item)

    def _end_item(self) -> None:
        self.marker = ""

    def _term(self, name: str, _raw: str) -> None:
        self._close("dd")
        self._close("dt")
        self._push(name)


def _ordinal(number: int, style: str) -> str:
    """Return the marker of an item of an ordered list (HTML Standard §4.4.5, `type`)."""
    if style in ("a", "A") and 1 <= number <= 26:
        return f"{chr(ord(style) + number - 1)}."
    if style in ("i", "I") and 1 <= number <= 3999:
        roman = ""
        for value, sign in _ROMAN:
            roman += sign * (number // value)
            number %= value
        return f"{roman if style == 'I' else roman.lower()}."
    return f"{number}."
