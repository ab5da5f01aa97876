-- Which cleaner and which tagger last looked at a text; 0: it is to be looked at again.
ALTER TABLE documents ADD COLUMN cleaner INTEGER NOT NULL DEFAULT 0;
ALTER TABLE documents ADD COLUMN tagger INTEGER NOT NULL DEFAULT 0;
CREATE INDEX documents_by_version ON documents (cleaner, tagger, article_id);

-- What the user decided on blocks of an article, known by their words.
CREATE TABLE block_decisions (
    article_id INTEGER NOT NULL REFERENCES articles,
    text       TEXT NOT NULL,
    keep       INTEGER NOT NULL,        -- 1: shown whatever the cleaner thinks, 0: not shown
    PRIMARY KEY (article_id, text)
) STRICT, WITHOUT ROWID;
