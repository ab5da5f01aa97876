//! A selector for a block that the reader removed from a site's articles: by it the block is known where its words differ
//! from page to page. Only one that is tried out and takes nothing else is given.

use std::collections::{HashMap, HashSet};

use ego_tree::NodeRef;
use scraper::node::Element;
use scraper::{ElementRef, Html, Node};
use url::Url;

use super::site::{SiteRule, SiteRules};
use super::words::hash_of_letters;
use super::{Context, Extraction, extract, guard};
use crate::model::Block;

/// Nodes looked at while an element with the words is sought.
const MAX_STEPS: usize = 3_000_000;

/// A longer page is not tried on: the reader waits for the answer. Of 1,250 real pages two are longer.
const MAX_BYTES: usize = 2_000_000;

/// Selectors tried.
const MAX_TRIED: usize = 8;

/// On another page of the site it takes at most so many blocks, and no more than one letter in so many.
const MAX_BLOCKS: usize = 3;
const ONE_LETTER_IN: usize = 6;

/// A page of the site with its address.
#[derive(Clone, Copy, Debug)]
pub struct SitePage<'a> {
    /// The page, decoded.
    pub html: &'a str,
    /// Its address.
    pub url: &'a Url,
}

/// Returns a selector that takes the block of these words out of a page's article and nothing else, and little or nothing
/// out of other pages of the site. `None` where the block has no name of its own: then only its words tell it.
pub fn strip_selector(
    words: &str,
    page: SitePage<'_>,
    others: &[SitePage<'_>],
    rules: &SiteRules,
) -> Option<String> {
    let host = page
        .url
        .host_str()
        .filter(|_| page.html.len() <= MAX_BYTES)?;
    let rule = rules.of(host).unwrap_or_else(|| SiteRule {
        host: host.to_owned(),
        ..SiteRule::default()
    });
    let cleaned = |page: &SitePage<'_>, rule: SiteRule| {
        let rules = SiteRules::new(vec![rule], Vec::new());
        let context = Context {
            rules: Some(&rules),
            ..Context::default()
        };
        extract(page.html, Some(page.url), &context)
    };
    let before = cleaned(&page, rule.clone());
    let others: Vec<(SitePage<'_>, Extraction)> = others
        .iter()
        .filter(|other| other.html.len() <= MAX_BYTES)
        .map(|other| (*other, cleaned(other, rule.clone())))
        .collect();
    let wanted = hash_of_letters(words);
    candidates(page.html, words)
        .into_iter()
        .take(MAX_TRIED)
        .find(|selector| {
            let mut rule = rule.clone();
            rule.strip.push(selector.clone());
            let (gone, new) = difference(&before, &cleaned(&page, rule.clone()));
            let is_it = new == 0 && !gone.is_empty() && gone.iter().all(|gone| gone.0 == wanted);
            is_it
                && others.iter().all(|(other, before)| {
                    let (gone, new) = difference(before, &cleaned(other, rule.clone()));
                    let lost: usize = gone.iter().map(|gone| gone.1).sum();
                    let all: usize = before.body.document.blocks.iter().map(letters).sum();
                    new == 0 && gone.len() <= MAX_BLOCKS && lost * ONE_LETTER_IN <= all
                })
        })
}

/// Returns the selectors by which the block of these words can be named, good ones and bad.
pub fn selectors_of(html: &str, words: &str) -> Vec<String> {
    candidates(html, words)
}

fn letters(block: &Block) -> usize {
    block
        .words()
        .chars()
        .filter(|c| c.is_alphanumeric())
        .count()
}

/// Returns the blocks of one document that the other lacks, with their letters, and how many the other has more.
fn difference(before: &Extraction, after: &Extraction) -> (Vec<(u64, usize)>, usize) {
    let mut left: HashMap<u64, usize> = HashMap::new();
    for block in &after.body.document.blocks {
        *left.entry(hash_of_letters(&block.words())).or_default() += 1;
    }
    let mut gone = Vec::new();
    for block in &before.body.document.blocks {
        let hash = hash_of_letters(&block.words());
        match left.get_mut(&hash) {
            Some(count) if *count > 0 => *count -= 1,
            _ => gone.push((hash, letters(block))),
        }
    }
    (gone, left.values().sum())
}

/// Returns selectors for the elements that hold these words and no others, those of the innermost first.
fn candidates(html: &str, words: &str) -> Vec<String> {
    let wanted = hash_of_letters(words);
    let count = words.chars().filter(|c| c.is_alphanumeric()).count();
    let html = Html::parse_document(&guard::tame(html, guard::Thin::Unseen));
    let mut steps = 0;
    let mut found: Vec<ElementRef<'_>> = Vec::new();
    for element in html.root_element().descendent_elements() {
        if steps > MAX_STEPS {
            break;
        }
        if holds(*element, wanted, count, &mut steps) {
            found.push(element);
        }
    }
    let mut known = HashSet::new();
    found
        .iter()
        .rev()
        .flat_map(names_of)
        .filter(|selector| known.insert(selector.clone()))
        .collect()
}

/// Says whether the text of an element is the wanted one, scripts left out.
fn holds(element: NodeRef<'_, Node>, wanted: u64, count: usize, steps: &mut usize) -> bool {
    let mut text = String::new();
    let mut letters = 0;
    let is_hidden = |node: &NodeRef<'_, Node>| {
        let name = node.value().as_element().map(Element::name);
        matches!(name, Some("script" | "style" | "noscript" | "template"))
    };
    let mut node = element;
    loop {
        *steps += 1;
        if let Some(own) = node.value().as_text() {
            letters += own.chars().filter(|c| c.is_alphanumeric()).count();
            text.push_str(own);
        }
        if letters > count || *steps > MAX_STEPS {
            return false;
        }
        let inner = node.first_child().filter(|_| !is_hidden(&node));
        let next = inner.or_else(|| {
            let mut up = node;
            while up.id() != element.id() {
                if let Some(next) = up.next_sibling() {
                    return Some(next);
                }
                up = up.parent()?;
            }
            None
        });
        match next {
            Some(next) => node = next,
            None => return letters == count && hash_of_letters(&text) == wanted,
        }
    }
}

