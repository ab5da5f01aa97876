//! `newsdesk doctor`: where things live, and whether they are well.

use std::path::Path;
use std::process::ExitCode;

use serde_json::{Value, json};

use super::args::{Global, Json};
use super::context::{clock, store_paths};
use super::failure::Failure;
use super::output::Output;
use crate::config::{self, Paths};
use crate::store::Library;

/// One thing looked at.
struct Finding {
    name: &'static str,
    value: String,
    /// What is wrong with it, and what to do.
    trouble: Option<String>,
}

/// Looks at everything; exit status 1 where something is wrong that keeps newsdesk from working.
pub(super) fn run(args: Json, global: &Global, output: Output) -> Result<ExitCode, Failure> {
    let paths = Paths::find(global.config.as_deref(), global.data_dir.as_deref())?;
    let mut findings = vec![finding("newsdesk", env!("CARGO_PKG_VERSION"), None)];
    findings.push(look_at_config(&paths));
    findings.push(folder("data", &paths.data));
    findings.push(folder("cache", &paths.cache));
    findings.push(folder("state", &paths.state));
    findings.extend(look_at_library(&paths)?);
    findings.push(look_at_certificates());
    findings.extend(look_at_terminal());
    let well = findings.iter().all(|finding| finding.trouble.is_none());
    if args.json {
        let to_json = |finding: &Finding| json!({ "name": finding.name, "value": finding.value, "trouble": finding.trouble });
        let findings: Vec<Value> = findings.iter().map(to_json).collect();
        output.json(&json!({ "well": well, "findings": findings }))?;
    } else {
        for finding in &findings {
            output.line(&format!("{:<13} {}", finding.name, finding.value))?;
            if let Some(trouble) = &finding.trouble {
                output.styled_line(&output.paint("31", &format!("{:<13} ! {trouble}", "")))?;
            }
        }
    }
    Ok(if well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn finding(name: &'static str, value: impl Into<String>, trouble: Option<String>) -> Finding {
    Finding {
        name,
        value: value.into(),
        trouble,
    }
}

fn look_at_config(paths: &Paths) -> Finding {
    let file = paths.config_file.display();
    if !paths.config_file.exists() {
        return finding(
            "config",
            format!("{file} (not there: all settings are the defaults)"),
            None,
        );
    }
    let remarks = config::check(&paths.config_file, &paths.themes());
    let trouble = (!remarks.is_empty())
        .then(|| "something in it is wrong: `newsdesk config check` says what".to_owned());
    finding("config", file.to_string(), trouble)
}

/// A folder that is not there yet is well where it can be made.
fn folder(name: &'static str, path: &Path) -> Finding {
    let nearest = path.ancestors().find(|ancestor| ancestor.exists());
    let trouble = match nearest {
        Some(there) if !there.is_dir() => Some(format!("{} is no folder", there.display())),
        Some(there) => rustix::fs::access(there, rustix::fs::Access::WRITE_OK)
            .err()
            .map(|_| {
                format!(
                    "{} cannot be written: marks would not be kept",
                    there.display()
                )
            }),
        None => Some("no part of this path is there".to_owned()),
    };
    finding(name, path.display().to_string(), trouble)
}

fn look_at_library(paths: &Paths) -> Result<Vec<Finding>, Failure> {
    let store_paths = store_paths(paths);
    let file = store_paths.library();
    if !file.exists() {
        return Ok(vec![finding(
            "library",
            "none yet: `newsdesk add URL` makes one",
            None,
        )]);
    }
    let now = clock()?.now();
    let library = match Library::open(&store_paths, now) {
        Ok(library) => library,
        Err(error) => {
            return Ok(vec![finding(
                "library",
                file.display().to_string(),
                Some(error.to_string()),
            )]);
        }
    };
    let size = std::fs::metadata(&file).map_or(0, |facts| facts.len());
    let reader = library.reader()?;
    let tree = reader.tree(now)?;
    let failing = tree
        .feeds
        .iter()
        .filter(|feed| feed.health.last_error.is_some())
        .count();
    let troubles = reader.check()?;
    let trouble = library
        .read_only()
        .map(str::to_owned)
        .or_else(|| troubles.first().cloned());
    let mut findings = vec![
        finding(
            "library",
            format!("{} ({:.1} MB)", file.display(), size as f64 / 1e6),
            trouble,
        ),
        finding(
            "articles",
            format!(
                "{} ({} unread, {} starred)",
                tree.total, tree.unread, tree.starred
            ),
            None,
        ),
        finding(
            "feeds",
            format!("{} ({failing} failing)", tree.feeds.len()),
            None,
        ),
    ];
    findings.extend(
        library
            .remarks()
            .iter()
            .map(|remark| finding("note", remark, None)),
    );
    Ok(findings)
}

/// rustls trusts the system's store; without it https cannot work, and http still does.
fn look_at_certificates() -> Finding {
    let places = [
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/ssl/ca-bundle.pem",
        "/etc/ssl/cert.pem",
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    ];
    let of_env = std::env::var("SSL_CERT_FILE").ok();
    let found = of_env
        .as_deref()
        .into_iter()
        .chain(places)
        .find(|path| Path::new(path).exists());
    let trouble =
        "no certificates were found, so https cannot work: install the package ca-certificates";
    match found {
        Some(path) => finding("certificates", path, None),
        None if cfg!(target_os = "linux") => {
            finding("certificates", "none", Some(trouble.to_owned()))
        }
        None => finding("certificates", "the system's", None),
    }
}

fn look_at_terminal() -> Vec<Finding> {
    let env = |name: &str| std::env::var(name).unwrap_or_else(|_| "not set".to_owned());
    let terminal = format!(
        "TERM {}, COLORTERM {}, LANG {}",
        env("TERM"),
        env("COLORTERM"),
        env("LANG")
    );
    let browser = match std::env::var("BROWSER") {
        Ok(browser) => browser,
        Err(_) => "BROWSER not set: the config's, or the system's opener".to_owned(),
    };
    vec![
        finding("terminal", terminal, None),
        finding("browser", browser, None),
    ]
}
