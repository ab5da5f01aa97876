//! A picture's caption and its credit, parted: "Ships wait off Rotterdam. Photo: Ann Lee/Reuters".
//!
//! Pages mostly print both in one element. The credit is shown apart from the caption, and whom it names is no part of the
//! story. What cannot be told for sure stays in the caption; nothing is lost but the words of buttons.

use std::ops::Range;

use crate::model::document::Text;
use crate::text::words::has;

/// Bytes of a line whose credit is looked for: in a longer one the search would cost, and it is no caption.
const MAX_LINE: usize = 4_000;

/// Characters of a credit at most.
const MAX_CHARS: usize = 110;

/// Words of a credit at most.
const MAX_WORDS: usize = 14;

/// Words of a credit that says neither what it is nor whom it is from but by a slash or an agency's name.
const MAX_UNSAID: usize = 9;

/// What a credit may begin with, alone or some of them together ("Photo credit", "Image courtesy of").
const LABELS: &str = "photo photos photograph photographs photographer photography picture pictures pic image images illustration \
    illustrations drawing graphic artwork screenshot video credit credits source sources courtesy foto fotos bild \
    quelle crédit crédits crédito créditos fuente fonte fotograf fotografie 사진 写真 撮影 图 图片 摄影 来源";

/// Words that part a label from the names.
const LINKS: &str = "by via of von par por de di";

/// Words in lower case that stand among names.
const AMONG_NAMES: &str = "a af al an and av by courtesy da de del della den der di do dos du e el en et file for from handout image images \
    la le of photo photos pool the und van via von y";

/// Words that say where in a picture something is, and so belong to captions.
const PLACES_IN_PICTURE: &str = "left right centre center middle top bottom above below clockwise";

/// Agencies and stores of pictures, in lower case.
const AGENCIES: &[&str] = &[
    "getty images",
    "reuters",
    "shutterstock",
    "unsplash",
    "pixabay",
    "pexels",
    "istock",
    "alamy",
    "depositphotos",
    "adobe stock",
    "wikimedia",
    "flickr",
    "anadolu",
    "bloomberg",
    "xinhua",
    "creative commons",
    "picture alliance",
    "associated press",
    "agence france-presse",
];

/// Agencies whose short names are words in other letters.
const SHORT_AGENCIES: &[&str] = &[
    "AP", "AFP", "EPA", "PA", "DPA", "dpa", "TASS", "ANSA", "EFE", "APA", "UPI", "Getty", "USATSI",
];

/// Words of buttons and links that stand behind a caption.
const BUTTONS: &[&str] = &[
    "hide caption",
    "toggle caption",
    "enlarge this image",
    "purchase licensing rights",
    "opens new tab",
    "opens in new tab",
    "opens in a new tab",
];

/// Parts the words of a picture, which a page gives as a caption and, mostly not, a credit of its own.
pub(super) fn part(caption: Option<Text>, credit: Option<Text>) -> (Option<Text>, Option<Text>) {
    let mut parts = Parts::default();
    if let Some(text) = caption {
        parts.add(&text, false);
    }
    if let Some(text) = credit {
        parts.add(&text, true);
    }
    let Parts {
        mut caption,
        credit,
    } = parts;
    if let (Some(text), Some(credit)) = (&caption, &credit)
        && let Some(rest) = text.string.strip_suffix(credit.string.as_str())
    {
        let end = trimmed_end(rest);
        caption = (end > 0).then(|| text.slice(0..end));
    }
    (caption, credit)
}

/// Parts a line of plain text.
pub(super) fn part_line(line: &str) -> (String, Option<String>) {
    let (caption, credit) = part(Some(Text::plain(line)), None);
    (
        caption.map(|text| text.string).unwrap_or_default(),
        credit.map(|text| text.string),
    )
}

#[derive(Default)]
struct Parts {
    caption: Option<Text>,
    credit: Option<Text>,
}

