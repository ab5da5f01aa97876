//! The rules for sites: the bundled ones, and the user's `sites.toml` beside the config.
//!
//! A rule that cannot be read costs itself, a key that cannot be read costs that key: what is wrong is said with its line
//! and the nearest valid name, and the rest holds.

mod edit;

use std::path::Path;
use std::sync::LazyLock;

use toml_edit::{Document, Item, Table, Value};

use super::load::Remark;
use crate::extract::{SiteRule, SiteRules, selector_error};
use crate::text::nearest;

pub use edit::{Error, apply};

/// The bundled rules, a file each.
const BUNDLED: &[&str] = &[
    include_str!("../../../assets/sites/arxiv.toml"),
    include_str!("../../../assets/sites/github.toml"),
    include_str!("../../../assets/sites/substack.toml"),
    include_str!("../../../assets/sites/wikipedia.toml"),
];

/// The table of a rule.
const TABLE: &str = "site";

/// The keys of a rule.
const KEYS: [&str; 11] = [
    "host",
    "reason",
    "title",
    "body",
    "strip",
    "keep",
    "strip_text",
    "keep_text",
    "author",
    "date",
    "next_page",
];

/// Returns the bundled rules.
pub fn bundled() -> &'static [SiteRule] {
    static RULES: LazyLock<Vec<SiteRule>> =
        LazyLock::new(|| BUNDLED.iter().flat_map(|text| parse(text).0).collect());
    &RULES
}

/// Reads the user's rules and joins them to the bundled ones. A missing file is none; of a broken one the bundled rules
/// are left, and a remark.
pub fn load(path: &Path) -> (SiteRules, Vec<Remark>) {
    let (own, remarks) = match std::fs::read_to_string(path) {
        Ok(text) => parse(&text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Default::default(),
        Err(error) => {
            let text = format!("cannot be read: {error}");
            (Vec::new(), vec![Remark { line: None, text }])
        }
    };
    (SiteRules::new(own, bundled().to_vec()), remarks)
}

/// Reads rules: a table `[[site]]` each.
pub fn parse(text: &str) -> (Vec<SiteRule>, Vec<Remark>) {
    let mut reading = Reading {
        text,
        remarks: Vec::new(),
    };
    let document = match Document::parse(text) {
        Ok(document) => document,
        Err(error) => {
            reading.say(error.span(), error.message().trim().replace('\n', "; "));
            return (Vec::new(), reading.remarks);
        }
    };
    let mut rules = Vec::new();
    for (key, item) in document.iter() {
        match (key, item) {
            (TABLE, Item::ArrayOfTables(tables)) => {
                rules.extend(tables.iter().filter_map(|table| reading.rule(table)));
            }
            (TABLE, _) => reading.say(
                item.span(),
                "site: write [[site]] over each rule".to_owned(),
            ),
            (other, _) => {
                let span = document
                    .as_table()
                    .get_key_value(other)
                    .and_then(|(key, _)| key.span());
                reading.say(
                    span.or_else(|| item.span()),
                    format!(
                        "there is no \"{other}\": write [[site]] over each rule, and its keys below"
                    ),
                );
            }
        }
    }
    (rules, reading.remarks)
}

struct Reading<'t> {
    text: &'t str,
    remarks: Vec<Remark>,
}

impl Reading<'_> {
    fn say(&mut self, span: Option<std::ops::Range<usize>>, text: String) {
        let before = span.map(|span| self.text.get(..span.start).unwrap_or(self.text));
        self.remarks.push(Remark {
            line: before.map(|before| before.matches('\n').count() + 1),
            text,
        });
    }

    /// Reads one rule; `None` where it names no host.
    fn rule(&mut self, table: &Table) -> Option<SiteRule> {
        let mut rule = SiteRule::default();
        for (name, item) in table {
            let span = table
                .get_key_value(name)
                .and_then(|(key, _)| key.span())
                .or_else(|| item.span());
            if let Err(why) = set(&mut rule, name, item) {
                self.say(span, format!("{name}: {why}"));
            }
        }
        if rule.host.is_empty() {
            let text = "host: a rule needs the host it is for, such as \"example.com\"".to_owned();
            self.say(table.span(), text);
            return None;
        }
        Some(rule)
    }
}

/// Sets a key of a rule; errs with what is wrong.
fn set(rule: &mut SiteRule, name: &str, item: &Item) -> Result<(), String> {
    let one = || {
        let text = item.as_str().map(str::trim).filter(|text| !text.is_empty());
        text.map(str::to_owned)
            .ok_or_else(|| "write a text between quotes".to_owned())
    };
    let selector = || one().and_then(checked).map(Some);
    match name {
        "host" => rule.host = host_of(&one()?).ok_or("write a host, such as \"example.com\"")?,
        "reason" => rule.reason = one()?,
        "title" => rule.title = selector()?,
        "body" => rule.body = selector()?,
        "author" => rule.author = selector()?,
        "date" => rule.date = selector()?,
        "next_page" => rule.next_page = selector()?,
        "strip" => return fill(&mut rule.strip, item, checked),
        "keep" => return fill(&mut rule.keep, item, checked),
        "strip_text" => return fill(&mut rule.strip_text, item, Ok),
        "keep_text" => return fill(&mut rule.keep_text, item, Ok),
        other => {
            return Err(match nearest(other, KEYS) {
                Some(name) => format!("there is no key \"{other}\"; did you mean \"{name}\"?"),
                None => format!("there is no key \"{other}\"; there are {}", KEYS.join(", ")),
            });
        }
    }
    Ok(())
}

