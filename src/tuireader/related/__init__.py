"""Which articles belong together, how, and why. Pure: no SQL, no clock, no I/O.

- `words`     text → folded terms
- `features`  terms → `Profile`, the compact form that is stored
- `compare`   two profiles → the chances that they belong together, that they are one story, one text
- `rank`      an article and candidates → relatives with relation and reason
- `search`    the steps against the store: `arrive` for a new article, `relatives` for an opened one
- `stories`   which articles are one story
- `series`    which of them are items of a series, and so do not share a row
- `links`     links that the editor set in the text: also read, cites, primary sources

What the store keeps, about 0.9 KB an article:

    -- Profile.pack()
    CREATE TABLE profile (article INTEGER PRIMARY KEY, packed BLOB NOT NULL);
    -- at most 18 an article
    CREATE TABLE posting (term INTEGER NOT NULL, day INTEGER NOT NULL, article INTEGER NOT NULL,
                          PRIMARY KEY (term, day, article)) WITHOUT ROWID;
    -- one up at arrival, `lower` if `Arrival.counted` says so
    CREATE TABLE term_count (term INTEGER PRIMARY KEY, articles INTEGER NOT NULL,
                             lower INTEGER NOT NULL);
    -- both directions
    CREATE TABLE neighbour (article INTEGER NOT NULL, other INTEGER NOT NULL,
                            PRIMARY KEY (article, other)) WITHOUT ROWID;
    -- the id of one of the story's articles plus its row times 2**40, 0 for an article that is alone
    article.story
    -- pairs that a person has split, both directions
    CREATE TABLE apart (article INTEGER NOT NULL, other INTEGER NOT NULL,
                        PRIMARY KEY (article, other)) WITHOUT ROWID;

`term` is an unsigned 32-bit number, `day` is seconds // 86,400 of the sort time. What is asked:

    articles    SELECT count(*) FROM profile                  -- keep the number in memory during a batch
    counts      SELECT term, articles, lower FROM term_count WHERE term IN (…)         -- about 120 at most
    posted      SELECT article FROM posting WHERE term=? AND day<=? ORDER BY day DESC, article DESC LIMIT ?
                and the same with day>? ORDER BY day, article                          -- for 18 terms
    profiles    SELECT article, packed FROM profile WHERE article IN (…)               -- about 150 at most
    neighbours  SELECT article, other FROM neighbour WHERE article IN (…)              -- 5 at most

For folding (`search.StorySource`):

    stories     SELECT id, story FROM article WHERE id IN (…)                          -- 12 at most
    members     SELECT id FROM article WHERE story IN (…) ORDER BY id DESC LIMIT ?     -- 5 times
    title, lead the beginning of what few articles say that seem to be one story
    apart       SELECT article, other FROM apart WHERE article IN (…) AND other IN (…)

At arrival, in one transaction: `search.arrive(shelf, incoming)`, then write profile, postings, counts (+1),
neighbours (both directions), then `search.fold(shelf, arrival, series)`: put the article, and all of the
stories that are merged, into the first row of the story that takes it. A split by a person writes the pairs
of the split article with all other members to `apart` and lets it stand alone.

An article whose title or text has changed gives its old profile, postings (`features.probes` of the stored
profile) and counts back first. Articles that arrive together are related in the order of their times.
"""