impl Parts {
    /// Adds a text; one that stands where credits do is a credit also where it says no more than names.
    fn add(&mut self, text: &Text, is_credit_place: bool) {
        let line = without_buttons(&text.string);
        let is_bare_label = label_end(line).is_some_and(|end| end == line.len());
        let range = if is_bare_label || (is_credit_place && names(bare(line)).is_some()) {
            0..line.len()
        } else {
            begin(line).unwrap_or(line.len())..line.len()
        };
        let caption = text.slice(0..trimmed_end(line.get(..range.start).unwrap_or_default()));
        let credit = text.slice(inside_brackets(line, range));
        say_once(&mut self.caption, caption);
        say_once(&mut self.credit, credit);
    }
}

/// Adds a text to another; what is said already is not said again, whichever copy is the fuller.
pub(super) fn say_once(to: &mut Option<Text>, text: Text) {
    if text.is_blank() {
        return;
    }
    match to {
        Some(have) if contains_words(&have.string, &text.string) => {}
        Some(have) if contains_words(&text.string, &have.string) => *have = text,
        Some(have) => have.append(&text),
        None => *to = Some(text),
    }
}

/// Says whether `whole` holds all of `part`, white space, case and punctuation aside.
fn contains_words(whole: &str, part: &str) -> bool {
    let letters = |text: &str| -> String {
        text.chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect()
    };
    letters(whole).contains(&letters(part))
}

/// Returns where the text before a credit ends: without the mark that parts them.
fn trimmed_end(text: &str) -> usize {
    let is_mark = |c: char| {
        c.is_whitespace() || matches!(c, '|' | '–' | '—' | '-' | ',' | ';' | '/' | '·' | '•')
    };
    text.trim_end_matches(is_mark).len()
}

fn without_buttons(line: &str) -> &str {
    let mut line = line.trim_end();
    loop {
        let open = line.trim_end_matches([',', ')', ' ']);
        let Some(button) = BUTTONS.iter().find(|button| {
            let at = open.len().wrapping_sub(button.len());
            let begins = |head: &str| !head.ends_with(char::is_alphanumeric);
            open.get(at..)
                .is_some_and(|tail| tail.eq_ignore_ascii_case(button))
                && open.get(..at).is_some_and(begins)
        }) else {
            return line;
        };
        let head = open.get(..open.len() - button.len()).unwrap_or_default();
        line = head.trim_end_matches(['(', ',', ' ', '\u{a0}']);
    }
}

/// Leaves out brackets around a credit.
fn inside_brackets(line: &str, range: Range<usize>) -> Range<usize> {
    let part = line.get(range.clone()).unwrap_or_default();
    let inner = bare(part);
    let start = part.find(inner).unwrap_or_default() + range.start;
    if inner.is_empty() {
        range
    } else {
        start..start + inner.len()
    }
}

fn bare(part: &str) -> &str {
    let part = part.trim();
    let whole = part.strip_suffix('.').unwrap_or(part);
    for (open, close) in [('(', ')'), ('[', ']'), ('（', '）'), ('【', '】')] {
        let inner = whole
            .strip_prefix(open)
            .and_then(|it| it.strip_suffix(close));
        if let Some(inner) = inner.filter(|inner| !inner.contains(open)) {
            return inner.trim();
        }
    }
    part
}

/// Returns where the credit begins.
fn begin(line: &str) -> Option<usize> {
    if line.len() > MAX_LINE {
        return None;
    }
    is_whole(bare(line)).then_some(0).or_else(|| {
        in_brackets(line)
            .or_else(|| labelled(line))
            .or_else(|| behind(line))
    })
}

/// Says whether all of a line is a credit.
fn is_whole(line: &str) -> bool {
    let is_agency =
        SHORT_AGENCIES.contains(&line) || AGENCIES.contains(&line.to_lowercase().as_str());
    let is_parted = || line.contains(['/', '|']) || line.contains(" via ");
    is_agency || is_labelled(line) || is_parted() && has_agency(line) && are_few_names(line)
}