/// Returns an element's selectors: its id, its tag with each of its classes.
fn names_of(element: &ElementRef<'_>) -> Vec<String> {
    let value = element.value();
    let id = value
        .id()
        .filter(|id| is_stable(id))
        .map(|id| format!("#{id}"));
    let classes = value.classes().filter(|class| is_stable(class));
    let classes = classes.map(|class| format!("{}.{class}", value.name()));
    id.into_iter().chain(classes).collect()
}

/// Says whether a name reads as one that people gave and that will stand tomorrow: builders of pages make others anew.
fn is_stable(name: &str) -> bool {
    const MADE: [&str; 6] = ["css-", "sc-", "jsx-", "svelte-", "emotion-", "chakra-"];
    let is_sound = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let starts_well = name.starts_with(|c: char| c.is_ascii_alphabetic());
    let digits = name.chars().filter(char::is_ascii_digit).count();
    (3..=40).contains(&name.len())
        && starts_well
        && name.chars().all(is_sound)
        && digits <= 1
        && !MADE.iter().any(|made| name.starts_with(made))
        && name.contains(['a', 'e', 'i', 'o', 'u', 'y'])
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "<p>The council of the river town voted on Friday to build a new gauge in spring, after the old one had failed twice.</p>\
        <p>Town and state share the costs of two million, the mayor said after the meeting in the old hall, and the work takes long.</p>\
        <p class='pitch x9y8z7'>Our letter of the week: the ferry that came too late.</p>\
        <p class='text'>Farmers on the lower river lost a third of their rice in the drought of last year and had asked for a rule.</p>\
        <p class='text'>Until the new gauge stands, the readings of the university count, which are public every morning at six.</p>";

    fn found(words: &str, change: impl Fn(&str) -> String) -> Option<String> {
        let url = Url::parse("https://herald.example/gauge").expect("an address");
        let page = |text: &str| {
            format!(
                "<html lang=en><body><main><article><h1>Town builds a gauge</h1>{text}</article></main></body></html>"
            )
        };
        let (one, two) = (page(TEXT), page(&change(TEXT)));
        let site = |html| SitePage { html, url: &url };
        strip_selector(words, site(&one), &[site(&two)], &SiteRules::default())
    }

    #[test]
    fn a_block_with_a_name_of_its_own_is_known_by_it() {
        let words = "Our letter of the week: the ferry that came too late.";
        let other = |text: &str| text.replace("the ferry that came too late", "a house by the sea");
        assert_eq!(found(words, other).as_deref(), Some("p.pitch"));
        let nothing = |text: &str| text.replace("pitch", "other");
        assert_eq!(found(words, nothing).as_deref(), Some("p.pitch"));
    }

    #[test]
    fn a_page_that_is_too_long_to_try_on_gives_none() {
        let url = Url::parse("https://herald.example/gauge").expect("an address");
        let words = "Our letter of the week: the ferry that came too late.";
        let html = format!("{TEXT}<!--{}-->", " ".repeat(MAX_BYTES));
        let page = SitePage {
            html: &html,
            url: &url,
        };
        assert_eq!(
            strip_selector(words, page, &[], &SiteRules::default()),
            None
        );
    }

    #[test]
    fn a_name_that_takes_more_is_none() {
        let words = "Our letter of the week: the ferry that came too late.";
        let shared = |text: &str| text.replace("<p>", "<p class=pitch>");
        assert_eq!(found(words, shared), None, "there it is the article's own");
        let last = "Until the new gauge stands, the readings of the university count, which are public every morning at six.";
        assert_eq!(
            found(last, str::to_owned),
            None,
            "two blocks have that class"
        );
        let first = "Town and state share the costs of two million, the mayor said after the meeting in the old hall, and the work takes long.";
        assert_eq!(found(first, str::to_owned), None, "it has no class");
    }

    #[test]
    fn names_made_by_programs_are_none() {
        for name in [
            "css-1x2y3z",
            "sc-gguonj",
            "x9y8z7",
            "p",
            "a.b",
            "mt-12",
            "bcdf",
        ] {
            assert!(!is_stable(name), "{name}");
        }
        for name in ["pitch", "article__promo", "newsletter-box", "related2"] {
            assert!(is_stable(name), "{name}");
        }
    }
}
