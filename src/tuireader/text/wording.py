"""Sentences that several places say, and numbers in them."""


def counted(number: int, one: str, more: str = "") -> str:
    """`1 feed`, `1,200 feeds`; `more` for what does not take an s: `counted(2, "story", "stories")`."""
    return f"{number:,} {one if number == 1 else more or one + 's'}"


def stories_and_articles(stories: int, articles: int) -> str:
    """`18 stories · 60 articles`; only `60 articles` where each article is alone."""
    told = counted(articles, "article")
    return told if stories == articles else f"{counted(stories, 'story', 'stories')} · {told}"


def left_out(number: int) -> str:
    """What is said of a feed document that has too many entries."""
    oldest = counted(number, "oldest entry", "oldest entries")
    return f"its {oldest} left out, as it has more than 10,000 at once"