/// Finds "… (Ann Lee/Reuters)", "… (Photo: Ann Lee)", and, behind a whole sentence, "… (Ann Lee)".
fn in_brackets(line: &str) -> Option<usize> {
    let (head, tail) = bracketed(line.strip_suffix('.').unwrap_or(line))?;
    let is_credit = is_labelled(tail) || is_signed(tail);
    let is_person = || ends_sentence(head) && is_person(tail);
    (is_credit || is_person()).then_some(head.len())
}

/// Parts a line from what stands in brackets at its end.
pub(super) fn bracketed(line: &str) -> Option<(&str, &str)> {
    let is_open = |c: char| matches!(c, '(' | '[' | '（' | '【');
    let inner = line.strip_suffix([')', ']', '）', '】'])?;
    let (head, tail) = inner.split_at_checked(inner.rfind(is_open)?)?;
    Some((head, tail.trim_start_matches(is_open).trim()))
}

/// Finds a label with names behind it, to the end of the line.
fn labelled(line: &str) -> Option<usize> {
    let mut before = ' ';
    let mut is_apart = true;
    for (at, c) in line.char_indices() {
        let begins = !before.is_alphanumeric() && (c.is_alphabetic() || c == '©');
        if begins && (is_apart || c.is_uppercase() || c == '©') && is_labelled(line.get(at..)?) {
            return Some(at);
        }
        if !c.is_whitespace() {
            is_apart = matches!(
                c,
                '.' | '!' | '?' | '…' | '|' | '(' | '[' | '–' | '—' | '"' | '”' | '»'
            );
        }
        before = c;
    }
    None
}

/// Finds names of an agency or with a slash behind the last sentence or the last bar.
fn behind(line: &str) -> Option<usize> {
    let ends = line.char_indices().rev().filter_map(|(at, c)| {
        let after = at + c.len_utf8();
        let (head, tail) = (line.get(..at)?, line.get(after..)?);
        let closers = tail.len() - tail.trim_start_matches(['"', '”', '’', '»', ')']).len();
        let is_end = match c {
            '|' | '\n' => true,
            '.' | '!' | '?' | '…' => {
                let word = head.rsplit(|c: char| !c.is_alphanumeric()).next()?;
                let next = tail.get(closers..)?.chars().next()?;
                word.chars().count() > 1 && (next.is_whitespace() || next.is_uppercase())
            }
            _ => false,
        };
        is_end.then_some(after + closers)
    });
    let at = ends.into_iter().next()?;
    let tail = line.get(at..)?;
    is_signed(tail.trim().trim_end_matches('.')).then_some(at)
}

fn ends_sentence(text: &str) -> bool {
    text.trim_end()
        .ends_with(['.', '!', '?', '…', '"', '”', '。'])
}

/// Says whether a text is a label and names.
fn is_labelled(text: &str) -> bool {
    let text = text.trim_end_matches('.');
    let Some(rest) = label_end(text).and_then(|end| text.get(end..)) else {
        return false;
    };
    // Letters without case: all that can be asked is that it is short.
    let is_uncased = || {
        rest.chars().count() <= MAX_CHARS / 4
            && !rest.contains(|c: char| c.is_lowercase() || c.is_uppercase())
    };
    !rest.trim().is_empty() && (names(rest).is_some() || is_uncased())
}

/// Returns where the label at the start of a text ends, with the colon, the "by" or the sign behind it.
fn label_end(text: &str) -> Option<usize> {
    let mut at = 0;
    let mut labels = 0;
    loop {
        let rest = text.get(at..)?;
        let start = at + rest.len() - rest.trim_start_matches([' ', '\u{a0}']).len();
        let rest = text.get(start..)?;
        let mut chars = rest.chars();
        match chars.next() {
            Some(c @ '©') => return Some(start + c.len_utf8()),
            Some(c @ (':' | '：' | '=' | '|' | '/')) if labels > 0 => {
                return Some(start + c.len_utf8());
            }
            None => return None,
            _ => {}
        }
        let end = rest
            .find(|c: char| !c.is_alphabetic())
            .unwrap_or(rest.len());
        let word = rest.get(..end)?.to_lowercase();
        if has(LABELS, &word) && labels < 3 {
            labels += 1;
            at = start + end;
        } else if labels > 0 && has(LINKS, &word) {
            return Some(start + end);
        } else {
            return None;
        }
    }
}

