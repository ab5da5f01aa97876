//! Bytes of a feed to text: byte order mark, then what the file says, then what the server says, then detection.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::feed::Remark;
use crate::text::charset;

/// How far into the file the prolog is looked for; junk may stand before it.
const PROLOG_BYTES: usize = 2_048;

/// Decodes a feed. A declared encoding the bytes plainly are not in is not believed.
///
/// The prolog goes before the header, against RFC 7303 §3.2, because servers send a default charset more often than
/// programs write a wrong prolog; every reader in wide use does the same.
pub(super) fn decode<'a>(
    bytes: &'a [u8],
    content_type: Option<&str>,
    remarks: &mut Vec<Remark>,
) -> Cow<'a, str> {
    if let Some((encoding, _)) = charset::by_bom(bytes) {
        return charset::decode(bytes, encoding);
    }
    if let Some(encoding) = by_zero_bytes(bytes) {
        return charset::decode(bytes, encoding);
    }
    let label = prolog_label(bytes);
    if is_iso_2022_kr(bytes, label.as_deref()) {
        return decode_iso_2022_kr(bytes);
    }
    // Bytes that are ASCII so far cannot be UTF-16, whatever the prolog says.
    let declared = label
        .as_deref()
        .and_then(charset::by_label)
        .filter(|encoding| ![UTF_16BE, UTF_16LE].contains(encoding))
        .or_else(|| content_type.and_then(charset::of_content_type));
    let used = believable(bytes, declared);
    if let Some(declared) = declared
        && declared != used
    {
        remarks.push(Remark::Encoding {
            declared: declared.name().to_lowercase(),
            used: used.name(),
        });
    }
    charset::decode(bytes, used)
}

/// Returns the declared encoding, or the detected one where the bytes are something else: valid UTF-8 with letters
/// beyond ASCII is hardly ever anything else. XML that declares nothing is UTF-8 (XML 1.0 §4.3.3).
fn believable(bytes: &[u8], declared: Option<&'static Encoding>) -> &'static Encoding {
    let is_utf8 = std::str::from_utf8(bytes).is_ok();
    match declared {
        Some(encoding) if encoding != UTF_8 => {
            let is_plainly_utf8 = is_utf8 && !bytes.is_ascii();
            if is_plainly_utf8 { UTF_8 } else { encoding }
        }
        _ if bytes.is_ascii() && bytes.windows(3).any(|w| w == b"\x1b$B" || w == b"\x1b$@") => {
            encoding_rs::ISO_2022_JP
        }
        _ if is_utf8 || is_damaged_utf8(bytes) => UTF_8,
        _ => charset::detect(bytes),
    }
}

/// A few broken bytes among many letters beyond ASCII are damage, not another encoding.
fn is_damaged_utf8(bytes: &[u8]) -> bool {
    let text = charset::decode(bytes, UTF_8);
    let broken = text
        .chars()
        .filter(|c| *c == char::REPLACEMENT_CHARACTER)
        .count();
    let beyond = bytes.iter().filter(|b| !b.is_ascii()).count();
    broken * 4 < beyond
}

/// UTF-16 without a mark: every second byte of `<?xml` is zero.
fn by_zero_bytes(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes {
        [0, b'<', 0, _, ..] => Some(UTF_16BE),
        [b'<', 0, _, 0, ..] => Some(UTF_16LE),
        _ => None,
    }
}

fn prolog_label(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(bytes.get(..PROLOG_BYTES).unwrap_or(bytes));
    let start = head.find("<?xml")?;
    let prolog = head.get(start..)?;
    let prolog = prolog.get(..prolog.find('>')?)?;
    let value = prolog.get(prolog.find("encoding")? + "encoding".len()..)?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let value = value.trim_start_matches(['"', '\'']);
    let end = value.find(['"', '\'', '?', ' '])?;
    Some(value.get(..end)?.to_owned())
}

/// ISO-2022-KR (RFC 1557) is not in the WHATWG standard, but old Korean feeds are in it.
fn is_iso_2022_kr(bytes: &[u8], label: Option<&str>) -> bool {
    label.is_some_and(|label| label.eq_ignore_ascii_case("iso-2022-kr"))
        || bytes
            .get(..PROLOG_BYTES)
            .unwrap_or(bytes)
            .windows(4)
            .any(|w| w == b"\x1b$)C")
}

/// Shift-out turns the seven-bit half of EUC-KR on, shift-in off.
fn decode_iso_2022_kr(bytes: &[u8]) -> Cow<'static, str> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut shifted = false;
    let mut rest = bytes;
    while let [byte, tail @ ..] = rest {
        rest = tail;
        match byte {
            0x0e => shifted = true,
            0x0f => shifted = false,
            0x1b if tail.starts_with(b"$)C") => rest = &tail[3..],
            b'\n' => {
                shifted = false;
                out.push(b'\n');
            }
            0x21..=0x7e if shifted => out.push(byte | 0x80),
            _ => out.push(*byte),
        }
    }
    Cow::Owned(charset::decode(&out, encoding_rs::EUC_KR).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], content_type: Option<&str>, expect: &str) {
        let text = decode(bytes, content_type, &mut Vec::new());
        assert!(text.contains(expect), "{text:?} lacks {expect:?}");
    }

    fn feed(label: &str, encoding: &'static Encoding, words: &str) -> Vec<u8> {
        let text = format!("<?xml version='1.0' encoding='{label}'?><rss>{words}</rss>");
        encoding.encode(&text).0.into_owned()
    }

    #[test]
    fn the_prolog_goes_before_the_header() {
        let korean = feed("cp949", encoding_rs::EUC_KR, "세계 최초의 터널");
        check(
            &korean,
            Some("text/xml; charset=iso-8859-1"),
            "세계 최초의 터널",
        );
        let japanese = feed("cp932", encoding_rs::SHIFT_JIS, "海底トンネル");
        check(&japanese, None, "海底トンネル");
        let mail = feed("iso-2022-jp", encoding_rs::ISO_2022_JP, "海底トンネル");
        check(&mail, None, "海底トンネル");
        check(
            &encoding_rs::ISO_2022_JP.encode("<rss>海底</rss>").0,
            None,
            "海底",
        );
    }

    #[test]
    fn a_broken_byte_does_not_change_the_encoding() {
        let mut bytes = "<rss>Gözübüyük, Élysée, señor</rss>".as_bytes().to_vec();
        bytes.insert(8, 0xff);
        check(&bytes, None, "Élysée");
    }

    #[test]
    fn the_header_helps_where_the_prolog_is_silent() {
        let bytes = encoding_rs::WINDOWS_1251.encode("<rss>Тоннель</rss>").0;
        check(&bytes, Some("text/xml; charset=windows-1251"), "Тоннель");
    }

    #[test]
    fn utf8_that_says_it_is_latin_is_utf8() {
        check(
            &feed("iso-8859-1", UTF_8, "Gegenwärtig"),
            None,
            "Gegenwärtig",
        );
        check(&feed("utf-16", UTF_8, "Gegenwärtig"), None, "Gegenwärtig");
    }

    #[test]
    fn utf16_needs_no_mark() {
        let bytes: Vec<u8> = "<rss>터널</rss>"
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect();
        check(&bytes, None, "터널");
    }

    #[test]
    fn iso_2022_kr_is_read() {
        check(
            b"<?xml version='1.0' encoding='iso-2022-kr'?>\x1b$)C<rss>\x0eGQ1[\x0f!</rss>",
            None,
            "한글!",
        );
    }
}
