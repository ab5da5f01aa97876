-- Ways of writing that the user took out of a name: in one article, or (article 0) in all.
CREATE TABLE partings (
    article_id INTEGER NOT NULL,
    fold       TEXT NOT NULL,           -- the name, folded
    kind       INTEGER NOT NULL,
    words      TEXT NOT NULL,           -- the way of writing, folded
    name       TEXT NOT NULL,
    written    TEXT NOT NULL,
    PRIMARY KEY (article_id, fold, kind, words)
) STRICT, WITHOUT ROWID;
CREATE INDEX partings_by_words ON partings (words);