/// Says whether a text is names with an agency or a slash among them.
fn is_signed(text: &str) -> bool {
    let is_slashed = || {
        let mut sides = text.split('/');
        text.contains('/') && sides.all(|side| side.contains(char::is_alphabetic))
    };
    (has_agency(text) || is_slashed()) && are_few_names(text)
}

fn are_few_names(text: &str) -> bool {
    names(text).is_some_and(|words| words <= MAX_UNSAID)
}

fn has_agency(text: &str) -> bool {
    let lower = text.to_lowercase();
    AGENCIES.iter().any(|agency| lower.contains(agency))
        || words_of(text).any(|word| SHORT_AGENCIES.contains(&word))
}

fn words_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| {
        c.is_whitespace() || matches!(c, '/' | '|' | ',' | ';' | '&' | '(' | ')' | '+')
    })
    .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric() && c != '@'))
    .filter(|word| !word.is_empty())
}

/// Returns how many words a text has where they are names and what stands among them; one may be a name in small letters.
fn names(text: &str) -> Option<usize> {
    if text.chars().count() > MAX_CHARS {
        return None;
    }
    let (mut count, mut capitals, mut small) = (0, 0, 0);
    for word in words_of(text) {
        count += 1;
        let lower = word.to_lowercase();
        let first = word.chars().next()?;
        let is_address = word.contains('.') || first == '@';
        if has(PLACES_IN_PICTURE, &lower) {
            return None;
        } else if first.is_uppercase() || is_address {
            capitals += 1;
        } else if !(has(AMONG_NAMES, word) || (first.is_ascii_digit() && word.len() <= 4)) {
            small += 1;
        }
    }
    let is_handle = small == 1 && count <= 5;
    let are_names = (1..=MAX_WORDS).contains(&count) && (small == 0 && capitals > 0 || is_handle);
    are_names.then_some(count)
}

