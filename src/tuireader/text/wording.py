"""Phrases used in several places, with numbers."""


def counted(number: int, singular: str, plural: str = "") -> str:
    """Return `1 feed`, `1,200 feeds`; `plural` is an irregular one: `counted(2, "story", "stories")`."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def rows_and_articles(rows: int, articles: int) -> str:
    """Return `18 rows · 60 articles`, or `60 articles` if every article has a row of its own."""
    text = counted(articles, "article")
    return text if rows == articles else f"{counted(rows, 'row')} · {text}"


def waiting(number: int, host: str, time: str) -> str:
    """Describe feeds that are not fetched until a time because their host asked to wait."""
    return f"{number:,} {'waits' if number == 1 else 'wait'} until {time}: {host} asked to wait"


def followed(address: str) -> str:
    """Describe a feed that was found at another address."""
    return f"its address no longer has the feed, followed to {address}"


def left_out(number: int) -> str:
    """Describe a feed document that has too many entries."""
    oldest = counted(number, "oldest entry", "oldest entries")
    return f"its {oldest} left out, as it has more than 10,000 at once"


def undelivered(channel: str, error: str, number: int, until: str) -> str:
    """Describe messages that a channel has not accepted; `until` is `""` if they were given up."""
    waits = f"{'waits' if number == 1 else 'wait'} until {until}" if until else "given up, see outbox"
    return f"{f'{channel}: ' if channel else ''}{error}; {counted(number, 'message')} {waits}"
