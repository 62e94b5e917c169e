"""When to ask a feed, when entries were lost between two visits, when a silence is unusual. Pure."""
