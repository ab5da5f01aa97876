//! `subscriptions.opml`: the subscriptions in a form every reader takes, rewritten when they change (OPML 2.0).

use std::fmt::Write as _;
use std::path::Path;

use rusqlite::Connection;

use super::error::{Error, Result};

/// Notes in the database that the file must be written again, in the transaction that makes it so.
pub(super) fn set_stale(conn: &Connection, stale: bool) -> Result<()> {
    if stale {
        conn.execute(
            "INSERT OR REPLACE INTO meta (key, value) VALUES ('opml_stale', '1')",
            [],
        )?;
    } else {
        conn.execute("DELETE FROM meta WHERE key = 'opml_stale'", [])?;
    }
    Ok(())
}

/// Says whether the file must be written again: the program was killed before it could.
pub(super) fn is_stale(conn: &Connection) -> Result<bool> {
    Ok(conn.query_row(
        "SELECT EXISTS (SELECT 1 FROM meta WHERE key = 'opml_stale')",
        [],
        |row| row.get(0),
    )?)
}

/// Writes the file anew, whole or not at all.
pub(super) fn write(conn: &Connection, path: &Path) -> Result<()> {
    let text = compose(conn)?;
    let partial = super::paths::partial(path);
    let written = std::fs::write(&partial, text).and_then(|()| std::fs::rename(&partial, path));
    written.map_err(|error| {
        let _ = std::fs::remove_file(&partial);
        Error::io("write", path)(error)
    })
}

/// A folder with what lies in it.
#[derive(Default)]
struct Folder {
    name: String,
    folders: Vec<Folder>,
    feeds: Vec<String>,
}

fn compose(conn: &Connection) -> Result<String> {
    let mut root = Folder::default();
    let paths: Vec<String> = conn
        .prepare("SELECT path FROM folders ORDER BY path")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for path in paths {
        root.at(&path);
    }
    let mut statement = conn.prepare(
        "SELECT url, coalesce(title, own_title, url_key), site_url, folder FROM feeds WHERE archived = 0
         ORDER BY folder, position, id",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let title = escape(&row.get::<_, String>(1)?);
        let site: Option<String> = row.get(2)?;
        let site = site.map_or(String::new(), |site| {
            format!(" htmlUrl=\"{}\"", escape(&site))
        });
        let feed = format!(
            "<outline type=\"rss\" text=\"{title}\" title=\"{title}\" xmlUrl=\"{}\"{site}/>",
            escape(&row.get::<_, String>(0)?)
        );
        root.at(&row.get::<_, String>(3)?).feeds.push(feed);
    }
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\">\n<head><title>newsdesk subscriptions</title></head>\n<body>\n",
    );
    root.write(&mut out, 0);
    out.push_str("</body>\n</opml>\n");
    Ok(out)
}

impl Folder {
    /// Finds the folder of a path, making what is missing.
    fn at(&mut self, path: &str) -> &mut Self {
        path.split('/')
            .filter(|name| !name.is_empty())
            .fold(self, |folder, name| {
                let known = folder.folders.iter().position(|child| child.name == name);
                let at = known.unwrap_or_else(|| {
                    folder.folders.push(Folder {
                        name: name.into(),
                        ..Folder::default()
                    });
                    folder.folders.len() - 1
                });
                &mut folder.folders[at]
            })
    }

    fn write(&self, out: &mut String, depth: usize) {
        let indent = "  ".repeat(depth + 1);
        for feed in &self.feeds {
            let _ = writeln!(out, "{indent}{feed}");
        }
        for folder in &self.folders {
            let name = escape(&folder.name);
            let _ = writeln!(out, "{indent}<outline text=\"{name}\" title=\"{name}\">");
            folder.write(out, depth + 1);
            let _ = writeln!(out, "{indent}</outline>");
        }
    }
}

/// Escapes an attribute's value (XML 1.0 §2.4).
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(c),
        }
    }
    out
}
