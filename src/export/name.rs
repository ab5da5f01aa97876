//! Names of exported files, made from headlines that anyone may have written.

use unicode_normalization::UnicodeNormalization;

use crate::model::ArticleId;

/// Bytes of a name at most, its number included.
const MAX: usize = 100;

/// Returns a file name without extension: the article's id and its headline in letters, digits and `-`, at most 100
/// bytes. Never a path, a hidden file, or a name a shell or another system trips over.
pub fn file_stem(title: &str, id: ArticleId) -> String {
    let mut stem = id.to_string();
    let mut gap = true;
    for c in title.nfkd().filter(char::is_ascii).take(10 * MAX) {
        if stem.len() >= MAX {
            break;
        }
        if c.is_ascii_alphanumeric() {
            if gap {
                stem.push('-');
            }
            stem.push(c.to_ascii_lowercase());
        }
        gap = !c.is_ascii_alphanumeric() && c != '\'';
    }
    stem.truncate(MAX);
    stem.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(title: &str, expect: &str) {
        assert_eq!(file_stem(title, ArticleId(7)), expect, "{title:?}");
    }

    #[test]
    fn names_are_plain_whatever_the_headline() {
        check(
            "Channel tunnel: workers meet!",
            "7-channel-tunnel-workers-meet",
        );
        check("../../etc/passwd", "7-etc-passwd");
        check("-rf; $(reboot) \u{1b}[31m", "7-rf-reboot-31m");
        check("Café Müller's", "7-cafe-mullers");
        check("서울", "7");
        check("", "7");
        assert!(file_stem(&"word ".repeat(100), ArticleId(i64::MAX)).len() <= 100);
    }
}
