//! Small words for the screen: numbers, types of names, languages, files.

use crate::model::EntityKind;
use crate::model::article::Enclosure;

/// Returns a number with commas: `10,412`.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Returns what a type of name is called.
pub fn kind_word(kind: EntityKind) -> &'static str {
    match kind {
        EntityKind::Person => "person",
        EntityKind::Organisation => "organisation",
        EntityKind::Place => "place",
        EntityKind::Other => "other name",
    }
}

/// Returns a language's English name by its BCP 47 subtag, or the subtag itself.
pub fn language(subtag: &str) -> &str {
    match subtag {
        "ar" => "Arabic",
        "cs" => "Czech",
        "da" => "Danish",
        "de" => "German",
        "el" => "Greek",
        "en" => "English",
        "es" => "Spanish",
        "fa" => "Persian",
        "fi" => "Finnish",
        "fr" => "French",
        "he" => "Hebrew",
        "hi" => "Hindi",
        "hu" => "Hungarian",
        "it" => "Italian",
        "ja" => "Japanese",
        "ko" => "Korean",
        "nl" => "Dutch",
        "no" | "nb" | "nn" => "Norwegian",
        "pl" => "Polish",
        "pt" => "Portuguese",
        "ro" => "Romanian",
        "ru" => "Russian",
        "sv" => "Swedish",
        "th" => "Thai",
        "tr" => "Turkish",
        "uk" => "Ukrainian",
        "vi" => "Vietnamese",
        "zh" => "Chinese",
        "" => "this language",
        other => other,
    }
}

/// Returns a size in words: `48.2 MB`, `340 kB`.
pub fn megabytes(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        1_000_000..100_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        100_000_000..1_000_000_000 => format!("{} MB", bytes / 1_000_000),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}

/// Returns a time in words: `1 h 2 min`, `12 min`, `40 s`.
pub fn duration(seconds: u32) -> String {
    match (seconds / 3600, seconds % 3600 / 60) {
        (0, 0) => format!("{seconds} s"),
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

/// Returns what an attached file is: `Audio · 48.2 MB · 1 h 2 min`.
pub fn file_words(file: &Enclosure) -> String {
    let media = file.media_type.as_deref().unwrap_or_default();
    let media = media.split(';').next().unwrap_or_default().trim();
    let kind = match media.split('/').next().unwrap_or_default() {
        "audio" => "Audio",
        "video" => "Video",
        "image" => "Picture",
        _ if media == "application/pdf" => "PDF",
        _ if media == "application/epub+zip" => "Book",
        _ if media == "application/x-bittorrent" => "Torrent",
        _ => "File",
    };
    let mut parts = vec![kind.to_owned()];
    // Feeds write 0 or 1 where they do not know.
    parts.extend(file.size_bytes.filter(|size| *size > 1).map(megabytes));
    let seconds = file.duration_seconds.filter(|seconds| *seconds > 0);
    parts.extend(seconds.map(duration));
    parts.join(" · ")
}

#[cfg(test)]
mod tests {
    use super::thousands;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        let cases = [(0, "0"), (999, "999"), (1000, "1,000"), (10_412, "10,412")];
        for (number, expect) in cases {
            assert_eq!(thousands(number), expect);
        }
    }
}
