//! The names in a byline, without "By", e-mail, job or paper.

use super::byline_words::{JOBS, LEADS, NO_NAMES, ORGANISATIONS};
use super::plain;
use crate::text::clean_line;

/// Bytes of a text that may be a lead: the longest has fewer in any letters.
const MAX_LEAD_BYTES: usize = 40;

/// Says whether a text is a lead and nothing else.
pub(super) fn is_lead(text: &str) -> bool {
    if text.len() > MAX_LEAD_BYTES {
        return false;
    }
    let lower = text.to_lowercase();
    let bare = lower.trim_end_matches([':', '：', ' ', '\u{a0}']);
    LEADS
        .iter()
        .any(|lead| bare.len() > 1 && lead.trim_end_matches([':', '：']) == bare)
}

/// Returns what stands behind a lead at the line's start.
pub(super) fn after_lead(line: &str) -> Option<&str> {
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
        .or_else(|| glued(line))
        .filter(|rest| !rest.is_empty())
}

/// Returns what stands behind a "By" that lost its space: `ByJane Doe`.
fn glued(line: &str) -> Option<&str> {
    let rest = line
        .strip_prefix("By")
        .or_else(|| line.strip_prefix("BY"))?;
    let mut letters = rest.chars();
    let is_name = letters.next().is_some_and(char::is_uppercase)
        && letters.next().is_some_and(char::is_lowercase)
        && rest.contains(' ');
    is_name.then_some(rest)
}

/// Says whether a name is that of a paper or a company rather than a person's.
pub(super) fn is_organisation(name: &str, site: Option<&str>) -> bool {
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
    if words.len() > 1 && words.iter().any(|word| is_no_name(word)) || is_no_name_alone(&words) {
        return None;
    }
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
    // "Crimson Staff Writer": one word and then nothing but a job.
    if words.len() > 2 && words.iter().skip(1).all(|word| is_job(word)) {
        return None;
    }
    let name = words.join(" ");
    let name = name.trim_matches([',', ':', '-', '–', ' ', '|', '"', '“', '”']);
    let letters = name.chars().filter(|c| c.is_alphabetic()).count();
    let is_cjk = name.chars().any(|c| c > '\u{2e80}');
    let is_sound = letters >= 2
        && name.chars().count()
            <= if is_han(name) {
                5
            } else if is_cjk {
                12
            } else {
                50
            }
        && words.len() <= 6
        && name.chars().filter(char::is_ascii_digit).count() <= if is_cjk { 0 } else { 3 }
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

/// Says whether a word stands in what sites say to their readers, and in no name.
fn is_no_name(word: &str) -> bool {
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
    let inner_dots = bare.matches('.').count();
    NO_NAMES.contains(&bare.to_lowercase().as_str())
        || (inner_dots >= 2 && bare.split('.').all(|part| part.len() > 2))
}

/// Says whether a single word is the path of a template that was not filled in, or a label.
fn is_no_name_alone(words: &[&str]) -> bool {
    matches!(words, [word] if word.matches('.').count() >= 2 && is_no_name(word))
}

/// Says whether a text is written in Han letters alone.
fn is_han(text: &str) -> bool {
    text.chars().all(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
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
        check("ByVan Sias", &["Van Sias"]);
        check("Byron Katie", &["Byron Katie"]);
        check("Articles by Juliette Carreiro", &["Juliette Carreiro"]);
        check("Cam E. Kettles, Crimson Staff Writer", &["Cam E. Kettles"]);
    }

    #[test]
    fn what_is_no_name_is_none() {
        check("https://social.example/paper", &[]);
        check("Staff writer", &[]);
        check("Published 3 hours ago", &[]);
        check("Send your questions", &[]);
        check("Contact us", &[]);
        check("Jane Doe says", &[]);
        check("page.head.extra.author", &[]);
        check("从上海昆剧团获悉，享年74岁", &[]);
        check("The Associated Press", &["The Associated Press"]);
    }
}
