//! Rules for single sites: where generic cleaning goes wrong, and why. Plain data; who reads the files is [`crate::config`].

use std::collections::BTreeMap;

use scraper::Selector;
use serde::{Deserialize, Serialize};
use url::Url;

use super::page::Page;
use super::words;

/// A rule for one site: where generic cleaning goes wrong, and why. CSS selectors; one that does not parse is ignored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SiteRule {
    /// The host, with its sub-domains (`example.com` covers `www.example.com`).
    pub host: String,
    /// Why the rule exists.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// The headline's element.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The elements that hold the body, all of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// Elements to remove.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub strip: Vec<String>,
    /// Elements to keep whatever the cleaner thinks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keep: Vec<String>,
    /// Blocks of exactly these words are removed (white space and case aside).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub strip_text: Vec<String>,
    /// Blocks of exactly these words are kept.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keep_text: Vec<String>,
    /// The authors' elements.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// The date's element.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// The link to the article's next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_page: Option<String>,
}

impl SiteRule {
    /// Says whether the rule is for this host.
    pub fn covers(&self, host: &str) -> bool {
        let own = self.host.trim_start_matches("www.");
        !own.is_empty()
            && host
                .strip_suffix(own)
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    }

    /// Returns the selectors, each with the name of its setting.
    pub fn selectors(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let single = [
            ("title", &self.title),
            ("body", &self.body),
            ("author", &self.author),
            ("date", &self.date),
            ("next_page", &self.next_page),
        ];
        let single = single
            .into_iter()
            .filter_map(|(name, value)| Some((name, value.as_deref()?)));
        let strip = self.strip.iter().map(|one| ("strip", one.as_str()));
        let keep = self.keep.iter().map(|one| ("keep", one.as_str()));
        single.chain(strip).chain(keep)
    }

    /// Fills what this rule leaves open from one that is trusted less. What this one keeps by its words the other does not
    /// strip, and the other way round.
    fn fill_from(&mut self, other: &Self) {
        let fill = |own: &mut Option<String>, other: &Option<String>| {
            if own.is_none() {
                own.clone_from(other);
            }
        };
        fill(&mut self.title, &other.title);
        fill(&mut self.body, &other.body);
        fill(&mut self.author, &other.author);
        fill(&mut self.date, &other.date);
        fill(&mut self.next_page, &other.next_page);
        self.strip.extend(other.strip.iter().cloned());
        self.keep.extend(other.keep.iter().cloned());
        let (keeps, strips) = (hashes(&self.keep_text), hashes(&self.strip_text));
        let not_in = |known: &[u64], texts: &[String]| -> Vec<String> {
            let free = texts
                .iter()
                .filter(|text| !known.contains(&words::hash_of_letters(text)));
            free.cloned().collect()
        };
        self.strip_text.extend(not_in(&keeps, &other.strip_text));
        self.keep_text.extend(not_in(&strips, &other.keep_text));
    }
}

fn hashes(texts: &[String]) -> Vec<u64> {
    texts
        .iter()
        .map(|text| words::hash_of_letters(text))
        .collect()
}

/// Says whether the words are those of a block, white space, punctuation and case aside.
pub fn same_block(one: &str, other: &str) -> bool {
    words::hash_of_letters(one) == words::hash_of_letters(other)
}

/// Returns why a selector is none; `None` where it is one.
pub fn selector_error(selector: &str) -> Option<String> {
    Selector::parse(selector)
        .err()
        .map(|error| error.to_string())
}

/// The rules for all sites, the most trusted first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SiteRules {
    rules: Vec<SiteRule>,
}

impl SiteRules {
    /// Puts rules in order: the user's before the bundled ones, and the rule for `news.example.com` before the one for
    /// `example.com`.
    pub fn new(mut user: Vec<SiteRule>, mut bundled: Vec<SiteRule>) -> Self {
        for rules in [&mut user, &mut bundled] {
            rules.sort_by_key(|rule| std::cmp::Reverse(rule.host.len()));
        }
        user.append(&mut bundled);
        Self { rules: user }
    }

