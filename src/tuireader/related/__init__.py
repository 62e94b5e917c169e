"""Decide which articles belong together, how, and why. Pure: no SQL, no clock, no I/O.

- `words`     text → folded terms
- `features`  terms → `Profile`, the compact form that is stored, about 0.9 KB an article
- `compare`   two profiles → the chances that they belong together, that they are one story, one text
- `rank`      an article and candidates → related articles with relation and reason
- `search`    the steps against the store: `arrive` for a new article, `relatives` for an opened one
- `stories`   which articles are one story
- `series`    which of them are items of a series, and so do not share a row
- `links`     links that the editor set in the text: also read, cites, primary sources

`store.relations` has the tables, `ingest.relate` the order of the steps. At arrival, in one transaction:
`search.arrive`, then write profile, postings, counts and neighbours, then `search.fold`, then put the article
and all of merged stories into the first row of the story that takes it. A changed article first gives its
old profile, postings and counts back. Articles that arrive together are related in the order of their times.
"""
