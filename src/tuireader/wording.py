"""Numbers in sentences."""


def counted(number: int, one: str, more: str = "") -> str:
    """`1 feed`, `1,200 feeds`; `more` for what does not take an s: `counted(2, "story", "stories")`."""
    return f"{number:,} {one if number == 1 else more or one + 's'}"
