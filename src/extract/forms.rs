//! Other forms of an article that its page names: all of it on one page, or for print.

use url::Url;

use super::links;
use super::page::Page;
use crate::model::document::MarkKind;
use crate::text::fold::fold;

/// So many are given at most.
const MOST: usize = 3;

/// What links to the whole article on one page, or to its print version, say, folded.
const WORDS: &[&str] = &[
    "print",
    "printer friendly",
    "printer-friendly version",
    "print version",
    "print this article",
    "single page",
    "view as single page",
    "view on one page",
    "one page",
    "view all",
    "all pages",
    "full page",
    "drucken",
    "druckversion",
    "auf einer seite lesen",
    "artikel auf einer seite lesen",
    "imprimer",
    "version imprimable",
    "imprimir",
    "stampa",
    "afdrukken",
    "印刷",
    "全文を読む",
    "인쇄",
];

/// Returns the addresses of other forms of the article, at the page's own host.
pub(super) fn other_forms(page: &Page, base: Option<&Url>) -> Vec<String> {
    let worded = body_links(page)
        .filter(|(words, _)| WORDS.contains(&bare(words).as_str()))
        .map(|(_, href)| href);
    let host = |url: &Url| {
        url.host_str()
            .map(|host| host.trim_start_matches("www.").to_owned())
    };
    let own = base.map(|url| without_fragment(url).to_string());
    let mut found: Vec<String> = Vec::new();
    for href in page.link("print").into_iter().chain(worded) {
        let address = links::resolve(href, base).and_then(|address| Url::parse(&address).ok());
        let Some(url) = address.filter(|url| host(url) == base.and_then(host)) else {
            continue;
        };
        let address = without_fragment(&url).to_string();
        if Some(&address) != own.as_ref() && !found.contains(&address) {
            found.push(address);
        }
    }
    found.truncate(MOST);
    found
}

/// Gives the words and addresses of the links in the page's body.
fn body_links(page: &Page) -> impl Iterator<Item = (&str, &str)> {
    page.blocks.iter().flat_map(|block| {
        block.marks.iter().filter_map(|mark| match &mark.kind {
            MarkKind::Link(href) => Some((block.text.get(mark.range.clone())?, href.as_str())),
            _ => None,
        })
    })
}

/// Returns a link's words folded, without arrows, brackets and stops.
fn bare(words: &str) -> String {
    if words.len() > 80 {
        return String::new();
    }
    let ends = |c: char| c.is_whitespace() || "«»‹›<>→⟶▶►[](){}|.:…".contains(c);
    fold(words.trim_matches(ends))
}

fn without_fragment(url: &Url) -> Url {
    let mut url = url.clone();
    url.set_fragment(None);
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_forms_are_found_by_their_words_at_the_same_host() {
        let base = Url::parse("https://example.org/story").expect("an address");
        let forms = |html: &str| other_forms(&Page::parse(html, None), Some(&base));
        assert_eq!(
            forms(
                "<p>Text <a href='/story?print=1'>Print</a> <a href='https://other.example/p'>Print</a>"
            ),
            ["https://example.org/story?print=1"]
        );
        assert_eq!(
            forms("<p>Text <a href='/story/all'>View as single page »</a>"),
            ["https://example.org/story/all"]
        );
        let none: [&str; 0] = [];
        assert_eq!(
            forms("<a href='/story#x'>Print</a> <a href='/x'>Print your own money</a>"),
            none
        );
    }
}
