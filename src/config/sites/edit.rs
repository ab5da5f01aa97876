//! Changes of the user's `sites.toml` from the reader: comments and order stay, the file is replaced whole or not at all.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, Value};

use super::{TABLE, host_of, parse};
use crate::extract::same_block;
use crate::model::change::{SiteEdit, SiteList};

/// What a file begins with that the program makes.
const HEAD: &str = "# Rules for sites: where cleaning goes wrong. A table [[site]] each; host covers its sub-domains.
# CSS selectors: title, body, author, date, next_page, strip = [..], keep = [..]; strip_text and keep_text: blocks by their words.
";

/// What a rule made in the reader gives as its reason.
const REASON: &str = "made in the reader";

/// Why a file could not be changed, in plain words.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is no TOML; changing it would lose what is in it.
    #[error("{path} cannot be changed: {why}")]
    Broken {
        /// The file.
        path: PathBuf,
        /// What is wrong in it, with the line.
        why: String,
    },
    /// The system said no.
    #[error("{path} cannot be written: {error}")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
}

/// Makes a change in the user's file, making the file where there is none. Returns what really changed: lines that are
/// there already are not put twice, and those that are gone are not taken away.
pub fn apply(path: &Path, edit: &SiteEdit) -> Result<SiteEdit, Error> {
    let io = |error| Error::Io {
        path: path.to_owned(),
        error,
    };
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(io(error)),
    };
    let (changed, done) = change(&text, edit).map_err(|why| Error::Broken {
        path: path.to_owned(),
        why,
    })?;
    if !done.lines.is_empty() {
        replace(path, &changed).map_err(io)?;
    }
    Ok(done)
}

/// Changes the text of a file. Errs where it is no TOML, or `site` in it is something else than rules.
fn change(text: &str, edit: &SiteEdit) -> Result<(String, SiteEdit), String> {
    let mut document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| {
        let line = error
            .span()
            .map(|span| text.get(..span.start).unwrap_or(text).matches('\n').count() + 1);
        let line = line.map_or_else(String::new, |line| format!("line {line}: "));
        format!("{line}{}", error.message().trim().replace('\n', "; "))
    })?;
    let is_new = text.trim().is_empty();
    let tables = document
        .entry(TABLE)
        .or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()))
        .as_array_of_tables_mut()
        .ok_or("\"site\" in it is no [[site]]")?;
    let mut done = Vec::new();
    for line in &edit.lines {
        let at = tables.iter().position(|table| is_for(table, &edit.host));
        let changed = match (at, line.on) {
            (None, true) => {
                let mut table = Table::new();
                table.insert("host", edit.host.clone().into());
                table.insert("reason", REASON.into());
                put(&mut table, key(line.list), &line.text);
                tables.push(table);
                true
            }
            (Some(at), true) => tables
                .get_mut(at)
                .is_some_and(|table| put(table, key(line.list), &line.text)),
            (Some(at), false) => {
                let table = tables.get_mut(at);
                let changed = table.is_some_and(|table| take(table, key(line.list), &line.text));
                if changed && tables.get(at).is_some_and(is_empty_of_ours) {
                    tables.remove(at);
                }
                changed
            }
            (None, false) => false,
        };
        if changed {
            done.push(line.clone());
        }
    }
    if tables.is_empty() {
        document.remove(TABLE);
    }
    let written = document.to_string();
    let written = if is_new {
        format!("{HEAD}\n{}", written.trim_start())
    } else {
        written
    };
    let done = SiteEdit {
        host: edit.host.clone(),
        lines: done,
    };
    // What was right must not become wrong by our hand.
    if parse(&written).0.len() < parse(text).0.len() && done.lines.iter().all(|line| line.on) {
        return Err("the change would break it".to_owned());
    }
    Ok((written, done))
}

fn key(list: SiteList) -> &'static str {
    match list {
        SiteList::Strip => "strip",
        SiteList::StripText => "strip_text",
        SiteList::KeepText => "keep_text",
    }
}

fn is_for(table: &Table, host: &str) -> bool {
    let own = table.get("host").and_then(Item::as_str).and_then(host_of);
    own.is_some_and(|own| own.trim_start_matches("www.") == host.trim_start_matches("www."))
}

/// Says whether nothing is left of a rule but what the program puts in each.
fn is_empty_of_ours(table: &Table) -> bool {
    table.iter().all(|(name, item)| match name {
        "host" => true,
        "reason" => item.as_str() == Some(REASON),
        _ => false,
    })
}

/// Puts a text into a list, each on a line of its own. Says whether it was not there.
fn put(table: &mut Table, key: &str, text: &str) -> bool {
    let item = table.entry(key).or_insert_with(|| Array::new().into());
    // One text alone may stand without brackets.
    if let Some(single) = item.as_str().map(str::to_owned) {
        *item = Array::from_iter([single]).into();
    }
    let Some(array) = item.as_array_mut() else {
        return false;
    };
    let is_there = |value: &Value| value.as_str().is_some_and(|own| same(key, own, text));
    if array.iter().any(is_there) {
        return false;
    }
    let mut value = Value::from(text);
    value.decor_mut().set_prefix("\n    ");
    array.push_formatted(value);
    array.set_trailing_comma(true);
    array.set_trailing("\n");
    true
}

