//! The headline, without the site's name.

use url::Url;

use super::{Facts, meta, plain};
use crate::extract::Context;
use crate::extract::page::{Block, HintKind, Page};
use crate::extract::shingle::word_hashes;
use crate::extract::words;
use crate::text::clean_line;

/// A headline and the block it stands in.
pub(super) struct Title {
    pub(super) text: Option<String>,
    pub(super) block: Option<usize>,
    /// The site's rule gave it.
    pub(super) is_ruled: bool,
}

/// Chooses the headline. What stands on the page as `h1` and agrees with what the page's data says is the headline as
/// its readers see it; search engines and social networks are often given another.
pub(super) fn title(
    page: &Page,
    facts: &Facts,
    site: Option<&str>,
    base: Option<&Url>,
    context: &Context<'_>,
) -> Title {
    let ruled = page
        .hints
        .iter()
        .find(|hint| hint.kind == HintKind::RuledTitle);
    let tag = without_site(&plain(&page.head.title), site, base);
    let og = meta(
        page,
        &[
            "og:title",
            "twitter:title",
            "dc.title",
            "parsely-title",
            "sailthru.title",
            "title",
        ],
    )
    .map(|title| without_site(&title, site, base));
    let headline = facts
        .headline
        .clone()
        .map(|title| without_site(&title, site, base));
    let said: Vec<&str> = [headline.as_deref(), og.as_deref(), Some(tag.as_str())]
        .into_iter()
        .flatten()
        .filter(|t| !t.is_empty())
        .collect();
    let seen = heading(page, &said, site);
    let ruled = ruled
        .map(|hint| clean_line(&hint.text))
        .filter(|title| !title.is_empty());
    let is_ruled = ruled.is_some();
    let chosen = ruled
        .or_else(|| context.title.clone())
        .or_else(|| seen.as_ref().map(|(_, text)| text.clone()))
        .or_else(|| {
            said.iter()
                .find(|text| !is_cut(text))
                .or(said.first())
                .map(|text| (*text).to_owned())
        })
        .or_else(|| site.map(str::to_owned));
    let hash = chosen.as_deref().map_or(0, words::hash_of_letters);
    let block = seen.map(|(block, _)| block).or_else(|| {
        page.blocks.iter().position(|block| {
            // Where lines are broken without a paragraph, the byline stands in the headline's block.
            hash != 0 && block.chars < 400 && hash_of_first_line(block) == hash
        })
    });
    Title {
        text: chosen,
        block,
        is_ruled,
    }
}

/// Returns the hash of a block's first line.
pub(in crate::extract) fn hash_of_first_line(block: &Block) -> u64 {
    match block.text.split_once('\n') {
        Some((first, _)) => words::hash_of_letters(first),
        None => block.measured.hash,
    }
}

fn is_cut(title: &str) -> bool {
    title.ends_with("...") || title.ends_with('…')
}

/// Returns the page's visible headline: the `h1` (else `h2`) that shares most words with what the data says.
fn heading(page: &Page, said: &[&str], site: Option<&str>) -> Option<(usize, String)> {
    let said: Vec<Vec<u64>> = said.iter().map(|text| word_hashes(text)).collect();
    let mut best: Option<(f32, usize)> = None;
    let mut only: Option<usize> = None;
    let mut firsts = 0;
    for (n, block) in page.blocks.iter().enumerate() {
        let level = page
            .chain(block.elem)
            .take(3)
            .find_map(|e| e.tag.heading_level());
        if !matches!(level, Some(1 | 2)) || block.text.len() > 500 {
            continue;
        }
        let is_hidden = page.elems.get(block.elem).is_some_and(|e| e.is_hidden);
        let own = word_hashes(&block.text);
        let agreement = said
            .iter()
            .map(|other| agreement(&own, other))
            .fold(0.0, f32::max);
        if block.chars < 4 && agreement < 1.0 {
            continue;
        }
        let is_first = level == Some(1);
        let score =
            agreement + if is_first { 0.25 } else { -0.15 } - if is_hidden { 0.2 } else { 0.0 };
        let enough = if is_first { 0.4 } else { 0.75 };
        if agreement >= enough && best.is_none_or(|(most, _)| score > most + 0.05) {
            best = Some((score, n));
        }
        let is_site = site.is_some_and(|site| words::hash_of_letters(site) == block.measured.hash);
        if is_first && !is_site && own.len() >= 4 {
            firsts += 1;
            only = Some(n);
        }
    }
    let chosen = best.map(|(_, n)| n).or(only.filter(|_| firsts == 1))?;
    let elem = page.blocks.get(chosen)?.elem;
    // A heading of several lines is one heading.
    let heading = page.chain_indexes(elem).take(3).find(|n| {
        page.elems
            .get(*n)
            .is_some_and(|e| e.tag.heading_level().is_some())
    })?;
    let range = page.elems.get(heading)?.blocks.clone();
    let parts: Vec<&str> = page
        .blocks
        .get(range)?
        .iter()
        .filter(|b| b.chars > 0)
        .map(|b| b.text.as_str())
        .collect();
    let joined = clean_line(&parts.join(" "));
    let text = if joined.len() <= 400 {
        joined
    } else {
        clean_line(&page.blocks.get(chosen)?.text)
    };
    Some((chosen, text))
}