/// Takes the texts of a list, or one text; the sound ones also where others are not.
fn fill(
    list: &mut Vec<String>,
    item: &Item,
    check: impl Fn(String) -> Result<String, String>,
) -> Result<(), String> {
    let wrong = || "write a list of texts: [\"one\", \"two\"]".to_owned();
    let values: Vec<&str> = match item.as_value() {
        Some(Value::String(text)) => vec![text.value()],
        Some(Value::Array(array)) => array
            .iter()
            .map(|value| value.as_str())
            .collect::<Option<_>>()
            .ok_or_else(wrong)?,
        _ => return Err(wrong()),
    };
    let mut result = Ok(());
    for text in values {
        match check(text.trim().to_owned()) {
            Ok(text) if text.is_empty() => {}
            Ok(text) => list.push(text),
            Err(why) => result = Err(why),
        }
    }
    result
}

fn checked(selector: String) -> Result<String, String> {
    match selector_error(&selector) {
        None => Ok(selector),
        Some(why) => Err(format!("\"{selector}\" is no CSS selector: {why}")),
    }
}

/// Returns the host in what was written: a host, or an address.
pub(super) fn host_of(written: &str) -> Option<String> {
    let rest = written.split_once("://").map_or(written, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#', ':']).next()?.trim_matches('.');
    let host = host.trim().to_lowercase();
    let is_host = !host.is_empty()
        && host
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '-' | '.' | '_'));
    is_host.then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &[(usize, &str)]) -> Vec<SiteRule> {
        let (rules, remarks) = parse(text);
        let found: Vec<(usize, &str)> = remarks
            .iter()
            .map(|remark| (remark.line.unwrap_or(0), remark.text.as_str()))
            .collect();
        assert_eq!(found, expect);
        rules
    }

    #[test]
    fn bundled_rules_are_right_and_have_their_reasons() {
        for text in BUNDLED {
            assert_eq!(check(text, &[]).len(), 1);
        }
        assert!(bundled().iter().all(|rule| rule.reason.len() > 20));
    }

    #[test]
    fn a_rule_is_read() {
        let rules = check(
            "# mine\n[[site]]\nhost = \"https://www.Example.com/news\"\nbody = \"main\"\nstrip = [\".a\", \".b\"]\nstrip_text = \"Read on\"\n",
            &[],
        );
        assert_eq!(rules[0].host, "www.example.com");
        assert_eq!(rules[0].body.as_deref(), Some("main"));
        assert_eq!(rules[0].strip, [".a", ".b"]);
        assert_eq!(rules[0].strip_text, ["Read on"]);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line_and_costs_only_itself() {
        let rules = check(
            "[[site]]\nhost = \"a.example\"\nstirp = [\".x\"]\nbody = 3\nstrip = [\".ok\", \"div[\"]\n\n[[site]]\nbody = \"main\"\n",
            &[
                (
                    3,
                    "stirp: there is no key \"stirp\"; did you mean \"strip\"?",
                ),
                (4, "body: write a text between quotes"),
                (
                    5,
                    &format!(
                        "strip: \"div[\" is no CSS selector: {}",
                        selector_error("div[").unwrap()
                    ),
                ),
                (
                    7,
                    "host: a rule needs the host it is for, such as \"example.com\"",
                ),
            ],
        );
        assert_eq!(rules.len(), 1);
        assert_eq!(rules[0].strip, [".ok"]);
    }

    #[test]
    fn another_shape_of_file_is_explained() {
        check(
            "\n[\"example.com\"]\nstrip = [\".a\"]\n",
            &[(
                2,
                "there is no \"example.com\": write [[site]] over each rule, and its keys below",
            )],
        );
        check(
            "[site]\nhost = \"a.example\"\n",
            &[(1, "site: write [[site]] over each rule")],
        );
        let (rules, remarks) = parse("[[site]]\nhost = = 3\n");
        assert_eq!((rules.len(), remarks[0].line), (0, Some(2)));
    }

    #[test]
    fn a_missing_file_leaves_the_bundled_rules() {
        let folder = tempfile::tempdir().unwrap();
        let (rules, remarks) = load(&folder.path().join("sites.toml"));
        assert_eq!(remarks, []);
        assert!(rules.of("en.wikipedia.org").is_some());
    }
}
