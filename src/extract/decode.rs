//! A page's bytes → text: byte order mark, header, valid UTF-8, `<meta>`, detection, in this order.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::mojibake;
use crate::text::charset;

/// How far into a page its `<meta charset>` may stand. The standard says 1,024 bytes; real pages put scripts before it.
const META_WINDOW_BYTES: usize = 16 * 1024;

/// Decodes a page. `content_type` is the header's value or the bare charset. Never fails: malformed sequences become
/// U+FFFD.
///
/// Valid UTF-8 beats a header that says otherwise when it has letters outside ASCII: servers are configured once, pages
/// are written by many, and text of another encoding is practically never valid UTF-8 by chance.
///
/// Text that was spoilt before it was sent (`Ã©` for `é`) is made right where that is certain.
pub fn decode(bytes: &[u8], content_type: Option<&str>) -> String {
    mojibake::repair(charset::decode(bytes, choose(bytes, content_type)).into_owned())
}

fn choose(bytes: &[u8], content_type: Option<&str>) -> &'static Encoding {
    if let Some((encoding, _)) = charset::by_bom(bytes) {
        return encoding;
    }
    let header = content_type
        .and_then(|value| charset::of_content_type(value).or_else(|| charset::by_label(value)));
    if let Some(wide) = header.filter(|e| *e == UTF_16LE || *e == UTF_16BE) {
        return wide;
    }
    let is_ascii = bytes.is_ascii();
    if !is_ascii && std::str::from_utf8(bytes).is_ok() {
        return UTF_8;
    }
    let declared = header
        .filter(|encoding| *encoding != UTF_8 || is_ascii)
        .or_else(|| meta_charset(bytes));
    let Some(declared) = declared else {
        return if is_ascii { WINDOWS_1252 } else { guess(bytes) };
    };
    if declared == UTF_8 && !is_ascii {
        // Declared UTF-8, but not valid: a few broken bytes in a UTF-8 page, or a wrong label.
        guess(bytes)
    } else if declared == UTF_16LE || declared == UTF_16BE {
        // `<meta>` can only be read in an ASCII-compatible encoding, so UTF-16 there is a lie (WHATWG HTML §13.2.3.2).
        UTF_8
    } else {
        declared
    }
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    mostly_utf8(bytes).unwrap_or_else(|| charset::detect(bytes))
}

/// Returns UTF-8 for bytes that are UTF-8 but for at most one broken sequence in fifty.
fn mostly_utf8(bytes: &[u8]) -> Option<&'static Encoding> {
    let (mut good, mut bad) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    (bad * 50 <= good).then_some(UTF_8)
}

/// Returns the encoding named by `<meta charset>`, `<meta http-equiv>` or an XML declaration.
fn meta_charset(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..META_WINDOW_BYTES.min(bytes.len()))?;
    let head: String = head
        .iter()
        .map(|byte| {
            if byte.is_ascii() {
                byte.to_ascii_lowercase() as char
            } else {
                ' '
            }
        })
        .collect();
    let mut rest = head.as_str();
    while let Some(at) = rest.find("charset").or_else(|| rest.find("encoding")) {
        let after = rest.get(at..)?;
        let value = after.trim_start_matches(|c: char| c.is_ascii_alphabetic());
        let value = value.trim_start().strip_prefix('=').unwrap_or_default();
        let value = value.trim_start().trim_start_matches(['"', '\'']);
        let end = value
            .find(|c: char| !(c.is_ascii_alphanumeric() || "-_:.".contains(c)))
            .unwrap_or(value.len());
        if let Some(encoding) = value.get(..end).and_then(charset::by_label) {
            return Some(encoding);
        }
        rest = after.get("charset".len()..)?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], content_type: Option<&str>, expect: &str) {
        assert_eq!(decode(bytes, content_type), expect);
    }

    #[test]
    fn a_header_names_the_charset() {
        check(b"caf\xe9", Some("text/html; charset=ISO-8859-1"), "café");
        check(b"caf\xe9", Some("iso-8859-1"), "café");
    }

    #[test]
    fn valid_utf8_beats_a_wrong_header() {
        check(
            "café 北京".as_bytes(),
            Some("text/html; charset=iso-8859-1"),
            "café 北京",
        );
    }

    #[test]
    fn a_meta_element_names_the_charset() {
        let mut page =
            b"<meta http-equiv=content-type content='text/html; charset=gb2312'>".to_vec();
        page.extend(b"\xb1\xb1\xbe\xa9");
        assert!(decode(&page, None).ends_with("北京"));
        assert!(decode(&page, Some("")).ends_with("北京"));
    }

    #[test]
    fn a_few_broken_bytes_do_not_make_utf8_something_else() {
        let mut page = "é".repeat(100).into_bytes();
        page.push(0xff);
        assert!(decode(&page, Some("utf-8")).starts_with("éé"));
    }

    #[test]
    fn a_mark_at_the_start_comes_before_all_else() {
        check(b"\xef\xbb\xbfcaf\xc3\xa9", Some("iso-8859-1"), "café");
        check(b"\xff\xfec\0a\0f\0\xe9\0", Some("utf-8"), "café");
        check(b"\xfe\xff\0c\0a\0f\0\xe9", None, "café");
    }

    #[test]
    fn undeclared_charsets_are_detected() {
        let cases = [
            (
                encoding_rs::WINDOWS_1251,
                "Вода в реке поднялась на два метра, и мост закрыли до утра.",
            ),
            (
                encoding_rs::ISO_8859_7,
                "Η γέφυρα έκλεισε για τους οδηγούς μέχρι το πρωί της Δευτέρας.",
            ),
            (
                encoding_rs::GBK,
                "河水在夏天上涨了两米，桥已经关闭，预计明天早上重新开放。",
            ),
            (
                encoding_rs::EUC_KR,
                "강물이 여름에 2미터 불어나 다리가 내일 아침까지 통제된다.",
            ),
            (
                encoding_rs::SHIFT_JIS,
                "夏の間に川の水が二メートル上がり、橋は明日の朝まで閉鎖される。",
            ),
            (
                encoding_rs::ISO_8859_2,
                "Woda w rzece podniosła się o dwa metry, więc most zamknięto aż do jutra rano, żeby było bezpieczniej.",
            ),
        ];
        for (encoding, text) in cases {
            let (bytes, _, _) = encoding.encode(text);
            check(&bytes, None, text);
        }
    }

    #[test]
    fn nothing_fails() {
        check(b"", None, "");
        decode(&[0xff, 0xfe, 0xd8], None);
        decode(b"<meta charset=", None);
    }
}
