//! Where the article goes on: its next page, and the page's short form for telephones (AMP).
//!
//! Sites also mark the next *article* with `rel=next`, so a link is believed only when its address is that of the page
//! at hand with the next number in it.

use url::Url;

use super::links;
use super::page::Page;
use super::words;
use crate::model::document::MarkKind;

/// An article has at most this many pages; a higher number in an address is something else.
const MAX_PAGES: u32 = 60;

/// A link to the next page has at most this many letters.
const MAX_LABEL_CHARS: usize = 30;

/// Words that begin a link to the next page, in small letters.
const NEXT: &[&str] = &[
    "next",
    "continue",
    "weiter",
    "nächste",
    "suivant",
    "page suivante",
    "la suite",
    "siguiente",
    "próxima",
    "seguinte",
    "successiva",
    "avanti",
    "volgende",
    "nästa",
    "næste",
    "neste",
    "seuraava",
    "następna",
    "dalej",
    "další",
    "следующая",
    "далее",
    "наступна",
    "επόμενη",
    "sonraki",
    "下一页",
    "下页",
    "下一頁",
    "次へ",
    "次の",
    "다음",
    "التالي",
    "הבא",
    "»",
    "›",
    ">",
    "→",
];

/// Names of parameters that hold a page's number.
const PARAMETERS: &[&str] = &[
    "page", "p", "pg", "pag", "paged", "pagina", "seite", "pageno", "page_no", "pagenum",
    "page_num", "pn", "currpage",
];

/// Returns the address of the article's next page: the site rule's, else a link that is marked or worded as one and
/// whose address differs from this page's only in the number.
pub(super) fn next_page(page: &Page, url: Option<&Url>, base: Option<&Url>) -> Option<String> {
    if let Some(href) = page.following.as_deref() {
        return links::resolve(href, base);
    }
    let canonical = || links::resolve(page.link("canonical")?, base);
    let own = match url {
        Some(url) => url.to_string(),
        None => canonical()?,
    };
    let own = Url::parse(&own).ok()?;
    let follows = |href: &str| {
        let address = links::resolve(href, base)?;
        is_next(&own, &Url::parse(&address).ok()?).then_some(address)
    };
    let marked = page
        .head
        .links
        .iter()
        .filter(|(rel, _)| rel.split(' ').any(|rel| rel == "next"));
    marked
        .map(|(_, href)| href.as_str())
        .find_map(follows)
        .or_else(|| labelled(page).find_map(follows))
}

/// Returns the address of the page's short form.
pub(super) fn amp(page: &Page, base: Option<&Url>) -> Option<String> {
    links::resolve(page.link("amphtml")?, base)
}

/// Gives the links whose words are a number or "next page", those among comments left out.
fn labelled(page: &Page) -> impl Iterator<Item = &str> {
    page.blocks
        .iter()
        .filter(|block| {
            block.links > 0
                && page
                    .chain(block.elem)
                    .all(|e| e.groups & words::COMMENTS == 0 || e.groups & words::BODY != 0)
        })
        .flat_map(|block| {
            block.marks.iter().filter_map(|mark| match &mark.kind {
                MarkKind::Link(href) => {
                    let label = block.text.get(mark.range.clone())?;
                    is_label(label).then_some(href.as_str())
                }
                _ => None,
            })
        })
}

fn is_label(label: &str) -> bool {
    let label = label.trim();
    let is_number =
        !label.is_empty() && label.len() <= 2 && label.bytes().all(|b| b.is_ascii_digit());
    is_number
        || (label.chars().count() <= MAX_LABEL_CHARS && {
            let lower = label.to_lowercase();
            NEXT.iter()
                .any(|word| lower.starts_with(word) || (word.len() < 4 && lower.ends_with(word)))
        })
}

/// Says whether one address is that of the page after the other's.
fn is_next(own: &Url, other: &Url) -> bool {
    let is_one_site = own.host_str().map(bare_host) == other.host_str().map(bare_host);
    let Some((stem, number)) = numbered(other).filter(|_| is_one_site) else {
        return false;
    };
    match numbered(own) {
        Some((own_stem, own_number)) if own_stem == stem => number == own_number + 1,
        // Page one has no number; some sites call the page after it the first.
        _ => whole(own) == stem && (number == 2 || (number == 1 && other.query() == own.query())),
    }
}

fn bare_host(host: &str) -> &str {
    host.strip_prefix("www.").unwrap_or(host)
}

/// Returns path and query of an address without what does not tell pages apart.
fn whole(url: &Url) -> String {
    let mut query: Vec<String> = url
        .query_pairs()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    query.sort();
    stem_of(url.path(), &query)
}

