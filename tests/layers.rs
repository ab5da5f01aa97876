//! The plan of the house, checked: imports point down only, and each door's crate is named behind its door alone.
//!
//! The table is the one in `src/lib.rs`. Test modules inside a room may reach no further than the room itself.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Each room and the rooms it may name.
const ROOMS: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("model", &["text"]),
    ("syndication", &["text", "model"]),
    ("extract", &["text", "model"]),
    ("entities", &["text", "model"]),
    ("query", &["text", "model"]),
    ("flow", &["text", "model"]),
    ("export", &["text", "model", "flow"]),
    ("keymap", &["text", "model"]),
    ("demo", &["text", "model"]),
    ("config", &["text", "model", "keymap", "extract"]),
    ("fetch", &["text", "model", "syndication", "extract"]),
    (
        "store",
        &[
            "text",
            "model",
            "syndication",
            "extract",
            "entities",
            "query",
        ],
    ),
    (
        "app",
        &[
            "text",
            "model",
            "query",
            "flow",
            "keymap",
            "export",
            "syndication",
            "config::theme",
            "config",
        ],
    ),
    (
        "engine",
        &[
            "text",
            "model",
            "syndication",
            "extract",
            "entities",
            "query",
            "flow",
            "export",
            "keymap",
            "config",
            "fetch",
            "store",
            "app",
            "demo",
        ],
    ),
    (
        "ui",
        &["app", "flow", "keymap", "model", "text", "config::theme"],
    ),
    (
        "tui",
        &[
            "app",
            "flow",
            "keymap",
            "model",
            "text",
            "config",
            "export",
            "store",
            "engine",
            "ui",
            "fetch",
            "cli",
            "demo",
            "syndication",
        ],
    ),
    (
        "cli",
        &[
            "text",
            "model",
            "syndication",
            "extract",
            "entities",
            "query",
            "flow",
            "export",
            "keymap",
            "config",
            "fetch",
            "store",
            "app",
            "engine",
            "demo",
        ],
    ),
];

/// Each crate that is a door or a face, and the rooms that may name it.
const CRATES: &[(&str, &[&str])] = &[
    ("rusqlite", &["store"]),
    ("reqwest", &["fetch", "engine"]),
    ("tokio", &["fetch", "engine"]),
    ("ratatui", &["ui", "tui"]),
    ("crossterm", &["tui"]),
    ("scraper", &["extract", "syndication"]),
    ("image", &["engine", "tui"]),
    ("directories", &["config"]),
    ("anyhow", &["cli", "tui", "main"]),
    ("tracing_appender", &["cli"]),
    ("tracing_subscriber", &["cli"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
];

/// What rooms without I/O may not name, not even in full.
const NO_IO: &[&str] = &[
    "text",
    "model",
    "syndication",
    "extract",
    "entities",
    "query",
    "flow",
    "export",
    "keymap",
    "app",
    "demo",
];
const IO: &[&str] = &[
    "std::fs",
    "std::net",
    "std::process",
    "std::env",
    "std::time::SystemTime",
    "std::time::Instant",
    "Timestamp::now",
    "Zoned::now",
    "TimeZone::system",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The code of every room, without comments and without its test modules (which stand last in a file).
fn rooms() -> BTreeMap<String, Vec<(PathBuf, String)>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let mut rooms: BTreeMap<String, Vec<(PathBuf, String)>> = BTreeMap::new();
    for path in files {
        let relative = path.strip_prefix(&root).unwrap().to_owned();
        let first = relative
            .components()
            .next()
            .unwrap()
            .as_os_str()
            .to_string_lossy()
            .into_owned();
        let room = first.trim_end_matches(".rs").to_owned();
        let text = fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let code: Vec<&str> = code
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .collect();
        rooms
            .entry(room)
            .or_default()
            .push((relative, code.join("\n")));
    }
    rooms
}

/// The rooms that a file names: after `crate::` singly or in braces.
fn named(code: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        if let Some(list) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut word = String::new();
            for c in list.chars() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => names.push(std::mem::take(&mut word)),
                    _ if depth == 0 && !c.is_whitespace() => word.push(c),
                    _ => {}
                }
            }
            names.push(word);
        } else {
            names.push(
                rest.chars()
                    .take_while(|c| c.is_alphanumeric() || matches!(c, '_' | ':'))
                    .collect(),
            );
        }
    }
    names.into_iter().filter(|name| !name.is_empty()).collect()
}

#[test]
fn imports_point_down_only() {
    let rooms = rooms();
    let mut wrong = Vec::new();
    for (room, files) in &rooms {
        if room == "lib" || room == "main" {
            continue;
        }
        let Some((_, allowed)) = ROOMS.iter().find(|(name, _)| name == room) else {
            wrong.push(format!(
                "src/{room} is in no table: tests/layers.rs and src/lib.rs name every room"
            ));
            continue;
        };
        for (path, code) in files {
            for name in named(code) {
                let target = name.split("::").next().unwrap_or_default();
                let fits = target == room
                    || allowed.iter().any(|allowed| name == *allowed || name.starts_with(&format!("{allowed}::")))
                    // A macro of ours or an item at the crate's root is no room.
                    || !rooms.contains_key(target);
                if !fits {
                    wrong.push(format!("src/{} names {name}", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_crate_stays_behind_its_door() {
    let mut wrong = Vec::new();
    for (room, files) in &rooms() {
        for (path, code) in files {
            for (name, allowed) in CRATES {
                let used =
                    code.contains(&format!("{name}::")) || code.contains(&format!("use {name}"));
                if used && !allowed.contains(&room.as_str()) {
                    wrong.push(format!("src/{} names the crate {name}", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn rooms_without_io_name_none() {
    let mut wrong = Vec::new();
    for (room, files) in rooms()
        .iter()
        .filter(|(room, _)| NO_IO.contains(&room.as_str()))
    {
        for (path, code) in files {
            let found = IO.iter().filter(|name| code.contains(*name));
            wrong.extend(found.map(|name| format!("src/{} ({room}) names {name}", path.display())));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_map_in_the_crate_docs_names_every_room() {
    let lib = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    for (room, _) in ROOMS {
        assert!(
            lib.contains(&format!("[`{room}`]")),
            "src/lib.rs says nothing of {room}"
        );
    }
}