/// Takes a text from a list, and the list where it was the last. Says whether it was there.
fn take(table: &mut Table, key: &str, text: &str) -> bool {
    let Some(item) = table.get_mut(key) else {
        return false;
    };
    if item.as_str().is_some_and(|own| same(key, own, text)) {
        table.remove(key);
        return true;
    }
    let Some(array) = item.as_array_mut() else {
        return false;
    };
    let at = array
        .iter()
        .position(|value| value.as_str().is_some_and(|own| same(key, own, text)));
    let Some(at) = at else { return false };
    array.remove(at);
    if array.is_empty() {
        table.remove(key);
    }
    true
}

/// Says whether two lines of a list mean the same: words of blocks but for white space, punctuation and case; selectors
/// letter by letter.
fn same(key: &str, one: &str, other: &str) -> bool {
    one == other || (key.ends_with("_text") && same_block(one, other))
}

/// Replaces a file whole: a new one beside it, synced, takes its name. A link is followed, so that a file kept elsewhere
/// stays there.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = folder.join(format!(".{name}.{}.new", std::process::id()));
    let written = (|| {
        let mut file = fs::File::create(&beside)?;
        file.write_all(text.as_bytes())?;
        if let Ok(before) = fs::metadata(&path) {
            file.set_permissions(before.permissions())?;
        }
        file.sync_all()?;
        fs::rename(&beside, &path)
    })();
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::change::SiteLine;

    fn edit(host: &str, lines: &[(SiteList, &str, bool)]) -> SiteEdit {
        SiteEdit {
            host: host.into(),
            lines: lines
                .iter()
                .map(|(list, text, on)| SiteLine {
                    list: *list,
                    text: (*text).into(),
                    on: *on,
                })
                .collect(),
        }
    }

    #[test]
    fn a_new_file_says_what_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("newsdesk/sites.toml");
        let edit = edit(
            "example.com",
            &[
                (SiteList::StripText, "Read \"more\"", true),
                (SiteList::KeepText, "A list\nof two", true),
            ],
        );
        assert_eq!(apply(&path, &edit).unwrap(), edit);
        let text = fs::read_to_string(&path).unwrap();
        let (rules, remarks) = parse(&text);
        assert_eq!(remarks, [], "{text}");
        assert!(text.starts_with("# Rules for sites"), "{text}");
        assert_eq!(rules[0].strip_text, ["Read \"more\""]);
        assert_eq!(rules[0].keep_text, ["A list\nof two"]);
        assert_eq!(apply(&path, &edit).unwrap().lines, [], "not twice");
        let back = edit.reversed();
        assert_eq!(apply(&path, &back).unwrap(), back);
        let left = fs::read_to_string(&path).unwrap();
        assert!(!left.contains("[[site]]"), "{left}");
        assert_eq!(
            fs::read_dir(path.parent().unwrap()).unwrap().count(),
            1,
            "nothing is left beside it"
        );
    }

    const MINE: &str = "# my rules\n\n[[site]] # the best paper\nhost = \"www.example.com\"  # with www\nstrip = [\".a\"] # boxes\nstrip_text = \"One\"\n\n# another\n[[site]]\nhost = \"b.example\"\nbody = \"main\"\n";

    #[test]
    fn comments_and_order_of_a_file_stay() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sites.toml");
        fs::write(&path, MINE).unwrap();
        let edit = edit(
            "example.com",
            &[
                (SiteList::Strip, ".b", true),
                (SiteList::StripText, "Two", true),
                (SiteList::StripText, "one!", true),
            ],
        );
        let done = apply(&path, &edit).unwrap();
        assert_eq!(done.lines.len(), 2, "the third is there in other letters");
        let text = fs::read_to_string(&path).unwrap();
        for line in [
            "# my rules",
            "[[site]] # the best paper",
            "host = \"www.example.com\"  # with www",
            "# boxes",
            "# another",
        ] {
            assert!(text.contains(line), "{line} in {text}");
        }
        let (rules, remarks) = parse(&text);
        assert_eq!(remarks, [], "{text}");
        assert_eq!(rules[0].strip, [".a", ".b"]);
        assert_eq!(rules[0].strip_text, ["One", "Two"]);
        assert_eq!(rules[1].host, "b.example");
        apply(&path, &done.reversed()).unwrap();
        let (rules, _) = parse(&fs::read_to_string(&path).unwrap());
        assert_eq!(rules, parse(MINE).0);
    }

    #[test]
    fn a_broken_file_is_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sites.toml");
        for broken in ["[[site]\nhost = 1\n", "site = 3\n"] {
            fs::write(&path, broken).unwrap();
            let edit = edit("example.com", &[(SiteList::StripText, "x y z", true)]);
            assert!(apply(&path, &edit).is_err());
            assert_eq!(fs::read_to_string(&path).unwrap(), broken);
        }
    }

    #[test]
    fn a_file_that_is_a_link_stays_one() {
        let folder = tempfile::tempdir().unwrap();
        let (real, path) = (
            folder.path().join("dotfiles.toml"),
            folder.path().join("sites.toml"),
        );
        fs::write(&real, MINE).unwrap();
        std::os::unix::fs::symlink(&real, &path).unwrap();
        let edit = edit("c.example", &[(SiteList::StripText, "x y z", true)]);
        apply(&path, &edit).unwrap();
        assert!(path.is_symlink());
        assert!(fs::read_to_string(&real).unwrap().contains("c.example"));
    }
}