fn stem_of(path: &str, query: &[String]) -> String {
    format!("{}?{}", path.trim_end_matches('/'), query.join("&"))
}

/// Splits an address into what all pages of an article share and the page's number: `/story?page=2`, `/story/2`,
/// `/story/page/2/`, `/story_2.html`, `/story-page-2`.
fn numbered(url: &Url) -> Option<(String, u32)> {
    let number_of = |digits: &str| {
        let is_number =
            !digits.is_empty() && digits.len() <= 2 && digits.bytes().all(|b| b.is_ascii_digit());
        digits
            .parse()
            .ok()
            .filter(|n| is_number && (1..=MAX_PAGES).contains(n))
    };
    let path = url.path().trim_end_matches('/');
    let is_page =
        |key: &str| PARAMETERS.contains(&key.to_ascii_lowercase().as_str()) && !path.is_empty();
    let mut query = Vec::new();
    let mut found = None;
    for (key, value) in url.query_pairs() {
        match number_of(&value).filter(|_| is_page(&key)) {
            Some(number) => found = Some(number),
            None => query.push(format!("{key}={value}")),
        }
    }
    query.sort();
    if let Some(number) = found {
        return Some((stem_of(path, &query), number));
    }
    let (folder, last) = path.rsplit_once('/')?;
    let (name, ending) = match last.rsplit_once('.') {
        Some((name, ending)) if ending.len() <= 5 => (name, format!(".{ending}")),
        _ => (last, String::new()),
    };
    let digits_at = name.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let number = number_of(name.get(digits_at..)?)?;
    let head = name.get(..digits_at)?;
    let words = ["page", "seite", "pagina", "strona", "p", "pg"];
    let without_word = |text: &str| {
        let lower = text.to_ascii_lowercase();
        let word = words.iter().find(|word| lower.ends_with(*word))?;
        let cut = text.get(..text.len() - word.len())?;
        (cut.is_empty() || cut.ends_with(['-', '_', ',', '/'])).then(|| cut.to_owned())
    };
    let trimmed = head.trim_end_matches(['-', '_', ',']);
    if trimmed.is_empty() {
        // `/story/2` and `/story/page/2`.
        let folder = match folder.rsplit_once('/') {
            Some((upper, word)) if words.contains(&word.to_ascii_lowercase().as_str()) => upper,
            _ => folder,
        };
        return (!folder.is_empty())
            .then(|| (stem_of(&format!("{folder}{ending}"), &query), number));
    }
    let name = match without_word(trimmed) {
        Some(cut) => cut.trim_end_matches(['-', '_', ',']).to_owned(),
        None if trimmed.len() < head.len() => trimmed.to_owned(),
        None => return None,
    };
    let stem = if name.is_empty() {
        folder.to_owned()
    } else {
        format!("{folder}/{name}{ending}")
    };
    Some((stem_of(&stem, &query), number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(own: &str, other: &str, expect: bool) {
        let url = |path: &str| {
            Url::parse(&format!("https://www.herald.example{path}")).expect("an address")
        };
        assert_eq!(is_next(&url(own), &url(other)), expect, "{own} -> {other}");
    }

    #[test]
    fn the_next_page_is_this_one_with_the_next_number() {
        check("/a/story", "/a/story?page=2", true);
        check("/a/story?page=2", "/a/story?page=3", true);
        check("/a/story?id=7&page=2", "/a/story?page=3&id=7", true);
        check("/a/story", "/a/story/2", true);
        check("/a/story/", "/a/story/page/2/", true);
        check("/a/story.html", "/a/story_2.html", true);
        check("/a/story_2.html", "/a/story_3.html", true);
        check("/a/story.html", "/a/story-page-2.html", true);
        check("/a/story", "/a/story/seite-2", true);
        check("/c/t20221120_77.html", "/c/t20221120_77_1.html", true);
    }

    #[test]
    fn the_next_article_is_no_next_page() {
        check("/a/story", "/a/another-story", false);
        check("/a/story?page=2", "/a/story?page=2", false);
        check("/a/story?page=3", "/a/story?page=2", false);
        check("/?p=12", "/?p=13", false);
        check("/news/41", "/news/43", false);
        check("/a/story", "/a/other?page=2", false);
        check("/a/story-2023", "/a/story-2024", false);
        check("/a/story", "/a/story?page=7", false);
    }

    #[test]
    fn links_say_that_they_lead_on() {
        for label in ["2", "Next page", "Weiter", "下一页", "Next ›", "2 »"] {
            assert!(is_label(label), "{label}");
        }
        for label in ["", "2024", "Read our review", "News"] {
            assert!(!is_label(label), "{label}");
        }
    }
}
