"""Read web pages without a feed, and the article of a page. Only for the sandbox, except `selectors`."""
