"""Use cases of feeds: subscriptions, page sources, full texts, downloads."""
