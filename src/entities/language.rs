//! Which language a text is in, and what is found in a language that the recognizer was not taught.

use std::ops::Range;

use whatlang::Lang;

use super::gazetteer::{GAZETTEER, class};
use super::token::Tokens;

/// Bytes of text that are looked at: more changes no verdict.
const SAMPLE: usize = 4_000;

/// Share of English function words from which a text is taken for English without statistics of letters. Measured on
/// news: English has 30 to 45 %, German and French under 8 % (`in`, `on`, `was`, `a`).
const ENGLISH_SHARE: f64 = 0.22;

/// Texts of fewer words are judged as headlines are: by which words English writes in lower case.
const SHORT: usize = 12;

/// Says whether a text is English: by its words first, then by the language's name in page or feed, then by its letters.
/// `is_known` says which words (in lower case) English text uses.
pub(crate) fn is_english(
    text: &str,
    tokens: &Tokens,
    named: Option<&str>,
    is_known: impl Fn(&str) -> bool,
) -> bool {
    let Counts {
        words,
        function_words,
        latin,
        foreign,
        known,
    } = count(tokens, 0..tokens.list.len().min(1_000), is_known);
    if words > 0 && latin * 2 < words {
        return false;
    }
    let share = function_words as f64 / words.max(1) as f64;
    if words >= SHORT && share >= ENGLISH_SHARE {
        return true;
    }
    let named = named.map(|tag| {
        tag.split(['-', '_'])
            .next()
            .unwrap_or(tag)
            .to_ascii_lowercase()
    });
    // Headlines have few function words, and statistics of letters fail on names.
    let is_foreign = foreign > function_words;
    let is_like_english = !is_foreign && known * 3 >= words;
    if is_like_english && (named.is_none() || named.as_deref() == Some("en")) {
        return true;
    }
    let guess = whatlang::detect(sample(text));
    match (named.as_deref(), guess) {
        (Some("en"), Some(guess)) if words >= SHORT && share < 0.08 => guess.lang() == Lang::Eng,
        (Some("en"), _) => !is_foreign,
        (None, None) => true,
        (Some(_), Some(guess)) => guess.lang() == Lang::Eng && guess.is_reliable() && share > 0.1,
        (Some(_), None) => false,
        (None, Some(_)) if words < SHORT => {
            let share = if text.is_ascii() { 8 } else { 5 };
            known * share >= words && known > 0 && !is_foreign
        }
        (None, Some(guess)) => !is_foreign && (guess.lang() == Lang::Eng || share > 0.12),
    }
}

/// Returns the sentences of an English article that are in another language, as ranges of tokens: quotations, mostly. A
/// sentence of few words may be a title or a name (`Casa de las Américas`) and is none of them.
pub(crate) fn foreign_sentences(tokens: &Tokens) -> Vec<Range<usize>> {
    let is_foreign = |sentence: &&Range<usize>| {
        let found = count(tokens, (*sentence).clone(), |_| false);
        let is_of_words = found.foreign >= 3 && found.foreign > 2 * found.function_words;
        found.words >= 8 && (is_of_words || found.latin * 2 < found.words)
    };
    tokens
        .sentences
        .iter()
        .filter(is_foreign)
        .cloned()
        .collect()
}

#[derive(Default)]
struct Counts {
    words: usize,
    function_words: usize,
    latin: usize,
    /// Function words of other languages that are no words of English.
    foreign: usize,
    known: usize,
}

/// Says whether a word is a small word of a language other than English, and none of English.
fn is_foreign_word(lower: &str) -> bool {
    const WORDS: &[&str] = &[
        "der", "das", "und", "nicht", "mit", "von", "für", "auf", "ist", "ein", "eine", "einen",
        "dem", "den", "sich", "nach", "bei", "zum", "zur", "wird", "über", "auch", "im", "les",
        "des", "et", "est", "dans", "pour", "sur", "avec", "une", "du", "aux", "qui", "que", "pas",
        "ses", "sont", "el", "los", "las", "del", "por", "para", "con", "su", "se", "según", "más",
        "y", "il", "gli", "di", "che", "della", "nel", "nella", "alla", "dei", "è", "het", "een",
        "voor", "niet", "op", "zijn", "naar", "og", "af", "på", "til", "som", "ikke", "och", "att",
        "för", "är", "av", "og", "się", "na", "nie", "że", "z", "w", "ve", "bir", "için", "ile",
        "um", "uma", "não", "com", "em", "ao", "os", "și", "în", "pe", "ja", "és", "az", "egy",
        "dan", "yang", "di", "untuk", "dengan", "sa", "ng", "mga",
    ];
    WORDS.contains(&lower)
}