/// Says whether a text is two to four words that begin with capitals, as people's names do.
fn is_person(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_name = |word: &&str| {
        word.starts_with(char::is_uppercase)
            && word
                .chars()
                .all(|c| c.is_alphabetic() || matches!(c, '.' | '-' | '\'' | '’'))
    };
    let is_article = matches!(
        words.first(),
        Some(&("The" | "A" | "An" | "From" | "Left" | "Right"))
    );
    (2..=4).contains(&words.len()) && words.iter().all(is_name) && !is_article
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::document::{Mark, MarkKind};

    fn parted(line: &str) -> (String, String) {
        let (caption, credit) = part_line(line);
        (caption, credit.unwrap_or_default())
    }

    #[test]
    fn a_credit_behind_a_caption_is_parted_from_it() {
        for (line, caption, credit) in [
            (
                "Ships wait off Rotterdam on Sunday. Photo: Ann Lee",
                "Ships wait off Rotterdam on Sunday.",
                "Photo: Ann Lee",
            ),
            (
                "Ships wait (Photo: Ann Lee/Reuters)",
                "Ships wait",
                "Photo: Ann Lee/Reuters",
            ),
            (
                "Ships wait off Rotterdam Credit: Ann Lee/Getty",
                "Ships wait off Rotterdam",
                "Credit: Ann Lee/Getty",
            ),
            (
                "The harbour, June 4, 2018. REUTERS/Ann Lee/File Photo Purchase Licensing Rights, opens new tab",
                "The harbour, June 4, 2018.",
                "REUTERS/Ann Lee/File Photo",
            ),
            (
                "The mayor at the gate. Ann D. Lee/AFP via Getty Images",
                "The mayor at the gate.",
                "Ann D. Lee/AFP via Getty Images",
            ),
            (
                "What they all said.Ann Lee / Getty Images",
                "What they all said.",
                "Ann Lee / Getty Images",
            ),
            (
                "A ship of the line. (Ann Lee)",
                "A ship of the line.",
                "Ann Lee",
            ),
            ("A ship | photo by Ann Lee", "A ship", "photo by Ann Lee"),
            (
                "A ship, 1937 © Ann Lee Archives",
                "A ship, 1937",
                "© Ann Lee Archives",
            ),
            (
                "A ship at sea. Image courtesy of the Harbour Museum",
                "A ship at sea.",
                "Image courtesy of the Harbour Museum",
            ),
            (
                "Ein Schiff auf See. Foto: Anna von der Lee/dpa",
                "Ein Schiff auf See.",
                "Foto: Anna von der Lee/dpa",
            ),
            (
                "Image credit: Harbour Press",
                "",
                "Image credit: Harbour Press",
            ),
            ("Ann Lee | Getty Images", "", "Ann Lee | Getty Images"),
            ("(Image: Ann Lee)", "", "Image: Ann Lee"),
            ("Reuters", "", "Reuters"),
            (
                "港に停泊する船。写真はない",
                "港に停泊する船。写真はない",
                "",
            ),
            (
                "로테르담 항구의 배 (사진=연합뉴스)",
                "로테르담 항구의 배",
                "사진=연합뉴스",
            ),
        ] {
            assert_eq!(
                parted(line),
                (caption.to_owned(), credit.to_owned()),
                "{line}"
            );
        }
    }

    #[test]
    fn a_caption_that_speaks_of_pictures_and_agencies_is_left_whole() {
        for line in [
            "The photo by Ann Lee shows the harbour before the storm",
            "She was seen in a photo by Ann Lee",
            "Image: the bridge as it looked before the storm took it",
            "The Getty Museum in Los Angeles",
            "Ann Lee (left) and John Brown (right)",
            "From left: Ann Lee, John Brown. (Left/Right)",
            "The ships and/or boats of the harbour.",
            "Ann Lee of the Harbour School",
            "Image 9: How the harbour works",
            "The fleet of the U.S. Navy",
            "Workers of the agency Reuters left the building (file)",
            "",
        ] {
            assert_eq!(parted(line), (line.to_owned(), String::new()), "{line}");
        }
    }

    #[test]
    fn a_credit_of_its_own_is_joined_and_said_once() {
        let text = |words: &str| Some(Text::plain(words));
        let words = |text: Option<Text>| text.map(|it| it.string).unwrap_or_default();
        for (caption, credit, wanted) in [
            (
                "A robin in June. Ann Lee/NPR hide caption",
                "Ann Lee/NPR",
                ("A robin in June.", "Ann Lee/NPR"),
            ),
            (
                "A robin in June. Ann Lee hide caption",
                "Ann Lee",
                ("A robin in June.", "Ann Lee"),
            ),
            (
                "Credit:",
                "Ann Lee for Robins",
                ("", "Credit: Ann Lee for Robins"),
            ),
            (
                "A robin",
                "It is seen here as it looks for worms. ( Image: Ann Lee )",
                (
                    "A robin It is seen here as it looks for worms.",
                    "Image: Ann Lee",
                ),
            ),
            ("A robin", "Harbour Press", ("A robin", "Harbour Press")),
        ] {
            let (have, by) = part(text(caption), text(credit));
            assert_eq!(
                (words(have).as_str(), words(by).as_str()),
                wanted,
                "{caption}"
            );
        }
    }

    #[test]
    fn marks_stay_on_their_words() {
        let text = Text {
            string: "A ship. Photo: Ann Lee".into(),
            marks: vec![
                Mark {
                    range: 2..6,
                    kind: MarkKind::Emphasis,
                },
                Mark {
                    range: 15..22,
                    kind: MarkKind::Strong,
                },
            ],
        };
        let (caption, credit) = part(Some(text), None);
        let marked = |text: Option<Text>| -> String {
            let text = text.unwrap_or_default();
            text.marks
                .iter()
                .filter_map(|mark| text.string.get(mark.range.clone()))
                .collect()
        };
        assert_eq!(
            (marked(caption), marked(credit)),
            ("ship".to_owned(), "Ann Lee".to_owned())
        );
    }
}
