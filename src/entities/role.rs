//! The title or office that a person is given in the text: `Foreign Minister Sergei Lavrov`, `Graham Fagg, a tunneller,`.

use super::Span;
use super::gazetteer::{GAZETTEER, class};
use super::token::{Shape, Tokens};

/// Longest role in words.
const MAX_WORDS: usize = 5;

/// Returns the role that stands before or after a person's name. `taken` marks tokens of names.
pub(crate) fn role_of(tokens: &Tokens, span: &Span, taken: &[bool]) -> Option<String> {
    before(tokens, span, taken).or_else(|| after(tokens, span, taken))
}

fn is_title(tokens: &Tokens, index: usize) -> bool {
    GAZETTEER.word(tokens.lower(index)) & class::TITLE != 0
}

/// Words that belong to an office before its title (`Prime`, `Foreign`, `Deputy`).
fn is_modifier(lower: &str) -> bool {
    matches!(
        lower,
        "prime"
            | "foreign"
            | "deputy"
            | "vice"
            | "former"
            | "acting"
            | "chief"
            | "defence"
            | "defense"
            | "interior"
            | "finance"
            | "health"
            | "home"
            | "security"
            | "national"
            | "press"
            | "supreme"
            | "executive"
            | "general"
            | "lead"
            | "senior"
            | "assistant"
            | "managing"
            | "opposition"
            | "party"
            | "police"
            | "fire"
            | "federal"
            | "attorney"
            | "advisor"
            | "adviser"
            | "crown"
            | "lieutenant"
            | "major"
            | "brigadier"
            | "rear"
            | "high"
            | "economy"
            | "education"
            | "transport"
            | "trade"
            | "energy"
            | "culture"
            | "justice"
            | "environment"
            | "state"
            | "us"
            | "mission"
            | "flight"
            | "head"
    )
}

fn before(tokens: &Tokens, span: &Span, taken: &[bool]) -> Option<String> {
    let sentence_of = |i: usize| tokens.list[i].unit;
    let mut start = span.start;
    let mut has_title = false;
    let mut only_honorific = true;
    while start > 0 && span.start - start < MAX_WORDS * 2 {
        let i = start - 1;
        if taken[i] || sentence_of(i) != sentence_of(span.start) {
            break;
        }
        let lower = tokens.lower(i);
        // A period joins only behind a short form: `brother. Colonel X` are two sentences.
        let is_joint = match tokens.form(i) {
            "-" => true,
            "." => i > 0 && tokens.lower(i - 1).chars().count() <= 4,
            _ => false,
        };
        let joint = is_joint && i > 0 && !tokens.list[i].spaced;
        if joint && (is_title(tokens, i - 1) || is_modifier(tokens.lower(i - 1))) {
            start = i;
        } else if is_title(tokens, i) {
            has_title = true;
            only_honorific &= is_honorific(lower);
            start = i;
        } else if has_title && is_modifier(lower) {
            start = i;
            only_honorific = false;
        } else {
            break;
        }
    }
    (has_title && !only_honorific).then(|| tidy(&tokens.words(start..span.start)))
}

/// Forms of address that are no office.
fn is_honorific(lower: &str) -> bool {
    matches!(
        lower,
        "mr" | "mrs"
            | "ms"
            | "miss"
            | "mister"
            | "madam"
            | "sir"
            | "dame"
            | "lord"
            | "lady"
            | "st"
            | "saint"
            | "father"
            | "brother"
            | "sister"
            | "dr"
            | "doctor"
            | "prof"
    )
}

fn after(tokens: &Tokens, span: &Span, taken: &[bool]) -> Option<String> {
    let comma = span.end;
    if tokens.form(comma) != "," || comma + 1 >= tokens.list.len() {
        return None;
    }
    let mut start = comma + 1;
    if matches!(tokens.lower(start), "a" | "an" | "the" | "then") {
        start += 1;
    }
    let mut end = start;
    let mut title_end = None;
    while end < tokens.list.len() && end - start < MAX_WORDS {
        let same_unit = tokens.list[end].unit == tokens.list[span.start].unit;
        if !same_unit
            || taken[end]
            || matches!(tokens.shape(end), Shape::Mark | Shape::Number) && tokens.form(end) != "-"
        {
            break;
        }
        // `first` is a title of ladies and officers only.
        let is_first = tokens.lower(end) == "first";
        if is_title(tokens, end) && !is_first {
            title_end = Some(end + 1);
        } else if !is_first && GAZETTEER.word(tokens.lower(end)) & class::FUNCTION != 0 {
            break;
        }
        end += 1;
    }
    // Only an apposition: the title is followed by a mark or by what the office is of.
    let end = title_end?;
    let follows = tokens.lower(end);
    let closes = matches!(
        follows,
        "" | "," | "." | ";" | "of" | "at" | "in" | "for" | "who" | "and" | "-"
    );
    closes.then(|| tidy(&tokens.words(start..end)))
}

fn tidy(role: &str) -> String {
    role.trim_matches([' ', '-', '.', ',']).replace(" .", ".")
}