/// Returns the share of words two texts have in common (Dice).
fn agreement(one: &[u64], other: &[u64]) -> f32 {
    if one.is_empty() || other.is_empty() {
        return 0.0;
    }
    let common = one.iter().filter(|word| other.contains(word)).count() as f32;
    2.0 * common / (one.len() + other.len()) as f32
}

/// Takes the site's name off a title: a tail or head behind a dash or bar that names the site, or is short and last.
fn without_site(title: &str, site: Option<&str>, base: Option<&Url>) -> String {
    const MARKS: [&str; 9] = [
        " | ", " - ", " – ", " — ", " · ", " • ", " :: ", " » ", " ‹ ",
    ];
    let letters = |text: &str| -> String {
        text.chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect()
    };
    let host = base
        .and_then(Url::host_str)
        .map(letters)
        .unwrap_or_default();
    let site = site.map(letters).unwrap_or_default();
    let labels: Vec<&str> = base.and_then(Url::host_str).map_or(Vec::new(), |host| {
        host.split(['.', '-'])
            .filter(|label| label.len() > 3)
            .collect()
    });
    // "Harbour Herald" on herald.example, "The Long Look" on longlook.example: a short name, one word of which, or
    // all of which, is the host's.
    let has_host_word = |part: &str| {
        let words: Vec<String> = part.split_whitespace().map(letters).collect();
        let is_label = |name: &str| labels.contains(&name);
        let without_article = words.get(1..).unwrap_or_default().concat();
        words.len() <= 4
            && (words.iter().any(|word| is_label(word))
                || is_label(&words.concat())
                || is_label(&without_article))
    };
    let names_site = |part: &str| {
        if has_host_word(part) {
            return true;
        }
        let part = letters(part);
        !part.is_empty()
            && ((!site.is_empty()
                && (part == site
                    || (site.len() > 4 && part.starts_with(&site))
                    || (part.len() > 4 && site.starts_with(&part))))
                || (part.len() > 3 && host.contains(&part)))
    };
    let mut title = title.trim();
    for _ in 0..4 {
        let last = MARKS
            .iter()
            .filter_map(|mark| title.rfind(mark).map(|at| (at, mark.len())))
            .max();
        if let Some((at, len)) = last {
            let (head, tail) = (
                title.get(..at).unwrap_or_default(),
                title.get(at + len..).unwrap_or_default(),
            );
            let is_bar = title
                .get(at..at + len)
                .is_some_and(|mark| mark.contains(['|', '»', '•']));
            let is_short =
                tail.split_whitespace().count() <= 4 && head.split_whitespace().count() >= 3;
            if names_site(tail) || (is_bar && is_short) {
                title = head.trim();
                continue;
            }
        }
        let first = MARKS
            .iter()
            .filter_map(|mark| title.find(mark).map(|at| (at, mark.len())))
            .min();
        match first {
            Some((at, len)) if names_site(title.get(..at).unwrap_or_default()) => {
                title = title.get(at + len..).unwrap_or_default().trim();
            }
            _ => break,
        }
    }
    title.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(title: &str, site: &str, expect: &str) {
        let base = Url::parse("https://www.herald.example/news/1").expect("an address");
        assert_eq!(without_site(title, Some(site), Some(&base)), expect);
    }

    #[test]
    fn the_sites_name_is_no_part_of_the_headline() {
        check("Rivers rise - The Herald", "The Herald", "Rivers rise");
        check(
            "Rivers rise in spring | News | Herald",
            "The Herald",
            "Rivers rise in spring",
        );
        check("The Herald – Rivers rise", "The Herald", "Rivers rise");
        check("Harbour Herald - Rivers rise", "", "Rivers rise");
        check("Lo | The Herald", "", "Lo");
        check(
            "Rivers rise - a report from the delta",
            "The Herald",
            "Rivers rise - a report from the delta",
        );
    }
}
