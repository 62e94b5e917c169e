"""Find related articles and stories, with reasons. Pure: no SQL, no clock, no I/O.

- `words`     split text into folded terms
- `features`  reduce terms to a `Profile`, the compact form that is stored, about 0.9 KB per article
- `concepts`  find names, words of events and amounts that are the same in all languages
- `mentions`  reduce an article to the things that it names, a part of its `Profile`
- `own_forms` add forms of names from watches and from texts
- `across`    estimate the chances for two articles in different languages
- `compare`   estimate the chances that two profiles belong together, are one story or one text
- `rank`      select related articles from candidates, with relation and reason
- `search`    relate against the store: `arrive` for a new article, `relatives` for an opened one
- `stories`   decide which articles form one story
- `series`    detect items of a series, which must not share a row
- `sharing`   decide which pictures and links can show that two articles report one event
- `links`     classify links in the text: further reading, primary sources, citations

`store.relations` defines the tables, `ingest.relating` the order of the steps. On arrival, in one
transaction: call `search.arrive`; write profile, postings, counts and neighbours; call `search.fold`; put
the article and all members of merged stories into the first row of the story that takes it. For a changed
article, the old profile, postings and counts are removed first. Articles that arrive together are related in
order of time.
"""
