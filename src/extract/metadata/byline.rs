//! The authors: names only, without "By", e-mail, job or paper.

use super::{Facts, meta, plain, unmarked};
use crate::extract::Context;
use crate::extract::page::{HintKind, Page};
use crate::text::clean_line;

/// Blocks after the headline in which a byline is looked for.
const BYLINE_WINDOW: usize = 14;

/// Finds the authors: the feed's, the site rule's, the page's data, its microdata, `<meta>`, bylines.
pub(super) fn authors(
    page: &Page,
    facts: &Facts,
    site: Option<&str>,
    title: Option<usize>,
    context: &Context<'_>,
) -> Vec<String> {
    let names = |texts: &[String]| {
        let mut names = Vec::new();
        for name in texts.iter().flat_map(|text| names_of(text, site)) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names.truncate(12);
        names
    };
    let given = names(&context.authors);
    if !given.is_empty() {
        return given;
    }
    let hinted = |kinds: &[HintKind]| -> Vec<String> {
        let near =
            |block: usize| title.is_none_or(|title| block + 6 >= title && block <= title + 60);
        let mut hints: Vec<_> = page
            .hints
            .iter()
            .filter(|hint| kinds.contains(&hint.kind) && hint.text.chars().count() < 160)
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
    };
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
    let ruled = names(&hinted(&[HintKind::RuledAuthor]));
    if !ruled.is_empty() {
        return ruled;
    }
    let sources = [
        names(&facts.authors),
        names(&hinted(&[HintKind::Author])),
        names(&said.into_iter().collect::<Vec<_>>()),
        names(&hinted_bylines(page, title)),
        names(&spoken(page, title)),
        names(&unmarked::led(page, title)),
        unmarked::chinese(page),
        unmarked::beside_date(page, title),
        names(&signed(page)),
    ];
    // A person is a better answer than the paper itself.
    let is_person = |found: &&Vec<String>| found.iter().any(|name| !is_organisation(name, site));
    let person = sources
        .iter()
        .find(is_person)
        .or_else(|| sources.iter().find(|found| !found.is_empty()));
    let mut found = person.cloned().unwrap_or_default();
    if found.iter().any(|name| !is_organisation(name, site)) {
        found.retain(|name| !is_organisation(name, site));
    }
    found
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

/// Words that lead a byline.
const LEADS: &[&str] = &[
    "written by",
    "posted by",
    "published by",
    "words by",
    "story by",
    "text by",
    "reported by",
    "article by",
    "by",
    "von",
    "por",
    "par",
    "di",
    "door",
    "av",
    "författare",
    "autor:",
    "autor",
    "author:",
    "author",
    "автор:",
    "автор",
    "текст:",
    "作者：",
    "作者:",
    "作者",
    "记者",
    "記者",
    "文/",
    "文／",
    "文 |",
    "撰文：",
    "撰文",
    "来源：",
    "tekst:",
    "texte",
    "text:",
    "από",
    "του",
    "της",
    "글",
];

/// Says whether a text is a lead and nothing else.
pub(super) fn is_lead(text: &str) -> bool {
    let lower = text.to_lowercase();
    let bare = lower.trim_end_matches([':', '：', ' ', '\u{a0}']);
    LEADS
        .iter()
        .any(|lead| bare.len() > 1 && lead.trim_end_matches([':', '：']) == bare)
}

/// Returns what stands behind a lead at the line's start.
fn after_lead(line: &str) -> Option<&str> {
    let line = line.trim();
    LEADS
        .iter()
        .take_while(|lead| **lead != "来源：")
        .find_map(|lead| {
            let head = line.get(..lead.len())?;
            let rest = line.get(lead.len()..)?;
            let ends = rest.starts_with([' ', ':', '：', '\u{a0}', '\u{3000}'])
                || lead.ends_with([':', '：', '/', '／', '|'])
                || !lead.is_ascii();
            (head.to_lowercase() == **lead && ends).then(|| {
                rest.trim_start_matches([' ', ':', '：', '\u{a0}', '\u{3000}', '-', '–', '|', '/'])
            })
        })
        .filter(|rest| !rest.is_empty())
}

/// Words of jobs; a part of a byline that holds one is no name, or has it cut off.
const JOBS: &[&str] = &[
    "reporter",
    "editor",
    "correspondent",
    "staff",
    "writer",
    "contributor",
    "columnist",
    "journalist",
    "author",
    "producer",
    "director",
    "professor",
    "analyst",
    "photographer",
    "redakteur",
    "redaktion",
    "korrespondent",
    "redacción",
    "redactor",
    "rédaction",
    "redakcja",
    "ceo",
    "founder",
    "chief",
    "president",
    "manager",
    "critic",
    "fellow",
    "intern",
    "specialist",
    "expert",
    "senior",
    "guest",
    "by",
    "contributing",
    "freelance",
    "special",
    "updated",
    "published",
    "posted",
    "comments",
    "read",
    "share",
    "follow",
    "view",
    "profile",
    "bio",
    "min",
    "ago",
    "subscribe",
    "am",
    "pm",
    "est",
    "et",
    "reviewed",
    "edited",
    "photos",
    "photo",
    "video",
    "archive",
    "email",
    "january",
    "february",
    "march",
    "april",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "jan",
    "feb",
    "mar",
    "apr",
    "jun",
    "jul",
    "aug",
    "sep",
    "sept",
    "oct",
    "nov",
    "dec",
    "admin",
    "http",
    "https",
    "www",
    "unknown",
    "anonymous",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "the",
    "and",
    "team",
    "more",
    "image",
    "about",
    "on",
    "in",
    "for",
    "of",
    "to",
    "at",
    "with",
];

/// Words of papers and companies.
const ORGANISATIONS: &[&str] = &[
    "news",
    "press",
    "times",
    "post",
    "journal",
    "gazette",
    "telegram",
    "daily",
    "magazine",
    "media",
    "network",
    "reuters",
    "afp",
    "ap",
    "bbc",
    "cnn",
    "tv",
    "radio",
    "agency",
    "today",
    "herald",
    "tribune",
    "globe",
    "guardian",
    "report",
    "inc",
    "llc",
    "ltd",
    "gmbh",
    "company",
    "university",
    "school",
    "institute",
    "association",
    "editors",
    "desk",
    "newsroom",
    "agencies",
    "com",
    "channel",
    "online",
    "wire",
    "dpa",
    "upi",
    "pti",
    "ians",
    "xinhua",
    "efe",
    "group",
    "editorial",
    "board",
    "office",
    "department",
    "council",
    "center",
    "centre",
];

fn is_organisation(name: &str, site: Option<&str>) -> bool {
    let lower = name.to_lowercase();
    let letters = |text: &str| -> String {
        text.chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect()
    };
    lower.starts_with("the ")
        || site.is_some_and(|site| letters(site) == letters(name))
        || lower
            .split(|c: char| !c.is_alphanumeric())
            .any(|word| ORGANISATIONS.contains(&word))
        || (name.chars().count() <= 5 && name.chars().all(|c| c.is_ascii_uppercase()))
}

/// Returns the names in a byline.
pub(super) fn names_of(byline: &str, site: Option<&str>) -> Vec<String> {
    let byline = plain(&byline.replace('\n', " | "));
    if byline.contains("://") || byline.starts_with("www.") || byline.chars().count() > 300 {
        return Vec::new();
    }
    let mut text = byline.as_str();
    while let Some(rest) = after_lead(text) {
        text = rest;
    }
    let mut people = Vec::new();
    let mut papers = Vec::new();
    // What comes behind a bar or a bracket is job, paper or date.
    let mut is_first = true;
    for section in text.split(['|', '•', '·', '(', '<', '[', '\t', '/', '—', '–', '【']) {
        let section = section.trim_end_matches([')', ']', '>', '】']).trim();
        if section.is_empty() {
            continue;
        }
        let section = after_lead(section).unwrap_or(section);
        let mut parts: Vec<&str> = Vec::new();
        for piece in section.split([',', ';', '&', '、', '，', '；']) {
            parts.extend(split_words(piece));
        }
        for part in parts {
            let Some(name) = name_of(part) else { continue };
            if is_organisation(&name, site) {
                papers.push(name);
            } else if is_first || people.is_empty() {
                people.push(name);
            }
        }
        is_first &= people.is_empty();
    }
    if people.is_empty() {
        papers.into_iter().take(1).collect()
    } else {
        people
    }
}

/// Splits at words that mean "and", and in front of "for" or "in" that lead to paper and place.
fn split_words(text: &str) -> Vec<&str> {
    const ANDS: [&str; 11] = [
        " and ", " und ", " y ", " et ", " e ", " i ", " и ", " with ", " και ", " And ", " AND ",
    ];
    let mut parts = vec![text];
    for word in ANDS {
        parts = parts
            .into_iter()
            .flat_map(|part| part.split(word))
            .collect();
    }
    for word in [" for ", " in ", " at ", " of ", " für ", " - "] {
        for part in &mut parts {
            *part = part.split(word).next().unwrap_or(part);
        }
    }
    parts
}

/// Returns a name cleaned, or nothing where the text is none.
fn name_of(text: &str) -> Option<String> {
    let text = clean_line(text);
    let text =
        text.trim_matches(|c: char| !c.is_alphanumeric() && c != '.' && c != ')' && c != '!');
    let text = text.trim_start_matches('.').trim();
    let mut words: Vec<&str> = text.split(' ').filter(|word| !word.contains('@')).collect();
    // Credentials and jobs behind the name.
    let is_credential = |word: &str| {
        let letters: String = word.chars().filter(|c| c.is_alphabetic()).collect();
        letters.len() >= 2
            && letters.len() <= 5
            && letters.chars().all(|c| c.is_ascii_uppercase())
            && word.len() <= 7
            || matches!(
                letters.as_str(),
                "PhD" | "Ph" | "MSc" | "BSc" | "MSEd" | "PharmD" | "Dr"
            )
    };
    let is_job = |word: &str| {
        JOBS.contains(
            &word
                .trim_matches(|c: char| !c.is_alphanumeric())
                .to_lowercase()
                .as_str(),
        )
    };
    if words.len() > 2
        && let Some(at) = words
            .iter()
            .position(|word| is_job(word))
            .filter(|at| *at >= 2)
    {
        words.truncate(at);
    }
    while words.len() > 2
        && words
            .last()
            .is_some_and(|word| is_credential(word) && !is_shouted(text))
    {
        words.pop();
    }
    // The paper behind the name: "John O'Connor The Associated Press".
    if words.len() > 3
        && let Some(at) = words
            .iter()
            .position(|word| *word == "The" || *word == "Associated")
            .filter(|at| *at >= 2)
    {
        words.truncate(at);
    }
    let name = words.join(" ");
    let name = name.trim_matches([',', ':', '-', '–', ' ', '|', '"', '“', '”']);
    let letters = name.chars().filter(|c| c.is_alphabetic()).count();
    let is_cjk = name.chars().any(|c| c > '\u{2e80}');
    let is_sound = letters >= 2
        && name.chars().count() <= if is_cjk { 12 } else { 50 }
        && words.len() <= 6
        && name.chars().filter(char::is_ascii_digit).count() <= 3
        && !name
            .split(' ')
            .all(|word| is_job(word) && !matches!(word, "The"))
        && !(words.len() <= 2 && words.iter().any(|word| is_job(word)))
        && !(words.len() > 1
            && (name.contains(|c: char| c.is_ascii_digit())
                || words
                    .first()
                    .is_some_and(|first| is_job(first) && *first != "The")))
        && !is_credential_only(name)
        && !name.contains(['?', '…', '{', '#']);
    is_sound.then(|| name.to_owned())
}

fn is_credential_only(name: &str) -> bool {
    matches!(
        name,
        "MD" | "M.D."
            | "PhD"
            | "Ph.D."
            | "Ph.D"
            | "RD"
            | "RDN"
            | "LD"
            | "MS"
            | "MPH"
            | "MBA"
            | "CPA"
            | "JD"
            | "Jr."
            | "CFP"
            | "CFA"
            | "RN"
            | "DO"
            | "DDS"
    )
}

fn is_shouted(text: &str) -> bool {
    text.chars()
        .filter(|c| c.is_alphabetic())
        .all(char::is_uppercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(byline: &str, expect: &[&str]) {
        assert_eq!(names_of(byline, Some("The Herald")), expect, "{byline:?}");
    }

    #[test]
    fn names_lose_leads_jobs_mails_and_papers() {
        check("By Jane Doe", &["Jane Doe"]);
        check("By Jo Min-tae (mintae@herald.example)", &["Jo Min-tae"]);
        check(
            "BY JANE DOE and John Roe, The Herald",
            &["JANE DOE", "John Roe"],
        );
        check("Jane Doe, The Worcester Telegram & Gazette", &["Jane Doe"]);
        check("Jane Doe | Senior Reporter", &["Jane Doe"]);
        check(
            "Carla Gomez, Jordeene B. Lagare",
            &["Carla Gomez", "Jordeene B. Lagare"],
        );
        check("Lauren Manaker MS, RDN, LD", &["Lauren Manaker"]);
        check(
            "Von Anna Müller und Jörg Weiß",
            &["Anna Müller", "Jörg Weiß"],
        );
        check("John O'Connor The Associated Press", &["John O'Connor"]);
        check("作者：张文攀", &["张文攀"]);
    }

    #[test]
    fn what_is_no_name_is_none() {
        check("https://social.example/paper", &[]);
        check("Staff writer", &[]);
        check("Published 3 hours ago", &[]);
        check("The Associated Press", &["The Associated Press"]);
    }
}
