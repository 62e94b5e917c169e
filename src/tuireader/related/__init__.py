"""Find related articles and stories, with reasons. Pure: no SQL, no clock, no I/O.

- `reading`    reduce an article to a `Profile`, about 0.9 KB: its terms, the things it names, stated times
- `compare`    estimate the chances that two profiles belong together, are one story or one text
- `across`     do the same for two articles in different languages
- `closeness`  weigh how close two articles are in meaning
- `series`     tell apart the items of a series, which must not share a row
- `stories`    decide which articles form one story
- `rank`       select related articles from candidates, with relation and reason
- `reasons`    decide which shared terms tell a reader something
- `search`     relate against the store: `arrive` for a new article, `relatives` for an opened one
- `referring`  find the earlier articles that sentences refer to
- `sharing`    decide which pictures and links can show that two articles report one event
- `facts`      find the numbers, dates, names and quotations that a report adds to those before it

`store.relations` defines the tables, `ingest.relating` the order of the steps. On arrival, in one
transaction: call `search.arrive`; write profile, postings, counts and neighbours; call `search.fold`; put
the article and all members of merged stories into the first row of the story that takes it. For a changed
article, the old profile, postings and counts are removed first. Articles that arrive together are related in
order of time.
"""
