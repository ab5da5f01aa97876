-- What the user decided on names: followed and muted names mark their articles, merged ones lend their rows to another.

-- A name is another one (merged, renamed, given another type): folded name, type and name of that one.
ALTER TABLE decisions ADD COLUMN merged_kind INTEGER;
ALTER TABLE decisions ADD COLUMN merged_name TEXT;
-- Another way of writing the same folded name.
ALTER TABLE decisions ADD COLUMN spelled TEXT;

-- Decisions as they hold in this cache, and what a followed name's row in the feed list shows.
ALTER TABLE entities ADD COLUMN followed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE entities ADD COLUMN muted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE entities ADD COLUMN unread INTEGER NOT NULL DEFAULT 0;
-- A person's surname or given name alone, in a script that sets words apart: it tells no one person over articles.
ALTER TABLE entities ADD COLUMN lone INTEGER
    GENERATED ALWAYS AS (kind = 0 AND instr(fold, ' ') = 0 AND unicode(fold) < 11904) VIRTUAL;

-- How many followed and muted names an article mentions.
ALTER TABLE articles ADD COLUMN follows INTEGER NOT NULL DEFAULT 0;
ALTER TABLE articles ADD COLUMN mutes INTEGER NOT NULL DEFAULT 0;
-- A muted name keeps it out of the lists. What the user kept is never kept out.
ALTER TABLE articles ADD COLUMN hushed INTEGER
    GENERATED ALWAYS AS (mutes > 0 AND starred = 0 AND later = 0 AND tagged = 0 AND note IS NULL) VIRTUAL;
-- It counts as unread.
ALTER TABLE articles ADD COLUMN fresh INTEGER
    GENERATED ALWAYS AS (read = 0 AND hidden = 0 AND NOT hushed) VIRTUAL;
CREATE INDEX articles_following ON articles (sort_key) WHERE follows > 0;
CREATE INDEX articles_following_unread ON articles (sort_key) WHERE follows > 0 AND fresh = 1;
CREATE INDEX articles_muted ON articles (sort_key) WHERE hushed = 1;

-- What was found under a name that is merged into another: its rows stand in `article_entities` under that one, and
-- here under its own, so that the merge can be taken apart.
CREATE TABLE article_aliases (
    alias_id   INTEGER NOT NULL REFERENCES entities,
    sort_key   INTEGER NOT NULL,
    article_id INTEGER NOT NULL REFERENCES articles,
    count      INTEGER NOT NULL,
    salience   REAL NOT NULL,
    PRIMARY KEY (alias_id, sort_key, article_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX article_aliases_by_article ON article_aliases (article_id);

DROP TRIGGER article_removed;
CREATE TRIGGER article_removed AFTER DELETE ON articles WHEN old.hidden = 0 AND NOT old.hushed BEGIN
    UPDATE counts SET total = total - 1, unread = unread - (1 - old.read) WHERE feed_id = 0;
END;
DROP TRIGGER article_read;
CREATE TRIGGER article_read AFTER UPDATE OF read, mutes, starred, later, tagged, note ON articles
WHEN new.read <> old.read OR new.hushed <> old.hushed BEGIN
    UPDATE entries SET unread = (1 - new.read) * (1 - new.hushed) WHERE article_id = new.id;
END;
DROP TRIGGER article_counted;
CREATE TRIGGER article_counted AFTER UPDATE OF read, hidden, mutes, starred, later, tagged, note ON articles
WHEN new.read <> old.read OR new.hidden <> old.hidden OR new.hushed <> old.hushed BEGIN
    UPDATE counts SET
        total = total + (new.hidden = 0 AND NOT new.hushed) - (old.hidden = 0 AND NOT old.hushed),
        unread = unread + new.fresh - old.fresh
    WHERE feed_id = 0;
END;
CREATE TRIGGER followed_article_read AFTER UPDATE OF read, hidden, mutes, starred, later, tagged, note ON articles
WHEN new.follows > 0 AND new.fresh <> old.fresh BEGIN
    UPDATE entities SET unread = unread + new.fresh - old.fresh
    WHERE followed = 1 AND id IN (SELECT entity_id FROM article_entities WHERE article_id = new.id);
END;

CREATE TRIGGER name_counted AFTER UPDATE OF count ON article_entities BEGIN
    UPDATE entities SET mentions = mentions + new.count - old.count WHERE id = new.entity_id;
END;
CREATE TRIGGER decided_name_found AFTER INSERT ON article_entities
WHEN (SELECT followed + muted FROM entities WHERE id = new.entity_id) > 0 BEGIN
    UPDATE articles SET follows = follows + (SELECT followed FROM entities WHERE id = new.entity_id),
        mutes = mutes + (SELECT muted FROM entities WHERE id = new.entity_id)
    WHERE id = new.article_id;
    UPDATE entities SET unread = unread + coalesce((SELECT fresh FROM articles WHERE id = new.article_id), 0)
    WHERE id = new.entity_id AND followed = 1;
END;
CREATE TRIGGER decided_name_gone AFTER DELETE ON article_entities
WHEN (SELECT followed + muted FROM entities WHERE id = old.entity_id) > 0 BEGIN
    UPDATE entities SET unread = unread - coalesce((SELECT fresh FROM articles WHERE id = old.article_id), 0)
    WHERE id = old.entity_id AND followed = 1;
    UPDATE articles SET follows = follows - (SELECT followed FROM entities WHERE id = old.entity_id),
        mutes = mutes - (SELECT muted FROM entities WHERE id = old.entity_id)
    WHERE id = old.article_id;
END;
CREATE TRIGGER name_decided AFTER UPDATE OF followed, muted ON entities
WHEN new.followed <> old.followed OR new.muted <> old.muted BEGIN
    UPDATE articles SET follows = follows + new.followed - old.followed, mutes = mutes + new.muted - old.muted
    WHERE id IN (SELECT article_id FROM article_entities WHERE entity_id = new.id);
    UPDATE entities SET unread = CASE WHEN new.followed THEN
        (SELECT count(*) FROM article_entities x CROSS JOIN articles a ON a.id = x.article_id
         WHERE x.entity_id = new.id AND a.fresh) ELSE 0 END
    WHERE id = new.id;
END;

-- Decisions that an older version took.
UPDATE entities SET followed = 1 WHERE EXISTS
    (SELECT 1 FROM decisions d WHERE d.fold = entities.fold AND d.kind = entities.kind AND d.followed = 1);
UPDATE entities SET muted = 1 WHERE EXISTS
    (SELECT 1 FROM decisions d WHERE d.fold = entities.fold AND d.kind = entities.kind AND d.muted = 1);
