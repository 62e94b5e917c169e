-- for compression; `fact` has a second copy of each. `articles` is their number at the time of training
CREATE TABLE dictionary (
  number INTEGER PRIMARY KEY,
  id INTEGER NOT NULL, articles INTEGER NOT NULL, packed BLOB NOT NULL
);
