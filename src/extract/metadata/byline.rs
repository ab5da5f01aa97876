//! Who wrote it: where a page names its authors, and which of these places is believed.

use super::names::{after_lead, is_organisation, names_of};
use super::{Facts, meta, unmarked};
use crate::extract::Context;
use crate::extract::page::{HintKind, Page};
use crate::text::clean_line;
use crate::text::fold::fold;

/// Blocks after the headline in which a byline is looked for.
const BYLINE_WINDOW: usize = 14;

/// An article has at most this many authors; more are a list of something else.
const MAX_AUTHORS: usize = 12;

/// Returns the authors that the site's rule points at.
pub(super) fn ruled(page: &Page, site: Option<&str>) -> Vec<String> {
    let ruled = page
        .hints
        .iter()
        .filter(|hint| hint.kind == HintKind::RuledAuthor)
        .map(|hint| hint.text.clone());
    let ruled: Vec<String> = ruled.collect();
    let names = names_in(&ruled, site);
    if names.is_empty() {
        // Whoever wrote the rule knows better than our lists what is a name.
        let lines = ruled.iter().map(|text| clean_line(text));
        return lines.filter(|line| !line.is_empty()).take(1).collect();
    }
    names
}

/// Finds the authors, where no rule gives them: the feed's, the page's data, its microdata, `<meta>`, bylines.
pub(super) fn authors(
    page: &Page,
    facts: &Facts,
    site: Option<&str>,
    title: Option<usize>,
    context: &Context<'_>,
) -> Vec<String> {
    let names = |texts: &[String]| names_in(texts, site);
    let given = names(&context.authors);
    if !given.is_empty() {
        return given;
    }
    let said = meta(
        page,
        &[
            "author",
            "parsely-author",
            "sailthru.author",
            "dc.creator",
            "dcterms.creator",
            "article:author_name",
            "byl",
            "article.author",
            "cxenseparse:author",
            "article:author",
            "twitter:data1",
        ],
    );
    let headline = title.and_then(|title| page.blocks.get(title));
    let headline = letters_of(headline.map_or("", |block| block.text.as_str()));
    // Where no data says so, words of the headline are no name.
    let seen = |mut names: Vec<String>| {
        names.retain(|name| headline.is_empty() || !headline.contains(&letters_of(name)));
        names
    };
    let mut sources = vec![
        names(&facts.authors),
        names(&hinted(page, HintKind::Author, title)),
        names(&said.into_iter().collect::<Vec<_>>()),
        seen(names(&hinted_bylines(page, title))),
        seen(names(&spoken(page, title))),
    ];
    // A person is a better answer than the paper itself.
    let is_person = |found: &&Vec<String>| found.iter().any(|name| !is_organisation(name, site));
    if !sources.iter().any(|found| is_person(&found)) {
        sources.extend([
            seen(names(&unmarked::led(page, title))),
            unmarked::chinese(page),
            seen(unmarked::beside_date(page, title)),
            names(&signed(page)),
        ]);
    }
    let person = sources
        .iter()
        .find(is_person)
        .or_else(|| sources.iter().find(|found| !found.is_empty()));
    let mut found = person.cloned().unwrap_or_default();
    if found.iter().any(|name| !is_organisation(name, site)) {
        found.retain(|name| !is_organisation(name, site));
    }
    for name in &mut found {
        with_accents(name, sources.iter().flatten());
    }
    found
}

/// Spells a name as another place of the page does that gives it its accents: data often lacks them.
fn with_accents<'a>(name: &mut String, others: impl Iterator<Item = &'a String>) {
    let accents = |name: &str| name.chars().filter(|c| !c.is_ascii()).count();
    let folded = fold(name);
    let mut others = others.filter(|other| other.chars().count() == name.chars().count());
    if let Some(better) =
        others.find(|other| accents(other) > accents(name) && fold(other) == folded)
    {
        name.clone_from(better);
    }
}

fn letters_of(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Returns the names in several texts, each once.
fn names_in(texts: &[String], site: Option<&str>) -> Vec<String> {
    let mut names = Vec::new();
    for name in texts.iter().flat_map(|text| names_of(text, site)) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.truncate(MAX_AUTHORS);
    names
}

/// Returns the texts of hints of a kind, those near the headline where there are any.
fn hinted(page: &Page, kind: HintKind, title: Option<usize>) -> Vec<String> {
    let near = |block: usize| title.is_none_or(|title| block + 6 >= title && block <= title + 60);
    let mut hints: Vec<_> = page
        .hints
        .iter()
        .filter(|hint| hint.kind == kind && hint.text.chars().count() < 160)
        .collect();
    if hints.iter().any(|hint| near(hint.block)) {
        hints.retain(|hint| near(hint.block));
    }
    let first = hints.first().map_or(0, |hint| hint.block);
    hints
        .iter()
        .take_while(|hint| hint.block <= first + 4)
        .take(4)
        .map(|hint| hint.text.clone())
        .collect()
}

/// Returns the texts of elements that their class calls a byline, nearest to the headline first.
fn hinted_bylines(page: &Page, title: Option<usize>) -> Vec<String> {
    let Some(title) = title else {
        return Vec::new();
    };
    let mut hints: Vec<_> = page
        .hints
        .iter()
        .filter(|hint| {
            hint.kind == HintKind::Byline && hint.block + 4 >= title && hint.block <= title + 30
        })
        .filter(|hint| hint.text.chars().count() < 120)
        .collect();
    // Children come before their parents; the shortest one of a place names the author most closely.
    hints.sort_by_key(|hint| (hint.block.abs_diff(title), hint.text.len()));
    hints
        .iter()
        .map(|hint| hint.text.clone())
        .find(|text| !names_of(text, None).is_empty())
        .into_iter()
        .collect()
}

/// Returns a line near the headline (or at the text's end) that says "By …" or its like.
fn spoken(page: &Page, title: Option<usize>) -> Vec<String> {
    let from = title.map_or(0, |title| title.saturating_sub(3));
    let near = page.blocks.iter().skip(from).take(BYLINE_WINDOW + 3);
    let line = near
        .flat_map(|block| block.text.lines())
        .find(|line| line.chars().count() < 120 && after_lead(line).is_some());
    line.and_then(after_lead)
        .map(str::to_owned)
        .into_iter()
        .collect()
}

/// Returns a short line with an e-mail address: the byline at the text's end.
fn signed(page: &Page) -> Vec<String> {
    let is_signature = |line: &&str| {
        let has_mail = line
            .split([' ', '(', '<', '['])
            .any(|word| word.contains('@') && word.contains('.'));
        has_mail && (2..=8).contains(&line.split_whitespace().count()) && line.chars().count() < 90
    };
    let lines = page
        .blocks
        .iter()
        .filter(|block| block.chars < 90)
        .flat_map(|block| block.text.lines());
    lines
        .filter(is_signature)
        .take(1)
        .map(str::to_owned)
        .collect()
}
