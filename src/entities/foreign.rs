//! Countries and capitals as other languages spell them: what is found in a text of a language that the recognizer was
//! not taught. Names are from the Unicode CLDR; they lie in `assets/names/places-by-language.tsv`.

use whatlang::Lang;

/// Lines of a language's tag, a tab, and names joined by `;`.
const TABLE: &str = include_str!("../../assets/names/places-by-language.tsv");

/// Returns the countries and capitals in the language of a text: as page or feed name it, else as its letters tell.
pub(crate) fn places(sample: &str, named: Option<&str>) -> impl Iterator<Item = &'static str> {
    let named = named
        .and_then(|tag| tag.split(['-', '_']).next())
        .map(str::to_ascii_lowercase);
    let guess = whatlang::detect(sample).and_then(|guess| code(guess.lang()));
    let lines = |wanted: &str| {
        let mut lines = TABLE.lines().filter_map(|line| line.split_once('\t'));
        lines
            .find(|(language, _)| *language == wanted)
            .map(|(_, names)| names)
    };
    // A page that calls itself English and is not is what it reads like.
    let named = named.as_deref().filter(|tag| *tag != "en").and_then(lines);
    let names = guess.and_then(lines).or(named).unwrap_or("");
    names.split(';').filter(|name| !name.is_empty())
}

/// Says whether a place in a text is spelled as a name is, or in capitals, and stands as a word of its own.
pub(crate) fn is_spelled(text: &str, range: std::ops::Range<usize>, name: &str) -> bool {
    let Some(words) = text.get(range.clone()) else {
        return false;
    };
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let stands_alone = !is_letter(text[..range.start].chars().next_back())
        && !is_letter(text[range.end..].chars().next());
    stands_alone && (words == name || words == name.to_uppercase())
}

/// Returns the tag of a language that the table has.
fn code(language: Lang) -> Option<&'static str> {
    Some(match language {
        Lang::Deu => "de",
        Lang::Fra => "fr",
        Lang::Spa => "es",
        Lang::Ita => "it",
        Lang::Por => "pt",
        Lang::Nld => "nl",
        Lang::Pol => "pl",
        Lang::Ces => "cs",
        Lang::Slk => "sk",
        Lang::Swe => "sv",
        Lang::Dan => "da",
        Lang::Nob => "nb",
        Lang::Fin => "fi",
        Lang::Est => "et",
        Lang::Lav => "lv",
        Lang::Lit => "lt",
        Lang::Hun => "hu",
        Lang::Ron => "ro",
        Lang::Bul => "bg",
        Lang::Hrv => "hr",
        Lang::Srp => "sr",
        Lang::Slv => "sl",
        Lang::Tur => "tr",
        Lang::Rus => "ru",
        Lang::Ukr => "uk",
        Lang::Ell => "el",
        Lang::Ara => "ar",
        Lang::Heb => "he",
        Lang::Pes => "fa",
        Lang::Hin => "hi",
        Lang::Ben => "bn",
        Lang::Tam => "ta",
        Lang::Urd => "ur",
        Lang::Tha => "th",
        Lang::Vie => "vi",
        Lang::Ind => "id",
        Lang::Cmn => "zh",
        Lang::Jpn => "ja",
        Lang::Kor => "ko",
        Lang::Cat => "ca",
        _ => return None,
    })
}
