//! Bytes to text by the encodings of the web (WHATWG Encoding Standard).

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// Finds an encoding by its label, also by the names that are in the wild but not in the standard (`cp949`, `cp932`).
pub fn by_label(label: &str) -> Option<&'static Encoding> {
    let label = label.trim().trim_matches(['"', '\'']);
    let alias = match label.to_ascii_lowercase().as_str() {
        "cp949" | "ms949" | "uhc" => "euc-kr",
        "cp932" | "ms932" => "shift_jis",
        "cp936" => "gbk",
        "cp950" => "big5",
        "utf8" | "utf-8-sig" | "utf8mb4" => "utf-8",
        "latin-1" | "iso8859_1" => "windows-1252",
        _ => label,
    };
    Encoding::for_label(alias.as_bytes())
}

/// Returns the encoding a byte order mark names, and the mark's length.
pub fn by_bom(bytes: &[u8]) -> Option<(&'static Encoding, usize)> {
    Encoding::for_bom(bytes)
}

/// Returns the charset parameter of a `Content-Type` header.
pub fn of_content_type(content_type: &str) -> Option<&'static Encoding> {
    let lower = content_type.to_ascii_lowercase();
    let at = lower.find("charset")?;
    let rest = content_type
        .get(at + "charset".len()..)?
        .trim_start()
        .strip_prefix('=')?;
    by_label(rest.split(';').next()?)
}

/// Guesses the encoding of bytes that name none: valid UTF-8 first, then by letter statistics.
pub fn detect(bytes: &[u8]) -> &'static Encoding {
    if std::str::from_utf8(bytes).is_ok() {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(bytes, true);
    let guess = detector.guess(None, Utf8Detection::Allow);
    if guess == UTF_8 { WINDOWS_1252 } else { guess }
}

/// Decodes bytes; malformed sequences become U+FFFD. Never fails.
pub fn decode<'a>(bytes: &'a [u8], encoding: &'static Encoding) -> Cow<'a, str> {
    encoding.decode_with_bom_removal(bytes).0
}
