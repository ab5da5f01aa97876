-- The first schema. Times are milliseconds since 1970 (UTC) unless said otherwise; flags are 0 or 1.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What the engine remembers between runs: waits of hosts, memory of sites.
CREATE TABLE memory (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE folders (
    path     TEXT PRIMARY KEY,          -- 'World/Europe'; parents have rows of their own
    position INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE feeds (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    url           TEXT NOT NULL UNIQUE,
    url_key       TEXT NOT NULL,        -- the address without scheme and trailing slash, to compare by
    title         TEXT,                 -- the user's
    own_title     TEXT,
    site_url      TEXT,
    folder        TEXT NOT NULL DEFAULT '',
    position      INTEGER NOT NULL DEFAULT 0,
    archived      INTEGER NOT NULL DEFAULT 0,
    settings      TEXT NOT NULL DEFAULT '{}',   -- JSON of model::feed::FeedSettings
    validators    TEXT,                         -- JSON of model::feed::Validators
    added         INTEGER NOT NULL,
    last_success  INTEGER,
    last_attempt  INTEGER,
    last_error    TEXT,
    hint          TEXT,
    failures      INTEGER NOT NULL DEFAULT 0,
    next_poll     INTEGER,              -- NULL: never by itself (410 Gone)
    suggested_url TEXT
) STRICT;
CREATE INDEX feeds_by_key ON feeds (url_key);
CREATE INDEX feeds_due ON feeds (next_poll) WHERE archived = 0 AND next_poll IS NOT NULL;

-- One row for each story text, however many feeds carry it. The id is also the order of arrival.
CREATE TABLE articles (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    sort_key      INTEGER NOT NULL UNIQUE,  -- min(published, first seen) in seconds << 20 | sequence
    read          INTEGER NOT NULL DEFAULT 0,
    starred       INTEGER NOT NULL DEFAULT 0,
    later         INTEGER NOT NULL DEFAULT 0,
    tagged        INTEGER NOT NULL DEFAULT 0,   -- number of tags, kept by triggers
    hidden        INTEGER NOT NULL DEFAULT 0,   -- every feed of it was unsubscribed and the user kept it in no way
    shown         INTEGER NOT NULL DEFAULT 0,   -- which text is the better one: 0 none, 1 feed, 2 page
    wants_page    INTEGER NOT NULL DEFAULT 0,
    has_text      INTEGER NOT NULL DEFAULT 0,
    has_full      INTEGER NOT NULL DEFAULT 0,
    has_image     INTEGER NOT NULL DEFAULT 0,   -- it has a picture
    has_pictures  INTEGER NOT NULL DEFAULT 0,   -- its pictures are kept
    has_enclosure INTEGER NOT NULL DEFAULT 0,
    minutes       INTEGER NOT NULL DEFAULT 0,
    feed_id       INTEGER REFERENCES feeds,     -- the first feed that brought it; NULL for saved pages
    published     INTEGER,
    first_seen    INTEGER NOT NULL,
    read_at       INTEGER,
    title         TEXT NOT NULL,
    title_fold    TEXT NOT NULL,
    url           TEXT,
    canonical_url TEXT,                 -- a key to compare by: no scheme, fragment or tracking parameters
    site          TEXT,                 -- host of the address
    content_hash  BLOB,                 -- of the folded text, where it is long enough to tell stories apart
    entry_hash    BLOB,                 -- of what the feed said last, so that the same again writes nothing
    authors       TEXT NOT NULL DEFAULT '[]',   -- JSON array of names
    site_name     TEXT,
    language      TEXT,
    lead_image    TEXT,
    enclosures    TEXT,                 -- JSON array of model::article::Enclosure
    note          TEXT,
    page_remark   TEXT                  -- why the page could not be had
) STRICT;
CREATE INDEX articles_unread ON articles (sort_key) WHERE read = 0 AND hidden = 0;
CREATE INDEX articles_starred ON articles (sort_key) WHERE starred = 1;
CREATE INDEX articles_later ON articles (sort_key) WHERE later = 1;
CREATE INDEX articles_read ON articles (read_at, sort_key) WHERE read_at IS NOT NULL;
CREATE INDEX articles_wanting ON articles (sort_key) WHERE wants_page = 1;
CREATE INDEX articles_by_url ON articles (canonical_url) WHERE canonical_url IS NOT NULL;
CREATE INDEX articles_by_hash ON articles (content_hash) WHERE content_hash IS NOT NULL;

-- Where an article stands in feeds. `unread` mirrors the article, so that a feed's unread list is one index range.
CREATE TABLE entries (
    feed_id    INTEGER NOT NULL REFERENCES feeds,
    guid       TEXT NOT NULL,
    article_id INTEGER NOT NULL REFERENCES articles,
    sort_key   INTEGER NOT NULL,
    unread     INTEGER NOT NULL,
    PRIMARY KEY (feed_id, guid)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX entries_by_time ON entries (feed_id, sort_key, article_id);
CREATE INDEX entries_unread ON entries (feed_id, sort_key, article_id) WHERE unread = 1;
CREATE INDEX entries_by_article ON entries (article_id);

-- Entries that must never come back as new: pruned ones, and older guids of an article whose feed changed them.
CREATE TABLE tombstones (
    feed_id    INTEGER NOT NULL REFERENCES feeds,
    guid       TEXT NOT NULL,
    article_id INTEGER,                 -- where it only changed its guid
    PRIMARY KEY (feed_id, guid)
) STRICT, WITHOUT ROWID;

-- Marks that were read back from the journal before their article came again.
CREATE TABLE remembered (
    feed_url      TEXT NOT NULL,
    guid          TEXT NOT NULL,
    canonical_url TEXT,
    read          INTEGER NOT NULL,
    PRIMARY KEY (feed_url, guid)
) STRICT, WITHOUT ROWID;
CREATE INDEX remembered_by_url ON remembered (canonical_url) WHERE canonical_url IS NOT NULL;

-- Numbers the feed list shows, kept by triggers; feed 0 is the whole library.
CREATE TABLE counts (
    feed_id INTEGER PRIMARY KEY,
    unread  INTEGER NOT NULL DEFAULT 0,
    total   INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO counts (feed_id) VALUES (0);

-- The texts: versioned JSON of body and names, zstd with the dictionary named (0: none). Source 1: feed, 2: page.
CREATE TABLE documents (
    article_id INTEGER NOT NULL REFERENCES articles,
    source     INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    dict_id    INTEGER NOT NULL DEFAULT 0,
    words      INTEGER NOT NULL DEFAULT 0,
    blob       BLOB NOT NULL,
    PRIMARY KEY (article_id, source)
) STRICT;
CREATE TABLE dictionaries (
    id   INTEGER PRIMARY KEY,
    blob BLOB NOT NULL
) STRICT;

CREATE TABLE tags (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    name   TEXT NOT NULL,
    fold   TEXT NOT NULL UNIQUE,
    unread INTEGER NOT NULL DEFAULT 0,
    total  INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE article_tags (
    tag_id     INTEGER NOT NULL REFERENCES tags,
    sort_key   INTEGER NOT NULL,
    article_id INTEGER NOT NULL REFERENCES articles,
    PRIMARY KEY (tag_id, sort_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX article_tags_by_article ON article_tags (article_id);

-- Names over the cache; `fold` is the name folded, `kind` 0 person, 1 organisation, 2 place, 3 other.
CREATE TABLE entities (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    name     TEXT NOT NULL,
    fold     TEXT NOT NULL,
    kind     INTEGER NOT NULL,
    articles INTEGER NOT NULL DEFAULT 0,
    mentions INTEGER NOT NULL DEFAULT 0,
    UNIQUE (fold, kind)
) STRICT;
CREATE INDEX entities_by_articles ON entities (articles);
CREATE TABLE article_entities (
    entity_id  INTEGER NOT NULL REFERENCES entities,
    sort_key   INTEGER NOT NULL,
    article_id INTEGER NOT NULL REFERENCES articles,
    count      INTEGER NOT NULL,
    salience   REAL NOT NULL,
    PRIMARY KEY (entity_id, sort_key, article_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX article_entities_by_article ON article_entities (article_id);

-- What the user decided on names. Keyed by folded name and kind, never by an id of the cache.
CREATE TABLE decisions (
    fold     TEXT NOT NULL,
    kind     INTEGER NOT NULL,
    name     TEXT NOT NULL,
    followed INTEGER NOT NULL DEFAULT 0,
    muted    INTEGER NOT NULL DEFAULT 0,
    merged   TEXT,                      -- folded name it was merged into
    PRIMARY KEY (fold, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE searches (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    name     TEXT NOT NULL,
    query    TEXT NOT NULL,
    position INTEGER NOT NULL DEFAULT 0,
    unread   INTEGER NOT NULL DEFAULT 0,
    total    INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE rules (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    name     TEXT NOT NULL,
    query    TEXT NOT NULL,
    action   TEXT NOT NULL,             -- JSON
    position INTEGER NOT NULL DEFAULT 0
) STRICT;

-- What the user did. `undone` 0: stands; > 0: taken back, the highest last; -1: taken back and past redoing.
CREATE TABLE journal (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    at       INTEGER NOT NULL,
    words    TEXT NOT NULL,
    undoable INTEGER NOT NULL,
    undone   INTEGER NOT NULL DEFAULT 0,
    steps    BLOB NOT NULL              -- zstd of JSON
) STRICT;
CREATE INDEX journal_steps ON journal (undone, id) WHERE undoable = 1;
-- Lines of journal.jsonl that may not be in the file yet.
CREATE TABLE journal_lines (
    n    INTEGER PRIMARY KEY AUTOINCREMENT,
    line TEXT NOT NULL
) STRICT;

-- The full-text index: contentless, fed with folded text, rowid = sort_key.
CREATE VIRTUAL TABLE search USING fts5 (
    title, body, content = '', contentless_delete = 1,
    tokenize = "unicode61 remove_diacritics 0 categories 'L* N* M* Co'"
);
CREATE TABLE unindexed (
    sort_key INTEGER PRIMARY KEY
) STRICT;

CREATE TRIGGER feed_added AFTER INSERT ON feeds BEGIN
    INSERT INTO counts (feed_id) VALUES (new.id);
END;
CREATE TRIGGER entry_added AFTER INSERT ON entries BEGIN
    UPDATE counts SET total = total + 1, unread = unread + new.unread WHERE feed_id = new.feed_id;
END;
CREATE TRIGGER entry_removed AFTER DELETE ON entries BEGIN
    UPDATE counts SET total = total - 1, unread = unread - old.unread WHERE feed_id = old.feed_id;
END;
CREATE TRIGGER entry_read AFTER UPDATE OF unread ON entries WHEN new.unread <> old.unread BEGIN
    UPDATE counts SET unread = unread + new.unread - old.unread WHERE feed_id = new.feed_id;
END;
CREATE TRIGGER article_added AFTER INSERT ON articles WHEN new.hidden = 0 BEGIN
    UPDATE counts SET total = total + 1, unread = unread + 1 - new.read WHERE feed_id = 0;
END;
CREATE TRIGGER article_removed AFTER DELETE ON articles WHEN old.hidden = 0 BEGIN
    UPDATE counts SET total = total - 1, unread = unread - (1 - old.read) WHERE feed_id = 0;
END;
CREATE TRIGGER article_read AFTER UPDATE OF read ON articles WHEN new.read <> old.read BEGIN
    UPDATE entries SET unread = 1 - new.read WHERE article_id = new.id;
END;
CREATE TRIGGER article_counted AFTER UPDATE OF read, hidden ON articles
WHEN new.read <> old.read OR new.hidden <> old.hidden BEGIN
    UPDATE counts SET total = total + old.hidden - new.hidden,
        unread = unread + (1 - new.hidden) * (1 - new.read) - (1 - old.hidden) * (1 - old.read)
    WHERE feed_id = 0;
END;
CREATE TRIGGER tagged_article_read AFTER UPDATE OF read ON articles WHEN new.tagged > 0 AND new.read <> old.read BEGIN
    UPDATE tags SET unread = unread + old.read - new.read
    WHERE id IN (SELECT tag_id FROM article_tags WHERE article_id = new.id);
END;
CREATE TRIGGER tag_put AFTER INSERT ON article_tags BEGIN
    UPDATE articles SET tagged = tagged + 1 WHERE id = new.article_id;
    UPDATE tags SET total = total + 1,
        unread = unread + (SELECT 1 - read FROM articles WHERE id = new.article_id) WHERE id = new.tag_id;
END;
CREATE TRIGGER tag_taken AFTER DELETE ON article_tags BEGIN
    UPDATE articles SET tagged = tagged - 1 WHERE id = old.article_id;
    UPDATE tags SET total = total - 1,
        unread = unread - (SELECT 1 - read FROM articles WHERE id = old.article_id) WHERE id = old.tag_id;
END;
CREATE TRIGGER name_found AFTER INSERT ON article_entities BEGIN
    UPDATE entities SET articles = articles + 1, mentions = mentions + new.count WHERE id = new.entity_id;
END;
CREATE TRIGGER name_gone AFTER DELETE ON article_entities BEGIN
    UPDATE entities SET articles = articles - 1, mentions = mentions - old.count WHERE id = old.entity_id;
END;