fn count(tokens: &Tokens, range: Range<usize>, is_known: impl Fn(&str) -> bool) -> Counts {
    let mut found = Counts::default();
    for index in range {
        let lower = tokens.lower(index);
        if lower.starts_with(char::is_alphabetic) {
            found.words += 1;
            found.latin += usize::from(lower.starts_with(|c: char| c < '\u{250}'));
            // Words that German, Dutch, Italian or French have too say nothing.
            let shared = matches!(
                lower,
                "in" | "an"
                    | "on"
                    | "a"
                    | "i"
                    | "of"
                    | "was"
                    | "me"
                    | "is"
                    | "he"
                    | "we"
                    | "all"
                    | "per"
                    | "via"
                    | "as"
                    | "am"
                    | "has"
                    | "so"
                    | "no"
                    | "do"
                    | "to"
                    | "die"
                    | "will"
                    | "into"
                    | "over"
                    | "had"
                    | "her"
                    | "more"
            );
            found.function_words +=
                usize::from(!shared && GAZETTEER.word(lower) & class::FUNCTION != 0);
            found.function_words += usize::from(matches!(lower, "of" | "to" | "is" | "has" | "he"));
            found.foreign += usize::from(is_foreign_word(lower));
            found.known += usize::from(!shared && is_known(lower));
        }
    }
    found
}

fn sample(text: &str) -> &str {
    let mut end = text.len().min(SAMPLE);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Returns where a folded name stands in a folded text, as byte ranges: whole words only, where its script has spaces.
pub(crate) fn find_exact(folded: &str, needle: &str) -> Vec<Range<usize>> {
    if needle.is_empty() {
        return Vec::new();
    }
    let spaced = |c: char| c.is_alphanumeric() && !crate::text::fold::is_unspaced(c);
    let hangs = |side: Option<char>, edge: Option<char>| {
        side.is_some_and(spaced) && edge.is_some_and(spaced)
    };
    folded
        .match_indices(needle)
        .map(|(at, _)| at..at + needle.len())
        .filter(|range| {
            !hangs(
                folded[..range.start].chars().next_back(),
                needle.chars().next(),
            ) && !hangs(
                folded[range.end..].chars().next(),
                needle.chars().next_back(),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entities::tagger::Tagger;

    fn check(text: &str, named: Option<&str>, expect: bool) {
        let mut tokens = Tokens::default();
        tokens.push_unit(0, text);
        let known = |lower: &str| Tagger::carried().is_some_and(|t| t.is_everyday(lower));
        assert_eq!(is_english(text, &tokens, named, known), expect, "{text}");
    }

    #[test]
    fn languages_are_told_apart_by_text_before_label() {
        let english = "The miners broke through the last wall of rock on Saturday, and the two men shook hands.";
        check(english, None, true);
        check(english, Some("de"), true);
        check(
            "Der Bundeskanzler hat am Montag in Berlin mit dem Präsidenten über die Lage in der Ukraine gesprochen.",
            None,
            false,
        );
        check(
            "Le président de la République a reçu lundi à Paris le chancelier allemand pour parler de la guerre.",
            None,
            false,
        );
        check(
            "Ο πρωθυπουργός συναντήθηκε με τον πρόεδρο στην Αθήνα",
            None,
            false,
        );
        check(
            "Cumhurbaşkanı Erdoğan Ankara'da Rusya Devlet Başkanı ile görüştü ve açıklamalarda bulundu",
            None,
            false,
        );
        check("대통령은 서울에서 회담을 가졌다", None, false);
        check(
            "El presidente del Gobierno se reunió el lunes en Madrid con los ministros",
            Some("en"),
            false,
        );
        check("Kim meets Putin", None, true);
        for headline in [
            "Okonjo-Iweala Urges World Trade Organization Members to Cut Subsidies",
            "Judge Blocks Kroger Takeover of Albertsons in Blow to Grocery Chains",
            "BRAZIL FLOODS KILL DOZENS AS LULA VISITS PORTO ALEGRE",
            "MANDELA TO MEET DE KLERK IN PRETORIA, ANC SAYS",
            "EFCC Quizzes Ex-NNPC Boss Yakubu in Kaduna",
            "Akufo-Addo Sworn In as Mahama Heads to Kumasi",
            "Duterte arrested in Manila on ICC warrant",
            "Bayern Munich Sack Nagelsmann, Turn to Tuchel",
        ] {
            check(headline, None, true);
        }
        for headline in [
            "Merkel trifft Hollande in Straßburg",
            "Maduro habla con Petro en Bogotá",
            "Macron reçoit Scholz à Paris pour parler de la défense",
            "Erdoğan, Putin ile Soçi'de görüştü",
            "Meloni incontra Sánchez a Roma, accordo sui migranti",
            "Kritik an Minister Lindner nach Haushaltssperre",
            "Kaczyński spotka Tuska w Warszawie",
            "Lula se reúne com Bolsonaro em Brasília",
            "Jokowi bertemu Prabowo di Jakarta",
            "Putin träffade Orbán i Budapest",
            "Mitsotakis ja Niinistö tapasivat Helsingissä",
            "Babiš jednal s Kurzem ve Vídni o migraci",
            "Orbán Viktor találkozott Putyinnal Moszkvában",
            "Merkel lobt Polizei nach Einsatz in Hamburg",
            "Trump droht mit neuen Strafen gegen Iran",
            "Barcelona gana al Real Madrid con goles de Pedri",
            "Rutte ontvangt Zelensky in Den Haag",
        ] {
            check(headline, None, false);
        }
    }

    #[test]
    #[expect(clippy::single_range_in_vec_init, reason = "one place is found")]
    fn exact_names_are_whole_words() {
        assert_eq!(find_exact("rom und romanik in rom", "rom"), [0..3, 19..22]);
        assert_eq!(find_exact("東京都で", "東京"), [0..6]);
    }
}