    /// Returns what holds for a host: all rules that cover it as one, where they disagree the more trusted one's word.
    pub fn of(&self, host: &str) -> Option<SiteRule> {
        let mut covering = self.rules.iter().filter(|rule| rule.covers(host));
        let mut rule = covering.next()?.clone();
        covering.for_each(|other| rule.fill_from(other));
        Some(rule)
    }

    /// Returns a fingerprint of what holds for each host named in a rule, the same on every machine: where it changes, the
    /// site's pages are to be cleaned again. Reasons are not in it.
    pub fn fingerprints(&self) -> BTreeMap<String, u64> {
        let hosts = self.rules.iter().map(|rule| rule.host.clone());
        hosts
            .map(|host| {
                let rule = SiteRule {
                    reason: String::new(),
                    ..self.of(&host).unwrap_or_default()
                };
                let json = serde_json::to_string(&rule).unwrap_or_default();
                (host, words::hash_of_bytes(json.as_bytes()))
            })
            .collect()
    }
}

/// Parses a page with the rule for its host: that of its address, else of the one the page gives itself.
pub(super) fn parse(
    html: &str,
    url: Option<&Url>,
    rules: Option<&SiteRules>,
) -> (Page, Option<SiteRule>) {
    let of = |host: &str| rules.and_then(|rules| rules.of(host));
    if let Some(host) = url.and_then(Url::host_str) {
        let rule = of(host);
        return (Page::parse(html, rule.as_ref()), rule);
    }
    let page = Page::parse(html, None);
    let rule = own_address(&page).and_then(|url| of(url.host_str()?));
    match rule {
        Some(rule) => (Page::parse(html, Some(&rule)), Some(rule)),
        None => (page, None),
    }
}

/// Returns the address a page gives itself.
fn own_address(page: &Page) -> Option<Url> {
    let canonical = page.head.links.iter().find(|(rel, _)| rel == "canonical");
    let og = page.head.metas.iter().find(|(name, _)| name == "og:url");
    let found = canonical.or(og).map(|(_, address)| address.as_str());
    Url::parse(found?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(host: &str) -> SiteRule {
        SiteRule {
            host: host.into(),
            ..SiteRule::default()
        }
    }

    #[test]
    fn a_rule_covers_its_host_and_those_below_it() {
        for (host, own, expect) in [
            ("example.com", "example.com", true),
            ("www.example.com", "example.com", true),
            ("news.example.com", "www.example.com", true),
            ("notexample.com", "example.com", false),
            ("example.com", "news.example.com", false),
            ("example.com", "", false),
        ] {
            assert_eq!(rule(own).covers(host), expect, "{own} {host}");
        }
    }

    #[test]
    fn the_users_word_comes_before_the_bundled_one_and_the_narrow_before_the_wide() {
        let user = SiteRule {
            body: Some("main".into()),
            keep_text: vec!["Read on!".into()],
            ..rule("example.com")
        };
        let narrow = SiteRule {
            title: Some("h1.narrow".into()),
            ..rule("news.example.com")
        };
        let bundled = SiteRule {
            body: Some("article".into()),
            title: Some("h1".into()),
            strip: vec![".box".into()],
            strip_text: vec!["read on".into(), "Advertisement".into()],
            ..rule("example.com")
        };
        let rules = SiteRules::new(vec![user, narrow], vec![bundled]);
        let found = rules.of("news.example.com").unwrap();
        assert_eq!(found.title.as_deref(), Some("h1.narrow"));
        assert_eq!(found.body.as_deref(), Some("main"));
        assert_eq!(found.strip, [".box"]);
        assert_eq!(found.strip_text, ["Advertisement"]);
        assert_eq!(
            rules.of("example.com").unwrap().title.as_deref(),
            Some("h1")
        );
        assert_eq!(rules.of("example.org"), None);
        assert_eq!(rules.fingerprints().len(), 2);
    }

    #[test]
    fn a_broken_selector_is_named() {
        assert_eq!(selector_error("div.story > p:not(.ad)"), None);
        assert!(selector_error("div[").is_some());
        assert!(selector_error("").is_some());
    }
}
